"""Onsets while they happen: parallel CUSUM over levels, then a back-dated posterior.

Steps 12 and 13 of method.md section 2. Causal, and the same for every cut of the stream: samples
are worked on in frames that lie on the sample index, models change only at whole seconds of it,
and all statistics are taken over blocks of it.

An alarm is a suspicion. From then on the evidence is gathered anew, against a rest that may as
well be in an artefact; only an alarm that is borne out at its first look is told. One that is not
(a knock, a pad that pops, noise) is dropped and the channel listens again at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.cusum import CusumBank
from firingorder.signal.edge import EdgeModel, edge_posterior
from firingorder.signal.ladder import build_ladder, signal_covariance
from firingorder.signal.live_params import LiveOnset, LiveParams
from firingorder.signal.live_rest import LiveRest
from firingorder.signal.nuisance import Nuisance, artefact_shape, emg_shape
from firingorder.signal.whitening import ar_order, autocovariance

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


class LiveDetector:
    """Finds onsets in conditioned multichannel signal, block by block.

    A gap (invalid samples, or a jump of the index) holds the detector for 20 ms and then resets
    it. The rest model comes from at least 4 s of rest and follows slow changes.

    Parameters
    ----------
    params
        Numbers of the method.
    rate_hz
        Analysis rate.
    n_channels
        Columns of every chunk.
    t0_s
        Device time of sample index 0.
    plateau_uv
        Known plateau RMS per channel (calibration, earlier sessions), None where unknown.
    """

    def __init__(
        self,
        params: LiveParams,
        rate_hz: float,
        n_channels: int,
        *,
        t0_s: float = 0.0,
        plateau_uv: tuple[float | None, ...] | None = None,
    ) -> None:
        self._p = params
        self._rate = rate_hz
        self._n = n_channels
        self._t0 = t0_s
        self._plateau = plateau_uv or (None,) * n_channels
        self._order = ar_order(rate_hz)
        self._frame = max(1, round(params.frame_s * rate_hz))
        most = max(1, round(params.frame_s / params.step_s))
        self._parts = max(k for k in range(1, most + 1) if self._frame % k == 0)
        self._second = round(rate_hz / self._frame) * self._frame
        self._renewal = max(1, round(params.renew_s * rate_hz / self._frame)) * self._frame
        reach = params.before_s + params.backdate_s + params.final_look_s + 2.0 * params.frame_s
        self._keep = round(reach * rate_hz) + 2 * self._order + round(params.rest.block_s * rate_hz)
        self.reset()

    def reset(self) -> None:
        """Forget everything, as before the first sample."""
        p, n = self._p, self._n
        self._next: int | None = None
        self._held: FloatArray = np.zeros((0, n))
        self._held_valid: BoolArray = np.zeros((0, n), dtype=bool)
        self._x = np.zeros((self._keep, n))
        self._valid = np.zeros((self._keep, n), dtype=bool)
        artefact = artefact_shape(p.nuisance, p.high_pass_hz, rate_hz=self._rate, order=self._order)
        self._nuisance = Nuisance(p.nuisance, n, self._frame / self._parts / self._rate, artefact)
        self._cusum = CusumBank(
            n,
            p.levels,
            order=self._order,
            ceiling=p.ceiling,
            gap_samples=round(p.keep_over_gap_s * self._rate),
            parts=self._parts,
            nuisance=self._nuisance,
        )
        self._armed = np.ones(n, dtype=bool)
        self._ready = np.zeros(n, dtype=bool)
        self._quiet = np.ones(n, dtype=bool)
        self._below = np.zeros(n, dtype=np.int64)
        self._since = np.zeros((n, p.levels))
        self._pending: list[tuple[int, int, int, bool]] = []
        self._put_off: set[tuple[int, int]] = set()
        self._raised: list[tuple[int, float]] = []
        self._rest = LiveRest(p.rest, self._rate, n)
        self._r_signal: list[FloatArray | None] = [None] * n
        shape = emg_shape(
            p.emg_low_hz, p.emg_high_hz, p.high_pass_hz, rate_hz=self._rate, order=self._order
        )
        for c, level in enumerate(self._plateau):
            if level is not None:
                self._r_signal[c] = shape * level**2
        self._cold_shape = shape

    @property
    def ready(self) -> tuple[bool, ...]:
        """Which channels have a rest model."""
        return tuple(bool(one) for one in self._ready)

    @property
    def raised(self) -> tuple[tuple[int, float], ...]:
        """Channel and time of every alarm of the latest :meth:`step`, told later or not."""
        return tuple(self._raised)

    def known(self, c: int) -> EdgeModel | None:
        """Rest and usual activity of channel ``c``, None before both were seen."""
        r_rest, r_signal = self._rest.autocov(c), self._r_signal[c]
        if r_rest is None or r_signal is None:
            return None
        return EdgeModel(r_rest, r_signal, 0.0)

    def recent(self, c: int) -> tuple[FloatArray, BoolArray, float]:
        """Latest samples of channel ``c`` (1.2 s), their mask and the time of the first."""
        assert self._next is not None, "no samples yet"
        first_s = self._t0 + (self._next - len(self._x)) / self._rate
        return self._x[:, c], self._valid[:, c], first_s

    def step(self, x: FloatArray, valid: BoolArray, index0: int) -> list[LiveOnset]:
        """Take samples ``index0 ..`` of the analysis grid, return the onsets decided by them.

        ``x`` and ``valid`` are ``(n_samples, n_channels)``. Samples behind the last whole frame
        of the index wait for the rest of it.
        """
        self._raised = []
        if self._next is None:
            self._next = index0 - index0 % self._frame
        position = self._next + len(self._held)
        if index0 < position:
            raise ValueError(f"samples go back: index {index0} after {position}")
        found: list[LiveOnset] = []
        missing = index0 - position
        # After this many invalid samples nothing changes any more.
        most = (self._keep + self._second) // self._frame * self._frame
        if missing > most + self._frame:
            found += self._take_blank(most - len(self._held))
            self._next = index0 - index0 % self._frame
            missing = index0 - self._next
        found += self._take_blank(missing)
        return found + self._take(x, valid)

    def _take_blank(self, n: int) -> list[LiveOnset]:
        if n <= 0:
            return []
        return self._take(np.zeros((n, self._n)), np.zeros((n, self._n), dtype=bool))

    def _take(self, x: FloatArray, valid: BoolArray) -> list[LiveOnset]:
        """Work on all whole frames, hold the rest back."""
        if len(self._held):
            x = np.concatenate([self._held, x])
            valid = np.concatenate([self._held_valid, valid])
        found: list[LiveOnset] = []
        done = 0
        while len(x) - done >= self._frame:
            stop = done + self._frame
            found += self._work(x[done:stop], valid[done:stop])
            done = stop
        self._held, self._held_valid = x[done:].copy(), valid[done:].copy()
        return found

    def _work(self, x: FloatArray, valid: BoolArray) -> list[LiveOnset]:
        """Take one frame."""
        assert self._next is not None
        p, first = self._p, self._next
        valid = valid & np.isfinite(x)
        x = np.where(valid, x, 0.0)
        self._x = np.concatenate([self._x[-self._keep :], x])
        self._valid = np.concatenate([self._valid[-self._keep :], valid])
        self._next = first + len(x)
        peaks, gain = self._cusum.step(self._x, self._valid, len(x))
        highest = peaks.max(axis=0)
        armed = np.ones(peaks.shape, dtype=bool)
        found: list[LiveOnset] = []
        if not self._armed.all() or bool((highest >= p.threshold).any()):
            found = self._looks(first, gain)
            self._since += gain[:, -1]
            for c in np.nonzero(~self._armed | (highest >= p.threshold))[0].tolist():
                armed[:, c] = self._watch(c, first, peaks[:, c])
        self._rest.step(self._x, self._valid, first, peaks, armed)
        self._quiet &= highest < p.quiet
        if self._next % self._renewal == 0:
            listening = self._armed & self._ready
            self._nuisance.learn(self._renewal / self._rate, listening & self._quiet, listening)
            self._quiet[:] = True
        if self._next % self._second == 0:
            self._renew_models()
        return found

    def _watch(self, c: int, first: int, peaks: FloatArray) -> BoolArray:
        """Alarm and re-arm one channel over a frame; return whether it was armed, per sample."""
        p = self._p
        armed = np.zeros(len(peaks), dtype=bool)
        rearm = round(p.rearm_s * self._rate)
        for t, high in enumerate((peaks >= p.threshold).tolist()):
            if high and self._armed[c]:
                self._armed[c] = False
                self._below[c] = 0
                alarm = first + t
                self._raised.append((c, self._t0 + alarm / self._rate))
                for look, final in ((p.first_look_s, False), (p.final_look_s, True)):
                    self._pending.append((alarm + round(look * self._rate), c, alarm, final))
                self._nuisance.doubt(c, p.doubt)
                self._since[c] = 0.0
            elif peaks[t] >= p.quiet:
                self._below[c] = 0
            elif not self._armed[c]:
                self._below[c] += 1
                if self._below[c] >= rearm:
                    self._armed[c] = True
                    self._nuisance.settle(c)
            armed[t] = self._armed[c]
        return armed

    def _looks(self, first: int, gain: FloatArray) -> list[LiveOnset]:
        """Onsets of all looks that fall due in the frame from sample ``first`` on."""
        assert self._next is not None
        due = sorted(entry for entry in self._pending if entry[0] < self._next)
        self._pending = [entry for entry in self._pending if entry[0] >= self._next]
        found: list[LiveOnset] = []
        for at, c, alarm, final in due:
            if not final:
                evidence = self._since[c] + gain[c, at - first]
                if np.max(evidence) < self._p.confirm:
                    self._drop(c)
                    continue
            found += self._look(at, c, alarm, final)
        return found

    def _drop(self, c: int) -> None:
        """Forget an alarm that was not borne out: the channel listens again at once."""
        self._pending = [entry for entry in self._pending if entry[1] != c]
        self._armed[c] = True
        self._cusum.clear(c)
        self._nuisance.count_artefact(c)

    def _look(self, due: int, c: int, alarm: int, final: bool) -> list[LiveOnset]:
        """Onsets to tell of at a look: one, none while too weak, two if the first was put off."""
        assert self._next is not None
        base = self._next - len(self._x)  # index of the oldest sample kept
        weak = self._too_weak(c, self._x[alarm - base : due + 1 - base, c])
        late = (c, alarm) in self._put_off
        self._put_off.discard((c, alarm))
        if weak:
            if not final:
                self._put_off.add((c, alarm))
            return []
        onset = self._backdate(due, c, alarm, final)
        return [replace(onset, final=False), onset] if late else [onset]

    def _backdate(self, due: int, c: int, alarm: int, final: bool) -> LiveOnset:
        """Posterior of an alarm's onset from the samples up to ``due``."""
        assert self._next is not None
        base = self._next - len(self._x)
        stop = due + 1 - base
        first = max(self._order, alarm - round(self._p.backdate_s * self._rate) - base)
        x, valid = self._x[:stop, c], self._valid[:stop, c]
        posterior = edge_posterior(
            x,
            valid,
            self._model(c, x[alarm - base :], valid[alarm - base :]),
            (first, alarm - base + 1),
            stop,
            t0_s=self._t0 + base / self._rate,
            rate_hz=self._rate,
            params=self._p.edge,
            rest_start=max(self._order, first - round(self._p.before_s * self._rate)),
        )
        estimate = posterior.estimate
        return LiveOnset(
            channel=c,
            onset_s=estimate.onset_s,
            low_s=estimate.low_s,
            high_s=estimate.high_s,
            alarm_s=self._t0 + alarm / self._rate,
            decided_at_s=self._t0 + due / self._rate,
            final=final,
            posterior=posterior,
        )

    def _too_weak(self, c: int, x: FloatArray) -> bool:
        """Whether no block since the alarm reaches 2 % of the known plateau's power."""
        known = self._r_signal[c]
        width = round(self._p.rest.block_s * self._rate)
        if known is None or len(x) < width:
            return False
        loudest = np.max(np.mean(x[: len(x) // width * width].reshape(-1, width) ** 2, axis=1))
        return bool(loudest < self._p.min_share * known[0])

    def _model(self, c: int, x: FloatArray, valid: BoolArray) -> EdgeModel:
        """Rest and activity models for back-dating, from what is known of this channel by now."""
        r_rest = self._rest.autocov(c)
        assert r_rest is not None, "no alarm without a rest model"
        known = self._r_signal[c]
        measured = autocovariance(x, valid, self._order)
        power = measured[0] - r_rest[0]
        if known is not None and power < self._p.plateau_headroom * known[0]:
            return EdgeModel(r_rest, known, 0.0)
        activity = signal_covariance(r_rest, measured, self._p.edge.ladder)
        return EdgeModel(r_rest, activity, 0.0, measured)

    def _renew_models(self) -> None:
        """Whiteners of all levels from the rest and bursts seen so far."""
        p = self._p
        for c in range(self._n):
            self._rest.renew(c)
            r_rest = self._rest.autocov(c)
            if r_rest is None:
                continue
            known = self._r_signal[c]
            least = 0.0 if known is None else p.min_share * float(known[0])
            burst = self._rest.burst_autocov(c, least)
            if burst is not None:
                self._r_signal[c] = signal_covariance(r_rest, burst, p.edge.ladder)
            known = self._r_signal[c]
            if known is None:
                signal = self._cold_shape * r_rest[0]
                rho = np.geomspace(p.cold_first, p.cold_top, p.levels)
            else:
                signal = known
                least = max(p.min_share, p.cold_first * float(r_rest[0] / known[0]))
                most = p.cold_top * float(r_rest[0] / known[0])
                rho = np.geomspace(least, max(p.top_share, most), p.levels)
            ladder = build_ladder(r_rest, signal, np.concatenate([np.zeros(1), rho]), p.edge.ladder)
            self._cusum.set_models(c, ladder, *self._nuisance.models(r_rest, signal / signal[0]))
            self._ready[c] = True

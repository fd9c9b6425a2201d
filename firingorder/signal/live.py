"""Onsets while they happen: parallel CUSUM over levels, then a back-dated posterior.

Steps 12 and 13 of method.md section 2. Causal, and the same for every cut of the stream: the
recursion runs sample by sample, models change only at whole seconds of the sample index, and all
statistics are taken over blocks of that index.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.cusum import CusumBank
from firingorder.signal.edge import EdgeModel, EdgeParams, edge_posterior
from firingorder.signal.ladder import build_ladder, signal_covariance
from firingorder.signal.live_rest import LiveRest, LiveRestParams
from firingorder.signal.posterior import RiseParams
from firingorder.signal.whitening import ar_order, autocovariance

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.posterior import OnsetPosterior


def _live_edge() -> EdgeParams:
    return EdgeParams(rise=RiseParams(plateau_scale=(0.5, 0.7, 1.0, 1.3)))


@dataclass(frozen=True, slots=True)
class LiveParams:
    """Numbers of method.md section 2, steps 12 and 13, unless another source is given."""

    threshold: float = 12.0
    """h: few false alarms on clean rest; ``tests/signal/test_live.py`` counts them."""
    ceiling: float = 15.0
    """S is held there (a quarter above h), so that a long burst does not keep the channel from
    re-arming: the lowest level falls by 0.1 per sample of rest."""
    rearm_s: float = 0.300
    min_share: float = 0.02
    top_share: float = 3.0
    levels: int = 12
    cold_first: float = 1.0
    """Lowest level in units of rest power, 3 dB above rest: lower ones take longer than a
    repetition to rise or fall, and found no burst of 6 dB or more sooner (simulated)."""
    cold_top: float = 3000.0
    """Highest such level, 35 dB above rest: stronger bursts are found by it within a sample."""
    backdate_s: float = 0.400
    first_look_s: float = 0.050
    final_look_s: float = 0.200
    keep_over_gap_s: float = 0.020
    """method.md section 6: the CUSUM keeps its value over shorter gaps, else starts at zero."""
    plateau_headroom: float = 2.0
    """Measured power over known plateau power beyond which the measured one is used: past the
    largest plateau scale (1.3 squared)."""
    emg_low_hz: float = 55.0
    emg_high_hz: float = 110.0
    """Spectrum of activity before any was seen: f_l and f_h of the Gaussian model, midway between
    muscles (method.md section 3)."""
    edge: EdgeParams = field(default_factory=_live_edge)
    rest: LiveRestParams = field(default_factory=LiveRestParams)


@dataclass(frozen=True, slots=True)
class LiveOnset:
    """An onset seen live.

    ``final`` is false for the first look (50 ms after the alarm) and true for the second (200 ms).
    While nothing since the alarm has reached 2 % of the known plateau's power, the first look is
    put off to the second (slow rise at high SNR); if nothing has by then, there is no onset.
    ``decided_at_s`` is the time of the newest sample used.
    """

    channel: int
    onset_s: float
    low_s: float
    high_s: float
    alarm_s: float
    decided_at_s: float
    final: bool
    posterior: OnsetPosterior


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
        self._second = round(rate_hz)
        reach = params.backdate_s + params.final_look_s
        self._keep = round(reach * rate_hz) + 2 * self._order + round(params.rest.block_s * rate_hz)
        self.reset()

    def reset(self) -> None:
        """Forget everything, as before the first sample."""
        p, n = self._p, self._n
        self._next: int | None = None
        self._x = np.zeros((self._keep, n))
        self._valid = np.zeros((self._keep, n), dtype=bool)
        self._cusum = CusumBank(
            n, p.levels, self._order, p.ceiling, round(p.keep_over_gap_s * self._rate)
        )
        self._armed = np.ones(n, dtype=bool)
        self._below = np.zeros(n, dtype=np.int64)
        self._pending: list[tuple[int, int, int, bool]] = []
        self._put_off: set[tuple[int, int]] = set()
        self._rest = LiveRest(p.rest, self._rate, n)
        self._r_signal: list[FloatArray | None] = [None] * n
        shape = _emg_shape(p, self._rate, self._order)
        for c, level in enumerate(self._plateau):
            if level is not None:
                self._r_signal[c] = shape * level**2
        self._cold_shape = shape

    @property
    def ready(self) -> tuple[bool, ...]:
        """Which channels have a rest model."""
        return tuple(self._rest.autocov(c) is not None for c in range(self._n))

    def step(self, x: FloatArray, valid: BoolArray, index0: int) -> list[LiveOnset]:
        """Take samples ``index0 ..`` of the analysis grid, return the onsets decided by them.

        ``x`` and ``valid`` are ``(n_samples, n_channels)``.
        """
        if self._next is None:
            self._next = index0
        if index0 < self._next:
            raise ValueError(f"samples go back: index {index0} after {self._next}")
        found: list[LiveOnset] = []
        missing = index0 - self._next
        if missing > 0:
            # After this many invalid samples nothing changes any more.
            blank = min(missing, self._keep + self._second)
            found += self._spans(np.zeros((blank, self._n)), np.zeros((blank, self._n), dtype=bool))
            self._next = index0
        found += self._spans(x, valid)
        return found

    def _spans(self, x: FloatArray, valid: BoolArray) -> list[LiveOnset]:
        """Cut at whole seconds of the index, where models may change."""
        found: list[LiveOnset] = []
        done = 0
        while done < len(x):
            assert self._next is not None
            room = self._second - self._next % self._second
            stop = min(len(x), done + room)
            found += self._span(x[done:stop], valid[done:stop])
            done = stop
            if self._next % self._second == 0:
                self._renew_models()
        return found

    def _span(self, x: FloatArray, valid: BoolArray) -> list[LiveOnset]:
        assert self._next is not None
        first = self._next
        valid = valid & np.isfinite(x)
        x = np.where(valid, x, 0.0)
        self._x = np.concatenate([self._x[-self._keep :], x])
        self._valid = np.concatenate([self._valid[-self._keep :], valid])
        self._next = first + len(x)
        peaks = self._cusum.step(self._x, self._valid, len(x))
        armed = np.ones(peaks.shape, dtype=bool)
        for c in range(self._n):
            if not self._armed[c] or bool(np.any(peaks[:, c] >= self._p.threshold)):
                armed[:, c] = self._watch(c, first, peaks[:, c])
        self._rest.step(self._x, self._valid, first, peaks, armed)
        due = sorted(entry for entry in self._pending if entry[0] < self._next)
        self._pending = [entry for entry in self._pending if entry[0] >= self._next]
        return [onset for entry in due for onset in self._look(*entry)]

    def _watch(self, c: int, first: int, peaks: FloatArray) -> BoolArray:
        """Alarm and re-arm one channel over a span; return whether it was armed, per sample."""
        p = self._p
        armed = np.zeros(len(peaks), dtype=bool)
        rearm = round(p.rearm_s * self._rate)
        for t, high in enumerate((peaks >= p.threshold).tolist()):
            if high and self._armed[c]:
                self._armed[c] = False
                self._below[c] = 0
                alarm = first + t
                for look, final in ((p.first_look_s, False), (p.final_look_s, True)):
                    self._pending.append((alarm + round(look * self._rate), c, alarm, final))
            elif high:
                self._below[c] = 0
            elif not self._armed[c]:
                self._below[c] += 1
                if self._below[c] >= rearm:
                    self._armed[c] = True
            armed[t] = self._armed[c]
        return armed

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
            x[first - self._order :],
            valid[first - self._order :],
            self._model(c, x[alarm - base :], valid[alarm - base :]),
            (self._order, self._order + alarm - base - first + 1),
            stop - first + self._order,
            t0_s=self._t0 + (base + first - self._order) / self._rate,
            rate_hz=self._rate,
            params=self._p.edge,
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
        return EdgeModel(r_rest, signal_covariance(r_rest, measured, self._p.edge.ladder), 0.0)

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
                rho = np.geomspace(least, max(p.top_share, 2.0 * least), p.levels)
            ladder = build_ladder(r_rest, signal, np.concatenate([np.zeros(1), rho]), p.edge.ladder)
            self._cusum.set_models(c, ladder)


def _emg_shape(params: LiveParams, rate_hz: float, order: int) -> FloatArray:
    """Autocovariance of unit-power EMG of the default spectrum behind the 30 Hz high-pass."""
    f = np.linspace(0.5, 0.5 * rate_hz, 1024)
    low, high = params.emg_low_hz, params.emg_high_hz
    power = high**4 * f**2 / ((f**2 + low**2) * (f**2 + high**2) ** 2)
    power = power / (1.0 + (30.0 / f) ** 8)  # squared gain of the order-4 high-pass (step 1)
    lags = np.arange(order + 1)
    r = np.sum(power[:, None] * np.cos(2.0 * np.pi * f[:, None] * lags / rate_hz), axis=0)
    return r / r[0]

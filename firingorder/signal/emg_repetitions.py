"""Repetitions from EMG alone: the prime muscles come on, and all of them go off again.

For montages without an IMU, and for exercises in which the pelvis keeps still (method.md
section 7). Block times only: the onsets are estimated elsewhere, from the samples.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.measures import PhaseTimes
from firingorder.signal.emg_levels import EmgLevels, EmgRepetitionParams
from firingorder.signal.emg_looking_back import (
    BEFORE_S,
    BlockTrace,
    EmgDetailParams,
    first_onset_s,
    phases_of,
)
from firingorder.signal.emg_phases import LivePhases
from firingorder.signal.repetitions import (
    RepetitionCounter,
    RepetitionEnd,
    RepetitionEvent,
    RepetitionStart,
)

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditionedBlock

__all__ = ["EmgDetailParams", "EmgRepetitionParams", "EmgRepetitions"]


class EmgRepetitions:
    """Finds repetitions in the levels of the prime channels, causally, block by block.

    A block without a valid sample keeps the level before it; ``abort`` ends what is under way.
    With ``detail`` the phases are told live, the start is back-dated, a dead channel takes no part,
    and efforts without rest before or of half the strength are named.
    """

    def __init__(
        self,
        params: EmgRepetitionParams,
        n_channels: int,
        block_s: float,
        counter: RepetitionCounter | None = None,
        *,
        calibrated: bool = True,
        detail: EmgDetailParams | None = None,
    ) -> None:
        self._params = params
        self._detail = detail
        self._counter = counter or RepetitionCounter()
        self._n = n_channels
        self._block_s = block_s
        self.levels = EmgLevels(
            params, n_channels, block_s, calibrated=calibrated, skip_flat=detail is not None
        )
        self.trace = BlockTrace(n_channels, block_s, params.longest_s + 2.0 * BEFORE_S)
        self._phases = (detail or EmgDetailParams()).phases
        self._live = None if detail is None else LivePhases(detail.phases, block_s)
        self._plateaus: deque[FloatArray] = deque(maxlen=params.own_repetitions)
        self._plateau: FloatArray | None = None
        self._reset()

    def _reset(self) -> None:
        self.levels.reset()
        self.trace.clear()
        self._off_since: float | None = None
        self._started: float | None = None
        self._passed_s = 0.0
        self._no_rest = False
        self._silent_s = 0.0
        self._ended_s: float | None = None
        self._peak = np.zeros(self._n)
        self._joined: BoolArray = np.zeros(self._n, dtype=np.bool_)
        self._last_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether a repetition is under way."""
        return self._started is not None

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End the repetition under way as it is, and forget the levels of rest."""
        events: list[RepetitionEvent] = []
        if self._started is not None:
            events = self._end(self._last_s, self._last_s, (reason,))
        self._reset()
        return events

    def cut(self, reason: str) -> list[RepetitionEvent]:
        """End the repetition under way as it is; its rest stays known."""
        return [] if self._started is None else self._end(self._last_s, self._last_s, (reason,))

    def new_set(self) -> None:
        """Nothing is compared within a set only."""

    def follow(
        self,
        t0_s: float,
        block: ConditionedBlock,
        primes: list[int],
        attached: BoolArray,
        *,
        resting: bool,
    ) -> FloatArray | None:
        """Only follow the levels and the rest; return the levels, None while nothing is known."""
        level = self.levels.take_block(block, primes)
        self._last_s = t0_s + self._block_s
        if not self.levels.attend(attached):
            return None
        self.trace.append(t0_s, self.levels.power, level)
        if resting:
            self.levels.follow_rest(level)
        return level

    def step(
        self, t0_s: float, emg_uv: FloatArray, valid: BoolArray, attached: BoolArray
    ) -> list[RepetitionEvent]:
        """Return what a block of the prime channels, ``(n_samples, n_channels)``, made known.

        ``attached`` is ``(n_channels,)``: a channel whose electrode is off neither starts nor
        holds a repetition, nor does one that has no samples.
        """
        return self._step(t0_s, self.levels.take(emg_uv, valid), attached)

    def step_block(
        self, t0_s: float, block: ConditionedBlock, primes: list[int], attached: BoolArray
    ) -> list[RepetitionEvent]:
        """Return the same of the prime channels of a block; ``attached`` is ``(n_primes,)``."""
        return self._step(t0_s, self.levels.take_block(block, primes), attached)

    def _step(self, t0_s: float, level: FloatArray, attached: BoolArray) -> list[RepetitionEvent]:
        self._last_s = t0_s + self._block_s
        if not self.levels.attend(attached):
            return []
        self.trace.append(t0_s, self.levels.power, level)
        if self._started is None:
            self.levels.follow_rest(level)
        if self.levels.rest_db is None:
            return []
        if self._started is None:
            if self._live is not None:
                self._live.watch(self.levels.power)
            return self._seek_start(self._plateau_db(), self.levels.rest_db)
        return self._seek_end(level, t0_s, self.levels.rest_db)

    def _plateau_db(self) -> FloatArray:
        if self._plateau is not None:
            return self._plateau
        if self._started is not None:
            return self._peak
        return np.max(self.levels.recent(self._params.peak_window_s), axis=0)

    def _seek_start(self, plateau: FloatArray, rest: FloatArray) -> list[RepetitionEvent]:
        p = self._params
        reach = plateau - rest
        least_db = p.least_range_db if self._plateaus else p.first_range_db
        limit = rest + p.on_share * reach
        able = self.levels.present & (reach >= least_db)
        needed = max(1, int(np.count_nonzero(self.levels.present)))
        if 2 * int(np.count_nonzero(able & (self.levels.newest > limit))) < needed:
            return []  # most blocks end here
        above = self.levels.recent(p.longest_on_s) > limit
        # Blocks since a level was last below: judged anew each time, because the plateau of the
        # first burst is only known when it has been reached.
        run = np.where(np.all(above, axis=0), len(above), np.argmin(above[::-1], axis=0))
        long_on = (run * self._block_s >= p.on_s - 1e-9) & able
        if 2 * int(np.count_nonzero(long_on)) < needed:
            return []
        if self._detail is not None:
            long_run = run * self._block_s >= p.on_s - 1e-9
            supported = long_run & (reach >= p.least_range_db)
            if not np.all(supported | ~self.levels.present):
                long_on &= reach >= least_db + self._detail.alone_more_db
            if not long_on.any():
                return []
        blocks = int(np.max(run[long_on]))
        self._passed_s = self._last_s - blocks * self._block_s
        self._peak = np.max(self.levels.recent(blocks * self._block_s), axis=0)
        self._joined = long_on
        self._off_since = None
        self._silent_s = 0.0
        self._counter.next()
        self._started = self._passed_s
        if self._detail is not None:
            self._started, self._no_rest = self._first_onset(self._detail, long_on, limit)
        if self._live is not None:
            self._live.begin(10.0 ** (rest / 10.0))
        return [
            PhaseFinding("lift", self._started, self._counter.count),
            RepetitionStart(self._counter.count, self._started, None, self._last_s),
        ]

    def _first_onset(
        self, detail: EmgDetailParams, on: BoolArray, limit: FloatArray
    ) -> tuple[float, bool]:
        """Return when the first of these channels left its rest, and whether there was no rest."""
        since = self._passed_s - BEFORE_S
        if self._ended_s is not None:
            since = max(since, self._ended_s)
        t0, _, levels = self.trace.between(since, self._last_s)
        before = t0 < self._passed_s - 1e-9
        if not before.any():
            return self._passed_s, True
        rest = np.quantile(levels[before], detail.rest_quantile, axis=0)
        earliest_s = max(self._passed_s - detail.back_dated_s, since)
        low = rest + detail.rest_margin_db
        first_s = first_onset_s(t0, levels[:, on], low[on], limit[on], earliest_s)
        again = self._ended_s is not None and since == self._ended_s
        return first_s, again and first_s - since < detail.quiet_before_s - 1e-9

    def _seek_end(self, level: FloatArray, t0_s: float, rest: FloatArray) -> list[RepetitionEvent]:
        p = self._params
        assert self._started is not None
        self._peak = np.maximum(self._peak, level)
        reach = self._plateau_db() - rest
        on = (level > rest + p.on_share * reach) & (reach >= p.least_range_db)
        self._joined = self._joined | on
        events = self._told()
        off = level < rest + p.off_share * (self._peak - rest)
        if np.all(off | ~self._joined | ~self.levels.present):
            self._off_since = t0_s if self._off_since is None else self._off_since
            if self._last_s - self._off_since >= self._off_s(self._off_since) - 1e-9:
                return [*events, *self._end(self._off_since, self._last_s, ())]
        elif self._off_since is not None:
            # A break within counts for nothing: jerks one after the other are no repetition.
            if t0_s - self._off_since > p.off_s:
                self._silent_s += t0_s - self._off_since
            self._off_since = None
        if self._last_s - self._started > p.longest_s:
            return [*events, *self.abort("not_lowered")]
        return events

    def _told(self) -> list[RepetitionEvent]:
        """Return the phase that the newest block shows to have begun."""
        if self._live is None:
            return []
        turned = self._live.step(self.levels.power, self._joined, self._last_s)
        return [] if turned is None else [PhaseFinding(*turned, self._counter.count)]

    def _off_s(self, since_s: float) -> float:
        """Return for how long all must be off; what is no repetition yet may be its first half."""
        p = self._params
        if self._detail is None or since_s - self._passed_s >= p.least_s:
            return p.off_s
        return self._detail.off_short_s

    def _end(
        self, end_s: float, decided_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        assert self._started is not None
        reference_s, found = self._started, list(reasons) or self._faults(end_s)
        if "too_short" not in found and not reasons:
            self._plateaus.append(self._peak)
            self._plateau = np.median(np.array(self._plateaus), axis=0)
        start_s, phases = self._phase_times(reference_s, end_s, decided_s)
        self._started, self._ended_s = None, end_s
        return [
            PhaseFinding("rest", end_s, self._counter.count),
            RepetitionEnd(
                index=self._counter.count,
                reference_s=reference_s,
                start_s=start_s,
                movement_onset_s=None,
                top_s=None if self._detail is None else phases.far_from_s,
                end_s=end_s,
                reasons=tuple(found),
                pelvis=None,
                decided_at_s=decided_s,
                phases=phases,
            ),
        ]

    def _faults(self, end_s: float) -> list[str]:
        """Return why an effort that ended by itself is not a complete repetition."""
        assert self._started is not None
        named = {
            "too_short": end_s - self._started - self._silent_s < self._params.least_s,
            "half_effort": self._half_effort(),
            "no_rest": self._no_rest,
        }
        return [reason for reason, holds in named.items() if holds]

    def _half_effort(self) -> bool:
        """Tell whether the muscles that usually work stayed below half of their usual strength."""
        if self._detail is None or self._plateau is None or self.levels.rest_db is None:
            return False
        usual = self.levels.present & (
            self._plateau - self.levels.rest_db >= self._params.least_range_db
        )
        if not usual.any():
            return False
        less_db = float(np.median(self._peak[usual] - self._plateau[usual]))
        return less_db < self._detail.half_effort_db

    def _phase_times(
        self, reference_s: float, end_s: float, decided_s: float
    ) -> tuple[float, PhaseTimes]:
        """Return the start and the refined phases; without detail the start stays as it was."""
        refined = None
        if self.levels.rest_db is not None:
            ended_s = -np.inf if self._ended_s is None else self._ended_s
            refined = phases_of(
                self.trace,
                self._joined & self.levels.present,
                self.levels.rest_db,
                (reference_s, end_s),
                (ended_s, decided_s),
                self._phases,
            )
        if refined is None:
            return reference_s, PhaseTimes(reference_s, end_s)
        away_s = reference_s
        if self._detail is not None:
            low_s, high_s = (reference_s + one for one in self._detail.corrected_s)
            away_s = min(max(refined.away_s, low_s), high_s, end_s)
        far_s, back_s = (
            min(max(one, away_s), end_s) for one in (refined.far_from_s, refined.back_s)
        )
        return away_s, PhaseTimes(away_s, end_s, far_from_s=far_s, far_to_s=back_s, back_s=back_s)

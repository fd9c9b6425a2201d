"""Repetitions from EMG alone: the prime muscles come on, and all of them go off again.

For montages without an IMU (method.md section 7). Levels are compared in dB between each
muscle's own rest and own plateau, because bursts stand 10 to 60 dB above rest and the rest
between repetitions is not the rest before the first one. Block times only: the onsets are
estimated elsewhere, from the samples.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.signal.repetitions import (
    RepetitionCounter,
    RepetitionEnd,
    RepetitionEvent,
    RepetitionStart,
)

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditionedBlock


@dataclass(frozen=True, slots=True)
class EmgRepetitionParams:
    """Limits of the segmentation; proposals, except where a source is named."""

    smooth_s: float = 0.100
    """Level = RMS of this long: about 1 dB of spread for surface EMG."""
    rest_window_s: float = 10.0
    """The rest level follows the quietest tenth of the last seconds."""
    rest_share: float = 0.10
    rest_update_s: float = 0.200
    warm_up_s: float = 1.0
    """Rest is not known before; a recording that begins in a burst waits for its end."""
    peak_window_s: float = 3.0
    """Before a plateau is known it is the highest level of these last seconds."""
    least_range_db: float = 10.0
    """A burst stands this far above rest, as the SNR gate of a verdict (method.md section 1)."""
    first_range_db: float = 15.0
    """The same while no plateau is known: tone alone swings over 13 dB (method.md section 3)."""
    on_share: float = 0.6
    """On: above this share of the way, in dB, from rest to plateau. Preparatory twitches, 20 to
    30 dB below the plateau, stay under it."""
    on_s: float = 0.440
    """Longer than the steepest part of any rise, so that the plateau is in sight; a verdict waits
    for later samples anyway."""
    longest_on_s: float = 2.0
    off_share: float = 0.5
    """Off: below this share. Lower than on (hysteresis), above what does not come to rest."""
    off_s: float = 0.200
    """All primes off this long end a repetition (method.md section 7)."""
    deepest_db: float = 60.0
    """Rest is taken to lie no further below the highest level of its window: recordings reach 56 dB
    (method.md section 2, step 4b), and a channel that was dead must not look like deep rest."""
    absent_s: float = 1.0
    """Without a sample this long a channel takes no part, as if its electrode were off."""
    own_repetitions: int = 10
    least_s: float = 0.8
    longest_s: float = 60.0


#: Power (uV squared) of what is only the rounding of numbers, 1e-6 uV at any offset of electrodes.
_TINY = 1e-12
#: The same of arbitrary units: counts of 24 bits leave 1e-9 of one.
_TINY_UNITS = 1e-18


class EmgRepetitions:
    """Finds repetitions in the levels of the prime channels, causally, block by block.

    A block without a valid sample keeps the level before it; ``abort`` ends what is under way.
    """

    def __init__(
        self,
        params: EmgRepetitionParams,
        n_channels: int,
        block_s: float,
        counter: RepetitionCounter | None = None,
        *,
        calibrated: bool = True,
    ) -> None:
        self._params = params
        self._least_power = _TINY if calibrated else _TINY_UNITS
        self._counter = counter or RepetitionCounter()
        self._n = n_channels
        self._block_s = block_s
        self._smooth = max(1, round(params.smooth_s / block_s))
        self._rest_update = max(1, round(params.rest_update_s / block_s))
        self._plateaus: deque[FloatArray] = deque(maxlen=params.own_repetitions)
        self._plateau: FloatArray | None = None
        self._reset()

    def _reset(self) -> None:
        p = self._params
        self._power = np.zeros((self._smooth, self._n))
        self._levels = np.zeros((round(p.rest_window_s / self._block_s), self._n))
        self._known = np.zeros(self._n, dtype=np.bool_)
        self._all_known = False
        self._missing = np.zeros(self._n, dtype=np.int64)
        self._attached = np.ones(self._n, dtype=np.bool_)
        self._rest_db: FloatArray | None = None
        self._blocks = 0
        self._off_since: float | None = None
        self._started: float | None = None
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

    def new_set(self) -> None:
        """Nothing is compared within a set only."""

    def step(
        self, t0_s: float, emg_uv: FloatArray, valid: BoolArray, attached: BoolArray
    ) -> list[RepetitionEvent]:
        """Return what a block of the prime channels, ``(n_samples, n_channels)``, made known.

        ``attached`` is ``(n_channels,)``: a channel whose electrode is off neither starts nor
        holds a repetition, nor does one that has no samples.
        """
        return self._step(t0_s, self._level_db(emg_uv, valid), attached)

    def step_block(
        self, t0_s: float, block: ConditionedBlock, primes: list[int], attached: BoolArray
    ) -> list[RepetitionEvent]:
        """Return the same of the prime channels of a block; ``attached`` is ``(n_primes,)``."""
        if block.power_uv2 is None or not self._all_known:
            return self.step(t0_s, block.emg_uv[:, primes], block.valid[:, primes], attached)
        self._missing[:] = 0
        return self._step(t0_s, self._level_with(block.power_uv2[primes]), attached)

    def _step(self, t0_s: float, level: FloatArray, attached: BoolArray) -> list[RepetitionEvent]:
        self._last_s = t0_s + self._block_s
        known = attached & self._known
        if not known.any():
            return []
        present = known & (self._missing * self._block_s < self._params.absent_s)
        # When all of them pause, the level before the pause stands, as in any short gap.
        self._attached = present if present.any() else known
        if self._started is None:
            self._follow_rest(level)
        if self._rest_db is None:
            return []
        if self._started is None:
            return self._seek_start(self._plateau_db())
        return self._seek_end(level, t0_s)

    def _level_db(self, emg_uv: FloatArray, valid: BoolArray) -> FloatArray:
        count = np.count_nonzero(valid, axis=0)
        energy = np.sum(np.where(valid, emg_uv, 0.0) ** 2, axis=0)
        power: FloatArray = energy / np.maximum(count, 1)
        # At least half a block must be known, else a few samples would make a level.
        known = 2 * count >= len(emg_uv)
        first = known & ~self._known
        self._power[:, first] = power[first]
        self._known = self._known | known
        self._all_known = bool(self._known.all())
        self._missing = np.where(known, 0, self._missing + 1)
        level = self._level_with(np.where(known, power, self._power[-1]))
        # A channel that joins later is taken to have been at this level before.
        self._levels[:, first] = level[first]
        if self._rest_db is not None:
            self._rest_db = np.where(first, level, self._rest_db)
        return level

    def _level_with(self, power: FloatArray) -> FloatArray:
        """Return the level of the latest blocks, of which the newest has this power."""
        self._power[:-1] = self._power[1:]
        self._power[-1] = power
        mean = np.add.reduce(self._power, axis=0) / len(self._power)
        return 10.0 * np.log10(np.maximum(mean, self._least_power))

    def _follow_rest(self, level: FloatArray) -> None:
        self._levels[:-1] = self._levels[1:]
        self._levels[-1] = level
        self._blocks += 1
        warm = self._blocks * self._block_s >= self._params.warm_up_s
        if warm and (self._rest_db is None or self._blocks % self._rest_update == 0):
            known = self._levels[-min(self._blocks, len(self._levels)) :]
            rest = _quantile(known, self._params.rest_share)
            rest = np.maximum(rest, np.max(known, axis=0) - self._params.deepest_db)
            self._rest_db = np.asarray(rest, dtype=np.float64)

    def _recent(self, seconds: float) -> FloatArray:
        blocks = min(round(seconds / self._block_s), self._blocks, len(self._levels))
        return self._levels[-blocks:]

    def _plateau_db(self) -> FloatArray:
        if self._plateau is not None:
            return self._plateau
        if self._started is not None:
            return self._peak
        return np.max(self._recent(self._params.peak_window_s), axis=0)

    def _seek_start(self, plateau: FloatArray) -> list[RepetitionEvent]:
        p = self._params
        assert self._rest_db is not None
        reach = plateau - self._rest_db
        least_db = p.least_range_db if self._plateaus else p.first_range_db
        limit = self._rest_db + p.on_share * reach
        able = self._attached & (reach >= least_db)
        needed = max(1, int(np.count_nonzero(self._attached)))
        if 2 * int(np.count_nonzero(able & (self._levels[-1] > limit))) < needed:
            return []  # most blocks end here
        above = self._recent(p.longest_on_s) > limit
        # Blocks since a level was last below: judged anew each time, because the plateau of the
        # first burst is only known when it has been reached.
        run = np.where(np.all(above, axis=0), len(above), np.argmin(above[::-1], axis=0))
        long_on = (run * self._block_s >= p.on_s - 1e-9) & able
        if 2 * int(np.count_nonzero(long_on)) < needed:
            return []
        blocks = int(np.max(run[long_on]))
        reference_s = self._last_s - blocks * self._block_s
        self._counter.next()
        self._started = reference_s
        self._off_since = None
        self._joined = long_on
        self._peak = np.max(self._levels[-blocks:], axis=0)
        return [
            PhaseFinding("lift", reference_s, self._counter.count),
            RepetitionStart(self._counter.count, reference_s, None, self._last_s),
        ]

    def _seek_end(self, level: FloatArray, t0_s: float) -> list[RepetitionEvent]:
        p = self._params
        assert self._started is not None
        assert self._rest_db is not None
        self._peak = np.maximum(self._peak, level)
        reach = self._plateau_db() - self._rest_db
        on = (level > self._rest_db + p.on_share * reach) & (reach >= p.least_range_db)
        self._joined = self._joined | on
        off = level < self._rest_db + p.off_share * (self._peak - self._rest_db)
        if np.all(off | ~self._joined | ~self._attached):
            self._off_since = t0_s if self._off_since is None else self._off_since
            if self._last_s - self._off_since >= p.off_s - 1e-9:
                return self._end(self._off_since, self._last_s, ())
        else:
            self._off_since = None
        if self._last_s - self._started > p.longest_s:
            return self.abort("not_lowered")
        return []

    def _end(
        self, end_s: float, decided_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        assert self._started is not None
        start_s, found = self._started, list(reasons)
        if not found and end_s - start_s < self._params.least_s:
            found.append("too_short")
        if not found:
            self._plateaus.append(self._peak)
            self._plateau = np.median(np.array(self._plateaus), axis=0)
        self._started = None
        return [
            PhaseFinding("rest", end_s, self._counter.count),
            RepetitionEnd(
                index=self._counter.count,
                reference_s=start_s,
                start_s=start_s,
                movement_onset_s=None,
                top_s=None,
                end_s=end_s,
                reasons=tuple(found),
                pelvis=None,
                decided_at_s=decided_s,
            ),
        ]


def _quantile(values: FloatArray, q: float) -> FloatArray:
    """Return a quantile of each column: numpy's, with less ado."""
    at = q * (len(values) - 1)
    k = int(at)
    above = min(k + 1, len(values) - 1)
    ordered = np.partition(values, (k, above), axis=0)
    low, high = ordered[k], ordered[above]
    share = at - k
    return high - (high - low) * (1.0 - share) if share >= 0.5 else low + (high - low) * share

"""Levels of the prime channels in dB, block by block, and what their rest is.

Levels are compared between each muscle's own rest and own plateau, because bursts stand 10 to 60 dB
above rest and the rest between repetitions is not the rest before the first one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
#: A channel this little above the rounding of numbers carries no signal at all.
_FLAT_DB = 20.0


class EmgLevels:
    """Level of each prime channel over the last ``smooth_s``, and its rest.

    A block without a valid sample keeps the level before it. With ``skip_flat`` a channel that
    carries nothing at all takes no part, and what it was before is forgotten when it comes back.
    """

    def __init__(
        self,
        params: EmgRepetitionParams,
        n_channels: int,
        block_s: float,
        *,
        calibrated: bool = True,
        skip_flat: bool = False,
    ) -> None:
        self._skip_flat = skip_flat
        self._params = params
        self._least_power = _TINY if calibrated else _TINY_UNITS
        self._n = n_channels
        self.block_s = block_s
        self._smooth = max(1, round(params.smooth_s / block_s))
        self._rest_update = max(1, round(params.rest_update_s / block_s))
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._power = np.zeros((self._smooth, self._n))
        self._levels = np.zeros((round(self._params.rest_window_s / self.block_s), self._n))
        self._known = np.zeros(self._n, dtype=np.bool_)
        self._all_known = False
        self._missing = np.zeros(self._n, dtype=np.int64)
        self.present = np.ones(self._n, dtype=np.bool_)
        self.rest_db: FloatArray | None = None
        self._blocks = 0
        self._flat = np.zeros(self._n, dtype=np.bool_)

    @property
    def newest(self) -> FloatArray:
        """The latest level outside repetitions, ``(n_channels,)`` dB."""
        return self._levels[-1]

    @property
    def power(self) -> FloatArray:
        """Power of the newest block, ``(n_channels,)``; what is missing keeps the one before."""
        return self._power[-1]

    def take(self, emg_uv: FloatArray, valid: BoolArray) -> FloatArray:
        """Return the levels with a block of ``(n_samples, n_channels)``."""
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
        if self.rest_db is not None:
            self.rest_db = np.where(first, level, self.rest_db)
        return level

    def take_block(self, block: ConditionedBlock, primes: list[int]) -> FloatArray:
        """Return the levels with the prime channels of a block."""
        if block.power_uv2 is None or not self._all_known:
            return self.take(block.emg_uv[:, primes], block.valid[:, primes])
        self._missing[:] = 0
        return self._level_with(block.power_uv2[primes])

    def attend(self, attached: BoolArray) -> bool:
        """Note which channels take part, ``present``; tell whether any does."""
        known = attached & self._known & ~self._flat
        if not known.any():
            return False
        present = known & (self._missing * self.block_s < self._params.absent_s)
        # When all of them pause, the level before the pause stands, as in any short gap.
        self.present = present if present.any() else known
        return True

    def follow_rest(self, level: FloatArray) -> None:
        """Learn the rest from a block in which no repetition is under way."""
        self._levels[:-1] = self._levels[1:]
        self._levels[-1] = level
        self._blocks += 1
        warm = self._blocks * self.block_s >= self._params.warm_up_s
        if warm and (self.rest_db is None or self._blocks % self._rest_update == 0):
            known = self._levels[-min(self._blocks, len(self._levels)) :]
            rest = _quantile(known, self._params.rest_share)
            rest = np.maximum(rest, np.max(known, axis=0) - self._params.deepest_db)
            self.rest_db = np.asarray(rest, dtype=np.float64)

    def recent(self, seconds: float) -> FloatArray:
        """Return the latest levels outside repetitions, ``(n_blocks, n_channels)``."""
        blocks = min(round(seconds / self.block_s), self._blocks, len(self._levels))
        return self._levels[-blocks:]

    def _level_with(self, power: FloatArray) -> FloatArray:
        """Return the level of the latest blocks, of which the newest has this power."""
        self._power[:-1] = self._power[1:]
        self._power[-1] = power
        mean = np.add.reduce(self._power, axis=0) / len(self._power)
        level: FloatArray = 10.0 * np.log10(np.maximum(mean, self._least_power))
        if self._skip_flat:
            self._follow_flat(level)
        return level

    def _follow_flat(self, level: FloatArray) -> None:
        """Leave out a front end that is off: it has neither rest nor bursts."""
        limit = self._least_power * 10.0 ** (_FLAT_DB / 10.0)
        # Off from its first block on, back when all of the level is signal again.
        off = self._power[-1] <= limit
        if not (off.any() or self._flat.any()):
            return  # nearly always
        flat = off | (self._flat & (self._power.min(axis=0) <= limit))
        back = self._flat & ~flat
        if back.any():
            self._levels[:, back] = level[back]
            if self.rest_db is not None:
                self.rest_db = np.where(back, level, self.rest_db)
        self._flat = flat


def _quantile(values: FloatArray, q: float) -> FloatArray:
    """Return a quantile of each column: numpy's, with less ado."""
    at = q * (len(values) - 1)
    k = int(at)
    above = min(k + 1, len(values) - 1)
    ordered = np.partition(values, (k, above), axis=0)
    low, high = ordered[k], ordered[above]
    share = at - k
    return high - (high - low) * (1.0 - share) if share >= 0.5 else low + (high - low) * share

"""What the trace of blocks says afterwards: when the first muscle left its rest, and the phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.emg_phases import EmgPhaseParams, EmgPhases, refined_phases

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray

#: Rest before an effort that it is compared with.
BEFORE_S = 3.0


@dataclass(frozen=True, slots=True)
class EmgDetailParams:
    """What is asked besides where EMG is the only way to find repetitions. Proposals."""

    phases: EmgPhaseParams = field(default_factory=EmgPhaseParams)
    off_short_s: float = 0.5
    """Silence that ends what is not yet as long as a repetition: it may be its first half."""
    half_effort_db: float = -6.0
    """Peak below the own median by more than this, half of the amplitude: ``half_effort``."""
    alone_more_db: float = 3.0
    """A start that not all primes carry stands this much further above rest: tone wanders in each
    muscle by itself."""
    quiet_before_s: float = 0.5
    """All primes are off this long before a good repetition."""
    rest_margin_db: float = 3.0
    """The first onset is the last time a level came above rest by this: twice the power."""
    rest_quantile: float = 0.3
    back_dated_s: float = 1.5
    """An onset is looked for this long before the level was high: the slowest rise of 2 s."""
    corrected_s: tuple[float, float] = (-0.8, 0.2)
    """The fit may move the start that was told by this much; further off it followed the tone."""


class BlockTrace:
    """Power and level of the latest blocks with their times, for what is looked up afterwards."""

    def __init__(self, n_channels: int, block_s: float, length_s: float) -> None:
        self._keep = round(length_s / block_s)
        # Twice the room: the rows are moved once per length, not once per block.
        self._rows = np.zeros((2 * self._keep, 1 + 2 * n_channels))
        self._n = n_channels
        self._stop = 0
        self.block_s = block_s

    def clear(self) -> None:
        """Forget all."""
        self._stop = 0

    def append(self, t0_s: float, power: FloatArray, level_db: FloatArray) -> None:
        """Keep one block that begins at ``t0_s``."""
        if self._stop == len(self._rows):
            self._rows[: self._keep] = self._rows[self._keep :]
            self._stop = self._keep
        row = self._rows[self._stop]
        row[0] = t0_s
        row[1 : 1 + self._n] = power
        row[1 + self._n :] = level_db
        self._stop += 1

    def between(self, first_s: float, last_s: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return start times ``(n,)``, powers and levels ``(n, n_channels)`` from first to last.

        A view, which the next blocks may change.
        """
        rows = self._rows[: self._stop]
        times = rows[:, 0]
        begin, end = np.searchsorted(times, [first_s - 1e-9, last_s - 1e-9])
        found = rows[begin:end]
        return found[:, 0], found[:, 1 : 1 + self._n], found[:, 1 + self._n :]


def first_onset_s(
    t0_s: FloatArray,
    level_db: FloatArray,
    low_db: FloatArray,
    limit_db: FloatArray,
    earliest_s: float,
) -> float:
    """Return when the first channel left its rest on the way to where it is now.

    Parameters
    ----------
    t0_s, level_db
        ``(n,)`` start times and ``(n, n_channels)`` levels of equal blocks.
    low_db
        What still counts as rest.
    limit_db
        What each channel has come above for good.
    earliest_s
        Nothing is dated back further.
    """
    block_s = float(t0_s[1] - t0_s[0]) if len(t0_s) > 1 else 0.0
    firsts: list[float] = []
    for level, low, limit in zip(level_db.T, low_db, limit_db, strict=True):
        under = np.flatnonzero(level <= limit)
        way = level[: under[-1] + 1] if len(under) else level[:0]
        rested = np.flatnonzero(way <= low)
        left_s = float(t0_s[rested[-1]]) + block_s if len(rested) else earliest_s
        firsts.append(max(earliest_s, left_s))
    return min(firsts)


def phases_of(
    trace: BlockTrace,
    joined: BoolArray,
    rest_db: FloatArray,
    span_s: tuple[float, float],
    known_s: tuple[float, float],
    params: EmgPhaseParams,
) -> EmgPhases | None:
    """Return the refined phases of an effort that lies at ``span_s``; None where it has none.

    ``known_s``: from the end of the effort before to the newest block. ``rest_db`` is used where
    there is too little rest in between.
    """
    t0, power, levels = trace.between(max(span_s[0] - BEFORE_S, known_s[0]), known_s[1])
    used = np.flatnonzero(joined)
    if not len(used):
        return None
    before = t0 < span_s[0] - 0.1
    if np.count_nonzero(before) * trace.block_s >= 0.2:
        rest_db = np.median(levels[before], axis=0)
    return refined_phases(t0, power[:, used], 10.0 ** (rest_db[used] / 10.0), span_s, params)

"""Levels as they come, kept for a while: blocks of a hold, a line that is followed, rest."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.amount import Amount, chi2_quantiles, refused

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.reference import PersonalReference

#: RMS window behind each level (signal/conditioning.py, envelope_s): a level stands for its middle.
WINDOW_S = 0.050
#: Blocks of a hold and of a line, as metrics B18 and B19 have them.
BLOCK_S = 0.25
#: Bandwidth of EMG behind the high-pass, as the fault dictionary counts it (FaultParams).
BANDWIDTH_HZ = 100.0
BLOCK_DOF = 2.0 * BANDWIDTH_HZ * BLOCK_S
#: Levels kept: two minutes of 20 ms blocks, a ramp or hold with its rest before (bounded memory).
_MOST = 6000
#: A stretch is whole if so much of its levels is there, as of a metric's samples.
_LEAST_VALID = 0.95


class LevelTrace:
    """The levels of one set, percent. ``t_s`` is the end of the RMS window of each."""

    def __init__(self, channels: tuple[str, ...], reference: PersonalReference) -> None:
        self._channels = channels
        self._rows: deque[tuple[float, FloatArray]] = deque(maxlen=_MOST)
        self.rest_percent: FloatArray = np.array(
            [_rest_percent(reference, name) for name in channels]
        )

    def add(self, t_s: float, percent: FloatArray) -> None:
        """Keep the levels of one block, ``(n_channels,)``, NaN where unknown."""
        if self._rows and t_s <= self._rows[-1][0]:
            return  # after an outage time never runs back; the same instant tells nothing new
        self._rows.append((t_s, np.array(percent, dtype=np.float64)))

    @property
    def newest_s(self) -> float | None:
        """Time of the newest level."""
        return self._rows[-1][0] if self._rows else None

    def clean(self, percent: FloatArray) -> FloatArray:
        """Return levels with the power of the own rest taken out, ``(n_channels,)``."""
        rest = np.nan_to_num(self.rest_percent, nan=0.0)
        cleaned: FloatArray = np.sqrt(np.maximum(percent**2 - rest**2, 0.0))
        return cleaned

    def blocks(
        self, names: tuple[str, ...], first_s: float, last_s: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return middles and levels of blocks side by side, ``(n_blocks,)`` each, rest taken out.

        The mean of the channels; one that is not known is left out, a block in which none is known
        is NaN.
        """
        times, rows = self._between(names, first_s, last_s)
        count = math.floor((last_s - first_s) / BLOCK_S + 1e-6)
        middles: FloatArray = first_s + (np.arange(count, dtype=np.float64) + 0.5) * BLOCK_S
        levels = np.full(count, np.nan)
        where = np.floor((times - first_s) / BLOCK_S).astype(np.int64)
        rest = np.nan_to_num(self._of(names), nan=0.0)
        for k in range(count):
            seen = rows[where == k]
            known = [
                math.sqrt(max(power - rest_percent**2, 0.0))
                for power, rest_percent in zip(_powers(seen), rest.tolist(), strict=True)
                if power is not None
            ]
            if known:
                levels[k] = sum(known) / len(known)
        return middles, levels

    def level(self, name: str, first_s: float, last_s: float, *, rest_out: bool = True) -> Amount:
        """Return the RMS of a channel between two times, percent, with its interval.

        Chi-square with ``2 B T`` degrees of freedom (metrics.md section 2).
        """
        times, rows = self._between((name,), first_s, last_s)
        if last_s - first_s < 4.0 * BLOCK_S or len(times) < 8:
            return refused("too_short")
        values = rows[:, 0]
        step_s = float(np.median(np.diff(times)))
        if np.count_nonzero(np.isfinite(values)) * step_s < _LEAST_VALID * (last_s - first_s):
            return refused("gap")
        power = float(np.nanmean(values**2))
        dof = 2.0 * BANDWIDTH_HZ * (last_s - first_s)
        low, high = chi2_quantiles(dof)
        rest = float(np.nan_to_num(self._of((name,)), nan=0.0)[0]) if rest_out else 0.0
        parts = (power, dof * power / high, dof * power / low)
        value, least, most = (math.sqrt(max(one - rest**2, 0.0)) for one in parts)
        return Amount(value, least, most, round(dof))

    def _between(
        self, names: tuple[str, ...], first_s: float, last_s: float
    ) -> tuple[FloatArray, FloatArray]:
        columns = [self._channels.index(name) for name in names]
        found: list[tuple[float, FloatArray]] = []
        for t_s, row in reversed(self._rows):  # what is asked about is mostly new
            middle_s = t_s - 0.5 * WINDOW_S
            if middle_s < first_s:
                break
            if middle_s < last_s:
                found.append((middle_s, row[columns]))
        found.reverse()
        if not found:
            return np.empty(0), np.empty((0, len(names)))
        return np.array([one[0] for one in found]), np.array([one[1] for one in found])

    def _of(self, names: tuple[str, ...]) -> FloatArray:
        values: FloatArray = self.rest_percent[[self._channels.index(name) for name in names]]
        return values


def _powers(rows: FloatArray) -> list[float | None]:
    """Return the mean square of each column over what is known of it, None where nothing is."""
    found: list[float | None] = []
    for k in range(rows.shape[1]):
        column: FloatArray = rows[:, k]
        known: FloatArray = column[np.isfinite(column)]
        found.append(float(np.mean(known**2)) if len(known) else None)
    return found


def _rest_percent(reference: PersonalReference, name: str) -> float:
    known, whole = reference.channels.get(name), reference.reference_uv(name)
    if known is None or known.rest_uv is None or whole is None:
        return math.nan
    return 100.0 * known.rest_uv / whole

"""Sample counters of files: unrolled, and held against the time that passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

#: With fewer steps of one than this the column is no counter of samples.
MOSTLY = 0.5
#: Counter and clock are both known to about this.
AGREES = 0.002


@dataclass(frozen=True, slots=True)
class Counted:
    """Where every row stands on the grid of samples, ``(n_rows,)``, and what to say of it."""

    index: NDArray[np.int64]
    warnings: tuple[str, ...]

    @property
    def missing(self) -> int:
        """Samples that the grid has and the file has not."""
        return int(self.index[-1]) + 1 - self.index.size if self.index.size else 0


def by_counter(
    counter: FloatArray, moduli: Sequence[int], rate_hz: float, span_s: float | None = None
) -> Counted:
    """Return the grid by a counter that wraps at one of ``moduli``.

    ``span_s`` is the time from the first row to the last by another clock, where the file has one:
    a counter that jumps while no time passed has slipped, and nothing is missing then.
    """
    rows = np.arange(counter.size, dtype=np.int64)
    if counter.size < 2 or not np.isfinite(counter).all() or np.abs(counter).max() > 2**48:
        return Counted(rows, ())
    values = counter.astype(np.int64)
    steps = np.diff(values)
    if np.mean(steps == 1) < MOSTLY and not np.any(steps > 1):
        return Counted(rows, ("The sample counter does not count; it is not used.",))
    modulus = next((m for m in sorted(moduli) if values.max() < m), 0)
    stuck = steps == 0
    if modulus:
        steps = steps % modulus
    odd = (steps != 1) & ~stuck
    if not odd.any():
        told = ()
        if stuck.any():
            told = (f"The sample counter stands still for {int(stuck.sum())} rows; nothing lost.",)
        return Counted(rows, told)
    steps[stuck | (steps < 1)] = 1
    index = np.concatenate([np.zeros(1, np.int64), np.cumsum(steps)])
    missing = int(index[-1]) + 1 - index.size
    places = int(odd.sum())
    if span_s is not None and span_s > 0 and _slipped(counter.size, missing, rate_hz, span_s):
        return Counted(
            rows,
            (
                f"The sample counter jumps {places} time(s) by {missing} samples in all, but the "
                "time stamps show no gap: nothing was inserted.",
            ),
        )
    if missing > 10 * counter.size:
        return Counted(rows, (f"The sample counter jumps {places} time(s); it is not used.",))
    return Counted(index, (f"The sample counter leaves {places} gap(s), {missing} samples.",))


def _slipped(n_rows: int, missing: int, rate_hz: float, span_s: float) -> bool:
    """Tell whether the rows alone fit the time that passed better than rows and losses."""
    without_s = abs((n_rows - 1) / rate_hz - span_s)
    with_s = abs((n_rows - 1 + missing) / rate_hz - span_s)
    return without_s <= with_s


def compare_rates(stated_hz: float, rows: int, span_s: float, what: str) -> str | None:
    """Return what to say where rows and passed time give another rate than stated, else None.

    ``what`` names the other clock; the stated rate is the one that is used.
    """
    if rows < 2 or not 0 < span_s < np.inf:
        return None
    seen_hz = (rows - 1) / span_s
    if abs(seen_hz / stated_hz - 1.0) <= max(AGREES, 0.1 / span_s):
        return None
    factor = max(seen_hz / stated_hz, stated_hz / seen_hz)
    much = f" ({factor:.3g} times another one)" if factor > 1.5 else ""
    return (
        f"The file says {stated_hz:g} Hz, its {what} {seen_hz:.4g} Hz{much}: {stated_hz:g} Hz are "
        "used. Check which is right."
    )


def on_grid(values: FloatArray, counted: Counted) -> FloatArray:
    """Return rows on their grid, NaN where samples are missing."""
    if not counted.missing:
        return values
    out = np.full((int(counted.index[-1]) + 1, values.shape[1]), np.nan)
    out[counted.index] = values
    return out

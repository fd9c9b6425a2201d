"""Shares, rates and errors with their intervals, as text of a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom, chi2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

#: 97.5 % point of the normal distribution.
Z = 1.959964
NOTHING = "·"


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, J Am Stat Assoc 22:209)."""
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    middle = share + Z * Z / (2 * of)
    half = Z * math.sqrt(share * (1.0 - share) / of + Z * Z / (4.0 * of * of))
    low, high = ((middle + sign * half) / (1.0 + Z * Z / of) for sign in (-1.0, 1.0))
    return max(0.0, low), min(1.0, high)


def poisson_high(count: int, hours: float) -> float:
    """Return the upper end of the exact two-sided 95 % interval of a rate (Garwood 1936)."""
    return float(chi2.ppf(0.975, 2 * count + 2)) / 2.0 / hours if hours > 0.0 else math.inf


def poisson_low(count: int, hours: float) -> float:
    """Return the lower end of the same interval."""
    return float(chi2.ppf(0.025, 2 * count)) / 2.0 / hours if count and hours > 0.0 else 0.0


def median_low(values: Sequence[float] | FloatArray) -> float:
    """Return the lower end of the 95 % interval of a median, by ranks; -inf from too few."""
    ranked = np.sort(np.asarray(values, dtype=np.float64))
    rank = int(binom.ppf(0.025, len(ranked), 0.5))
    return float(ranked[rank - 1]) if rank >= 1 else -math.inf


def share_text(hits: int, of: int) -> str:
    """Return a share in percent with its interval and of how many."""
    if of == 0:
        return NOTHING
    low, high = wilson(hits, of)
    return f"{100 * hits / of:.0f} ({100 * low:.0f}-{100 * high:.0f}; {of})"


def rate_text(count: int, seconds: float) -> str:
    """Return a rate per hour with the upper end of its interval."""
    if seconds <= 0.0:
        return NOTHING
    hours = seconds / 3600.0
    return f"{count / hours:.1f} (<{poisson_high(count, hours):.0f})"


def error_text(errors: Sequence[float], *, digits: int = 0) -> str:
    """Return bias, median and 95 % of absolute errors: ``-5 / 12 / 40``."""
    if len(errors) == 0:
        return NOTHING
    values = np.asarray(errors, dtype=np.float64)
    middle, far = np.percentile(np.abs(values), (50, 95))
    return f"{np.median(values):+.{digits}f} / {middle:.{digits}f} / {far:.{digits}f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])

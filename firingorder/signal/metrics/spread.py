"""How much repetitions differ: SD, MAD, entropy of the order (B20). Shown, never rewarded down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from firingorder.signal.metrics.amount import Z95, Amount, chi2_quantiles, median_of, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pseudo-counts of each kind in the priors of the entropy's lower and upper bound.
_FEW, _MANY = 0.1, 1.0


def sd_of(values: Sequence[float], least: int = 3) -> Amount:
    """Return the SD with its 95 % interval by chi-square, exact for normal values."""
    n = len(values)
    if n < least:
        return refused("too_few")
    sd = float(np.std(np.asarray(values, dtype=np.float64), ddof=1))
    low, high = chi2_quantiles(n - 1)
    return Amount(sd, sd * math.sqrt((n - 1) / high), sd * math.sqrt((n - 1) / low), n)


def mad_of(values: Sequence[float], least: int = 6) -> Amount:
    """Return the median absolute deviation, not rescaled, with its bootstrap's interval.

    The deviations are taken from the sample's own median, which makes them too small in small
    samples: by n / (n - 0.8) (Croux and Rousseeuw 1992, Comput. Stat. 1:411).
    """
    n = len(values)
    if n < least:
        return refused("too_few")
    x = np.asarray(values, dtype=np.float64)
    found = median_of(np.abs(x - np.median(x)).tolist())
    return found.scaled(n / (n - 0.8))


def order_entropy(counts: Sequence[int], least: int = 5) -> Amount:
    """Return the entropy of the verdicts of a set, bits: 0 all alike, 2 all four equally often.

    The value has the bias of small samples taken off (Miller and Madow: + (kinds seen - 1) / 2n
    nats; Miller 1955), at most log2 of the kinds. The interval is that of the posterior of
    Dirichlet shares, whose mean and variance are closed forms (Wolpert and Wolf 1995,
    10.1103/PhysRevE.52.6841), stretched to hold the value. A prior that favours few kinds gives
    the lower bound and one that favours many the upper: with ten repetitions the prior matters.
    """
    tally = np.asarray(counts, dtype=np.float64)
    n, kinds = int(tally.sum()), len(tally)
    if n < least:
        return refused("too_few")
    p = tally[tally > 0.0] / n
    most = math.log2(kinds)
    plain = -float(np.sum(p * np.log2(p)))
    value = min(most, plain + (len(p) - 1) / (2.0 * n * math.log(2.0)))
    (mean, sd), (mean_many, sd_many) = _posterior(tally + _FEW), _posterior(tally + _MANY)
    low, high = max(0.0, mean - Z95 * sd), min(most, mean_many + Z95 * sd_many)
    # Counts that four equally frequent kinds explain (likelihood ratio) leave the upper end open.
    if 2.0 * n * math.log(2.0) * (most - plain) < special.chdtri(kinds - 1, 0.05):
        high = most
    return Amount(value, min(low, value), max(high, value), n)


def _posterior(a: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, float]:
    """Mean and SD of the entropy, bits, of shares that are Dirichlet(a)."""
    total = float(a.sum())
    mean = float(special.digamma(total + 1.0) - np.sum(a * special.digamma(a + 1.0)) / total)
    d1, d2 = special.digamma(a + 1.0), special.digamma(a + 2.0)
    top, top_slope = special.digamma(total + 2.0), special.polygamma(1, total + 2.0)
    crossed = np.outer(a, a) * (np.outer(d1 - top, d1 - top) - top_slope)
    np.fill_diagonal(crossed, 0.0)
    same = a * (a + 1.0) * ((d2 - top) ** 2 + special.polygamma(1, a + 2.0) - top_slope)
    second = float(np.sum(crossed) + np.sum(same)) / (total * (total + 1.0))
    scale = 1.0 / math.log(2.0)
    return mean * scale, math.sqrt(max(second - mean**2, 0.0)) * scale

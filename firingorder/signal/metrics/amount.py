"""A measured amount with its 95 % interval, and how intervals go through sums and ratios.

Sums, differences and ratios of independent amounts: the method of variance estimates recovery
(Zou and Donner 2008, Stat. Med. 27:1693), which keeps the skewness of the parts. No resampling is
random: the bootstrap distribution of a median is known exactly (docs/reference/metrics.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from firingorder.measures import Metric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.measures import MetricGate

#: Two-sided 95 %: quantile of the standard normal distribution.
Z95 = 1.959964
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Amount:
    """A value with its 95 % interval; with a gate it may not be used.

    Kept beside the gate, because some uses can live with it: what is not above the noise
    (``at_noise_floor``) is still known to be no more than ``high``.
    """

    value: float
    low: float
    high: float
    n: int = 1
    gate: MetricGate | None = None

    def scaled(self, factor: float) -> Amount:
        """Return the amount times a constant; a negative one swaps the bounds."""
        low, high = self.low * factor, self.high * factor
        if factor < 0.0:
            low, high = high, low
        return Amount(self.value * factor, low, high, self.n, self.gate)

    def shifted(self, by: float) -> Amount:
        """Return the amount plus a constant."""
        return Amount(self.value + by, self.low + by, self.high + by, self.n, self.gate)

    @property
    def known(self) -> bool:
        """Whether it may be used, or lies at the noise floor with a known upper bound."""
        return self.gate is None or self.gate == "at_noise_floor"


def refused(gate: MetricGate) -> Amount:
    """Return what stands for an amount that is not known."""
    return Amount(math.nan, math.nan, math.nan, 0, gate)


def metric(code: str, name: str, subject: str, unit: str, amount: Amount) -> Metric:
    """Return a metric of an amount; one that is not finite is never told as a number."""
    gate = amount.gate
    if gate is None and not math.isfinite(amount.value):
        gate = "not_measured"
    if gate is None:
        low, high = _finite(amount.low), _finite(amount.high)
        return Metric(code, name, subject, amount.value, unit, low, high, amount.n)
    low = _finite(amount.low) if gate == "beyond_cap" else None
    high = _finite(amount.high) if gate == "at_noise_floor" else None
    return Metric(code, name, subject, None, unit, low, high, amount.n, gate)


def first_gate(amounts: Sequence[Amount], *, floor_ok: bool = False) -> MetricGate | None:
    """Return the first gate among amounts; those at the noise floor may be let through."""
    for one in amounts:
        if one.gate is not None and not (floor_ok and one.known):
            return one.gate
    return None


def total(amounts: Sequence[Amount], *, floor_ok: bool = False) -> Amount:
    """Return the sum of independent amounts."""
    gate = first_gate(amounts, floor_ok=floor_ok)
    if gate is not None or not amounts:
        return refused(gate or "not_measured")
    value = sum(one.value for one in amounts)
    below = math.sqrt(sum((one.value - one.low) ** 2 for one in amounts))
    above = math.sqrt(sum((one.high - one.value) ** 2 for one in amounts))
    return Amount(value, value - below, value + above, min(one.n for one in amounts))


def mean_of(amounts: Sequence[Amount], *, floor_ok: bool = False) -> Amount:
    """Return the mean of independent amounts."""
    return total(amounts, floor_ok=floor_ok).scaled(1.0 / max(1, len(amounts)))


def difference(a: Amount, b: Amount) -> Amount:
    """Return a - b for independent amounts."""
    return total((a, b.scaled(-1.0)))


def log_of(amount: Amount) -> Amount:
    """Return the natural logarithm of an amount; one not resolved from zero is refused."""
    if amount.gate is not None:
        return amount
    if not amount.low > 0.0:
        return refused("at_noise_floor")
    return Amount(math.log(amount.value), math.log(amount.low), math.log(amount.high), amount.n)


def log_ratio(a: Amount, b: Amount) -> Amount:
    """Return ln(a / b) for independent positive amounts."""
    return difference(log_of(a), log_of(b))


def exponential(log: Amount) -> Amount:
    """Return exp of an amount: a ratio from its logarithm."""
    if log.gate is not None:
        return log
    return Amount(math.exp(log.value), math.exp(log.low), math.exp(log.high), log.n)


def share_of(log: Amount) -> Amount:
    """Return a / (a + b) from ln(a / b): the logistic function, which only grows."""
    if log.gate is not None:
        return log
    value, low, high = (1.0 / (1.0 + math.exp(-x)) for x in (log.value, log.low, log.high))
    return Amount(value, low, high, log.n)


def wilson(count: int, of: int) -> Amount:
    """Return a share, 0 to 1, with Wilson's interval (1927, J. Am. Stat. Assoc. 22:209)."""
    if of <= 0:
        return refused("too_few")
    p, z2 = count / of, Z95**2
    middle = (p + z2 / (2 * of)) / (1.0 + z2 / of)
    half = Z95 / (1.0 + z2 / of) * math.sqrt(p * (1.0 - p) / of + z2 / (4.0 * of**2))
    return Amount(p, min(max(0.0, middle - half), p), max(min(1.0, middle + half), p), of)


def median_of(values: Sequence[float], least: int = 5) -> Amount:
    """Return the median with the 95 % percentile interval of its bootstrap, worked out exactly.

    A resample of n values has its k-th smallest at or below the j-th smallest of the sample with
    the probability that a binomial (n, j/n) reaches k: that is the limit of infinitely many
    resamples (Efron 1979, 10.1214/aos/1176344552, who does it for odd n). For even n the
    lower and the upper of the two middle values give the lower and the upper bound. Below five
    values not even smallest to largest holds the median 90 times of 100 (1 - 2^(1-n)): refused.
    """
    n = len(values)
    if n < least:
        return replace(refused("too_few"), n=n)
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if not np.isfinite(ordered).all():
        return refused("not_measured")
    low, high = _median_bounds(n)
    middle = 0.5 * float(ordered[(n - 1) // 2] + ordered[n // 2])
    return Amount(middle, float(ordered[low]), float(ordered[high]), n)


@lru_cache(maxsize=256)
def _median_bounds(n: int) -> tuple[int, int]:
    """Return which of n ordered values bound the bootstrap's interval of their median."""
    j = np.arange(1, n + 1)
    lower, upper = (special.bdtrc(k - 1, n, j / n) for k in ((n + 1) // 2, n // 2 + 1))
    low, high = np.searchsorted(lower, _TAIL), np.searchsorted(upper, 1.0 - _TAIL)
    return min(int(low), n - 1), min(int(high), n - 1)


def median_se(values: Sequence[float]) -> float:
    """Return the bootstrap's standard error of a median, exactly (Maritz and Jarrett 1978).

    J. Am. Stat. Assoc. 73:194. For even n that of the mean of both middle values is bounded by the
    mean of their own standard errors.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ordered)
    j = np.arange(0, n + 1) / n
    errors: list[float] = []
    for k in {(n + 1) // 2, n // 2 + 1}:
        weight = np.diff(special.betainc(k, n - k + 1, j))
        mean = float(np.sum(weight * ordered))
        errors.append(math.sqrt(max(float(np.sum(weight * ordered**2)) - mean**2, 0.0)))
    return sum(errors) / len(errors)


def t95(degrees: float) -> float:
    """Return the two-sided 95 % quantile of Student's t."""
    return float(special.stdtrit(degrees, 1.0 - _TAIL))


def chi2_quantiles(degrees: float) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % quantiles of chi-square."""
    low, high = (2.0 * float(special.gammaincinv(0.5 * degrees, q)) for q in (_TAIL, 1.0 - _TAIL))
    return low, high


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None

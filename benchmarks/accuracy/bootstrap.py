"""Figures with their 95 % bootstrap intervals, trials resampled within each scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2

from benchmarks.accuracy.scoring import everything, probability_figures, probability_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.accuracy.answers import Scored
    from firingorder.samples import FloatArray

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float = NAN
    high: float = NAN

    def __str__(self) -> str:
        """Return value and interval as the tables show them."""
        return self.text(1)

    def text(self, digits: int, *, sign: bool = False) -> str:
        """Return ``value (low to high)``, "-" where there is none."""
        if not np.isfinite(self.value):
            return "-"
        form = f"{'+' if sign else ''}.{digits}f"
        if not np.isfinite(self.low):
            return f"{self.value:{form}}"
        return f"{self.value:{form}} ({self.low:{form}} to {self.high:{form}})"


def bootstrap(
    scored: Sequence[Scored],
    figures: Callable[[Scored, np.ndarray], dict[str, float]],
    draws: int,
    *,
    seed: int = 20_260,
) -> dict[str, Figure]:
    """Return figures with 95 % percentile intervals, trials resampled within each scenario.

    Over several scenarios a figure is the mean of the scenarios that have it.
    """
    if not scored:
        return {}
    rng = np.random.default_rng(seed)
    value = _mean([figures(one, everything(one)) for one in scored])
    again = [
        _mean([figures(one, rng.integers(one.n, size=one.n)) for one in scored])
        for _ in range(draws)
    ]
    return {name: with_interval(x, [row[name] for row in again]) for name, x in value.items()}


def bootstrap_rows(
    scored: Sequence[Scored], draws: int, *, seed: int = 20_261
) -> dict[str, Figure]:
    """Return the probability figures pooled over all pairs, trials resampled."""
    rng = np.random.default_rng(seed)

    def pooled(*, again: bool) -> dict[str, float]:
        parts = [
            probability_rows(s, rng.integers(s.n, size=s.n) if again else everything(s))
            for s in scored
        ]
        return probability_figures(np.concatenate(parts) if parts else np.zeros((0, 2)))

    value = pooled(again=False)
    rows = [pooled(again=True) for _ in range(draws)]
    return {name: with_interval(x, [row[name] for row in rows]) for name, x in value.items()}


def bootstrap_values(
    values: Sequence[float],
    figure: Callable[[FloatArray], float],
    draws: int,
    *,
    seed: int = 20_262,
) -> Figure:
    """Return a figure of plain values with its interval; NaN values are left to the figure."""
    x = np.asarray(values, dtype=np.float64)
    if x.size == 0:
        return Figure(NAN)
    rng = np.random.default_rng(seed)
    again = [figure(x[rng.integers(x.size, size=x.size)]) for _ in range(draws)]
    return with_interval(figure(x), again)


def with_interval(value: float, again: Sequence[float]) -> Figure:
    """Return the value with the 2.5 and 97.5 % quantiles of its repetitions."""
    kept = [x for x in again if np.isfinite(x)]
    if not kept:
        return Figure(value)
    low, high = np.quantile(kept, [0.025, 0.975])
    return Figure(value, float(low), float(high))


def poisson_rate(count: int, units: float) -> Figure:
    """Return a rate with its exact Poisson interval (Garwood 1936, 10.1093/biomet/28.3-4.437)."""
    low = 0.5 * float(chi2.ppf(0.025, 2 * count)) if count else 0.0
    high = 0.5 * float(chi2.ppf(0.975, 2 * count + 2))
    return Figure(count / units, low / units, high / units)


def _mean(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    out: dict[str, float] = {}
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        kept = values[np.isfinite(values)]
        out[name] = float(np.mean(kept)) if kept.size else NAN
    return out

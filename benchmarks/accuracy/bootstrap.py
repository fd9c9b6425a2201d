"""Figures with their 95 % bootstrap intervals, trials resampled within each scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

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


@dataclass(frozen=True, slots=True)
class Drawn:
    """Figures of one scenario: ``(1 + draws, figures)``, the first row as measured."""

    names: tuple[str, ...]
    rows: FloatArray

    def figures(self) -> dict[str, Figure]:
        """Return every figure with its interval."""
        return {
            name: with_interval(float(column[0]), column[1:].tolist())
            for name, column in zip(self.names, self.rows.T, strict=True)
        }


def draw(
    one: Scored,
    figures: Callable[[Scored, np.ndarray], dict[str, float]],
    draws: int,
    *,
    seed: int = 20_260,
) -> Drawn:
    """Return figures of a scenario as measured and with its trials resampled."""
    rng = np.random.default_rng([seed, crc32(one.scenario.encode())])
    first = figures(one, everything(one))
    rows = [list(first.values())]
    for _ in range(draws):
        rows.append(list(figures(one, rng.integers(one.n, size=one.n)).values()))
    return Drawn(tuple(first), np.array(rows))


def pooled(members: Sequence[Drawn]) -> dict[str, Figure]:
    """Return the mean over the scenarios that have a figure: each is resampled by itself."""
    stack = np.array([one.rows for one in members])
    there = np.isfinite(stack)
    total = np.sum(np.where(there, stack, 0.0), axis=0)
    count = np.sum(there, axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), NAN)
    return Drawn(members[0].names, mean).figures()


def bootstrap_rows(
    scored: Sequence[Scored], draws: int, *, seed: int = 20_261
) -> dict[str, Figure]:
    """Return the probability figures pooled over all pairs, trials resampled."""
    rng = np.random.default_rng(seed)

    def once(*, again: bool) -> dict[str, float]:
        parts = [
            probability_rows(s, rng.integers(s.n, size=s.n) if again else everything(s))
            for s in scored
        ]
        return probability_figures(np.concatenate(parts) if parts else np.zeros((0, 2)))

    value = once(again=False)
    rows = [once(again=True) for _ in range(draws)]
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

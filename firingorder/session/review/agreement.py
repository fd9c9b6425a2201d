"""How well marks agree: with themselves, with another rater's, and with the automatic onsets.

Differences in milliseconds. Repeatability and limits of agreement after Bland and Altman (1996,
10.1136/bmj.313.7059.744; 1986, 10.1016/S0140-6736(86)90837-8). Intervals are 95 %, percentiles of a
bootstrap that draws whole repetitions, because channels of one repetition are not independent; its
seed is told. No file, no clock: the same numbers in give the same numbers out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from firingorder.samples import FloatArray

#: Draws of a bootstrap: the ends of a 95 % interval then rest on 50 draws each.
DRAWS = 2000
#: Fewer differences than this have no interval: a draw of them would mostly repeat one.
LEAST = 5
SEED = 20
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its 95 % interval; None where there were too few for one."""

    value: float
    low: float | None
    high: float | None
    n: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            name: None if value is None else round(value, 3)
            for name, value in (("value", self.value), ("low", self.low), ("high", self.high))
        } | {"n": self.n}


@dataclass(frozen=True, slots=True)
class Timed:
    """A mark as it is compared: what it is about, and when; None: "no onset here".

    ``item`` is the same in every series about the same signal; ``cluster`` the repetition.
    """

    item: str
    cluster: str
    onset_s: float | None


@dataclass(frozen=True, slots=True)
class Within:
    """One rater, the same signals twice: SD of one mark (ms), and how often both said the same.

    ``pairs`` are those with an onset both times; ``same_answer`` counts onset or none.
    """

    sd_ms: Measure | None
    bias_ms: Measure | None
    pairs: int
    repeats: int
    same_answer: int


@dataclass(frozen=True, slots=True)
class Between:
    """Two sets of onsets: second minus first, milliseconds.

    ``only_first`` and ``only_second`` are signals in which only one of them saw an onset.
    """

    bias_ms: Measure | None
    sd_ms: Measure | None
    limits_ms: tuple[float, float] | None
    n: int
    both_none: int
    only_first: int
    only_second: int


@dataclass(frozen=True, slots=True)
class ToAutomatic:
    """Marks minus automatic onsets, and the share of automatic intervals that hold the mark."""

    between: Between
    coverage: Measure | None


def within_rater(
    firsts: Sequence[Timed], seconds: Mapping[str, Timed], *, seed: int = SEED
) -> Within:
    """Return how a rater repeats themselves; ``seconds`` by item, the later mark of each."""
    twice = [(one, seconds[one.item]) for one in firsts if one.item in seconds]
    timed = [
        (a.cluster, 1e3 * (b.onset_s - a.onset_s))
        for a, b in twice
        if a.onset_s is not None and b.onset_s is not None
    ]
    same = sum((a.onset_s is None) == (b.onset_s is None) for a, b in twice)
    return Within(
        sd_ms=_measure(timed, _repeat_sd, seed),
        bias_ms=_measure(timed, _mean, seed),
        pairs=len(timed),
        repeats=len(twice),
        same_answer=same,
    )


def between_raters(
    firsts: Sequence[Timed], seconds: Mapping[str, Timed], *, seed: int = SEED
) -> Between:
    """Return how two raters differ over the signals both of them marked."""
    common = [(one, seconds[one.item]) for one in firsts if one.item in seconds]
    timed = [
        (a.cluster, 1e3 * (b.onset_s - a.onset_s))
        for a, b in common
        if a.onset_s is not None and b.onset_s is not None
    ]
    bias, sd = _measure(timed, _mean, seed), _measure(timed, _sd, seed, least=2)
    limits = None
    if bias is not None and sd is not None:
        limits = (bias.value - _Z95 * sd.value, bias.value + _Z95 * sd.value)
    return Between(
        bias_ms=bias,
        sd_ms=sd,
        limits_ms=limits,
        n=len(timed),
        both_none=sum(a.onset_s is None and b.onset_s is None for a, b in common),
        only_first=sum(a.onset_s is not None and b.onset_s is None for a, b in common),
        only_second=sum(a.onset_s is None and b.onset_s is not None for a, b in common),
    )


def to_automatic(
    marks: Sequence[Timed],
    automatic: Mapping[str, tuple[float, float, float] | None],
    *,
    seed: int = SEED,
) -> ToAutomatic:
    """Return marks against automatic onsets, each (median, low, high) in seconds, or None."""
    found = {
        one.item: Timed(one.item, one.cluster, None if auto is None else auto[0])
        for one in marks
        if one.item in automatic
        for auto in (automatic[one.item],)
    }
    compared = between_raters(list(found.values()), {one.item: one for one in marks}, seed=seed)
    held = [
        (one.cluster, float(auto[1] <= one.onset_s <= auto[2]))
        for one in marks
        if one.onset_s is not None and (auto := automatic.get(one.item)) is not None
    ]
    return ToAutomatic(compared, _measure(held, _mean, seed))


def _mean(n: FloatArray, total: FloatArray, squares: FloatArray) -> FloatArray:
    del squares
    return total / n


def _sd(n: FloatArray, total: FloatArray, squares: FloatArray) -> FloatArray:
    spread = np.maximum(squares - total**2 / n, 0.0)
    return np.sqrt(spread / np.maximum(n - 1.0, 1.0))


def _repeat_sd(n: FloatArray, total: FloatArray, squares: FloatArray) -> FloatArray:
    """SD of one mark, from differences of two: half of their mean square is its variance."""
    del total
    return np.sqrt(squares / n / 2.0)


def _measure(
    clustered: Sequence[tuple[str, float]],
    statistic: Callable[[FloatArray, FloatArray, FloatArray], FloatArray],
    seed: int,
    *,
    least: int = 1,
) -> Measure | None:
    """Return a statistic of count, sum and sum of squares, with a bootstrap over clusters."""
    if len(clustered) < least:
        return None
    names = list(dict.fromkeys(name for name, _ in clustered))
    sums = np.zeros((len(names), 3))
    for name, value in clustered:
        sums[names.index(name)] += (1.0, value, value**2)
    whole = float(statistic(*sums.sum(axis=0)[:, None])[0])
    count = len(clustered)
    if count < LEAST or len(names) < 2:
        return Measure(whole, None, None, count)
    rng = np.random.default_rng(seed)
    drawn = sums[rng.integers(0, len(names), (DRAWS, len(names)))].sum(axis=1)
    low, high = np.quantile(statistic(*drawn.T), (0.025, 0.975))
    return Measure(whole, float(low), float(high), count)

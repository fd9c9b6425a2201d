"""The bars of the page, and which exercises miss them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.movement.rates import median_low, poisson_low, wilson
from benchmarks.movement.truths import PHASES

if TYPE_CHECKING:
    from benchmarks.movement.sessions import Outcome

#: Of good repetitions at the usual pace.
LEAST_FOUND = 0.95
#: Scored repetitions an hour at rest.
MOST_AT_REST = 5.0
#: Median of the absolute error of a phase, ms.
MOST_OFF_MS = 150.0
#: Of planted faults, which stand 1.5 times above their limit and more.
LEAST_TOLD = 0.80
#: Alarms for 100 repetitions in which nothing was planted.
MOST_ALARMS = 5.0


@dataclass(frozen=True, slots=True)
class Miss:
    """One bar that an exercise missed; ``sure``: its 95 % interval lies beyond the bar, too."""

    exercise: str
    what: str
    sure: bool


def missed(outcome: Outcome) -> list[Miss]:
    """Return the bars that an exercise misses; what was not tried misses none."""
    found: list[tuple[str, bool]] = []
    usual = outcome.scores.get("usual")
    if usual is not None:
        if usual.good and usual.found < LEAST_FOUND * usual.good:
            what = f"{usual.found} of {usual.good} good repetitions found"
            found.append((what, wilson(usual.found, usual.good)[1] < LEAST_FOUND))
        for phase in PHASES:
            sizes = np.abs(usual.errors_ms.get(phase, []))
            if len(sizes) and float(np.median(sizes)) > MOST_OFF_MS:
                what = f"{phase} is off by {np.median(sizes):.0f} ms (median)"
                found.append((what, median_low(sizes) > MOST_OFF_MS))
    rest = outcome.scores.get("rest")
    if rest is not None and rest.seconds:
        rate = 3600.0 * rest.false_scored / rest.seconds
        if rate > MOST_AT_REST:
            low = poisson_low(rest.false_scored, rest.seconds / 3600.0)
            found.append((f"{rate:.0f} repetitions an hour at rest", low > MOST_AT_REST))
    for code, count in outcome.faults.codes.items():
        if count.above and count.above_told < LEAST_TOLD * count.above:
            sure = wilson(count.above_told, count.above)[1] < LEAST_TOLD
            found.append((f"`{code}` told in {count.above_told} of {count.above}", sure))
        if count.clean and 100.0 * count.clean_told > MOST_ALARMS * count.clean:
            sure = 100.0 * wilson(count.clean_told, count.clean)[0] > MOST_ALARMS
            what = f"`{code}` told in {count.clean_told} of {count.clean} without it"
            found.append((what, sure))
    return [Miss(outcome.exercise, what, sure) for what, sure in found]

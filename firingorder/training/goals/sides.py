"""Left against right where one side works at a time: the sets of both are compared (B13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import median_of
from firingorder.signal.metrics.ratios import symmetry_index
from firingorder.training.goals import words
from firingorder.training.goals.reading import held_against, reading_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.training.goals.reading import Reading
    from firingorder.training.programmes.records import Target


def sides_compared(
    left: Sequence[float], right: Sequence[float], target: Target | None = None
) -> tuple[Reading, str]:
    """Return the symmetry index of two sets' medians, percent, and a sentence.

    Parameters
    ----------
    left, right
        Levels of the sets of either side, percent of the references; five and more each.
    target
        The therapist's band in the same index, positive: more on the right.
    """
    typical = median_of(left), median_of(right)
    reading = reading_of("symmetry_percent", "%", symmetry_index(typical[1], typical[0]))
    parts = [
        f"{side}: {words.measured(one.value, one.low, one.high, '%', one.n)}"
        for side, one in zip(("left", "right"), typical, strict=True)
        if one.gate is None
    ]
    if reading.value is None:
        fewest = min(len(left), len(right))
        return reading, (
            f"Left and right are compared from five good repetitions of each side on; the smaller "
            f"set has {fewest}."
        )
    index = words.measured(
        reading.value, reading.low, reading.high, "%", min(len(left), len(right))
    )
    told = f"Median level {', '.join(parts)}; right against left {index}"
    if target is None:
        return reading, f"{told}."
    where = {
        "inside": "inside it",
        "below": "more on the left than that",
        "above": "more on the right than that",
    }.get(held_against(reading, target), "too close to call")
    return reading, f"{told}; target {words.target_words(target, '%')}: {where}."

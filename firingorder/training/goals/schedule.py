"""When a result is told, and what is said where it is not."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from firingorder.training.goals import words
from firingorder.training.goals.adapting import FIRST
from firingorder.training.goals.aim import LOOKS_ONLY
from firingorder.training.goals.own import baseline_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.training.goals.aim import Aim
    from firingorder.training.goals.records import Judged
    from firingorder.training.programmes.records import PlannedSet

#: Repetitions of a summary.
BLOCK = 5
WITHOUT = "This set is without feedback: what came out is told at the end."
FADED = "This repetition is without feedback: feel for yourself how it was."
INSIDE = "Inside your band. Nothing is said while you are in it."
ON_REQUEST = "Press the key to hear the result."
LATER = f"Results are told after every {BLOCK} repetitions."


def untold(planned: PlannedSet) -> bool:
    """Tell whether a set is without feedback as a whole."""
    silent = planned.retention != "" or planned.kind in LOOKS_ONLY
    return silent or planned.schedule == "none"


def live(planned: PlannedSet, number: int) -> bool:
    """Tell whether bars and tones are shown while repetition ``number`` (from 1) is done.

    Only where its result is told at once anyway: a bar is feedback, too.
    """
    if untold(planned) or planned.kind == "find_it":
        return False
    if planned.schedule == "concurrent":
        return True
    return planned.schedule == "faded" and _fed_back(planned, number)


def told(
    planned: PlannedSet, judged: Judged, *, requested: bool, inside: bool, block: str
) -> tuple[bool, str]:
    """Return whether a result is told now, and else why not.

    Parameters
    ----------
    inside
        Whether the value lies within the therapist's band (``bandwidth``).
    block
        What is said of the last five repetitions, where that is due (``summary``).
    """
    if judged.outcome == "not_scored":
        return True, ""  # it is not told how it was, but that it has to be done again
    if untold(planned):
        return False, WITHOUT
    match planned.schedule:
        case "faded":
            return (True, "") if _fed_back(planned, judged.number) else (False, FADED)
        case "bandwidth":
            # Silence must mean inside: what cannot be told is said to be so.
            return (False, INSIDE) if inside else (True, "")
        case "on_request":
            return (True, "") if requested else (False, ON_REQUEST)
        case "summary":
            return False, block or LATER
        case _:
            return True, ""


def inside(aim: Aim, judged: Judged, earlier: Sequence[float]) -> bool:
    """Tell whether a value lies within the therapist's width of the target, or of the own usual.

    What has no value is not inside: silence must mean inside.
    """
    band, value = aim.planned.band, judged.value
    if band is None or value is None:
        return False
    low = high = None
    if judged.target is not None:
        low, high = judged.target.low, judged.target.high
    else:
        own = baseline_of(aim)
        if own is None and len(earlier) < FIRST:
            return False
        low = high = median(earlier) if own is None else own.median
    return (low is None or value >= low - band) and (high is None or value <= high + band)


def block_words(values: list[Judged], unit: str) -> str:
    """Return what a block of repetitions came to: counts, median, spread; no interval from five."""
    numbers = sorted(one.value for one in values if one.value is not None)
    counts = [
        (sum(one.outcome == "hit" for one in values), "reached"),
        (sum(one.outcome == "miss" for one in values), "not reached"),
        (sum(one.outcome == "no_claim" for one in values), "too close to call or unclear"),
    ]
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    parts = [f"Last {words.plural(len(values), 'repetition')}: {said}" if said else
             f"Last {words.plural(len(values), 'repetition')}"]  # fmt: skip
    n = len(numbers)
    if n:
        middle = 0.5 * (numbers[(n - 1) // 2] + numbers[n // 2])
        span = f"{words.number(numbers[0], unit)} to {words.number(numbers[-1], unit)}"
        parts.append(f"median {words.number(middle, unit)}, from {span} (n = {n})")
    return "; ".join(parts) + "."


def _fed_back(planned: PlannedSet, number: int) -> bool:
    """Return the plan's word for a repetition; those beyond the plan are told."""
    k = number - 1
    return planned.feedback[k] if 0 <= k < len(planned.feedback) else True

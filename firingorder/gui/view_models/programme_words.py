"""The words of programmes on the screen: modes, kinds, sides, schedules, doses, times."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from firingorder.training.goals.aim import UNITS
from firingorder.training.goals.words import MEASURE_WORDS

if TYPE_CHECKING:
    from firingorder.training.exercises.records import Dose, Exercise
    from firingorder.training.fields import Evidence
    from firingorder.training.programmes.records import Item, Measure, Programme, Target

#: Each word stands beside a shape of its own (``programme_shapes``).
MODES: dict[str, str] = {
    "activate": "Activate", "sequence": "Sequence", "yield": "Yield", "balance": "Balance",
}  # fmt: skip
MODE_HINTS: dict[str, str] = {
    "activate": "More of the muscle is what counts.",
    "sequence": "An earlier start is what counts.",
    "yield": "Quieter, and sooner quiet, is what counts.",
    "balance": "Left and right inside the band is what counts.",
}
KINDS: dict[str, str] = {
    "work": "Training",
    "screen": "Screen",
    "transfer": "Transfer",
    "find_it": "Find it",
    "ramp": "Follow the line",
    "isolation": "One side alone",
    "release": "Rest and release",
    "return_bend": "Return from bend",
    "smallest_range": "Smallest range",
}
KIND_HINTS: dict[str, str] = {
    "work": "With feedback as often as you choose below.",
    "screen": "A task as it is. Nothing is told while it runs.",
    "transfer": "An ordinary task after training. Nothing is told while it runs.",
    "find_it": "Left, right or both when the word comes.",
    "ramp": "Follow a line up and down.",
    "isolation": "One side works, the other is quiet.",
    "release": "Rest, a light squeeze, letting go.",
    "return_bend": "Bend, pause, return.",
    "smallest_range": "The smallest movement that still succeeds.",
}
SIDES: dict[str, str] = {
    "both": "both together",
    "left": "left",
    "right": "right",
    "left_then_right": "left, then right",
    "alternate": "left and right in turn",
    "left_right_both": "left, right, both",
}
FIND_IT_HINT = "Left, right and both are asked for, in an order that nobody knows before."
SIDE_LETTERS: dict[str, str] = {"left": "L", "right": "R", "both": "B"}
SCHEDULES: dict[str, str] = {
    "concurrent": "every repetition",
    "faded": "less and less",
    "bandwidth": "outside a band only",
    "on_request": "on request",
    "summary": "after the set",
    "none": "nothing is told",
}
SCHEDULE_HINTS: dict[str, str] = {
    "concurrent": "Every result is told at once.",
    "faded": "All in the first set, half in the second, then a quarter.",
    "bandwidth": "Told only where the result lies outside the band.",
    "on_request": "Told when the person asks.",
    "summary": "One line after the set.",
    "none": "Nothing is told.",
}
RANGES: dict[str, str] = {"tiny": "tiny", "small": "small", "medium": "medium"}
PAIN: dict[str, str] = {"strict": "strict", "traffic_light": "traffic light"}
EVIDENCE: dict[Evidence, str] = {
    "V": "seen in the source that is named",
    "A": "an article's opinion",
    "GK": "general knowledge, not verified",
    "P": "a proposal of this product",
}
OWN_PACE = "own pace"
_SHOWN_UNITS = {"1": "", "ms": " ms", "s": " s", "%": " %"}


def source_words(provenance: str) -> str:
    """Return who says something: ``article 004``, ``product default``, ``your own``, an address."""
    if provenance.endswith(".txt"):
        return f"article {provenance.partition('_')[0]}"
    named = {"product": "product default", "therapist": "the therapist's own"}
    return named.get(provenance, provenance)


def dose_source(dose: Dose) -> str:
    """Return who asks for a dose, and how far that goes: ``product default, a proposal``."""
    who = source_words(dose.provenance)
    mark = {"A": "its opinion", "P": "a proposal", "GK": "not verified", "V": "seen there"}
    return f"{who}, {mark[dose.evidence]}"


def side_words(item: Item) -> str:
    """Return which side works; who finds it hears each time which one is asked."""
    asked = item.kind == "find_it" and item.side == "both"
    return "left, right or both" if asked else SIDES[item.side]


def reps_words(reps: tuple[int, ...]) -> str:
    """Return sets and repetitions: ``3 × 10``, or a pyramid as ``6-4-2``."""
    if len(set(reps)) == 1:
        return f"{len(reps)} × {reps[0]}"
    return "-".join(map(str, reps))


def times_words(item: Item) -> str:
    """Return what is asked for in seconds: ``hold 3 s, tempo 2-1-2 s``, or the own pace."""
    parts: list[str] = []
    if item.hold_s is not None:
        parts.append(f"hold {item.hold_s:g} s")
    if item.tempo_s is not None:
        parts.append("tempo " + "-".join(f"{one:g}" for one in item.tempo_s) + " s")
    if item.pause_s is not None:
        parts.append(f"pause {item.pause_s:g} s")
    return ", ".join(parts) or OWN_PACE


def measure_unit(measure: str) -> str:
    """Return the unit of a measure as it is shown, with its space; empty for shares."""
    return _SHOWN_UNITS[UNITS[cast("Measure", measure)]]


def measure_words(measure: str) -> str:
    """Return what a measure is called."""
    return MEASURE_WORDS[cast("Measure", measure)]


def target_words(target: Target | None) -> str:
    """Return a target in words: ``Lead of the glutes over the back: 20 ms or more``."""
    if target is None:
        return ""
    unit = measure_unit(target.measure)
    if target.high is None:
        span = f"{target.low:g}{unit} or more"
    elif target.low is None:
        span = f"{target.high:g}{unit} or less"
    else:
        span = f"{target.low:g} to {target.high:g}{unit}"
    return f"{measure_words(target.measure)}: {span}"


def per_week_words(programme: Programme) -> str:
    """Return how often it is meant: ``2 to 3 times a week``; empty where nobody says."""
    if programme.per_week is None:
        return ""
    least, most = programme.per_week
    if least == most == 7:
        return "every day"
    count = f"{least}" if least == most else f"{least} to {most}"
    return f"{count} times a week"


def minutes_words(seconds: float) -> str:
    """Return how long something takes, as an estimate: ``about 14 min``."""
    if seconds < 60.0:
        return "less than 1 min"
    return f"about {max(1, round(seconds / 60.0)):d} min"


def sides_words(exercise: Exercise) -> str:
    """Return the ways in which an exercise can be done."""
    return ", ".join(SIDES[side] for side in exercise.task.sides)


def plain_code(code: str) -> str:
    """Return a code of a record as words."""
    return code.replace("_", " ")

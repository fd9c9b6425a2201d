"""What came out of one exercise and side: counts, the lead, and the words of the headline.

Words say what was measured. No outcome is called right or wrong; a colour comes only from a target
that the therapist set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.report.content.model import Mark
from firingorder.report.content.numbers import interval_text, plural
from firingorder.report.wording import (
    VERDICT_WORDS,
    format_ms,
    not_scored_words,
    reason_words,
    set_reason_words,
    split_channel,
    verdict_tone,
)
from firingorder.signal.sets import summarise_set
from firingorder.training.exercises import load_exercise

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding, SetFinding, Sides
    from firingorder.report.content.records import Found
    from firingorder.report.wording import Target
    from firingorder.training.exercises import Exercise

NO_CLAIM = "no claim: "
_DECIDING = ("gluteus_maximus", "erector_spinae")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One exercise and side of a session.

    Attributes
    ----------
    task, side, name
        Id of the exercise, its working side, and what people call it with its side.
    asks_order
        Whether the exercise asks who began; False where it asks for something else.
    repetitions, sets
        Of this exercise, in their order.
    summary
        Over all scored repetitions: the set itself where there is one, else worked out by the same
        rules over all of them.
    """

    task: str
    side: Sides
    name: str
    asks_order: bool
    repetitions: tuple[RepetitionFinding, ...]
    sets: tuple[SetFinding, ...]
    summary: SetFinding
    margin_ms: float

    @property
    def scored(self) -> tuple[RepetitionFinding, ...]:
        """Repetitions that count."""
        return tuple(one for one in self.repetitions if one.scored)

    @property
    def rejected(self) -> tuple[RepetitionFinding, ...]:
        """Repetitions that do not count."""
        return tuple(one for one in self.repetitions if not one.scored)


def exercise_of(task: str) -> Exercise | None:
    """Return the record of an exercise; None for one that this version does not know."""
    try:
        return load_exercise(task)
    except FiringOrderError:
        return None


def task_name(task: str, side: Sides = "both") -> str:
    """Return what people call an exercise, with its side: ``Clam, left``."""
    known = exercise_of(task)
    name = dict(known.names)["en"] if known else task.replace("_", " ").capitalize()
    return name if side == "both" else f"{name}, {side}"


def outcomes(found: Found) -> tuple[Outcome, ...]:
    """Return one outcome for each exercise and side, the one with most that counts first.

    A recording without a repetition has one, of its own task.
    """
    keys: list[tuple[str, Sides]] = [(r.task or found.task, r.side) for r in found.repetitions]
    keys = list(dict.fromkeys(keys))
    made = [_outcome(found, task, side) for task, side in keys]
    if not made:
        return (_outcome(found, found.task, "both"),)
    made.sort(key=lambda one: (not one.asks_order, -len(one.scored)))
    return tuple(made)


def _outcome(found: Found, task: str, side: Sides) -> Outcome:
    reps = tuple(r for r in found.repetitions if (r.task or found.task, r.side) == (task, side))
    indices = {rep.set_index for rep in reps}
    sets = tuple(
        one
        for one in found.sets
        if one.index in indices and ((one.task or task), one.side) == (task, side)
    )
    record = exercise_of(task)
    margin_ms = 30.0 if record is None else record.task.together_margin_ms
    least = 10 if record is None else record.task.min_good_reps
    if len(sets) == 1 and sets[0].scored == sum(rep.scored for rep in reps):
        summary = sets[0]
    else:
        summary = summarise_set(0, reps, margin_ms, least=least, params=found.set_params)
    asks = record is None or record.task.primary_pair is not None
    return Outcome(task, side, task_name(task, side), asks, reps, sets, summary, margin_ms)


def mark_of(rep: RepetitionFinding, target: Target | None) -> Mark:
    """Return shape, tone and word of a repetition; grey where it does not count."""
    if rep.reason == "not_asked":
        return Mark("done", "neutral" if rep.scored else "muted", "counted")
    held = (rep.verdict, target, rep.low_ms, rep.high_ms)
    tone = verdict_tone(*held) if rep.scored else "muted"
    return Mark(rep.verdict, tone, VERDICT_WORDS[rep.verdict])


def why_words(rep: RepetitionFinding) -> str:
    """Return why a repetition does not count, or claims nothing; empty when neither."""
    if not rep.scored:
        return f"not counted: {not_scored_words(rep.reasons)}"
    if rep.reason == "not_asked":
        return ""
    if rep.verdict == "unclear":
        return reason_words(rep.reason, blamed(rep))
    return "" if rep.sides == "both" or rep.side != "both" else f"{rep.sides} side only"


def blamed(rep: RepetitionFinding) -> tuple[str, ...]:
    """Return the channels an unclear outcome lies with: of those that decide, those that failed."""
    deciding = [name for name in rep.onsets if split_channel(name)[0] in _DECIDING]
    if rep.sides != "both":
        deciding = [name for name in deciding if split_channel(name)[1] == rep.sides]
    silent = tuple(name for name in deciding if rep.onsets[name] is None)
    if silent:
        return silent
    failed: list[str] = []
    for name in deciding:
        reasons = [pair.reason for pair in rep.pairs if name in (pair.a, pair.b)]
        if reasons and all(reason == rep.reason for reason in reasons):
            failed.append(name)
    return tuple(failed) if len(failed) < len(deciding) else ()


def headline(one: Outcome) -> str:
    """Return the result in one sentence; the line below it names task, number and interval."""
    total, n, summary = len(one.repetitions), len(one.scored), one.summary
    if not total:
        return "No repetition was found"
    if not n:
        return f"None of the {plural(total, 'rep')} counted" if total > 1 else (
            "The one repetition did not count"
        )  # fmt: skip
    reps = plural(n, "rep")
    if not one.asks_order:
        return f"{reps} counted"
    claims = {
        "glutes": summary.glutes_first,
        "back": summary.back_first,
        "together": summary.together,
    }
    most = max(claims, key=lambda key: claims[key])
    if not claims[most]:
        return f"The order could not be told in {reps}"
    words = {
        "glutes": "Glutes fired first in",
        "back": "Back fired first in",
        "together": "Glutes and back began together in",
    }
    return f"{words[most]} {claims[most]} of {reps}"


def line_below(one: Outcome, last_ms: float | None) -> str:
    """Return task, number, median lead with its interval, and the outcomes of the others."""
    summary, n = one.summary, len(one.scored)
    head = f"{one.name}, n = {n}"
    if n < len(one.repetitions):
        head += f" of {len(one.repetitions)}"
    if not one.repetitions:
        return f"{one.name}."
    if not one.asks_order:
        return f"{head}. This exercise asks for no order."
    if not n:
        return f"{head}. Nothing is said about the order."
    parts = [f"{head}."]
    if summary.lead_ms is None:
        parts.append("No repetition has a lead of the glutes over the back.")
    else:
        last = "" if last_ms is None else f"; last session {format_ms(last_ms)}"
        interval = interval_text(summary.low_ms, summary.high_ms)
        parts.append(
            f"Median lead of the glutes over the back {format_ms(summary.lead_ms)} "
            f"(95 % interval {interval}{last})."
        )
    parts.append(counts_line(summary))
    return " ".join(parts)


def counts_line(summary: SetFinding) -> str:
    """Return all outcomes of a set with their counts: ``6 glutes first, 2 together``."""
    told = (
        (summary.glutes_first, "glutes first"),
        (summary.together, "together"),
        (summary.back_first, "back first"),
        (summary.unclear, "could not be told"),
    )
    return ", ".join(f"{count} {words}" for count, words in told if count) + "."


def claim_words(one: SetFinding) -> str:
    """Return what a set claims as a whole, by the interval that stays valid at every look."""
    if one.verdict != "unclear":
        words = VERDICT_WORDS[one.verdict].lower()
        interval = interval_text(one.claim_low_ms, one.claim_high_ms, "ms")
        return f"{words} (95 % {interval})"
    return NO_CLAIM + (set_reason_words(one.reason) or "nothing to say")

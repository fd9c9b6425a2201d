"""When a step forward is open, as a list of conditions with ticks (docs/reference/safety.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.safety.ladder import load_ladder, steps_to
from firingorder.training.safety.records import Refusal, Tick

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from firingorder.training.safety.facts import Lock, Practice, SafetyFacts
    from firingorder.training.safety.ladder import Condition, Step

#: Least share of the repetitions found that count: a proposal (docs/reference/safety.md section 4).
GOOD_SHARE = 0.8
#: Told in the last set, these hold a step back.
FORM = frozenset({"takeover", "arch", "arch_late"})


def ticks(step: Step, facts: SafetyFacts, today: Practice | None = None) -> tuple[Tick, ...]:
    """Return every condition of a step with whether it is met.

    ``today`` is the practice of the session under way, that the log does not have yet.
    """
    done = [*facts.done(step.source), *([today] if today is not None else [])]
    since = [one for one in done if one.day >= _counted_from(step, facts)]
    return conditions(step, since, facts.locks)


def conditions(step: Step, done: Sequence[Practice], locks: Iterable[Lock]) -> tuple[Tick, ...]:
    """Return the conditions of a step, held against the newest sessions of ``done``."""
    newest = list(done)[-step.sessions :]
    held = [lock for lock in locks if lock.exercise in (step.source, step.target)]
    return tuple(_tick(name, step, newest, held) for name in step.conditions)


def is_open(step: Step, facts: SafetyFacts, today: Practice | None = None) -> bool:
    """Tell whether a step is open: opened before and not taken back, or all conditions met."""
    return step.key in facts.unlocked or all(tick.met for tick in ticks(step, facts, today))


def shut(exercise: str, facts: SafetyFacts, variant: str = "") -> Step | None:
    """Return the step that holds an exercise closed; None: no step does.

    Its key is what a therapist's ``override`` entry opens it by.
    """
    steps = [step for step in steps_to(exercise, variant) if step.holds]
    return None if not steps or any(is_open(step, facts) for step in steps) else steps[0]


def closed(exercise: str, facts: SafetyFacts, variant: str = "") -> Refusal | None:
    """Return why an exercise is not open to this person today; None: it is.

    A therapist may set it aside with a reason (an ``override`` entry with the key of the step).
    """
    whole = next((lock for lock in facts.locks if lock.exercise == exercise and lock.whole), None)
    if whole is not None:
        name = exercise.replace("_", " ")
        return Refusal("override_lock", f"{whole.why} No {name} today.", "Try tomorrow.")
    step = shut(exercise, facts, variant)
    if step is None:
        return None
    missing = [tick for tick in ticks(step, facts) if not tick.met]
    what = " ".join(f"{tick.text} ({tick.numbers})." for tick in missing)
    return Refusal(
        "override_progression",
        f"{_named(step)} is not open yet. Still missing: {what}",
        f"Train {step.source} until all conditions have a tick; a therapist may open it earlier.",
    )


def newly_open(facts: SafetyFacts, today: Iterable[Practice]) -> tuple[Step, ...]:
    """Return the steps that the session under way has opened."""
    by_exercise = {one.exercise: one for one in today}
    return tuple(
        step
        for step in load_ladder()
        if step.source in by_exercise
        and step.key not in facts.unlocked
        and is_open(step, facts, by_exercise[step.source])
    )


def _counted_from(step: Step, facts: SafetyFacts) -> str:
    """Return the day from which sessions count: that of the newest step back, else all."""
    days = [one.day for one in facts.stepped_back if one.exercise in (step.source, step.target)]
    return max(days, default="")


def _named(step: Step) -> str:
    words = step.target.replace("_", " ")
    return f"{words} ({step.variant.replace('_', ' ')})" if step.variant else words


def _tick(name: Condition, step: Step, newest: list[Practice], held: list[Lock]) -> Tick:
    """Return one condition; with too few sessions none but ``free`` is met."""
    met, text, numbers = {
        "sessions": _sessions,
        "pain": _pain,
        "good": _good,
        "form": _form,
        "band": _band,
        "free": _free,
    }[name](step, newest, held)
    return Tick(name, met and (name == "free" or len(newest) >= step.sessions), text, numbers)


def _sessions(step: Step, newest: list[Practice], _held: list[Lock]) -> tuple[bool, str, str]:
    plural = "" if step.sessions == 1 else "s"
    text = f"{step.sessions} session{plural} of {step.source.replace('_', ' ')}"
    return True, text, f"{len(newest)} of {step.sessions}"


def _pain(_step: Step, newest: list[Practice], _held: list[Lock]) -> tuple[bool, str, str]:
    rises = [one.pain_rise for one in newest]
    met = all(rise is not None and rise <= 0 for rise in rises)
    return met, "No rise of pain in any of them", _listed("rise", rises, "not told")


def _good(_step: Step, newest: list[Practice], _held: list[Lock]) -> tuple[bool, str, str]:
    met = all(one.found > 0 and one.scored >= GOOD_SHARE * one.found for one in newest)
    text = f"At least {GOOD_SHARE:.0%} of the repetitions count in each"
    return met, text, ", ".join(f"{one.scored} of {one.found}" for one in newest) or "none yet"


def _form(_step: Step, newest: list[Practice], _held: list[Lock]) -> tuple[bool, str, str]:
    seen = [None if one.last_faults is None else FORM & set(one.last_faults) for one in newest]
    words = [
        "not told" if codes is None else " and ".join(sorted(codes)).replace("_", " ") or "none"
        for codes in seen
    ]
    text = "No takeover by other muscles and no arch in the last set of each"
    met = all(codes is not None and not codes for codes in seen)
    return met, text, ", ".join(words) or "none yet"


def _band(_step: Step, newest: list[Practice], _held: list[Lock]) -> tuple[bool, str, str]:
    words = {True: "inside", False: "outside", None: "no band yet"}
    met = all(one.inside is True for one in newest)
    told = [
        f"{words[one.inside]} ({one.measured})" if one.measured else words[one.inside]
        for one in newest
    ]
    return met, "Its measure inside your own band in each", ", ".join(told) or "none yet"


def _free(_step: Step, _newest: list[Practice], held: list[Lock]) -> tuple[bool, str, str]:
    return not held, "Nothing holds it today", " ".join(lock.why for lock in held) or "nothing"


def _listed(what: str, values: Iterable[int | None], missing: str) -> str:
    words = [missing if value is None else f"{value:d}" for value in values]
    return f"{what} {', '.join(words)}" if words else "none yet"

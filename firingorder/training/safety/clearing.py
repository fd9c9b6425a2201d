"""What a therapist enters outside a session. Docs: docs/reference/safety.md section 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.training.safety.entries import Entry, entry
from firingorder.training.safety.flags import days_between, is_day
from firingorder.training.safety.hats import may
from firingorder.training.safety.ladder import load_ladder

if TYPE_CHECKING:
    from datetime import datetime

    from firingorder.training.safety.facts import SafetyFacts
    from firingorder.training.safety.hats import Action
    from firingorder.training.safety.records import Hat


def clear_flag(
    hat: Hat, facts: SafetyFacts, flag: str, day: str, reason: str, now: datetime
) -> Entry:
    """Return the entry that a clinician said, on ``day``, that a red flag is no hindrance.

    Raises
    ------
    UsageError
        Not in this hat, no such open flag, no reason, or a day that cannot be.
    """
    _allowed(hat, "clear_red_flag", facts)
    state = facts.flag(flag)
    if state is None or not state.open:
        raise UsageError(
            f"The question {flag.upper()} does not stand in the way; nothing to clear."
        )
    if not is_day(day):
        raise UsageError(
            f"{day!r} is no day; write the day of the clinician's answer as 2026-11-21."
        )
    if day < state.asked or days_between(day, now.date().isoformat()) < 0:
        raise UsageError(
            f"The clinician's answer is of {day}, which is not between the yes of {state.asked} "
            "and today; enter the day on which it was given."
        )
    words = _reason(reason, "what the clinician said")
    return entry("clearance", {"flag": flag, "day": day, "reason": words, "hat": hat}, now=now)


def attach(hat: Hat, facts: SafetyFacts, now: datetime, *, attached: bool = True) -> Entry:
    """Return the entry that a therapist looks after this person from now on, or no longer.

    Raises
    ------
    UsageError
        Not in this hat.
    """
    _allowed(hat, "attach_therapist", facts)
    return entry("therapist", {"attached": attached, "hat": hat}, now=now)


def open_step(hat: Hat, facts: SafetyFacts, key: str, reason: str, now: datetime) -> Entry:
    """Return the entry that opens a step forward early.

    Raises
    ------
    UsageError
        Not in this hat, no such step, or no reason.
    """
    _allowed(hat, "override_progression", facts)
    known = [step.key for step in load_ladder()]
    if key not in known:
        raise UsageError(f"There is no step {key!r}; known: {', '.join(known)}.")
    return entry("override", {"key": key, "reason": _reason(reason, "why"), "hat": hat}, now=now)


def lift_lock(hat: Hat, facts: SafetyFacts, exercise: str, reason: str, now: datetime) -> Entry:
    """Return the entry that lets an exercise that ended today be done again today.

    Raises
    ------
    UsageError
        Not in this hat, nothing to lift, or no reason.
    """
    _allowed(hat, "override_lock", facts)
    if not any(lock.exercise == exercise and lock.whole for lock in facts.locks):
        raise UsageError(f"Nothing holds {exercise} today.")
    values = {"key": "lock", "exercise": exercise, "reason": _reason(reason, "why"), "hat": hat}
    return entry("override", values, now=now)


def _allowed(hat: Hat, action: Action, facts: SafetyFacts) -> None:
    refused = may(hat, action, facts)
    if refused is not None:
        raise UsageError(f"{refused.text} {refused.next_step}")


def _reason(reason: str, what: str) -> str:
    if not reason.strip():
        raise UsageError(f"A reason is needed: write {what} in a few words.")
    return reason.strip()

"""What follows from a number of pain, 0 to 10. Docs: docs/reference/safety.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from firingorder.training.safety.asking import ask
from firingorder.training.safety.records import Blocked, Consequence
from firingorder.training.safety.texts import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.training.safety.facts import SafetyFacts
    from firingorder.training.safety.records import Answer, Prompt

Policy = Literal["strict", "traffic_light"]

#: Smallest change of a 0 to 10 rating in back pain beyond its error (SEM 1.02), points: Childs,
#: Piva, Fritz 2005 (10.1097/01.brs.0000164099.92112.29); docs/reference/safety.md section 3.
WORSE = 2
#: From here on no training is begun: a proposal (docs/reference/safety.md section 3).
HIGH = 7
#: From here on a test is not interpretable: a proposal (docs/reference/safety.md section 3).
TEST_LIMIT = 4
#: Policy ``traffic_light``: up to the first go on, up to the second with less, above stop
#: (docs/reference/safety.md section 3).
GREEN, AMBER = 3, 5
STAMP = "not interpretable: pain"
WHY = ("pain", "unwell", "equipment", "tired", "other")


def start_gate(facts: SafetyFacts, pain: int) -> Blocked | None:
    """Return why a session does not begin at this pain; None: it may.

    Compared with the start of the last session that has a number, like with like.
    """
    before = next((one.before for one in reversed(facts.sessions) if one.before is not None), None)
    next_step = text("safety.next.rest" if facts.therapist else "safety.next.rest_alone")
    if pain >= HIGH:
        words = f"{text('safety.pain_high')} (Pain {pain} of 10.)"
        return Blocked("pain_high", words, next_step, override=True)
    if before is not None and pain - before >= WORSE:
        words = f"{text('safety.pain_worse')} (Pain {pain} of 10, last time {before}.)"
        return Blocked("pain_worse", words, next_step, override=True)
    return None


def after_set(policy: Policy, start: int | None, pain: int) -> Consequence:
    """Return what follows from the pain after a set.

    Parameters
    ----------
    policy
        "strict": by the rise since the start of the session; "traffic_light": by the number.
    start
        Pain at the start of the session; None (not asked) counts as none, the cautious way.
    """
    if pain >= HIGH and (start is None or start < HIGH):
        return _consequence("end_session", "safety.pain_stop", "safety.next.end", lock=True)
    return _traffic_light(pain) if policy == "traffic_light" else _strict(pain - (start or 0))


def _strict(rise: int) -> Consequence:
    if rise >= WORSE:
        return _consequence("end_exercise", "safety.pain_up", "safety.next.move_on", lock=True)
    if rise > 0:
        return _consequence("hold", "safety.pain_hold", "safety.next.smaller", lock=True)
    return Consequence("go_on")


def _traffic_light(pain: int) -> Consequence:
    if pain > AMBER:
        return _consequence("end_session", "safety.pain_stop", "safety.next.end", lock=True)
    if pain > GREEN:
        return _consequence("reduce", "safety.pain_reduce", "safety.next.smaller", lock=True)
    return Consequence("go_on")


def stop_prompts() -> tuple[Prompt, ...]:
    """Return the two questions after STOP, and no more than these."""
    options = tuple((why, f"option.why.{why}") for why in WHY)
    return (
        ask("stop_pain", "safety.stop", "scale", number=1, of=2),
        ask("stop_why", "safety.stop.why", "choice", options, number=2, of=2),
    )


def after_stop(policy: Policy, start: int | None, answers: Mapping[str, Answer]) -> Consequence:
    """Return what follows from STOP and its answers.

    No step forward in this exercise today, whatever the answers. Going on is a deed of its own, so
    a STOP that nobody answers (a foot that slipped) holds and ends nothing.
    """
    why, pain = answers.get("stop_why"), as_pain(answers.get("stop_pain"))
    if why == "unwell":
        return _consequence("end_session", "safety.unwell", "safety.next.end", lock=True)
    if pain is not None:
        follows = after_set(policy, start, pain)
        if follows.kind in ("end_session", "end_exercise"):
            return follows
    if why == "pain":
        return _consequence("end_exercise", "safety.pain_up", "safety.next.move_on", lock=True)
    return _consequence("hold", "safety.locked", "safety.next.smaller", lock=True)


def stamp(pain: int | None, usual: float | None) -> str:
    """Return what every measure of a test is stamped with at this pain; empty: nothing.

    Parameters
    ----------
    pain
        At the time of the test; None: not asked, so nothing can be said.
    usual
        The person's usual pain (:func:`firingorder.training.safety.facts`); None: unknown.
    """
    if pain is None:
        return ""
    above = usual is not None and pain - usual >= WORSE
    return STAMP if pain >= TEST_LIMIT or above else ""


def is_worse_morning(before: int | None, morning: int | None) -> bool:
    """Tell whether the morning after was clearly worse than the start of the session before."""
    return before is not None and morning is not None and morning - before >= WORSE


def as_pain(answer: object) -> int | None:
    """Return an answer as a number of pain; None: it is none (left out, or out of 0 to 10)."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return None
    return int(answer) if answer == answer // 1 and 0 <= answer <= 10 else None


def _consequence(
    kind: Literal["hold", "reduce", "end_exercise", "end_session"],
    key: str,
    next_step: str,
    *,
    lock: bool,
) -> Consequence:
    return Consequence(kind, key, text(key), text(next_step), (key,), lock)

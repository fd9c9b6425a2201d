"""What follows from pain: smaller, no step forward, the end of an exercise or of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.safety.hats import refused_set
from firingorder.training.safety.pain import after_set
from firingorder.training.safety.records import Blocked

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.safety.records import Consequence, Refusal


def seek(course: Course) -> Move:
    """Go to the next set that may be done: past exercises that are over, and what is refused."""
    refusal: Refusal | None = None
    while (planned := course.planned) is not None:
        if planned.exercise in course.ended:
            course.note("refused", action="train", why=course.ended[planned.exercise])
        elif (
            course.plan.questions
            and (
                refused := refused_set(
                    course.hat, planned.exercise, planned.kind, course.plan.facts
                )
            )
            is not None
        ):
            course.note("refused", action="train", why=refused.text)
            refusal = refused
        else:
            return "ready"
        course.index += 1
    if course.trained:
        return "after"
    if refusal is not None:
        course.block = Blocked("refused", refusal.text, refusal.next_step)
        return "blocked"
    return "summary"


def after_pain(course: Course, pain: int | None) -> Move:
    """Return where to go after the question about pain after a set; None: not answered."""
    done = course.last
    if pain is not None and done is not None:
        policy = course.plan.programme.pain_policy
        move = follow(course, after_set(policy, course.pain_before, pain), done.exercise)
        if move is not None:
            return move
    move = seek(course)
    return "rest" if move == "ready" and done is not None and done.rest_s > 0.0 else move


def follow(course: Course, follows: Consequence, exercise: str) -> Move | None:
    """Do what follows from pain; return where to go, None: on as planned."""
    if follows.kind == "go_on":
        return None
    course.message = f"{follows.text} {follows.next_step}".strip()
    course.say(*follows.spoken)
    if follows.lock:
        course.locked.add(exercise)
    if follows.kind in ("hold", "reduce"):
        course.smaller.add(exercise)
    elif follows.kind == "end_exercise":
        course.ended[exercise] = follows.text
    else:
        course.block = Blocked(
            follows.key, follows.text, follows.next_step, override=follows.key != "safety.unwell"
        )
        return "blocked"
    return None

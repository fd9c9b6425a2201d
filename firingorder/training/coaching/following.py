"""What follows from pain: smaller, no step forward, the end of an exercise or of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.safety.hats import may, refused_set
from firingorder.training.safety.pain import after_set
from firingorder.training.safety.records import Blocked

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import CoachState
    from firingorder.training.programmes.records import PlannedSet
    from firingorder.training.safety.records import Consequence, Refusal


def seek(course: Course) -> Move:
    """Go to the next set that may be done: past exercises that are over, and what is refused."""
    refusal: Refusal | None = None
    while (planned := course.planned) is not None:
        if planned.exercise in course.ended:
            course.note("refused", action="train", why=course.ended[planned.exercise])
        elif (refused := is_refused(course, planned)) is not None:
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


def exercise_of(course: Course, state: CoachState) -> str:
    """Return which exercise something belongs to that happens in a state; empty: none."""
    planned = course.last if state in ("pain", "rest", "after") else course.planned
    return (
        "" if planned is None or state in ("questions", "blocked", "summary") else planned.exercise
    )


def go_back(course: Course) -> Move | None:
    """Return to the set before; what is over for today is not done again."""
    index = course.index - 1
    while index >= 0:
        planned = course.plan.planned[index]
        if planned.exercise not in course.ended and not is_refused(course, planned):
            course.index, course.introduced = index, -1
            return "ready"
        index -= 1
    course.refuse("back", "There is no set before this one that may be done again today.")
    return None


def lift_lock(course: Course, reason: str) -> None:
    """Let a therapist go on with the exercise that pain has ended, with a reason."""
    exercise = "" if course.last is None else course.last.exercise
    refused = may(course.hat, "override_lock", course.plan.facts)
    if exercise not in course.ended:
        course.refuse("override", "Nothing holds this exercise: go on.")
    elif refused is not None:
        course.refuse("override", f"{refused.text} {refused.next_step}")
    elif not reason:
        course.refuse("override", "Give the reason for going on in a few words.")
    else:
        del course.ended[exercise]
        course.note("override", key="lock", exercise=exercise, reason=reason, hat=course.hat)
        course.message = f"{course.plan.exercises[exercise].task.name} goes on: {reason}"
        course.say("going_on")


def is_refused(course: Course, planned: PlannedSet) -> Refusal | None:
    """Return why a set is not for this person, None: it is; a belt without a person has no log."""
    if not course.plan.questions:
        return None
    return refused_set(course.hat, planned.exercise, planned.kind, course.plan.facts)


def follow(course: Course, follows: Consequence, exercise: str) -> Move | None:
    """Do what follows from pain; return where to go, None: on as planned."""
    if follows.kind == "go_on":
        return None
    course.message = f"{follows.text} {follows.next_step}".strip()
    course.say(*follows.spoken)
    known = exercise in course.plan.exercises
    if not known and follows.kind in ("hold", "reduce", "end_exercise"):
        return None  # nothing was under way that could end
    if follows.lock and known:
        course.locked.add(exercise)
    if follows.kind in ("hold", "reduce"):
        course.smaller.add(exercise)
    elif follows.kind == "end_exercise":
        course.ended[exercise] = follows.text
        course.done.append(f"{course.plan.exercises[exercise].task.name}: {follows.text}")
    else:
        course.done.append(follows.text)
        course.block = Blocked(
            follows.key, follows.text, follows.next_step, override=follows.key != "safety.unwell"
        )
        return "blocked"
    return None

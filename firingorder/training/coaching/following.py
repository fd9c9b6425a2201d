"""What follows from pain: smaller, no step forward, the end of an exercise or of the training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.training.safety.hats import may, refused_set
from firingorder.training.safety.pain import after_set
from firingorder.training.safety.progression import closed, shut
from firingorder.training.safety.records import Blocked

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import CoachState
    from firingorder.training.programmes.records import PlannedSet
    from firingorder.training.safety.hats import Action
    from firingorder.training.safety.records import Consequence, Refusal

#: Key of what stands in the way of one exercise, not of the training.
NOT_OPEN = "not_open"


def seek(course: Course) -> Move:
    """Go to the next set that may be done: past exercises that are over, and what is refused.

    What is not open yet, or held since before this session, is told once; a key then goes past it.
    """
    refusal: Refusal | None = None
    while (planned := course.planned) is not None:
        exercise = course.here
        if exercise in course.ended:
            course.note("refused", action="train", why=course.ended[exercise], exercise=exercise)
        elif (refused := is_refused(course, planned)) is not None:
            course.note("refused", action="train", why=refused.text, exercise=exercise)
            refusal = refused
        elif (refused := is_shut(course)) is None:
            return "ready"
        elif exercise not in course.told_shut:
            course.told_shut.add(exercise)
            course.note("refused", action=refused.action, why=refused.text, exercise=exercise)
            course.shut = exercise
            course.block = Blocked(NOT_OPEN, refused.text, refused.next_step, override=True)
            return "blocked"
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
        move = follow(
            course, after_set(policy, course.pain_before, pain), course.base(done.exercise)
        )
        if move is not None:
            return move
    move = seek(course)
    carried, course.carried = course.carried, ""
    course.say(*((carried,) if carried else ()))
    return "rest" if move == "ready" and done is not None and done.rest_s > 0.0 else move


def exercise_of(course: Course, state: CoachState) -> str:
    """Return which exercise something belongs to that happens in a state; empty: none."""
    if state in ("questions", "blocked", "summary"):
        return ""
    if state not in ("pain", "rest", "after"):
        return course.here
    return "" if course.last is None else course.base(course.last.exercise)


def go_back(course: Course) -> Move | None:
    """Return to the set before; what is over for today is not done again."""
    was = course.index
    while course.index > 0:
        course.index -= 1
        planned = course.planned
        assert planned is not None
        over = course.here in course.ended or is_refused(course, planned) is not None
        if not over and is_shut(course) is None:
            course.introduced = -1
            return "ready"
    course.index = was
    course.refuse("back", "There is no set before this one that may be done again today.")
    return None


def lift_lock(course: Course, reason: str) -> None:
    """Let a therapist go on with the exercise that pain has ended, with a reason."""
    exercise = "" if course.last is None else course.base(course.last.exercise)
    if exercise not in course.ended:
        course.refuse("override", "Nothing holds this exercise: go on.")
    elif _allowed(course, "override_lock", reason):
        del course.ended[exercise]
        course.note("override", key="lock", exercise=exercise, reason=reason, hat=course.hat)
        course.message = f"{course.named(exercise)} goes on: {reason}"
        course.say("going_on")


def open_early(course: Course, reason: str) -> bool:
    """Let a therapist open the exercise that is not open, with a reason; False: refused."""
    exercise = course.shut
    refused = closed(exercise, course.facts)
    step = shut(exercise, course.facts)
    if refused is None:
        return True
    held = refused.action == "override_lock"
    if not _allowed(course, "override_lock" if held else "override_progression", reason):
        return False
    key = "lock" if held or step is None else step.key
    course.note("override", key=key, exercise=exercise, reason=reason, hat=course.hat)
    locks = tuple(
        one for one in course.facts.locks if not (held and one.exercise == exercise and one.whole)
    )
    opened = (*course.facts.unlocked, *(() if step is None or held else (step.key,)))
    course.facts = replace(course.facts, locks=locks, unlocked=opened)
    course.told_shut.discard(exercise)
    course.message = f"{course.named(exercise)} is open: {reason}"
    course.say("going_on")
    return True


def is_refused(course: Course, planned: PlannedSet) -> Refusal | None:
    """Return why a set is not for this person, None: it is; a belt without a person has no log."""
    if not course.plan.questions:
        return None
    return refused_set(course.hat, course.base(planned.exercise), planned.kind, course.facts)


def is_shut(course: Course) -> Refusal | None:
    """Return why the exercise of the next set is not open, None: it is."""
    return closed(course.here, course.facts) if course.plan.questions else None


def _allowed(course: Course, action: Action, reason: str) -> bool:
    refused = may(course.hat, action, course.facts)
    if refused is not None:
        course.refuse("override", f"{refused.text} {refused.next_step}")
    elif not reason:
        course.refuse("override", "Give the reason for going on in a few words.")
    return refused is None and bool(reason)


def follow(course: Course, follows: Consequence, exercise: str) -> Move | None:
    """Do what follows from pain; return where to go, None: on as planned."""
    if follows.kind == "go_on":
        return None
    course.message = f"{follows.text} {follows.next_step}".strip()
    if follows.kind != "end_session":  # that is said where it is shown
        course.say(*follows.spoken)
    known = bool(exercise)
    if not known and follows.kind in ("hold", "reduce", "end_exercise"):
        return None  # nothing was under way that could end
    if follows.lock and known:
        course.locked.add(exercise)
    if follows.kind in ("hold", "reduce"):
        course.smaller.add(exercise)
    elif follows.kind == "end_exercise":
        course.ended[exercise] = follows.text
        course.done.append(f"{course.named(exercise)}: {follows.text}")
    else:
        course.done.append(follows.text)
        course.block = Blocked(
            follows.key, follows.text, follows.next_step, override=follows.key != "safety.unwell"
        )
        return "blocked"
    return None

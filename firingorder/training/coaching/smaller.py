"""One step smaller: by key, after pain or a takeover, or because of the morning after.

How far a leg goes no pad sees: where a set has a named range it is the name that changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from firingorder.training.programmes.records import RangeName
from firingorder.training.safety.ladder import steps_to

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.programmes.records import PlannedSet
    from firingorder.training.safety.facts import StepBack

RANGES: tuple[RangeName, ...] = get_args(RangeName)
SMALLEST = "This is the smallest range there is: do fewer repetitions, or leave the set out."


def range_of(course: Course, planned: PlannedSet) -> RangeName | None:
    """Return the range of a set as it is to be done now; None: it has no name."""
    return course.ranges[planned.item] if planned.item in course.ranges else planned.range_name


def go_smaller(course: Course) -> None:
    """Make the exercise smaller, and say so: the range by its name, where it has one."""
    planned = course.planned
    if planned is None:
        return
    course.smaller.add(course.here)
    course.message = "Make the movement smaller."
    before = range_of(course, planned)
    now = before if before is None else _next(before)
    if now is not None:
        if now == before:
            course.message = SMALLEST
        else:
            _narrow(course, planned, now)
        course.note("smaller", exercise=course.here, before=before, range=now)
    else:
        course.note("smaller", exercise=course.here)
    course.say("smaller", *(() if now is None else (now,)))


def step_back(course: Course) -> StepBack | None:
    """Return why the exercise is to be done a step back today; None: it is not."""
    for one in course.facts.stepped_back:
        if one.day == course.facts.today and course.base(one.exercise) == course.here:
            return one
    return None


def offer(course: Course) -> str:
    """Return what is offered for a step back, one sentence; empty without one.

    From then on the exercise is done smaller. The earlier exercise is named where a source has one.
    """
    back, planned = step_back(course), course.planned
    if back is None or planned is None:
        return ""
    if course.here not in course.smaller:
        course.smaller.add(course.here)
        before = range_of(course, planned)
        if before is not None:
            _narrow(course, planned, _next(before))
        course.note("smaller", exercise=course.here, range=range_of(course, planned))
    earlier = [step.source for step in steps_to(course.here) if step.source != course.here]
    instead = f", or leave it out with K and do {course.named(earlier[0])}" if earlier else ""
    return f"{back.why} One step back today: a smaller movement{instead}."


def _next(name: RangeName) -> RangeName:
    return RANGES[max(0, RANGES.index(name) - 1)]


def _narrow(course: Course, planned: PlannedSet, now: RangeName) -> None:
    course.ranges[planned.item] = now
    course.message = f"Make the movement smaller: {now}."
    if course.run is not None:
        course.run.goal.narrow(now)

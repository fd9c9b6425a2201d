"""What ends: a set, and the session with its last question and its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.signal.metrics.amount import median_of
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.stage import Stage
from firingorder.training.coaching.view import CoachView
from firingorder.training.coaching.words import number
from firingorder.training.exercises import copies
from firingorder.training.goals.retention import Block, Carried, carried_over, retained
from firingorder.training.safety.pain import stamp

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.set_run import End, SetRun
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command
    from firingorder.training.programmes.records import PlannedSet

#: Sets that are tests: done with pain they are stamped (docs/reference/safety.md).
TESTS = ("screen", "find_it", "release", "return_bend")
_WHY = {
    "skipped": "ended by key",
    "again": "begun again",
    "takeover": "ended, because neighbours took over twice",
    "pain": "ended, because pain went up",
    "tries": "ended after twice as many tries as asked for",
    "ended": "ended with the session",
}


def named(course: Course, planned: PlannedSet) -> dict[str, Any]:
    """Return what identifies a set in the log; a copy is named beside the record it is of."""
    base = course.base(planned.exercise)
    return {
        "item": planned.item,
        "set": planned.set_number,
        "exercise": base,
        "copy": None if base == planned.exercise else planned.exercise,
        "kind": planned.kind,
        "mode": planned.mode,
        "side": planned.side,
        "retention": planned.retention,
    }


def end_set(course: Course, run: SetRun, reason: End) -> Move:
    """End the set under way and keep what came out; return where to go."""
    planned = run.planned
    course.score(on=False)
    course.sound("set_done")
    course.say("set_done" if reason == "done" else "set_left")
    course.note("set_ended", **_values(course, run, reason))
    head = f"{planned.name}, set {planned.set_number} of {planned.sets}"
    if planned.side != "both":
        head += f", {planned.side}"
    said = f"{head}: {run.done} of {planned.reps} repetitions"
    if reason in _WHY:
        said += f", {_WHY[reason]}"
    carried = _carried(course, run)
    told = () if carried is None else (carried.sentence,)
    kept = (*_kept(course, run), *told)
    lines = (f"{said}.", *run.goal.summary(), *kept, *_stamped(course, planned))
    course.done += lines
    course.set_lines = lines if planned.schedule != "none" else (lines[0], *told)
    if carried is not None:
        course.note("carried_over", sentence=carried.sentence, spoken=carried.spoken)
        course.carried = carried.spoken or ""  # after the question about pain
    course.set_end_s, course.run, course.last = course.now_s, None, planned
    course.last_run = run
    course.index += 1
    course.trained = True
    return "pain" if run.done or reason != "skipped" else "next_set"


def _values(course: Course, run: SetRun, reason: End) -> dict[str, Any]:
    """Return what is kept of a set; the goal's numbers first, so that counts are the coach's."""
    goal = run.goal.values()
    typical = median_of(run.goal.measured)
    # A level in percent of the set's own first repetitions cannot be held against another set.
    measured = typical.gate is None and not run.goal.relative
    return {
        **goal,
        **named(course, run.planned),
        "reason": reason,
        "done": run.done,
        "asked": run.planned.reps,
        "tries": run.found,
        "takeovers": run.trips,
        "hits": goal.get("hit"),
        "faults": sorted(run.faults),
        "value": typical.value if measured else None,
        "low": typical.low if measured else None,
        "high": typical.high if measured else None,
        "inside": None if copies.is_measured_otherwise(run.exercise) else run.goal.inside,
        "pain": course.pain_now,
        "stamp": "".join(_stamped(course, run.planned)),
    }


def _kept(course: Course, run: SetRun) -> tuple[str, ...]:
    """Return what stayed without feedback: the last block against the first of the session."""
    planned = run.planned
    key = (planned.exercise, planned.side)
    if planned.retention == "before":
        course.kept[key] = run.goal.measured
    if planned.retention != "after" or key not in course.kept:
        return ()
    return (retained(run.goal.measure, course.kept[key], run.goal.measured, run.goal.own).sentence,)


def last_block(course: Course, planned: PlannedSet) -> tuple[str, Block] | None:
    """Return measure and block that the last session ended with, of this exercise and side."""
    if planned.retention != "before":
        return None
    for one in course.facts.kept:
        if one.exercise in (course.base(planned.exercise), planned.exercise) and (
            one.side == planned.side
        ):
            return one.measure, Block(one.value, one.low, one.high, one.reps, one.day)
    return None


def _carried(course: Course, run: SetRun) -> Carried | None:
    """Return what was carried over from the last session, at the first block of this one."""
    goal, last = run.goal, last_block(course, run.planned)
    if last is None or last[0] != goal.measure or goal.relative:
        return None
    return carried_over(goal.measure, last[1], goal.measured, goal.own_across_days, goal.own)


def _stamped(course: Course, planned: PlannedSet) -> tuple[str, ...]:
    """Return the stamp of a test that was done with pain."""
    test = planned.kind in TESTS or planned.retention != ""
    said = stamp(course.pain_now, course.facts.usual_pain) if test else ""
    return (said,) if said else ()


class Summary(Stage):
    """What came out, in a few words and as lines."""

    state = "summary"

    def begin(self) -> Move | None:
        """Say that it is over."""
        course = self.course
        course.score(on=False)
        course.sound("set_done")
        course.say("session_over", *number(course.repetitions), "repetitions")
        course.say("on_screen")
        course.say("thank_you")
        course.note(
            "session_ended",
            repetitions=course.repetitions,
            sets=course.index,
            lines=list(course.done),
            locked=sorted(course.locked),
            ended=dict(course.ended),
        )
        return None

    def command(self, name: Command, text: str) -> Move | None:
        """Say it again."""
        del text
        if name == "tell":
            self.course.say("session_over", *number(self.course.repetitions), "repetitions")
        return None

    def show(self) -> CoachView:
        """Return the lines."""
        return CoachView(self.state, instruction=instruct("summary"), lines=tuple(self.course.done))

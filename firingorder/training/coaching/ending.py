"""What ends: a set, and the session with its last question and its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from firingorder.signal.metrics.amount import median_of
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.stage import Stage
from firingorder.training.coaching.view import CoachView
from firingorder.training.coaching.words import number
from firingorder.training.goals.retention import retained
from firingorder.training.safety.pain import stamp

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.set_run import End, SetRun
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command
    from firingorder.training.programmes.records import Measure, PlannedSet

#: Sets that are tests: done with pain they are stamped (docs/reference/safety.md).
TESTS = ("screen", "find_it", "release", "return_bend")
#: Which way the measures go that have baselines: a larger lead, a smaller share of the hamstrings.
BETTER = {"lead_ms": 1.0, "hamstring_share": -1.0}
_WHY = {
    "skipped": "ended by key",
    "again": "begun again",
    "takeover": "ended, because neighbours took over twice",
    "pain": "ended, because pain went up",
    "tries": "ended after twice as many tries as asked for",
    "ended": "ended with the session",
}


def named(planned: PlannedSet) -> dict[str, Any]:
    """Return what identifies a set in the log."""
    return {
        "item": planned.item,
        "set": planned.set_number,
        "exercise": planned.exercise,
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
    lines = (f"{said}.", *run.goal.summary(), *_kept(course, run), *_stamped(course, planned))
    course.done += lines
    course.set_lines = lines if planned.schedule != "none" else lines[:1]
    course.set_end_s, course.run, course.last = course.now_s, None, planned
    course.last_run = run
    course.index += 1
    course.trained = True
    return "pain" if run.done or reason != "skipped" else "next_set"


def _values(course: Course, run: SetRun, reason: End) -> dict[str, Any]:
    """Return what is kept of a set; the goal's numbers first, so that counts are the coach's."""
    goal = run.goal.values()
    typical = median_of(run.goal.measured)
    measured = typical.gate is None
    return {
        **goal,
        **named(run.planned),
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
        "inside": _inside(course, goal.get("measure"), typical.value if measured else None),
        "pain": course.pain_now,
        "stamp": "".join(_stamped(course, run.planned)),
    }


def _inside(course: Course, measure: object, value: float | None) -> bool | None:
    """Tell whether a set's median is in the person's own band, or on its better side.

    The band is the median of the baseline sets and the smallest detectable change about it
    (signal/reference.py); None without one.
    """
    own = course.reference.baselines.get(str(measure))
    if own is None or value is None or measure not in BETTER:
        return None
    return (value - own.median) * BETTER[str(measure)] >= -own.mdc


def _kept(course: Course, run: SetRun) -> tuple[str, ...]:
    """Return what stayed without feedback: the last block against the first of the session."""
    planned = run.planned
    key = (planned.exercise, planned.side)
    if planned.retention == "before":
        course.kept[key] = run.goal.measured
    if planned.retention != "after" or key not in course.kept:
        return ()
    values = run.goal.values()
    measure = cast("Measure", values["measure"])
    own = course.reference.baselines.get(measure)
    return (retained(measure, course.kept[key], run.goal.measured, own).sentence,)


def _stamped(course: Course, planned: PlannedSet) -> tuple[str, ...]:
    """Return the stamp of a test that was done with pain."""
    test = planned.kind in TESTS or planned.retention != ""
    said = stamp(course.pain_now, course.plan.facts.usual_pain) if test else ""
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

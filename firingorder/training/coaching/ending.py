"""What ends: a set, and the session with its last question and its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.stage import Stage
from firingorder.training.coaching.view import CoachView
from firingorder.training.coaching.words import number

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.set_run import End, SetRun
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command
    from firingorder.training.programmes.records import PlannedSet

_WHY = {
    "skipped": "ended by key",
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
    course.note(
        "set_ended",
        **named(planned),
        reason=reason,
        done=run.done,
        asked=planned.reps,
        tries=run.tries,
        takeovers=run.trips,
        **run.goal.values(),
    )
    head = f"{planned.name}, set {planned.set_number} of {planned.sets}"
    if planned.side != "both":
        head += f", {planned.side}"
    said = f"{head}: {run.done} of {planned.reps} repetitions"
    if reason in _WHY:
        said += f", {_WHY[reason]}"
    lines = (f"{said}.", *run.goal.summary())
    course.done += lines
    course.set_lines = lines if planned.schedule != "none" else lines[:1]
    course.set_end_s, course.run, course.last = course.now_s, None, planned
    course.index += 1
    course.trained = True
    return "pain" if run.done or reason != "skipped" else "next_set"


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

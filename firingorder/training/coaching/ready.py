"""Before a set: the exercise is introduced and waits; then it is counted down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.coaching.ending import end_set, named
from firingorder.training.coaching.following import go_back
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.set_run import SetRun
from firingorder.training.coaching.stage import Countdown, Stage
from firingorder.training.coaching.view import CoachView
from firingorder.training.coaching.words import number

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command
    from firingorder.training.programmes.records import PlannedSet

#: From "get ready" to "go"; scoring begins with the count, so rest is seen before the first start.
#: Proposals.
GET_READY_S, COUNT_S = 6.0, 3.0
#: Positions that are left and taken anew for the other side.
TURNED = ("side_lying", "side_on_forearm", "split_stance")
_SIDE_WORDS = {"left": "left_side", "right": "right_side", "both": "both_sides"}
_KIND_WORDS = {
    "screen": "test", "transfer": "test", "find_it": "find_it", "release": "release",
    "ramp": "follow",
}  # fmt: skip


def goes_on(course: Course) -> bool:
    """Tell whether the next set begins by itself: introduced before, and no new position."""
    planned, exercise = course.planned, course.exercise
    before = course.plan.planned[course.index - 1] if course.index > 0 else None
    if before is None or planned is None or exercise is None:
        return False
    turned = before.side != planned.side and exercise.position in TURNED
    return course.introduced == before.item == planned.item and not turned


class Ready(Stage):
    """The exercise is introduced. A key goes on; a further set on the same position by itself."""

    state = "ready"

    def begin(self) -> Move | None:
        """Say what is to be done."""
        course = self.course
        planned, exercise = course.planned, course.exercise
        if planned is None or exercise is None:
            return "after"
        course.run = None
        course.message = course.message if course.introduced < 0 else ""
        course.score(on=False)
        if goes_on(course):
            course.say("next_set", *number(planned.set_number), "of", *number(planned.sets))
            self._say_side(planned, changed=True)
            if course.plan.planned[course.index - 1].schedule != planned.schedule:
                self._say_schedule(planned, changed=True)
            return "get_ready"
        course.introduced = planned.item
        self._introduce(planned)
        return None

    def again(self) -> Move | None:
        """Say it again."""
        self.course.say("press_to_begin")
        return None

    def command(self, name: Command, text: str) -> Move | None:
        """Go on, back to the set before, or past this one."""
        del text
        course = self.course
        match name:
            case "next" | "go_on" | "resume":
                return "get_ready"
            case "back":
                return go_back(course)
            case "skip":
                planned = course.planned
                assert planned is not None
                course.note("set_ended", **named(planned), reason="skipped", done=0)
                course.index += 1
                return "next_set"
            case _:
                return None

    def show(self) -> CoachView:
        """Return the introduction."""
        planned, exercise = self.course.planned, self.course.exercise
        lines: tuple[str, ...] = ()
        if planned is not None and exercise is not None:
            text = exercise.text()
            lines = tuple(
                one for one in (text.setup, *text.cues, text.only_if, planned.note) if one
            )
        return CoachView(
            self.state,
            instruction=instruct("ready"),
            lines=lines,
            can_next=True,
            can_back=self.course.index > 0,
            can_skip=True,
        )

    def _introduce(self, planned: PlannedSet) -> None:
        course, exercise = self.course, self.course.exercise
        assert exercise is not None
        text = exercise.text()
        before = course.plan.planned[course.index - 1] if course.index > 0 else None
        same = before is not None and before.exercise == planned.exercise
        course.say(*("next_exercise",) * (before is not None and not same), planned.name)
        if planned.sets > 1:
            course.say("set", *number(planned.set_number), "of", *number(planned.sets))
        if text.only_if:
            course.say(text.only_if)
        if planned.note:
            course.say(planned.note)
        self._say_side(planned, changed=same)
        course.say(text.setup)
        if planned.kind not in ("screen", "transfer"):
            course.say(*text.cues)
        course.say(*number(planned.reps), "repetitions")
        if planned.kind in _KIND_WORDS:
            course.say(_KIND_WORDS[planned.kind])
        if planned.range_name is not None:
            course.say(planned.range_name)
        self._say_schedule(planned, changed=False)
        course.say("press_to_begin")

    def _say_schedule(self, planned: PlannedSet, *, changed: bool) -> None:
        course = self.course
        if planned.schedule == "none":
            course.say("without_feedback")
            course.say("feedback_after")
        elif planned.schedule == "on_request":
            course.say("feedback_on_request")
        elif changed:
            course.say("with_feedback")

    def _say_side(self, planned: PlannedSet, *, changed: bool) -> None:
        course, exercise = self.course, self.course.exercise
        before = course.plan.planned[course.index - 1] if course.index > 0 else None
        if changed and before is not None and before.side != planned.side:
            course.say("change_sides", _SIDE_WORDS[planned.side])
        elif not changed and exercise is not None and len(exercise.task.sides) > 1:
            course.say(_SIDE_WORDS[planned.side])


class GetReady(Stage):
    """Counts down, then the set begins or goes on."""

    state = "get_ready"

    def __init__(self, course: Course) -> None:
        super().__init__(course)
        self._countdown = self._marks()

    def begin(self) -> Move | None:
        """Announce the set to the signal chain; one that was interrupted goes on."""
        course = self.course
        planned, exercise = course.planned, course.exercise
        assert planned is not None
        assert exercise is not None
        if course.run is None:
            course.run = SetRun(course, planned, exercise)
            course.run.announce()
            course.note("set_started", **named(planned), reps=planned.reps)
        course.score(on=False)
        if planned.exercise in course.smaller:
            course.say("smaller")
        course.say("get_ready")
        return None

    def again(self) -> Move | None:
        """Count down anew."""
        self.began_s = self.course.time_s
        self._countdown = self._marks()
        self.course.say("get_ready")
        return None

    def tick(self) -> Move | None:
        """Count."""
        left_s = GET_READY_S - self.passed_s
        self._countdown.tick(left_s)
        return "work" if left_s <= 0.0 else None

    def command(self, name: Command, text: str) -> Move | None:
        """Go back to the introduction, begin at once, or leave the set out."""
        del text
        course = self.course
        match name:
            case "next":
                return "work"
            case "back":
                course.introduced = -1
                return "ready"
            case "skip":
                assert course.run is not None
                return end_set(course, course.run, "skipped")
            case _:
                return None

    def show(self) -> CoachView:
        """Return the countdown."""
        left_s = max(0.0, GET_READY_S - self.passed_s)
        return CoachView(
            self.state,
            instruction=instruct("get_ready"),
            left_s=round(left_s, 1),
            total_s=GET_READY_S,
            can_next=True,
            can_back=True,
            can_skip=True,
        )

    def _marks(self) -> Countdown:
        course = self.course

        def count() -> None:
            course.score(on=True)
            course.say("3")

        return Countdown({
            GET_READY_S - 1.5: lambda: course.say("lie_still"),
            COUNT_S: count,
            2.0: lambda: course.say("2"),
            1.0: lambda: course.say("1"),
        })  # fmt: skip

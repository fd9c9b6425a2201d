"""Before a set: the exercise is introduced and waits; then it is counted down."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from firingorder.training.coaching.ending import end_set, last_block, named
from firingorder.training.coaching.following import go_back
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.set_run import SetRun
from firingorder.training.coaching.smaller import offer, range_of
from firingorder.training.coaching.stage import Countdown, Stage
from firingorder.training.coaching.view import CoachView
from firingorder.training.coaching.voice import spoken_s
from firingorder.training.coaching.words import number
from firingorder.training.goals.retention import last_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command
    from firingorder.training.programmes.records import Measure, PlannedSet

    Keys = tuple[str, ...]

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
            for keys in _announced(course):
                course.say(*keys)
            return "get_ready"
        course.introduced = planned.item
        offered = offer(course)
        if offered:
            course.message = offered
        for keys in _introduced(course, stepped_back=bool(offered)):
            course.say(*keys)
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
                course.note("set_ended", **named(course, planned), reason="skipped", done=0)
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
            last = last_block(self.course, planned)
            before = "" if last is None else last_words(cast("Measure", last[0]), last[1])
            lines = tuple(
                one for one in (text.setup, *text.cues, text.only_if, planned.note, before) if one
            )
        return CoachView(
            self.state,
            instruction=instruct("ready"),
            lines=lines,
            can_next=True,
            can_back=self.course.index > 0,
            can_skip=True,
        )


def lead_s(course: Course) -> float:
    """Return how long before the end of a rest the next set is announced, 0: it waits for a key."""
    if not goes_on(course):
        return 0.0
    said = sum(spoken_s(keys) for keys in (*_announced(course), *_called(course)))
    return max(GET_READY_S, said + COUNT_S)


def _introduced(course: Course, *, stepped_back: bool) -> Iterator[Keys]:
    """Say what is to be done, in the order in which it is needed on the way to the floor."""
    planned, exercise = course.planned, course.exercise
    assert planned is not None
    assert exercise is not None
    text = exercise.text()
    before = course.plan.planned[course.index - 1] if course.index > 0 else None
    same = before is not None and before.exercise == planned.exercise
    if before is not None and not same:
        yield ("next_exercise",)
    yield (planned.name,)
    if planned.sets > 1:
        yield ("set", *number(planned.set_number), "of", *number(planned.sets))
    if text.only_if:
        yield (text.only_if,)
    if stepped_back:
        yield ("safety.back",)
    if planned.note:
        yield (planned.note,)
    yield from _side(course, planned, changed=same)
    yield (text.setup,)
    if planned.kind not in ("screen", "transfer"):
        for cue in text.cues:
            yield (cue,)
    yield (*number(planned.reps), "repetitions" if planned.reps > 1 else "repetition")
    if planned.kind in _KIND_WORDS:
        yield (_KIND_WORDS[planned.kind],)
    named_range = range_of(course, planned)
    if named_range is not None:
        yield (named_range,)
    yield from _schedule(planned, changed=False)
    yield ("press_to_begin",)


def _announced(course: Course) -> Iterator[Keys]:
    """Say of a further set which one it is, and what is new in it."""
    planned = course.planned
    assert planned is not None
    yield ("next_set", *number(planned.set_number), "of", *number(planned.sets))
    yield from _side(course, planned, changed=True)
    before = course.plan.planned[course.index - 1]
    if before.reps != planned.reps:
        yield (*number(planned.reps), "repetitions" if planned.reps > 1 else "repetition")
    if before.schedule != planned.schedule:
        yield from _schedule(planned, changed=True)


def _called(course: Course) -> Iterator[Keys]:
    """Say that it begins."""
    if course.here in course.smaller:
        yield ("smaller",)
    yield ("get_ready",)
    yield ("lie_still",)


def _schedule(planned: PlannedSet, *, changed: bool) -> Iterator[Keys]:
    if planned.schedule == "none":
        yield ("without_feedback",)
        yield ("feedback_after",)
    elif planned.schedule == "on_request":
        yield ("feedback_on_request",)
    elif changed:
        yield ("with_feedback",)


def _side(course: Course, planned: PlannedSet, *, changed: bool) -> Iterator[Keys]:
    exercise = course.exercise
    before = course.plan.planned[course.index - 1] if course.index > 0 else None
    if changed and before is not None and before.side != planned.side:
        yield ("change_sides", _SIDE_WORDS[planned.side])
    elif not changed and exercise is not None and len(exercise.task.sides) > 1:
        yield (_SIDE_WORDS[planned.side],)


class GetReady(Stage):
    """Counts down, then the set begins or goes on."""

    state = "get_ready"

    def __init__(self, course: Course) -> None:
        super().__init__(course)
        self._countdown = self._marks()
        self._total_s = GET_READY_S

    def begin(self) -> Move | None:
        """Announce the set to the signal chain; one that was interrupted goes on."""
        course = self.course
        planned, exercise = course.planned, course.exercise
        assert planned is not None
        assert exercise is not None
        if course.run is None:
            course.run = SetRun(course, planned, exercise)
            course.run.announce()
            course.note("set_started", **named(course, planned), reps=planned.reps)
        course.score(on=False)
        self._call()
        return None

    def again(self) -> Move | None:
        """Count down anew."""
        self.began_s = self.course.time_s
        self._countdown = self._marks()
        self._call()
        return None

    def tick(self) -> Move | None:
        """Count."""
        left_s = self._total_s - self.passed_s
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
        left_s = max(0.0, self._total_s - self.passed_s)
        return CoachView(
            self.state,
            instruction=instruct("get_ready"),
            left_s=round(left_s, 1),
            total_s=round(self._total_s, 1),
            can_next=True,
            can_back=True,
            can_skip=True,
        )

    def _marks(self) -> Countdown:
        course = self.course

        def count() -> None:
            course.score(on=True)
            course.say("3", urgent=True)

        return Countdown({
            COUNT_S: count,
            2.0: lambda: course.say("2", urgent=True),
            1.0: lambda: course.say("1", urgent=True),
        })  # fmt: skip

    def _call(self) -> None:
        """Say that it begins; the count waits until all has been said."""
        course = self.course
        for keys in _called(course):
            course.say(*keys)
        self._total_s = max(GET_READY_S, course.voice.left_s(course.now_s) + COUNT_S)

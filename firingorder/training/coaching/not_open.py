"""An exercise that is not open: what is missing, then on past it, or opened by a therapist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.coaching.following import open_early
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.stage import Stage
from firingorder.training.coaching.view import CoachView

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command
    from firingorder.training.safety.records import Blocked


class NotOpen(Stage):
    """Waits for a key: on to the next exercise, or this one after all by a therapist's word."""

    state = "blocked"

    def __init__(self, course: Course, why: Blocked) -> None:
        super().__init__(course)
        self._why = why

    def begin(self) -> Move | None:
        """Say that it is not open; why is on the screen, because it has numbers."""
        self.course.run = None
        self.course.score(on=False)
        self.course.sound("warning")
        self._say()
        return None

    def again(self) -> Move | None:
        """Say it again."""
        self._say()
        return None

    def command(self, name: Command, text: str) -> Move | None:
        """Go past it, or open it."""
        course = self.course
        if name in ("next", "skip"):
            course.block, course.shut = None, ""
            course.index += 1
            return "next_set"
        if name == "override" and open_early(course, text.strip()):
            course.block, course.shut = None, ""
            return "next_set"
        return None

    def show(self) -> CoachView:
        """Return why, and what to do."""
        return CoachView(
            self.state,
            instruction=instruct("not_open"),
            blocked=self._why,
            can_next=True,
            can_skip=True,
        )

    def _say(self) -> None:
        planned = self.course.planned
        self.course.say(*(() if planned is None else (planned.name,)))
        self.course.say("not_open")

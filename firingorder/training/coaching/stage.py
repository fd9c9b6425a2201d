"""One state of the coach: what ends it, what it does with keys, what it shows.

A state answers each call with where to go next, or with None to stay. Where that leads is decided
in one place (coach.py), so states do not know each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from firingorder.training.coaching.view import CoachView

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.findings import Event
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.view import CoachState, Command

#: Where to go: the states of the view, and ``next_set``, which finds the next set to be done.
Move = Literal[
    "questions", "blocked", "ready", "get_ready", "work", "pain", "rest", "takeover", "after",
    "summary", "next_set", "out",
]  # fmt: skip


class Stage:
    """A state in which nothing happens; the others say what does."""

    state: CoachState

    def __init__(self, course: Course) -> None:
        self.course = course
        self.began_s = course.time_s

    def begin(self) -> Move | None:
        """Enter the state."""
        return None

    def again(self) -> Move | None:
        """Come back to it after a stop or a pause."""
        return None

    def tick(self) -> Move | None:
        """Do what is due now."""
        return None

    def hear(self, event: Event) -> Move | None:
        """Take what the signal chain found."""
        del event
        return None

    def command(self, name: Command, text: str) -> Move | None:
        """Do what a person asks for; what has no meaning here is left alone."""
        del name, text
        return None

    def show(self) -> CoachView:
        """Return the picture of this state."""
        return CoachView(self.state)

    @property
    def passed_s(self) -> float:
        """How long this state has lasted, in the coach's time."""
        return self.course.time_s - self.began_s


class Countdown:
    """Says each mark once, when so much is left."""

    def __init__(self, marks: dict[float, Callable[[], None]]) -> None:
        self._marks = dict(sorted(marks.items(), reverse=True))

    def tick(self, left_s: float) -> None:
        """Say the newest mark that is due; older ones are past."""
        due = [mark for mark in self._marks if left_s <= mark + 1e-6]
        if due:
            self._marks[due[-1]]()
        for mark in due:
            del self._marks[mark]

"""Rest between sets, and the rest that is due when neighbours took over.

Where the next set begins by itself its announcement and its countdown are the end of the rest:
``lead_s``. Where it waits for a key there is no 3-2-1: nothing begins after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.coaching.following import go_back, lift_lock
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.stage import Countdown, Stage
from firingorder.training.coaching.view import CoachView
from firingorder.training.coaching.voice import spoken_s
from firingorder.training.coaching.words import duration, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command

#: Least rest after neighbours took over: docs/reference/safety.md.
TAKEOVER_S = 30.0
#: The last call before a rest ends. A proposal.
LAST_S = 10.0


class Rest(Stage):
    """Counts down in device time: who waits for the belt rests."""

    state = "rest"

    def __init__(
        self,
        course: Course,
        seconds: float,
        *,
        since_s: float | None = None,
        lead_s: float = 0.0,
    ) -> None:
        super().__init__(course)
        self._seconds, self._lead_s = seconds, lead_s
        self._ends_s = (course.now_s if since_s is None else since_s) + seconds
        marks: dict[float, Callable[[], None]] = {}
        # The announcement of the next set begins this early, and is not to be talked into.
        busy_s = lead_s + spoken_s(("halfway", *number(LAST_S), "seconds_left"))
        if seconds >= 2.0 * LAST_S and seconds / 2.0 >= busy_s:
            marks[seconds / 2.0] = self._half
        if seconds > LAST_S >= busy_s:
            marks[LAST_S] = lambda: course.say(*number(LAST_S), "seconds_left")
        # Part of a rest may be over where it is counted from the end of the set: what lies behind
        # is not said, nor what would follow the first announcement at once.
        left_s = self._left_s
        told_s = left_s - spoken_s(("rest", *duration(left_s)))
        self._countdown = Countdown({at: say for at, say in marks.items() if at < told_s})

    def begin(self) -> Move | None:
        """Say how long."""
        left_s = self._left_s
        if left_s <= self._lead_s:
            return self._over
        self.course.sound("rest")
        self.course.say("rest", *duration(left_s))
        return None

    def again(self) -> Move | None:
        """Go on with what is left."""
        self.course.say("rest", *duration(self._left_s))
        return None

    def tick(self) -> Move | None:
        """Count."""
        self._countdown.tick(self._left_s)
        return self._over if self._left_s <= self._lead_s + 1e-6 else None

    def command(self, name: Command, text: str) -> Move | None:
        """Begin the next set earlier, do the last one again, or let an exercise go on."""
        if name in ("next", "skip"):
            return self._over
        if name == "back":
            return go_back(self.course)
        if name == "override":
            lift_lock(self.course, text.strip())
        return None

    def show(self) -> CoachView:
        """Return what is left, and what came out of the set."""
        return CoachView(
            self.state,
            instruction=instruct("rest"),
            left_s=round(self._left_s, 1),
            total_s=round(self._seconds, 1),
            lines=self.course.set_lines,
            can_next=True,
            can_back=True,
            can_skip=True,
        )

    @property
    def _over(self) -> Move:
        return "ready"

    @property
    def _left_s(self) -> float:
        return max(0.0, self._ends_s - self.course.now_s)

    def _half(self) -> None:
        left_s = self._left_s
        short = (*number(left_s), "seconds_left")
        self.course.say("halfway", *(short if left_s < 100.0 else duration(left_s)))


class Takeover(Rest):
    """Neighbours took over: a whole rest, then the set goes on, smaller."""

    state = "takeover"

    def __init__(self, course: Course) -> None:
        super().__init__(course, TAKEOVER_S)

    def command(self, name: Command, text: str) -> Move | None:
        """Refuse to cut it short; the set may be ended."""
        course = self.course
        if name == "next":
            course.refuse("next", "Neighbours took over: rest until you are called.")
        if name == "skip" and course.run is not None:
            course.run.over = "skipped"
            return "work"
        del text
        return None

    def show(self) -> CoachView:
        """Return what is left."""
        return CoachView(
            self.state,
            instruction=instruct("rest_whole"),
            left_s=round(self._left_s, 1),
            total_s=round(self._seconds, 1),
            can_skip=True,
        )

    @property
    def _over(self) -> Move:
        self.course.say("smaller")
        return "get_ready"

"""The set itself: hands everything to the set under way, and ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.coaching import attempts
from firingorder.training.coaching.ending import end_set
from firingorder.training.coaching.instructions import instruct_work
from firingorder.training.coaching.stage import Stage
from firingorder.training.coaching.view import CoachView

if TYPE_CHECKING:
    from firingorder.findings import Event
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.set_run import SetRun
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command


#: The second press that ends a set comes within this. A proposal.
TWICE_S = 5.0


class Work(Stage):
    """The set is under way."""

    state = "work"

    def __init__(self, course: Course) -> None:
        super().__init__(course)
        assert course.run is not None
        self._run: SetRun = course.run
        self._pressed_s = -TWICE_S - 1.0

    def begin(self) -> Move | None:
        """Begin, or go on after a rest."""
        course, run = self.course, self._run
        course.sound("go")
        if run.resting:
            run.resting = False
        elif not attempts.is_led(run.planned, run.exercise):
            course.say("mark_each" if attempts.is_marked(run.exercise) else "in_your_own_time")
        run.start()
        return self._look()

    def again(self) -> Move | None:
        """Count down before the set goes on."""
        return "get_ready"

    def tick(self) -> Move | None:
        """Do what is due."""
        self._run.tick()
        return self._look()

    def hear(self, event: Event) -> Move | None:
        """Pass on what the signal chain found."""
        self._run.hear(event)
        return self._look()

    def command(self, name: Command, text: str) -> Move | None:
        """Mark, ask for a result, say what was felt, or end the set."""
        run, course = self._run, self.course
        match name:
            case "next" if attempts.is_marked(run.exercise):
                run.mark()
            case "next" if run.feedback.estimating:
                run.feedback.estimate("")
            case "next" if run.feedback.pending is not None:
                run.feedback.request()
            case "next":
                self._end_by_next()
            case "tell":
                if not run.feedback.request():
                    course.message = run.feedback.withheld or "There is no result to be told yet."
            case "estimate":
                run.feedback.estimate(text)
            case "skip":
                run.over = "skipped"
            case "back":
                end_set(course, run, "again")
                course.index, course.introduced = course.index - 1, -1
                return "ready"
            case _:
                return None
        return self._look()

    def show(self) -> CoachView:
        """Return the set as it stands."""
        run, course = self._run, self.course
        feedback, step = run.feedback, run.player.step
        left_s = run.player.left_s(course.time_s)
        return CoachView(
            self.state,
            instruction=instruct_work(course, run),
            phase=run.phase,
            phase_left_s=None if left_s is None else round(left_s, 1),
            phase_total_s=0.0 if left_s is None or step is None else round(step.seconds, 1),
            history=tuple(feedback.history),
            told=feedback.told,
            withheld=feedback.withheld,
            can_tell=feedback.pending is not None and not feedback.estimating,
            estimate=feedback.estimating,
            meters=run.goal.meters,
            curve=run.goal.curve,
            trace=run.goal.trace,
            tone=run.goal.tone,
            can_next=attempts.is_marked(run.exercise) or feedback.pending is not None,
            can_back=True,
            can_skip=True,
        )

    def _end_by_next(self) -> None:
        """End the set when the key comes twice: once alone is easily pressed by a foot."""
        course = self.course
        if course.time_s - self._pressed_s <= TWICE_S:
            self._run.over = "skipped"
            return
        self._pressed_s = course.time_s
        course.message = "Press once more to end this set."
        course.say("again_to_end")

    def _look(self) -> Move | None:
        if self._run.over is not None:
            return end_set(self.course, self._run, self._run.over)
        if self._run.resting:
            self.course.score(on=False)
            return "takeover"
        return None

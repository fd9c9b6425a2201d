"""STOP and pause: everything is silent, and what was under way waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.coaching.following import exercise_of
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.questions import heard
from firingorder.training.coaching.stage import Stage
from firingorder.training.coaching.view import CoachView
from firingorder.training.safety.pain import after_stop, as_pain, stop_prompts

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command
    from firingorder.training.safety.records import Answer, Consequence

#: How long each of the two questions stays open. A proposal.
ANSWER_S = 30.0


class Paused(Stage):
    """Waits until somebody goes on."""

    state = "paused"

    def __init__(self, course: Course, inner: Stage) -> None:
        super().__init__(course)
        self.inner = inner

    def begin(self) -> Move | None:
        """Be silent, and say that it is a pause."""
        course = self.course
        course.silence()
        course.score(on=False)
        state = self.inner.state
        course.note("paused", state=state, exercise=exercise_of(course, state), at_s=course.now_s)
        course.say("paused")
        return None

    def command(self, name: Command, text: str) -> Move | None:
        """Go on."""
        del text
        if name in ("go_on", "resume", "next"):
            self.course.say("going_on")
            return "out"
        return None

    def show(self) -> CoachView:
        """Return the pause."""
        return CoachView(self.state, instruction=instruct("paused"), can_next=True)


class Stopped(Stage):
    """STOP was pressed: two questions, then a deliberate key goes on."""

    state = "stopped"

    def __init__(self, course: Course, inner: Stage) -> None:
        super().__init__(course)
        self.inner = inner
        self._answers: dict[str, Answer] = {}
        self._open = list(stop_prompts())

    def begin(self) -> Move | None:
        """Silence everything, keep the instant, then ask."""
        course = self.course
        course.silence()
        course.sound("stop")
        course.scoring = None
        course.score(on=False)
        exercise = exercise_of(course, self.inner.state)
        course.note("stop", state=self.inner.state, exercise=exercise, at_s=course.now_s)
        if exercise:
            course.locked.add(exercise)
        course.say(*self._open[0].spoken)
        return None

    def again(self) -> Move | None:
        """Stay."""
        return None

    @property
    def follows(self) -> Consequence:
        """What follows from the stop and its answers so far."""
        policy = self.course.plan.programme.pain_policy
        return after_stop(policy, self.course.pain_before, self._answers)

    def tick(self) -> Move | None:
        """Wait for an answer, not for ever."""
        if self._open and self.passed_s >= ANSWER_S:
            self._answered(None)
        return None

    def command(self, name: Command, text: str) -> Move | None:
        """Take the answers; only ``resume`` goes on."""
        course = self.course
        match name:
            case "answer" if self._open:
                answer = heard(course, self._open[0], text)
                if answer is not None:
                    self._answered(answer)
            case "skip" | "next" if self._open:
                self._answered(None)
            case "next" | "go_on":
                course.message = instruct("stopped_over")
                course.say("hold_space")
            case "resume":
                course.message = ""
                course.say("going_on")
                return "out"
            case _:
                pass
        return None

    def show(self) -> CoachView:
        """Return the question that is open."""
        prompt = self._open[0] if self._open else None
        key = "stopped_over" if prompt is None else "stopped"
        if prompt is not None and prompt.kind == "choice":
            key = "stopped_why"
        left_s = None if prompt is None else max(0.0, ANSWER_S - self.passed_s)
        return CoachView(
            self.state,
            instruction=instruct(key),
            prompt=prompt,
            left_s=None if left_s is None else round(left_s, 1),
            total_s=0.0 if left_s is None else ANSWER_S,
            can_skip=prompt is not None,
        )

    def _answered(self, answer: Answer | None) -> None:
        course = self.course
        prompt = self._open.pop(0)
        course.note(
            "stop_answered",
            key=prompt.key,
            answer=answer,
            exercise=exercise_of(course, self.inner.state),
        )
        if prompt.kind == "scale":
            course.pain_now = course.pain_now if answer is None else as_pain(answer)
        self.began_s = course.time_s
        if answer is not None:
            self._answers[prompt.key] = answer
        if self._open:
            course.say(*self._open[0].spoken)
            return
        follows = self.follows
        course.message = f"{follows.text} {follows.next_step}".strip()
        course.say(*follows.spoken)
        course.say("hold_space")

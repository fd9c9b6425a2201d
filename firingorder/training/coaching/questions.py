"""One question after another; what is not answered in time counts as not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.training.coaching.following import after_pain
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.stage import Stage
from firingorder.training.coaching.view import CoachView
from firingorder.training.safety import gate
from firingorder.training.safety.asking import pain_prompt
from firingorder.training.safety.hats import may
from firingorder.training.safety.pain import as_pain
from firingorder.training.safety.texts import utterances

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.stage import Move
    from firingorder.training.coaching.view import Command
    from firingorder.training.safety.records import Answer, Blocked, Prompt

#: How long a question about pain stays open after a set and at the end. A proposal.
ANSWER_S = 20.0


def heard(course: Course, prompt: Prompt, text: str) -> Answer | None:
    """Return what was answered; None, with a sentence, where it is no answer."""
    try:
        return gate.read_answer(prompt, text)
    except UsageError as error:
        course.message = str(error)
        course.say("not_now")
        return None


class Questions(Stage):
    """What is asked before a session; it waits for each answer."""

    state = "questions"

    def begin(self) -> Move | None:
        """Ask the first question."""
        self.course.score(on=False)
        return self._ask()

    def again(self) -> Move | None:
        """Ask it again."""
        return self._ask()

    def command(self, name: Command, text: str) -> Move | None:
        """Take an answer, or go back to the question before."""
        course, prompt = self.course, self._prompt
        match name:
            case "answer" if prompt is not None:
                answer = heard(course, prompt, text)
                if answer is None:
                    return None
                course.answers[prompt.key] = answer
                course.message = ""
                course.note("question_answered", key=prompt.key, answer=answer)
                if prompt.key == "pain_before":
                    course.pain_now = as_pain(answer)
                return self._ask()
            case "next" if prompt is not None and prompt.options and prompt.kind == "choice":
                return self.command("answer", prompt.options[0][0])
            case "skip" if prompt is not None and any(k == "skip" for k, _ in prompt.options):
                return self.command("answer", "skip")
            case "back" if self._may_go_back:
                course.answers.popitem()
                return self._ask()
            case _:
                return None

    def show(self) -> CoachView:
        """Return the question."""
        prompt = self._prompt
        scale = prompt is not None and prompt.kind == "scale"
        return CoachView(
            self.state,
            instruction=instruct("scale" if scale else "questions"),
            prompt=prompt,
            can_back=self._may_go_back,
        )

    @property
    def _prompt(self) -> Prompt | None:
        course = self.course
        around = gate.Circumstances(wired=course.plan.wired)
        return gate.next_prompt(course.facts, course.answers, around, course.overridden)

    @property
    def _may_go_back(self) -> bool:
        return bool(self.course.answers)

    def _ask(self) -> Move | None:
        course, prompt = self.course, self._prompt
        if prompt is not None:
            course.say(*prompt.spoken, urgent=True)
            if prompt.kind == "scale" and prompt.key == "pain_before":
                course.say("answer_keys")
            return None
        if stop_of(course) is not None:
            return "blocked"
        course.message = " ".join(gate.advice(course.facts, course.answers))
        course.say(*gate.advice_spoken(course.facts, course.answers))
        course.facts = gate.settle(course.facts, course.answers)
        return "next_set"


def stop_of(course: Course) -> Blocked | None:
    """Return what stands in the way of training now."""
    found = gate.blocked(course.facts, course.answers, course.overridden)
    return found if course.block is None else course.block


class BlockedStage(Stage):
    """No training now: it says why and what to do."""

    state = "blocked"

    def begin(self) -> Move | None:
        """Say why."""
        course = self.course
        self._blocked = stop_of(course)
        course.score(on=False)
        course.silence()
        course.sound("stop")
        if self._blocked is not None:
            course.note("blocked", key=self._blocked.key, why=self._blocked.text)
            key = self._blocked.key
            if key in utterances():
                course.say("blocked", key)
            else:
                course.say("blocked")
                course.say(self._blocked.text)
            course.say(self._blocked.next_step)
        return None

    def command(self, name: Command, text: str) -> Move | None:
        """End, or go on where a therapist says so with a reason."""
        match name:
            case "next":
                return "after" if self.course.trained else "summary"
            case "back" if self._may_correct:
                self.course.answers.popitem()
                return "questions"
            case "override":
                return self._override(text.strip())
            case _:
                return None

    def show(self) -> CoachView:
        """Return why, and what to do."""
        blocked = self._blocked
        may_go_on = blocked is not None and blocked.override
        return CoachView(
            self.state,
            instruction=instruct("blocked" if may_go_on else "blocked_for_good"),
            blocked=blocked,
            can_next=True,
            can_back=self._may_correct,
        )

    @property
    def _may_correct(self) -> bool:
        """Whether an answer may still be corrected: a number of pain, but never a red flag.

        The log takes a blocked red flag as final, so that it is not answered away.
        """
        blocked, course = self._blocked, self.course
        pain = blocked is not None and blocked.override
        return pain and bool(course.answers) and course.block is None

    def _override(self, reason: str) -> Move | None:
        course, blocked = self.course, self._blocked
        if blocked is None or not blocked.override:
            course.refuse("override", "This cannot be set aside here: speak with a clinician.")
            return None
        action = "override_start" if course.block is None else "override_lock"
        refused = may(course.hat, action, course.facts)
        if refused is not None:
            course.refuse("override", f"{refused.text} {refused.next_step}")
            return None
        if not reason:
            course.refuse("override", "Give the reason for going on in a few words.")
            return None
        course.say("going_on")
        if course.block is not None:
            exercise = "" if course.last is None else course.base(course.last.exercise)
            course.note("override", key="lock", exercise=exercise, reason=reason, hat=course.hat)
            course.block = None
            return "next_set"
        course.note("override", key=blocked.key, reason=reason, hat=course.hat)
        course.overridden.add(blocked.key)
        return "questions"


class PainStage(Stage):
    """How much a set, or the session, hurt."""

    def __init__(self, course: Course, *, after: bool) -> None:
        super().__init__(course)
        self.state = "after" if after else "pain"
        self._prompt = pain_prompt("after" if after else "after_set")

    def begin(self) -> Move | None:
        """Ask."""
        self.course.score(on=False)
        if not self.course.plan.questions:
            return "summary" if self.state == "after" else after_pain(self.course, None)
        self.course.say(*self._prompt.spoken)
        return None

    def again(self) -> Move | None:
        """Ask again, with all the time."""
        self.began_s = self.course.time_s
        self.course.say(*self._prompt.spoken)
        return None

    def tick(self) -> Move | None:
        """Wait for the answer, not for ever."""
        return self._leave(None) if self.passed_s >= ANSWER_S else None

    def command(self, name: Command, text: str) -> Move | None:
        """Take the answer."""
        match name:
            case "answer":
                answer = heard(self.course, self._prompt, text)
                return None if answer is None else self._leave(int(answer))
            case "skip" | "next":
                return self._leave(None)
            case _:
                return None

    def show(self) -> CoachView:
        """Return the question and what came out of the set."""
        left_s = max(0.0, ANSWER_S - self.passed_s)
        return CoachView(
            self.state,
            instruction=instruct("pain"),
            prompt=self._prompt,
            left_s=round(left_s, 1),
            total_s=ANSWER_S,
            lines=self.course.set_lines,
            can_next=True,
            can_skip=True,
        )

    def _leave(self, pain: int | None) -> Move:
        course = self.course
        where = "after" if self.state == "after" else "set"
        done = course.last
        course.pain_now = course.pain_now if pain is None else pain
        exercise = "" if done is None or where == "after" else course.base(done.exercise)
        course.note("pain", when=where, pain=pain, exercise=exercise)
        if where == "after":
            course.say("not_answered" if pain is None else "noted")
            return "summary"
        mark = course.voice.mark
        move = after_pain(course, pain)
        if mark == course.voice.mark:  # nothing follows from it
            course.say("not_answered" if pain is None else "noted")
        return move

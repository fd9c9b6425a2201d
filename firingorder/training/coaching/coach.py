"""The coach: leads a person on the floor through a session. Docs: docs/reference/coach.md.

Pure: what it shows and does follows from the plan and the calls, in their order. Time is that of
the samples. The states (stage.py) say where to go next; this is where that leads.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.findings import ConnectionEvent
from firingorder.training.coaching.course import Course
from firingorder.training.coaching.deeds import Say, Silence
from firingorder.training.coaching.ending import Summary, end_set
from firingorder.training.coaching.following import NOT_OPEN, exercise_of, follow, seek
from firingorder.training.coaching.halted import Paused, Stopped
from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.not_open import NotOpen
from firingorder.training.coaching.questions import BlockedStage, PainStage, Questions
from firingorder.training.coaching.ready import GetReady, Ready, lead_s
from firingorder.training.coaching.rest import Rest, Takeover
from firingorder.training.coaching.smaller import go_smaller
from firingorder.training.coaching.voice import spoken_s
from firingorder.training.coaching.work import Work

if TYPE_CHECKING:
    from firingorder.findings import Event
    from firingorder.samples import FloatArray
    from firingorder.signal.reference import PersonalReference
    from firingorder.training.coaching.deeds import Deed
    from firingorder.training.coaching.plan import CoachPlan
    from firingorder.training.coaching.stage import Move, Stage
    from firingorder.training.coaching.view import CoachView, Command
    from firingorder.training.safety.records import Hat

_TITLES = {
    "questions": "Before you begin", "blocked": "No training now", "after": "At the end",
    "summary": "Session over", "paused": "Paused", "stopped": "Stopped",
}  # fmt: skip
#: States in which no exercise is under way; after the last three training is over anyway.
_OUTSIDE = ("questions", "blocked", "after", "summary")
_OVER = _OUTSIDE[1:]
#: States in which the results of the set that ended can still be seen and asked for.
_AFTER_SET = ("pain", "rest")


class Coach:
    """One session.

    Parameters
    ----------
    plan
        What is to be done, by whom.
    channels
        Muscle names by column.
    reference
        What is known of the person.
    """

    def __init__(
        self, plan: CoachPlan, channels: tuple[str, ...], reference: PersonalReference
    ) -> None:
        self._course = course = Course(plan, channels, reference, plan.hat, plan.facts)
        for lock in plan.facts.locks:
            course.locked.add(course.base(lock.exercise))
        course.note(
            "session_started",
            programme=plan.programme.id,
            name=plan.programme.name,
            hat=plan.hat,
            sets=len(plan.planned),
            seed=plan.seed,
            questions=plan.questions,
        )
        self._view: CoachView | None = None
        self._stale = True
        self._stage: Stage = Questions(course)
        self._go("questions" if plan.questions else "next_set")

    @property
    def view(self) -> CoachView:
        """What there is to show now; the same object while nothing changes."""
        if self._stale or self._view is None:
            found = self._show()
            if found != self._view:
                self._view = found
            self._stale = False
        return self._view if self._view is not None else self._show()

    def tick(self, now_s: float) -> None:
        """Take the device time of the newest samples; it may jump after an outage."""
        self._stale = True
        self._course.tick(now_s)
        self._go(self._stage.tick())
        self._course.go_on_speaking()

    def levels(self, t_s: float, percent: FloatArray) -> None:
        """Take the levels of all channels, ``(n_channels,)`` percent, NaN where unknown."""
        run = self._course.run
        if run is not None and self._stage.state in ("get_ready", "work") and not self._course.lost:
            self._stale = True
            run.goal.levels(t_s, percent)

    def hear(self, event: Event) -> None:
        """Take what the signal chain and the link made known."""
        self._stale = True
        if isinstance(event, ConnectionEvent):
            self._link(event)
        else:
            self._go(self._stage.hear(event))

    def command(self, name: Command, text: str, now_s: float | None) -> None:
        """Do what a person asks for. STOP works in every state, also without samples."""
        self._stale = True
        if now_s is not None and not self._course.started:
            self._course.tick(now_s)
        self._course.answering = True
        match name:
            case "stop":
                self._stop()
            case "pause" if self._stage.state not in ("paused", "stopped", "summary"):
                self._enter(Paused(self._course, self._stage))
            case "end":
                self._end()
            case "smaller":
                self._smaller()
            case "tell" if self._stage.state in _AFTER_SET and self._course.last_run is not None:
                self._course.last_run.feedback.request()
            case _:
                self._key(name, text)
        self._course.answering = False

    def refer(self, reference: PersonalReference) -> None:
        """Take a new calibration; it holds from the next set on."""
        self._course.reference = reference

    def hear_after(self, latency_s: tuple[float, float] | None) -> None:
        """Take how late a cue is heard (plan.py); it holds from the next set on."""
        self._course.plan = replace(self._course.plan, cue_latency_s=latency_s)

    def wear(self, hat: Hat) -> None:
        """Take who steers from now on."""
        self._stale = True
        self._course.hat = hat

    def take(self) -> list[Deed]:
        """Return what is to be done since the last call, in order."""
        deeds, self._course.deeds = self._course.deeds, []
        return deeds

    def _key(self, name: Command, text: str) -> None:
        """Hand a key to the state; one that leads on ends what is still being said."""
        course = self._course
        deeds, before, mark = course.deeds, len(course.deeds), course.voice.mark
        move = self._stage.command(name, text)
        if move is not None:
            lasts_s = sum(spoken_s(one.keys) for one in deeds[before:] if isinstance(one, Say))
            deeds.insert(before, Silence())
            course.voice.hush(mark, course.now_s + lasts_s)
            course.answering = False
            course.go_on_speaking()
        self._go(move)

    def _go(self, move: Move | None) -> None:
        """Go where a state leads, and on from there."""
        while move is not None:
            if move == "out":
                move = self._out()
                continue
            if move == "next_set":
                move = seek(self._course)
            self._stage = self._make(move)
            move = self._stage.begin()

    def _enter(self, stage: Stage) -> None:
        self._stage = stage
        self._go(stage.begin())

    def _make(self, move: Move) -> Stage:
        course = self._course
        match move:
            case "questions":
                return Questions(course)
            case "blocked" if course.block is not None and course.block.key == NOT_OPEN:
                return NotOpen(course, course.block)
            case "blocked":
                return BlockedStage(course)
            case "ready":
                return Ready(course)
            case "get_ready":
                return GetReady(course)
            case "work":
                return Work(course)
            case "pain" | "after":
                return PainStage(course, after=move == "after")
            case "rest":
                seconds = 0.0 if course.last is None else course.last.rest_s
                return Rest(course, seconds, since_s=course.set_end_s, lead_s=lead_s(course))
            case "takeover":
                return Takeover(course)
            case _:
                return Summary(course)

    def _out(self) -> Move | None:
        """Leave a pause or a stop: back to what was under way, unless that is over."""
        halted = self._stage
        assert isinstance(halted, Paused | Stopped)
        inner, course = halted.inner, self._course
        self._stage = inner
        over = inner.state in _OVER and not isinstance(inner, NotOpen)
        if isinstance(halted, Stopped) and not over:
            exercise = exercise_of(course, inner.state)
            move = follow(course, halted.follows, exercise)
            if move is not None or (exercise and exercise in course.ended):
                if course.run is not None:
                    end_set(course, course.run, "pain")
                return move or "next_set"
        return inner.again()

    def _stop(self) -> None:
        stage = self._stage
        inner = stage.inner if isinstance(stage, Paused | Stopped) else stage
        self._enter(Stopped(self._course, inner))

    def _end(self) -> None:
        """End the session: what is under way, the last question, the summary."""
        course, state = self._course, self._stage.state
        if state == "summary":
            return
        if course.run is not None:
            end_set(course, course.run, "ended")
        outside = not course.trained or state == "after"
        self._go("summary" if outside else "after")

    def _smaller(self) -> None:
        course = self._course
        if course.planned is None or self._stage.state in _OUTSIDE:
            return
        go_smaller(course)

    def _link(self, event: ConnectionEvent) -> None:
        course = self._course
        if event.state == "lost" and not course.lost:
            course.lost = True
            course.silence()
            course.sound("warning")
            course.say("belt_lost")
        elif event.state in ("streaming", "recovered") and course.lost:
            course.lost = False
            course.sound("reconnected")
            course.say("belt_back")
            if course.run is not None and self._stage.state == "work":
                course.run.start()

    def _show(self) -> CoachView:
        course, run = self._course, self._course.run
        view = self._stage.show()
        planned = course.planned
        shown = course.last if view.state == "pain" else planned
        title = "" if isinstance(self._stage, NotOpen) else _TITLES.get(view.state, "")
        if not title and shown is not None:
            side = "" if shown.side == "both" else f", {shown.side}"
            title = f"{shown.name}{side}"
        if view.state in _AFTER_SET and course.last_run is not None:
            feedback = course.last_run.feedback
            view = replace(
                view,
                history=tuple(feedback.history),
                told=feedback.told,
                withheld=feedback.withheld,
                can_tell=feedback.pending is not None,
            )
        lost = course.lost and view.state in ("get_ready", "work")
        return replace(
            view,
            planned=course.plan.planned,
            index=course.index,
            title=title,
            instruction=instruct("lost") if lost else view.instruction,
            done=0 if run is None else run.done,
            asked=0 if planned is None else planned.reps,
            threshold="" if run is None else run.threshold,
            message=course.message,
        )

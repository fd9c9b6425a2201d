"""One set under way: its goal, its pace, what is counted, and why it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from firingorder.findings import (
    OnsetFinding,
    PhaseFinding,
    QualityFinding,
    RepetitionFinding,
    VerdictFinding,
)
from firingorder.signal.repetitions import Cue
from firingorder.training.coaching import attempts
from firingorder.training.coaching.deeds import Ask, BeginSet, Say
from firingorder.training.coaching.feedback import Feedback
from firingorder.training.coaching.script import Player
from firingorder.training.coaching.smaller import range_of
from firingorder.training.coaching.words import number
from firingorder.training.exercises import copies
from firingorder.training.goals.set_goal import SetGoal

if TYPE_CHECKING:
    from firingorder.findings import Event, Phase
    from firingorder.signal.task import TaskSpec
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.view import WorkPhase
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.goals.records import Judged
    from firingorder.training.programmes.records import PlannedSet

#: Why a set is over.
End = Literal["done", "skipped", "again", "takeover", "pain", "tries", "ended"]
#: Tries of a set that is led cue by cue, as a multiple of what is asked for, so that it ends by
#: itself. Proposals, as the times below.
MOST_TRIES = 2
ESTIMATE_S = 8.0
#: The length of what is said is estimated no better than this (coaching/voice.py).
WORDS_S = 0.5
#: Silence after which the person is told that nothing was seen.
REMIND_S = 30.0
_MOVING: tuple[WorkPhase, ...] = ("lift", "hold", "lower", "squeeze", "follow")
_SHOWN: dict[Phase, WorkPhase] = {
    "rest": "wait", "lift": "lift", "hold": "hold", "lower": "lower",
}  # fmt: skip


def task_of(planned: PlannedSet, exercise: Exercise) -> TaskSpec:
    """Return what the signal chain looks for in a set: side, repetitions, hold, tempo asked for."""
    task = copies.task_of(exercise)
    side = planned.side if planned.side in task.sides else task.working_side
    return replace(
        task,
        working_side=side,
        side_assumed=False,
        reps_per_set=planned.reps,
        asked_hold_s=planned.hold_s,
        asked_tempo_s=planned.tempo_s,
    )


class SetRun:
    """What is known of the set under way.

    Attributes
    ----------
    done, found, tries, trips
        Repetitions that count, that were found, attempts led, and how often neighbours took over.
    faults
        Codes told in repetitions that count.
    over
        Why it is over; None: it goes on.
    resting
        Neighbours took over: a rest is due.
    """

    def __init__(self, course: Course, planned: PlannedSet, exercise: Exercise) -> None:
        self._course = course
        planned = replace(planned, range_name=range_of(course, planned))
        self.planned, self.exercise = planned, exercise
        self.task = task_of(planned, exercise)
        self._key = (planned.item, planned.side)
        threshold = course.thresholds.get(self._key)
        self.goal = SetGoal(
            planned,
            self.task,
            course.channels,
            course.reference,
            threshold,
            cue_latency_s=course.plan.cue_latency_s,
        )
        self._threshold = self.goal.next_threshold
        self._seed = f"{course.plan.seed}/{course.index}"
        self.player = Player()
        self.feedback = Feedback(course, self)
        self.done = self.tries = self.trips = 0
        self.over: End | None = None
        self.resting = False
        self._phase: WorkPhase = "wait"
        self._heard_s = 0.0
        self._answered = False
        self._ended_s: float | None = None
        self._led = attempts.is_cued(exercise) or attempts.is_timed(planned, exercise)
        self._out = "lower" if self.task.template == "HINGE" else "lift"
        self._whole = self._led and self.task.template == "STEP"
        self._result_s = attempts.result_s(planned, exercise)
        self._warned: set[str] = set()
        self.found = 0
        self.faults: set[str] = set()

    @property
    def phase(self) -> WorkPhase:
        """What is shown: the step of the script, or what the movement does."""
        step = self.player.step
        own = step is None or self.player.left_s(self._course.time_s) is None
        return self._phase if own else step.phase if step is not None else "wait"

    @property
    def moving(self) -> bool:
        """Whether something is being done, so that nothing but counts and phases is spoken."""
        return self.phase in _MOVING

    @property
    def threshold(self) -> str:
        """Where the adaptive threshold stands, in words."""
        value = self.goal.next_threshold
        meters = self.goal.meters
        unit = meters[0].unit if meters else ""
        return "" if value is None else f"{value:.0f} {unit}".strip()

    def announce(self) -> None:
        """Let the signal chain know the set that is about to begin."""
        self._course.deeds.append(BeginSet(self.task))

    def start(self) -> None:
        """Begin, or go on after a stop, a pause or a rest: the attempt under way begins anew."""
        self._course.score(on=True)
        self._heard_s = self._course.time_s
        self._phase = "wait"
        self._course.message = ""
        if self._led and self.tries > 0 and not self._answered:
            self.tries -= 1  # the attempt that was cut off is done again
        self.player.clear()
        self._lead()

    def tick(self) -> None:
        """Do what is due now."""
        time_s = self._course.time_s
        self._check_done()
        if self.over is not None or self.resting or self.done >= self.planned.reps:
            return
        self.player.tick(time_s)
        self._take()
        if self.player.step is None:
            self._attempt_over(time_s)
        elif not self._led and time_s - self._heard_s > REMIND_S:
            self._heard_s = time_s
            self._course.say("mark_each" if attempts.is_marked(self.exercise) else "none_seen")

    def hear(self, event: Event) -> None:
        """Take what the signal chain found."""
        match event:
            case OnsetFinding():
                self.goal.onset(event)
            case VerdictFinding():
                self.feedback.early(event)
            case PhaseFinding():
                self._moved(event)
            case RepetitionFinding():
                self._repetition(event)
            case QualityFinding() if event.state in ("poor_contact", "saturated"):
                self._course.message = event.advice
                if event.channel not in self._warned:
                    self._warned.add(event.channel)
                    self._course.say("contact_lost")
            case _:
                pass

    def mark(self) -> None:
        """Take a repetition that the person marks."""
        self.done += 1
        self._heard_s = self._course.time_s
        self._course.repetitions += 1
        self._course.note("judged", index=0, number=self.done, outcome="shown", marked=True)
        self._course.say(*number(self.done))
        self._check_done()

    def _moved(self, event: PhaseFinding) -> None:
        self._phase = _SHOWN[event.phase]
        self._heard_s = self._course.time_s
        if event.phase in ("lift", "lower") and not self._led:
            self.feedback.next_began()
        if event.phase == self._out and self._result_s == 0.0:
            self._lead()
        self.player.reached(event.phase, self._course.time_s)
        self._take()

    def _repetition(self, rep: RepetitionFinding) -> None:
        if attempts.is_marked(self.exercise):
            self._course.note("judged", index=rep.index, number=0, outcome="shown", found=True)
            return
        self._heard_s = self._course.time_s
        missed = "missed" in rep.reasons
        cue_s = rep.phases.cue_s if rep.phases is not None else None
        judged = (
            self.goal.missed(rep.start_s if cue_s is None else cue_s)
            if missed
            else self.goal.repetition(rep)
        )
        if self._whole:  # what is found in it is judged; the set is the time
            self.found += 1
            self.feedback.keep(judged)
            return
        self._answered = True
        if missed or self._result_s == 0.0:  # nobody holds what was not begun
            self.player.clear()
        self._count(judged, None if missed else rep)

    def _count(self, judged: Judged, rep: RepetitionFinding | None) -> None:
        self.found += 1
        if judged.outcome != "not_scored":
            self.done += 1
            self._course.repetitions += 1
            self.faults |= set() if rep is None else set(rep.compensations)
        self.feedback.judged(judged, rep, self._note_threshold())
        if self.goal.takeover and judged.outcome != "not_scored":
            self._taken_over()
        self._check_done()

    def _taken_over(self) -> None:
        self.trips += 1
        self._course.note("takeover", exercise=self._course.here, trip=self.trips)
        self._course.sound("takeover")
        if self.trips > 1:
            self.over = "takeover"
            self._course.say("takeover_end")
        else:
            self.resting = True
            self._course.say("takeover")

    def _check_done(self) -> None:
        """End the set after the last repetition; an open question is waited for, not for ever."""
        if self.over is not None or self.done < self.planned.reps:
            return
        if self.feedback.estimating:
            if self._course.time_s - self._heard_s < ESTIMATE_S:
                return
            self.feedback.next_began()
        self.over = "done"

    def _note_threshold(self) -> tuple[str, ...]:
        """Note where the threshold moved; return the key of what is said of it with the result."""
        value, before = self.goal.next_threshold, self._threshold
        if value is None or value == before:
            return ()
        self._course.note("threshold", before=before, after=value)
        self._threshold = self._course.thresholds[self._key] = value
        if before is None:
            return ()
        early = self.goal.measure == "lead_ms"
        if value > before:
            return ("target_earlier" if early else "target_higher",)
        return ("target_later" if early else "target_lower",)

    def _lead(self) -> None:
        """Begin the next attempt."""
        self.tries += 1
        steps = attempts.attempt(self.planned, self.exercise, self.tries, self._seed)
        self._ended_s, self._answered = None, False
        self.player.play(steps, self._course.time_s)
        self._take()

    def _take(self) -> None:
        """Pass on what the script wants done; the goal hears of cues."""
        for deed in self.player.deeds:
            if isinstance(deed, Ask):
                cue = Cue(deed.kind, self._course.now_s, deed.side)
                self.goal.asked(cue)
                if deed.kind == "go":
                    self.feedback.next_began()
            if isinstance(deed, Say):
                self._course.say(*deed.keys, urgent=deed.urgent, manner="count")
            else:
                self._course.deeds.append(deed)
        self.player.deeds.clear()

    def _attempt_over(self, time_s: float) -> None:
        """Wait for what comes of the steps that were played, then lead the next attempt."""
        if self._ended_s is None:
            self._ended_s = time_s
        waited_s = time_s - self._ended_s
        if self.feedback.estimating and waited_s < ESTIMATE_S:
            return
        lead_in_s = attempts.lead_in_s(self.planned, self.exercise)
        if self._course.voice.left_s(self._course.now_s) > lead_in_s - WORDS_S:
            return  # what is said is not cut off by the next word
        if not self._answered and waited_s < self._result_s:
            return
        if attempts.is_timed(self.planned, self.exercise) and not self._answered:
            self._time_done()
        elif self._led and not self._answered:
            self._course.message = "Nothing was measured of that one; it is done again."
            self._course.say("none_seen")
        if self.over is None and self._led and self.tries >= MOST_TRIES * self.planned.reps:
            self.over = "tries"
        if self.over is None:
            self._lead()

    def _time_done(self) -> None:
        """Count a time that has passed, where the signal chain told nothing of it."""
        self.done += 1
        self._course.repetitions += 1
        self._course.say(*number(self.done))
        self._check_done()

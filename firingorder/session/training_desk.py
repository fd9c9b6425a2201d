"""The training of a session: commands in, the coach's picture and what it wants done out.

The coach runs inside the engine. It is given commands (recorded as inputs), findings, levels and
the time of each read, and what it wants done of the signal chain is done at once; so a replay of
the inputs leads through the same sets and finds the same.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, cast, get_args

from firingorder.errors import FiringOrderError
from firingorder.findings import MarkerEvent, TrainingFinding
from firingorder.session.inputs import Control, read_latency
from firingorder.session.training_text import read_plan
from firingorder.signal.repetitions import Cue
from firingorder.training.coaching.coach import Coach
from firingorder.training.coaching.deeds import Ask, BeginSet, Note, Say, Score, Silence, Sound
from firingorder.training.coaching.view import Command
from firingorder.training.programmes.checking import problems
from firingorder.training.safety.records import Hat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import Event
    from firingorder.session.engine import Engine
    from firingorder.session.inputs import Latency, Train
    from firingorder.signal.level_tap import LevelTap
    from firingorder.signal.pipeline import Pipeline
    from firingorder.signal.task import TaskSpec
    from firingorder.training.coaching.deeds import Deed
    from firingorder.training.coaching.plan import CoachPlan
    from firingorder.training.coaching.view import CoachView

_log = logging.getLogger(__name__)

#: What is heard of the coach.
Heard = Say | Sound | Silence
#: Deeds with their device time, by the number of the input in which they were done.
Script = dict[int, list[tuple[float | None, "Deed"]]]

STOPPED = "STOP"
LEFT_OUT = "Left out of this training:"
NOTHING_LEFT = "This training cannot be begun with this belt and montage."
BROKEN = "The training ended by a fault of firingorder; please report it. The recording goes on."
#: A deed may have findings from which deeds follow; more rounds than this would be a circle.
_ROUNDS = 8


class TrainingDesk:
    """Leads one session by its coach.

    Attributes
    ----------
    coach
        The coach at work, None where nobody leads.
    heard
        What the newest input gave to be heard, in order.
    done
        What was done of the signal chain, by the number of the input.
    notes
        What the coach noted in all of the session.
    latency_s
        How late a cue is heard, and the half-width of its 95 % interval; None: not known.
    problem
        What of the newest programme cannot be done with this belt, or why nothing was begun.
    """

    def __init__(self, engine: Engine) -> None:
        self.coach: Coach | None = None
        self.heard: list[Heard] = []
        self.done: Script = {}
        self.notes: list[TrainingFinding] = []
        self._engine = engine
        self._begin = ""
        self._pipeline: Pipeline | None = None
        self._tap: LevelTap | None = None
        self._task: TaskSpec | None = None
        self._scores = True
        self._reference = engine.calibration.reference
        self._newest_s: float | None = None
        self._now_s: float | None = None
        self.latency_s: Latency = None
        self.problem = ""

    @property
    def view(self) -> CoachView | None:
        """What the coach shows, None where nobody leads."""
        return None if self.coach is None else self.coach.view

    @property
    def led_tasks(self) -> list[str]:
        """Ids of the exercises of the sets that were begun."""
        begun = [one.values for one in self.notes if one.kind == "set_started"]
        return [str(values["exercise"]) for values in begun]

    def command(self, asked: Train) -> list[Event]:
        """Do what a person asked for; what cannot be done is answered in one sentence."""
        self._look_at_clock(asked.t_ns)
        match asked.name:
            case "begin":
                return self._begin_with(asked.text)
            case "leave":
                return self._leave()
            case "heard":
                self._hear_after(read_latency(asked.text))
                return []
            case "hat":
                if self.coach is not None and asked.text in get_args(Hat):
                    self.coach.wear(cast("Hat", asked.text))
                return []
            case name if self.coach is not None:
                return self._key(self.coach, name, asked.text)
            case "stop":
                stop: list[Event] = [MarkerEvent(STOPPED, self._now_s)]
                self.heard.append(Silence())
                return stop + self._engine.steering.take(Control("pause", asked.t_ns))
            case _:
                return []

    def begun(self) -> list[Event]:
        """Take note that there is a signal chain, maybe anew: it goes on where the coach is."""
        pipeline = self._engine.pipeline
        assert pipeline is not None
        self._pipeline = pipeline
        begin, self._begin = self._begin, ""
        events = self._begin_with(begin) if begin else []
        if self.coach is not None:
            self._tap = pipeline.tap_levels()
            if self._task is not None:
                events += pipeline.begin_task(self._task)
            events += pipeline.score("coach", on=self._scores)
        return events

    def follow(self, events: Sequence[Event], t_ns: int) -> list[Event]:
        """Let the coach take what an input gave; return what follows from that."""
        coach = self.coach
        if coach is None:
            return []
        try:
            return self._follow(coach, events, t_ns)
        except Exception as error:  # noqa: BLE001 - a fault of the coach must not end a recording
            return self._broken(error)

    def _follow(self, coach: Coach, events: Sequence[Event], t_ns: int) -> list[Event]:
        self._look_at_clock(t_ns)
        if self._reference is not self._engine.calibration.reference:
            self._reference = self._engine.calibration.reference
            coach.refer(self._reference)
        for level in [] if self._tap is None else self._tap.take():
            coach.levels(level.t_s, level.percent)
        for event in events:
            coach.hear(event)
        newest_s = self._engine.newest_s
        if newest_s != self._newest_s and self._now_s is not None:
            self._newest_s = newest_s
            coach.tick(self._now_s)
        return self._do_all(coach)

    def finish(self, events: Sequence[Event]) -> list[Event]:
        """Let the coach take what was found at the very end."""
        if self.coach is None:
            return []
        for event in events:
            self.coach.hear(event)
        return self._do_all(self.coach)

    def _key(self, coach: Coach, name: str, text: str) -> list[Event]:
        if name not in get_args(Command):
            return []
        try:
            coach.command(cast("Command", name), text, self._now_s)
        except Exception as error:  # noqa: BLE001 - as above
            return self._broken(error)
        return []

    def _broken(self, error: Exception) -> list[Event]:
        """End the training for a fault of this program; recording and scoring go on."""
        _log.error(BROKEN, exc_info=_log.isEnabledFor(logging.DEBUG))
        self.coach, self._tap, self._task, self._scores = None, None, None, True
        self.heard.append(Silence())
        said = f"{BROKEN} ({type(error).__name__}: {error})"
        events: list[Event] = [MarkerEvent(said, self._now_s)]
        return events + act(self._engine.pipeline, Score(True), self._now_s)

    def _look_at_clock(self, t_ns: int) -> None:
        """Take the device time of now; a map that was mended must not turn it back."""
        found_s = self._engine.receiver.now_s(t_ns)
        if found_s is None:
            found_s = self._engine.newest_s
        if found_s is not None:
            self._now_s = found_s if self._now_s is None else max(self._now_s, found_s)

    def _begin_with(self, text: str) -> list[Event]:
        engine = self._engine
        if not engine.channels:  # nobody has said yet which muscles there are
            self._begin = text
            return []
        events = self._leave()
        try:
            plan = replace(read_plan(text), cue_latency_s=self.latency_s)
        except FiringOrderError as error:
            self.problem = str(error)
            return [*events, MarkerEvent(self.problem, self._now_s)]
        plan, self.problem = fitted(plan, engine.channels, has_imu=engine.has_imu)
        if self.problem:
            events.append(MarkerEvent(self.problem, self._now_s))
        if not plan.planned:
            return events
        self.coach = Coach(plan, engine.channels, engine.calibration.reference)
        if engine.pipeline is not None:
            self._tap = engine.pipeline.tap_levels()
            self._tap.take()
        return events

    def _hear_after(self, latency_s: Latency) -> None:
        self.latency_s = latency_s
        if self.coach is not None:
            self.coach.hear_after(latency_s)

    def _leave(self) -> list[Event]:
        """Nobody leads any more; who goes on does so freely, in a set of their own."""
        if self.coach is None:
            return []
        events = self._do_all(self.coach)
        self.coach, self._tap, self._task = None, None, None
        pipeline = self._engine.pipeline
        if pipeline is not None:
            events += pipeline.score("coach", on=True)
            events += pipeline.begin_task(self._engine.setup.task)
        self._scores = True
        return events

    def _do_all(self, coach: Coach) -> list[Event]:
        """Do what the coach wants done, and what it wants when it hears of that."""
        events: list[Event] = []
        for _ in range(_ROUNDS):
            deeds = coach.take()
            if not deeds:
                break
            for deed in deeds:
                found = self._do(deed)
                events += found
                for event in found:
                    if not isinstance(event, TrainingFinding):
                        coach.hear(event)
        return events

    def _do(self, deed: Deed) -> list[Event]:
        if isinstance(deed, Say | Sound | Silence):
            self.heard.append(deed)
            return []
        if isinstance(deed, Note):
            self.notes.append(TrainingFinding(deed.kind, deed.values, self._now_s))
            return [self.notes[-1]]
        self.done.setdefault(self._engine.count, []).append((self._now_s, deed))
        if isinstance(deed, BeginSet):
            self._task = deed.task
        elif isinstance(deed, Score):
            self._scores = deed.on
        return act(self._engine.pipeline, deed, self._now_s, self.latency_s)


def fitted(plan: CoachPlan, channels: tuple[str, ...], *, has_imu: bool) -> tuple[CoachPlan, str]:
    """Leave out what this belt cannot measure; return what is left, and why the rest is not done.

    Who begins by a key has not seen the page that says so, and a set of which nothing is measured
    would go on until its tries are used up. Who may do what is the coach's own affair.
    """
    found = problems(
        plan.programme, plan.exercises.__getitem__, channels, has_imu=has_imu, hat=plan.hat
    )
    stops = [one for one in found if one.severity == "stop"]
    out = {one.item for one in stops}
    left = () if None in out else tuple(one for one in plan.planned if one.item not in out)
    if not stops:
        return plan, ""
    why = " ".join(one.text for one in stops)
    begins = LEFT_OUT if left else NOTHING_LEFT
    return replace(plan, planned=left), f"{begins} {why}"


class Scripted:
    """Does again, input by input, what a coach had done, for another exercise: ``analyse --task``.

    Limits of sets, cues and pauses stay as they were; the exercise is the one that is asked for.
    """

    def __init__(self, engine: Engine, script: Script) -> None:
        self._engine = engine
        self._script = script

    def follow(self) -> list[Event]:
        """Do what was done in this input."""
        engine = self._engine
        events: list[Event] = []
        for now_s, deed in self._script.get(engine.count, ()):
            other = engine.setup.fixed_task and isinstance(deed, BeginSet)
            same = BeginSet(engine.setup.task) if other else deed
            events += act(engine.pipeline, same, now_s, engine.training.latency_s)
        return events


def act(
    pipeline: Pipeline | None, deed: Deed, now_s: float | None, latency_s: Latency = None
) -> list[Event]:
    """Do of the signal chain what a coach wants done; without samples there is nothing to do."""
    if pipeline is None:
        return []
    match deed:
        case BeginSet(task):
            return [*pipeline.begin_task(task)]
        case Score(on):
            return [*pipeline.score("coach", on=on)]
        case Ask(kind, side):
            return [] if now_s is None else [*pipeline.cue(Cue(kind, now_s, side, latency_s))]
        case _:
            return []

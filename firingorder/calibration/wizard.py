"""The calibration wizard: step by step, hands free, on the time of the samples alone.

Its clock is the device time of the EMG blocks. What was measured in a phase is judged half a
second after it (``settle_s``), so that the sensor's samples, which arrive apart from the EMG, are
all there; the bar of the bridges is late by as much. So the same samples and commands give the
same view and profile, however they were cut.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from firingorder.calibration.draft import draft_profile
from firingorder.calibration.evaluation import Evaluation
from firingorder.calibration.plan import WizardParams, make_plan
from firingorder.calibration.profile import ProfileIdentity, StepRecord
from firingorder.calibration.reasons import (
    REPAIRABLE,
    Reason,
    refused_columns,
    refuses_step,
    sentences,
)
from firingorder.calibration.recorder import Recorder
from firingorder.calibration.showing import Levels, Showing, show
from firingorder.calibration.view import COMMANDS
from firingorder.findings import CalibrationFinding

if TYPE_CHECKING:
    from firingorder.calibration.plan import CalibrationFacts, Phase, Step
    from firingorder.calibration.profile import CalibrationProfile, StepOutcome
    from firingorder.calibration.view import Command, StepState, WizardView
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.orientation import Pose
    from firingorder.signal.quality import Look

#: Times of blocks are sums of sample periods; a phase that ends at one of them has ended.
_EPS_S = 1e-6
_NO_REST = "Lying still was not measured, so this step has nothing to compare with."


class Wizard:
    """One calibration under way.

    Parameters
    ----------
    facts
        Channels and sensors.
    params
        Times and limits.
    plan
        Steps; :func:`make_plan` of the facts where not given.
    """

    def __init__(
        self,
        facts: CalibrationFacts,
        params: WizardParams | None = None,
        plan: tuple[Step, ...] | None = None,
    ) -> None:
        self._facts = facts
        self._params = params or WizardParams()
        self._plan = plan or make_plan(facts, self._params)
        self._recorder = Recorder(facts)
        self._evaluation = Evaluation(facts, self._params)
        self._levels = Levels(len(facts.channels))
        self._lead_off = np.zeros(len(facts.channels), dtype=np.bool_)
        self._now_s: float | None = None
        self._index = 0
        self._state: StepState = "waiting"
        self._phases: list[Phase] = []
        self._phase = 0
        self._phase_start_s = 0.0
        self._until_s: float | None = None
        self._due: list[tuple[float, int, float, float]] = []
        self._reasons: tuple[Reason, ...] = ()
        self._said = ""
        self._attempts = 0
        self._known_bad: set[int] = set()
        self._records: dict[str, StepRecord] = {}
        self._findings: list[CalibrationFinding] = []
        self._shown: WizardView | None = None

    def feed_emg(self, block: ConditionedBlock, t0_s: float) -> None:
        """Take one block of all channels; ``t0_s`` is the time of its first sample."""
        self._shown = None
        end_s = t0_s + len(block.emg_uv) / self._facts.rate_hz
        away_s = 0.0 if self._now_s is None else t0_s - self._now_s
        self._recorder.block(t0_s, block, self._lead_off)
        self._now_s = end_s
        if away_s > self._params.quiet_s and self._running:
            self._reject((Reason("gap", "step"),))
            return
        power = self._recorder.power_uv2(end_s, self._params.level_s)
        pose = self._recorder.newest_pose(end_s - self._params.settle_s)
        self._levels.update(power, pose, measuring=self._measuring)
        self._advance()

    def feed_look(self, look: Look, t_s: float) -> None:
        """Take a look of a second at all channels (signal/quality.py); ``t_s`` is its end."""
        self._recorder.look(look, t_s)

    def feed_imu(self, t_s: float, acc: FloatArray, gyr: FloatArray, pose: Pose) -> None:
        """Take one sample of the pelvis sensor, ``(3,)`` each in sensor axes, and its pose."""
        self._recorder.imu(t_s, acc, gyr, pose)

    def feed_contact(self, lead_off: BoolArray) -> None:
        """Take a report of the device, ``(n_channels,)``: which electrodes are off from now on."""
        self._lead_off = np.array(lead_off, dtype=np.bool_)

    def command(self, name: str) -> bool:
        """Do what a person asks for (view.py lists the commands); False where it cannot be done."""
        if name not in COMMANDS or not self._can(name):
            return False
        self._shown = None
        match name:
            case "start" | "redo":
                self._begin(anew=name == "start")
            case "keep":
                if self._state == "rejected":
                    self._accept(self._reasons)
                self._next()
            case "skip":
                self._record("skipped", ())
                self._tell("skipped", ())
                self._evaluation.begin(self._step)
                self._next()
            case "back":
                self._index -= 1
                self._begin(anew=True)
            case "swap":
                self._accept(self._evaluation.swap(self._step))
                self._rename()
            case _:
                self._stop("waiting", None)
                self._said = "paused"
        return True

    @property
    def view(self) -> WizardView:
        """What there is to show and to say now."""
        if self._shown is None:  # asked for several times between two blocks
            self._shown = show(self._showing(), self._plan, self._params)
        return self._shown

    @property
    def names(self) -> tuple[str, ...]:
        """Muscle names by column; differ from those of the facts after a repair."""
        return self._evaluation.names

    @property
    def done(self) -> bool:
        """Whether every step is accepted or skipped."""
        return self._state == "done"

    def take_findings(self) -> list[CalibrationFinding]:
        """Return what was accepted, rejected, skipped or finished since the last call."""
        found, self._findings = self._findings, []
        return found

    def profile(self, identity: ProfileIdentity) -> CalibrationProfile:
        """Return the profile of what is known by now."""
        return draft_profile(
            self._evaluation.measured,
            self._facts,
            self._params,
            names=self.names,
            steps=tuple(self._records[s.key] for s in self._plan if s.key in self._records),
            identity=identity,
        )

    @property
    def _step(self) -> Step:
        return self._plan[self._index]

    @property
    def _running(self) -> bool:
        return self._state in ("get_ready", "go", "rest")

    @property
    def _measuring(self) -> bool:
        return self._running and self._phases[self._phase].take

    @property
    def _time_s(self) -> float:
        return 0.0 if self._now_s is None else self._now_s

    def _can(self, command: Command) -> bool:
        """Return whether a command has a meaning now."""
        match command:
            case "start":
                return self._state == "waiting" and self._now_s is not None
            case "keep":
                partly = self._state == "rejected" and not refuses_step(self._reasons)
                return self._state == "review" or partly
            case "redo" | "skip":
                return self._state not in ("done", "waiting") or (
                    command == "skip" and self._state == "waiting" and self._now_s is not None
                )
            case "back":
                return self._state != "done" and self._index > 0 and self._now_s is not None
            case "swap":
                montage = self._evaluation.measured.montage
                repair = None if montage is None else montage.repair
                return self._state == "rejected" and self._step.kind == "montage" and bool(repair)
            case "pause":
                return self._running or self._state in ("review", "rejected")

    def _begin(self, *, anew: bool) -> None:
        """Begin the step: for the first time, or again after a refusal."""
        step = self._step
        self._attempts = 1 if anew else self._attempts + 1
        self._evaluation.begin(step)
        self._levels.reset()
        self._reasons, self._due = (), []
        if not self._evaluation.can_begin(step):
            self._record("failed", (_NO_REST,))
            self._tell("rejected", (_NO_REST,))
            self._next()
            return
        self._phases, self._phase = list(step.phases), 0
        self._enter(self._time_s)

    def _enter(self, start_s: float) -> None:
        """Begin the phase under way at an instant."""
        phase = self._phases[self._phase]
        self._state = phase.kind
        self._phase_start_s = start_s
        self._until_s = start_s + phase.seconds
        self._said = phase.say or self._said
        follows = self._phases[self._phase + 1 : self._phase + 2]
        if phase.take and not (follows and follows[0].take):
            first = self._phase
            begin_s = start_s
            while first > 0 and self._phases[first - 1].take:
                first -= 1
                begin_s -= self._phases[first].seconds
            due_s = self._until_s + self._params.settle_s
            self._due.append((due_s, phase.trial, begin_s, self._until_s))

    def _advance(self) -> None:
        """Do everything that was due until now."""
        while True:
            now_s = self._time_s + _EPS_S
            if self._running and self._due and self._due[0][0] <= now_s:
                _, trial, start_s, end_s = self._due.pop(0)
                take = self._recorder.take(start_s, end_s)
                more = self._evaluation.take(self._step, trial, take)
                self._phases += more
            elif self._until_s is None or self._until_s > now_s:
                return
            elif self._running:
                self._phase += 1
                if self._phase < len(self._phases):
                    self._enter(self._until_s)
                else:
                    self._finish()
            elif self._state == "review":
                self._next()
            elif self._state == "rejected":
                self._begin(anew=False)
            else:
                return

    def _finish(self) -> None:
        reasons = self._evaluation.finish(self._step)
        bad = {
            one.column
            for one in reasons
            if one.column is not None and one.gravity != "step" and one.cause in REPAIRABLE
        }
        news = bad - self._known_bad
        if refuses_step(reasons) or (news and self._attempts == 1):
            self._known_bad |= news
            self._reject(reasons)
        else:
            self._accept(reasons)

    def _accept(self, reasons: tuple[Reason, ...]) -> None:
        texts = sentences(reasons, self.names)
        self._reasons = reasons
        self._record("accepted", texts)
        self._tell("accepted", texts)
        p = self._params
        self._stop("review", p.reserved_s if reasons else p.review_s)
        self._said = "accepted"

    def _reject(self, reasons: tuple[Reason, ...]) -> None:
        """Refuse the step under way; it begins again by itself a few times, then a person decides.

        A proposed repair of the montage waits for a person at once.
        """
        texts = sentences(reasons, self.names)
        self._reasons = reasons
        self._record("failed", texts)
        self._tell("rejected", texts)
        self._stop("rejected", None)
        again = self._attempts < self._params.most_attempts and not self._can("swap")
        self._until_s = self._time_s + self._params.rejected_s if again else None
        self._said = "rejected"

    def _stop(self, state: StepState, seconds: float | None) -> None:
        self._state = state
        self._due = []
        self._phase_start_s = self._time_s
        self._until_s = None if seconds is None else self._time_s + seconds

    def _next(self) -> None:
        if self._index + 1 < len(self._plan):
            self._index += 1
            self._begin(anew=True)
            return
        self._stop("done", None)
        self._said, self._reasons = "done", ()
        self._findings.append(CalibrationFinding("calibration", "finished", (), self._time_s))

    def _record(self, state: StepOutcome, reasons: tuple[str, ...]) -> None:
        key = self._step.key
        self._records[key] = StepRecord(key, state, reasons, self._attempts, self._time_s)

    def _rename(self) -> None:
        """Say what was said of lying still with the names that hold now."""
        rest, record = self._evaluation.measured.rest, self._records.get("rest")
        if rest is not None and record is not None:
            told = sentences(rest.reasons, self.names)
            self._records["rest"] = replace(record, reasons=told)

    def _tell(
        self, state: Literal["accepted", "rejected", "skipped"], reasons: tuple[str, ...]
    ) -> None:
        self._findings.append(CalibrationFinding(self._step.key, state, reasons, self._time_s))

    def _showing(self) -> Showing:
        running = self._running
        trial = self._phases[self._phase].trial if running else 0
        evaluation = self._evaluation
        columns = evaluation.target_columns(self._step)
        if self._step.kind == "montage":
            columns = evaluation.request_columns(self._step, trial)
        refused = refused_columns(self._reasons)
        ends_s = self._until_s
        return Showing(
            index=self._index,
            state=self._state,
            said=self._said,
            trial=trial,
            trials=max([self._step.trials, *(one.trial for one in self._phases)]),
            remaining_s=None if ends_s is None else max(0.0, ends_s - self._time_s),
            total_s=0.0 if ends_s is None else ends_s - self._phase_start_s,
            names=self.names,
            columns=columns,
            levels=self._levels,
            measured=evaluation.measured,
            attempts=evaluation.attempts,
            reasons=sentences(self._reasons, self.names),
            notes={k: sentences((one,), self.names)[0] for k, one in refused.items()},
            allowed=frozenset(name for name in COMMANDS if self._can(name)),
        )

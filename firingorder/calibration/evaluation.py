"""What a calibration has measured so far, and what each step makes of its takes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.calibration.montage_check import Answer, MontageResult, judge, measure_answer
from firingorder.calibration.mounting import Mounting, Moves, StillPose, find_mounting
from firingorder.calibration.plan import NO_MOUNT, one_more
from firingorder.calibration.reasons import Reason, refuses_step
from firingorder.calibration.reference import (
    Attempt,
    ReferenceParams,
    ReferenceResult,
    combine,
    measure_try,
    targets,
)
from firingorder.calibration.rest import RestResult, measure_rest
from firingorder.calibration.taps import TapResult, tap_offset
from firingorder.calibration.threshold import ThresholdResult, measure_bridges
from firingorder.signal.orientation import conjugate, multiply

if TYPE_CHECKING:
    from firingorder.calibration.plan import CalibrationFacts, Phase, Step, WizardParams
    from firingorder.calibration.reference import Position
    from firingorder.calibration.take import Take
    from firingorder.signal.orientation import Quaternion


@dataclass(slots=True)
class Measured:
    """Everything a calibration knows by now; by column, so that names may still change."""

    rest: RestResult | None = None
    rest_take: Take | None = None
    montage: MontageResult | None = None
    references: dict[str, tuple[Position, tuple[Attempt, ...], ReferenceResult]] = field(
        default_factory=dict[str, "tuple[Position, tuple[Attempt, ...], ReferenceResult]"]
    )
    mounting: Mounting | None = None
    threshold: ThresholdResult | None = None
    taps: TapResult | None = None


class Evaluation:
    """Takes of the step under way in, reasons out; keeps what was measured."""

    def __init__(self, facts: CalibrationFacts, params: WizardParams) -> None:
        self.names = facts.channels
        self.measured = Measured()
        self._facts = facts
        self._params = params
        self._answers: dict[int, Answer] = {}
        self._asked_again = False
        self._attempts: list[Attempt] = []

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The tries of the reference under way."""
        return tuple(self._attempts)

    def can_begin(self, step: Step) -> bool:
        """Whether what the step builds on is there."""
        return step.kind not in ("montage", "reference") or self.measured.rest is not None

    def begin(self, step: Step) -> None:
        """Forget what the step has measured before."""
        m = self.measured
        self._answers, self._attempts, self._asked_again = {}, [], False
        match step.kind:
            case "rest":
                m.rest = None
            case "montage":
                m.montage = None
            case "reference":
                m.references.pop(step.key, None)
            case "bridges":
                m.mounting, m.threshold = None, None
            case "taps":
                m.taps = None

    def take(self, step: Step, trial: int, take: Take) -> tuple[Phase, ...]:
        """Take what was measured in one trial; return phases that have become necessary."""
        match step.kind:
            case "montage":
                return self._answer(step, trial, take)
            case "reference":
                return self._try(step, take)
            case "rest":
                self.measured.rest_take = take
                self.measured.rest = measure_rest(take, self._params.rest)
            case "bridges":
                self._bridges(take)
            case "taps":
                self.measured.taps = _tap(take)
        return ()

    def finish(self, step: Step) -> tuple[Reason, ...]:
        """Return what the whole step came to; without a reason of gravity "step" it counts."""
        m = self.measured
        match step.kind:
            case "rest":
                reasons = () if m.rest is None else m.rest.reasons
                if refuses_step(reasons):
                    m.rest = None
            case "montage":
                reasons = self._judge(step)
            case "reference":
                reasons = self._combine(step)
            case "bridges":
                reasons = self._threshold_reasons()
            case "taps":
                reasons = ()
                if m.taps is None or m.taps.offset_s is None:
                    detail = "" if m.taps is None else m.taps.sentence
                    reasons = (Reason("taps", "step", detail=detail),)
        return reasons

    def swap(self, step: Step) -> tuple[Reason, ...]:
        """Give the columns the names they answered to; return what was changed."""
        montage = self.measured.montage
        assert montage is not None
        assert montage.repair is not None
        before, self.names = self.names, montage.repair
        answers = tuple(self._answers[k] for k in range(len(step.requests)))
        self.measured.montage = judge(self.names, step.requests, answers, self._params.montage)
        changed = [k for k, name in enumerate(self.names) if name != before[k]]
        told = [Reason("repaired", "note", k, other=self.names.index(before[k])) for k in changed]
        return (*told, *self.measured.montage.reasons)

    def target_columns(self, step: Step) -> tuple[int, ...]:
        """Return the columns that a step is about."""
        if step.kind in ("rest", "taps"):
            return tuple(range(len(self.names)))
        if step.position is not None:
            return targets(step.position, self.names)
        return ()

    def request_columns(self, step: Step, trial: int) -> tuple[int, ...]:
        """Return the columns that one request of the montage check is about."""
        if not 1 <= trial <= len(step.requests):
            return ()
        muscles = step.requests[trial - 1].muscles
        return tuple(k for k, name in enumerate(self.names) if name in muscles)

    def _answer(self, step: Step, trial: int, take: Take) -> tuple[Phase, ...]:
        """Keep an answer; after the last one ask again for what nobody answered."""
        assert self.measured.rest is not None
        self._answers[trial - 1] = measure_answer(take, self.measured.rest, self._params.montage)
        if len(self._answers) < len(step.requests) or self._asked_again:
            return ()
        self._asked_again = True
        silent = [k for k in range(len(step.requests)) if not self._answered(step, k)]
        if len(silent) == len(step.requests):  # nothing was done at all: the step says so
            return ()
        return tuple(one for k in silent for one in step.phases[3 * k : 3 * k + 3])

    def _answered(self, step: Step, request: int) -> bool:
        net = self._answers[request].net_uv2
        return any(net[c] > 0.0 for c in self.request_columns(step, request + 1))

    def _judge(self, step: Step) -> tuple[Reason, ...]:
        answers = tuple(self._answers[k] for k in range(len(step.requests)))
        lost = [one for one in answers if refuses_step(one.reasons)]
        if len(lost) == len(answers):
            return lost[0].reasons
        found = judge(self.names, step.requests, answers, self._params.montage)
        self.measured.montage = found
        faults = {r: None for one in answers for r in one.reasons if r.gravity != "step"}
        return (*found.reasons, *faults)

    def _try(self, step: Step, take: Take) -> tuple[Phase, ...]:
        assert step.position is not None
        assert self.measured.rest is not None
        columns = targets(step.position, self.names)
        p = self._reference_params(step)
        attempt = measure_try(take, self.measured.rest, step.position, columns, p)
        self._attempts.append(attempt)
        if len(self._attempts) < step.trials:
            return ()
        result = combine(self.attempts, columns, self._params.effort, p)
        return one_more(step, self._params, len(self._attempts) + 1) if result.needs_another else ()

    def _combine(self, step: Step) -> tuple[Reason, ...]:
        assert step.position is not None
        columns = targets(step.position, self.names)
        p = self._reference_params(step)
        result = combine(self.attempts, columns, self._params.effort, p)
        self.measured.references[step.key] = (step.position, self.attempts, result)
        return result.reasons

    def _reference_params(self, step: Step) -> ReferenceParams:
        p = self._params.reference
        return (
            p if step.trials >= p.least_tries else replace(p, tries=1, least_tries=1, most_tries=2)
        )

    def _bridges(self, take: Take) -> None:
        m, used = self.measured, self._facts.mount_wxyz
        m.mounting = self._mounting(take)
        found = None if m.mounting is None else m.mounting.mount_wxyz
        m.threshold = measure_bridges(
            take.imu,
            used_mount=used,
            mount=used if found is None else found,
            bias_rad_s=None if m.rest is None else m.rest.gyro_bias_rad_s,
            still_deg_s=None if m.rest is None else m.rest.still_deg_s,
            params=self._params.threshold,
        )

    def _mounting(self, take: Take) -> Mounting | None:
        """Return how the sensor sits: from lying still and the bridges, nothing more is asked."""
        lying = None if self.measured.rest_take is None else self.measured.rest_take.imu
        moved = take.imu
        if lying is None or moved is None or min(len(lying.t_s), len(moved.t_s)) < 2:
            return None
        still = StillPose("supine", _rate_hz(lying.t_s), lying.acc_m_s2, lying.gyr_rad_s)
        moves = Moves("bridge", _rate_hz(moved.t_s), moved.acc_m_s2, moved.gyr_rad_s)
        return find_mounting([still], moves)

    def _threshold_reasons(self) -> tuple[Reason, ...]:
        m = self.measured
        reasons = () if m.threshold is None else m.threshold.reasons
        if m.mounting is not None and not refuses_step(reasons):
            told = [Reason("mounting", "note", detail=text) for text in m.mounting.refusals]
            reasons = (*reasons, *told, *self._turned(m.mounting.mount_wxyz))
        return reasons

    def _turned(self, found: Quaternion | None) -> tuple[Reason, ...]:
        """Return that the sensor sits otherwise than the device says, or the hips went down."""
        said = self._facts.mount_wxyz
        if found is None or said == NO_MOUNT:
            return ()
        w = abs(multiply(found, conjugate(said))[0])
        angle = 2.0 * math.degrees(math.acos(min(1.0, w)))
        most = self._params.most_mount_deg
        return (Reason("turned", "note", None, angle),) if angle > most else ()


def _rate_hz(t_s: np.ndarray) -> float:
    return 1.0 / float(np.median(np.diff(t_s)))


def _tap(take: Take) -> TapResult:
    if take.imu is None or len(take.imu.t_s) == 0 or len(take.t_s) == 0:
        return TapResult(None, None, 0, "there are no samples of both devices.")
    within = np.arange(take.block_n) / take.rate_hz
    emg_t_s = (take.t_s[:, None] + within).ravel()
    return tap_offset(emg_t_s, take.raw_uv, take.imu.t_s, take.imu.acc_m_s2)

"""What is measured of a repetition once it is judged: metrics, faults, and what cannot be seen."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import OnsetEstimate
from firingorder.signal.compensation.data import FaultData, FaultParams
from firingorder.signal.compensation.judging import (
    TakeoverWatch,
    repetition_faults,
    set_faults,
)
from firingorder.signal.metrics import (
    MetricsParams,
    RepetitionData,
    repetition_metrics,
    set_metrics,
)
from firingorder.signal.metrics.level import Levels
from firingorder.signal.pose_error import angle_error
from firingorder.signal.reference import PersonalReference
from firingorder.signal.working_side import WorkingSide

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding, SetFinding
    from firingorder.measures import Metric, MetricGate
    from firingorder.samples import EmgLayout, FloatArray
    from firingorder.signal.history import AnalysisClock, History
    from firingorder.signal.orientation import Quaternion
    from firingorder.signal.pose_trace import PoseExcerpt
    from firingorder.signal.repetitions import RepetitionEnd
    from firingorder.signal.segmentation import Segmentation
    from firingorder.signal.task import TaskSpec

    #: A repetition that waits, how the pelvis moved, and how late its cue was heard.
    _Waiting = tuple[RepetitionEnd, PoseExcerpt | None, tuple[float, float] | None]

#: Repetitions that wait for their judgement; it comes within seconds of their end.
_MOST_WAITING = 16
#: Gates of an onset that make a channel's level worthless too.
_LEVEL_GATES: dict[str, MetricGate] = {"poor_contact": "poor_contact", "crosstalk": "crosstalk"}


@dataclass(frozen=True, slots=True)
class MeasuringParams:
    """Stretch of signal that a repetition is measured in, and the limits of its measures."""

    rest_before_s: float = 3.0
    """Rest for the noise of each channel; the judgement of onsets looks back as far."""
    nominal_mount_error_deg: float = 10.0
    """How far a sensor may sit from its nominal place where its mounting was not calibrated (95 %):
    a lift of 25 degrees through it looks like a turn of 4. As start_position.py has it; a
    proposal."""
    after_end_s: float = 0.5
    """As the judgement of onsets waits for."""
    metrics: MetricsParams = field(default_factory=MetricsParams)
    faults: FaultParams = field(default_factory=FaultParams)


class Measuring:
    """Adds metrics and faults to repetitions and sets. ``reference`` may change between them."""

    def __init__(
        self,
        params: MeasuringParams,
        task: TaskSpec,
        layout: EmgLayout,
        history: History,
        clock: AnalysisClock,
        rate_hz: float,
        segmentation: Segmentation,
        reference: PersonalReference | None = None,
    ) -> None:
        self.reference = reference or PersonalReference()
        self.cue_latency_s: tuple[float, float] | None = None
        """Of the newest cue to start, as in :class:`firingorder.signal.repetitions.Cue`."""
        self._params = params
        self._task = task
        self._layout = layout
        self._history = history
        self._clock = clock
        self._rate_hz = rate_hz
        self._segmentation = segmentation
        self._waiting: deque[_Waiting] = deque(maxlen=_MOST_WAITING)
        self._takeover = TakeoverWatch()
        self._side = WorkingSide(task)
        self._last_end_s = float("-inf")
        self._rest_power: dict[str, tuple[float, float, float]] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to ask about the side that works."""
        return self._side.warnings

    def new_set(self) -> None:
        """Compare within a set only."""
        self._takeover.new_set()
        self._rest_power.clear()

    def ended(self, end: RepetitionEnd) -> None:
        """Keep how the pelvis moved until the repetition is judged.

        A restart of the orientation filter may make the poses unknown before that.
        """
        trace = self._segmentation.trace
        poses = None if trace is None else trace.excerpt(end.start_s - 0.5, end.end_s)
        self._waiting.append((end, poses, self.cue_latency_s))

    def measured(self, found: RepetitionFinding) -> RepetitionFinding:
        """Return a judged repetition with its phases, metrics and faults."""
        while self._waiting and self._waiting[0][0].index < found.index:
            self._waiting.popleft()
        if not self._waiting or self._waiting[0][0].index != found.index:
            return found
        end, poses, latency_s = self._waiting.popleft()
        if end.phases is None:
            return found
        data = self._data(found, end, poses, latency_s)
        self._last_end_s = end.end_s
        metrics = repetition_metrics(data, self._params.metrics)
        faults, unseen = repetition_faults(
            self._fault_data(found, data, poses, metrics=metrics), self._params.faults
        )
        if found.scored:
            self._side.step(metrics)
        if found.scored and "takeover" in self._task.faults:
            faults += self._takeover.step(metrics, end.end_s)
        return replace(
            found,
            phases=end.phases,
            metrics=metrics,
            faults=faults,
            compensations=tuple(dict.fromkeys(one.code for one in faults if not one.note)),
            not_measured=unseen,
        )

    def set_measured(self, summary: SetFinding, repetitions: list[RepetitionFinding]) -> SetFinding:
        """Return a summarised set with its metrics and the faults only a set can show."""
        metrics = set_metrics(repetitions, summary, self.reference)
        codes = set_faults(self._task, repetitions, metrics, self._params.faults)
        return replace(summary, metrics=metrics, compensations=codes)

    def _data(
        self,
        found: RepetitionFinding,
        end: RepetitionEnd,
        poses: PoseExcerpt | None,
        latency_s: tuple[float, float] | None,
    ) -> RepetitionData:
        p, phases = self._params, end.phases
        assert phases is not None
        # What still belongs to the repetition before is no rest.
        rest_s = max(found.start_s - p.rest_before_s, min(self._last_end_s, found.start_s))
        first = self._clock.index(rest_s)
        stop = self._clock.index(end.end_s + p.after_end_s) + 1
        excerpt = self._history.excerpt(first, stop)
        known = excerpt.valid & ~excerpt.lead_off
        times_s = self._times_s(excerpt.index0, len(excerpt.emg_uv))
        offsets = {
            one.channel: OnsetEstimate(one.offset_s, one.offset_low_s, one.offset_high_s)
            for one in found.bursts
            if one.offset_s is not None
            and one.offset_low_s is not None
            and one.offset_high_s is not None
        }
        angles, error = self._angles(end, poses)
        return RepetitionData(
            times_s=times_s,
            emg_uv=np.where(known, excerpt.emg_uv, np.nan),
            channels=self._layout.channels,
            rate_hz=self._rate_hz,
            phases=phases,
            task=self._task,
            onsets=found.onsets,
            offsets=dict(offsets),
            pairs=found.pairs,
            p_glutes_first=found.p_glutes_first,
            angle_times_s=np.empty(0) if angles is None or poses is None else poses.t_s,
            angles_deg=np.empty((0, 3)) if angles is None else angles,
            angle_error_deg=error,
            reference=self.reference,
            gates=_gates(found),
            cue_latency_s=latency_s,
            rest_power=dict(self._rest_power),
        )

    def _remember_rest(self, levels: Levels, channels: tuple[str, ...]) -> None:
        for name in channels:
            power = levels.rest(name)
            if power is not None:
                self._rest_power[name] = power

    def _times_s(self, index0: int, n: int) -> FloatArray:
        """Return the times of the excerpt, by the clock as it runs in its middle."""
        middle = index0 + n // 2
        return self._clock.time_s(middle) + (np.arange(n) - n // 2) / self._rate_hz

    def _angles(
        self, end: RepetitionEnd, poses: PoseExcerpt | None
    ) -> tuple[FloatArray | None, tuple[float, float, float] | None]:
        """Return the angles from the start pose, ``(m, 3)``, and their 95 % errors at the worst."""
        if poses is None or end.start_pose is None or len(poses.t_s) < 2:
            return None, None
        rates: FloatArray = np.sqrt(np.sum(poses.rate_deg_s**2, axis=1))
        elapsed_s = float(poses.t_s[-1] - poses.t_s[0])
        furthest = int(np.argmax(np.abs(poses.angles_deg(end.start_pose)[:, 0])))
        bias_sd = float(poses.bias_sd_deg_s[-1])
        worst = angle_error(
            end.start_pose,
            _quaternion(poses.quat_wxyz[furthest]),
            elapsed_s=elapsed_s,
            turned_deg=float(np.mean(rates)) * elapsed_s,
            # As it was then: what is learnt until the repetition is judged depends on when that is.
            bias_sd_deg_s=None if math.isnan(bias_sd) else bias_sd,
            mount_error_deg=self.reference.mount_axis_error_deg
            or self.reference.mount_error_deg
            or self._params.nominal_mount_error_deg,
        )
        return poses.angles_deg(end.start_pose), (
            worst.tilt_deg,
            worst.obliquity_deg,
            worst.rotation_deg,
        )

    def _fault_data(
        self,
        found: RepetitionFinding,
        data: RepetitionData,
        poses: PoseExcerpt | None,
        *,
        metrics: tuple[Metric, ...],
    ) -> FaultData:
        levels = Levels(data, self._params.metrics)
        self._remember_rest(levels, data.channels)

        def level_uv(channel: str, first_s: float, last_s: float) -> float | None:
            amount = levels.uv(channel, (first_s, last_s))
            if amount.gate == "at_noise_floor":
                return 0.0
            return amount.value if amount.gate is None else None

        with_pose = poses is not None and len(data.angle_times_s) > 0
        rates = np.linalg.norm(poses.rate_deg_s, axis=1) if poses is not None else None
        return FaultData(
            task=self._task,
            phases=data.phases,
            channels=data.channels,
            level_uv=level_uv,
            t_s=data.angle_times_s if with_pose else None,
            angles_deg=data.angles_deg if with_pose else None,
            rate_deg_s=rates if with_pose else None,
            angle_error_deg=data.angle_error_deg or (0.0, 0.0, 0.0),
            rest_rate_deg_s=self.reference.still_deg_s,
            reference=self.reference,
            lead_ms=found.lead_ms,
            metrics=metrics,
            missed="missed" in found.reasons,
        )


def _gates(found: RepetitionFinding) -> dict[str, MetricGate]:
    """Return which channels are of no use for levels in this repetition, by the pairs' reasons."""
    gates: dict[str, MetricGate] = {}
    for pair in found.pairs:
        gate = _LEVEL_GATES.get(pair.reason or "")
        if gate is not None:
            for name in (pair.a, pair.b):
                if found.onsets.get(name) is None:
                    gates[name] = gate
    return gates


def _quaternion(row: FloatArray) -> Quaternion:
    w, x, y, z = row.tolist()
    return (w, x, y, z)

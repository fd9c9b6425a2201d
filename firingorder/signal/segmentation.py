"""Where repetitions come from: the pelvis, the muscles or cues, as the task's template asks.

Owns everything of the pelvis sensor between its samples and the repetitions. When the sensor is
lost, templates that can do without it go on with EMG alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.cued_hold import CuedHold
from firingorder.signal.emg_alone import EmgAlone
from firingorder.signal.history import TimeAxis
from firingorder.signal.orientation import Orientation
from firingorder.signal.pose_segmenter import EMG_CAN_REPLACE, POSE_TEMPLATES, make_pose_segmenter
from firingorder.signal.pose_trace import PoseTrace
from firingorder.signal.repetitions import RepetitionCounter, RepetitionEnd
from firingorder.signal.sensor_story import SensorStory
from firingorder.signal.still_limb import StillLimb

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import BoolArray, EmgLayout, FloatArray, ImuChunk, ImuLayout
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.observer import Observer
    from firingorder.signal.reference import PersonalReference
    from firingorder.signal.repetitions import Angles, Cue, RepetitionEvent, Segmenter
    from firingorder.signal.sensor_state import SensorState
    from firingorder.signal.settings import Settings
    from firingorder.signal.task import TaskSpec

#: A lift turns the pelvis by 15 to 35 degrees in 1 to 3 s: well above this on its way.
TURNING_RAD_S = float(np.radians(5.0))
#: Templates that find nothing without a pelvis sensor.
NEEDS_POSE = tuple(one for one in POSE_TEMPLATES if one not in EMG_CAN_REPLACE)
#: Without an IMU sample for this long, while EMG comes, repetitions are found in the EMG alone.
POSE_LOST_S = 3.0


class Segmentation:
    """The repetitions of one session, from the samples of both streams."""

    def __init__(
        self,
        settings: Settings,
        task: TaskSpec,
        emg: EmgLayout,
        imu: ImuLayout | None,
        block_s: float,
        show_pose: Callable[[int, float, Angles], None] | None = None,
        reference: PersonalReference | None = None,
    ) -> None:
        self._make = _Maker(settings, emg, block_s, None if imu is None else imu.rate_hz)
        self._stories: list[SensorStory] = []
        self.begin_task(task, reference)
        self._imu_rate_hz = 0.0 if imu is None else imu.rate_hz
        self._turning_samples = 0
        self._blocks_without_pose = 0
        self._most_without_pose = round(POSE_LOST_S / block_s)
        self._show_pose = show_pose
        self._doubtful_s = float("-inf")
        self.observer: Observer | None = None
        self.trace: PoseTrace | None = None
        self._orientation: Orientation | None = None
        if imu is not None:
            self._orientation = Orientation(
                settings.orientation, imu.rate_hz, imu.mount_wxyz, reference
            )
            self._imu_axis = TimeAxis(imu.rate_hz)
            self.trace = PoseTrace(imu.rate_hz)

    @property
    def needs_pose(self) -> bool:
        """Whether nothing can be found, because the task needs the sensor that is not there."""
        return self._by_pose is None and self._by_emg is None

    @property
    def turning_s(self) -> float:
        """Seconds in which the pelvis turned as fast as in a repetition."""
        return self._turning_samples / self._imu_rate_hz if self._imu_rate_hz else 0.0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sensor did to the repetitions, in words for people."""
        said = [one for story in self._stories for one in story.sentences()]
        return tuple(dict.fromkeys(said))

    @property
    def _bias_sd_deg_s(self) -> float | None:
        """Uncertainty of the gyroscope's bias, None before any rest."""
        if self._orientation is None or self._orientation.bias_deg_s is None:
            return None
        return self._orientation.bias_sd_deg_s

    def sensor_state(self) -> SensorState | None:
        """Return what is known of the pelvis sensor itself, None where there is none."""
        return None if self._orientation is None else self._orientation.state()

    def turned(self, vectors: FloatArray) -> FloatArray:
        """Return vectors in sensor axes, ``(n, 3)``, in those of the pelvis."""
        assert self._orientation is not None
        return self._orientation.turned(vectors)

    def calibrate(self, reference: PersonalReference) -> list[RepetitionEvent]:
        """Take mounting and bias from a calibration; what is under way ends."""
        if self._orientation is None:
            return []
        events = self.abort("calibrated")
        self._orientation.calibrate(reference)
        return events

    def begin_task(self, task: TaskSpec, reference: PersonalReference | None) -> None:
        """Look for another task from now on; how the pelvis lies is known from before.

        Nothing may be under way: :meth:`abort` ends it.
        """
        self._by_pose, self._by_emg = self._make.segmenters(task, reference)
        self._stories.append(SensorStory(task))

    def new_set(self) -> None:
        """Start poses are compared within a set only."""
        for one in self._both:
            one.new_set()

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End the repetition under way as it is."""
        active = self._active
        return [] if active is None else self._all_trusted(active.abort(reason))

    def cue(self, cue: Cue) -> list[RepetitionEvent]:
        """Take what the person was told."""
        active = self._active
        return [] if active is None else self._all_trusted(active.cue(cue))

    def block(
        self, t0_s: float, block: ConditionedBlock, lead_off: BoolArray, *, paused: bool
    ) -> list[RepetitionEvent]:
        """Return what a block of EMG made known; ``lead_off`` is ``(n_channels,)``."""
        events = self._watch_pose(block, paused=paused)
        active = self._active
        if active is not None and not paused:
            events += active.block(t0_s, block, ~lead_off)
        return self._all_trusted(events)

    def imu(self, chunk: ImuChunk, *, paused: bool) -> list[RepetitionEvent]:
        """Return what a chunk of the pelvis sensor made known."""
        if self._orientation is None or self.trace is None or len(chunk.acc_m_s2) == 0:
            return []
        self._imu_axis.observe(chunk.index0, chunk.t0_s)
        # A repetition that EMG alone has begun is not handed over in its middle.
        by_emg = self._pose_lost and self._by_pose is not None and self._by_emg_busy
        if not by_emg:
            self._blocks_without_pose = 0
        events: list[RepetitionEvent] = []
        self._orientation.watch(chunk.index0, chunk.t0_s, chunk.acc_m_s2, chunk.gyr_rad_s)
        self._stories[-1].look(self._orientation.state())
        acc, gyr = (self._orientation.turned(one) for one in (chunk.acc_m_s2, chunk.gyr_rad_s))
        turning = np.linalg.norm(chunk.gyr_rad_s, axis=1) > TURNING_RAD_S
        # One sample that is no number would spoil the filter for good: it counts as missing.
        finite = np.isfinite(chunk.acc_m_s2).all(axis=1) & np.isfinite(chunk.gyr_rad_s).all(axis=1)
        self._turning_samples += int(np.count_nonzero(turning & finite))
        for k in np.flatnonzero(finite).tolist():
            index = chunk.index0 + k
            t_s = self._imu_axis.time_s(index)
            pose = self._orientation.step_turned(index, acc[k], gyr[k])
            if pose.restarted and not (pose.rested and self._by_pose_busy):
                self.trace.clear()
            if self.observer is not None:
                self.observer.feed_imu(t_s, chunk.acc_m_s2[k], chunk.gyr_rad_s[k], pose)
            if pose.doubtful:
                self._doubtful_s = t_s
            self.trace.append(t_s, pose, self._bias_sd_deg_s)
            active = self._by_pose or self._by_emg
            if paused or by_emg or active is None:
                continue
            found, angles = active.pose(t_s, pose)
            if self._show_pose is not None:
                self._show_pose(index, t_s, angles)
            events += self._all_trusted(found)
        return events

    def _all_trusted(self, events: list[RepetitionEvent]) -> list[RepetitionEvent]:
        return [self._trusted(one) for one in events] if events else events

    def _trusted(self, event: RepetitionEvent) -> RepetitionEvent:
        """Take the angles out of a repetition in which the sensor could not be believed."""
        if isinstance(event, RepetitionEnd):
            return self._stories[-1].ended(event, doubtful=event.start_s <= self._doubtful_s)
        return event

    @property
    def _pose_lost(self) -> bool:
        return self._blocks_without_pose > self._most_without_pose

    @property
    def _by_emg_busy(self) -> bool:
        return self._by_emg is not None and self._by_emg.busy

    @property
    def _by_pose_busy(self) -> bool:
        return self._by_pose is not None and self._by_pose.busy

    @property
    def _both(self) -> list[Segmenter]:
        return [one for one in (self._by_pose, self._by_emg) if one is not None]

    @property
    def _active(self) -> Segmenter | None:
        """Return what finds repetitions now; None where nothing can without the sensor."""
        return self._by_emg if self._by_pose is None or self._pose_lost else self._by_pose

    def _watch_pose(self, block: ConditionedBlock, *, paused: bool) -> list[RepetitionEvent]:
        """Count EMG without IMU; when the IMU is lost, EMG alone finds the repetitions."""
        if self._by_pose is None or block.missing.all():
            return []
        self._blocks_without_pose += 1
        if self._blocks_without_pose != self._most_without_pose + 1:
            return []
        if self._by_emg is not None:
            self._by_emg.abort("imu_gap")
        return [] if paused else self._by_pose.abort("imu_gap")


class _Maker:
    """Makes the segmenters of a task: one that follows the pose, one that follows the EMG."""

    def __init__(
        self, settings: Settings, emg: EmgLayout, block_s: float, imu_rate_hz: float | None
    ) -> None:
        self._settings, self._emg = settings, emg
        self._block_s, self._imu_rate_hz = block_s, imu_rate_hz
        self._counter = RepetitionCounter()

    def segmenters(
        self, task: TaskSpec, reference: PersonalReference | None
    ) -> tuple[Segmenter | None, Segmenter | None]:
        """Return what follows the pose, and what follows the EMG; None where nothing can."""
        still_deg_s = None if reference is None else reference.still_deg_s
        by_pose = None
        if self._imu_rate_hz is not None:
            params = self._settings.by_pose()
            by_pose = make_pose_segmenter(task, self._imu_rate_hz, params, self._counter)
        return by_pose, self._by_emg(task, still_deg_s)

    def _by_emg(self, task: TaskSpec, still_deg_s: float | None) -> Segmenter | None:
        """Return what follows the EMG; None where the task's template cannot do without a pose.

        Templates of the pelvis fall back on EMG alone, and do not wait for the sensor then.
        """
        if task.template in NEEDS_POSE:
            return None
        if task.template == "CUED_HOLD":
            return CuedHold(
                self._settings.cued_hold,
                task,
                self._emg.channels,
                self._block_s,
                self._imu_rate_hz,
                self._counter,
                calibrated=self._emg.calibrated,
                still_deg_s=still_deg_s,
            )
        if task.template != "STILL_LIMB":
            params = self._settings.emg_repetitions
            return EmgAlone(params, task, self._emg, self._block_s, self._counter)
        return StillLimb(
            self._settings.still_limb,
            task,
            self._emg.channels,
            self._block_s,
            self._imu_rate_hz,
            self._counter,
            calibrated=self._emg.calibrated,
            still_deg_s=still_deg_s,
        )

"""Repetitions of exercises in which the pelvis keeps still and a leg or arm moves.

The template STILL_LIMB (clam, leg raises, bird dog): no sensor sees the limb, so the prime muscles
give the repetitions. The pelvis sensor, where there is one, gives the start pose, how far the
pelvis gave way, and when it began to: that is no start of the movement, hence its trust is "low".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from firingorder.signal.emg_repetitions import (
    EmgDetailParams,
    EmgRepetitionParams,
    EmgRepetitions,
)
from firingorder.signal.repetitions import RepetitionEnd
from firingorder.signal.still_pelvis import NO_ANGLES, StillPelvis, StillPelvisParams

if TYPE_CHECKING:
    from firingorder.samples import BoolArray
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.orientation import Pose
    from firingorder.signal.repetitions import Angles, Cue, RepetitionCounter, RepetitionEvent
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class StillLimbParams:
    """Limits of STILL_LIMB."""

    emg: EmgRepetitionParams = field(default_factory=EmgRepetitionParams)
    detail: EmgDetailParams = field(default_factory=EmgDetailParams)
    pelvis: StillPelvisParams = field(default_factory=StillPelvisParams)
    pose_lost_s: float = 3.0
    """An end waits this long for the pelvis sensor, then does without it."""


class PelvisOfRepetitions:
    """Gives repetitions found in EMG what the pelvis sensor knows of them.

    An end, and what follows it, waits until the pelvis has been seen up to it: so the streams may
    come in any turn. ``moves``: whether an onset of movement is looked for.
    """

    def __init__(self, pelvis: StillPelvis | None, *, lost_s: float, moves: bool) -> None:
        self._pelvis = pelvis
        self._lost_s = lost_s
        self._moves = moves
        self._waiting: deque[RepetitionEvent] = deque()

    @property
    def waits(self) -> bool:
        """Whether something is not told yet."""
        return bool(self._waiting)

    def pose(self, t_s: float, pose: Pose, *, busy: bool) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample; return what had waited for it."""
        if self._pelvis is None:
            return [], NO_ANGLES
        before = self.tell([], None) if pose.restarted else []
        angles = self._pelvis.take(t_s, pose, busy=busy)
        return [*before, *self._release(None)], angles

    def tell(self, events: list[RepetitionEvent], now_s: float | None) -> list[RepetitionEvent]:
        """Return the events that need not wait; ``now_s`` None: none must."""
        if self._pelvis is None:
            return events
        self._waiting.extend(events)
        return self._release(float("inf") if now_s is None else now_s)

    def new_set(self) -> None:
        """Start poses are compared within a set only."""
        if self._pelvis is not None:
            self._pelvis.new_set()

    def forget(self) -> None:
        """Ask for a new start pose."""
        if self._pelvis is not None:
            self._pelvis.forget()

    def _release(self, now_s: float | None) -> list[RepetitionEvent]:
        assert self._pelvis is not None
        told: list[RepetitionEvent] = []
        while self._waiting:
            event = self._waiting[0]
            if isinstance(event, RepetitionEnd):
                seen = self._pelvis.seen_s >= event.decided_at_s
                late = now_s is not None and now_s - event.decided_at_s > self._lost_s
                if not (seen or late):
                    break
                event = self._with_pelvis(event, self._pelvis)
            self._waiting.popleft()
            told.append(event)
        return told

    def _with_pelvis(self, end: RepetitionEnd, pelvis: StillPelvis) -> RepetitionEnd:
        start = pelvis.start_pose(end.start_s)
        moved_s = pelvis.gave_way_s(end.reference_s, end.decided_at_s) if self._moves else None
        pelvis.leave_out(end.start_s, end.end_s)
        reasons = end.reasons
        span = None if start is None else pelvis.spans(start, end.start_s, end.end_s)
        if span is not None and pelvis.turned_over(span):
            reasons = (*reasons, "posture_changed")
        # What is no whole repetition has no start pose that belongs to the set's.
        if start is not None and not reasons and pelvis.strays(start):
            reasons = ("start_pose",)
        phases = end.phases
        if phases is not None:
            phases = replace(phases, movement_onset_s=moved_s)
        return replace(
            end,
            movement_onset_s=moved_s,
            pelvis=span,
            reasons=reasons,
            phases=phases,
            start_pose=start,
        )


class StillLimb:
    """Finds the repetitions of a task in which the pelvis keeps still, causally.

    Fulfils :class:`firingorder.signal.repetitions.Segmenter`. ``channels`` are all of the montage;
    without a prime muscle among them there are no repetitions. ``still_deg_s`` is the SD of the
    rate at rest of a calibration.
    """

    def __init__(
        self,
        params: StillLimbParams,
        task: TaskSpec,
        channels: tuple[str, ...],
        block_s: float,
        imu_rate_hz: float | None,
        counter: RepetitionCounter | None = None,
        *,
        calibrated: bool = True,
        still_deg_s: float | None = None,
    ) -> None:
        self._primes = [channels.index(name) for name in task.prime_channels(channels)]
        self._block_s = block_s
        self._emg = EmgRepetitions(
            params.emg,
            len(self._primes),
            block_s,
            counter,
            calibrated=calibrated,
            detail=params.detail,
        )
        pelvis = None
        if imu_rate_hz is not None:
            pelvis = StillPelvis(params.pelvis, imu_rate_hz, still_deg_s)
        self._pelvis = PelvisOfRepetitions(pelvis, lost_s=params.pose_lost_s, moves=True)

    @property
    def busy(self) -> bool:
        """Whether a repetition is under way, or over and not told yet."""
        return self._emg.busy or self._pelvis.waits

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample of the pelvis sensor; the first angle is the largest of the three."""
        return self._pelvis.pose(t_s, pose, busy=self._emg.busy)

    def block(
        self, t0_s: float, block: ConditionedBlock, attached: BoolArray
    ) -> list[RepetitionEvent]:
        """Take one block of all channels; ``attached`` is ``(n_channels,)``."""
        if not self._primes:
            return []
        events = self._emg.step_block(t0_s, block, self._primes, attached[self._primes])
        return self._pelvis.tell(events, t0_s + self._block_s)

    def cue(self, cue: Cue) -> list[RepetitionEvent]:
        """Take a cue: these repetitions are the person's own."""
        del cue
        return []

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End what is under way as it is, and forget rest and start pose."""
        events = self._pelvis.tell(self._emg.abort(reason), None)
        self._pelvis.forget()
        return events

    def new_set(self) -> None:
        """Begin a new set: start poses are compared within a set only."""
        self._pelvis.new_set()

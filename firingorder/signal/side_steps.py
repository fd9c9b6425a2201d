"""Repetitions that are steps aside: the template STEP for side steps with a band.

A repetition is one step of both feet: the leading one goes out, the trailing one follows. The
pelvis is carried twice in the same direction, with a moment in between; vertical shocks of careful
steps are too small to go by. The far window is the stance on the leading leg while the other one
follows. Steps in either direction count; ``side_of`` tells the leading side.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PelvisRange, PhaseFinding
from firingorder.measures import PhaseTimes
from firingorder.signal.driven import UNKNOWN_ANGLES
from firingorder.signal.lasting import Lasting
from firingorder.signal.level_motion import LevelMotion, LevelMotionParams, turned
from firingorder.signal.orientation import pelvis_angles_deg, vertical
from firingorder.signal.phase_fit import PhaseFitParams, arrival, departure
from firingorder.signal.repetitions import RepetitionCounter, RepetitionEnd, RepetitionStart
from firingorder.signal.start_position import off_position_deg
from firingorder.signal.watching import Watching

if TYPE_CHECKING:
    from firingorder.findings import Side
    from firingorder.signal.orientation import Pose, Quaternion
    from firingorder.signal.repetitions import Angles, RepetitionEvent
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class SideStepParams:
    """Limits of a step aside; proposals."""

    motion: LevelMotionParams = field(
        default_factory=lambda: LevelMotionParams(still_m_s2=0.2, still_s=0.12, leak_after_s=3.0)
    )
    """Careful steps leave but a tenth of a second of standstill between them."""
    still_deg_s: float = 4.0
    start_m_s: float = 0.12
    over_m_s: float = 0.05
    start_s: float = 0.06
    least_m: float = 0.06
    """Carried less than this: swaying to the standing leg before the step."""
    follow_s: float = 1.5
    """The other foot follows within this."""
    position_deg: float = 60.0
    phase_fit: PhaseFitParams = field(default_factory=PhaseFitParams)


@dataclass(slots=True)
class _Push:
    """The pelvis is carried to one side: +1 left, -1 right."""

    sign: float
    passed_s: float
    pose: Quaternion
    way_m: float = 0.0
    over_s: float = 0.0


class SideSteps(Watching):
    """Finds steps aside, causally."""

    def __init__(
        self,
        params: SideStepParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        self._params = params
        self._position = task.position
        self._counter = counter or RepetitionCounter()
        self._dt = 1.0 / rate_hz
        self._motion = LevelMotion(params.motion, rate_hz)
        self._left, self._right = Lasting(self._dt), Lasting(self._dt)
        self._trace: deque[tuple[float, float]] = deque(maxlen=round(8.0 * rate_hz))
        self._sides: deque[tuple[int, Side]] = deque(maxlen=64)
        self._forget()

    def _forget(self) -> None:
        self._motion.forget()
        self._left.reset()
        self._right.reset()
        self._trace.clear()
        self._push: _Push | None = None
        self._lead: _Push | None = None
        self._started = False
        self._lowest, self._highest = [0.0] * 3, [0.0] * 3
        self._last_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether a step is under way."""
        return self._started

    def side_of(self, index: int) -> Side | None:
        """Return the leading side of a repetition, None when it is long ago."""
        return next((side for known, side in self._sides if known == index), None)

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End the step under way as it is."""
        events: list[RepetitionEvent] = []
        if self._started:
            events = self._end(self._last_s, None, (reason,))
        self._forget()
        return events

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample; angles are relative to the pose at the beginning of the step."""
        events = self.abort("imu_gap") if pose.restarted else []
        p = self._params
        self._motion.step(t_s, pose, still=pose.rate_norm_deg_s < p.still_deg_s)
        lx, ly, _ = turned(pose.quat_wxyz, (0.0, 1.0, 0.0))
        velocity = self._motion.velocity_m_s[0] * lx + self._motion.velocity_m_s[1] * ly
        self._trace.append((t_s, velocity))
        self._left.update(t_s, holds=velocity > p.start_m_s)
        self._right.update(t_s, holds=velocity < -p.start_m_s)
        self._last_s = t_s
        if self._push is None:
            self._push = self._pushed(t_s, pose)
        if self._push is not None:
            events += self._carried(self._push, t_s, velocity)
        if self._lead is not None and self._push is None:
            waited_s = t_s - self._lead.over_s
            if waited_s > p.follow_s:
                events += self._end(self._lead.over_s, None, ("half_range",))
        return events, self._track(pose)

    def _pushed(self, t_s: float, pose: Pose) -> _Push | None:
        for sign, lasting in ((1.0, self._left), (-1.0, self._right)):
            if lasting.since is not None and lasting.lasts(t_s, self._params.start_s):
                return _Push(sign, lasting.since, pose.quat_wxyz)
        return None

    def _carried(self, push: _Push, t_s: float, velocity: float) -> list[RepetitionEvent]:
        p = self._params
        push.way_m += push.sign * velocity * self._dt
        events: list[RepetitionEvent] = []
        far = push.way_m >= p.least_m
        if far and self._lead is not None and self._lead.sign != push.sign:
            # Back again: that was a sway, or a step that was given up.
            events += self._end(self._lead.over_s, None, ("half_range",))
        if far and self._lead is None and not self._started:
            events += self._open(push, t_s)
        if push.sign * velocity > p.over_m_s:
            return events
        self._push = None
        push.over_s = t_s
        if not far:
            return events
        if self._lead is None:
            self._lead = push
            return [*events, PhaseFinding("hold", t_s, self._counter.count)]
        return [*events, *self._end(t_s, push, ())]

    def _open(self, push: _Push, t_s: float) -> list[RepetitionEvent]:
        self._started = True
        self._lowest, self._highest = [0.0] * 3, [0.0] * 3
        index = self._counter.next()
        self._sides.append((index, "left" if push.sign > 0.0 else "right"))
        start_s = self._departure(push)[0]
        return [
            PhaseFinding("lift", start_s, index),
            RepetitionStart(index, start_s, start_s, t_s),
        ]

    def _departure(self, push: _Push) -> tuple[float, float]:
        rows = np.array(self._trace)
        edge = departure(
            rows[:, 0], push.sign * rows[:, 1], push.passed_s, 0.02, self._params.phase_fit
        )
        return edge.at_s, edge.error_s

    def _track(self, pose: Pose) -> Angles:
        first = self._lead or self._push
        if first is None:
            return UNKNOWN_ANGLES
        angles = pelvis_angles_deg(first.pose, pose.quat_wxyz)
        for k, angle in enumerate(angles):
            self._lowest[k] = min(self._lowest[k], angle)
            self._highest[k] = max(self._highest[k], angle)
        return (angles[1], *angles)

    def _end(
        self, end_s: float, trail: _Push | None, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        lead = self._lead or self._push
        self._lead, self._started = None, False
        if lead is None:
            return []
        rows = np.array(self._trace)
        start_s, error_s = self._departure(lead)
        trail_s = end_s
        if trail is not None:
            trail_s = self._departure(trail)[0]
            fit = self._params.phase_fit
            end_s = arrival(rows[:, 0], trail.sign * rows[:, 1], end_s, 0.02, fit).at_s
        trail_s, end_s = max(start_s, min(trail_s, end_s)), max(start_s, end_s)
        off_deg = off_position_deg(self._position, vertical(lead.pose))
        found = reasons or (("other_position",) if off_deg > self._params.position_deg else ())
        spans = [high - low for low, high in zip(self._lowest, self._highest, strict=True)]
        return [
            PhaseFinding("rest", end_s, self._counter.count),
            RepetitionEnd(
                index=self._counter.count,
                reference_s=start_s,
                start_s=start_s,
                movement_onset_s=start_s,
                top_s=trail_s,
                end_s=end_s,
                reasons=found,
                pelvis=PelvisRange(spans[0], spans[1], spans[2]),
                decided_at_s=self._last_s,
                phases=PhaseTimes(
                    away_s=start_s,
                    movement_onset_s=start_s,
                    far_from_s=trail_s,
                    far_to_s=end_s,
                    back_s=end_s,
                    end_s=end_s,
                    trust="ok",
                    error_s=error_s,
                ),
                start_pose=lead.pose,
            ),
        ]

"""Repetitions as lifts of the pelvis, found live and causally.

The template PITCH_LIFT (exercise_bridge.md section 2): the pelvis rests, lifts, may hold, lowers
and rests again. Works sample by sample on the pose; knows nothing of EMG.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PelvisRange, PhaseFinding
from firingorder.signal.lasting import Lasting
from firingorder.signal.movement import MoveStartParams, movement_start_s
from firingorder.signal.orientation import (
    Pose,
    pelvis_angles_deg,
)
from firingorder.signal.repetitions import (
    RepetitionCounter,
    RepetitionEnd,
    RepetitionEvent,
    RepetitionStart,
)
from firingorder.signal.start_pose import StartPose, StartPoseParams

if TYPE_CHECKING:
    from firingorder.findings import Phase
    from firingorder.signal.task import TaskSpec

AXES = ("tilt", "obliquity", "rotation")
#: Pelvis axis (x, y, z) about which each angle turns.
_RATE_AXIS = {"tilt": 1, "obliquity": 0, "rotation": 2}


#: Angles of the display before there is a start pose.
UNKNOWN_ANGLES = (float("nan"), float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class LiftParams:
    """Limits of PITCH_LIFT (exercise_bridge.md section 2, unless said otherwise)."""

    still_deg_s: float = 2.0
    start_deg_s: float = 5.0
    start_sd: float = 3.0
    """Start threshold in SD of the rate at rest; the larger of both counts."""
    start_s: float = 0.050
    rest_sd_time_s: float = 0.5
    """Time constant of the rate's SD at rest: the shortest rest there is."""
    first_rise_deg: float = 4.0
    """A repetition is under way from here: above sway and breathing (0.3 deg)."""
    first_rise_share: float = 0.2
    """The same as a share of the person's own range."""
    fit_share: float = 0.3
    """The start is fitted to this first share of the movement."""
    top_deg_s: float = 5.0
    top_s: float = 0.150
    top_share: float = 0.6
    """A lift is complete beyond this share of the person's median range."""
    least_range_deg: float = 8.0
    """The same before a range is known: half of the smallest usual bridge (15 deg)."""
    end_share: float = 0.15
    end_still_s: float = 0.200
    turn_share: float = 0.3
    """A new lift from below this share of the range ends the repetition before, without rest."""
    shifted_share: float = 0.4
    shifted_still_s: float = 0.6
    """Still this long below this share of the range: came down to another pose."""
    least_s: float = 0.8
    longest_s: float = 60.0
    """No repetition of a lifting task takes longer; a hold this long is a new posture."""
    twist_deg: float = 5.0
    """Rotation of the pelvis in a two-leg task beyond what a pelvis sensor mistakes (2.7 to
    4.5 degrees; exercise_bridge.md section 3)."""
    twist_s: float = 0.2
    own_range_repetitions: int = 10
    start_pose: StartPoseParams = field(default_factory=StartPoseParams)
    move_start: MoveStartParams = field(default_factory=MoveStartParams)


#: Seconds of rate kept for fitting the start: the slowest first third with its hesitations.
_TRACE_S = 8.0


@dataclass(slots=True)
class _Lift:
    """The movement under way."""

    passed_s: float
    peak_deg: float = 0.0
    peak_at_s: float = 0.0
    top_s: float | None = None
    started: bool = False
    move_s: float | None = None
    lowest: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    highest: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    bottom_deg: float = 0.0
    bottom_at_s: float = 0.0
    twisted: bool = False


class PitchLift:
    """Finds the repetitions of a lifting task in the pose of the pelvis, causally.

    ``step`` takes one sample. A restart of the orientation filter ends the repetition under way
    and asks for a new start pose.
    """

    def __init__(
        self,
        params: LiftParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        self._params = params
        self._counter = counter or RepetitionCounter()
        self._two_sided = task.working_side == "both"
        self._axis = AXES.index(task.lift_axis)
        self._rate_axis = _RATE_AXIS[task.lift_axis]
        self._sign = float(task.lift_sign)
        self._dt = 1.0 / rate_hz
        self._trace: deque[tuple[float, float, float]] = deque(maxlen=round(_TRACE_S * rate_hz))
        self._start = StartPose(params.start_pose, rate_hz)
        self._ranges: deque[float] = deque(maxlen=params.own_range_repetitions)
        self._still, self._slow = Lasting(self._dt), Lasting(self._dt)
        self._rising, self._falling = Lasting(self._dt), Lasting(self._dt)
        self._turned = Lasting(self._dt)
        self._rest_variance = 0.0
        self._forget_pose()

    def _forget_pose(self) -> None:
        self._start.forget()
        self._phase: Phase = "rest"
        self._lift: _Lift | None = None
        self._still.reset()
        self._rising.reset()
        self._falling.reset()
        self._slow.reset()
        self._trace.clear()
        self._last_s = 0.0

    def new_set(self) -> None:
        """Start poses are compared within a set only."""
        self._start.new_set()

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End the repetition under way as it is, and ask for a new start pose."""
        events: list[RepetitionEvent] = []
        if self._lift is not None and self._lift.started:
            events += self._end(self._lift, self._last_s, self._last_s, (reason,))
        elif self._phase != "rest":
            events.append(PhaseFinding("rest", self._last_s, self._counter.count + 1))
        self._forget_pose()
        return events

    def step(
        self, t_s: float, pose: Pose
    ) -> tuple[list[RepetitionEvent], tuple[float, float, float, float]]:
        """Return what the sample made known, and (lift, tilt, obliquity, rotation) in degrees.

        The angles are relative to the start pose, NaN before there is one.
        """
        events = self.abort("imu_gap") if pose.restarted else []
        if pose.rested:
            # The next movement may follow at once: the rest just seen need not last anew.
            self._still.since = t_s - self._params.start_pose.still_s
        rate = self._sign * pose.rate_deg_s[self._rate_axis]
        self._times(t_s, rate, pose)
        if self._start.pose is None:
            self._start.renew(t_s, self._still)
            if self._start.pose is None:
                self._last_s = t_s
                return events, UNKNOWN_ANGLES
        angles = pelvis_angles_deg(self._start.pose, pose.quat_wxyz)
        progress = self._sign * angles[self._axis]
        self._trace.append((t_s, rate, progress))
        match self._phase:
            case "rest":
                events += self._rest(t_s, rate)
            case "lift":
                events += self._lifting(t_s, progress)
            case "hold":
                events += self._holding(t_s, progress)
            case "lower":
                events += self._lowering(t_s, progress)
        self._track(t_s, progress, angles)
        self._last_s = t_s
        return events, (progress, *angles)

    def _times(self, t_s: float, rate: float, pose: Pose) -> None:
        """Since when the pelvis is still, rising, falling, slow."""
        p = self._params
        still = pose.rate_norm_deg_s < p.still_deg_s
        limit = max(p.start_deg_s, p.start_sd * self._rest_variance**0.5)
        self._still.update(t_s, holds=still)
        self._rising.update(t_s, holds=rate > limit)
        self._falling.update(t_s, holds=rate < -limit)
        self._slow.update(t_s, holds=abs(rate) < p.top_deg_s)
        self._start.observe(pose.quat_wxyz, still=still)

    def _rest(self, t_s: float, rate: float) -> list[RepetitionEvent]:
        p = self._params
        if self._start.renew(t_s, self._still):
            share = self._dt / p.rest_sd_time_s
            self._rest_variance += share * (rate * rate - self._rest_variance)
        if self._rising.since is None or not self._rising.lasts(t_s, p.start_s):
            return []
        return [self._begin(self._rising.since)]

    def _begin(self, passed_s: float) -> PhaseFinding:
        self._turned.reset()
        self._lift = _Lift(passed_s)
        self._phase = "lift"
        return PhaseFinding("lift", passed_s, self._counter.count + 1)

    def _lifting(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        p, lift = self._params, self._lift
        assert lift is not None
        events: list[RepetitionEvent] = []
        if not lift.started and progress >= self._first_rise_deg():
            lift.started = True
            lift.move_s = self._fit(lift)
            events.append(RepetitionStart(self._counter.next(), lift.move_s, lift.move_s, t_s))
        if not lift.started:
            back = self._falling.lasts(t_s, p.start_s)
            if back or self._still.lasts(t_s, p.start_pose.still_s):
                self._lift, self._phase = None, "rest"
                events.append(PhaseFinding("rest", t_s, self._counter.count + 1))
            return events
        if self._falling.lasts(t_s, p.start_s):
            lift.top_s = lift.peak_at_s
            return [*events, *self._turn_down(lift, t_s)]
        slow = self._slow.lasts(t_s, p.top_s)
        if slow and self._slow.since is not None and progress >= self._complete_deg():
            lift.top_s = self._slow.since
            lift.move_s = self._fit(lift)
            self._phase = "hold"
            events.append(PhaseFinding("hold", self._slow.since, self._counter.count))
        return events

    def _holding(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        lift = self._lift
        assert lift is not None
        if t_s - lift.passed_s > self._params.longest_s:
            return self.abort("not_lowered")
        if self._rising.lasts(t_s, self._params.start_s):
            self._phase = "lift"
            return [PhaseFinding("lift", t_s, self._counter.count)]
        dropped = progress < (1.0 - self._params.end_share) * lift.peak_deg
        if dropped and self._falling.lasts(t_s, self._params.start_s):
            return self._turn_down(lift, t_s)
        return []

    def _turn_down(self, lift: _Lift, t_s: float) -> list[RepetitionEvent]:
        if lift.move_s is None or self._phase == "lift":
            lift.move_s = self._fit(lift)
        self._phase = "lower"
        lift.bottom_deg, lift.bottom_at_s = lift.peak_deg, t_s
        return [PhaseFinding("lower", self._falling.since or t_s, self._counter.count)]

    def _lowering(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        p, lift = self._params, self._lift
        assert lift is not None
        if progress < lift.bottom_deg:
            lift.bottom_deg, lift.bottom_at_s = progress, t_s
        if self._still.since is not None:
            down = progress <= p.end_share * lift.peak_deg
            near = progress <= p.shifted_share * lift.peak_deg
            if (down and self._still.lasts(t_s, p.end_still_s)) or (
                near and self._still.lasts(t_s, p.shifted_still_s)
            ):
                return self._end(lift, self._still.since, t_s, ())
        if self._rising.lasts(t_s, p.start_s):
            rising_s = self._rising.since or t_s
            if lift.bottom_deg <= p.turn_share * lift.peak_deg:
                return [*self._end(lift, lift.bottom_at_s, t_s, ()), self._begin(rising_s)]
            self._phase = "lift"
            return [PhaseFinding("lift", rising_s, self._counter.count)]
        if t_s - lift.passed_s > p.longest_s:
            return self.abort("not_lowered")
        return []

    def _end(
        self, lift: _Lift, end_s: float, decided_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        move_s = lift.move_s if lift.move_s is not None else lift.passed_s
        # What cut a movement short says all: how far it had come does not matter then.
        found = list(reasons) or self._faults(lift, end_s - move_s)
        if not found:
            self._ranges.append(lift.peak_deg)
        spans = [high - low for low, high in zip(lift.lowest, lift.highest, strict=True)]
        self._lift, self._phase = None, "rest"
        return [
            PhaseFinding("rest", end_s, self._counter.count),
            RepetitionEnd(
                index=self._counter.count,
                reference_s=move_s,
                start_s=move_s,
                movement_onset_s=move_s,
                top_s=lift.top_s if lift.top_s is not None else lift.peak_at_s,
                end_s=end_s,
                reasons=tuple(found),
                pelvis=PelvisRange(spans[0], spans[1], spans[2]),
                decided_at_s=decided_s,
                compensations=("twist",) if lift.twisted else (),
            ),
        ]

    def _faults(self, lift: _Lift, duration_s: float) -> list[str]:
        """Return why a movement that ended by itself is not a complete repetition."""
        named = {
            "half_range": lift.peak_deg < self._complete_deg(),
            "too_short": duration_s < self._params.least_s,
            "start_pose": self._start.strays(),
        }
        return [reason for reason, holds in named.items() if holds]

    def _track(self, t_s: float, progress: float, angles: tuple[float, float, float]) -> None:
        lift = self._lift
        if lift is None:
            return
        turned = self._two_sided and abs(angles[2]) > self._params.twist_deg
        self._turned.update(t_s, holds=turned)
        lift.twisted |= self._turned.lasts(t_s, self._params.twist_s)
        if progress > lift.peak_deg:
            lift.peak_deg, lift.peak_at_s = progress, t_s
        for k, angle in enumerate(angles):
            lift.lowest[k] = min(lift.lowest[k], angle)
            lift.highest[k] = max(lift.highest[k], angle)

    def _own_range_deg(self) -> float | None:
        return float(np.median(list(self._ranges))) if self._ranges else None

    def _complete_deg(self) -> float:
        own = self._own_range_deg()
        return self._params.least_range_deg if own is None else self._params.top_share * own

    def _first_rise_deg(self) -> float:
        own = self._own_range_deg()
        least = self._params.first_rise_deg
        return least if own is None else max(least, self._params.first_rise_share * own)

    def _fit(self, lift: _Lift) -> float:
        """Fit the start to the first share of the movement known so far."""
        p = self._params
        goal = p.fit_share * max(lift.peak_deg, self._own_range_deg() or 0.0)
        earliest = lift.passed_s - p.move_start.before_s - p.move_start.rest_s
        rows: list[tuple[float, float, float]] = []
        for row in self._trace:
            if row[0] < earliest:
                continue
            rows.append(row)
            if row[0] > lift.passed_s and row[2] > goal:
                break
        trace = np.array(rows)
        return movement_start_s(trace[:, 0], trace[:, 1], lift.passed_s, p.move_start)

"""Repetitions that are steps aside: the template STEP for side steps with a band.

A repetition is one step of both feet: the leading one goes out, the trailing one follows. The
pelvis is carried twice in the same direction. Which of two pushes leads is told by what is before
it: to free the leading foot the weight first goes over the other one, against the direction of the
step, while the trailing foot is freed by the step itself; and by the time, since a trailing foot
follows at once and a leading one need not. Pushes are looked for between two rests, because only
there the velocity is known (``rest_to_rest.py``). The far window is the stance on the leading leg
while the other one follows. Steps in either direction count; ``side_of`` tells the leading side.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.findings import PhaseFinding
from firingorder.signal.driven import UNKNOWN_ANGLES
from firingorder.signal.level_motion import turned
from firingorder.signal.orientation import pelvis_angles_deg, vertical
from firingorder.signal.phase_fit import PhaseFitParams, departure
from firingorder.signal.pushes import Push, PushParams, prepares, pushes_of
from firingorder.signal.repetitions import RepetitionCounter, RepetitionStart
from firingorder.signal.rest_to_rest import RestToRest, RestToRestParams
from firingorder.signal.start_position import off_position_deg
from firingorder.signal.watching import Spans, Watching, closed, seen_phases

if TYPE_CHECKING:
    from firingorder.signal.orientation import Pose, Quaternion
    from firingorder.signal.repetitions import Angles, RepetitionEvent
    from firingorder.signal.rest_to_rest import Stretch
    from firingorder.signal.task import TaskSpec

_GRAVITY_M_S2 = 9.80665


@dataclass(frozen=True, slots=True)
class SideStepParams:
    """Limits of a step aside; proposals."""

    rest: RestToRestParams = field(default_factory=RestToRestParams)
    push: PushParams = field(default_factory=PushParams)
    least_m: float = 0.06
    """Carried less than this: swaying to the standing leg before the step."""
    follow_s: float = 1.0
    """The other foot follows within this."""
    turn_deg: float = 40.0
    """Turned by more than this during a step: walked round a corner."""
    remembered_s: float = 12.0
    position_deg: float = 60.0
    phase_fit: PhaseFitParams = field(default_factory=PhaseFitParams)


@dataclass(frozen=True, slots=True)
class _Lead:
    """The leading foot has gone out; ``away_s`` is where the weight began to shift for it.

    Or that shift itself, as long as nothing has followed.
    """

    push: Push
    prepared: bool
    away_s: float
    error_s: float


class SideSteps(Watching):
    """Finds steps aside, causally."""

    def __init__(
        self,
        params: SideStepParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        super().__init__(task, rate_hz, counter)
        self._params = params
        self._motion = RestToRest(params.rest, rate_hz, 2)
        # Pose and heading of the latest seconds, for what a stretch turns out to have been.
        self._poses: deque[tuple[float, Quaternion, float]] = deque(
            maxlen=round(params.remembered_s * rate_hz)
        )
        self._forget()

    def _forget(self) -> None:
        self._motion.forget()
        self._poses.clear()
        self._lead: _Lead | None = None
        self._started = False
        self._start_s = 0.0
        self._way_m = 0.0
        self._heading_deg = 0.0
        self._last_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether a step is under way."""
        return self._started

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End the step under way as it is."""
        events = self._give_up(self._last_s, reason)
        self._forget()
        return events

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample; angles are relative to the pose at the beginning of the step."""
        events = self.abort("imu_gap") if pose.restarted else []
        p = self._params
        if pose.rested:
            self._motion.forget(rested=True)
        lx, ly, _ = turned(pose.quat_wxyz, (0.0, 1.0, 0.0))
        level = math.hypot(lx, ly) or 1.0
        ax, ay, az = turned(pose.quat_wxyz, pose.acc_m_s2)
        self._follow_heading(lx, ly)
        self._poses.append((t_s, pose.quat_wxyz, self._heading_deg))
        self._last_s = t_s
        acc = ((ax * lx + ay * ly) / level, az - _GRAVITY_M_S2)
        stretch = self._motion.step(t_s, acc, pose.rate_norm_deg_s)
        if stretch is not None:
            events += self._stepped(stretch)
        lead = self._lead
        if self._motion.resting:
            self._way_m = 0.0
            waited_s = t_s - (self._motion.rest_from_s if lead is None else lead.push.to_s)
            if waited_s > p.follow_s:
                events += self._give_up(t_s - waited_s, "half_range")
        elif not self._motion.known:
            events += self._give_up(t_s, "no_rest")
        else:
            self._way_m += self._motion.velocity_m_s[0] * self._dt
            if not self._started and abs(self._way_m) >= p.least_m:
                events += self._open(t_s, self._motion.rest_to_s, self._way_m > 0.0)
        return events, self._angles(pose)

    def _follow_heading(self, lx: float, ly: float) -> None:
        heading = math.degrees(math.atan2(ly, lx))
        self._heading_deg += math.remainder(heading - self._heading_deg, 360.0)

    def _stepped(self, stretch: Stretch) -> list[RepetitionEvent]:
        """Tell which pushes between two rests make a step, or a part of one."""
        p = self._params
        events: list[RepetitionEvent] = []
        for push in pushes_of(stretch.t_s, stretch.velocity_m_s[:, 0], p.push):
            lead = self._lead
            if lead is None:
                self._lead = self._led(push, stretch)
            elif not lead.prepared and prepares(lead.push, push, p.push):
                self._lead = _Lead(push, True, lead.away_s, lead.error_s)
            elif push.way_m < p.least_m and lead.push.way_m >= p.least_m:
                continue
            elif self._trails(lead, push):
                events += self._end(lead, push)
                continue
            else:
                events += self._give_up(lead.push.to_s, "half_range")
                self._lead = self._led(push, stretch)
            lead = self._lead
            if lead.push.way_m < p.least_m:
                continue
            to_left = lead.push.sign > 0.0
            if self._started:
                self._sides[-1] = (self._counter.count, "left" if to_left else "right")
            else:
                events += self._open(self._last_s, lead.away_s, to_left)
        return events

    def _trails(self, lead: _Lead, push: Push) -> bool:
        p = self._params
        gap_s = push.from_s - lead.push.to_s
        same = push.sign == lead.push.sign and gap_s <= p.follow_s
        return same and min(push.way_m, lead.push.way_m) >= p.least_m

    def _led(self, push: Push, stretch: Stretch) -> _Lead:
        p = self._params
        speed = push.sign * stretch.velocity_m_s[:, 0]
        edge = departure(stretch.t_s, speed, push.passed_s, p.push.noise_m_s, p.phase_fit)
        return _Lead(push, False, edge.at_s, edge.error_s)

    def _open(self, t_s: float, start_s: float, to_left: bool) -> list[RepetitionEvent]:
        self._started = True
        self._start_s = start_s
        index = self._counter.next()
        self._sides.append((index, "left" if to_left else "right"))
        return [PhaseFinding("lift", start_s, index), RepetitionStart(index, start_s, start_s, t_s)]

    def _angles(self, pose: Pose) -> Angles:
        if not self._started:
            return UNKNOWN_ANGLES
        from_s = self._start_s if self._lead is None else self._lead.away_s
        angles = pelvis_angles_deg(self._at(from_s)[1], pose.quat_wxyz)
        return (angles[1], *angles)

    def _at(self, t_s: float) -> tuple[float, Quaternion, float]:
        back = round((self._poses[-1][0] - t_s) / self._dt)
        return self._poses[max(0, len(self._poses) - 1 - max(0, back))]

    def _give_up(self, end_s: float, reason: str) -> list[RepetitionEvent]:
        lead = self._lead
        self._lead = None
        if not self._started:
            return []
        if lead is None:
            return self._over(self._start_s, end_s, end_s, 0.0, (reason,))
        return self._over(lead.away_s, lead.push.to_s, end_s, lead.error_s, (reason,))

    def _end(self, lead: _Lead, trail: Push) -> list[RepetitionEvent]:
        self._lead = None
        turned_deg = abs(self._at(trail.to_s)[2] - self._at(lead.away_s)[2])
        off_deg = off_position_deg(self._position, vertical(self._at(lead.away_s)[1]))
        reasons: tuple[str, ...] = ()
        if off_deg > self._params.position_deg:
            reasons = ("other_position",)
        elif turned_deg > self._params.turn_deg:
            reasons = ("turn",)
        return self._over(lead.away_s, trail.from_s, trail.to_s, lead.error_s, reasons)

    def _over(
        self, away_s: float, trail_s: float, end_s: float, error_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        self._started = False
        start = self._at(away_s)[1]
        inside = [one[1] for one in self._poses if away_s <= one[0] <= end_s]
        spans = Spans()
        for one in inside:
            spans.add(pelvis_angles_deg(start, one))
        end_s = max(away_s, end_s)
        trail_s = min(max(away_s, trail_s), end_s)
        return closed(
            self._counter.count,
            seen_phases(away_s, trail_s, end_s, end_s, error_s),
            reasons,
            start_s=away_s,
            top_s=trail_s,
            decided_s=self._last_s,
            spans=spans,
            pose=start,
        )

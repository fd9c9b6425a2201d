"""Standing on one leg: the template BALANCE where a foot leaves the ground.

The weight goes over the stance foot, the other foot leaves the ground, and in the end it comes
back. The way over is a push of some centimetres out of a rest (``rest_to_rest.py``). Back is who
was pushed back, or who stands as still and in the same pose as before: nobody is as still on one
leg as on two. So a shift that was missed does not turn the next ones round. Needs a sensor on the
pelvis: muscles alone do not say when a foot leaves the ground.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.signal.driven import UNKNOWN_ANGLES
from firingorder.signal.lasting import Lasting
from firingorder.signal.level_motion import turned
from firingorder.signal.orientation import angle_between_deg, pelvis_angles_deg, vertical
from firingorder.signal.phase_fit import Edge, arrival, departure
from firingorder.signal.pushes import pushes_of
from firingorder.signal.repetitions import RepetitionCounter, RepetitionStart
from firingorder.signal.rest_to_rest import RestToRest
from firingorder.signal.start_position import off_position_deg
from firingorder.signal.watching import Spans, Watching, closed, seen_phases

if TYPE_CHECKING:
    from firingorder.signal.balance_params import OneLegParams
    from firingorder.signal.orientation import Pose, Quaternion, Vector
    from firingorder.signal.phase_fit import FloatArray
    from firingorder.signal.pushes import Push
    from firingorder.signal.repetitions import Angles, RepetitionEvent
    from firingorder.signal.rest_to_rest import Stretch
    from firingorder.signal.task import TaskSpec

_GRAVITY_M_S2 = 9.80665


@dataclass(slots=True)
class _Stand:
    """The weight is over one foot."""

    index: int
    sign: float
    way_m: float
    start_s: float
    off: Edge
    pose: Quaternion
    heading_deg: float
    sway: float
    held: Vector | None = None
    spans: Spans = field(default_factory=Spans)


class OneLeg(Watching):
    """Finds stands on one leg, causally."""

    def __init__(
        self,
        params: OneLegParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        super().__init__(task, rate_hz, counter)
        self._params = params
        self._asked = task.working_side
        self._least_s = max(params.least_s, params.least_share * (task.asked_hold_s or 0.0))
        self._held_s: deque[float] = deque(maxlen=params.own_repetitions)
        self._motion = RestToRest(params.rest, rate_hz, 2)
        self._still = Lasting(self._dt)
        size = round(params.remembered_s * rate_hz)
        # Time, sideways velocity since the latest rest, rate of turning, acceleration, sway.
        self._rows: deque[tuple[float, float, float, float, float]] = deque(maxlen=size)
        self._poses: deque[Quaternion] = deque(maxlen=size)
        self._forget()

    def _forget(self) -> None:
        self._motion.forget()
        self._still.reset()
        self._rows.clear()
        self._poses.clear()
        self._stand: _Stand | None = None
        self._seen_s = -math.inf
        self._sway = 0.0
        self._heading_deg = 0.0
        self._last_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether somebody stands on one leg."""
        return self._stand is not None

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End what is under way as it is, and ask for a rest."""
        events: list[RepetitionEvent] = []
        if self._stand is not None:
            events = self._end(self._stand, self._last_s, self._last_s, (reason,))
        self._forget()
        return events

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample; progress is the obliquity."""
        p = self._params
        events = self.abort("imu_gap") if pose.restarted and not pose.rested else []
        self._last_s = t_s
        if pose.rested:
            self._motion.forget(rested=True)
        lx, ly, _ = turned(pose.quat_wxyz, (0.0, 1.0, 0.0))
        level = math.hypot(lx, ly) or 1.0
        ax, ay, az = turned(pose.quat_wxyz, pose.acc_m_s2)
        heading = math.degrees(math.atan2(ly, lx))
        self._heading_deg += math.remainder(heading - self._heading_deg, 360.0)
        share = self._dt / p.sway_s
        self._sway += share * (pose.rate_norm_deg_s**2 - self._sway)
        acc = ((ax * lx + ay * ly) / level, az - _GRAVITY_M_S2)
        stretch = self._motion.step(t_s, acc, pose.rate_norm_deg_s)
        velocity = self._motion.velocity_m_s[0] if self._motion.known else 0.0
        self._rows.append((t_s, velocity, pose.rate_norm_deg_s, acc[1], self._sway))
        self._poses.append(pose.quat_wxyz)
        events += self._shifted(t_s, stretch)
        stand = self._stand
        if stand is None:
            return events, UNKNOWN_ANGLES
        events += self._stands(stand, t_s, pose)
        angles = pelvis_angles_deg(stand.pose, pose.quat_wxyz)
        stand.spans.add(angles)
        return events, (angles[1], *angles)

    def _shifted(self, t_s: float, stretch: Stretch | None) -> list[RepetitionEvent]:
        """Look for pushes where the velocity is known: right after a rest and right before one."""
        p = self._params
        events: list[RepetitionEvent] = []
        rest_s = self._motion.rest_to_s
        if stretch is not None:
            short = stretch.to_s - stretch.from_s < 2.0 * p.shift_s
            speed = (stretch.velocity_m_s if short else stretch.backward_m_s)[:, 0]
            late_s = max(self._seen_s, stretch.from_s if short else stretch.to_s - p.shift_s)
            near = stretch.t_s >= late_s - (p.phase_fit.rest_s if short else 0.0)
            events += self._pushed(stretch.t_s[near], speed[near])
        elif t_s - rest_s >= p.shift_s and self._seen_s < rest_s and not self._motion.resting:
            rows = np.array(self._rows)
            since = rows[:, 0] >= rest_s - p.phase_fit.rest_s
            events += self._pushed(rows[since, 0], rows[since, 1])
        return events

    def _pushed(self, t: FloatArray, velocity: FloatArray) -> list[RepetitionEvent]:
        p = self._params
        events: list[RepetitionEvent] = []
        if len(t) == 0:
            return events
        begun_s = self._seen_s
        self._seen_s = float(t[-1])
        for push in pushes_of(t, velocity, p.push):
            stand = self._stand
            if push.way_m < p.shift_m or push.from_s < begun_s or push.to_s >= float(t[-1]):
                continue
            if stand is None:
                events += self._begin(push, t, velocity)
            elif push.sign != stand.sign and push.way_m >= p.back_share * stand.way_m:
                speed = push.sign * velocity
                back = departure(t, speed, push.passed_s, p.push.noise_m_s, p.phase_fit)
                events += self._end(stand, *self._touch(back.at_s, stand.off.at_s), ())
        return events

    def _begin(self, push: Push, t: FloatArray, velocity: FloatArray) -> list[RepetitionEvent]:
        p = self._params
        speed = push.sign * velocity
        away = departure(t, speed, push.passed_s, p.push.noise_m_s, p.phase_fit)
        over = arrival(t, speed, push.to_s, p.push.noise_m_s, p.phase_fit)
        off = Edge(max(over.at_s, away.at_s), max(over.error_s, p.foot_error_s))
        index = self._counter.next()
        self._sides.append((index, "left" if push.sign > 0.0 else "right"))
        back = round((self._last_s - away.at_s) / self._dt)
        pose = self._poses[max(0, len(self._poses) - 1 - back)]
        # On two legs: the quietest of the seconds before.
        before = [row[4] for row in self._rows if away.at_s - 3.0 < row[0] < away.at_s]
        sway = (p.sway_times * min(before, default=0.0) ** 0.5 + p.sway_deg_s) ** 2
        self._still.reset()
        self._stand = _Stand(
            index, push.sign, push.way_m, away.at_s, off, pose, self._heading_deg, sway
        )
        return [
            PhaseFinding("lift", away.at_s, index),
            RepetitionStart(index, off.at_s, off.at_s, self._last_s),
            PhaseFinding("hold", off.at_s, index),
        ]

    def _stands(self, stand: _Stand, t_s: float, pose: Pose) -> list[RepetitionEvent]:
        """Back without having been seen to come back, or not standing at all."""
        p = self._params
        turned_deg = abs(self._heading_deg - stand.heading_deg)
        off_deg = angle_between_deg(vertical(stand.pose), vertical(pose.quat_wxyz))
        if off_deg > p.other_deg or turned_deg > p.turn_deg:
            return self.abort("other_position")
        if t_s - stand.off.at_s > p.longest_s:
            return self.abort("not_returned")
        if stand.held is None and t_s >= stand.off.at_s + p.steady_from_s:
            stand.held = vertical(pose.quat_wxyz)
        calm = self._sway < stand.sway and off_deg < p.same_deg
        self._still.update(t_s, holds=calm and self._is_down(stand, pose, off_deg))
        since_s = self._still.since
        if since_s is None or not self._still.lasts(t_s, p.stands_s):
            return []
        lifted = since_s > stand.off.at_s + p.shift_s
        # The sway is known late.
        near_s = max(stand.off.at_s, since_s - p.sway_s)
        return self._end(
            stand, *self._touch(near_s, stand.off.at_s), () if lifted else ("too_short",)
        )

    def _is_down(self, stand: _Stand, pose: Pose, off_deg: float) -> bool:
        """Whether the pelvis is no longer tipped as by the lifted leg; False before it could be."""
        if stand.held is None:
            return False
        lifts_deg = angle_between_deg(vertical(stand.pose), stand.held)
        here_deg = angle_between_deg(stand.held, vertical(pose.quat_wxyz))
        return lifts_deg <= self._params.lifts_deg or here_deg >= off_deg

    def _touch(self, near_s: float, off_s: float) -> tuple[float, float]:
        """Return when the foot began to come down, and when it touched the ground."""
        p = self._params
        rows = np.array(self._rows)
        t, rate, up = rows[:, 0], rows[:, 2], rows[:, 3]
        held = (t > max(off_s + p.steady_from_s, near_s - 4.0)) & (t < near_s - 1.0)
        jolt = np.abs(up - np.convolve(up, np.full(9, 1.0 / 9.0), mode="same"))
        about = np.flatnonzero((t >= near_s - p.touch_s) & (t <= near_s + p.touch_s))
        at_s = near_s
        usual = float(np.std(jolt[held])) + float(np.mean(jolt[held])) if np.any(held) else math.inf
        if len(about) and float(np.max(jolt[about])) > p.touch_sd * usual:
            at_s = float(t[about[int(np.argmax(jolt[about]))]])
        usual_deg_s = float(np.median(rate[held])) if np.any(held) else 0.0
        down = np.flatnonzero((t >= at_s - 1.0) & (t <= at_s))
        if len(down) < 3:
            return at_s, at_s
        fastest = down[int(np.argmax(rate[down]))]
        over = np.maximum(rate - usual_deg_s, 0.0)
        if over[fastest] <= usual_deg_s:
            return at_s, at_s
        back = departure(t, over, float(t[fastest]), usual_deg_s, p.phase_fit)
        return max(back.at_s, at_s - 1.5), at_s

    def _end(
        self, stand: _Stand, back_s: float, end_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        p = self._params
        away_s = stand.off.at_s
        end_s = max(away_s, min(end_s, self._last_s))
        back_s = min(max(back_s, away_s), end_s)
        far_s = min(away_s + p.steady_from_s, back_s)
        held_s = back_s - away_s
        own_s = float(np.median(self._held_s)) if self._held_s else 0.0
        side = "left" if stand.sign > 0.0 else "right"
        named = {
            "too_short": held_s < max(self._least_s, p.least_share * own_s),
            "other_side": self._asked not in ("both", side),
            "other_position": off_position_deg(self._position, vertical(stand.pose))
            > p.position_deg,
        }
        found = reasons or tuple(reason for reason, holds in named.items() if holds)
        if not found:
            self._held_s.append(held_s)
        self._stand = None
        return closed(
            stand.index,
            seen_phases(away_s, far_s, back_s, end_s, stand.off.error_s),
            found,
            start_s=stand.start_s,
            top_s=far_s,
            decided_s=self._last_s,
            spans=stand.spans,
            pose=stand.pose,
        )

"""Hips that are lifted from the floor and held, on one side: the template BALANCE, lying.

The hips leave the ground, stay, and come down. The pelvis is carried (``aside.py``; who lies on one
side has its left up or down) or turns about its front-to-back axis, stays, and comes back. Standing
on one leg is :mod:`firingorder.signal.one_leg`. Needs a sensor on the pelvis: muscles alone do not
say when the hips leave the ground.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.signal.aside import Aside, lower_side_is_left
from firingorder.signal.driven import UNKNOWN_ANGLES
from firingorder.signal.lasting import Lasting
from firingorder.signal.orientation import angle_between_deg, pelvis_angles_deg, vertical
from firingorder.signal.phase_fit import arrival, departure
from firingorder.signal.repetitions import RepetitionCounter, RepetitionStart
from firingorder.signal.rest_level import RestLevel
from firingorder.signal.start_pose import StartPose
from firingorder.signal.start_position import off_position_deg, on_the_side
from firingorder.signal.watching import Spans, Watching, closed, seen_phases

if TYPE_CHECKING:
    from firingorder.findings import Phase, Side
    from firingorder.signal.balance_params import BalanceParams
    from firingorder.signal.orientation import Pose, Quaternion
    from firingorder.signal.phase_fit import FloatArray
    from firingorder.signal.repetitions import Angles, RepetitionEvent
    from firingorder.signal.task import TaskSpec


@dataclass(slots=True)
class _Shift:
    """The shift under way, and what is held after it."""

    passed_s: float
    pose: Quaternion
    fastest_m_s: float = 0.0
    back_m_s: float = 0.0
    way_m: float = 0.0
    """Furthest to the left (positive) or right on the way out."""
    turned_deg: float = 0.0
    started: bool = False
    arrived_s: float | None = None
    held_deg: float = 0.0
    back_passed_s: float | None = None
    spans: Spans = field(default_factory=Spans)


class Balance(Watching):
    """Finds held positions on one side, causally."""

    def __init__(
        self,
        params: BalanceParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        super().__init__(task, rate_hz, counter)
        self._params = params
        self._asked = task.working_side
        self._least_s = max(params.least_s, params.least_share * (task.asked_hold_s or 0.0))
        self._held_s: deque[float] = deque(maxlen=params.own_repetitions)
        self._aside = Aside(params.leak_s, params.rest_leak_s, params.zero_s, rate_hz)
        self._start = StartPose(params.start_pose, rate_hz)
        self._level = RestLevel(
            params.rest_level, rate_hz, params.still_deg_s, params.still_most_deg_s
        )
        self._still, self._moving = Lasting(self._dt), Lasting(self._dt)
        self._arrived = Lasting(self._dt)
        # Time, sideways velocity, rate of obliquity: the shift out, then the latest seconds.
        self._out: list[tuple[float, float, float]] = []
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=round(6.0 * rate_hz))
        self._variance = 0.0
        self._forget()

    def _forget(self) -> None:
        self._start.forget()
        self._aside.forget()
        for one in (self._still, self._moving, self._arrived):
            one.reset()
        self._recent.clear()
        self._shift: _Shift | None = None
        self._phase: Phase = "rest"
        self._last_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether a position is being taken, held or left."""
        return self._shift is not None

    def new_set(self) -> None:
        """Start poses are compared within a set only."""
        self._start.new_set()

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End what is under way as it is, and ask for a new start pose."""
        events: list[RepetitionEvent] = []
        if self._shift is not None and self._shift.started:
            events += self._end(self._shift, self._last_s, (reason,))
        elif self._shift is not None:
            events.append(PhaseFinding("rest", self._last_s, self._counter.count + 1))
        self._forget()
        return events

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample; progress is the obliquity."""
        # A restart for the gyroscope's bias may come while a position is held: nothing is missing
        # then, and who stands has hardly turned since the start.
        events = self.abort("imu_gap") if pose.restarted and not pose.rested else []
        if pose.rested:
            self._still.since = t_s - self._params.start_pose.still_s
        self._level.observe(pose.rate_norm_deg_s)
        still = pose.rate_norm_deg_s < self._level.limit
        self._still.update(t_s, holds=still)
        self._start.observe(pose.quat_wxyz, still=still)
        rested = self._shift is None and self._start.renew(t_s, self._still)
        self._last_s = t_s
        if self._start.pose is None:
            return events, UNKNOWN_ANGLES
        rate = pose.rate_deg_s[0]
        # Slow shifts hardly turn the pelvis: still is only who is not carried aside either.
        if rested and abs(self._aside.velocity_m_s) < self._params.start_m_s:
            self._aside.rest(self._start.pose, pose, self._params.calm_m_s2)
            self._variance += self._dt * 2.0 * (rate * rate - self._variance)
        self._aside.step(pose)
        self._recent.append((t_s, self._aside.velocity_m_s, rate))
        angles = pelvis_angles_deg(self._start.pose, pose.quat_wxyz)
        self._times(t_s, rate)
        if self._shift is not None:
            up = vertical(pose.quat_wxyz)
            if angle_between_deg(vertical(self._shift.pose), up) > self._params.other_deg:
                events += self.abort("other_position")
                return events, UNKNOWN_ANGLES
        if self._shift is None:
            events += self._seek(t_s)
        elif self._phase == "lift":
            events += self._shifting(self._shift, t_s, angles[1])
        else:
            events += self._holding(self._shift, t_s, angles[1])
        self._track(angles)
        return events, (angles[1], *angles)

    def _times(self, t_s: float, rate: float) -> None:
        p = self._params
        velocity = self._aside.velocity_m_s
        limit = max(p.start_deg_s, p.start_sd * self._variance**0.5)
        self._moving.update(t_s, holds=abs(velocity) > p.start_m_s or abs(rate) > limit)
        slow = abs(velocity) < p.arrived_m_s and abs(rate) < p.arrived_deg_s
        self._arrived.update(t_s, holds=slow)

    def _seek(self, t_s: float) -> list[RepetitionEvent]:
        if self._moving.since is None or not self._moving.lasts(t_s, self._params.start_s):
            return []
        assert self._start.pose is not None
        self._shift = _Shift(self._moving.since, self._start.pose)
        self._phase = "lift"
        return [PhaseFinding("lift", self._moving.since, self._counter.count + 1)]

    def _shifting(self, shift: _Shift, t_s: float, obliquity_deg: float) -> list[RepetitionEvent]:
        p = self._params
        if abs(self._aside.way_m) > abs(shift.way_m):
            shift.way_m = self._aside.way_m
        shift.fastest_m_s = max(shift.fastest_m_s, abs(self._aside.velocity_m_s))
        if abs(obliquity_deg) > abs(shift.turned_deg):
            shift.turned_deg = obliquity_deg
        far = abs(shift.way_m) >= p.shift_m or abs(shift.turned_deg) >= p.shift_deg
        arrived = self._arrived.lasts(t_s, p.arrived_s)
        late = t_s - shift.passed_s > p.shift_longest_s
        if far and (arrived or late):
            shift.arrived_s = self._arrived.since if arrived else t_s
            shift.held_deg = obliquity_deg
            shift.started = True
            self._phase = "hold"
            self._out = list(self._recent)
            reference_s = self._reference_s(shift)
            index = self._counter.next()
            self._sides.append((index, self._side(shift)))
            return [
                RepetitionStart(index, reference_s, reference_s, t_s),
                PhaseFinding("hold", shift.arrived_s or t_s, index),
            ]
        if late or arrived:
            self._shift, self._phase = None, "rest"
            return [PhaseFinding("rest", t_s, self._counter.count + 1)]
        return []

    def _holding(self, shift: _Shift, t_s: float, obliquity_deg: float) -> list[RepetitionEvent]:
        p = self._params
        assert shift.arrived_s is not None
        if t_s - shift.arrived_s > p.longest_s:
            return self.abort("not_returned")
        if t_s - shift.arrived_s < p.steady_from_s:
            # The leg may go on rising after the weight has arrived.
            shift.held_deg = obliquity_deg
        sign = 1.0 if shift.way_m > 0.0 else -1.0
        carried = abs(shift.way_m) >= p.shift_m
        shift.back_m_s = max(shift.back_m_s, -sign * self._aside.velocity_m_s)
        least_m_s = max(p.back_share * shift.fastest_m_s, p.start_m_s)
        back = carried and shift.back_m_s >= least_m_s
        turned = abs(shift.held_deg) >= p.turned_deg
        turned_back = obliquity_deg / shift.held_deg < p.back_deg_share if turned else False
        if self._moving.since is not None and shift.back_passed_s is None:
            shift.back_passed_s = self._moving.since
        elif self._arrived.lasts(t_s, 0.5) and not back:
            shift.back_passed_s = None
        if (back or turned_back) and self._arrived.lasts(t_s, p.arrived_s):
            return self._end(shift, self._arrived.since or t_s, ())
        return []

    def _side(self, shift: _Shift) -> Side:
        """Stance is where the weight went; on the side it is the one below."""
        if on_the_side(self._position):
            return "left" if lower_side_is_left(shift.pose) else "right"
        if abs(shift.way_m) >= self._params.shift_m:
            return "left" if shift.way_m > 0.0 else "right"
        return "left" if shift.turned_deg > 0.0 else "right"

    def _reference_s(self, shift: _Shift) -> float:
        return self._edges(shift)[0]

    def _edges(self, shift: _Shift) -> tuple[float, float, float]:
        """Return when the way out began and was over, and the 95 % error of what is asked for."""
        p = self._params
        t, velocity, sd, limit = self._way(self._out, shift)
        away = departure(t, velocity, shift.passed_s, sd, p.phase_fit)
        fast = np.flatnonzero((velocity > limit) & (t >= shift.passed_s))
        if len(fast) == 0:
            return away.at_s, shift.arrived_s or away.at_s, away.error_s
        over = arrival(t, velocity, float(t[fast[-1]]), sd, p.phase_fit)
        return away.at_s, max(over.at_s, away.at_s), away.error_s

    def _track(self, angles: tuple[float, float, float]) -> None:
        if self._shift is None:
            return
        self._shift.spans.add(angles)

    def _end(self, shift: _Shift, end_s: float, reasons: tuple[str, ...]) -> list[RepetitionEvent]:
        p = self._params
        shift_from_s, shift_to_s, error_s = self._edges(shift)
        away_s = shift_from_s
        back_s, end_s = self._return(shift, end_s)
        end_s = min(end_s, self._last_s)
        back_s = min(max(back_s, shift_to_s), end_s)
        far_s = min(away_s + p.steady_from_s, back_s)
        side = self._side(shift)
        found = list(reasons) or self._faults(shift, side, back_s - away_s)
        if not found:
            self._held_s.append(back_s - away_s)
        self._shift, self._phase = None, "rest"
        self._moving.reset()
        return closed(
            self._counter.count,
            seen_phases(away_s, far_s, back_s, end_s, error_s),
            tuple(found),
            start_s=shift_from_s,
            top_s=far_s,
            decided_s=self._last_s,
            spans=shift.spans,
            pose=shift.pose,
        )

    def _return(self, shift: _Shift, end_s: float) -> tuple[float, float]:
        """Return when the way back began and was over."""
        if shift.back_passed_s is None:
            return end_s, end_s
        t, velocity, sd, limit = self._way(list(self._recent), shift)
        fit = self._params.phase_fit
        back = departure(t, -velocity, shift.back_passed_s, sd, fit)
        fast = np.flatnonzero((-velocity > limit) & (t >= shift.back_passed_s) & (t <= end_s))
        if len(fast) == 0:
            return back.at_s, end_s
        over = arrival(t, -velocity, float(t[fast[-1]]), sd, fit)
        return back.at_s, max(over.at_s, back.at_s)

    def _way(
        self, kept: list[tuple[float, float, float]], shift: _Shift
    ) -> tuple[FloatArray, FloatArray, float, float]:
        """Return times, the rate by which the way out shows best, its SD at rest, its limit."""
        p = self._params
        rows = np.array(kept)
        if abs(shift.way_m) < p.shift_m or on_the_side(self._position):
            sign = 1.0 if shift.turned_deg > 0.0 else -1.0
            return rows[:, 0], sign * rows[:, 2], self._variance**0.5, p.start_deg_s
        sign = 1.0 if shift.way_m > 0.0 else -1.0
        return rows[:, 0], sign * rows[:, 1], 0.3 * p.start_m_s, p.start_m_s

    def _faults(self, shift: _Shift, side: Side, held_s: float) -> list[str]:
        off_deg = off_position_deg(self._position, vertical(shift.pose))
        own_s = float(np.median(self._held_s)) if self._held_s else 0.0
        named = {
            "too_short": held_s < max(self._least_s, self._params.least_share * own_s),
            "other_side": self._asked not in ("both", side),
            "start_pose": self._start.strays(),
            "other_position": off_deg > self._params.position_deg,
        }
        return [reason for reason, holds in named.items() if holds]

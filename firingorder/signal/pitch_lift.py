"""Repetitions as lifts of the pelvis, found live and causally.

The template PITCH_LIFT (exercise_bridge.md section 2): the pelvis rests, lifts, may hold, lowers
and rests again. Works sample by sample on the pose; knows nothing of EMG. Live instants follow the
causal thresholds; ``phases`` of the end are fitted anew over the whole movement.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.measures import PhaseTimes
from firingorder.signal.driven import Driven, DrivenParams, Move, Trace
from firingorder.signal.movement import MoveStartParams, movement_start_s
from firingorder.signal.orientation import angle_between_deg, signed_tilt_deg
from firingorder.signal.repetitions import (
    RepetitionCounter,
    RepetitionEvent,
    RepetitionStart,
)
from firingorder.signal.start_position import expected_vertical
from firingorder.signal.there_and_back import there_and_back

if TYPE_CHECKING:
    from firingorder.signal.orientation import Vector
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class LiftParams(DrivenParams):
    """Limits of PITCH_LIFT (exercise_bridge.md section 2, unless said otherwise)."""

    position_deg: float = 180.0
    """Any position will do: upright, bending has the other sign of tilt and is told apart by it."""
    lies_deg: float = 60.0
    """As the position of other tasks: who is farther from it wears the sensor the wrong way round,
    and the top of the lift is the nearer rest."""
    fit_share: float = 0.3
    """The start is fitted to this first share of the movement."""
    move_start: MoveStartParams = field(default_factory=MoveStartParams)


#: Seconds of rate kept for fitting the start: the slowest first third with its hesitations.
_TRACE_S = 8.0


class PitchLift(Driven):
    """Finds the repetitions of a lifting task in the pose of the pelvis, causally."""

    def __init__(
        self,
        params: LiftParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        self._params = params
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=round(_TRACE_S * rate_hz))
        super().__init__(params, task, rate_hz, counter)

    def _forget_pose(self) -> None:
        super()._forget_pose()
        self._recent.clear()

    def _is_top(self, known: Vector, other: Vector) -> bool:
        """Tell whether the known start pose is the top of lifts that start in the other rest.

        It is where the other one is lower, and nearer to how one lies in this task: who arches the
        back or wears the sensor the wrong way round moves away from that.
        """
        expected = expected_vertical(self._position)
        if expected is None:
            return False
        least_deg = self._params.start_pose.new_pose_deg
        lower = self._sign * signed_tilt_deg(known, other) < -least_deg
        off_deg = angle_between_deg(expected, other)
        lies = off_deg <= self._params.lies_deg
        return lower and lies and off_deg < angle_between_deg(expected, known)

    def _advance(self, t_s: float, progress: float, rate: float) -> list[RepetitionEvent]:
        self._recent.append((t_s, rate, progress))
        match self._phase:
            case "rest":
                return self._rest(t_s, rate)
            case "lift":
                return self._lifting(t_s, progress)
            case "hold":
                return self._holding(t_s, progress)
            case "lower":
                return self._lowering(t_s, progress)

    def _rest(self, t_s: float, rate: float) -> list[RepetitionEvent]:
        self._follow_rest(t_s, rate)
        if self._rising.since is None or not self._rising.lasts(t_s, self._params.start_s):
            return []
        return [self._begin(self._rising.since)]

    def _begin(self, passed_s: float) -> PhaseFinding:
        return self._new_move(passed_s, "lift")

    def _lifting(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        p, lift = self._params, self._move
        assert lift is not None
        events: list[RepetitionEvent] = []
        if not lift.started and progress >= self._first_rise_deg():
            lift.started = True
            lift.move_s = self._fit(lift)
            events.append(RepetitionStart(self._counter.next(), lift.move_s, lift.move_s, t_s))
        if not lift.started:
            back = self._falling.lasts(t_s, p.start_s)
            if back or self._still.lasts(t_s, p.start_pose.still_s):
                events.append(self._drop(t_s))
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
        lift = self._move
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

    def _turn_down(self, lift: Move, t_s: float) -> list[RepetitionEvent]:
        if lift.move_s is None or self._phase == "lift":
            lift.move_s = self._fit(lift)
        self._phase = "lower"
        lift.bottom_deg, lift.bottom_at_s = lift.peak_deg, t_s
        return [PhaseFinding("lower", self._falling.since or t_s, self._counter.count)]

    def _lowering(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        p, lift = self._params, self._move
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

    def _phases(self, move: Move, trace: Trace, end_s: float) -> PhaseTimes:
        p = self._params
        found = there_and_back(trace, move.passed_s, end_s, p.start_deg_s, p.phase_fit)
        return PhaseTimes(
            away_s=found.away.at_s,
            movement_onset_s=found.away.at_s,
            far_from_s=found.far_from.at_s,
            far_to_s=found.far_to.at_s,
            back_s=found.far_to.at_s,
            end_s=found.end.at_s,
            trust="ok",
            error_s=found.away.error_s,
        )

    def _fit(self, lift: Move) -> float:
        """Fit the start to the first share of the movement known so far."""
        p = self._params
        goal = p.fit_share * max(lift.peak_deg, self._own_range_deg() or 0.0)
        earliest = lift.passed_s - p.move_start.before_s - p.move_start.rest_s
        rows: list[tuple[float, float, float]] = []
        for row in self._recent:
            if row[0] < earliest:
                continue
            rows.append(row)
            if row[0] > lift.passed_s and row[2] > goal:
                break
        trace = np.array(rows)
        return movement_start_s(trace[:, 0], trace[:, 1], lift.passed_s, p.move_start)

"""Repetitions that end higher than they began: standing up from a chair, stepping up.

A repetition is the way up: lean, seat off (or push off), standing. Coming down again, by sitting
down or stepping back, is the way back to the start and no repetition of its own: which muscle
starts first is asked of the way up, and nobody has to sit down for it to be over. So the end pose
is another than the start pose. What tells up from down is the height (``level_motion.py``), not
the tilt: people lean forward to sit down as well.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.measures import PhaseTimes
from firingorder.signal.driven import Driven, DrivenParams, Move, Trace
from firingorder.signal.lasting import Lasting
from firingorder.signal.level_motion import LevelMotion, LevelMotionParams
from firingorder.signal.phase_fit import arrival, departure
from firingorder.signal.repetitions import RepetitionStart

if TYPE_CHECKING:
    from firingorder.findings import Phase
    from firingorder.signal.orientation import Pose
    from firingorder.signal.repetitions import RepetitionCounter, RepetitionEvent
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class RiseParams(DrivenParams):
    """Limits of a way up in centimetres and cm/s, of the lean in deg/s; proposals.

    Standing up lifts the pelvis by 25 to 40 cm, a low step by 15 to 25 cm.
    """

    still_most_deg_s: float = 6.0
    start_deg_s: float = 8.0
    """Rate of the height; leaning forward moves a sensor on the sacrum by less."""
    lean_deg_s: float = 5.0
    """Rate of tilt of a lean, as of a lift."""
    lean_deg: float = 4.0
    lean_back_s: float = 2.5
    """A lean this long without getting up was none."""
    first_rise_deg: float = 5.0
    top_deg_s: float = 6.0
    least_range_deg: float = 10.0
    end_tilt_deg_s: float = 8.0
    """Up, and the pelvis hardly turns any more."""
    sure_range_deg: float = 20.0
    sure_share: float = 0.85
    """Up for sure from here (of the own range, where it is known); lower down it may be a pause on
    the way and must last ``shifted_still_s``."""
    least_s: float = 0.5
    """From the lowest point; five times up and down in a hurry take about a second each."""
    back_share: float = 0.75
    """Right after a way down, without a rest, it is one from this share of that way on (back where one was, with the error of a second): leaning
    back on the chair seems to lift the pelvis by some centimetres when the accelerometer is off by
    a percent."""
    stuck_s: float = 4.0
    """No higher for this long: that was all."""
    motion: LevelMotionParams = field(default_factory=lambda: LevelMotionParams(sure_s=0.25))
    """Who goes up or down turns the pelvis as well: evenly gliding without a turn is a standstill
    with an error in its velocity."""


class Rise(Driven):
    """Finds ways up of the pelvis, causally; see the module for what is a repetition."""

    def __init__(
        self,
        params: RiseParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        self._params = params
        self._motion = LevelMotion(params.motion, rate_hz)
        self._leaning = Lasting(1.0 / rate_hz)
        self._lean_rate = 0.0
        self._lean_trace: deque[tuple[float, float]] = deque()
        super().__init__(params, task, rate_hz, counter)

    def _forget_pose(self) -> None:
        super()._forget_pose()
        self._motion.forget()
        self._leaning.reset()
        self._lean_trace.clear()
        self._lowest_cm = 0.0
        self._fell_cm = 0.0

    def _is_still(self, t_s: float, pose: Pose) -> bool:
        turns = not super()._is_still(t_s, pose)
        self._motion.step(t_s, pose, still=not turns)
        return not turns and self._motion.slow

    def _watch(self, t_s: float, pose: Pose) -> None:
        super()._watch(t_s, pose)
        self._lean_rate = self._sign * pose.rate_deg_s[self._rate_axis]
        self._leaning.update(t_s, holds=self._lean_rate > self._params.lean_deg_s)
        if self._phase == "rest" and self._motion.standing:
            self._motion.mark()
            self._lowest_cm = 0.0

    def _rate(self, pose: Pose) -> float:
        return 100.0 * self._motion.velocity_m_s[2]

    def _progress(self, angles: tuple[float, float, float]) -> float:
        return 100.0 * self._motion.way_m[2] - self._lowest_cm

    def _keep(self, t_s: float, rate: float, progress: float) -> None:
        super()._keep(t_s, rate, progress)
        self._lean_trace.append((t_s, self._lean_rate))
        while self._lean_trace[0][0] < self._trace[0][0]:
            self._lean_trace.popleft()

    def _begin(self, passed_s: float, phase: Phase) -> PhaseFinding:
        self._fell_cm = 0.0
        self._lowest_cm = 100.0 * self._motion.way_m[2]
        return self._new_move(passed_s, phase)

    def _advance(self, t_s: float, progress: float, rate: float) -> list[RepetitionEvent]:
        match self._phase:
            case "rest":
                return self._rest(t_s, rate)
            case "lower":
                return self._leant(t_s, progress)
            case _:
                return self._rising_up(t_s, progress)

    def _rest(self, t_s: float, rate: float) -> list[RepetitionEvent]:
        p = self._params
        self._follow_rest(t_s, rate)
        if self._rising.since is not None and self._rising.lasts(t_s, p.start_s):
            return [self._begin(self._rising.since, "lift")]
        if self._leaning.since is not None and self._leaning.lasts(t_s, p.start_s):
            return [self._begin(self._leaning.since, "lower")]
        if self._falling.since is not None and self._falling.lasts(t_s, p.start_s):
            return [self._begin(self._falling.since, "lower")]
        return []

    def _leant(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        """Follow a lean or a way down: up may follow, at once or never."""
        p, move = self._params, self._move
        assert move is not None
        if progress < 0.0:
            # What counts is how far it comes up from its lowest.
            self._lowest_cm += progress
            self._fell_cm -= progress
            if self._fell_cm > p.first_rise_deg:
                move.passed_s = t_s
        if self._rising.since is not None and self._rising.lasts(t_s, p.start_s):
            move.back_passed_s = self._rising.since
            self._phase = "lift"
            return [PhaseFinding("lift", self._rising.since, self._counter.count + 1)]
        given_up = t_s - move.passed_s > p.lean_back_s
        if given_up or self._still.lasts(t_s, p.start_pose.still_s):
            return [self._drop(t_s)]
        return []

    def _rising_up(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        p, move = self._params, self._move
        assert move is not None
        events: list[RepetitionEvent] = []
        back_cm = p.back_share * self._fell_cm
        if not move.started and progress >= max(p.first_rise_deg, back_cm):
            move.started = True
            trace = self._trace_of()
            move.move_s = departure(
                trace.t_s, trace.rate, self._up_passed_s(move), trace.rest_sd, p.phase_fit
            ).at_s
            events.append(RepetitionStart(self._counter.next(), move.move_s, move.move_s, t_s))
        falls = self._falling.lasts(t_s, p.start_s)
        rests = self._still.lasts(t_s, p.start_pose.still_s)
        if not move.started:
            return [self._drop(t_s)] if falls or rests else []
        since_s = self._slow.since
        if falls:
            return [*events, *self._end(move, self._falling.since or t_s, t_s, ())]
        up = progress >= max(self._complete_deg(), back_cm) and abs(self._lean_rate) < p.end_tilt_deg_s
        own = self._own_range_deg()
        usual = progress >= (p.sure_range_deg if own is None else p.sure_share * own)
        long_s = p.end_still_s if usual else p.shifted_still_s
        if since_s is not None and up and self._slow.lasts(t_s, long_s):
            return [*events, *self._end(move, since_s, t_s, ())]
        if rests or t_s - move.peak_at_s > p.stuck_s:
            return [*events, *self._end(move, self._still.since or t_s, t_s, ())]
        return events

    def _up_passed_s(self, move: Move) -> float:
        return move.passed_s if move.back_passed_s is None else move.back_passed_s

    def _start_s(self, move: Move) -> float:
        return move.passed_s

    def _phases(self, move: Move, trace: Trace, end_s: float) -> PhaseTimes:
        p, sd = self._params, trace.rest_sd
        limit = max(p.start_deg_s, p.start_sd * sd)
        begin_s = self._up_passed_s(move)
        seat_off = departure(trace.t_s, trace.rate, begin_s, sd, p.phase_fit)
        inside = np.flatnonzero((trace.t_s >= begin_s) & (trace.t_s <= end_s))
        end = seat_off
        if len(inside):
            fast = inside[trace.rate[inside] > limit]
            last = int(fast[-1]) if len(fast) else int(inside[-1])
            end = arrival(trace.t_s, trace.rate, float(trace.t_s[last]), sd, p.phase_fit)
        lean = np.array(self._lean_trace)
        leant = departure(lean[:, 0], lean[:, 1], move.passed_s, sd, p.phase_fit)
        away_s = min(leant.at_s, seat_off.at_s)
        far_from_s = seat_off.at_s
        before = np.flatnonzero((lean[:, 0] >= away_s) & (lean[:, 0] <= seat_off.at_s))
        if len(before):
            fast = before[lean[before, 1] > p.lean_deg_s]
            last = int(fast[-1]) if len(fast) else int(before[-1])
            far_from_s = min(
                seat_off.at_s,
                arrival(lean[:, 0], lean[:, 1], float(lean[last, 0]), sd, p.phase_fit).at_s,
            )
        move.move_s, move.top_s = seat_off.at_s, end.at_s
        return PhaseTimes(
            away_s=away_s,
            movement_onset_s=seat_off.at_s,
            far_from_s=max(away_s, far_from_s),
            far_to_s=seat_off.at_s,
            back_s=seat_off.at_s,
            end_s=max(end.at_s, seat_off.at_s),
            trust="ok",
            error_s=seat_off.error_s,
        )

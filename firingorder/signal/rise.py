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
from firingorder.signal.phase_fit import Edge, arrival, departure
from firingorder.signal.repetitions import RepetitionStart

if TYPE_CHECKING:
    from firingorder.findings import Phase
    from firingorder.signal.orientation import Pose
    from firingorder.signal.phase_fit import FloatArray
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
    """Right after a way down, without a rest, it is one from this share of that way on: back where
    one was, but for the error of a second. Leaning back on the chair seems to lift the pelvis by
    some centimetres when the accelerometer is off by a percent."""
    placed_deg: float = 3.0
    place_s: float = 1.5
    """Who lifts a foot onto a step tips the pelvis by more than swaying does, within this."""
    deep_deg: float = 15.0
    turn_s: float = 0.5
    """A lean this deep turns back where the seat is left, within this."""
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
        self._lean_rate, self._obliquity_rate = 0.0, 0.0
        # Time, rate of the lean, rate of the obliquity.
        self._lean_trace: deque[tuple[float, float, float]] = deque()
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
        self._obliquity_rate = pose.rate_deg_s[0]
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
        self._lean_trace.append((t_s, self._lean_rate, self._obliquity_rate))
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
        up = (
            progress >= max(self._complete_deg(), back_cm)
            and abs(self._lean_rate) < p.end_tilt_deg_s
        )
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
        t, up = trace.t_s, self._levelled(trace, move, end_s)
        lean = np.array(self._lean_trace)
        begin_s = self._up_passed_s(move)
        seat_off = self._sure(t, up, departure(t, up, begin_s, sd, p.phase_fit), move)
        leant = departure(lean[:, 0], lean[:, 1], move.passed_s, sd, p.phase_fit)
        away_s = min(leant.at_s, seat_off.at_s)
        away_s = min(away_s, self._placed_s(lean, away_s, seat_off.at_s, sd))
        onset = self._onset(lean, away_s, seat_off, sd)
        over = arrival(t, up, self._last_fast_s(t, up, begin_s, end_s, 0.3), sd, p.phase_fit)
        end = self._upright(lean, onset.at_s, over, sd)
        far_from_s = onset.at_s
        before = np.flatnonzero((lean[:, 0] >= away_s) & (lean[:, 0] <= onset.at_s))
        if len(before):
            fast = before[lean[before, 1] > p.lean_deg_s]
            last = int(fast[-1]) if len(fast) else int(before[-1])
            far = arrival(lean[:, 0], lean[:, 1], float(lean[last, 0]), sd, p.phase_fit)
            far_from_s = min(onset.at_s, far.at_s)
        move.move_s, move.top_s = onset.at_s, max(end.at_s, onset.at_s)
        return PhaseTimes(
            away_s=away_s,
            movement_onset_s=onset.at_s,
            far_from_s=max(away_s, far_from_s),
            far_to_s=onset.at_s,
            back_s=onset.at_s,
            end_s=max(end.at_s, onset.at_s),
            trust="ok",
            error_s=onset.error_s,
        )

    def _placed_s(self, lean: FloatArray, away_s: float, off_s: float, sd: float) -> float:
        """Return when a foot was lifted to be put on a step: the pelvis goes up on that side."""
        p = self._params
        inside = np.flatnonzero((lean[:, 0] >= away_s - p.place_s) & (lean[:, 0] <= off_s))
        if len(inside) < 3:
            return away_s
        t = lean[inside, 0]
        way = np.cumsum(lean[inside, 2]) * float(t[1] - t[0])
        if abs(float(way[-1])) < p.placed_deg:
            return away_s
        sign = 1.0 if way[-1] > 0.0 else -1.0
        passed = int(np.flatnonzero(sign * way < 0.3 * abs(float(way[-1])))[-1])
        return departure(t, sign * lean[inside, 2], float(t[passed]), sd, p.phase_fit).at_s

    def _levelled(self, trace: Trace, move: Move, end_s: float) -> FloatArray:
        """Return the rate of the height without the error that it has where the way is over.

        What is left there is the end of the way or an error grown since the rest before it, nobody
        knows which: half of it is taken off.
        """
        t, rate = trace.t_s, trace.rate
        last = max(0, int(np.searchsorted(t, end_s, side="right")) - 1)
        share = np.clip((t - move.passed_s) / max(float(t[last]) - move.passed_s, 0.1), 0.0, 1.0)
        return rate - 0.5 * share * float(rate[last])

    @staticmethod
    def _last_fast_s(
        t: FloatArray, rate: FloatArray, from_s: float, to_s: float, share: float
    ) -> float:
        """Return where a push was last above a share of its highest rate."""
        inside = np.flatnonzero((t >= from_s) & (t <= to_s))
        if len(inside) == 0:
            return to_s
        fast = inside[rate[inside] > share * float(np.max(rate[inside]))]
        return float(t[fast[-1]]) if len(fast) else float(t[inside[-1]])

    def _sure(self, t: FloatArray, up: FloatArray, edge: Edge, move: Move) -> Edge:
        """Widen the error by the time the push takes to outgrow that of the velocity."""
        p = self._params
        since_s = max(0.0, edge.at_s - move.passed_s)
        off = 100.0 * (p.motion.drift_m_s + p.motion.drift_m_s2 * since_s)
        over = np.flatnonzero((t >= edge.at_s) & (up > off))
        late_s = float(t[over[0]]) - edge.at_s if len(over) else 0.0
        return Edge(edge.at_s, max(edge.error_s, late_s))

    def _onset(self, lean: FloatArray, away_s: float, seat_off: Edge, sd: float) -> Edge:
        """Return when the pelvis begins to come up: a deep lean turns back, or the seat is left.

        The gyroscope says it more sharply than the height, where there is something to turn back;
        the two are no more than a tenth of a second or two apart, which is the error then.
        """
        p = self._params
        t, rate = lean[:, 0], lean[:, 1]
        since = (t >= away_s) & (t <= seat_off.at_s + p.turn_s)
        inside = np.flatnonzero(since)
        if len(inside) < 3:
            return seat_off
        leant = np.cumsum(rate[inside]) * float(t[1] - t[0])
        deepest = int(np.argmax(leant))
        if float(leant[deepest]) < p.deep_deg:
            return seat_off
        after = np.flatnonzero((t > t[inside[deepest]]) & (-rate > p.lean_deg_s))
        if len(after) == 0:
            return seat_off
        back = departure(t, -rate, float(t[after[0]]), sd, p.phase_fit)
        apart_s = abs(back.at_s - seat_off.at_s)
        if apart_s > p.turn_s:
            return seat_off
        return Edge(back.at_s, max(back.error_s, apart_s))

    def _upright(self, lean: FloatArray, onset_s: float, high: Edge, sd: float) -> Edge:
        """Return when the pelvis is up: where there was a deep lean, when that has come back."""
        p = self._params
        t, rate = lean[:, 0], -lean[:, 1]
        since = np.flatnonzero(t >= onset_s)
        if len(since) < 3 or float(np.sum(rate[since])) * float(t[1] - t[0]) < p.deep_deg:
            return high
        last_s = self._last_fast_s(t, rate, onset_s, float(t[-1]), 0.3)
        # An error of the height's rate keeps it moving; the gyroscope has none like that.
        return arrival(t, rate, last_s, sd, p.phase_fit)

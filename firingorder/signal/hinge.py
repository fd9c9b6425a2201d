"""Repetitions that go down first and come up again: the template HINGE.

Squat, hip hinge, lunge: the pelvis leaves standing, turns at the bottom and comes back. The
movement that the order question belongs to is the way up, so a repetition is made known when it
has begun; what went down before is its way out. Most of these movements tilt the pelvis forward;
a lunge hardly does, and is followed by its height (:class:`HeightHinge`). Tasks that end higher
than they began are in ``rise.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.findings import PhaseFinding
from firingorder.measures import PhaseTimes
from firingorder.signal.driven import Driven, DrivenParams, Move, Trace
from firingorder.signal.lasting import Lasting
from firingorder.signal.level_motion import LevelMotion, LevelMotionParams
from firingorder.signal.phase_fit import departure
from firingorder.signal.repetitions import RepetitionStart
from firingorder.signal.there_and_back import there_and_back

if TYPE_CHECKING:
    from firingorder.signal.orientation import Pose
    from firingorder.signal.repetitions import RepetitionCounter, RepetitionEvent
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class HingeParams(DrivenParams):
    """Limits of HINGE; proposals, except those it shares with PITCH_LIFT.

    Standing people sway by some tenths of a degree below 1 Hz (Winter 1995, Gait Posture 3:193),
    two to five times what lying people do: what counts as still follows the measured rest.
    """

    still_most_deg_s: float = 6.0
    start_deg_s: float = 4.0
    """Lower than in a lift: a slow forward lean of 30 degrees in 8 s peaks at 7 deg/s."""
    first_rise_deg: float = 5.0
    top_deg_s: float = 5.0
    least_range_deg: float = 10.0
    """A squat tilts the pelvis by 20 degrees and more; half of that, before a range is known."""
    end_deg: float = 3.0
    """Back in the start pose within this, where ``end_share`` of a small range is less: sway."""
    bounce_share: float = 0.85
    """Down again beyond this share of the depth: the way up begins anew from there."""
    end_rate_share: float = 0.2
    """Quiet: below this share of the fastest rate of the way up, if that is less than
    ``top_deg_s``: a slow movement is not over before it has come to rest."""
    up_most_share: float = 0.5
    """The way up is made known at ``first_rise_deg``, or at this share of a small depth."""


@dataclass(frozen=True, slots=True)
class HeightHingeParams(HingeParams):
    """The same where height is followed, in centimetres and cm/s; proposals.

    A lunge lowers the pelvis by 20 to 40 cm. The height of ``level_motion.py`` is good to some cm.
    """

    start_deg_s: float = 8.0
    first_rise_deg: float = 5.0
    top_deg_s: float = 6.0
    least_range_deg: float = 10.0
    end_deg: float = 8.0
    rest_sd_time_s: float = 0.5
    motion: LevelMotionParams = field(default_factory=LevelMotionParams)


class Hinge(Driven):
    """Finds repetitions that go down, turn and come up, in the tilt of the pelvis, causally."""

    def __init__(
        self,
        params: HingeParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        self._params = params
        self._quiet = Lasting(1.0 / rate_hz)
        self._fastest = 0.0
        super().__init__(params, task, rate_hz, counter)

    def _advance(self, t_s: float, progress: float, rate: float) -> list[RepetitionEvent]:
        match self._phase:
            case "rest":
                return self._rest(t_s, progress, rate)
            case "lower":
                return self._going_down(t_s, progress)
            case "hold":
                return self._at_bottom(t_s, progress)
            case "lift":
                return self._coming_up(t_s, progress, rate)

    def _rest(self, t_s: float, progress: float, rate: float) -> list[RepetitionEvent]:
        p = self._params
        self._follow_rest(t_s, rate)
        if self._rising.since is not None and self._rising.lasts(t_s, p.start_s):
            return [self._new_move(self._rising.since, "lower")]
        # So slow that no rate tells: it is far from the start pose all the same.
        if progress > self._first_rise_deg() and self._still.since is None:
            return [self._new_move(t_s, "lower")]
        return []

    def _going_down(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        p, move = self._params, self._move
        assert move is not None
        deep = move.peak_deg >= self._first_rise_deg()
        back = self._falling.lasts(t_s, p.start_s)
        if not deep:
            if back or self._still.lasts(t_s, p.start_pose.still_s):
                return [self._drop(t_s)]
            return []
        if back:
            return self._turn_up(move, t_s)
        if progress <= self._home_deg(move):
            return [self._drop(t_s)]
        slow = self._slow.since is not None and self._slow.lasts(t_s, p.top_s)
        if slow and progress >= self._complete_deg():
            self._phase = "hold"
            return [PhaseFinding("hold", self._slow.since or t_s, self._next())]
        return self._too_long(move, t_s)

    def _at_bottom(self, t_s: float, progress: float) -> list[RepetitionEvent]:
        p, move = self._params, self._move
        assert move is not None
        if self._rising.lasts(t_s, p.start_s):
            self._phase = "lower"
            return [PhaseFinding("lower", t_s, self._next())]
        if self._falling.lasts(t_s, p.start_s) or progress < p.turn_share * move.peak_deg:
            return self._turn_up(move, t_s)
        return self._too_long(move, t_s)

    def _turn_up(self, move: Move, t_s: float) -> list[RepetitionEvent]:
        move.back_passed_s = self._falling.since or t_s
        move.bottom_deg = move.peak_deg
        self._phase, self._fastest = "lift", 0.0
        self._quiet.reset()
        return [PhaseFinding("lift", move.back_passed_s, self._next())]

    def _coming_up(self, t_s: float, progress: float, rate: float) -> list[RepetitionEvent]:
        p, move = self._params, self._move
        assert move is not None
        self._fastest = max(self._fastest, -rate)
        slow = min(p.top_deg_s, p.end_rate_share * self._fastest)
        sway = p.start_sd * self._rest_variance**0.5
        self._quiet.update(t_s, holds=abs(rate) < max(slow, sway))
        events: list[RepetitionEvent] = []
        need = min(self._first_rise_deg(), p.up_most_share * move.peak_deg)
        if not move.started and progress <= move.peak_deg - need:
            move.started = True
            move.move_s = self._up_start_s(move)
            events.append(RepetitionStart(self._counter.next(), move.move_s, move.move_s, t_s))
        move.bottom_deg = min(move.bottom_deg, progress)
        if move.started and self._is_home(move, t_s, progress):
            since_s = self._still.since if self._quiet.since is None else self._quiet.since
            return [*events, *self._end(move, since_s or t_s, t_s, ())]
        if self._rising.lasts(t_s, p.start_s):
            return [*events, *self._down_again(move, t_s, progress)]
        return events or self._too_long(move, t_s)

    def _down_again(self, move: Move, t_s: float, progress: float) -> list[RepetitionEvent]:
        p = self._params
        rising_s = self._rising.since or t_s
        if not move.started:
            self._phase = "lower"
            return [PhaseFinding("lower", rising_s, self._next())]
        if move.bottom_deg <= p.turn_share * move.peak_deg:
            return [*self._end(move, rising_s, t_s, ()), self._new_move(rising_s, "lower")]
        if progress >= p.bounce_share * move.peak_deg:
            self._phase, move.bottom_at_s = "lower", rising_s
            return [PhaseFinding("lower", rising_s, self._next())]
        return []

    def _is_home(self, move: Move, t_s: float, progress: float) -> bool:
        """Tell whether it is over: in the start pose and quiet, or long still near it."""
        p = self._params
        if progress <= self._home_deg(move) and self._quiet.lasts(t_s, p.end_still_s):
            return True
        near = progress <= p.shifted_share * move.peak_deg
        return near and self._still.lasts(t_s, p.shifted_still_s)

    def _home_deg(self, move: Move) -> float:
        return max(self._params.end_deg, self._params.end_share * move.peak_deg)

    def _too_long(self, move: Move, t_s: float) -> list[RepetitionEvent]:
        if t_s - move.passed_s <= self._params.longest_s:
            return []
        return self.abort("not_returned")

    def _next(self) -> int:
        """Return the number of the repetition that phases belong to."""
        started = self._move is not None and self._move.started
        return self._counter.count + (0 if started else 1)

    def _start_s(self, move: Move) -> float:
        return move.passed_s

    def _up_start_s(self, move: Move) -> float:
        """Return the start of the way up, by what is known of it so far."""
        trace = self._trace_of()
        since = trace.t_s >= move.passed_s
        passed_s = move.back_passed_s or move.passed_s
        edge = departure(
            trace.t_s[since], -trace.rate[since], passed_s, trace.rest_sd, self._params.phase_fit
        )
        return edge.at_s

    def _phases(self, move: Move, trace: Trace, end_s: float) -> PhaseTimes:
        p = self._params
        limit = max(p.start_deg_s, p.start_sd * trace.rest_sd)
        again_s = move.bottom_at_s or None
        found = there_and_back(trace, move.passed_s, end_s, limit, p.phase_fit, turn_from_s=again_s)
        move.top_s = found.far_from.at_s
        if end_s > found.far_to.at_s:
            move.move_s = found.far_to.at_s
        return PhaseTimes(
            away_s=found.away.at_s,
            movement_onset_s=found.far_to.at_s,
            far_from_s=found.far_from.at_s,
            far_to_s=found.far_to.at_s,
            back_s=found.far_to.at_s,
            end_s=found.end.at_s,
            trust="ok",
            error_s=found.far_to.error_s,
        )


class HeightHinge(Hinge):
    """The same in the height of the pelvis, for tasks that hardly tilt it."""

    def __init__(
        self,
        params: HeightHingeParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        self._motion = LevelMotion(params.motion, rate_hz)
        super().__init__(params, task, rate_hz, counter)

    def _forget_pose(self) -> None:
        super()._forget_pose()
        self._motion.forget()

    def _is_still(self, t_s: float, pose: Pose) -> bool:
        turns = not super()._is_still(t_s, pose)
        self._motion.step(t_s, pose, still=not turns)
        return not turns and self._motion.slow

    def _watch(self, t_s: float, pose: Pose) -> None:
        super()._watch(t_s, pose)
        if self._phase == "rest" and self._motion.standing:
            self._motion.mark()

    def _rate(self, pose: Pose) -> float:
        return -100.0 * self._motion.velocity_m_s[2]

    def _progress(self, angles: tuple[float, float, float]) -> float:
        return -100.0 * self._motion.way_m[2]

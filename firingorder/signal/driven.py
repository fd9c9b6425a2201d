"""What every template has in common whose repetitions are one movement out and back.

A driven template follows one number, the progress, and its rate: an angle of the pelvis, or its
height. Rest, start pose, thresholds, ranges and the refined phases live here; which phase follows
which is the affair of each template.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.signal.lasting import Lasting
from firingorder.signal.orientation import pelvis_angles_deg, vertical
from firingorder.signal.phase_fit import FloatArray, PhaseFitParams
from firingorder.signal.repetitions import Angles, RepetitionCounter, RepetitionEnd
from firingorder.signal.rest_level import RestLevel, RestLevelParams
from firingorder.signal.start_pose import StartPose, StartPoseParams
from firingorder.signal.start_position import off_position_deg
from firingorder.signal.watching import Spans, Watching

if TYPE_CHECKING:
    from firingorder.findings import Phase
    from firingorder.measures import PhaseTimes
    from firingorder.signal.orientation import Pose, Quaternion, Vector
    from firingorder.signal.repetitions import RepetitionEvent
    from firingorder.signal.task import TaskSpec

AXES = ("tilt", "obliquity", "rotation")
#: Pelvis axis (x, y, z) about which each angle turns.
RATE_AXIS = {"tilt": 1, "obliquity": 0, "rotation": 2}
#: Angles of the display before there is a start pose.
UNKNOWN_ANGLES = (float("nan"), float("nan"), float("nan"), float("nan"))
#: Seconds of trace before a movement that its refined start may need.
_BEFORE_S = 4.0


@dataclass(frozen=True, slots=True)
class DrivenParams:
    """Limits of a movement out and back (exercise_bridge.md section 2, unless said otherwise).

    Rates are in units of progress per second: degrees, or centimetres where height is followed.
    """

    still_deg_s: float = 2.0
    still_most_deg_s: float = 2.0
    """The limit of stillness grows with the measured rest up to here."""
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
    top_deg_s: float = 5.0
    top_s: float = 0.150
    top_share: float = 0.6
    """A movement is complete beyond this share of the person's median range."""
    least_range_deg: float = 8.0
    """The same before a range is known: half of the smallest usual bridge (15 deg)."""
    end_share: float = 0.15
    end_still_s: float = 0.200
    turn_share: float = 0.3
    """A new movement from below this share of the range ends the one before, without rest."""
    shifted_share: float = 0.4
    shifted_still_s: float = 0.6
    """Still this long below this share of the range: came back to another pose."""
    least_s: float = 0.8
    longest_s: float = 60.0
    """No repetition of such a task takes longer; a hold this long is a new posture."""
    own_range_repetitions: int = 10
    position_deg: float = 60.0
    """The start pose is another position when gravity is this far from where the record's
    position has it; a proposal, wide enough for slumped sitting and a sensor 10 degrees off."""
    most_turn_deg: float = 120.0
    """Turned by more than this about any axis: somebody got up or turned round, and angles beyond
    half a turn change their sign. Hips and lumbar spine together bend by some 110 degrees
    (Esola 1996, Spine 21:71), the pelvis by less; a proposal."""
    start_pose: StartPoseParams = field(default_factory=StartPoseParams)
    rest_level: RestLevelParams = field(default_factory=RestLevelParams)
    phase_fit: PhaseFitParams = field(default_factory=PhaseFitParams)


@dataclass(slots=True)
class Move:
    """The movement under way; ``passed_s`` is where its rate passed the threshold."""

    passed_s: float
    pose: Quaternion
    peak_deg: float = 0.0
    peak_at_s: float = 0.0
    top_s: float | None = None
    started: bool = False
    move_s: float | None = None
    spans: Spans = field(default_factory=Spans)
    bottom_deg: float = 0.0
    bottom_at_s: float = 0.0
    back_passed_s: float | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One movement sample by sample: times, rate and progress, ``(n_samples,)`` each."""

    t_s: FloatArray
    rate: FloatArray
    progress: FloatArray
    rest_sd: float


class Driven(Watching, ABC):
    """Common part of the templates; see the module. A subclass gives ``_advance``, ``_phases``."""

    def __init__(
        self,
        params: DrivenParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        super().__init__(task, rate_hz, counter)
        self._base = params
        self._axis = AXES.index(task.lift_axis)
        self._rate_axis = RATE_AXIS[task.lift_axis]
        self._sign = float(task.lift_sign)
        self._trace: deque[tuple[float, float, float]] = deque()
        self._start = StartPose(params.start_pose, rate_hz, self._is_top)
        self._level = RestLevel(
            params.rest_level, rate_hz, params.still_deg_s, params.still_most_deg_s
        )
        self._ranges: deque[float] = deque(maxlen=params.own_range_repetitions)
        self._still, self._slow = Lasting(self._dt), Lasting(self._dt)
        self._rising, self._falling = Lasting(self._dt), Lasting(self._dt)
        self._rest_variance = 0.0
        self._forget_pose()

    @property
    def busy(self) -> bool:
        """Whether a movement is under way."""
        return self._move is not None

    def _forget_pose(self) -> None:
        self._start.forget()
        self._phase: Phase = "rest"
        self._move: Move | None = None
        for one in (self._still, self._rising, self._falling, self._slow):
            one.reset()
        self._trace.clear()
        self._last_s = 0.0

    def new_set(self) -> None:
        """Start poses are compared within a set only."""
        self._start.new_set()

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End the repetition under way as it is, and ask for a new start pose."""
        events: list[RepetitionEvent] = []
        if self._move is not None and self._move.started:
            events += self._end(self._move, self._last_s, self._last_s, (reason,))
        elif self._phase != "rest":
            events.append(PhaseFinding("rest", self._last_s, self._counter.count + 1))
        self._forget_pose()
        return events

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Return what the sample made known, and (progress, tilt, obliquity, rotation) in degrees.

        The angles are relative to the start pose, NaN before there is one. A restart of the
        orientation filter after a gap ends the repetition under way and asks for a new start pose.
        """
        # A restart for the gyroscope's bias may come in a long hold: nothing is missing then, and
        # who holds has hardly turned about the vertical since the start.
        held = pose.rested and self._move is not None
        events = self.abort("imu_gap") if pose.restarted and not held else []
        if pose.rested:
            # The next movement may follow at once: the rest just seen need not last anew.
            self._still.since = t_s - self._base.start_pose.still_s
        self._watch(t_s, pose)
        rate = self._rate(pose)
        self._times(t_s, rate)
        if self._start.pose is None:
            self._start.renew(t_s, self._still)
            if self._start.pose is None:
                self._last_s = t_s
                return events, UNKNOWN_ANGLES
        angles = pelvis_angles_deg(self._start.pose, pose.quat_wxyz)
        progress = self._progress(angles)
        self._keep(t_s, rate, progress)
        events += self._advance(t_s, progress, rate)
        self._track(t_s, progress, angles)
        self._last_s = t_s
        return events, (self._sign * angles[self._axis], *angles)

    def step(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Return the same as ``pose``."""
        return self.pose(t_s, pose)

    def _watch(self, t_s: float, pose: Pose) -> None:
        """Is the pelvis still, and how."""
        self._level.observe(pose.rate_norm_deg_s)
        still = self._is_still(t_s, pose)
        self._still.update(t_s, holds=still)
        self._start.observe(pose.quat_wxyz, still=still)

    def _is_top(self, known: Vector, other: Vector) -> bool:
        """Tell by two verticals whether a start pose is a top; most templates cannot."""
        del known, other
        return False

    def _is_still(self, t_s: float, pose: Pose) -> bool:
        del t_s
        return pose.rate_norm_deg_s < self._level.limit

    def _rate(self, pose: Pose) -> float:
        """Return the rate of the progress; an angle of the pelvis unless a template overrides."""
        return self._sign * pose.rate_deg_s[self._rate_axis]

    def _progress(self, angles: tuple[float, float, float]) -> float:
        return self._sign * angles[self._axis]

    def _times(self, t_s: float, rate: float) -> None:
        """Since when the progress is rising, falling, slow."""
        limit = self._limit()
        self._rising.update(t_s, holds=rate > limit)
        self._falling.update(t_s, holds=rate < -limit)
        self._slow.update(t_s, holds=abs(rate) < self._base.top_deg_s)

    def _limit(self) -> float:
        return max(self._base.start_deg_s, self._base.start_sd * self._rest_variance**0.5)

    def _keep(self, t_s: float, rate: float, progress: float) -> None:
        """Keep the trace of the movement under way and of what was right before it."""
        self._trace.append((t_s, rate, progress))
        since = t_s if self._move is None else self._move.passed_s
        while self._trace[0][0] < since - _BEFORE_S:
            self._trace.popleft()

    def _follow_rest(self, t_s: float, rate: float) -> None:
        if self._start.renew(t_s, self._still):
            share = self._dt / self._base.rest_sd_time_s
            self._rest_variance += share * (rate * rate - self._rest_variance)

    @abstractmethod
    def _advance(self, t_s: float, progress: float, rate: float) -> list[RepetitionEvent]:
        """Follow a movement by one sample."""

    @abstractmethod
    def _phases(self, move: Move, trace: Trace, end_s: float) -> PhaseTimes:
        """Return when the phases of a whole movement began."""

    def _new_move(self, passed_s: float, phase: Phase) -> PhaseFinding:
        assert self._start.pose is not None
        self._move = Move(passed_s, self._start.pose)
        self._phase = phase
        return PhaseFinding(phase, passed_s, self._counter.count + 1)

    def _drop(self, t_s: float) -> PhaseFinding:
        """Take a movement for a fidget."""
        self._move, self._phase = None, "rest"
        return PhaseFinding("rest", t_s, self._counter.count + 1)

    def _end(
        self, move: Move, end_s: float, decided_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        """End the repetition and judge whether it was complete."""
        start_s = self._start_s(move)
        # What cut a movement short says all: how far it had come does not matter then.
        found = list(reasons) or self._faults(move, end_s - start_s)
        if not found:
            self._ranges.append(move.peak_deg)
        phases = self._phases(move, self._trace_of(), end_s)
        self._move, self._phase = None, "rest"
        return [
            PhaseFinding("rest", end_s, self._counter.count),
            RepetitionEnd(
                index=self._counter.count,
                reference_s=move.move_s if move.move_s is not None else move.passed_s,
                start_s=start_s,
                movement_onset_s=move.move_s if move.move_s is not None else move.passed_s,
                top_s=move.top_s if move.top_s is not None else move.peak_at_s,
                end_s=end_s,
                reasons=tuple(found),
                pelvis=move.spans.range(),
                decided_at_s=decided_s,
                phases=phases,
                start_pose=move.pose,
            ),
        ]

    def _start_s(self, move: Move) -> float:
        return move.move_s if move.move_s is not None else move.passed_s

    def _trace_of(self) -> Trace:
        rows = np.array(self._trace)
        return Trace(rows[:, 0], rows[:, 1], rows[:, 2], self._rest_variance**0.5)

    def _faults(self, move: Move, duration_s: float) -> list[str]:
        """Return why a movement that ended by itself is not a complete repetition."""
        off_deg = off_position_deg(self._position, vertical(move.pose))
        turned = max(map(max, (map(abs, move.spans.lowest), move.spans.highest)))
        named = {
            "half_range": move.peak_deg < self._complete_deg(),
            "too_short": duration_s < self._base.least_s,
            "start_pose": self._start.strays(),
            "other_position": off_deg > self._base.position_deg
            or turned > self._base.most_turn_deg,
        }
        return [reason for reason, holds in named.items() if holds]

    def _track(self, t_s: float, progress: float, angles: tuple[float, float, float]) -> None:
        move = self._move
        if move is None:
            return
        if progress > move.peak_deg:
            move.peak_deg, move.peak_at_s = progress, t_s
        move.spans.add(angles)

    def _own_range_deg(self) -> float | None:
        return float(np.median(list(self._ranges))) if self._ranges else None

    def _complete_deg(self) -> float:
        own = self._own_range_deg()
        return self._base.least_range_deg if own is None else self._base.top_share * own

    def _first_rise_deg(self) -> float:
        own = self._own_range_deg()
        least = self._base.first_rise_deg
        return least if own is None else max(least, self._base.first_rise_share * own)

"""For how long the weight rests on which hip, by the obliquity: the pelvis is higher on that side.

What is kept is a level, no alternation: the obliquity of standing evenly, renewed at every rest
near it. Whoever rests away from it bears the weight on one side, whoever rests near it again is
back, and whoever rests on the other side of it has gone over. So no shift that was missed turns
the next ones round. After a large movement (walking about, a turn, fidgeting) where even is has to
be seen anew. Needs a sensor on the pelvis, and somebody who stands evenly first.
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
from firingorder.signal.orientation import pelvis_angles_deg, vertical
from firingorder.signal.phase_fit import Edge, arrival, departure
from firingorder.signal.repetitions import RepetitionCounter, RepetitionStart
from firingorder.signal.start_position import off_position_deg
from firingorder.signal.watching import Spans, Watching, closed, seen_phases

if TYPE_CHECKING:
    from firingorder.signal.balance_params import WeightShiftParams
    from firingorder.signal.orientation import Pose, Quaternion
    from firingorder.signal.phase_fit import FloatArray
    from firingorder.signal.repetitions import Angles, RepetitionEvent
    from firingorder.signal.task import TaskSpec


@dataclass(slots=True)
class _Lean:
    """The weight is on one hip: ``off_deg`` from even, left hip positive."""

    index: int
    off_deg: float
    away: Edge
    there: Edge
    pose: Quaternion
    even_deg: float
    spans: Spans = field(default_factory=Spans)


class WeightShift(Watching):
    """Finds shifts of the weight to one hip, causally; nothing of it is judged."""

    def __init__(
        self,
        params: WeightShiftParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        super().__init__(task, rate_hz, counter)
        self._params = params
        self._half = max(1, round(params.rate_s * rate_hz))
        self._window = max(4, round(params.rest_s * rate_hz))
        self._quiet = Lasting(self._dt)
        # Time and obliquity.
        self._rows: deque[tuple[float, float]] = deque(maxlen=round(params.remembered_s * rate_hz))
        self._seconds = {"left": 0.0, "right": 0.0}
        self._forget()

    def _forget(self) -> None:
        self._rows.clear()
        self._quiet.reset()
        self._even_deg: float | None = None
        self._even_pose: Quaternion | None = None
        self._rest_variance = 0.0
        self._lean: _Lean | None = None
        self._last_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether the weight is on one hip."""
        return self._lean is not None

    def seconds(self) -> dict[str, float]:
        """Return for how long each side has borne the weight so far."""
        return dict(self._seconds)

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End what is under way as it is, and ask for standing evenly."""
        events: list[RepetitionEvent] = []
        if self._lean is not None:
            edge = Edge(self._last_s, self._params.phase_fit.error_least_s)
            events = self._end(self._lean, edge, edge, (reason,))
        self._forget()
        return events

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample; progress is the obliquity."""
        p = self._params
        events = self.abort("imu_gap") if pose.restarted and not pose.rested else []
        self._last_s = t_s
        up = vertical(pose.quat_wxyz)
        obliquity = math.degrees(math.asin(max(-1.0, min(1.0, up[1]))))
        if pose.rested and self._lean is None:
            # Who rested stood evenly; the angles before had the gyroscope's error in them.
            self._rows.clear()
            self._even_deg, self._even_pose = obliquity, pose.quat_wxyz
        self._rows.append((t_s, obliquity))
        large = pose.rate_norm_deg_s > p.large_deg_s
        if large or off_position_deg(self._position, up) > p.position_deg:
            events += self.abort("posture_changed")
            return events, UNKNOWN_ANGLES
        self._quiet.update(t_s, holds=pose.rate_norm_deg_s < p.quiet_deg_s)
        level = self._level(t_s)
        if level is not None:
            events += self._rested(t_s, level, pose)
        lean = self._lean
        if lean is not None and t_s - lean.there.at_s > p.longest_s:
            events += self.abort("not_returned")
        if self._even_pose is None:
            return events, UNKNOWN_ANGLES
        angles = pelvis_angles_deg(self._even_pose, pose.quat_wxyz)
        if lean is not None:
            lean.spans.add(angles)
        return events, (angles[1], *angles)

    def _level(self, t_s: float) -> float | None:
        """Return the obliquity of a rest that ends here, None when this is none."""
        p = self._params
        if not self._quiet.lasts(t_s, p.rest_s) or len(self._rows) < self._window:
            return None
        half = self._window // 2
        late = sum(self._rows[-k][1] for k in range(1, half + 1)) / half
        early = sum(self._rows[-half - k][1] for k in range(1, half + 1)) / half
        if abs(late - early) > p.drift_deg_s * half * self._dt:
            return None
        return 0.5 * (late + early)

    def _rested(self, t_s: float, level: float, pose: Pose) -> list[RepetitionEvent]:
        p = self._params
        if self._even_deg is None:
            if self._quiet.lasts(t_s, p.even_s):
                self._even_deg, self._even_pose = level, pose.quat_wxyz
            return []
        off = level - self._even_deg
        lean = self._lean
        if lean is None:
            if abs(off) >= p.shift_deg:
                return self._begin(t_s, off, 0.0)
            self._stands(level, pose)
            return []
        if off / lean.off_deg >= p.back_share:
            # Sway of several seconds is none of the shift: it carries both levels along.
            drift = self._dt / p.even_time_s * (off - lean.off_deg)
            most, even = p.sway_deg, self._even_deg + drift
            self._even_deg = min(max(even, lean.even_deg - most), lean.even_deg + most)
            return []
        back, over = self._edges(lean.off_deg, self._even_deg, off)
        events = self._end(lean, back, over, ())
        if abs(off) >= p.shift_deg:
            # Right over to the other hip.
            return [*events, *self._begin(t_s, off, lean.off_deg)]
        self._stands(level, pose)
        return events

    def _stands(self, level: float, pose: Pose) -> None:
        assert self._even_deg is not None
        share = self._dt / self._params.even_time_s
        self._even_deg += share * (level - self._even_deg)
        self._even_pose = pose.quat_wxyz
        wide = 2 * self._half + 1
        if len(self._rows) >= wide:
            rate = (self._rows[-1][1] - self._rows[-wide][1]) / (2 * self._half * self._dt)
            self._rest_variance += share * (rate * rate - self._rest_variance)

    def _rates(self, angles: FloatArray) -> FloatArray:
        """Return the rate of an angle: of the gyroscope's, bias and noise would be left."""
        padded = np.pad(angles, self._half, mode="edge")
        return (padded[2 * self._half :] - padded[: -2 * self._half]) / (2 * self._half * self._dt)

    def _begin(self, t_s: float, off: float, from_deg: float) -> list[RepetitionEvent]:
        assert self._even_deg is not None
        assert self._even_pose is not None
        away, there = self._edges(from_deg, self._even_deg, off)
        index = self._counter.next()
        self._sides.append((index, "left" if off > 0.0 else "right"))
        self._lean = _Lean(index, off, away, there, self._even_pose, self._even_deg)
        return [
            PhaseFinding("lift", away.at_s, index),
            RepetitionStart(index, away.at_s, away.at_s, t_s),
            PhaseFinding("hold", there.at_s, index),
        ]

    def _edges(self, from_deg: float, even_deg: float, to_deg: float) -> tuple[Edge, Edge]:
        """Return when the latest way from one level to another began and was over."""
        p = self._params
        rows = np.array(self._rows)
        t, rates = rows[:, 0], self._rates(rows[:, 1])
        sd = self._rest_variance**0.5
        way = to_deg - from_deg
        share: FloatArray = (rows[:, 1] - even_deg - from_deg) / way
        rate = math.copysign(1.0, way) * rates
        # Under way between a third and two thirds: nothing but the latest passage counts.
        before = np.flatnonzero(share < 1.0 / 3.0)
        begun = int(before[-1]) if len(before) else 0
        after = np.flatnonzero(share[begun:] > 2.0 / 3.0)
        done = begun + (int(after[0]) if len(after) else 0)
        away = departure(t, rate, float(t[begun]), sd, p.phase_fit)
        there = arrival(t, rate, float(t[done]), sd, p.phase_fit)
        return away, Edge(max(away.at_s, there.at_s), there.error_s)

    def _end(
        self, lean: _Lean, back: Edge, over: Edge, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        p = self._params
        away_s, far_s = lean.away.at_s, lean.there.at_s
        end_s = max(far_s, min(over.at_s, self._last_s))
        back_s = min(max(back.at_s, far_s), end_s)
        self._seconds["left" if lean.off_deg > 0.0 else "right"] += back_s - far_s
        short = ("too_short",) if back_s - away_s < p.least_s else ()
        self._lean = None
        return closed(
            lean.index,
            seen_phases(away_s, far_s, back_s, end_s, lean.away.error_s),
            reasons or short,
            start_s=away_s,
            top_s=far_s,
            decided_s=self._last_s,
            spans=lean.spans,
            pose=lean.pose,
        )

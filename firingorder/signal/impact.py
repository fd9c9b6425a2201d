"""Repetitions that are landings: the template IMPACT.

An impact is a peak of the vertical acceleration together with a change of velocity: the body was
falling and is caught. A knock on the sensor has the peak without the change. The way down before,
the absorption after it and the time until the body is still are the phases. Needs a sensor on the
pelvis; muscles alone do not say when the feet land.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.signal.driven import UNKNOWN_ANGLES
from firingorder.signal.lasting import Lasting
from firingorder.signal.orientation import pelvis_angles_deg, vertical
from firingorder.signal.repetitions import RepetitionCounter, RepetitionStart
from firingorder.signal.start_position import off_position_deg
from firingorder.signal.watching import Spans, Watching, closed, seen_phases

if TYPE_CHECKING:
    from firingorder.signal.orientation import Pose, Quaternion
    from firingorder.signal.repetitions import Angles, RepetitionEvent
    from firingorder.signal.task import TaskSpec

GRAVITY_M_S2 = 9.80665


@dataclass(frozen=True, slots=True)
class ImpactParams:
    """Limits of a landing; proposals, except where a source is named."""

    peak_g: float = 1.0
    """The peak stands this far above rest: soft landings are what is asked for, walking has less.
    What tells a landing from a knock are the velocities below."""
    before_s: float = 0.150
    absorb_s: float = 0.250
    """The windows before and after the impact in which muscles are compared."""
    least_caught_m_s: float = 0.5
    """Largest gain of velocity within ``absorb_s``: a fall from 1.3 cm has 0.5 m/s, one from 10 cm
    1.4."""
    fall_s: float = 0.3
    least_fallen_m_s: float = 0.3
    """Who lands was falling: this much velocity downward within ``fall_s`` before. A knock on the
    sensor comes out of the blue."""
    begin_g: float = 0.3
    """The impact begins where the acceleration last was below this before the peak."""
    still_deg_s: float = 10.0
    still_g: float = 0.08
    still_s: float = 0.50
    """Settled: hardly turning and hardly accelerated for this long; standing after a landing sways
    more than before it. At the lowest point, before straightening up slowly, a body is as still
    for a moment: half a second, as before a start, tells the two apart."""
    longest_s: float = 6.0
    """Not settled by then: it will not be."""
    apart_s: float = 0.5
    """Another peak within this belongs to the same landing: the second foot, a rebound."""
    error_s: float = 0.030
    """95 % half-width of the impact: the rise to the peak takes 10 to 50 ms."""
    position_deg: float = 60.0


class Impact(Watching):
    """Finds landings, causally."""

    def __init__(
        self,
        params: ImpactParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        super().__init__(task, rate_hz, counter)
        self._params = params
        self._settled = Lasting(self._dt)
        # Time, vertical acceleration, pose: from what is before an impact to its absorption.
        self._rows: deque[tuple[float, float, Quaternion]] = deque()
        self._forget()

    def _forget(self) -> None:
        self._rows.clear()
        self._settled.reset()
        self._peak_s: float | None = None
        self._impact_s: float | None = None
        self._from: Quaternion | None = None
        self._off_position = False
        self._spans = Spans()
        self._last_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether a landing is under way."""
        return self._impact_s is not None

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End the landing under way as it is."""
        events = self._end(self._last_s, self._last_s, (reason,))
        self._forget()
        return events

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample; angles are relative to the pose right before the impact."""
        events = self.abort("imu_gap") if pose.restarted else []
        p = self._params
        ux, uy, uz = vertical(pose.quat_wxyz)
        ax, ay, az = pose.acc_m_s2
        up = (ax * ux + ay * uy + az * uz) / GRAVITY_M_S2 - 1.0
        self._rows.append((t_s, up, pose.quat_wxyz))
        while self._rows[0][0] < t_s - p.before_s - p.absorb_s - p.apart_s:
            self._rows.popleft()
        calm = pose.rate_norm_deg_s < p.still_deg_s and abs(up) < p.still_g
        self._settled.update(t_s, holds=calm)
        self._last_s = t_s
        if self._impact_s is None:
            events += self._seek(t_s, up)
            return events, UNKNOWN_ANGLES
        angles = self._track(pose)
        return [*events, *self._follow(t_s)], angles

    def _seek(self, t_s: float, up: float) -> list[RepetitionEvent]:
        """Open the question at a peak; what the velocity did in ``absorb_s`` answers it."""
        p = self._params
        if self._peak_s is None:
            if up > p.peak_g:
                self._peak_s = t_s
            return []
        if t_s - self._peak_s < p.absorb_s - 0.5 * self._dt:
            return []
        begin = self._begin(self._peak_s)
        rows = list(self._rows)
        self._peak_s = None
        gained = np.cumsum([row[1] for row in rows[begin:]]) * self._dt * GRAVITY_M_S2
        before_s = rows[begin][0] - p.fall_s
        down = sum(row[1] for row in rows[:begin] if row[0] >= before_s) * self._dt * GRAVITY_M_S2
        if float(gained.max()) < p.least_caught_m_s or -down < p.least_fallen_m_s:
            return []
        self._impact_s = rows[begin][0]
        self._from = rows[max(0, begin - 1)][2]
        off_deg = off_position_deg(self._position, vertical(self._from))
        self._off_position = off_deg > p.position_deg
        self._spans = Spans()
        index = self._counter.next()
        return [
            PhaseFinding("lift", self._impact_s, index),
            RepetitionStart(index, self._impact_s, self._impact_s, t_s),
        ]

    def _begin(self, peak_s: float) -> int:
        """Return the sample at which the rise to the peak began."""
        rows = list(self._rows)
        at = int(np.argmin([abs(row[0] - peak_s) for row in rows]))
        while at > 0 and rows[at - 1][1] > self._params.begin_g:
            at -= 1
        return at

    def _follow(self, t_s: float) -> list[RepetitionEvent]:
        p = self._params
        assert self._impact_s is not None
        if self._settled.since is not None and self._settled.lasts(t_s, p.still_s):
            end_s = max(self._settled.since, self._impact_s + p.absorb_s)
            if t_s >= end_s:
                return self._end(end_s, t_s, ())
        if t_s - self._impact_s > p.longest_s:
            return self._end(t_s, t_s, ("not_settled",))
        return []

    def _track(self, pose: Pose) -> Angles:
        assert self._from is not None
        angles = pelvis_angles_deg(self._from, pose.quat_wxyz)
        self._spans.add(angles)
        return (angles[0], *angles)

    def _end(
        self, end_s: float, decided_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        at_s, p = self._impact_s, self._params
        if at_s is None:
            return []
        found = reasons or (("other_position",) if self._off_position else ())
        self._impact_s = None
        end_s = max(end_s, at_s)
        far_to_s = min(at_s + p.absorb_s, end_s)
        return closed(
            self._counter.count,
            seen_phases(at_s, at_s, far_to_s, end_s, p.error_s),
            found,
            start_s=at_s - p.before_s,
            top_s=far_to_s,
            decided_s=decided_s,
            spans=self._spans,
            pose=self._from,
        )

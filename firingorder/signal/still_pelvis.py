"""The pelvis of a task in which it should keep still: where it rested, whether it gave way.

Knows nothing of EMG. What it says about a stretch of time depends on the samples up to the end of
that stretch only, so it does not matter how far the other stream has come meanwhile.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PelvisRange
from firingorder.signal.lasting import Lasting
from firingorder.signal.orientation import mean_pose, pelvis_angles_deg
from firingorder.signal.pose_trace import PoseTrace
from firingorder.signal.start_pose import StartPose, StartPoseParams

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.orientation import Pose, Quaternion
    from firingorder.signal.pose_trace import PoseExcerpt
    from firingorder.signal.repetitions import Angles

#: Angles of the display before there is a start pose.
NO_ANGLES = (float("nan"), float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class StillPelvisParams:
    """Limits of rest and of micro-motion; proposals, except where a source is named."""

    still_deg_s: float = 2.0
    """Rest of somebody who lies (exercise_bridge.md section 2)."""
    most_still_deg_s: float = 6.0
    """Nobody's sway is called rest above this, three times the limit of somebody who lies."""
    rest_sd: float = 3.0
    """Motion is above this many SD of the rate at rest."""
    least_motion_deg_s: float = 0.3
    """Nor is anything below this motion: breathing turns the pelvis by 0.3 degrees in 2 s."""
    motion_s: float = 0.030
    bin_s: float = 0.1
    rest_window_s: float = 10.0
    rest_share: float = 0.2
    """Rest is the quietest fifth of the last seconds."""
    motion_window_s: tuple[float, float] = (-0.6, 1.0)
    """Where the pelvis may give way, about the first onset of a muscle."""
    turned_deg: float = 20.0
    """Who turns the pelvis this far in a task that keeps it still turns over: four times what a
    fault of such a task is told from (5 degrees)."""
    longest_gap_s: float = 0.3
    """A stretch with more than this missing tells no range."""
    remembered_s: float = 90.0
    """A rest pose older than this is none of this repetition."""
    start_pose: StartPoseParams = field(default_factory=lambda: StartPoseParams(new_pose_deg=180.0))
    """Any rest may be the new one here: those within a repetition are left out by their time."""


class StillPelvis:
    """Follows the pelvis sample by sample; answers about repetitions found elsewhere.

    ``sd_deg_s`` is the SD of the rate at rest if it was measured before (calibration).
    """

    def __init__(
        self, params: StillPelvisParams, rate_hz: float, sd_deg_s: float | None = None
    ) -> None:
        self._p = params
        self._sample_s = 1.0 / rate_hz
        self._sd_before = sd_deg_s
        self._trace = PoseTrace(rate_hz)
        self._follow = StartPose(params.start_pose, rate_hz)
        self._of_set = StartPose(params.start_pose, rate_hz)
        self._every = max(1, round(params.bin_s * rate_hz))
        self.forget()

    def forget(self) -> None:
        """Forget where the pelvis rested: heading or posture cannot be compared with before."""
        self._trace.clear()
        self._follow.forget()
        self._still = Lasting(self._sample_s)
        self._rests: deque[tuple[float, Quaternion]] = deque()
        self._bins: deque[float] = deque(
            maxlen=max(1, round(self._p.rest_window_s / self._p.bin_s))
        )
        self._energy, self._count = 0.0, 0
        self._limit = self._p.still_deg_s
        self._last_s = -np.inf
        self._shown: Quaternion | None = None

    def new_set(self) -> None:
        """Start poses are compared within a set only."""
        self._of_set.new_set()

    @property
    def seen_s(self) -> float:
        """Time of the newest sample."""
        return self._last_s

    @property
    def sd_deg_s(self) -> float | None:
        """RMS of the rate at rest, None before a second of samples; a calibration's while it is."""
        if len(self._bins) * self._p.bin_s < 1.0:
            return self._sd_before
        ordered = sorted(self._bins)
        return ordered[int(self._p.rest_share * (len(ordered) - 1))]

    def take(self, t_s: float, pose: Pose, *, busy: bool) -> Angles:
        """Take one sample; return its angles for the display, which stay with a repetition's start.

        NaN where there is no start pose yet.
        """
        if pose.restarted:
            self.forget()
        self._last_s = t_s
        self._trace.append(t_s, pose)
        self._energy += pose.rate_norm_deg_s**2
        self._count += 1
        self._still.update(t_s, holds=pose.rate_norm_deg_s < self._limit)
        self._follow.observe(pose.quat_wxyz, still=self._still.since is not None)
        if self._count == self._every:
            self._bins.append((self._energy / self._count) ** 0.5)
            self._energy, self._count = 0.0, 0
            self._note_rest(t_s)
        if self._shown is None or not busy:
            self._shown = self._follow.pose
        if self._shown is None:
            return NO_ANGLES
        angles = pelvis_angles_deg(self._shown, pose.quat_wxyz)
        return (max(angles, key=abs), *angles)

    def _note_rest(self, t_s: float) -> None:
        p = self._p
        sd = self.sd_deg_s
        spread = 0.0 if sd is None else p.rest_sd * sd
        self._limit = min(max(p.still_deg_s, spread), p.most_still_deg_s)
        if self._follow.renew(t_s, self._still) and self._follow.pose is not None:
            self._rests.append((t_s, self._follow.pose))
        while self._rests and self._rests[0][0] < t_s - p.remembered_s:
            self._rests.popleft()

    def start_pose(self, at_s: float) -> Quaternion | None:
        """Return the pose of the last rest before a repetition, or what it moved out of."""
        for t_s, pose in reversed(self._rests):
            if t_s <= at_s:
                return pose
        before = self._trace.excerpt(at_s - self._p.start_pose.still_s, at_s)
        if not self._covers(before, at_s - self._p.start_pose.still_s, at_s):
            return None
        return mean_pose([(q[0], q[1], q[2], q[3]) for q in before.quat_wxyz.tolist()])

    def strays(self, start: Quaternion) -> bool:
        """Take note of a repetition's start pose; tell whether it lies off those of the set."""
        self._of_set.pose = start
        return self._of_set.strays()

    def leave_out(self, first_s: float, last_s: float) -> None:
        """Forget the rests within a repetition: holding still is no start pose."""
        self._rests = deque(one for one in self._rests if not first_s < one[0] <= last_s)

    def spans(self, start: Quaternion, first_s: float, last_s: float) -> PelvisRange | None:
        """Return by how much the angles changed, None where the sensor did not see all of it."""
        seen = self._trace.excerpt(first_s, last_s)
        if not self._covers(seen, first_s, last_s):
            return None
        spans = np.ptp(seen.angles_deg(start), axis=0).tolist()
        return PelvisRange(spans[0], spans[1], spans[2])

    def turned_over(self, span: PelvisRange) -> bool:
        """Tell whether this was a change of posture rather than a movement of a limb."""
        widest = max(span.tilt_range_deg, span.obliquity_range_deg, span.rotation_range_deg)
        return widest > self._p.turned_deg

    def gave_way_s(self, reference_s: float, known_s: float) -> float | None:
        """Return when the pelvis began to move about the first onset, None if it did not.

        Only samples up to ``known_s`` are looked at. The limit is relative to the rate at rest in
        the seconds before. Who moves already when the window opens gives no onset until he is
        still again.
        """
        p = self._p
        first_s, last_s = (reference_s + edge for edge in p.motion_window_s)
        seen = self._trace.excerpt(first_s - p.rest_window_s, min(last_s, known_s))
        if len(seen.t_s) < 2:
            return None
        rate = np.linalg.norm(seen.rate_deg_s, axis=1)
        limit = max(p.rest_sd * self._rest_rms(rate, seen.t_s < first_s), p.least_motion_deg_s)
        moves = rate > limit
        begins = np.flatnonzero(moves & ~np.concatenate(([True], moves[:-1])))
        for k in begins.tolist():
            still_again = np.flatnonzero(~moves[k:])
            stop = k + int(still_again[0]) if len(still_again) else len(moves)
            lasts_s = float(seen.t_s[stop - 1] - seen.t_s[k]) + self._sample_s
            if float(seen.t_s[k]) >= first_s and lasts_s >= p.motion_s - 0.5 * self._sample_s:
                return float(seen.t_s[k])
        return None

    def _rest_rms(self, rate: FloatArray, before: BoolArray) -> float:
        """Return the RMS of the quietest fifth of the tenths of a second before."""
        whole = np.flatnonzero(before)
        n = len(whole) // self._every
        if n * self._p.bin_s < 1.0:
            return self._sd_before or 0.0
        bins = np.sqrt(np.mean(rate[whole[: n * self._every]].reshape(n, -1) ** 2, axis=1))
        return float(np.quantile(bins, self._p.rest_share))

    def _covers(self, seen: PoseExcerpt, first_s: float, last_s: float) -> bool:
        times = np.concatenate(([first_s], seen.t_s, [last_s]))
        return len(seen.t_s) > 1 and float(np.max(np.diff(times))) <= self._p.longest_gap_s

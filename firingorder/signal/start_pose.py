"""The pose a movement starts from: the mean of the latest rest, and how far rests may differ."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.orientation import angle_between_deg, mean_pose, vertical

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.signal.lasting import Lasting
    from firingorder.signal.orientation import Quaternion, Vector


@dataclass(frozen=True, slots=True)
class StartPoseParams:
    """Limits of rest (exercise_bridge.md section 2; the last three are proposals)."""

    still_s: float = 0.3
    """Rest is this long; the start pose is the mean over it."""
    stray_deg: float = 10.0
    """Start poses of a set lie within this of their median (exercise_bridge.md section 2)."""
    own_repetitions: int = 10
    new_pose_deg: float = 8.0
    new_pose_s: float = 5.0
    """A rest pose further than ``new_pose_deg`` from the one before must be kept this long to
    become the start pose: the top of a movement in the wrong direction must not pass for one."""
    again_after_s: float = 1.0
    """Or it is come back to after at least this long, and the one before is not seen in between:
    who gets up and begins at once rests in the new pose between repetitions. No repetition is
    shorter; a hold that sways is one rest."""


class StartPose:
    """Follows the rests; ``pose`` is the one that angles are relative to, None before the first.

    ``is_top`` is asked with the verticals of the known pose and of another rest: whether the known
    one must be the top of the movements, and the other their start. Whoever is up when all this
    begins holds there first.
    """

    def __init__(
        self,
        params: StartPoseParams,
        rate_hz: float,
        is_top: Callable[[Vector, Vector], bool] | None = None,
    ) -> None:
        self._params = params
        self._is_top = is_top
        self._latest: deque[Quaternion] = deque(maxlen=max(1, round(params.still_s * rate_hz)))
        self._verticals: deque[Vector] = deque(maxlen=params.own_repetitions)
        self._known: Vector | None = None
        # The latest rest in another pose, and when it was last seen.
        self._other: tuple[Vector, float] | None = None
        self.pose: Quaternion | None = None

    def forget(self) -> None:
        """Ask for a new start pose; where gravity was in the last one is remembered."""
        self.pose = None
        self._latest.clear()

    def new_set(self) -> None:
        """Start poses are compared within a set only."""
        self._verticals.clear()

    def observe(self, quat_wxyz: Quaternion, *, still: bool) -> None:
        """Take the pose of a sample."""
        if still:
            self._latest.append(quat_wxyz)
        else:
            self._latest.clear()

    def renew(self, t_s: float, still: Lasting) -> bool:
        """Follow the rest under way; tell whether there is one."""
        p = self._params
        if not still.lasts(t_s, p.still_s):
            return False
        pose = mean_pose(list(self._latest))
        upright = vertical(pose)
        near = self._known is None or angle_between_deg(self._known, upright) < p.new_pose_deg
        if near or still.lasts(t_s, p.new_pose_s) or self._come_back(t_s, upright, still):
            # A top is come back to between any two rests: that says nothing against the lower one.
            if not (near and self._tops_other()):
                self._other = None
            self.pose, self._known = pose, upright
        return True

    def _tops_other(self) -> bool:
        """Tell whether the known pose is the top of movements that start in the other rest."""
        if self._is_top is None or self._known is None or self._other is None:
            return False
        return self._is_top(self._known, self._other[0])

    def _come_back(self, t_s: float, upright: Vector, still: Lasting) -> bool:
        """Take note of a rest in another pose; tell whether it was left and taken up again."""
        p, before = self._params, self._other
        same = before is not None and angle_between_deg(before[0], upright) < p.new_pose_deg
        since_s = t_s if still.since is None else still.since
        again = same and before is not None and since_s - before[1] >= p.again_after_s
        if again:
            # From now on it is this one: those before were measured from the wrong pose.
            self._verticals.clear()
        else:
            self._other = (upright, t_s)
        return again

    def strays(self) -> bool:
        """Take note of a repetition's start pose; tell whether it lies off those of the set."""
        if self.pose is None:
            return False
        upright = vertical(self.pose)
        known = list(self._verticals)
        self._verticals.append(upright)
        if not known:
            return False
        x, y, z = np.median(np.array(known), axis=0).tolist()
        return angle_between_deg((x, y, z), upright) > self._params.stray_deg

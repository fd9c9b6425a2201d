"""Where the pelvis points in every posture, and how a body gets from one to the next.

World: z up. Pelvis: x forward, y left, z up along the spine. Lying, the head is toward world +x;
upright, the person looks toward world +x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.simulation.exercises.courses import travelled

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

Posture = Literal[
    "standing", "sitting", "supine", "prone", "left_side_up", "right_side_up", "hands_and_knees",
    "bench",
]  # fmt: skip

#: Sitting turns the pelvis backward; unsupported sitting by 10 to 25 degrees against standing
#: (order of magnitude: Keegan 1953, J Bone Joint Surg 35A:589).
SITTING_TILT_DEG = -15.0
#: With the upper back on a bench and the hips low the trunk leans back by about this much from
#: lying (a seat height of 40 cm over a trunk of 50 cm, anthropometric order of magnitude).
BENCH_TILT_DEG = 42.0


def _columns(x: tuple[int, ...], y: tuple[int, ...], z: tuple[int, ...]) -> Rotation:
    return Rotation.from_matrix(np.array([x, y, z], dtype=np.float64).T)


def _tilted(base: Rotation, tilt_deg: float) -> Rotation:
    return base * Rotation.from_rotvec([0.0, np.deg2rad(tilt_deg), 0.0])


_UPRIGHT = _columns((1, 0, 0), (0, 1, 0), (0, 0, 1))
_SUPINE = _columns((0, 0, 1), (0, -1, 0), (1, 0, 0))
_PRONE = _columns((0, 0, -1), (0, 1, 0), (1, 0, 0))
POSTURES: dict[Posture, Rotation] = {
    "standing": _UPRIGHT,
    "sitting": _tilted(_UPRIGHT, SITTING_TILT_DEG),
    "supine": _SUPINE,
    "prone": _PRONE,
    "left_side_up": _columns((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    "right_side_up": _columns((0, -1, 0), (0, 0, -1), (1, 0, 0)),
    "hands_and_knees": _PRONE,
    "bench": _tilted(_SUPINE, BENCH_TILT_DEG),
}
LYING: tuple[Posture, ...] = ("supine", "prone", "left_side_up", "right_side_up")


@dataclass(frozen=True, slots=True)
class _Turn:
    start_s: float
    end_s: float
    rotvec: FloatArray
    after: Rotation


class PostureTrack:
    """The orientation of the pelvis apart from its movements: postures and turns between them."""

    def __init__(self, first: Rotation) -> None:
        self._first = first
        self._turns: list[_Turn] = []

    @property
    def last(self) -> Rotation:
        """Where the last turn ends."""
        return self._turns[-1].after if self._turns else self._first

    def turn(self, start_s: float, end_s: float, to: Rotation) -> None:
        """Turn from the last pose to another one; turns come one after the other."""
        if self._turns and start_s < self._turns[-1].end_s:
            raise ValueError(f"a turn at {start_s:g} s begins before the last one is over")
        rotvec = (self.last.inv() * to).as_rotvec()
        self._turns.append(_Turn(start_s, end_s, rotvec, to))

    def at(self, t_s: FloatArray) -> Rotation:
        """Return the pose (one rotation, or ``n`` where something turns) at ascending times."""
        pose = self._first
        for one in self._turns:
            if one.end_s <= t_s[0]:
                pose = one.after
            elif one.start_s < t_s[-1]:
                share = travelled("jerk", (t_s - one.start_s) / (one.end_s - one.start_s))
                pose = pose * Rotation.from_rotvec(share[:, None] * one.rotvec)
        return pose

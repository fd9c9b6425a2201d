"""What the screen draws, collected until it is taken; the oldest is dropped when nobody looks."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from firingorder.samples import DisplayBlock, PelvisBlock

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.conditioning import ConditionedBlock

#: Blocks kept while nobody takes them: 10 s of 20 ms blocks, what a strip shows at once.
_MAX_BLOCKS = 500
#: IMU samples kept while nobody takes them: 10 s at 200 Hz.
_MAX_POSES = 2000


class Display:
    """Collects display blocks between two visits of the screen. Nothing here is a finding."""

    def __init__(self, rate_hz: float, imu_rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._imu_rate_hz = imu_rate_hz
        self._blocks: deque[DisplayBlock] = deque(maxlen=_MAX_BLOCKS)
        self._poses: deque[tuple[int, float, tuple[float, float, float, float]]] = deque(
            maxlen=_MAX_POSES
        )

    def add_emg(self, block: ConditionedBlock, t0_s: float, envelope_uv: FloatArray) -> None:
        """Add one conditioned block."""
        drawn = np.where(block.missing, np.nan, block.emg_uv)
        self._blocks.append(
            DisplayBlock(block.index0, t0_s, self._rate_hz, drawn, envelope_uv, block.saturated)
        )

    def add_pose(
        self, index: int, t_s: float, angles_deg: tuple[float, float, float, float]
    ) -> None:
        """Add lift, tilt, obliquity and rotation of one IMU sample."""
        self._poses.append((index, t_s, angles_deg))

    def take(self) -> tuple[list[DisplayBlock], list[PelvisBlock]]:
        """Return what came since the last visit, neighbours joined, and forget it."""
        blocks = _join(list(self._blocks))
        poses = list(self._poses)
        self._blocks.clear()
        self._poses.clear()
        return blocks, self._join_poses(poses)

    def _join_poses(
        self, poses: list[tuple[int, float, tuple[float, float, float, float]]]
    ) -> list[PelvisBlock]:
        joined: list[PelvisBlock] = []
        first = 0
        for k in range(1, len(poses) + 1):
            if k < len(poses) and poses[k][0] == poses[k - 1][0] + 1:
                continue
            angles = np.array([pose[2] for pose in poses[first:k]])
            joined.append(
                PelvisBlock(
                    poses[first][1],
                    self._imu_rate_hz,
                    angles[:, 0],
                    angles[:, 1],
                    angles[:, 2],
                    angles[:, 3],
                )
            )
            first = k
        return joined


def _join(blocks: list[DisplayBlock]) -> list[DisplayBlock]:
    joined: list[DisplayBlock] = []
    first = 0
    for k in range(1, len(blocks) + 1):
        previous = blocks[k - 1]
        if k < len(blocks) and blocks[k].index0 == previous.index0 + len(previous.emg_uv):
            continue
        part = blocks[first:k]
        joined.append(
            DisplayBlock(
                part[0].index0,
                part[0].t0_s,
                part[0].rate_hz,
                np.concatenate([one.emg_uv for one in part]),
                np.concatenate([one.envelope_uv for one in part]),
                np.concatenate([one.saturated for one in part]),
            )
        )
        first = k
    return joined

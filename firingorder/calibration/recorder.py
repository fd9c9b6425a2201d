"""The latest minute of everything a calibration looks at, cut into takes by time."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from firingorder.calibration.take import ImuTrace, Take

if TYPE_CHECKING:
    from firingorder.calibration.plan import CalibrationFacts
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.orientation import Pose
    from firingorder.signal.quality import Look

#: Kept at most: the longest step with all its tries lasts half of it.
KEPT_S = 90.0
#: Blocks of the live bar: half a second of the shortest ones there are.
LIVE_BLOCKS = 25


class Recorder:
    """Keeps blocks, looks and sensor samples; :meth:`take` cuts them."""

    def __init__(self, facts: CalibrationFacts) -> None:
        self._facts = facts
        self._block_s = facts.block_n / facts.rate_hz
        self._blocks: deque[tuple[float, ConditionedBlock, BoolArray]] = deque()
        self._n = len(facts.channels)
        self._powers: deque[tuple[float, FloatArray]] = deque(maxlen=LIVE_BLOCKS)
        self._looks: deque[tuple[float, FloatArray]] = deque()
        self._imu: deque[tuple[float, FloatArray]] = deque()

    def block(self, t0_s: float, block: ConditionedBlock, lead_off: BoolArray) -> None:
        """Keep one block of all channels."""
        self._blocks.append((t0_s, block, lead_off))
        while self._blocks[0][0] < t0_s - KEPT_S:
            self._blocks.popleft()
        self._powers.append((t0_s, _power(block)))

    def look(self, look: Look, t_s: float) -> None:
        """Keep what a look of a second says of the mains."""
        self._looks.append((t_s, look.mains_uv))
        while self._looks[0][0] < t_s - KEPT_S:
            self._looks.popleft()

    def imu(self, t_s: float, acc: FloatArray, gyr: FloatArray, pose: Pose) -> None:
        """Keep one sample of the pelvis sensor."""
        row = np.concatenate([acc, gyr, pose.quat_wxyz, pose.rate_deg_s])
        self._imu.append((t_s, row))
        while self._imu[0][0] < t_s - KEPT_S:
            self._imu.popleft()

    def newest_pose(self, until_s: float) -> FloatArray | None:
        """Return the newest pose not later than ``until_s``, ``(4,)``, None without one."""
        for t_s, row in reversed(self._imu):
            if t_s <= until_s:
                quat: FloatArray = row[6:10]
                return quat
        return None

    def take(self, start_s: float, end_s: float) -> Take:
        """Return what there is between two instants; blocks belong where their middle is."""
        half = 0.5 * self._block_s
        chosen = [one for one in self._blocks if start_s <= one[0] + half < end_s]
        n = len(self._facts.channels)
        empty = np.zeros((0, n))
        nothing = np.zeros((0, n), dtype=np.bool_)
        off = [lead_off for _, _, lead_off in chosen]
        # A look belongs to a take when its whole second does.
        looks = [mains for t_s, mains in self._looks if start_s + 1.0 <= t_s + half <= end_s + 1e-6]
        return Take(
            start_s=start_s,
            end_s=end_s,
            rate_hz=self._facts.rate_hz,
            block_n=self._facts.block_n,
            t_s=np.array([t0_s for t0_s, _, _ in chosen]),
            emg_uv=np.concatenate([empty, *(b.emg_uv for _, b, _ in chosen)]),
            raw_uv=np.concatenate([empty, *(b.raw_uv for _, b, _ in chosen)]),
            valid=np.concatenate([nothing, *(b.valid for _, b, _ in chosen)]),
            saturated=np.concatenate([nothing, *(b.saturated for _, b, _ in chosen)]),
            mains_uv=np.stack(looks) if looks else empty,
            lead_off=np.any(off, axis=0) if off else np.zeros(n, dtype=np.bool_),
            calibrated=self._facts.calibrated,
            imu=self._trace(start_s, end_s) if self._facts.imu else None,
        )

    def power_uv2(self, now_s: float, over_s: float) -> FloatArray:
        """Return the mean power of the newest blocks, ``(n_channels,)``; NaN where unknown."""
        rows = [row for t0_s, row in self._powers if t0_s >= now_s - over_s - 1e-6]
        if not rows:
            return np.full(self._n, np.nan)
        power: FloatArray = np.mean(rows, axis=0)
        return power

    def _trace(self, start_s: float, end_s: float) -> ImuTrace:
        rows = [(t_s, row) for t_s, row in self._imu if start_s <= t_s < end_s]
        table = np.array([row for _, row in rows]).reshape(len(rows), 13)
        return ImuTrace(
            np.array([t_s for t_s, _ in rows]),
            table[:, 0:3],
            table[:, 3:6],
            table[:, 6:10],
            table[:, 10:13],
        )


def _power(block: ConditionedBlock) -> FloatArray:
    """Return the mean square of each channel's known samples, NaN where none is."""
    if block.power_uv2 is not None:
        return block.power_uv2
    count = block.valid.sum(axis=0)
    squares = np.where(block.valid, block.emg_uv, 0.0) ** 2
    power: FloatArray = np.where(count > 0, squares.sum(axis=0) / np.maximum(count, 1), np.nan)
    return power

"""Keeps the last seconds of both sources as they came, for the tap test.

What is kept of the sensor has its own time: clocks become surer while a session runs, and the test
holds them against each other as they are known when it is asked for.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from firingorder.calibration.taps import TapResult, tap_offset
from firingorder.samples import ImuChunk

if TYPE_CHECKING:
    from firingorder.samples import EmgChunk, FloatArray, Gap
    from firingorder.session.joining import ImuJoin

#: The most a test looks back; a person has a minute from the start to tap.
KEPT_S = 60.0
#: For so long the mapping of a clock may step (wire_protocol.md section 14, step 5).
CLOCKS_SETTLE_S = 10.0
#: What a test looks at unless it is told otherwise.
DEFAULT_WINDOW_S = 15.0
ONE_CLOCK = "These samples have one clock already: there is nothing to synchronise."


class TapDesk:
    """The tap test of one session.

    Parameters
    ----------
    joined
        The sensor's way to session time; a test that succeeds sets its offset.

    Attributes
    ----------
    newest
        The newest test, None so far.
    result
        The newest one that succeeded.
    """

    def __init__(self, joined: ImuJoin) -> None:
        self.newest: TapResult | None = None
        self.result: TapResult | None = None
        self._joined = joined
        self._skew_s = 0.0
        self._emg: deque[tuple[FloatArray, FloatArray]] = deque()
        self._imu: deque[tuple[FloatArray, FloatArray]] = deque()

    def emg(self, chunk: EmgChunk, skew_s: float) -> None:
        """Keep EMG as the electrodes see it, and how much later each channel is sampled."""
        n = len(chunk.emg_uv)
        self._skew_s = skew_s
        if n:
            _keep(self._emg, chunk.t0_s + np.arange(n) / chunk.rate_hz, chunk.emg_uv)

    def place(self, item: ImuChunk | Gap | EmgChunk) -> ImuChunk | Gap | None:
        """Keep motion samples in the sensor's own time; return them in session time."""
        if isinstance(item, ImuChunk) and len(item.acc_m_s2):
            n = len(item.acc_m_s2)
            _keep(self._imu, item.t0_s + np.arange(n) / item.rate_hz, item.acc_m_s2)
        return self._joined.place(item)

    def test(self, window_s: float) -> TapResult:
        """Look for taps in the newest ``window_s`` seconds, and move the sensor by what they say.

        A test that fails leaves what an earlier one found.
        """
        self.newest = result = self._look(window_s)
        if result.offset_s is not None:
            self.result = result
            self._joined.offset_s = result.offset_s
        return result

    @property
    def words(self) -> str:
        """What results say of the time between EMG and movement."""
        result = self.result
        if result is None or result.offset_s is None or result.uncertainty_s is None:
            return (
                "The pelvis sensor has a clock of its own and was not synchronised by taps: "
                "movement may lie some tens of milliseconds beside the EMG. The order of the "
                "muscles does not depend on it."
            )
        return (
            f"The pelvis sensor has a clock of its own, synchronised by taps: moved by "
            f"{1e3 * result.offset_s:+.1f} ms, ± {1e3 * result.uncertainty_s:.1f} ms."
        )

    def _look(self, window_s: float) -> TapResult:
        if not self._emg or not self._imu:
            return TapResult(None, None, 0, "there are no samples of both devices yet.")
        emg_t_s, emg = _joined(self._emg)
        own_t_s, acc = _joined(self._imu)
        ends = [self._joined.session_s(float(t)) for t in (own_t_s[0], own_t_s[-1])]
        first_s, last_s = ends
        if first_s is None or last_s is None or own_t_s[-1] <= own_t_s[0]:
            return TapResult(None, None, 0, "the clocks are not known yet.")
        # Both clocks are straight lines over so short a time.
        slope = (last_s - first_s) / (own_t_s[-1] - own_t_s[0])
        imu_t_s = first_s + (own_t_s - own_t_s[0]) * slope
        from_s = float(emg_t_s[-1]) - window_s
        new_emg, new_imu = emg_t_s >= from_s, imu_t_s >= from_s
        return tap_offset(
            emg_t_s[new_emg],
            emg[new_emg],
            imu_t_s[new_imu],
            acc[new_imu],
            skew_s=self._skew_s,
        )


def _keep(ring: deque[tuple[FloatArray, FloatArray]], t_s: FloatArray, values: FloatArray) -> None:
    """Add samples and let the oldest go."""
    if ring and t_s[0] <= ring[-1][0][-1]:
        ring.clear()  # time fell: what is older cannot be held against what is newer
    ring.append((t_s, values))
    while ring[0][0][-1] < t_s[-1] - KEPT_S:
        ring.popleft()


def _joined(ring: deque[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, FloatArray]:
    return np.concatenate([t for t, _ in ring]), np.concatenate([v for _, v in ring])

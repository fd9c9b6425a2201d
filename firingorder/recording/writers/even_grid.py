"""Device time on the even grids of formats that know a rate and no times.

Samples are never interpolated: each stands where the grid of its stream puts it. Instants are
moved with the samples, so an onset stands at the very sample it was found at, also where the
device's clock and its converter do not run alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.recording.writers.data import ExportStream
    from firingorder.samples import FloatArray


class EvenGrid:
    """The grid of a file: sample ``k`` of the EMG at ``k / rate_hz``.

    Parameters
    ----------
    emg
        The stream that gives the grid.
    rate_hz
        Rate that the file says; the stream's, as near as the format can say it.
    """

    def __init__(self, emg: ExportStream, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self._device_s = emg.time_s
        self._file_s = np.arange(len(emg.time_s)) / rate_hz

    def file_s(self, device_s: float) -> float:
        """Return the place of an instant in the file, seconds; also beyond the samples."""
        first, last = float(self._device_s[0]), float(self._device_s[-1])
        if device_s <= first:
            return device_s - first
        if device_s >= last:
            return float(self._file_s[-1]) + device_s - last
        return float(np.interp(device_s, self._device_s, self._file_s))

    def rows_of(
        self, stream: ExportStream, n: int, rate_hz: float
    ) -> tuple[NDArray[np.int64], float]:
        """Return which row of another stream each of ``n`` samples of the file takes.

        -1 where there is none. The second value is how much later than the file says these
        samples were taken, seconds: at most half a period.
        """
        asked_s = self._device(np.arange(n) / rate_hz)
        half_s = 0.5 / stream.rate_hz
        phase_s = 0.0
        rows, off_s = _nearest(stream.time_s, asked_s)
        within = np.abs(off_s) <= half_s
        if np.any(within):
            phase_s = float(np.median(off_s[within]))
            rows, off_s = _nearest(stream.time_s, asked_s + phase_s)
        return np.where(np.abs(off_s) <= 1.5 * half_s, rows, -1), phase_s

    def _device(self, file_s: FloatArray) -> FloatArray:
        beyond = np.maximum(0.0, file_s - self._file_s[-1])
        return np.interp(file_s, self._file_s, self._device_s) + beyond


def _nearest(times_s: FloatArray, asked_s: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Return the row nearest to each instant, and how much later it is."""
    after = np.clip(np.searchsorted(times_s, asked_s), 1, max(1, len(times_s) - 1))
    before = after - 1
    after = np.minimum(after, len(times_s) - 1)
    later = np.abs(times_s[after] - asked_s) < np.abs(times_s[before] - asked_s)
    rows = np.where(later, after, before).astype(np.int64)
    return rows, times_s[rows] - asked_s

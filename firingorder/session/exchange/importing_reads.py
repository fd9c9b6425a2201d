"""The samples of a file as the reads of a session, in the order in which a device would send them.

The pieces, their gaps and their order are those that an analysis of the arrays themselves takes
(session/arrays.py), so that both see the same.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.adapters.imported import EMG, IMU, ImportedStreams, pack_samples
from firingorder.session.inputs import Input, Mark, Rx
from firingorder.signal.saturation import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.samples import BoolArray, FloatArray
    from firingorder.session.arrays import ImuSamples

#: A belt sends ten to twenty times a second; a replay then moves as evenly as one.
_PIECE_S = 0.1
#: Order at one instant: the sensor's samples stand before those of the muscles, as in an analysis
#: of arrays, and a marker behind them.
_IMU_FIRST, _EMG_NEXT, _MARK_LAST = 0, 1, 2

_Timed = tuple[float, int, int, Input]


def reads_of(
    streams: ImportedStreams,
    emg_uv: FloatArray,
    imu: ImuSamples | None,
    markers: tuple[tuple[float, str], ...],
) -> Iterator[Input]:
    """Yield the description, then samples and markers in the order of time.

    ``emg_uv`` is ``(n_samples, n_channels)``, NaN where samples are missing; ``markers`` are in
    seconds of its first sample.
    """
    yield Rx(0, streams.to_bytes(), streams.origin_ns)
    newest_ns = streams.origin_ns
    parts = [_emg_reads(streams, emg_uv), _marks(streams, markers, len(emg_uv))]
    if imu is not None:
        parts.append(_imu_reads(streams, imu))
    for _, _, _, item in heapq.merge(*parts, key=lambda one: one[:3]):
        newest_ns = max(newest_ns, item.t_ns)
        yield _at(item, newest_ns)


def _at(item: Input, t_ns: int) -> Input:
    """Return a read as of ``t_ns``: arrivals never fall. A marker keeps its own instant."""
    return Rx(item.link, item.data, t_ns) if isinstance(item, Rx) else item


def _emg_reads(streams: ImportedStreams, emg_uv: FloatArray) -> Iterator[_Timed]:
    missing: BoolArray = np.asarray(np.isnan(emg_uv).all(axis=1))
    saturated = clipped(emg_uv)
    for n, (begin, end) in enumerate(_pieces(missing, streams.rate_hz)):
        data = pack_samples(EMG, begin, emg_uv[begin:end], saturated[begin:end])
        t_ns = streams.origin_ns + round(1e9 * end / streams.rate_hz)
        # The muscles come first of all: the time of everything else counts from them.
        at_s = begin / streams.rate_hz if n else -np.inf
        yield at_s, _EMG_NEXT, begin, Rx(0, data, t_ns)


def _imu_reads(streams: ImportedStreams, imu: ImuSamples) -> Iterator[_Timed]:
    six = np.concatenate([imu.acc_m_s2, imu.gyr_rad_s], axis=1)
    # A sample with one axis missing says nothing about the pose.
    missing: BoolArray = np.asarray(np.isnan(six).any(axis=1))
    for begin, end in _pieces(missing, imu.rate_hz):
        data = pack_samples(IMU, begin, six[begin:end])
        start_s, end_s = (imu.t0_s + index / imu.rate_hz for index in (begin, end))
        t_ns = streams.origin_ns + max(0, round(1e9 * end_s))
        yield start_s, _IMU_FIRST, begin, Rx(0, data, t_ns)


def _marks(
    streams: ImportedStreams, markers: tuple[tuple[float, str], ...], n_samples: int
) -> Iterator[_Timed]:
    last_s = n_samples / streams.rate_hz
    for number, (at_s, text) in enumerate(sorted(markers)):
        within_s = min(max(at_s, 0.0), last_s)
        mark = Mark(text, streams.origin_ns + round(1e9 * within_s))
        yield within_s, _MARK_LAST, number, mark


def _pieces(missing: BoolArray, rate_hz: float) -> Iterator[tuple[int, int]]:
    """Yield stretches of samples that are there, and an empty one at the end of the grid.

    What lies between two stretches is a gap; the receiver sees it from the jump of the index.
    """
    piece = max(1, round(_PIECE_S * rate_hz))
    edges = np.flatnonzero(np.diff(np.concatenate([[True], missing, [True]]).astype(np.int8)))
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        for first in range(begin, end, piece):
            yield first, min(first + piece, end)
    if len(missing) and missing[-1]:
        yield len(missing), len(missing)

"""The samples of one of our recordings, decoded: to be worn by a virtual device, or looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError
from firingorder.firmware_bridge.adapters import make_receiver
from firingorder.samples import EmgChunk, FloatArray, ImuChunk
from firingorder.session.files import FileOptions, recorded_inputs, recording_setup
from firingorder.session.inputs import LinkNote, Rx, Tx
from firingorder.simulation.body import RecordedBody, RecordedImu

if TYPE_CHECKING:
    from firingorder.recording.reader import Recording


@dataclass(frozen=True, slots=True)
class Decoded:
    """All samples of a recording on their grids, NaN where they are missing.

    ``emg_uv`` is ``(n_samples, n_channels)`` in the order of the device, ``acc_m_s2`` and
    ``gyr_rad_s`` are ``(n_samples, 3)`` in sensor axes, or None.
    """

    emg_uv: FloatArray
    emg_rate_hz: float
    acc_m_s2: FloatArray | None
    gyr_rad_s: FloatArray | None
    imu_rate_hz: float


def decode(recording: Recording) -> Decoded:
    """Decode a whole recording.

    Raises
    ------
    FileFormatError
        It holds no EMG.
    """
    receiver = make_receiver(recording_setup(recording, FileOptions()).sources[0])
    emg: list[EmgChunk] = []
    imu: list[ImuChunk] = []
    for item in recorded_inputs(recording):
        match item:
            case Rx(0, data, t_ns):
                for decoded in receiver.feed(data, t_ns):
                    if isinstance(decoded, EmgChunk):
                        emg.append(decoded)
                    elif isinstance(decoded, ImuChunk):
                        imu.append(decoded)
            case Tx(0, data, t_ns):
                receiver.sent(data, t_ns)
            case LinkNote(0, "opened", t_ns):
                receiver.opened(t_ns)
            case LinkNote(0, "lost", t_ns):
                receiver.lost(t_ns)
            case _:
                pass
    if not emg:
        raise FileFormatError(f"{recording.path} holds no EMG samples.")
    return Decoded(
        emg_uv=_grid([(chunk.index0, chunk.emg_uv) for chunk in emg]),
        emg_rate_hz=emg[0].rate_hz,
        acc_m_s2=_grid([(chunk.index0, chunk.acc_m_s2) for chunk in imu]) if imu else None,
        gyr_rad_s=_grid([(chunk.index0, chunk.gyr_rad_s) for chunk in imu]) if imu else None,
        imu_rate_hz=imu[0].rate_hz if imu else 0.0,
    )


def recorded_body(recording: Recording) -> RecordedBody:
    """Return a recording as the body of a virtual device."""
    decoded = decode(recording)
    imu = None
    if decoded.acc_m_s2 is not None and decoded.gyr_rad_s is not None:
        imu = RecordedImu(decoded.acc_m_s2, decoded.gyr_rad_s, decoded.imu_rate_hz)
    labels = tuple(f"EMG{k + 1}" for k in range(decoded.emg_uv.shape[1]))
    return RecordedBody(decoded.emg_uv, decoded.emg_rate_hz, labels, imu)


def _grid(pieces: list[tuple[int, FloatArray]]) -> FloatArray:
    length = max(index + len(values) for index, values in pieces)
    out = np.full((length, pieces[0][1].shape[1]), np.nan)
    for index, values in pieces:
        out[index : index + len(values)] = values
    return out

"""Reads the analog signals and events of C3D files. Positions of markers are not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.c3d_header import BLOCK_BYTES, C3dHeader, floats, read_header
from firingorder.recording.readers.clock import snap_rate
from firingorder.recording.readers.filedata import (
    FileData,
    FileStream,
    column_units,
    too_large_warning,
    unique_labels,
)
from firingorder.recording.readers.held import mark_held

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

_MOST_CHANNELS = 4096


def read_c3d(path: Path) -> FileData:
    """Read one file.

    Raises
    ------
    FileFormatError
        The header contradicts itself or the file is cut.
    """
    raw: NDArray[np.uint8] = np.fromfile(path, np.uint8)
    header = read_header(path, raw)
    warnings: list[str] = []
    markers = _events(header)
    streams: tuple[FileStream, ...] = ()
    if header.analog_per_frame and header.samples_per_frame:
        streams = (_stream(path, header, raw, warnings),)
        mark_held(list(streams), warnings)
    else:
        warnings.append("The file has no analog signals, only positions of markers.")
    return FileData(path, "C3D", file_sha256(path), streams, markers, tuple(warnings))


def _stream(
    path: Path, header: C3dHeader, raw: NDArray[np.uint8], warnings: list[str]
) -> FileStream:
    per_frame = header.samples_per_frame
    channels, rest = divmod(header.analog_per_frame, per_frame)
    if rest or not 0 < channels <= _MOST_CHANNELS:
        raise FileFormatError(
            f"{path}: {header.analog_per_frame} analog values in {per_frame} samples do not fit."
        )
    counts = _analog(path, header, raw, channels, warnings)
    scale, offset = _scales(path, header, channels)
    names, repeated = unique_labels(_labels(header.texts("ANALOG:LABELS"), channels))
    units, factors = column_units([*header.texts("ANALOG:UNITS"), *[""] * channels][:channels])
    samples = (counts - offset) * scale * factors
    samples[~np.isfinite(samples)] = np.nan
    if not header.texts("ANALOG:UNITS"):
        warnings.append("The file gives no units of its analog signals.")
    volts = [k for k, unit in enumerate(units) if unit == "uV"]
    large = too_large_warning([names[k] for k in volts], samples[:, volts])
    warnings += [*repeated, *([large] if large else [])]
    rate_hz = snap_rate(header.frame_rate_hz * per_frame)
    return FileStream(names, units, rate_hz, samples)


def _analog(
    path: Path, header: C3dHeader, raw: NDArray[np.uint8], channels: int, warnings: list[str]
) -> FloatArray:
    """Return the analog values as written, ``(n_samples, channels)``."""
    is_float = header.scale < 0
    width = 4 if is_float else 2
    frame_values = header.points * 4 + header.analog_per_frame
    start = (header.data_block - 1) * BLOCK_BYTES
    if header.data_block < 2 or start >= raw.size:
        raise FileFormatError(f"{path} ends before its data, or says a wrong place for them.")
    there = (raw.size - start) // (frame_values * width)
    said = header.last_frame - header.first_frame + 1
    frames = _frames(header, said, there)
    if frames < 1:
        raise FileFormatError(f"{path} has no whole frame of data.")
    if frames < said:
        warnings.append(f"The header says {said} frames; the file has {frames}.")
    data = raw[start : start + frames * frame_values * width]
    if is_float:
        values = floats(data, header.order, is_dec=header.is_dec)
    else:
        unsigned = header.texts("ANALOG:FORMAT")[:1] == ["UNSIGNED"]
        values = data.view(header.order + ("u2" if unsigned else "i2")).astype(np.float64)
    analog = values.reshape(frames, frame_values)[:, header.points * 4 :]
    return np.ascontiguousarray(analog).reshape(-1, channels)


def _frames(header: C3dHeader, said: int, there: int) -> int:
    """Return how many frames to read: long files say it in a parameter, the header is 16 bits."""
    for name in ("POINT:FRAMES", "POINT:LONG_FRAMES"):
        number = header.numbers(name)
        frames = int(number[0]) % (1 << 32) if number and np.isfinite(number[0]) else 0
        if said < frames <= there:
            return frames
    return min(max(said, 0), there)


def _scales(path: Path, header: C3dHeader, channels: int) -> tuple[FloatArray, FloatArray]:
    general = header.numbers("ANALOG:GEN_SCALE")
    scale = _filled(header.numbers("ANALOG:SCALE"), channels, 1.0)
    offset = _filled(header.numbers("ANALOG:OFFSET"), channels, 0.0)
    if header.texts("ANALOG:FORMAT")[:1] == ["UNSIGNED"]:
        offset = np.where(offset < 0, offset + 65536.0, offset)
    scale = scale * (general[0] if general else 1.0)
    if not (np.isfinite(scale).all() and np.isfinite(offset).all()):
        raise FileFormatError(f"{path}: a scale of its analog signals is no number.")
    return scale, offset


def _labels(found: list[str], count: int) -> list[str]:
    """Return as many labels as channels; one without a label is called by its number."""
    named = [*found, *[""] * count][:count]
    return [label or f"A{k + 1}" for k, label in enumerate(named)]


def _filled(found: list[float], count: int, filler: float) -> FloatArray:
    return np.array([*found, *[filler] * count][:count])


def _events(header: C3dHeader) -> tuple[tuple[float, str], ...]:
    """Return the events; their times count from frame 1, ours from the first frame here."""
    labels, sides = header.texts("EVENT:LABELS"), header.texts("EVENT:CONTEXTS")
    times = np.array(header.numbers("EVENT:TIMES"), dtype=np.float64).reshape(-1)
    times = times[: times.size - times.size % 2].reshape(-1, 2)  # minutes, then seconds
    start_s = (header.first_frame - 1) / header.frame_rate_hz
    out: list[tuple[float, str]] = []
    for k, (minutes, seconds) in enumerate(times):
        at_s = 60.0 * float(minutes) + float(seconds) - start_s
        words = " ".join(one[k] for one in (sides, labels) if k < len(one) and one[k])
        if np.isfinite(at_s) and words:
            out.append((at_s, words))
    return tuple(sorted(out))

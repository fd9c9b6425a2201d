"""Reads XDF files of Lab Streaming Layer by pyxdf: streams, marker strings, clocks that restart.

Names of computers and identities of sources in the headers are dropped.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.clock import MAX_GAP_S, ClockError, grid_of_times, snap_rate
from firingorder.recording.readers.filedata import (
    FileData,
    FileStream,
    column_units,
    unique_labels,
)

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.samples import FloatArray

MAGIC = b"XDF:"
#: Stated and measured rates of a sender differ by its crystal, not more.
_AGREES = 0.01
_MOST_CHANNELS = 4096
_MISSING = (
    "Reading XDF files needs the package pyxdf: install it with `pip install firingorder[xdf]`."
)


def read_xdf(path: Path) -> FileData:
    """Read one file; numeric streams with a rate become streams, texts become markers.

    Raises
    ------
    UsageError
        The package pyxdf is not installed.
    FileFormatError
        The file is damaged or is none.
    """
    found = _load(path)
    warnings: list[str] = []
    numeric = [one for one in found if _is_signal(one)]
    times = [one["time_stamps"] for one in found if len(one["time_stamps"])]
    # The clocks of streams agree; a stream of text alone must not move the origin.
    first = [float(one["time_stamps"][0]) for one in numeric if len(one["time_stamps"])]
    origin_s = min(first) if first else min((float(t[0]) for t in times), default=0.0)
    several = sum(len(one["time_stamps"]) > 1 for one in numeric) > 1
    streams: list[FileStream] = []
    markers: list[tuple[float, str]] = []
    for number, one in enumerate(found, 1):
        name = f"stream {number} ({_text(one, 'type') or 'no type'})"
        if not len(one["time_stamps"]):
            warnings.append(f"{name} is empty: left out.")
        elif _text(one, "channel_format") == "string":
            markers += _markers(one, origin_s)
        elif not _is_signal(one):
            warnings.append(f"{name} has no regular rate: left out.")
        else:
            prefix = f"S{number}." if several else ""
            streams.append(_stream(path, one, name, prefix, origin_s, warnings))
    if not streams:
        warnings.append("The file has no signals with a regular rate.")
    return FileData(
        path,
        "XDF",
        file_sha256(path),
        tuple(streams),
        tuple(sorted(markers)),
        tuple(warnings),
        "stamps",
    )


def _load(path: Path) -> list[dict[str, Any]]:
    try:
        pyxdf: Any = importlib.import_module("pyxdf")  # it says nothing of its types
    except ImportError as error:
        raise UsageError(_MISSING) from error
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise FileFormatError(f"{path} does not begin as an XDF file does.")
    logging.getLogger("pyxdf").setLevel(logging.CRITICAL)  # what it says is said by us
    try:
        streams, _ = pyxdf.load_xdf(str(path))
    except Exception as error:  # of any kind: it trusts lengths and numbers in the file
        kind = type(error).__name__
        raise FileFormatError(f"{path} is damaged or no XDF file ({kind}).") from error
    return cast("list[dict[str, Any]]", streams)


def _is_signal(one: dict[str, Any]) -> bool:
    return _text(one, "channel_format") != "string" and _rate_hz(one) > 0


def _rate_hz(one: dict[str, Any]) -> float:
    try:
        rate_hz = float(_text(one, "nominal_srate") or 0)
    except ValueError:
        return 0.0
    return rate_hz if 0 < rate_hz < 1e6 else 0.0


def _text(one: dict[str, Any], field: str) -> str:
    return _first(one["info"].get(field))


def _markers(one: dict[str, Any], origin_s: float) -> list[tuple[float, str]]:
    rows = zip(one["time_stamps"], one["time_series"], strict=False)
    texts = ((float(t) - origin_s, " ".join(str(word) for word in row).strip()) for t, row in rows)
    return [(at_s, text) for at_s, text in texts if np.isfinite(at_s) and text]


def _stream(
    path: Path,
    one: dict[str, Any],
    name: str,
    prefix: str,
    origin_s: float,
    warnings: list[str],
) -> FileStream:
    samples = np.asarray(one["time_series"], dtype=np.float64)
    times_s = np.asarray(one["time_stamps"], dtype=np.float64)
    if samples.ndim != 2 or len(samples) != len(times_s) or samples.shape[1] > _MOST_CHANNELS:
        raise FileFormatError(f"{path}: {name} holds no table of samples.")
    stated_hz = _rate_hz(one)
    rate_hz, samples = _placed(path, name, times_s, samples, stated_hz, warnings)
    labels, units = _channels(one, samples.shape[1])
    names, repeated = unique_labels([prefix + label for label in labels])
    said, scales = column_units(units)
    warnings += repeated
    if not any(units):
        warnings.append(f"{name} gives no units: no microvolts.")
    return FileStream(names, said, rate_hz, samples * scales, float(times_s[0]) - origin_s)


def _placed(
    path: Path,
    name: str,
    times_s: FloatArray,
    samples: FloatArray,
    stated_hz: float,
    warnings: list[str],
) -> tuple[float, FloatArray]:
    """Return the rate and the samples on their grid; pyxdf made the stamps even between breaks."""
    if len(times_s) < 2:
        return stated_hz, samples
    try:
        grid = grid_of_times(times_s)
    except ClockError as fault:
        if np.any(np.diff(times_s) < 0) or np.diff(times_s).max() > MAX_GAP_S:
            raise FileFormatError(f"{path}: {name}: {fault}.") from fault
        warnings.append(f"{name}: {fault.reason}; the stated {stated_hz:g} Hz are used.")
        return stated_hz, samples
    warnings += [f"{name}: {told}" for told in grid.warnings]
    rate_hz = snap_rate(grid.rate_hz, _AGREES / 2) if round(stated_hz) else grid.rate_hz
    if abs(grid.rate_hz / stated_hz - 1.0) > _AGREES:
        warnings.append(
            f"{name} says {stated_hz:g} Hz, its stamps {grid.rate_hz:.4g} Hz: the stamps count."
        )
        rate_hz = grid.rate_hz
    elif abs(rate_hz / stated_hz - 1.0) <= _AGREES:
        rate_hz = stated_hz
    if grid.n_samples == len(samples):
        return rate_hz, samples
    out = np.full((grid.n_samples, samples.shape[1]), np.nan)
    out[grid.index] = samples
    return rate_hz, out


def _channels(one: dict[str, Any], count: int) -> tuple[list[str], list[str]]:
    """Return labels and units of the description; a channel without a label gets a number."""
    channels = _inside(_inside(one["info"].get("desc"), "channels"), "channel")
    found = cast("list[object]", channels) if isinstance(channels, list) else []
    each = [cast("dict[str, Any]", k) if isinstance(k, dict) else {} for k in found]
    each = (each + [{}] * count)[:count]
    labels = [_first(entry.get("label")) or f"CH{k + 1}" for k, entry in enumerate(each)]
    return labels, [_first(entry.get("unit")) for entry in each]


def _inside(value: object, field: str) -> object:
    """Return a field of an element, or of the first one of a list of elements."""
    if isinstance(value, list):
        value = next(iter(cast("list[object]", value)), None)
    return cast("dict[str, object]", value).get(field) if isinstance(value, dict) else None


def _first(value: object) -> str:
    if isinstance(value, list):
        value = cast("list[object]", value)[0] if value else ""
    return value.strip() if isinstance(value, str) else ""

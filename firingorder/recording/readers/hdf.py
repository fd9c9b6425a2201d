"""Reads HDF5 files by h5py: OpenSignals, and plain files with datasets and one rate.

Groups of OpenSignals are called by the address of the device; it is dropped.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.filedata import (
    FileData,
    FileStream,
    column_units,
    unique_labels,
)
from firingorder.recording.readers.opensignals import Device, padded, stream_of, whole_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from firingorder.samples import FloatArray

MAGIC = b"\x89HDF\r\n\x1a\n"
_RATES = ("sampling_rate", "sampling rate", "fs", "rate", "rate_hz", "sfreq")
_UNITS = ("unit", "units")
#: Units of the BROAD data set (Laidig 2021, doi 10.3390/data6070072), which writes them in words.
_BROAD = {"imu_acc": "m/s2", "imu_gyr": "rad/s", "imu_mag": "ut"}
_MOST_COLUMNS = 512
_MOST_SAMPLES = 1 << 31
_MISSING = (
    "Reading HDF5 files needs the package h5py: install it with `pip install firingorder[hdf5]`."
)


def read_hdf(path: Path) -> FileData:
    """Read one file.

    Raises
    ------
    UsageError
        The package h5py is not installed.
    FileFormatError
        The file is damaged, or its groups are none that are known.
    """
    try:
        h5py: Any = importlib.import_module("h5py")  # it says nothing of its types
    except ImportError as error:
        raise UsageError(_MISSING) from error
    try:
        with h5py.File(path, "r") as file:
            names = [str(name) for name in cast("Iterable[object]", file)]
            groups = [isinstance(file[name], h5py.Group) for name in names]
            if names and all(groups) and all(_is_device(file[name]) for name in names):
                return _opensignals(path, file, names)
            return _plain(path, file, names)
    except FileFormatError:
        raise
    except Exception as error:  # of any kind: the library trusts offsets and types in the file
        kind = type(error).__name__
        raise FileFormatError(f"{path} is damaged or no HDF5 file ({kind}).") from error


def _is_device(group: Any) -> bool:
    return "raw" in group and "sampling rate" in group.attrs


def _opensignals(path: Path, file: Any, names: list[str]) -> FileData:
    streams: list[FileStream] = []
    warnings: list[str] = []
    for number, name in enumerate(names):
        group = file[name]
        raw = group["raw"]
        channels = sorted((k for k in raw if k.startswith("channel_")), key=_channel_number)
        rate_hz = float(group.attrs["sampling rate"])
        if not channels or not 0 < rate_hz < 1e6:
            raise FileFormatError(f"{path}: device {number + 1} has no channels or no rate.")
        columns = [_samples(path, raw[k]).ravel() for k in channels]
        if len({len(one) for one in columns}) != 1:
            raise FileFormatError(f"{path}: channels of device {number + 1} differ in length.")
        counter = _samples(path, raw["nSeq"]).ravel() if "nSeq" in raw else None
        if counter is not None and len(counter) != len(columns[0]):
            counter = None
        device = Device(
            _words(group.attrs.get("device")),
            rate_hz,
            (),
            padded(_list_of_words(group.attrs.get("sensor")), len(channels), ""),
            padded(_list_of_numbers(group.attrs.get("resolution")), len(channels), 0),
            tuple(f"CH{_channel_number(k)}" for k in channels),
        )
        prefix = "" if len(names) == 1 else f"{chr(ord('A') + number % 26)}."
        streams.append(stream_of(device, np.stack(columns, axis=1), counter, prefix, warnings))
    if len(names) > 1:
        warnings.append(f"{len(names)} devices, called A, B ...: their clocks were never compared.")
    return FileData(
        path,
        "OpenSignals HDF5",
        file_sha256(path),
        tuple(streams),
        (),
        tuple(warnings),
        "counter",
    )


def _plain(path: Path, file: Any, names: list[str]) -> FileData:
    """Read datasets of one length beside a rate among the attributes of the file."""
    rate = next((file.attrs[name] for name in _RATES if name in file.attrs), None)
    if rate is None or not hasattr(file[names[0]] if names else None, "dtype"):
        raise FileFormatError(
            f"{path} is an HDF5 file of an unknown program (it holds "
            f"{', '.join(names[:5]) or 'nothing'}): save its signals as CSV or EDF."
        )
    rate_hz = float(np.asarray(rate).ravel()[0])
    if not 0 < rate_hz < 1e6:
        raise FileFormatError(f"{path}: a rate of {rate_hz:g} Hz is not possible.")
    is_broad = "BROAD" in _words(file.attrs.get("info"))
    sets = {n: file[n] for n in names if file[n].dtype.kind in "iuf" and file[n].ndim in (1, 2)}
    length = max((one.shape[0] for one in sets.values()), default=0)
    labels: list[str] = []
    units: list[str] = []
    columns: list[FloatArray] = []
    left = [name for name in names if name not in sets]
    for name, one in sets.items():
        width = one.shape[1] if one.ndim == 2 else 1
        if one.shape[0] != length or width > _MOST_COLUMNS or length < 2:
            left.append(name)
            continue
        unit = next((_words(one.attrs[u]) for u in _UNITS if u in one.attrs), "")
        columns.append(_samples(path, one).reshape(length, width))
        labels += [name] if width == 1 else [f"{name}_{k + 1}" for k in range(width)]
        units += [unit or (_BROAD.get(name, "") if is_broad else "")] * width
    if not columns:
        raise FileFormatError(f"{path} holds no signals.")
    said, scales = column_units(units)
    named, repeated = unique_labels(labels)
    warnings = list(repeated)
    if left:
        warnings.append(f"Not samples of these signals, left out: {', '.join(left)}.")
    stream = FileStream(named, said, rate_hz, np.hstack(columns) * scales)
    return FileData(path, "HDF5", file_sha256(path), (stream,), (), tuple(warnings), "nominal")


def _samples(path: Path, dataset: Any) -> FloatArray:
    if dataset.dtype.kind not in "iuf" or dataset.size > _MOST_SAMPLES:
        raise FileFormatError(f"{path}: {dataset.name} holds no samples.")
    return np.asarray(dataset[()], dtype=np.float64)


def _channel_number(name: str) -> int:
    digits = name.rpartition("_")[2]
    return int(digits) if digits.isdecimal() else 0


def _words(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value if isinstance(value, str) else ""


def _list_of_words(value: object) -> tuple[str, ...]:
    each: list[object] = [] if value is None else list(np.asarray(value, dtype=object).ravel())
    return tuple(_words(one) for one in each)


def _list_of_numbers(value: object) -> tuple[int, ...]:
    if value is None:
        return ()
    return whole_numbers(cast("list[object]", np.asarray(value).ravel().tolist()))

"""Reads MATLAB files up to version 7: one variable per channel, or one array with labels.

A file that holds a single structure is read as if its fields were the variables.
"""

from __future__ import annotations

import warnings as python_warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.io

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.clock import ClockError, grid_of_times, snap_rate
from firingorder.recording.readers.filedata import (
    FileData,
    FileStream,
    assumed_microvolts_warning,
    implausible_warning,
    microvolts_per,
    unique_labels,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

_RATE_NAMES = ("fs", "rate", "rate_hz", "sampling_rate", "samplingRate", "Fs")
_LABEL_NAMES = ("labels", "channels", "channel_names", "label")
_UNIT_NAMES = ("units", "unit")
_TIME_NAMES = ("time_s", "time", "t")
#: Fewer values are a setting, not a signal.
_MIN_SAMPLES = 16
#: An array with more columns than this is no set of channels (the largest grids have 256).
_MAX_CHANNELS = 512
_HDF5_TEXT = b"MATLAB 7.3"


@dataclass(slots=True)
class _Content:
    """The variables of a file, sorted by what they can be."""

    rate_hz: float | None = None
    labels: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    times_s: FloatArray | None = None
    arrays: dict[str, FloatArray] = field(default_factory=dict[str, "FloatArray"])
    left_out: list[str] = field(default_factory=list[str])


def read_mat(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read one file.

    Raises
    ------
    UsageError
        The file has no rate and none was given.
    FileFormatError
        It cannot be read, is of version 7.3, or holds no signals.
    """
    content = _sort(_load(path))
    warnings: list[str] = []
    samples, labels = _signals(path, content)
    rate_hz = _rate(path, content, samples.shape[0], rate_hz, warnings)
    if content.left_out:
        warnings.append(f"Not samples of these signals, left out: {', '.join(content.left_out)}.")
    units, samples = _in_microvolts(path, content, labels, samples, warnings)
    names, repeated = unique_labels(labels)
    stream = FileStream(names, units, rate_hz, samples)
    return FileData(path, "MAT", file_sha256(path), (stream,), (), (*repeated, *warnings))


def _load(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        if _HDF5_TEXT in file.read(128):
            raise FileFormatError(
                f"{path} is a MATLAB 7.3 (HDF5) file, which is not read: save it with -v7."
            )
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # of duplicate names: the last one counts
            loaded = scipy.io.loadmat(str(path))
    except Exception as error:
        kind = type(error).__name__
        raise FileFormatError(f"{path} is damaged or no MATLAB file ({kind}).") from error
    variables = {name: value for name, value in loaded.items() if not name.startswith("__")}
    only = next(iter(variables.values())) if len(variables) == 1 else None
    return variables if only is None else _fields(only) or variables


def _fields(value: NDArray[Any]) -> dict[str, Any]:
    """Return the fields of a structure with one element, nothing for anything else."""
    names = value.dtype.names
    if names is None or value.size != 1:
        return {}
    return {name: value[name].flat[0] for name in names}


def _sort(variables: dict[str, Any]) -> _Content:
    content = _Content()
    signals: dict[str, NDArray[Any]] = {}
    for name, value in variables.items():
        array: NDArray[Any] = np.asarray(value)
        if name in _LABEL_NAMES and array.dtype.kind in "USO":
            content.labels = _texts(array)
        elif name in _UNIT_NAMES and array.dtype.kind in "USO":
            content.units = _texts(array)
        elif array.dtype.kind not in "iuf":
            content.left_out.append(name)
        elif name in _RATE_NAMES and array.size == 1:
            content.rate_hz = float(array.flat[0])
        elif array.size < _MIN_SAMPLES or array.ndim > 2:
            content.left_out.append(name)
        elif name in _TIME_NAMES and 1 in array.shape:
            content.times_s = array.ravel().astype(np.float64)
        else:
            signals[name] = array
    for name, array in signals.items():
        content.arrays[name] = _standing(array, len(content.labels))
    return content


def _standing(array: NDArray[Any], n_labels: int) -> FloatArray:
    """Return ``(n_samples, n_channels)``: channels are the shorter side, or as many as labels."""
    flat = array.reshape(-1, 1) if array.ndim < 2 else array
    lying = flat.shape[0] < flat.shape[1]
    if n_labels and n_labels in flat.shape and flat.shape[0] != flat.shape[1]:
        lying = flat.shape[0] == n_labels
    return np.array(flat.T if lying else flat, dtype=np.float64, order="C")


def _signals(path: Path, content: _Content) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the samples and labels of all arrays of the greatest common length."""
    usable = {k: v for k, v in content.arrays.items() if v.shape[1] <= _MAX_CHANNELS}
    if not usable:
        names = ", ".join(content.left_out + list(content.arrays)) or "nothing"
        raise FileFormatError(f"{path} holds no signals (it holds {names}).")
    length = max(array.shape[0] for array in usable.values())
    columns: list[FloatArray] = []
    labels: list[str] = []
    for name, array in content.arrays.items():
        if array.shape[0] != length or name not in usable:
            content.left_out.append(name)
            continue
        columns.append(array)
        labels.extend(_labels_of(path, name, array.shape[1], content.labels))
    return np.hstack(columns), tuple(labels)


def _labels_of(path: Path, name: str, count: int, given: tuple[str, ...]) -> tuple[str, ...]:
    if count == 1:
        return given if len(given) == 1 else (name,)
    if not given:
        return tuple(f"{name}_{k + 1}" for k in range(count))
    if len(given) != count:
        raise FileFormatError(
            f"{path}: {name} has {count} channels and there are {len(given)} labels."
        )
    return given


def _rate(
    path: Path, content: _Content, n_samples: int, given_hz: float | None, warnings: list[str]
) -> float:
    from_file = content.rate_hz
    if from_file is None and content.times_s is not None and content.times_s.size == n_samples:
        try:
            grid = grid_of_times(content.times_s)
        except ClockError as fault:
            raise FileFormatError(f"{path}: {fault}.") from fault
        if grid.n_samples != n_samples:
            raise FileFormatError(f"{path}: the time variable has gaps; give one row per sample.")
        warnings.extend(grid.warnings)
        from_file = grid.rate_hz
    if from_file is None:
        if given_hz is None:
            raise UsageError(f"{path} does not say its rate (fs): give it with --rate HZ.")
        return float(given_hz)
    if not 0 < from_file < 1e6:
        raise FileFormatError(f"{path}: a rate of {from_file:g} Hz is not possible.")
    if given_hz is not None and abs(given_hz - from_file) > 1e-3 * from_file:
        warnings.append(
            f"The file says {from_file:g} Hz; the given rate of {given_hz:g} Hz is ignored."
        )
    return snap_rate(from_file)


def _in_microvolts(
    path: Path,
    content: _Content,
    labels: tuple[str, ...],
    samples: FloatArray,
    warnings: list[str],
) -> tuple[tuple[str, ...], FloatArray]:
    given = content.units
    if not given:
        warnings.append(assumed_microvolts_warning(labels))
        small = implausible_warning(labels, samples)
        warnings.extend([small] if small else [])
        return ("uV",) * len(labels), samples
    if len(given) == 1:
        given = given * len(labels)
    if len(given) != len(labels):
        raise FileFormatError(f"{path}: {len(labels)} signals and {len(given)} units.")
    units: list[str] = []
    for column, unit in enumerate(given):
        scale = microvolts_per(unit)
        units.append(unit if scale is None else "uV")
        samples[:, column] *= 1.0 if scale is None else scale
    return tuple(units), samples


def _texts(array: NDArray[Any]) -> tuple[str, ...]:
    """Return the strings of a char matrix, a cell array of strings, or a string."""
    if array.dtype.kind in "US":
        return tuple(str(text).strip() for text in array.ravel())
    out: list[str] = []
    for cell in array.ravel():  # a cell array: each element is an array of its own
        inner: NDArray[Any] = np.asarray(cell)
        out.append(str(inner.flat[0]).strip() if inner.size else "")
    return tuple(out)

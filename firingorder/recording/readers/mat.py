"""Reads MATLAB files up to version 7: one variable per channel, or one array with labels.

A file that holds a single structure is read as if its fields were the variables.
"""

from __future__ import annotations

import re
import warnings as python_warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.clock import ClockError, grid_of_times, snap_rate
from firingorder.recording.readers.filedata import (
    ClockKind,
    FileData,
    FileStream,
    assumed_microvolts_warning,
    column_units,
    implausible_warning,
    microvolts_per,
    unique_labels,
)
from firingorder.recording.readers.mat_check import check_sizes
from firingorder.recording.readers.mat_structs import innermost

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

_RATE_NAMES = ("fs", "rate", "rate_hz", "sampling_rate", "samplingRate", "Fs", "fs_hz", "freq")
_LABEL_NAMES = ("labels", "channels", "channel_names", "label", "channel", "names")
_UNIT_NAMES = ("units", "unit")
_TIME_NAMES = ("time_s", "time", "t")
#: Fewer values are a setting, not a signal.
_MIN_SAMPLES = 16
#: An array with more columns than this is no set of channels (the largest grids have 256).
_MAX_CHANNELS = 512
#: A unit at the end of a name, as in ``emg_uv``.
_NAMED_UNIT = re.compile(r"_(uv|mv|v|kgf|n|deg|g)$", re.IGNORECASE)
#: Names of signals that are no voltages though they carry no unit.
_NOT_EMG = re.compile(r"^(acc|gyr|mag|bar|quat|imu|trig|status|event|marker|sync)", re.IGNORECASE)
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
    names: list[str] = field(default_factory=list[str])
    """The array of every column that was taken."""


def read_mat(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read one file.

    Raises
    ------
    UsageError
        The file has no rate and none was given.
    FileFormatError
        It cannot be read, is of version 7.3, or holds no signals.
    """
    each = [(name, _read(path, one, "MAT", rate_hz)) for name, one in _load(path)]
    first_s = min(stream.t0_s for _, data in each for stream in data.streams)
    many = len(each) > 1
    streams = [
        replace(
            stream,
            labels=tuple(f"{name}.{label}" if many else label for label in stream.labels),
            t0_s=stream.t0_s - first_s,
        )
        for name, data in each
        for stream in data.streams
    ]
    if not many:
        return replace(each[0][1], streams=tuple(streams))
    told = tuple(f"{name}: {one}" for name, data in each for one in data.warnings)
    return replace(each[0][1], streams=tuple(streams), warnings=told)


def read_variables(
    path: Path, variables: dict[str, Any], kind: str, rate_hz: float | None
) -> FileData:
    """Return the signals among named arrays; ``kind`` is what the file is called.

    Raises
    ------
    UsageError
        There is no rate among them and none was given.
    FileFormatError
        There are no signals.
    """
    data = _read(path, variables, kind, rate_hz)
    return replace(data, streams=tuple(replace(one, t0_s=0.0) for one in data.streams))


def _read(path: Path, variables: dict[str, Any], kind: str, rate_hz: float | None) -> FileData:
    """Return the signals with the instant of their first sample as the file has it."""
    content = _sort(variables)
    warnings: list[str] = []
    samples, labels = _signals(path, content)
    clock: ClockKind = "nominal" if content.rate_hz is not None else "given"
    t0_s = 0.0
    if content.times_s is not None and content.times_s.size == samples.shape[0]:
        clock, t0_s = "stamps", float(content.times_s[0])
    rate_hz = _rate(path, content, samples.shape[0], rate_hz, warnings)
    if content.left_out:
        warnings.append(f"Not samples of these signals, left out: {', '.join(content.left_out)}.")
    units, samples = _in_microvolts(path, content, labels, samples, warnings)
    names, repeated = unique_labels(labels)
    stream = FileStream(names, units, rate_hz, samples, t0_s)
    told = (*repeated, *warnings)
    return FileData(path, kind, file_sha256(path), (stream,), (), told, clock)


def _load(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the variables of every stream, by the name of the structure that holds them."""
    from scipy.io import loadmat  # only here: other files are read without it

    raw = path.read_bytes()
    if _HDF5_TEXT in raw[:128]:
        raise FileFormatError(
            f"{path} is a MATLAB 7.3 (HDF5) file, which is not read: save it with -v7."
        )
    check_sizes(path, raw)
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # of duplicate names: the last one counts
            loaded = loadmat(str(path))
    except Exception as error:
        kind = type(error).__name__
        raise FileFormatError(f"{path} is damaged or no MATLAB file ({kind}).") from error
    variables = {name: value for name, value in loaded.items() if not name.startswith("__")}
    return innermost(path, variables)


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
        elif name in _TIME_NAMES and (array.ndim == 1 or 1 in array.shape):
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
    """Return the samples and labels of all arrays of the length that most values have."""
    usable = {k: v for k, v in content.arrays.items() if v.shape[1] <= _MAX_CHANNELS}
    if not usable:
        names = ", ".join(content.left_out + list(content.arrays)) or "nothing"
        raise FileFormatError(f"{path} holds no signals (it holds {names}).")
    sizes: dict[int, int] = {}
    for array in usable.values():
        sizes[array.shape[0]] = sizes.get(array.shape[0], 0) + array.size
    length = max(sizes, key=lambda rows: (sizes[rows], rows))
    columns: list[FloatArray] = []
    labels: list[str] = []
    for name, array in content.arrays.items():
        if array.shape[0] != length or name not in usable:
            content.left_out.append(name)
            continue
        columns.append(array)
        content.names += [name] * array.shape[1]
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
        return _unsaid(content, labels, samples, warnings)
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


def _unsaid(
    content: _Content, labels: tuple[str, ...], samples: FloatArray, warnings: list[str]
) -> tuple[tuple[str, ...], FloatArray]:
    """Return units where the file has none: of the array's name (``emg_mv``), else microvolts."""
    named = [_unit_of_name(name) for name in content.names]
    assumed = [
        k
        for k, (unit, label) in enumerate(zip(named, labels, strict=True))
        if not unit and not _NOT_EMG.match(label)
    ]
    if assumed:
        names = [labels[k] for k in assumed]
        warnings.append(assumed_microvolts_warning(names))
        small = implausible_warning(names, samples[:, assumed])
        warnings.extend([small] if small else [])
    units, scales = column_units(["uV" if k in assumed else unit for k, unit in enumerate(named)])
    samples *= scales
    return units, samples


def _unit_of_name(name: str) -> str:
    found = _NAMED_UNIT.search(name)
    return "" if found is None else found[1]


def _texts(array: NDArray[Any]) -> tuple[str, ...]:
    """Return the strings of a char matrix, a cell array of strings, or a string."""
    if array.dtype.kind in "US":
        return tuple(str(text).strip() for text in array.ravel())
    out: list[str] = []
    for cell in array.ravel():  # a cell array: each element is an array of its own
        inner: NDArray[Any] = np.asarray(cell)
        out.append(str(inner.flat[0]).strip() if inner.size else "")
    return tuple(out)

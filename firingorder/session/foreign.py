"""Signals of other programs' files, under the names of their muscles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import MontageError, UsageError
from firingorder.montage import Montage, load_montage, montage_from_labels, select_columns
from firingorder.recording.readers import FileData, FileStream, read_file
from firingorder.session.arrays import ImuSamples

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

_G_M_S2 = 9.80665  # standard gravity, CGPM 1901
_ACC_UNITS = {"g": _G_M_S2, "mg": _G_M_S2 / 1000.0, "m/s2": 1.0, "m/s^2": 1.0, "m/s²": 1.0}
_GYR_UNITS = {"deg/s": np.pi / 180.0, "dps": np.pi / 180.0, "°/s": np.pi / 180.0, "rad/s": 1.0}


HAM_SITE_WARNING = (
    "The montage does not say whether the hamstring electrodes are lateral or medial (ham_site); "
    "leads of the hamstring cannot be compared between sessions."
)


def read(
    path: Path | str, montage: Path | str | None = None, *, rate_hz: float | None = None
) -> PlacedSignals:
    """Read a file of another program under the names of its muscles.

    Parameters
    ----------
    path
        The file.
    montage
        A montage file; without it the labels must name the muscles.
    rate_hz
        Sampling rate of a file without a clock.

    Raises
    ------
    FiringOrderError
        The file is missing or damaged, or its channels are not matched to muscles.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    return place(read_file(path, rate_hz=rate_hz), None if montage is None else Path(montage))


@dataclass(frozen=True, slots=True)
class PlacedSignals:
    """The signals of a file under the names of their muscles; ``calibrated``: in microvolts."""

    emg_uv: FloatArray
    rate_hz: float
    channels: tuple[str, ...]
    imu: ImuSamples | None
    warnings: tuple[str, ...]
    calibrated: bool = True


@dataclass(frozen=True, slots=True)
class Located:
    """Where the muscles and the pelvis sensor lie in a file."""

    montage: Montage
    stream: FileStream
    columns: tuple[int, ...]
    imu: ImuSamples | None
    warnings: tuple[str, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """The muscles, in the order of the montage."""
        return tuple(name for _, name in self.montage.channels)

    @property
    def calibrated(self) -> bool:
        """Whether all muscles are in microvolts."""
        return all(self.stream.units[k] == "uV" for k in self.columns)


def place(data: FileData, montage: Path | Montage | None) -> PlacedSignals:
    """Find the muscles among the signals of a file.

    Raises
    ------
    MontageError
        Labels and montage do not match, or the muscles lie in streams of different rates.
    """
    found = locate(data, montage)
    return PlacedSignals(
        found.stream.samples[:, list(found.columns)],
        found.stream.rate_hz,
        found.channels,
        found.imu,
        found.warnings,
        found.calibrated,
    )


def locate(data: FileData, montage: Path | Montage | None) -> Located:
    """Say which columns of which stream are the muscles, by a montage or by the labels.

    Raises
    ------
    MontageError
        As of :func:`place`.
    """
    warnings = list(data.warnings)
    if not data.streams:
        raise MontageError(f"{data.path.name} holds no signals, only what is beside them.")
    found, unmatched = _montage_of(data, montage)
    if unmatched:
        warnings.append(f"Not matched to a muscle and left out: {', '.join(unmatched)}.")
    wanted = [label for label, _ in found.channels]
    stream = _stream_with(data, wanted)
    channels, columns = select_columns(found, stream.labels)
    if ham_site_unknown(found, channels):
        warnings.append(HAM_SITE_WARNING)
    imu, imu_warnings = _imu(data, found, stream.t0_s)
    return Located(found, stream, tuple(columns), imu, (*warnings, *imu_warnings))


def _montage_of(data: FileData, given: Path | Montage | None) -> tuple[Montage, tuple[str, ...]]:
    labels = tuple(label for stream in data.streams for label in stream.labels)
    if given is None:
        return montage_from_labels(labels)
    montage = load_montage(given) if isinstance(given, Path) else given
    imu = montage.pelvis_imu
    named = {label for label, _ in montage.channels} | set(montage.ignore)
    if imu is not None:
        named |= {*imu.acc, *imu.gyr}
    return montage, tuple(label for label in labels if label not in named)


def _stream_with(data: FileData, wanted: list[str]) -> FileStream:
    best = max(data.streams, key=lambda stream: sum(w in stream.labels for w in wanted))
    elsewhere = [
        label
        for stream in data.streams
        if stream is not best
        for label in wanted
        if label in stream.labels and label not in best.labels
    ]
    if elsewhere:
        raise MontageError(
            f"{data.path.name}: {', '.join(elsewhere)} has another sampling rate than the other "
            "muscles. Leave it out of the montage or resample it."
        )
    return best


def _imu(
    data: FileData, montage: Montage, origin_s: float
) -> tuple[ImuSamples | None, tuple[str, ...]]:
    labels = montage.pelvis_imu
    if labels is None:
        return None, ()
    wanted = (*labels.acc, *labels.gyr)
    for stream in data.streams:
        if all(label in stream.labels for label in wanted):
            break
    else:
        raise MontageError(
            f"{data.path.name}: the montage's pelvis IMU ({', '.join(wanted)}) is not in the file, "
            "or not all at one rate. Mend the montage."
        )
    columns = [stream.labels.index(label) for label in wanted]
    warnings: list[str] = []
    factors: list[float] = []
    for column, table in zip(columns, [_ACC_UNITS] * 3 + [_GYR_UNITS] * 3, strict=True):
        unit = stream.units[column].strip()
        if unit not in table:
            default = "m/s2" if table is _ACC_UNITS else "deg/s"
            warnings.append(f"{stream.labels[column]}: unit {unit!r} unknown, {default} assumed.")
            unit = default
        factors.append(table[unit])
    values = stream.samples[:, columns] * np.array(factors)
    imu = ImuSamples(values[:, :3], values[:, 3:], stream.rate_hz, stream.t0_s - origin_s)
    return imu, tuple(warnings)


def ham_site_unknown(montage: Montage | None, channels: tuple[str, ...]) -> bool:
    """Tell whether a hamstring is worn, and nobody said on which of its muscles."""
    has_hamstring = any(name.startswith("hamstring") for name in channels)
    return has_hamstring and (montage is None or montage.ham_site == "unknown")

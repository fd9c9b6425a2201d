"""Reads OpenSignals recordings of PLUX devices: text with a JSON header, and HDF5.

Values are counts of the converter. They become microvolts only where the file says that the sensor
is the EMG sensor of a device whose transfer function is known. Addresses of devices are dropped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from firingorder.errors import FileFormatError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.counter import by_counter, on_grid
from firingorder.recording.readers.filedata import FileData, FileStream, counts_warning
from firingorder.recording.readers.texttable import head_lines, open_table, table_values

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.samples import FloatArray

_T = TypeVar("_T")
MARK = "# OpenSignals Text File Format"
#: Microvolts of full scale at the electrodes: supply over gain. biosignalsplux: 3 V, 1000 (PLUX,
#: "Electromyography (EMG) Sensor Data Sheet"); BITalino: 3.3 V, 1009 (docs/devices.md).
_FULL_SCALE_UV = {
    "biosignalsplux": 3.0 / 1000.0 * 1e6,
    "bitalino": 3.3 / 1009.0 * 1e6,
    "bitalino_rev": 3.3 / 1009.0 * 1e6,
}
#: Counters of these devices wrap at 4, 8, 12 or 16 bits.
_MODULI = (16, 256, 4096, 65536)
_MOST_BITS = 32


@dataclass(frozen=True, slots=True)
class Device:
    """What a header says of one device, without what would identify it."""

    name: str
    rate_hz: float
    columns: tuple[str, ...]
    sensors: tuple[str, ...]
    bits: tuple[int, ...]
    labels: tuple[str, ...]
    converted: bool = False


def read_opensignals_text(path: Path) -> FileData:
    """Read one text file.

    Raises
    ------
    FileFormatError
        The header or the table is broken.
    """
    devices = _devices(path)
    table = open_table(path, "\t")
    width = sum(len(device.columns) for device in devices)
    if table.width != width:
        raise FileFormatError(
            f"{path} has {table.width} columns of numbers, its header names {width}."
        )
    values = table_values(table, list(range(width)))
    streams: list[FileStream] = []
    warnings = list(table.warnings)
    first = 0
    for number, device in enumerate(devices):
        mine = values[:, first : first + len(device.columns)]
        first += len(device.columns)
        prefix = "" if len(devices) == 1 else f"{chr(ord('A') + number % 26)}."
        streams.append(_stream(device, mine, prefix, warnings))
    return FileData(
        path, "OpenSignals text", file_sha256(path), tuple(streams), (), tuple(warnings), "counter"
    )


def stream_of(
    device: Device, counts: FloatArray, counter: FloatArray | None, prefix: str, told: list[str]
) -> FileStream:
    """Return the channels of a device, ``counts`` ``(n_samples, n_channels)``, in its units."""
    samples = counts.astype(np.float64)
    units: list[str] = []
    left: dict[str, list[str]] = {}
    for k, sensor in enumerate(device.sensors):
        full_uv = _FULL_SCALE_UV.get(device.name.lower())
        bits = device.bits[k]
        why = ""
        if sensor.upper() != "EMG":
            why = (
                f"the sensor is called {sensor}" if sensor else "the file does not name the sensor"
            )
        elif full_uv is None:
            why = (
                f"the transfer function of a {device.name or 'device without a name'} is not known"
            )
        elif device.converted:
            why = "the file says that its values were converted before"
        elif not 0 < bits <= _MOST_BITS:
            why = "the file does not say the resolution"
        if why or full_uv is None:
            units.append("counts")
            left.setdefault(why, []).append(prefix + device.labels[k])
            continue
        samples[:, k] = (samples[:, k] / 2.0**bits - 0.5) * full_uv
        units.append("uV")
    told += [counts_warning(labels, why) for why, labels in left.items()]
    if counter is not None:
        counted = by_counter(counter, _MODULI, device.rate_hz)
        told += counted.warnings
        samples = on_grid(samples, counted)
    labels = tuple(prefix + label for label in device.labels)
    return FileStream(labels, tuple(units), device.rate_hz, samples)


def _stream(device: Device, values: FloatArray, prefix: str, told: list[str]) -> FileStream:
    wanted = [k for k, name in enumerate(device.columns) if name in device.labels]
    counter = values[:, device.columns.index("nSeq")] if "nSeq" in device.columns else None
    return stream_of(device, values[:, wanted], counter, prefix, told)


def _devices(path: Path) -> list[Device]:
    line = next((one for one in head_lines(path, 5) if one.startswith("# {")), "")
    try:
        found: object = json.loads(line[2:])
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{path}: the header of OpenSignals cannot be read.") from error
    if not isinstance(found, dict) or not found:
        raise FileFormatError(f"{path}: the header of OpenSignals names no device.")
    return [_device(path, one) for one in cast("dict[str, object]", found).values()]


def _device(path: Path, found: object) -> Device:
    fields = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    columns = _texts(fields.get("column"))
    labels = tuple(one for one in columns if one not in ("nSeq", "DI"))
    rate = fields.get("sampling rate")
    if not labels or not isinstance(rate, int | float) or not 0 < rate < 1e6:
        raise FileFormatError(f"{path}: the header of OpenSignals lacks columns or sampling rate.")
    return Device(
        name=str(fields.get("device", "")),
        rate_hz=float(rate),
        columns=columns,
        sensors=padded(_texts(fields.get("sensor")), len(labels), ""),
        bits=padded(whole_numbers(fields.get("resolution")), len(labels), 0),
        labels=labels,
        converted=fields.get("convertedValues") == 1,
    )


def padded(found: tuple[_T, ...], length: int, filler: _T) -> tuple[_T, ...]:
    """Return ``found`` in the length asked for."""
    return (*found, *[filler] * length)[:length]


def whole_numbers(found: object) -> tuple[int, ...]:
    """Return the whole numbers of a list, 0 for what is none."""
    each = cast("list[object]", found) if isinstance(found, list) else []
    return tuple(one if isinstance(one, int) else 0 for one in each)


def _texts(found: object) -> tuple[str, ...]:
    each = cast("list[object]", found) if isinstance(found, list) else []
    return tuple(str(one) for one in each)

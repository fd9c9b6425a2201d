"""C3D: EMG as analog channels in floating point, with events.

The rate of analog channels must be a whole multiple of the rate of points, also where there are
none (C3D file format, c3d.org), and all analog channels have one rate: the motion sensor is held
from sample to sample at the rate of the EMG.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.recording.writers.bdf import GAP
from firingorder.recording.writers.data import facts_to_dict
from firingorder.recording.writers.even_grid import EvenGrid
from firingorder.recording.writers.lacking import needed
from firingorder.recording.writers.tables import events

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.writers.data import ExportData
    from firingorder.samples import FloatArray

#: Numbers of 16 bits count frames, and of 8 bits the entries of a parameter.
_MOST_FRAMES, _MOST_ENTRIES = 65_535, 255
_LABEL_LETTERS = 32
#: The header says in its ninth word with which block of 512 bytes the samples begin (C3D file
#: format, c3d.org); they are 32-bit floating point here.
_BLOCK, _VALUE_BYTES = 512, 4
_DATA_BEGINS, _DATA_BEGINS_AT = struct.Struct("<H"), 16


def write_c3d(data: ExportData, path: Path) -> tuple[str, ...]:
    """Write EMG, the motion sensor and events; return what must be known of the file.

    Raises
    ------
    UsageError
        ezc3d is not installed.
    """
    ezc3d: Any = needed("ezc3d", "c3d", "Export to C3D")
    grid = EvenGrid(data.emg, data.emg.rate_hz)
    per_frame = _per_frame(data)
    frames = -(-len(data.emg.samples) // per_frame)
    n = frames * per_frame
    columns = [_padded(one, n) for one in data.emg.samples.T]
    labels, units = list(data.emg.names), list(data.emg.units)
    notes = ["Missing samples are 0 and lie within an event BAD_gap."]
    if data.imu is not None:
        rows, _ = grid.rows_of(data.imu, n, data.emg.rate_hz)
        held = np.where(rows >= 0, rows, 0)
        columns += [np.where(rows >= 0, one[held], 0.0) for one in data.imu.samples.T]
        labels, units = [*labels, *data.imu.names], [*units, *data.imu.units]
        notes.append(
            f"The motion sensor has {data.imu.rate_hz:g} samples a second; each is held until the "
            "next one."
        )
    file: Any = ezc3d.c3d()
    file["header"]["points"]["first_frame"] = 0
    file["parameters"]["POINT"]["RATE"]["value"] = [data.emg.rate_hz / per_frame]
    file["parameters"]["POINT"]["LABELS"]["value"] = []
    file["data"]["points"] = np.zeros((4, 0, frames))
    analog = file["parameters"]["ANALOG"]
    analog["RATE"]["value"] = [data.emg.rate_hz]
    analog["LABELS"]["value"] = labels
    analog["UNITS"]["value"] = units
    file["data"]["analogs"] = np.nan_to_num(np.array(columns))[np.newaxis]
    for name, value in _about(data).items():
        file.add_parameter("FIRINGORDER", name, [value])
    _add_events(file, _moments(data, grid))
    file.write(str(path))
    _check_whole(path, n * len(columns))
    return tuple(notes)


def _check_whole(path: Path, values: int) -> None:
    """See that all samples are in the file: ezc3d does not say when a disk is full.

    Raises
    ------
    OSError
        They are not.
    """
    with path.open("rb") as file:
        head = file.read(_BLOCK)
        size = file.seek(0, 2)
    (begins,) = _DATA_BEGINS.unpack_from(head, _DATA_BEGINS_AT) if len(head) == _BLOCK else (0,)
    if begins == 0 or size < (begins - 1) * _BLOCK + values * _VALUE_BYTES:
        raise OSError(f"{path.name} is not whole")


def _per_frame(data: ExportData) -> int:
    """Return how many analog samples a frame has: those of one motion sample if that fits."""
    rate_hz, n = data.emg.rate_hz, len(data.emg.samples)
    wanted = 1.0 if data.imu is None else rate_hz / data.imu.rate_hz
    count = round(wanted) if abs(wanted - round(wanted)) < 1e-9 and wanted >= 1.0 else 1
    while n / count > _MOST_FRAMES:
        count *= 2
    return count


def _padded(values: FloatArray, n: int) -> FloatArray:
    return np.pad(values, (0, n - len(values)))


def _about(data: ExportData) -> dict[str, str]:
    facts = facts_to_dict(data.facts)
    short = {"SUBJECT": "subject", "TASK": "task", "SHA256": "recording_sha256", "DATES": "dates"}
    return {
        **{name: str(facts[key])[:127] for name, key in short.items()},
        "VERSION": json.dumps(facts["software"])[:127],
    }


def _moments(data: ExportData, grid: EvenGrid) -> list[tuple[str, str, float]]:
    """Return label, context and time of what has an instant; a gap has a begin and an end."""
    out: list[tuple[str, str, float]] = []
    names = [column.name for column in events(data).columns]
    for cells in events(data).rows:
        row = dict(zip(names, cells, strict=True))
        at_s, length_s = row["onset_s"], row["duration_s"]
        if not isinstance(at_s, float):
            continue
        context = "General"
        for side in ("left", "right"):
            context = side.capitalize() if str(row["channel"]).endswith(side) else context
        said = GAP if row["kind"] == "gap" else str(row["channel"] or row["kind"])
        out.append((said, context, max(0.0, grid.file_s(at_s))))
        if isinstance(length_s, float) and length_s:
            out.append((f"{said} end", context, max(0.0, grid.file_s(at_s + length_s))))
    return out


def _add_events(file: Any, moments: list[tuple[str, str, float]]) -> None:
    """Add events; what is beyond 255 goes into parameters with a number, as long lists do."""
    file.add_parameter("EVENT", "USED", len(moments))
    for k, at in enumerate(range(0, len(moments), _MOST_ENTRIES)):
        some, number = moments[at : at + _MOST_ENTRIES], str(k + 1) if k else ""
        file.add_parameter("EVENT", f"LABELS{number}", [one[:_LABEL_LETTERS] for one, _, _ in some])
        file.add_parameter("EVENT", f"CONTEXTS{number}", [one for _, one, _ in some])
        minutes = np.array([[at_s // 60.0, at_s % 60.0] for _, _, at_s in some]).T
        file.add_parameter("EVENT", f"TIMES{number}", minutes)

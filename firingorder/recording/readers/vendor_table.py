"""Reads tables of vendors with several lines of facts, a line of names and perhaps one of units.

Vicon Nexus (``Devices``), Noraxon MR3 (``time,Activity,Marker,...``), Shimmer Consensys
(``sep=,``, names, units) and others that are built like them. Only names, units, rate and clock
are taken from the lines above the numbers: the others may name a person or a device.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.clock import ClockError, grid_of_times
from firingorder.recording.readers.filedata import (
    ClockKind,
    FileData,
    FileStream,
    assumed_microvolts_warning,
    column_units,
    implausible_warning,
    microvolts_per,
    too_large_warning,
    unique_labels,
)
from firingorder.recording.readers.texttable import (
    TextTable,
    column_text,
    open_table,
    table_values,
    text_columns,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from firingorder.samples import FloatArray

#: Units that a row of units may hold beside voltages.
_UNITS = frozenset(
    {"g", "mg", "m/s2", "m/s^2", "m/(s^2)", "m/s²", "rad/s", "deg/s", "dps", "°/s", "deg", "rad"}
    | {"°", "ut", "µt", "n", "n.mm", "nmm", "nm", "kg", "mm", "cm", "m", "s", "ms", "us", "hz"}
    | {"bit", "bits", "counts", "a.u.", "au", "%", "no_units", "local_flux", "kpa", "us/cm", "-"}
)
_TIME = re.compile(r"^(time|timestamp.*|.*_timestamp_.*|t|time_s|x)$", re.IGNORECASE)
_COUNTERS = frozenset({"frame", "sub frame", "sample", "samples", "index", "marker", "activity"})
_IN_LABEL = re.compile(r"^(?P<label>.*?)\s*[\[(,]\s*(?P<unit>[^\[\](),]*)[\])]?\s*$")
_RATE = re.compile(r"(sampling|sample|update|output)?\s*(rate|frequency|freq)\b", re.IGNORECASE)
_HZ = re.compile(r"([\d.]+)\s*(k?hz)?", re.IGNORECASE)
_TIME_SCALES = {"": 1.0, "s": 1.0, "sec": 1.0, "ms": 1e-3, "us": 1e-6}
_NOT_EMG = re.compile(
    r"(acc|gyr|mag\b|_mag_|quat|angle|force|moment|foot|event|status|trig|sync|battery|press)",
    re.IGNORECASE,
)
_SPELT = {"m/(s^2)": "m/s2", "no_units": ""}


@dataclass(frozen=True, slots=True)
class _Column:
    place: int
    label: str
    unit: str


def read_vendor_table(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read one file.

    Raises
    ------
    UsageError
        It has neither a clock nor a rate, and none was given.
    FileFormatError
        The table is broken, or no line names its columns.
    """
    table = open_table(path)
    columns = _columns(table)
    text = set(text_columns(table))
    clock_at = next(
        (c for c in columns if _TIME.match(c.label) and c.place not in text and c.place <= 2), None
    )
    markers_at = next((c for c in columns if c.label.lower() == "marker"), None)
    wanted = [
        c
        for c in columns
        if c is not clock_at and c.place not in text and c.label.lower() not in _COUNTERS
    ]
    if not wanted:
        raise FileFormatError(f"{path} has no column of signals.")
    warnings = list(table.warnings)
    places = [c.place for c in wanted] + ([] if clock_at is None else [clock_at.place])
    values = table_values(table, places)
    samples, rate, kind = _timed(table, values, clock_at, rate_hz, len(wanted), warnings)
    labels, units = _named(wanted, samples, warnings)
    markers = () if markers_at is None else _markers(table, markers_at.place, rate)
    stream = FileStream(labels, units, rate, samples)
    return FileData(
        path, _format(table), file_sha256(path), (stream,), markers, tuple(warnings), kind
    )


def _format(table: TextTable) -> str:
    first = " ".join(table.head[0]).strip().lower() if table.head else ""
    if first.startswith("devices"):
        return "Nexus CSV"
    if "noraxon" in " ".join(" ".join(row) for row in table.head[:10]).lower():
        return "Noraxon CSV"
    if any("_cal" in cell.lower() or "_raw" in cell.lower() for row in table.head for cell in row):
        return "Shimmer CSV"
    return "CSV with a header block"


def _columns(table: TextTable) -> list[_Column]:
    """Return the columns by the last line of names, and the units below or within it."""
    rows = list(table.head)
    units: tuple[str, ...] = ()
    if rows and _is_units(rows[-1]):
        units = rows.pop()
    if not rows or sum(bool(cell) for cell in rows[-1]) < min(table.width, 2):
        raise FileFormatError(f"{table.path}: no line above the numbers names the columns.")
    names = rows[-1]
    out: list[_Column] = []
    for k in range(table.width):
        label = names[k] if k < len(names) else ""
        if not label:
            continue
        unit = units[k] if k < len(units) else ""
        if not unit:
            label, unit = _parted(label)
        out.append(_Column(k, label, _SPELT.get(unit.lower(), unit)))
    return out


def _is_units(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return bool(filled) and all(_is_unit(cell) for cell in filled)


def _is_unit(cell: str) -> bool:
    cell = cell.strip("[]() ")
    return microvolts_per(cell) is not None or cell.lower() in _UNITS


def _parted(label: str) -> tuple[str, str]:
    match = _IN_LABEL.match(label)
    if match is None or not _is_unit(match["unit"]) or not match["label"]:
        return label, ""
    return match["label"].rstrip(" ,"), match["unit"].strip()


def _timed(
    table: TextTable,
    values: FloatArray,
    clock: _Column | None,
    given_hz: float | None,
    n_signals: int,
    warnings: list[str],
) -> tuple[FloatArray, float, ClockKind]:
    samples = values[:, :n_signals]
    stated_hz = _stated_hz(table)
    if clock is not None:
        scale = _TIME_SCALES.get(clock.unit.strip("[]() ").lower(), 1.0)
        try:
            grid = grid_of_times(values[:, -1] * scale)
        except ClockError as fault:
            if stated_hz is None and given_hz is None:
                where = "" if fault.row is None else f", row {fault.row + 1} of the numbers"
                raise FileFormatError(f"{table.path}{where}: {fault}.") from fault
            used_hz = stated_hz or given_hz or 0.0
            warnings.append(f"{fault.reason.capitalize()}: {used_hz:g} Hz are used instead.")
            return samples, used_hz, "nominal" if stated_hz else "given"
        warnings += grid.warnings
        if stated_hz is not None and abs(grid.rate_hz / stated_hz - 1.0) > 0.01:
            warnings.append(
                f"The header says {stated_hz:g} Hz, the times {grid.rate_hz:g} Hz: the times count."
            )
        spread = np.full((grid.n_samples, n_signals), np.nan)
        spread[grid.index] = samples
        return spread, grid.rate_hz, "stamps"
    if stated_hz is not None:
        return samples, stated_hz, "nominal"
    if given_hz is None:
        raise UsageError(f"{table.path} has no clock and no rate: give it with --rate HZ.")
    return samples, given_hz, "given"


def _stated_hz(table: TextTable) -> float | None:
    """Return the rate of the lines above: beside a word for it, or alone in the second line."""
    for row in table.head[:-1]:
        for cell, following in zip(row, (*row[1:], ""), strict=True):
            if _RATE.search(cell):
                rate_hz = _hertz(following) or _hertz(cell.partition(":")[2])
                if rate_hz is not None:
                    return rate_hz
    if len(table.head) > 2 and table.head[0][0].lower() == "devices":
        return _hertz(table.head[1][0])
    return None


def _hertz(text: str) -> float | None:
    found = _HZ.search(text)
    if found is None:
        return None
    try:
        value = float(found[1]) * (1e3 if (found[2] or "").lower() == "khz" else 1.0)
    except ValueError:
        return None
    return value if 0 < value < 1e6 else None


def _named(
    wanted: list[_Column], samples: FloatArray, warnings: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    labels, repeated = unique_labels([c.label for c in wanted])
    warnings += repeated
    assumed = [k for k, c in enumerate(wanted) if not c.unit and not _NOT_EMG.search(c.label)]
    units, scales = column_units(
        ["uV" if k in assumed else c.unit.strip("[]() ") for k, c in enumerate(wanted)]
    )
    samples *= scales
    if assumed:
        names = [labels[k] for k in assumed]
        warnings.append(assumed_microvolts_warning(names))
        small = implausible_warning(names, samples[:, assumed])
        warnings += [small] if small else []
    volts = [k for k, unit in enumerate(units) if unit == "uV" and not _NOT_EMG.search(labels[k])]
    large = too_large_warning([labels[k] for k in volts], samples[:, volts])
    warnings += [large] if large else []
    return labels, units


def _markers(table: TextTable, column: int, rate_hz: float) -> tuple[tuple[float, str], ...]:
    out: list[tuple[float, str]] = []
    before = ""
    for row, text in enumerate(column_text(table, column)):
        if text and text != before and text not in ("0", "0.0"):
            out.append((row / rate_hz, text))
        before = text
    return tuple(out)

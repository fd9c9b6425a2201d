"""Reads text files of the OpenBCI GUI, all three generations, Cyton and Ganglion.

The first generation has the axes of the accelerometer in every tenth row only, the second one a
first row of zeros that is no sample, the third one names of columns. Times are those of the sample
index and the stated rate: the stamps are of the receiving computer and repeat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.counter import by_counter, compare_rates, on_grid
from firingorder.recording.readers.filedata import FileData, FileStream
from firingorder.recording.readers.texttable import (
    TextTable,
    column_text,
    head_lines,
    open_table,
    table_values,
    text_columns,
)

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.samples import FloatArray

MARK = "%OpenBCI Raw"
#: The sample index of a Cyton wraps at 256, that of a Ganglion at 201 or 256.
_MODULI = (201, 256)
#: A column beyond this holds milliseconds since 1970, no signal.
_EPOCH_MS = 1e11
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)$")
_DAY_S = 86_400.0
_AXES = 3
_MOST_CHANNELS = 64


@dataclass(frozen=True, slots=True)
class _Layout:
    exg: tuple[int, ...]
    acc: tuple[int, ...]
    epoch: int | None
    clock: int | None
    marker: int | None


def read_openbci(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read one file.

    Raises
    ------
    UsageError
        It states no rate and none was given.
    FileFormatError
        Its columns cannot be those of such a file.
    """
    facts = _facts(path)
    table = open_table(path, ",")
    stated_hz = facts.get("Sample Rate")
    rate = stated_hz or rate_hz
    if rate is None or not 0 < rate < 1e6:
        raise UsageError(f"{path} does not say its rate: give it with --rate HZ.")
    layout = _layout(path, table, facts.get("Number of channels"))
    wanted = [0, *layout.exg, *layout.acc]
    wanted += [k for k in (layout.epoch, layout.marker) if k is not None]
    values = table_values(table, wanted)
    warnings = list(table.warnings)
    if values.shape[0] > 1 and not np.any(values[0]) and np.any(values[1, 1:]):
        values = values[1:]  # no sample: every cell of the first row is zero
    n_exg = len(layout.exg)
    times_s = _times_s(table, layout, values, 1 + n_exg + len(layout.acc))
    span_s = None if times_s is None else float(times_s[-1] - times_s[0])
    if span_s is not None:
        told = compare_rates(rate, values.shape[0], span_s, "time stamps")
        warnings += [told] if told else []
        repeated = int(np.count_nonzero(np.diff(times_s) == 0)) if times_s is not None else 0
        if repeated:
            warnings.append(
                f"{repeated} time stamps repeat the one before: times are counted, not stamped."
            )
    counted = by_counter(values[:, 0], _MODULI, rate, span_s)
    warnings += counted.warnings
    exg = on_grid(values[:, 1 : 1 + n_exg], counted)
    labels = tuple(f"EXG{k + 1}" for k in range(n_exg))
    streams = [FileStream(labels, ("uV",) * n_exg, float(rate), exg)]
    if layout.acc:
        acc = _held(values[:, 1 + n_exg : 1 + n_exg + _AXES])
        axes = tuple(f"ACC_{axis}" for axis in "XYZ")
        streams.append(FileStream(axes, ("g",) * _AXES, float(rate), on_grid(acc, counted)))
    markers = ()
    if layout.marker is not None:
        at = np.flatnonzero(values[:, -1] != 0)
        markers = tuple((counted.index[k] / rate, f"{values[k, -1]:g}") for k in at)
    return FileData(
        path, "OpenBCI text", file_sha256(path), tuple(streams), markers, tuple(warnings), "counter"
    )


def _facts(path: Path) -> dict[str, float]:
    facts: dict[str, float] = {}
    for line in head_lines(path, 12):
        found = re.match(r"^%\s*(Number of channels|Sample Rate)\s*=\s*([\d.]+)", line)
        if found is not None:
            try:
                facts[found[1]] = float(found[2])
            except ValueError:
                continue
    return facts


def _layout(path: Path, table: TextTable, channels: float | None) -> _Layout:
    names = table.head[-1] if table.head and not table.head[-1][0].startswith("%") else ()
    text = text_columns(table)
    clock = text[-1] if text else None
    numbers = [k for k in range(1, table.width) if k not in text]
    probe = table_values(table, numbers)[1:50]  # the first row may be zeros
    stamps = [numbers[k] for k in range(len(numbers)) if np.all(probe[:, k] > _EPOCH_MS)]
    epoch = stamps[0] if stamps else None
    signals = [k for k in numbers if k not in stamps]
    if names:
        exg = tuple(k for k in signals if k < len(names) and names[k].startswith("EXG"))
        acc = tuple(k for k in signals if k < len(names) and names[k].startswith("Accel"))
        marker = next((k for k in signals if k < len(names) and "Marker" in names[k]), None)
        layout = _Layout(exg, acc[:_AXES], epoch, clock, marker)
    else:
        count = int(channels) if channels else len(signals) - _AXES
        layout = _Layout(
            tuple(signals[:count]), tuple(signals[count : count + _AXES]), epoch, clock, None
        )
    if not 0 < len(layout.exg) <= _MOST_CHANNELS or len(layout.acc) not in (0, _AXES):
        raise FileFormatError(f"{path}: its {table.width} columns are not those of OpenBCI.")
    return layout


def _times_s(
    table: TextTable, layout: _Layout, values: FloatArray, epoch_at: int
) -> FloatArray | None:
    times_s: FloatArray
    if layout.epoch is not None:
        times_s = values[:, epoch_at] / 1e3
    elif layout.clock is not None:
        found = [_CLOCK.match(text) for text in column_text(table, layout.clock)]
        if any(one is None for one in found) or len(found) < len(values):
            return None
        each = (one.groups() for one in found if one is not None)
        of_day_s = np.array([3600.0 * int(h) + 60.0 * int(m) + float(s) for h, m, s in each])
        # Clock texts have no date: a step back by most of a day is midnight.
        steps_s = np.diff(of_day_s, prepend=of_day_s[:1])
        midnights = np.cumsum(steps_s < -0.5 * _DAY_S).astype(np.float64)
        times_s = of_day_s + _DAY_S * midnights
        times_s = times_s[len(times_s) - len(values) :]
    else:
        return None
    return times_s if np.isfinite(times_s).all() and times_s[-1] > times_s[0] else None


def _held(acc: FloatArray) -> FloatArray:
    """Return axes with the value before where a row has none (all three exactly zero)."""
    present = np.any(acc != 0, axis=1)
    if not present.any() or np.mean(present) > 0.5:
        return acc
    last = np.maximum.accumulate(np.where(present, np.arange(len(acc)), -1))
    held = acc[np.maximum(last, 0)]
    held[last < 0] = np.nan
    return held

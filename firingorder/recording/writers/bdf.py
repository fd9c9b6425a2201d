"""BDF+: 24-bit counts of the converter with annotations.

The header says a signal's range in eight characters (EDF+ specification, edfplus.info), so a range
that is merely rounded moves values: by 7e-3 uV for 187.5 mV. Here the ends of the range are chosen
among whole counts so that eight characters say them nearly exactly: what is left is at most a
fiftieth of a count at full scale, mostly a millionth (docs/decisions/0029-exchange.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from edfio import Bdf, BdfSignal, EdfAnnotation, Patient, Recording

from firingorder.recording.writers.data import short_label
from firingorder.recording.writers.even_grid import EvenGrid
from firingorder.recording.writers.tables import events

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from firingorder.recording.writers.data import ExportData, ExportStream
    from firingorder.samples import FloatArray

GAP = "BAD_gap"
_MOST = 2**23 - 1
#: Some of the best are refused by the writer's own rounding.
_CANDIDATES = 100
_LARGEST_END = 9_999_999.0
#: Ends of a range that are tried. One of them is within 1 / (4 * this) of its last digit.
_TRIED = 200_000
#: Lengths of a record: a second, else eighths of one, which binary numbers say exactly: readers
#: compare the sums of them to a ten-millionth of a second.
_RECORDS_S = (1.0, *(k / 8 for k in range(9, 241)), *(k / 8 for k in range(7, 0, -1)))
#: How far a rate may be from what a record says: 1.2 ms in ten minutes.
_RATE_ERROR = 2e-6
_EPOCH_YEAR, _LAST_YEAR = 1985, 2084  # what a header of two digits can say (EDF specification)


@dataclass(frozen=True, slots=True)
class WrittenBdf:
    """What was written: labels in order, and what a reader must know.

    ``resolution_uv`` is the greatest distance between a value and what the file says of it.
    """

    labels: tuple[str, ...]
    rate_hz: float
    resolution_uv: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Counts of one signal and the header that turns them back into values."""

    counts: NDArray[np.int32]
    ends: tuple[float, float]
    most: int
    unit: str
    error: float


def write_bdf(data: ExportData, path: Path, *, with_imu: bool = True) -> WrittenBdf:
    """Write EMG, the pelvis IMU at its own rate where one record can hold both, and annotations.

    Missing samples are written as 0 and annotated ``BAD_gap``.
    """
    notes: list[str] = []
    imu = data.imu if with_imu else None
    duration_s = _record_s(data.emg, imu)
    if duration_s is None and imu is not None:
        notes.append(
            f"The motion sensor is left out: no data record holds whole samples of "
            f"{data.emg.rate_hz:g} Hz and {imu.rate_hz:g} Hz. Export it as CSV or BIDS."
        )
        imu = None
        duration_s = _record_s(data.emg, None)
    if duration_s is None:
        duration_s = min(_RECORDS_S, key=lambda one: _rate_error(data.emg.rate_hz, one))
    per_record = round(data.emg.rate_hz * duration_s)
    grid = EvenGrid(data.emg, per_record / duration_s)
    records = -(-len(data.emg.samples) // per_record)
    n = records * per_record
    signals, errors = _signals(data.emg, np.arange(n), grid.rate_hz, "surface EMG")
    gaps = [(gap.start_s, gap.end_s, f"{GAP} emg {gap.kind}") for gap in data.emg.gaps]
    gaps += _holes(data.emg)
    if imu is not None:
        imu_rate_hz = round(imu.rate_hz * duration_s) / duration_s
        rows, later_s = grid.rows_of(imu, records * round(imu.rate_hz * duration_s), imu_rate_hz)
        signals += _signals(imu, rows, imu_rate_hz, "pelvis inertial sensor")[0]
        gaps += [(gap.start_s, gap.end_s, f"{GAP} imu {gap.kind}") for gap in imu.gaps]
        notes.append(
            f"Samples of the motion sensor were taken {1e3 * later_s:+.2f} ms after the instant "
            "that their place in the file says."
        )
    annotations = [_annotation(grid, start, end, text) for start, end, text in gaps]
    end_s = len(data.emg.samples) / grid.rate_hz
    if n > len(data.emg.samples):
        annotations.append(EdfAnnotation(end_s, n / grid.rate_hz - end_s, f"{GAP} after the end"))
    annotations += _found(data, grid)
    if data.emg.unevenness_s > 0.5 / data.emg.rate_hz:
        notes.append(
            f"Samples lie on an even grid: up to {1e3 * data.emg.unevenness_s:.1f} ms beside the "
            "device's time, and so do the annotations. CSV has the device's time of each sample."
        )
    file = Bdf(
        signals,
        patient=Patient(code=data.facts.subject),
        recording=_recording(data),
        starttime=None if data.facts.start is None else data.facts.start.time().replace(
            microsecond=0
        ),
        data_record_duration=duration_s,
        annotations=annotations,
    )  # fmt: skip
    file.write(path)
    return WrittenBdf(
        tuple(one.label for one in signals), grid.rate_hz, max(errors, default=0.0), tuple(notes)
    )


def _record_s(emg: ExportStream, imu: ExportStream | None) -> float | None:
    """Return a length of record that holds whole samples of each; None where there is none."""
    rates_hz = [one.rate_hz for one in (emg, imu) if one is not None]
    for record_s in _RECORDS_S:
        if all(_rate_error(rate_hz, record_s) <= _RATE_ERROR for rate_hz in rates_hz):
            return record_s
    return None


def _rate_error(rate_hz: float, record_s: float) -> float:
    """Return by which share a rate differs from whole samples in a record."""
    return abs(max(1, round(rate_hz * record_s)) / record_s - rate_hz) / rate_hz


def _signals(
    stream: ExportStream, rows: NDArray[np.int64], rate_hz: float, transducer: str
) -> tuple[list[BdfSignal], list[float]]:
    there = (rows >= 0) & (rows < len(stream.samples))
    values = np.zeros((len(rows), stream.samples.shape[1]))
    values[there] = stream.samples[rows[there]]
    out: list[BdfSignal] = []
    errors: list[float] = []
    for k, name in enumerate(stream.names):
        scaled = _scaled(np.nan_to_num(values[:, k]), stream.steps[k], stream.units[k])
        errors.append(scaled.error)
        out.append(
            BdfSignal.from_digital(
                scaled.counts,
                rate_hz,
                label=short_label(name),
                transducer_type=f"{transducer}, {name}",
                physical_dimension=scaled.unit,
                physical_range=scaled.ends,
                digital_range=(-scaled.most, scaled.most),
                prefiltering="none in software",
            )
        )
    return out, errors


def _scaled(values: FloatArray, step: float | None, unit: str) -> _Scaled:
    """Return counts: those of the converter where they are known, else of a range that fits."""
    largest = float(np.max(np.abs(values), initial=0.0))
    if step is not None and _fits(step, largest):
        counts = np.rint(values / step).astype(np.int32)
        if np.max(np.abs(counts * step - values), initial=0.0) <= 1e-6 * step:
            end, most = exact_range(step, max(1, int(np.max(np.abs(counts), initial=0))))
            error = float(np.max(np.abs(counts * (end / most) - values), initial=0.0))
            return _Scaled(counts, (-end, end), most, unit, error)
    power = 0 if 0.01 <= largest < 1e6 or largest == 0.0 else int(np.floor(np.log10(largest)))
    end = _seven(largest / 10.0**power or 1.0)
    counts = np.rint(values / 10.0**power * (_MOST / end)).astype(np.int32)
    error = float(np.max(np.abs(counts * (end / _MOST) * 10.0**power - values), initial=0.0))
    said = unit if power == 0 else f"1e{power}{unit}"[:8]
    return _Scaled(counts, (-end, end), _MOST, said, error)


def _fits(step: float, largest: float) -> bool:
    """Tell whether seven characters hold the end of a range of such counts."""
    return 1.0 <= _MOST * step and largest <= min(_MOST * step, _LARGEST_END)


def exact_range(step: float, least: int) -> tuple[float, int]:
    """Return the end of a range and its count, of at most seven characters and nearest to a step.

    ``least`` is the largest count that must fit. A minus sign makes eight.
    """
    top = min(_MOST, int(_LARGEST_END / step))
    tried = np.arange(max(least, 1, top - _TRIED), top + 1)
    ends = tried * step
    places = 5 - np.floor(np.log10(ends)).astype(np.int64)
    factor = 10.0 ** np.clip(places, 0, 5)
    said = np.rint(ends * factor) / factor
    for best in np.argsort(np.abs(said - ends) / ends)[:_CANDIDATES]:
        if _kept(float(said[best])):
            return float(said[best]), int(tried[best])
    raise AssertionError(f"no range for a step of {step}")


def _seven(value: float) -> float:
    """Return the least value of at most seven characters that is not below this one."""
    factor = 10.0 ** max(0, min(5, 5 - int(np.floor(np.log10(value)))))
    whole = int(np.ceil(value * factor))
    while not _kept(whole / factor):
        whole += 1
    return whole / factor


def _kept(end: float) -> bool:
    """Tell whether a header keeps this end of a range: the writer rounds what it scales by ten."""
    one = np.zeros(1, np.int32)
    probe = BdfSignal.from_digital(one, 1.0, physical_range=(-end, end), digital_range=(-1, 1))
    return probe.physical_range == (-end, end)


def _holes(stream: ExportStream) -> list[tuple[float, float, str]]:
    """Return where single channels have no samples although the stream goes on."""
    out: list[tuple[float, float, str]] = []
    missing = np.isnan(stream.samples)
    missing[missing.all(axis=1)] = False
    for k in np.flatnonzero(missing.any(axis=0)):
        edges = np.flatnonzero(np.diff(missing[:, k], prepend=False, append=False))
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            start_s = float(stream.time_s[first])
            end_s = start_s + (int(after) - int(first)) / stream.rate_hz
            out.append((start_s, end_s, f"{GAP} {stream.names[k]}"))
    return out


def _annotation(grid: EvenGrid, start_s: float, end_s: float, text: str) -> EdfAnnotation:
    onset = max(0.0, grid.file_s(start_s))
    return EdfAnnotation(round(onset, 6), round(max(0.0, grid.file_s(end_s) - onset), 6), text)


def _found(data: ExportData, grid: EvenGrid) -> list[EdfAnnotation]:
    """Return what was found and what happened, in words; gaps have their own."""
    table = events(data)
    index = {column.name: k for k, column in enumerate(table.columns)}
    out: list[EdfAnnotation] = []
    for row in table.rows:
        at_s, duration_s, kind = row[0], row[1], row[2]
        if not isinstance(at_s, float) or kind == "gap":
            continue
        said = [str(kind)]
        said += [str(row[index[name]]) for name in ("channel",) if row[index[name]] is not None]
        repetition, value = row[index["repetition"]], row[index["value"]]
        if repetition is not None:
            said.append(f"rep {repetition}")
        if value is not None:
            said.append(f"+-{value} ms" if kind == "onset" else f"{value:g}")
        if kind == "onset" and (repetition, row[index["channel"]]) in data.edited:
            said.append("edited")
        said.append(str(row[index["text"]] or ""))
        text = " ".join(one for one in said if one)
        end_s = at_s + (duration_s if isinstance(duration_s, float) else 0.0)
        out.append(_annotation(grid, at_s, end_s, text))
    return out


def _recording(data: ExportData) -> Recording:
    start = data.facts.start
    told = start is not None and _EPOCH_YEAR <= start.year <= _LAST_YEAR
    return Recording(
        startdate=start.date() if told and start is not None else None,
        equipment_code=f"firingorder_{data.facts.software_version}",
    )

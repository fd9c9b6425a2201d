"""Reads EDF, EDF+, BDF and BDF+ files: voltages to microvolts, annotations to marks, gaps to NaN.

After Kemp et al. 1992 (EDF) and Kemp and Olivan 2003 (EDF+); BDF is EDF with 24-bit samples and
its own first byte. Records are read from a memory map and converted stream by stream, so a file of
an hour needs the memory of its result and little more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.annotations import Annotation, parse_annotations
from firingorder.recording.readers.bids import sidecar_warnings
from firingorder.recording.readers.clock import MAX_GAP_S, snap_rate
from firingorder.recording.readers.edf_header import EdfHeader, EdfSignal, read_header
from firingorder.recording.readers.filedata import (
    FileData,
    FileStream,
    microvolts_per,
    unique_labels,
)
from firingorder.recording.readers.held import mark_held

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

_BLOCK_BYTES = 8 << 20


@dataclass(slots=True)
class _Work:
    """What is gathered while a file is read."""

    header: EdfHeader
    raw: NDArray[np.uint8]
    """``(n_records, bytes per record)``, a view of the file."""
    warnings: list[str] = field(default_factory=list[str])


def read_edf(path: Path) -> FileData:
    """Read one file.

    Raises
    ------
    FileFormatError
        The header or the records contradict themselves; names the file and the field.
    """
    header = read_header(path)
    work = _Work(header, _records(path, header))
    work.warnings.extend(header.warnings)
    _compare_lengths(path, work)
    onsets_s, annotations = _annotations(work)
    gaps_s = _gaps(path, work, onsets_s)
    origin_s = float(onsets_s[0]) if onsets_s is not None and onsets_s.size else 0.0
    marks = [a for a in annotations if a.text]
    streams = _streams(path, work, gaps_s)
    _mark_bad(streams, marks, origin_s, work.warnings)
    mark_held(streams, work.warnings)
    units = {s.label: s.unit for s in header.signals if not s.is_annotation}
    work.warnings.extend(sidecar_warnings(path, units, work.raw.shape[0] * header.record_s))
    if not streams:
        work.warnings.append("The file has no signals, only annotations.")
    return FileData(
        path=path,
        format=header.format,
        sha256=file_sha256(path),
        streams=tuple(streams),
        markers=tuple(sorted((a.onset_s - origin_s, a.text) for a in marks)),
        warnings=tuple(work.warnings),
    )


def _records(path: Path, header: EdfHeader) -> NDArray[np.uint8]:
    record_bytes = header.record_bytes
    size_bytes = path.stat().st_size - header.header_bytes
    count = size_bytes // record_bytes if record_bytes else 0
    if count < 1:
        raise FileFormatError(f"{path} ends before its first data record: it was cut.")
    flat = np.memmap(path, np.uint8, "r", header.header_bytes, (count * record_bytes,))
    return flat.reshape(count, record_bytes)


def _compare_lengths(path: Path, work: _Work) -> None:
    there = work.raw.shape[0]
    said = work.header.n_records
    rest_bytes = path.stat().st_size - work.header.header_bytes - work.raw.size
    if said not in (-1, there):
        work.warnings.append(f"The header says {said} data records; the file has {there}.")
    elif rest_bytes:
        work.warnings.append("The last data record is incomplete and was left out.")


def _annotations(work: _Work) -> tuple[FloatArray | None, list[Annotation]]:
    """Return the onset of every record, None in a file without them, and all annotations."""
    signals = [s for s in work.header.signals if s.is_annotation]
    if not signals:
        return None, []
    onsets_s = np.full(work.raw.shape[0], np.nan)
    found: list[Annotation] = []
    for number, signal in enumerate(signals):
        columns = slice(signal.offset_bytes, signal.offset_bytes + signal.n_bytes)
        for record in range(work.raw.shape[0]):
            keeper_s, annotations = parse_annotations(work.raw[record, columns].tobytes())
            if number == 0 and keeper_s is not None:
                onsets_s[record] = keeper_s
            found.extend(annotations)
    return onsets_s, found


def _gaps(path: Path, work: _Work, onsets_s: FloatArray | None) -> FloatArray | None:
    """Return the time between each record and the one before, seconds; None when there is none."""
    record_s = work.header.record_s
    if onsets_s is None or onsets_s.size < 2 or not work.header.is_plus or not record_s:
        return None
    if np.isnan(onsets_s).any():
        record = int(np.flatnonzero(np.isnan(onsets_s))[0]) + 1
        if work.header.is_discontinuous:
            raise FileFormatError(f"{path}: record {record} of a discontinuous file has no time.")
        work.warnings.append(f"Record {record} has no time of its own; the file is continuous.")
        return None
    gaps_s = np.diff(onsets_s) - record_s
    if not work.header.is_discontinuous:
        # Record times are rounded and drift; half a record is neither.
        if float(np.max(np.abs(np.cumsum(gaps_s)))) <= 0.5 * record_s:
            return None
        work.warnings.append("The file calls itself continuous but its records have gaps.")
    if float(gaps_s.max()) > MAX_GAP_S:
        record = int(np.argmax(gaps_s)) + 2
        raise FileFormatError(
            f"{path}: {gaps_s.max():.0f} s are missing before record {record}. "
            f"Cut the file in two there."
        )
    return gaps_s


def _streams(path: Path, work: _Work, gaps_s: FloatArray | None) -> list[FileStream]:
    by_size: dict[int, list[EdfSignal]] = {}
    labels, repeated = unique_labels([s.label for s in work.header.signals if not s.is_annotation])
    work.warnings.extend(repeated)
    plain = [s for s in work.header.signals if not s.is_annotation]
    names = dict(zip((s.number for s in plain), labels, strict=True))
    for signal in plain:
        if signal.gain is None:
            work.warnings.append(f"{signal.label} has an empty range of values: left out.")
        elif signal.samples_per_record == 0:
            work.warnings.append(f"{signal.label} has no samples: left out.")
        else:
            by_size.setdefault(signal.samples_per_record, []).append(signal)
    if by_size and not work.header.record_s:
        raise FileFormatError(f"{path}: the data record duration is 0, so there is no rate.")
    return [_stream(path, work, group, gaps_s, names) for group in by_size.values()]


def _stream(
    path: Path,
    work: _Work,
    group: list[EdfSignal],
    gaps_s: FloatArray | None,
    names: dict[int, str],
) -> FileStream:
    size = group[0].samples_per_record
    rate_hz = snap_rate(size / work.header.record_s)
    places, n_samples = _places(path, work, gaps_s, size, rate_hz)
    samples = np.full((n_samples, len(group)), np.nan)
    block = max(1, _BLOCK_BYTES // work.raw.shape[1])
    for first in range(0, work.raw.shape[0], block):
        rows = slice(first, min(first + block, work.raw.shape[0]))
        where = (places[rows, None] + np.arange(size)).ravel()
        for column, signal in enumerate(group):
            samples[where, column] = _physical(work, signal, rows)
    units = tuple("uV" if microvolts_per(s.unit) is not None else s.unit for s in group)
    return FileStream(tuple(names[s.number] for s in group), units, rate_hz, samples)


def _places(
    path: Path, work: _Work, gaps_s: FloatArray | None, size: int, rate_hz: float
) -> tuple[NDArray[np.int64], int]:
    """Return the index of every record's first sample, and the length of the stream.

    A record that starts within one sample of the end of the one before follows it: record times
    are rounded, and no clock is better than that.
    """
    places = np.arange(work.raw.shape[0], dtype=np.int64) * size
    if gaps_s is not None:
        gaps = np.round(gaps_s * rate_hz).astype(np.int64)
        gaps[np.abs(gaps) <= 1] = 0
        if (gaps < 0).any():
            record = int(np.flatnonzero(gaps < 0)[0]) + 2
            raise FileFormatError(
                f"{path}: record {record} starts before the end of the one before it."
            )
        places[1:] += np.cumsum(gaps)
    return places, int(places[-1]) + size


def _physical(work: _Work, signal: EdfSignal, rows: slice) -> FloatArray:
    columns = slice(signal.offset_bytes, signal.offset_bytes + signal.n_bytes)
    raw = np.ascontiguousarray(work.raw[rows, columns])
    if work.header.sample_bytes == 2:
        digital = raw.view("<i2").ravel().astype(np.float64)
    else:
        triples = raw.reshape(-1, 3).astype(np.int32)
        unsigned = triples[:, 0] | triples[:, 1] << 8 | triples[:, 2] << 16
        digital = (unsigned - ((unsigned & 0x800000) << 1)).astype(np.float64)
    assert signal.gain is not None, "signals without a range are left out"
    value = (digital - signal.digital_min) * signal.gain + signal.physical_min
    scale = microvolts_per(signal.unit)
    return value if scale is None else value * scale


def _mark_bad(
    streams: list[FileStream], marks: list[Annotation], origin_s: float, warnings: list[str]
) -> None:
    bad = [a for a in marks if a.text.upper().startswith("BAD") and a.duration_s]
    for mark in bad:
        start_s = mark.onset_s - origin_s
        for stream in streams:
            first = max(0, int(np.ceil(start_s * stream.rate_hz - 1e-6)))
            last = max(0, int(np.ceil((start_s + mark.duration_s) * stream.rate_hz - 1e-6)))
            stream.samples[first:last] = np.nan
    if bad:
        told_s = _covered_s(bad)
        warnings.append(f"{len(bad)} annotation(s) BAD make a gap of {told_s:.3g} s in all.")


def _covered_s(marks: list[Annotation]) -> float:
    """Return the time that annotations cover together: those of several streams overlap."""
    covered_s, reached_s = 0.0, -np.inf
    for mark in sorted(marks, key=lambda one: one.onset_s):
        end_s = mark.onset_s + mark.duration_s
        covered_s += max(0.0, end_s - max(mark.onset_s, reached_s))
        reached_s = max(reached_s, end_s)
    return covered_s

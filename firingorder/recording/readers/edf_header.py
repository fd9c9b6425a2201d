"""Reads and checks the header of an EDF or BDF file; names the field that is broken."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import FileFormatError

if TYPE_CHECKING:
    from pathlib import Path

_BDF_VERSION = b"\xffBIOSEMI"
_MAIN_BYTES = 256
_SIGNAL_BYTES = 256
#: BioSemi's largest systems have 280 channels; a larger number is a shifted or broken header.
_MAX_SIGNALS = 4096
#: Field widths of the signal headers, in the order of the file (Kemp et al. 1992).
_SIGNAL_FIELDS = (
    ("label", 16),
    ("transducer", 80),
    ("physical dimension", 8),
    ("physical minimum", 8),
    ("physical maximum", 8),
    ("digital minimum", 8),
    ("digital maximum", 8),
    ("prefiltering", 80),
    ("number of samples", 8),
    ("reserved", 32),
)
_ANNOTATION_LABELS = ("EDF Annotations", "BDF Annotations")


@dataclass(frozen=True, slots=True)
class EdfSignal:
    """One signal of the file. ``gain`` is physical units per step, None where there is no range."""

    number: int
    label: str
    unit: str
    digital_min: int
    physical_min: float
    gain: float | None
    samples_per_record: int
    offset_bytes: int
    n_bytes: int

    @property
    def is_annotation(self) -> bool:
        """Whether it holds annotations instead of samples."""
        return self.label in _ANNOTATION_LABELS


@dataclass(frozen=True, slots=True)
class EdfHeader:
    """What the samples need of the header. Names and dates of people are not read."""

    format: str
    sample_bytes: int
    header_bytes: int
    n_records: int
    record_s: float
    is_plus: bool
    is_discontinuous: bool
    signals: tuple[EdfSignal, ...]
    warnings: tuple[str, ...]

    @property
    def record_bytes(self) -> int:
        """Bytes of one data record."""
        return sum(signal.n_bytes for signal in self.signals)


class _Fields:
    """Reads fixed-width fields one after the other and says which one is wrong."""

    def __init__(self, path: Path, raw: bytes) -> None:
        self._path = path
        self._raw = raw
        self._at = 0

    def text(self, width: int) -> str:
        raw = self._raw[self._at : self._at + width]
        self._at += width
        try:
            return raw.decode("utf-8").strip(" \x00")
        except UnicodeDecodeError:
            return raw.decode("latin-1").strip(" \x00")  # the old way to write the micro sign

    def integer(self, width: int, name: str) -> int:
        text = self.text(width)
        try:
            return int(text)
        except ValueError:
            raise self._broken(name, text, "a whole number") from None

    def number(self, width: int, name: str) -> float:
        text = self.text(width)
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            raise self._broken(name, text, "a number") from None
        if not math.isfinite(value):
            raise self._broken(name, text, "a number")
        return value

    def _broken(self, name: str, text: str, wanted: str) -> FileFormatError:
        return FileFormatError(
            f"{self._path}: the header is broken: the {name} reads {text!r}, not {wanted}. "
            f"Export the file again."
        )


def read_header(path: Path) -> EdfHeader:
    """Read the header of a file.

    Raises
    ------
    FileFormatError
        It is too short, no EDF or BDF, or a field contradicts the others.
    """
    with path.open("rb") as file:
        main = file.read(_MAIN_BYTES)
        is_bdf = _check_start(path, main)
        fields = _Fields(path, main)
        for width in (8, 80, 80, 8, 8):  # version, patient, recording, date, time: not for us
            fields.text(width)
        header_bytes = fields.integer(8, "number of header bytes")
        reserved = fields.text(44)
        n_records = fields.integer(8, "number of data records")
        record_s = fields.number(8, "data record duration")
        n_signals = fields.integer(4, "number of signals")
        _check_sizes(path, n_signals, header_bytes, record_s)
        raw = file.read(n_signals * _SIGNAL_BYTES)
    if len(raw) < n_signals * _SIGNAL_BYTES:
        raise FileFormatError(f"{path} ends within its header: it was cut.")
    sample_bytes = 3 if is_bdf else 2
    kind = "BDF" if is_bdf else "EDF"
    plus = reserved[:5] in (f"{kind}+C", f"{kind}+D")
    signals = _read_signals(_Fields(path, raw), n_signals, sample_bytes)
    return EdfHeader(
        format=f"{kind}+" if plus else kind,
        sample_bytes=sample_bytes,
        header_bytes=header_bytes,
        n_records=n_records,
        record_s=record_s,
        is_plus=plus,
        is_discontinuous=plus and reserved[4] == "D",
        signals=signals,
        warnings=_unit_warnings(signals),
    )


def _check_start(path: Path, main: bytes) -> bool:
    """Return whether it is BDF."""
    if len(main) < _MAIN_BYTES:
        raise FileFormatError(f"{path} is too short for an EDF or BDF file.")
    is_bdf = main.startswith(_BDF_VERSION)
    if not is_bdf and main[:8].strip() != b"0":
        raise FileFormatError(f"{path} is not an EDF or BDF file: it does not begin like one.")
    return is_bdf


def _check_sizes(path: Path, n_signals: int, header_bytes: int, record_s: float) -> None:
    if not 1 <= n_signals <= _MAX_SIGNALS:
        raise FileFormatError(f"{path}: the header is broken: it names {n_signals} signals.")
    expected = _MAIN_BYTES + n_signals * _SIGNAL_BYTES
    if header_bytes != expected:
        raise FileFormatError(
            f"{path}: the header is broken: {n_signals} signals make {expected} header bytes, "
            f"and it says {header_bytes}."
        )
    if record_s < 0:
        raise FileFormatError(f"{path}: the header is broken: a data record of {record_s} s.")


def _read_signals(fields: _Fields, count: int, sample_bytes: int) -> tuple[EdfSignal, ...]:
    columns: dict[str, list[str]] = {}
    numbers: dict[str, list[float]] = {}
    for name, width in _SIGNAL_FIELDS:
        if name.startswith("physical m"):
            numbers[name] = [
                fields.number(width, f"{name} of signal {k + 1}") for k in range(count)
            ]
        elif name.startswith(("digital", "number")):
            numbers[name] = [
                fields.integer(width, f"{name} of signal {k + 1}") for k in range(count)
            ]
        else:
            columns[name] = [fields.text(width) for _ in range(count)]
    signals: list[EdfSignal] = []
    offset = 0
    for k in range(count):
        low, high = int(numbers["digital minimum"][k]), int(numbers["digital maximum"][k])
        bottom, top = numbers["physical minimum"][k], numbers["physical maximum"][k]
        size = max(0, int(numbers["number of samples"][k]))
        signals.append(
            EdfSignal(
                number=k,
                label=columns["label"][k],
                unit=columns["physical dimension"][k],
                digital_min=low,
                physical_min=bottom,
                gain=(top - bottom) / (high - low) if high != low and top != bottom else None,
                samples_per_record=size,
                offset_bytes=offset,
                n_bytes=size * sample_bytes,
            )
        )
        offset += size * sample_bytes
    return tuple(signals)


def _unit_warnings(signals: tuple[EdfSignal, ...]) -> tuple[str, ...]:
    bare = [s.label for s in signals if not s.unit and not s.is_annotation]
    if not bare:
        return ()
    return (f"The file gives no unit for {', '.join(bare)}: taken as plain numbers.",)

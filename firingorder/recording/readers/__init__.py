"""Readers of other people's files.

``read_file`` takes any of them: EDF/BDF, C3D, XDF, HDF5, MAT, NumPy, ANC, and tables of text in
many dialects. The content decides as well as the suffix: a .txt may be five things. Labels and
units are those of the file; nothing is guessed about muscles here.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FileFormatError, RecordingError, UsageError
from firingorder.recording.readers import anc, hdf, headerless, openbci, opensignals, xdf
from firingorder.recording.readers.bids_motion import is_motion_table, read_motion
from firingorder.recording.readers.c3d import read_c3d
from firingorder.recording.readers.delimited import read_csv
from firingorder.recording.readers.delsys import is_time_label, read_delsys
from firingorder.recording.readers.edf import read_edf
from firingorder.recording.readers.filedata import FileData, FileStream
from firingorder.recording.readers.made_up import without_made_up
from firingorder.recording.readers.mat import read_mat
from firingorder.recording.readers.npz import read_npz
from firingorder.recording.readers.refusals import refusal
from firingorder.recording.readers.texttable import cells_of, encoding_of, head_lines
from firingorder.recording.readers.vendor_table import read_vendor_table
from firingorder.recording.readers.xsens import read_xsens

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "AMBIGUOUS",
    "SUFFIXES",
    "FileData",
    "FileStream",
    "check_kind",
    "holds_recording",
    "read_file",
]

_EDF_SUFFIXES = frozenset({".edf", ".bdf", ".edf+", ".bdf+", ".rec"})
_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
_HDF_SUFFIXES = frozenset({".h5", ".hdf5"})
_XDF_SUFFIXES = frozenset({".xdf", ".xdfz"})
SUFFIXES = (
    _EDF_SUFFIXES
    | _TEXT_SUFFIXES
    | _HDF_SUFFIXES
    | _XDF_SUFFIXES
    | {".mat", ".npz", ".c3d", ".anc"}
)
#: Kinds that hold anything, so that a folder may have some beside its recordings.
AMBIGUOUS = frozenset({".tsv", ".txt", ".npz"})
_HEAD_LINES = 40
#: Rows of numbers that make a table: notes do not end in as many.
_TABLE_ROWS = 3
#: One signal a line: no other line of numbers is as long.
_SIGNAL_CELLS = 100
#: Arrays of our own posteriors (session/results.py), which are made of a recording and are none.
_POSTERIOR = re.compile(r"rep\d{3,}/")
_NOT_TEXT_BYTES = 4096


def read_file(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read a file of another program.

    Parameters
    ----------
    path
        The file; its suffix and its first lines say what it is.
    rate_hz
        Samples per second, for files that do not say it.

    Raises
    ------
    UsageError
        There is no such file, its kind is not read (the message says what to do instead), or its
        rate is needed and was not given.
    FileFormatError
        The file is broken or is not what its suffix says; one sentence says where.
    RecordingError
        The file cannot be read at all.
    """
    if rate_hz is not None and not 0 < rate_hz < 1e6:
        raise UsageError(f"A rate of {rate_hz} Hz is not possible.")
    check_kind(path)
    suffix = path.suffix.lower()
    try:
        if path.stat().st_size == 0:
            raise FileFormatError(f"{path} is empty.")
        with np.errstate(all="ignore"):  # numbers beyond all numbers are told below
            if suffix in _TEXT_SUFFIXES:
                return without_made_up(_finite(_read_text(path, rate_hz)))
            return without_made_up(_finite(_read_binary(path, suffix, rate_hz)))
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}.") from error
    except MemoryError as error:
        raise RecordingError(f"{path} does not fit into the memory of this computer.") from error


def check_kind(path: Path) -> None:
    """Refuse a file that cannot be read, as far as its name tells; what is in it is not looked at.

    Raises
    ------
    UsageError
        There is no such file, or its kind is not read; the message says what to do instead.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file in it.")
    why_not = refusal(path)
    if why_not is not None:
        raise UsageError(why_not)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{path} is of a kind that is not read here ({suffix or 'no suffix'}). "
            f"Known: {', '.join(sorted(SUFFIXES))}."
        )


def holds_recording(path: Path) -> bool:
    """Tell by name and first lines whether a file of :data:`AMBIGUOUS` holds signals.

    For folders, which hold notes and side files, too; who names a file is told why it is refused.
    What cannot be opened may hold some: reading it says what is wrong.
    """
    if refusal(path) is not None:
        return False
    try:
        if path.suffix.lower() == ".npz":
            with zipfile.ZipFile(path) as arrays:
                return not any(_POSTERIOR.match(name) for name in arrays.namelist())
        return _text_holds_recording(path)
    except zipfile.BadZipFile:
        return path.stat().st_size > 0
    except OSError:
        return True


def _text_holds_recording(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.read(_NOT_TEXT_BYTES)
    if first.startswith(xdf.MAGIC):
        return True
    encoding = encoding_of(path)
    if (b"\x00" in first and encoding != "utf-16") or is_motion_table(path):
        return False
    lines = [line for line in head_lines(path, _HEAD_LINES, encoding) if line.strip()]
    if not lines:
        return False
    if lines[0].startswith((opensignals.MARK, openbci.MARK, headerless.SIMPLE_MARK, anc.MARK)):
        return True
    if _has_time_pairs(path, encoding):
        return True
    said = [line for line in lines if not line.startswith("#")]
    rows = [re.split(r"[\t;, ]+", line[:100_000].strip()) for line in said]
    if rows and len(rows[0]) >= _SIGNAL_CELLS and _mostly_numbers(tuple(rows[0])):
        return True
    last = [_mostly_numbers(tuple(row)) for row in rows[-_TABLE_ROWS:]]
    return len(last) == _TABLE_ROWS and all(last)


def _finite(data: FileData) -> FileData:
    """Return the content without infinite values; an infinite start is no time at all."""
    if not all(np.isfinite(stream.t0_s) for stream in data.streams):
        raise FileFormatError(f"{data.path}: the time of a first sample is no number.")
    count = 0
    for stream in data.streams:
        infinite = np.isinf(stream.samples)
        if infinite.any():
            count += int(np.count_nonzero(infinite))
            stream.samples[infinite] = np.nan
    if not count:
        return data
    told = f"{count} values beyond all numbers are taken as missing."
    return replace(data, warnings=(*data.warnings, told))


def _read_binary(path: Path, suffix: str, rate_hz: float | None) -> FileData:
    if suffix in _EDF_SUFFIXES:
        return read_edf(path)
    if suffix in _HDF_SUFFIXES:
        return hdf.read_hdf(path)
    if suffix in _XDF_SUFFIXES:
        return xdf.read_xdf(path)
    if suffix == ".c3d":
        return read_c3d(path)
    if suffix == ".anc":
        return anc.read_anc(path)
    if suffix == ".npz":
        return read_npz(path, rate_hz=rate_hz)
    return read_mat(path, rate_hz=rate_hz)


def _read_text(path: Path, rate_hz: float | None) -> FileData:
    """Read a text file by what its first lines say it is."""
    with path.open("rb") as file:
        first = file.read(_NOT_TEXT_BYTES)
    if first.startswith(xdf.MAGIC):
        return xdf.read_xdf(path)
    encoding = encoding_of(path)
    if b"\x00" in first and encoding != "utf-16":
        raise FileFormatError(f"{path} is not a text file.")
    if is_motion_table(path):
        return read_motion(path)
    lines = [line for line in head_lines(path, _HEAD_LINES, encoding) if line.strip()]
    top = lines[0] if lines else ""
    if top.startswith(opensignals.MARK):
        return opensignals.read_opensignals_text(path)
    if top.startswith(openbci.MARK):
        return openbci.read_openbci(path, rate_hz=rate_hz)
    if top.startswith(headerless.SIMPLE_MARK):
        return headerless.read_simple_text(path, rate_hz=rate_hz)
    if top.startswith(anc.MARK):
        return anc.read_anc(path)
    if any("PacketCounter" in re.split(r"[\t,;]", line) for line in lines):
        return read_xsens(path)
    if _has_time_pairs(path, encoding):
        return read_delsys(path)
    if _begins_with_numbers(lines):
        return headerless.read_headerless(path, rate_hz=rate_hz)
    if _has_block(lines):
        return read_vendor_table(path, rate_hz=rate_hz)
    return read_csv(path, rate_hz=rate_hz)


def _has_time_pairs(path: Path, encoding: str) -> bool:
    """Tell whether a line, after hundreds of facts perhaps, names time columns beside signals."""
    for line in head_lines(path, 2000, encoding):
        if "X[s]" in line or "X [s]" in line or "Time Series (s)" in line:
            cells = [cell for d in ",;\t" for cell in cells_of(line, d)]
            if any(is_time_label(cell) for cell in cells):
                return True
    return False


def _begins_with_numbers(lines: list[str]) -> bool:
    said = [line for line in lines if not line.startswith("#")]
    cells = (
        [cell for cell in re.split(r"[,;\t ]+", said[0][:100_000].strip()) if cell] if said else []
    )
    return bool(cells) and all(_is_number(cell) for cell in cells)


def _has_block(lines: list[str]) -> bool:
    """Tell whether a block of facts, or a line of units, stands above the numbers.

    A plain table has its names in the first line that is no remark, and numbers right below.
    """
    said = [line for line in lines if not line.startswith("#")]
    if said and said[0].strip('"').lower().startswith(("sep=", "devices")):
        return True
    if len(said) < 3:
        return False
    delimiter = max(("\t", ";", ","), key=said[-1].count)
    numeric = [_mostly_numbers(cells_of(line, delimiter)) for line in said]
    first = next((k for k, is_numbers in enumerate(numeric) if is_numbers), 0)
    return first > 1 and all(numeric[first:])


def _mostly_numbers(cells: tuple[str, ...]) -> bool:
    filled = [cell for cell in cells if cell]
    numbers = sum(_is_number(cell) or _is_number(cell.replace(",", ".")) for cell in filled)
    return bool(filled) and 2 * numbers > len(filled)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

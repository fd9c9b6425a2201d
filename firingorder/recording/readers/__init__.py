"""Readers of other people's files: EDF/BDF, CSV, MAT.

``read_file`` takes any of them. Labels and units are those of the file;
nothing is guessed about muscles here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import FileFormatError, RecordingError, UsageError
from firingorder.recording.readers.delimited import read_csv
from firingorder.recording.readers.edf import read_edf
from firingorder.recording.readers.filedata import FileData, FileStream
from firingorder.recording.readers.mat import read_mat

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileData", "FileStream", "read_file"]

_EDF_SUFFIXES = frozenset({".edf", ".bdf", ".edf+", ".bdf+", ".rec"})
_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
SUFFIXES = _EDF_SUFFIXES | _TEXT_SUFFIXES | {".mat"}


def read_file(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read an EDF, EDF+, BDF, BDF+, CSV or MAT file.

    Parameters
    ----------
    path
        The file; its suffix says what it is.
    rate_hz
        Samples per second, for files that do not say it.

    Raises
    ------
    UsageError
        There is no such file, its kind is not known, or its rate is needed and was not given.
    FileFormatError
        The file is broken or is not what its suffix says; one sentence says where.
    RecordingError
        The file cannot be read at all.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file in it.")
    if rate_hz is not None and not 0 < rate_hz < 1e6:
        raise UsageError(f"A rate of {rate_hz} Hz is not possible.")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{path} is of a kind that is not read here ({suffix or 'no suffix'}). "
            f"Known: {', '.join(sorted(SUFFIXES))}."
        )
    try:
        if path.stat().st_size == 0:
            raise FileFormatError(f"{path} is empty.")
        if suffix in _EDF_SUFFIXES:
            return read_edf(path)
        if suffix in _TEXT_SUFFIXES:
            return read_csv(path, rate_hz=rate_hz)
        return read_mat(path, rate_hz=rate_hz)
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}.") from error

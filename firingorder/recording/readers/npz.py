"""Reads NumPy archives whose arrays are called as the variables of a MAT file would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.errors import FileFormatError
from firingorder.recording.readers.mat import read_variables

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.readers.filedata import FileData

_MOST_ARRAYS = 1000
#: More is no recording but the lie of a header.
_MOST_BYTES = 8 << 30


def read_npz(path: Path, *, rate_hz: float | None = None) -> FileData:
    """Read one archive; objects of Python in it are never loaded.

    Raises
    ------
    UsageError
        It has no rate (``fs``, ``fs_hz``, ...) and none was given.
    FileFormatError
        It is damaged or holds no signals.
    """
    variables: dict[str, Any] = {}
    try:
        with np.load(path, allow_pickle=False) as archive:
            infos = archive.zip.infolist()
            if sum(one.file_size for one in infos) > _MOST_BYTES or len(infos) > _MOST_ARRAYS:
                raise ValueError("too large")
            for name in archive.files:
                variables[name] = archive[name]
    except OSError:
        raise
    except Exception as error:  # of any kind: zip and array headers are trusted by the libraries
        kind = type(error).__name__
        raise FileFormatError(f"{path} is damaged or no NumPy archive ({kind}).") from error
    return read_variables(path, variables, "NumPy", rate_hz)

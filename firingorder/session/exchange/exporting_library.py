"""The library of this computer, where there is one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from firingorder.session.archive import Archive
from firingorder.session.paths import data_folder

if TYPE_CHECKING:
    from collections.abc import Generator

_FILE = "library.sqlite"


@contextlib.contextmanager
def opened_archive() -> Generator[Archive | None]:
    """Open the library of the user; None where nobody has made one.

    Raises
    ------
    LibraryError
        There is one, and it cannot be opened.
    """
    folder = data_folder()
    if not (folder / _FILE).exists():
        yield None
        return
    archive = Archive.open(folder=folder)
    try:
        yield archive
    finally:
        archive.close()

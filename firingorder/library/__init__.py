"""People by code, their sessions, results and corrections: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.library.library import Library


def open_library(url: str | None = None, *, folder: Path | None = None) -> Library:
    """Open a library, which is made where there is none.

    Parameters
    ----------
    url
        ``postgresql://USER@HOST/DATABASE``; None: the file ``library.sqlite`` in the folder.
    folder
        Where recordings and everything else of this computer are; None: the user's data folder.

    Raises
    ------
    LibraryError
        It is of a newer version, damaged, none at all, or cannot be reached or written.
    UsageError
        The URL is none.
    """
    from firingorder.library.opening import opened

    return opened(url, folder)

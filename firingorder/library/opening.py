"""Opening a library: where it is, whether its schema is this version's, what waits for it."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from firingorder.library.connecting import BUSY_S, place_of
from firingorder.library.library import Library
from firingorder.library.read_only import open_engine


def opened(url: str | None, folder: Path | None, *, busy_s: float = BUSY_S) -> Library:
    """Return an open library; errors and parameters as of ``open_library``.

    ``busy_s`` is how long a writer waits for another one.
    """
    where = folder or Path(platformdirs.user_data_dir("firingorder", appauthor=False))
    place = place_of(url, where)
    return Library(open_engine(place, busy_s=busy_s), place, where, busy_s=busy_s)

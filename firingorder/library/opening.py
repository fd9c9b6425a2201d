"""Opening a library: where it is, whether its schema is this version's, what waits for it."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from firingorder.library.connecting import BUSY_S, connect, place_of
from firingorder.library.library import Library
from firingorder.library.schema import bring_up


def opened(url: str | None, folder: Path | None, *, busy_s: float = BUSY_S) -> Library:
    """Return an open library; errors and parameters as of ``open_library``.

    ``busy_s`` is how long a writer waits for another one.
    """
    where = folder or Path(platformdirs.user_data_dir("firingorder", appauthor=False))
    place = place_of(url, where)
    engine = connect(place, busy_s=busy_s)
    try:
        remark = bring_up(engine, place)
    except BaseException:
        engine.dispose()
        raise
    return Library(engine, place, where, remark=remark)

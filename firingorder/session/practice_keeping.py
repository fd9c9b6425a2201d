"""Where a table of practice is kept: the therapist's own, in the data folder, never overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.session.own_files import write_whole
from firingorder.session.paths import data_folder, private_folder

if TYPE_CHECKING:
    from pathlib import Path


def keep_table(table: str, seed: int, folder: Path | None = None) -> Path:
    """Write a table of a series and return its path; a series may have several.

    Raises
    ------
    FiringOrderError
        The disk refuses.
    """
    where = folder or data_folder() / "practise"
    count, path = 1, where / f"series_{seed}.csv"
    while path.exists():
        count += 1
        path = where / f"series_{seed}_{count}.csv"
    try:
        private_folder(where)
        write_whole(path, table)
    except OSError as error:
        raise FiringOrderError(
            f"The table cannot be written to {path}: {error.strerror}; make room or check who may "
            "write there."
        ) from error
    return path

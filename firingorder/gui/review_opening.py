"""What the review reads beside the window: recordings, and the list of what can be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.gui.library_door import open_archive, open_shelf, seen_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.library.records import SessionRow
    from firingorder.session.files import FileOptions
    from firingorder.session.office import Office
    from firingorder.session.review import Review

#: So many of the last sessions are listed; all of them stand on the page Library.
MOST_SESSIONS = 50
Listed = tuple[tuple["SessionRow", ...], str]
AWAY = "Changes are kept beside the recording until then."


def opened_beside(
    path: Path, office: Office, reading: FileOptions | None, tell: Callable[[float], None]
) -> Review:
    """Open a recording; without a library it is opened all the same, and that is told.

    Raises
    ------
    FiringOrderError
        The recording cannot be read.
    """
    from firingorder.session.review import open_review
    from firingorder.session.review.clerk import Clerk

    archive, why = None, ""
    try:
        archive = open_archive(office)
    except FiringOrderError as error:
        why = f"{error} {AWAY}"
    review = open_review(
        path, archive, options=reading, progress=tell, who=office.who, clerk=Clerk()
    )
    if why:
        review.remarks.insert(0, why)
    return review


def last_sessions(office: Office) -> Listed:
    """Return the last sessions that may be seen in the hat that is worn, and why there are none."""
    try:
        return open_shelf(office).sessions(seen_code(office), limit=MOST_SESSIONS), ""
    except FiringOrderError as error:
        return (), str(error)

"""The way to the library for pages: it is opened once, beside the window, and shared by them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.library.library import Library
    from firingorder.session.archive import Archive
    from firingorder.session.office import Office

_OPENING = threading.Lock()


def open_archive(office: Office) -> Archive:
    """Return the archive of the office; whoever asks meanwhile waits for the same one.

    Raises
    ------
    LibraryError
        The library cannot be opened; the next call tries again.
    """
    with _OPENING:
        return office.archive


def open_shelf(office: Office) -> Library:
    """Return the library of the office; errors as of :func:`open_archive`."""
    return open_archive(office).library


def seen_code(office: Office) -> str | None:
    """Return the one code that may be seen in the hat that is worn; None: all may.

    A screen may be shared: in the Person hat nobody else's code is shown.
    """
    return None if office.hat == "therapist" else office.person

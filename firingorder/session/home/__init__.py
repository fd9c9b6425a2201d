"""Home package: one sealed file goes to a person, one comes back into the therapist's inbox.

Docs: docs/reference/home.md. ``packing`` and ``taking`` are the therapist's side, ``opening`` and
``returning`` the person's.
"""

from __future__ import annotations

from firingorder.session.home.inbox import Returned, Waiting, waiting
from firingorder.session.home.manifest import NeedsAnswerError
from firingorder.session.home.opening import Home, OpenedPackage, current, open_package
from firingorder.session.home.packing import Packed, pack
from firingorder.session.home.returning import ReturnFile, make_return
from firingorder.session.home.taking import Taken, take

__all__ = [
    "Home",
    "NeedsAnswerError",
    "OpenedPackage",
    "Packed",
    "ReturnFile",
    "Returned",
    "Taken",
    "Waiting",
    "current",
    "make_return",
    "open_package",
    "pack",
    "take",
    "waiting",
]

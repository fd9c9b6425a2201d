"""The library and the files of this computer together: keep, adopt, erase, back up, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firingorder.session.archive.archive import Archive

__all__ = ["Archive"]


def __getattr__(name: str) -> Any:
    """Return the archive; the database behind it is loaded with it, when first needed."""
    if name == "Archive":
        from firingorder.session.archive.archive import Archive

        return Archive
    raise AttributeError(f"module 'firingorder.session.archive' has no attribute {name!r}")

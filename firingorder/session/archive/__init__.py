"""The library and the files of this computer together: keep, adopt, erase, back up, restore."""

from __future__ import annotations

from firingorder.session.archive.archive import Archive

__all__ = ["Archive"]

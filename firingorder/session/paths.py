"""Where recordings and results go when nobody names a file."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

APP = "firingorder"


def data_folder() -> Path:
    """Return the user's data folder; it is created, for its owner only, when first written to."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner may enter, whatever the umask: health data."""
    if not path.is_dir():
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
        path.chmod(0o700)
    return path


def why_closed(folder: Path) -> str:
    """Return why nothing can be written in a folder, or be made where it is missing.

    Returns
    -------
    str
        One sentence; empty where writing is allowed as far as can be told without writing.
    """
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    effective = os.access in os.supports_effective_ids
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK, effective_ids=effective):
        return ""
    if not existing.is_dir():
        return f"{existing} is a file, and a folder has to be there."
    if hasattr(os, "statvfs") and os.statvfs(existing).f_flag & os.ST_RDONLY:
        return f"{existing} is on a disk that can only be read."
    return f"{existing} may not be written to."


def new_recording_path(now: datetime | None = None) -> Path:
    """Return a fresh file name in the user's data folder, by the time of day in UTC."""
    stamp = (now or datetime.now(UTC)).strftime("%Y-%m-%d_%H%M%S")
    folder = private_folder(data_folder() / "recordings")
    return untaken(folder / f"{stamp}.mcap")


def untaken(path: Path) -> Path:
    """Return the path, with a number behind its name where there is a file already."""
    free, count = path, 1
    while free.exists():
        count += 1
        free = path.with_name(f"{path.stem}_{count}{path.suffix}")
    return free

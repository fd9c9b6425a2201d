"""Where recordings and results go when nobody names a file."""

from __future__ import annotations

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


def new_recording_path(now: datetime | None = None) -> Path:
    """Return a fresh file name in the user's data folder, by the time of day in UTC."""
    stamp = (now or datetime.now(UTC)).strftime("%Y-%m-%d_%H%M%S")
    folder = private_folder(data_folder() / "recordings")
    path = folder / f"{stamp}.mcap"
    count = 1
    while path.exists():
        count += 1
        path = folder / f"{stamp}_{count}.mcap"
    return path

"""Calibration profiles as files, and the commands that make them: the only clock they see."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from firingorder.calibration.profile_json import from_json, to_json
from firingorder.errors import FiringOrderError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.calibration.profile import CalibrationProfile

#: Commands whose outcome depends on when they are given, or who makes the profile.
_STAMPED = ("apply", "load")


def stamped(name: str, text: str) -> str:
    """Return the argument of a command with the time, and a number for a profile it makes.

    A replay finds both in the recording, so the profile is the same one.
    """
    if name not in _STAMPED:
        return text
    options = cast("dict[str, Any]", json.loads(text)) if text else {}
    options.setdefault("utc", datetime.now(UTC).isoformat(timespec="seconds"))
    options.setdefault("id", str(uuid.uuid4()))
    return json.dumps(options, sort_keys=True)


def read_profile(path: Path) -> str:
    """Return the text of a profile that is whole.

    Raises
    ------
    UsageError
        There is no such file, or it cannot be read.
    FileFormatError
        It is no profile, or a damaged one.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"The calibration {path} cannot be read: {why}.") from error
    from_json(text, str(path))
    return text


def write_profile(profile: CalibrationProfile, folder: Path) -> Path:
    """Write a profile beside the others and return its path; none is ever overwritten.

    Raises
    ------
    FiringOrderError
        The disk refuses.
    """
    when = "".join(c for c in profile.identity.created_utc if c.isdigit())[:14]
    who = "".join(c for c in profile.identity.person if c.isalnum() or c in "-_") or "nobody"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for k in range(1, 100):
            again = "" if k == 1 else f"-{k}"
            path = folder / f"calibration-{who}-{when}{again}.json"
            if not path.exists():
                path.write_text(to_json(profile), encoding="utf-8")
                return path
    except OSError as error:
        raise FiringOrderError(
            f"The calibration cannot be written to {folder}: {error.strerror}. "
            "It is kept in the recording."
        ) from error
    raise FiringOrderError(f"{folder} is full of calibrations of this second.")

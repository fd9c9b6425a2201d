"""Calibration profiles that lie as files in the archive's folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def profile_path(folder: Path, profile_id: str) -> Path | None:
    """Return the file of a profile, None where there is none."""
    return next(
        (path for path, one in _profiles(folder) if one.get("profile_id") == profile_id), None
    )


def profiles_of(folder: Path, person: str) -> list[Path]:
    """Return the files of a person's profiles."""
    return [path for path, one in _profiles(folder) if one.get("person") == person]


def _profiles(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield path, cast("dict[str, Any]", record)

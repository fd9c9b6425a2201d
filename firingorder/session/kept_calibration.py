"""The calibration of a person that was kept last, to be offered in the next session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firingorder.calibration.profile_json import from_json
from firingorder.errors import FiringOrderError
from firingorder.session.archive.calibration_files import profiles_of
from firingorder.session.profiles import read_profile

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.calibration.profile import CalibrationProfile


@dataclass(frozen=True, slots=True)
class KeptCalibration:
    """A profile and its text, as a session takes it."""

    profile: CalibrationProfile
    text: str


def newest_kept(folder: Path, person: str) -> KeptCalibration | None:
    """Return the newest whole profile of a person in a folder; None: there is none.

    A damaged file is passed over: the one before it may still be offered.
    """
    found: list[tuple[datetime, KeptCalibration]] = []
    for path in profiles_of(folder, person) if person else ():
        try:
            text = read_profile(path)
            profile = from_json(text, str(path))
            made = datetime.fromisoformat(profile.identity.created_utc)
        except (FiringOrderError, ValueError):
            continue
        if made.tzinfo is None:
            made = made.replace(tzinfo=UTC)
        found.append((made, KeptCalibration(profile, text)))
    return max(found, key=lambda one: one[0])[1] if found else None

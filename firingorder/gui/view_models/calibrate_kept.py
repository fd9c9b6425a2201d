"""The offer of the calibration that was kept of this person: what of it fits here and now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firingorder.calibration.fit import SessionFacts, fit, left_out
from firingorder.report.wording import muscle_title, side_letter, split_channel

if TYPE_CHECKING:
    from firingorder.session.feed import LiveStatus
    from firingorder.session.kept_calibration import KeptCalibration

_STAYED = "U uses it if the same pads are still on; a short check then holds it against now."
_REST_ONLY = "U uses the rest of it; for percent calibrate again."
_IN = ("streaming", "recovered", "waiting")


@dataclass(frozen=True, slots=True)
class KeptOffer:
    """What is offered, in sentences.

    ``percent``: levels can be told in percent with it, so the short check is what comes next.
    """

    words: str
    percent: bool


def kept_offer(kept: KeptCalibration | None, status: LiveStatus, now: datetime) -> KeptOffer | None:
    """Return the offer; None: nothing is kept, one is in use, or no belt streams.

    The therapist says by the key that the pads stayed on; all else is looked at here: belt,
    muscles, units, age.
    """
    if kept is None or status.calibration or not status.channels:
        return None
    if status.source == "replay" or status.connection not in _IN:
        return None
    profile = kept.profile
    misfits = fit(
        profile,
        SessionFacts(
            channels=status.channels,
            now_utc=now.astimezone(UTC).isoformat(timespec="seconds"),
            person=status.person or "",
            device=status.identity,
            ham_site=status.ham_site,
            calibrated=status.calibrated,
            application=profile.identity.application,
            imu=status.has_imu,
        ),
    )
    without = left_out(misfits)
    fits = [
        one
        for one in profile.channels
        if one.reference_uv is not None
        and one.name in status.channels
        and f"reference:{one.name}" not in without
    ]
    percent = bool(fits) and "references" not in without
    said = [f"Kept of {status.person}: calibrated {_when(profile.identity.created_utc, now)}."]
    if percent:
        said.append(f"It fits this belt and {_muscles([one.name for one in fits], status)}.")
    said += [one.sentence for one in misfits if one.without]
    said.append(_STAYED if percent else _REST_ONLY)
    return KeptOffer(" ".join(said), percent)


def load_command(kept: KeptCalibration) -> str:
    """Return what the session is told, to use it with the pads on which it was made."""
    application = kept.profile.identity.application
    return json.dumps({"profile": kept.text, "application": application})


def _muscles(fits: list[str], status: LiveStatus) -> str:
    count = len(status.channels)
    if len(fits) == count:
        return f"all {count} channels"
    names = ", ".join(
        f"{muscle_title(muscle)} {side_letter(side)}".strip()
        for muscle, side in map(split_channel, fits)
    )
    return f"{len(fits)} of {count} channels ({names})"


def _when(created: str, now: datetime) -> str:
    made = datetime.fromisoformat(created)
    made = (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(now.tzinfo)
    minutes = (now - made).total_seconds() / 60.0
    if made.date() != now.date():
        return f"on {made:%d %b %Y, %H:%M}"
    ago = f"{minutes:.0f} minutes ago" if minutes < 90 else f"{minutes / 60:.0f} hours ago"
    return f"today at {made:%H:%M}, {ago}"

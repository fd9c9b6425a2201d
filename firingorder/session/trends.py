"""One person in one exercise over sessions: what may be compared, and what is a change.

Pure: the points come from the library, the time zone from who asks. Statistics: signal/metrics.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Literal

from firingorder.signal.metrics.amount import Amount, difference, refused
from firingorder.signal.metrics.sessions import (
    FIRM,
    Occasion,
    OwnBand,
    SessionChange,
    applications,
    band_across,
    band_between,
    band_within,
    change_from,
    change_from_own,
)
from firingorder.training.safety.digest import stamps
from firingorder.training.safety.pain import STAMP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.library.records import TrendPoint

#: What has to be known before two sessions are held side by side.
Flag = Literal["simulated", "calibration", "settings", "version", "pads", "corrected", "pain"]
FLAG_WORDS: dict[Flag, str] = {
    "simulated": "simulated",
    "calibration": "other calibration",
    "settings": "other settings",
    "version": "other software version",
    "pads": "pads put on again",
    "corrected": "corrected by hand",
    "pain": STAMP,
}
SHARE, LEAD, LEFT_RIGHT = "share", "lead", "left_right"
_NAN = math.nan


@dataclass(frozen=True, slots=True)
class Trend:
    """The sessions of a person in one exercise, oldest first.

    Attributes
    ----------
    points
        As the library has them.
    days
        Their calendar days, where who asks is.
    flags
        What of each differs from the session before it, or stands by itself.
    counted
        Whether each may stand in a comparison: simulated ones only where there are no others.
    """

    points: tuple[TrendPoint, ...]
    days: tuple[str, ...]
    flags: tuple[tuple[Flag, ...], ...]
    counted: tuple[bool, ...]
    _occasions: dict[str, tuple[Occasion | None, ...]] = field(
        default_factory=dict[str, "tuple[Occasion | None, ...]"], compare=False, repr=False
    )
    _changes: dict[str, tuple[SessionChange, ...]] = field(
        default_factory=dict[str, "tuple[SessionChange, ...]"], compare=False, repr=False
    )

    def occasions(self, measure: str) -> tuple[Occasion | None, ...]:
        """Return each session's value of a measure, None where it may not be compared."""
        if measure not in self._occasions:
            self._occasions[measure] = tuple(
                Occasion(amount_of(one, measure), day, _stayed(one)) if counted else None
                for one, day, counted in zip(self.points, self.days, self.counted, strict=True)
            )
        return self._occasions[measure]

    def changes(self, measure: str) -> tuple[SessionChange, ...]:
        """Return what :func:`changes` does, worked out once."""
        if measure not in self._changes:
            self._changes[measure] = _changes(self, measure)
        return self._changes[measure]

    def place(self, session: int) -> int | None:
        """Return where a session stands."""
        found = [k for k, one in enumerate(self.points) if one.session == session]
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Bands:
    """Own variability of one measure; None: not known yet."""

    within: OwnBand | None
    across: OwnBand | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sessions side by side: what they had, the difference, what differs besides."""

    before: Amount
    after: Amount
    change: SessionChange
    flags: tuple[Flag, ...]


def trend_of(points: Sequence[TrendPoint], zone: tzinfo = UTC) -> Trend:
    """Return the trend; days are those of the zone."""
    found = tuple(sorted(points, key=lambda one: (one.start_utc_s, one.session)))
    days = tuple(_day(one.start_utc_s, zone) for one in found)
    real = any(not one.simulated for one in found)
    stamped = stamps(one.pain_before for one in found)
    flags = [
        _flags(found[k - 1] if k else None, one, pain=bool(stamped[k]))
        for k, one in enumerate(found)
    ]
    return Trend(found, days, tuple(flags), tuple(not (real and one.simulated) for one in found))


def measures(trend: Trend) -> tuple[str, ...]:
    """Return the measures that any session has: share, lead, left and right, then by name."""
    found = [SHARE, LEAD]
    if any(one.lead_left_ms is not None and one.lead_right_ms is not None for one in trend.points):
        found.append(LEFT_RIGHT)
    seen = Counter(name for one in trend.points for name, _ in one.metrics)
    return (*found, *sorted(seen))


def amount_of(point: TrendPoint, measure: str) -> Amount:
    """Return what a session has of a measure: share 0 to 1, leads ms, else its own unit.

    Only shares and leads have intervals (else NaN); the lead of the left over the right side is
    the difference of what each side led by.
    """
    if measure == SHARE:
        return _amount(point.share, point.share_low, point.share_high, point.scored)
    if measure == LEAD:
        return _amount(point.lead_ms, point.lead_low_ms, point.lead_high_ms, point.leads)
    if measure == LEFT_RIGHT:
        left = _amount(point.lead_left_ms, None, None, point.leads)
        right = _amount(point.lead_right_ms, None, None, point.leads)
        return difference(left, right)
    value = dict(point.metrics).get(measure)
    return _amount(value, None, None, point.scored)


def bands(trend: Trend, measure: str) -> Bands:
    """Return the own bands of a measure: within a day, and across days."""
    taken = [one for one in trend.occasions(measure) if one is not None]
    return Bands(band_within(taken), band_across(taken))


def baseline(trend: Trend, measure: str) -> tuple[frozenset[int], int]:
    """Return the places that the band across days rests on, and on how many applications."""
    found: dict[int, list[int]] = {}
    taken = [k for k, counted in enumerate(trend.counted) if counted]
    occasions = [one for one in trend.occasions(measure) if one is not None]
    for place, one, number in zip(taken, occasions, applications(occasions), strict=True):
        if one.counts:
            found.setdefault(number, []).append(place)
    first = list(found.values())[:FIRM]
    return frozenset(place for places in first for place in places), len(first)


def changes(trend: Trend, measure: str) -> tuple[SessionChange, ...]:
    """Return how far each session is from the person's own beginning, by the band across days.

    With pain that makes a session not interpretable nothing is called a change.
    """
    return trend.changes(measure)


def _changes(trend: Trend, measure: str) -> tuple[SessionChange, ...]:
    own = bands(trend, measure).across
    nothing = change_from_own(refused("not_measured"), None)
    return tuple(
        nothing if one is None else _unless_pain(change_from_own(one.amount, own), flags)
        for one, flags in zip(trend.occasions(measure), trend.flags, strict=True)
    )


def compare(trend: Trend, measure: str, before: int, after: int) -> Comparison:
    """Return the difference of two sessions, by place, and what besides was not the same.

    With the pads known to have stayed it is held against the band within a day, else against that
    across days.
    """
    first, second = trend.points[before], trend.points[after]
    one, two = amount_of(first, measure), amount_of(second, measure)
    band = None
    if trend.counted[before] and trend.counted[after]:
        places = [k for k, counted in enumerate(trend.counted) if counted]
        taken = [one for one in trend.occasions(measure) if one is not None]
        band = band_between(taken, places.index(before), places.index(after))
    flags = _between(trend, before, after)
    return Comparison(one, two, _unless_pain(change_from(one, two, band), flags), flags)


def _unless_pain(change: SessionChange, flags: tuple[Flag, ...]) -> SessionChange:
    says_something = "pain" in flags and change.state != "not_known"
    return replace(change, state="not_interpretable") if says_something else change


def _between(trend: Trend, before: int, after: int) -> tuple[Flag, ...]:
    """Return what is not the same at two places, or was done to one of them."""
    first, second = sorted((before, after))
    changed = {flag for flags in trend.flags[first + 1 : second + 1] for flag in flags}
    own = {flag for flag in ("simulated", "corrected", "pain")
           if flag in trend.flags[first] or flag in trend.flags[second]}  # fmt: skip
    one, two = trend.points[first], trend.points[second]
    same = {
        "calibration": one.calibration == two.calibration,
        "version": one.version == two.version,
    }
    found = {flag for flag in changed - {"simulated", "corrected", "pain"} if not same.get(flag)}
    return tuple(flag for flag in FLAG_WORDS if flag in found | own)


def _flags(before: TrendPoint | None, one: TrendPoint, *, pain: bool) -> tuple[Flag, ...]:
    hashes = (before.settings_hash if before is not None else "", one.settings_hash)
    found: dict[Flag, bool] = {
        "simulated": one.simulated,
        "calibration": before is not None and before.calibration != one.calibration,
        "settings": all(hashes) and hashes[0] != hashes[1],
        "version": before is not None and before.version != one.version,
        "pads": one.pads_reapplied is True,
        "corrected": one.corrected > 0,
        "pain": pain,
    }
    return tuple(flag for flag, on in found.items() if on)


def _amount(value: float | None, low: float | None, high: float | None, n: int) -> Amount:
    if value is None:
        return refused("not_measured")
    return Amount(value, _NAN if low is None else low, _NAN if high is None else high, n)


def _stayed(point: TrendPoint) -> bool | None:
    return None if point.pads_reapplied is None else not point.pads_reapplied


def _day(utc_s: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(utc_s, zone).date().isoformat()

"""What the page Trends draws: lanes over sessions, their places, own bands, pain, flags, notes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.trends_words import (
    amount_words,
    band_short,
    band_words,
    change_word,
    date_words,
    gap_words,
    measure_words,
    pain_words,
    short_date,
)
from firingorder.session.trends import (
    LEFT_RIGHT,
    SHARE,
    amount_of,
    bands,
    baseline,
    changes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.library.records import TrendPoint
    from firingorder.session.trends import Flag, Trend
    from firingorder.signal.metrics.sessions import SessionChange

#: Of one mark: a change, perhaps one, none, or nothing that may be compared.
Shape = Literal["up", "down", "up_perhaps", "down_perhaps", "plain", "aside"]
Spacing = Literal["number", "time"]
#: Ticks of an axis are multiples of these.
_STEPS = (1.0, 2.0, 5.0)
_EDGE = 0.035
SIDES = "sides"


@dataclass(frozen=True, slots=True)
class Mark:
    """One session in one lane, in the lane's unit; ``low`` to ``high`` 95 %, ``q1`` to ``q3``."""

    value: float
    low: float | None
    high: float | None
    q1: float | None
    q3: float | None
    shape: Shape
    label: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One chart of the stack.

    ``band`` is the own band (low, middle, high); ``sides`` are left and right by session.
    """

    key: str
    title: str
    unit: str
    note: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark | None, ...]
    band: tuple[float, float, float] | None
    provisional: bool
    sides: tuple[tuple[float, float] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One session on the time line, ``x`` from 0 to 1."""

    session: int
    x: float
    number: str
    date: str
    pain_before: int | None
    pain_after: int | None
    flags: tuple[Flag, ...]
    notes: int
    baseline: bool
    gap: str
    spoken: str


@dataclass(frozen=True, slots=True)
class TrendView:
    """Everything that is drawn. ``chosen`` and ``before`` are places; -1: none."""

    title: str
    places: tuple[Place, ...]
    lanes: tuple[Lane, ...]
    chosen: int
    before: int
    spacing: Spacing
    own: str
    pain_asked: bool
    spoken: str


def trend_view(
    trend: Trend,
    title: str,
    measure: str,
    *,
    chosen: int,
    before: int = -1,
    spacing: Spacing = "number",
    notes: Mapping[int, int] | None = None,
    zone: tzinfo = UTC,
) -> TrendView:
    """Return the view; ``notes`` counts what was written about each session."""
    xs = _xs(trend.points, spacing)
    written = notes or {}
    taken, days = baseline(trend, measure)
    found = changes(trend, measure)
    years = len({day[:4] for day in trend.days})
    places = tuple(
        Place(
            point.session,
            xs[k],
            str(point.number),
            short_date(point.start_utc_s, zone, year=years > 1),
            point.pain_before,
            point.pain_after,
            trend.flags[k],
            written.get(point.session, 0),
            k in taken,
            gap_words(point.start_utc_s - trend.points[k - 1].start_utc_s) if k else "",
            _spoken(trend, k, measure, found[k], zone),
        )
        for k, point in enumerate(trend.points)
    )
    keys = [SHARE, measure] if measure != SHARE else [SHARE]
    lanes = [lane_of(trend, key) for key in keys]
    if any(map(_sides, trend.points)):
        lanes.append(sides_lane(trend))
    words = measure_words(measure)
    own = band_words(words, bands(trend, measure), days)
    asked = any(p.pain_before is not None or p.pain_after is not None for p in trend.points)
    spoken = f"{title}. {len(places)} sessions. {own}"
    return TrendView(title, places, tuple(lanes), chosen, before, spacing, own, asked, spoken)


def lane_of(trend: Trend, measure: str) -> Lane:
    """Return the chart of one measure."""
    words = measure_words(measure)
    own = bands(trend, measure).across
    scale, found = words.factor, changes(trend, measure)
    marks: list[Mark | None] = []
    for k, point in enumerate(trend.points):
        amount = amount_of(point, measure)
        if amount.gate is not None or not math.isfinite(amount.value):
            marks.append(None)
            continue
        quartiles = measure == "lead"
        marks.append(
            Mark(
                amount.value * scale,
                _scaled(amount.low, scale),
                _scaled(amount.high, scale),
                point.lead_q1_ms if quartiles else None,
                point.lead_q3_ms if quartiles else None,
                _shape(found[k], counted=trend.counted[k]),
                words.number(amount.value),
            )
        )
    band = None if own is None else (own.low * scale, own.middle * scale, own.high * scale)
    low, high, ticks = _axis(words.key, marks, band)
    labels = tuple((at, words.number(at / scale)) for at in ticks)
    return Lane(measure, words.title, words.unit, band_short(words, own), low, high, labels,
                tuple(marks), band, own is not None and own.provisional)  # fmt: skip


def sides_lane(trend: Trend) -> Lane:
    """Return the chart of both sides: what each led by; the line between them is the difference."""
    words = measure_words(LEFT_RIGHT)
    sides = tuple(map(_sides, trend.points))
    own = bands(trend, LEFT_RIGHT).across
    low, high, ticks = _axis(LEFT_RIGHT, (), None, sides)
    labels = tuple((at, words.number(at)) for at in ticks)
    note = f"difference: {band_short(words, own)}"
    marks = (None,) * len(sides)
    return Lane(SIDES, "Lead, left and right", "ms", note, low, high, labels, marks, None,
                provisional=False, sides=sides)  # fmt: skip


def _scaled(value: float, by: float) -> float | None:
    return value * by if math.isfinite(value) else None


def _sides(point: TrendPoint) -> tuple[float, float] | None:
    left, right = point.lead_left_ms, point.lead_right_ms
    return None if left is None or right is None else (left, right)


def _shape(change: SessionChange, *, counted: bool) -> Shape:
    if not counted:
        return "aside"
    word, up = change_word(change), change.by.value > 0
    if word == "changed":
        return "up" if up else "down"
    if word == "perhaps":
        return "up_perhaps" if up else "down_perhaps"
    return "plain"


def _xs(points: Sequence[TrendPoint], spacing: Spacing) -> tuple[float, ...]:
    n = len(points)
    span = points[-1].start_utc_s - points[0].start_utc_s if n > 1 else 0.0
    if spacing == "time" and span > 0.0:
        wide = 1.0 - 2.0 * _EDGE
        return tuple(_EDGE + wide * (p.start_utc_s - points[0].start_utc_s) / span for p in points)
    return tuple((k + 0.5) / max(n, 3) + max(0, 3 - n) / 6 for k in range(n))


def _axis(
    key: str,
    marks: Sequence[Mark | None],
    band: tuple[float, float, float] | None,
    sides: Sequence[tuple[float, float] | None] = (),
) -> tuple[float, float, tuple[float, ...]]:
    """Return both ends and the ticks: what is drawn fits, and a share always has 0 and 100.

    Without any value there are no ticks.
    """
    if key == SHARE:
        return -2.0, 102.0, (0.0, 50.0, 100.0)
    seen = [v for one in marks if one for v in (one.value, one.low, one.high, one.q1, one.q3)
            if v is not None]  # fmt: skip
    seen += [v for one in sides if one for v in one]
    seen += list(band or ())
    if not seen:
        return 0.0, 1.0, ()  # no value, no axis: numbers on one would be nobody's
    low, high = min(seen), max(seen)
    if "lead" in key or key == LEFT_RIGHT:
        low, high = min(low, 0.0), max(high, 0.0)
        if high - low < _LEAST_MS:
            low, high = min(low, -0.5 * _LEAST_MS), max(high, 0.5 * _LEAST_MS)
    if high - low < 1e-9:
        low, high = low - max(1.0, abs(low) * 0.1), high + max(1.0, abs(high) * 0.1)
    low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
    step = _step((high - low) / 4.0)
    first = math.ceil(low / step)
    ticks = tuple(k * step for k in range(first, math.floor(high / step) + 1))
    return low, high, ticks


#: Ticks of leads are told in whole ms: on a shorter axis several would have the same number.
_LEAST_MS = 4.0


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next((s * power for s in _STEPS if s * power >= rough), 10.0 * power)


def _spoken(trend: Trend, place: int, measure: str, change: SessionChange, zone: tzinfo) -> str:
    point = trend.points[place]
    parts = [f"session {point.number}", date_words(point.start_utc_s, zone)]
    for key in dict.fromkeys((SHARE, measure)):
        words = measure_words(key)
        parts.append(f"{words.title} {amount_words(words, amount_of(point, key))}")
    parts.append(f"pain {pain_words(point.pain_before, point.pain_after)}")
    parts.append(change_word(change))
    return ", ".join(parts)

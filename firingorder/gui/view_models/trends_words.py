"""The words of trends: measures with their units, numbers, dates, what a change is called."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from firingorder.report.wording import MINUS, NOTHING, plain_channel
from firingorder.session.trends import LEAD, LEFT_RIGHT, SHARE

if TYPE_CHECKING:
    from datetime import tzinfo

    from firingorder.session.trends import Bands
    from firingorder.signal.metrics.amount import Amount
    from firingorder.signal.metrics.sessions import OwnBand, SessionChange

#: Title, unit, factor to that unit, digits; names as in docs/reference/metrics.md.
_MEASURES: dict[str, tuple[str, str, float, int]] = {
    SHARE: ("Glutes first", "%", 100.0, 0),
    LEAD: ("Median lead", "ms", 1.0, 0),
    LEFT_RIGHT: ("Lead, left minus right", "ms", 1.0, 0),
    "lead_left_right": ("Left before right", "ms", 1.0, 0),
    "hamstring_share": ("Hamstring share", "%", 100.0, 0),
    "tfl_share": ("TFL share", "%", 100.0, 0),
    "glute_erector_ratio": ("Glute to back", "", 1.0, 2),
    "symmetry_index": ("Right against left", "%", 1.0, 0),
    "time_to_quiet": ("Time to quiet", "s", 1.0, 1),
    "reaction": ("Reaction", "ms", 1.0, 0),
    "duration": ("Time active", "ms", 1.0, 0),
    "isolation": ("Isolation", "%", 100.0, 0),
    "rest_tone": ("Tone at rest", "µV", 1.0, 1),
    "lead_sd": ("Spread of the lead", "ms", 1.0, 0),
    "order_entropy": ("Mix of outcomes", "bit", 1.0, 1),
    "late_arch": ("Late arch", "°", 1.0, 0),
    "flexion_relaxation": ("Flexion-relaxation", "", 1.0, 1),
}
_DEGREES = ("tilt_", "obliquity_", "rotation_")
#: What a measure needs, where a session has no value of it.
_NEEDS = {
    "hamstring_share": "needs a reference of both muscles: calibrate",
    "tfl_share": "needs a reference of both muscles: calibrate",
    "glute_erector_ratio": "needs a reference of both muscles: calibrate",
    "symmetry_index": "needs references of both sides: calibrate",
    "retention": "needs a pre-test, a block without feedback and an own baseline",
}
_MOVES = "needs the pelvis sensor"
NO_VALUE = "no value"
#: A number stays with its unit.
SPACE = "\N{NO-BREAK SPACE}"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """How a measure is called and counted."""

    key: str
    title: str
    unit: str
    factor: float
    digits: int
    needs: str
    always: bool = False

    @property
    def signed(self) -> bool:
        """Whether its zero means something: then numbers have a sign."""
        if self.always:
            return True
        of_order = self.unit == "ms" and "lead" in self.key and "sd" not in self.key
        return of_order or self.key in (LEFT_RIGHT, "symmetry_index")

    def number(self, value: float, *, signed: bool | None = None) -> str:
        """Return a value without its unit; a dash for none."""
        if not math.isfinite(value):
            return NOTHING
        return signed_digits(
            value * self.factor, self.digits, signed=self.signed if signed is None else signed
        )

    def value(self, value: float, *, signed: bool | None = None) -> str:
        """Return a value with its unit."""
        text = self.number(value, signed=signed)
        return text if text == NOTHING else f"{text}{self.gap}{self.unit}"

    @property
    def of_difference(self) -> MeasureWords:
        """The words of a difference of two values: percent become points, and it has a sign."""
        return replace(self, unit="points" if self.unit == "%" else self.unit, always=True)

    @property
    def gap(self) -> str:
        """What stands between number and unit."""
        return "" if self.unit in ("", "°") else SPACE

    def interval(self, low: float, high: float) -> str:
        """Return an interval: ``+88 to +121 ms``; empty where there is none."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        return f"{self.number(low)} to {self.value(high)}"


def measure_words(key: str) -> MeasureWords:
    """Return how a measure is called; one that is not known here keeps its name."""
    name, _, subject = key.partition(":")
    of = f", {plain_channel(subject)}" if subject else ""
    if name.startswith("retention"):
        about = name.removeprefix("retention").strip("_").removesuffix("_ms").replace("_", " ")
        title = f"Retention{f' of {about}' if about else ''}{of}"
        return MeasureWords(key, title, "× own variation", 1.0, 1, _NEEDS["retention"])
    if name in _MEASURES:
        title, unit, factor, digits = _MEASURES[name]
        needs = _MOVES if unit == "°" else _NEEDS.get(name, "")
        return MeasureWords(key, f"{title}{of}", unit, factor, digits, needs)
    plain = name.replace("_", " ").capitalize()
    if name.startswith(_DEGREES):
        return MeasureWords(key, f"{plain}{of}", "°", 1.0, 0, _MOVES)
    if name.startswith(("level_", "duration_percent")):
        return MeasureWords(key, f"{plain}{of}", "%", 1.0, 0, "needs a reference: calibrate")
    return MeasureWords(key, f"{plain}{of}", "", 1.0, 2, "")


def signed_digits(value: float, digits: int, *, signed: bool = True) -> str:
    """Return a number with a true minus sign; zero has no sign."""
    text = f"{abs(value):.{digits}f}"
    zero = not any(sign in text for sign in "123456789")
    sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
    return f"{sign}{text}"


def date_words(utc_s: float, zone: tzinfo) -> str:
    """Return a date: ``14 Nov 2026``."""
    when = datetime.fromtimestamp(utc_s, zone)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def short_date(utc_s: float, zone: tzinfo, *, year: bool) -> str:
    """Return a date for an axis: ``14 Nov``, with the year behind it where there are several."""
    when = datetime.fromtimestamp(utc_s, zone)
    words = f"{when.day} {MONTHS[when.month - 1]}"
    return f"{words} {when:%y}" if year else words


def time_words(utc_s: float, zone: tzinfo) -> str:
    """Return date and time of day: ``14 Nov 2026, 14:10``."""
    when = datetime.fromtimestamp(utc_s, zone)
    return f"{date_words(utc_s, zone)}, {when:%H:%M}"


def gap_words(seconds: float) -> str:
    """Return a long pause between two sessions in words; empty below five weeks."""
    days = seconds / 86_400.0
    if days < 35:
        return ""
    if days < 75:
        return f"{round(days / 7)} weeks"
    return f"{round(days / 30.44)} months"


def pain_words(before: int | None, after: int | None) -> str:
    """Return pain before and after: ``2 → 3 of 10``."""
    if before is None and after is None:
        return "not asked"
    one, two = (NOTHING if value is None else str(value) for value in (before, after))
    return f"{one} → {two} of 10"


def amount_words(words: MeasureWords, amount: Amount) -> str:
    """Return a value with interval and count: ``+105 ms (+88 to +121 ms, n = 10)``."""
    if amount.gate is not None or not math.isfinite(amount.value):
        return NO_VALUE
    parts = [words.interval(amount.low, amount.high), count_words(amount.n)]
    return f"{words.value(amount.value)} ({', '.join(part for part in parts if part)})"


def counted(n: int, noun: str) -> str:
    """Return a count of things: ``1 session``, ``3 sessions``."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def count_words(n: int) -> str:
    """Return a count of repetitions: ``n = 10``."""
    return f"n{SPACE}={SPACE}{n}"


def change_word(change: SessionChange) -> str:
    """Return what a difference is called, in two words at most."""
    if change.state == "not_known" or change.band is None:
        return "not known yet"
    if change.state == "not_interpretable":
        return "not interpretable"
    if change.state == "within":
        return "no change"
    return "perhaps" if change.band.provisional else "changed"


def change_sentence(words: MeasureWords, change: SessionChange, since: str) -> str:
    """Return what a difference says, with the own variation it is held against."""
    by, band = change.by, change.band
    if by.gate is not None or not math.isfinite(by.value):
        return "Nothing to compare: one of the two has no value."
    words = words.of_difference
    told, interval = words.value(by.value), words.interval(by.low, by.high)
    said = f"{told} {since}".strip() + (f" (95 %: {interval})" if interval else "")
    if band is None:
        return f"{said}. Own change not known yet, so it is not called a change."
    if change.state == "not_interpretable":
        return f"{said}. Not interpretable because of pain, so nothing is made of it."
    own = f"own variation ±{words.value(band.mdc, signed=False)}"
    if change.state == "within":
        why = "within" if abs(by.value) <= band.mdc else "its interval holds zero;"
        return f"{said}: {why} {own}, so it is not called a change."
    if band.provisional:
        return f"{said}: beyond the {own}, which is provisional (from {band.sets} sessions)."
    return f"{said}: beyond {own}. It is called a change."


def band_words(words: MeasureWords, own: Bands, scored: int) -> str:
    """Return what is known of the own variation."""
    across = own.across
    if across is None:
        had = {0: "none has", 1: "one has"}.get(scored, f"{scored} have")
        said = f"Own change not known yet: it needs 2 days with 5 good repetitions, {had}."
        if scored >= 2:
            said = f"Own change not known yet: without intervals it needs 4 days, {had}."
    else:
        state = ", provisional: 4 make it firm" if across.provisional else ""
        size = words.of_difference.value(across.mdc, signed=False)
        said = f"Own variation ±{size}, from the first {across.sets} days{state}."
    if own.within is not None:
        size = words.of_difference.value(own.within.mdc, signed=False)
        late = ", provisional" if own.within.provisional else ""
        said += f" Within one day ±{size} ({own.within.sets} sessions{late})."
    return said


def band_short(words: MeasureWords, band: OwnBand | None) -> str:
    """Return the own variation as a note beside a chart."""
    if band is None:
        return "own change not known yet"
    size = words.of_difference.value(band.mdc, signed=False)
    return f"own variation ±{size}{' (provisional)' if band.provisional else ''}"

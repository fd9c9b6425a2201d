"""What stands beside the charts: the chosen session in numbers and words, and a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.trends_words import (
    MeasureWords,
    amount_words,
    change_sentence,
    change_word,
    count_words,
    date_words,
    measure_words,
    pain_words,
    time_words,
)
from firingorder.report.wording import VERDICT_WORDS
from firingorder.session.trends import (
    FLAG_WORDS,
    LEAD,
    LEFT_RIGHT,
    SHARE,
    amount_of,
    changes,
    compare,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from firingorder.library.records import NoteRow, TrendPoint
    from firingorder.session.trends import Trend
    from firingorder.signal.metrics.sessions import SessionChange

Kind = Literal["title", "head", "counts", "pair", "flag", "said", "note"]
Counts = tuple[int, int, int, int]
FIRST_OF_ALL = "The beginning of all later comparisons: nothing to compare it with yet."
SET_BEFORE = "B sets this session as “before”; then choose another one to compare."
SIMULATED = "Simulated: it stands in no comparison with recorded sessions."


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of the card; ``icon`` is a flag or the shape of a mark."""

    kind: Kind
    text: str
    value: str = ""
    note: str = ""
    icon: str = ""
    counts: Counts = (0, 0, 0, 0)

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        if self.kind == "counts":
            return counts_words(self.counts)
        return ", ".join(part for part in (self.text, self.value, self.note) if part)


def counts_words(counts: Counts) -> str:
    """Return verdict counts in words: ``Glutes first 6, Together 2``."""
    told = zip(VERDICT_WORDS.values(), counts, strict=True)
    return ", ".join(f"{words} {count}" for words, count in told)


def session_card(
    trend: Trend,
    place: int,
    measure: str,
    task: str,
    notes: Sequence[NoteRow],
    zone: tzinfo,
) -> tuple[CardLine, ...]:
    """Return the lines of the chosen session."""
    point = trend.points[place]
    lines = [
        CardLine("title", f"Session {point.number}", note=time_words(point.start_utc_s, zone)),
        CardLine("counts", task, note=f"{point.scored} scored", counts=counts_of(point)),
    ]
    keys = dict.fromkeys((SHARE, LEAD, measure))
    for key in keys:
        words = measure_words(key)
        amount = amount_of(point, key)
        value = NO if amount.gate is not None else words.value(amount.value)
        interval = words.interval(amount.low, amount.high)
        count = count_words(amount.n)
        note = f"95 %: {interval}, {count}" if interval else count
        lines.append(CardLine("pair", words.title, value, words.needs if value == NO else note))
        if key == LEAD and point.lead_q1_ms is not None and point.lead_q3_ms is not None:
            quartiles = words.interval(point.lead_q1_ms, point.lead_q3_ms)
            lines.append(CardLine("pair", "Half of the repetitions", quartiles))
    lines += _sides(point, told=measure == LEFT_RIGHT)
    lines.append(CardLine("pair", "Pain", pain_words(point.pain_before, point.pain_after)))
    lines += [CardLine("flag", FLAG_WORDS[flag], icon=flag) for flag in trend.flags[place]]
    if point.pads_reapplied is None:
        lines.append(CardLine("flag", "nobody said whether the pads stayed", icon="pads"))
    lines += _own(trend, place, measure)
    lines += note_lines([one for one in notes if one.session == point.session], zone)
    return tuple(lines)


def comparison_card(
    trend: Trend, before: int, after: int, measure: str, zone: tzinfo
) -> tuple[CardLine, ...]:
    """Return the lines of two sessions side by side."""
    one, two = trend.points[before], trend.points[after]
    title = f"Session {two.number} against session {one.number}"
    span = f"{date_words(one.start_utc_s, zone)} to {date_words(two.start_utc_s, zone)}"
    lines = [CardLine("title", title, note=span)]
    for key in dict.fromkeys((SHARE, measure)):
        words, found = measure_words(key), compare(trend, key, before, after)
        both = f"{amount_words(words, found.before)}, then {amount_words(words, found.after)}"
        lines.append(CardLine("pair", words.title, change_word(found.change), both))
        said = change_sentence(words, found.change, "")
        lines.append(CardLine("said", said, icon=shape_of(found.change)))
    pains = f"{pain_words(one.pain_before, one.pain_after)}, then "
    lines.append(CardLine("pair", "Pain", "", pains + pain_words(two.pain_before, two.pain_after)))
    flags = compare(trend, measure, before, after).flags
    lines += [CardLine("flag", FLAG_WORDS[flag], icon=flag) for flag in flags]
    return tuple(lines)


def note_lines(notes: Sequence[NoteRow], zone: tzinfo) -> list[CardLine]:
    """Return notes with who wrote them and when."""
    return [
        CardLine("note", one.text, icon="note",
                 note=f"{one.who or 'nobody named'}, {date_words(one.at_utc_s, zone)}")
        for one in notes
    ]  # fmt: skip


def counts_of(point: TrendPoint) -> Counts:
    """Return the verdict counts in the order of their words."""
    return (point.glutes_first, point.together, point.back_first, point.unclear)


def shape_of(change: SessionChange) -> str:
    """Return the shape that stands for a change (view_models/trends_view.py)."""
    word = change_word(change)
    if word not in ("changed", "perhaps"):
        return "plain" if word == "no change" else "not_known"
    way = "up" if change.by.value > 0 else "down"
    return way if word == "changed" else f"{way}_perhaps"


NO = "no value"


def _sides(point: TrendPoint, *, told: bool) -> list[CardLine]:
    left, right = point.lead_left_ms, point.lead_right_ms
    if left is None or right is None:
        return []
    words: MeasureWords = measure_words(LEFT_RIGHT)
    both = f"{words.number(left)} / {words.value(right)}"
    by = "" if told else f"left minus right {words.value(left - right)}"
    return [CardLine("pair", "Lead, left / right", both, by)]


def _own(trend: Trend, place: int, measure: str) -> list[CardLine]:
    """Return what the chosen session says against the person's own beginning."""
    if not trend.counted[place]:
        return [CardLine("said", SIMULATED, icon="aside")]
    words, change = measure_words(measure), changes(trend, measure)[place]
    if change.band is None:
        return [CardLine("said", f"{words.title}: own change not known yet.", icon="not_known")]
    said = change_sentence(words, change, "from the own beginning")
    return [CardLine("said", f"{words.title}: {said}", icon=shape_of(change))]

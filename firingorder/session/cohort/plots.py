"""Two pictures of a cohort: the lead of each recording with its interval, and its verdicts.

Exercises and sides stand apart: a lead is never shown without them, its number of repetitions and
its interval. Nothing is pooled over people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firingorder.errors import FiringOrderError
from firingorder.report.wording import VERDICT_WORDS, format_ms, signed_number
from firingorder.session.cohort import svg
from firingorder.session.cohort.svg import Svg
from firingorder.training.exercises import load_exercise, load_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionVerdict
    from firingorder.session.cohort.rows import Row

WIDTH = 1000.0
LEFT, RIGHT = 220.0, 730.0
ROW, HEAD, FOOT = 24.0, 66.0, 50.0
#: More rows than this stand close and without words; the pointer names them.
READABLE = 100
CLOSE_ROW = 6.0
VERDICTS: tuple[tuple[RepetitionVerdict, str, str], ...] = (
    ("glutes_first", svg.ACCENT, svg.SURFACE),
    ("together", svg.PALE_ACCENT, svg.TEXT),
    ("back_first", svg.PELVIS, svg.SURFACE),
    ("unclear", "url(#hatch)", svg.TEXT),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The recordings of one exercise and side, the largest lead first, those without one last."""

    title: str
    rows: tuple[Row, ...]
    margin_ms: float | None

    @property
    def row_height(self) -> float:
        """Height of a row, pixels."""
        return ROW if len(self.rows) <= READABLE else CLOSE_ROW

    @property
    def readable(self) -> bool:
        """Whether there is room for words beside each row."""
        return len(self.rows) <= READABLE


def groups_of(rows: Sequence[Row]) -> list[Group]:
    """Return the recordings by exercise and side."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["error"] is None:
            found.setdefault((row["task"], row["side"]), []).append(row)
    return [
        Group(f"{_task_name(task)}, {_side(side)}", tuple(sorted(some, key=_rank)), _margin(task))
        for (task, side), some in sorted(found.items())
    ]


def forest(rows: Sequence[Row]) -> str:
    """Return the leads with their intervals, one row for each recording."""
    picture, y = Svg(WIDTH), 0.0
    for group in groups_of(rows):
        y = _forest_of(picture, y, group)
    return picture.done(max(y, 40.0), "Lead of each recording with its 95 % interval")


def shares(rows: Sequence[Row]) -> str:
    """Return how the scored repetitions of each recording were judged."""
    picture, y = Svg(WIDTH), 0.0
    for group in groups_of(rows):
        y = _shares_of(picture, y, group)
    return picture.done(max(y, 40.0), "Verdicts of the scored repetitions of each recording")


def _forest_of(picture: Svg, top: float, group: Group) -> float:
    timed = [row for row in group.rows if row["lead_ms"] is not None]
    low, high = _range(timed, group.margin_ms)
    scale = (RIGHT - LEFT) / (high - low)
    bottom = top + HEAD + group.row_height * len(group.rows)

    def at(ms: float) -> float:
        return LEFT + (min(max(ms, low), high) - low) * scale

    _title(picture, top, group, f"{len(timed)} of {len(group.rows)} recordings have a lead")
    if group.margin_ms is not None:
        m = group.margin_ms
        picture.rect(at(-m), top + HEAD - 6, at(m) - at(-m), bottom - top - HEAD + 6, svg.SURFACE2)
    for tick in svg.ticks(low, high):
        zero = tick == 0
        colour = svg.TEXT3 if zero else svg.LINE
        picture.line(at(tick), top + HEAD - 6, at(tick), bottom, colour, width=1.5 if zero else 1)
        picture.text(
            at(tick), bottom + 16, signed_number(tick), size=12, fill=svg.TEXT2, anchor="middle"
        )
    picture.text(at(0) - 8, top + HEAD - 12, "\N{LEFTWARDS ARROW} back first", size=12,
                 fill=svg.TEXT2, anchor="end")  # fmt: skip
    picture.text(at(0) + 8, top + HEAD - 12, "glutes first \N{RIGHTWARDS ARROW}", size=12,
                 fill=svg.TEXT2)  # fmt: skip
    for k, row in enumerate(group.rows):
        y = top + HEAD + group.row_height * (k + 0.5)
        _label(picture, y, row, group)
        if row["lead_ms"] is not None:
            _interval(picture, y, row, at, (low, high), small=not group.readable)
        if group.readable:
            picture.text(RIGHT + 16, y + 4, _lead_words(row), size=12, fill=svg.TEXT)
    words = "lead, ms: dot and line are the median and its 95 % interval, the pale bar is the "
    words += "spread of repetitions to both sides"
    if group.margin_ms is not None:
        words += f"; grey ground: together (within {group.margin_ms:g} ms)"
    picture.text(16, bottom + 36, words, size=12, fill=svg.TEXT2)
    return bottom + FOOT


def _interval(
    picture: Svg, y: float, row: Row, at: Any, ends: tuple[float, float], *, small: bool
) -> None:
    lead, spread = row["lead_ms"], row["spread_ms"]
    thick = 2.0 if small else 5.0
    if spread is not None:
        left, right = at(lead - spread), at(lead + spread)
        picture.rect(left, y - thick, right - left, 2 * thick, svg.PALE_ACCENT, radius=2,
                     hint=_hint(row))  # fmt: skip
    low, high = row["low_ms"], row["high_ms"]
    if low is not None and high is not None:
        picture.line(at(low), y, at(high), y, svg.TEXT, width=1.0 if small else 2.0)
        if low < ends[0]:
            picture.arrow(at(low), y, -1, svg.TEXT)
        if high > ends[1]:
            picture.arrow(at(high), y, 1, svg.TEXT)
    if ends[0] <= lead <= ends[1]:
        picture.dot(at(lead), y, 2.0 if small else 4.5, svg.ACCENT)


def _shares_of(picture: Svg, top: float, group: Group) -> float:
    scored = sum(row["scored"] for row in group.rows)
    _title(picture, top, group, f"{scored} scored repetitions in {len(group.rows)} recordings")
    x = LEFT
    for name, fill, _ in VERDICTS:
        word = VERDICT_WORDS[name]
        picture.rect(x, top + HEAD - 24, 14, 12, fill, stroke=svg.STRONG_LINE)
        picture.text(x + 20, top + HEAD - 14, word, size=12, fill=svg.TEXT2)
        x += 36 + svg.room_for(word, 12)
    for k, row in enumerate(group.rows):
        y = top + HEAD + group.row_height * k
        _label(picture, y + group.row_height / 2, row, group)
        _bar(picture, y, row, group)
    bottom = top + HEAD + group.row_height * len(group.rows)
    words = "right: share of glutes first in the scored repetitions, with its 95 % interval"
    picture.text(16, bottom + 24, words, size=12, fill=svg.TEXT2)
    return bottom + FOOT


def _bar(picture: Svg, y: float, row: Row, group: Group) -> None:
    gap = 3.0 if group.readable else 0.5
    height, x = group.row_height - 2 * gap, LEFT
    middle = y + group.row_height / 2 + 4
    if not row["scored"]:
        picture.line(LEFT, middle - 4, RIGHT, middle - 4, svg.LINE, dashed=True)
        if group.readable:
            picture.text(RIGHT + 16, middle, "no scored repetition", size=12, fill=svg.TEXT2)
        return
    for name, fill, ink in VERDICTS:
        count = row[name]
        width = (RIGHT - LEFT) * count / row["scored"]
        if count:
            hint = f"{_who(row)}: {VERDICT_WORDS[name]} {count} of {row['scored']}"
            picture.rect(x, y + gap, width, height, fill, stroke=svg.SURFACE, hint=hint)
        if count and width > 16 and group.readable:
            if fill.startswith("url"):
                picture.rect(x + width / 2 - 10, y + gap + 2, 20, height - 4, svg.SURFACE, radius=3)
            picture.text(x + width / 2, middle, str(count), size=12, fill=ink, anchor="middle")
        x += width
    if group.readable and row["share"] is not None:
        share = f"{100 * row['share']:.0f} % ({100 * row['share_low']:.0f} to "
        words = f"{share}{100 * row['share_high']:.0f}), n = {row['scored']}"
        picture.text(RIGHT + 16, middle, words, size=12)


def _title(picture: Svg, top: float, group: Group, more: str) -> None:
    picture.text(16, top + 26, group.title, size=17, bold=True)
    picture.text(WIDTH - 16, top + 26, more, size=13, fill=svg.TEXT2, anchor="end")


def _label(picture: Svg, y: float, row: Row, group: Group) -> None:
    if group.readable:
        picture.text(LEFT - 16, y + 4, _who(row), size=12, fill=svg.TEXT, anchor="end")


def _who(row: Row) -> str:
    """Return how a recording is called: code of the person, and its own identity."""
    name = row.get("file") or row["recording"]
    longest = 26
    name = name if len(name) <= longest else f"{name[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"
    return "  ".join(part for part in (row["person"], name) if part)


def _lead_words(row: Row) -> str:
    if row["lead_ms"] is None:
        return "several exercises" if row["leads"] is None else "no lead"
    words = format_ms(row["lead_ms"])
    if row["low_ms"] is not None:
        words += f" ({signed_number(row['low_ms'])} to {signed_number(row['high_ms'])})"
    return f"{words}, n = {row['leads']}"


def _hint(row: Row) -> str:
    return f"{_who(row)}: {_lead_words(row)}"


def _rank(row: Row) -> tuple[bool, float, str]:
    lead = row["lead_ms"]
    return lead is None, -(lead or 0.0), row["recording"]


def _range(rows: Sequence[Row], margin_ms: float | None) -> tuple[float, float]:
    """Return the ends of the axis: all leads, and intervals as far as they are not the widest."""
    room = max(2.0 * (margin_ms or 30.0), 1.0)
    leads = [row["lead_ms"] for row in rows]
    reach = sorted(
        max(abs(row["low_ms"] - row["lead_ms"]), abs(row["high_ms"] - row["lead_ms"]))
        for row in rows
        if row["low_ms"] is not None
    )
    most = reach[int(0.9 * (len(reach) - 1))] if reach else 0.0
    low, high = (
        min([-room, *(lead - most for lead in leads)]),
        max([room, *(lead + most for lead in leads)]),
    )
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


def _task_name(task: str) -> str:
    try:
        return load_exercise(task).task.name
    except FiringOrderError:  # several in one recording, or of another version
        return task


def _side(side: str) -> str:
    return {"both": "both sides", "left": "left", "right": "right"}.get(side, side)


def _margin(task: str) -> float | None:
    try:
        return load_task(task).together_margin_ms
    except FiringOrderError:
        return None

"""The report itself: what stands on which page, in which words. Nothing here knows of drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.report.ladder import Ladder
    from firingorder.report.wording import Shape, Tone

Align = Literal["left", "right", "centre"]
Zero = Literal["movement", "first"]


@dataclass(frozen=True, slots=True)
class Number:
    """One of the four numbers. ``note`` says how sure, and of how many."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Mark:
    """The outcome of one repetition or set: shape, tone and word."""

    shape: Shape
    tone: Tone
    word: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One onset with its 95 % interval, ms after the zero of the raster."""

    muscle: str
    side: str
    at_ms: float
    low_ms: float
    high_ms: float


@dataclass(frozen=True, slots=True)
class RasterRow:
    """One repetition. ``lead`` is ``+108 ±27`` or a dash; ``why`` one short cause, or empty."""

    index: int
    label: str
    mark: Mark
    lead: str
    why: str
    bars: tuple[Bar, ...]
    scored: bool


@dataclass(frozen=True, slots=True)
class Raster:
    """Every repetition as a row: four muscles, left over right, 95 % bars."""

    rows: tuple[RasterRow, ...]
    start_ms: float
    end_ms: float
    ticks_ms: tuple[float, ...]
    zero: Zero
    muscles: tuple[str, ...]
    note: str
    sides: str
    alt: str


@dataclass(frozen=True, slots=True)
class LeadPoint:
    """The lead of one repetition with its 95 % interval, ms; None where it has none."""

    index: int
    set_index: int
    mark: Mark
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    scored: bool


@dataclass(frozen=True, slots=True)
class LeadChart:
    """Many repetitions in one picture: lead against number. ``margin_ms``: the "together" band."""

    points: tuple[LeadPoint, ...]
    low_ms: float
    high_ms: float
    ticks_ms: tuple[float, ...]
    margin_ms: float
    note: str
    alt: str


@dataclass(frozen=True, slots=True)
class TrendDot:
    """One session. ``flags``: why it cannot be compared with the one before, short."""

    label: str
    day: str
    value: float | None
    low: float | None
    high: float | None
    flags: tuple[str, ...]
    pain: str
    current: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class TrendChart:
    """One measure over the sessions. ``band``: the person's own range of no change."""

    title: str
    note: str
    unit: str
    dots: tuple[TrendDot, ...]
    low: float
    high: float
    ticks: tuple[float, ...]
    band: tuple[float, float] | None
    alt: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: title, share of the width, alignment."""

    title: str
    weight: float = 1.0
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``marks`` has one outcome for each row, or is empty."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[Mark | None, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs, bullet points and tables below it, in this order."""

    title: str
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskPage:
    """The result of one exercise and side.

    Attributes
    ----------
    headline, line
        The result in one sentence; below it task, number, interval and the other outcomes.
    remark
        What limits it, one sentence; empty where nothing does.
    numbers
        Four of them.
    raster, chart
        One of the two, None without a repetition: ``chart`` where they are many.
    sets
        Beside a chart: one row for each set.
    trends
        None, one or two.
    why_nothing
        Sentences that stand where there is no repetition to draw.
    """

    task: str
    side: str
    title: str
    headline: str
    line: str
    remark: str
    numbers: tuple[Number, ...]
    raster: Raster | None
    chart: LeadChart | None
    sets: Table | None
    trends: tuple[TrendChart, ...]
    trend_note: str
    why_nothing: tuple[str, ...] = ()
    signals: Table | None = None
    """Channels and their quality, where no repetition counts."""
    asks_order: bool = True


@dataclass(frozen=True, slots=True)
class PatientPage:
    """The page in plain words, for the person who trained."""

    title: str
    big: str
    sentences: tuple[str, ...]
    ladder: Ladder | None
    ladder_title: str
    ladder_tone: Tone
    ladder_alt: str
    marks: tuple[tuple[str, Mark], ...]
    """Number and outcome of each repetition that counts."""
    boxes: tuple[tuple[str, str], ...]
    closing: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """A whole report.

    Attributes
    ----------
    title, subtitle
        Top left: what it is of, and when.
    who, who_below
        Top right: the code of the person, their name where it was asked for.
    document_title
        In the properties of the file; never a name.
    tag
        Large words on every page where data are simulated; else empty.
    banners
        What must be known before any number is read.
    pages
        One for each exercise and side; the first is the page.
    also
        Other exercises of the session, one line each, on the first page.
    note_title, note
        Box below the result; an empty note has no box.
    method
        The line of the method, with version and hashes.
    footer
        On every page.
    annex
        Sections that follow, empty if not asked for.
    patient
        None if not asked for.
    """

    title: str
    subtitle: str
    who: str
    who_below: str
    document_title: str
    tag: str
    banners: tuple[str, ...]
    pages: tuple[TaskPage, ...]
    also: tuple[str, ...]
    note_title: str
    note: str
    method: str
    footer: str
    annex: tuple[Section, ...]
    patient: PatientPage | None

"""Blind marking: one signal without its name, a mark, the next one; and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.gui.view_models.review_traces import columns_for
from firingorder.report.wording import MINUS

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.session.review import Columns
    from firingorder.session.review.agreement import Between, Measure
    from firingorder.session.review.blind import BlindReport, BlindSeries

KEYS = (
    "Click or  ,  .  set the start  ·  Enter keeps it  ·  N: no start  ·  Backspace: back  ·  "
    "F: filtered  ·  Esc: leave, marks stay"
)
DONE = (
    "All signals are marked. Ctrl+S saves the labelled set  ·  C: compare with another rater's file"
    "  ·  Backspace: back  ·  Esc: leave"
)
SET_FIRST = "Set the start first, or press N where there is none."


@dataclass(frozen=True, slots=True, eq=False)
class BlindView:
    """The signal that is marked. ``at_s`` from the begin of the window; None: not set yet."""

    title: str
    hint: str
    place: int
    of: int
    marked: int
    columns: Columns | None
    length_s: float
    at_s: float | None
    none: bool
    lines: tuple[str, ...]

    @property
    def spoken(self) -> str:
        """The panel for a screen reader."""
        where = "no start" if self.none else "not marked"
        if self.at_s is not None:
            where = f"start at {self.at_s * 1e3:.0f} ms"
        return ". ".join((self.title, where, *self.lines, self.hint))


class BlindDesk:
    """Holds a series that is being marked; ``keep`` writes it after each mark."""

    def __init__(self, series: BlindSeries, keep: Callable[[BlindSeries], None]) -> None:
        self.series = series
        self._keep = keep
        self.kind = "raw"
        first = series.next_place
        self.place = len(series.items) if first is None else first
        self.at_s: float | None = None
        self.none = False
        self.compared = False
        self.told: tuple[str, ...] = ("Comparing your marks with each other …",)
        self._take()

    @property
    def done(self) -> bool:
        """Whether what came of it is shown."""
        return self.place >= len(self.series.items)

    def set(self, at_s: float) -> str:
        """Set the start; it stays inside of what is shown."""
        if not self.done:
            self.at_s, self.none = min(max(at_s, 0.0), self._length()), False
        return ""

    def nudge(self, by_s: float) -> str:
        """Move the start; the first time it stands in the middle."""
        return self.set(self._length() / 2 if self.at_s is None else self.at_s + by_s)

    def accept(self) -> str:
        """Keep the mark and go on."""
        if self.done:
            return ""
        if self.at_s is None and not self.none:
            return SET_FIRST
        self.series.mark(self.place, self.at_s)
        self.compared = False
        said = ""
        try:
            self._keep(self.series)
        except FiringOrderError as error:
            said = str(error)
        self.place = min(self.place + 1, len(self.series.items))
        self._take()
        return said

    def say_none(self) -> str:
        """Say that there is no start, and go on."""
        self.at_s, self.none = None, True
        return self.accept()

    def back(self) -> str:
        """Go back by one; its mark can be changed."""
        self.place = max(0, min(self.place, len(self.series.items)) - 1)
        self._take()
        return ""

    def toggle_kind(self) -> str:
        """Show filtered samples, or raw ones."""
        self.kind = "filtered" if self.kind == "raw" else "raw"
        return ""

    def view(self, columns: int) -> BlindView:
        """Return what is shown now."""
        series = self.series
        of, marked = len(series.items), len(series.marks)
        if self.done:
            return BlindView(
                f"Blind marking  ·  {marked} of {of}", DONE, of, of, marked, None, 1.0, None,
                none=False, lines=self.told,
            )  # fmt: skip
        kind = "filtered" if self.kind == "filtered" else "raw"
        return BlindView(
            f"Blind marking  ·  signal {self.place + 1} of {of}", KEYS, self.place, of, marked,
            series.signals(
                self.place,
                kind,
                columns_for(self._length(), series.review.facts.rate_hz, columns),
            ),
            self._length(), self.at_s,
            none=self.none, lines=(),
        )  # fmt: skip

    def _length(self) -> float:
        if self.done:
            return 1.0
        first_s, last_s = self.series.items[self.place].window_s
        return last_s - first_s

    def _take(self) -> None:
        """Take what was said of this place before."""
        self.at_s, self.none = None, False
        if self.done or self.place not in self.series.marks:
            return
        onset_s = self.series.marks[self.place].onset_s
        first_s = self.series.items[self.place].window_s[0]
        self.none = onset_s is None
        self.at_s = None if onset_s is None else onset_s - first_s


def rater_code(who: str) -> str:
    """Return a code for a name: its initials; R1 for nobody. Names do not go into labelled sets."""
    letters = "".join(word[0] for word in who.replace(".", " ").split() if word[0].isalnum())
    return letters.upper() or "R1"


def report_lines(report: BlindReport, kept_for: str = "") -> tuple[str, ...]:
    """Return how the marks agree, in sentences with intervals.

    ``kept_for``: who works here, where their scatter counts for corrections from now on.
    """
    within, to = report.within, report.automatic
    lines = [f"{report.marked} of {report.of} signals are marked."]
    if within.repeats:
        lines.append(
            f"{within.repeats} signals came twice: the same answer in {within.same_answer}, "
            f"SD of one mark {_measure(within.sd_ms)} ms over {within.pairs} pairs."
        )
    else:
        lines.append("No signal came twice yet: nothing is known of your own scatter.")
    if kept_for:
        lines.append(
            f"From the next opening on, no start that {kept_for} sets is told surer than that."
        )
    lines += _differences(to.between, "Yours minus what was found")
    if to.between.n or to.between.both_none:
        lines.append(
            f"Only you saw a start in {to.between.only_second}, only the analysis in "
            f"{to.between.only_first}, neither in {to.between.both_none}."
        )
    if to.coverage is not None:
        lines.append(f"The 95 % intervals hold your mark in {_share(to.coverage)}.")
    return tuple(lines)


def between_lines(found: Between, mine: str, other: str) -> tuple[str, ...]:
    """Return how two raters differ, in sentences with intervals: mine minus the other's."""
    return (
        *_differences(found, f"{mine} minus {other}"),
        f"Only {mine} saw a start in {found.only_second}, only {other} in {found.only_first}, "
        f"neither in {found.both_none}.",
    )


def _differences(found: Between, title: str) -> tuple[str, ...]:
    if not found.n:
        return (f"{title}: no signal in which both saw a start.",)
    lines = [
        f"{title}: {_measure(found.bias_ms)} ms, SD {_measure(found.sd_ms)} ms, "
        f"over {found.n} signals."
    ]
    if found.limits_ms is not None:
        low, high = found.limits_ms
        lines.append(f"95 % limits of agreement: {_number(low, 0)} to {_number(high, 0)} ms.")
    return tuple(lines)


def _measure(found: Measure | None) -> str:
    if found is None:
        return "not known"
    if found.low is None or found.high is None:
        return f"{_number(found.value)} (too few for an interval)"
    return f"{_number(found.value)} (95 %: {_number(found.low)} to {_number(found.high)})"


def _number(value: float, places: int = 1) -> str:
    return f"{value:.{places}f}".replace("-", MINUS)


def _share(found: Measure) -> str:
    value = f"{100 * found.value:.0f} %"
    if found.low is None or found.high is None:
        return value
    return f"{value} (95 %: {100 * found.low:.0f} to {100 * found.high:.0f} %)"

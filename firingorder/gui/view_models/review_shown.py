"""What the review shows now: lanes, samples, line, list, card, reasons. Nothing is changed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.gui.view_models.desk import strip_order
from firingorder.gui.view_models.review_card import rep_card
from firingorder.gui.view_models.review_facts import task_title
from firingorder.gui.view_models.review_marks import lanes
from firingorder.gui.view_models.review_rows import rep_rows
from firingorder.gui.view_models.review_scrub import Line, level
from firingorder.gui.view_models.review_signals import HINT, HINT_PENDING, SignalsView
from firingorder.gui.view_models.review_traces import Traces, columns_for, spans
from firingorder.gui.view_models.review_why import why_view
from firingorder.gui.view_models.review_window import TimeWindow, preset_window, zero_of
from firingorder.gui.view_models.review_words import several_words, story

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.corrections import Standing
    from firingorder.findings import RepetitionFinding
    from firingorder.gui.view_models.desk import VerdictCardView
    from firingorder.gui.view_models.review_marks import Pending
    from firingorder.gui.view_models.review_rows import RepRow
    from firingorder.gui.view_models.review_signals import Kind
    from firingorder.gui.view_models.review_why import WhyView
    from firingorder.gui.view_models.review_window import Preset
    from firingorder.report.wording import Target
    from firingorder.session.results import Analysis
    from firingorder.session.review import Band, Review


class ReviewShown:
    """A review, where one is in it, and what is being moved. No method draws or raises."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.channels = review.channels
        self.has_lift = review.pelvis(0.0, 0.1, 1) is not None
        self.current = review.corrected.repetitions[0].index if self.reps else 0
        self.channel = self.channels[strip_order(self.channels)[0]] if self.channels else ""
        self.preset: Preset | None = "onset"
        self.kind: Kind = "raw"
        self.pending: Pending | None = None
        self._moved: RepetitionFinding | None = None
        #: What was worked out last, with what it follows from.
        self._traced: tuple[tuple[TimeWindow, Kind, int], Traces] | None = None
        self._rowed: tuple[RepetitionFinding | None, Analysis, tuple[RepRow, ...]] | None = None
        self._banded: tuple[int, Mapping[str, Band]] = (0, {})
        self.window = self._preset("onset") if self.reps else TimeWindow(*self.span)

    @property
    def target(self) -> Target | None:
        """What the therapist aimed at in the exercise that is shown; without it no colours."""
        rep = self.found(self.current)
        return None if rep is None else self.review.facts.targets.get(rep.task)

    @property
    def reps(self) -> tuple[RepetitionFinding, ...]:
        """All repetitions as they stand."""
        return self.review.corrected.repetitions

    @property
    def span(self) -> tuple[float, float]:
        """From the first sample to the last, device time."""
        return 0.0, max(self.review.duration_s, 0.1)

    @property
    def standing(self) -> Standing:
        """What people changed."""
        return self.review.standing

    @property
    def rep(self) -> RepetitionFinding | None:
        """The repetition that is reviewed, also with what is being moved."""
        if self._moved is not None:
            return self._moved
        return self.found(self.current)

    @property
    def automatic(self) -> dict[int, RepetitionFinding]:
        """Every repetition as it was found."""
        return {one.index: one for one in self.review.analysis.repetitions}

    @property
    def zero_s(self) -> float:
        """The zero of the axis: it stays where it is while something is moved."""
        was = self.automatic.get(self.current)
        return self.window.first_s if was is None else zero_of(was)

    def found(self, index: int) -> RepetitionFinding | None:
        """Return a repetition by its number."""
        return next((one for one in self.reps if one.index == index), None)

    def rows(self) -> tuple[RepRow, ...]:
        """Return the list, with what is being moved."""
        moved, stands = self._moved, self.review.corrected
        if self._rowed is None or self._rowed[0] is not moved or self._rowed[1] is not stands:
            self._rowed = (moved, stands, self._made_rows(moved))
        return self._rowed[2]

    def _made_rows(self, moved: RepetitionFinding | None) -> tuple[RepRow, ...]:
        reps = [moved if moved and moved.index == one.index else one for one in self.reps]
        return rep_rows(
            reps,
            self.standing,
            self.review.facts.targets,
            lambda one: task_title(self.review, one.task, one.side),
        )

    def place(self) -> int:
        """Return the place of the repetition in the list, -1 for none."""
        return next((k for k, one in enumerate(self.reps) if one.index == self.current), -1)

    def signals(self) -> SignalsView:
        """Return the lanes of the window."""
        rep = self.rep
        window = self.window
        moved = self._moved
        shown = [
            moved if moved is not None and one.index == moved.index else one
            for one in self.reps
            if one.index == self.current
            or (one.end_s >= window.first_s and one.start_s <= window.last_s)
        ]
        made = lanes(
            self.channels,
            shown,
            self.automatic,
            self.current,
            chosen=self.channel,
            edited={key: one.onset_s for key, one in self.standing.onsets.items()},
            pending=self.pending,
            bands=self._bands(),
        )
        return SignalsView(
            title=self._title(),
            hint=HINT_PENDING if self.pending else HINT if rep is not None else "",
            lanes=made,
            window=window,
            zero_s=self.zero_s,
            preset=self.preset if rep is not None else None,
            kind=self.kind,
            has_lift=self.has_lift,
            movement_s=None if rep is None else rep.movement_onset_s,
            editable=rep is not None,
        )

    def traces(self, columns: int) -> Traces:
        """Return the samples of the window, at most so many columns."""
        key = (self.window, self.kind, columns)
        if self._traced is None or self._traced[0] != key:
            self._traced = (key, self._read(columns))
        return self._traced[1]

    def _read(self, columns: int) -> Traces:
        first, last = self.window.first_s, self.window.last_s
        review = self.review
        fine = columns_for(last - first, review.facts.rate_hz, columns)
        flags = review.flagged(first, last)
        return Traces(
            review.signals(first, last, self.kind, fine),
            review.signals(first, last, "envelope", columns),
            review.pelvis(first, last, columns) if self.has_lift else None,
            tuple(dict.fromkeys((f.first_s, f.last_s) for f in flags if f.reason == "gap")),
            {name: spans(flags, name) for name in self.channels},
        )

    def overview(self, columns: int) -> Line:
        """Return the whole recording on one line."""
        found = self.review.overview(columns)
        return Line(*self.span, level(found.glutes_uv), level(found.back_uv))

    def why(self, columns: int) -> WhyView:
        """Return the facts behind the verdict as it is kept."""
        facts = self.review.why(self.current)
        first, last = facts.window_s
        return why_view(facts, self.review.signals(first, last, "filtered", columns), self.zero_s)

    def card(self) -> VerdictCardView | None:
        """Return the outcome of the repetition as it stands."""
        rep = self.rep
        return None if rep is None else rep_card(rep, self.standing, self.target)

    def lines(self) -> tuple[str, ...]:
        """Return who changed what of the repetition."""
        several = several_words(self.review.ledger.entries)
        found = story(self.standing, self.current, self.channel)
        return (*found, *((several,) if several else ()))

    def _bands(self) -> Mapping[str, Band]:
        """Return the levels about the repetition; worked out once for each."""
        if self._banded[0] != self.current:
            found = {} if self.rep is None else self.review.bands(self.current)
            self._banded = (self.current, found)
        return self._banded[1]

    def _title(self) -> str:
        rep = self.rep
        if rep is None:
            return "Recording"
        many = len({one.set_index for one in self.reps}) > 1
        kind = "  ·  filtered" if self.kind == "filtered" else ""
        return f"Rep {rep.index}" + (f"  ·  set {rep.set_index}" if many else "") + kind

    def _preset(self, preset: Preset) -> TimeWindow:
        rep = self.automatic.get(self.current) or self.found(self.current)
        assert rep is not None
        in_set = tuple(one for one in self.reps if one.set_index == rep.set_index)
        return preset_window(preset, rep, in_set).within(*self._roomy())

    def _roomy(self) -> tuple[float, float]:
        """Return the recording with room before its start: a first repetition may begin early."""
        first, last = self.span
        return first - 0.5, last + 0.5

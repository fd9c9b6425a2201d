"""A recording that people look at and correct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.corrections import renumbered, standing
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.review.again import analysed_again
from firingorder.session.review.looking import Looking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from firingorder.corrections import Correction, CorrectionKind, Standing
    from firingorder.findings import RepetitionFinding, Sides
    from firingorder.session.results import Analysis
    from firingorder.session.review.again import Again
    from firingorder.session.review.clerk import Clerk
    from firingorder.session.review.facts import RecordingFacts
    from firingorder.session.review.ledger import Ledger
    from firingorder.session.review.opening import Opened
    from firingorder.signal.settings import Settings


class Review(Looking):
    """One opened recording. Made by :func:`firingorder.session.review.open_review`.

    Attributes
    ----------
    ledger
        What was changed, by whom, when and why.
    unmatched
        Entries for which this analysis has no repetition: nothing of them is lost, nothing shown.
    remarks
        Sentences a person should know, shown once.
    """

    def __init__(
        self,
        opened: Opened,
        facts: RecordingFacts,
        ledger: Ledger,
        *,
        remarks: Iterable[str] = (),
        on_change: Callable[[Standing, Analysis, str], None] | None = None,
        on_again: Callable[[Again], None] | None = None,
        rater_sd_s: float = 0.0,
        clerk: Clerk | None = None,
    ) -> None:
        super().__init__(opened, facts, rater_sd_s)
        self.ledger = ledger
        self.remarks: list[str] = list(remarks)
        self.unmatched: tuple[Correction, ...] = ()
        self._matched: tuple[Correction, ...] = ()
        self._on_change, self._on_again, self._clerk = on_change, on_again, clerk
        self._follow(tell=False)
        if self.unmatched:
            self.remarks.append(
                f"{len(self.unmatched)} corrections belong to repetitions that this analysis does "
                "not have; they are kept, and listed among the changes."
            )

    def preview(self, repetition: int, channel: str, onset_s: float | None) -> RepetitionFinding:
        """Return a repetition as it would be with this onset (None: no onset); nothing is kept.

        Its metrics are those before: nobody reads them while something is dragged.
        """
        self._check(repetition, channel)
        marks = {**self._marks(repetition), channel: onset_s}
        return self._corrector.rejudged(
            self.automatic(repetition),
            marks,
            excluded=repetition in self._standing.excluded,
            with_metrics=False,
        )

    def correct(
        self, repetition: int, channel: str, onset_s: float, why: str = ""
    ) -> RepetitionFinding:
        """Set an onset, and return the repetition as it is with it.

        Raises
        ------
        UsageError
            No such repetition or channel, or the time lies outside the recording.
        """
        self._check(repetition, channel)
        if not 0.0 <= onset_s <= self.duration_s:
            raise UsageError(
                f"{onset_s:.3f} s lies outside the recording of {self.duration_s:.3f} s."
            )
        return self._changed("onset", repetition, why, channel, onset_s)

    def no_onset(self, repetition: int, channel: str, why: str = "") -> RepetitionFinding:
        """Say that a muscle has no onset in a repetition. Errors as :meth:`correct`."""
        self._check(repetition, channel)
        return self._changed("no_onset", repetition, why, channel)

    def reset(
        self, repetition: int, channel: str | None = None, why: str = ""
    ) -> RepetitionFinding:
        """Put an onset (None: all of them) back to where it was found, whoever moved it.

        Errors as :meth:`correct`.
        """
        if channel is not None:
            self._check(repetition, channel)
        about = [
            entry.id
            for entry in self._matched
            if entry.repetition == repetition
            and channel in (None, entry.channel)
            and entry.kind in ("onset", "no_onset")
        ]
        self.ledger.withdraw(about, why)
        self._follow()
        return self.repetition(repetition)

    def exclude(self, repetition: int, why: str) -> RepetitionFinding:
        """Take a repetition out of its set.

        Raises
        ------
        UsageError
            No such repetition, or no reason.
        """
        self.automatic(repetition)
        if not why.strip():
            raise UsageError("Say why the repetition does not count: the report names the reason.")
        return self._changed("exclude", repetition, why)

    def include(self, repetition: int, why: str = "") -> RepetitionFinding:
        """Count a repetition again that a person took out.

        Raises
        ------
        UsageError
            No such repetition, or it was the analysis that did not count it.
        """
        found = self.automatic(repetition)
        if self.excluded(repetition) is None and not found.scored:
            raise UsageError(
                f"Repetition {repetition} was not counted by the analysis "
                f"({', '.join(found.reasons)}); that cannot be changed by hand."
            )
        about = [
            entry.id
            for entry in self._matched
            if entry.repetition == repetition and entry.kind == "exclude"
        ]
        self.ledger.withdraw(about, why)
        self._follow()
        return self.repetition(repetition)

    def note(self, repetition: int, words: str) -> None:
        """Write something down about a repetition. Raises UsageError without words."""
        if not words.strip():
            raise UsageError("A note needs words.")
        found = self.automatic(repetition)
        self.ledger.add("note", repetition, found.start_s, why=words)
        self._follow()

    def undo(self) -> Correction | None:
        """Take back the newest change of this opening; return it, None if there is none."""
        found = self.ledger.undo()
        self._follow()
        return found

    def redo(self) -> Correction | None:
        """Do again what was undone last; return it, None if there is nothing."""
        found = self.ledger.redo()
        self._follow()
        return found

    def withdraw(self, id_: str, why: str = "") -> None:
        """Take back any one entry, whoever made it."""
        self.ledger.withdraw([id_], why)
        self._follow()

    def refresh(self) -> tuple[Correction, ...]:
        """Look what others changed meanwhile; return their entries, already counted in."""
        found = self.ledger.refresh()
        self._take_remarks()
        if found:
            self._follow(tell=False)
        return found

    def look(self) -> None:
        """Look for what others changed, beside the window; :meth:`news` counts it in."""
        self.ledger.look()

    def news(self) -> tuple[Correction, ...]:
        """Count in what :meth:`look` found; return the entries of others."""
        found = self.ledger.news()
        self._take_remarks()
        if found:
            self._follow(tell=False)
        return found

    def settle(self, timeout_s: float = 1.0) -> None:
        """Have every change on a disk before the window goes."""
        self.ledger.settle(timeout_s)
        self._take_remarks()

    def again(
        self,
        settings: Settings | Path | None = None,
        *,
        task: str | None = None,
        side: Sides | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Again:
        """Analyse the recording with other settings (or a TOML file of some), side by side.

        What was found first stays; corrections are found again by time. Takes as long as an
        analysis does, unless it was asked for before.

        Raises
        ------
        FiringOrderError
            The settings make no sense, or the recording is gone.
        """
        found = analysed_again(
            self._opened.path,
            self.judged,
            self.ledger.entries,
            settings,
            task=task,
            side=side,
            options=self._opened.options,
            folder=self._opened.folder,
            progress=progress,
        )
        if self._on_again is not None:
            try:
                self._on_again(found)
            except FiringOrderError as error:
                self.remarks.append(f"The second analysis is not in the library: {error}")
        return found

    def close(self) -> None:
        """Take away signals that were not to be kept; every change is on a disk."""
        self.settle()
        self._opened.close()

    def _check(self, repetition: int, channel: str) -> None:
        found = self.automatic(repetition)
        if channel not in found.onsets:
            raise UsageError(f"{channel} is not among the channels: {', '.join(found.onsets)}.")

    def _changed(
        self,
        kind: CorrectionKind,
        repetition: int,
        why: str,
        channel: str = "",
        onset_s: float | None = None,
    ) -> RepetitionFinding:
        found = self.automatic(repetition)
        self.ledger.add(
            kind,
            repetition,
            found.start_s,
            why=why,
            channel=channel,
            onset_s=onset_s,
            automatic_s=self._automatic_s(repetition, channel) if channel else None,
        )
        self._follow()
        return self.repetition(repetition)

    def _follow(self, *, tell: bool = True) -> None:
        """Count in what the ledger says now."""
        spans = [(one.index, one.start_s, one.end_s) for one in self.analysis.repetitions]
        matched, unmatched = renumbered(self.ledger.entries, spans)
        self._matched, self.unmatched = tuple(matched), tuple(unmatched)
        self._standing = standing(matched)
        self.corrected = self._corrector.corrected(self._standing)
        self._take_remarks()
        if not tell or self._on_change is None:
            return
        stands, result = self._standing, self.corrected
        if self._clerk is None:
            self._summarise(stands, result)
        else:
            self._clerk.hand(lambda: self._summarise(stands, result), "summary")

    def _summarise(self, stands: Standing, result: Analysis) -> None:
        assert self._on_change is not None
        try:
            self._on_change(stands, result, self.facts.id)
        except FiringOrderError as error:
            words = f"{error} The trend shows this session as it was until then."
            if words not in self.remarks:
                self.remarks.append(words)

    def _take_remarks(self) -> None:
        while words := self.ledger.take_remark():
            if words not in self.remarks:
                self.remarks.append(words)

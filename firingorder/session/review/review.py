"""A recording that is looked at: what was found, what people changed of it, and its signals."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from firingorder.corrections import renumbered, standing
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.review.correcting import Corrector
from firingorder.session.review.facts import Band, Edit, Overview, RecordingFacts, unsure
from firingorder.session.review.tracks import Columns
from firingorder.session.review.why import why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from firingorder.corrections import Correction, CorrectionKind, Standing
    from firingorder.findings import RepetitionFinding
    from firingorder.session.results import Analysis
    from firingorder.session.review.facts import SignalKind
    from firingorder.session.review.kept import Flagged, Judged
    from firingorder.session.review.ledger import Ledger
    from firingorder.session.review.opening import Opened
    from firingorder.session.review.tracks import Track
    from firingorder.session.review.why import Why

_GLUTES, _BACK = "gluteus_maximus", "erector_spinae"


class Review:
    """One opened recording. Made by :func:`firingorder.session.review.open_review`.

    Attributes
    ----------
    facts
        Of the recording.
    ledger
        What was changed, by whom, when and why.
    corrected
        The analysis with all standing corrections counted in; ``analysis`` is the automatic one.
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
        on_change: Callable[[Review], None] | None = None,
        rater_sd_s: float = 0.0,
    ) -> None:
        self.facts, self.ledger = facts, ledger
        self.remarks: list[str] = list(remarks)
        self.rater_sd_s = rater_sd_s
        self._opened, self._on_change = opened, on_change
        self._corrector = Corrector(self.judged, self._tracks, rater_sd_s)
        self.unmatched: tuple[Correction, ...] = ()
        self._standing: Standing = standing(())
        self.corrected: Analysis = self.analysis
        self._follow(tell=False)
        if self.unmatched:
            self.remarks.append(
                f"{len(self.unmatched)} corrections belong to repetitions that this analysis does "
                "not have; they are kept, and listed among the changes."
            )

    # -- what there is

    @property
    def judged(self) -> Judged:
        """The automatic analysis with what it was made with."""
        return self._opened.kept.judged

    @property
    def analysis(self) -> Analysis:
        """What was found; never changed."""
        return self.judged.analysis

    @property
    def standing(self) -> Standing:
        """What the entries amount to, by the repetitions of this analysis."""
        return self._standing

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the EMG channels."""
        return self.facts.channels

    @property
    def duration_s(self) -> float:
        """Of the recording."""
        return self.facts.duration_s

    @property
    def opened(self) -> Opened:
        """What lies under this."""
        return self._opened

    @cached_property
    def _automatic(self) -> dict[int, RepetitionFinding]:
        return {one.index: one for one in self.analysis.repetitions}

    def automatic(self, repetition: int) -> RepetitionFinding:
        """Return a repetition as it was found.

        Raises
        ------
        UsageError
            There is none of this number.
        """
        found = self._automatic.get(repetition)
        if found is None:
            count = len(self._automatic)
            raise UsageError(
                f"{self.facts.file} has no repetition {repetition}; it has {count or 'none'}"
                + (f" (1 to {count})." if count else ".")
            )
        return found

    def repetition(self, repetition: int) -> RepetitionFinding:
        """Return a repetition with its corrections. Errors as :meth:`automatic`."""
        self.automatic(repetition)
        return next(one for one in self.corrected.repetitions if one.index == repetition)

    def edits(self, repetition: int) -> tuple[Edit, ...]:
        """Return the onsets of a repetition that a person set, with their automatic places."""
        return tuple(
            Edit(
                entry.id,
                number,
                channel,
                entry.onset_s if entry.kind == "onset" else None,
                self._automatic_s(number, channel),
                entry.who,
                entry.at,
                entry.why,
            )
            for (number, channel), entry in self._standing.onsets.items()
            if number == repetition
        )

    def excluded(self, repetition: int) -> Correction | None:
        """Return who took a repetition out, and why; None where nobody did."""
        return self._standing.excluded.get(repetition)

    # -- signals

    def signals(self, first_s: float, last_s: float, kind: SignalKind, points: int) -> Columns:
        """Return a window of one kind of signal, microvolts, at most ``points`` columns.

        ``raw`` is what came from the device; ``filtered`` the signal in which onsets are sought
        (``facts.filter_words``), ``envelope`` its moving RMS.
        """
        track = self._tracks.get(kind)
        if track is None:
            nothing = np.zeros((0, len(self.channels)))
            return Columns(self.channels, np.zeros(0), nothing, nothing, exact=True)
        return track.columns(first_s, last_s, points)

    def pelvis(self, first_s: float, last_s: float, points: int) -> Columns | None:
        """Return lift, tilt, obliquity and rotation, degrees; None without a pelvis sensor."""
        track = self._tracks.get("pelvis")
        return None if track is None else track.columns(first_s, last_s, points)

    def flagged(self, first_s: float, last_s: float) -> tuple[Flagged, ...]:
        """Return gaps, saturated samples and electrodes that were off, within a window."""
        return tuple(
            one for one in self.judged.flagged if one.first_s < last_s and one.last_s > first_s
        )

    def bands(self, repetition: int) -> dict[str, Band]:
        """Return rest, threshold and plateau of each channel about a repetition."""
        return self._corrector.bands(self.automatic(repetition))

    def overview(self, points: int) -> Overview:
        """Return the whole session in ``points`` columns: glutes up, back down."""
        whole = self.signals(0.0, max(self.duration_s, 1e-3), "envelope", points)
        lift = self.pelvis(0.0, max(self.duration_s, 1e-3), points)
        return Overview(
            t_s=whole.t_s,
            glutes_uv=_greatest(whole, _GLUTES),
            back_uv=_greatest(whole, _BACK),
            lift_deg=None if lift is None or len(lift.t_s) != len(whole.t_s) else lift.high[:, 0],
            repetitions=self.corrected.repetitions,
        )

    # -- changes

    def preview(self, repetition: int, channel: str, onset_s: float | None) -> RepetitionFinding:
        """Return a repetition as it would be with this onset (None: no onset); nothing is kept."""
        self._check(repetition, channel)
        marks = {**self._marks(repetition), channel: onset_s}
        return self._corrector.rejudged(
            self.automatic(repetition), marks, excluded=repetition in self._standing.excluded
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

    # -- finding one's way

    def next_unsure(self, after: int = 0) -> int | None:
        """Return the next repetition that deserves a look, round to the first; None if none does.

        Unsure is what :func:`firingorder.session.review.facts.unsure` says; repetitions that
        somebody corrected or took out were looked at.
        """
        touched = {number for number, _ in self._standing.onsets} | set(self._standing.excluded)
        found = [
            one.index
            for one in self.corrected.repetitions
            if one.index not in touched and unsure(one, self._corrector.margin_ms(one.index))
        ]
        return next((one for one in found if one > after), found[0] if found else None)

    def why(self, repetition: int) -> Why:
        """Return the facts behind a verdict. Errors as :meth:`automatic`."""
        found = self.automatic(repetition)
        marks = {
            channel: self._corrector.mark(found, channel, onset_s)
            for channel, onset_s in self._marks(repetition).items()
        }
        excluded = self.excluded(repetition)
        with_sets = replace(self.analysis, sets=self.corrected.sets)
        return why(
            with_sets,
            found,
            self.judged.tasks[found.task, found.side],
            corrected=self.repetition(repetition),
            marks=marks,
            edits=self.edits(repetition),
            excluded_because="" if excluded is None else excluded.why,
        )

    def close(self) -> None:
        """Take away signals that were not to be kept."""
        self._opened.close()

    # -- inside

    @property
    def _tracks(self) -> Mapping[str, Track]:
        return self._opened.kept.tracks

    def _check(self, repetition: int, channel: str) -> None:
        found = self.automatic(repetition)
        if channel not in found.onsets:
            raise UsageError(f"{channel} is not among the channels: {', '.join(found.onsets)}.")

    def _automatic_s(self, repetition: int, channel: str) -> float | None:
        onset = self.automatic(repetition).onsets.get(channel)
        if onset is not None:
            return onset.onset_s
        # A gate refused it; where it was seen all the same is what a person moved it from.
        posterior = self.analysis.posteriors.get(repetition, {}).get(channel)
        return None if posterior is None else posterior.quantile(0.5)

    def _marks(self, repetition: int) -> dict[str, float | None]:
        return {
            channel: entry.onset_s if entry.kind == "onset" else None
            for (number, channel), entry in self._standing.onsets.items()
            if number == repetition
        }

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
        if tell and self._on_change is not None:
            try:
                self._on_change(self)
            except FiringOrderError as error:
                self.remarks.append(f"{error} The trend shows this session as it was until then.")

    def _take_remarks(self) -> None:
        while words := self.ledger.take_remark():
            if words not in self.remarks:
                self.remarks.append(words)


def _greatest(columns: Columns, muscle: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    wanted = [k for k, name in enumerate(columns.channels) if name.startswith(muscle)]
    if not wanted or len(columns.t_s) == 0:
        return np.full(len(columns.t_s), np.nan)
    return np.fmax.reduce(columns.high[:, wanted], axis=1)

"""What is seen of a recording: the analysis as it stands, its signals, and the reasons.

Nothing is changed here: :class:`firingorder.session.review.review.Review` adds that.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from firingorder.corrections import standing
from firingorder.errors import UsageError
from firingorder.session.review.correcting import Corrector
from firingorder.session.review.facts import Band, Edit, Overview, RecordingFacts, unsure
from firingorder.session.review.gallery import gallery
from firingorder.session.review.tracks import Columns
from firingorder.session.review.why import why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.corrections import Correction, Standing
    from firingorder.findings import RepetitionFinding
    from firingorder.samples import FloatArray
    from firingorder.session.results import Analysis
    from firingorder.session.review.facts import SignalKind
    from firingorder.session.review.gallery import Gallery
    from firingorder.session.review.kept import Flagged, Judged
    from firingorder.session.review.opening import Opened
    from firingorder.session.review.tracks import Track
    from firingorder.session.review.why import Why

_GLUTES, _BACK = "gluteus_maximus", "erector_spinae"


class Looking:
    """One opened recording, to be looked at.

    Attributes
    ----------
    facts
        Of the recording.
    corrected
        The analysis with all standing corrections counted in; ``analysis`` is the automatic one.
    rater_sd_s
        Scatter of who works here between two looks at the same signal, 0 where it is not known.
    """

    def __init__(self, opened: Opened, facts: RecordingFacts, rater_sd_s: float = 0.0) -> None:
        self.facts = facts
        self._opened = opened
        self._corrector = Corrector(self.judged, self._tracks, rater_sd_s)
        self._standing: Standing = standing(())
        self.corrected: Analysis = self.analysis

    @property
    def rater_sd_s(self) -> float:
        """How much two looks of who works here differ (SD), seconds."""
        return self._corrector.rater_sd_s

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

    def gallery(self, repetition: int | None = None) -> Gallery:
        """Return repetitions over each other, by their lift-off: those like the given one.

        Those of the same exercise and side; None: as the first repetition. Errors as
        :meth:`automatic`.
        """
        reps = self.corrected.repetitions
        one = self.repetition(repetition) if repetition is not None else next(iter(reps), None)
        alike = [r for r in reps if one is not None and (r.task, r.side) == (one.task, one.side)]
        because = {number: entry.why for number, entry in self._standing.excluded.items()}
        return gallery(alike, self._tracks.get("envelope"), self.channels, because)

    @property
    def _tracks(self) -> Mapping[str, Track]:
        return self._opened.kept.tracks

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


def _greatest(columns: Columns, muscle: str) -> FloatArray:
    wanted = [k for k, name in enumerate(columns.channels) if name.startswith(muscle)]
    if not wanted or len(columns.t_s) == 0:
        return np.full(len(columns.t_s), np.nan)
    return np.fmax.reduce(columns.high[:, wanted], axis=1)

"""From what people changed to the analysis with it: the context of the pure judgement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.session.review.facts import Band
from firingorder.signal.corrected_sets import SetContext, sets_anew
from firingorder.signal.corrections import JudgedWith, Mark, rejudged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.corrections import Standing
    from firingorder.findings import RepetitionFinding, UnclearReason
    from firingorder.samples import FloatArray
    from firingorder.session.results import Analysis
    from firingorder.session.review.kept import Judged
    from firingorder.session.review.tracks import Track

#: Where the level at a mark is read, about it: as far from the foot of a rise as most bursts allow.
#: Proposals; they only say how wide a mark is where the analysis found no burst.
_REST_S, _PLATEAU_S = (-0.7, -0.1), (0.05, 0.35)


class Corrector:
    """Judges repetitions of one analysis again; ``rater_sd_s`` as in :class:`Mark`."""

    def __init__(
        self, judged: Judged, tracks: Mapping[str, Track], rater_sd_s: float = 0.0
    ) -> None:
        self.rater_sd_s = rater_sd_s
        self._judged, self._tracks = judged, tracks
        self._context = SetContext(
            judged.settings, judged.tasks, judged.analysis.accounts, judged.reference
        )

    def margin_ms(self, repetition: int) -> float:
        """Return the equivalence margin a repetition was judged with."""
        return self._judged.analysis.accounts[repetition].margin_ms

    def judged_with(self, one: RepetitionFinding) -> JudgedWith:
        """Return what a repetition was judged with."""
        result = self._judged.analysis
        return JudgedWith(
            result.posteriors.get(one.index, {}),
            result.accounts[one.index],
            self._judged.tasks[one.task, one.side],
            self._judged.settings.order,
        )

    def mark(self, one: RepetitionFinding, channel: str, onset_s: float | None) -> Mark:
        """Return a mark with what the signal says at its place."""
        if onset_s is None:
            return Mark(channel, None)
        account = self._judged.analysis.accounts[one.index].channels.get(channel)
        known = None if account is None else account.snr_db
        return Mark(
            channel,
            onset_s,
            spoilt=self._spoilt(channel, onset_s),
            snr_db=self._snr_db(channel, onset_s) if known is None else known,
            rater_sd_s=self.rater_sd_s,
        )

    def rejudged(
        self,
        one: RepetitionFinding,
        onsets: Mapping[str, float | None],
        *,
        excluded: bool = False,
        with_metrics: bool = True,
    ) -> RepetitionFinding:
        """Return a repetition with these onsets; None: there is none."""
        marks = [self.mark(one, channel, onset_s) for channel, onset_s in onsets.items()]
        return rejudged(
            one, self.judged_with(one), marks, excluded=excluded, with_metrics=with_metrics
        )

    def corrected(self, stands: Standing) -> Analysis:
        """Return the analysis with everything that stands."""
        result = self._judged.analysis
        onsets: dict[int, dict[str, float | None]] = {}
        for (number, channel), entry in stands.onsets.items():
            onset_s = entry.onset_s if entry.kind == "onset" else None
            onsets.setdefault(number, {})[channel] = onset_s
        touched = frozenset(onsets) | frozenset(stands.excluded)
        if not touched:
            return result
        repetitions = [
            self.rejudged(one, onsets.get(one.index, {}), excluded=one.index in stands.excluded)
            if one.index in touched
            else one
            for one in result.repetitions
        ]
        counted, sets = sets_anew(repetitions, self._context, result.sets, touched)
        bursts = sorted(
            (burst for one in counted for burst in one.bursts),
            key=lambda burst: (burst.onset_s, burst.channel),
        )
        return replace(result, repetitions=counted, sets=sets, bursts=tuple(bursts))

    def bands(self, one: RepetitionFinding) -> dict[str, Band]:
        """Return the levels of each channel about a repetition."""
        result = self._judged.analysis
        least_db = self._judged.settings.onset.gates.min_snr_db
        noise = {channel.name: channel.noise_uv for channel in result.channels}
        found: dict[str, Band] = {}
        for name, account in result.accounts[one.index].channels.items():
            rest = account.rest_uv if account.rest_uv is not None else noise.get(name)
            limit = None if rest is None else rest * 10.0 ** (least_db / 20.0)
            found[name] = Band(rest, limit, account.level_uv)
        return found

    def _spoilt(self, channel: str, onset_s: float) -> tuple[UnclearReason, ...]:
        gates = self._judged.settings.onset.gates
        first_s, last_s = onset_s - gates.before_s, onset_s + gates.after_s
        found: list[UnclearReason] = [
            one.reason
            for one in self._judged.flagged
            if one.channel == channel and one.first_s <= last_s and one.last_s >= first_s
        ]
        return tuple(dict.fromkeys(found))

    def _snr_db(self, channel: str, onset_s: float) -> float | None:
        track = self._tracks.get("filtered")
        if track is None or channel not in track.info.channels:
            return None
        k = track.info.channels.index(channel)
        rest, plateau = (
            _rms(track.samples(onset_s + a, onset_s + b)[1][:, k]) for a, b in (_REST_S, _PLATEAU_S)
        )
        if rest is None or plateau is None or rest <= 0.0 or plateau <= 0.0:
            return None
        return 20.0 * float(np.log10(plateau / rest))


def _rms(values: FloatArray) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else None

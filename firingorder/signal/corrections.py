"""What follows from a mark that a person set: the same judgement with one posterior exchanged.

The signal does not become sharper by being looked at. A mark says where, and the width stays that
of the automatic onset, its shape moved to the mark; where there was none, it is what trained eyes
err by (:class:`HandParams`). Decision: docs/decisions/0030-review.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import BurstFinding
from firingorder.signal.corrected_measures import timing_anew
from firingorder.signal.gates import GateParams, valleys
from firingorder.signal.judging import judge
from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.refine import OnsetResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.findings import RepetitionFinding, UnclearReason
    from firingorder.samples import FloatArray
    from firingorder.signal.account import RepetitionAccount
    from firingorder.signal.order import OrderParams
    from firingorder.signal.task import TaskSpec

#: Among the reasons of a repetition that a person took out.
EXCLUDED = "excluded"
#: What a person can answer by a mark: that there is a burst, which of several it is, and that it
#: lies at the edge of where it was sought. All other gates are about the samples, and stay.
ANSWERED: frozenset[UnclearReason] = frozenset(("no_onset", "several_bursts", "edge"))
#: Where a posterior is given no other, its grid.
_STEP_S = 0.001
_NO_ONSET: tuple[UnclearReason, ...] = ("no_onset",)
#: Gaussians are cut off where a ten-thousandth is left.
_REACH_SIGMA = 4.0
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class HandParams:
    """What a mark without an automatic onset is uncertain by, as a SD.

    Eight trained people marked simulated onsets whose truth is known: they were off by up to 30 ms
    at an SNR of 40 dB and by up to 80 ms at 10 dB (Kowalski, Catelli and Lamontagne 2021,
    10.3390/jfmk6030070, the upper ends of what is told there). Between them along a line in dB.
    """

    best_sd_s: float = 0.030
    best_snr_db: float = 40.0
    worst_sd_s: float = 0.080
    worst_snr_db: float = 10.0

    def sd_s(self, snr_db: float | None) -> float:
        """Return the SD at an SNR; the worst where it is not known."""
        if snr_db is None:
            return self.worst_sd_s
        span = self.best_snr_db - self.worst_snr_db
        share = min(max((snr_db - self.worst_snr_db) / span, 0.0), 1.0)
        return self.worst_sd_s + share * (self.best_sd_s - self.worst_sd_s)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person says of one channel of one repetition.

    Attributes
    ----------
    onset_s
        Where it begins, device time; None: there is no onset.
    spoilt
        Gates of the samples about the mark (``gap``, ``saturated``, ``poor_contact``).
    snr_db
        Of the burst that was marked, where the analysis found none.
    rater_sd_s
        The person's own SD between two looks at the same signal, where blind marking told one.
    """

    channel: str
    onset_s: float | None
    spoilt: tuple[UnclearReason, ...] = ()
    snr_db: float | None = None
    rater_sd_s: float = 0.0


@dataclass(frozen=True, slots=True)
class JudgedWith:
    """What one repetition was judged with, kept from the analysis."""

    posteriors: Mapping[str, OnsetPosterior]
    account: RepetitionAccount
    task: TaskSpec
    order: OrderParams
    hand: HandParams = field(default_factory=HandParams)


def rejudged(
    repetition: RepetitionFinding,
    known: JudgedWith,
    marks: Sequence[Mark] = (),
    *,
    excluded: bool = False,
    with_sequence: bool = True,
    with_metrics: bool = True,
) -> RepetitionFinding:
    """Return a repetition as it is with these marks, by the code of automatic ones.

    Without marks every number is what it was. ``start_s``, phases, levels and faults of the pelvis
    stay: they do not follow from onsets.

    Parameters
    ----------
    excluded
        A person took the repetition out: it is no longer scored.
    with_sequence
        Also the order of all muscles; without it ``sequence`` is empty.
    with_metrics
        Also the metrics that follow from onsets; without it they stay as they were.
    """
    by_channel = {one.channel: one for one in marks if one.channel in repetition.onsets}
    results = {
        name: _result(repetition, name, known, by_channel.get(name)) for name in repetition.onsets
    }
    task = replace(known.task, together_margin_ms=known.account.margin_ms)
    found = judge(
        results,
        task,
        known.order,
        rate_too_low=known.account.rate_too_low,
        with_sequence=with_sequence,
    )
    reasons = repetition.reasons
    if excluded and EXCLUDED not in reasons:
        reasons = (*reasons, EXCLUDED)
    new = replace(
        repetition,
        scored=not reasons,
        reasons=reasons,
        onsets=found.onsets,
        pairs=found.pairs,
        verdict=found.order.verdict,
        reason=found.order.reason,
        sides=found.order.sides,
        lead_ms=found.order.lead_ms,
        low_ms=found.order.low_ms,
        high_ms=found.order.high_ms,
        p_glutes_first=found.order.p_glutes_first,
        sequence=found.sequence,
        bursts=_bursts(repetition, results, by_channel),
    )
    if not with_metrics:
        return new
    return replace(new, metrics=timing_anew(repetition, new, task, frozenset(by_channel)))


def hand_posterior(
    mark: Mark,
    automatic: OnsetPosterior | None,
    bursts: Sequence[BurstFinding] = (),
    hand: HandParams | None = None,
) -> OnsetPosterior:
    """Return the posterior of an onset that a person set.

    Of the bursts of the channel the nearest to the mark gives the shape: the main one that of its
    posterior, of which the nearest mode where there are several; another one its interval. The
    median comes to lie at the mark. What is narrower than the person's own scatter is widened.

    Raises
    ------
    ValueError
        The mark says that there is no onset.
    """
    if mark.onset_s is None:
        raise ValueError("a mark without an onset has no posterior")
    shape = _shape(mark.onset_s, automatic, bursts)
    if shape is None:
        step_s = _STEP_S if automatic is None else automatic.step_s
        sd_s = max((hand or HandParams()).sd_s(mark.snr_db), mark.rater_sd_s)
        return _gaussian(mark.onset_s, sd_s, step_s)
    return _at(_at_least(shape, mark.rater_sd_s), mark.onset_s)


def _result(
    repetition: RepetitionFinding, name: str, known: JudgedWith, mark: Mark | None
) -> OnsetResult:
    account = known.account.channels.get(name)
    gates: tuple[UnclearReason, ...] = () if account is None else account.gates
    posterior = known.posteriors.get(name)
    snr_db = None if account is None else account.snr_db
    if mark is not None:
        stay: list[UnclearReason] = [one for one in gates if one not in ANSWERED]
        gates = (*stay, *(one for one in mark.spoilt if one not in stay))
        if mark.onset_s is None:
            posterior, gates = None, gates + _NO_ONSET
        else:
            own = [one for one in repetition.bursts if one.channel == name]
            mark = replace(mark, snr_db=mark.snr_db if snr_db is None else snr_db)
            posterior = hand_posterior(mark, posterior, own, known.hand)
            snr_db = mark.snr_db
    return OnsetResult(
        posterior=posterior,
        offset=None,
        snr_db=snr_db,
        rest_rms_uv=None if account is None else account.rest_uv,
        level_uv=None if account is None else account.level_uv,
        gates=gates,
        burst_s=None,
    )


def _bursts(
    repetition: RepetitionFinding, results: Mapping[str, OnsetResult], marks: Mapping[str, Mark]
) -> tuple[BurstFinding, ...]:
    """Return the bursts: those of a marked channel begin with the one that was set."""
    found: list[BurstFinding] = []
    for name in results:
        own = [one for one in repetition.bursts if one.channel == name]
        mark = marks.get(name)
        if mark is not None and mark.onset_s is None:
            continue
        found += own if mark is None else _edited(own, results[name], mark)
    return tuple(found)


def _edited(own: list[BurstFinding], result: OnsetResult, mark: Mark) -> list[BurstFinding]:
    if result.posterior is None or result.snr_db is None or mark.onset_s is None:
        return own
    meant = _nearest(own, mark.onset_s)
    ends = (None, None, None)
    snr_db = result.snr_db
    if meant is not None:
        snr_db = meant.snr_db
        if meant.offset_s is not None and meant.offset_s > mark.onset_s:
            ends = (meant.offset_s, meant.offset_low_s, meant.offset_high_s)
    begin = result.posterior.estimate
    edited = _burst(mark.channel, (begin.onset_s, begin.low_s, begin.high_s), ends, snr_db)
    return [edited, *(one for one in own if one is not meant)]


def _burst(
    channel: str,
    onset: tuple[float, float, float],
    offset: tuple[float | None, float | None, float | None],
    snr_db: float,
) -> BurstFinding:
    return BurstFinding(channel, *onset, *offset, snr_db, edited=True)


def _nearest(own: Sequence[BurstFinding], at_s: float) -> BurstFinding | None:
    return min(own, key=lambda one: abs(one.onset_s - at_s), default=None)


def _shape(
    at_s: float, automatic: OnsetPosterior | None, bursts: Sequence[BurstFinding]
) -> OnsetPosterior | None:
    """Return the shape that the nearest burst gives, where it lies; None where there is none."""
    if automatic is None:
        return None
    meant = _nearest(bursts, at_s)
    if meant is None or meant is bursts[0]:
        return _mode(automatic, at_s)
    early_s = (meant.onset_s - meant.onset_low_s) / _Z95
    late_s = (meant.onset_high_s - meant.onset_s) / _Z95
    return _two_sided(meant.onset_s, early_s, late_s, automatic.step_s)


def _mode(posterior: OnsetPosterior, at_s: float) -> OnsetPosterior:
    """Return the mode nearest to an instant, the whole where the posterior has one mode."""
    cuts = valleys(posterior, GateParams())
    if not cuts:
        return posterior
    edges = [0, *cuts, len(posterior.p)]
    parts = [(edges[k], edges[k + 1]) for k in range(len(edges) - 1)]

    def away(part: tuple[int, int]) -> float:
        piece = posterior.p[part[0] : part[1]]
        if float(np.sum(piece)) <= 0.0:
            return float("inf")
        peak = part[0] + int(np.argmax(piece))
        return abs(posterior.t0_s + peak * posterior.step_s - at_s)

    first, stop = min(parts, key=away)
    p = posterior.p[first:stop]
    return replace(posterior, t0_s=posterior.t0_s + first * posterior.step_s, p=p / np.sum(p))


def _at(posterior: OnsetPosterior, onset_s: float) -> OnsetPosterior:
    by_s = onset_s - posterior.quantile(0.5)
    return posterior if by_s == 0.0 else posterior.shifted(by_s)


def _sd_s(posterior: OnsetPosterior) -> float:
    t_s = posterior.step_s * np.arange(len(posterior.p))
    p = posterior.p / np.sum(posterior.p)
    mean = float(np.sum(p * t_s))
    return float(np.sqrt(np.sum(p * (t_s - mean) ** 2)))


def _at_least(posterior: OnsetPosterior, sd_s: float) -> OnsetPosterior:
    """Return a posterior whose SD is at least this, by an error added to it."""
    missing = sd_s**2 - _sd_s(posterior) ** 2
    if missing <= 0.0:
        return posterior
    kernel = _normal(float(np.sqrt(missing)) / posterior.step_s)
    p = np.convolve(posterior.p, kernel)
    t0_s = posterior.t0_s - (len(kernel) // 2) * posterior.step_s
    return replace(posterior, t0_s=t0_s, p=p / np.sum(p))


def _normal(sd_steps: float) -> FloatArray:
    reach = int(np.ceil(_REACH_SIGMA * sd_steps))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sd_steps) ** 2)
    return kernel / np.sum(kernel)


def _gaussian(at_s: float, sd_s: float, step_s: float) -> OnsetPosterior:
    p = _normal(sd_s / step_s)
    return OnsetPosterior(at_s - (len(p) // 2) * step_s, step_s, p)


def _two_sided(at_s: float, early_s: float, late_s: float, step_s: float) -> OnsetPosterior:
    """Return two half Gaussians that meet at the median, of different widths."""
    early, late = max(early_s, step_s), max(late_s, step_s)
    before, after = (int(np.ceil(_REACH_SIGMA * sd / step_s)) for sd in (early, late))
    t = step_s * np.arange(-before, after + 1)
    sd = np.where(t < 0.0, early, late)
    p = np.exp(-0.5 * (t / sd) ** 2) / sd
    return OnsetPosterior(at_s - before * step_s, step_s, p / np.sum(p))

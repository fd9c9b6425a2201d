"""Summary of a set: counts of verdicts, the typical lead with its interval, and what it claims.

Every repetition knows how uncertain it is, and the person varies from one to the next; both enter
the interval (random effects). A claim is made on another interval, which stays valid however often
one looks (``always_valid.py``). No random resampling: the same set always gives the same numbers.

Further repetitions take nothing of an error that all of them share. A muscle that rises smoothly
may begin before anything is seen of it; intervals of its repetitions then reach further to one
side, and by as much the set's interval and its claims stay wider, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from firingorder.findings import SetFinding, Share, SideLead
from firingorder.signal.always_valid import bounds, fortune, needed, scales
from firingorder.signal.set_params import SetParams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionFinding, RepetitionVerdict, SetReason, Side
    from firingorder.samples import FloatArray

#: Own SDs below this are taken as this: no onset is known better than one sample.
_LEAST_SD_MS = 1.0
#: Halvings of the bracket of a variance: to a ten-millionth of it.
_HALVINGS = 25
#: Median of the absolute value of a standard normal variable.
_NORMAL_MAD = 0.6745


@dataclass(frozen=True, slots=True)
class SetLeads:
    """Leads of the repetitions of a set and their own SDs, ms, each ``(n,)``.

    All of them together may be too high by up to ``lower_ms``, or too low by up to ``higher_ms``.
    """

    leads_ms: FloatArray
    sds_ms: FloatArray
    lower_ms: float = 0.0
    higher_ms: float = 0.0

    def __len__(self) -> int:
        """Return how many repetitions have a lead."""
        return len(self.leads_ms)

    @property
    def median_ms(self) -> float | None:
        """Median lead."""
        return float(np.median(self.leads_ms)) if len(self) else None


@dataclass(frozen=True, slots=True)
class Centre:
    """The typical lead by weights, ms.

    ``weight`` ``(n,)`` is 1 for repetitions taken fully and 0 for odd ones, ``sd_ms`` the scatter
    of the others, own uncertainty and the person's together.
    """

    centre_ms: float
    low_ms: float
    high_ms: float
    sd_ms: float
    weight: FloatArray


def summarise_set(
    index: int,
    repetitions: Sequence[RepetitionFinding],
    margin_ms: float,
    *,
    least: int,
    pair: tuple[str, str] = ("gluteus_maximus", "erector_spinae"),
    params: SetParams | None = None,
) -> SetFinding:
    """Return counts over the scored repetitions, leads with intervals, and the claim of the set.

    The lead uses scored repetitions that have one, also where the verdict was too wide to claim
    an order: leaving those out would select the large leads.

    Parameters
    ----------
    margin_ms
        Equivalence margin of the task.
    least
        Good repetitions (scored, with a lead) from which the set says something.
    pair
        Muscles of the verdict, for the leads of each side.
    """
    p = params or SetParams()
    scored = [r for r in repetitions if r.scored]
    leads = set_leads(scored)
    interval = typical_interval(leads, p)
    verdict, reason = set_verdict(leads, margin_ms, least=least, params=p)
    claim_low, claim_high = bounds(leads.leads_ms, leads.sds_ms, p)
    claim_low = None if claim_low is None else claim_low - leads.lower_ms
    claim_high = None if claim_high is None else claim_high + leads.higher_ms
    spread = person_spread(leads, p)
    glutes_first = sum(r.verdict == "glutes_first" for r in scored)
    return SetFinding(
        index=index,
        scored=len(scored),
        glutes_first=glutes_first,
        together=sum(r.verdict == "together" for r in scored),
        back_first=sum(r.verdict == "back_first" for r in scored),
        unclear=sum(r.verdict == "unclear" for r in scored),
        lead_ms=leads.median_ms,
        low_ms=None if interval is None else interval[0],
        high_ms=None if interval is None else interval[1],
        leads=len(leads),
        verdict=verdict,
        reason=reason,
        claim_low_ms=claim_low,
        claim_high_ms=claim_high,
        spread_ms=None if spread is None else spread[0],
        spread_low_ms=None if spread is None else spread[1],
        spread_high_ms=None if spread is None else spread[2],
        glutes_first_share=share(glutes_first, len(scored), p.level),
        per_side=_side_leads(scored, pair, p),
    )


def set_leads(scored: Sequence[RepetitionFinding]) -> SetLeads:
    """Return the leads of the repetitions that have one.

    Where the sides claim opposite orders the lead of the first glute and the first back says
    nothing about either: it does not count.
    """
    timed = [(r.lead_ms, r.low_ms, r.high_ms) for r in scored if r.reason != "sides_differ"]
    return leads_of([one for one in timed if None not in one])  # pyright: ignore[reportArgumentType]


def leads_of(timed: Sequence[tuple[float, float, float]]) -> SetLeads:
    """Return leads given with their 95 % intervals, ms.

    By how much the intervals of most of them reach further to one side, all may be off together.
    """
    table = np.array(timed, dtype=np.float64).reshape(-1, 3)
    half = 0.5 * (table[:, 2] - table[:, 1])
    sds = np.maximum(half / float(stats.norm.ppf(0.975)), _LEAST_SD_MS)
    further = float(np.median(table[:, 2] + table[:, 1] - 2.0 * table[:, 0])) if len(table) else 0.0
    return SetLeads(table[:, 0], sds, max(0.0, -further), max(0.0, further))


def typical_interval(leads: SetLeads, params: SetParams) -> tuple[float, float] | None:
    """Return the interval of the typical lead, for looking once; None without a lead.

    Around the weighted mean (:func:`weighted_centre`), stretched to hold the median that is shown,
    and by what repetitions share. One repetition has its own interval.
    """
    median = leads.median_ms
    if median is None:
        return None
    found = weighted_centre(leads, params)
    low, high = min(found.low_ms, median), max(found.high_ms, median)
    return (low, high) if len(leads) < 2 else (low - leads.lower_ms, high + leads.higher_ms)


def weighted_centre(leads: SetLeads, params: SetParams) -> Centre:
    """Return the typical lead by random effects, odd repetitions left out, with its interval.

    Weights 1 / (own variance + the person's). The variance of the mean is scaled by how the leads
    scatter and read from Student's t (Hartung and Knapp 2001, Stat. Med. 20:3875), so a wrong own
    uncertainty does not make it wrong. Never narrower than the own uncertainties allow, so that a
    few repetitions that agree by chance do not look exact. One repetition has its own interval.
    """
    x, own = leads.leads_ms, leads.sds_ms
    z = float(stats.norm.ppf(0.5 * (1.0 + params.level)))
    centre, weight, precision = _robust_weights(x, own, params)
    full = weight * precision
    # The shown SD is that of the leads; the one behind the interval is relative to the weights.
    floor = z / float(np.sqrt(np.sum(weight / own**2)))
    count = float(np.sum(weight))
    if len(x) < 2 or count <= 1.0:
        return Centre(centre, centre - floor, centre + floor, float(own[0]), weight)
    scale = float(np.sum(full * (x - centre) ** 2)) / (count - 1.0)
    error = float(np.sqrt(scale / np.sum(full)))
    half = max(float(stats.t.ppf(0.5 * (1.0 + params.level), count - 1.0)) * error, floor)
    sd = float(np.sqrt(np.sum(weight * (x - centre) ** 2) / (count - 1.0)))
    return Centre(centre, centre - half, centre + half, sd, weight)


def person_spread(leads: SetLeads, params: SetParams) -> tuple[float, float, float] | None:
    """Return the SD between repetitions beyond their own uncertainty, with its interval, ms.

    Paule and Mandel's estimate, and the interval by the profile of Cochran's Q (Viechtbauer 2007,
    Stat. Med. 26:37): all variances whose Q lies within the quantiles of its chi-square. Odd
    repetitions are spread and count. None below three leads.
    """
    n = len(leads)
    if n < params.forecast_from:
        return None
    tails = 0.5 * (1.0 - params.level)
    quantiles = (n - 1.0, *(float(stats.chi2.ppf(q, n - 1)) for q in (1.0 - tails, tails)))
    estimate, low, high = (float(np.sqrt(_variance_for(leads, q))) for q in quantiles)
    return estimate, low, high


def share(count: int, of: int, level: float) -> Share | None:
    """Return a share with its interval (Wilson 1927, J. Am. Stat. Assoc. 22:209); None of none."""
    if of == 0:
        return None
    z = float(stats.norm.ppf(0.5 * (1.0 + level)))
    p = count / of
    middle = (p + z**2 / (2 * of)) / (1.0 + z**2 / of)
    half = z / (1.0 + z**2 / of) * float(np.sqrt(p * (1.0 - p) / of + z**2 / (4.0 * of**2)))
    return Share(p, max(0.0, middle - half), min(1.0, middle + half), of)


def set_verdict(
    leads: SetLeads, margin_ms: float, *, least: int, params: SetParams
) -> tuple[RepetitionVerdict, SetReason | None]:
    """Return what a set claims, or ``unclear`` and why; the first rule that fires decides.

    By the always-valid interval, because somebody looks after every repetition: an order if it
    excludes 0 and the median lead is large enough, ``together`` if it lies within the margin
    (exercise_bridge.md section 3).
    """
    median = leads.median_ms
    if median is None:
        return "unclear", "no_lead"
    if len(leads) < least:
        return "unclear", "too_few_repetitions"
    scale, limit = scales(leads.sds_ms, params), needed(params)

    def excluded(null_ms: float, sign: int) -> bool:
        null_ms += leads.lower_ms if sign > 0 else -leads.higher_ms
        return fortune(leads.leads_ms, scale, null_ms, sign, params) >= limit

    above, below = excluded(0.0, 1), excluded(0.0, -1)
    if above and median >= params.min_lead_ms:
        return "glutes_first", None
    if below and median <= -params.min_lead_ms:
        return "back_first", None
    if excluded(-margin_ms, 1) and excluded(margin_ms, -1):
        return "together", None
    return "unclear", "lead_too_small" if above or below else "interval_too_wide"


def _robust_weights(
    x: FloatArray, own: FloatArray, params: SetParams
) -> tuple[float, FloatArray, FloatArray]:
    """Centre, weights of oddness, and precisions 1 / (own variance + the person's)."""
    n = len(x)
    weight, centre = np.ones(n), float(np.median(x))
    if n < params.robust_from:
        person = max(float(np.var(x, ddof=1)) - float(np.mean(own**2)), 0.0) if n > 1 else 0.0
        precision = 1.0 / (own**2 + person)
        return float(np.sum(precision * x) / np.sum(precision)), weight, precision
    precision = weight
    for _ in range(3):  # the centre has settled to a fraction of a ms by then
        sd = np.sqrt(own**2 + _robust_variance(x - centre, own))
        away = np.abs(x - centre) / sd
        precision = sd**-2.0
        weight = np.clip((params.ignored - away) / (params.ignored - params.trusted), 0.0, 1.0)
        centre = float(np.sum(weight * precision * x) / np.sum(weight * precision))
    return centre, weight, precision


def _robust_variance(away: FloatArray, own: FloatArray) -> float:
    """Return the person's variance at which half of the leads lie within 0.67 SD of the centre."""
    n = len(away)
    target = (_NORMAL_MAD / _small_sample_factor(n)) ** 2

    def middle(variance: float) -> float:
        ordered = np.sort(away**2 / (own**2 + variance))  # half the price of np.median
        return 0.5 * float(ordered[(n - 1) // 2] + ordered[n // 2])

    if middle(0.0) <= target:
        return 0.0
    low, high = 0.0, float(np.max(away**2)) / target
    for _ in range(_HALVINGS):
        half = 0.5 * (low + high)
        low, high = (half, high) if middle(half) > target else (low, half)
    return 0.5 * (low + high)


def _small_sample_factor(n: int) -> float:
    """Return what the median deviation of n normal values lacks (Croux and Rousseeuw 1992)."""
    return {6: 1.200, 7: 1.140, 8: 1.129, 9: 1.107}.get(n, n / (n - 0.8))


def _variance_for(leads: SetLeads, q: float) -> float:
    """Return the person's variance at which Cochran's Q, which falls with it, equals ``q``."""
    x, own = leads.leads_ms, leads.sds_ms

    def cochran(variance: float) -> float:
        w = 1.0 / (own**2 + variance)
        return float(np.sum(w * (x - np.sum(w * x) / np.sum(w)) ** 2))

    if cochran(0.0) <= q:
        return 0.0
    low, high = 0.0, float(np.sum((x - np.mean(x)) ** 2)) / q
    for _ in range(_HALVINGS):
        half = 0.5 * (low + high)
        low, high = (half, high) if cochran(half) > q else (low, half)
    return 0.5 * (low + high)


def _side_leads(
    scored: Sequence[RepetitionFinding], pair: tuple[str, str], params: SetParams
) -> tuple[SideLead, ...]:
    """Leads of each side by itself, where the pair of that side has any."""
    sides: tuple[Side, ...] = ("left", "right")
    found: list[SideLead] = []
    for side in sides:
        names = f"{pair[0]}_{side}", f"{pair[1]}_{side}"
        timed = [
            (one.lead_ms, one.low_ms, one.high_ms)
            for r in scored
            for one in r.pairs
            if (one.a, one.b) == names
        ]
        leads = leads_of([one for one in timed if None not in one])  # pyright: ignore[reportArgumentType]
        interval, median = typical_interval(leads, params), leads.median_ms
        if interval is not None and median is not None:
            found.append(SideLead(side, len(leads), median, *interval))
    return tuple(found)

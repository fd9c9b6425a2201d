"""How many more good repetitions a set will probably need before it can claim something.

The leads seen so far say where the typical lead and the scatter may lie; courses of further leads
are thought ahead from there, and each is given the very test that the claim will be put to. The
courses are one fixed, even set of points, no random numbers: the same set of leads always gives
the same forecast. A forecast decides nothing; the claim is valid whether one stops or goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from firingorder.findings import SetForecast
from firingorder.signal.always_valid import gains, needed, scales
from firingorder.signal.sets import set_verdict, weighted_centre

if TYPE_CHECKING:
    from firingorder.findings import RepetitionVerdict
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.set_params import SetParams
    from firingorder.signal.sets import SetLeads

#: Shares of the courses from which on a claim is likely, and below which it is unlikely: the
#: meaning that these words have in the reports on climate (Mastrandrea et al. 2010).
_LIKELY, _UNLIKELY = 2.0 / 3.0, 1.0 / 3.0
#: The number told, and the ends of the range beside it.
_LOW, _MIDDLE, _HIGH = 0.1, 0.5, 0.9


def forecast(leads: SetLeads, margin_ms: float, *, least: int, params: SetParams) -> SetForecast:
    """Return what to expect of the set after its latest repetition.

    ``least`` are the good repetitions from which a set claims anything.
    """
    verdict, _ = set_verdict(leads, margin_ms, least=least, params=params)
    if verdict != "unclear":
        return SetForecast("claimed", verdict, 0, 0, 0, 1.0)
    if len(leads) < params.forecast_from:
        return SetForecast("too_early")
    steps = params.forecast_until - len(leads)
    if steps <= 0:
        return SetForecast("unlikely", p_today=0.0)
    courses = _courses(leads, steps, params)
    claims = _claims(leads, courses, margin_ms, least, params)
    return _told(claims)


@dataclass(frozen=True, slots=True)
class _Courses:
    """Further leads, ``(n_paths, n_steps)``, and the mean lead of the set after each of them."""

    leads_ms: FloatArray
    mean_ms: FloatArray


def _courses(leads: SetLeads, steps: int, params: SetParams) -> _Courses:
    """Draw the typical lead and the scatter from what was seen, then leads from those.

    Normal leads with unknown mean and variance: the scatter by an inverse chi-square that starts
    from a usual one, the mean by its own uncertainty (Gelman et al. 2013, Bayesian Data Analysis,
    chapter 3).
    """
    points = _even_points(params.forecast_paths, steps + 2)
    found = weighted_centre(leads, params)
    count = float(np.sum(found.weight))
    freedom = max(count - 1.0, 0.0) + params.forecast_spread_weight
    square = max(count - 1.0, 0.0) * found.sd_ms**2
    square += params.forecast_spread_weight * params.forecast_spread_ms**2
    sd = np.sqrt(square / special.chdtri(freedom, points[:, :1]))
    normal = special.ndtri(points[:, 1:])
    mean = found.centre_ms + sd / np.sqrt(count) * normal[:, :1]
    further = mean + sd * normal[:, 1:]
    after = count + np.arange(1, steps + 1)
    return _Courses(further, (count * found.centre_ms + np.cumsum(further, axis=1)) / after)


def _claims(
    leads: SetLeads, courses: _Courses, margin_ms: float, least: int, params: SetParams
) -> dict[RepetitionVerdict, BoolArray]:
    """Return after which step of which course each claim is made, ``(n_paths, n_steps)``."""
    limit = needed(params)
    seen_scale = scales(leads.sds_ms, params)
    usual_ms = float(scales(np.median(leads.sds_ms, keepdims=True), params)[0])

    def won(null_ms: float) -> tuple[FloatArray, FloatArray]:
        so_far = gains(leads.leads_ms, seen_scale, null_ms, params)
        return so_far, gains(courses.leads_ms, usual_ms, null_ms, params)

    def excluded(so_far: FloatArray, further: FloatArray) -> BoolArray:
        start = np.prod(so_far, axis=0) / len(params.bets)
        return np.cumprod(further, axis=1) @ start >= limit

    seen, ahead = won(leads.lower_ms)
    seen_back, ahead_back = won(-leads.higher_ms)
    seen_low, ahead_low = won(leads.lower_ms - margin_ms)
    seen_high, ahead_high = won(margin_ms - leads.higher_ms)
    step = 1 + np.arange(courses.leads_ms.shape[1], dtype=np.int64)
    enough = len(leads) + step >= least
    large = params.min_lead_ms
    together = excluded(seen_low, ahead_low) & excluded(2.0 - seen_high, 2.0 - ahead_high)
    return {
        "glutes_first": enough & excluded(seen, ahead) & (courses.mean_ms >= large),
        "back_first": enough
        & excluded(2.0 - seen_back, 2.0 - ahead_back)
        & (courses.mean_ms <= -large),
        "together": enough & together,
    }


def _told(claims: dict[RepetitionVerdict, BoolArray]) -> SetForecast:
    """Turn courses into a median, a range, and the claim that most of them reach first."""
    any_claim: BoolArray = claims["glutes_first"] | claims["back_first"] | claims["together"]
    paths, steps = any_claim.shape
    p_today = int(np.count_nonzero(any_claim.any(axis=1))) / paths
    if p_today < _LIKELY:
        return SetForecast("open" if p_today >= _UNLIKELY else "unlikely", p_today=p_today)
    first = [int(np.argmax(one)) if one.any() else steps for one in any_claim]
    by_claim: dict[RepetitionVerdict, int] = {
        name: sum(bool(made[row, at]) for row, at in enumerate(first) if at < steps)
        for name, made in claims.items()
    }
    more = sorted(at + 1 for at in first)
    low, middle, high = (more[int(np.ceil(q * paths)) - 1] for q in (_LOW, _MIDDLE, _HIGH))
    return SetForecast(
        state="expected",
        claim=max(by_claim, key=by_claim.__getitem__),
        more=middle,
        more_low=low,
        more_high=high if high <= steps else None,
        p_today=p_today,
    )


@lru_cache(maxsize=64)
def _even_points(count: int, dimensions: int) -> FloatArray:
    """Return points that fill the unit cube evenly, ``(count, dimensions)``, none on its faces.

    Multiples of the square roots of primes, modulo 1 (Richtmyer 1951).
    """
    primes: list[int] = []
    candidate = 2
    while len(primes) < dimensions:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    roots = np.sqrt(np.array(primes, dtype=np.float64))
    points = np.mod((np.arange(count)[:, None] + 0.5) * roots, 1.0)
    points.setflags(write=False)
    return np.clip(points, 1e-6, 1.0 - 1e-6)

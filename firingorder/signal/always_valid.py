"""Evidence about the typical lead of a set that may be looked at after every repetition.

An interval for a fixed number of repetitions is wrong more often than it says when somebody looks
after each repetition and stops at the first claim. Here the evidence against "the typical lead is
at most m" is the fortune of a gambler who bets on the sign of every lead less m. Under that
hypothesis, with leads that scatter symmetrically and independently, no sequence of such bets is
expected to gain, so its fortune ever reaches 1/alpha with probability alpha at most, whenever one
stops (Ville 1939; Shafer 2021, J. R. Stat. Soc. A 184:407, 10.1111/rssa.12647). Nothing is assumed
of the size of the scatter, its tails, or its sameness from repetition to repetition. No single
repetition can more than double the fortune, nor, as its lead is held within limits, ruin it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.signal.set_params import SetParams

#: Halvings of the bracket of a bound: to far below a thousandth of a millisecond.
_HALVINGS = 40


def scales(sds_ms: FloatArray, params: SetParams) -> FloatArray:
    """Return the scale of each repetition in a bet: its own SD and a usual spread of people.

    Known before the lead is seen and the same for all hypotheses, so it may be anything; it only
    weighs sharp repetitions more than blurred ones.
    """
    return np.hypot(sds_ms, params.usual_spread_ms)


def gains(
    leads_ms: FloatArray, scale_ms: FloatArray | float, null_ms: float, params: SetParams
) -> FloatArray:
    """Return what each bet wins on each lead against "at most ``null_ms``", ``(..., n_bets)``.

    2 / (1 + exp(-2 b d)) with d = (lead - null) / scale, held within ``params.most``: averages to
    1 over the two signs of d, and falls with ``null_ms``. Two less this is what the same bet wins
    against "at least".
    """
    away = (leads_ms - null_ms) / scale_ms
    d = np.asarray(np.clip(away, -params.most, params.most), dtype=np.float64)
    bets = np.array(params.bets, dtype=np.float64)
    return 2.0 / (1.0 + np.exp(-2.0 * d.reshape((*d.shape, 1)) * bets))


def fortune(
    leads_ms: FloatArray, scale_ms: FloatArray, null_ms: float, sign: int, params: SetParams
) -> float:
    """Return the evidence against "typical lead <= null" (``sign`` 1) or ">= null" (-1).

    The mean over the bets of the product of their gains, equal shares to each bet.
    """
    won = gains(sign * leads_ms, scale_ms, sign * null_ms, params)
    held: FloatArray = won.prod(axis=0)
    return float(held.mean())


def needed(params: SetParams) -> float:
    """Return the fortune that excludes one side: half of the error is allowed for each."""
    return 2.0 / (1.0 - params.level)


def bounds(
    leads_ms: FloatArray, sds_ms: FloatArray, params: SetParams
) -> tuple[float | None, float | None]:
    """Return the always-valid interval of the typical lead, None where it has no end yet."""
    if len(leads_ms) == 0:
        return None, None
    scale = scales(sds_ms, params)
    low = _bound(leads_ms, scale, params)
    high = _bound(-leads_ms, scale, params)
    return low, None if high is None else -high


def _bound(leads_ms: FloatArray, scale_ms: FloatArray, params: SetParams) -> float | None:
    """Return the largest excluded null; the fortune falls as the null rises."""
    reach = params.most * float(np.max(scale_ms))
    excluded, open_ = float(np.min(leads_ms)) - reach, float(np.max(leads_ms)) + reach
    limit = needed(params)
    if fortune(leads_ms, scale_ms, excluded, 1, params) < limit:
        return None
    for _ in range(_HALVINGS):
        middle = 0.5 * (excluded + open_)
        if fortune(leads_ms, scale_ms, middle, 1, params) >= limit:
            excluded = middle
        else:
            open_ = middle
    return excluded

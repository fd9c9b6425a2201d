"""Who started first while one muscle is still silent: "its onset is later than now".

A muscle that has not shown itself may have begun already, slowly or just now, or not yet. The
likelihood of every start up to now is that of the refined onset (method.md section 2, steps 5 to
9); a start later than now leaves the samples at rest. Waiting for the second muscle is therefore
not needed for a sign: once it has been quiet for long enough, it cannot have been the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.edge import EdgeModel, EdgeParams, edge_posterior
from firingorder.signal.events import EventParams
from firingorder.signal.rises import RiseParams
from firingorder.signal.whitening import running_sum

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.posterior import OnsetPosterior


def _plain() -> EdgeParams:
    return EdgeParams(
        early_s=0.0,
        rise=RiseParams(
            foot=0.0,
            hidden_share=0.0,
            gamma_cold=1.0,
            gamma_warm=1.0,
            gamma_ramp=0.0,
            gamma_ramp_warm=0.0,
            gamma_event=1.0,
        ),
        events=EventParams(share_before=0.0, share_double=0.0),
    )


@dataclass(frozen=True, slots=True)
class LiveOrderParams:
    """Numbers of the early order."""

    reach_s: float = 0.300
    """Largest lead considered, either way: the silent muscle's start is as likely at any instant
    from this long before the other's to this long after it. A design choice."""
    level: float = 0.025
    """Probability that the silent muscle was first below which it is called second: half of what
    lies outside a 95 % interval (method.md section 1, rule 2)."""
    min_snr_db: float = 10.0
    """Least known plateau over rest of the silent muscle (gate ``low_snr``): a muscle that never
    shows itself is never second."""
    edge: EdgeParams = field(default_factory=_plain)
    """Nothing is sharpened, nothing blurred over the edge of now and no event before the main
    burst: all of that was calibrated where a burst is seen. So a start now is as likely as none."""


@dataclass(frozen=True, slots=True)
class SilentEvidence:
    """What the samples of a silent muscle leave possible.

    Attributes
    ----------
    t0_s, step_s
        First start considered and spacing, device time.
    likelihood
        ``(n,)`` likelihood of a start at each instant up to now, over that of rest throughout.
    now_s
        Time of the newest sample.
    """

    t0_s: float
    step_s: float
    likelihood: FloatArray
    now_s: float


@dataclass(frozen=True, slots=True)
class EarlyLead:
    """The lead of a muscle that has started over one that is silent.

    ``p_b_first`` is the probability that the silent muscle began no later; ``low_ms`` is the 2.5 %
    quantile of the lead, its lower bound, if ``a_first`` holds. There is no upper bound yet.
    """

    a_first: bool
    p_b_first: float
    low_ms: float
    decided_at_s: float


def silent_evidence(
    x: FloatArray,
    valid: BoolArray,
    model: EdgeModel,
    start: int,
    *,
    t0_s: float,
    rate_hz: float,
    params: LiveOrderParams,
) -> SilentEvidence | None:
    """Return the likelihood of every start of a silent muscle; None where it cannot be told.

    Parameters
    ----------
    x, valid
        ``(n_samples,)`` conditioned signal up to now, and mask.
    model
        Rest and known activity of the muscle; without a known plateau there is no answer.
    start
        First start considered, sample of ``x``; at least the AR order of samples before it.
    t0_s
        Time of sample 0.
    """
    if 10.0 * np.log10(max(model.snr, 1e-9)) < params.min_snr_db or not np.all(valid[start:]):
        return None
    posterior = edge_posterior(
        x, valid, model, (start, len(x)), len(x), t0_s=t0_s, rate_hz=rate_hz, params=params.edge
    )
    count = len(posterior.p)
    return SilentEvidence(
        t0_s + start / rate_hz,
        1.0 / rate_hz,
        posterior.p * count * np.exp(min(posterior.log_bayes, 700.0)),
        t0_s + (len(x) - 1) / rate_hz,
    )


def early_lead(a: OnsetPosterior, b: SilentEvidence, params: LiveOrderParams) -> EarlyLead:
    """Return whether ``a``, which has started, is ahead of the silent ``b``.

    Starts of b are equally likely before the samples spoke, from ``reach_s`` before the onset of a
    to as long after it; those later than now are all alike.
    """
    onset_s = a.quantile(0.5)
    times: FloatArray = b.t0_s + b.step_s * np.arange(len(b.likelihood), dtype=np.float64)
    weight = np.where(times >= onset_s - params.reach_s, b.likelihood, 0.0)
    later = max(onset_s + params.reach_s - b.now_s, 0.0) / b.step_s
    total = float(np.sum(weight)) + later
    if total <= 0.0:
        return EarlyLead(False, 1.0, -np.inf, b.now_s)
    # P(start of b <= start of a): share of each start of b at which a has not begun before.
    begun = np.interp(times, *_cumulative(a))
    p_b_first = float(np.sum(weight * (1.0 - begun))) / total
    low_ms = _quantile(a, times, weight / total, b.now_s, params)
    return EarlyLead(p_b_first < params.level, p_b_first, low_ms, b.now_s)


def _cumulative(a: OnsetPosterior) -> tuple[FloatArray, FloatArray]:
    """Edges of the grid cells and the probability that the onset lies before them."""
    edges: FloatArray = a.t0_s + a.step_s * (np.arange(len(a.p) + 1, dtype=np.float64) - 0.5)
    return edges, running_sum(a.p)


def _quantile(
    a: OnsetPosterior, times: FloatArray, p: FloatArray, now_s: float, params: LiveOrderParams
) -> float:
    """Return the lead (ms) below which the probability ``level`` lies; not yet counts as now."""
    starts = np.concatenate([times, [now_s]])
    shares = np.concatenate([p, [1.0 - float(np.sum(p))]])
    edges, total = _cumulative(a)
    leads_ms = np.arange(-1e3 * params.reach_s, 1e3 * params.reach_s)
    # P(lead <= x) = sum over starts t of b of P(a >= t - x)
    before = 1.0 - np.interp(starts[None, :] - leads_ms[:, None] / 1e3, edges, total)
    reached = before @ shares
    below = int(np.count_nonzero(reached <= params.level))
    return float(leads_ms[min(below, len(leads_ms) - 1)])

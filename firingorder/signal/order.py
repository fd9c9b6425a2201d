"""Who started first: leads, verdicts of pairs and repetitions, read from onset posteriors.

Rules of method.md section 1. A lead is onset(b) - onset(a), positive when a is first. The
interval of the lead decides, never the overlap of two onset intervals, and "together" is a
positive claim that needs the whole interval inside the margin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import (
    PairFinding,
    PairVerdict,
    RepetitionVerdict,
    Side,
    Sides,
    UnclearReason,
)
from firingorder.signal.posterior import OnsetPosterior, grid_quantiles
from firingorder.signal.timing_error import TimingParams
from firingorder.signal.whitening import running_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.samples import FloatArray

SIDES: tuple[Side, ...] = ("left", "right")
#: Leads that are remembered: those of two repetitions. While one onset is dragged, most pairs of
#: the repetition stay as they are.
_LEADS_KEPT = 64


@dataclass(frozen=True, slots=True)
class OrderParams:
    """Limits of the verdict."""

    clock_limit_ms: float = 5.0
    """Largest 95 % uncertainty between the clocks of two devices (method.md section 1)."""
    sequence_level: float = 0.95
    """Least probability of an order of several muscles that is shown as one (the level of all
    intervals, method.md section 1)."""
    timing: TimingParams = field(default_factory=TimingParams)


@dataclass(frozen=True, slots=True)
class LeadPosterior:
    """Posterior of a lead.

    ``grid_ms`` and ``p`` are ``(n,)``; ``median_ms``, ``low_ms``, ``high_ms`` are its 50, 2.5 and
    97.5 % quantiles, widened by the clock uncertainty; ``p_a_first`` is the share above zero.
    """

    median_ms: float
    low_ms: float
    high_ms: float
    p_a_first: float
    grid_ms: FloatArray
    p: FloatArray


@dataclass(frozen=True, slots=True)
class ChannelEvidence:
    """What a repetition knows of one channel: its posterior, or why there is none to trust."""

    posterior: OnsetPosterior | None
    gates: tuple[UnclearReason, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether a verdict may rest on this channel."""
        return self.posterior is not None and not self.gates


@dataclass(frozen=True, slots=True)
class RepetitionOrder:
    """The order of the glutes against the back in one repetition. Lead in ms, 95 % interval.

    ``p_glutes_first`` is the probability that the glutes were first, None without a lead.
    """

    verdict: RepetitionVerdict
    reason: UnclearReason | None
    sides: Sides
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    p_glutes_first: float | None = None


def minimum(first: OnsetPosterior, second: OnsetPosterior) -> OnsetPosterior:
    """Return the posterior of the earlier of two onsets, F = 1 - (1 - F1)(1 - F2).

    The grids may differ in place; the result lies on the grid of the one that begins earlier.
    """
    step = first.step_s
    if abs(second.step_s - step) > 1e-12:
        raise ValueError(f"steps differ: {step} s and {second.step_s} s")
    if second.t0_s < first.t0_s:
        first, second = second, first
    last = max(first.t0_s + len(first.p) * step, second.t0_s + len(second.p) * step)
    count = int(np.ceil((last - first.t0_s) / step - 1e-6))
    edges = (np.arange(count + 1, dtype=np.float64) - 0.5) * step
    shift_s = first.t0_s - second.t0_s
    later = (1.0 - cumulative_at(first, edges)) * (1.0 - cumulative_at(second, edges + shift_s))
    p = np.maximum(later[:-1] - later[1:], 0.0)
    return OnsetPosterior(first.t0_s, step, p / np.sum(p), min(first.log_bayes, second.log_bayes))


@lru_cache(maxsize=_LEADS_KEPT)
def lead(a: OnsetPosterior, b: OnsetPosterior, *, clock_ms: float = 0.0) -> LeadPosterior:
    """Return the posterior of onset(b) - onset(a); ``clock_ms`` (95 %) widens the interval.

    Swapping a and b mirrors every number to the last bit: sums are done in one direction only.
    """
    if abs(a.step_s - b.step_s) > 1e-12:
        raise ValueError(f"steps differ: {a.step_s} s and {b.step_s} s")
    if _sorts_before(b, a):
        return _mirrored(lead(b, a, clock_ms=clock_ms))
    # np.convolve on unequal lengths swaps its arguments; the direct sums are deterministic.
    p = np.convolve(b.p, a.p[::-1])
    step_ms = 1e3 * a.step_s
    start_ms = 1e3 * (b.t0_s - a.t0_s) - (len(a.p) - 1) * step_ms
    grid = start_ms + step_ms * np.arange(len(p), dtype=np.float64)
    p = p / np.sum(p)
    # A cell that straddles zero gives a its share above zero (one half when it is centred).
    above = np.clip(grid / step_ms + 0.5, 0.0, 1.0)
    low, median, high = grid_quantiles(start_ms, step_ms, p, (0.025, 0.5, 0.975))
    return LeadPosterior(
        median_ms=median,
        low_ms=low - clock_ms,
        high_ms=high + clock_ms,
        p_a_first=float(np.sum(p * above)),
        grid_ms=grid,
        p=p,
    )


def pair_verdict(
    low_ms: float, high_ms: float, margin_ms: float
) -> tuple[PairVerdict, UnclearReason | None]:
    """Return what the 95 % interval of a lead claims (rules 2 to 4 of method.md section 1)."""
    if low_ms > 0.0:
        return "a_first", None
    if high_ms < 0.0:
        return "b_first", None
    if -margin_ms <= low_ms and high_ms <= margin_ms:
        return "together", None
    return "unclear", "interval_too_wide"


def pair_finding(
    a_name: str,
    b_name: str,
    a: OnsetPosterior | None,
    b: OnsetPosterior | None,
    margin_ms: float,
    gates: tuple[UnclearReason, ...] = (),
    *,
    clock_ms: float = 0.0,
    params: OrderParams | None = None,
) -> PairFinding:
    """Return the finding of one pair; with a failed gate it claims nothing and shows no number.

    ``gates`` are the failed gates of both channels, the one to be named first in front.
    """
    limit = (params or OrderParams()).clock_limit_ms
    reason: UnclearReason | None = gates[0] if gates else None
    if reason is None and (a is None or b is None):
        reason = "no_onset"
    if reason is None and clock_ms > limit:
        reason = "clock"
    if reason is not None or a is None or b is None:
        return PairFinding(a_name, b_name, None, None, None, None, "unclear", reason)
    found = lead(a, b, clock_ms=clock_ms)
    verdict, reason = pair_verdict(found.low_ms, found.high_ms, margin_ms)
    return PairFinding(
        a_name,
        b_name,
        found.median_ms,
        found.low_ms,
        found.high_ms,
        found.p_a_first,
        verdict,
        reason,
    )


def repetition_verdict(
    glutes: Mapping[Side, ChannelEvidence],
    back: Mapping[Side, ChannelEvidence],
    margin_ms: float,
    *,
    sides: Sides = "both",
    clock_ms: float = 0.0,
    params: OrderParams | None = None,
) -> RepetitionOrder:
    """Return the order of gluteus maximus against erector spinae in one repetition.

    Parameters
    ----------
    glutes, back
        Evidence by side; a side that is not in the montage is left out.
    sides
        "both" for a two-sided task, else the working side.
    """
    wanted: list[Side] = [side for side in SIDES if sides in ("both", side)]
    usable: list[Side] = [side for side in wanted if _usable(glutes, side) and _usable(back, side)]
    if not usable:
        reason = _why_unusable(glutes, back, wanted)
        shown: Sides = sides if len(wanted) == 1 else _present(glutes, back)
        return RepetitionOrder("unclear", reason, shown, None, None, None)
    first = _earliest(glutes, usable)
    second = _earliest(back, usable)
    pair = pair_finding(
        "glutes", "back", first, second, margin_ms, clock_ms=clock_ms, params=params
    )
    verdict, reason = _AS_REPETITION[pair.verdict], pair.reason
    if len(usable) == 2:
        claims = {
            pair_finding(
                "glutes",
                "back",
                glutes[side].posterior,
                back[side].posterior,
                margin_ms,
                clock_ms=clock_ms,
                params=params,
            ).verdict
            for side in usable
        }
        if {"a_first", "b_first"} <= claims:
            verdict, reason = "unclear", "sides_differ"
    answered: Sides = "both" if len(usable) == 2 else usable[0]
    return RepetitionOrder(
        verdict, reason, answered, pair.lead_ms, pair.low_ms, pair.high_ms, pair.p_a_first
    )


_AS_REPETITION: dict[PairVerdict, RepetitionVerdict] = {
    "a_first": "glutes_first",
    "together": "together",
    "b_first": "back_first",
    "unclear": "unclear",
}


def cumulative_at(posterior: OnsetPosterior, offsets_s: FloatArray) -> FloatArray:
    """Return the cumulative probability at ``offsets_s`` from the first grid point."""
    edges = (np.arange(len(posterior.p) + 1, dtype=np.float64) - 0.5) * posterior.step_s
    cumulative = running_sum(posterior.p)
    return np.asarray(np.interp(offsets_s, edges, cumulative / cumulative[-1]), dtype=np.float64)


def _sorts_before(a: OnsetPosterior, b: OnsetPosterior) -> bool:
    """Whether a is the one to begin with: any strict order of contents will do."""
    if (a.t0_s, len(a.p)) != (b.t0_s, len(b.p)):
        return (a.t0_s, len(a.p)) < (b.t0_s, len(b.p))
    different = np.flatnonzero(a.p != b.p)
    return len(different) > 0 and bool(a.p[different[0]] < b.p[different[0]])


def _mirrored(found: LeadPosterior) -> LeadPosterior:
    return LeadPosterior(
        median_ms=-found.median_ms,
        low_ms=-found.high_ms,
        high_ms=-found.low_ms,
        p_a_first=1.0 - found.p_a_first,
        grid_ms=-found.grid_ms[::-1],
        p=found.p[::-1],
    )


def _usable(evidence: Mapping[Side, ChannelEvidence], side: Side) -> bool:
    return side in evidence and evidence[side].usable


def _earliest(evidence: Mapping[Side, ChannelEvidence], sides: list[Side]) -> OnsetPosterior:
    found = [p for side in sides if (p := evidence[side].posterior) is not None]
    return found[0] if len(found) == 1 else minimum(found[0], found[1])


def _present(glutes: Mapping[Side, ChannelEvidence], back: Mapping[Side, ChannelEvidence]) -> Sides:
    complete: list[Side] = [side for side in SIDES if side in glutes and side in back]
    return complete[0] if len(complete) == 1 else "both"


def _why_unusable(
    glutes: Mapping[Side, ChannelEvidence],
    back: Mapping[Side, ChannelEvidence],
    wanted: list[Side],
) -> UnclearReason:
    """First failed gate of a side that is there; ``channel_missing`` if no side is complete."""
    for side in wanted:
        if side not in glutes or side not in back:
            continue
        for evidence in (glutes[side], back[side]):
            if evidence.gates:
                return evidence.gates[0]
            if evidence.posterior is None:
                return "no_onset"
    return "channel_missing"

"""From the onsets of one repetition to its pairs and its verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import BurstFinding
from firingorder.signal.crosstalk import copied_share, power_above_rest
from firingorder.signal.order import (
    SIDES,
    ChannelEvidence,
    RepetitionOrder,
    Side,
    pair_finding,
    repetition_verdict,
)
from firingorder.signal.sequence import Claims, repetition_sequences
from firingorder.signal.task import result_pairs

if TYPE_CHECKING:
    from firingorder.findings import OnsetEstimate, PairFinding, SequenceFinding, UnclearReason
    from firingorder.samples import FloatArray
    from firingorder.signal.crosstalk import CrosstalkParams
    from firingorder.signal.order import OrderParams
    from firingorder.signal.posterior import OnsetPosterior
    from firingorder.signal.refine import OnsetResult
    from firingorder.signal.task import TaskSpec
    from firingorder.signal.timing_error import TimingError


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one repetition says about order. ``onsets`` has every channel present."""

    onsets: dict[str, OnsetEstimate | None]
    pairs: tuple[PairFinding, ...]
    order: RepetitionOrder
    bursts: tuple[BurstFinding, ...]
    sequence: tuple[SequenceFinding, ...] = ()


def judge(
    results: dict[str, OnsetResult],
    task: TaskSpec,
    params: OrderParams,
    *,
    rate_too_low: bool,
    with_sequence: bool = True,
) -> Judgement:
    """Return pairs, verdict and bursts of a repetition from what its channels say.

    ``with_sequence``: also the order of all muscles, which nobody waits for.
    """
    evidence = {name: _evidence(one, rate_too_low) for name, one in results.items()}
    margin_ms = task.together_margin_ms
    pairs = tuple(
        pair_finding(
            a,
            b,
            evidence[a].posterior,
            evidence[b].posterior,
            margin_ms,
            evidence[a].gates + evidence[b].gates,
            params=params,
        )
        for a, b in result_pairs(tuple(results))
    )
    order = _order(evidence, task, margin_ms, params)
    onsets = {name: one.estimate for name, one in results.items()}
    bursts = [one for name, result in results.items() for one in _bursts(name, result)]
    sequence: tuple[SequenceFinding, ...] = ()
    if with_sequence:
        asked = task.working_side if task.working_side != "both" else order.sides
        known: Claims = {(one.a, one.b): one.verdict for one in pairs if one.lead_ms is not None}
        sequence = repetition_sequences(
            evidence, margin_ms, sides=asked, params=params, known=known
        )
    return Judgement(onsets, pairs, order, tuple(bursts), sequence)


def _order(
    evidence: dict[str, ChannelEvidence], task: TaskSpec, margin_ms: float, params: OrderParams
) -> RepetitionOrder:
    """Return the order of the repetition; a task that asks for none claims none."""
    if task.primary_pair is None:
        return RepetitionOrder("unclear", "not_asked", task.working_side, None, None, None)
    first, second = task.primary_pair
    return repetition_verdict(
        _by_side(evidence, first),
        _by_side(evidence, second),
        margin_ms,
        sides=task.working_side,
        params=params,
    )


def with_crosstalk(
    results: dict[str, OnsetResult],
    signals: dict[str, FloatArray],
    t0_s: float,
    rate_hz: float,
    params: CrosstalkParams,
) -> dict[str, OnsetResult]:
    """Return the results with the gate ``crosstalk`` where a channel may only see other ones.

    ``signals`` are the conditioned channels on one grid that begins at ``t0_s``, NaN where unknown.
    Any two channels may be neighbours, also those that form no pair of the result.
    """
    bursts = {
        name: found
        for name, one in results.items()
        if (found := _whole_burst(one, signals[name], t0_s, rate_hz)) is not None
    }
    copies: set[str] = set()
    for name, weak in bursts.items():
        others = [one for other, one in bursts.items() if other != name]
        if _is_copy(weak, others, rate_hz, params):
            copies.add(name)
    return {
        name: replace(one, gates=one.gates + _CROSSTALK) if name in copies else one
        for name, one in results.items()
    }


def shifted(result: OnsetResult, dt_s: float) -> OnsetResult:
    """Return the same result later by ``dt_s``: the skew of a multiplexed converter."""
    if dt_s == 0.0:
        return result
    burst = result.burst_s
    return replace(
        result,
        posterior=None if result.posterior is None else result.posterior.shifted(dt_s),
        offset=None if result.offset is None else result.offset.shifted(dt_s),
        burst_s=None if burst is None else (burst[0] + dt_s, burst[1] + dt_s),
        others=tuple((one.shifted(dt_s), snr_db) for one, snr_db in result.others),
    )


def with_timing_error(result: OnsetResult, error: TimingError) -> OnsetResult:
    """Return the same result as unsure as its source makes it."""
    if error.none:
        return result
    return replace(
        result,
        posterior=None if result.posterior is None else error.widened(result.posterior),
        offset=None if result.offset is None else error.widened(result.offset),
        others=tuple((error.widened(one), snr_db) for one, snr_db in result.others),
    )


def with_contact(result: OnsetResult, least_rest_uv: float) -> OnsetResult:
    """Return the result gated by ``poor_contact`` when its rest is quieter than any amplifier.

    The method itself knows no unit: it would order what a loose cable, or a file in volts that says
    nothing of it, puts into the lowest digits. A channel without an onset has its own reason.
    """
    if result.posterior is None or result.rest_rms_uv is None or "poor_contact" in result.gates:
        return result
    if result.rest_rms_uv >= least_rest_uv:
        return result
    return replace(result, gates=(*result.gates, "poor_contact"))


_CROSSTALK: tuple[UnclearReason, ...] = ("crosstalk",)
_SPOILT: tuple[UnclearReason, ...] = ("gap", "saturated", "poor_contact")
_TOO_SLOW: tuple[UnclearReason, ...] = ("rate_too_low",)


@dataclass(frozen=True, slots=True)
class _WholeBurst:
    """A burst with its samples; ``onset`` in samples of them."""

    onset: float
    rest_uv: float
    signal_uv: FloatArray


def _whole_burst(
    result: OnsetResult, signal_uv: FloatArray, t0_s: float, rate_hz: float
) -> _WholeBurst | None:
    if result.posterior is None or result.rest_rms_uv is None:
        return None
    onset = (result.posterior.quantile(0.5) - t0_s) * rate_hz
    return _WholeBurst(onset, result.rest_rms_uv, signal_uv)


def _is_copy(
    weak: _WholeBurst, others: list[_WholeBurst], rate_hz: float, params: CrosstalkParams
) -> bool:
    """Whether the channels that are stronger at the start explain this burst between them."""
    strong = [one for one in others if _is_weaker(weak, one, rate_hz, params)]
    if not strong:
        return False
    share = copied_share(
        weak.signal_uv,
        np.stack([one.signal_uv for one in strong], axis=1),
        onset=weak.onset,
        other_onset=min(one.onset for one in strong),
        rest_uv=weak.rest_uv,
        rate_hz=rate_hz,
        params=params,
    )
    return share >= params.least_share


def _is_weaker(
    one: _WholeBurst, other: _WholeBurst, rate_hz: float, params: CrosstalkParams
) -> bool:
    """Whether a burst has no more power than the other while both start.

    Of two that are as loud as each other each may be the copy: one electrode on two inputs.
    """
    first = round(min(one.onset, other.onset))
    stop = round(max(one.onset, other.onset) + params.start_s * rate_hz)
    own_uv2 = power_above_rest(one.signal_uv, one.rest_uv, first, stop)
    return own_uv2 <= power_above_rest(other.signal_uv, other.rest_uv, first, stop)


def _evidence(result: OnsetResult, rate_too_low: bool) -> ChannelEvidence:
    gates = result.gates
    if result.posterior is None:
        # Without a burst to speak of, the missing or spoilt samples are the reason to name.
        gates = tuple(sorted(gates, key=lambda gate: gate not in _SPOILT))
    return ChannelEvidence(result.posterior, _TOO_SLOW + gates if rate_too_low else gates)


def _by_side(evidence: dict[str, ChannelEvidence], muscle: str) -> dict[Side, ChannelEvidence]:
    return {side: evidence[name] for side in SIDES if (name := f"{muscle}_{side}") in evidence}


def _bursts(name: str, result: OnsetResult) -> list[BurstFinding]:
    """Return the burst that the repetition names, and further ones of its search window."""
    if result.posterior is None or result.snr_db is None or "no_onset" in result.gates:
        return []
    main = _burst(name, result.posterior, result.snr_db, result.offset)
    return [main, *(_burst(name, posterior, snr_db) for posterior, snr_db in result.others)]


def _burst(
    name: str, onset: OnsetPosterior, snr_db: float, offset: OnsetPosterior | None = None
) -> BurstFinding:
    begin = onset.estimate
    end = None if offset is None else offset.estimate
    return BurstFinding(
        channel=name,
        onset_s=begin.onset_s,
        onset_low_s=begin.low_s,
        onset_high_s=begin.high_s,
        offset_s=None if end is None else end.onset_s,
        offset_low_s=None if end is None else end.low_s,
        offset_high_s=None if end is None else end.high_s,
        snr_db=snr_db,
    )

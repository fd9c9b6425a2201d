"""One onset of one channel in one repetition, with its posterior, offset and failed gates.

The refined path of method.md section 2: coarse burst, models of rest and burst, ladder,
posterior, gates. Works on conditioned signal; masked samples say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.before_burst import (
    Before,
    BeforeParams,
    Segment,
    before_burst,
    begun_in_rest,
    rest_start,
)
from firingorder.signal.bursts import (
    Bout,
    BurstParams,
    burst_autocovariance,
    find_bouts,
    is_silent,
    main_bout,
    plateau,
    quiet_end,
    relative_energy,
)
from firingorder.signal.edge import EdgeParams, edge_model, edge_posterior
from firingorder.signal.gates import (
    Flags,
    GateParams,
    evidence_gates,
    line_gates,
    rest_gates,
    sample_gates,
    shape_gates,
    spectrum_gates,
)
from firingorder.signal.offset import offset_edge, offset_posterior

if TYPE_CHECKING:
    from firingorder.findings import OnsetEstimate, UnclearReason
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.posterior import OnsetPosterior
    from firingorder.signal.prior import PriorWeights


@dataclass(frozen=True, slots=True)
class OnsetParams:
    """All numbers of the refined onset."""

    bursts: BurstParams = field(default_factory=BurstParams)
    edge: EdgeParams = field(default_factory=EdgeParams)
    offset: EdgeParams = field(default_factory=offset_edge)
    gates: GateParams = field(default_factory=GateParams)
    before: BeforeParams = field(default_factory=BeforeParams)


@dataclass(frozen=True, slots=True)
class OnsetResult:
    """What one channel says about one repetition.

    Attributes
    ----------
    posterior, offset
        None where there was nothing to estimate. A posterior may be there although a gate failed;
        it must not enter a verdict then.
    snr_db
        20 log10 of the RMS of the plateau over the RMS of rest; None without a burst.
    rest_rms_uv, level_uv
        RMS of the rest before, and of the plateau after the onset; None where unknown.
    gates
        Reasons that failed, in the order of method.md section 1.
    burst_s
        Start and stop of the coarse burst.
    others
        Further bursts that begin in the search window: posterior and SNR (dB) of each. They are
        told; the verdict rests on the main one, or is refused.
    """

    posterior: OnsetPosterior | None
    offset: OnsetPosterior | None
    snr_db: float | None
    rest_rms_uv: float | None
    level_uv: float | None
    gates: tuple[UnclearReason, ...]
    burst_s: tuple[float, float] | None
    others: tuple[tuple[OnsetPosterior, float], ...] = ()

    @property
    def estimate(self) -> OnsetEstimate | None:
        """Median and 95 % interval, None without a posterior or where a gate failed."""
        if self.posterior is None or self.gates:
            return None
        return self.posterior.estimate


@dataclass(frozen=True, slots=True)
class NoOnset:
    """There is no onset to speak of, and why."""

    reason: UnclearReason


def refine(
    x: FloatArray,
    valid: BoolArray,
    rate_hz: float,
    t0_s: float,
    window_s: tuple[float, float],
    params: OnsetParams,
    prior: PriorWeights | None = None,
    known_level_uv: float | None = None,
    *,
    saturated: BoolArray | None = None,
    poor_contact: BoolArray | None = None,
    ignored: BoolArray | None = None,
    find_offset: bool = True,
) -> OnsetResult:
    """Return onset, offset and failed gates of one channel in one repetition.

    Parameters
    ----------
    x
        ``(n_samples,)`` conditioned signal, microvolts: 3 to 4 s before the window up to the
        newest sample. NaN is treated as invalid.
    valid
        ``(n_samples,)``; false in gaps, while the filter settles after them, and when saturated.
    t0_s
        Time of the first sample, device time.
    window_s
        Search window of the onset, device time.
    prior
        Learnt rises; None is cold.
    known_level_uv
        The muscle's usual plateau RMS: a burst below 2 % of its power is none.
    saturated, poor_contact
        Causes among the invalid samples, ``(n_samples,)``; what they do not name is a gap.
    ignored
        Samples that are there and say nothing about the muscle (a heart beat), ``(n_samples,)``:
        no evidence for any hypothesis, and no gate; the posterior widens by itself.
    """
    valid = valid & np.isfinite(x)
    flags = _flags(valid, saturated, poor_contact)
    if ignored is not None:
        valid = valid & ~ignored
    x = np.where(valid, x, 0.0)
    n = len(x)
    low = max(0, round((window_s[0] - t0_s) * rate_hz))
    high = min(n, round((window_s[1] - t0_s) * rate_hz) + 1)
    energy = relative_energy(x, valid, high, rate_hz, params.bursts) if high > low else None
    if energy is None:
        dead = high > low and is_silent(x, valid, high, rate_hz, params.bursts)
        why: UnclearReason = "poor_contact" if dead else "no_rest"
        return _nothing((why,), flags, (low, high), rate_hz, params)
    scale = (low, min(n, high + round(params.edge.data_after_s * rate_hz)))
    bouts = find_bouts(energy, scale, rate_hz, params.bursts)
    bout = main_bout(bouts, energy, (low, high))
    if bout is None:
        return _nothing(("no_onset",), flags, (low, high), rate_hz, params)
    segment = Segment(x, valid, energy, rate_hz, t0_s, (low, high), flags, bouts, params.bursts)
    return _refine_bout(segment, bout, params, prior, known_level_uv, find_offset)


def estimate_onset(
    x: FloatArray,
    valid: BoolArray,
    rate_hz: float,
    t0_s: float,
    window_s: tuple[float, float],
    params: OnsetParams,
    prior: PriorWeights | None = None,
) -> OnsetPosterior | NoOnset:
    """Return the posterior alone, or the first gate that failed; arguments as :func:`refine`."""
    found = refine(x, valid, rate_hz, t0_s, window_s, params, prior, find_offset=False)
    if found.posterior is None or found.gates:
        return NoOnset(found.gates[0] if found.gates else "no_onset")
    return found.posterior


def _refine_bout(
    s: Segment,
    bout: Bout,
    params: OnsetParams,
    prior: PriorWeights | None,
    known_level_uv: float | None,
    find_offset: bool,
) -> OnsetResult:
    r_burst = burst_autocovariance(s.x, s.valid, s.energy, bout, s.rate_hz, params.bursts)
    floor = float(r_burst[0]) * 10.0 ** (-params.edge.max_snr_db / 10.0)
    before, posterior = _with_its_rest(s, bout, r_burst, params, prior)
    r_rest = before.r_rest
    gates: list[UnclearReason] = list(rest_gates(before.rest, floor, params.gates))
    snr_db = 0.0  # also without any rest, where nothing is claimed
    if r_burst[0] > 0.0 and r_rest[0] > 0.0:
        snr_db = 10.0 * float(np.log10(r_burst[0] / r_rest[0]))
    level = float(np.sqrt(r_burst[0]))
    scale = (s.window[0], bout.stop)
    end = quiet_end(s.energy, bout, scale, s.rate_hz, params.bursts)
    if posterior is None:
        gates.append("edge" if r_rest[0] > 0.0 else "poor_contact")
    else:
        onset = (posterior.quantile(0.5) - s.t0_s) * s.rate_hz
        gates += evidence_gates(posterior, snr_db, level, known_level_uv, params.gates)
        spoilt = sample_gates(s.flags, onset, s.rate_hz, params.gates)
        # Spoilt samples are the reason to name: what is left of them tells no spectrum.
        foreign = spoilt or spectrum_gates(r_burst - r_rest, s.rate_hz, params.gates)
        rest_power = float(before.r_near[0])
        gates += foreign or line_gates(s.x, s.valid, onset, rest_power, s.rate_hz, params.gates)
        gates += shape_gates(posterior, _window_s(s), params.gates)
        if any(s.window[0] <= b.start < bout.start for b in s.bouts):
            gates.append("several_bursts")  # an earlier burst in the window may be the one meant
    offset = None
    if find_offset and end is not None:
        offset = offset_posterior(
            s.x,
            s.valid,
            s.energy,
            (bout.start, end),
            r_rest,
            t0_s=s.t0_s,
            rate_hz=s.rate_hz,
            bursts=params.bursts,
            edge=params.offset,
        )
    stop = bout.stop if end is None else end
    return OnsetResult(
        posterior=posterior,
        offset=offset,
        snr_db=snr_db,
        rest_rms_uv=float(np.sqrt(r_rest[0])),
        level_uv=level,
        gates=_ordered(gates),
        burst_s=(s.t0_s + bout.start / s.rate_hz, s.t0_s + stop / s.rate_hz),
        others=_others(s, bout, r_rest, params) if find_offset else (),
    )


def _with_its_rest(
    s: Segment,
    bout: Bout,
    r_burst: FloatArray,
    params: OnsetParams,
    prior: PriorWeights | None,
) -> tuple[Before, OnsetPosterior | None]:
    """Return both; asked once more where the burst began in what was taken for rest."""
    begin, path = rest_start(s, bout), params.edge.rest
    before = before_burst(s, bout.start, begin, path, params.before)
    posterior = _posterior(s, bout, before.r_near, r_burst, params, prior, begin)
    if posterior is None:
        return before, None
    onset = (posterior.quantile(0.5) - s.t0_s) * s.rate_hz
    begun = begun_in_rest(s, bout, onset, params.before)
    if begun is None:
        return before, posterior
    earlier = before_burst(s, begun, begin, path, params.before)
    once_more = _posterior(s, bout, earlier.r_near, r_burst, params, prior, begin)
    if not earlier.enough or once_more is None:
        return before, posterior
    return earlier, once_more


def _others(
    s: Segment,
    main: Bout,
    r_rest: FloatArray,
    params: OnsetParams,
) -> tuple[tuple[OnsetPosterior, float], ...]:
    """Return the further bursts of the search window."""
    found: list[tuple[OnsetPosterior, float]] = []
    for one in s.bouts:
        if one is main or not s.window[0] <= one.start < s.window[1]:
            continue
        r_burst = burst_autocovariance(s.x, s.valid, s.energy, one, s.rate_hz, params.bursts)
        posterior = _posterior(s, one, r_rest, r_burst, params, None, rest_start(s, one))
        if posterior is not None and posterior.log_bayes >= params.gates.min_log_bayes:
            found.append((posterior, 10.0 * float(np.log10(r_burst[0] / r_rest[0]))))
    return tuple(found)


_GATE_ORDER: tuple[UnclearReason, ...] = (
    "no_onset",
    "low_snr",
    "gap",
    "saturated",
    "poor_contact",
    "no_rest",
    "several_bursts",
    "edge",
)


def _posterior(
    s: Segment,
    bout: Bout,
    r_rest: FloatArray,
    r_burst: FloatArray,
    params: OnsetParams,
    prior: PriorWeights | None,
    begin: int,
) -> OnsetPosterior | None:
    """Posterior about the coarse onset; once more with an earlier start if it leans on its edge."""
    order = len(r_rest) - 1
    if r_rest[0] <= 0.0 or r_burst[0] <= 0.0:
        return None
    edge = params.edge
    model = edge_model(r_rest, r_burst, edge)
    before = round(edge.before_s * s.rate_hz)
    # The main rise may follow a first event by more than its own length.
    reached = plateau(s.energy, bout, s.rate_hz, params.bursts)[0]
    last = min(s.window[1], max(bout.start + round(edge.after_s * s.rate_hz), reached))
    found: OnsetPosterior | None = None
    for reach in (before, 2 * before):
        first = max(order, s.window[0], bout.start - reach)
        stop = min(len(s.x), last + round(edge.data_after_s * s.rate_hz), max(bout.stop, last))
        if last - first < 2:
            return found
        found = edge_posterior(
            s.x,
            s.valid,
            model,
            (first, min(last, stop)),
            stop,
            t0_s=s.t0_s,
            rate_hz=s.rate_hz,
            params=edge,
            prior=prior,
            rest_start=begin,
        )
        early = round(params.gates.edge_s * s.rate_hz)
        if float(np.sum(found.p[:early])) <= params.gates.edge_share:
            break
    return found


def _window_s(s: Segment) -> tuple[float, float]:
    return s.t0_s + s.window[0] / s.rate_hz, s.t0_s + (s.window[1] - 1) / s.rate_hz


def _flags(valid: BoolArray, saturated: BoolArray | None, poor_contact: BoolArray | None) -> Flags:
    missing = ~valid
    for named in (saturated, poor_contact):
        if named is not None:
            missing = missing & ~named
    return Flags(missing, saturated, poor_contact)


def _nothing(
    reasons: tuple[UnclearReason, ...],
    flags: Flags,
    window: tuple[int, int],
    rate_hz: float,
    params: OnsetParams,
) -> OnsetResult:
    """Return a result without a burst; flagged samples in the window come first as the reason."""
    centre, half = 0.5 * (window[0] + window[1]), 0.5 * (window[1] - window[0]) / rate_hz
    whole = replace(params.gates, before_s=half, after_s=half)
    found = sample_gates(flags, centre, rate_hz, whole)
    return OnsetResult(None, None, None, None, None, _ordered([*reasons, *found]), None)


def _ordered(gates: list[UnclearReason]) -> tuple[UnclearReason, ...]:
    return tuple(gate for gate in _GATE_ORDER if gate in gates)

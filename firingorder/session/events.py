"""Event lines: one JSON object a line, as ``record``, ``replay`` and ``live`` write them."""

from __future__ import annotations

from typing import Any

from firingorder.findings import (
    BurstFinding,
    CalibrationFinding,
    CheckFinding,
    ConnectionEvent,
    Event,
    GapEvent,
    MarkerEvent,
    OnsetEstimate,
    OnsetFinding,
    PairFinding,
    PhaseFinding,
    QualityFinding,
    RepetitionFinding,
    SequenceFinding,
    SetForecast,
    TrainingFinding,
    VerdictFinding,
)
from firingorder.session.measured import (
    calibration_line,
    check_line,
    fault_to_dict,
    metric_to_dict,
    phases_to_dict,
)

#: Times are kept to the microsecond, leads to the hundredth of a millisecond, probabilities to
#: six places: far below any uncertainty, and short enough to read.
_TIME_DIGITS, _LEAD_DIGITS, _P_DIGITS = 6, 2, 6


def event_to_dict(event: Event) -> dict[str, Any] | None:
    """Return the line of an event without its latency; None for what only the screen needs."""
    match event:
        case OnsetFinding():
            return {
                "event": "onset",
                "channel": event.channel,
                "onset_s": seconds(event.onset_s),
                "decided_at_s": seconds(event.decided_at_s),
            }
        case VerdictFinding():
            line = {"event": "verdict", "index": event.index, "stage": event.stage}
            line |= _verdict(event)
            if event.revises:
                line["revises"] = True
            if event.reverses:
                line["reverses"] = True
            return {**line, "decided_at_s": seconds(event.decided_at_s)}
        case RepetitionFinding():
            line = {"event": "repetition", **repetition_to_dict(event)}
            return {**line, "decided_at_s": seconds(event.decided_at_s)}
        case GapEvent(gap):
            return {
                "event": "gap",
                "stream": gap.stream,
                "kind": gap.kind,
                "start_s": seconds(gap.start_s),
                "end_s": seconds(gap.end_s),
                "samples": gap.samples,
                **({"uncertain": True} if gap.uncertain else {}),
            }
        case QualityFinding():
            return {
                "event": "quality",
                "channel": event.channel,
                "state": event.state,
                "advice": event.advice,
                "at_s": seconds(event.at_s),
            }
        case ConnectionEvent():
            return {"event": "connection", "state": event.state, "at_s": seconds(event.at_s)}
        case MarkerEvent():
            return {"event": "marker", "text": event.text, "at_s": seconds(event.at_s)}
        case CalibrationFinding():
            return calibration_line(event)
        case CheckFinding():
            return check_line(event)
        case TrainingFinding():
            return {"event": "training", **training_note(event)}
        case PhaseFinding():
            return None


def repetition_to_dict(rep: RepetitionFinding) -> dict[str, Any]:
    """Return a repetition as the result schema has it."""
    pelvis = rep.pelvis
    return {
        "index": rep.index,
        "set": rep.set_index,
        "task": rep.task,
        "side": rep.side,
        "start_s": seconds(rep.start_s),
        "movement_onset_s": seconds(rep.movement_onset_s),
        "top_s": seconds(rep.top_s),
        "end_s": seconds(rep.end_s),
        "scored": rep.scored,
        "reasons": list(rep.reasons),
        **_verdict(rep),
        "pelvis": None
        if pelvis is None
        else {
            "tilt_range_deg": round(pelvis.tilt_range_deg, 2),
            "obliquity_range_deg": round(pelvis.obliquity_range_deg, 2),
            "rotation_range_deg": round(pelvis.rotation_range_deg, 2),
        },
        "compensations": list(rep.compensations),
        "faults": [fault_to_dict(one) for one in rep.faults],
        "not_measured": list(rep.not_measured),
        "phases": phases_to_dict(rep.phases),
        "metrics": [metric_to_dict(one) for one in rep.metrics],
        "sequence": [_sequence(one) for one in rep.sequence],
        "forecast": forecast_to_dict(rep.forecast),
    }


def training_note(found: TrainingFinding) -> dict[str, Any]:
    """Return something of a training session as the schemas have it."""
    return {"kind": found.kind, "values": found.values, "at_s": seconds(found.at_s)}


def forecast_to_dict(found: SetForecast | None) -> dict[str, Any] | None:
    """Return what is expected of a set as the schemas have it."""
    if found is None:
        return None
    return {
        "state": found.state,
        "claim": found.claim,
        "more": found.more,
        "more_low": found.more_low,
        "more_high": found.more_high,
        "p_today": probability(found.p_today),
    }


def burst_to_dict(burst: BurstFinding) -> dict[str, Any]:
    """Return a burst as the result schema has it."""
    return {
        "channel": burst.channel,
        "onset_s": seconds(burst.onset_s),
        "onset_low_s": seconds(burst.onset_low_s),
        "onset_high_s": seconds(burst.onset_high_s),
        "offset_s": seconds(burst.offset_s),
        "offset_low_s": seconds(burst.offset_low_s),
        "offset_high_s": seconds(burst.offset_high_s),
        "snr_db": round(burst.snr_db, 2),
        "edited": burst.edited,
    }


def seconds(value: float | None) -> float | None:
    """Return a time rounded to the microsecond."""
    return None if value is None else round(value, _TIME_DIGITS)


def milliseconds(value: float | None) -> float | None:
    """Return a lead rounded to the hundredth of a millisecond."""
    return None if value is None else round(value, _LEAD_DIGITS)


def age_to_dict(age_ms: tuple[float, float] | None) -> dict[str, float] | None:
    """Return the median and the 95th percentile of an age, rounded to the microsecond."""
    return None if age_ms is None else {"p50": round(age_ms[0], 3), "p95": round(age_ms[1], 3)}


def probability(value: float | None) -> float | None:
    """Return a probability rounded to six places."""
    return None if value is None else round(value, _P_DIGITS)


def _verdict(found: VerdictFinding | RepetitionFinding) -> dict[str, Any]:
    return {
        "onsets": {name: _onset(onset) for name, onset in found.onsets.items()},
        "pairs": [_pair(pair) for pair in found.pairs],
        "verdict": found.verdict,
        "reason": found.reason,
        "sides": found.sides,
        "lead_ms": milliseconds(found.lead_ms),
        "low_ms": milliseconds(found.low_ms),
        "high_ms": milliseconds(found.high_ms),
        "p_glutes_first": probability(found.p_glutes_first),
    }


def _sequence(found: SequenceFinding) -> dict[str, Any]:
    return {
        "scope": found.scope,
        "groups": [
            {"names": list(group.names), "relation": group.relation} for group in found.groups
        ],
        "p_order": probability(found.p_order),
        "ranks": [
            {
                "name": one.name,
                "p_rank": [probability(p) for p in one.p_rank],
                "p_first": probability(one.p_first),
                "expected_rank": round(one.expected_rank, 3),
            }
            for one in found.ranks
        ],
        "before": [list(pair) for pair in found.before],
        "left_out": found.left_out,
    }


def _onset(onset: OnsetEstimate | None) -> dict[str, Any] | None:
    if onset is None:
        return None
    return {
        "onset_s": seconds(onset.onset_s),
        "low_s": seconds(onset.low_s),
        "high_s": seconds(onset.high_s),
    }


def _pair(pair: PairFinding) -> dict[str, Any]:
    return {
        "a": pair.a,
        "b": pair.b,
        "lead_ms": milliseconds(pair.lead_ms),
        "low_ms": milliseconds(pair.low_ms),
        "high_ms": milliseconds(pair.high_ms),
        "p_a_first": probability(pair.p_a_first),
        "verdict": pair.verdict,
        "reason": pair.reason,
    }

"""Measures of repetitions, channels and calibration as the schemas have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firingorder.findings import CalibrationFinding, CheckFinding
    from firingorder.measures import ChannelCheck, Compensation, Metric, PhaseTimes, SensorCheck

#: As of the other times; values to six significant digits, far below any uncertainty.
_TIME_DIGITS, _SIGNIFICANT = 6, 6


def phases_to_dict(phases: PhaseTimes | None) -> dict[str, Any] | None:
    """Return the phases of a repetition, None where they are not known."""
    if phases is None:
        return None
    return {
        "away_s": _time(phases.away_s),
        "far_from_s": _time(phases.far_from_s),
        "far_to_s": _time(phases.far_to_s),
        "back_s": _time(phases.back_s),
        "end_s": _time(phases.end_s),
        "trust": phases.trust,
        "error_s": _time(phases.error_s),
        "cue_s": _time(phases.cue_s),
        "release_s": _time(phases.release_s),
    }


def metric_to_dict(metric: Metric) -> dict[str, Any]:
    """Return one metric."""
    return {
        "code": metric.code,
        "name": metric.name,
        "subject": metric.subject,
        "value": _value(metric.value),
        "low": _value(metric.low),
        "high": _value(metric.high),
        "unit": metric.unit,
        "n": metric.n,
        "gate": metric.gate,
    }


def fault_to_dict(fault: Compensation) -> dict[str, Any]:
    """Return one compensation with what it was judged by."""
    return {
        "code": fault.code,
        "value": _value(fault.value),
        "limit": _value(fault.limit),
        "unit": fault.unit,
        "at_s": _time(fault.at_s),
        "note": fault.note,
    }


def calibration_line(event: CalibrationFinding) -> dict[str, Any]:
    """Return the event line of a calibration step."""
    return {
        "event": "calibration",
        "step": event.step,
        "state": event.state,
        "reasons": list(event.reasons),
        "at_s": _time(event.at_s),
    }


def check_line(event: CheckFinding) -> dict[str, Any]:
    """Return the event line of a signal check whose lights changed."""
    check = event.check
    return {
        "event": "check",
        "channels": [_channel(one) for one in check.channels],
        "sensor": None if check.sensor is None else _sensor(check.sensor),
        "at_s": _time(check.at_s),
    }


def _channel(one: ChannelCheck) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "contact": one.contact,
        "contact_cause": one.contact_cause,
        "signal": one.signal,
        "signal_cause": one.signal_cause,
        "instruction": one.instruction,
    }


def _sensor(one: SensorCheck) -> dict[str, Any]:
    return {"light": one.light, "cause": one.cause, "instruction": one.instruction}


def _time(value: float | None) -> float | None:
    return None if value is None else round(value, _TIME_DIGITS)


def _value(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_SIGNIFICANT}g}")

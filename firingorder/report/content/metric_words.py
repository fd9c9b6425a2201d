"""Measures in people's words: what each is called, why one is refused, how many digits it has.

Names, units and gates are those of docs/reference/metrics.md.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from firingorder.report.content.numbers import quantity
from firingorder.report.wording import MINUS, NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.measures import Metric

_NAMES = {
    "onset": "start",
    "lead": "lead",
    "p_glutes_first": "probability that the glutes began",
    "set_lead": "lead of the set",
    "verdict_share": "share of each outcome",
    "lead_to_movement": "start before the movement",
    "lead_left_right": "left before right",
    "reaction": "reaction to the cue",
    "reaction_success": "reactions in time",
    "offset": "end",
    "duration": "time active",
    "duration_percent": "time active, share of the repetition",
    "time_to_quiet": "time to quiet",
    "rest_tone": "tone at rest",
    "rest_tone_percent": "tone at rest, of calibration",
    "gap_time": "time of silence",
    "hamstring_share": "share of the hamstring",
    "tfl_share": "share of the TFL",
    "glute_erector_ln": "glute to back, logarithm",
    "glute_erector_ratio": "glute to back",
    "symmetry_index": "right against left",
    "late_arch": "late arch",
    "late_erector": "late work of the back",
    "neighbour_ratio": "neighbours to glute",
    "glute_level": "level of the glute",
    "takeover_rise": "rise of the neighbours in the set",
    "takeover": "neighbours took over",
    "passed": "target met",
    "smallest_range_success": "met in the smallest range",
    "tracking_error": "distance from the line to follow",
    "tracking_lag": "lag behind the line to follow",
    "tracking_path": "path beside the line to follow",
    "hold_in_band": "time of the hold in the band",
    "isolation": "isolation",
    "order_entropy": "mix of outcomes",
    "median_frequency_slope": "slope of the median frequency",
    "median_frequency": "median frequency",
    "rms_slope": "slope of the EMG level",
    "flexion_relaxation": "flexion-relaxation",
    "absorb_before": "level before contact",
    "absorb_after": "level after contact",
    "settle_time": "time to settle",
    "snr": "signal to noise",
}
#: Beginnings of names that go on with a window, and what is said before it.
_BEGINNINGS = {
    "rms": "EMG level",
    "level": "EMG level, of calibration",
    "tilt_peak": "tilt, peak",
    "tilt_mean": "tilt, mean",
    "obliquity_peak": "side bend of the pelvis, peak",
    "obliquity_mean": "side bend of the pelvis, mean",
    "rotation_peak": "turn of the pelvis, peak",
    "rotation_mean": "turn of the pelvis, mean",
    "retention": "retention",
    "change": "change since baseline",
}
#: Of a set: how much the repetitions scatter.
_ENDINGS = {"sd": "SD between repetitions", "mad": "median deviation between repetitions"}
_GATES = {
    "not_measured": "not measured",
    "not_normalised": "needs a reference contraction",
    "low_snr": "signal too weak",
    "poor_contact": "poor contact",
    "gap": "samples missing",
    "no_onset": "no start found",
    "no_phase": "phase not found",
    "no_cue": "no cue was given",
    "low_trust": "start of the movement not to be trusted",
    "too_few": "too few repetitions",
    "too_short": "too short",
    "at_noise_floor": "not above the noise",
    "not_isometric": "the movement did not hold still",
    "no_baseline": "no baseline",
    "bad_reference": "reference cannot be used",
    "no_latency": "delay of the cue not known",
    "no_target": "no target was set",
    "beyond_cap": "longer than was looked at",
    "within_mdc": "within the measuring error",
    "saturated": "at the limit of the amplifier",
    "crosstalk": "signal of a neighbour",
}
#: Digits behind the point, by unit: no more than intervals of such values are worth.
_DIGITS = {"deg": 1, "ms": 0, "s": 2, "uV": 1, "%": 1, "dB": 1, "Hz": 1}


def metric_words(name: str) -> str:
    """Return what a measure is called: ``EMG level, lift``."""
    what, window = _parted(name)
    return f"{what}, {window}" if window else what


def gate_words(gate: str) -> str:
    """Return why a measure has no value."""
    return _GATES.get(gate, gate.replace("_", " "))


def listed(names: Iterable[str]) -> str:
    """Return the words of many measures, their windows together: ``tilt, peak (lift, top)``."""
    windows: dict[str, list[str]] = {}
    for name in names:
        what, window = _parted(name)
        windows.setdefault(what, []).append(window)
    return "; ".join(
        f"{what} ({', '.join(filter(None, seen))})" if any(seen) else what
        for what, seen in windows.items()
    )


def value_words(metric: Metric) -> str:
    """Return a value with its interval and count, digits by its unit."""
    value = amount(metric.value, metric.unit)
    if metric.low is None and metric.high is None:
        return f"{value} (n {metric.n})"
    low, high = amount(metric.low, metric.unit), amount(metric.high, metric.unit)
    return f"{value} ({low} to {high}; n {metric.n})"


def amount(value: float | None, unit: str) -> str:
    """Return a value with the digits of its unit; three significant ones where it has none."""
    digits = _DIGITS.get(unit)
    if digits is None or value is None:
        return quantity(value)
    if not isfinite(value):
        return NOTHING
    text = f"{abs(value):.{digits}f}"
    return f"{MINUS}{text}" if value < 0.0 and float(text) else text


def _parted(name: str) -> tuple[str, str]:
    """Part a name into what is measured and its window."""
    if name in _NAMES:
        return _NAMES[name], ""
    base, _, ending = name.rpartition("_")
    if ending in _ENDINGS:
        what, window = _parted(base)
        return f"{what}, {_ENDINGS[ending]}", window
    for beginning, words in _BEGINNINGS.items():
        if name.startswith(f"{beginning}_"):
            rest = name.removeprefix(f"{beginning}_")
            return words, _NAMES.get(rest, rest.replace("_", " "))
    return name.replace("_", " "), ""

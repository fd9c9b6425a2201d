"""The words of goals: outcomes, reasons, numbers with their interval and count.

They describe what was measured, and say what to do where something can be done. No word calls a
person or an order right or wrong.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionVerdict, UnclearReason
    from firingorder.measures import MetricGate
    from firingorder.training.programmes.records import Measure, Target

MINUS = "\N{MINUS SIGN}"
CANNOT_TELL = "Can't tell"
VERDICT_WORDS: dict[RepetitionVerdict, str] = {
    "glutes_first": "Glutes first",
    "together": "Together",
    "back_first": "Back first",
    "unclear": CANNOT_TELL,
}
#: Names of the test of returning from a bend; the order is the same, the words are that test's.
BEND_WORDS: dict[RepetitionVerdict, str] = {
    "glutes_first": "Bottom-up",
    "together": "Together",
    "back_first": "Top-down",
    "unclear": CANNOT_TELL,
}
NOT_SCORED: dict[str, str] = {
    "half_range": "The movement was smaller than usual: go as far as before.",
    "too_short": "The movement was too short to be measured: take more time.",
    "not_lowered": "It was not let down again: come all the way back.",
    "start_pose": "It started from another pose: come back to the start pose first.",
    "imu_gap": "Data of the pelvis sensor are missing here.",
    "outage": "The connection was lost here.",
    "paused": "The session was paused here.",
    "recording_ended": "The recording ended here.",
    "set_ended": "The set ended here.",
    "half_effort": "There was less effort than usual: it was taken for a try.",
    "no_rest": "There was no rest before it: let go and wait for the word.",
    "posture_changed": "The posture changed during it: stay as you lie or stand.",
    "other_position": "It started from another position than this exercise does.",
    "missed": "No start was seen within 2 s of the word.",
    "not_cued": "It began before it was asked for: wait for the word.",
    "other_side": "The other side did it.",
    "no_quiet": "It did not come to rest: let go, breathe out.",
    "not_returned": "It did not come back to the start.",
    "not_settled": "It did not come to stand still.",
    "stopped": "Walking began or stopped here.",
    "calibrated": "The calibration changed here.",
    "turn": "This was a turn, no step.",
    "step_missed": "A step before it was not seen.",
}
GATES: dict[MetricGate, str] = {
    "not_measured": "No electrode or sensor measures this.",
    "not_normalised": "This compares muscles and needs their reference: calibrate first.",
    "low_snr": "The signal is too close to the noise.",
    "poor_contact": "The contact of an electrode was poor: press it on.",
    "gap": "Samples are missing here.",
    "no_onset": "No clear start was found.",
    "no_phase": "This part of the movement was not found.",
    "no_cue": "Nobody gave a word to start.",
    "low_trust": "It cannot be timed well enough from the pelvis.",
    "too_few": "There are too few repetitions yet.",
    "too_short": "It was too short to be measured.",
    "at_noise_floor": "It is as quiet as the device can measure.",
    "not_isometric": "The pelvis moved during the hold.",
    "no_baseline": "No rest of your own is known to compare with.",
    "bad_reference": "The reference of a muscle cannot be used: calibrate again.",
    "no_latency": "How late the word is heard was not measured.",
    "no_target": "There is no target to hold it against.",
    "beyond_cap": "It lasted longer than is measured.",
    "within_mdc": "It is within what you vary by anyway.",
    "saturated": "The signal was above the range of the device.",
    "crosstalk": "An electrode may have picked up its neighbour.",
}
UNCLEAR: dict[UnclearReason, str] = {
    "no_onset": "one muscle had no clear start",
    "low_snr": "a signal was too close to the noise",
    "gap": "samples are missing at the start",
    "saturated": "a signal was above the range of the device",
    "poor_contact": "the contact of an electrode was poor, or its cable moved",
    "no_rest": "there was no quiet rest before it",
    "several_bursts": "a muscle started more than once",
    "edge": "the start lies at the edge of the searched time",
    "crosstalk": "an electrode may have picked up its neighbour",
    "clock": "the clocks of the devices are not close enough",
    "interval_too_wide": "the start times are not sharp enough",
    "sides_differ": "left and right say opposite things",
    "rate_too_low": "the sampling rate is too low for the order",
    "channel_missing": "an electrode on glute or back is missing",
    "not_asked": "this exercise asks for no order",
}
MEASURE_WORDS: dict[Measure, str] = {
    "lead_ms": "Lead of the glutes over the back",
    "level_percent": "Level",
    "hold_share": "Time in the band",
    "time_to_quiet_s": "Time until quiet",
    "rest_percent": "Level at rest",
    "symmetry_percent": "Right against left",
    "hamstring_share": "Share of the back of the thigh",
    "ramp_error_percent": "Distance from the line",
    "isolation_share": "Share of the side that was asked for",
    "reaction_ms": "Time from the word to the start",
    "absorb_percent": "Glute after the landing minus before",
    "flexion_relaxation": "Back going down over back at the bottom",
}
#: As screens and papers name them (report/wording.py).
_PLAIN = {
    "gluteus_maximus": "glute",
    "gluteus_medius": "hip",
    "tensor_fasciae_latae": "front hip",
    "hamstring": "hams",
    "erector_spinae": "back",
}
_SHOWN_UNITS = {"uV": " µV", "1": "", "%": " %", "ms": " ms", "s": " s"}
#: What is said, by key: short, and never while the movement is under way.
SPOKEN: dict[str, str] = {
    "glutes_first": "Glutes first",
    "together": "Together",
    "back_first": "Back first",
    "bottom_up": "Bottom up",
    "top_down": "Top down",
    "reached": "Reached",
    "not_yet": "Not yet",
    "quiet": "Quiet",
    "not_quiet_yet": "Not quiet yet",
    "even": "Inside the band",
    "more_left": "More left",
    "more_right": "More right",
    "on_the_line": "On the line",
    "off_the_line": "Follow the line",
    "other_side_joined": "The other side joined",
    "found": "Found",
    "no_start_seen": "No start seen",
    "not_counted": "Not counted",
    "hold_steady": "Hold it steady",
    "kept.same": "As at the end of the last session, within your own spread",
    "kept.more": "More than at the end of the last session",
    "kept.less": "Less than at the end of the last session",
    "kept.earlier": "Earlier than at the end of the last session",
    "kept.later": "Later than at the end of the last session",
}


def number(value: float, unit: str) -> str:
    """Return a number with its unit and a true minus sign; a share without one has two decimals."""
    digits = {"ms": 0, "%": 0, "uV": 1, "s": 1}.get(unit, 2)
    text = f"{abs(value):.{digits}f}"
    sign = MINUS if value < 0.0 and float(text) != 0.0 else ""
    return f"{sign}{text}{_SHOWN_UNITS.get(unit, f' {unit}')}"


def measured(
    value: float | None, low: float | None, high: float | None, unit: str, n: int = 1
) -> str:
    """Return ``62 ms (95 % 35 to 90, n = 1)``; a bound alone reads ``no more than``."""
    count = f"n = {n}"
    if value is None or not isfinite(value):
        if high is not None and isfinite(high):
            return f"no more than {number(high, unit)} ({count})"
        if low is not None and isfinite(low):
            return f"more than {number(low, unit)} ({count})"
        return "not known"
    if low is None or high is None or not (isfinite(low) and isfinite(high)):
        return f"{number(value, unit)} ({count})"
    span = f"{_bare(low, unit)} to {_bare(high, unit)}"
    return f"{number(value, unit)} (95 % {span}, {count})"


def lead_words(value: float | None, low: float | None, high: float | None, n: int = 1) -> str:
    """Return a lead in words, from whoever came first: ``glutes before back by 62 ms (...)``."""
    middle = value if value is not None else low if low is not None else high
    if middle is not None and middle < 0.0:
        value, low, high = _negative(value), _negative(high), _negative(low)
        return f"back before glutes by {measured(value, low, high, 'ms', n)}"
    return f"glutes before back by {measured(value, low, high, 'ms', n)}"


def target_words(target: Target, unit: str) -> str:
    """Return the band of a target: ``at least 20 ms``."""
    low, high = target.low, target.high
    if low is not None and high is not None:
        return f"{_bare(low, unit)} to {number(high, unit)}"
    if low is not None:
        return f"at least {number(low, unit)}"
    return "" if high is None else f"at most {number(high, unit)}"


def not_scored_sentence(reasons: Sequence[str]) -> str:
    """Return why a repetition is not counted, one sentence for each reason."""
    said = [
        NOT_SCORED.get(one, f"It was no complete movement ({one.replace('_', ' ')}).")
        for one in reasons
    ]
    return " ".join(said) or "It was no complete movement."


def plain(name: str) -> str:
    """Return a channel, muscle or side in everyday words: ``left back``."""
    for side in ("left", "right"):
        if name.endswith(f"_{side}"):
            return f"{side} {plain(name.removesuffix(f'_{side}'))}"
    return _PLAIN.get(name, name.replace("_", " "))


def plural(count: int, noun: str) -> str:
    """Return ``1 repetition``, ``2 repetitions``; a noun in -y becomes -ies."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _bare(value: float, unit: str) -> str:
    return number(value, unit).removesuffix(_SHOWN_UNITS.get(unit, f" {unit}"))

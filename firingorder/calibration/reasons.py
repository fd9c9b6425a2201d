"""Why a step of the calibration says no, or says yes with a reservation: one sentence each.

A reason keeps the column of its channel, not the name: names move when channels are found swapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from firingorder.signal.quality import site

Cause = Literal[
    "moved",
    "lifted",
    "restless",
    "too_gentle",
    "unchanged",
    "unsteady",
    "noise",
    "hum",
    "loose_pad",
    "saturated",
    "gap",
    "dead",
    "no_rest",
    "no_emg",
    "sensor_silent",
    "sensor_missing",
    "no_movement",
    "few_lifts",
    "too_slow",
    "never_still",
    "other_way",
    "nothing",
    "other_muscle",
    "swapped",
    "not_told_apart",
    "mounting",
    "turned",
    "taps",
    "repaired",
]
#: What a person can mend before the step is done again.
REPAIRABLE: frozenset[Cause] = frozenset(
    ("noise", "hum", "loose_pad", "saturated", "gap", "dead", "unchanged", "restless")
)
Gravity = Literal["note", "channel", "step"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was wrong.

    Attributes
    ----------
    cause
        What.
    gravity
        "step": the whole step is refused. "channel": this channel gets no value, others do.
        "note": the value stands and the reservation is told with it.
    column
        Of the channel, None where it is about the person or the sensor.
    value
        The number that decided, in the unit of its sentence.
    other
        Column of a second channel, or None.
    detail
        The sentence itself where another module has said it already.
    """

    cause: Cause
    gravity: Gravity
    column: int | None = None
    value: float | None = None
    other: int | None = None
    detail: str = ""


_SENTENCES: dict[Cause, str] = {
    "moved": "You moved: let everything lie heavy, breathe calmly and lie still.",
    "lifted": "The pelvis moved by {value:.0f} degrees: keep it where it is and only press.",
    "restless": "The {site} did not come to rest: let it lie heavy and breathe calmly.",
    "too_gentle": (
        "There was little difference to rest at the {site}, too gentle to measure: "
        "a little firmer, as far as it is comfortable."
    ),
    "unchanged": (
        "The {site} did not change while the other side did: it gets no reference; "
        "check its cable and pads."
    ),
    "unsteady": (
        "The tries of the {site} differ by {value:.0f} %: as firmly each time as the time before."
    ),
    "noise": (
        "The {site} is loud at rest: press its pads down, or clean the skin and use fresh ones."
    ),
    "hum": (
        "There is mains hum of {value:.0f} µV at the {site}: move away from mains cables "
        "and press its pads down."
    ),
    "loose_pad": "A pad on the {site} came loose: press it down firmly.",
    "saturated": (
        "The signal of the {site} is too strong to be measured: lower the gain, "
        "then do this step again."
    ),
    "gap": "Samples were lost meanwhile: keep the receiver close and do this step again.",
    "dead": "The {site} gives no signal at all: check its cable and pads.",
    "no_rest": "The {site} was not measured at rest: it gets no reference.",
    "no_emg": "No EMG came while this was measured: check that the device is streaming.",
    "sensor_silent": "The pelvis sensor sent nothing: check its battery, then do this step again.",
    "sensor_missing": "There is no pelvis sensor: bridges have no movement to measure.",
    "no_movement": "The pelvis did not move: lift the hips slowly, then lower them again.",
    "few_lifts": "Only {value:.0f} of the lifts could be told apart: rest flat between them.",
    "too_slow": (
        "The lifts hardly differ from lying still ({value:.1f} deg/s): a little faster, or higher."
    ),
    "never_still": "The pelvis never lay still between the lifts: rest a moment on the floor.",
    "other_way": "The pelvis turned the other way than in a lift: lift the hips off the floor.",
    "nothing": "Nothing changed when the {site} was asked for: try again, a little firmer.",
    "other_muscle": (
        "The {site} was asked for, but the {other} answered: try again, or check which pad "
        "is plugged in where."
    ),
    "swapped": "The pads of the {site} and the {other} seem to be swapped.",
    "not_told_apart": (
        "The {site} and the {other} answered alike, so they cannot be told apart: "
        "one muscle at a time, please."
    ),
    "mounting": "How the pelvis sensor sits could not be found: {detail}",
    "turned": (
        "The pelvis sensor sits turned by {value:.0f} degrees from where it should: point its "
        "arrow to the head; if it does, lift the hips and do the bridges again."
    ),
    "taps": "{detail}",
    "repaired": "The {site} is measured where the {other} was plugged in; the names were changed.",
}


def sentence(reason: Reason, channels: tuple[str, ...]) -> str:
    """Return what a person reads; ``channels`` are the names of the columns."""
    text = _SENTENCES[reason.cause]
    if reason.cause == "hum" and reason.value is None:
        text = text.replace(" of {value:.0f} µV", "")  # arbitrary units
    where = "" if reason.column is None else site(channels[reason.column])
    other = "" if reason.other is None else site(channels[reason.other])
    value = 0.0 if reason.value is None else reason.value
    return text.format(site=where, other=other, value=value, detail=reason.detail)


def sentences(reasons: tuple[Reason, ...], channels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sentences, each once, in order."""
    return tuple(dict.fromkeys(sentence(one, channels) for one in reasons))


def refuses_step(reasons: tuple[Reason, ...]) -> bool:
    """Return whether the whole step is refused."""
    return any(one.gravity == "step" for one in reasons)


def refused_columns(reasons: tuple[Reason, ...]) -> dict[int, Reason]:
    """Return the first reason for which each refused column gets no value."""
    out: dict[int, Reason] = {}
    for one in reasons:
        if one.gravity == "channel" and one.column is not None:
            out.setdefault(one.column, one)
    return out

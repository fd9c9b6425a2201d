"""Words of the setup page: causes of lights, what to try, where pads go.

Where pads go is told after hardware/README.md, Electrodes and Motion sensor on the pelvis; which
source each place has stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.report.wording import split_channel

if TYPE_CHECKING:
    from firingorder.measures import Light

_CONTACT = {
    "lead_off": "open",
    "loose": "loose",
    "dead": "no cable",
    "unknown": "waiting",
}
_SIGNAL = {
    "saturated": "too strong",
    "mains": "mains hum",
    "ecg": "heartbeat",
    "motion": "cable moves",
    "crosstalk": "neighbour",
    "flat": "no signal",
    "noise": "noisy",
    "swapped": "swapped?",
    "lost": "no data",
    "waiting": "waiting",
}
_SENSOR = {
    "absent": "not there",
    "upside_down": "upside down",
    "turned": "turned",
    "loose": "loose",
    "saturated": "too fast",
    "rate": "odd rate",
    "bias": "drifts",
    "moving": "moving",
}
_LIGHTS: dict[Light, str] = {"good": "good", "warn": "look", "bad": "bad", "unknown": "waiting"}
#: What a person does to show which channel is which: one muscle, lying on the back.
_SHOW = {
    "gluteus_maximus": "Squeeze your {side} glute",
    "gluteus_medius": "Push your {side} knee outwards",
    "tensor_fasciae_latae": "Lift your {side} knee a little",
    "hamstring": "Pull your {side} heel towards you",
    "erector_spinae": "Lift your hips a little",
}


def contact_word(cause: str, light: Light) -> str:
    """Return the cause of a contact light in a word or two."""
    return _CONTACT.get(cause, _LIGHTS[light])


def signal_word(cause: str, light: Light) -> str:
    """Return the cause of a signal light in a word or two."""
    return _SIGNAL.get(cause, _LIGHTS[light])


def sensor_word(cause: str, light: Light) -> str:
    """Return the cause of the pelvis sensor's light in a word or two."""
    return _SENSOR.get(cause, _LIGHTS[light])


def show_words(channel: str) -> str:
    """Return what to do so that this channel, and no other, moves."""
    muscle, side = split_channel(channel)
    words = _SHOW.get(muscle, "Tighten the muscle under " + channel.replace("_", " "))
    return words.format(side=side).replace("  ", " ")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one pair of pads goes, which way, and how to try it."""

    muscle: str
    site: str
    direction: str
    trial: str


_PLACEMENTS = {
    "gluteus_maximus": Placement(
        "gluteus_maximus",
        "Half way from the sacrum to the bony knob at the outside of the hip, "
        "where the buttock is fullest; well above that knob.",
        "Along a line from the dimple above the buttock towards the middle of the back of the "
        "thigh.",
        "Face down, knee bent: lift the thigh.",
    ),
    "gluteus_medius": Placement(
        "gluteus_medius",
        "Half way from the top of the hip bone to the bony knob at the outside of the hip.",
        "Along that line.",
        "On the side: lift the upper leg.",
    ),
    "hamstring": Placement(
        "hamstring",
        "Outer one: half way from the bone you sit on to the outer side of the knee, below its "
        "joint line.",
        "Along that line.",
        "Face down: bend the knee.",
    ),
    "erector_spinae": Placement(
        "erector_spinae",
        "Two finger widths beside the spine at L1. The tops of the hip bones are level with L4: "
        "count up from there.",
        "Upright, along the spine.",
        "Face down: lift the chest a little.",
    ),
}
REFERENCE = Placement(
    "reference",
    "On bone: the right hip bone, or the knob at the base of the neck.",
    "Either way.",
    "None: it carries no signal of its own.",
)
PELVIS = Placement(
    "pelvis",
    "Middle of the back of the sacrum, between the two dimples, flat on the bone.",
    "Arrow towards the head, plug down.",
    "Lift the hips: the angle goes up.",
)
GUIDE_RULES = (
    "Two pads a muscle, 20 mm from middle to middle, along the muscle.",
    "Clean the skin, let it dry, press the rim of the pad and not the gel.",
    "Tape each lead with a loose loop. The same place every time, and a photograph of it.",
)
GUIDE_SOURCE = (
    "Places after guidelines as quoted in hardware/README.md. None of them was tried on a person."
)


def placement(muscle: str) -> Placement:
    """Return where the pads of a muscle go; what no page describes is said to be so."""
    known = _PLACEMENTS.get(muscle)
    if known is not None:
        return known
    return Placement(
        muscle,
        "Not described here: ask your therapist, and write the place down.",
        "Along the muscle.",
        "Tighten it and look for the row that moves.",
    )

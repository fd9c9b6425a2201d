"""One thing to do about a light, in plain words, and nothing that the cause does not support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.signal.quality import site

if TYPE_CHECKING:
    from firingorder.measures import SignalCheck
    from firingorder.signal.signal_check_causes import Verdict

#: "{site}" is where the pads lie, "{other}" where those of the other channel lie.
_CONTACT = {
    ("lead_off", ""): "Press the pads on the {site} flat.",
    ("lead_off", "many"): "Press the reference pad flat.",
    ("dead", ""): "Plug the cable of the {site} in again.",
    ("dead", "many"): "Plug the cable of the reference pad in again.",
    ("loose", "drift"): "Press the pads on the {site} flat.",
    ("loose", "pops"): "Press the pads on the {site} flat.",
    ("loose", "flickers"): "Put a fresh pad on the {site}.",
    ("loose", "impedance"): "Wet the skin under the pads on the {site}.",
}
_SIGNAL = {
    ("lost", ""): "Plug the cable of the {site} in again.",
    ("lost", "many"): "See that the device is on and near.",
    ("lost", "some"): "Bring the device nearer to the computer.",
    ("saturated", ""): "The {site} is too strong: lower the gain of the device.",
    ("saturated", "railed"): "Put fresh pads on the {site}.",
    ("saturated", "many"): "Press the reference pad flat.",
    ("flat", ""): "Plug the cable of the {site} in again.",
    ("swapped", ""): "Swap the cables of the {site} and the {other}.",
    ("mains", ""): "Press the pads on the {site} flat.",
    ("mains", "many"): "Move away from the charger or unplug it.",
    ("noise", ""): "Clean the skin under the pads on the {site}.",
    ("crosstalk", ""): "Move the pads on the {site} away from the {other}.",
    ("motion", ""): "Tape the cable of the {site} down.",
    ("ecg", ""): "Go on: the heart beats on the {site} are taken out.",
    ("waiting", ""): "Wait a moment.",
}
#: Of all channels the one to begin with: what makes the others wrong too comes first.
_URGENCY = ("lost", "lead_off", "dead", "loose", "saturated", "flat", "swapped", "mains", "noise")


def instruction(contact: Verdict, signal: Verdict, channel: str, other: str = "") -> str:
    """Return the one thing to do about a channel; empty when both lights are good.

    A pad that does not touch comes first, because it may be all there is to the rest; one that
    nobody knows about comes last.
    """
    words = ""
    if contact.light in ("bad", "warn"):
        words = _find(_CONTACT, contact)
    elif signal.light != "good":
        words = _find(_SIGNAL, signal)
    elif contact.light == "unknown":
        words = _SIGNAL["waiting", ""]
    return words.format(site=site(channel), other=site(other))


def first_instruction(check: SignalCheck) -> str:
    """Return the one thing to do about all of it; empty when everything is good."""

    def urgency(lights: tuple[str, str], causes: tuple[str, str]) -> tuple[int, int]:
        worst = 0 if "bad" in lights else 1 if "warn" in lights else 2
        known = [_URGENCY.index(cause) for cause in causes if cause in _URGENCY]
        return worst, min(known, default=len(_URGENCY))

    asked = [
        (urgency((c.contact, c.signal), (c.contact_cause, c.signal_cause)), c.instruction)
        for c in check.channels
        if c.instruction
    ]
    sensor = check.sensor
    if sensor is not None and sensor.instruction:
        asked.append((urgency((sensor.light, ""), (sensor.cause, "")), sensor.instruction))
    return min(asked, key=lambda one: one[0])[1] if asked else ""


def _find(table: dict[tuple[str, str], str], verdict: Verdict) -> str:
    return table.get((verdict.cause, verdict.detail)) or table[verdict.cause, ""]

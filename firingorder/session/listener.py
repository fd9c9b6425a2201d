"""A simulated person who does what is said, so that all can be tried without a belt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.session.trainee import Trainee
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.exercises.activities import Activity, ActivityBody
from firingorder.simulation.link import SimLink

if TYPE_CHECKING:
    from firingorder.calibration.view import WizardView
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.session.engine import Engine
    from firingorder.session.trainee import Key
    from firingorder.simulation.exercises.activities import Kind
    from firingorder.simulation.exercises.options import Side

#: What is done when a muscle is asked for.
_DOES: dict[str, Kind] = {
    "gluteus_maximus": "squeeze",
    "gluteus_medius": "push_knee_out",
    "tensor_fasciae_latae": "push_knee_out",
    "hamstring": "bend_knee",
    "erector_spinae": "lift_back",
}
#: Of a cue: the simulated person hears the coach and no loudspeaker, at once; what is done for it
#: begins where the body was not played yet, and blocks are of 20 ms.
HEARS_AFTER_S = (0.0, 0.020)
#: A comfortable contraction, and one to show where a muscle is, in shares of the most.
COMFORTABLE, SHOWN = 0.5, 0.4
#: A lift and the way down again, as slowly as they are asked for.
BRIDGE_S = 5.0


class Listener:
    """Hears what wizard and coach say and does it; ``body`` may still be told what to do."""

    def __init__(self, body: ActivityBody) -> None:
        self._body = body
        self._trainee = Trainee(body)
        self._heard: tuple[str, int, str] | None = None

    def hear(self, engine: Engine) -> list[Key]:
        """Do what is asked for now, once; return the keys that are pressed."""
        self._hear_wizard(engine.calibration.view, engine.newest_s)
        return self._trainee.hear(engine)

    def _hear_wizard(self, view: WizardView | None, now_s: float | None) -> None:
        if view is None or view.state != "go" or now_s is None:
            self._heard = None if view is None else self._heard
            return
        word = (view.step, view.trial, view.voice_key)
        if word == self._heard:
            return
        self._heard = word
        kind, side, effort = _meant(view)
        if kind is None:
            return
        lasts_s = view.remaining_s if view.remaining_s is not None else view.total_s
        at_s = max(now_s, self._body.earliest_s)
        if kind == "exercise":
            if view.voice_key.endswith("up"):
                self._body.add(Activity(kind, at_s, BRIDGE_S, exercise="bridge"))
            return
        self._body.add(Activity(kind, at_s, lasts_s, side=side, effort=effort, told=True))


def _meant(view: WizardView) -> tuple[Kind | None, Side, float]:
    """Return what a step asks for, of which side, and how much of it."""
    if view.step in ("bridges", "taps"):
        return ("exercise" if view.step == "bridges" else "tap"), "both", COMFORTABLE
    asked = [row.name for row in view.rows if row.asked]
    if view.step == "rest" or not asked:
        return None, "both", 0.0
    sides = {name.rpartition("_")[2] for name in asked}
    side: Side = "both"
    if sides == {"left"}:
        side = "left"
    elif sides == {"right"}:
        side = "right"
    effort = SHOWN if view.step == "montage" else COMFORTABLE
    return _DOES.get(asked[0].rpartition("_")[0]), side, effort


def listener_of(link: Link) -> Listener | None:
    """Return the listener of a simulated link whose person can be told things, else None."""
    if not isinstance(link, SimLink) or not isinstance(link.device, VirtualDevice):
        return None
    body = link.device.worn
    return Listener(body) if isinstance(body, ActivityBody) else None

"""Virtual twins of other makers' devices: their bytes, their manners and their faults.

Each is written from the description of its protocol alone and shares nothing with the decoder that
will read it. Nobody here has seen such a device; the twins prove the program, not the devices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.montage import DEFAULT_EIGHT
from firingorder.simulation.scenarios import ScenarioBody, make_body
from firingorder.simulation.twins.bitalino import BitalinoTwin
from firingorder.simulation.twins.chords import ChordsTwin
from firingorder.simulation.twins.cyton import CytonTwin
from firingorder.simulation.twins.line import TwinFaults, TwinLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.simulation.body import Body
    from firingorder.simulation.twins.line import Twin

#: Both sides of glute and back: what four channels are for.
FOUR = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "erector_spinae_left",
    "erector_spinae_right",
)
#: And the hamstrings.
SIX = (*FOUR, "hamstring_left", "hamstring_right")


@dataclass(frozen=True, slots=True)
class TwinKind:
    """A device that can be played.

    Attributes
    ----------
    body_rate_hz
        Rate at which its front end looks at the body.
    channels
        Muscles that carry electrodes unless others are named.
    most_channels
        Inputs of the device.
    make
        The device on a body.
    """

    body_rate_hz: float
    channels: tuple[str, ...]
    most_channels: int
    make: Callable[[Body], Twin]


TWINS: dict[str, TwinKind] = {
    "bitalino": TwinKind(1000.0, FOUR, 6, BitalinoTwin),
    "cyton": TwinKind(1000.0, DEFAULT_EIGHT, 8, CytonTwin),
    "chords": TwinKind(500.0, SIX, 6, ChordsTwin),
}


def twin_kind(name: str) -> TwinKind:
    """Return a device by the scheme of its address.

    Raises
    ------
    UsageError
        There is no such device.
    """
    kind = TWINS.get(name)
    if kind is None:
        raise UsageError(f"There is no virtual {name!r}. Known: {', '.join(TWINS)}.")
    return kind


def twin_body(
    name: str,
    scenario: str = "bridge",
    *,
    seed: int = 1,
    channels: tuple[str, ...] | None = None,
    repetitions: int | None = None,
) -> ScenarioBody:
    """Return a scenario's body as the front end of a device looks at it.

    Raises
    ------
    UsageError
        There is no such device, or it has fewer inputs than channels were named.
    """
    kind = twin_kind(name)
    named = kind.channels if channels is None else channels
    if len(named) > kind.most_channels:
        raise UsageError(f"A {name} has {kind.most_channels} channels, not {len(named)}.")
    return make_body(
        scenario,
        seed=seed,
        emg_rate_hz=kind.body_rate_hz,
        imu_rate_hz=None,
        channels=named,
        repetitions=repetitions,
    )


def make_line(
    name: str, body: Body, *, seed: int = 1, faults: TwinFaults | None = None
) -> TwinLine:
    """Return a device on a body behind a line with faults.

    Raises
    ------
    UsageError
        There is no such device, or its front end does not look at the body at this rate.
    """
    kind = twin_kind(name)
    if body.emg_rate_hz != kind.body_rate_hz:
        raise UsageError(
            f"A {name} looks at the body {kind.body_rate_hz:g} times a second, and this one has "
            f"{body.emg_rate_hz:g} Hz."
        )
    return TwinLine(kind.make(body), seed=seed, faults=faults)


def twin_address(name: str, address: str) -> str:
    """Return the device address of a twin that is served on a port with this address."""
    return f"{name}:{address.removeprefix('serial:')}"

"""Device addresses: what a person types after ``--device``, and what it means."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import parse_qsl

from firingorder.errors import UsageError
from firingorder.firmware_bridge.links.port_query import PortQuery

Scheme = Literal[
    "sim",
    "sim-ble",
    "serial",
    "tcp",
    "ble",
    "replay",
    "cyton",
    "chords",
    "npg-ble",
    "bitalino",
    "dot-ble",
    "witmotion-ble",
    "brainflow",
    "lsl",
]
#: Pelvis sensors on a clock of their own: they stand behind a ``+``, beside a source of EMG.
BESIDE: tuple[Scheme, ...] = ("dot-ble", "witmotion-ble")

#: The simulated belt that is offered where there is no other.
DEMO = "sim:bridge?seed=1"

_FORMS = (
    "sim:SCENARIO?seed=1, sim-ble:SCENARIO?seed=1, serial:PORT, serial:auto, serial:VID:PID, "
    "tcp://HOST:PORT, ble:NAME-OR-ADDRESS, ble:auto, replay:FILE.mcap, cyton:PORT, chords:PORT, "
    "npg-ble:NAME, bitalino:PORT, brainflow:BOARD_ID, lsl:STREAM; a pelvis sensor is joined with "
    "+, as in cyton:PORT+dot-ble:NAME"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed device address.

    ``target`` is the scenario, port, host, name or file; ``port`` only for tcp; ``beside`` is the
    pelvis sensor that was joined with ``+``.
    """

    scheme: Scheme
    target: str
    port: int = 0
    options: tuple[tuple[str, str], ...] = ()
    text: str = ""
    beside: Address | None = None

    def number(self, name: str, default: float) -> float:
        """Return a numeric option.

        Raises
        ------
        UsageError
            The option is there but is no finite number.
        """
        value = self.option(name)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise UsageError(f"{self.text}: {name} must be a number, not {value!r}.")
        return number

    def whole(self, name: str, default: int, *, least: int = 0) -> int:
        """Return an option that counts something.

        Raises
        ------
        UsageError
            The option is there but is no whole number, or below ``least``.
        """
        number = self.number(name, default)
        if number != int(number) or number < least:
            raise UsageError(
                f"{self.text}: {name} must be a whole number from {least} on, not"
                f" {self.option(name)!r}."
            )
        return int(number)

    def scenario(self) -> str:
        """Return the scenario of a simulated device with its options, as the simulation reads it.

        ``imu=0`` and ``imu=1`` say whether there is a sensor, other words what is wrong with it.
        """
        named = [
            f"{key}={value}"
            for key, value in self.options
            if key in SCENARIO_OPTIONS and not (key == "imu" and value[:1].isdigit())
        ]
        return f"{self.target}?{'&'.join(named)}" if named else self.target

    def has_imu(self) -> bool:
        """Return whether a simulated device has a pelvis sensor."""
        value = self.option("imu")
        return value is None or not value[:1].isdigit() or bool(self.number("imu", 1.0))

    def option(self, name: str) -> str | None:
        """Return a text option, None if it is not there."""
        return next((value for key, value in self.options if key == name), None)


#: How a simulated person does an exercise (simulation/exercises/options.py).
SCENARIO_OPTIONS = (
    "pace", "side", "compensations", "person", "imu", "mount", "pads", "pain", "obeys",
)  # fmt: skip
_SIM_OPTIONS = {"seed", "rate", "channels", "faults", *SCENARIO_OPTIONS}
_OPTIONS: dict[Scheme, set[str]] = {
    "sim": {*_SIM_OPTIONS, "speed"},
    "sim-ble": {*_SIM_OPTIONS, "interval", "as", "pelvis"},
    "serial": {"baud"},
    "tcp": set(),
    "ble": set(),
    "replay": {"speed"},
    "cyton": {"baud", "gain"},
    "chords": {"baud"},
    "npg-ble": {"rate"},
    "bitalino": {"baud", "channels"},
    "dot-ble": {"rate"},
    "witmotion-ble": {"rate"},
    "brainflow": {"serial_port", "ip_address", "ip_port", "mac_address", "serial_number", "gain"},
    "lsl": {"source_id"},
}


def parse_address(text: str) -> Address:
    """Read a device address.

    Raises
    ------
    UsageError
        It is none; the message lists the forms.
    """
    first, second = _split(text)
    address = _parse_one(first)
    if second is None:
        if address.scheme in BESIDE:
            raise UsageError(
                f"{text}: this is a motion sensor without EMG. Join it to a source of EMG, as in"
                f" cyton:PORT+{text}."
            )
        return address
    if address.scheme in ("replay", "sim", "sim-ble"):
        raise UsageError(f"{text}: a {address.scheme} source has its own pelvis sensor or none.")
    return replace(address, beside=_parse_one(second), text=text)


def _split(text: str) -> tuple[str, str | None]:
    """Split at the + in front of a pelvis sensor; a + elsewhere belongs to a name."""
    joined = [one for one in get_args(Scheme) if f"+{one}:" in text]
    if not joined:
        return text, None
    scheme = joined[0]
    first, _, rest = text.partition(f"+{scheme}:")
    if scheme not in BESIDE or len(joined) > 1 or f"+{scheme}:" in rest:
        sensors = " or ".join(f"{one}:NAME" for one in BESIDE)
        raise UsageError(f"{text}: behind a + stands one pelvis sensor, {sensors}.")
    return first, f"{scheme}:{rest}"


def _parse_one(text: str) -> Address:
    if text.startswith("tcp://"):
        return _parse_tcp(text)
    name, separator, rest = text.partition(":")
    scheme = next((one for one in get_args(Scheme) if one == name and one != "tcp"), None)
    if not separator or scheme is None:
        raise UsageError(f"{text!r} is no device address. Use one of {_FORMS}.")
    target, _, query = rest.partition("?")
    if not target:
        raise UsageError(f"{text!r} names nothing after {scheme}:. Use one of {_FORMS}.")
    options = tuple(parse_qsl(query, keep_blank_values=True))
    known = _OPTIONS[scheme]
    unknown = [key for key, _ in options if key not in known]
    if unknown:
        knows = f"knows {', '.join(sorted(known))}" if known else "has no options"
        raise UsageError(f"{text}: unknown option {unknown[0]!r}; {scheme} {knows}.")
    if scheme == "serial":
        PortQuery.parse(target)
    if scheme == "replay":
        target = str(Path(target).expanduser())
    return Address(scheme, target, options=options, text=text)


def _parse_tcp(text: str) -> Address:
    host, separator, port = text.removeprefix("tcp://").rstrip("/").rpartition(":")
    if not separator or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"{text!r} is no TCP address. Use tcp://HOST:PORT.")
    host = host.strip("[]")
    try:
        host.encode("idna")  # what looking a name up begins with
    except UnicodeError:
        raise UsageError(f"{text!r} is no TCP address: {host!r} cannot be a host.") from None
    return Address("tcp", host, port=int(port), text=text)

"""Device addresses: what a person types after ``--device``, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl

from firingorder.errors import UsageError

Scheme = Literal["sim", "serial", "tcp", "replay"]

_FORMS = "sim:SCENARIO?seed=1, serial:PORT, serial:auto, tcp://HOST:PORT, replay:FILE.mcap"
#: Known addresses of the interface whose links are not part of this version.
_NOT_YET = (
    "sim-ble",
    "ble",
    "cyton",
    "chords",
    "npg-ble",
    "bitalino",
    "dot-ble",
    "witmotion-ble",
    "brainflow",
    "lsl",
)


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed device address.

    ``target`` is the scenario, port, host or file; ``port`` only for tcp.
    """

    scheme: Scheme
    target: str
    port: int = 0
    options: tuple[tuple[str, str], ...] = ()
    text: str = ""

    def number(self, name: str, default: float) -> float:
        """Return a numeric option.

        Raises
        ------
        UsageError
            The option is there but is no number.
        """
        for key, value in self.options:
            if key == name:
                try:
                    return float(value)
                except ValueError:
                    raise UsageError(
                        f"{self.text}: {name} must be a number, not {value!r}."
                    ) from None
        return default

    def option(self, name: str) -> str | None:
        """Return a text option, None if it is not there."""
        return next((value for key, value in self.options if key == name), None)


_OPTIONS = {
    "sim": {"seed", "speed", "rate", "channels", "faults", "imu"},
    "serial": {"baud"},
    "tcp": set[str](),
    "replay": {"speed"},
}


def parse_address(text: str) -> Address:
    """Read a device address.

    Raises
    ------
    UsageError
        It is none; the message lists the forms.
    """
    if text.startswith("tcp://"):
        return _parse_tcp(text)
    scheme, separator, rest = text.partition(":")
    if scheme in _NOT_YET:
        raise UsageError(
            f"{text}: {scheme} devices are not supported by this version. It knows {_FORMS}."
        )
    if not separator or scheme not in ("sim", "serial", "replay"):
        raise UsageError(f"{text!r} is no device address. Use one of {_FORMS}.")
    target, _, query = rest.partition("?")
    if not target:
        raise UsageError(f"{text!r} names nothing after {scheme}:. Use one of {_FORMS}.")
    options = tuple(parse_qsl(query, keep_blank_values=True))
    unknown = [key for key, _ in options if key not in _OPTIONS[scheme]]
    if unknown:
        raise UsageError(
            f"{text}: unknown option {unknown[0]!r}; {scheme} knows "
            f"{', '.join(sorted(_OPTIONS[scheme]))}."
        )
    if scheme == "replay":
        return Address("replay", str(Path(target).expanduser()), options=options, text=text)
    return Address("sim" if scheme == "sim" else "serial", target, options=options, text=text)


def _parse_tcp(text: str) -> Address:
    host, separator, port = text.removeprefix("tcp://").rstrip("/").rpartition(":")
    if not separator or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"{text!r} is no TCP address. Use tcp://HOST:PORT.")
    return Address("tcp", host.strip("[]"), port=int(port), text=text)

"""Serial ports of this computer: what is plugged in, which one is meant, where it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from serial.tools import list_ports as pyserial_ports

from firingorder.errors import LinkError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class PortInfo:
    """One serial port. USB numbers are None for ports that are not USB."""

    device: str
    description: str = ""
    manufacturer: str = ""
    vid: int | None = None
    pid: int | None = None
    serial_number: str = ""

    def is_same_hardware(self, other: PortInfo) -> bool:
        """Return whether this is the same USB device, under whatever name it has now."""
        mine = (self.vid, self.pid, self.serial_number)
        return self.vid is not None and mine == (other.vid, other.pid, other.serial_number)


def list_ports() -> tuple[PortInfo, ...]:
    """Return the serial ports, sorted by name."""
    found = [
        PortInfo(
            device=port.device,
            description=_known(port.description),
            manufacturer=_known(port.manufacturer),
            vid=port.vid,
            pid=port.pid,
            serial_number=_known(port.serial_number),
        )
        for port in pyserial_ports.comports()
    ]
    return tuple(sorted(found, key=lambda port: port.device))


def choose_port(ports: Sequence[PortInfo] | None = None) -> str:
    """Return the port that ``serial:auto`` means: the only USB one.

    Ports that are not USB (modems, consoles of the mainboard) are never taken by themselves. No
    USB identity is reserved for the belt yet, so several candidates are not told apart.

    Raises
    ------
    LinkError
        There is none, or several.
    """
    candidates = [port for port in (list_ports() if ports is None else ports) if port.vid]
    if not candidates:
        raise LinkError(
            "No USB serial device is plugged in. Plug the belt in, or name another address with"
            " --device; `firingorder devices` lists what is there."
        )
    if len(candidates) > 1:
        names = ", ".join(f"{port.device} ({port.description or 'USB'})" for port in candidates)
        raise LinkError(
            f"Several USB serial devices are plugged in: {names}. Name one, for example"
            f" --device serial:{candidates[0].device}"
        )
    return candidates[0].device


def identity(device: str) -> PortInfo | None:
    """Return the port of this name as it is plugged in now, or None."""
    return next((port for port in list_ports() if port.device == device), None)


def find_again(device: str, last: PortInfo | None, ports: Sequence[PortInfo]) -> str:
    """Return where a device is now: under its name, or where the same hardware came back.

    A device without a serial number is recognised only while it is the only one of its kind.
    """
    if last is None or any(port.device == device for port in ports):
        return device
    same = [port.device for port in ports if port.is_same_hardware(last)]
    return same[0] if len(same) == 1 else device


def _known(text: str | None) -> str:
    """Return a text of the operating system; pyserial writes n/a where there is none."""
    return "" if text is None or text == "n/a" else text

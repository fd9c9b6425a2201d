"""Serial ports of this computer: what is plugged in, and by what it is known again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from serial.tools import list_ports as pyserial_ports

from firingorder.errors import LinkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serial.tools.list_ports_common import ListPortInfo

#: A device that is pulled or plugged while the ports are listed spoils the list; by the third look
#: it has come or gone.
_LOOKS = 3


@dataclass(frozen=True, slots=True)
class PortInfo:
    """One serial port. USB numbers are None for ports that are not USB.

    ``location`` is the socket it is plugged into, with the interface of a device that has several
    (``1-2:1.0``); empty where the operating system does not tell.
    """

    device: str
    description: str = ""
    manufacturer: str = ""
    vid: int | None = None
    pid: int | None = None
    serial_number: str = ""
    location: str = ""

    def is_same_hardware(self, other: PortInfo) -> bool:
        """Return whether this is the same USB device, under whatever name it has now.

        Without a serial number it can only be said to be of the same kind.
        """
        mine = (self.vid, self.pid, self.serial_number)
        return self.vid is not None and mine == (other.vid, other.pid, other.serial_number)

    @property
    def interface(self) -> str:
        """Which of the device's interfaces this is, empty when it has one."""
        return self.location.partition(":")[2]

    @property
    def words(self) -> str:
        """What it is, for messages: maker, product, USB numbers, serial number."""
        names = " ".join(dict.fromkeys((self.manufacturer, self.description))).strip()
        if self.vid is None:
            return names or self.device
        number = f", serial number {self.serial_number}" if self.serial_number else ""
        return f"{names or 'a USB device'} ({self.vid:04x}:{self.pid or 0:04x}{number})"


def list_ports() -> tuple[PortInfo, ...]:
    """Return the serial ports, sorted by name.

    Raises
    ------
    LinkError
        The operating system does not say what is plugged in.
    """
    for look in range(1, _LOOKS + 1):
        try:
            found = pyserial_ports.comports()
        except (OSError, TypeError, ValueError) as error:
            # pyserial reads one file after the other; of a device that goes away in between it
            # gets None where a number was to be (its issue 550).
            if look == _LOOKS:
                raise LinkError(f"The serial ports cannot be listed: {error}.") from error
        else:
            return tuple(sorted(map(_info, found), key=lambda port: port.device))
    raise AssertionError


def port_named(name: str, ports: Sequence[PortInfo]) -> PortInfo | None:
    """Return the port of this name, also by a link such as those in ``/dev/serial/by-id``."""
    names = {name, os.path.realpath(name)}
    return next((port for port in ports if port.device in names), None)


def _info(port: ListPortInfo) -> PortInfo:
    return PortInfo(
        device=port.device,
        description=_known(port.description),
        manufacturer=_known(port.manufacturer),
        vid=port.vid,
        pid=port.pid,
        serial_number=_known(port.serial_number),
        location=_known(port.location),
    )


def _known(text: str | None) -> str:
    """Return a text of the operating system; pyserial writes n/a where there is none."""
    return "" if text is None or text == "n/a" else text

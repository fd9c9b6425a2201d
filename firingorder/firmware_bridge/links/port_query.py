"""Which serial port a person means: a name, the only USB one, or the hardware behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from firingorder.errors import UsageError

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.ports import PortInfo

AUTO = "auto"
#: What ``serial:`` takes, for messages.
FORMS = "PORT, auto, VID:PID, VID:PID:SERIALNUMBER or sn=SERIALNUMBER"

_USB = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::(.+))?")
_SERIAL_NUMBER = "sn="


@dataclass(frozen=True, slots=True)
class PortQuery:
    """A serial port as it was asked for.

    Attributes
    ----------
    name
        Name of the port, empty when the hardware is meant.
    vid, pid
        USB vendor and product, None when any.
    serial_number
        USB serial number, empty when any.
    """

    name: str = ""
    vid: int | None = None
    pid: int | None = None
    serial_number: str = ""

    @classmethod
    def parse(cls, text: str) -> PortQuery:
        """Read what stands after ``serial:``, without its options.

        ``auto``; ``/dev/ttyACM0`` or ``COM3``; ``2341:0043`` (USB vendor and product, four
        hexadecimal digits each); ``2341:0043:85735313``; ``sn=85735313``. Whatever begins with a
        slash is a name, since names below ``/dev/serial/by-path`` hold colons. Characters of a
        serial number that mean something in an address (``?``, ``+``) are written as ``%3F``.

        Raises
        ------
        UsageError
            It is none of these.
        """
        if text == AUTO:
            return cls()
        if text.startswith(_SERIAL_NUMBER) and len(text) > len(_SERIAL_NUMBER):
            return cls(serial_number=unquote(text.removeprefix(_SERIAL_NUMBER)))
        if usb := _USB.fullmatch(text):
            return cls(
                vid=int(usb[1], 16), pid=int(usb[2], 16), serial_number=unquote(usb[3] or "")
            )
        if not text or text == _SERIAL_NUMBER or (":" in text and text[0] not in "/\\"):
            raise UsageError(
                f"serial:{text} names no port. After serial: comes {FORMS}, for example"
                " serial:2341:0043 with four hexadecimal digits each."
            )
        return cls(name=text)

    @property
    def is_auto(self) -> bool:
        """Whether any belt will do."""
        return self == PortQuery()

    def matches(self, port: PortInfo) -> bool:
        """Return whether a port is one of those meant; ``auto`` means every USB port."""
        if self.name:
            return port.device == self.name
        return (
            port.vid is not None
            and self.vid in (None, port.vid)
            and self.pid in (None, port.pid)
            and self.serial_number.casefold() in ("", port.serial_number.casefold())
        )

    def __str__(self) -> str:
        """Return it in words, for messages."""
        if self.name:
            return self.name
        if self.is_auto:
            return "the belt on USB"
        usb = "" if self.vid is None else f" {self.vid:04x}:{self.pid or 0:04x}"
        number = f" with serial number {self.serial_number}" if self.serial_number else ""
        return f"the USB device{usb}{number}"


def identity_address(port: PortInfo) -> str | None:
    """Return the address that finds this hardware under any name, None if it is not USB."""
    if port.vid is None:
        return None
    usb = f"serial:{port.vid:04x}:{port.pid or 0:04x}"
    return f"{usb}:{quote(port.serial_number, safe='')}" if port.serial_number else usb

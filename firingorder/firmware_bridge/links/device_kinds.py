"""What a port or a Bluetooth device may be, told by what it says of itself without being asked.

USB numbers mostly name the chip or board and not the device behind it, so each kind is a guess that
comes with the addresses to try. No USB numbers are reserved for the belt yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.ports import PortInfo


@dataclass(frozen=True, slots=True)
class Guess:
    """A device that it may be, and the scheme of the address under which to try it."""

    device: str
    scheme: str


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """What is known for sure, in words, and what that may mean."""

    words: str
    guesses: tuple[Guess, ...] = ()


_CYTON = Guess("OpenBCI Cyton dongle", "cyton")
_CHORDS = Guess("board with the Chords firmware", "chords")
_BITALINO = Guess("BITalino", "bitalino")

UNKNOWN_USB = DeviceKind("unknown USB serial")
NO_USB = DeviceKind("not USB")
BLUETOOTH_PORT = DeviceKind("Bluetooth serial port", (_BITALINO,))

#: By vendor and product; None: any product. Chips and boards of the devices that have
#: an adapter. OpenBCI's dongle carries an FT231X (OpenBCI's driver guide for Windows); the Chords
#: firmware exists for Arduino, clones with a CH340, Pico, STM32 and ESP32 boards
#: (Chords-Arduino-Firmware). Numbers: Arduino's boards.txt and the public list of USB numbers.
_USB_KINDS: dict[tuple[int, int | None], DeviceKind] = {
    (0x0403, 0x6015): DeviceKind("FTDI FT231X", (_CYTON,)),
    (0x0403, None): DeviceKind("FTDI USB serial chip", (_CYTON, _CHORDS)),
    (0x2341, None): DeviceKind("Arduino board", (_CHORDS,)),
    (0x2A03, None): DeviceKind("Arduino board", (_CHORDS,)),
    (0x1A86, None): DeviceKind("CH340 USB serial chip, as on Arduino clones", (_CHORDS,)),
    (0x2E8A, None): DeviceKind("Raspberry Pi Pico", (_CHORDS,)),
    (0x0483, 0x5740): DeviceKind("STM32 virtual COM port", (_CHORDS,)),
    (0x303A, None): DeviceKind("ESP32 board", (_CHORDS,)),
    (0x10C4, 0xEA60): DeviceKind("CP210x USB serial chip"),
}

#: Parts of the names under which Bluetooth devices advertise, in small letters.
_NAMES = (
    ("npg", Guess("NPG Lite", "npg-ble")),
    ("xsens dot", Guess("Movella DOT", "dot-ble")),
    ("movella dot", Guess("Movella DOT", "dot-ble")),
    ("wt901", Guess("WitMotion sensor", "witmotion-ble")),
)


def kind_of_port(port: PortInfo) -> DeviceKind:
    """Return what a serial port may be."""
    if port.vid is None:
        words = f"{port.device} {port.description}".lower()
        return BLUETOOTH_PORT if "rfcomm" in words or "bluetooth" in words else NO_USB
    exact = _USB_KINDS.get((port.vid, port.pid))
    return exact or _USB_KINDS.get((port.vid, None), UNKNOWN_USB)


def guess_by_name(name: str) -> Guess | None:
    """Return what a Bluetooth device may be by the name under which it advertises."""
    small = name.lower()
    for part, guess in _NAMES:
        if small.startswith(part) if part == "npg" else part in small:
            return guess
    return None

"""A virtual BITalino (r)evolution: commands of one byte, frames without a mark to find them by."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.simulation.twins.front_end import FrontEnd
from firingorder.simulation.twins.words import Words

if TYPE_CHECKING:
    from firingorder.simulation.body import Body

#: The answer to 0x07.
GREETING = b"BITalino_v5.2\n"
#: How long it thinks before it answers (assumed).
THINKING_US = 20_000
#: Supply in volts and gain of its EMG sensor.
SUPPLY_V, GAIN = 3.3, 1009
#: Widths of its six analogue inputs.
WIDTHS = (10, 10, 10, 10, 6, 6)
#: x^4 + x + 1.
POLYNOMIAL = 0b10011


class BitalinoTwin:
    """See :class:`firingorder.simulation.twins.line.Twin`."""

    name = "bitalino"
    rate_hz = 1000.0
    #: Bluetooth hands over what gathered meanwhile (assumed).
    burst_s = 0.01
    loses_power = False

    def __init__(self, body: Body) -> None:
        self._front = FrontEnd(body)
        self.words = Words()
        self.streaming = False
        self.samples_per_s = 0
        self._active: list[int] = []
        self._sequence = 0
        self._skip = 0

    def hear(self, data: bytes, now_us: int) -> None:
        """Obey commands; each is one byte, PWM has a second one."""
        for command in data:
            if self._skip:
                self._skip -= 1
            elif self.streaming:
                if command in (0x00, 0xFF):
                    self.streaming = False
            else:
                self._obey(command, now_us)

    def packet(self, k: int) -> bytes:
        """Return the frame with sample ``k`` of the body."""
        microvolts = self._front.microvolts(k)
        bits = "0000"  # both inputs and both outputs are low
        for channel in self._active:
            volts = microvolts[channel] * 1e-6 if channel < len(microvolts) else 0.0
            top = 2 ** WIDTHS[channel]
            count = round((volts * GAIN / SUPPLY_V + 0.5) * top)
            bits += format(min(max(count, 0), top - 1), f"0{WIDTHS[channel]}b")
        bits = bits.ljust(8 * math.ceil(len(bits) / 8), "0")
        whole = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))[::-1]
        whole += bytes((self._sequence << 4,))
        self._sequence = (self._sequence + 1) % 16
        return whole[:-1] + bytes((whole[-1] | remainder(whole),))

    def reboot(self) -> None:
        """Start anew, silent."""
        self.streaming = False
        self.words.clear()

    def _obey(self, command: int, now_us: int) -> None:
        if command == 0x07:
            self.words.say(GREETING, now_us + THINKING_US)
        elif command == 0x0B:
            self.words.say(self._state(), now_us + THINKING_US)
        elif command == 0xA3:
            self._skip = 1
        elif command & 0x3F == 0x03:
            self.samples_per_s = 10 ** (command >> 6)
        elif command & 0x03 == 0x01 and command != 0x01:
            self._active = [k for k in range(6) if command >> 2 + k & 1]
            self._sequence = 0
            # Its clock can do other rates; this body is sampled at one.
            self.streaming = self.samples_per_s == self.rate_hz

    def _state(self) -> bytes:
        middle = (512).to_bytes(2, "little")
        whole = 6 * middle + (700).to_bytes(2, "little") + b"\0\0"
        return whole[:-1] + bytes((remainder(whole),))


def remainder(frame: bytes) -> int:
    """Return the remainder of a frame, taken as one polynomial, by x^4 + x + 1."""
    value = int.from_bytes(frame, "big")
    while value.bit_length() > 4:
        value ^= POLYNOMIAL << (value.bit_length() - 5)
    return value

"""A virtual Arduino UNO R4 with the Chords firmware: commands of words, six channels, 500 Hz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.simulation.twins.front_end import FrontEnd
from firingorder.simulation.twins.words import Words

if TYPE_CHECKING:
    from firingorder.simulation.body import Body

NAME = b"UNO-R4"
CHANNELS, BITS = 6, 14
#: A command is read until nothing came for this long (``Serial.readString`` of Arduino).
READING_US = 1_000_000
#: Microvolts at the electrode that fill the converter, for an amplifier of 1000 at 5 V (assumed).
RANGE_UV = 5000.0


class ChordsTwin:
    """See :class:`firingorder.simulation.twins.line.Twin`."""

    name = "chords"
    rate_hz = 500.0
    #: USB hands over what gathered meanwhile (assumed).
    burst_s = 0.002
    loses_power = True

    def __init__(self, body: Body) -> None:
        self._front = FrontEnd(body)
        self.words = _Reading(self)
        self.streaming = False
        self._counter = 0

    def hear(self, data: bytes, now_us: int) -> None:
        """Gather a command; any byte stops a running stream."""
        if self.streaming:
            self.streaming = False
        self.words.gather(data, now_us)

    def packet(self, k: int) -> bytes:
        """Return the packet with sample ``k``."""
        microvolts = self._front.microvolts(k)
        out = bytearray.fromhex("c77c")
        out.append(self._counter)
        for channel in range(CHANNELS):
            uv = float(microvolts[channel]) if channel < len(microvolts) else 0.0
            count = round((uv / RANGE_UV + 0.5) * (1 << BITS))
            high, low = divmod(max(0, min(count, (1 << BITS) - 1)), 256)
            out += bytes((high, low))
        out.append(1)
        self._counter = (self._counter + 1) % 256
        return bytes(out)

    def reboot(self) -> None:
        """Start anew, silent."""
        self.streaming = False
        self._counter = 0
        self.words.clear()

    def obey(self, command: bytes) -> bytes:
        """Return the answer to a command; one that is not known has none."""
        word = command.strip()
        if word == b"WHORU":
            return NAME + b"\r\n"
        if word == b"STATUS":
            return (b"START" if self.streaming else b"STOP") + b"\r\n"
        if word == b"START":
            self.streaming = True
        elif word == b"STOP":
            self.streaming = False
        return b""


class _Reading(Words):
    """A command that is being read is obeyed when its silence is over."""

    def __init__(self, twin: ChordsTwin) -> None:
        super().__init__()
        self._twin = twin
        self._heard = b""

    def gather(self, data: bytes, now_us: int) -> None:
        """Read on; the silence begins anew."""
        self._heard += data
        super().clear()
        self.say(b"", now_us + READING_US)

    def take(self, now_us: int) -> bytes:
        """Obey what was read."""
        super().take(now_us)
        heard, self._heard = self._heard, b""
        return self._twin.obey(heard)

    def clear(self) -> None:
        """Forget what was read."""
        super().clear()
        self._heard = b""

"""A virtual OpenBCI Cyton with its dongle: commands of letters, packets of 33 bytes, 250 Hz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.simulation.twins.front_end import FrontEnd
from firingorder.simulation.twins.words import Words

if TYPE_CHECKING:
    from firingorder.simulation.body import Body

GREETING = (
    b"OpenBCI V3 8-16 channel\nOn Board ADS1299 Device ID: 0x3E\nLIS3DH Device ID: 0x33\n"
    b"Firmware: v3.1.2\n$$$"
)
#: The board is silent for this long while it resets (``boardReset`` of the public firmware).
RESET_US = 500_000
#: One way over the radio (assumed).
RADIO_US = 15_000
#: The converter turns 4.5 V over the gain into the largest of 24 bits with a sign.
REFERENCE_UV, LARGEST = 4.5e6, 0x7FFFFF
GAIN_OF_CODE = {"0": 1, "1": 2, "2": 4, "3": 6, "4": 8, "5": 12, "6": 24}
#: One g in counts of the accelerometer, lying flat; it is renewed with every tenth packet (25 Hz).
ONE_G, ACCEL_EVERY = 8000, 10
#: Sinc3 over the four samples of the body that make one of the board.
STEP, ORDER = 4, 3


class CytonTwin:
    """See :class:`firingorder.simulation.twins.line.Twin`.

    Attributes
    ----------
    gains
        Of its channels, as they were set.
    off
        Channels that are switched off or in the common reference.
    """

    name = "cyton"
    rate_hz = 250.0
    #: FTDI's latency timer, as it should be set.
    burst_s = 0.001
    #: The dongle goes, the board has its own battery.
    loses_power = False

    def __init__(self, body: Body) -> None:
        self._front = FrontEnd(body, step=STEP, sinc_order=ORDER)
        self.words = Words()
        self.streaming = False
        self.gains = [24] * 8
        self.off: set[int] = set()
        self._counter = 0
        self._setting: str | None = None

    def hear(self, data: bytes, now_us: int) -> None:
        """Obey commands: single letters, and settings between x and X."""
        for letter in data.decode("latin-1"):
            if self._setting is not None:
                self._setting += letter
                if letter == "X":
                    self._set_channel(self._setting[:-1], now_us)
                    self._setting = None
            elif letter == "x":
                self._setting = ""
            else:
                self._obey(letter, now_us)

    def packet(self, k: int) -> bytes:
        """Return the packet with sample ``k``."""
        microvolts = self._front.microvolts(k)
        out = [0xA0, self._counter]
        for channel in range(8):
            value = 0
            if channel < len(microvolts) and channel not in self.off:
                value = round(
                    float(microvolts[channel]) * self.gains[channel] * LARGEST / REFERENCE_UV
                )
            value = max(-LARGEST - 1, min(LARGEST, value))
            out += list(value.to_bytes(3, "big", signed=True))
        moved = ONE_G if self._counter % ACCEL_EVERY == 0 else 0
        out += [0, 0, 0, 0, *moved.to_bytes(2, "big", signed=True), 0xC0]
        self._counter = (self._counter + 1) & 0xFF
        return bytes(out)

    def reboot(self) -> None:
        """Start anew, silent, with the settings it is made with."""
        self.streaming = False
        self.words.clear()
        self.gains = [24] * 8
        self.off.clear()

    def _obey(self, letter: str, now_us: int) -> None:
        if letter == "b":
            self.streaming, self._counter = True, 0
        elif letter == "s":
            self.streaming = False
        elif letter == "v":
            self.reboot()
            self.words.say(GREETING, now_us + RESET_US + 2 * RADIO_US)

    def _set_channel(self, setting: str, now_us: int) -> None:
        """Take ``CH PD GAIN INPUT BIAS SRB2 SRB1``."""
        good = len(setting) == 7 and setting[0] in "12345678" and setting[2] in GAIN_OF_CODE
        if not good:
            self.words.say(b"Failure: too few chars$$$", now_us + 2 * RADIO_US)
            return
        channel = int(setting[0]) - 1
        self.gains[channel] = GAIN_OF_CODE[setting[2]]
        used = setting[1] == "0" and setting[5] == "0"
        (self.off.discard if used else self.off.add)(channel)
        if not self.streaming:
            said = f"Success: Channel set for {setting[0]}$$$".encode()
            self.words.say(said, now_us + 2 * RADIO_US)

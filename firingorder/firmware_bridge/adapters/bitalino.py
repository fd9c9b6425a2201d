"""BITalino (r)evolution: four channels of 10 bits at 1000 Hz, over Bluetooth or a cable.

Its frames have no byte to recognise them by, only four bits of counter and four of checksum, so a
place in the stream is believed when several frames in a row fit. Facts: the maker's public Python
API (BITalinoWorld/revolution-python-api, ``bitalino.py``). Never tried on a device.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import UsageError
from firingorder.firmware_bridge.adapters.base import (
    Adapter,
    Answer,
    Conversation,
    EmgBlock,
    Piece,
    Rejected,
    Step,
)
from firingorder.firmware_bridge.profile import CapabilityProfile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from firingorder.firmware_bridge.adapters.base import Answers

RATE_HZ = 1000.0
COUNTER_MODULUS = 16
#: Channels 5 and 6 have six bits.
MOST_CHANNELS = 6
DEFAULT_CHANNELS = 4
FINE_CHANNELS = 4

#: Supply and gain of the EMG sensor, from general knowledge of its data sheet, not verified:
#: microvolts = (adc / 2^bits - 0.5) x 3.3 V / 1009.
UV_FULL_SCALE = 3.3 / 1009 * 1e6

#: Frames in a row that must fit before a place in the stream is believed: one checksum of four
#: bits is right by chance once in 16, four with their counters once in 10^9.
SURE_FRAMES = 4

#: Silence between command bytes; the maker's API waits as long.
PAUSE_S = 0.1
#: Lowest threshold of the battery light, 3.4 V; idle, this byte stops nothing.
BATTERY_THRESHOLD = b"\x00"
IDLE_FROM_ANYWHERE = b"\xff"
VERSION = b"\x07"
RATE_1000_HZ = b"\xc3"
STOP = b"\x00"
#: A line of text is shorter than this; more is none.
LONGEST_LINE = 64

_VERSION_LINE = re.compile(rb"BITalino\D*(\d+(?:\.\d+)?)")
#: Bytes of a frame by its channels.
_FRAME_BYTES = {1: 3, 2: 4, 3: 6, 4: 7, 5: 8, 6: 8}
LONGEST_FRAME = 8


def _remainders() -> bytes:
    """Return the CRC register after one more byte, for each register and byte (x^4 + x + 1)."""
    table = bytearray()
    for register in range(16):
        for byte in range(256):
            value = register
            for bit in range(7, -1, -1):
                value <<= 1
                if value & 0x10:
                    value ^= 0x13
                value ^= byte >> bit & 1
            table.append(value)
    return bytes(table)


_CRC_STEP = _remainders()


def frame_fits(buffer: bytes | bytearray, at: int, length: int) -> bool:
    """Return whether the checksum of the frame at this place is right."""
    register = 0
    last = at + length - 1
    for k in range(at, last):
        register = _CRC_STEP[register << 8 | buffer[k]]
    register = _CRC_STEP[register << 8 | buffer[last] & 0xF0]
    return register == buffer[last] & 0x0F


class BitalinoDecoder:
    """Text before the start, frames after it; the commands of the host tell which.

    Parameters
    ----------
    channels
        How many are taken, the first ones of the device.
    """

    def __init__(self, channels: int = DEFAULT_CHANNELS) -> None:
        self._channels = channels
        self._length = _FRAME_BYTES[channels]
        self._buffer = bytearray()
        self._streaming = False
        self._locked = False
        self._next = 0
        self._firmware = ""

    @property
    def profile(self) -> CapabilityProfile | None:
        """What it can do; None before it was started."""
        if not self._streaming:
            return None
        return replace(PROFILE, emg_channels=self._channels, firmware=self._firmware)

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a read completes."""
        self._buffer += data
        return self._frames() if self._streaming else self._lines()

    def sent(self, data: bytes) -> None:
        """Note what the host wrote: a start has bit 0 alone of the lowest two, a stop is zero."""
        for command in data:
            if command & 0x03 == 0x01:
                self._begin(streaming=True)
            elif command in (STOP[0], IDLE_FROM_ANYWHERE[0], VERSION[0]):
                self._begin(streaming=False)

    def reset(self) -> None:
        """Forget half a frame."""
        self._begin(streaming=False)

    def _begin(self, *, streaming: bool) -> None:
        self._streaming = streaming
        self._locked = False
        self._buffer.clear()

    def _lines(self) -> list[Piece]:
        """Return whole lines; what is none goes, so that a flood of bytes takes no memory."""
        out: list[Piece] = []
        *lines, rest = bytes(self._buffer).split(b"\n")
        for line in lines:
            text = line[-LONGEST_LINE:]
            found = _VERSION_LINE.search(text)
            if found is not None:
                self._firmware = found[1].decode()
            out.append(Answer(text))
        self._buffer = bytearray(rest[-LONGEST_LINE:])
        return out

    def _frames(self) -> list[Piece]:
        buffer, length = self._buffer, self._length
        out: list[Piece] = []
        starts: list[int] = []
        at = bad = 0
        while at + length <= len(buffer):
            counter = buffer[at + length - 1] >> 4
            if self._locked:
                good = counter == self._next and frame_fits(buffer, at, length)
            elif at + SURE_FRAMES * length > len(buffer):
                break
            else:
                good = self._sure(at)
            if good:
                if bad:
                    out += [*self._blocks(starts), Rejected(bad)]
                    starts, bad = [], 0
                starts.append(at)
                at += length
                self._locked = True
                self._next = (counter + 1) % COUNTER_MODULUS
            elif self._locked:
                self._locked = False  # look again at the same place
            else:
                at, bad = at + 1, bad + 1
        out += self._blocks(starts)
        if bad:
            out.append(Rejected(bad))
        del buffer[:at]
        return out

    def _sure(self, at: int) -> bool:
        """Return whether frames in a row fit from here on, each with the next counter."""
        length = self._length
        first = self._buffer[at + length - 1] >> 4
        return all(
            self._buffer[at + (k + 1) * length - 1] >> 4 == (first + k) % COUNTER_MODULUS
            and frame_fits(self._buffer, at + k * length, length)
            for k in range(SURE_FRAMES)
        )

    def _blocks(self, starts: list[int]) -> list[Piece]:
        """Return the samples of frames, cut where their counters do not follow one another."""
        if not starts:
            return []
        bytes_of = np.array(starts)[:, None] + np.arange(self._length)[None, :]
        frames = np.frombuffer(bytes(self._buffer), np.uint8)[bytes_of].astype(np.int64)
        counters = frames[:, -1] >> 4
        counts = _counts(frames)[:, : self._channels]
        bits = np.where(np.arange(self._channels) < FINE_CHANNELS, 10, 6)
        emg = (counts / 2.0**bits - 0.5) * UV_FULL_SCALE
        saturated = (counts == 0) | (counts == 2**bits - 1)
        cuts = np.flatnonzero(np.diff(counters) % COUNTER_MODULUS != 1) + 1
        return [
            EmgBlock(int(counters[k[0]]), emg[k], saturated[k])
            for k in np.split(np.arange(len(starts)), cuts)
        ]


def _counts(frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ``(n, 6)`` converter counts; channels stand from the end of a frame to its front."""
    whole = np.zeros((len(frames), LONGEST_FRAME), dtype=np.int64)
    whole[:, LONGEST_FRAME - frames.shape[1] :] = frames
    b8, b7, b6, b5, b4, b3, b2, _ = whole.T
    return np.stack(
        [
            (b2 & 0x0F) << 6 | b3 >> 2,
            (b3 & 0x03) << 8 | b4,
            b5 << 2 | b6 >> 6,
            (b6 & 0x3F) << 4 | b7 >> 4,
            (b7 & 0x0F) << 2 | b8 >> 6,
            b8 & 0x3F,
        ],
        axis=1,
    )


PROFILE = CapabilityProfile(
    adapter="bitalino",
    model="BITalino (r)evolution",
    emg_channels=DEFAULT_CHANNELS,
    emg_rate_hz=RATE_HZ,
    bits=10,
    uv_per_count=UV_FULL_SCALE / 2**10,
    time_source="counter",
    counter_modulus=COUNTER_MODULUS,
    integrity="crc4",
)


def parse_channels(options: Mapping[str, str]) -> int:
    """Return how many channels the address asks for.

    Raises
    ------
    UsageError
        Not 1 to 6.
    """
    text = options.get("channels", str(DEFAULT_CHANNELS))
    if not text.isdecimal() or not 1 <= int(text) <= MOST_CHANNELS:
        raise UsageError(
            f"bitalino: channels={text} must be 1 to {MOST_CHANNELS}, the first ones of the device;"
            " 5 and 6 have only 6 bits."
        )
    return int(text)


def _conversation(options: Mapping[str, str]) -> Conversation:
    channels = parse_channels(options)
    start = 0x01 | sum(1 << (2 + k) for k in range(channels))
    return Conversation(
        opening=(
            Step(IDLE_FROM_ANYWHERE, pause_s=2 * PAUSE_S),
            Step(VERSION, _names_version, within_s=1.0, pause_s=PAUSE_S, silent=_why_silent),
            Step(BATTERY_THRESHOLD, pause_s=PAUSE_S),
            Step(RATE_1000_HZ, pause_s=PAUSE_S),
        ),
        start=(Step(bytes((start,))),),
        stop=(Step(STOP, pause_s=PAUSE_S),),
    )


def _names_version(answer: bytes) -> bool:
    return _VERSION_LINE.search(answer) is not None


def _why_silent(answers: Answers) -> str:
    if answers:
        return "It sends something, but no BITalino's version. Is this the right port?"
    return "It does not tell its version. Is it switched on, paired, and is this its port?"


ADAPTER = Adapter(
    name="bitalino",
    label="BITalino",
    framing="cobs",
    make_decoder=lambda options: BitalinoDecoder(parse_channels(options)),
    make_conversation=_conversation,
    declared=PROFILE,
)

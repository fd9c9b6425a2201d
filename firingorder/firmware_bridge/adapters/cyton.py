"""OpenBCI Cyton behind its USB dongle: eight channels of 24 bits, but only 250 samples a second.

Facts: the public firmware (OpenBCI/OpenBCI_Cyton_Library) and BrainFlow's driver. Never tried on a
device.
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
from firingorder.firmware_bridge.adapters.packets import Packets, PacketScanner
from firingorder.firmware_bridge.profile import CapabilityProfile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.firmware_bridge.adapters.base import Answers

CHANNELS = 8
PACKET_BYTES = 33
COUNTER_MODULUS = 256
#: The dongle sends no more, whatever rate the board is told.
RATE_HZ = 250.0
#: -3 dB of the converter's sinc3 filter: 0.262 of its rate (data sheet of the ADS1299).
BANDWIDTH_HZ = 66.0
#: Codes of the gains in a channel setting.
GAINS = (1, 2, 4, 6, 8, 12, 24)
DEFAULT_GAIN = 24
REFERENCE_V = 4.5
FULL_SCALE = 2**23 - 1

#: End of every text of the board.
END_OF_TEXT = b"$$$"
#: The longest text, that of a reset, has some 150 bytes.
LONGEST_TEXT = 1024
#: The board is silent for 0.5 s while it resets (``boardReset`` of the firmware).
RESET_WITHIN_S = 3.0
#: After a stop, packets of the radio may still come.
SETTLE_S = 0.2

_FIRMWARE = re.compile(rb"Firmware: v([\w.]+)")


class CytonDecoder:
    """Texts until the stream is started, packets then.

    Parameters
    ----------
    gain
        The gain that the channels are set to.
    """

    def __init__(self, gain: int = DEFAULT_GAIN) -> None:
        self._uv_per_count = REFERENCE_V / gain / FULL_SCALE * 1e6
        self._scanner = PacketScanner(b"\xa0", PACKET_BYTES, range(0xC0, 0xC7), counter_at=1)
        self._text = bytearray()
        self._streaming = False
        self._firmware = ""

    @property
    def profile(self) -> CapabilityProfile | None:
        """What it can do; None before it was started."""
        if not self._streaming:
            return None
        return replace(PROFILE, uv_per_count=self._uv_per_count, firmware=self._firmware)

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a read completes."""
        if not self._streaming:
            return self._answers(data)
        return [
            piece if isinstance(piece, Rejected) else self._block(piece)
            for piece in self._scanner.feed(data)
        ]

    def sent(self, data: bytes) -> None:
        """Note what the host wrote; a channel setting (``x...X``) holds no command."""
        if data in (START, STOP, RESET):
            self._streaming = data == START
            self._scanner.clear()
            self._text.clear()

    def reset(self) -> None:
        """Forget half a packet."""
        self._streaming = False
        self._scanner.clear()
        self._text.clear()

    def _answers(self, data: bytes) -> list[Piece]:
        self._text += data
        *texts, rest = bytes(self._text).split(END_OF_TEXT)
        self._text = bytearray(rest[-LONGEST_TEXT:])
        out: list[Piece] = []
        for text in texts:
            found = _FIRMWARE.search(text)
            if found is not None:
                self._firmware = found[1].decode()
            out.append(Answer(text[-LONGEST_TEXT:]))
        return out

    def _block(self, packets: Packets) -> EmgBlock:
        n = len(packets.counters)
        parts = packets.bytes_of[:, 2 : 2 + 3 * CHANNELS].reshape(n, CHANNELS, 3).astype(np.int64)
        unsigned = parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]
        counts = unsigned - (unsigned >> 23 << 24)
        saturated = (counts >= FULL_SCALE) | (counts <= -FULL_SCALE)
        emg = counts.astype(np.float64) * self._uv_per_count
        return EmgBlock(int(packets.counters[0]), emg, saturated)


START, STOP, RESET = b"b", b"s", b"v"
#: Eight channels: with a second board of eight the packets would take turns.
EIGHT_CHANNELS = b"c"

PROFILE = CapabilityProfile(
    adapter="cyton",
    model="OpenBCI Cyton",
    emg_channels=CHANNELS,
    emg_rate_hz=RATE_HZ,
    bits=24,
    bandwidth_hz=BANDWIDTH_HZ,
    skew_us=0.0,
    uv_per_count=REFERENCE_V / DEFAULT_GAIN / FULL_SCALE * 1e6,
    time_source="counter",
    counter_modulus=COUNTER_MODULUS,
    integrity="none",
    remark="Its accelerometer (25 Hz, on the board) is not used as a pelvis sensor.",
)


def parse_gain(options: Mapping[str, str]) -> int:
    """Return the gain that the address asks for.

    Raises
    ------
    UsageError
        The converter has no such gain.
    """
    text = options.get("gain", str(DEFAULT_GAIN))
    if not text.isdecimal() or int(text) not in GAINS:
        raise UsageError(f"cyton: gain={text} must be one of {', '.join(map(str, GAINS))}.")
    return int(text)


def channel_setting(channel: int, gain: int) -> bytes:
    """Return the command for a bipolar EMG channel: on, in the bias, off the common reference.

    ``channel`` counts from 1.
    """
    on, normal_input, in_bias, off_srb2, off_srb1 = 0, 0, 1, 0, 0
    digits = f"{channel}{on}{GAINS.index(gain)}{normal_input}{in_bias}{off_srb2}{off_srb1}"
    return f"x{digits}X".encode()


def _conversation(options: Mapping[str, str]) -> Conversation:
    gain = parse_gain(options)
    settings = tuple(
        Step(
            channel_setting(channel, gain),
            lambda answer: b"set" in answer.lower(),
            silent=f"It does not take the setting of channel {channel}. Switch the board off and"
            " on again.",
        )
        for channel in range(1, CHANNELS + 1)
    )
    return Conversation(
        opening=(
            Step(STOP, pause_s=SETTLE_S),
            Step(RESET, _is_board, within_s=RESET_WITHIN_S, tries=2, silent=_why_silent),
            Step(EIGHT_CHANNELS, pause_s=SETTLE_S),
            *settings,
        ),
        start=(Step(START),),
        stop=(Step(STOP, pause_s=SETTLE_S),),
    )


def _is_board(answer: bytes) -> bool:
    return b"OpenBCI" in answer


def _why_silent(answers: Answers) -> str:
    if answers:
        return (
            "A dongle answers, but no board behind it. Switch the board to PC, near the dongle,"
            " and charge its battery."
        )
    return "It does not answer to a reset. Is this the port of its dongle?"


ADAPTER = Adapter(
    name="cyton",
    label="OpenBCI Cyton",
    framing="cobs",
    make_decoder=lambda options: CytonDecoder(parse_gain(options)),
    make_conversation=_conversation,
    declared=PROFILE,
)

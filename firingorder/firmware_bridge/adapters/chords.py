"""Boards with Upside Down Labs' Chords firmware: an Arduino whose converter is the amplifier's.

Facts: the public firmware (upsidedownlabs/Chords-Arduino-Firmware) and its Python host
(upsidedownlabs/Chords-Python, ``chordspy/chords_serial.py``). Never tried on a device.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

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

COUNTER_MODULUS = 256
HEAD = b"\xc7\x7c"
END_BYTE = 0x01
#: Bytes of a packet besides the samples: head, counter, end.
OTHER_BYTES = 4

#: The firmware reads a command until nothing more came for a second (``Serial.readString``), and
#: only then obeys; two commands within this time are read as one that it does not know.
READING_S = 1.0
SETTLE_S = READING_S + 0.3
ANSWER_WITHIN_S = READING_S + 1.0
#: A board that starts anew when its port is opened waits for a new program for 2 s first.
TRIES = 3
#: A name is shorter than this; more is none.
LONGEST_LINE = 64


@dataclass(frozen=True, slots=True)
class Board:
    """What a board with this firmware does."""

    channels: int
    rate_hz: float
    bits: int


#: By the answer to WHORU.
BOARDS: dict[str, Board] = {
    **dict.fromkeys(("UNO-R3", "UNO-CLONE", "GENUINO-UNO"), Board(6, 250.0, 10)),
    **dict.fromkeys(("NANO-CLONE", "NANO-CLASSIC"), Board(8, 250.0, 10)),
    **dict.fromkeys(("MEGA-2560-R3", "MEGA-2560-CLONE"), Board(16, 250.0, 10)),
    "UNO-R4": Board(6, 500.0, 14),
    "NPG-LITE": Board(3, 500.0, 12),
    "RPI-PICO-RP2040": Board(3, 500.0, 12),
    "STM32F4-BLACK-PILL": Board(8, 500.0, 12),
    "STM32G4-CORE-BOARD": Board(16, 500.0, 12),
    "GIGA-R1": Board(6, 500.0, 16),
}

WHO = b"WHORU\n"
START, STOP = b"START\n", b"STOP\n"


@cache
def _profile(name: str) -> CapabilityProfile | None:
    """Return what a board can do; asked for with every packet, so it is kept."""
    board = BOARDS.get(name)
    if board is None:
        return None
    return replace(
        PROFILE,
        model=f"Chords {name}",
        emg_channels=board.channels,
        emg_rate_hz=board.rate_hz,
        bits=board.bits,
    )


class ChordsDecoder:
    """Lines until the stream is started, packets then; the board's name tells their length."""

    def __init__(self) -> None:
        self._name = ""
        self._line = bytearray()
        self._scanner: PacketScanner | None = None

    @property
    def profile(self) -> CapabilityProfile | None:
        """What the board can do; None before it told its name."""
        return _profile(self._name)

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a read completes."""
        if self._scanner is None:
            return self._lines(data)
        return [
            piece if isinstance(piece, Rejected) else self._block(piece)
            for piece in self._scanner.feed(data)
        ]

    def sent(self, data: bytes) -> None:
        """Note what the host wrote."""
        board = BOARDS.get(self._name)
        if data == START and board is not None:
            length = 2 * board.channels + OTHER_BYTES
            self._scanner = PacketScanner(HEAD, length, (END_BYTE,), counter_at=len(HEAD))
        elif data in (WHO, STOP):
            self.reset()

    def reset(self) -> None:
        """Forget half a packet."""
        self._scanner = None
        self._line.clear()

    def _lines(self, data: bytes) -> list[Piece]:
        self._line += data
        *lines, rest = bytes(self._line).split(b"\n")
        self._line = bytearray(rest[-LONGEST_LINE:])
        out: list[Piece] = []
        for line in lines:
            said = line[-LONGEST_LINE:].strip()
            name = _board_name(said)
            if name is not None:
                self._name = name
            out.append(Answer(said))
        return out

    def _block(self, packets: Packets) -> EmgBlock:
        board = BOARDS[self._name]
        pairs = packets.bytes_of[:, len(HEAD) + 1 : -1].astype(np.int64)
        counts = pairs[:, 0::2] << 8 | pairs[:, 1::2]
        top = 2**board.bits - 1
        middle = 2 ** (board.bits - 1)
        emg = (counts - middle).astype(np.float64)
        return EmgBlock(int(packets.counters[0]), emg, (counts <= 0) | (counts >= top))


PROFILE = CapabilityProfile(
    adapter="chords",
    model="Chords",
    time_source="counter",
    counter_modulus=COUNTER_MODULUS,
    integrity="none",
    remark="Values are counts of the converter from the middle of its range, no microvolts.",
)


def _board_name(said: bytes) -> str | None:
    """Return the board that a line names; bytes of a stream may stand in front of it."""
    text = said.decode("ascii", "replace")
    return max((name for name in BOARDS if text.endswith(name)), key=len, default=None)


def _conversation(options: Mapping[str, str]) -> Conversation:
    return Conversation(
        opening=(
            Step(STOP, pause_s=SETTLE_S),
            Step(
                WHO,
                lambda answer: _board_name(answer) is not None,
                within_s=ANSWER_WITHIN_S,
                tries=TRIES,
                silent=_why_silent,
            ),
        ),
        start=(Step(START),),
        stop=(Step(STOP, pause_s=SETTLE_S),),
        ways=1 if "baud" in options else 2,
    )


def _why_silent(answers: Answers) -> str:
    text = answers[-1].decode("ascii", "replace") if answers else ""
    if text.isprintable() and text.strip():
        return f"It calls itself {text[:LONGEST_LINE]!r}; no such board is known to this version."
    return (
        "It does not tell its name. Does the board carry the Chords firmware, and is this its port?"
    )


ADAPTER = Adapter(
    name="chords",
    label="Chords board",
    framing="cobs",
    make_decoder=lambda _options: ChordsDecoder(),
    make_conversation=_conversation,
    declared=PROFILE,
)

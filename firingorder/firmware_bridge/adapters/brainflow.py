"""Boards that only BrainFlow speaks to: its rows of numbers, its package numbers.

Reads are those of :mod:`.array_record`: a description of the board, then arrays of ``(rows,
samples)`` as BrainFlow hands them over. Its time stamps are those of its own reading thread and
are not used; package numbers and arrivals make the time.

Facts: brainflow-dev/brainflow ``src/board_controller``, and what release 5.23.0 says of its boards.
None of them was ever tried with a device.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.errors import UsageError
from firingorder.firmware_bridge.adapters.array_record import DESCRIPTION, unpack
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

    from firingorder.samples import FloatArray

SYNTHETIC, SHIMMER3 = -1, 68


@dataclass(frozen=True, slots=True)
class BoardKind:
    """What BrainFlow does not say of a board.

    Attributes
    ----------
    modulus
        Of the package number; 0 where none comes from the device, so that losses go unseen.
    microvolts
        Whether its EMG rows are microvolts.
    """

    modulus: int = 0
    microvolts: bool = False


#: By board id. Package numbers: one byte of the packet (openbci/cyton.cpp, cyton_wifi.cpp,
#: freeeeg/freeeeg.cpp), four bytes (biolistener/biolistener.cpp), BrainFlow's own count
#: (neuromd/callibri.cpp), one for two samples (openbci/ganglion_native.cpp).
KINDS: dict[int, BoardKind] = {
    SYNTHETIC: BoardKind(256, microvolts=True),
    0: BoardKind(256, microvolts=True),
    1: BoardKind(0, microvolts=True),
    5: BoardKind(256, microvolts=True),
    10: BoardKind(0, microvolts=True),
    17: BoardKind(256, microvolts=True),
    46: BoardKind(0, microvolts=True),
    52: BoardKind(256, microvolts=True),
    64: BoardKind(1 << 32, microvolts=True),
}
#: Shimmer3: microvolts = counts x 2420e3 / gain / (2^23 - 1); its gains. From general knowledge,
#: never verified, so they are used only if a person names the gain.
SHIMMER_REFERENCE_UV, SHIMMER_FULL_SCALE = 2_420_000.0, 0x7FFFFF
SHIMMER_GAINS = ("1", "2", "3", "4", "6", "8", "12")
MOST_ROWS = 1024
#: Package numbers are kept as float64.
_EXACT = float(1 << 53)


@dataclass(frozen=True, slots=True)
class Board:
    """A board as BrainFlow describes it."""

    board_id: int
    name: str
    rate_hz: float
    rows: int
    emg_rows: tuple[int, ...]
    package_row: int | None


def read_board(fields: Mapping[str, Any]) -> Board | None:
    """Return the board of a description; None if that is none."""
    board_id, rate_hz, rows = fields.get("board_id"), fields.get("rate_hz"), fields.get("rows")
    emg, package = fields.get("emg_rows"), fields.get("package_row")
    if not isinstance(board_id, int) or not isinstance(rows, int) or not 0 < rows <= MOST_ROWS:
        return None
    if not isinstance(rate_hz, int | float) or not isfinite(rate_hz) or not 1 <= rate_hz <= 1e5:
        return None
    if not isinstance(emg, list) or not emg:
        return None
    places = [one for one in cast("list[object]", emg) if isinstance(one, int)]
    if len(places) != len(cast("list[object]", emg)) or not all(0 <= k < rows for k in places):
        return None
    row = package if isinstance(package, int) and 0 <= package < rows else None
    return Board(board_id, str(fields.get("name", "")), rate_hz, rows, tuple(places), row)


class BrainflowDecoder:
    """Reads to blocks.

    Parameters
    ----------
    gain
        Of a Shimmer3, if a person named it.
    """

    def __init__(self, gain: float | None = None) -> None:
        self.profile: CapabilityProfile | None = None
        self._gain = gain
        self._board: Board | None = None

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a read holds."""
        found = unpack(data)
        if isinstance(found, dict):
            board = read_board(found)
            if board is None:
                return [Rejected(len(data))]
            self._board = board
            self.profile = profile_of(board, self._gain)
            return [Answer(DESCRIPTION)]
        board = self._board
        if found is None or board is None or found.values.shape[0] != board.rows:
            return [Rejected(len(data))]
        return self._blocks(found.values, board)

    def sent(self, data: bytes) -> None:
        """Note what the host wrote: BrainFlow speaks to the board."""

    def reset(self) -> None:
        """Forget nothing: a read is whole."""

    def _blocks(self, values: NDArray[Any], board: Board) -> list[Piece]:
        assert self.profile is not None
        emg: FloatArray = values[list(board.emg_rows)].T.astype(np.float64)
        emg *= self.profile.uv_per_count or 1.0
        emg[~np.isfinite(emg)] = np.nan
        saturated = np.zeros(emg.shape, dtype=np.bool_)
        modulus = self.profile.counter_modulus
        if not modulus or board.package_row is None:
            return [EmgBlock(0, emg, saturated)] if len(emg) else []
        numbers = values[board.package_row].astype(np.float64)
        if not (np.abs(numbers) < _EXACT).all():
            return [Rejected(values.nbytes)]
        counters = numbers.astype(np.int64) % modulus
        breaks = np.flatnonzero((np.diff(counters) - 1) % modulus) + 1
        return [
            EmgBlock(int(counters[begin]), emg[begin:end], saturated[begin:end])
            for begin, end in pairwise([0, *breaks.tolist(), len(emg)])
            if end > begin
        ]


def profile_of(board: Board, gain: float | None = None) -> CapabilityProfile:
    """Return what may be expected of a board: what BrainFlow does not say is unknown."""
    kind = KINDS.get(board.board_id, BoardKind())
    modulus = 0 if board.package_row is None else kind.modulus
    scale = 1.0 if kind.microvolts else None
    remark = ""
    if board.board_id == SHIMMER3 and gain is not None:
        scale = SHIMMER_REFERENCE_UV / gain / SHIMMER_FULL_SCALE
        remark = "The scale of its microvolts was never verified."
    return CapabilityProfile(
        adapter="brainflow",
        model=board.name,
        emg_channels=len(board.emg_rows),
        emg_rate_hz=board.rate_hz,
        uv_per_count=scale,
        time_source="counter" if modulus else "notification_count",
        counter_modulus=modulus,
        integrity="none",
        simulated=board.board_id == SYNTHETIC,
        remark=remark,
    )


def _gain(options: Mapping[str, str]) -> float | None:
    named = options.get("gain")
    if named is None:
        return None
    if named not in SHIMMER_GAINS:
        raise UsageError(
            f"brainflow: gain must be one of {', '.join(SHIMMER_GAINS)}, as set on the Shimmer."
        )
    return float(named)


def _conversation(options: Mapping[str, str]) -> Conversation:
    _gain(options)
    return Conversation(
        opening=(
            Step(
                b"",  # the link describes the board by itself
                expect=lambda answer: answer == DESCRIPTION,
                tries=1,
                silent="BrainFlow does not describe it.",
            ),
        ),
        start=(),
        stop=(),
    )


ADAPTER = Adapter(
    name="brainflow",
    label="a board of BrainFlow",
    framing="packet",
    make_decoder=lambda options: BrainflowDecoder(_gain(options)),
    make_conversation=_conversation,
    declared=CapabilityProfile(adapter="brainflow", time_source="notification_count"),
)

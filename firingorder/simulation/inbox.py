"""The receiver of the virtual device: bytes of the host become frames, garbage is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.frame import (
    DELIMITER,
    MAX_PACKET_BYTES,
    Frame,
    FrameFault,
    parse_frame,
)

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Framing


class Inbox:
    """Keeps what is a frame (wire_protocol.md section 3).

    A byte stream is split at 0x00; on a link that keeps frames apart each write is one frame.
    """

    def __init__(self, framing: Framing = "cobs") -> None:
        self.bad = 0
        self._framing = framing
        self._buffer = bytearray()
        self._skipping = False

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that ``data`` completes. Empty packets are ignored, not counted."""
        out: list[Frame] = []
        if self._framing == "packet":
            self._take(data, out)
            return out
        self._buffer += data
        while (end := self._buffer.find(DELIMITER)) >= 0:
            raw = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            if self._skipping:
                self._skipping = False
            elif raw:
                self._take(raw, out)
        if len(self._buffer) > MAX_PACKET_BYTES:
            # One error for the whole run up to the next delimiter, however it is cut.
            if not self._skipping:
                self.bad += 1
            self._skipping = True
            self._buffer.clear()
        return out

    def reset(self) -> None:
        """Forget everything, as after a reset of the device."""
        self.bad = 0
        self._buffer.clear()
        self._skipping = False

    def _take(self, raw: bytes, out: list[Frame]) -> None:
        try:
            out.append(parse_frame(raw if self._framing == "packet" else cobs.decode(raw)))
        except (FrameFault, ValueError):
            self.bad += 1

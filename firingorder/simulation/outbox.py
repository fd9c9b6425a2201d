"""The transmitter of the virtual device: numbers frames, queues them, drops whole newest ones."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.frame import (
    DELIMITER,
    MAX_FRAME_BYTES,
    Flag,
    Frame,
    encode_frame,
    packet,
)

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Framing


class Outbox:
    """Frames on their way to a host.

    When a frame finds no room in the ring of ``ring_bytes`` it is dropped whole, takes its
    sequence number with it, is counted, and the next frame that is queued says so (flag b0).

    ``cobs``: while the link takes bytes, frames leave at once; while it does not, they wait.
    ``packet``: frames wait until the link takes them one by one (:meth:`take_frame`). While
    nobody listens nothing is queued and no number used.

    Attributes
    ----------
    frames_dropped
        Frames that found no room, since the last reset.
    """

    def __init__(self, ring_bytes: int, framing: Framing = "cobs") -> None:
        self.frames_dropped = 0
        self._framing = framing
        self._longest_bytes = MAX_FRAME_BYTES if framing == "cobs" else 0
        self._ring_bytes = ring_bytes
        self._flowing = False
        self._ring: deque[bytes] = deque()
        self._used_bytes = 0
        self._wire = bytearray()
        self._seq = 0
        self._dropped_since_last = False
        self._high_water_bytes = 0

    def listen(self, longest_bytes: int) -> None:
        """Queue frames of up to ``longest_bytes`` from now on; longer ones are never sent."""
        self._longest_bytes = longest_bytes

    def silence(self) -> None:
        """Discard what waits and queue nothing: nobody listens."""
        self._longest_bytes = 0
        self._empty()

    def put(self, frame: Frame) -> None:
        """Queue a frame; its sequence number and flag b0 are filled in here."""
        flags = frame.flags | (Flag.DROPPED if self._dropped_since_last else 0)
        raw = encode_frame(replace(frame, seq=self._seq, flags=flags))
        if len(raw) > self._longest_bytes:
            return
        data = packet(raw) if self._framing == "cobs" else raw
        self._seq = (self._seq + 1) & 0xFFFF
        if not self._flowing and self._used_bytes + len(data) > self._ring_bytes:
            self.frames_dropped += 1
            self._dropped_since_last = True
            return
        self._dropped_since_last = False
        self._append(data)
        # A frame that leaves at once has been in the ring, too.
        self._high_water_bytes = max(self._high_water_bytes, len(data), self._used_bytes)

    def delimit(self) -> None:
        """Queue the single 0x00 that a sender emits after opening the port of a byte stream."""
        if self._framing == "cobs":
            self._append(DELIMITER)

    def set_flowing(self, flowing: bool) -> None:
        """Say whether a byte stream takes bytes; what waited leaves when it does again."""
        self._flowing = flowing
        if flowing:
            for data in self._ring:
                self._wire += data
            self._empty()

    def take(self) -> bytes:
        """Return the bytes that have left since the last call."""
        data = bytes(self._wire)
        self._wire.clear()
        return data

    def take_frame(self) -> bytes | None:
        """Return the oldest frame that waits, or None."""
        if not self._ring:
            return None
        data = self._ring.popleft()
        self._used_bytes -= len(data)
        return data

    @property
    def waiting(self) -> bool:
        """Whether bytes have left and were not taken yet."""
        return bool(self._wire)

    def high_water_percent(self) -> int:
        """Return the fullest state of the ring since the last call, percent."""
        share = min(100, 100 * self._high_water_bytes // self._ring_bytes)
        self._high_water_bytes = 0
        return share

    def reset(self) -> None:
        """Start over as after a reset of the device. What has left the ring still arrives."""
        self._empty()
        self._seq = 0
        self.frames_dropped = 0
        self._dropped_since_last = False
        self._high_water_bytes = 0

    def _append(self, data: bytes) -> None:
        if self._flowing:
            self._wire += data
        else:
            self._ring.append(data)
            self._used_bytes += len(data)

    def _empty(self) -> None:
        self._ring.clear()
        self._used_bytes = 0

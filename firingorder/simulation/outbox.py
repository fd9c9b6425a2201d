"""The transmitter of the virtual device: numbers frames, queues them, drops whole newest ones."""

from __future__ import annotations

from dataclasses import replace

from firingorder.firmware_bridge.frame import DELIMITER, Flag, Frame, encode_frame, packet


class Outbox:
    """Frames on their way to a byte stream.

    While the link takes bytes they leave at once. While it does not, they wait in a ring of
    ``ring_bytes``; when that is full the newest frame is dropped whole, takes its sequence number
    with it, is counted, and the next frame that is queued says so (flag b0).
    """

    def __init__(self, ring_bytes: int) -> None:
        self.frames_dropped = 0
        self._ring_bytes = ring_bytes
        self._flowing = False
        self._ring = bytearray()
        self._wire = bytearray()
        self._seq = 0
        self._dropped_since_last = False
        self._high_water_bytes = 0

    def put(self, frame: Frame) -> None:
        """Queue a frame; its sequence number and flag b0 are filled in here."""
        flags = frame.flags | (Flag.DROPPED if self._dropped_since_last else 0)
        data = packet(encode_frame(replace(frame, seq=self._seq, flags=flags)))
        self._seq = (self._seq + 1) & 0xFFFF
        if not self._flowing and len(self._ring) + len(data) > self._ring_bytes:
            self.frames_dropped += 1
            self._dropped_since_last = True
            return
        self._dropped_since_last = False
        self._append(data)
        # A frame that leaves at once has been in the ring, too.
        self._high_water_bytes = max(self._high_water_bytes, len(data), len(self._ring))

    def delimit(self) -> None:
        """Queue the single 0x00 that a sender emits after opening the port."""
        self._append(DELIMITER)

    def set_flowing(self, flowing: bool) -> None:
        """Say whether the link takes bytes; what waited in the ring leaves when it does again."""
        self._flowing = flowing
        if flowing:
            self._wire += self._ring
            self._ring.clear()

    def take(self) -> bytes:
        """Return the bytes that have left since the last call."""
        data = bytes(self._wire)
        self._wire.clear()
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
        self._ring.clear()
        self._seq = 0
        self.frames_dropped = 0
        self._dropped_since_last = False
        self._high_water_bytes = 0

    def _append(self, data: bytes) -> None:
        if self._flowing:
            self._wire += data
        else:
            self._ring += data

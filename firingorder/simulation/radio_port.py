"""The virtual device as its radio sees it: connections, whole frames, INFO."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.frame import MAX_FRAME_BYTES, MIN_FRAME_BYTES
from firingorder.firmware_bridge.links.gatt import ATT_HEADER_BYTES

if TYPE_CHECKING:
    from firingorder.simulation.device import VirtualDevice
    from firingorder.simulation.settings import RadioState


class RadioPort:
    """Turns a device into one on a radio (wire_protocol.md section 8).

    Unlike on a cable the device notices that nobody listens: its streams stop and its ring is
    discarded. There is no keep-alive.

    Parameters
    ----------
    device
        A device that nobody has looked at yet.
    """

    def __init__(self, device: VirtualDevice) -> None:
        device.use_packets()
        self.device = device
        self._hello = b""

    def join(self, radio: RadioState, now_us: int) -> None:
        """Take a connection, or its new values: batches follow its MTU."""
        device = self.device
        device.run_until(now_us)
        if radio.mtu != device.mtu and not device.streams.running:
            device.streams.limit_payload(radio.mtu - ATT_HEADER_BYTES - MIN_FRAME_BYTES)
        device.radio = radio

    def leave(self, now_us: int) -> None:
        """Take the connection away."""
        self.unsubscribe(now_us)
        self.device.radio = None

    def subscribe(self, now_us: int) -> None:
        """Let frames be notified; a HELLO that the MTU does not hold is not sent."""
        device = self.device
        device.run_until(now_us)
        if device.mtu is not None:
            device.outbox.listen(min(device.mtu - ATT_HEADER_BYTES, MAX_FRAME_BYTES))

    def unsubscribe(self, now_us: int) -> None:
        """Stop the streams and discard what waits."""
        self.device.run_until(now_us)
        self.device.discard()
        self.device.outbox.silence()

    def receive(self, data: bytes, now_us: int) -> None:
        """Take one write of the host: one frame."""
        self.device.receive(data, now_us)

    def advance(self, now_us: int) -> None:
        """Let the device live up to now."""
        self.device.run_until(now_us)

    def take_frame(self) -> bytes | None:
        """Return the oldest frame that waits, or None."""
        return self.device.outbox.take_frame()

    def read_hello(self, now_us: int) -> bytes:
        """Return what INFO holds now: the same bytes until it says something else.

        A central reads what is longer than its MTU in pieces, and they must belong together.
        """
        self.device.run_until(now_us)
        hello = self.device.read_hello()
        if _without_time(hello) != _without_time(self._hello):
            self._hello = hello
        return self._hello


def _without_time(frame: bytes) -> bytes:
    """Return a frame without t_us and CRC (wire_protocol.md section 4)."""
    return frame[:12] + frame[20:-4]

"""The virtual device of this project on a radio (wire_protocol.md section 8)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from firingorder.simulation.radio.table import Characteristic, GattTable, Service

if TYPE_CHECKING:
    from firingorder.simulation.device import VirtualDevice
    from firingorder.simulation.radio.table import Notifier
    from firingorder.simulation.settings import RadioState

SERVICE = "a56d0001-a486-4e89-9855-7edad63f40e6"
CMD = "a56d0002-a486-4e89-9855-7edad63f40e6"
DATA = "a56d0003-a486-4e89-9855-7edad63f40e6"
INFO = "a56d0004-a486-4e89-9855-7edad63f40e6"
MTU = 247
#: The interval that the peripheral asks for, ms: 7.5, else up to 15.
INTERVAL_MS = (7.5, 15.0)


class BeltTwin:
    """Wears a virtual device with ``framing="packet"``.

    Frames wait in the ring of the device and leave as the controller has buffers for them, so a
    radio that does not keep up fills the ring and makes the device drop whole newest frames.
    """

    def __init__(self, device: VirtualDevice) -> None:
        if device.settings.framing != "packet":
            raise ValueError("the device speaks a byte stream: make it with framing='packet'")
        self.device = device
        self._notifier: Notifier | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._linked = False

    @property
    def table(self) -> GattTable:
        """CMD, DATA and INFO; found by the service, shown by name and end of the serial number."""
        return GattTable(
            name=f"{self.device.name}-{self.device.serial[-2:].hex().upper()}",
            services=(
                Service(
                    SERVICE,
                    (
                        Characteristic(
                            CMD, ("write", "write_without_response"), on_write=self._command
                        ),
                        Characteristic(DATA, ("notify",), on_subscribe=self._listen),
                        Characteristic(INFO, ("read",), value=self._info),
                    ),
                ),
            ),
            advertised=(SERVICE,),
            max_mtu=MTU,
            interval_ms=INTERVAL_MS,
        )

    def attach(self, notifier: Notifier) -> None:
        """Take the way out and let the device run."""
        self._notifier = notifier
        self.run()

    def connected(self, state: RadioState) -> None:
        """Let the device follow the MTU."""
        self._linked = True
        self.device.join(state, _now_us())

    def disconnected(self) -> None:
        """Stop the streams; what waits is lost."""
        self._linked = False
        self.device.leave(_now_us())
        self.run()

    def room_made(self) -> None:
        """Send what waits."""
        self.run()

    def close(self) -> None:
        """Stop the clockwork."""
        if self._timer is not None:
            self._timer.cancel()
        self._notifier = None

    def run(self) -> None:
        """Let the device live up to now, send what fits, and come back when it has more."""
        if self._notifier is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self.device.advance(_now_us())
        if self.device.booting and self._linked:
            self._linked = False
            self._notifier.drop_link()
        while self._notifier.room and (frame := self.device.take_frame(_now_us())):
            self._notifier.notify(DATA, frame)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(self.device.next_event_us / 1e6, self.run)

    def _command(self, data: bytes) -> None:
        self.device.receive(data, _now_us())
        self.run()

    def _listen(self, listening: bool) -> None:
        if listening:
            self.device.subscribe(_now_us())
        else:
            self.device.unsubscribe(_now_us())
        self.run()

    def _info(self) -> bytes:
        return self.device.read_hello(_now_us())


def _now_us() -> int:
    """Return the clock of the running loop, microseconds."""
    return round(asyncio.get_running_loop().time() * 1e6)

"""The virtual device of this project on a radio (wire_protocol.md section 8)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.links.gatt import FRAME_V1
from firingorder.simulation.ending import play_out
from firingorder.simulation.radio.table import Characteristic, GattTable, Service
from firingorder.simulation.radio_port import RadioPort
from firingorder.simulation.spoiling import Spoiler
from firingorder.simulation.timetable import Change, timetable

if TYPE_CHECKING:
    from firingorder.simulation.device import VirtualDevice
    from firingorder.simulation.radio.table import Notifier
    from firingorder.simulation.settings import RadioState

SERVICE = FRAME_V1.services[0]
CMD = FRAME_V1.write[0].uuid
DATA = FRAME_V1.notify[0]
INFO = FRAME_V1.info[0]
MTU = 247
#: The interval that the peripheral asks for, ms: 7.5, else up to 15.
INTERVAL_MS = (7.5, 15.0)


class BeltTwin:
    """Puts a virtual device, that nobody has looked at yet, on a radio.

    Frames wait in the ring of the device and leave as the controller has buffers for them, so a
    radio that does not keep up fills the ring and makes the device drop whole newest frames.

    Of the device's fault plan, ``unplug`` takes it out of range, ``stall`` lets nothing pass, and
    ``drop``, ``flip`` and ``dup`` spoil notifications on their way to the controller: the radio
    itself loses nothing.

    Attributes
    ----------
    device
        What was put on the radio.
    spoiler
        What was done to single notifications so far.
    """

    def __init__(self, device: VirtualDevice) -> None:
        self.device = device
        self._port = RadioPort(device)
        self._notifier: Notifier | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._linked = False
        self.spoiler = Spoiler(device.faults, device.seed)
        self._changes: list[Change] | None = None

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
        self._port.join(state, _now_us())

    def disconnected(self) -> None:
        """Stop the streams; what waits is lost."""
        self._linked = False
        self._port.leave(_now_us())
        self.run()

    def room_made(self) -> None:
        """Send what waits."""
        self.run()

    @property
    def linked(self) -> bool:
        """Whether a central is connected."""
        return self._linked

    def play_out(self) -> bool:
        """Come to the end of what it plays; return whether there is one to be heard."""
        ending = play_out(self.device, _now_us())
        self.run()
        return ending

    def close(self) -> None:
        """Stop the clockwork."""
        if self._timer is not None:
            self._timer.cancel()
        self._notifier = None

    def run(self) -> None:
        """Let the device live up to now, send what fits, and come back when it has more."""
        notifier = self._notifier
        if notifier is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._port.advance(_now_us())
        self._change(notifier)
        if self.device.booting and self._linked:
            self._linked = False
            notifier.drop_link()
        while notifier.room and (frame := self._port.take_frame()):
            for arriving in self.spoiler.spoil(frame):
                notifier.notify(DATA, arriving)
        next_us = self.device.next_event_us
        if self._changes:
            next_us = min(next_us, self._changes[0].at_us)
        self._timer = asyncio.get_running_loop().call_at(next_us / 1e6, self.run)

    def _change(self, notifier: Notifier) -> None:
        """Do what the fault plan asks for by now."""
        if self._changes is None:
            self._changes = timetable(self.device)
        while self._changes and self._changes[0].at_us <= _now_us():
            match self._changes.pop(0).kind:
                case "stall":
                    notifier.stall()
                case "flow":
                    notifier.flow()
                case "unplug":
                    notifier.cut()
                case "plug":
                    notifier.restore()

    def _command(self, data: bytes) -> None:
        self._port.receive(data, _now_us())
        self.run()

    def _listen(self, listening: bool) -> None:
        if listening:
            self._port.subscribe(_now_us())
        else:
            self._port.unsubscribe(_now_us())
        self.run()

    def _info(self) -> bytes:
        return self._port.read_hello(_now_us())


def _now_us() -> int:
    """Return the clock of the running loop, microseconds."""
    return round(asyncio.get_running_loop().time() * 1e6)

"""What the virtual device says besides samples: HELLO, STATUS, EVENT, ACK, TIME_RSP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.frame import Flag, Frame, FrameType, encode_frame
from firingorder.firmware_bridge.payloads import DeviceEvent, Hello, TimeResponse
from firingorder.simulation.settings import CAPS

if TYPE_CHECKING:
    from firingorder.firmware_bridge.payloads import Ack, Status, StreamDescriptor
    from firingorder.simulation.outbox import Outbox
    from firingorder.simulation.streams import Ready

#: Identity of wire_protocol.md section 5: this project, Python emulator.
MODEL_PYTHON_EMULATOR = 5
VENDOR_FIRINGORDER = 1
FIRMWARE = (0, 1, 0)


class Reports:
    """Builds frames with the state that every header carries and queues them.

    ``outbox`` is where they go. ``serial`` never changes; ``epoch`` and the two flags are set
    by the device; ``boot_id`` and ``reset_reason`` are those of the present boot.
    """

    def __init__(self, outbox: Outbox, serial: bytes) -> None:
        self.epoch = 0
        self.boot_id = 0
        self.reset_reason = 0
        self.lead_off = False
        self.vbus = False
        self.outbox = outbox
        self.serial = serial

    def data(self, ready: Ready, t_us: int) -> None:
        """Queue a DATA frame."""
        self.outbox.put(
            Frame(
                FrameType.DATA,
                epoch=self.epoch,
                flags=ready.flags | self._flags(),
                stream=ready.stream,
                count=ready.batch.count,
                index=ready.batch.index & 0xFFFF_FFFF,
                t_us=t_us,
                payload=ready.batch.payload,
            )
        )

    def hello(self, streams: tuple[StreamDescriptor, ...], now_us: int) -> None:
        """Queue HELLO."""
        self._put(FrameType.HELLO, self._hello(streams).build(), now_us)

    def read_hello(self, streams: tuple[StreamDescriptor, ...], now_us: int) -> bytes:
        """Return HELLO as INFO is read on a radio: number 0, and none of the link is used."""
        payload = self._hello(streams).build()
        return encode_frame(self._frame(FrameType.HELLO, payload, now_us))

    def status(self, status: Status, now_us: int) -> None:
        """Queue STATUS."""
        self._put(FrameType.STATUS, status.build(), now_us)

    def event(self, kind: int, value: int, now_us: int) -> None:
        """Queue an EVENT that happened now."""
        self._put(FrameType.EVENT, DeviceEvent(kind, value, now_us).build(), now_us)

    def ack(self, ack: Ack, now_us: int) -> None:
        """Queue an ACK."""
        self._put(FrameType.ACK, ack.build(), now_us)

    def time(self, token: int, t1_ns: int, now_us: int) -> None:
        """Queue the answer to TIME_REQ: received and answered in the same microsecond."""
        response = TimeResponse(token, t1_ns, now_us, now_us)
        self._put(FrameType.TIME_RSP, response.build(), now_us)

    def _hello(self, streams: tuple[StreamDescriptor, ...]) -> Hello:
        return Hello(
            firmware=FIRMWARE,
            model=MODEL_PYTHON_EMULATOR,
            vendor=VENDOR_FIRINGORDER,
            serial=self.serial,
            boot_id=self.boot_id,
            streams=streams,
            reset_reason=self.reset_reason,
            caps=int(CAPS),
        )

    def _put(self, kind: FrameType, payload: bytes, now_us: int) -> None:
        self.outbox.put(self._frame(kind, payload, now_us))

    def _frame(self, kind: FrameType, payload: bytes, now_us: int) -> Frame:
        return Frame(kind, epoch=self.epoch, flags=self._flags(), t_us=now_us, payload=payload)

    def _flags(self) -> int:
        return (Flag.LEAD_OFF if self.lead_off else 0) | (Flag.VBUS if self.vbus else 0)

"""How a device shows itself over Bluetooth LE: advertisements, service, characteristics.

Plain tables without any I/O. UUIDs of frame v1 and of its fallback: wire_protocol.md section 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.frame import MIN_FRAME_BYTES, Command

if TYPE_CHECKING:
    from collections.abc import Callable

#: Section 8: commands that are written without waiting for the device's receipt. TIME_REQ, because
#: the receipt would cost a connection interval of the round trip; MARK, because it marks an
#: instant.
_WITHOUT_RESPONSE = frozenset({int(Command.TIME_REQ), int(Command.MARK)})
_TYPE = 1
#: Section 8: below this MTU a device refuses START; 23 carries no frame of 8 channels.
LEAST_MTU_BYTES = 100
#: ATT spends this much of the MTU on each notification: opcode and handle (Bluetooth Core, Vol 3
#: Part F, 3.4.7.1).
ATT_HEADER_BYTES = 3


def always(_data: bytes) -> bool:
    """Every message is written with response."""
    return True


def never(_data: bytes) -> bool:
    """No message is written with response."""
    return False


def frame_v1_response(data: bytes) -> bool:
    """Commands are written with response, but for TIME_REQ and MARK."""
    return len(data) < MIN_FRAME_BYTES or data[_TYPE] not in _WITHOUT_RESPONSE


@dataclass(frozen=True, slots=True)
class WritePoint:
    """A characteristic that takes messages; ``with_response`` decides for each of them."""

    uuid: str
    with_response: Callable[[bytes], bool] = always


@dataclass(frozen=True, slots=True)
class GattProfile:
    """One kind of device.

    Attributes
    ----------
    name
        What people call such a device.
    services
        The first is the one that is advertised, if any is; all that are used are listed.
    notify
        Characteristics that are subscribed to, in this order, before anything is written.
    write
        Characteristics that take messages.
    info
        Characteristics that are read on opening, before the subscriptions; each is given out as a
        read of the link.
    advertises_service, name_starts, name_contains, manufacturer_id
        How it is known among advertisements, without regard to case; any one of them suffices.
        All empty: it is found by name or address only.
    names_differ
        No two devices of this kind have the same name.
    least_mtu_bytes
        Below it the link warns. 23 is the least that Bluetooth LE has.
    acquire_notify
        Linux: take notifications from a socket of their own in place of D-Bus messages. False for
        devices that send as soon as they are subscribed to: BlueZ drops what arrives before the
        subscription is confirmed (bleak issue 1885).
    fallback
        What is spoken to a device of that name that has the services of the fallback, and not
        those of this profile.

    Notes
    -----
    With several ``notify`` characteristics every read carries one leading byte, the index of its
    characteristic in ``notify`` followed by ``info``; with several ``write`` characteristics every
    message carries the index in ``write``. With a single one there is no such byte.
    """

    name: str
    services: tuple[str, ...]
    notify: tuple[str, ...]
    write: tuple[WritePoint, ...]
    info: tuple[str, ...] = ()
    advertises_service: bool = False
    name_starts: str = ""
    name_contains: str = ""
    manufacturer_id: int | None = None
    names_differ: bool = False
    least_mtu_bytes: int = 23
    acquire_notify: bool = True
    fallback: GattProfile | None = None

    @property
    def tags_reads(self) -> bool:
        """Whether reads carry the index of their characteristic."""
        return len(self.notify) > 1

    @property
    def tags_writes(self) -> bool:
        """Whether messages to the device carry the index of their characteristic."""
        return len(self.write) > 1

    @property
    def may_be_recognised(self) -> bool:
        """Whether anything in its advertisements gives it away."""
        hints = (self.name_starts, self.name_contains, self.manufacturer_id)
        return self.advertises_service or any(hint not in ("", None) for hint in hints)

    def recognises(
        self, name: str, services: tuple[str, ...], manufacturers: tuple[int, ...]
    ) -> bool:
        """Return whether an advertisement is one of such a device."""
        lower = name.lower()
        return (
            (self.advertises_service and self.services[0].lower() in services)
            or (bool(self.name_starts) and lower.startswith(self.name_starts.lower()))
            or (bool(self.name_contains) and self.name_contains.lower() in lower)
            or (self.manufacturer_id is not None and self.manufacturer_id in manufacturers)
        )

    def split_write(self, data: bytes) -> tuple[WritePoint, bytes]:
        """Return where a message goes, and the message.

        Raises
        ------
        ValueError
            The leading byte names no characteristic.
        """
        if not self.tags_writes:
            return self.write[0], data
        if not data or data[0] >= len(self.write):
            raise ValueError(f"{self.name} has no characteristic {data[:1].hex() or 'at all'}")
        return self.write[data[0]], data[1:]

    def tag(self, index: int) -> bytes:
        """Return what is put before the bytes of a characteristic of ``notify`` + ``info``."""
        return bytes((index,)) if self.tags_reads else b""


#: The fallback of section 8: the same frames over the Nordic UART Service. Many things speak it, so
#: nothing but a name or an address chooses one.
FRAME_V1_OVER_NUS = GattProfile(
    name="firingorder belt (UART service)",
    services=("6e400001-b5a3-f393-e0a9-e50e24dcca9e",),
    notify=("6e400003-b5a3-f393-e0a9-e50e24dcca9e",),
    write=(WritePoint("6e400002-b5a3-f393-e0a9-e50e24dcca9e", frame_v1_response),),
    least_mtu_bytes=LEAST_MTU_BYTES,
)

#: Upside Down Labs NPG Lite (adapters/npg_lite.py): samples, and commands with their answers.
NPG_LITE = GattProfile(
    name="NPG Lite",
    services=("4fafc201-1fb5-459e-8fcc-c5c9c331914b",),
    notify=(
        "beb5483e-36e1-4688-b7f5-ea07361b26a8",
        "0000ff01-0000-1000-8000-00805f9b34fb",
    ),
    write=(WritePoint("0000ff01-0000-1000-8000-00805f9b34fb"),),
    name_starts="NPG",
)


def _dot(number: str) -> str:
    """Return an identifier of the Movella DOT's own base."""
    return f"1517{number}-4947-11e9-8646-d663bd873d93"


#: Movella DOT (adapters/movella_dot.py): medium payloads and battery; device control is read on
#: opening, written before the start, and the measurement is switched by its own characteristic.
MOVELLA_DOT = GattProfile(
    name="Movella DOT",
    services=(_dot("1000"), _dot("2000"), _dot("3000")),
    notify=(_dot("2003"), _dot("3001")),
    write=(WritePoint(_dot("1002")), WritePoint(_dot("2001"))),
    info=(_dot("1002"),),
    name_contains="xsens dot",
    manufacturer_id=0x0886,
)

#: WitMotion WT901BLE and BWT901BLE5 (adapters/witmotion.py); note the base that is not Bluetooth's
#: own: 9a34fb. It sends as soon as it is subscribed to.
WITMOTION = GattProfile(
    name="WitMotion sensor",
    services=("0000ffe5-0000-1000-8000-00805f9a34fb",),
    notify=("0000ffe4-0000-1000-8000-00805f9a34fb",),
    write=(WritePoint("0000ffe9-0000-1000-8000-00805f9a34fb"),),
    name_contains="WT901",
    acquire_notify=False,
)

FRAME_V1 = GattProfile(
    name="firingorder belt",
    services=("a56d0001-a486-4e89-9855-7edad63f40e6",),
    notify=("a56d0003-a486-4e89-9855-7edad63f40e6",),
    write=(WritePoint("a56d0002-a486-4e89-9855-7edad63f40e6", frame_v1_response),),
    info=("a56d0004-a486-4e89-9855-7edad63f40e6",),
    advertises_service=True,
    name_starts="FiringOrder-",
    names_differ=True,
    least_mtu_bytes=LEAST_MTU_BYTES,
    fallback=FRAME_V1_OVER_NUS,
)

#: What a scan recognises.
KNOWN_PROFILES = (FRAME_V1, NPG_LITE, MOVELLA_DOT, WITMOTION)
#: Which kind of device an address means.
PROFILES_BY_SCHEME = {
    "npg-ble": NPG_LITE,
    "dot-ble": MOVELLA_DOT,
    "witmotion-ble": WITMOTION,
}

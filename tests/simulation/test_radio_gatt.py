"""The virtual device over GATT: table, MTU, INFO, errors; another maker's device by data alone."""

from __future__ import annotations

import asyncio

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from firingorder.errors import UsageError
from firingorder.firmware_bridge.commands import (
    HelloCommand,
    RebootCommand,
    StartCommand,
    TimeRequest,
    encode_command,
)
from firingorder.firmware_bridge.frame import AckStatus, FrameType, parse_frame
from firingorder.firmware_bridge.payloads import Hello, Status, TimeResponse
from firingorder.simulation.radio import AirSettings
from firingorder.simulation.radio.belt import CMD, DATA, INFO
from firingorder.simulation.radio.plain import PlainTwin
from firingorder.simulation.radio.table import Characteristic, GattTable, Notifier, Service
from firingorder.simulation.settings import RadioState
from tests.firmware_bridge.virtual_time import run_virtual
from tests.simulation.radio_rig import RadioRig, now_s

#: As printed in wire_protocol.md section 8, on purpose not taken from the program.
SERVICE_TEXT = "a56d0001-a486-4e89-9855-7edad63f40e6"
TABLE = {
    "a56d0002-a486-4e89-9855-7edad63f40e6": {"write", "write-without-response"},
    "a56d0003-a486-4e89-9855-7edad63f40e6": {"notify"},
    "a56d0004-a486-4e89-9855-7edad63f40e6": {"read"},
}
CCCD = "00002902-0000-1000-8000-00805f9b34fb"


def test_it_is_found_by_service_and_shows_its_serial_number() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            heard = await BleakScanner.discover(
                timeout=1.0,
                service_uuids=[SERVICE_TEXT],
                return_adv=True,
                backend=rig.radio.scanner_backend,
            )
            ((device, data),) = heard.values()
            assert data.service_uuids == [SERVICE_TEXT]
            assert data.local_name == f"FiringOrder-{rig.device.serial.hex()[-4:].upper()}"
            assert device.name == data.local_name
            assert data.rssi == rig.settings.rssi_dbm
            others = await BleakScanner.discover(
                timeout=1.0,
                service_uuids=["0000180d-0000-1000-8000-00805f9b34fb"],
                backend=rig.radio.scanner_backend,
            )
            assert others == []

    run_virtual(run())


def test_the_table_is_that_of_the_specification() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect(listen=False)
            service = client.services.get_service(SERVICE_TEXT)
            assert service is not None
            seen = {each.uuid: set(each.properties) for each in service.characteristics}
            assert seen == TABLE
            data = client.services.get_characteristic(DATA)
            assert data is not None
            assert [each.uuid for each in data.descriptors] == [CCCD]
            assert client.mtu_size == 247
            assert data.max_write_without_response_size == 244
            assert client.is_connected
            assert client.name.startswith("FiringOrder-")

    run_virtual(run())


def test_info_is_the_current_hello_with_number_zero() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect()
            first = parse_frame(bytes(await client.read_gatt_char(INFO)))
            assert (first.type, first.seq, first.epoch) == (
                FrameType.HELLO,
                0,
                rig.device.epoch,
            )
            hello = Hello.parse(first.payload)
            assert hello.serial == rig.device.serial
            await rig.start()
            again = parse_frame(bytes(await client.read_gatt_char(INFO)))
            assert (again.seq, again.epoch) == (0, (first.epoch + 1) & 0xFF)
            assert again.t_us > first.t_us
            await asyncio.sleep(1.0)
            assert rig.missing_frames() == 0, "reading INFO takes no number of the link"

    run_virtual(run())


@pytest.mark.parametrize(("mtu", "batch"), [(517, 8), (247, 8), (185, 6), (123, 4), (100, 3)])
def test_batches_follow_the_mtu(mtu: int, batch: int) -> None:
    """Section 8: n = min(216 / 24, (MTU - 27) / 24), and never more than the usual eight."""

    async def run() -> None:
        async with RadioRig(settings=AirSettings(mtu=mtu)) as rig:
            client = await rig.connect()
            assert client.mtu_size == min(mtu, 247)
            hello = await rig.hello()
            assert hello.streams[0].batch == batch
            # A HELLO of 174 bytes is notified only if it fits; the ACK comes in any case.
            notified = rig.frames(FrameType.HELLO)
            assert len(notified) == (1 if 174 <= client.mtu_size - 3 else 0)
            await rig.start()
            await asyncio.sleep(0.5)
            emg = [frame for frame in rig.frames(FrameType.DATA) if frame.stream == 0]
            assert {frame.count for frame in emg} == {batch}
            assert max(len(data) for _, data in rig.arrived) <= client.mtu_size - 3
            assert rig.missing_frames() == 0

    run_virtual(run())


@pytest.mark.parametrize("mtu", [23, 64, 99])
def test_start_is_refused_on_a_link_that_is_too_small(mtu: int) -> None:
    async def run() -> None:
        async with RadioRig(settings=AirSettings(mtu=mtu)) as rig:
            client = await rig.connect()
            info = bytes(await client.read_gatt_char(INFO))  # longer than the MTU: read in parts
            assert parse_frame(info).type == FrameType.HELLO
            if mtu == 23:  # not even an ACK of 32 bytes fits
                command = encode_command(StartCommand(1, 3), 1)
                await client.write_gatt_char(CMD, command, response=True)
                await asyncio.sleep(2.0)
                assert rig.arrived == []
                assert not rig.device.streams.running
                return
            ack = await rig.send(StartCommand, 3)
            assert (ack.status, ack.detail) == (AckStatus.LINK_TOO_SMALL, mtu)

    run_virtual(run())


def test_time_is_asked_without_response_and_garbage_is_counted() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect()
            request = encode_command(TimeRequest(7, 123_456_789), 1)
            await client.write_gatt_char(CMD, request, response=False)
            await client.write_gatt_char(CMD, b"\x00garbage\xff", response=False)
            await client.write_gatt_char(CMD, request[:-1], response=True)
            await asyncio.sleep(1.5)
            (answer,) = rig.frames(FrameType.TIME_RSP)
            assert TimeResponse.parse(answer.payload).t1_ns == 123_456_789
            status = Status.parse(rig.frames(FrameType.STATUS)[-1].payload)
            assert status.rx_bad == 2
            assert (status.connection_interval, status.phy) == (12, 1)

    run_virtual(run())


def test_a_stream_ends_with_its_listener_and_its_ring_is_discarded() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect()
            await rig.start()
            await asyncio.sleep(0.5)
            await client.stop_notify(DATA)
            assert not rig.device.streams.running, "unsubscribed"
            await rig.client.start_notify(DATA, lambda *_: None)
            await client.write_gatt_char(CMD, encode_command(StartCommand(99, 3), 9), response=True)
            await asyncio.sleep(0.1)
            assert rig.device.streams.running
            rig.radio.air.stall()
            await asyncio.sleep(0.5)  # the ring fills
            await client.disconnect()
            rig.radio.air.flow()
            await asyncio.sleep(0.1)
            assert not rig.device.streams.running, "disconnected"
            assert rig.device.outbox.take_frame() is None, "the ring is discarded"
            rig.arrived.clear()
            await rig.connect()
            await asyncio.sleep(0.5)
            assert rig.arrived == [], "nothing old comes over a new connection"
            await rig.start()
            await asyncio.sleep(0.1)
            data = [f for f in rig.frames(FrameType.DATA) if f.stream == 0]
            assert data[0].index == 0

    run_virtual(run())


def test_one_central_at_a_time() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect()
            heard = await BleakScanner.discover(timeout=1.0, backend=rig.radio.scanner_backend)
            assert heard == []
            await client.disconnect()
            assert (await rig.find()).address == client.address

    run_virtual(run())


def test_errors_are_those_of_bleak() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            stranger = BleakClient(
                "C2:00:00:00:00:99", timeout=3.0, backend=rig.radio.client_backend
            )
            before_s = now_s()
            with pytest.raises(BleakDeviceNotFoundError):
                await stranger.connect()
            assert now_s() - before_s == pytest.approx(3.0, abs=0.01)
            with pytest.raises(BleakError, match="Not connected"):
                await stranger.pair()
            client = await rig.connect()
            with pytest.raises(BleakCharacteristicNotFoundError):
                await client.read_gatt_char("a56d0009-a486-4e89-9855-7edad63f40e6")
            with pytest.raises(BleakGATTProtocolError) as refused:
                await client.read_gatt_char(CMD)  # may only be written
            assert refused.value.code == 2
            with pytest.raises(BleakError, match="already started"):
                await client.start_notify(DATA, lambda *_: None)
            with pytest.raises(BleakError, match="already connected"):
                await client.connect()
            await client.disconnect()
            with pytest.raises(BleakError, match="Service Discovery"):
                await client.write_gatt_char(CMD, b"x", response=False)

    run_virtual(run())


def test_a_device_that_went_away_after_the_scan_is_waited_for_in_vain() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            found = await rig.find()
            rig.radio.air.cut()
            client = BleakClient(found, timeout=2.0, backend=rig.radio.client_backend)
            with pytest.raises(TimeoutError):
                await client.connect()
            with pytest.raises(TimeoutError):  # the same when the caller is less patient
                async with asyncio.timeout(0.5):
                    await client.connect()
            rig.radio.air.restore()
            await client.connect()
            assert client.is_connected

    run_virtual(run())


def test_a_reboot_drops_the_link_and_the_device_comes_back_as_another_boot() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            await rig.connect()
            before = await rig.hello()
            assert (await rig.send(RebootCommand, 0)).status == 0, "the ACK leaves before"
            asked_s = now_s()
            found = await rig.find()  # it advertises again, while the host still believes
            assert rig.client.is_connected
            assert now_s() - asked_s < 0.5
            await asyncio.sleep(rig.settings.supervision_s)
            (lost_s,) = rig.lost_at_s
            assert 0.0 < lost_s - asked_s <= rig.settings.supervision_s + 0.2
            assert (await rig.connect()).address == found.address
            after = await rig.hello()
            assert after.boot_id != before.boot_id
            assert after.reset_reason == 4

    run_virtual(run())


class TwoVoices:
    """A device of another kind, said by data: two notifying characteristics, one to write to."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.states: list[RadioState] = []
        self.way: Notifier | None = None
        self.table = GattTable(
            name="Two voices",
            services=(
                Service(
                    "6e400001-b5a3-f393-e0a9-e50e24dcca9e",
                    (
                        Characteristic("1234", ("notify",)),
                        Characteristic("1235", ("notify", "read"), value=b"low"),
                        Characteristic(
                            "1236", ("write",), on_write=self.written.append, encrypted=True
                        ),
                        Characteristic(
                            "1237", ("read",), value=lambda: bytes(self.written[-1:][0])
                        ),
                    ),
                ),
            ),
            advertised=("180f",),
            manufacturer={0x0590: b"\x01\x02"},
            max_mtu=64,
        )

    def attach(self, notifier: Notifier) -> None:
        self.way = notifier

    def connected(self, state: RadioState) -> None:
        self.states.append(state)

    def disconnected(self) -> None:
        self.states.clear()

    def room_made(self) -> None:
        pass

    def close(self) -> None:
        self.way = None


def test_another_device_needs_its_data_only() -> None:
    async def run() -> None:
        twin = TwoVoices()
        async with RadioRig(twins=[twin]) as rig:
            heard = await BleakScanner.discover(
                timeout=0.5, return_adv=True, backend=rig.radio.scanner_backend
            )
            ((_, data),) = heard.values()
            assert data.local_name == "Two voices"
            assert data.manufacturer_data == {0x0590: b"\x01\x02"}
            assert data.service_uuids == ["0000180f-0000-1000-8000-00805f9b34fb"]
            client = await rig.connect(listen=False)
            assert twin.states[-1] == RadioState(64, 12)
            got: list[tuple[str, bytes]] = []
            for uuid in ("1234", "1235"):
                await client.start_notify(uuid, lambda c, d: got.append((c.uuid[4:8], bytes(d))))
            assert twin.way is not None
            assert twin.way.notify("1235", b"b")
            assert twin.way.notify("1234", b"a")
            await asyncio.sleep(0.1)
            assert got == [("1235", b"b"), ("1234", b"a")]
            assert bytes(await client.read_gatt_char("1235")) == b"low"
            with pytest.raises(BleakGATTProtocolError) as refused:
                await client.write_gatt_char("1236", b"secret", response=True)
            assert refused.value.code == 15, "insufficient encryption"
            await client.pair()
            await client.write_gatt_char("1236", b"secret", response=True)
            assert bytes(await client.read_gatt_char("1237")) == b"secret"
            assert twin.written == [b"secret"]

    run_virtual(run())


def test_air_settings_that_no_radio_has_are_refused() -> None:
    with pytest.raises(UsageError, match=r"7\.5 to 4000 ms"):
        AirSettings(interval_ms=5.0)
    with pytest.raises(UsageError, match="error rate"):
        AirSettings(error_rate=1.0)


def test_hello_asked_twice_comes_twice() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            await rig.connect()
            for _ in range(2):
                await rig.send(HelloCommand, 0x0100, 0x0100)
            assert len(rig.frames(FrameType.HELLO)) == 2

    run_virtual(run())


def test_a_plain_device_keeps_its_beat_and_drops_what_finds_no_room() -> None:
    """A command starts a beat of 20 ms; a stall fills the queue; a disconnect ends the beat."""

    async def run() -> None:
        count = iter(range(10_000))

        def command(data: bytes) -> None:
            assert data == b"b"
            twin.every(0.02, lambda: twin.notify("2101", next(count).to_bytes(2, "little")))

        twin = PlainTwin(
            GattTable(
                name="Plain",
                services=(
                    Service(
                        "2100",
                        (
                            Characteristic("2101", ("notify",)),
                            Characteristic("2102", ("write",), on_write=command),
                        ),
                    ),
                ),
            ),
            waiting=10,
        )
        async with RadioRig(twins=[twin]) as rig:
            client = await rig.connect(listen=False)
            got: list[tuple[float, int]] = []
            await client.start_notify(
                "2101", lambda _, d: got.append((now_s(), int.from_bytes(d, "little")))
            )
            await client.write_gatt_char("2102", b"b", response=True)
            await asyncio.sleep(10.0)
            assert [number for _, number in got] == list(range(len(got)))
            assert len(got) == pytest.approx(500, abs=2)
            rig.radio.air.stall()
            await asyncio.sleep(2.0)
            rig.radio.air.flow()
            await asyncio.sleep(1.0)
            numbers = [number for _, number in got]
            assert numbers[-1] + 1 - len(numbers) == twin.dropped
            # 2 s are 100 beats; 10 wait here and 8 in the controller.
            assert twin.dropped == pytest.approx(82, abs=2)
            await client.disconnect()
            await asyncio.sleep(0.1)
            before = next(count)
            await asyncio.sleep(1.0)
            assert next(count) == before + 1, "nobody is connected: the beat has ended"

    run_virtual(run())

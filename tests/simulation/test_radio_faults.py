"""What goes wrong on a radio: out of range, disconnects, requests in flight, bonds, the adapter."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakError

from firingorder.errors import LinkLostError
from firingorder.firmware_bridge.commands import StartCommand, encode_command
from firingorder.firmware_bridge.frame import FrameFault, FrameType, parse_frame
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import FaultPlan, parse_faults
from firingorder.simulation.radio import AirSettings, sim_ble_link
from firingorder.simulation.radio.belt import CMD, DATA, INFO
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.settings import DeviceSettings
from tests.firmware_bridge.virtual_time import run_virtual, virtual_ns
from tests.simulation.radio_rig import RadioRig, now_s

if TYPE_CHECKING:
    from collections.abc import Coroutine

SUPERVISION_S = AirSettings().supervision_s
INTERVAL_S = AirSettings().interval_ms / 1e3
ROUNDING_S = 2e-6
#: A ring that holds 2 s of the stream.
LARGE_RING = DeviceSettings(ring_bytes=65_536)


def test_a_lost_link_is_noticed_after_the_supervision_timeout_by_both_sides() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect()
            await rig.start()
            await asyncio.sleep(1.0)
            rig.radio.air.cut()
            cut_s = now_s()
            await asyncio.sleep(SUPERVISION_S - INTERVAL_S - 0.01)
            assert client.is_connected, "nobody knows yet"
            assert rig.device.streams.running
            await asyncio.sleep(2 * INTERVAL_S)
            (lost_s,) = rig.lost_at_s
            assert SUPERVISION_S - INTERVAL_S - ROUNDING_S <= lost_s - cut_s <= SUPERVISION_S
            assert not client.is_connected
            assert not rig.device.streams.running, "the device knows, too"
            with pytest.raises(AssertionError):
                await rig.find(2.0)
            rig.radio.air.restore()
            before_s = now_s()
            await rig.connect()
            await rig.start()
            assert now_s() - before_s < 1.0

    run_virtual(run())


def test_out_of_range_for_less_than_the_timeout_loses_nothing() -> None:
    async def run() -> None:
        async with RadioRig(device_settings=LARGE_RING) as rig:
            await rig.connect()
            await rig.start()
            await asyncio.sleep(1.0)
            rig.radio.air.cut()
            await asyncio.sleep(SUPERVISION_S - 0.2)
            rig.radio.air.restore()
            await asyncio.sleep(3.0)
            assert rig.lost_at_s == []
            status = await rig.stop_and_drain()
            assert (status.frames_dropped, rig.missing_frames()) == (0, 0)

    run_virtual(run())


def test_a_disconnect_by_the_device_is_noticed_at_once() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            await rig.connect()
            await rig.start()
            await asyncio.sleep(0.5)
            before_s = now_s()
            await rig.radio.peripherals[0].disconnect()
            await asyncio.sleep(0.1)
            (lost_s,) = rig.lost_at_s
            # Behind the PDUs that wait, at most the eight of the controller: two events.
            assert lost_s - before_s <= 2 * INTERVAL_S + ROUNDING_S
            await rig.connect()

    run_virtual(run())


async def _cut(rig: RadioRig) -> None:
    rig.radio.air.cut()


async def _peer_disconnects(rig: RadioRig) -> None:
    await rig.radio.peripherals[0].disconnect()


async def _device_dies(rig: RadioRig) -> None:
    rig.radio.peripherals[0].drop_link()


async def _adapter_pulled(rig: RadioRig) -> None:
    rig.radio.pull_adapter()


async def _client_leaves(rig: RadioRig) -> None:
    await rig.client.disconnect()


@pytest.mark.parametrize(
    ("breaks", "limit_s"),
    [
        (_cut, SUPERVISION_S),
        (_device_dies, SUPERVISION_S),
        (_peer_disconnects, 3 * INTERVAL_S),
        (_adapter_pulled, 0.0),
        (_client_leaves, 0.0),
    ],
)
@pytest.mark.parametrize("what", ["read", "write", "subscribe", "two"])
def test_a_request_in_flight_ends_with_the_link(breaks: Any, limit_s: float, what: str) -> None:
    """Everything under way ends in bleak's error, in bounded time, and nothing hangs."""

    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect(listen=False)
            await asyncio.sleep(0.1)
            requests: dict[str, list[Coroutine[Any, Any, Any]]] = {
                "read": [client.read_gatt_char(INFO)],
                "write": [
                    client.write_gatt_char(
                        CMD, encode_command(StartCommand(1, 3), 1), response=True
                    )
                ],
                "subscribe": [client.start_notify(DATA, lambda *_: None)],
                "two": [client.read_gatt_char(INFO), client.read_gatt_char(INFO)],
            }
            under_way = [asyncio.ensure_future(each) for each in requests.pop(what)]
            for others in requests.values():
                for each in others:
                    each.close()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            if breaks is not _peer_disconnects:
                rig.radio.air.stall()
            before_s = now_s()
            await breaks(rig)
            done, late = await asyncio.wait(under_way, timeout=limit_s + 0.1)
            assert not late, "a request hangs"
            assert now_s() - before_s <= limit_s + ROUNDING_S
            for task in done:
                error = task.exception()
                if breaks is _peer_disconnects and error is None:
                    continue  # the answer was faster
                assert isinstance(error, BleakError), error
            assert not client.is_connected

    run_virtual(run())


def test_a_request_that_its_caller_left_does_not_spoil_the_next() -> None:
    """The answer to the first read must not be taken for the answer to the second."""

    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect(listen=False)
            rig.radio.air.stall()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.0):
                    await client.read_gatt_char("2a00")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.0):
                    await client.read_gatt_char(INFO)
            assert client.is_connected
            rig.radio.air.flow()
            assert parse_frame(bytes(await client.read_gatt_char(INFO))).type == FrameType.HELLO

    run_virtual(run())


@pytest.mark.parametrize("patient", [True, False])
def test_a_device_that_never_answers_ends_the_bearer_after_thirty_seconds(*, patient: bool) -> None:
    """Core, Vol 3 Part F, 3.3.3; also when the one who asked has left long ago."""

    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect(listen=False)
            rig.radio.air.stall()
            before_s = now_s()
            if patient:
                with pytest.raises(BleakError, match="did not answer"):
                    await client.read_gatt_char(INFO)
            else:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await client.read_gatt_char(INFO)
                await asyncio.sleep(40.0)
            (lost_s,) = rig.lost_at_s
            assert lost_s - before_s == pytest.approx(30.0, abs=0.1)
            assert not client.is_connected

    run_virtual(run())


def test_a_bond_outlives_the_connection_and_its_loss_is_said() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect(listen=False)
            peripheral = rig.radio.peripherals[0]
            assert peripheral.connection is not None
            assert not peripheral.connection.is_encrypted
            await client.pair()
            assert peripheral.connection.is_encrypted
            keys = peripheral.device.keystore
            assert keys is not None
            ((_, bond),) = await keys.get_all()
            assert bond.ltk is not None
            assert bond.ltk.authenticated is False, "just works"
            await client.disconnect()

            client = await rig.connect(listen=False)
            assert peripheral.connection.is_encrypted, "by the keys of before"
            assert [key for _, key in await keys.get_all()] == [bond]
            rig.radio.air.cut()
            await asyncio.sleep(SUPERVISION_S + 0.1)
            rig.radio.air.restore()
            await rig.connect()
            assert peripheral.connection.is_encrypted
            await rig.start()
            await asyncio.sleep(0.5)
            assert rig.missing_frames() == 0
            await rig.client.disconnect()

            peripheral.forget_bonds()
            with pytest.raises(BleakError):
                await rig.connect(listen=False)
            assert not rig.client.is_connected
            await rig.client.unpair()
            await rig.connect(listen=False, pair=True)
            assert peripheral.connection.is_encrypted

    run_virtual(run())


def test_an_adapter_can_be_pulled_and_put_back() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            client = await rig.connect()
            await rig.start()
            await asyncio.sleep(0.5)
            rig.radio.pull_adapter()
            assert len(rig.lost_at_s) == 1
            assert not client.is_connected
            with pytest.raises(BleakBluetoothNotAvailableError):
                await BleakScanner.discover(timeout=1.0, backend=rig.radio.scanner_backend)
            again = BleakClient(client.address, backend=rig.radio.client_backend)
            with pytest.raises(BleakBluetoothNotAvailableError):
                await again.connect()
            assert rig.device.streams.running, "the device does not know yet"
            await asyncio.sleep(SUPERVISION_S + 0.1)
            assert not rig.device.streams.running
            rig.radio.plug_adapter()
            rig.arrived.clear()
            await rig.connect()
            await rig.start()
            await asyncio.sleep(0.5)
            assert rig.missing_frames() == 0

    run_virtual(run())


def test_an_adapter_pulled_while_it_connects() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            found = await rig.find()
            rig.radio.air.cut()
            client = BleakClient(found, backend=rig.radio.client_backend)
            connecting = asyncio.ensure_future(client.connect())
            await asyncio.sleep(1.0)
            rig.radio.pull_adapter()
            with pytest.raises(BleakBluetoothNotAvailableError):
                await connecting
            rig.radio.air.restore()
            rig.radio.plug_adapter()
            await rig.connect()

    run_virtual(run())


def test_a_scan_that_is_cancelled_leaves_the_adapter_usable() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            for steps in range(12):
                scan = asyncio.ensure_future(
                    BleakScanner.discover(timeout=1.0, backend=rig.radio.scanner_backend)
                )
                for _ in range(steps):
                    await asyncio.sleep(0)
                scan.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await scan
            await rig.connect()

    run_virtual(run())


def test_a_connect_that_is_cancelled_leaves_the_adapter_usable() -> None:
    async def run() -> None:
        async with RadioRig() as rig:
            found = await rig.find()
            for steps in range(0, 120, 7):
                client = BleakClient(found, backend=rig.radio.client_backend)
                connecting = asyncio.ensure_future(client.connect())
                await asyncio.sleep(steps * 0.005)
                if connecting.done():
                    await client.disconnect()
                    continue
                connecting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await connecting
                assert not client.is_connected
            await rig.connect()
            await rig.start()

    run_virtual(run())


def test_the_fault_plan_of_the_device_drives_the_air() -> None:
    """unplug is out of range, stall lets nothing pass: at their times after the body starts."""

    async def run() -> None:
        plan = parse_faults("stall=1@2,unplug=3@6")
        async with RadioRig(faults=plan, device_settings=LARGE_RING) as rig:
            await rig.connect()
            await rig.start()
            start_us = rig.device.host_of_body_us(0.0)
            assert start_us is not None
            await asyncio.sleep(8.5)
            (lost_s,) = rig.lost_at_s
            assert 6.0 + SUPERVISION_S - INTERVAL_S <= lost_s - start_us / 1e6 + ROUNDING_S
            assert lost_s - start_us / 1e6 <= 6.0 + SUPERVISION_S
            times = [at - start_us / 1e6 for at, _ in rig.arrived]
            gaps = [(a, b) for a, b in pairwise(times) if b - a > 0.1]
            ((a, b),) = gaps
            assert a == pytest.approx(2.0, abs=0.03)
            assert b == pytest.approx(3.0, abs=0.03)
            assert rig.missing_frames() == 0
            found = await rig.find(5.0)
            assert found.address == rig.client.address
            assert now_s() - start_us / 1e6 == pytest.approx(9.0, abs=0.1)

    run_virtual(run())


@pytest.mark.parametrize("seed", [1, 2])
def test_rates_of_the_plan_spoil_single_notifications(seed: int) -> None:
    async def run() -> None:
        plan = FaultPlan(drop=0.02, flip=1e-5, duplicate=0.01)
        async with RadioRig(seed=seed, faults=plan) as rig:
            client = await rig.connect()
            await client.write_gatt_char(CMD, encode_command(StartCommand(1, 3), 1), response=True)
            await asyncio.sleep(10.0)
            spoiler = rig.belt.spoiler
            bad = 0
            numbers: list[int] = []
            for _, data in rig.arrived:
                try:
                    numbers.append(parse_frame(data).seq)
                except FrameFault:
                    bad += 1
            print(f"{len(rig.arrived)} arrived, {bad} bad, {spoiler.dropped_frames} dropped")
            assert bad == spoiler.damaged_frames > 5
            twice = sum(a == b for a, b in pairwise(numbers))
            assert 0 < twice <= spoiler.duplicated_frames
            missing = numbers[-1] - numbers[0] + 1 - len(set(numbers))
            assert missing <= spoiler.dropped_frames + bad
            assert spoiler.dropped_frames > 10

    run_virtual(run())


def test_the_simulated_belt_as_a_link_of_the_product() -> None:
    async def run() -> None:
        device = VirtualDevice(make_body("bridge", seed=1), seed=1)
        link = sim_ble_link(device, seed=1, clock_ns=virtual_ns)
        await link.open()
        info = await link.read(1.0)
        assert info is not None
        assert parse_frame(info.data).type == FrameType.HELLO
        assert link.radio is not None
        link.radio.air.cut()
        await asyncio.sleep(SUPERVISION_S)
        with pytest.raises(LinkLostError):
            await link.read(0.5)
        link.radio.air.restore()
        await link.close()
        await link.open()
        assert await link.read(1.0) is not None
        await link.stop()

    run_virtual(run())

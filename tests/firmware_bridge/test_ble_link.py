"""The BLE link through bleak's public client and scanner, over the simulated radio."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from firingorder.errors import DeviceRefusedError, LinkError, LinkLostError
from firingorder.firmware_bridge.actions import HostConfig, HostState
from firingorder.firmware_bridge.commands import SetRateCommand
from firingorder.firmware_bridge.frame import Command, FrameType, parse_frame
from firingorder.firmware_bridge.hello import Hello
from firingorder.firmware_bridge.links.ble_scan import scan
from firingorder.firmware_bridge.links.gatt import FRAME_V1, FRAME_V1_OVER_NUS, GattProfile
from firingorder.session.inputs import Rx
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.radio import AirSettings
from firingorder.simulation.radio.belt import BeltTwin
from firingorder.simulation.radio.table import Characteristic, GattTable, Service
from firingorder.simulation.scenarios import make_body
from tests.firmware_bridge.ble_rig import Rig, make_belt, now_s, verify
from tests.firmware_bridge.virtual_time import run_virtual

if TYPE_CHECKING:
    from firingorder.simulation.radio.table import Notifier
    from firingorder.simulation.settings import RadioState


class LoggedBelt(BeltTwin):
    """A belt that writes down what the central does, in its order."""

    def __init__(self, seed: int) -> None:
        super().__init__(VirtualDevice(make_body("bridge", seed=seed, repetitions=2), seed=seed))
        self.log: list[str] = []

    def _info(self) -> bytes:
        if self.log[-1:] != ["read INFO"]:  # what is longer than the MTU is read in pieces
            self.log.append("read INFO")
        return super()._info()

    def _listen(self, listening: bool) -> None:
        self.log.append("subscribe" if listening else "unsubscribe")
        super()._listen(listening)

    def _command(self, data: bytes) -> None:
        self.log.append(Command(parse_frame(data).type).name)
        super()._command(data)


class OtherThing:
    """A peripheral of another kind: a heart rate strap with a belt's name."""

    def __init__(self, name: str, *, advertised: tuple[str, ...] = ()) -> None:
        beat = Characteristic("2a37", ("notify",))
        self.table = GattTable(name, (Service("180d", (beat,)),), advertised=advertised)

    def attach(self, notifier: Notifier) -> None:
        pass

    def connected(self, state: RadioState) -> None:
        pass

    def disconnected(self) -> None:
        pass

    def room_made(self) -> None:
        pass

    def close(self) -> None:
        pass


class UartNotifier:
    """Sends what a belt notifies over the UART service."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier

    def notify(self, _uuid: str, data: bytes) -> bool:
        return self._notifier.notify(FRAME_V1_OVER_NUS.notify[0], data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._notifier, name)


def test_info_is_read_and_data_subscribed_before_anything_is_written() -> None:
    belt = LoggedBelt(1)

    async def run() -> None:
        async with Rig(seed=1, twins=[belt]) as rig:
            rig.run()
            await rig.until(HostState.STREAMING)
            await asyncio.sleep(2.5)
            await rig.stop()
            first = next(item for item in rig.desk.inputs if isinstance(item, Rx))
            frame = parse_frame(first.data)
            assert frame.type == FrameType.HELLO
            assert frame.seq == 0
            assert Hello.parse(frame.payload).serial == belt.device.serial
            assert rig.desk.receiver.stats.seq_gaps == 0
            assert rig.link.mtu_bytes == 247
            assert "MTU 247" in rig.desk.states[1][2]

    run_virtual(run())
    print(belt.log)
    assert belt.log[:4] == ["read INFO", "subscribe", "HELLO", "START"]
    assert belt.log[-2:] == ["STOP", "unsubscribe"]
    assert "TIME_REQ" in belt.log
    assert belt.log.count("read INFO") == 1


def test_every_sample_arrives_at_each_interval_of_the_specification() -> None:
    for interval_ms in (7.5, 15.0, 30.0):

        async def run(interval_ms: float = interval_ms) -> int:
            air = AirSettings(interval_ms=interval_ms, error_rate=0.05)
            async with Rig(seed=5, air=air) as rig:
                rig.run()
                await rig.until(HostState.STREAMING)
                await asyncio.sleep(6.0)
                await rig.stop()
                assert rig.radio.air.retransmissions > 10
                assert not rig.desk.gaps
                return verify(rig.desk, make_body("bridge", seed=5, repetitions=2))

        assert run_virtual(run()) >= 5900


def test_a_scan_names_what_is_there_and_recognises_belts() -> None:
    async def run() -> None:
        twins = [OtherThing("Strap 7"), make_belt(2)]
        async with Rig(seed=2, twins=twins) as rig:
            found = await scan(2.0, scanner_backend=rig.radio.scanner_backend)
            assert [(one.name, one.profile) for one in found] == [
                (twins[1].table.name, FRAME_V1.name),
                ("Strap 7", ""),
            ]
            assert found[0].rssi_dbm == -55
            assert str(found[1]).startswith("Strap 7 (C2:")

    run_virtual(run())


@pytest.mark.parametrize("target", ["auto", "name", "end", "END", "address"])
def test_a_belt_is_found_by_name_end_of_name_address_or_by_itself(target: str) -> None:
    async def run() -> None:
        twins = [OtherThing("Strap 7"), make_belt(3), OtherThing("FiringOrder-like")]
        async with Rig(seed=3, twins=twins) as rig:
            name = twins[1].table.name
            (belt,) = (
                one
                for one in await scan(1.0, scanner_backend=rig.radio.scanner_backend)
                if one.name == name
            )
            wanted = {
                "name": name.lower(),
                "end": name[-4:].lower(),
                "END": name[-4:],
                "address": belt.address.lower(),
            }
            rig.link = type(rig.link)(
                wanted.get(target, target),
                client_backend=rig.radio.client_backend,
                scanner_backend=rig.radio.scanner_backend,
                profile=FRAME_V1 if target != "auto" else _by_service_only(),
            )
            await rig.link.open()
            assert rig.link.device == belt
            assert rig.link.description == f"{name} on Bluetooth"
            await rig.link.close()

    run_virtual(run())


def _by_service_only() -> GattProfile:
    return replace(FRAME_V1, name_starts="")


def test_several_belts_are_listed_and_none_is_guessed() -> None:
    async def run() -> None:
        twins = [make_belt(4), make_belt(5)]
        names = [twin.table.name for twin in twins]
        async with Rig(seed=4, twins=twins) as rig:
            with pytest.raises(LinkError) as caught:
                await rig.link.open()
            print(caught.value)
            assert all(name in str(caught.value) for name in names)
            assert "Name one" in str(caught.value)

        async with Rig(seed=4, twins=twins[:0] or [make_belt(4), make_belt(5)]) as rig:
            rig.link = type(rig.link)(
                names[1],
                client_backend=rig.radio.client_backend,
                scanner_backend=rig.radio.scanner_backend,
            )
            await rig.link.open()
            assert rig.link.device is not None
            assert rig.link.device.name == names[1]
            await rig.link.close()

    run_virtual(run())


STRAP = GattProfile(
    "strap",
    services=("0000180d-0000-1000-8000-00805f9b34fb",),
    notify=("00002a37-0000-1000-8000-00805f9b34fb",),
    write=(),
)


def test_of_two_with_the_same_name_none_is_guessed_and_the_one_that_was_there_is_found_again() -> (
    None
):
    async def run() -> None:
        twins = [OtherThing("Strap"), OtherThing("Strap")]
        async with Rig(seed=14, twins=twins, target="strap", profile=STRAP) as rig:
            with pytest.raises(LinkError) as caught:
                await rig.link.open()
            print(caught.value)
            addresses = [
                one.address for one in await scan(1.0, scanner_backend=rig.radio.scanner_backend)
            ]
            assert len(addresses) == 2
            assert all(f"Strap ({address}" in str(caught.value) for address in addresses)
            assert f"for example {addresses[0]}" in str(caught.value)
            for address in addresses:
                link = type(rig.link)(
                    address,
                    profile=STRAP,
                    client_backend=rig.radio.client_backend,
                    scanner_backend=rig.radio.scanner_backend,
                )
                for _ in range(2):
                    await link.open()
                    assert link.device is not None
                    assert link.device.address == address
                    assert link.mtu_bytes == 247
                await link.close()
                await asyncio.sleep(0.2)

    run_virtual(run())


def test_what_is_not_there_is_told_with_what_is() -> None:
    async def run() -> None:
        twins = [OtherThing("Strap 7")]
        async with Rig(seed=6, twins=twins, target="FiringOrder-0000") as rig:
            before = now_s()
            with pytest.raises(LinkError) as caught:
                await rig.link.open()
            assert now_s() - before == pytest.approx(20.0, abs=0.5)
            print(caught.value)
            assert "FiringOrder-0000" in str(caught.value)
            assert "Strap 7" in str(caught.value)
            assert "another computer or phone" in str(caught.value)

    run_virtual(run())


def test_another_device_with_the_right_name_is_told() -> None:
    async def run() -> None:
        twins = [OtherThing("FiringOrder-1234")]
        async with Rig(seed=7, twins=twins) as rig:
            with pytest.raises(LinkError, match="not what it should be"):
                await rig.link.open()
            await rig.link.close()
            await asyncio.sleep(0.5)
            assert rig.radio.peripherals[0].connection is None

    run_virtual(run())


@pytest.mark.parametrize("profile", [FRAME_V1, FRAME_V1_OVER_NUS])
def test_the_uart_service_carries_the_same_frames_and_is_found_by_name(
    profile: GattProfile,
) -> None:
    class UartBelt(BeltTwin):
        @property
        def table(self) -> GattTable:
            rx = Characteristic(
                FRAME_V1_OVER_NUS.write[0].uuid,
                ("write", "write_without_response"),
                on_write=self._command,
            )
            tx = Characteristic(FRAME_V1_OVER_NUS.notify[0], ("notify",), on_subscribe=self._listen)
            return GattTable("UART belt", (Service(FRAME_V1_OVER_NUS.services[0], (rx, tx)),))

        def attach(self, notifier: Notifier) -> None:
            super().attach(cast("Any", UartNotifier(notifier)))

    async def run() -> int:
        body = make_body("bridge", seed=8, repetitions=2)
        belt = UartBelt(VirtualDevice(body, seed=8))
        async with Rig(seed=8, twins=[belt], target="uart belt", profile=profile) as rig:
            rig.run()
            await rig.until(HostState.STREAMING)
            await asyncio.sleep(2.0)
            await rig.stop()
            return verify(rig.desk, body)

    assert run_virtual(run()) >= 1900


def test_a_small_mtu_makes_smaller_batches_and_loses_nothing() -> None:
    async def run() -> int:
        async with Rig(seed=9, air=AirSettings(mtu=185)) as rig:
            rig.run()
            await rig.until(HostState.STREAMING)
            await asyncio.sleep(4.0)
            await rig.stop()
            assert rig.link.mtu_bytes == 185
            assert rig.desk.receiver.stats.device_dropped_frames == 0
            sizes = {len(item.data) for item in rig.desk.inputs if isinstance(item, Rx)}
            assert max(sizes) <= 182
            return verify(rig.desk, make_body("bridge", seed=9, repetitions=2))

    assert run_virtual(run()) >= 3900


def test_a_very_small_mtu_is_warned_about_and_the_refusal_of_the_belt_explained(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """HELLO does not fit into a notification of 57 bytes; it is read from INFO."""
    belt = LoggedBelt(10)

    async def run() -> None:
        async with Rig(seed=10, twins=[belt], air=AirSettings(mtu=60, pdu_bytes=27)) as rig:
            rig.run()
            await rig.until(HostState.REFUSED)
            assert isinstance(rig.runner.error, DeviceRefusedError)
            print(rig.runner.error)
            assert "packets are too small" in str(rig.runner.error)
            assert rig.link.mtu_bytes == 60
            assert not rig.link.notices, "it is closed"

    run_virtual(run())
    print(belt.log)
    assert belt.log == ["read INFO", "subscribe", "HELLO", "read INFO", "START", "unsubscribe"]
    assert "packets of 60 bytes only" in caplog.text


def test_over_the_least_mtu_no_answer_fits_and_that_is_what_is_said() -> None:
    """An ACK has 32 bytes, a notification at MTU 23 carries 20."""
    config = HostConfig(framing="packet", give_up_s=15.0)

    async def run() -> None:
        async with Rig(seed=13, air=AirSettings(mtu=23, pdu_bytes=27), config=config) as rig:
            rig.run()
            await rig.ended()
            print(rig.runner.error)
            assert "packets of 23 bytes; it needs 100" in str(rig.runner.error)

    run_virtual(run())


def test_info_is_read_again_behind_a_command_whose_hello_was_too_long() -> None:
    belt = LoggedBelt(11)
    config = HostConfig(
        framing="packet", configure=(SetRateCommand(0, stream=0, rate_mhz=500_000),)
    )

    async def run() -> None:
        async with Rig(seed=11, twins=[belt], air=AirSettings(mtu=120), config=config) as rig:
            rig.run()
            await rig.until(HostState.STREAMING)
            await asyncio.sleep(3.0)
            await rig.stop()
            assert rig.machine.hello is not None
            assert [one.rate_mhz for one in rig.machine.hello.streams if one.id == 0] == [500_000]
            stats = rig.desk.receiver.stats
            assert stats.streams["emg"].rate_hz == 500.0
            assert stats.streams["emg"].samples >= 1400
            assert stats.streams["emg"].lost_samples == 0
            assert stats.restarts == 0
            assert stats.duplicates == 0

    run_virtual(run())
    print(belt.log)
    wanted = ["read INFO", "subscribe", "HELLO", "read INFO", "SET_RATE", "read INFO", "START"]
    assert belt.log[:7] == wanted


def test_a_closed_link_refuses_to_read_and_write() -> None:
    async def run() -> None:
        async with Rig(seed=12) as rig:
            for _ in range(2):
                with pytest.raises(LinkLostError):
                    await rig.link.read(0.1)
                with pytest.raises(LinkLostError):
                    await rig.link.write(b"x" * 24)
                with pytest.raises(LinkLostError):
                    await rig.link.read_info()
                await rig.link.open()
                assert await rig.link.read(1.0) is not None
                before = now_s()
                assert await rig.link.read(0.25) is None
                assert now_s() - before == pytest.approx(0.25)
                await rig.link.close()
                await rig.link.close()

    run_virtual(run())

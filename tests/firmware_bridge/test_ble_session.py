"""A whole session over Bluetooth: link, host, engine, recording, replay; and a bonded belt."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from bleak import BleakClient, BleakScanner

from firingorder.errors import LinkError
from firingorder.firmware_bridge.actions import HostConfig, HostState
from firingorder.recording.reader import open_recording
from firingorder.session.acquisition import Acquisition
from firingorder.session.inputs import from_entry
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.lines import EventLines
from firingorder.session.replaying import replay_engine, run_replay
from firingorder.session.setup import SessionSetup
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.radio import AirSettings
from firingorder.simulation.radio.belt import BeltTwin
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from tests.firmware_bridge.ble_rig import Desk, Rig, make_belt, now_s, verify
from tests.firmware_bridge.fault_rig import TWO
from tests.firmware_bridge.virtual_time import run_virtual

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.session.inputs import Input
    from firingorder.simulation.radio.table import Characteristic, GattTable

SECONDS = 26.0
OUT_S, AWAY_S = 12.0, 5.0
#: As the link must be back within 3 s of the belt being back.
BACK_S = 3.0
VOLATILE = "latency_ms"


def _lines(out: io.StringIO) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return [{k: v for k, v in line.items() if k != VOLATILE} for line in lines]


def test_a_session_over_the_radio_is_recorded_and_replayed_to_the_last_bit(
    tmp_path: Path,
) -> None:
    path, seed = tmp_path / "ble.mcap", 7
    body = make_body("bridge_mixed", seed=seed)
    out = io.StringIO()
    returned: list[float] = []

    async def run() -> None:
        air = AirSettings(error_rate=0.05)
        async with Rig(seed=seed, air=air, twins=[make_belt(seed, body=body)]) as rig:
            keeper = RecordingKeeper(path)
            lines = EventLines(out, rig.link.now_ns)

            def on_events(events: list[Event], t_ns: int) -> None:
                lines.write(events, t_ns)

            acquisition = Acquisition(
                rig.link,
                SessionSetup(task=load_task("bridge"), montage=TWO),
                host=HostConfig(),
                duration_s=SECONDS,
                open_recorder=keeper.opener,
                on_events=on_events,
            )
            running = asyncio.ensure_future(acquisition.run())
            await asyncio.sleep(OUT_S)
            rig.radio.air.cut()
            await asyncio.sleep(AWAY_S)
            rig.radio.air.restore()
            back_s = now_s()
            while acquisition.state is not HostState.STREAMING:
                await asyncio.sleep(0.01)
            returned.append(now_s() - back_s)
            await running
            assert keeper.stop()
            assert keeper.alarm is None
            lines.summary(acquisition.engine)
            assert acquisition.engine.receiver.stats.clock_uncertainty_ms is not None

    run_virtual(run())
    print(f"streaming {returned[0]:.3f} s after the belt was back")
    assert returned[0] <= BACK_S

    recording = open_recording(path)
    desk = Desk()
    for topic, data, t_ns in _entries(recording):
        item = from_entry(topic, data, t_ns)
        if item is not None:
            desk.take(item)
    received = verify(desk, body)
    last = desk.chunks[-1]
    assert received + desk.gaps[0].samples == last.index0 + len(last.emg_uv)
    assert "MTU 247" in next(reason for state, _, reason in desk.states if state == "opened")

    live = _lines(out)
    summary = live[-1]
    assert summary["event"] == "summary"
    assert summary["streams"]["emg"]["lost_samples"] == 0
    assert summary["reconnects"] == 1
    assert [line["event"] for line in live].count("repetition") >= 2

    engine = replay_engine(recording)
    again = io.StringIO()
    replayed = EventLines(again, lambda: 0)

    def on_replayed(events: list[Event], _item: Input | None) -> None:
        replayed.write(events, 0)

    check = run_replay(recording, engine, on_replayed)
    replayed.summary(engine)
    assert check.compared >= 1
    assert check.first_difference_s is None
    assert _lines(again) == live


def _entries(recording: Any) -> list[tuple[str, bytes, int]]:
    return [(one.topic, one.data, one.t_ns) for one in recording.entries()]


class PrivateBelt(BeltTwin):
    """A belt that talks to paired computers only."""

    @property
    def table(self) -> GattTable:
        table = super().table
        (service,) = table.services
        closed: tuple[Characteristic, ...] = tuple(
            replace(each, encrypted=True) for each in service.characteristics
        )
        return replace(table, services=(replace(service, characteristics=closed),))


async def _pair(rig: Rig) -> None:
    """Do what a person does with the tools of the operating system."""
    found = await BleakScanner.find_device_by_filter(
        lambda *_: True, timeout=5.0, backend=rig.radio.scanner_backend
    )
    assert found is not None
    client = BleakClient(found, backend=rig.radio.client_backend)
    await client.connect()
    await client.pair()
    await client.disconnect()
    await asyncio.sleep(0.2)


def test_a_belt_that_wants_to_be_paired_is_explained_and_comes_back_bonded() -> None:
    seed = 41
    body = make_body("bridge", seed=seed, repetitions=2)

    async def run() -> None:
        belt = PrivateBelt(VirtualDevice(body, seed=seed))
        async with Rig(seed=seed, twins=[belt]) as rig:
            with pytest.raises(LinkError) as caught:
                await rig.link.open()
            print(caught.value)
            assert "wants to be paired" in str(caught.value)
            await rig.link.close()

            await _pair(rig)
            rig.run()
            await rig.until(HostState.STREAMING)
            await asyncio.sleep(2.0)
            rig.radio.air.cut()
            await asyncio.sleep(4.0)
            rig.radio.air.restore()
            back_s = now_s()
            assert await rig.until(HostState.STREAMING) - back_s <= BACK_S
            await asyncio.sleep(2.0)
            await rig.stop()
            verify(rig.desk, body)

            rig.radio.peripherals[0].forget_bonds()
            with pytest.raises(LinkError) as caught:
                await rig.link.open()
            print(caught.value)
            assert "pair it again" in str(caught.value)

    run_virtual(run())

"""Two devices on two clocks, one session: where the pelvis sensor's samples come to lie."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.cli.record import TapTest
from firingorder.errors import LinkError, UsageError
from firingorder.findings import MarkerEvent
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.links.ble import BleLink
from firingorder.recording.reader import open_recording
from firingorder.session.addresses import parse_address
from firingorder.session.files import FileOptions, analyse_recording, recorded_inputs
from firingorder.session.replaying import replay_engine, run_replay
from firingorder.session.sources import open_source
from firingorder.simulation.faults import FaultPlan, Outage
from firingorder.simulation.radio import AirSettings
from firingorder.simulation.scenarios import BridgeBody
from tests.firmware_bridge.virtual_time import run_virtual
from tests.session.joined_rig import Joined, placed

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.firmware_bridge.links.base import Read

#: wire_protocol.md section 14: a constant of -2 to 0 ms, and 0.2 to 0.6 ms about it (sd, in the
#: steady state). The constant is the difference of the links' least delays, so for two sensors on
#: one radio it may have either sign; what a sensor itself takes comes on top.
CONSTANT_MS = 2.0
SPREAD_MS = 0.6
LATENCY_MS = 3.0


def test_a_movella_dot_beside_a_belt_is_recorded_replayed_and_analysed(tmp_path: Path) -> None:
    rig = Joined(
        tmp_path / "s.mcap",
        seed=3,
        emg_faults=FaultPlan(ppm=30.0),
        imu_faults=FaultPlan(ppm=-40.0),
        latency_s=1e-3 * LATENCY_MS,
        air=AirSettings(error_rate=0.02),
        duration_s=23.0,
    )
    run_virtual(rig.run())
    engine = rig.acquisition.engine
    assert engine.tallies["emg"].lost_samples == engine.tallies["imu"].lost_samples == 0
    assert engine.tallies["imu"].rate_hz == 60.0

    where = placed(rig)
    for from_s, to_s in ((2.0, 10.0), (10.0, 20.0)):
        error_ms = where.error_ms(from_s, to_s)
        print(f"{from_s:g}-{to_s:g} s: {error_ms.mean():.2f} ms, sd {error_ms.std():.2f}")
        assert abs(error_ms.mean() - LATENCY_MS) <= CONSTANT_MS
        assert error_ms.std() <= SPREAD_MS
    assert np.diff(where.placed_s).min() > 0.0

    recording = open_recording(rig.path)
    topics = {entry.topic for entry in recording.entries()}
    assert {"link/0/rx", "link/0/tx", "link/1/rx", "link/1/tx"} <= topics
    assert recording.device is not None
    kept = recording.device["profiles"]
    assert [one["adapter"] for one in kept] == ["frame_v1", "dot-ble"]

    again: list[Event] = []
    replayed = replay_engine(recording)
    check = run_replay(recording, replayed, lambda some, _item: again.extend(some))
    assert check.compared >= 2
    assert check.first_difference_s is None
    assert repr(again) == repr(rig.events)

    result = analyse_recording(recording, FileOptions())
    kinds = {stream.kind: stream for stream in result.recording.streams}
    assert kinds["imu"].samples == engine.tallies["imu"].samples
    moved = [rep.movement_onset_s for rep in result.repetitions if rep.movement_onset_s]
    assert isinstance(rig.body, BridgeBody)
    truth = [rep.movement.onset_s for rep in rig.body.repetitions]
    print([round(1e3 * (found - true)) for found, true in zip(moved, truth, strict=False)])
    assert len(moved) >= 2
    assert all(abs(found - true) < 0.1 for found, true in zip(moved, truth, strict=False))


def test_a_pelvis_sensor_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    rig = Joined(
        tmp_path / "s.mcap", imu_there=False, host=HostConfig(give_up_s=10.0, absent_s=10.0)
    )
    with pytest.raises(LinkError) as caught:
        run_virtual(rig.run())
    print(caught.value)
    assert "Movella DOT" in str(caught.value)
    assert "was not there for 10 s" in str(caught.value)
    assert not rig.path.exists()


def test_a_witmotion_that_does_not_take_its_rate_is_refused(tmp_path: Path) -> None:
    rig = Joined(tmp_path / "s.mcap", imu="witmotion-ble", sensor_options={"obeys": False})
    with pytest.raises(LinkError) as caught:
        run_virtual(rig.run())
    print(caught.value)
    assert "does not confirm 50 samples a second" in str(caught.value)


def test_a_sensor_that_goes_away_leaves_a_gap_and_comes_back(tmp_path: Path) -> None:
    away_s, back_s = 8.0, 10.0
    rig = Joined(
        tmp_path / "s.mcap",
        seed=5,
        scenario="rest",
        imu_faults=FaultPlan(ppm=25.0, unplugs=(Outage(back_s - away_s, away_s),)),
        duration_s=16.0,
    )
    run_virtual(rig.run())
    engine = rig.acquisition.engine
    emg, imu = engine.tallies["emg"], engine.tallies["imu"]
    print(imu)
    assert (emg.lost_samples, emg.outage_samples) == (0, 0)
    assert imu.outage_samples > 0
    where = placed(rig)
    (gap,) = where.gaps
    assert gap.kind == "outage"
    assert not gap.uncertain  # its own clock tells how long it was
    assert gap.end_s - gap.start_s == pytest.approx(gap.samples / 60.0, abs=0.001)
    assert gap.end_s - gap.start_s <= back_s - away_s + 6.0
    for error_ms in (where.error_ms(5.0, gap.start_s), where.error_ms(gap.end_s + 2.0)):
        print(f"{error_ms.mean():.2f} ms, sd {error_ms.std():.2f}, n {len(error_ms)}")
        assert abs(error_ms.mean() - LATENCY_MS) <= CONSTANT_MS
        assert error_ms.std() <= SPREAD_MS
    assert np.diff(where.placed_s).min() > 0.0


def test_a_sensor_that_boots_anew_is_placed_by_the_host_clock(tmp_path: Path) -> None:
    rig = Joined(
        tmp_path / "s.mcap",
        seed=6,
        scenario="rest",
        imu_faults=FaultPlan(ppm=-30.0, reboots_s=(7.0,)),
        duration_s=14.0,
    )
    run_virtual(rig.run())
    where = placed(rig)
    (gap,) = where.gaps
    assert gap.uncertain
    error_ms = where.error_ms(gap.end_s + 2.0)
    print(f"gap {gap.end_s - gap.start_s:.2f} s; {error_ms.mean():.2f} ms, {error_ms.std():.2f}")
    assert abs(error_ms.mean() - LATENCY_MS) <= CONSTANT_MS
    assert np.diff(where.placed_s).min() > 0.0


def test_an_outage_of_the_emg_leaves_the_sensor_where_it_is(tmp_path: Path) -> None:
    rig = Joined(
        tmp_path / "s.mcap",
        seed=7,
        scenario="rest",
        emg_faults=FaultPlan(ppm=20.0, unplugs=(Outage(3.0, 6.0),)),
        imu_faults=FaultPlan(ppm=-20.0),
        duration_s=14.0,
    )
    run_virtual(rig.run())
    assert rig.acquisition.engine.tallies["emg"].outage_samples > 0
    where = placed(rig)
    assert where.gaps == []
    error_ms = where.error_ms(3.0)
    print(f"{error_ms.mean():.2f} ms, sd {error_ms.std():.2f}")
    assert abs(error_ms.mean() - LATENCY_MS) <= CONSTANT_MS
    assert np.abs(error_ms - error_ms.mean()).max() <= 5.0
    assert np.diff(where.placed_s).min() > 0.0


def test_taps_take_out_what_the_sensor_is_late_and_replay_repeats_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late_ms = 14.0
    option = TapTest(18.0)  # what --tap-test 18 does
    rig = Joined(
        tmp_path / "s.mcap",
        seed=4,
        emg="npg-ble",
        scenario="taps",
        emg_faults=FaultPlan(ppm=60.0),
        imu_faults=FaultPlan(ppm=-40.0),
        latency_s=1e-3 * late_ms,
        duration_s=21.0,
        on_turn=lambda rig: option.look(rig.acquisition),
    )
    run_virtual(rig.run())
    engine = rig.acquisition.engine
    assert engine.taps is not None
    assert engine.joined is not None
    result = engine.taps.result
    assert result is not None
    assert result.uncertainty_s is not None
    (marker,) = [event for event in rig.events if isinstance(event, MarkerEvent)]
    assert marker.text == result.sentence
    assert capsys.readouterr().err.count(result.sentence) == 1
    before_ms = placed(rig).error_ms(19.0)
    left_ms = before_ms.mean() + 1e3 * engine.joined.offset_s
    print(f"{before_ms.mean():.2f} ms before, {left_ms:.2f} ms left, {result.sentence}")
    assert before_ms.mean() > 10.0
    assert abs(left_ms) <= 1e3 * result.uncertainty_s
    assert "synchronised by taps" in engine.taps.words

    replayed = replay_engine(open_recording(rig.path))
    again: list[Event] = []
    check = run_replay(open_recording(rig.path), replayed, lambda some, _item: again.extend(some))
    assert check.compared >= 1
    assert check.first_difference_s is None
    assert repr(again) == repr(rig.events)
    assert replayed.joined is not None
    assert replayed.joined.offset_s == engine.joined.offset_s


def test_without_taps_a_session_stays_as_it_is_and_says_so(tmp_path: Path) -> None:
    async def tap_test(rig: Joined) -> None:
        while rig.acquisition.engine.duration_s < 12.0:
            await asyncio.sleep(0.1)
        rig.acquisition.align()

    rig = Joined(
        tmp_path / "s.mcap",
        imu="witmotion-ble",
        emg="npg-ble",
        scenario="rest",
        duration_s=13.0,
        during=tap_test,
    )
    run_virtual(rig.run())
    engine = rig.acquisition.engine
    assert engine.joined is not None
    assert engine.taps is not None
    assert engine.joined.offset_s == 0.0
    assert "was not synchronised" in engine.taps.words
    (marker,) = [event for event in rig.events if isinstance(event, MarkerEvent)]
    print(marker.text)
    assert marker.text.startswith("Not synchronised: the pelvis sensor felt no tap.")
    profiles = [one for one in engine.profiles if one is not None]
    assert [one.claim for one in profiles] == ["amplitude", "amplitude"]
    assert engine.tallies["imu"].rate_hz == 50.0
    error_ms = placed(rig).error_ms(2.0)
    print(f"{error_ms.mean():.2f} ms, sd {error_ms.std():.2f}")
    # 20 ms of a packet fall on connection events 15 ms apart: the least delay shows late.
    assert abs(error_ms.mean() - LATENCY_MS) <= 5.0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("cyton:/dev/ttyUSB0+dot-ble:DOT?rate=25", "rate must be one of"),
        ("ble:auto+witmotion-ble:WT901BLE67?rate=100", "rate must be one of"),
        ("npg-ble:NPG?rate=1000", "250 or 500"),
    ],
)
def test_rates_that_no_device_has_are_refused_at_once(text: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        open_source(parse_address(text))


def test_addresses_open_the_links_of_both_devices() -> None:
    source = open_source(parse_address("npg-ble:NPG-LITE+dot-ble:DOT?rate=30"))
    assert [spec.protocol for spec in source.specs] == ["npg-ble", "dot-ble"]
    assert [spec.framing for spec in source.specs] == ["packet", "packet"]
    assert source.specs[1].options == (("rate", "30"),)


def test_a_stop_leaves_no_sensor_being_looked_for(tmp_path: Path) -> None:
    left: list[str] = []

    async def stop_while_scanning(rig: Joined) -> None:
        await asyncio.sleep(1.0)
        rig.acquisition.stop()
        await asyncio.sleep(0.5)
        for task in asyncio.all_tasks():
            name = getattr(task.get_coro(), "__qualname__", "")
            if name == BleLink.open.__qualname__:
                left.append(name)

    run_virtual(Joined(tmp_path / "s.mcap", imu_there=False, during=stop_while_scanning).run())
    assert not left


class BreaksAfter5s(BleLink):
    """A link with a fault of its own: an error that nobody expects."""

    breaks_ns = 0

    async def read(self, timeout_s: float) -> Read | None:
        self.breaks_ns = self.breaks_ns or self.now_ns() + 5_000_000_000
        if self.now_ns() > self.breaks_ns:
            raise ZeroDivisionError
        return await super().read(timeout_s)


class JoinedToABrokenLink(Joined):
    def _link(self, target: str, scheme: str) -> BleLink:
        link = super()._link(target, scheme)
        if scheme == self.imu:
            link.__class__ = BreaksAfter5s
        return link


def test_a_fault_of_the_program_beside_the_emg_is_seen(tmp_path: Path) -> None:
    rig = JoinedToABrokenLink(tmp_path / "s.mcap", duration_s=8.0)
    with pytest.raises(ZeroDivisionError):
        run_virtual(rig.run())
    assert rig.acquisition.engine.tallies["emg"].duration_s < 7.0
    assert len(list(recorded_inputs(open_recording(rig.path)))) > 100

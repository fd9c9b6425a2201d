"""Other makers' devices over the simulated radio: from the conversation to every sample."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.errors import LinkError
from firingorder.firmware_bridge.actions import HostConfig, HostState
from firingorder.firmware_bridge.adapters import make_host, make_receiver
from firingorder.firmware_bridge.links.ble import BleLink
from firingorder.firmware_bridge.links.ble_scan import scan
from firingorder.firmware_bridge.links.gatt import PROFILES_BY_SCHEME
from firingorder.firmware_bridge.source import SourceSpec
from firingorder.samples import EmgChunk, Gap
from firingorder.session.inputs import Input, LinkNote, Rx, Tx
from firingorder.session.runner import LinkRunner
from firingorder.simulation.faults import FaultPlan, Outage
from firingorder.simulation.radio import Radio
from firingorder.simulation.scenarios import ScenarioBody, make_body
from firingorder.simulation.twins.ble_movella_dot import MovellaDotTwin
from firingorder.simulation.twins.ble_npg_lite import MIDDLE, UV_PER_COUNT, NpgLiteTwin
from firingorder.simulation.twins.ble_witmotion import WitMotionTwin
from tests.firmware_bridge.virtual_time import run_virtual, virtual_ns

if TYPE_CHECKING:
    from firingorder.firmware_bridge.items import Item

THREE = ("gluteus_maximus_left", "hamstring_left", "erector_spinae_left")


def _body(seed: int) -> ScenarioBody:
    return make_body("bridge", seed=seed, imu_rate_hz=None, channels=THREE, repetitions=1)


class Desk:
    """Decodes what a session would be given."""

    def __init__(self, spec: SourceSpec) -> None:
        self.receiver = make_receiver(spec)
        self.chunks: list[EmgChunk] = []
        self.gaps: list[Gap] = []
        self.stopping = False

    def take(self, item: Input) -> tuple[Item, ...]:
        match item:
            case Rx(_, data, t_ns):
                items = tuple(self.receiver.feed(data, t_ns))
                self.chunks += [one for one in items if isinstance(one, EmgChunk)]
                self.gaps += [one for one in items if isinstance(one, Gap)]
                return items
            case Tx(_, data, t_ns):
                self.receiver.sent(data, t_ns)
            case LinkNote(_, "opened", t_ns):
                self.receiver.opened(t_ns)
            case LinkNote(_, "lost", t_ns):
                self.receiver.lost(t_ns)
            case _:
                pass
        return ()

    def turned(self) -> None:
        pass

    def notice(self, text: str) -> None:
        pass


def play(twin: NpgLiteTwin, duration_s: float) -> Desk:
    """Let a host talk to the device for so long; raises why it gave up."""

    async def run() -> Desk:
        spec = SourceSpec("npg-ble", "packet")
        radio = Radio([twin], seed=twin.seed)
        await radio.start()
        link = BleLink(
            "auto",
            profile=PROFILES_BY_SCHEME["npg-ble"],
            client_backend=radio.client_backend,
            scanner_backend=radio.scanner_backend,
            clock_ns=virtual_ns,
        )
        desk = Desk(spec)
        machine = make_host(spec, HostConfig(framing="packet", name="NPG-LITE", absent_s=10.0))
        runner = LinkRunner(0, link, machine, desk)
        try:
            running = asyncio.ensure_future(runner.run())
            await asyncio.wait({running}, timeout=duration_s)
            if not running.done():
                assert machine.state is HostState.STREAMING
                running.cancel()
                await asyncio.wait({running})
                await runner.stop()
                while not runner.done:
                    await runner.turn()
            if runner.error is not None:
                raise runner.error
        finally:
            await runner.close()
            await asyncio.sleep(0.1)
            await radio.stop()
        return desk

    print(f"seed {twin.seed}, {twin.firmware}, {twin.faults}")
    return run_virtual(run())


def expected(body: ScenarioBody, twin: NpgLiteTwin, first: int, n: int) -> np.ndarray:
    """Return the counts of samples of the device, from the body and the description alone."""
    step, turn = round(1000.0 / twin.rate_hz), twin.firmware.skew_samples
    rows = step * (first + np.arange(n))
    columns = [
        body.emg_uv(int(rows[0]), int(rows[-1] - rows[0]) + 3)[rows - rows[0] + turn * c, c]
        for c in range(3)
    ]
    return np.clip(np.round(MIDDLE + np.stack(columns, axis=1) / UV_PER_COUNT), 0, 4095)


@pytest.mark.parametrize("firmware", ["idf", "chords"])
@pytest.mark.parametrize(
    "faults",
    [
        FaultPlan(drop=0.05, duplicate=0.02, ppm=80.0),
        FaultPlan(ppm=-80.0, stalls=(Outage(1.5, 6.0),)),
    ],
    ids=["spoilt", "stalled"],
)
def test_every_sample_of_an_npg_lite_arrives_or_is_counted(
    firmware: str, faults: FaultPlan
) -> None:
    body = _body(11)
    twin = NpgLiteTwin(body, seed=11, firmware=firmware, faults=faults)
    desk = play(twin, 12.0)
    received = lost = 0
    for chunk in desk.chunks:
        lost = chunk.index0 - received
        truth = expected(body, twin, chunk.index0, len(chunk.emg_uv))
        assert np.array_equal(chunk.emg_uv, truth), f"at index {chunk.index0}"
        received += len(chunk.emg_uv)
    stats = desk.receiver.stats.streams["emg"]
    print(stats)
    assert received == stats.samples > 8 * twin.rate_hz
    assert lost == stats.lost_samples == sum(gap.samples for gap in desk.gaps)
    assert lost % twin.firmware.per_notification == 0
    assert lost > 0 or twin.unsent == 0
    assert stats.outage_samples == 0
    assert (stats.duplicates > 0) == (twin.spoiler.duplicated_frames > 0)


def test_an_npg_lite_that_was_out_of_range_goes_on_where_it_is() -> None:
    body = _body(12)
    twin = NpgLiteTwin(body, seed=12, faults=FaultPlan(ppm=-50.0, unplugs=(Outage(3.0, 5.0),)))
    desk = play(twin, 20.0)
    (gap,) = desk.gaps
    print(gap)
    assert gap.kind == "outage"
    assert gap.uncertain
    after = next(chunk for chunk in desk.chunks if chunk.index0 >= gap.index0)
    # An arrival tells the length to some connection intervals; then every sample is in its place.
    shifts = [
        shift
        for shift in range(-15, 16)
        if np.array_equal(after.emg_uv, expected(body, twin, after.index0 + shift, 25))
    ]
    print(shifts)
    assert len(shifts) == 1


def test_an_npg_lite_with_an_unknown_firmware_is_explained() -> None:
    twin = NpgLiteTwin(_body(13), seed=13, per_notification=8)
    with pytest.raises(LinkError) as caught:
        play(twin, 60.0)
    print(caught.value)
    assert "?rate=250 or ?rate=500" in str(caught.value)


def test_a_scan_tells_the_devices_apart() -> None:
    body = _body(1)

    async def run() -> set[tuple[str, str]]:
        twins = [
            NpgLiteTwin(body, seed=1),
            MovellaDotTwin(body, lambda _us: 0.0, seed=2),
            MovellaDotTwin(body, lambda _us: 0.0, seed=3, name="Movella DOT"),
            WitMotionTwin(body, lambda _us: 0.0, seed=4),
        ]
        radio = Radio(twins, seed=1)
        await radio.start()
        found = await scan(3.0, scanner_backend=radio.scanner_backend)
        await radio.stop()
        return {(one.name, one.profile) for one in found}

    assert run_virtual(run()) == {
        ("NPG-Lite-3CH:5A17", "NPG Lite"),
        ("Xsens DOT", "Movella DOT"),
        ("Movella DOT", "Movella DOT"),
        ("WT901BLE67", "WitMotion sensor"),
    }

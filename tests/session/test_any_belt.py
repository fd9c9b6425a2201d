"""A person who names no device: nothing on a cable, a belt in the air."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from firingorder.errors import LinkError
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.links.any_link import AnyLink
from firingorder.recording.reader import open_recording
from firingorder.session.acquisition import Acquisition
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.replaying import replay_engine, run_replay
from firingorder.session.setup import SessionSetup
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.radio import sim_ble_link
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from tests.firmware_bridge.virtual_time import run_virtual

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.firmware_bridge.links.base import Framing, Read

SEED = 8
DURATION_S = 11.0  # one digest


class NothingPlugged:
    """A link to a cable that nobody has plugged in."""

    framing: Framing = "cobs"
    description = "no cable"

    def now_ns(self) -> int:
        return 0

    async def sleep(self, duration_s: float) -> None:
        await asyncio.sleep(duration_s)

    async def open(self) -> None:
        raise LinkError("Nothing is plugged in.")

    async def read(self, timeout_s: float) -> Read | None:
        raise AssertionError(timeout_s)

    async def write(self, data: bytes) -> None:
        raise AssertionError(data)

    async def close(self) -> None:
        return None


def test_the_belt_in_the_air_is_found_recorded_and_replayed(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    path = tmp_path / "s.mcap"
    keeper = RecordingKeeper(path)

    async def session() -> Acquisition:
        def clock_ns() -> int:
            return round(1e9 * asyncio.get_running_loop().time())

        belt = sim_ble_link(
            VirtualDevice(make_body("bridge", seed=SEED), seed=SEED), seed=SEED, clock_ns=clock_ns
        )
        acquisition = Acquisition(
            AnyLink(NothingPlugged(), belt, clock_ns=clock_ns),
            SessionSetup(task=load_task("bridge")),
            host=HostConfig(),
            duration_s=DURATION_S,
            open_recorder=keeper.opener,
        )
        try:
            await acquisition.run()
        finally:
            await belt.stop()
        return acquisition

    live = run_virtual(session())
    assert keeper.stop(), keeper.failure
    assert live.engine.setup.sources[0].framing == "packet"
    assert live.engine.duration_s >= DURATION_S
    assert live.engine.tallies["emg"].lost_samples == 0

    recording = open_recording(path)
    engine = replay_engine(recording)
    check = run_replay(recording, engine, lambda _events, _item: None)
    assert check.compared == 1
    assert check.first_difference_s is None
    assert engine.tallies["emg"].samples == live.engine.tallies["emg"].samples

"""Sessions with twins of other makers' devices: real bytes, virtual time, real recordings."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.source import SourceSpec
from firingorder.montage import Montage
from firingorder.recording.reader import open_recording
from firingorder.samples import EmgChunk, Gap
from firingorder.session.acquisition import Acquisition
from firingorder.session.engine import Engine
from firingorder.session.files import FileOptions, recorded_inputs, recording_setup
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.setup import SessionSetup
from firingorder.simulation.link import SimLink
from firingorder.simulation.twins import make_line, twin_body
from firingorder.simulation.twins.line import parse_twin_faults
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.simulation.scenarios import ScenarioBody
    from firingorder.simulation.twins.line import TwinLine

SEED = 7


@dataclass
class Session:
    """A session and what its recording gives when it is played again."""

    acquisition: Acquisition
    line: TwinLine
    body: ScenarioBody
    path: Path
    events: list[Event]
    replayed: list[Event]
    chunks: list[EmgChunk]
    gaps: list[Gap]

    def samples(self, n: int) -> np.ndarray:
        """Return the first ``n`` places of the session's grid, NaN where nothing is."""
        out = np.full((n, len(self.body.channels)), np.nan)
        for chunk in self.chunks:
            end = min(chunk.index0 + len(chunk.emg_uv), n)
            if chunk.index0 < n:
                part = chunk.emg_uv[: end - chunk.index0, : out.shape[1]]
                out[chunk.index0 : end] = part
        return out


def run_twin(
    path: Path,
    name: str,
    *,
    duration_s: float,
    faults: str = "",
    scenario: str = "bridge_mixed",
    channels: tuple[str, ...] | None = None,
) -> Session:
    """Record a twin in virtual time, then play the recording again."""
    print(f"{name}, scenario {scenario}, seed {SEED}, faults {faults or 'none'}")
    body = twin_body(name, scenario, seed=SEED, channels=channels)
    line = make_line(name, body, seed=SEED, faults=parse_twin_faults(faults))
    montage = Montage(tuple((f"EMG{k + 1}", one) for k, one in enumerate(body.channels)), "lateral")
    keeper = RecordingKeeper(path)
    events: list[Event] = []
    acquisition = Acquisition(
        SimLink(line, speed=0, description=f"virtual {name}"),
        SessionSetup(task=load_task("bridge"), montage=montage, sources=(SourceSpec(name),)),
        host=HostConfig(name=f"virtual {name}", absent_s=10.0),
        duration_s=duration_s,
        open_recorder=keeper.opener,
        on_events=lambda some, _t_ns: events.extend(some),
        on_turn=lambda: _let_go(acquisition),
    )
    asyncio.run(acquisition.run())
    assert keeper.stop()
    recording = open_recording(path)
    again = Engine(recording_setup(recording, FileOptions()))
    replayed: list[Event] = []
    chunks: list[EmgChunk] = []
    gaps: list[Gap] = []
    for item in recorded_inputs(recording):
        replayed += again.feed(item)
        chunks += [one for one in again.items if isinstance(one, EmgChunk)]
        gaps += [one for one in again.items if isinstance(one, Gap)]
        again.take_display()
    replayed += again.finish()
    return Session(acquisition, line, body, path, events, replayed, chunks, gaps)


def _let_go(acquisition: Acquisition) -> None:
    acquisition.engine.take_display()


async def attempt(link: Link, name: str) -> Acquisition:
    """Try to begin a session with whatever is behind a link."""
    acquisition = Acquisition(
        link,
        SessionSetup(task=load_task("bridge"), sources=(SourceSpec(name),)),
        host=HostConfig(name=link.description, absent_s=10.0),
        duration_s=5.0,
    )
    await acquisition.run()
    return acquisition

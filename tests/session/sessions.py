"""Whole sessions for tests: virtual device, real bytes, virtual time, real recording."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firingorder.firmware_bridge.actions import HostConfig
from firingorder.montage import DEFAULT_EIGHT, Montage
from firingorder.session.acquisition import Acquisition
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.lines import EventLines
from firingorder.session.setup import SessionSetup
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import FaultPlan, parse_faults
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import DEFAULT_IMU_RATE_HZ, ScenarioBody, make_body
from firingorder.simulation.settings import DeviceSettings
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from firingorder.findings import Event

#: A control and its name, and what a setting becomes.
Steering = tuple[str, str] | tuple[str, str, float]
#: What an event line may say differently when the same session is played again.
VOLATILE = "latency_ms"
#: As many samples in fewer frames: 20 ms of EMG in each, which saves a third of the work where it
#: does not matter how samples are packed. Sessions with frames as they are: test_live.py.
FEW_FRAMES = DeviceSettings(emg_batch=20, imu_batch=10)


@dataclass
class Session:
    """A finished session and everything it left behind."""

    acquisition: Acquisition
    body: ScenarioBody
    lines: list[dict[str, Any]]
    path: Path

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == kind]


def run_session(
    path: Path,
    *,
    scenario: str = "bridge_mixed",
    seed: int = 7,
    duration_s: float = 40.0,
    faults: str = "",
    channels: tuple[str, ...] = DEFAULT_EIGHT,
    with_imu: bool = True,
    steer: Mapping[int, Steering] | None = None,
) -> Session:
    """Record a session in virtual time. ``steer`` maps device seconds to a control."""
    print(f"scenario {scenario}, seed {seed}, faults {faults or 'none'}")
    imu_rate_hz = DEFAULT_IMU_RATE_HZ if with_imu else None
    body = make_body(scenario, seed=seed, channels=channels, imu_rate_hz=imu_rate_hz)
    plan = parse_faults(faults) if faults else FaultPlan()
    device = VirtualDevice(body, seed=seed, faults=plan, settings=FEW_FRAMES)
    link = SimLink(device, speed=0)
    montage = Montage(tuple((f"EMG{k + 1}", name) for k, name in enumerate(channels)))
    keeper = RecordingKeeper(path)
    out = io.StringIO()
    writer = EventLines(out, link.now_ns)
    todo = dict(steer or {})

    def on_events(events: list[Event], t_ns: int) -> None:
        writer.write(events, t_ns)

    def on_turn() -> None:
        acquisition.engine.take_display()
        for second in [s for s in todo if acquisition.engine.duration_s >= s]:
            kind, name, *value = todo.pop(second)
            if kind == "mark":
                acquisition.mark(name)
            else:
                acquisition.control(kind, name, *value)  # type: ignore[arg-type]

    acquisition = Acquisition(
        link,
        SessionSetup(task=load_task("bridge"), montage=montage),
        host=HostConfig(),
        duration_s=duration_s,
        open_recorder=keeper.opener,
        on_events=on_events,
        on_turn=on_turn,
    )
    asyncio.run(acquisition.run())
    assert keeper.stop()
    assert keeper.alarm is None
    writer.summary(acquisition.engine)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return Session(acquisition, body, lines, path)


def without_latency(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return event lines without the one field that may differ between live and replay."""
    return [{k: v for k, v in line.items() if k != VOLATILE} for line in lines]

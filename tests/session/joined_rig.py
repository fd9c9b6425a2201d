"""A source of EMG and a pelvis sensor on a clock of its own, over one simulated radio, for tests.

Product code from the air to the result: twins, links, hosts, decoders, session, recording. Time is
virtual; what each sensor really measured, and when, is planted and kept.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.links.ble import BleLink
from firingorder.firmware_bridge.links.gatt import FRAME_V1, PROFILES_BY_SCHEME
from firingorder.firmware_bridge.source import FRAME_V1 as PROTOCOL_V1
from firingorder.firmware_bridge.source import SourceSpec
from firingorder.montage import Montage
from firingorder.recording.reader import open_recording
from firingorder.samples import Gap, ImuChunk
from firingorder.session.acquisition import Acquisition
from firingorder.session.engine import Engine
from firingorder.session.files import FileOptions, recorded_inputs, recording_setup
from firingorder.session.inputs import LinkNote, Rx, Tx
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.setup import SessionSetup
from firingorder.signal.wanted import RESULT_ONLY
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import FaultPlan
from firingorder.simulation.radio import AirSettings, Radio
from firingorder.simulation.radio.belt import BeltTwin
from firingorder.simulation.scenarios import ScenarioBody, make_body
from firingorder.simulation.twins.ble_base import BleDevice, body_time
from firingorder.simulation.twins.ble_movella_dot import MovellaDotTwin
from firingorder.simulation.twins.ble_npg_lite import NpgLiteTwin
from firingorder.simulation.twins.ble_witmotion import WitMotionTwin
from firingorder.training.exercises import load_task
from tests.firmware_bridge.virtual_time import virtual_ns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.samples import FloatArray

THREE = ("gluteus_maximus_left", "hamstring_left", "erector_spinae_left")
MONTAGE = Montage(tuple((f"EMG{k + 1}", name) for k, name in enumerate(THREE)), "lateral")


@dataclass
class Joined:
    """One session; set what is wanted, then await :meth:`run`."""

    path: Path
    seed: int = 1
    emg: str = "belt"
    imu: str = "dot-ble"
    scenario: str = "bridge"
    emg_faults: FaultPlan = field(default_factory=FaultPlan)
    imu_faults: FaultPlan = field(default_factory=FaultPlan)
    latency_s: float = 0.003
    duration_s: float = 30.0
    air: AirSettings = field(default_factory=AirSettings)
    host: HostConfig = field(default_factory=HostConfig)
    imu_there: bool = True
    sensor_options: dict[str, Any] = field(default_factory=dict[str, Any])
    options: tuple[tuple[str, str], ...] = ()
    during: Callable[[Joined], Any] | None = None
    on_turn: Callable[[Joined], None] = lambda _rig: None

    def __post_init__(self) -> None:
        print(f"seed {self.seed}, {self.emg} + {self.imu}, {self.emg_faults}, {self.imu_faults}")
        self.sent: dict[bytes, list[float]] = {}
        self.events: list[Event] = []
        rates = {"belt": 1000.0, "npg-ble": 1000.0}
        self.body: ScenarioBody = make_body(
            self.scenario,
            seed=self.seed,
            emg_rate_hz=rates[self.emg],
            imu_rate_hz=None,
            channels=THREE,
            repetitions=6,
        )
        self.emg_twin: Any
        if self.emg == "belt":
            device = VirtualDevice(self.body, seed=self.seed, faults=self.emg_faults)
            self.emg_twin = BeltTwin(device)
            self.body_s = body_time(device)
        else:
            self.emg_twin = NpgLiteTwin(self.body, seed=self.seed, faults=self.emg_faults)
            self.body_s = self.emg_twin.body_s
        kind = {"dot-ble": MovellaDotTwin, "witmotion-ble": WitMotionTwin}[self.imu]
        self.sensor: BleDevice = kind(
            self.body,
            self.body_s,
            seed=self.seed + 1,
            faults=self.imu_faults,
            latency_s=self.latency_s,
            on_sent=self._note,
            **self.sensor_options,
        )

    def _note(self, host_us: float, data: bytes) -> None:
        self.sent.setdefault(data, []).append(self.body_s(host_us))

    async def run(self) -> None:
        """Run the session to its end; raises what it raises."""
        twins = [self.emg_twin, *([self.sensor] if self.imu_there else [])]
        self.radio = Radio(twins, seed=self.seed, settings=self.air)
        await self.radio.start()
        links = [self._link("auto", self.emg), self._link("auto", self.imu)]
        protocol = PROTOCOL_V1 if self.emg == "belt" else self.emg
        specs = (SourceSpec(protocol, "packet"), SourceSpec(self.imu, "packet", self.options))
        self.keeper = RecordingKeeper(self.path)
        self.acquisition = Acquisition(
            links[0],
            SessionSetup(task=load_task("bridge"), montage=MONTAGE, sources=specs),
            beside=links[1:],
            host=self.host,
            duration_s=self.duration_s,
            open_recorder=self.keeper.opener,
            on_events=lambda some, _t_ns: self.events.extend(some),
            on_turn=lambda: self.on_turn(self),
        )
        also = None if self.during is None else asyncio.ensure_future(self.during(self))
        try:
            await self.acquisition.run()
        finally:
            assert self.keeper.stop()
            if also is not None:
                await also
            await asyncio.sleep(0.2)
            await self.radio.stop()

    def _link(self, target: str, scheme: str) -> BleLink:
        return BleLink(
            target,
            profile=PROFILES_BY_SCHEME.get(scheme, FRAME_V1),
            client_backend=self.radio.client_backend,
            scanner_backend=self.radio.scanner_backend,
            clock_ns=virtual_ns,
        )


@dataclass
class Placed:
    """What the sensor's samples became, ``(n,)`` each: truth and session time, seconds."""

    true_s: FloatArray
    placed_s: FloatArray
    gaps: list[Gap]

    def error_ms(self, from_s: float = 0.0, to_s: float = np.inf) -> FloatArray:
        """Return how much too late the samples of an interval were placed."""
        inside = (self.true_s >= from_s) & (self.true_s < to_s)
        return 1e3 * (self.placed_s - self.true_s)[inside]


def placed(rig: Joined) -> Placed:
    """Decode the recording again, and hold each sample of the sensor against its truth.

    Samples are told apart by their bytes, and equal ones by their time.
    """
    recording = open_recording(rig.path)
    engine = Engine(recording_setup(recording, FileOptions()), wanted=RESULT_ONLY)
    receivers, joined = engine.receivers, engine.joined
    assert joined is not None
    true_s: list[float] = []
    placed_s: list[float] = []
    gaps: list[Gap] = []
    for item in recorded_inputs(recording):
        match item:
            case Rx(link, data, t_ns):
                for one in receivers[link].feed(data, t_ns):
                    if link == 0 or not isinstance(one, ImuChunk | Gap):
                        continue
                    mapped = joined.place(one)
                    if isinstance(mapped, Gap):
                        gaps.append(mapped)
                    elif mapped is not None:
                        known = rig.sent[data[1:] if rig.imu == "dot-ble" else data]
                        placed_s.append(mapped.t0_s)
                        true_s.append(min(known, key=lambda t: abs(t - placed_s[-1])))
            case Tx(link, data, t_ns):
                receivers[link].sent(data, t_ns)
            case LinkNote(link, "opened", t_ns):
                receivers[link].opened(t_ns)
            case LinkNote(link, "lost", t_ns):
                receivers[link].lost(t_ns)
            case _:
                pass
    return Placed(np.array(true_s), np.array(placed_s), gaps)

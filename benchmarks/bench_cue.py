"""How soon an order is heard: from its samples, and from its decision, to the flag of the mixer.

``python -m benchmarks cue``. A simulated belt of eight muscles does bridges; every read goes
through engine and speaker as in a session, in virtual time. Wall time is taken per read: from its
arrival until the output was asked to play (all on one thread), and from the end of the engine's
step. What passed since the last sample that the decision used is added in device time. The radio
before and the sound card behind are measured elsewhere (bench_ble.py, bench_sound.py).
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.findings import VerdictFinding
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.session.acquisition import Acquisition
from firingorder.session.inputs import Rx
from firingorder.session.setup import SessionSetup
from firingorder.session.speaker import Speaker
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from firingorder.sound.mixer import Mixer
from firingorder.sound.out import NullSound
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import Event
    from firingorder.session.engine import Engine
    from firingorder.session.inputs import Input
    from firingorder.sound.cues import CueName

SEEDS = (1, 2)
SECONDS = 90.0
RATE_HZ = 48_000.0
#: A cue begins within this of its decision, and within that of the samples that decide it.
DECISION_BAR_MS, SAMPLE_BAR_MS = 30.0, 150.0


class _Out(NullSound):
    """A mixer without a sound card: notes when it was asked to play."""

    def __init__(self) -> None:
        super().__init__()
        self._mixer = Mixer(RATE_HZ)
        self._block = np.zeros((512, 2), dtype=np.float32)
        self.asked_ns = 0

    def play(self, name: CueName) -> None:
        """Set the flag, note the instant, and let the mixer take it."""
        self._mixer.play(name)
        self.asked_ns = time.perf_counter_ns()
        self._mixer.fill(self._block)


class _Timed(Speaker):
    """Notes how long each order took to be asked for."""

    def __init__(self, out: _Out) -> None:
        super().__init__(lambda: out)
        self._timed_out = out
        self.open()
        self.arrived_ns = self.decided_ns = 0
        self.from_decision_ms: list[float] = []
        self.from_sample_ms: list[float] = []

    def react(self, engine: Engine, events: Sequence[Event], t_ns: int) -> None:
        """Pass on what an input gave, and time it."""
        self.decided_ns = time.perf_counter_ns()
        self._timed_out.asked_ns = 0
        super().react(engine, events, t_ns)
        asked_ns = self._timed_out.asked_ns
        told = [one for one in events if isinstance(one, VerdictFinding)]
        if not asked_ns or not told or engine.newest_s is None:
            return
        waited_ms = 1000.0 * max(0.0, engine.newest_s - told[0].decided_at_s)
        self.from_decision_ms.append((asked_ns - self.decided_ns) * 1e-6)
        self.from_sample_ms.append(waited_ms + (asked_ns - self.arrived_ns) * 1e-6)


def run() -> list[dict[str, Any]]:
    """Measure both."""
    decision: list[float] = []
    sample: list[float] = []
    for seed in SEEDS:
        timed = _session(seed)
        decision += timed.from_decision_ms
        sample += timed.from_sample_ms
    n = len(decision)
    if n == 0:
        raise AssertionError("no order was told")
    return [
        _row(f"decision to the mixer's flag, p95 of {n}", _p95(decision), DECISION_BAR_MS),
        _row("the same, p50", float(np.median(decision)), None),
        _row(f"last sample needed to the mixer's flag, p95 of {n}", _p95(sample), SAMPLE_BAR_MS),
        _row("the same, p50", float(np.median(sample)), None),
    ]


def _session(seed: int) -> _Timed:
    body = make_body("bridge_mixed", seed=seed)
    timed = _Timed(_Out())
    acquisition = Acquisition(
        SimLink(VirtualDevice(body, seed=seed), speed=0),
        SessionSetup(task=load_task("bridge")),
        host=HostConfig(),
        duration_s=SECONDS,
        on_turn=lambda: _look(acquisition),
        speaker=timed,
    )
    engine, feed = acquisition.engine, acquisition.engine.feed

    def timed_feed(item: Input) -> list[Event]:
        if isinstance(item, Rx):
            timed.arrived_ns = time.perf_counter_ns()
        return feed(item)

    engine.feed = timed_feed  # type: ignore[method-assign]
    asyncio.run(acquisition.run())
    return timed


def _look(acquisition: Acquisition) -> None:
    acquisition.engine.take_display()


def _p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


def _row(name: str, value: float, bar: float | None) -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "unit": "ms", "bar": bar}

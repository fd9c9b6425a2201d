"""Whole sessions with faults, for tests: what arrived, what it means, what the body really did."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.errors import FiringOrderError
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.convert import STANDARD_GRAVITY_M_S2
from firingorder.montage import Montage
from firingorder.samples import EmgChunk, Gap, ImuChunk
from firingorder.session.acquisition import Acquisition
from firingorder.session.engine import Engine
from firingorder.session.inputs import Input, LinkNote, Tx, from_entry
from firingorder.session.setup import SessionSetup
from firingorder.simulation.link import SimLink
from firingorder.simulation.settings import ACC_G_PER_COUNT, GYR_DEG_S_PER_COUNT
from firingorder.training.exercises import load_task
from tests.firmware_bridge.ble_rig import HALF_STEP_UV, Rig

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.findings import Event
    from firingorder.firmware_bridge.items import Item, ReceiverStats
    from firingorder.firmware_bridge.links.base import Framing, Read
    from firingorder.samples import FloatArray
    from firingorder.simulation.body import Body
    from firingorder.simulation.device import VirtualDevice

    #: Body samples k0 .. k0 + n - 1; the last argument is where the segment began.
    Truth = Callable[[int, int, int], FloatArray]

#: i16 counts, half a step with room for the rounding of f32 scales.
HALF_STEP_M_S2 = 0.6 * ACC_G_PER_COUNT * STANDARD_GRAVITY_M_S2
HALF_STEP_RAD_S = 0.6 * np.radians(GYR_DEG_S_PER_COUNT)


#: Samples that may be lost before the first one: a few frames.
MOST_LOST_AT_FIRST = 33
#: The device sends all its channels; the analysis of two of them is enough here, and cheap.
TWO = Montage((("EMG1", "gluteus_maximus_left"), ("EMG7", "erector_spinae_left")))


class Tape:
    """Keeps what a recording would keep."""

    def __init__(self) -> None:
        self.inputs: list[Input] = []
        self.topics: list[str] = []

    def put(self, topic: str, data: bytes, t_ns: int) -> bool:
        self.topics.append(topic)
        item = from_entry(topic, data, t_ns)
        if item is not None:
            self.inputs.append(item)
        return True


class Tampered:
    """A link whose bytes are changed on the way, and whose host may fall asleep.

    ``sleeps`` are (virtual time, length), seconds: meanwhile the clock of the host stands still and
    the link moves nothing, as its stall in the fault plan says.
    """

    def __init__(
        self,
        link: SimLink,
        *,
        arriving: Callable[[bytes], bytes] = lambda data: data,
        leaving: Callable[[bytes], bytes] = lambda data: data,
        sleeps: tuple[tuple[float, float], ...] = (),
    ) -> None:
        self.inner = link
        self.framing: Framing = link.framing
        self.description = link.description
        self.slept_ns = 0
        self._arriving, self._leaving = arriving, leaving
        self._sleeps = [(round(at_s * 1e9), round(for_s * 1e9)) for at_s, for_s in sleeps]

    def now_ns(self) -> int:
        return self.inner.now_ns() - self.slept_ns

    async def sleep(self, duration_s: float) -> None:
        await self.inner.sleep(duration_s)

    async def open(self) -> None:
        await self.inner.open()

    async def read(self, timeout_s: float) -> Read | None:
        read = await self.inner.read(timeout_s)
        before_ns = self.slept_ns
        if self._sleeps and self.inner.now_ns() >= self._sleeps[0][0]:
            _, for_ns = self._sleeps.pop(0)
            await self.inner.sleep(for_ns / 1e9)
            self.slept_ns += for_ns
        if read is None:
            return None
        data = self._arriving(read.data)
        # What was read just before a sleep is stamped before it.
        return type(read)(data, read.t_ns - before_ns) if data else None

    async def write(self, data: bytes) -> None:
        await self.inner.write(self._leaving(data))

    async def close(self) -> None:
        await self.inner.close()


@dataclass
class Run:
    """A session that is over."""

    acquisition: Acquisition
    device: VirtualDevice
    tape: Tape
    events: list[Event]
    told: list[str]
    error: FiringOrderError | None = None
    items: list[Item] = field(default_factory=list[Any])

    def __post_init__(self) -> None:
        """Play what was recorded again, which must give the same events."""
        engine = Engine(self.acquisition.engine.setup)
        again: list[Event] = []
        for item in self.tape.inputs:
            again += engine.feed(item)
            self.items += engine.items
        again += engine.finish()
        assert [repr(one) for one in again] == [repr(one) for one in self.events]

    @property
    def stats(self) -> ReceiverStats:
        return self.acquisition.engine.receiver.stats

    def gaps(self, stream: str = "emg") -> list[Gap]:
        return [one for one in self.items if isinstance(one, Gap) and one.stream == stream]

    def notes(self, state: str) -> list[LinkNote]:
        return [one for one in self.tape.inputs if isinstance(one, LinkNote) and one.state == state]

    def written(self) -> bytes:
        return b"".join(one.data for one in self.tape.inputs if isinstance(one, Tx))

    def verify(self, *, uncertain_samples: int = 0, emg: Truth | None = None) -> None:
        """Compare every sample with the body's, at its index, and account for all the others.

        ``uncertain_samples``: how far a segment behind an outage that only the clock of the host
        tells may be misplaced.
        """
        body = self.device.streams.body
        truth = emg or (lambda k0, n, _begin: body.emg_uv(k0, n))
        self._verify("emg", truth, HALF_STEP_UV, uncertain_samples)
        if body.imu_rate_hz is not None:
            slack = -(-uncertain_samples * round(body.imu_rate_hz) // round(body.emg_rate_hz))
            self._verify("imu", lambda k0, n, _begin: _imu(body, k0, n), 1.0, slack)

    def _verify(self, kind: str, truth: Truth, step: float, slack: int) -> None:
        expected = received = begin = 0
        base: int | None = None
        shift = 0
        pieces = [
            one
            for one in self.items
            if isinstance(one, EmgChunk if kind == "emg" else ImuChunk)
            or (isinstance(one, Gap) and one.stream == kind)
        ]
        missing = {"loss": 0, "outage": 0}
        for piece in pieces:
            if isinstance(piece, Gap):
                missing[piece.kind] += piece.samples
                assert piece.index0 == expected, piece
                expected += piece.samples
                if piece.kind == "outage":
                    begin = expected
                    shift = 0 if not piece.uncertain else slack + 1
                continue
            assert isinstance(piece, EmgChunk | ImuChunk)
            assert piece.index0 == expected, (kind, piece.index0, expected)
            values, at = _values(piece), piece.index0

            off = _Off(values, truth, at, begin)
            if base is None:  # the session begins with the first sample that came
                base = min(range(MOST_LOST_AT_FIRST), key=off)
            if shift > slack:  # find how far the segment is off; the rest must agree
                shift = min(range(base - slack, base + slack + 1), key=off) - base
            worst = off(base + shift)
            assert worst <= step, f"{kind} at {piece.index0}: {worst:.4g}, misplaced by {shift}"
            received += len(values)
            expected += len(values)
        stats = self.stats.streams["emg" if kind == "emg" else "imu"]
        assert received == stats.samples > 0
        assert (missing["loss"], missing["outage"]) == (stats.lost_samples, stats.outage_samples)


def _values(piece: EmgChunk | ImuChunk) -> FloatArray:
    if isinstance(piece, EmgChunk):
        return piece.emg_uv
    acc, gyr = piece.acc_m_s2 / HALF_STEP_M_S2, piece.gyr_rad_s / HALF_STEP_RAD_S
    return np.hstack([acc, gyr])


def _imu(body: Body, k0: int, n: int) -> FloatArray:
    acc, gyr = body.imu(k0, n)
    return np.hstack([acc / HALF_STEP_M_S2, gyr / HALF_STEP_RAD_S])


@dataclass(frozen=True)
class _Off:
    """The largest difference from the body when a piece is taken to lie some samples later."""

    values: FloatArray
    truth: Truth
    at: int
    begin: int

    def __call__(self, later: int) -> float:
        true = self.truth(self.at + later, len(self.values), self.begin + later)
        return float(np.abs(self.values - true).max())


class Stage:
    """Puts an acquisition together and keeps what comes of it."""

    def __init__(self, device: VirtualDevice) -> None:
        self.device = device
        self.tape = Tape()
        self.events: list[Event] = []
        self.told: list[str] = []

    def acquisition(
        self,
        link: Any,
        seconds: float | None,
        *,
        montage: Montage = TWO,
        slept_ns: Callable[[], int] | None = None,
        on_turn: Callable[[], None] = lambda: None,
        config: HostConfig | None = None,
    ) -> Acquisition:
        return Acquisition(
            link,
            SessionSetup(task=load_task("bridge"), montage=montage),
            host=config or HostConfig(give_up_s=20.0),
            duration_s=seconds,
            open_recorder=lambda _engine, _t_ns: self.tape,
            on_events=lambda events, _t_ns: self.events.extend(events),
            on_turn=on_turn,
            tell=self.told.append,
            slept_ns=slept_ns,
        )

    def over(self, acquisition: Acquisition, error: FiringOrderError | None = None) -> Run:
        return Run(acquisition, self.device, self.tape, self.events, self.told, error)


def on_wire(
    device: VirtualDevice,
    seconds: float,
    *,
    tampered: Callable[[SimLink], Tampered] = Tampered,
    **options: Any,
) -> Run:
    """Run a session on a byte stream, as fast as the machine can."""
    print(f"seed {device.seed}, {device.faults}")
    stage = Stage(device)
    link = tampered(SimLink(device, speed=0))
    acquisition = stage.acquisition(link, seconds, slept_ns=lambda: link.slept_ns, **options)
    error: FiringOrderError | None = None
    try:
        asyncio.run(acquisition.run())
    except FiringOrderError as one:
        error = one
    return stage.over(acquisition, error)


async def on_air(rig: Rig, seconds: float, **options: Any) -> Run:
    """Run a session over the radio of a rig, on a loop of virtual time."""
    stage = Stage(rig.device)
    acquisition = stage.acquisition(rig.link, seconds, **options)
    error: FiringOrderError | None = None
    try:
        await acquisition.run()
    except FiringOrderError as one:
        error = one
    return stage.over(acquisition, error)

"""The session behind the window: it starts, shows what happens, and stops without a remainder."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import DeviceRefusedError, FiringOrderError
from firingorder.firmware_bridge.links.tcp import TcpLink
from firingorder.montage import Montage
from firingorder.recording.reader import open_recording
from firingorder.session.files import analyse_path, recorded_inputs
from firingorder.session.inputs import Train
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.live import STOP_TIMEOUT_S, LivePlan, LiveSession
from firingorder.session.replaying import ReplaySession
from firingorder.session.setup import SessionSetup
from firingorder.session.training_text import Beginning, begin_text
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.line import FaultyLine
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from firingorder.sound.recorder import Recorder
from firingorder.training.exercises import load_task
from firingorder.training.programmes.records import Item, Programme
from firingorder.training.safety.facts import SafetyFacts
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.session.feed import LiveStatus

SETUP = SessionSetup(task=load_task("bridge"))
TWO = ("gluteus_maximus_left", "erector_spinae_left")
MONTAGE = Montage(tuple((f"EMG{k + 1}", name) for k, name in enumerate(TWO)))


def simulated(faults: str = "", *, speed: float = 0.0) -> SimLink:
    body = make_body("bridge", seed=3, channels=TWO)
    plan = parse_faults(faults) if faults else parse_faults("ppm=0")
    return SimLink(VirtualDevice(body, seed=3, faults=plan), speed=speed)


def plan(link: SimLink | TcpLink, **further: object) -> LivePlan:
    return replace(LivePlan(link, replace(SETUP, montage=MONTAGE)), **further)  # type: ignore[arg-type]


class Watched(LiveSession):
    """Keeps every status it fed."""

    def __init__(self, made_of: LivePlan) -> None:
        self.seen: list[LiveStatus] = []
        super().__init__(made_of)

    def _on_turn(self) -> None:
        super()._on_turn()
        self.seen.append(self.poll().status)


def test_a_session_with_an_outage_shows_each_phase_in_its_order(tmp_path: Path) -> None:
    keeper = RecordingKeeper(tmp_path / "s.mcap")
    session = Watched(plan(simulated("unplug=4@6"), keeper=keeper, duration_s=20.0))
    session.start()
    assert session.wait(60.0)
    assert session.stop(STOP_TIMEOUT_S)
    assert session.error is None
    phases = [status.connection for status in session.seen]
    course = [one for k, one in enumerate(phases) if k == 0 or one != phases[k - 1]]
    print(course)
    assert course == ["connecting", "streaming", "lost", "recovered", "streaming", "closed"]
    assert open_recording(tmp_path / "s.mcap").finished


def test_how_late_a_cue_is_heard_is_noted_where_it_changes(tmp_path: Path) -> None:
    """Once somebody leads; a person who hears nothing has no known delay."""
    path = tmp_path / "s.mcap"
    sound = partial(Recorder, lambda: 0.0)

    class Muting(Watched):
        def _on_turn(self) -> None:
            super()._on_turn()
            if self.engine.duration_s > 1.0 and not self.speaker.muted:
                self.mute(muted=True)

    session = Muting(plan(simulated(), keeper=RecordingKeeper(path), duration_s=2.0, sound=sound))
    task = Programme("any", "Any", (Item("bridge", reps=(1,)),))
    facts = SafetyFacts(today="2026-11-21")
    session.train("begin", begin_text(Beginning(task, facts, questions=False)))
    session.start()
    assert session.wait(60.0)
    assert session.stop(STOP_TIMEOUT_S)
    told = [one for one in recorded_inputs(open_recording(path)) if isinstance(one, Train)]
    assert [(one.name, one.text) for one in told[1:]] == [
        ("heard", "[0.0, 0.0]"),
        ("heard", "null"),
    ]
    assert session.engine.training.latency_s is None


def test_closed_is_said_when_the_recording_is_whole_not_before(tmp_path: Path) -> None:
    path = tmp_path / "s.mcap"
    whole_at_closed: list[bool] = []

    class Looking(Watched):
        def _on_turn(self) -> None:
            super()._on_turn()
            if self.seen[-1].connection == "closed":
                whole_at_closed.append(open_recording(path).finished)

    session = Looking(plan(simulated(), keeper=RecordingKeeper(path), duration_s=3.0))
    session.start()
    assert session.wait(60.0)
    assert session.stop(STOP_TIMEOUT_S)
    assert whole_at_closed
    assert all(whole_at_closed)


def test_why_nothing_is_recorded_is_fed_from_first_to_last() -> None:
    session = Watched(plan(simulated(), unrecorded="It is read-only.", duration_s=0.5))
    session.start()
    assert session.wait(60.0)
    assert session.stop(STOP_TIMEOUT_S)
    assert {(one.recording, one.unrecorded) for one in session.seen} == {(None, "It is read-only.")}


def test_stop_answers_at_once_and_leaves_no_thread() -> None:
    before = threading.active_count()
    session = LiveSession(plan(simulated(speed=1.0)))
    session.start()
    session.stop()
    assert session.wait(STOP_TIMEOUT_S)
    assert session.stop(STOP_TIMEOUT_S)
    assert threading.active_count() == before


@pytest.fixture
def silent_host() -> Iterator[int]:
    """A port whose queue is full: connecting to it takes until the limit."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port: int = server.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for one in fillers:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port
        for one in fillers:
            one.close()


def test_a_stop_does_not_wait_for_a_host_that_does_not_answer(silent_host: int) -> None:
    opening = threading.Event()

    class Slow(TcpLink):
        async def open(self) -> None:
            opening.set()
            await super().open()

    session = LiveSession(plan(Slow("127.0.0.1", silent_host)))
    session.start()
    assert opening.wait(30.0)
    assert session.stop(4.0)  # connecting alone would take five seconds
    assert session.error is None


def test_a_fault_of_the_program_shows_and_keeps_the_recording(tmp_path: Path) -> None:
    keeper = RecordingKeeper(tmp_path / "s.mcap")
    session = LiveSession(plan(simulated(), keeper=keeper, duration_s=20.0))
    engine = session.acquisition.engine
    feed = engine.feed

    def faulty(item: object) -> list[Event]:
        if engine.duration_s > 5.0:
            raise ZeroDivisionError("planted")
        return feed(item)  # type: ignore[arg-type]

    engine.feed = faulty  # type: ignore[method-assign]
    session.start()
    assert session.wait(60.0)
    assert session.stop(STOP_TIMEOUT_S)
    status = session.poll().status
    assert status.connection == "refused"
    assert status.message is not None
    assert "planted" in status.message
    assert analyse_path(tmp_path / "s.mcap").recording.duration_s >= 5.0


class Deaf(io.StringIO):
    """A pipe whose reader leaves after some lines."""

    def __init__(self, lines: int, error: OSError) -> None:
        super().__init__()
        self.left = lines
        self.error = error

    def write(self, text: str) -> int:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return super().write(text)


def test_the_session_goes_on_when_nobody_reads_its_events(tmp_path: Path) -> None:
    told: list[str] = []
    keeper = RecordingKeeper(tmp_path / "s.mcap")
    events = Deaf(2, BrokenPipeError(32, "Broken pipe"))
    session = LiveSession(
        plan(simulated(), keeper=keeper, duration_s=12.0, events=events, tell=told.append)
    )
    session.start()
    assert session.wait(60.0)
    assert session.stop(STOP_TIMEOUT_S)
    assert session.error is None
    assert len(told) == 1
    assert analyse_path(tmp_path / "s.mcap").recording.duration_s >= 12.0


def test_another_device_ends_the_session_and_leaves_what_was_found(tmp_path: Path) -> None:
    """Only what came before is analysed, live and on replay alike; nothing is thrown away."""
    link = simulated("unplug=1@14")
    other = VirtualDevice(make_body("bridge", seed=3, channels=TWO, emg_rate_hz=2000.0), seed=3)
    keeper = RecordingKeeper(tmp_path / "s.mcap")
    session = LiveSession(plan(link, keeper=keeper, duration_s=40.0))
    line = link.line
    assert isinstance(line, FaultyLine)
    connect = line.connect

    def plug_in(now_us: int) -> None:
        if session.engine.duration_s > 10.0:
            line.device = other
        connect(now_us)

    line.connect = plug_in  # type: ignore[method-assign]
    session.start()
    assert session.wait(60.0)
    assert session.stop(STOP_TIMEOUT_S)
    assert isinstance(session.error, DeviceRefusedError)
    live = session.engine.repetitions
    assert live
    result = analyse_path(tmp_path / "s.mcap")
    assert list(result.repetitions) == live
    assert any("another rate" in warning for warning in result.warnings)
    assert open_recording(tmp_path / "s.mcap").finished


def test_a_replay_in_the_window_ends_by_itself_and_can_be_held(tmp_path: Path) -> None:
    live = run_session(tmp_path / "s.mcap", duration_s=14.0, channels=TWO)
    found: list[Event] = []
    session = ReplaySession(open_recording(live.path), speed=0.0, on_events=found.extend)
    session.pause()
    session.start()
    assert session.poll().status.paused
    assert not found
    session.resume()
    assert session.wait(60.0)
    assert session.stop(STOP_TIMEOUT_S)
    assert session.poll().status.connection == "closed"
    assert session.error is None
    assert session.check is not None
    assert session.check.compared == 1
    assert session.check.first_difference_s is None
    assert live.acquisition.engine.repetitions
    assert session.engine.repetitions == live.acquisition.engine.repetitions


def test_a_held_replay_stops(tmp_path: Path) -> None:
    live = run_session(tmp_path / "s.mcap", duration_s=5.0, channels=TWO)
    session = ReplaySession(open_recording(live.path), speed=1.0, on_events=lambda _: None)
    session.start()
    session.pause()
    assert session.stop(STOP_TIMEOUT_S)


def test_a_source_that_is_faster_than_a_refusing_disk_ends_all_the_same(tmp_path: Path) -> None:
    """It waited for the disk for ever: neither the duration nor Ctrl-C ended it."""
    held = 0

    def hold_back() -> bool:
        nonlocal held
        held += 1
        if held > 3:
            session.stop()
        return True

    session = LiveSession(plan(simulated()))
    session.acquisition._hold_back = hold_back
    session.start()
    assert session.wait(20.0)
    assert session.stop(STOP_TIMEOUT_S)


def test_the_error_of_a_session_is_raised_by_its_loop() -> None:
    link = simulated("unplug=inf@2")
    session = LiveSession(plan(link, give_up_s=3.0))
    with pytest.raises(FiringOrderError, match="not"):
        asyncio.run(session.acquisition.run())


@pytest.mark.parametrize("asked", [True, False])
def test_a_session_says_whether_anybody_wanted_sound(asked: bool) -> None:
    """With --no-sound the window could not know, and said that sound was on."""
    heard = Recorder(lambda: 0.0)
    sound = (lambda: heard) if asked else None
    session = LiveSession(plan(simulated(), duration_s=0.2, sound=sound))
    session.start()
    assert session.wait(20.0)
    assert session.stop(STOP_TIMEOUT_S)
    status = session.poll().status
    assert (status.soundless, status.sound) == (not asked, "")

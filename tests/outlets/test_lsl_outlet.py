"""What leaves this program over the lab network, read back by the library itself."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from firingorder.cli import main
from firingorder.errors import UsageError
from firingorder.findings import MarkerEvent
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.links import lsl as lsl_module
from firingorder.gui.view_models.desk import top_bar
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.montage import DEFAULT_EIGHT
from firingorder.outlets import lsl as outlet_module
from firingorder.outlets.lsl import LslOutlet
from firingorder.session.acquisition import Acquisition
from firingorder.session.addresses import parse_address
from firingorder.session.feed import LiveStatus
from firingorder.session.sending import Sending
from firingorder.session.setup import SessionSetup
from firingorder.session.sources import open_source
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from tests.lab_streams import OFFSET_ERROR_S, Sender, pylsl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.firmware_bridge.items import Item
    from firingorder.samples import FloatArray
    from firingorder.session.engine import Engine

SEED = 5
#: So long is waited for what must come: a busy machine is slow, not wrong.
PATIENCE_S = 20.0
PERSON = "P-0042"


class Reader:
    """Somebody else on the network."""

    def __init__(self, name: str) -> None:
        (found,) = pylsl.resolve_byprop("name", name, 1, PATIENCE_S)
        self.inlet: Any = pylsl.StreamInlet(found, max_buflen=360)
        self.about: str = self.inlet.info(PATIENCE_S).as_xml()
        self.inlet.open_stream(PATIENCE_S)

    def pull(self, wanted: int, *, patience_s: float = PATIENCE_S) -> tuple[Any, Any]:
        """Return what comes until so many rows have, or nothing more does."""
        rows: list[Any] = []
        stamps: list[float] = []
        while len(stamps) < wanted:
            some, at = self.inlet.pull_chunk(patience_s, 4096, min_samples=1)
            if not at:
                break
            rows += some
            stamps += at
        return np.array(rows), np.array(stamps)


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare the clocks once: they are of one computer, and a pause between two looks is load."""
    monkeypatch.setattr(outlet_module, "CLOCK_STEP_S", 1.0)


@pytest.fixture
def outlet(steady: None) -> Iterator[LslOutlet]:
    del steady
    made = LslOutlet("Room 1", time.perf_counter_ns)
    yield made
    made.close()


def both_clocks() -> tuple[int, float]:
    """Return one instant on the computer's clock and the library's: of many looks the tightest."""
    looks: list[tuple[int, int, float]] = []
    for _ in range(20):
        before_ns, now_s = time.perf_counter_ns(), float(pylsl.local_clock())
        looks.append((time.perf_counter_ns() - before_ns, before_ns, now_s))
    return min(looks)[1:]


def ms_after(now_ns: int, n: int, first_ms: float = 0.0) -> FloatArray:
    """Return so many instants, a millisecond apart."""
    return now_ns + 1e6 * (np.arange(n, dtype=np.float64) + first_ms)


def open_two(outlet: LslOutlet) -> None:
    outlet.open(("hamstring_left", "erector_spinae_left"), 1000.0, unit="microvolts", about={})


def test_samples_and_findings_are_read_back_as_they_were(outlet: LslOutlet) -> None:
    assert not outlet.is_open
    open_two(outlet)
    samples, events = Reader("Room 1"), Reader("Room 1 events")
    for word in (
        "hamstring_left", "erector_spinae_left", "microvolts", "<type>EMG</type>",
        "<muscle>erector_spinae</muscle>", "<side>left</side>", "<filtering>none</filtering>",
    ):  # fmt: skip
        assert word in samples.about
    values = np.arange(40, dtype=np.float64).reshape(20, 2)
    now_ns, now_s = both_clocks()
    outlet.samples(values, ms_after(now_ns, 20))
    outlet.event({"event": "onset", "onset_s": 1.5}, now_ns)
    rows, stamps = samples.pull(20)
    np.testing.assert_array_equal(rows, values)
    np.testing.assert_allclose(stamps, now_s + 1e-3 * np.arange(20), atol=OFFSET_ERROR_S)
    np.testing.assert_allclose(np.diff(stamps), 1e-3, atol=1e-6)
    ((line,),), (at_s,) = events.pull(1)
    assert json.loads(line) == {"event": "onset", "onset_s": 1.5}
    assert abs(at_s - now_s) < OFFSET_ERROR_S


def test_time_never_falls_when_the_clock_steps_back(outlet: LslOutlet) -> None:
    open_two(outlet)
    reader = Reader("Room 1")
    now_ns = time.perf_counter_ns()
    for k, step_ms in enumerate((0.0, -7.0, -7.0)):
        outlet.samples(np.zeros((20, 2)), ms_after(now_ns, 20, 20 * k + step_ms))
    _, stamps = reader.pull(60)
    assert np.diff(stamps).min() > 0.4e-3
    assert abs(stamps[-1] - stamps[0] - 0.052) < 1e-4  # and is right again afterwards


@pytest.mark.parametrize(("pauses", "known"), [(0b1, True), (0b11, True), (0b110, False)])
def test_a_pause_between_two_readings_is_no_step_of_a_clock(
    monkeypatch: pytest.MonkeyPatch, pauses: int, known: bool
) -> None:
    """The process stands still for 5 ms in the looks named by bits; only then a clock steps."""
    now_ns, looks, ahead_s = 0, 0, 100.0

    def host_ns() -> int:
        nonlocal now_ns
        now_ns += 1000
        return now_ns

    def lab_s() -> float:
        nonlocal now_ns, looks
        at_s = now_ns * 1e-9 + ahead_s
        if pauses >> looks & 1:
            now_ns += 5_000_000
        looks += 1
        return at_s

    made = LslOutlet("Room 1", host_ns)
    monkeypatch.setattr(made, "_lsl", SimpleNamespace(local_clock=lab_s))
    ahead = made._ahead  # pyright: ignore[reportPrivateUsage]
    if known:
        pauses, held = 0, pauses
        ahead()
        pauses, looks = held, 0
    assert abs(ahead() - 100.0) < 1e-4
    pauses, ahead_s = 0, 100.5
    assert abs(ahead() - 100.5) < 1e-4


def test_a_reader_that_does_not_read_delays_nothing(outlet: LslOutlet) -> None:
    open_two(outlet)
    deaf = Reader("Room 1")
    now_ns = time.perf_counter_ns()
    for k in range(0, 120_000, 100):
        outlet.samples(np.full((100, 2), float(k)), ms_after(now_ns, 100, k))
    reader = Reader("Room 1")
    outlet.samples(np.full((1, 2), -1.0), ms_after(now_ns, 1, 120_000))
    rows, _ = reader.pull(1)
    assert rows[-1][0] == -1.0
    del deaf


def test_a_stream_is_never_named_after_the_person() -> None:
    def make(name: str) -> Sending:
        return Sending(name, time.perf_counter_ns, person=PERSON, tell=print)

    for name in (PERSON, f"emg of {PERSON.lower()}"):
        with pytest.raises(UsageError, match="never named after the person"):
            make(name)
    with pytest.raises(UsageError, match="needs a name"):
        make("  ")
    assert "on every network interface" in make("Room 2").notice


def test_a_session_is_sent_in_the_senders_own_time_and_nothing_of_the_person(
    monkeypatch: pytest.MonkeyPatch, steady: None
) -> None:
    """Through everything: stream, link, clock, session, outlet, stream."""
    del steady
    print(f"bridge_mixed, seed {SEED}")
    monkeypatch.setattr(lsl_module, "FIND_S", 1.0)
    body = make_body("bridge_mixed", seed=SEED, imu_rate_hz=None, channels=DEFAULT_EIGHT)
    uv = body.emg_uv(0, 30_000).astype(np.float32).astype(np.float64)
    sender = Sender("Amplifier", DEFAULT_EIGHT)
    source = open_source(parse_address("lsl:Amplifier"))
    link = source.links[0]
    sending = Sending("Room 3", link.now_ns, person=PERSON, tell=print)
    readers: list[Reader] = []
    lines: list[Event] = []

    class Listening:
        """Lets the others subscribe as soon as the streams are there."""

        def take(
            self, engine: Engine, items: Sequence[Item], events: list[Event], arrived_ns: int
        ) -> None:
            sending.take(engine, items, events, arrived_ns)
            if engine.channels and not readers:
                readers.extend((Reader("Room 3"), Reader("Room 3 events")))
                threading.Thread(target=send, daemon=True).start()
            lines.extend(events)

    def send() -> None:
        sender.wait()
        sender.feed(uv, arrived)

    def arrived() -> int:
        tally = acquisition.engine.tallies.get("emg")
        return 0 if tally is None else tally.samples

    def on_turn() -> None:
        acquisition.engine.take_display()
        if acquisition.engine.duration_s > 5.0 and not marked:
            marked.append(True)
            acquisition.mark(f"pain, says {PERSON}")
        if arrived() >= 28_000:
            acquisition.stop()

    marked: list[bool] = []
    acquisition = Acquisition(
        link,
        SessionSetup(task=load_task("bridge"), sources=source.specs),
        host=HostConfig(name=link.description, absent_s=10.0),
        on_turn=on_turn,
        sink=Listening(),
    )
    asyncio.run(acquisition.run())
    samples, events = readers
    rows, stamps = samples.pull(30_000, patience_s=2.0)
    texts, at_s = events.pull(10_000, patience_s=2.0)
    sending.close()
    sender.end()
    near = round((stamps[0] - sender.t0_s) * 1000)
    (first,) = (k for k in range(max(near - 20, 0), near + 20) if np.array_equal(uv[k], rows[0]))
    print(f"{len(rows)} rows from {first} on, {len(texts)} lines")
    assert len(rows) > 20_000
    np.testing.assert_array_equal(rows, uv[first : first + len(rows)])
    error_s = stamps - sender.t0_s - np.arange(first, first + len(rows)) / 1000.0
    assert np.abs(error_s).max() < OFFSET_ERROR_S
    # No step of the clocks' map may look like a lost sample to a receiver.
    assert np.abs(1e3 * np.diff(stamps) - 1.0).max() < 0.011
    told = [json.loads(text) for (text,) in texts]
    assert {one["event"] for one in told} >= {"onset", "verdict", "repetition"}
    onsets = [(one, at) for one, at in zip(told, at_s, strict=True) if one["event"] == "onset"]
    for one, at in onsets:
        assert abs(at - sender.t0_s - one["onset_s"]) < OFFSET_ERROR_S
    everything = samples.about + events.about + "".join(text for (text,) in texts)
    (mark,) = (one for one in lines if isinstance(one, MarkerEvent))
    assert "pain" in mark.text  # it was there to be sent
    assert mark.at_s is not None
    for secret in (PERSON, "pain", "Amplifier"):
        assert secret not in everything


def test_recording_sends_only_if_it_is_asked_to_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["record", "--device", "sim:rest?seed=1", "--duration", "2", "--out"]
    seen: list[int] = []

    def look(limit_s: float) -> None:
        seen.append(len(pylsl.resolve_byprop("name", "Room 4", 1, limit_s)))

    for out, more in (("a.mcap", []), ("b.mcap", ["--lsl", "Room 4"])):
        thread = threading.Thread(target=look, args=(PATIENCE_S if more else 1.5,))
        thread.start()
        assert main([*command, str(tmp_path / out), *more]) == 0
        thread.join()
        said = capsys.readouterr().err
        assert ("on every network interface" in said) == bool(more)
    assert seen == [0, 1]
    wrong = ["record", "--device", "sim:rest?speed=0", "--lsl", "--out", str(tmp_path / "c.mcap")]
    assert main(wrong) == 2
    assert "leave out speed=0" in capsys.readouterr().err


def test_a_replay_is_never_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["replay", str(tmp_path / "x.mcap"), "--lsl"])
    assert main(["live", "--device", f"replay:{tmp_path / 'x.mcap'}", "--lsl"]) == 2
    assert "--lsl: a replay shows a session as it was" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "tag"),
    [
        (LiveStatus(), ""),
        (LiveStatus(sending=True), "SENDING BY LSL"),
        (LiveStatus(source="simulated"), "SIMULATED"),
        (LiveStatus(source="simulated", sending=True), "SIMULATED, SENT BY LSL"),
        (LiveStatus(serving=True), "SENDING BY WEBSOCKET"),
        (LiveStatus(source="simulated", serving=True), "SIMULATED, SENT BY WEBSOCKET"),
        (
            LiveStatus(source="simulated", sending=True, serving=True),
            "SIMULATED, SENT BY LSL + WEBSOCKET",
        ),
        (LiveStatus(sending=True, serving=True), "SENDING BY LSL + WEBSOCKET"),
    ],
)
def test_the_window_shows_it_as_long_as_it_lasts(status: LiveStatus, tag: str) -> None:
    model = LiveModel()
    model.status = status
    assert top_bar(model).tag == tag

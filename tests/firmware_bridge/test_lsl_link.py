"""Streams of the lab network over a real liblsl, inside this machine."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from firingorder.cli import main
from firingorder.errors import DeviceRefusedError, LinkError, LinkLostError, UsageError
from firingorder.findings import ConnectionEvent, GapEvent, RepetitionFinding
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.adapters import make_receiver
from firingorder.firmware_bridge.links import lsl as lsl_module
from firingorder.recording.reader import open_recording
from firingorder.samples import EmgChunk, Gap
from firingorder.session.acquisition import Acquisition
from firingorder.session.addresses import parse_address
from firingorder.session.engine import Engine
from firingorder.session.files import FileOptions, recorded_inputs, recording_setup
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.setup import SessionSetup
from firingorder.session.sources import open_source
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from tests.lab_streams import OFFSET_ERROR_S, Sender

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.samples import FloatArray

SEED = 5
LABELS = ("ES_L", "GMAX_R", "TRIG", "GMAX_L", "ES_R")
MUSCLES = (
    "erector_spinae_left",
    "gluteus_maximus_right",
    "",
    "gluteus_maximus_left",
    "erector_spinae_right",
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside one machine every stream answers at once."""
    monkeypatch.setattr(lsl_module, "FIND_S", 0.6)


def link_to(address: str) -> Link:
    return open_source(parse_address(address)).links[0]


def in_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


async def read_for_ever(link: Link) -> None:
    while True:
        await link.read(1.0)


async def read_samples(link: Link, receiver: Any, samples: int) -> list[Any]:
    """Return what arrives until so many samples have."""
    items: list[Any] = []
    arrived = 0
    while arrived < samples:
        read = await link.read(1.0)
        if read is not None:
            items += receiver.feed(read.data, read.t_ns)
            arrived = sum(len(one.emg_uv) for one in items if isinstance(one, EmgChunk))
    return items


def test_what_is_sent_arrives_bit_by_bit_and_a_sender_that_comes_back_is_found() -> None:
    print(f"seed {SEED}")
    values = np.random.default_rng(SEED).normal(0, 30, (16_000, 8))
    values = values.astype(np.float32).astype(np.float64)
    address = parse_address("lsl:Eight")
    source = open_source(address)
    (link,), (spec,) = source.links, source.specs
    receiver = make_receiver(spec)

    senders: list[Sender] = []

    def send(sender: Sender, part: FloatArray) -> None:
        sender.wait()
        for k in range(0, len(part), 40):
            if k == 4000:
                sender.skip(61)
            sender.send(part[k : k + 40])

    async def main() -> list[Any]:
        items: list[Any] = []
        for k, part in enumerate((values[:12_000], values[12_000:])):
            senders.append(Sender("Eight", behind_s=40.0 - 20.0 * k))
            sender = senders[-1]
            await link.open()
            receiver.opened(link.now_ns())
            thread = in_background(lambda s=sender, p=part: send(s, p))
            # The length of the outage is told half a second into the second part.
            items += await read_samples(link, receiver, len(part) - 600 * k)
            thread.join()
            sender.end()
            with pytest.raises(LinkLostError, match="its sender ended"):
                await read_for_ever(link)
            await link.close()
            await link.close()
        return items

    items = asyncio.run(main())
    emg = np.concatenate([one.emg_uv for one in items if isinstance(one, EmgChunk)])
    np.testing.assert_array_equal(emg, values[: len(emg)])
    loss, outage = (one for one in items if isinstance(one, Gap))
    assert (loss.kind, loss.samples, loss.index0) == ("loss", 61, 4061)
    assert outage.kind == "outage"
    assert abs(outage.end_s - (senders[1].t0_s - senders[0].t0_s)) < 2 * OFFSET_ERROR_S


@pytest.mark.parametrize(
    ("sender", "error", "why"),
    [
        ({"value": "string"}, DeviceRefusedError, "carries string"),
        ({"rate_hz": 0.0}, DeviceRefusedError, "no regular rate"),
        ({"kind": "Gaze"}, DeviceRefusedError, "carries gaze, no EMG"),
    ],
)
def test_a_stream_that_is_no_emg_is_refused(
    sender: dict[str, Any], error: type[Exception], why: str
) -> None:
    kept = Sender("Odd", **sender)
    with pytest.raises(error, match=why):
        asyncio.run(link_to("lsl:Odd").open())
    kept.end()


def test_a_stream_that_is_not_there_and_one_that_is_there_twice_are_told() -> None:
    with pytest.raises(LinkError, match="no stream Nobody on the lab network"):
        asyncio.run(link_to("lsl:Nobody").open())
    with pytest.raises(LinkError, match="no stream of type EMG"):
        asyncio.run(link_to("lsl:auto").open())
    twins = [Sender("Twin", source_id=f"unit {k}") for k in (1, 2)]
    with pytest.raises(LinkError, match=r"unit [12] \(on .*\), unit [12].*\?source_id="):
        asyncio.run(link_to("lsl:Twin").open())

    async def choose() -> str:
        link = link_to("lsl:Twin?source_id=unit 2")
        await link.open()
        read = await link.read(20.0)
        await link.close()
        assert read is not None
        return read.data.decode()

    assert '"source_id": "unit 2"' in asyncio.run(choose())
    other = Sender("Other")
    twins[0].end()
    with pytest.raises(LinkError, match=r"lsl:.*Name one"):
        asyncio.run(link_to("lsl:auto").open())
    for one in (*twins, other):
        one.end()


def test_a_name_that_cannot_be_looked_for_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="both kinds of quotes"):
        link_to("lsl:a'b\"c")
    with pytest.raises(UsageError, match="lsl knows source_id"):
        parse_address("lsl:X?rate=1000")


def test_a_session_takes_the_muscles_from_the_labels_and_replays_to_the_last_bit(
    tmp_path: Path,
) -> None:
    print(f"bridge_mixed, seed {SEED}")
    named = tuple(one for one in MUSCLES if one)
    body = make_body("bridge_mixed", seed=SEED, imu_rate_hz=None, channels=named)
    uv = body.emg_uv(0, 27_000)
    columns = [uv[:, named.index(one)] if one else np.full(len(uv), 9e5) for one in MUSCLES]
    sender = Sender("Trainer", LABELS, unit="mV")
    source = open_source(parse_address("lsl:Trainer"))
    keeper = RecordingKeeper(tmp_path / "s.mcap")
    events: list[Event] = []
    told: list[str] = []

    def arrived() -> int:
        tally = acquisition.engine.tallies.get("emg")
        return 0 if tally is None else tally.samples

    def on_turn() -> None:
        acquisition.engine.take_display()
        if arrived() >= 24_000:
            acquisition.stop()

    acquisition = Acquisition(
        source.links[0],
        SessionSetup(task=load_task("bridge"), sources=source.specs),
        host=HostConfig(name="lsl:Trainer", absent_s=10.0),
        open_recorder=keeper.opener,
        on_events=lambda some, _t_ns: events.extend(some),
        on_turn=on_turn,
        tell=told.append,
    )

    def send() -> None:
        sender.wait()
        sender.feed(np.stack(columns, axis=1) / 1e3, arrived)

    thread = in_background(send)
    asyncio.run(acquisition.run())
    thread.join()
    sender.end()
    assert keeper.stop()
    assert acquisition.engine.channels == tuple(one for one in MUSCLES if one)
    assert any("TRIG names no muscle" in one for one in told)
    assert not [one for one in events if isinstance(one, GapEvent)]
    repetitions = [one for one in events if isinstance(one, RepetitionFinding)]
    assert len(repetitions) >= 2

    recording = open_recording(tmp_path / "s.mcap")
    again = Engine(recording_setup(recording, FileOptions()))
    replayed: list[Event] = []
    for item in recorded_inputs(recording):
        replayed += again.feed(item)
    replayed += again.finish()
    assert replayed == events
    assert again.channels == acquisition.engine.channels


def test_a_session_goes_on_when_its_sender_comes_back() -> None:
    print(f"rest, seed {SEED}")
    uv = make_body("rest", seed=SEED, imu_rate_hz=None).emg_uv(0, 7000)
    source = open_source(parse_address("lsl:Again"))
    events: list[Event] = []
    senders = [Sender("Again", behind_s=6.0)]

    def on_events(some: list[Event], _t_ns: int) -> None:
        events.extend(some)
        if any(isinstance(one, ConnectionEvent) and one.state == "lost" for one in some):
            senders.append(Sender("Again", behind_s=2.0))
            threads.append(in_background(lambda: send(senders[-1], uv[5000:7000])))

    def send(sender: Sender, part: FloatArray) -> None:
        sender.wait()
        for k in range(0, len(part), 50):
            sender.send(part[k : k + 50])

    def on_turn() -> None:
        acquisition.engine.take_display()
        tally = acquisition.engine.tallies.get("emg")
        if tally is not None and tally.samples >= 5000:
            senders[0].end()
        if tally is not None and tally.samples >= 6500:
            acquisition.stop()

    acquisition = Acquisition(
        source.links[0],
        SessionSetup(task=load_task("bridge"), sources=source.specs),
        host=HostConfig(name="lsl:Again", absent_s=10.0),
        on_events=on_events,
        on_turn=on_turn,
    )
    threads = [in_background(lambda: send(senders[0], uv[:5000]))]
    asyncio.run(acquisition.run())
    for thread in threads:
        thread.join()
    states = [one.state for one in events if isinstance(one, ConnectionEvent)]
    assert [one for one in states if one != "connecting"] == [
        "streaming",
        "lost",
        "recovered",
        "closed",
    ]
    (gap,) = [one.gap for one in events if isinstance(one, GapEvent)]
    away_s = senders[1].t0_s - senders[0].t0_s - 5.0
    print(f"away for {away_s:.3f} s, told {gap.samples} samples")
    assert gap.kind == "outage"
    assert abs(gap.samples - 1000 * away_s) <= 2000 * OFFSET_ERROR_S
    senders[1].end()


def test_on_the_command_line_a_stream_that_is_no_emg_ends_with_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sender = Sender("Eyes", kind="Gaze")
    out = tmp_path / "s.mcap"
    assert main(["record", "--device", "lsl:Eyes", "--out", str(out)]) == 1
    sender.end()
    said = capsys.readouterr().err
    assert "The stream Eyes carries gaze, no EMG. Name another stream." in said
    assert not out.exists()
    command = ["record", "--device", "lsl:Nobody", "--out", str(out), "--give-up", "1"]
    assert main(command) == 1
    assert "lsl:Nobody was not there for 1 s. There is no stream Nobody" in capsys.readouterr().err


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(UsageError, match=r"pip install 'firingorder\[lsl\]'"):
        link_to("lsl:X")

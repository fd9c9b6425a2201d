"""Boards of BrainFlow: decoded without it, and by the real library where it is installed."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firingorder.errors import LinkError, UsageError
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.adapters import ADAPTERS
from firingorder.firmware_bridge.adapters.array_record import ArrayRecord, describe, pack_array
from firingorder.firmware_bridge.adapters.base import EmgBlock, Rejected
from firingorder.firmware_bridge.adapters.brainflow import SHIMMER3, BrainflowDecoder
from firingorder.firmware_bridge.adapters.receiver import AdapterReceiver
from firingorder.montage import DEFAULT_EIGHT, Montage
from firingorder.recording.reader import open_recording
from firingorder.samples import EmgChunk, Gap
from firingorder.session.acquisition import Acquisition
from firingorder.session.addresses import parse_address
from firingorder.session.engine import Engine
from firingorder.session.files import FileOptions, recorded_inputs, recording_setup
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.setup import SessionSetup
from firingorder.session.sources import Source, open_source
from firingorder.simulation.server import serve
from firingorder.simulation.twins import twin_body
from firingorder.simulation.twins.cyton import CytonTwin
from firingorder.simulation.twins.front_end import FrontEnd
from firingorder.simulation.twins.line import TwinLine, parse_twin_faults
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.findings import Event

SEED = 3
needs_brainflow = pytest.mark.skipif(
    importlib.util.find_spec("brainflow") is None,
    reason="brainflow is not installed (extra brainflow, 88 MB)",
)


def board(**other: Any) -> dict[str, Any]:
    return {
        "board_id": 0, "name": "Cyton", "rate_hz": 250, "rows": 4, "emg_rows": [1, 2],
        "package_row": 0, **other,
    }  # fmt: skip


def rows(numbers: Any, emg: Any) -> bytes:
    """Return an array as BrainFlow gives it: package numbers, two of EMG, its own time stamps."""
    stamps = np.full(len(numbers), 1.8e9)
    return pack_array(ArrayRecord(np.vstack([numbers, np.asarray(emg).T, stamps]), 0))


@given(st.lists(st.binary(max_size=80), max_size=5))
def test_any_bytes_give_pieces(reads: list[bytes]) -> None:
    decoder = BrainflowDecoder()
    decoder.feed(describe(board()))
    good = rows([1.0, 2.0], np.ones((2, 2)))
    for data in [*reads, *(b"A" + one for one in reads), *(good[:20] + one for one in reads)]:
        for piece in decoder.feed(data):
            assert isinstance(piece, Rejected | EmgBlock)
    for odd in (np.nan, np.inf, -1e300):
        assert all(isinstance(one, Rejected) for one in decoder.feed(rows([odd], [[1, 1]])))


@pytest.mark.parametrize(
    "change",
    [{"emg_rows": []}, {"emg_rows": [4]}, {"rows": 0}, {"rate_hz": float("inf")}, {"rate_hz": "a"}],
)
def test_a_description_that_makes_no_sense_is_rejected(change: dict[str, Any]) -> None:
    decoder = BrainflowDecoder()
    assert isinstance(decoder.feed(describe(board(**change)))[0], Rejected)
    assert decoder.profile is None


def test_package_numbers_tell_what_was_lost_and_time_stamps_are_not_looked_at() -> None:
    print(f"seed {SEED}")
    values = np.random.default_rng(SEED).normal(0, 20, (5000, 2))
    kept = np.concatenate([np.arange(3000), np.arange(3010, 3100), np.arange(3700, 5000)])
    receiver = AdapterReceiver(BrainflowDecoder())
    items: list[Any] = list(receiver.feed(describe(board()), 0))
    for k in range(0, len(kept), 5):
        index = kept[k : k + 5]
        items += receiver.feed(rows(index % 256, values[index]), round(4e6 * index[-1]) + 3_000_000)
    gaps = [one for one in items if isinstance(one, Gap)]
    assert [one.samples for one in gaps] == [10, 600]  # 600 is more than two turns of the counter
    emg = np.concatenate([one.emg_uv for one in items if isinstance(one, EmgChunk)])
    np.testing.assert_array_equal(emg, values[kept])


@pytest.mark.parametrize(
    ("board_id", "rate_hz", "claim", "calibrated"),
    [
        (0, 250, "amplitude", True),
        (5, 1000, "limited", True),
        (64, 500, "limited", True),
        (10, 1000, "amplitude", True),  # BrainFlow counts itself: losses go unseen
        (24, 2000, "amplitude", False),  # nothing is known of its numbers
    ],
)
def test_what_a_board_may_claim(
    board_id: int, rate_hz: float, claim: str, *, calibrated: bool
) -> None:
    decoder = BrainflowDecoder()
    decoder.feed(describe(board(board_id=board_id, rate_hz=rate_hz)))
    assert decoder.profile is not None
    assert (decoder.profile.claim, decoder.profile.calibrated) == (claim, calibrated)


def test_a_shimmer_is_in_counts_unless_its_gain_is_named() -> None:
    adapter = ADAPTERS["brainflow"]
    fields = board(board_id=SHIMMER3, rate_hz=512)
    plain, named = adapter.make_decoder({}), adapter.make_decoder({"gain": "12"})
    for decoder in (plain, named):
        decoder.feed(describe(fields))
    assert plain.profile is not None
    assert named.profile is not None
    assert not plain.profile.calibrated
    assert "never verified" in named.profile.remark
    (block,) = named.feed(rows([0.0], [[0x7FFFFF, 0]]))
    assert isinstance(block, EmgBlock)
    np.testing.assert_allclose(block.emg[0], [2_420_000 / 12, 0])
    with pytest.raises(UsageError, match="gain must be one of"):
        adapter.make_conversation({"gain": "5"})


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brainflow.board_shim", None)
    with pytest.raises(UsageError, match=r"pip install 'firingorder\[brainflow\]'"):
        open_source(parse_address("brainflow:0"))


@needs_brainflow
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("brainflow:cyton", "by its number"),
        ("brainflow:9999", "no such board"),
        ("brainflow:22", "has no EMG"),
        ("brainflow:0?ip_port=x", "ip_port must be a port number"),
    ],
)
def test_a_wrong_board_is_wrong_use(address: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        open_source(parse_address(address))


@needs_brainflow
def test_a_board_that_is_not_there_is_told_and_can_be_tried_again(
    capfd: pytest.CaptureFixture[str],
) -> None:
    source = open_source(parse_address("brainflow:0?serial_port=/dev/nothing"))

    async def attempt() -> None:
        for _ in range(2):
            with pytest.raises(LinkError, match=r"cannot open brainflow:0 \(Cyton\) with serial_p"):
                await source.links[0].open()
        await source.links[0].close()

    asyncio.run(attempt())
    assert capfd.readouterr() == ("", "")  # BrainFlow says nothing by itself


@needs_brainflow
def test_a_session_with_the_synthetic_board_is_recorded_and_replays(tmp_path: Path) -> None:
    source = open_source(parse_address("brainflow:-1"))
    events, acquisition = record(source, tmp_path / "s.mcap", duration_s=1.0)
    profile = acquisition.engine.profile
    assert profile is not None
    assert (profile.model, profile.emg_channels, profile.simulated) == ("Synthetic", 16, True)
    assert acquisition.engine.receiver.stats.streams["emg"].lost_samples == 0
    recording = open_recording(tmp_path / "s.mcap")
    again = Engine(recording_setup(recording, FileOptions()))
    replayed: list[Event] = []
    for item in recorded_inputs(recording):
        replayed += again.feed(item)
    replayed += again.finish()
    assert replayed == events
    # The session is released: the same board opens again.
    record(source, tmp_path / "t.mcap", duration_s=0.2)


@needs_brainflow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_brainflow_reads_from_the_fake_cyton_what_was_planted(tmp_path: Path) -> None:
    """A fake that only our own decoder understands would prove nothing."""
    print(f"seed {SEED}")
    body = twin_body("cyton", "bridge_mixed", seed=SEED)
    with cyton_on_pty(body) as port:
        source = open_source(parse_address(f"brainflow:0?serial_port={port}"))
        _, acquisition = record(source, tmp_path / "c.mcap", duration_s=1.5)
    found, gaps = samples_of(tmp_path / "c.mcap")
    assert not gaps
    first = place_in_body(found, body)
    print(f"first sample {first}, {len(found)} samples")
    assert first is not None
    assert np.ptp(found, axis=0).min() > 1.0
    assert acquisition.engine.profile is not None
    assert acquisition.engine.profile.claim == "amplitude"


@needs_brainflow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_fake_with_its_bytes_in_the_wrong_order_is_noticed(tmp_path: Path) -> None:
    """The control of the test above."""
    body = twin_body("cyton", "bridge_mixed", seed=SEED)
    with cyton_on_pty(body, twin=ReversedCyton(body)) as port:
        source = open_source(parse_address(f"brainflow:0?serial_port={port}"))
        record(source, tmp_path / "c.mcap", duration_s=0.3)
    found, _ = samples_of(tmp_path / "c.mcap")
    assert place_in_body(found, body) is None


@needs_brainflow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_samples_that_the_fake_cyton_loses_are_lost_through_brainflow_too(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    with cyton_on_pty(twin_body("cyton", "rest", seed=SEED), "drop=0.05") as port:
        source = open_source(parse_address(f"brainflow:0?serial_port={port}"))
        record(source, tmp_path / "c.mcap", duration_s=2.0)
    found, gaps = samples_of(tmp_path / "c.mcap")
    lost = sum(one.samples for one in gaps)
    print(f"{lost} lost of {lost + len(found)}")
    assert 0.01 < lost / (lost + len(found)) < 0.12


class ReversedCyton(CytonTwin):
    """A Cyton that sends the lowest byte first."""

    def packet(self, k: int) -> bytes:
        packet = super().packet(k)
        channels = [packet[at : at + 3][::-1] for at in range(2, 26, 3)]
        return packet[:2] + b"".join(channels) + packet[26:]


def place_in_body(found: Any, body: Any) -> int | None:
    """Return with which sample of a Cyton on this body some samples begin, None if with none.

    By the formula of its maker's documents alone. BrainFlow drops what comes while it opens.
    """
    front = FrontEnd(body, step=4, sinc_order=3)
    full_scale_uv, largest = 4.5e6 / 24, 0x7FFFFF
    planted = np.array([front.microvolts(k) for k in range(1200)])
    planted = np.rint(planted / full_scale_uv * largest) * full_scale_uv / largest
    for first in range(600):
        if np.allclose(found, planted[first : first + len(found)], atol=1e-3):
            return first
    return None


class cyton_on_pty:  # noqa: N801 - used as a with statement
    """Serves a Cyton on a pseudo-terminal."""

    def __init__(self, body: Any, faults: str = "", twin: CytonTwin | None = None) -> None:
        self._line = TwinLine(twin or CytonTwin(body), seed=SEED, faults=parse_twin_faults(faults))
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._address = ""
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        def ready(address: str) -> None:
            self._address = address.removeprefix("serial:")
            self._ready.set()

        serve(self._line, "pty", duration_s=60.0, on_ready=ready, stop=self._stop)

    def __enter__(self) -> str:
        self._thread.start()
        assert self._ready.wait(10.0)
        return self._address

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10.0)


def record(source: Source, path: Path, *, duration_s: float) -> tuple[list[Event], Acquisition]:
    montage = Montage(tuple((f"EMG{k + 1}", name) for k, name in enumerate(DEFAULT_EIGHT)))
    keeper = RecordingKeeper(path)
    events: list[Event] = []
    acquisition = Acquisition(
        source.links[0],
        SessionSetup(task=load_task("bridge"), montage=montage, sources=source.specs),
        host=HostConfig(name=source.links[0].description, absent_s=20.0),
        duration_s=duration_s,
        open_recorder=keeper.opener,
        on_events=lambda some, _t_ns: events.extend(some),
    )
    asyncio.run(acquisition.run())
    assert keeper.stop()
    return events, acquisition


def samples_of(path: Path) -> tuple[Any, list[Gap]]:
    """Return the samples and gaps of a recording, by the adapter alone."""
    recording = open_recording(path)
    engine = Engine(recording_setup(recording, FileOptions()))
    chunks: list[Any] = []
    gaps: list[Gap] = []
    for item in items_of(engine, recording):
        if isinstance(item, EmgChunk):
            chunks.append(item.emg_uv)
        elif isinstance(item, Gap):
            gaps.append(item)
    return np.concatenate(chunks), gaps


def items_of(engine: Engine, recording: Any) -> Iterator[Any]:
    for item in recorded_inputs(recording):
        engine.feed(item)
        yield from engine.items

"""Flipped bits and cut files: at most one chunk is lost, and nothing wrong is ever read."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import zstandard
from mcap.records import Chunk
from mcap.stream_reader import StreamReader

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording import chunks
from firingorder.recording.chunks import read_index, scan_chunks
from firingorder.recording.keeper import Keeper
from firingorder.recording.reader import Entry, open_recording
from firingorder.recording.recovery import recover
from tests.recording.disks import ANCHOR, RX, drive, numbers, read_bytes, read_time, wrong_reads

if TYPE_CHECKING:
    from pathlib import Path

READS = 400
#: One chunk is half a second: 50 reads, and one for the read that closes it.
CHUNK_READS = 51
SEED = 20260921
#: A thousand in the long run (`make test-long`).
FLIPS = 1000 if os.environ.get("LONG_TESTS") else 400


@dataclass(frozen=True)
class Sample:
    finished: bytes
    unfinished: bytes
    chunk_starts: tuple[int, ...]
    chunk_ends: tuple[int, ...]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    path = folder / "a.mcap"
    keeper = Keeper(path, anchor=ANCHOR, preamble={"montage": {"ham_site": "lateral"}})
    keeper.open()
    drive(keeper, 0, READS)
    unfinished = path.read_bytes()
    assert keeper.finish(read_time(READS)) == 0
    finished = path.read_bytes()
    with path.open("rb") as file:
        starts = tuple(chunk.offset for chunk in scan_chunks(file, len(finished)))
    ends = tuple(
        start + 9 + int.from_bytes(finished[start + 1 : start + 9], "little") for start in starts
    )
    return Sample(finished, unfinished, starts, ends)


def _missing(path: Path, expected: int) -> tuple[list[int], int]:
    """Check what is read; return the missing reads and how many messages are said to be lost."""
    recording = open_recording(path)
    entries = list(recording.entries())
    assert wrong_reads(entries) == []
    there = set(numbers(entries))
    missing = [k for k in range(expected) if k not in there]
    return missing, sum(interval.messages for interval in recording.lost)


def _flips(sample: Sample, count: int) -> list[int]:
    """Bit positions: a third in the first chunk and header, a third in index and footer."""
    rng = random.Random(SEED)
    size = len(sample.finished)
    summary = len(sample.finished) - 3500
    places = [
        lambda: rng.randrange(8 * sample.chunk_ends[0]),
        lambda: rng.randrange(8 * summary, 8 * size),
        lambda: rng.randrange(8 * size),
    ]
    return [places[k % 3]() for k in range(count)]


def test_flips_in_a_finished_file_cost_one_chunk_and_are_told(
    tmp_path: Path, sample: Sample
) -> None:
    path = tmp_path / "a.mcap"
    told = 0
    for bit in _flips(sample, FLIPS):
        damaged = bytearray(sample.finished)
        damaged[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(damaged)
        missing, said = _missing(path, READS)
        assert len(missing) <= CHUNK_READS, f"bit {bit}"
        assert said >= len(missing), f"bit {bit}: lost without a word"
        told += bool(missing)
    assert told > FLIPS // 10, "the flips must have hit chunks, or this test shows nothing"


def test_flips_in_an_unfinished_file_cost_one_chunk(tmp_path: Path, sample: Sample) -> None:
    rng = random.Random(SEED)
    path = tmp_path / "a.mcap"
    path.write_bytes(sample.unfinished)
    whole, _ = _missing(path, READS)
    for _ in range(FLIPS * 2 // 5):
        bit = rng.randrange(8 * len(sample.unfinished))
        damaged = bytearray(sample.unfinished)
        damaged[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(damaged)
        missing, said = _missing(path, READS)
        assert len(missing) <= len(whole) + CHUNK_READS, f"bit {bit}"
        inside = [k for k in missing if k < READS - len(whole) - CHUNK_READS]
        assert said >= len(inside), f"bit {bit}: lost without a word"


def test_a_whole_chunk_of_garbage_costs_that_chunk(tmp_path: Path, sample: Sample) -> None:
    rng = random.Random(SEED)
    path = tmp_path / "a.mcap"
    for start, end in zip(sample.chunk_starts, sample.chunk_ends, strict=True):
        for content in (sample.finished, sample.unfinished):
            if end > len(content):
                continue
            damaged = bytearray(content)
            damaged[start:end] = rng.randbytes(end - start)
            path.write_bytes(damaged)
            recording = open_recording(path)
            assert wrong_reads(recording.entries()) == []
            assert recording.recovered


def test_cuts_at_every_kind_of_place(tmp_path: Path, sample: Sample) -> None:
    rng = random.Random(SEED)
    size = len(sample.finished)
    edges = [0, 1, 7, 8, 9, 50, size - 1, size - 8, size - 9, *sample.chunk_starts]
    edges += [*sample.chunk_ends, *(end - 1 for end in sample.chunk_ends)]
    cuts = edges + [rng.randrange(size) for _ in range(500 - len(edges))]
    path = tmp_path / "a.mcap"
    for cut in cuts:
        path.write_bytes(sample.finished[:cut])
        sound = sum(end <= cut for end in sample.chunk_ends)
        if sound == 0:
            with pytest.raises(FileFormatError, match=r"a\.mcap"):
                open_recording(path)
            continue
        recording = open_recording(path)
        entries = list(recording.entries())
        assert wrong_reads(entries) == []
        # Every chunk that is whole is read, whatever the cut did to the next one.
        reads = max(0, min(READS, (sound - 2) * (CHUNK_READS - 1)))
        assert len(numbers(entries)) >= min(reads, READS - CHUNK_READS), f"cut at {cut}"
        assert recording.finished == (cut == size)


def test_bytes_put_in_taken_out_or_moved_are_never_read_wrongly(
    tmp_path: Path, sample: Sample
) -> None:
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    path = tmp_path / "a.mcap"
    opened = 0
    for _ in range(300):
        raw = bytearray(rng.choice([sample.finished, sample.unfinished]))
        for _ in range(rng.randint(1, 4)):
            at, size = rng.randrange(len(raw)), rng.randint(1, 3000)
            kind = rng.randrange(4)
            if kind == 0:
                raw[at:at] = rng.randbytes(size)
            elif kind == 1:
                del raw[at : at + size]
            elif kind == 2:
                raw[at : at + size] = bytes(size)
            else:
                raw[at:at] = raw[: rng.randrange(len(raw))][-size:]
        path.write_bytes(raw)
        try:
            recording = open_recording(path)
        except FileFormatError:
            continue
        opened += 1
        faults = wrong_reads(recording.entries())
        assert not [fault for fault in faults if "other" in fault]
        assert recording.lost is not None
    assert opened > 200


def test_damage_is_told_with_its_time(tmp_path: Path, sample: Sample) -> None:
    start, end = sample.chunk_starts[4], sample.chunk_ends[4]
    damaged = bytearray(sample.finished)
    damaged[(start + end) // 2] ^= 0x10
    path = tmp_path / "a.mcap"
    path.write_bytes(damaged)
    (hole,) = open_recording(path).lost
    missing, _ = _missing(path, READS)
    assert hole.messages == len(missing) > 40
    assert hole.start_ns == read_time(missing[0] - 1)
    assert hole.end_ns == read_time(missing[-1] + 1)
    assert hole.seconds == pytest.approx(0.52, abs=0.03)


def test_damage_in_the_last_chunk_of_reads_is_told(tmp_path: Path, sample: Sample) -> None:
    damaged = bytearray(sample.finished)
    for k in (-1, -2):  # also the last copy of the preamble: nothing follows any more
        damaged[(sample.chunk_starts[k] + sample.chunk_ends[k]) // 2] ^= 0x10
    path = tmp_path / "a.mcap"
    path.write_bytes(damaged)
    missing, said = _missing(path, READS)
    assert missing
    assert said >= len(missing)


def test_a_length_that_asks_for_all_memory_is_refused(tmp_path: Path, sample: Sample) -> None:
    for offset in (1, 25, 45):  # record length, declared size, length of the data
        for chunk in (0, 1, 5):
            damaged = bytearray(sample.unfinished)
            at = sample.chunk_starts[chunk] + offset
            damaged[at + 5] = 0x7F
            path = tmp_path / "a.mcap"
            path.write_bytes(damaged)
            missing, _ = _missing(path, READS)
            assert len(missing) <= 2 * CHUNK_READS


@pytest.mark.parametrize("finished", [True, False])
def test_a_stretch_of_time_is_what_the_whole_has_there(
    tmp_path: Path, sample: Sample, finished: bool
) -> None:
    path = tmp_path / "a.mcap"
    path.write_bytes(sample.finished if finished else sample.unfinished)
    recording = open_recording(path)
    first, last = read_time(120), read_time(233)
    stretch = [e for e in recording.between(first, last) if e.topic == RX]
    assert stretch == [e for e in recording.entries() if e.topic == RX and first <= e.t_ns <= last]
    assert len(stretch) == 114


# -- controls: the checks above can fail -------------------------------------------------------


def _altered(k: int, **change: object) -> Entry:
    fields: dict[str, object] = {
        "topic": RX,
        "t_ns": read_time(k),
        "data": read_bytes(k),
        "sequence": k,
    }
    return Entry(**{**fields, **change})  # pyright: ignore[reportArgumentType]


def test_control_one_altered_read_is_found() -> None:
    entries = [_altered(k) for k in range(5)]
    assert wrong_reads(entries) == []
    byte = bytearray(read_bytes(3))
    byte[17] ^= 1
    assert wrong_reads([*entries[:3], _altered(3, data=bytes(byte)), entries[4]])
    assert wrong_reads([*entries[:3], _altered(3, t_ns=read_time(3) + 1), entries[4]])
    assert wrong_reads([entries[1], entries[0]])


def test_control_without_the_crc_flips_are_silent(
    tmp_path: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that believes what zstd lets through reads wrong bytes: the CRC is what tells."""

    def believe(header: bytes, packed: bytes) -> bytes | None:
        try:
            return zstandard.ZstdDecompressor().decompress(packed)
        except zstandard.ZstdError:
            return None

    monkeypatch.setattr(chunks, "_decompress", believe)
    path = tmp_path / "a.mcap"
    rng = random.Random(SEED)
    wrong = 0
    for _ in range(50):
        at = rng.randrange(sample.chunk_starts[3] + 100, sample.chunk_ends[3])
        damaged = bytearray(sample.finished)
        damaged[at] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        wrong += bool(wrong_reads(open_recording(path).entries()))
    assert wrong > 10


# -- files that are no recordings --------------------------------------------------------------


def _foreign(path: Path) -> None:
    from mcap.writer import Writer

    with path.open("wb") as file:
        writer = Writer(file)
        writer.start(profile="ros2")
        schema = writer.register_schema("x", "", b"")
        channel = writer.register_channel("/imu", "json", schema)
        for k in range(10):
            writer.add_message(channel, k, b'{"schema": "other"}', k)
        writer.finish()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.mcap", b"", "is empty"),
        ("text.mcap", b"time_s,EMG1\n0,1\n", "not an MCAP file"),
        ("noise.mcap", random.Random(3).randbytes(5000), "not an MCAP file"),
        ("magic.mcap", b"\x89MCAP0\r\n", "not an MCAP file"),
    ],
)
def test_what_is_no_recording_is_said_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFormatError) as caught:
        open_recording(path)
    text = str(caught.value)
    assert says in text
    assert name in text
    assert "\n" not in text


def test_a_file_of_another_program_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "robot.mcap"
    _foreign(path)
    with pytest.raises(FileFormatError, match=r"robot\.mcap is an MCAP file of another program"):
        open_recording(path)


def test_missing_file_and_folder_are_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        open_recording(tmp_path / "none.mcap")
    with pytest.raises(UsageError, match="is a folder"):
        open_recording(tmp_path)


def test_a_newer_schema_is_refused_with_its_name(tmp_path: Path, sample: Sample) -> None:
    from firingorder.recording import writer

    path = tmp_path / "new.mcap"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "SCHEMA", "firingorder.recording/2")
        keeper = Keeper(path, anchor=ANCHOR, preamble={})
        keeper.open()
        keeper.finish(0)
    with pytest.raises(FileFormatError, match="newer version"):
        open_recording(path)


# -- recover ------------------------------------------------------------------------------------


def test_recover_makes_a_finished_file_and_leaves_the_damaged_one(
    tmp_path: Path, sample: Sample
) -> None:
    damaged = bytearray(sample.unfinished)
    damaged[(sample.chunk_starts[4] + sample.chunk_ends[4]) // 2] ^= 0x10
    path, out = tmp_path / "a.mcap", tmp_path / "b.mcap"
    path.write_bytes(damaged)
    report = recover(path, out)
    assert path.read_bytes() == damaged
    before, after = open_recording(path), open_recording(out)
    assert after.finished
    assert not report.was_finished
    assert wrong_reads(after.entries()) == []
    assert numbers(after.entries()) == numbers(before.entries())
    assert [hole.messages for hole in after.lost] == [hole.messages for hole in before.lost]
    assert after.montage == {"ham_site": "lateral"}
    assert after.session["recovered_from"]["file"] == "a.mcap"
    with out.open("rb") as file:
        index = read_index(file, out.stat().st_size)
        assert index is not None
        chunks = (
            [
                r
                for r in StreamReader(file, skip_magic=False, emit_chunks=True).records
                if isinstance(r, Chunk)
            ]
            if file.seek(0) == 0
            else []
        )
    assert len(chunks) == len(index.chunks)

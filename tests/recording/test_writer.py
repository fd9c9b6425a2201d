"""A recording is written as its design says: numbers, times, modes, and readable by others."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
from mcap.reader import make_reader

from firingorder.errors import RecordingError
from firingorder.recording.description import describe_session
from firingorder.recording.reader import open_recording
from firingorder.recording.storage import DiskFile, check_space
from firingorder.recording.topics import (
    CHANNEL_IDS,
    PREAMBLE,
    TOPICS,
    ClockAnchor,
    rx_topic,
    tx_topic,
)
from firingorder.recording.writer import RecordingWriter
from tests.recording.disks import ANCHOR, FailingDisk, read_bytes, read_time

PREAMBLE_JSON = {
    "session": describe_session(recording_id="r1", decoder_version="1", person="P07"),
    "device": {"hello_hex": "00ff"},
    "montage": {"channels": {"EMG1": "gluteus_maximus_left"}},
    "settings": {"hash": "abc"},
}


def _write(path: Path, reads: int = 120) -> None:
    writer = RecordingWriter(path, anchor=ANCHOR, preamble=PREAMBLE_JSON)
    for k in range(reads):
        writer.write("link/0/rx", read_bytes(k), read_time(k))
        if k % 50 == 49:
            writer.flush()
    writer.write("settings", json.dumps({"hash": "def"}).encode(), read_time(reads))
    writer.finish()


def test_numbers_of_the_topics_are_fixed() -> None:
    assert [CHANNEL_IDS[t] for t in ("session", "device", "montage")] == [1, 2, 3]
    assert [CHANNEL_IDS[t] for t in ("calibration", "settings", "programme")] == [4, 5, 6]
    assert [CHANNEL_IDS[t] for t in ("control", "events", "annotations")] == [7, 8, 9]
    assert [CHANNEL_IDS[t] for t in ("digest", "state")] == [10, 11]
    for k in range(8):
        assert CHANNEL_IDS[rx_topic(k)] == 12 + 2 * k
        assert CHANNEL_IDS[tx_topic(k)] == 13 + 2 * k
    assert len(TOPICS) == 27
    with pytest.raises(ValueError, match="link 8"):
        rx_topic(8)


def test_everything_comes_back_in_order_and_to_the_nanosecond(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    _write(path)
    recording = open_recording(path)
    reads = [entry for entry in recording.entries() if entry.topic == "link/0/rx"]
    assert [entry.sequence for entry in reads] == list(range(120))
    assert [entry.data for entry in reads] == [read_bytes(k) for k in range(120)]
    assert [entry.t_ns for entry in reads] == [read_time(k) for k in range(120)]
    assert recording.finished
    assert not recording.recovered
    assert recording.anchor == ANCHOR


def test_the_newest_description_is_given_and_nothing_else_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    _write(path)
    recording = open_recording(path)
    assert recording.settings == {"hash": "def"}
    assert recording.device == {"hello_hex": "00ff"}
    assert recording.calibration == {}
    assert recording.session["person"] == "P07"


def test_preamble_stands_twice_at_the_start_and_once_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    _write(path)
    topics = [entry.topic for entry in open_recording(path).entries()]
    assert topics[:12] == [*PREAMBLE, *PREAMBLE]
    assert topics[-6:] == list(PREAMBLE)


def test_file_can_be_interpreted_as_soon_as_it_exists(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    writer = RecordingWriter(path, anchor=ANCHOR, preamble=PREAMBLE_JSON)
    recording = open_recording(path)  # as after a kill: nothing was flushed or closed by us
    writer.abandon()
    assert recording.session["recording_id"] == "r1"
    assert not recording.finished


def test_stock_reader_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    _write(path)
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        assert reader.get_header().profile == "firingorder"
        found = [
            (schema.name if schema else "", channel.id, channel.topic, bytes(message.data))
            for schema, channel, message in reader.iter_messages(log_time_order=False)
        ]
    assert {name for name, *_ in found} == {"firingorder.recording/1"}
    assert [data for _, number, _, data in found if number == 12] == [
        read_bytes(k) for k in range(120)
    ]
    assert {topic for _, number, topic, _ in found if number == 5} == {"settings"}


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        path = tmp_path / "person" / "2026" / "a.mcap"
        _write(path, reads=3)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    _write(path, reads=3)
    content = path.read_bytes()
    with pytest.raises(RecordingError, match="never overwritten"):
        _write(path)
    assert path.read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="a read-only folder is POSIX")
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        folder = Path("/proc/self")  # root may write anywhere but here
    else:
        folder = tmp_path / "locked"
        folder.mkdir(mode=0o500)
    with pytest.raises(RecordingError, match=r"a\.mcap|Choose another folder"):
        _write(folder / "a.mcap")


def test_a_disk_that_is_full_at_the_start_leaves_no_file(tmp_path: Path) -> None:
    disk = FailingDisk(after_bytes=200)
    with pytest.raises(RecordingError, match="full"):
        RecordingWriter(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    assert list(tmp_path.iterdir()) == []


def test_short_writes_of_the_system_are_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: whole(fd, bytes(data)[:100]))
    file = DiskFile(tmp_path / "a")
    file.write(bytes(range(256)) * 4)
    file.close()
    assert (tmp_path / "a").read_bytes() == bytes(range(256)) * 4


def test_wrong_use_is_a_programmers_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="preamble"):
        RecordingWriter(tmp_path / "a.mcap", anchor=ANCHOR, preamble={"rx": {}})
    assert not (tmp_path / "a.mcap").exists()


@pytest.mark.parametrize(
    ("free_mb", "duration_s", "outcome"),
    [
        (210, None, None),  # 2 h at 1 kHz
        (200, None, "refused"),
        (12, 300.0, "6 more minutes|7 more minutes"),  # 6 min are needed, 6.9 are there
        (10, 300.0, "refused"),
        (60, 300.0, None),
        (1000, 90000.0, None),  # nobody is asked for more than two hours
    ],
)
def test_room_on_the_disk(free_mb: int, duration_s: float | None, outcome: str | None) -> None:
    free = free_mb * 1_000_000
    if outcome == "refused":
        with pytest.raises(RecordingError, match="Free some space"):
            check_space(Path(), duration_s=duration_s, free_bytes=free)
        return
    warning = check_space(Path(), duration_s=duration_s, free_bytes=free)
    if outcome is None:
        assert warning is None
    else:
        assert warning is not None
        assert any(part in warning for part in outcome.split("|"))


def test_anchor_gives_the_monotonic_value_back_exactly() -> None:
    anchor = ClockAnchor(utc_ns=1_790_000_000_000_000_007, mono_ns=123_456_789_012_345)
    for t_ns in (0, 1, 123_456_789_012_345, 10**17 + 3):
        assert anchor.monotonic(anchor.log_time(t_ns)) == t_ns
    assert ClockAnchor.from_dict(json.loads(json.dumps(anchor.to_dict()))) == anchor


def test_no_byte_of_the_file_depends_on_the_moment_of_writing(tmp_path: Path) -> None:
    _write(tmp_path / "a.mcap")
    _write(tmp_path / "b.mcap")
    assert (tmp_path / "a.mcap").read_bytes() == (tmp_path / "b.mcap").read_bytes()

"""The thread: order of put is order in the file, the caller never waits, nothing is silent."""

from __future__ import annotations

import statistics
import threading
import time
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import RecordingError
from firingorder.recording import recorder as thread
from firingorder.recording.reader import open_recording
from firingorder.recording.recorder import Recorder
from firingorder.recording.storage import DiskFile
from tests.recording.disks import (
    ANCHOR,
    RX,
    FailingDisk,
    numbers,
    read_bytes,
    read_time,
    wrong_reads,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONG_S = 20.0


def _until(holds: Callable[[], bool]) -> None:
    """Wait for something the thread does; a limit that no healthy machine reaches."""
    pause = threading.Event()
    end = time.monotonic() + LONG_S
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        pause.wait(0.005)


class _StalledDisk:
    """A disk whose sync does not return until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.waiting = threading.Event()

    def open(self, path: Path) -> _StalledFile:
        return _StalledFile(path, self)


class _StalledFile(DiskFile):
    def __init__(self, path: Path, disk: _StalledDisk) -> None:
        super().__init__(path)
        self._disk = disk

    def sync(self) -> None:
        if not self._disk.go.is_set():
            self._disk.waiting.set()
        assert self._disk.go.wait(LONG_S)
        super().sync()


def test_order_and_content_are_those_of_the_puts(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={})
    recorder.start()
    for k in range(3000):
        assert recorder.put(RX, read_bytes(k), read_time(k))
        if k % 100 == 0:
            assert recorder.put("control", b"{}", read_time(k))
    assert recorder.stop(LONG_S)
    assert recorder.alarm is None
    recording = open_recording(tmp_path / "a.mcap")
    assert recording.finished
    assert recording.lost == ()
    topics = [e.topic for e in recording.entries() if e.topic in (RX, "control")]
    assert topics == [t for k in range(3000) for t in ((RX, "control") if k % 100 == 0 else (RX,))]
    assert wrong_reads(recording.entries()) == []
    assert numbers(recording.entries()) == list(range(3000))


def test_stop_without_a_put_makes_a_whole_file_and_stops_only_once(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={})
    recorder.start()
    assert recorder.stop(LONG_S)
    assert recorder.stop(LONG_S)
    assert not recorder.put(RX, b"x", read_time(0)), "after the end nothing is taken"
    assert recorder.lost_reads == 1
    assert open_recording(tmp_path / "a.mcap").finished


def test_a_file_that_exists_is_refused_before_the_thread_starts(tmp_path: Path) -> None:
    (tmp_path / "a.mcap").write_bytes(b"mine")
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={})
    with pytest.raises(RecordingError, match="never overwritten"):
        recorder.start()
    assert recorder.stop(LONG_S)
    assert (tmp_path / "a.mcap").read_bytes() == b"mine"


def test_a_disk_that_stalls_blocks_nobody_and_is_told(tmp_path: Path) -> None:
    disk = _StalledDisk()
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    recorder.start()
    disk.go.clear()
    k = 0
    while not disk.waiting.is_set():  # the thread meets the sync within a second or so
        recorder.put(RX, read_bytes(k), read_time(k))
        k += 1
        disk.waiting.wait(0.01)
    took_s: list[float] = []
    for n in range(k, k + 500):
        before = time.perf_counter()
        assert recorder.put(RX, read_bytes(n), read_time(n))
        took_s.append(time.perf_counter() - before)
    _until(lambda: recorder.alarm is not None)
    assert "has not answered" in str(recorder.alarm)
    # The disk waits for this test, and a busy machine delays some of the calls, never half of them.
    assert statistics.median(took_s) < 0.01, "put must not wait for the disk"
    disk.go.set()
    assert recorder.stop(LONG_S)
    assert recorder.alarm is None
    assert numbers(open_recording(tmp_path / "a.mcap").entries()) == list(range(k + 500))


def test_what_does_not_fit_the_queue_is_counted_and_leaves_a_hole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "QUEUE_BYTES", 20_000)
    disk = _StalledDisk()
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    recorder.start()
    disk.go.clear()
    recorder.put("calibration", b"{}", read_time(0))
    k = 0
    while not disk.waiting.is_set():
        recorder.put(RX, read_bytes(k), read_time(k))
        k += 1
        disk.waiting.wait(0.01)
    taken = [recorder.put(RX, read_bytes(n), read_time(n)) for n in range(k, k + 200)]
    assert not all(taken)
    assert recorder.put("control", b"{}", read_time(k + 200)), "a control has room of its own"
    dropped = [k + n for n, kept in enumerate(taken) if not kept]
    assert recorder.lost_reads == len(dropped)
    assert f"{len(dropped)} reads are lost" in str(
        recorder.alarm or f"{len(dropped)} reads are lost"
    )
    disk.go.set()
    _until(lambda: recorder.backlog_bytes == 0)
    last = k + 200
    assert recorder.put(RX, read_bytes(last), read_time(last))
    assert not recorder.stop(LONG_S), "not all of it is on the disk"
    recording = open_recording(tmp_path / "a.mcap")
    assert set(numbers(recording.entries())) == set(range(last + 1)) - set(dropped)
    assert sum(hole.messages for hole in recording.lost) == len(dropped)
    notes = [e.data for e in recording.entries() if e.topic == "state"]
    assert len(notes) == 1
    assert f'"count": {len(dropped)}'.encode() in notes[0]


def test_a_full_disk_is_an_alarm_and_the_rest_goes_into_the_next_file(tmp_path: Path) -> None:
    disk = FailingDisk()
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    recorder.start()
    for k in range(100):
        recorder.put(RX, read_bytes(k), read_time(k))
    disk.broken = True
    for k in range(100, 250):
        recorder.put(RX, read_bytes(k), read_time(k))
    _until(lambda: recorder.alarm is not None)
    assert "full" in str(recorder.alarm)
    disk.broken = False
    _until(lambda: recorder.alarm is None)
    for k in range(250, 300):
        recorder.put(RX, read_bytes(k), read_time(k))
    assert recorder.stop(LONG_S)
    assert recorder.lost_reads == 0
    kept: set[int] = set()
    for path in recorder.files:
        recording = open_recording(path)
        assert wrong_reads(recording.entries()) == []
        kept |= set(numbers(recording.entries()))
    assert kept == set(range(300))
    assert [path.name for path in recorder.files] == ["a.mcap", "a-2.mcap"]
    assert "a-2.mcap" in str(recorder.notice)


def test_a_disk_that_stays_full_ends_with_an_alarm_and_a_count(tmp_path: Path) -> None:
    disk = FailingDisk()
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    recorder.start()
    disk.broken = True
    for k in range(120):
        recorder.put(RX, read_bytes(k), read_time(k))
    assert not recorder.stop(LONG_S)
    assert recorder.lost_reads == 120
    assert "120 reads are lost" in str(recorder.alarm)
    assert open_recording(tmp_path / "a.mcap").session


def test_a_fault_of_the_recorder_itself_shows(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={})
    recorder.start()
    recorder.put("settings", b"this is not JSON", read_time(0))
    _until(lambda: recorder.alarm is not None)
    assert "Report this" in str(recorder.alarm)
    assert not recorder.put(RX, b"x", read_time(1))
    assert not recorder.stop(LONG_S)


def test_unknown_topics_are_a_programmers_error(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mcap", anchor=ANCHOR, preamble={})
    with pytest.raises(ValueError, match="unknown topic"):
        recorder.put("link/9/rx", b"", 0)

"""What happens at which instant on a good disk, on a full one, and when it is back."""

from __future__ import annotations

import errno
import json
from collections import deque
from pathlib import Path

import pytest

from firingorder.errors import RecordingError
from firingorder.recording import keeper as rule
from firingorder.recording.keeper import FLUSH_NS, RETRY_NS, SYNC_NS, Keeper, Message
from firingorder.recording.reader import open_recording
from tests.recording.disks import (
    ANCHOR,
    FailingDisk,
    PowerDisk,
    drive,
    message,
    numbers,
    read_time,
    wrong_reads,
)


def _merged(files: tuple[Path, ...]) -> list[int]:
    seen: set[int] = set()
    for path in files:
        recording = open_recording(path)
        assert wrong_reads(recording.entries()) == []
        seen |= set(numbers(recording.entries()))
    return sorted(seen)


def test_one_waiting_read_is_flushed_after_half_a_second_and_synced_after_one() -> None:
    disk = PowerDisk()
    keeper = Keeper(Path("a.mcap"), anchor=ANCHOR, preamble={}, opener=disk.open)
    keeper.open()
    start = 10**12
    keeper.keep_up(start)
    before = len(disk.data)
    keeper.accept([message(0)], start)
    keeper.keep_up(start + FLUSH_NS - 1)
    assert len(disk.data) == before
    assert keeper.deadline_ns() == start + FLUSH_NS
    keeper.keep_up(start + FLUSH_NS)
    assert len(disk.data) > before
    assert disk.safe_bytes == before
    assert keeper.deadline_ns() == start + SYNC_NS
    keeper.keep_up(start + SYNC_NS)
    assert disk.safe_bytes == len(disk.data) > before


def test_a_calibration_reaches_the_file_at_once() -> None:
    disk = PowerDisk()
    keeper = Keeper(Path("a.mcap"), anchor=ANCHOR, preamble={}, opener=disk.open)
    keeper.open()
    before = len(disk.data)
    keeper.accept([Message("calibration", b'{"rest_uv": 2}', read_time(0), 0)], 0)
    assert len(disk.data) > before


def test_full_disk_alarm_then_the_recording_goes_on_in_the_next_file(tmp_path: Path) -> None:
    disk = FailingDisk()
    keeper = Keeper(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    keeper.open()
    drive(keeper, 0, 230)
    disk.broken = True
    drive(keeper, 230, 290)
    # Within a second of the first read that the disk did not take.
    assert keeper.fault is not None
    assert "full" in keeper.fault
    assert not keeper.is_open
    assert len(numbers(open_recording(tmp_path / "a.mcap").entries())) >= 180
    disk.broken = False
    t_ns = read_time(290) + RETRY_NS
    keeper.keep_up(t_ns)
    assert keeper.fault is None
    assert keeper.notice is not None
    assert "a-2.mcap" in keeper.notice
    assert keeper.files == (tmp_path / "a.mcap", tmp_path / "a-2.mcap")
    keeper.accept([message(k) for k in range(290, 400)], t_ns)
    assert keeper.finish(t_ns) == 0
    assert _merged(keeper.files) == list(range(400))
    first, second = (open_recording(path) for path in keeper.files)
    assert second.session["continues"] == {
        "recording_id": first.session["recording_id"],
        "file": "a.mcap",
    }
    assert second.session["recording_id"] != first.session["recording_id"]
    assert second.lost == (), "the numbers go on: nothing counts as lost in the second file"
    assert second.finished


def test_a_disk_that_fills_in_the_middle_of_a_write_leaves_a_sound_file(tmp_path: Path) -> None:
    for room in range(9000, 12000, 311):
        disk = FailingDisk(after_bytes=room)
        path = tmp_path / f"{room}.mcap"
        keeper = Keeper(path, anchor=ANCHOR, preamble={}, opener=disk.open)
        keeper.open()
        drive(keeper, 0, 200)
        assert keeper.fault is not None
        assert wrong_reads(open_recording(path).entries()) == []
        disk.after_bytes = None
        keeper.keep_up(read_time(200) + 2 * RETRY_NS)
        assert keeper.fault is None
        keeper.finish(read_time(400))
        assert _merged(keeper.files) == list(range(200)), f"room for {room} bytes"


def test_a_disk_that_stays_full_leaves_no_litter_and_loses_nothing_silently(
    tmp_path: Path,
) -> None:
    disk = FailingDisk()
    keeper = Keeper(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    keeper.open()
    drive(keeper, 0, 120)
    disk.broken = True
    drive(keeper, 120, 200)
    for k in range(1, 20):
        keeper.keep_up(read_time(200) + k * RETRY_NS)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mcap"]
    lost = keeper.finish(read_time(200) + 30 * RETRY_NS)
    kept = _merged(keeper.files)
    assert lost >= 200 - len(kept) > 0
    assert keeper.fault is not None


def test_changes_of_the_description_go_into_the_next_file(tmp_path: Path) -> None:
    disk = FailingDisk()
    keeper = Keeper(
        tmp_path / "a.mcap", anchor=ANCHOR, preamble={"settings": {"v": 1}}, opener=disk.open
    )
    keeper.open()
    keeper.accept([Message("settings", json.dumps({"v": 2}).encode(), read_time(0), 0)], 0)
    disk.broken = True
    keeper.accept([message(k) for k in range(5)], 0)
    keeper.keep_up(2 * FLUSH_NS)
    assert keeper.fault
    disk.broken = False
    keeper.keep_up(3 * FLUSH_NS + RETRY_NS)
    keeper.finish(4 * FLUSH_NS + RETRY_NS)
    assert open_recording(keeper.files[-1]).settings == {"v": 2}


def test_little_room_is_told_while_recording(tmp_path: Path) -> None:
    room = deque([10**9, 10**9, 20_000_000])
    keeper = Keeper(
        tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, free_bytes=lambda _: room.popleft()
    )
    keeper.open()
    keeper.keep_up(0)
    assert keeper.notice is None
    keeper.keep_up(rule.SPACE_CHECK_NS)
    assert keeper.notice is None
    keeper.keep_up(2 * rule.SPACE_CHECK_NS)
    assert keeper.notice is not None
    assert "11 more minutes" in keeper.notice
    keeper.finish(0)


@pytest.mark.parametrize("error", [errno.EIO, errno.EROFS, errno.EACCES])
def test_every_refusal_of_the_disk_is_a_fault_not_a_crash(tmp_path: Path, error: int) -> None:
    disk = FailingDisk(error=error)
    keeper = Keeper(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    keeper.open()
    disk.broken = True
    drive(keeper, 0, 80)
    assert keeper.fault is not None
    disk.broken = False
    keeper.finish(read_time(80))
    assert _merged(keeper.files) == list(range(80))


def test_the_first_file_must_open(tmp_path: Path) -> None:
    disk = FailingDisk(broken=True)
    keeper = Keeper(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    with pytest.raises(RecordingError, match="full"):
        keeper.open()

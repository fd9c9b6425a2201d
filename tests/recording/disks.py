"""Disks that fail, stall or lose power, and reads whose content tells which one they are."""

from __future__ import annotations

import errno
import hashlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.recording.keeper import Keeper, Message
from firingorder.recording.storage import DiskFile
from firingorder.recording.topics import ClockAnchor

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable
    from pathlib import Path

    from firingorder.recording.reader import Entry

ANCHOR = ClockAnchor(utc_ns=1_790_000_000_123_456_789, mono_ns=77_000_000_001)
READ_NS = 10_000_000
RX = "link/0/rx"
SECTOR_BYTES = 512


def read_bytes(k: int, size_bytes: int = 120) -> bytes:
    """Bytes of read ``k``: its number and a stream that no other read has."""
    stream = hashlib.shake_128(k.to_bytes(8, "little")).digest(size_bytes - 8)
    return k.to_bytes(8, "little") + stream


def read_time(k: int) -> int:
    """Monotonic instant of read ``k``: 100 reads a second with a jitter that repeats."""
    return ANCHOR.mono_ns + k * READ_NS + (k * 7919) % 3_000_000


def message(k: int) -> Message:
    return Message(RX, read_bytes(k), read_time(k), k)


def drive(keeper: Keeper, first: int, last: int) -> None:
    """Record reads ``first`` to ``last - 1``, the keeper's clock going with the data."""
    for k in range(first, last):
        keeper.accept([message(k)], read_time(k))
        keeper.keep_up(read_time(k))


def wrong_reads(entries: Iterable[Entry]) -> list[str]:
    """Everything in the reads that is not exactly what was recorded, in its order."""
    faults: list[str] = []
    before = -1
    for entry in entries:
        if entry.topic != RX:
            continue
        k = entry.sequence
        if entry.data != read_bytes(k):
            faults.append(f"read {k}: other bytes")
        if entry.t_ns != read_time(k):
            faults.append(f"read {k}: other time")
        if k <= before:
            faults.append(f"read {k} after {before}")
        before = k
    return faults


def numbers(entries: Iterable[Entry]) -> list[int]:
    return [entry.sequence for entry in entries if entry.topic == RX]


@dataclass
class FailingDisk:
    """Makes files on a real disk that refuse writes while ``broken``."""

    broken: bool = False
    error: int = errno.ENOSPC
    after_bytes: int | None = None
    written_bytes: int = 0
    refused: threading.Event = field(default_factory=threading.Event)

    def open(self, path: Path) -> _FailingFile:
        self.check(0)
        return _FailingFile(self, DiskFile(path))

    def check(self, size_bytes: int) -> None:
        full = self.after_bytes is not None and self.written_bytes + size_bytes > self.after_bytes
        if self.broken or full:
            self.refused.set()
            raise OSError(self.error, "No space left on device")


class _FailingFile:
    def __init__(self, disk: FailingDisk, file: DiskFile) -> None:
        self._disk = disk
        self._file = file

    def write(self, data: bytes, /) -> int:
        room = len(data)
        if self._disk.after_bytes is not None:
            room = max(0, self._disk.after_bytes - self._disk.written_bytes)
        if room < len(data):
            self._file.write(data[:room])  # a full disk takes what still fits
            self._disk.written_bytes += room
        self._disk.check(len(data))
        self._disk.written_bytes += len(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        self._file.flush()

    def sync(self) -> None:
        self._disk.check(0)
        self._file.sync()

    def close(self) -> None:
        self._file.close()

    def discard(self) -> None:
        self._file.discard()


class PowerDisk:
    """A file in memory that knows which of its bytes a power cut cannot take.

    ``sync_works`` off is the sabotage: a disk that says synced and is not.
    """

    def __init__(self, *, sync_works: bool = True) -> None:
        self.data = bytearray()
        self.safe_bytes = 0
        self.in_folder = False
        self._sync_works = sync_works

    def open(self, path: Path) -> PowerDisk:
        return self

    def write(self, data: bytes, /) -> int:
        self.data += data
        return len(data)

    def tell(self) -> int:
        return len(self.data)

    def flush(self) -> None:
        pass

    def sync(self) -> None:
        if self._sync_works:
            self.safe_bytes = len(self.data)
            self.in_folder = True

    def close(self) -> None:
        pass

    def discard(self) -> None:
        self.data.clear()

    def after_power_cut(self, rng: random.Random) -> bytes | None:
        """What is found afterwards; None when not even the folder knows the file.

        What was not synced comes back sector by sector in any order: kept, zeros, torn, or the
        file ends before it.
        """
        if not self.in_folder:
            return None
        found = bytearray(self.data)
        for start in range(self.safe_bytes, len(found), SECTOR_BYTES):
            # The sector that holds the last synced byte is written as one: its first part is safe.
            end = min(len(found), start + SECTOR_BYTES)
            fate = rng.random()
            if fate < 0.4:
                found[start:end] = bytes(end - start)
            elif fate < 0.5:
                tear = rng.randrange(start, end)
                found[tear:end] = bytes(end - tear)
        length = rng.choice([len(found), rng.randint(self.safe_bytes, len(found))])
        return bytes(found[:length])

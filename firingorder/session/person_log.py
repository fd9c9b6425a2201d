"""The log of a person as a file: one line for each answer, set and stop, never rewritten.

``firingorder.personlog/1``, JSON lines. Docs: docs/reference/safety.md section 6.
"""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.paths import data_folder, private_folder
from firingorder.training.safety.entries import KEPT_VALUES, SCHEMA, Entry, entries_from
from firingorder.training.safety.flags import is_day

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

__all__ = ["LogRead", "PersonLog", "entries_from"]

_VERSION = int(SCHEMA.rpartition("/")[2])
_PLAIN_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class LogRead:
    """What a log holds.

    Attributes
    ----------
    entries
        In the order in which they were written.
    broken
        Lines that could not be read: torn by a crash, or damaged.
    foreign
        Lines of another person or another program.
    newer
        Lines of a newer firingorder; what is known of them is among the entries.
    """

    entries: tuple[Entry, ...]
    broken: int = 0
    foreign: int = 0
    newer: int = 0

    @property
    def remark(self) -> str:
        """What a person should know of it, one sentence; empty: all is well."""
        told = [
            f"{count} {words}"
            for count, words in (
                (self.broken, "could not be read"),
                (self.foreign, "belong to something else"),
                (self.newer, "are of a newer firingorder, of which what is known was read"),
            )
            if count
        ]
        if not told:
            return ""
        return f"Of the lines in the log of this person {' and '.join(told)}; nothing was deleted."


class PersonLog:
    """Reads and adds to the log of one person.

    Several windows may add at once: each entry is one write at the end of the file.
    """

    def __init__(self, person: str, folder: Path | None = None) -> None:
        if not person.strip():
            raise UsageError("A log needs the code of a person; name one with --person.")
        self.person = person
        self.path = (folder or data_folder() / "people") / log_name(person)
        self._waiting: list[Entry] = []

    @property
    def waiting(self) -> int:
        """Entries that the disk refused so far; the next :meth:`add` tries them again."""
        return len(self._waiting)

    def read(self) -> LogRead:
        """Return what the log holds; no file is an empty log.

        Raises
        ------
        FiringOrderError
            The file is there and cannot be read.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return LogRead(())
        except OSError as error:
            raise FiringOrderError(
                f"The log {self.path} cannot be read: {error.strerror}. Without it nothing is "
                "known about pain and red flags; make it readable and begin again."
            ) from error
        return _read_lines(data, self.person)

    def add(self, entries: Iterable[Entry]) -> None:
        """Write entries at the end, and return once they are on the disk.

        Raises
        ------
        FiringOrderError
            The disk refuses. What was there stays; the entries wait for the next call.
        """
        self._waiting += entries
        if not self._waiting:
            return
        try:
            file = self._open()
            try:
                while self._waiting:
                    _write_whole(file, _line(self._waiting[0], self.person))
                    del self._waiting[0]
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise FiringOrderError(
                f"The log {self.path} cannot be written: {error.strerror}. What was in it is "
                "whole; make room, and what is missing will be written with the next answer."
            ) from error

    def _open(self) -> int:
        private_folder(self.path.parent)
        new = not self.path.exists()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        file = os.open(self.path, flags, 0o600)
        if new and sys.platform != "win32":  # the name of a new file lasts with its folder
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        return file


def log_name(person: str) -> str:
    """Return the file name of a person's log.

    Codes that differ in case only, or that no file system takes, get a name of their own.
    """
    if _PLAIN_CODE.fullmatch(person):
        return f"person-{person}.jsonl"
    readable = re.sub(r"[^a-z0-9_-]", "", person.lower())[:20]
    own = sha256(person.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"person-{readable}-{own}.jsonl"


def _line(one: Entry, person: str) -> bytes:
    """Return an entry as a line of its own, whatever an earlier crash left at the end."""
    record = {
        "schema": SCHEMA,
        "person": person,
        "utc": one.utc,
        "day": one.day,
        "kind": one.kind,
        "values": dict(one.values),
    }
    return f"\n{json.dumps(record, allow_nan=False)}\n".encode("ascii")


def _write_whole(file: int, line: bytes) -> None:
    """Write a line in one piece or not at all; others who write wait that long."""
    with _alone(file):
        size = os.fstat(file).st_size
        try:
            rest = line
            while rest:
                rest = rest[os.write(file, rest) :]
        except OSError:
            os.ftruncate(file, size)
            raise


@contextmanager
def _alone(file: int) -> Generator[None]:
    """Hold the file for one write. A file system without locks is trusted to append whole."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, 2**40, os.SEEK_SET)  # a byte beyond any log
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            os.lseek(file, 2**40, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_UN)


def _read_lines(data: bytes, person: str) -> LogRead:
    entries: list[Entry] = []
    broken = foreign = newer = 0
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            broken += 1
            continue
        version = schema_version(record, SCHEMA)
        if version is None or record.get("person") != person:
            foreign += 1
            continue
        found = _entry(record)
        unknown = version > _VERSION or record.get("kind") not in KEPT_VALUES
        newer += unknown
        if found is not None:
            entries.append(found)
        else:
            broken += not unknown
    return LogRead(tuple(entries), broken, foreign, newer)


def schema_version(record: Any, schema: str) -> int | None:
    """Return the version of a decoded record; None: it is not of the family of that schema."""
    if not isinstance(record, dict):
        return None
    given = cast("dict[str, Any]", record).get("schema")
    if not isinstance(given, str):
        return None
    family, _, version = given.rpartition("/")
    known = family == schema.rpartition("/")[0] and re.fullmatch(r"[1-9][0-9]{0,4}", version)
    return int(version) if known else None


def _entry(record: dict[str, Any]) -> Entry | None:
    """Return a line as an entry; None: something in it is not as it has to be."""
    utc, day, kind = record.get("utc"), record.get("day"), record.get("kind")
    values = record.get("values")
    if not (isinstance(utc, str) and isinstance(day, str) and isinstance(kind, str)):
        return None
    if kind not in KEPT_VALUES or not isinstance(values, dict) or not is_day(day):
        return None
    try:
        when = datetime.fromisoformat(utc)
    except ValueError:
        return None
    if when.utcoffset() != timedelta(0):
        return None
    return Entry(utc, day, kind, cast("dict[str, Any]", values))

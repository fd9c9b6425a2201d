"""Opens a recording: by its index when the file is finished and sound, else by scanning it.

The caller sees one kind of recording; ``finished``, ``recovered`` and ``lost`` say what happened.
Messages are read chunk by chunk, so an hour does not stand in memory.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from firingorder.errors import FileFormatError, RecordingError, UsageError
from firingorder.recording.chunks import (
    FoundChunk,
    Index,
    RawMessage,
    messages_of,
    read_chunk,
    read_index,
    read_profile,
    scan_chunks,
)
from firingorder.recording.losses import LossLedger, LostInterval
from firingorder.recording.topics import PREAMBLE, PROFILE, SCHEMA, ClockAnchor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SCHEMA_FAMILY = SCHEMA.rpartition("/")[0]
_HASH_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One message: topic, monotonic instant in nanoseconds, bytes, and its number in its topic."""

    topic: str
    t_ns: int
    data: bytes
    sequence: int


class Recording:
    """A recording that was opened; see :func:`open_recording`.

    Attributes
    ----------
    path
        The file.
    anchor
        The clock readings at the start; ``entries`` are in monotonic time by it.
    session, device, montage, calibration, settings, programme
        The newest message of each of these topics, decoded; empty when there is none.
    finished
        The recording was ended properly: its index is there and whole.
    """

    def __init__(
        self, path: Path, index: Index | None, described: dict[str, dict[str, Any]]
    ) -> None:
        self.path = path
        self.finished = index is not None
        self.session = described["session"]
        self.device = described.get("device", {})
        self.montage = described.get("montage", {})
        self.calibration = described.get("calibration", {})
        self.settings = described.get("settings", {})
        self.programme = described.get("programme", {})
        self.anchor = ClockAnchor.from_dict(self.session["clock_anchor"])
        self._index = index

    def entries(self) -> Iterator[Entry]:
        """Yield the messages in file order, which is the order in which the session took them."""
        return self._read(self._ledger())

    def between(self, first_ns: int, last_ns: int) -> Iterator[Entry]:
        """Yield the messages of a stretch of monotonic time, both ends included, in file order."""
        low, high = self.anchor.log_time(first_ns), self.anchor.log_time(last_ns)
        with self.path.open("rb") as file:
            for chunk in _chunks(file, self._index, times=(low, high)):
                for message in messages_of(chunk.data) if chunk is not None else ():
                    if low <= message.log_time_ns <= high:
                        yield self._entry(message)

    @functools.cached_property
    def lost(self) -> tuple[LostInterval, ...]:
        """What is missing. Reads the file once, whole, when first asked."""
        ledger = self._ledger()
        end_ns = self.anchor.mono_ns
        for entry in self._read(ledger):
            end_ns = max(end_ns, entry.t_ns)
        if self._index is None:
            return ledger.close(None, end_ns)
        end_ns = max(end_ns, self.anchor.monotonic(self._index.end_time_ns))
        return ledger.close(self._index.counts, end_ns)

    @property
    def recovered(self) -> bool:
        """The file was not ended properly, or something in it is missing."""
        return not self.finished or bool(self.lost)

    @functools.cached_property
    def digests(self) -> tuple[Entry, ...]:
        """The SHA-256 messages of the findings so far, as they were written live."""
        return tuple(self._only(frozenset({"digest"})))

    @functools.cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, hexadecimal."""
        return file_sha256(self.path)

    def _ledger(self) -> LossLedger:
        first = self.session.get("first_sequence")
        fields = cast("dict[str, Any]", first) if isinstance(first, dict) else {}
        known = {topic: value for topic, value in fields.items() if isinstance(value, int)}
        return LossLedger(self.anchor.mono_ns, known)

    def _read(self, ledger: LossLedger) -> Iterator[Entry]:
        with self.path.open("rb") as file:
            for chunk in _chunks(file, self._index):
                if chunk is None or chunk.after_damage:
                    ledger.damage()
                if chunk is None:
                    continue
                for message in messages_of(chunk.data):
                    entry = self._entry(message)
                    ledger.message(entry.topic, entry.sequence, entry.t_ns)
                    yield entry

    def _only(self, topics: frozenset[str]) -> Iterator[Entry]:
        with self.path.open("rb") as file:
            for chunk in _chunks(file, self._index, topics):
                for message in messages_of(chunk.data) if chunk is not None else ():
                    if message.topic in topics:
                        yield self._entry(message)

    def _entry(self, message: RawMessage) -> Entry:
        t_ns = self.anchor.monotonic(message.log_time_ns)
        return Entry(message.topic, t_ns, message.data, message.sequence)


def open_recording(path: Path | str) -> Recording:
    """Open a recording, finished or not, sound or damaged.

    Raises
    ------
    UsageError
        There is no such file.
    FileFormatError
        The file is no recording of this product, or nothing in it can be read.
    RecordingError
        The file cannot be read at all.
    """
    path = Path(path)
    if not path.exists():
        raise UsageError(f"{path} does not exist.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a recording in it.")
    try:
        with path.open("rb") as file:
            size_bytes = file.seek(0, 2)
            if size_bytes == 0:
                raise FileFormatError(f"{path} is empty: nothing was recorded in it.")
            index = read_index(file, size_bytes)
            described = _describe(file, index)
            if "session" not in described and index is not None:
                index, described = None, _describe(file, None)
            if "session" not in described:
                raise FileFormatError(_why_not(path, read_profile(file)))
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}.") from error
    schema = str(described["session"]["schema"])
    if schema != SCHEMA:
        raise FileFormatError(
            f"{path} has the schema {schema}, written by a newer version; this one reads {SCHEMA}."
        )
    return Recording(path, index, described)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _why_not(path: Path, profile: str | None) -> str:
    if profile == PROFILE:
        return f"{path} is damaged or cut before its description: nothing in it can be interpreted."
    if profile is None:
        return f"{path} is not an MCAP file, or is damaged beyond recovery."
    return (
        f"{path} is an MCAP file of another program (profile {profile!r}), "
        f"not a recording of firingorder."
    )


def _describe(file: BinaryIO, index: Index | None) -> dict[str, dict[str, Any]]:
    """Return the newest readable message of every topic of the preamble."""
    described: dict[str, dict[str, Any]] = {}
    for chunk in _chunks(file, index, frozenset(PREAMBLE)):
        for message in messages_of(chunk.data) if chunk is not None else ():
            check = _CHECKS.get(message.topic)
            if check is not None and (fields := _decode(message)) is not None and check(fields):
                described[message.topic] = fields
    return described


def _decode(message: RawMessage) -> dict[str, Any] | None:
    try:
        value = json.loads(message.data)
    except (ValueError, RecursionError):  # other programs use these numbers for other things
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _is_session(fields: dict[str, Any]) -> bool:
    if str(fields.get("schema", "")).rpartition("/")[0] != _SCHEMA_FAMILY:
        return False
    try:
        ClockAnchor.from_dict(fields["clock_anchor"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return False
    return True


def _always(_: dict[str, Any]) -> bool:
    return True


_CHECKS: dict[str, Callable[[dict[str, Any]], bool]] = {
    topic: _is_session if topic == "session" else _always for topic in PREAMBLE
}


def _chunks(
    file: BinaryIO,
    index: Index | None,
    topics: frozenset[str] | None = None,
    times: tuple[int, int] | None = None,
) -> Iterator[FoundChunk | None]:
    """Yield the chunks in file order, None for one that is damaged.

    With an index only the chunks that hold one of ``topics``, or lie within ``times`` (UTC), are
    read; the times of the index are under its CRC, those of the chunks themselves are not.
    """
    size_bytes = file.seek(0, 2)
    if index is None:
        yield from scan_chunks(file, size_bytes)
        return
    for chunk in index.chunks:
        within = times is None or (
            chunk.start_time_ns <= times[1] and chunk.end_time_ns >= times[0]
        )
        if within and (topics is None or topics & chunk.topics):
            data = read_chunk(file, chunk.offset, size_bytes)
            yield None if data is None else FoundChunk(data, chunk.offset, after_damage=False)

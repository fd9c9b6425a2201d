"""Writes a recording: an MCAP file that can be interpreted from its first second on.

The writer reads no clock; when to flush and to sync is decided by its owner (``recorder.py``).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, cast

from mcap.writer import CompressionType, Writer

from firingorder import __version__
from firingorder.errors import RecordingError
from firingorder.recording.storage import DiskFile, Opener, StorageFile, explain
from firingorder.recording.topics import (
    CHANNEL_IDS,
    PREAMBLE,
    PROFILE,
    SCHEMA,
    TOPICS,
    ClockAnchor,
)

if TYPE_CHECKING:
    from pathlib import Path

#: A chunk that grows beyond this between two flushes is closed by itself (half a second of 2 MB/s,
#: far above any device), so that no chunk comes near the size a reader refuses.
CHUNK_BYTES = 1 << 20

Json = Mapping[str, Any]


class RecordingWriter:
    """A new recording. The file can be interpreted, and is on the disk, when this returns.

    Parameters
    ----------
    path
        A file that does not exist yet.
    anchor
        The pair of clock readings that ties monotonic times to UTC.
    preamble
        What describes the session, by topic: ``session``, ``device``, ``montage``,
        ``calibration``, ``settings``, ``programme``. What is missing is written as ``{}``; the
        session gets its schema, anchor and, if it has none, a recording id.
    opener
        Makes the file; tests put other disks in its place.
    first_sequence
        Where the counters of the channels go on from, in a file that continues another one.

    Raises
    ------
    RecordingError
        The file exists, or cannot be created or written.
    """

    def __init__(
        self,
        path: Path,
        *,
        anchor: ClockAnchor,
        preamble: Mapping[str, Json],
        opener: Opener = DiskFile,
        first_sequence: Mapping[str, int] | None = None,
    ) -> None:
        unknown = set(preamble) - set(PREAMBLE)
        if unknown:
            raise ValueError(f"not part of the preamble: {sorted(unknown)}")
        self.path = path
        self.anchor = anchor
        self._sequence = dict(first_sequence or {})
        self._preamble = _encode_preamble(preamble, anchor, self._sequence)
        self._last_ns = anchor.mono_ns
        try:
            self._file = opener(path)
        except OSError as error:
            raise RecordingError(explain(error, path)) from error
        try:
            self._mcap = self._begin()
        except OSError as error:
            _discard(self._file)
            raise RecordingError(explain(error, path)) from error

    def _begin(self) -> Writer:
        # The stock writer types its output as a whole IO object but calls write, tell and flush.
        mcap = Writer(
            cast("IO[Any]", self._file),
            chunk_size=CHUNK_BYTES,
            compression=CompressionType.ZSTD,
            enable_crcs=True,
        )
        self._mcap = mcap
        mcap.start(profile=PROFILE, library=f"firingorder {__version__}")
        schema = mcap.register_schema(name=SCHEMA, encoding="", data=b"")
        for topic in TOPICS:
            encoding = "" if topic.startswith("link/") else "json"
            number = mcap.register_channel(topic, encoding, schema)
            assert number == CHANNEL_IDS[topic], "the order of registration fixes the numbers"
        for _ in range(2):  # two chunks: one of them may be damaged later
            self._write_preamble()
            mcap.flush()
        self._file.sync()
        return mcap

    @property
    def session(self) -> dict[str, Any]:
        """The session message as it stands in the file."""
        return json.loads(self._preamble["session"])

    @property
    def next_sequence(self) -> dict[str, int]:
        """The next counter of every channel that was written."""
        return dict(self._sequence)

    def write(self, topic: str, data: bytes, t_ns: int, *, sequence: int | None = None) -> None:
        """Add one message at a monotonic instant; it reaches the file with the next flush.

        ``sequence`` is given by an owner that counts messages it had to drop, so that the hole is
        visible; topics of the preamble are always counted here. Raises ``OSError`` when a chunk is
        full and the disk refuses it.
        """
        if topic in PREAMBLE:
            self._preamble[topic] = data
            sequence = None
        self._add(topic, data, t_ns, sequence)

    def flush(self) -> None:
        """Close the chunk and hand it to the operating system: it survives the program's end."""
        self._mcap.flush()

    def sync(self) -> None:
        """Return when everything flushed lies on the disk: it survives a power cut."""
        self._file.sync()

    def finish(self) -> None:
        """Write the preamble once more, the index and the footer; sync and close."""
        self._mcap.flush()
        self._write_preamble()
        self._mcap.finish()
        self._file.flush()
        self._file.sync()
        self._file.close()

    def abandon(self) -> None:
        """Close the file as it is, without an index: recovery reads what was flushed."""
        try:
            self._file.close()
        except OSError:
            pass  # the file is given up because its disk fails; closing may fail likewise

    def _write_preamble(self) -> None:
        for topic in PREAMBLE:
            self._add(topic, self._preamble[topic], self._last_ns, None)

    def _add(self, topic: str, data: bytes, t_ns: int, sequence: int | None) -> None:
        number = self._sequence.get(topic, 0) if sequence is None else sequence
        log_time = self.anchor.log_time(t_ns)
        self._mcap.add_message(CHANNEL_IDS[topic], log_time, data, log_time, number)
        self._sequence[topic] = number + 1
        self._last_ns = t_ns


def _encode_preamble(
    preamble: Mapping[str, Json], anchor: ClockAnchor, first_sequence: Mapping[str, int]
) -> dict[str, bytes]:
    session = dict(preamble.get("session", {}))
    session.setdefault("recording_id", uuid.uuid4().hex)
    session["schema"] = SCHEMA
    session["clock_anchor"] = anchor.to_dict()
    if first_sequence:
        session["first_sequence"] = dict(first_sequence)
    texts: dict[str, Json] = {topic: preamble.get(topic, {}) for topic in PREAMBLE}
    texts["session"] = session
    return {topic: encode_json(value) for topic, value in texts.items()}


def encode_json(value: Json) -> bytes:
    """Return a JSON object as the bytes of a message (UTF-8, no NaN)."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _discard(file: StorageFile) -> None:
    try:
        file.discard()
    except OSError:
        pass  # nothing was recorded in it; the first error is the one to tell

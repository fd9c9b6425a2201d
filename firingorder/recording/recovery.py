"""Makes a new, finished recording of everything a damaged one still holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import RecordingError
from firingorder.recording.keeper import FLUSH_NS
from firingorder.recording.reader import Recording, open_recording
from firingorder.recording.storage import DiskFile, Opener, explain
from firingorder.recording.topics import PREAMBLE
from firingorder.recording.writer import RecordingWriter

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.losses import LostInterval


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """What a recovery found: messages carried over, and what is missing between them."""

    messages: int
    lost: tuple[LostInterval, ...]
    was_finished: bool


def recover(path: Path, out: Path, *, opener: Opener = DiskFile) -> RecoveryReport:
    """Write what can be read of ``path`` into the new file ``out``; ``path`` stays as it is.

    Order, times and numbers of the messages stay, so that what is missing remains visible.

    Raises
    ------
    FileFormatError
        Nothing in ``path`` can be interpreted.
    RecordingError
        ``out`` exists or cannot be written.
    """
    recording = open_recording(path)
    session = {
        **recording.session,
        "recovered_from": {"file": path.name, "sha256": recording.sha256},
    }
    first = cast("dict[str, int]", session.pop("first_sequence", {}))
    writer = RecordingWriter(
        out,
        anchor=recording.anchor,
        preamble={**_first_description(recording), "session": session},
        opener=opener,
        first_sequence={topic: n for topic, n in first.items() if topic not in PREAMBLE},
    )
    try:
        messages = _copy(recording, writer)
        writer.finish()
    except OSError as error:
        writer.abandon()
        raise RecordingError(explain(error, out)) from error
    return RecoveryReport(messages, recording.lost, recording.finished)


def _first_description(recording: Recording) -> dict[str, dict[str, Any]]:
    """Return the preamble as it was at the start; later changes are copied where they stand."""
    described: dict[str, dict[str, Any]] = {}
    for entry in recording.entries():
        if entry.topic in PREAMBLE and entry.topic not in described:
            described[entry.topic] = json.loads(entry.data)
        if len(described) == len(PREAMBLE):
            break
    return described


def _copy(recording: Recording, writer: RecordingWriter) -> int:
    messages = 0
    chunk_start_ns: int | None = None
    current = {
        topic: json.dumps(value, sort_keys=True)
        for topic, value in _first_description(recording).items()
    }
    for entry in recording.entries():
        if entry.topic in PREAMBLE:
            text = json.dumps(json.loads(entry.data), sort_keys=True)
            if entry.topic == "session" or current.get(entry.topic) == text:
                continue  # a repetition of what the new file says by itself
            current[entry.topic] = text
        chunk_start_ns = entry.t_ns if chunk_start_ns is None else chunk_start_ns
        writer.write(entry.topic, entry.data, entry.t_ns, sequence=entry.sequence)
        messages += 1
        if entry.t_ns - chunk_start_ns >= FLUSH_NS:
            writer.flush()
            chunk_start_ns = None
    return messages

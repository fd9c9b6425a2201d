"""Recordings as they are found in folders: of somebody, unfinished, continued, damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.recording.reader import open_recording
from firingorder.recording.topics import PREAMBLE
from firingorder.recording.writer import RecordingWriter

if TYPE_CHECKING:
    from pathlib import Path

#: Enough for a file that says who it is of; its content is looked at elsewhere.
FEW = 40


def rewritten(
    source: Path,
    path: Path,
    *,
    calibration: dict[str, Any] | None = None,
    whole: bool = True,
    most: int = FEW,
    **said: object,
) -> Path:
    """Write the first messages of a recording under another description."""
    like = open_recording(source)
    preamble = {
        "session": {**like.session, **said},
        "device": like.device,
        "montage": like.montage,
        "calibration": calibration or {},
        "settings": like.settings,
        "programme": like.programme,
    }
    writer = RecordingWriter(path, anchor=like.anchor, preamble=preamble)
    written = 0
    for one in like.entries():
        if one.topic not in PREAMBLE:
            writer.write(one.topic, one.data, one.t_ns, sequence=one.sequence)
            written += 1
        if written >= most:
            break
    if whole:
        writer.finish()
    else:
        writer.flush()
        writer.abandon()
    return path

"""Recordings that are exported: of a person, with gaps, marks, exchanged pads, in two files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.recording.reader import open_recording
from firingorder.recording.topics import PREAMBLE
from firingorder.recording.writer import RecordingWriter
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.reader import Entry, Recording

FOUR = (
    "gluteus_maximus_left", "gluteus_maximus_right", "erector_spinae_left", "erector_spinae_right",
)  # fmt: skip
CODE = "PAT-0815"
SPOKEN = "Anna Muster says it hurts"
#: Lost frames, and the link away for two seconds.
FAULTS = "drop=0.01,unplug=1.5@13"
DURATION_S = 17.0

#: Messages to a chunk.
_READS = 50


@dataclass(frozen=True)
class Made:
    """Recordings made of one session."""

    plain: Path
    swapped: Path
    halves: Path


def make(folder: Path) -> Made:
    """Record a session with lost frames and a reconnect, and write it again in other ways."""
    source = folder / "source.mcap"
    run_session(
        source,
        duration_s=DURATION_S,
        channels=FOUR,
        faults=FAULTS,
        steer={5: ("mark", SPOKEN)},
    )
    like = open_recording(source)
    found = [one for one in like.entries() if one.topic not in PREAMBLE]
    session = {**like.session, "person": CODE}
    plain = folder / "anna-2026.mcap"
    _write(plain, like, found, session)
    swap = json.dumps({"kind": "calibrate", "name": "swap", "text": "gluteus_maximus"}).encode()
    _write(folder / "swapped.mcap", like, found, session, (len(found) // 4, swap))
    half = len(found) // 2
    _write(folder / "half.mcap", like, found[: half + 20], session, whole=False)
    after = {
        **session,
        "recording_id": "second",
        "continues": {"recording_id": session["recording_id"], "file": "half.mcap"},
    }
    _write(folder / "half-2.mcap", like, found[half:], after)
    return Made(plain, folder / "swapped.mcap", folder / "half.mcap")


def _write(
    path: Path,
    like: Recording,
    found: list[Entry],
    session: dict[str, object],
    control: tuple[int, bytes] | None = None,
    *,
    whole: bool = True,
) -> None:
    preamble = {
        "session": session,
        "device": like.device,
        "montage": like.montage,
        "calibration": {},
        "settings": like.settings,
        "programme": like.programme,
    }
    writer = RecordingWriter(path, anchor=like.anchor, preamble=preamble)
    for k, one in enumerate(found):
        if control is not None and k == control[0]:
            writer.write("control", control[1], one.t_ns)
        if one.topic == "control":
            writer.write(one.topic, one.data, one.t_ns)
        else:
            writer.write(one.topic, one.data, one.t_ns, sequence=one.sequence)
        if k % _READS == 0:
            writer.flush()
    if whole:
        writer.finish()
    else:
        writer.flush()
        writer.abandon()

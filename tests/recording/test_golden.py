"""A recording of every released schema opens for ever: the bytes here were written once.

A change of the writer that changes these bytes may be fine; a reader that cannot open them is not.
"""

from __future__ import annotations

import base64
from pathlib import Path

from firingorder.recording.reader import open_recording
from tests.recording.disks import ANCHOR, read_bytes, read_time

GOLDEN = Path(__file__).with_name("golden_recording_1.b64")


def test_schema_1_opens_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "golden.mcap"
    path.write_bytes(base64.b64decode(GOLDEN.read_text()))
    recording = open_recording(path)
    assert recording.finished
    assert recording.lost == ()
    assert recording.anchor == ANCHOR
    assert recording.session["recording_id"] == "golden-1"
    assert recording.session["schema"] == "firingorder.recording/1"
    assert recording.montage["channels"] == {"EMG1": "gluteus_maximus_left"}
    assert (recording.device, recording.calibration) == ({"hello_hex": "00"}, {})
    found = [e for e in recording.entries() if e.topic.startswith(("link/", "control"))]
    assert [(e.topic, e.sequence) for e in found] == [
        *(("link/0/rx", k) for k in range(8)),
        ("link/0/tx", 0),
        ("control", 0),
    ]
    assert [e.data for e in found[:8]] == [read_bytes(k, 24) for k in range(8)]
    assert [e.t_ns for e in found[:8]] == [read_time(k) for k in range(8)]
    assert [e.data for e in recording.digests] == [b'{"sha256": "00"}']

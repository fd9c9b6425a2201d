"""Recordings as disks, older versions and short sessions leave them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.recording.reader import Entry, Recording, open_recording
from firingorder.recording.topics import PREAMBLE
from firingorder.recording.writer import RecordingWriter
from firingorder.session.files import analyse_path
from firingorder.session.replaying import replay_engine, run_replay
from tests.session.sessions import Session, run_session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Half of the channels: what is read from a file is the same for more.
FOUR = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "erector_spinae_left",
    "erector_spinae_right",
)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("live")
    return run_session(folder / "s.mcap", scenario="bridge", duration_s=25.0, channels=FOUR)


def write(
    path: Path,
    like: Recording,
    messages: Iterable[Entry],
    *,
    settings: dict[str, Any] | None = None,
    session: dict[str, Any] | None = None,
    whole: bool = True,
) -> None:
    """Write messages under the preamble of another recording."""
    preamble = {
        "session": {**like.session, **(session or {})},
        "device": like.device,
        "montage": like.montage,
        "calibration": {},
        "settings": like.settings if settings is None else settings,
        "programme": like.programme,
    }
    writer = RecordingWriter(path, anchor=like.anchor, preamble=preamble)
    for one in messages:
        if one.topic not in PREAMBLE:
            writer.write(one.topic, one.data, one.t_ns, sequence=one.sequence)
    if whole:
        writer.finish()
    else:
        writer.flush()
        writer.abandon()


def test_a_recording_continued_after_a_fault_of_the_disk_is_read_as_one(
    live: Session, tmp_path: Path
) -> None:
    """Alone the second file has no START, and so no samples."""
    whole = open_recording(live.path)
    messages = list(whole.entries())
    middle = len(messages) // 2
    write(tmp_path / "s.mcap", whole, messages[:middle], whole=False)
    identity = {"recording_id": whole.session["recording_id"], "file": "s.mcap"}
    write(
        tmp_path / "s-2.mcap",
        whole,
        messages[middle - 60 :],  # what was not synced is there twice
        session={"recording_id": "the second", "continues": identity},
    )
    (tmp_path / "s-3.mcap").write_bytes(b"something else")
    result = analyse_path(tmp_path / "s.mcap")
    assert list(result.repetitions) == live.acquisition.engine.repetitions
    assert result.recording.duration_s == live.acquisition.engine.duration_s
    recording = open_recording(tmp_path / "s.mcap")
    check = run_replay(recording, replay_engine(recording), lambda _events, _item: None)
    assert (check.compared, check.first_difference_s) == (2, None)
    alone = analyse_path(tmp_path / "s-2.mcap")
    assert any("continues s.mcap" in warning for warning in alone.warnings)


def test_settings_of_another_version_are_named_and_skipped(live: Session, tmp_path: Path) -> None:
    whole = open_recording(live.path)
    settings = copy.deepcopy(whole.settings)
    settings["gone"] = {"threshold": 3.0}
    settings["onset"]["gone_too"] = True
    del settings["order"]
    write(tmp_path / "old.mcap", whole, whole.entries(), settings=settings)
    result = analyse_path(tmp_path / "old.mcap")
    assert list(result.repetitions) == live.acquisition.engine.repetitions
    assert any("gone" in one and "onset.gone_too" in one for one in result.warnings)


def test_a_recording_without_samples_has_an_empty_result(live: Session, tmp_path: Path) -> None:
    whole = open_recording(live.path)
    write(tmp_path / "empty.mcap", whole, [], session={"simulated": True})
    result = analyse_path(tmp_path / "empty.mcap")
    assert (result.recording.duration_s, result.repetitions) == (0.0, ())
    assert result.recording.simulated
    assert "no samples" in " ".join(result.warnings)

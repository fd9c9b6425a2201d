"""Recordings as disks, older versions and short sessions leave them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.cli import main
from firingorder.gui.view_models.link_state import present_state
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.recording.reader import Entry, Recording, open_recording
from firingorder.recording.topics import PREAMBLE
from firingorder.recording.writer import RecordingWriter
from firingorder.session.files import analyse_path
from firingorder.session.parts import damage_words
from firingorder.session.replaying import ReplaySession, replay_engine, run_replay
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


def continuation(path: Path, whole: Recording, identity: str, before: tuple[str, str]) -> None:
    """Write a file that goes on from another one, the id and name of which are ``before``."""
    said = {"recording_id": before[0], "file": before[1]}
    session = {"recording_id": identity, "continues": said}
    write(path, whole, list(whole.entries())[1000:], session=session)


def test_a_continuation_opened_alone_names_the_file_to_take(
    live: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It played "to its end", 0 samples of 23873 frames, with status 0 and no reason."""
    whole = open_recording(live.path)
    write(tmp_path / "s.mcap", whole, list(whole.entries())[:1000], whole=False)
    continuation(tmp_path / "s-2.mcap", whole, "two", (whole.session["recording_id"], "s.mcap"))
    continuation(tmp_path / "s-3.mcap", whole, "three", ("two", "s-2.mcap"))
    commands = (["replay", "--headless", "--speed", "0"], ["analyse"], ["explain", "--rep", "1"],
                ["export", "--to", "csv", "--out", str(tmp_path / "out")], ["review"],
                ["report", "--alone", "--out", str(tmp_path / "r.html")])  # fmt: skip
    for name, first in (("s-2.mcap", "s.mcap"), ("s-3.mcap", "s.mcap")):
        for command in commands:
            assert main([command[0], str(tmp_path / name), *command[1:]]) == 2, command
            said = capsys.readouterr()
            assert said.err.splitlines() == [
                f"firingorder: {tmp_path / name} goes on from {first}: take that one, "
                "it brings this one along."
            ], command
            assert said.out == ""
    assert main(["analyse", str(tmp_path / "s.mcap")]) == 0


def test_a_continuation_without_its_beginning_says_what_is_missing(
    live: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = open_recording(live.path)
    before = (whole.session["recording_id"], "s.mcap")
    continuation(tmp_path / "s-2.mcap", whole, "two", before)
    assert main(["replay", str(tmp_path / "s-2.mcap"), "--headless", "--speed", "0"]) == 1
    assert "Put s.mcap into the same folder" in capsys.readouterr().err
    write(tmp_path / "s.mcap", whole, [], session={"recording_id": "of another session"})
    assert main(["replay", str(tmp_path / "s-2.mcap"), "--headless", "--speed", "0"]) == 1
    assert "Put s.mcap into the same folder" in capsys.readouterr().err
    for name, renamed in (("s-2", "mine-2"), ("s", "old")):
        (tmp_path / f"{name}.mcap").rename(tmp_path / f"{renamed}.mcap")
    write(tmp_path / "mine.mcap", whole, [])
    assert main(["replay", str(tmp_path / "mine-2.mcap"), "--headless", "--speed", "0"]) == 2
    assert "goes on from mine.mcap" in capsys.readouterr().err


NOT_WHOLE = "The recording was not closed or is damaged; it was recovered, "


def test_a_replay_of_a_cut_recording_says_that_it_is_cut(
    live: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut in the middle it was "Played to its end.", with not a word more."""
    cut = tmp_path / "cut.mcap"
    data = live.path.read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    for path, word in ((cut, True), (live.path, False)):
        assert main(["replay", str(path), "--headless", "--speed", "0"]) == 0
        assert (NOT_WHOLE in capsys.readouterr().err) is word
        session = ReplaySession(open_recording(path), speed=0.0, on_events=lambda _: None)
        session.start()
        assert session.wait(60.0)
        model = LiveModel()
        model.apply(session.poll(), 0.0)
        state = present_state(model)
        assert state is not None
        assert (NOT_WHOLE in state.sentence) is word
        assert ("Played to its end." in state.sentence) is not word
        assert word in [NOT_WHOLE in one for one in analyse_path(path).warnings] or not word
    assert "What may have followed its end is not known." in damage_words(open_recording(cut))


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

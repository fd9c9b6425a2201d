"""A session that ends is in the library; recordings that lie about are found and taken in."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.cli import main
from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.recording.reader import open_recording
from firingorder.session.archive.facts import result_key
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.office import Office
from firingorder.session.person_log import PersonLog
from firingorder.session.reporting_known import told_live
from firingorder.training.safety.entries import entry
from tests.session.archive.made import rewritten

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.session.archive import Archive
    from firingorder.session.results import Analysis

RECORD = ["record", "--device", "sim:bridge?seed=1&speed=0", "--duration", "9"]


def still(*paths: Path) -> None:
    """Let files look as if nobody had written them for a minute."""
    for path in paths:
        before = path.stat().st_mtime - 60.0
        os.utime(path, (before, before))


def test_a_recorded_session_is_in_the_library_with_its_result(tmp_path: Path) -> None:
    path = tmp_path / "one.mcap"
    assert main([*RECORD, "--out", str(path), "--person", "P01"]) == 0
    archive = Office().archive
    (row,) = archive.library.sessions("P01")
    assert row.recording.path == str(path)
    assert row.recording.finished
    assert row.recording.simulated
    assert row.analysed
    (kept,) = archive.library.analyses(row.recording.id)
    assert kept.key == result_key(open_recording(path))
    found = archive.library.result(kept.id)
    assert found is not None
    told = told_live(archive.library, row.recording.id)
    assert found.pop("told_live") == {"1": "back_first"}
    assert told == {1: "back_first"}
    assert found == analyse_path(path).to_dict()
    other = result_key(open_recording(path), FileOptions(side="left"))
    assert other.settings_hash != kept.settings_hash
    archive.close()


def test_a_library_that_refuses_costs_the_recording_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "share" / "firingorder").mkdir(parents=True)
    (tmp_path / "share" / "firingorder" / "library.sqlite").write_bytes(b"something else" * 400)
    path = tmp_path / "one.mcap"
    assert main([*RECORD, "--out", str(path), "--duration", "2"]) == 0
    told = capsys.readouterr().err
    assert "is kept, but the library does not have it yet" in told
    assert "is no library of firingorder" in told
    assert open_recording(path).finished


def test_a_file_is_taken_in_with_what_it_says(
    archive: Archive, recorded: Callable[..., Path], session_result: Analysis
) -> None:
    profile = {"profile_id": "cal-1", "created_utc": "2026-11-01T08:00:00+00:00", "person": "P01"}
    kept = archive.folder / "calibrations" / "calibration-P01-1.json"
    kept.parent.mkdir()
    kept.write_text(json.dumps(profile))
    path = recorded("P01", side="left", imported=True, calibration=profile)
    start = datetime.fromtimestamp(open_recording(path).anchor.utc_ns / 1e9, UTC)
    log = PersonLog("P01", archive.folder / "people")

    def told(after_s: float, kind: str, session: str, **values: Any) -> None:
        log.add([entry(kind, values, now=start + timedelta(seconds=after_s), session=session)])

    told(-7000, "session_started", "earlier")
    told(-6900, "pain", "earlier", when="before", pain=9)
    told(0, "session_started", "this")
    told(1, "question_answered", "this", key="pain_before", answer=2)
    told(2, "pain", "this", when="set", pain=6, exercise="bridge")
    told(3, "pain", "this", when="after", pain=4)
    told(7000, "session_started", "later")
    told(7001, "pain", "later", when="after", pain=8)

    row = archive.keep(path, session_result)
    assert (row.person, row.side, row.task) == ("P01", "left", "bridge")
    assert (row.pain_before, row.pain_after) == (2, 4)
    assert row.calibration == "cal-1"
    assert row.recording.imported
    assert row.analysed
    assert row.start_utc_s == pytest.approx(start.timestamp())
    (calibration,) = archive.library.calibrations("P01")
    assert calibration.path == str(kept)
    assert archive.keep(path, session_result) == row
    assert len(archive.library.analyses(row.recording.id)) == 1
    folder = archive.cache_folder(row.recording.id)
    assert folder == archive.cache_folder(row.recording.id)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert archive.cache_path("../../etc").parent == folder.parent


def test_unknown_files_are_found_and_adopted_and_damaged_ones_named(
    archive: Archive, recorded: Callable[..., Path], session_file: Path, tmp_path: Path
) -> None:
    known, whole = recorded("P01"), recorded("P02")
    archive.keep(known)
    open_end = archive.folder / "recordings" / "open.mcap"
    rewritten(session_file, open_end, person="P03", recording_id="open", whole=False)
    first = recorded("P04", name="first.mcap")
    second = recorded(
        "P04", name="first-2.mcap",
        continues={"recording_id": "id-of-first.mcap", "file": "first.mcap"},
    )  # fmt: skip
    damaged = archive.folder / "recordings" / "damaged.mcap"
    damaged.write_bytes(whole.read_bytes()[:700])
    nothing = archive.folder / "recordings" / "nothing.mcap"
    nothing.touch()
    still(known, whole, open_end, first, second, damaged, nothing)
    fresh = recorded("P05")  # somebody is writing it
    assert archive.unknown() == tuple(sorted((whole, open_end, first, second, damaged, nothing)))

    seen: list[tuple[int, int]] = []
    adopted = archive.adopt(archive.folder, lambda done, of, _name: seen.append((done, of)))
    assert seen[0] == (0, 8)
    assert seen[-1] == (8, 8)
    assert {row.person for row in adopted.sessions} == {"P02", "P03", "P04", "P05"}
    assert adopted.known == 1
    assert [path for path, _ in adopted.damaged] == [damaged, nothing]
    assert all(str(path) in why for path, why in adopted.damaged)
    of = {row.person: row for row in archive.library.sessions()}
    assert not of["P03"].recording.finished
    assert 0.0 < of["P03"].duration_s < 12.0
    assert of["P04"].recording.further == (str(second),)
    assert of["P04"].recording.bytes == first.stat().st_size + second.stat().st_size
    assert archive.unknown() == (damaged, nothing)
    assert fresh.exists()

    # A file that was moved by hand is the same recording at its new place.
    moved = tmp_path / "stick" / "other name.mcap"
    moved.parent.mkdir()
    shutil.move(whole, moved)
    assert archive.adopt([moved]).known == 1
    row = archive.library.session(of["P02"].id)
    assert row is not None
    assert (row.recording.path, row.recording.missing) == (str(moved), False)
    with pytest.raises(UsageError, match="no file or folder"):
        archive.adopt(tmp_path / "nowhere")
    (tmp_path / "a.mcap").write_bytes(b"a" * 999)
    with pytest.raises(FileFormatError, match="not an MCAP"):
        archive.keep(tmp_path / "a.mcap")


def test_a_copy_never_takes_the_place_of_the_recording_but_is_erased_with_it(
    archive: Archive, session_file: Path, session_result: Analysis, tmp_path: Path
) -> None:
    """A stick holds a cut copy of one session, and the whole of one that is cut here."""
    stick, here = tmp_path / "stick", archive.folder / "recordings"
    stick.mkdir()
    here.mkdir()
    for name in ("a", "b"):
        rewritten(session_file, stick / f"{name}.mcap", person="P01", recording_id=name, most=200)
        shutil.copy(stick / f"{name}.mcap", here / f"{name}.mcap")
    whole = (stick / "a.mcap").read_bytes()
    for cut in (stick / "a.mcap", here / "b.mcap"):
        cut.write_bytes(whole[: len(whole) * 3 // 4] if cut.parent == stick else
                        cut.read_bytes()[: cut.stat().st_size * 3 // 4])  # fmt: skip
    archive.keep(here / "a.mcap", session_result)
    archive.adopt(here)
    before = archive.library.session_of("a")
    adopted = archive.adopt(stick)
    assert (adopted.known, adopted.copies) == (2, (stick / "a.mcap",))
    a, b = archive.library.session_of("a"), archive.library.session_of("b")
    assert before is not None
    assert a is not None
    assert b is not None
    assert a.recording.copies == (str(stick / "a.mcap"),)
    assert replace(a.recording, copies=()) == before.recording
    assert a.repetitions == before.repetitions > 0
    archive.keep(stick / "a.mcap", replace(session_result, repetitions=()))
    assert archive.library.session_of("a") == a
    assert (b.recording.path, b.recording.finished) == (str(stick / "b.mcap"), True)
    assert b.recording.copies == (str(here / "b.mcap"),)
    still(*here.iterdir())
    assert archive.unknown() == ()  # a copy is not offered again and again
    (stick / "a.mcap").write_bytes((stick / "b.mcap").read_bytes())  # it became another one
    archive.library.change_session(b.id, person="P02", who="T")
    archive.erase("P01")
    assert sorted(path.name for path in here.iterdir()) == ["b.mcap"]
    assert (stick / "a.mcap").exists()
    archive.erase("P02")
    assert list(here.iterdir()) == []


def test_nobody_is_erased_while_a_session_of_theirs_is_recorded(
    archive: Archive, recorded: Callable[..., Path], session_file: Path
) -> None:
    kept = recorded("P01")
    archive.keep(kept)
    live = archive.folder / "recordings" / "live.mcap"
    rewritten(session_file, live, person="P01", recording_id="live", whole=False)
    with pytest.raises(FiringOrderError, match="is being recorded"):
        archive.erase("P01")
    assert kept.exists()
    assert len(archive.library.sessions("P01")) == 1
    still(live)  # it was a crash
    archive.erase("P01")
    assert not live.exists()


def test_adopting_moves_only_when_asked_and_never_over_another(
    archive: Archive, session_file: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for k in (1, 2):
        (stick / str(k)).mkdir()
        rewritten(session_file, stick / str(k) / "same.mcap", recording_id=f"r{k}")
    adopted = archive.adopt(stick, move=True)
    assert [row.recording.id for row in adopted.sessions] == ["r1"]
    ((path, why),) = adopted.damaged
    assert path == stick / "2" / "same.mcap"
    assert "is there already" in why
    assert path.exists()
    assert not (stick / "1" / "same.mcap").exists()
    target = archive.folder / "recordings" / "same.mcap"
    assert adopted.sessions[0].recording.path == str(target)
    assert target.stat().st_mode & 0o777 == 0o600

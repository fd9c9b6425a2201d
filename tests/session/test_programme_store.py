"""Programmes and copies of exercises on the disk: never half written, never lost by a slip."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.session import own_files
from firingorder.session.exercise_store import ExerciseStore
from firingorder.session.programme_store import ProgrammeStore
from firingorder.training.exercises import load_exercise
from firingorder.training.exercises.copies import changed
from firingorder.training.programmes.records import Item, Programme
from firingorder.training.programmes.templates import templates
from firingorder.training.programmes.whole import embedded

PLAN = Programme("plan", "Plan", (Item("bridge"),))
FULL = Path("/dev/full")


def test_what_is_kept_comes_back_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path / "programmes")
    assert store.all().found == ()
    path = store.save(PLAN)
    assert store.load("plan") == PLAN
    assert store.all().found == (PLAN,)
    assert [one.name for one in path.parent.iterdir()] == ["plan.yaml"]
    if os.name == "posix":
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    store.remove("plan")
    assert store.all().found == ()
    for call in (store.load, store.remove):
        with pytest.raises(UsageError, match="There is no"):
            call("plan")


def test_nothing_is_overwritten_unless_asked(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    store.save(PLAN)
    other = Programme("plan", "Other", (Item("clam", side="left"),))
    with pytest.raises(UsageError, match="already; choose another name"):
        store.save(other)
    assert store.load("plan") == PLAN
    store.save(other, overwrite=True)
    assert store.load("plan") == other
    with pytest.raises(UsageError, match="comes with firingorder"):
        store.save(templates()[0])
    assert store.new_id("Plan") == "plan_2"
    assert store.new_id("Glute session") == "glute_session"
    assert store.new_id("Sessions") == "sessions_2"  # that of a template
    assert store.new_id("Übung für Jörg") == "ubung_fur_jorg"
    assert store.new_id("腰") == "programme"
    assert store.new_id("2 weeks") == "programme_2_weeks"
    assert store.path_of("con").name == "con_.yaml"


def test_broken_files_are_told_and_the_others_are_there(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    store.save(PLAN)
    text = store.path_of("plan").read_text(encoding="utf-8")
    (tmp_path / "cut.yaml").write_text(text[:40], encoding="utf-8")
    (tmp_path / "newer.yaml").write_text(text.replace("programme/1", "programme/9"), "utf-8")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "renamed.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / ".plan.yaml.99.tmp").write_text("half", encoding="utf-8")
    listing = store.all()
    assert listing.found == (PLAN,)
    told = {one.path.name: one.why for one in listing.broken}
    assert set(told) == {"cut.yaml", "newer.yaml", "binary.yaml", "renamed.yaml", "folder.yaml"}
    assert "newer version" in told["newer.yaml"]
    assert "is no text" in told["binary.yaml"]
    assert "name the file plan.yaml, or import it" in told["renamed.yaml"]
    # It can be imported from there, and again only if asked.
    other = ProgrammeStore(tmp_path / "other")
    assert other.import_from(tmp_path / "renamed.yaml") == PLAN
    with pytest.raises(UsageError, match="overwritten"):
        other.import_from(tmp_path / "renamed.yaml")


def test_a_disk_that_refuses_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ProgrammeStore(tmp_path)
    path = store.save(PLAN)
    before = path.read_bytes()
    # The disk is full once the text is handed over to it.
    if FULL.exists():

        def full(path: str, flags: int) -> int:
            Path(path).touch()
            return os.open(FULL, flags & ~os.O_CREAT)

        monkeypatch.setattr(own_files, "private_opener", full)
        with pytest.raises(FiringOrderError, match=r"No space left on device; make room"):
            store.save(Programme("plan", "Other", PLAN.items), overwrite=True)
        assert path.read_bytes() == before
        monkeypatch.undo()
    with pytest.raises(FiringOrderError, match=r"cannot be written to .*choose another folder"):
        store.export(PLAN, tmp_path / "nowhere" / "plan.yaml")
    (tmp_path / "file").touch()
    with pytest.raises(FiringOrderError, match="cannot be written"):
        ProgrammeStore(tmp_path / "file" / "below").save(PLAN)
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".tmp")] == []
    assert store.all().found == (PLAN,)


def test_a_programme_with_a_copy_is_whole_somewhere_else(tmp_path: Path) -> None:
    copies = ExerciseStore(tmp_path / "exercises")
    mine = copies.copy(load_exercise("bridge"), "Bridge on the bed")
    assert mine.task.id == "bridge_on_the_bed"
    assert "firingorder 0" in dict(mine.provenance)["copy_of.bridge"]
    exercises, broken = copies.exercises()
    assert broken == ()
    assert exercises("bridge_on_the_bed") == mine
    plan = Programme("plan", "Plan", (Item("bridge_on_the_bed"),))
    sent = ProgrammeStore(tmp_path / "a", exercises).export(plan, tmp_path / "sent.yaml")
    received = ProgrammeStore(tmp_path / "b").import_from(sent)
    assert embedded(received) == {"bridge_on_the_bed": mine}
    # Without the copy it would be worthless, so it is not written at all.
    with pytest.raises(UsageError, match="Unknown task"):
        ProgrammeStore(tmp_path / "c").save(plan)
    assert not (tmp_path / "c").exists()


def test_copies_are_kept_changed_and_told_when_broken(tmp_path: Path) -> None:
    store = ExerciseStore(tmp_path)
    first = store.copy(load_exercise("clam"), "Clam")
    second = store.copy(load_exercise("clam"), "Clam")
    assert (first.task.id, second.task.id) == ("clam_2", "clam_3")  # clam is firingorder's
    store.save(changed(first, "together_margin_ms", 44), overwrite=True)
    bridge = store.path_of("clam_3").read_text(encoding="utf-8").replace("id: clam_3", "id: bridge")
    (tmp_path / "bridge.yaml").write_text(bridge, encoding="utf-8")
    exercises, broken = store.exercises()
    assert exercises("clam_2").task.together_margin_ms == 44.0
    assert set(exercises.own) == {"clam_2", "clam_3"}
    assert ["comes with firingorder; give the copy another id" in one.why for one in broken] == [
        True
    ]
    with pytest.raises(FileFormatError, match="comes with firingorder"):
        store.import_from(tmp_path / "bridge.yaml")

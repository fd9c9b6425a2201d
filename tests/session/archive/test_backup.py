"""A backup is whole or is refused, and a restore touches nothing that was not given up."""

from __future__ import annotations

import json
import stat
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.cli import main
from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.session import preferences
from firingorder.session.archive import Archive
from firingorder.session.archive.portable import MANIFEST
from tests.library.made import correction
from tests.session.archive.made import rewritten
from tests.shipped_schemas import schema_faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.postgres_server import Server
    from firingorder.session.results import Analysis


@pytest.fixture
def filled(
    archive: Archive, recorded: Callable[..., Path], session_result: Analysis, session_file: Path,
    tmp_path: Path,
) -> Archive:  # fmt: skip
    """Two people: one recorded at home, one on a stick, in two files."""
    row = archive.keep(recorded("P01"), session_result)
    archive.library.add_corrections(row.recording.id, [correction(1)])
    stick = tmp_path / "stick"
    rewritten(session_file, stick / "s.mcap", person="P02", recording_id="on-stick")
    rewritten(
        session_file, stick / "s-2.mcap", person="P02", recording_id="more",
        continues={"recording_id": "on-stick", "file": "s.mcap"},
    )  # fmt: skip
    archive.keep(stick / "s.mcap")
    (archive.folder / "people").mkdir(mode=0o700)
    (archive.folder / "people" / "person-p01.jsonl").write_text("log")
    (archive.cache_folder(row.recording.id) / "big").write_bytes(bytes(9))
    preferences.save(preferences.Preferences(therapist="Ada"))
    return archive


def test_a_backup_restored_elsewhere_is_the_same_library(filled: Archive, tmp_path: Path) -> None:
    before = {row.person: row for row in filled.library.sessions()}
    seen: list[str] = []
    path = filled.backup(tmp_path / "copy.zip", lambda _k, _n, name: seen.append(name))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "people/person-p01.jsonl" in seen
    with zipfile.ZipFile(path) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))
    assert schema_faults("backup-1", manifest) == []
    rows = [one for one in manifest["files"] if one["name"] == "rows.zip"]
    for broken in ({"files": rows[:0]}, {"files": [rows[0] | {"sha256": "short"}]}):
        assert schema_faults("backup-1", manifest | broken) != []
    preferences.settings_path().unlink()

    other = tmp_path / "other computer"
    there = Archive.restore(path, folder=other)
    assert preferences.load().preferences.therapist == "Ada"
    for person, row in before.items():
        (same,) = there.library.sessions(person)
        assert same.recording.sha256 == row.recording.sha256
        assert not same.recording.missing
        assert same.recording.path.startswith(str(other / "recordings"))
        assert all(one.startswith(str(other)) for one in same.recording.further)
        assert there.keep(other / same.recording.path) == same  # the files are the same, too
    first = before["P01"].recording.id
    assert len(there.library.sessions("P02")[0].recording.further) == 1
    assert there.library.corrections(first) == filled.library.corrections(first)
    assert there.library.result(1) == filled.library.result(1)
    assert (other / "people" / "person-p01.jsonl").read_text() == "log"
    assert not (other / "cache").exists()
    for one in (other, *other.rglob("*")):
        assert stat.S_IMODE(one.stat().st_mode) == (0o700 if one.is_dir() else 0o600)
    assert [one.act for one in filled.library.audit(limit=1)] == ["backed up"]
    there.close()
    with pytest.raises(UsageError, match="never overwritten"):
        filled.backup(path)


def test_a_library_that_is_there_is_put_aside_only_when_asked(
    filled: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = filled.backup(tmp_path / "copy.zip")
    filled.close()
    home = tmp_path / "share" / "firingorder"
    old = Archive.open()
    old.library.add_note("P09", None, "T", "old")
    (home / "recordings").mkdir()
    (home / "recordings" / "old.mcap").write_bytes(b"old")
    old.close()
    before = {one.name: one.read_bytes() for one in home.rglob("*") if one.is_file()}
    assert main(["library", "restore", str(path)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert {one.name: one.read_bytes() for one in home.rglob("*") if one.is_file()} == before
    assert main(["library", "restore", str(path), "--replace"]) == 0
    assert "2 sessions; people: 2" in capsys.readouterr().out
    assert (home / "before-restore-1" / "recordings" / "old.mcap").read_bytes() == b"old"
    aside = Archive.open(folder=home / "before-restore-1")
    assert [one.text for one in aside.library.notes("P09")] == ["old"]
    aside.close()
    assert main(["library", "restore", str(path), "--replace"]) == 0
    assert (home / "before-restore-2" / "library.sqlite").exists()


def changed(path: Path, to: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Copy a backup with other bytes in some files."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data:
                new.writestr(name, data)
    return to


def test_damaged_foreign_newer_and_wicked_backups_are_refused(
    filled: Archive, tmp_path: Path
) -> None:
    whole = filled.backup(tmp_path / "whole.zip")

    def manifest(data: bytes, **values: Any) -> bytes:
        return json.dumps({**json.loads(data), **values}).encode()

    def in_manifest(**values: Any) -> Callable[[str, bytes], bytes]:
        return lambda name, data: manifest(data, **values) if name == MANIFEST else data

    raw = bytearray(whole.read_bytes())
    raw[len(raw) // 3] ^= 1
    (tmp_path / "flipped.zip").write_bytes(raw)
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[: len(raw) // 2])
    (tmp_path / "junk.zip").write_bytes(b"junk" * 100)
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as foreign:
        foreign.writestr("hello.txt", "hello")
    cases = {
        tmp_path / "flipped.zip": "damaged",
        tmp_path / "cut.zip": "no backup of firingorder, or is damaged",
        tmp_path / "junk.zip": "no backup of firingorder",
        tmp_path / "foreign.zip": "no backup of firingorder",
        # Its own checksum is right, that of the manifest is not.
        changed(
            whole, tmp_path / "other.zip", lambda n, d: d + b"x" if ".mcap" in n else d
        ): "as it",
        changed(whole, tmp_path / "less.zip", lambda n, d: b"" if "jsonl" in n else d): "damaged",
        changed(whole, tmp_path / "new.zip", in_manifest(schema="firingorder.backup/2")): "newer",
    }
    for name in ("../evil", "/etc/evil", "recordings/../../evil", "unknown/evil", "C:/evil"):
        files = [{"name": name, "bytes": 1, "sha256": "0" * 64, "from": ""}]
        path = tmp_path / f"wicked-{len(cases)}.zip"
        cases[changed(whole, path, in_manifest(files=files))] = "is refused"
    target = tmp_path / "target"
    for path, words in cases.items():
        with pytest.raises(FileFormatError, match=words):
            Archive.restore(path, folder=target)
        assert list(target.iterdir()) == [], path.name
    assert not (tmp_path / "evil").exists()
    with pytest.raises(UsageError, match="no file"):
        Archive.restore(tmp_path / "nowhere.zip", folder=target)
    Archive.restore(whole, folder=target).close()  # and the whole one is taken
    with pytest.raises(FiringOrderError, match="cannot be written"):
        filled.backup(tmp_path / "junk.zip" / "below.zip")


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes there")
def test_a_disk_without_room_is_said_and_leaves_no_half_backup(
    filled: Archive, tmp_path: Path
) -> None:
    import resource

    whole = filled.backup(tmp_path / "whole.zip")
    largest = max(one.stat().st_size for one in (filled.folder / "recordings").iterdir())
    assert largest < whole.stat().st_size - 5000
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 1000, before[1]))  # files end here
    try:
        with pytest.raises(FiringOrderError, match="cannot be written: File too large"):
            filled.backup(tmp_path / "copy.zip")
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest - 1000, before[1]))
        with pytest.raises(FiringOrderError, match="cannot be restored"):
            Archive.restore(whole, folder=tmp_path / "target")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.glob("*copy.zip*")) == []
    assert list((tmp_path / "target").iterdir()) == []
    assert len(filled.library.sessions()) == 2


def test_a_backup_of_a_file_fills_a_server_and_the_old_rows_are_kept(
    filled: Archive, server: Server, tmp_path: Path
) -> None:
    path = filled.backup(tmp_path / "copy.zip")
    url, folder = server.new_database(), tmp_path / "at the server"
    there = Archive.restore(path, url=url, folder=folder)
    assert {row.person for row in there.library.sessions()} == {"P01", "P02"}
    assert not any(row.recording.missing for row in there.library.sessions())
    there.library.add_note("P03", None, "T", "newer")
    with pytest.raises(UsageError, match="--replace"):
        Archive.restore(path, url=url, folder=folder)
    again = there.backup(tmp_path / "from server.zip")
    there.close()
    there = Archive.restore(path, url=url, folder=folder, replace=True)
    assert there.library.person("P03") is None
    there.close()
    assert (folder / "before-restore-1" / "rows.zip").exists()
    # And back into a file.
    home = Archive.restore(again, folder=tmp_path / "home")
    assert [one.text for one in home.library.notes("P03")] == ["newer"]
    assert home.erase("P01").sessions == 1
    home.close()

"""An erased person is nowhere: in no row, in no file, not in the bytes of the library."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firingorder.cli import main
from firingorder.errors import FiringOrderError, UsageError
from firingorder.library.opening import opened
from firingorder.library.records import CalibrationRow, InboxRow, ProgrammeRow
from firingorder.session.archive import Archive
from firingorder.session.exchange.exporting_privacy import Pseudonyms
from firingorder.session.person_log import PersonLog
from firingorder.session.review.shelves import beside
from tests.library.closed_places import as_somebody_else
from tests.library.made import correction
from tests.session.archive.test_keep import still

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from firingorder.session.results import Analysis

CODE, NAME, OTHER = "Patient-Q7391", "Zacharias Quellwasser", "Patient-Q73910"


def bytes_with(folder: Path, word: str) -> list[str]:
    """Files in whose bytes or name a code stands that is not the start of a longer one."""
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        for one in (data, path.name.encode()):
            if one.replace(OTHER.encode(), b"").count(word.encode()):
                found.append(str(path.relative_to(folder)))
    return found


def fill(archive: Archive, recorded: Callable[..., Path], result: Analysis) -> None:
    for person in (CODE, OTHER):
        path = recorded(person)
        row = archive.keep(path, result)
        recorded(
            person, name=f"{path.stem}-2.mcap",
            continues={"recording_id": row.recording.id, "file": path.name},
        )  # fmt: skip
        library = archive.library
        library.add_corrections(row.recording.id, [correction(1, who=person, id=person)])
        library.add_note(person, row.id, "T", f"{person} is better")
        library.describe_person(person, name=NAME if person == CODE else "", who="T")
        library.add_export(person, f"/stick/{person}.pdf", "report", "T")
        files: list[str] = []
        for folder in ("programmes", "inbox", "calibrations"):
            file = archive.folder / folder / f"{folder}-{person}.x"
            file.parent.mkdir(exist_ok=True)
            file.write_text(person)
            files.append(str(file))
        library.add_programme(ProgrammeRow("a", person, "A", files[0], 1.0))
        library.add_inbox(InboxRow(0, person, 1.0, files[1], 1, None, "", read=False))
        library.add_calibration(CalibrationRow("k", person, 1.0, "", files[2]))
        (archive.folder / "calibrations" / f"cal-{person}.json").write_text(
            f'{{"profile_id": "unlisted", "person": "{person}"}}'
        )
        log = PersonLog(person, archive.folder / "people").path
        log.parent.mkdir(exist_ok=True)
        log.write_text(person)
        (archive.cache_folder(row.recording.id) / "envelope.npy").write_text(person)
        Pseudonyms(archive.folder).of(person)
        beside(Path(row.recording.path), row.recording.id).paths[0].write_text(person)
        still(recorded(person, name=f"unlisted-{person}.mcap"))
    archive.library.add_audit("T", "compared", "", f"{CODE} ({NAME}) with {OTHER}")


def test_nothing_of_an_erased_person_is_left_anywhere(
    archive: Archive, recorded: Callable[..., Path], session_result: Analysis
) -> None:
    fill(archive, recorded, session_result)
    shutil.copy(archive.folder / "library.sqlite", archive.folder / "library.before-0.sqlite")
    assert "library.sqlite-wal" in bytes_with(archive.folder, CODE)  # the search finds it, then
    assert len(bytes_with(archive.folder, CODE)) > 12
    others = {path for path in archive.folder.rglob("*") if OTHER in path.name}

    mine = next(row for row in archive.library.sessions() if row.person == CODE).recording
    instead = beside(Path(mine.path), mine.id).paths[1]
    instead.parent.mkdir(parents=True, exist_ok=True)
    instead.write_text(CODE)  # where the recording's own folder refused

    erased = archive.erase(CODE)
    assert not instead.exists()
    assert bytes_with(archive.folder, CODE) == []
    assert bytes_with(archive.folder, NAME) == []
    assert erased.sessions == 1
    assert erased.failed == ()
    assert erased.exports == (f"report: /stick/{CODE}.pdf",)
    assert {path for path in archive.folder.rglob("*") if OTHER in path.name} == others
    (row,) = archive.library.sessions()
    assert row.person == OTHER
    assert len(archive.library.corrections(row.recording.id)) == 1
    assert [one.act for one in archive.library.audit(limit=1)] == ["erased"]

    assert Pseudonyms(archive.folder).of("new").subject == "sub-03"  # no number is given twice

    again = archive.erase(CODE)
    assert (again.sessions, again.files, again.failed, again.exports) == (0, (), (), ())
    with pytest.raises(UsageError, match="code"):
        archive.erase(" ")


def test_an_open_review_leaves_nothing_of_somebody_who_was_erased(
    archive: Archive, recorded: Callable[..., Path]
) -> None:
    path = recorded(CODE)
    row = archive.keep(path)
    shelf = beside(path, row.recording.id)
    archive.erase(CODE)
    with pytest.raises(FiringOrderError, match="erased or moved"):
        shelf.add([correction(1, who=NAME)])
    assert not any(one.exists() for one in shelf.paths)


@contextmanager
def not_mine(archive: Archive, folder: Path) -> Iterator[None]:
    """Let the files of a folder be there to stay, also for the superuser."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if os.geteuid() == 0:
        for one in (archive.folder, *archive.folder.rglob("*")):
            if one != folder:
                shutil.chown(one, 65534)
    else:
        folder.chmod(0o500)
    try:
        with as_somebody_else(folder):
            yield
    finally:
        folder.chmod(mode)


def test_what_cannot_be_removed_is_named_and_goes_the_next_time(
    archive: Archive, recorded: Callable[..., Path], session_result: Analysis
) -> None:
    fill(archive, recorded, session_result)
    recordings = archive.folder / "recordings"
    mine = sorted(path for path in recordings.iterdir() if OTHER not in path.name)
    assert len(mine) == 4  # two parts, their corrections, and one that nobody listed
    with not_mine(archive, recordings):
        erased = archive.erase(CODE)
        assert sorted(erased.failed) == [str(path) for path in mine]
        assert archive.library.person(CODE) is None
        assert archive.unknown() == (recordings / f"unlisted-{OTHER}.mcap",)  # not offered again
        assert archive.erase(CODE).failed == erased.failed
    again = archive.erase(CODE)
    assert sorted(again.files) == [str(path) for path in mine]
    assert bytes_with(archive.folder, CODE) == []


def test_a_reader_that_holds_the_journal_is_waited_for_by_asking_again(
    archive: Archive, recorded: Callable[..., Path], session_result: Analysis
) -> None:
    fill(archive, recorded, session_result)
    file = archive.folder / "library.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        impatient = Archive(opened(None, archive.folder, busy_s=0.01), archive.folder, "T")
        erased = impatient.erase(CODE)
        impatient.close()
    assert erased.failed == (f"{file}-wal",)
    assert archive.erase(CODE).failed == ()
    assert bytes_with(archive.folder, CODE) == []


def test_the_command_asks_before_and_says_what_is_left(
    recorded: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(CODE)
    assert main(["library", "adopt", str(tmp_path / "data"), "--later"]) == 0
    assert main(["library", "backup", str(tmp_path / "copy.zip")]) == 0
    capsys.readouterr()
    assert main(["library", "erase", CODE]) == 2
    assert "Nothing was erased" in capsys.readouterr().err
    assert main(["library", "list", "--person", CODE]) == 0
    assert "simulated, not analysed" in capsys.readouterr().out
    assert main(["library", "erase", CODE, "--yes"]) == 0
    told = capsys.readouterr().out
    assert "1 session and 1 file" in told
    assert f"backup: {tmp_path / 'copy.zip'}" in told
    assert main(["library", "erase", CODE, "--yes"]) == 0
    assert f"Nothing is kept of {CODE}" in capsys.readouterr().out
    assert main(["library", "audit"]) == 0
    told = capsys.readouterr().out
    assert CODE not in told
    assert "backed up" in told
    assert main(["library", "list", "--json"]) == 0
    assert '"sessions": []' in capsys.readouterr().out

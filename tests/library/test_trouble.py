"""Libraries that are busy, away, full or read-only: clear words, and nothing said is lost."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from firingorder.errors import LibraryAwayError, LibraryError
from firingorder.library import open_library
from firingorder.library.read_only import unchanged
from firingorder.library.schema import copy_sqlite
from tests.library.closed_places import as_a_reader, mounted_read_only
from tests.library.made import KEY, correction, leads, recording, result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.postgres_server import Server
    from firingorder.library.library import Library
    from firingorder.library.records import SessionRow
    from tests.library.conftest import Where


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another program that writes and does not end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def say_everything(library: Library, row: SessionRow) -> None:
    library.add_audit("T", "looked", "P01", "")
    library.change_session(row.id, pain_after=2, who="T")
    library.add_note("P01", row.id, "T", "while it was away")
    library.add_corrections("rec-00001", [correction(1), correction(2)])


def check_everything(library: Library, row: SessionRow) -> None:
    """What was said is there, once; corrections were written first."""
    assert library.waiting == 0
    assert [one.id for one in library.corrections("rec-00001")] == ["T-1", "T-2"]
    assert [one.text for one in library.notes("P01")] == ["while it was away"]
    after = library.session(row.id)
    assert after is not None
    assert after.pain_after == 2
    acts = [one.act for one in library.audit()]
    assert sorted(acts) == ["changed", "corrected", "corrected", "kept", "looked"]
    assert acts[::-1][:3] == ["kept", "corrected", "corrected"]


def test_a_busy_library_says_so_and_takes_later_what_was_said(file_where: Where) -> None:
    library = file_where.open(busy_s=0.01)
    row = library.add_recording(recording(1))
    with held(file_where.file):
        with pytest.raises(LibraryAwayError, match="in use by another program"):
            library.add_recording(recording(2))
        say_everything(library, row)
        assert library.waiting == 4
        remark = library.take_remark()
        assert "in use by another program" in remark
        assert "is brought in later" in remark
        # Whoever reads sees the corrections already.
        assert [one.id for one in library.corrections("rec-00001")] == ["T-1", "T-2"]
        (waiting,) = file_where.folder.glob("waiting-*.jsonl")
        assert stat.S_IMODE(waiting.stat().st_mode) == 0o600
    assert library.sessions() == (row,)
    library.bring_in()
    check_everything(library, row)
    assert list(file_where.folder.glob("waiting-*")) == []
    library.close()


def test_what_waits_survives_crashes_and_is_brought_in_once(file_where: Where) -> None:
    library = file_where.open(busy_s=0.01)
    row = library.add_recording(recording(1))
    with held(file_where.file):
        say_everything(library, row)
    (waiting,) = file_where.folder.glob("waiting-*.jsonl")
    whole = waiting.read_bytes()
    # A program died after it moved the file aside and wrote half of it; another one in mid-line.
    library.add_corrections("rec-00001", [correction(1)])
    waiting.with_name(waiting.stem + "-99-1.jsonl").write_bytes(whole)
    waiting.write_bytes(whole + b'\n{"kind": "note", "about": "P0')
    library.close()
    again = file_where.open()
    assert "had waited are in the library now" in again.take_remark()
    check_everything(again, row)
    again.close()


def test_where_much_waits_one_attempt_says_that_it_is_still_away(file_where: Where) -> None:
    library = file_where.open(busy_s=0.01)
    library.describe_person("P01", who="T")
    attempts: list[object] = []
    event.listen(library.engine.pool, "checkout", lambda *one: attempts.append(one))
    with held(file_where.file):
        for number in range(5):
            library.add_note("P01", None, "T", str(number))
        del attempts[:]
        assert library.bring_in() == 0
        assert len(attempts) == 1
        assert library.waiting == 5
    assert library.bring_in() == 5
    assert [one.text for one in library.notes("P01")] == list("01234")
    library.close()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file stays where it is there")
def test_a_file_that_was_deleted_or_replaced_meanwhile_is_noticed(
    file_where: Where, tmp_path: Path
) -> None:
    library = file_where.open()
    library.add_recording(recording(1))
    aside = tmp_path / "aside.sqlite"
    copy_sqlite(file_where.file, aside)
    library.add_recording(recording(2))
    for path in file_where.folder.iterdir():  # with its journal
        path.unlink()
    library.add_note("P01", None, "T", "into nothing")
    assert "moved or deleted" in library.take_remark()
    with pytest.raises(LibraryAwayError, match="restore a backup"):
        library.sessions()
    assert not file_where.file.exists()  # no empty one is made in its place
    aside.rename(file_where.file)  # as a restore in another window does
    assert len(library.sessions()) == 1
    assert "it was replaced" in library.take_remark()
    library.add_note("P01", None, "T", "into the new one")
    library.close()
    again = file_where.open()
    assert sorted(one.text for one in again.notes("P01")) == ["into nothing", "into the new one"]
    again.close()


def test_many_threads_wait_and_bring_in_at_once(file_where: Where) -> None:
    library = file_where.open(busy_s=0.01)
    library.describe_person("P01", who="T")

    def say(who: str) -> None:
        for number in range(5):
            library.add_note("P01", None, who, str(number))

    with held(file_where.file):
        in_threads(say, "abcd")
    assert library.waiting == 20
    library.close()
    library = file_where.open()  # patient again
    in_threads(say, "efgh")
    library.bring_in()
    assert library.waiting == 0
    told = sorted((one.who, one.text) for one in library.notes("P01"))
    assert told == [(who, str(number)) for who in "abcdefgh" for number in range(5)]
    library.close()


def in_threads(work: Callable[[str], None], names: str) -> None:
    threads = [threading.Thread(target=work, args=name) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_waits_of_an_erased_person_goes_too(file_where: Where) -> None:
    library = file_where.open(busy_s=0.01)
    row = library.add_recording(recording(1))
    library.add_recording(recording(2, "P02"))
    with held(file_where.file):
        say_everything(library, row)
        library.add_note("P02", None, "T", "stays")
    library.erase_person("P01", "T")
    assert library.waiting == 0
    assert [one.text for one in library.notes("P02")] == ["stays"]
    assert [one.code for one in library.people()] == ["P02"]
    library.close()


def test_a_server_that_goes_away_in_mid_session_loses_nothing(
    server: Server, ready_database: str, tmp_path: Path
) -> None:
    url = server.new_database(ready_database)
    library = open_library(url, folder=tmp_path)
    row = library.add_recording(recording(1))
    server.stop()
    try:
        with pytest.raises(LibraryAwayError, match="recordings go on without it"):
            library.sessions()
        with pytest.raises(LibraryAwayError, match="cannot be reached"):
            library.add_analysis("rec-00001", KEY, result(leads(1, 3)))
        say_everything(library, row)
        assert library.waiting == 4
        assert "is brought in later" in library.take_remark()
        with pytest.raises(LibraryError, match="cannot be reached"):
            open_library(url, folder=tmp_path)
    finally:
        server.start()
    assert [one.id for one in library.corrections("rec-00001")] == ["T-1", "T-2"]
    library.add_audit("T", "again", "", "")
    assert library.waiting == 0
    library.close()
    again = open_library(url, folder=tmp_path)
    assert len(again.notes("P01")) == 1
    assert len(again.corrections("rec-00001")) == 2
    again.close()


def test_a_full_disk_is_said_and_costs_nothing_that_was_there(file_where: Where) -> None:
    library = file_where.open()
    row = library.add_recording(recording(1))
    library.close()

    @event.listens_for(library.engine, "connect")
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")  # SQLite's own SQLITE_FULL

    # Noise does not shrink, so that the result needs pages that are not there.
    large = result(leads(1, 2000))
    with pytest.raises(LibraryAwayError, match="the disk is full"):
        library.add_analysis("rec-00001", KEY, large)
    assert library.analyses("rec-00001") == ()
    assert library.session(row.id) == row
    library.close()
    event.remove(library.engine, "connect", limit)
    assert library.add_analysis("rec-00001", KEY, large).id == 1
    library.close()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_a_read_only_folder_is_said_and_files_are_private_whatever_the_umask(
    tmp_path: Path,
) -> None:
    for mask in (0o000, 0o022):
        before = os.umask(mask)
        try:
            library = open_library(folder=tmp_path / f"mask{mask}")
            library.add_recording(recording(1))
            files = list(library.folder.iterdir())
            assert len(files) == 3  # the library, its journal and the index of that
            assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
            assert stat.S_IMODE(library.folder.stat().st_mode) == 0o700
            library.close()
        finally:
            os.umask(before)
    folder = tmp_path / "mask0"
    with as_a_reader(folder):
        library = open_library(folder=folder)
        assert "is read-only here: everything can be looked at" in library.take_remark()
        (row,) = library.sessions()
        with pytest.raises(LibraryAwayError, match="copy the folder to where you may write"):
            library.add_recording(recording(2))
        with pytest.raises(LibraryError, match="What you just did is not kept: allow writing"):
            library.add_note("P01", row.id, "T", "nowhere to go")
        library.add_export("P01", "/a/copy.pdf", "report", "T")
        assert "/a/copy.pdf of the data of P01 is made all the same" in library.take_remark()
        with pytest.raises(LibraryError, match="cannot be made: Permission denied"):
            open_library(folder=folder / "new")
    # The same object goes on once the place can be written.
    library.add_note("P01", row.id, "T", "now it can")
    assert "can be written again" in library.take_remark()
    assert library.sessions() == (row,)
    library.close()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_what_can_only_be_read_is_read_whole_or_not_at_all(file_where: Where) -> None:
    folder, file = file_where.folder, file_where.file
    library = file_where.open()
    library.add_recording(recording(1))
    with as_a_reader(folder):  # a window is open beside, and its journal not in the file yet
        beside = open_library(folder=folder)
        assert len(beside.sessions()) == 1
        beside.close()
    library.close()
    journal = file.with_name("library.sqlite-wal")
    journal.write_bytes(b"what a crash left")
    with as_a_reader(folder), pytest.raises(LibraryError, match="Copy both files to where"):
        open_library(folder=folder)
    journal.unlink()
    with closing(sqlite3.connect(file)) as old:
        old.execute("UPDATE alembic_version SET version_num = '0002'")
        old.commit()
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = file.read_bytes()
    with as_a_reader(folder):
        with pytest.raises(LibraryError, match=r"revision 0002 .* upgraded to .* cannot be writ"):
            open_library(folder=folder)
    assert file.read_bytes() == before
    with pytest.raises(LibraryAwayError, match="changed by somebody else while it was read"):
        with unchanged(file, "of the practice"):
            file.write_bytes(before + b"a page of another computer")


def test_a_disk_mounted_read_only_is_read_and_named(file_where: Where) -> None:
    library = file_where.open()
    library.add_recording(recording(1))
    library.close()
    with mounted_read_only(file_where.folder):
        library = open_library(folder=file_where.folder)
        assert [one.person for one in library.sessions()] == ["P01"]
        with pytest.raises(LibraryAwayError, match="read-only here"):
            library.describe_person("P02", who="T")
        library.close()
        assert [one.name for one in file_where.folder.iterdir()] == ["library.sqlite"]

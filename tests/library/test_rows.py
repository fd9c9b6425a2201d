"""The rows of one database go into another and are the same there."""

from __future__ import annotations

import json
import threading
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.errors import FileFormatError, LibraryError
from firingorder.library import open_library, schema
from firingorder.library.connecting import connect, place_of
from firingorder.library.rows import check_rows, read_rows, write_rows
from tests.library.made import KEY, correction, leads, recording, result
from tests.library.test_schema import old_library

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.postgres_server import Server
    from tests.library.conftest import Where


def content(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as zipped:
        return {
            name: json.loads(zipped.read(name))
            if name == "rows.json"
            else [json.loads(line) for line in zipped.read(name).splitlines()]
            for name in zipped.namelist()
        }


def test_rows_go_to_a_server_and_back_unchanged(
    file_where: Where, server: Server, tmp_path: Path
) -> None:
    library = file_where.open()
    library.describe_person("P01", name="Ada", who="T")
    for number in (1, 2):
        library.add_recording(recording(number))
        library.add_analysis(f"rec-{number:05d}", KEY, result([*leads(number, 4), None]))
    library.add_corrections("rec-00001", [correction(1, onset_s=None, kind="no_onset")])
    library.backup_to(tmp_path / "one.zip")
    library.close()
    url = server.new_database()
    engine = connect(place_of(url, tmp_path))
    read_rows(engine, tmp_path / "one.zip")
    engine.dispose()
    there = open_library(url, folder=file_where.folder)
    there.backup_to(tmp_path / "two.zip")
    assert there.add_recording(recording(3)).number == 3  # the server counts on
    there.close()
    back = connect(place_of(None, tmp_path / "back"))
    read_rows(back, tmp_path / "two.zip")
    write_rows(back, tmp_path / "three.zip")
    back.dispose()
    one = content(tmp_path / "one.zip")
    assert one["rows.json"]["rows"]["repetition"] == 10
    assert one == content(tmp_path / "two.zip") == content(tmp_path / "three.zip")
    assert (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600
    with pytest.raises(LibraryError, match="exists already"):
        open_library(folder=tmp_path / "back").backup_to(tmp_path / "one.zip")


def test_rows_of_an_older_revision_are_upgraded_on_the_way(empty: Where, tmp_path: Path) -> None:
    old_library(empty)
    engine = connect(place_of(empty.url, empty.folder))
    write_rows(engine, tmp_path / "old.zip")
    engine.dispose()
    assert check_rows(tmp_path / "old.zip") == "0001"
    new = connect(place_of(None, tmp_path / "new"))
    read_rows(new, tmp_path / "old.zip")
    new.dispose()
    library = open_library(folder=tmp_path / "new")
    assert library.take_remark() == ""
    assert [row.pain_before for row in library.sessions()] == [3]
    library.close()


def test_rows_belong_to_one_instant_while_others_write(where: Where, tmp_path: Path) -> None:
    """Pairs that are written together are there together; without one picture they are not."""
    library, writer = where.open(), where.open()
    library.describe_person("P01", who="T")
    going, enough = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not enough.is_set():
            number += 1
            with writer.writing() as session:
                for half in ("audit", "note"):
                    writer._write(session, half, "P01", half_of(number))
            if number == 3:
                going.set()

    def half_of(number: int) -> dict[str, Any]:
        words = {"text": str(number), "detail": str(number), "act": "pair"}
        return {"who": "T", "at_s": float(number), "session": None, **words}

    thread = threading.Thread(target=write)
    thread.start()
    going.wait()
    for k in range(3):
        library.backup_to(tmp_path / f"{k}.zip")
    enough.set()
    thread.join()
    for k in range(3):
        found = content(tmp_path / f"{k}.zip")
        audits = [one["detail"] for one in found["audit.jsonl"] if one["act"] == "pair"]
        assert audits == [one["text"] for one in found["note.jsonl"]]
        assert len(audits) >= 3
    library.close()
    writer.close()


def test_damaged_and_newer_rows_are_refused(file_where: Where, tmp_path: Path) -> None:
    library = file_where.open()
    library.add_recording(recording(1))
    library.backup_to(tmp_path / "whole.zip")
    library.close()
    whole = content(tmp_path / "whole.zip")

    def written(name: str, about: dict[str, Any], *, without: str = "") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as zipped:
            for entry, rows in whole.items():
                if entry not in ("rows.json", without):
                    zipped.writestr(entry, "".join(json.dumps(row) + "\n" for row in rows))
            if without:
                zipped.writestr(without, "")
            zipped.writestr("rows.json", json.dumps(about))
        return path

    about = whole["rows.json"]
    with pytest.raises(FileFormatError, match="newer"):
        check_rows(written("newer.zip", {**about, "revision": "9999"}))
    with pytest.raises(FileFormatError, match="newer"):
        check_rows(written("schema.zip", {**about, "schema": "firingorder.rows/2"}))
    (tmp_path / "junk.zip").write_bytes(b"junk")
    with pytest.raises(FileFormatError, match="damaged"):
        check_rows(tmp_path / "junk.zip")
    engine = connect(place_of(None, tmp_path / "new"))
    with pytest.raises(FileFormatError, match="rows of audit are missing"):
        read_rows(engine, written("less.zip", about, without="audit.jsonl"))
    engine.dispose()
    assert check_rows(tmp_path / "whole.zip") == schema.HEAD

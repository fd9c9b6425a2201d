"""Older libraries are upgraded with their rows, newer and foreign ones are left alone."""

from __future__ import annotations

import sqlite3
import stat
import zlib
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, insert, inspect, text
from sqlalchemy.exc import IntegrityError

from firingorder.errors import LibraryError, UsageError
from firingorder.library import open_library, schema
from firingorder.library.connecting import connect, place_of
from firingorder.library.models import Base
from tests.library.made import T0, correction, recording

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.library.conftest import Where

#: Rows as the first released revision has them.
OLD_ROWS: dict[str, list[dict[str, Any]]] = {
    "person": [{"id": 1, "code": "P01", "created_s": T0}],
    "identity": [{"person_id": 1, "name": "Ada", "birth_year": 1990}],
    "recording": [
        {
            "id": 5, "recording_id": "old", "path": "recordings/old.mcap", "sha256": "0" * 64,
            "bytes": 7, "finished": True, "simulated": False, "software": "0.1.0", "added_s": T0,
        }
    ],
    "session": [
        {
            "id": 6, "person_id": 1, "recording_id": 5, "start_s": T0, "duration_s": 9.0,
            "task": "bridge", "side": "both", "calibration": "", "pads_reapplied": None,
            "pain_before": 3, "pain_after": 42, "analysed": True, "scored": 4,
        }
    ],
    "analysis": [
        {
            "id": 7, "recording_id": 5, "sha256": "0" * 64, "montage_hash": "", "calibration": "",
            "settings_hash": "h1", "version": "0.1.0", "made_s": T0,
            "result": zlib.compress(b"{}"),
        }
    ],
    "repetition": [
        {
            "id": 8, "analysis_id": 7, "number": 1, "set_index": 1, "task": "bridge",
            "side": "both", "start_s": 1.0, "end_s": 2.0, "scored": True, "verdict": "together",
            "reason": "",
        }
    ],
    "summary": [
        {
            "id": 9, "session_id": 6, "person_id": 1, "start_s": T0, "task": "bridge",
            "side": "both", "version": "0.1.0", "scored": 4, "leads": 0, "glutes_first": 0,
            "together": 4, "back_first": 0, "unclear": 0,
        }
    ],
    "note": [
        {"id": 1, "person_id": 1, "session_id": 6, "at_s": T0, "who": "T", "text": "old words"}
    ],
}  # fmt: skip


def engine_of(where: Where) -> Engine:
    return connect(place_of(where.url, where.folder))


def old_library(where: Where, revision: str = "0001") -> None:
    engine = engine_of(where)
    schema.upgrade(engine, to=revision)
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for name, rows in OLD_ROWS.items():
            connection.execute(insert(tables.tables[name]), rows)
    engine.dispose()


def test_a_library_of_the_first_revision_is_upgraded_with_all_its_rows(empty: Where) -> None:
    old_library(empty)
    library = empty.open()
    row = library.session_of("old")
    assert row is not None
    assert (row.id, row.number, row.scored, row.corrected) == (6, 1, 4, 0)
    assert (row.pain_before, row.pain_after) == (3, None)  # 42 is no pain
    assert (row.recording.imported, row.recording.further) == (False, ())
    assert [one.id for one in library.analyses("old")] == [7]
    assert library.result(7) == {}
    point = library.trend("P01")[0]
    assert (point.together, point.settings_hash) == (4, "h1")
    assert row.recording.copies == ()
    assert [one.text for one in library.notes("P01")] == ["old words"]
    person = library.person("P01")
    assert person is not None
    assert person.name == "Ada"
    assert library.add_recording(recording(1)).number == 2  # numbers count on
    remark = library.take_remark()
    assert "upgraded from revision 0001" in remark
    library.close()
    copies = sorted(empty.folder.glob("*.before-*.sqlite"))
    if empty.url is None:
        assert [str(copy) in remark for copy in copies] == [True]
        assert stat.S_IMODE(copies[0].stat().st_mode) == 0o600
        with closing(sqlite3.connect(copies[0])) as copy:
            assert copy.execute("SELECT pain_after FROM session").fetchall() == [(42,)]
            assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    again = empty.open()
    assert again.take_remark() == ""
    assert sorted(empty.folder.glob("*.before-*.sqlite")) == copies
    again.close()


def test_migrations_make_the_tables_of_the_models(empty: Where) -> None:
    """Also what a comparison does not see: constraints, and what goes with a row."""
    empty.open().close()
    engine = engine_of(empty)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        for table in Base.metadata.tables.values():
            keys = inspect(connection).get_foreign_keys(table.name)
            found = {
                one["constrained_columns"][0]: one.get("options", {}).get("ondelete")
                for one in keys
            }
            wanted = {one.column_keys[0]: one.ondelete for one in table.foreign_key_constraints}
            assert found == wanted, table.name
            checks = {
                str(one["name"]) for one in inspect(connection).get_check_constraints(table.name)
            }
            assert checks == {
                str(one.name)
                for one in table.constraints
                if type(one).__name__ == "CheckConstraint"
            }
    for sentence in (
        "INSERT INTO identity (person_id, name, birth_year) VALUES (1, '', 12)",
        "INSERT INTO note (person_id, at_s, who, text) VALUES (77, 0, '', '')",
        "INSERT INTO person (code, created_s) VALUES ('', 0)",
    ):
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(text("DELETE FROM person"))
            connection.execute(text("INSERT INTO person (id, code, created_s) VALUES (1, '', 0)"))
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(text(sentence))
    engine.dispose()


def test_a_newer_and_a_foreign_library_are_refused_and_not_touched(where: Where) -> None:
    where.open().close()
    engine = engine_of(where)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LibraryError, match="revision 9999, written by a newer"):
        where.open()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(LibraryError, match="of another program"):
        where.open()
    engine.dispose()


def test_what_is_no_library_is_said_and_left_alone(file_where: Where, tmp_path: Path) -> None:
    garbage = bytes(range(256)) * 40
    file_where.file.write_bytes(garbage)
    with pytest.raises(LibraryError, match="is no library of firingorder"):
        file_where.open()
    assert file_where.file.read_bytes() == garbage
    whole = tmp_path / "damaged"
    library = open_library(folder=whole)
    library.add_recording(recording(1))
    library.add_corrections("rec-00001", [correction(k) for k in range(300)])
    library.compact()
    library.close()
    data = bytearray((whole / "library.sqlite").read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    (whole / "library.sqlite").write_bytes(data)
    with pytest.raises(LibraryError, match="damaged"):
        open_library(folder=whole)
    for url in ("mysql://a/b", "nonsense", "sqlite://", "postgresql+asyncpg://a/b"):
        with pytest.raises(UsageError, match="postgresql://USER@HOST/DATABASE"):
            open_library(url, folder=tmp_path)


def test_a_password_is_in_no_sentence(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot be reached") as refused:
        open_library("postgresql://us:geheim@127.0.0.1:1/library", folder=tmp_path)
    assert "geheim" not in str(refused.value)

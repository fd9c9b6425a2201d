"""Libraries for tests: a SQLite file each, and a PostgreSQL server of our own on loopback."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from benchmarks.postgres_server import MISSING, Server, running
from firingorder.library.opening import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.library.library import Library


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Give a running PostgreSQL, or skip and say why."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra: postgres)")
    with running() as one:
        if one is None:
            pytest.skip(MISSING)
        yield one


@dataclass
class Where:
    """Where a library is to be: what ``open_library`` takes."""

    url: str | None
    folder: Path

    def open(self, *, busy_s: float = 5.0) -> Library:
        return opened(self.url, self.folder, busy_s=busy_s)

    @property
    def file(self) -> Path:
        return self.folder / "library.sqlite"


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty library of this version: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("ready")
    opened(None, folder).close()
    return folder / "library.sqlite"


@pytest.fixture(scope="session")
def ready_database(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = server.new_database()
    opened(url, tmp_path_factory.mktemp("ready-server")).close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """A place without any table."""
    if request.param == "sqlite":
        return Where(None, tmp_path / "data")
    server: Server = request.getfixturevalue("server")
    return Where(server.new_database(), tmp_path / "data")


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """A place with an empty library of this version."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("ready_file"), folder / "library.sqlite")
        return Where(None, folder)
    server: Server = request.getfixturevalue("server")
    return Where(server.new_database(request.getfixturevalue("ready_database")), folder)


@pytest.fixture
def file_where(ready_file: Path, tmp_path: Path) -> Where:
    """The same, SQLite only."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(ready_file, folder / "library.sqlite")
    return Where(None, folder)


@pytest.fixture
def library(where: Where) -> Iterator[Library]:
    one = where.open()
    yield one
    one.close()

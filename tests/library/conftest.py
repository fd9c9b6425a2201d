"""Libraries for tests: a SQLite file each, and a PostgreSQL server of our own on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firingorder.library.opening import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.library.library import Library

_USER = "postgres"


class Server:
    """A PostgreSQL server in a folder of its own, with nothing kept safe: it is only for tests."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._data = programs, folder / "data"
        self._as = ()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, _USER, _USER)
            self._as = ("setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "--no-sync", "--auth=trust", "--locale=C", "-E", "UTF8", "-U", "us")
        self._process: subprocess.Popen[str] | None = None
        self._count = 0
        self.start()

    def start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": 40,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._process = subprocess.Popen(
            [*self._as, self._programs / "postgres", "-D", self._data, *options],
            stderr=subprocess.PIPE, text=True, env={"PATH": "/usr/bin:/bin"}, cwd="/",
        )  # fmt: skip
        assert self._process.stderr is not None
        said: list[str] = []
        for line in self._process.stderr:
            said.append(line)
            if "ready to accept connections" in line:
                break
        else:
            pytest.fail(f"PostgreSQL did not start: {''.join(said)}", pytrace=False)
        self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._reader.start()  # what it says further must not fill the pipe

    def stop(self) -> None:
        """End it at once, as a power cut would: connections break."""
        if self._process is not None and self._process.stderr is not None:
            # Immediate shutdown (PostgreSQL 15 documentation, 19.5).
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=20)
            self._reader.join()
            self._process.stderr.close()
            self._process = None

    def new_database(self, like: str = "template1") -> str:
        """Make a database and return its address."""
        import psycopg

        self._count += 1
        name = f"library_{self._count}"
        with psycopg.connect(f"{self.url('postgres')}", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE {name} TEMPLATE "{like}"')  # pyright: ignore[reportArgumentType, reportCallIssue]
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://us@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, self._programs / program, "-D", self._data, *arguments],
            check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"}, cwd="/",
        )  # fmt: skip


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Give a running PostgreSQL, or skip and say why."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra: postgres)")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # Not in pytest's own folder: another user has to reach it.
    with tempfile.TemporaryDirectory(prefix="firingorder-pg-", ignore_cleanup_errors=True) as name:
        running = Server(found[-1].parent, Path(name))
        try:
            yield running
        finally:
            running.stop()


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

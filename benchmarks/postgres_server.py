"""A PostgreSQL server of our own on loopback, out of the programs that Debian installs.

Nothing in it is kept safe (no fsync): it is for tests and benchmarks.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

MISSING = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
_USER = "postgres"


class Server:
    """One server; ``stop`` ends it as a power cut would."""

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
        """Start it, and return when it takes connections."""
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
            raise RuntimeError(f"PostgreSQL did not start: {''.join(said)}")
        self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._reader.start()  # what it says further must not fill the pipe

    def stop(self) -> None:
        """End it at once: connections break, nothing is written any more."""
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
        from psycopg import sql

        self._count += 1
        name = f"library_{self._count}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(like)
        )
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(made)
        return self.url(name)

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql://us@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, self._programs / program, "-D", self._data, *arguments],
            check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"}, cwd="/",
        )  # fmt: skip


def programs() -> Path | None:
    """Return where the programs of the newest installed PostgreSQL are, None for nowhere."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def running() -> Generator[Server | None]:
    """Give a running server; None where PostgreSQL is not installed."""
    where = programs()
    if where is None:
        yield None
        return
    # Not below a folder that only we may enter: the server is another user.
    with tempfile.TemporaryDirectory(prefix="firingorder-pg-", ignore_cleanup_errors=True) as name:
        server = Server(where, Path(name))
        try:
            yield server
        finally:
            server.stop()

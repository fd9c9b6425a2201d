"""Scripts with windows of their own, each in its own process, without importing Qt each time.

A helper process imports the window and what the scripts plant, once for each test worker, and
forks itself for every script before there is any application: each makes its own, on the platform
and screen that its environment names. Linux only; elsewhere a script is started anew.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.programs import CAN_FORK

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
OVER = "script over:"
HELPER = f"""
import json, os, sys, traceback
import firingorder.cli, firingorder.gui.window
import tests.gui.coached, tests.gui.pictures, tests.gui.planted_library, tests.gui.prepared

for line in sys.stdin:
    asked = json.loads(line)
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        print("\\n{OVER}", os.waitstatus_to_exitcode(status), flush=True)
        continue
    os.environ.update(asked["env"])
    os.dup2(os.open(asked["errors"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    print(os.getpid(), flush=True)
    code = 1
    try:
        exec(compile(asked["script"], "<script>", "exec"), {{"__name__": "__main__"}})
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
"""


class Beside:
    """A running script: what it prints line by line, its end."""

    def __init__(self, script: str, env: Mapping[str, str], errors: Path) -> None:
        self._errors = errors
        self.returncode: int | None = None
        self._forked = CAN_FORK
        if not CAN_FORK:
            self._process = _started(script, env, errors)
        else:
            self._process = _helper()
            asked = {"script": script, "env": dict(env), "errors": str(errors)}
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            assert self._process.stdout is not None
            self._pid = int(self._process.stdout.readline())

    def readline(self) -> str:
        """Return the next line; nothing once the script is over."""
        if self.returncode is not None:
            return ""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if self._forked and line == "\n":
            line = self._process.stdout.readline()
        if self._forked and line.startswith(OVER):
            self.returncode = int(line.removeprefix(OVER))
            return ""
        if not line:
            self.returncode = self._process.wait(10)
        return line

    def rest(self) -> list[str]:
        """Return all lines that are still to come, and wait for the end."""
        lines: list[str] = []
        while line := self.readline():
            lines.append(line)
        return lines

    def errors(self) -> str:
        """Return what it wrote to stderr."""
        return self._errors.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End it now."""
        if self.returncode is None:
            os.kill(self._pid if self._forked else self._process.pid, signal.SIGTERM)
            self.rest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


@cache
def _helper() -> subprocess.Popen[str]:
    """Return the process that forks; it ends with the worker, as its stdin does."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    helper = subprocess.Popen(
        [sys.executable, "-c", HELPER], cwd=ROOT, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    atexit.register(helper.communicate)  # it ends with its input
    return helper


def _started(script: str, env: Mapping[str, str], errors: Path) -> subprocess.Popen[str]:
    with errors.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, **env}, text=True,
            stdout=subprocess.PIPE, stderr=file,
        )  # fmt: skip

"""``python -m firingorder`` as a process of its own, without waiting for its imports each time.

A helper process imports what the commands need, once for each test worker, and forks itself for
every program: a process with its own pipes, signals, exit status and end of the interpreter. Where
a system cannot fork, each program is started anew. How Python itself starts the program is tested
in tests/gui/test_pages_real.py and tests/test_packaging.py.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn, Self

ROOT = Path(__file__).resolve().parents[1]
#: Elsewhere libraries may not be used behind a fork (macOS), or there is none.
CAN_FORK = sys.platform == "linux"
#: What most commands import; no Qt, as in a command without a window.
WANTED = (
    "firingorder.cli", "firingorder.cli.record", "firingorder.cli.simulate",
    "firingorder.session.files", "firingorder.session.archive.archive",
)  # fmt: skip


class Program:
    """A started program; ``stdout`` and ``stderr`` are text. Warnings are errors in it."""

    def __init__(self, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.returncode: int | None = None
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **(env or {})}
        if not CAN_FORK:
            self._plain = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "firingorder", *arguments],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
                env=environment,
            )  # fmt: skip
            assert self._plain.stdout is not None
            assert self._plain.stderr is not None
            self.stdout, self.stderr = self._plain.stdout, self._plain.stderr
            self.pid = self._plain.pid
            return
        ends = [os.pipe() for _ in range(3)]
        asked = {"arguments": arguments, "env": environment}
        with _lock:
            helper = _helper()
            data = json.dumps(asked).encode()
            helper.sendall(len(data).to_bytes(4, "little"))
            socket.send_fds(helper, [data[:1]], [write for _, write in ends])
            helper.sendall(data[1:])
            self.pid = int.from_bytes(helper.recv(4, socket.MSG_WAITALL), "little")
        for _, write in ends:
            os.close(write)
        self.stdout: IO[str] = os.fdopen(ends[0][0], encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(ends[1][0], encoding="utf-8")
        self._status = ends[2][0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stderr.close()
        self.wait()

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""
        return self.returncode if self._over(0.0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status when it has ended; negative: the signal that ended it."""
        if not self._over(timeout):
            raise subprocess.TimeoutExpired("firingorder", timeout or 0.0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal; none if it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """End it politely."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL if CAN_FORK else signal.SIGTERM)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Return what is still said on both pipes when it has ended."""
        said: list[str] = []
        beside = threading.Thread(target=lambda: said.append(self.stderr.read()))
        beside.start()
        out = self.stdout.read()
        beside.join()
        self.wait(timeout)
        self.stdout.close()
        self.stderr.close()
        return out, said[0]

    def _over(self, timeout: float | None) -> bool:
        if self.returncode is not None:
            return True
        if not CAN_FORK:
            try:
                self.returncode = self._plain.wait(timeout)
            except subprocess.TimeoutExpired:
                return False
            return True
        if not select.select([self._status], [], [], timeout)[0]:
            return False
        text = os.read(self._status, 20)
        assert text, "the helper that starts programs has ended"
        self.returncode = os.waitstatus_to_exitcode(int(text))
        os.close(self._status)
        return True


_lock = threading.Lock()


@cache
def _helper() -> socket.socket:
    """Start the helper of this test worker."""
    here, there = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.programs", str(there.fileno())],
        pass_fds=[there.fileno()], cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    there.close()

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


def _serve(asks: socket.socket) -> dict[str, Any]:
    """Fork for each request; return it in the new process, end when nobody is left to ask."""
    wakes, wake = os.pipe()
    for end in (wakes, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, int] = {}
    while True:
        ready = select.select([asks, wakes], [], [])[0]
        if wakes in ready:
            os.read(wakes, 4096)
            _bury(running)
        if asks not in ready:
            continue
        size = asks.recv(4, socket.MSG_WAITALL)
        if not size:
            os._exit(0)  # what still runs belongs to nobody
        first, ends, _, _ = socket.recv_fds(asks, 1, 3)
        length = int.from_bytes(size, "little") - 1
        request = json.loads(first + asks.recv(length, socket.MSG_WAITALL))
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for one in (asks.detach(), wakes, wake, ends[2], *running.values()):
                os.close(one)
            return {**request, "ends": ends[:2]}
        for one in ends[:2]:
            os.close(one)
        running[pid] = ends[2]
        asks.sendall(pid.to_bytes(4, "little"))


def _bury(running: dict[int, int]) -> None:
    """Tell the status of whoever has ended."""
    for pid in list(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            end = running.pop(pid)
            os.write(end, str(status).encode())
            os.close(end)


def _become(request: dict[str, Any]) -> NoReturn:
    """Be the program that was asked for, to the end of the interpreter."""
    for number, one in enumerate(request["ends"], start=1):
        os.dup2(one, number)
        os.close(one)
    os.environ.clear()
    os.environ.update(request["env"])
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)
    sys.stdout.reconfigure(write_through=unbuffered)
    sys.argv[1:] = request["arguments"]
    runpy.run_module("firingorder", run_name="__main__", alter_sys=True)
    raise SystemExit(0)


if __name__ == "__main__":
    for name in WANTED:
        __import__(name)
    gc.freeze()  # what all programs share is no garbage of any
    _become(_serve(socket.socket(fileno=int(sys.argv[1]))))

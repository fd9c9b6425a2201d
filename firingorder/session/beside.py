"""A process beside this one that judges repetitions while this one conditions the next samples.

Half of what a long recording costs is judging, and a repetition is judged by its case alone
(``signal/case.py``). The two processes talk through pipes, one case and one decision at a time.
Whatever goes wrong beside, the case is here still and is judged here: no result depends on it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from firingorder.signal.case import decide
from firingorder.threads import ONE_THREAD

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from firingorder.signal.case import Beside, Case, Decision

#: Repetitions judged here before a process is started, and before it is asked: a start takes as
#: long as some twenty of them (1.7 s of processor time against 80 ms each, measured), and is not
#: worth it where no more than that are left, which nobody knows before.
START_AT, USE_FROM = 20, 40
#: What a broken pipe, a process that ended and half a message raise.
_BROKEN = (OSError, EOFError, pickle.UnpicklingError, ValueError)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def second_process(start_at: int = START_AT, use_from: int = USE_FROM) -> Generator[Beside | None]:
    """Give who judges beside this process, None where there is but one core; it ends with this."""
    if usable_cores() < 2:
        yield None
        return
    judge = SecondProcess(start_at, use_from)
    try:
        yield judge
    finally:
        judge.close()


class SecondProcess:
    """Judges cases in a process of its own, which is started when there are enough of them."""

    def __init__(self, start_at: int = START_AT, use_from: int = USE_FROM) -> None:
        self._start_at, self._use_from = start_at, use_from
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.judged = 0
        """Decisions that came from the other process."""

    @property
    def pid(self) -> int | None:
        """The other process, None where there is none."""
        return None if self._process is None else self._process.pid

    def __call__(self, case: Case) -> Callable[[], Decision]:
        """Take a case along; see :data:`firingorder.signal.case.Beside`."""
        self._count += 1
        if self._count == self._start_at:
            self._process = _started()
        if self._process is None or self._count < self._use_from:
            found = decide(case)
            return lambda: found
        process = self._process
        try:
            _send(process.stdin, case)
        except _BROKEN:
            self.close()
        return lambda: self._received(process, case)

    def close(self) -> None:
        """End the other process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not yet written is not wanted
                    pipe.close()
        process.wait()

    def _received(self, process: subprocess.Popen[bytes], case: Case) -> Decision:
        if self._process is process and process.stdout is not None:
            try:
                found: Decision = pickle.load(process.stdout)
            except _BROKEN:
                self.close()
            else:
                self.judged += 1
                return found
        return decide(case)


def _started() -> subprocess.Popen[bytes] | None:
    """Start the other process with this one's import path; None where that is not possible."""
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from firingorder.session.beside import serve\n"
        "serve(sys.stdin.buffer, sys.stdout.buffer)"
    )
    try:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **ONE_THREAD},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would open one
        )
    except OSError:
        return None


def _send(pipe: BinaryIO | Any, message: object) -> None:
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def serve(cases: BinaryIO, decisions: BinaryIO) -> None:
    """Judge one case after the other until the pipe ends, as it does when the asker is gone.

    Ctrl-C is for the process that asks.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(*_BROKEN):
        while True:
            case: Case = pickle.load(cases)
            _send(decisions, decide(case))

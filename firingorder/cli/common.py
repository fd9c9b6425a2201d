"""What several commands share: opening outputs, progress, and Ctrl-C.

Every command has this, so nothing that takes long to load is imported here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Never, TextIO

from tqdm import tqdm

from firingorder.cli.streams import unwritten_results
from firingorder.session.own_files import private_opener, unwritten, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from firingorder.session.keeping import RecordingKeeper


@contextlib.contextmanager
def text_output(target: str | None) -> Generator[TextIO | None]:
    """Open a file for lines, ``-`` for standard output, None for nothing.

    Raises
    ------
    UsageError
        There is no such folder, or writing is not permitted.
    FiringOrderError
        The disk did not take it.
    """
    if target is None:
        yield None
        return
    try:
        stream = sys.stdout if target == "-" else _own_text(target)
    except OSError as error:
        raise unwritten(target, error) from error
    try:
        yield stream
    finally:
        drop_unwritten(stream)
        if stream is not sys.stdout:
            stream.close()


def _own_text(target: str) -> TextIO:
    """Open a file that is written line by line, for its owner only."""
    return open(target, "w", encoding="utf-8", opener=private_opener)


@contextlib.contextmanager
def naming(target: str) -> Generator[None]:
    """Name what lines are written to where the disk does not take them: the error does not.

    Raises
    ------
    FiringOrderError
        The disk did not take a line.
    """
    try:
        yield
    except BrokenPipeError:  # its reader has enough, which is no error
        raise
    except OSError as error:
        raise (unwritten_results(error) if target == "-" else unwritten(target, error)) from error


def drop_unwritten(stream: TextIO) -> None:
    """Forget what nobody takes, so that closing the stream cannot fail once more."""
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def say_kept(keeper: RecordingKeeper) -> None:
    """Name the files of a recording, also of one whose device was refused or lost."""
    for path in keeper.files:
        if path.exists():  # a person may be erased before the window is closed
            say(f"Recording: {path}")


@contextlib.contextmanager
def on_interrupt(stop: Callable[[], None]) -> Generator[None]:
    """Turn Ctrl-C and a polite kill into a clean end; a second Ctrl-C ends at once."""

    def handle(number: int, _frame: object) -> None:
        stop()
        signal.signal(number, signal.default_int_handler)

    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, handle) for number in numbers]
    try:
        yield
    finally:
        for number, previous in zip(numbers, before, strict=True):
            signal.signal(number, previous)


def progress(total_s: float | None, what: str) -> tqdm[Never]:
    """Return a bar in seconds of session; it shows on a terminal and not in a pipe."""
    return tqdm(
        total=None if total_s is None else round(total_s, 1),
        desc=what,
        unit="s",
        disable=not sys.stderr.isatty(),
        bar_format=None if total_s is None else "{desc} {percentage:3.0f}% |{bar}| {n:.0f} s",
        leave=False,
    )


@contextlib.contextmanager
def share_bar(what: str) -> Generator[Callable[[float], None]]:
    """Show which share of something is done, on a terminal."""
    with tqdm(
        total=1.0,
        desc=what,
        disable=not sys.stderr.isatty(),
        bar_format="{desc} {percentage:3.0f} % |{bar}| {remaining} left",
        leave=False,
    ) as bar:

        def show(share: float) -> None:
            bar.update(share - bar.n)

        yield show


def write_text(path: str, text: str) -> None:
    """Write a result to a file or to standard output (``-``).

    A file is put in its place when it is whole: half of one would be read by the next program. It
    is its owner's only: what muscles do is about somebody's health.

    Raises
    ------
    UsageError
        There is no such folder, or writing is not permitted.
    FiringOrderError
        The disk did not take it.
    """
    if path == "-":
        sys.stdout.write(text + "\n")
        return
    try:
        write_whole(Path(path), text + "\n")
    except OSError as error:
        raise unwritten(path, error) from error


def say(text: str) -> None:
    """Tell the person something, on standard error: standard output is for results."""
    print(text, file=sys.stderr)

"""Standard output and standard error, as every command has them.

Python's errors do not name a stream, `argparse` drops them, and a letter that a stream has no code
for ends a program. So both streams are wrapped once, around all that a command does.
"""

from __future__ import annotations

import contextlib
import errno
import sys
from typing import TYPE_CHECKING, Any, TextIO, cast

from firingorder.errors import FiringOrderError

if TYPE_CHECKING:
    from collections.abc import Generator

STANDARD_OUTPUT = "Standard output"
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Stream:
    """A text stream that writes every letter: what it has no code for as an escape."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write a text."""
        try:
            return self._stream.write(text)
        except UnicodeEncodeError as error:
            code = error.encoding
            return self._stream.write(text.encode(code, "backslashreplace").decode(code))

    def flush(self) -> None:
        """Let go of what is held."""
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the stream has."""
        return getattr(self._stream, name)


class Results(Stream):
    """Standard output: an error says that it is this what could not be written.

    Attributes
    ----------
    failure
        The last error, also one that somebody dropped; None for none.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.failure: OSError | None = None

    def write(self, text: str, /) -> int:
        """Write a text."""
        with self._named():
            return super().write(text)

    def flush(self) -> None:
        """Let go of what is held."""
        with self._named():
            super().flush()

    @contextlib.contextmanager
    def _named(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            error.filename, self.failure = STANDARD_OUTPUT, error
            raise


class Remarks(Stream):
    """Standard error: where nobody can be told anything, the work goes on all the same."""

    def write(self, text: str, /) -> int:
        """Write a text, if it can be."""
        with contextlib.suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Let go of what is held, if it can be."""
        with contextlib.suppress(OSError):
            super().flush()


@contextlib.contextmanager
def own_streams() -> Generator[Results]:
    """Let both standard streams be ours; afterwards they are as they were before."""
    before = sys.stdout, sys.stderr
    results = Results(sys.stdout)
    sys.stdout, sys.stderr = cast("TextIO", results), cast("TextIO", Remarks(sys.stderr))
    try:
        yield results
    finally:
        sys.stdout, sys.stderr = before


def unwritten_results(error: OSError) -> FiringOrderError:
    """Return what it means that standard output takes no more, and what to do."""
    todo = " Free space there, or send it elsewhere." if error.errno in _FULL else ""
    return FiringOrderError(f"{STANDARD_OUTPUT} could not be written: {error.strerror}.{todo}")

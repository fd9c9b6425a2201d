"""The command line: arguments in, exit codes out.

Exit status: 0 done, 1 the work failed, 2 wrong use. An error is one or two sentences on standard
error; a traceback only with ``--debug``.
"""

from __future__ import annotations

import contextlib
import importlib
import keyword
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.parser import build_parser
from firingorder.cli.streams import STANDARD_OUTPUT, own_streams, unwritten_results
from firingorder.errors import FiringOrderError
from firingorder.threads import keep_to_one_thread

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _open_missing()
    with own_streams() as results:
        try:
            args = build_parser().parse_args(argv)
        except SystemExit as end:
            # What was asked for (--help) and cannot be written was dropped without a word.
            with contextlib.suppress(OSError):
                results.flush()
            if end.code or results.failure is None:
                raise
            return _fail_output(results.failure, debug=False)
        return _run(args)


def _run(args: argparse.Namespace) -> int:
    logging.basicConfig(
        level=logging.DEBUG if args.debug else logging.ERROR, format="%(levelname)s %(message)s"
    )
    keep_to_one_thread()
    try:
        # Only the command that was asked for is imported: --help stays quick, and headless
        # commands never touch Qt.
        name = args.command.replace("-", "_")
        name += "_" if keyword.iskeyword(name) else ""
        command = importlib.import_module(f"firingorder.cli.{name}")
        status = int(command.run(args))
        sys.stdout.flush()
        return status
    except FiringOrderError as error:
        return _fail(str(error), error.exit_code, error, debug=args.debug)
    except KeyboardInterrupt as error:
        return _fail("Stopped.", 1, error, debug=args.debug)
    except BrokenPipeError:
        # The reader of a pipe went away (head, less). Nothing is wrong, nothing can be written.
        _drop_output()
        return 0
    except OSError as error:
        if error.filename == STANDARD_OUTPUT:
            return _fail_output(error, debug=args.debug)
        name = f" {error.filename}" if error.filename else ""
        return _fail(f"The system refused{name}: {error.strerror}.", 1, error, debug=args.debug)
    except Exception as error:  # noqa: BLE001 - the top of the program: a person reads this
        words = f"{type(error).__name__}: {error}"
        advice = "This is a fault of firingorder; run again with --debug and report it."
        return _fail(f"Unexpected {words}. {advice}", 1, error, debug=args.debug)


def _open_missing() -> None:
    """Let streams that were closed before the program began (``>&-``) lead nowhere.

    Python has None for them, which cannot be written to; and the next file that is opened would
    get their number, so that what a library prints would end up in a recording.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))


def _drop_output() -> None:
    from firingorder.cli.common import drop_unwritten

    drop_unwritten(sys.stdout)


def _fail_output(error: OSError, *, debug: bool) -> int:
    """End because standard output takes no more; a reader that went away has enough."""
    _drop_output()
    if isinstance(error, BrokenPipeError):
        return 0
    return _fail(str(unwritten_results(error)), 1, error, debug=debug)


def _fail(message: str, status: int, error: BaseException, *, debug: bool) -> int:
    if debug:
        raise error
    print(f"firingorder: {message}", file=sys.stderr)
    return status

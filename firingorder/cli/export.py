"""``firingorder export``: a recording in the formats of other programs."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import progress
from firingorder.errors import UsageError
from firingorder.recording.sealed import Lock
from firingorder.session.exchange.exporting import ExportOptions, export_recording
from firingorder.session.exchange.exporting_library import opened_archive

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Export one recording and say what is not in it."""
    options = ExportOptions(
        label=args.person_code,
        with_text=args.with_text,
        true_dates=args.true_dates,
        automatic=args.automatic,
        lock=_lock(args),
    )
    with opened_archive() as archive, progress(1.0, "export") as bar:

        def show(share: float) -> None:
            bar.update(share - bar.n)

        made = export_recording(Path(args.file), args.to, args.out, options, archive, show)
    print(f"Exported {made.subject} to {made.path}")
    print("Not in this export:")
    for one in made.left_out:
        print(f"  {one}")
    for one in made.notes:
        print(f"Note: {one}")
    return 0


def _lock(args: argparse.Namespace) -> Lock | None:
    if args.seal:
        return Lock(recipients=tuple(args.seal))
    return Lock(passphrase=_passphrase()) if args.passphrase else None


def _passphrase() -> str:
    """Ask for a passphrase twice; in a pipe it is the first line."""
    if not sys.stdin.isatty():
        said = again = sys.stdin.readline().rstrip("\r\n")
    else:
        said, again = getpass.getpass("Passphrase: "), getpass.getpass("Once more: ")
    if said != again:
        raise UsageError("The two passphrases differ; nothing was exported.")
    if not said:
        raise UsageError("The passphrase is empty; nothing was exported.")
    return said

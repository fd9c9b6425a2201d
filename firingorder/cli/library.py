"""``firingorder library``: what is kept of people, and its copies."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Never

from tqdm import tqdm

from firingorder.cli.common import say
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session import preferences
from firingorder.session.archive import Archive
from firingorder.session.archive.analysing import analyse, unanalysed
from firingorder.session.preferences import library_url

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Generator, Sequence

    from firingorder.library.records import SessionRow

SCHEMA = "firingorder.library/1"
_ALL = 1_000_000
_CHANGE = ("erase", "adopt", "analyse")


def run(args: argparse.Namespace) -> int:
    """Do what is asked of the library."""
    url = args.url or library_url()
    if args.act == "restore":
        return _restore(args, url)
    archive = Archive.open(url, who=preferences.load().preferences.therapist)
    try:
        if not (archive.library.read_only and args.act in _CHANGE):  # those are refused with it
            _say_remarks(archive)
        status = _ACTS[args.act](args, archive)
        _say_remarks(archive)
    finally:
        archive.close()
    return status


def _list(args: argparse.Namespace, archive: Archive) -> int:
    rows = archive.library.sessions(args.person, limit=_ALL)
    unknown = archive.unknown()
    if args.json:
        listed = {
            "schema": SCHEMA,
            "people": [asdict(one) for one in archive.library.people()],
            "sessions": [asdict(row) for row in rows],
            "unknown": [str(path) for path in unknown],
        }
        print(json.dumps(listed, indent=1))
        return 0
    if not rows:
        whose = "" if args.person is None else f" of {args.person}"
        print(f"No session{whose} is in the library {archive.library.name}.")
    else:
        print("date (UTC)        person        no  exercise              reps  pain   recording")
    for row in rows:
        print(_line(row))
    if unknown:
        many = "recordings in the data folder are" if len(unknown) > 1 else "recording there is"
        say(f"{len(unknown)} {many} not in the library: firingorder library adopt")
    pending = sum(1 for row in rows if not (row.analysed or row.recording.missing))
    if pending:
        say(f"{_count(pending, 'session')} not analysed yet: firingorder library analyse")
    return 0


def _line(row: SessionRow) -> str:
    when = datetime.fromtimestamp(row.start_utc_s, UTC).strftime("%Y-%m-%d %H:%M")
    task = row.task + ("" if row.side == "both" else f" {row.side}")
    pain = "-".join("?" if p is None else str(p) for p in (row.pain_before, row.pain_after))
    marks = [
        word
        for word, holds in (
            ("simulated", row.recording.simulated),
            ("not analysed", not row.analysed),
            ("not closed", not row.recording.finished),
            ("file missing", row.recording.missing),
        )
        if holds
    ]
    tail = f"  ({', '.join(marks)})" if marks else ""
    return (
        f"{when}  {row.person or '(nobody)':<12} {row.number:>3}  {task:<20} {row.scored:>3}/"
        f"{row.repetitions:<3} {pain:<5} {row.recording.path}{tail}"
    )


def _backup(args: argparse.Namespace, archive: Archive) -> int:
    with _bar("backup") as progress:
        path = archive.backup(Path(args.file), progress)
    print(f"Backup: {path} ({path.stat().st_size / 1e6:.1f} MB). It holds names and recordings.")
    return 0


def _restore(args: argparse.Namespace, url: str | None) -> int:
    with _bar("restore") as progress:
        archive = Archive.restore(Path(args.file), url=url, replace=args.replace, progress=progress)
    count = len(archive.library.sessions(limit=_ALL))
    print(f"Restored: {_count(count, 'session')}; people: {len(archive.library.people())}.")
    _say_remarks(archive)
    archive.close()
    return 0


def _erase(args: argparse.Namespace, archive: Archive) -> int:
    code = args.code
    known = archive.library.person(code)
    if not args.yes and not _sure(code, 0 if known is None else known.sessions):
        raise UsageError("Nothing was erased. Type the code to erase, or give --yes.")
    with _bar("erase") as progress:
        erased = archive.erase(code, progress)
    if not (erased.files or erased.sessions or erased.failed or known):
        print(f"Nothing is kept of {code}.")
        return 0
    gone = f"{_count(erased.sessions, 'session')} and {_count(len(erased.files), 'file')}"
    print(f"Erased: {gone} of {code}.")
    for copy in erased.exports:
        print(f"A copy was made, which is not erased: {copy}")
    if erased.failed:
        for path in erased.failed:
            say(f"Still there: {path}")
        raise FiringOrderError(
            f"{len(erased.failed)} files could not be erased. Close what uses them, check who may "
            f"write there, and run `firingorder library erase {code}` again."
        )
    return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _sure(code: str, sessions: int) -> bool:
    """Ask on a terminal for the code; elsewhere nobody is there who could answer."""
    if not sys.stdin.isatty():
        return False
    say(f"This erases {code}: {sessions} sessions, with recordings, log, results and notes.")
    say("It cannot be undone. Type the code to go on:")
    return sys.stdin.readline().strip() == code


def _adopt(args: argparse.Namespace, archive: Archive) -> int:
    folder = archive.folder / "recordings" if args.folder is None else Path(args.folder)
    with _bar("adopt") as progress:
        adopted = archive.adopt(folder, progress, move=args.move)
    new = _count(len(adopted.sessions), "recording")
    print(f"Adopted: {new}; {adopted.known} known already.")
    for path in adopted.copies:
        say(f"{path} is a copy: the library uses the recording where it lay before.")
    for path, why in adopted.damaged:
        say(f"Not adopted: {why if str(path) in why else f'{path}: {why}'}")
    pending = [row.id for row in adopted.sessions if not row.analysed]
    failed = 0 if args.later else _results(archive, pending)
    return 1 if adopted.damaged or failed else 0


def _analyse(args: argparse.Namespace, archive: Archive) -> int:
    pending = [row.id for row in unanalysed(archive.library, args.person)]
    if not pending:
        whose = "" if args.person is None else f" of {args.person}"
        print(f"Every session{whose} whose file is there has its result.")
        return 0
    return 1 if _results(archive, pending) else 0


def _results(archive: Archive, pending: Sequence[int]) -> int:
    """Analyse sessions and say what came of it; return how many could not be."""
    if not pending:
        return 0
    if sys.stderr.isatty():
        say(f"Analysing {_count(len(pending), 'session')}; Ctrl+C stops, what is done stays.")
    try:
        with _bar("analyse") as progress:
            found = analyse(archive, pending, progress)
    except KeyboardInterrupt:
        left = sum(1 for row in unanalysed(archive.library) if row.id in pending)
        raise FiringOrderError(
            f"Stopped: {len(pending) - left} of {_count(len(pending), 'session')} analysed. "
            "`firingorder library analyse` goes on."
        ) from None
    print(f"Analysed: {_count(found.done, 'session')}.")
    for _, why in found.failed:
        say(f"Not analysed: {why}")
    return len(found.failed)


def _audit(args: argparse.Namespace, archive: Archive) -> int:
    for row in reversed(archive.library.audit(args.limit, args.person or "")):
        when = datetime.fromtimestamp(row.at_utc_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
        parts = (row.act, row.about, row.detail, f"by {row.who}" if row.who else "")
        print(f"{when}  {'  '.join(part for part in parts if part)}")
    return 0


_ACTS: dict[str, Callable[[argparse.Namespace, Archive], int]] = {
    "list": _list,
    "backup": _backup,
    "erase": _erase,
    "adopt": _adopt,
    "analyse": _analyse,
    "audit": _audit,
}


def _say_remarks(archive: Archive) -> None:
    while remark := archive.library.take_remark():
        say(remark)


@contextmanager
def _bar(what: str) -> Generator[Callable[[float, int, str], None]]:
    """Show how far it is, on a terminal."""
    shown: tqdm[Never] = tqdm(
        desc=what, leave=False, disable=not sys.stderr.isatty(),
        bar_format="{desc}: {percentage:3.0f} % of {total} |{bar}| {remaining} left{postfix}",
    )  # fmt: skip

    def progress(done: float, of: int, name: str) -> None:
        shown.total = of
        shown.set_postfix_str(name[-40:], refresh=False)
        shown.update(done - shown.n)

    try:
        yield progress
    finally:
        shown.close()

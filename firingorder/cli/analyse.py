"""``firingorder analyse``: onsets and firing order of files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.asked import load_settings, refuse_rate
from firingorder.cli.cohort import analyse_many, check_workers
from firingorder.cli.common import say, share_bar, write_text
from firingorder.cli.table import text_table
from firingorder.errors import UsageError
from firingorder.recording import readers
from firingorder.session.beside import second_process
from firingorder.session.cohort.tables import is_table
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.reporting import check_target, collect, make
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

#: What `analyse FOLDER` looks for: all that is read when it is named.
SUFFIXES = (".mcap", *sorted(readers.SUFFIXES))
#: Files told by name as left out.
_TOLD = 3


def run(args: argparse.Namespace) -> int:
    """Analyse files and write what was found: as JSON, or as a table for people."""
    settings = load_settings(args.settings)
    if args.print_settings:
        print((settings or Settings()).to_toml())
        return 0
    ours = [Path(name) for name in (args.out, args.plots) if name is not None]
    paths = _paths(args.files, ours)
    refuse_rate(args.rate, paths)
    options = FileOptions(
        task=args.task,
        side=args.side,
        montage=None if args.montage is None else Path(args.montage),
        rate_hz=args.rate,
        settings=settings,
        keep_posteriors=args.posteriors is not None,
    )
    many = len(paths) > 1 or any(one is not None for one in (args.out, args.table, args.plots))
    if args.posteriors is not None and many:
        raise UsageError("--posteriors takes one file at a time, without --out.")
    for target in (args.json, args.posteriors):
        _refuse_nowhere(target)
    if args.report is not None:
        if many:
            raise UsageError("--report takes one file at a time, without --out.")
        check_target(Path(args.report))
    if many:
        return analyse_many(args, paths, options)
    if not isinstance(check_workers(args.workers), int):
        say("One file without --out is analysed here: the workers of a cluster share many.")
    return _one(args, paths[0], options)


def _refuse_nowhere(target: str | None) -> None:
    """Refuse a result whose folder is not there before the work, which may take minutes."""
    if target is None or target == "-" or Path(target).absolute().parent.is_dir():
        return
    raise UsageError(f"{target} cannot be written: there is no folder {Path(target).parent}.")


def _one(args: argparse.Namespace, path: Path, options: FileOptions) -> int:
    with second_process() as beside, share_bar(path.name) as progress:
        found = analyse_path(path, options, beside=beside, progress=progress)
    if args.posteriors is not None:
        found.save_posteriors(Path(args.posteriors))
        say(f"Posteriors: {args.posteriors}")
    if args.report is not None:
        say(f"Report: {make(collect(found, path=path), args.report)}")
    if args.json is None:
        print(text_table(found))
        return 0
    write_text(args.json, json.dumps(found.to_dict(), indent=1))
    if args.json != "-":
        say(f"Result: {args.json}")
    return 0


def _paths(names: list[str], ours: Sequence[Path]) -> list[Path]:
    """Return the files that are named, and those in folders; each once, none that we wrote."""
    if not names:
        raise UsageError("Name a file or folder to analyse.")
    paths: dict[Path, Path] = {}
    written = [one.resolve() for one in ours]
    for name in names:
        path = Path(name)
        inside = [path]
        if path.is_dir():
            found = sorted(one for one in path.rglob("*") if _is_data(one, path, written))
            inside = [one for one in found if _is_recording(one)]
            _tell_left_out([one for one in found if one not in set(inside)])
            if not inside:
                raise UsageError(f"Folder {path} holds no recording of {', '.join(SUFFIXES)}.")
        for one in inside:
            paths.setdefault(one.resolve(), one)
    return list(paths.values())


def _is_data(path: Path, folder: Path, written: Sequence[Path]) -> bool:
    if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
        return False
    above = path.resolve().parents
    own = any(one in above and one != folder.resolve() for one in written)
    return path.is_file() and not own and not is_table(path)


def _is_recording(path: Path) -> bool:
    return path.suffix.lower() not in readers.AMBIGUOUS or readers.holds_recording(path)


def _tell_left_out(paths: Sequence[Path]) -> None:
    if paths:
        more = f" and {len(paths) - _TOLD} more" if len(paths) > _TOLD else ""
        names = ", ".join(path.name for path in paths[:_TOLD])
        say(f"Left out, as they hold no recording: {names}{more}. Name a file to be told why.")

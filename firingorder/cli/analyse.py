"""``firingorder analyse``: onsets and firing order of files."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import load_settings, progress, say, write_text
from firingorder.cli.table import text_table
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.results import Analysis
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    import argparse

_log = logging.getLogger(__name__)

OnResult = Callable[[int, Analysis | FiringOrderError], None]

#: What `analyse FOLDER` looks for.
SUFFIXES = (".mcap", ".edf", ".bdf", ".csv", ".mat")


def run(args: argparse.Namespace) -> int:
    """Analyse files and write what was found: as JSON, or as a table for people."""
    settings = load_settings(args.settings)
    if args.print_settings:
        print((settings or Settings()).to_toml())
        return 0
    paths = _paths(args.files)
    if len(paths) > 1 and args.posteriors is not None:
        raise UsageError("--posteriors takes one file at a time.")
    options = FileOptions(
        task=args.task,
        side=args.side,
        montage=None if args.montage is None else Path(args.montage),
        rate_hz=args.rate,
        settings=settings,
        keep_posteriors=args.posteriors is not None,
    )
    targets = [None] * len(paths) if args.out is None else _targets(Path(args.out), paths)

    def done(index: int, outcome: Analysis | FiringOrderError) -> None:
        """Write a result as soon as it is there: a long run that is stopped keeps what it did."""
        target = targets[index]
        if isinstance(outcome, Analysis):
            if target is not None:
                _write(target, outcome)
        elif len(paths) > 1:
            say(f"firingorder: {outcome}")

    results = _analyse_all(paths, options, done, workers=max(1, args.workers))
    failed = [outcome for outcome in results if isinstance(outcome, FiringOrderError)]
    if failed and len(paths) == 1:
        raise failed[0]
    found = [outcome for outcome in results if isinstance(outcome, Analysis)]
    if args.posteriors is not None:
        found[0].save_posteriors(Path(args.posteriors))
        say(f"Posteriors: {args.posteriors}")
    _show(args.json, found, many=len(paths) > 1, quiet=args.out is not None)
    return 1 if failed else 0


def analyse_one(path: Path, options: FileOptions) -> Analysis | FiringOrderError:
    """Analyse one file; an error is a result, so that one bad file does not end a long run."""
    try:
        return analyse_path(path, options)
    except FiringOrderError as error:
        return error
    except Exception as error:  # noqa: BLE001 - the other files must still be analysed
        _log.debug("analysis failed", exc_info=True)
        words = f"{type(error).__name__}: {error}"
        return FiringOrderError(
            f"{path}: unexpected {words}. This is a fault of firingorder; run it alone with "
            "--debug and report it."
        )


def _paths(names: list[str]) -> list[Path]:
    if not names:
        raise UsageError("Name a file or folder to analyse.")
    paths: list[Path] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES)
            if not inside:
                raise UsageError(f"Folder {path} holds no file of {', '.join(SUFFIXES)}.")
            paths += inside
        else:
            paths.append(path)
    return paths


def _analyse_all(
    paths: list[Path], options: FileOptions, done: OnResult, *, workers: int
) -> list[Analysis | FiringOrderError]:
    results: list[Analysis | FiringOrderError] = []
    with contextlib.ExitStack() as stack:
        bar = stack.enter_context(
            progress(float(len(paths)) if len(paths) > 1 else None, "analysing")
        )
        if workers == 1 or len(paths) == 1:
            outcomes = (analyse_one(path, options) for path in paths)
        else:
            pool = stack.enter_context(worker_pool(workers))
            outcomes = pool.map(analyse_one, paths, repeat(options))
        for outcome in outcomes:
            done(len(results), outcome)
            results.append(outcome)
            bar.update(1)
    return results


def worker_pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool whose processes end at once on Ctrl-C, instead of going on with their files."""
    return ProcessPoolExecutor(
        workers, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_DFL)
    )


def _targets(folder: Path, paths: list[Path]) -> list[Path]:
    """Return a file for each result; files of one name get a number, in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    targets: list[Path] = []
    for path in paths:
        target, number = folder / f"{path.stem}.analysis.json", 1
        while target in targets:
            number += 1
            target = folder / f"{path.stem}-{number}.analysis.json"
        targets.append(target)
    return targets


def _write(target: Path, result: Analysis) -> None:
    write_text(str(target), json.dumps(result.to_dict(), indent=1))
    say(f"Result: {target}")


def _show(target: str | None, found: list[Analysis], *, many: bool, quiet: bool) -> None:
    if target is None:
        if not quiet:
            for result in found:
                print(text_table(result))
        return
    body = [result.to_dict() for result in found] if many else found[0].to_dict()
    write_text(target, json.dumps(body, indent=1))
    if target != "-":
        say(f"Result: {target}")

"""``firingorder analyse`` of many files: workers, kept results, tables, pictures."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from firingorder.cli.common import on_interrupt, say, write_text
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.cohort.cluster import PREFIX, Cluster
from firingorder.session.cohort.cohort import run_cohort
from firingorder.session.cohort.key import without_continuations
from firingorder.session.cohort.pictures import write_pictures
from firingorder.session.cohort.runners import InProcess, Processes
from firingorder.session.cohort.tables import check_table, write_tables
from firingorder.session.cohort.task import raised

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from firingorder.session.cohort.cohort import Cohort, Line
    from firingorder.session.cohort.runners import Runner
    from firingorder.session.files import FileOptions


def analyse_many(args: argparse.Namespace, paths: Sequence[Path], options: FileOptions) -> int:
    """Analyse files by as many workers as asked for; write, and say, what came of them."""
    table = None if args.table is None else Path(args.table)
    if table is not None:
        check_table(table)
    paths, continuing = without_continuations(paths)
    if continuing:
        say(f"{len(continuing)} of the files continue others and are analysed with them.")
    runner = make_runner(args.workers, len(paths))
    out = None if args.out is None else Path(args.out)
    if out is None and len(paths) > 1:
        say("Without --out results are not kept: a run that is stopped begins anew.")
    done: list[Line] = []
    with _bar(paths) as bar:

        def on_line(line: Line, size: int) -> None:
            done.append(line)
            bar.set_description_str(_counted(len(done), len(paths)), refresh=False)
            bar.update(size)
            if line.error and len(paths) > 1:
                bar.write(f"firingorder: {line.error}", file=sys.stderr)

        try:
            with on_interrupt(_stop):
                cohort = run_cohort(
                    paths, options, runner, out=out, again=args.again, on_line=on_line
                )
        except KeyboardInterrupt:
            raise _stopped(done, len(paths), out) from None
    if len(paths) == 1 and cohort.failed and table is None and args.plots is None:
        raise raised(cohort.failed[0].outcome)
    return _write(args, cohort, table, out)


def make_runner(workers: str, files: int) -> Runner:
    """Return who does the work. Errors as :func:`check_workers`."""
    who = check_workers(workers)
    if isinstance(who, Cluster):
        say(who.notice)
        return who
    count = min(who, files)
    return InProcess() if count == 1 else Processes(count)


def check_workers(workers: str) -> int | Cluster:
    """Return how many processes are asked for, or the cluster, which nobody has called yet.

    Raises
    ------
    UsageError
        ``workers`` is no number from 1 on and no address of a cluster.
    """
    if workers.startswith(PREFIX):
        return Cluster(workers.removeprefix(PREFIX))
    if not workers.isdecimal() or int(workers) < 1:
        raise UsageError(f"--workers takes a number from 1 on or {PREFIX}HOST:PORT, not {workers}.")
    return int(workers)


def _write(args: argparse.Namespace, cohort: Cohort, table: Path | None, out: Path | None) -> int:
    if out is not None:
        say(f"Results: {out}")
    if table is not None:
        for path in write_tables(table, cohort, file_names=args.file_names):
            say(f"Table: {path}")
    if args.plots is not None:
        say(f"Pictures: {write_pictures(Path(args.plots), cohort, file_names=args.file_names)}")
    if args.json is not None:
        _write_json(args.json, cohort)
    elif table is None and out is None and args.plots is None:
        print(_short_table(cohort))
    before, failed = len(cohort.before), len(cohort.failed)
    say(
        f"{len(cohort.lines)} files: {len(cohort.lines) - before - failed} analysed"
        + (f", {before} unchanged since before" if before else "")
        + (f", {failed} failed" if failed else "")
        + "."
    )
    return 1 if failed else 0


def _write_json(target: str, cohort: Cohort) -> None:
    found = [_result(line) for line in cohort.lines if not line.error]
    body = found if len(cohort.lines) > 1 else found[0]
    write_text(target, json.dumps(body, indent=1))
    if target != "-":
        say(f"Result: {target}")


def _result(line: Line) -> dict[str, Any]:
    text = line.text or ("" if line.target is None else line.target.read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(text)
    del found["cohort"]
    return found


def _short_table(cohort: Cohort) -> str:
    """Return one line for each recording; whoever wants more names one file."""
    width = max(len(line.path.name) for line in cohort.lines)
    head = f"{'file':<{width}}  {'task':<24} scored  glutes first  together  back first  can't tell"
    lines = [f"{head}  lead ms (95 % interval, n)"]
    for line in cohort.lines:
        row = line.row(file_names=True)
        if line.error:
            lines.append(f"{line.path.name:<{width}}  failed, see above")
            continue
        task = f"{row['task']}, {row['side']}"
        counts = (
            f"{row['scored']:6}  {row['glutes_first']:12}  {row['together']:8}  "
            f"{row['back_first']:10}  {row['unclear']:10}"
        )
        lines.append(f"{line.path.name:<{width}}  {task:<24} {counts}  {_lead_words(row)}")
    return "\n".join(lines)


def _lead_words(row: dict[str, Any]) -> str:
    if row["lead_ms"] is None:
        return "several exercises" if row["leads"] is None else "no lead"
    lead = f"{row['lead_ms']:+.0f}"
    if row["low_ms"] is None:
        return f"{lead} (n = {row['leads']})"
    return f"{lead} ({row['low_ms']:+.0f} to {row['high_ms']:+.0f}, n = {row['leads']})"


def _counted(done: int, files: int) -> str:
    return f"analysing, {done} of {files} files"


def _stop() -> None:
    raise KeyboardInterrupt


def _stopped(done: Sequence[Line], files: int, out: Path | None) -> FiringOrderError:
    kept = sum(not line.error for line in done)
    if out is None:
        return FiringOrderError(f"Stopped after {len(done)} of {files} files; nothing is kept.")
    return FiringOrderError(
        f"Stopped: the results of {kept} of {files} files are in {out}. The same command goes on "
        "from there."
    )


@contextlib.contextmanager
def _bar(paths: Sequence[Path]) -> Any:
    """Open a bar by the bytes of the files, which tells better than their number what is left."""
    total = 0
    for path in paths:
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    with tqdm(
        total=total,
        desc=_counted(0, len(paths)),
        disable=not sys.stderr.isatty(),
        bar_format="{desc} {percentage:3.0f} % |{bar}| {remaining} left",
        leave=False,
    ) as bar:
        yield bar

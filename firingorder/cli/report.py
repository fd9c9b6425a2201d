"""``firingorder report``: the report of a recording as PDF or HTML, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import load_settings, say
from firingorder.report.content.records import ReportOptions
from firingorder.report.wording import Target
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.reporting import check_target, collect, make

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Write the report of one file; standing results and earlier sessions from the library."""
    out, path = Path(args.out), Path(args.file)
    check_target(out)
    options = ReportOptions(
        annex=not args.no_annex,
        patient=args.patient,
        names=args.names,
        free_text=args.free_text,
        note=args.note,
        target=Target() if args.target else None,
    )
    reading = FileOptions(
        task=args.task,
        side=args.side,
        montage=None if args.montage is None else Path(args.montage),
        rate_hz=args.rate,
        settings=load_settings(args.settings),
    )
    content = collect(analyse_path(path, reading), None, options, path=path)
    say(f"Report: {make(content, out)}")
    return 0

"""``firingorder review``: a recording in the window, repetition by repetition, without a belt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.asked import load_settings, refuse_rate
from firingorder.cli.common import say
from firingorder.cli.opening import require_display, start_window
from firingorder.cli.training import open_office
from firingorder.recording.readers import check_kind
from firingorder.session.files import FileOptions
from firingorder.session.interrupts import Interrupts
from firingorder.session.parts import open_first

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Open the window on the page Review; nothing is recorded, and no belt is looked for."""
    path = None if args.file is None else Path(args.file)
    if path is not None:
        refuse_rate(args.rate, [path])
        _check(path)
    require_display()
    start_window()
    from firingorder.gui.app import run_live
    from firingorder.gui.review_idle import IdleSource

    office = open_office(None, None, args.hat)
    screenshot = None if args.screenshot is None else Path(args.screenshot)
    with Interrupts() as interrupts:
        status = run_live(
            IdleSource(),
            page="review",
            theme=args.theme,
            office=office,
            screenshot=screenshot,
            interrupts=interrupts,
            review=path,
            reading=FileOptions(
                task=args.task,
                side=args.side,
                montage=None if args.montage is None else Path(args.montage),
                rate_hz=args.rate,
                settings=None if args.settings is None else load_settings(args.settings),
            ),
        )
    if screenshot is not None:
        say(f"Screenshot: {screenshot}")
    return status


def _check(path: Path) -> None:
    """Refuse what is no recording, before a window opens; files of others are read in it.

    Raises
    ------
    FiringOrderError
        There is no such file, or it cannot be opened.
    """
    if path.suffix.lower() == ".mcap":
        open_first(path)
    else:
        check_kind(path)

"""``firingorder report``: the report of a recording as PDF or HTML, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.asked import load_settings, refuse_rate
from firingorder.cli.common import say
from firingorder.library.connecting import FILE_NAME
from firingorder.recording.reader import open_recording
from firingorder.report.content.records import ReportOptions
from firingorder.report.wording import Target
from firingorder.session.archive import Archive
from firingorder.session.archive.facts import recording_id
from firingorder.session.files import FileOptions
from firingorder.session.paths import data_folder
from firingorder.session.preferences import library_url, load
from firingorder.session.reporting import check_target, collect, make
from firingorder.session.review import open_review

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Write the report of one file; standing results and earlier sessions from the library."""
    out, path = Path(args.out), Path(args.file)
    check_target(out)
    refuse_rate(args.rate, [path])
    options = ReportOptions(
        annex=not args.no_annex,
        patient=args.patient,
        names=args.names,
        free_text=args.free_text,
        note=args.note,
        target=None
        if args.target is None
        else Target(lead_ms=None if args.target is True else args.target),
    )
    reading = FileOptions(
        task=args.task,
        side=args.side,
        montage=None if args.montage is None else Path(args.montage),
        rate_hz=args.rate,
        settings=load_settings(args.settings),
    )
    archive = None if args.alone else _archive(path)
    try:
        review = open_review(path, archive, options=reading)
        try:
            made = make(collect(review, archive, options), out)
            say(f"Report: {made}")
            if archive is not None and review.facts.person:
                # Who is erased is told which copies there are.
                person, library = review.facts.person, archive.library
                library.add_export(person, str(made.resolve()), "report", archive.who)
                while remark := library.take_remark():
                    say(remark)
        finally:
            review.close()
    finally:
        if archive is not None:
            archive.close()
    return 0


def _archive(path: Path) -> Archive | None:
    """Return the library if it is there and knows the recording; a report adds no session."""
    url = library_url()
    if path.suffix.lower() != ".mcap" or (
        url is None and not (data_folder() / FILE_NAME).is_file()
    ):
        return None
    known = recording_id(open_recording(path))
    archive = Archive.open(url, who=load().preferences.therapist)
    if archive.library.session_of(known) is not None:
        return archive
    archive.close()
    return None

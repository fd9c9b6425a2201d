"""``firingorder explain``: why a repetition got its verdict, and what would have changed it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.asked import load_settings, refuse_rate
from firingorder.cli.explain_text import story_text
from firingorder.errors import FiringOrderError, UsageError
from firingorder.library.connecting import FILE_NAME
from firingorder.recording.reader import open_recording
from firingorder.session.files import FileOptions
from firingorder.session.paths import data_folder
from firingorder.session.preferences import library_url
from firingorder.session.review import open_review
from firingorder.session.review.why import explained as explain

if TYPE_CHECKING:
    import argparse

    from firingorder.session.archive import Archive

__all__ = ["explain", "run"]


def run(args: argparse.Namespace) -> int:
    """Explain one repetition of one file, with what people corrected of it."""
    options = FileOptions(
        task=args.task,
        side=args.side,
        montage=None if args.montage is None else Path(args.montage),
        rate_hz=args.rate,
        settings=load_settings(args.settings),
    )
    path = Path(args.file)
    refuse_rate(args.rate, [path])
    archive = _archive(path)
    try:
        review = open_review(path, archive, options=options)
        try:
            if all(one.index != args.rep for one in review.analysis.repetitions):
                count = len(review.analysis.repetitions)
                raise UsageError(
                    f"{args.file} has no repetition {args.rep}; it has {count or 'none'}"
                    + (f" (1 to {count})." if count else ".")
                )
            for remark in review.remarks:
                print(remark, file=sys.stderr)
            story = review.why(args.rep).story
        finally:
            review.close()
    finally:
        if archive is not None:
            archive.close()
    print(json.dumps(story, indent=1) if args.json else story_text(story))
    return 0


def _archive(path: Path) -> Archive | None:
    """Return the archive of this computer if it knows the recording: explaining takes nothing in.

    One that cannot be opened is told; what it holds of corrections is then not known here.
    """
    url = library_url()
    if path.suffix.lower() != ".mcap" or (
        url is None and not (data_folder() / FILE_NAME).is_file()
    ):
        return None
    from firingorder.session.archive import Archive
    from firingorder.session.archive.facts import recording_id

    archive: Archive | None = None
    try:
        archive = Archive.open(url)
        if archive.library.session_of(recording_id(open_recording(path))) is not None:
            return archive
    except FiringOrderError as error:
        print(f"Corrections in the library are left out: {error}", file=sys.stderr)
    if archive is not None:
        archive.close()
    return None

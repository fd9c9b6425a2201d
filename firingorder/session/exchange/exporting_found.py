"""What people changed of a result, from the library or from the file beside the recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.session.exchange.exporting_data import Found
from firingorder.session.files import FileOptions
from firingorder.session.review import beside, open_review
from firingorder.session.review.keys import recording_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.recording.reader import Recording
    from firingorder.session.archive import Archive


def found_by_hand(
    recording: Recording,
    archive: Archive | None,
    progress: Callable[[float], None] | None = None,
) -> Found | None:
    """Return the result with what people changed of it.

    None where nobody can have changed anything: the library does not know the recording, and
    nothing lies beside it. It is then analysed as it is decoded.

    Raises
    ------
    FiringOrderError
        Library or recording cannot be read.
    """
    id_ = recording_source(recording, FileOptions()).id
    known = archive is not None and archive.library.session_of(id_) is not None
    if not known and not beside(recording.path, id_).read():
        return None
    review = open_review(recording.path, archive if known else None, progress=progress)
    try:
        stands = review.standing
        return Found(
            analysis=review.corrected,
            ledger=review.ledger.entries,
            edited=frozenset(stands.onsets),
            corrected=len(stands.onsets) + len(stands.excluded),
        )
    finally:
        review.close()

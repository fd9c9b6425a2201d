"""What happens with a session that has ended: its recording and result go into the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.session.files import engine_analysis
from firingorder.session.preferences import library_url, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.session.engine import Engine
    from firingorder.session.keeping import RecordingKeeper


def keep_session(keeper: RecordingKeeper, engine: Engine, *, tell: Callable[[str], None]) -> None:
    """Keep a session whose recording was stopped; what stands in the way is told, nothing is lost.

    The recording is whole whatever the library says, and can be adopted at any time.
    """
    if not keeper.files:
        return
    first = keeper.files[0]
    if not first.exists():
        tell(
            f"The recording {first} is no longer there: it was erased with its person, or moved "
            "away, since the session ended."
        )
        return
    from firingorder.session.archive.archive import Archive  # not before there is something to keep

    try:
        archive = Archive.open(library_url(), who=load().preferences.therapist)
        try:
            result = engine_analysis(engine, file=first.name, identity=keeper.recording_id)
            archive.keep(first, result, told_live=engine.verdicts.told)
            while remark := archive.library.take_remark():
                tell(remark)
        finally:
            archive.close()
    except FiringOrderError as error:
        tell(
            f"The recording {first} is kept, but the library does not have it yet: {error} Then "
            f"run `firingorder library adopt {first}`."
        )

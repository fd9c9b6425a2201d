"""A recording repetition by repetition: what was found, why, and what a person corrects of it.

No Qt here: the window draws it, ``firingorder explain`` prints it, the report counts on it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from firingorder.errors import FiringOrderError
from firingorder.session.events import repetition_to_dict
from firingorder.session.files import FileOptions
from firingorder.session.review.facts import (
    Band,
    Edit,
    Overview,
    RecordingFacts,
    SignalKind,
    decision_distance_ms,
    unsure,
)
from firingorder.session.review.kept import Flagged, Judged
from firingorder.session.review.ledger import Ledger
from firingorder.session.review.opening import Opened, opened
from firingorder.session.review.raters import rater_sd_s
from firingorder.session.review.review import Review
from firingorder.session.review.shelves import FileShelf, LibraryShelf, beside
from firingorder.session.review.targets import targets
from firingorder.session.review.tracks import Columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.corrections import Standing
    from firingorder.findings import RepetitionFinding
    from firingorder.library.library import Library
    from firingorder.library.records import SessionRow
    from firingorder.session.results import Analysis
    from firingorder.session.review.again import Again
    from firingorder.session.review.clerk import Clerk
    from firingorder.session.review.keys import Source

__all__ = [
    "Band",
    "Columns",
    "Edit",
    "FileShelf",
    "Flagged",
    "Judged",
    "Overview",
    "RecordingFacts",
    "Review",
    "SignalKind",
    "decision_distance_ms",
    "open_review",
    "unsure",
]
NOBODY = "unnamed"


class KeepsRecordings(Protocol):
    """What a review needs of an archive: ``firingorder.session.archive.Archive``."""

    @property
    def library(self) -> Library:
        """The library."""
        ...

    @property
    def who(self) -> str:
        """Who works here."""
        ...

    @property
    def folder(self) -> Path:
        """Where the files of this computer lie."""
        ...

    def cache_folder(self, recording_id: str) -> Path:
        """Return where things of a recording are kept that can be made again."""
        ...

    def keep(self, path: Path, result: Analysis | None = None) -> SessionRow:
        """Take a recording into the library."""
        ...


def open_review(
    path: Path | str,
    archive: KeepsRecordings | None = None,
    *,
    options: FileOptions | None = None,
    progress: Callable[[float], None] | None = None,
    who: str = "",
    clerk: Clerk | None = None,
) -> Review:
    """Open a recording, or a file of another program.

    What is kept of one of our recordings is opened as it is; else it is analysed, and kept where
    there is an archive. Files of other programs are analysed each time: nothing of them stays here
    before they are imported.

    Parameters
    ----------
    archive
        Library and files of this computer; None: corrections lie beside the file, signals are not
        kept.
    options
        As for ``firingorder analyse``.
    progress
        Told the share that is done, 0 to 1; what it raises ends the opening without a trace.
    who
        Name under which changes are made; empty: that of the archive.
    clerk
        Brings changes to the library in its thread; None: every change returns when it is kept.

    Raises
    ------
    FiringOrderError
        The file is missing, damaged or of a newer version; one sentence says what to do.
    """
    path, options = Path(path), options or FileOptions()
    remarks: list[str] = []

    def folder(source: Source) -> Path | None:
        if archive is None or path.suffix.lower() != ".mcap":
            return None
        try:
            return archive.cache_folder(source.id)
        except (FiringOrderError, OSError) as error:
            remarks.append(f"Nothing is kept of this analysis: {error}")
            return None

    found, told = opened(path, options, folder, progress)
    remarks += told
    library, row = None, None
    if archive is not None and found.recording is not None:
        library, row = _in_library(archive, found, options, remarks)
    facts = facts_of(found)
    if row is not None:  # the library knows when a session was given to somebody else
        facts = replace(facts, session=row.number if row.person else None, person=row.person)
    ledger = _ledger(found, archive, library, who, clerk)
    sd_s = 0.0 if archive is None else rater_sd_s(archive.folder, ledger.who)
    if library is None:
        return Review(found, facts, ledger, remarks=remarks, rater_sd_s=sd_s)
    return Review(
        found,
        facts,
        ledger,
        remarks=remarks,
        on_change=_summariser(library),
        on_again=_result_keeper(library, found),
        rater_sd_s=sd_s,
        clerk=clerk,
    )


def facts_of(found: Opened) -> RecordingFacts:
    """Return what is told of a recording."""
    result = found.kept.judged.analysis
    recording = found.recording
    emg = next((one for one in result.recording.streams if one.kind == "emg"), None)
    channels = tuple(one.name for one in result.channels)
    calibration = "" if recording is None else str(recording.calibration.get("id", ""))
    return RecordingFacts(
        id=found.source.id,
        file=found.path.name,
        person="" if recording is None else str(recording.session.get("person") or ""),
        task=result.recording.task,
        side=result.recording.side,
        start_utc_s=None if recording is None else recording.anchor.utc_ns * 1e-9,
        duration_s=result.recording.duration_s,
        simulated=result.recording.simulated,
        foreign=recording is None,
        calibration=calibration,
        channels=channels,
        rate_hz=0.0 if emg is None else emg.rate_hz,
        filter_words=found.kept.judged.filter_words,
        version=result.version,
        settings_hash=result.settings_hash,
        targets={} if recording is None else targets(recording.programme),
    )


def _in_library(
    archive: KeepsRecordings, found: Opened, options: FileOptions, remarks: list[str]
) -> tuple[Library | None, SessionRow | None]:
    """Return the library, and the recording in it, which it is shown if it does not know it."""
    from firingorder.session.archive.facts import result_key

    try:
        library = archive.library
        row = library.session_of(found.source.id)
        result = found.kept.judged.analysis
        if options.asks_otherwise:
            if row is None:
                row = archive.keep(found.path)
            assert found.recording is not None
            key = result_key(found.recording, options)
            library.add_analysis(found.source.id, key, result.to_dict())
        elif row is None or not row.analysed or found.fresh:
            row = archive.keep(found.path, result)
    except (FiringOrderError, OSError) as error:
        remarks.append(f"{error} Changes are kept beside the recording until then.")
        return None, None
    return library, row


def _ledger(
    found: Opened,
    archive: KeepsRecordings | None,
    library: Library | None,
    who: str,
    clerk: Clerk | None,
) -> Ledger:
    id_ = found.source.id
    name = who or ("" if archive is None else archive.who) or NOBODY
    lying_beside = beside(found.path, id_)
    if library is None:
        return Ledger(lying_beside, None, name, clerk=clerk)
    return Ledger(LibraryShelf(library, id_), lying_beside, name, clerk=clerk)


def _result_keeper(library: Library, found: Opened) -> Callable[[Again], None]:
    from firingorder.session.archive.facts import result_key

    def keep(again: Again) -> None:
        assert found.recording is not None
        key = result_key(found.recording, again.options)
        library.add_analysis(found.source.id, key, again.second.to_dict())

    return keep


def _summariser(library: Library) -> Callable[[Standing, Analysis, str], None]:
    from firingorder.library.summarising import summary_of

    told: dict[int, tuple[RepetitionFinding, dict[str, Any]]] = {}

    def row(one: RepetitionFinding) -> dict[str, Any]:
        """Return a repetition of the result; those that stay are made once."""
        if one.index not in told or told[one.index][0] is not one:
            told[one.index] = (one, repetition_to_dict(one))
        return told[one.index][1]

    def tell(stands: Standing, result: Analysis, id_: str) -> None:
        touched = {number for number, _ in stands.onsets} | set(stands.excluded)
        found = {
            **replace(result, repetitions=(), bursts=()).to_dict(),
            "repetitions": [row(one) for one in result.repetitions],
        }
        library.summarise(id_, summary_of(found, corrected=touched))

    return tell

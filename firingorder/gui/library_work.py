"""What the page Library has done beside the window: each returns the sentence about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.errors import LibraryError
from firingorder.gui.library_door import open_archive
from firingorder.gui.view_models.trends_words import counted
from firingorder.session.preferences import library_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.corrections import Correction
    from firingorder.library.library import Library
    from firingorder.library.records import Erased, SessionRow
    from firingorder.report.content.records import ReportOptions
    from firingorder.session.archive.adopting import Adopted
    from firingorder.session.exchange.exporting import ExportOptions
    from firingorder.session.office import Office
    from firingorder.session.results import Analysis

    Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Reviewed:
    """What a report is made of: a review as it stands."""

    path: Path
    analysis: Analysis
    corrected: Analysis
    ledger: Sequence[Correction]


def adopt(office: Office, what: Path | Sequence[Path], tell: Tell) -> Adopted:
    """Take recordings in."""
    return open_archive(office).adopt(what, _counted(tell))


def back_up(office: Office, path: Path, tell: Tell) -> str:
    """Write everything into one file."""
    made = open_archive(office).backup(path, _counted(tell))
    return f"The backup is {made}. It holds names and recordings: keep it where the library may be."


def restore(office: Office, path: Path, tell: Tell) -> str:
    """Put what a backup holds in the place of what is here, which is kept beside it."""
    from firingorder.session.archive import Archive

    folder = office.programme_store.folder.parent
    try:
        archive = open_archive(office)
    except LibraryError:
        archive = None  # a library that cannot be opened is what a backup is for
    if archive is not None:
        archive.close()  # it opens again by itself
    url = library_url(office.preferences)
    made = Archive.restore(path, url=url, folder=folder, replace=True, progress=_counted(tell))
    count = len(made.library.people())
    made.close()
    return f"Restored from {path.name}: {count} people. What was here before is kept beside it."


def erase(office: Office, code: str, tell: Tell) -> Erased:
    """Erase a person everywhere."""
    return open_archive(office).erase(code, _counted(tell))


def export(
    office: Office, row: SessionRow, to: str, out: Path, options: ExportOptions, tell: Tell
) -> str:
    """Make a copy for other programs."""
    from firingorder.session.exchange.exporting import export_recording

    archive = open_archive(office)
    made = export_recording(Path(row.recording.path), to, out, options, archive, tell)
    left = " Left out: " + " ".join(f"{one.rstrip('.')}." for one in made.left_out)
    return f"Exported as {made.subject}: {made.path}.{left if made.left_out else ''}"


def report(
    office: Office, row: SessionRow, target: Path, options: ReportOptions, tell: Tell
) -> str:
    """Write the report of a session."""
    from firingorder.session.reporting import check_target, collect, make
    from firingorder.session.review import open_review

    check_target(target)
    archive = open_archive(office)
    path = Path(row.recording.path)
    review = open_review(path, archive, progress=lambda share: tell(0.8 * share))
    try:
        found = _Reviewed(path, review.analysis, review.corrected, review.ledger.entries)
        made = make(collect(found, archive, options), target)
    finally:
        review.close()
    if row.person:
        archive.library.add_export(row.person, str(made), "report", archive.who)
    return f"The report is {made}."


def written(office: Office, write: Callable[[Library], object], said: str) -> str:
    """Write a small change; return what to say of it: where the library is away it waits."""
    library = open_archive(office).library
    write(library)
    remark = library.take_remark()
    return remark if library.waiting else f"{said} {remark}".strip()


def adopted_words(found: Adopted) -> str:
    """Return what came of an adoption."""
    count = len(found.sessions)
    said = f"{counted(count, 'recording')} adopted"
    if found.known:
        said += f", {found.known} known already"
    if found.copies:
        said += f" ({len(found.copies)} of them as a copy, which is not used)"
    if not found.damaged:
        return f"{said}."
    _, why = found.damaged[0]
    more = len(found.damaged) - 1
    return f"{said}. {len(found.damaged)} could not be read: {why}" + (
        f" And {more} more." if more else ""
    )


def erased_words(done: Erased) -> str:
    """Return what an erasure took, what is left, and which copies may be elsewhere."""
    sessions, files = counted(done.sessions, "session"), counted(len(done.files), "file")
    said = f"{done.person} is erased: {sessions}, {files}."
    if done.failed:
        said += f" Could not be removed: {', '.join(done.failed)}; try again when it is free."
    if done.exports:
        said += f" Copies were made and are not touched: {', '.join(done.exports)}."
    return said


def backup_name(now: datetime | None = None) -> str:
    """Return a name for a backup, by the day."""
    return f"firingorder-backup-{(now or datetime.now(UTC)):%Y-%m-%d}.zip"


def _counted(tell: Tell) -> Callable[[int, int, str], None]:
    def told(done: int, of: int, _name: str) -> None:
        tell(done / max(1, of))

    return told

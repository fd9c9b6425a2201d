"""A recording in the formats of other programs: collected, made nameless, written, noted."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.recording.sealed import Lock, seal
from firingorder.recording.writers import publish, staging
from firingorder.recording.writers.formats import write
from firingorder.session.exchange.exporting_collect import collect
from firingorder.session.exchange.exporting_data import Found, Wishes, export_data
from firingorder.session.exchange.exporting_found import found_by_hand
from firingorder.session.exchange.exporting_privacy import (
    Pseudonym,
    Pseudonyms,
    asked_subject,
    free_subject,
)
from firingorder.session.parts import open_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.recording.reader import Recording
    from firingorder.recording.writers import ExportData
    from firingorder.session.archive import Archive

Format = Literal["bids", "bdf", "csv", "c3d", "parquet", "mat"]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is wished of an export.

    Attributes
    ----------
    label
        The person in the export (``--person-code``); None: the number that the library keeps,
        or the first free one.
    with_text
        Words that people typed go along.
    true_dates
        Dates are not moved.
    automatic
        As it was found, without what people changed.
    lock
        To whom the export is sealed; None: it is open.
    """

    label: str | None = None
    with_text: bool = False
    true_dates: bool = False
    automatic: bool = False
    lock: Lock | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was made: the path to give away, what is not in it, and what to know."""

    path: Path
    subject: str
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


def export_recording(
    path: Path | str,
    to: str,
    out: Path | str,
    options: ExportOptions | None = None,
    archive: Archive | None = None,
    progress: Callable[[float], None] | None = None,
) -> Exported:
    """Export one recording into a folder. Nothing that is there is overwritten.

    Parameters
    ----------
    path
        A recording of ours, finished or not.
    to
        ``bids``, ``bdf``, ``csv``, ``c3d``, ``parquet`` or ``mat``.
    out
        A folder; for ``bids`` a dataset that may have other recordings already.
    options
        The defaults if None.
    archive
        The library that knows the person; None: no dates leave, and the person is the next
        number in the folder.
    progress
        Called with the share that is done, 0 to 1.

    Raises
    ------
    FiringOrderError
        The recording cannot be read, or the export not be written; then nothing of it is there.
    """
    path, out, options = Path(path), Path(out), options or ExportOptions()
    if to not in get_args(Format):
        raise UsageError(f"There is no format {to!r}; known are {', '.join(get_args(Format))}.")
    recording = _recording(path)
    data = collect_export(recording, out, options, archive, progress)
    exported = write_export(data, to, out, options)
    _note(exported, to, recording, archive)
    return exported


def collect_export(
    recording: Recording,
    out: Path,
    options: ExportOptions,
    archive: Archive | None = None,
    progress: Callable[[float], None] | None = None,
) -> ExportData:
    """Return what of a recording leaves, under the name that the person has in this folder."""
    code = str(recording.session.get("person") or "")
    known = None if archive is None else Pseudonyms(archive.folder)
    by_hand = None if options.automatic else found_by_hand(recording, archive, progress)
    collected = collect(recording, analyse=by_hand is None, progress=progress)
    found = by_hand
    if found is None:
        assert collected.analysis is not None
        found = Found(collected.analysis)
    who = _who(code, recording, out, options, known)
    return export_data(
        recording, collected, found, who, known, Wishes(options.with_text, options.true_dates)
    )


def write_export(data: ExportData, to: str, out: Path, options: ExportOptions) -> Exported:
    """Write an export whole, or leave the folder as it was."""
    facts = data.facts
    if options.lock is None:
        with staging(out) as beside:
            written = write(data, to, beside, out)
            publish(list(written.moves), replaces=written.replaces)
        path = written.path
    else:
        # What is open never touches the disk that the sealed file goes to: it may be a stick.
        with staging(Path(tempfile.gettempdir())) as aside:
            plain, opened = aside / "plain", aside / "open"
            plain.mkdir(mode=0o700)
            written = write(data, to, plain, opened)
            publish(list(written.moves))
            path = _free(out, written.stem, ".tar.age")
            seal(opened, path, options.lock)
    return Exported(path, facts.subject, facts.left_out, (*facts.notes, *written.notes))


def _recording(path: Path) -> Recording:
    if path.suffix.lower() != ".mcap" and path.is_file():
        raise FileFormatError(
            f"{path} is a file of another program. Import it first (`firingorder import FILE --out "
            "FILE.mcap`), or read it as it is (`firingorder analyse`)."
        )
    return open_first(path)


def _who(
    code: str,
    recording: Recording,
    out: Path,
    options: ExportOptions,
    known: Pseudonyms | None,
) -> Pseudonym:
    if known is None:
        subject = free_subject(out) if options.label is None else asked_subject(options.label)
        return Pseudonym(subject, None)
    # A recording of nobody is a person of its own: nothing says whose it is.
    mine = known.of(code or f"recording {recording.session.get('recording_id')}")
    return mine if options.label is None else replace(mine, subject=asked_subject(options.label))


def _free(out: Path, stem: str, ending: str) -> Path:
    number, path = 1, out / f"{stem}{ending}"
    while path.exists():
        number += 1
        path = out / f"{stem}_{number}{ending}"
    return path


def _note(exported: Exported, to: str, recording: Recording, archive: Archive | None) -> None:
    """Note the export, so that an erasure can say where copies are."""
    if archive is None:
        return
    code = str(recording.session.get("person") or "")
    try:
        archive.library.add_export(code, str(exported.path.resolve()), to, archive.who)
    except FiringOrderError as error:
        raise FiringOrderError(
            f"{exported.path} was written, but the library could not note it: {error}"
        ) from error

"""Reports of sessions: what they need is collected here, and written as PDF or HTML.

Only the drawing needs Qt; it is loaded when a file or an image is asked for, and where it is
missing one sentence says which package is.
"""

from __future__ import annotations

import importlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from firingorder.errors import FiringOrderError, UsageError
from firingorder.report.content.build import build_report
from firingorder.report.content.records import Found, Material, ReportOptions
from firingorder.session.reporting_facts import facts_of
from firingorder.session.reporting_known import known_of
from firingorder.session.results import Analysis
from firingorder.session.review.review import Review
from firingorder.session.review.targets import targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.corrections import Correction
    from firingorder.report.content.model import ReportContent
    from firingorder.session.reporting_known import Knowing

SUFFIXES = (".pdf", ".html")


class Reviewed(Protocol):
    """A review as it stood at one moment: both results, and the entries between them."""

    @property
    def path(self) -> Path:
        """The recording."""
        ...

    @property
    def analysis(self) -> Analysis:
        """As it was found."""
        ...

    @property
    def corrected(self) -> Analysis:
        """As it stands."""
        ...

    @property
    def ledger(self) -> Sequence[Correction]:
        """All entries, oldest first."""
        ...


def collect(
    subject: Analysis | Review | Reviewed,
    archive: Knowing | None = None,
    options: ReportOptions | None = None,
    *,
    path: Path | None = None,
) -> ReportContent:
    """Return what a report says of an analysis or a review.

    Parameters
    ----------
    subject
        An analysis as it is, or a review with its corrections.
    archive
        Library and files; without it there are no earlier sessions, names and notes.
    options
        What is shown.
    path
        The recording of an analysis; without it everything about the device is "not recorded".
    """
    return build_report(material(subject, archive, path=path), options)


def material(
    subject: Analysis | Review | Reviewed,
    archive: Knowing | None = None,
    *,
    path: Path | None = None,
) -> Material:
    """Return everything a report can be made of; :func:`build_report` shows what is wanted.

    For windows that change options and show the pages again: this part reads files.
    """
    if isinstance(subject, Analysis):
        analysis = standing = subject
        ledger: tuple[Correction, ...] = ()
    else:
        analysis, standing = subject.analysis, subject.corrected
        if isinstance(subject, Review):
            path, ledger = subject.opened.path, subject.ledger.entries
        else:
            path, ledger = subject.path, tuple(subject.ledger)
    row = None if archive is None else archive.library.session_of(standing.recording.id)
    facts = facts_of(standing, path, "" if row is None else row.recording.sha256)
    found = Found(
        version=standing.version,
        settings_hash=standing.settings_hash,
        task=standing.recording.task,
        channels=standing.channels,
        repetitions=standing.repetitions,
        sets=standing.sets,
        warnings=standing.warnings,
        training=() if standing.training is None else standing.training.notes,
        corrections=ledger,
        automatic=analysis.repetitions,
    )
    bare = Material(found, facts, targets=targets(facts.programme))
    return bare if archive is None else known_of(bare, archive, row)


def make(content: ReportContent, path: Path | str) -> Path:
    """Write a report, as PDF or HTML by its suffix; an existing file is replaced at once or not.

    Raises
    ------
    UsageError
        Another suffix, no such folder, or PySide6 is not installed.
    FiringOrderError
        The disk refuses.
    """
    path = Path(path)
    check_target(path)
    paper = _paper()
    data = paper.pdf_bytes(content) if path.suffix.lower() == ".pdf" else (
        paper.html_text(content).encode("utf-8")
    )  # fmt: skip
    _write(path, data)
    return path


def check_target(path: Path) -> None:
    """Refuse what no report can be written to, before any work.

    Raises
    ------
    UsageError
        Another suffix, no such folder, or PySide6 is not installed.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: a report is a .pdf or a .html file; name it so.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file in it.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}.")
    _paper()


def render_pages(content: ReportContent, dpi: float = 96.0) -> list[Any]:
    """Return the sheets of a report as images (``QImage``), for a preview."""
    return _paper().render_pages(content, dpi)


def print_on(printer: Any, content: ReportContent) -> None:
    """Print a report: ``printer`` is a ``QPrinter`` that the window has let somebody choose."""
    _paper().print_on(printer, content)


def _paper() -> Any:
    try:
        return importlib.import_module("firingorder.report.paper.make")
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("PySide6", "shiboken6"):
            if isinstance(error, ModuleNotFoundError):
                raise
            raise UsageError(  # it is there, and a library of the system that it needs is not
                f"A report needs Qt, which does not start here ({error}). "
                "`firingorder doctor` says what to install."
            ) from error
        raise UsageError(
            "A report needs the package PySide6-Essentials, which is not installed: "
            "pip install 'firingorder[gui]'."
        ) from error


def _write(path: Path, data: bytes) -> None:
    """Write beside the target, for its owner only, and put it in its place when it is whole."""
    target = path.absolute()
    try:
        handle, name = tempfile.mkstemp(prefix=".report-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except PermissionError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    except OSError as error:
        raise FiringOrderError(
            f"The report {path} could not be written: {error.strerror}. "
            "What was there before is untouched; make room or choose another folder."
        ) from error


__all__ = [
    "SUFFIXES", "Material", "ReportOptions", "Reviewed", "check_target", "collect", "make",
    "material", "print_on", "render_pages",
]  # fmt: skip

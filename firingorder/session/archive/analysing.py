"""Results for sessions that have none: recordings that were adopted, or whose session broke off."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError, LibraryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firingorder.library.library import Library
    from firingorder.library.records import SessionRow
    from firingorder.session.archive.archive import Archive
    from firingorder.session.review.keys import Source

    #: Sessions that are done, as a number with a share of the one under way; all; its file.
    Progress = Callable[[float, int, str], None]

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Analysed:
    """What came of it: sessions that have a result now, and files that gave none, with why."""

    done: int
    failed: tuple[tuple[Path, str], ...]


def unanalysed(library: Library, person: str | None = None) -> tuple[SessionRow, ...]:
    """Return sessions without a result whose file is there, the oldest first.

    ``person``: theirs only; empty: those of nobody; None: all.
    """
    found = library.sessions(person, limit=_ALL, without_result=True)
    return tuple(one for one in reversed(found) if not one.recording.missing)


def analyse(
    archive: Archive, sessions: Iterable[int], progress: Progress | None = None
) -> Analysed:
    """Analyse sessions as they were recorded and keep the results, each as soon as it is there.

    What ``progress`` raises ends it: results that were kept before stay, of the one under way
    nothing does, and asking again goes on there.

    Parameters
    ----------
    sessions
        Numbers of sessions in the library (``SessionRow.id``).

    Raises
    ------
    LibraryError
        The library refuses.
    """
    archive.library.check_writable()
    numbers = tuple(sessions)
    failed: list[tuple[Path, str]] = []
    done = 0
    for k, number in enumerate(numbers):
        row = archive.library.session(number)
        if row is None or row.analysed:  # erased meanwhile, or somebody was first
            continue
        path = Path(row.recording.path)
        try:
            _analyse(archive, path, _told(progress, k, len(numbers), path.name))
        except LibraryError:
            raise
        except (FiringOrderError, OSError) as error:
            why = str(error)
            failed.append((path, why if str(path) in why else f"{path}: {why}"))
        else:
            done += 1
    if progress is not None:
        progress(len(numbers), len(numbers), "")
    return Analysed(done, tuple(failed))


def _analyse(archive: Archive, path: Path, tell: Callable[[float], None]) -> None:
    from firingorder.session.files import FileOptions
    from firingorder.session.review.opening import opened

    def folder(source: Source) -> Path:
        return archive.cache_folder(source.id)

    tell(0.0)
    found, _ = opened(path, FileOptions(), folder, tell, with_tracks=False)
    try:
        archive.keep(path, found.kept.judged.analysis)
    finally:
        found.close()


def _told(progress: Progress | None, k: int, of: int, name: str) -> Callable[[float], None]:
    def tell(share: float) -> None:
        if progress is not None:
            progress(k + share, of, name)

    return tell

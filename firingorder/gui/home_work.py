"""What is done beside the window with home packages: each returns the sentence about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.gui.library_door import open_archive
from firingorder.session import home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.recording.sealed import Key, Lock
    from firingorder.session.office import Office
    from firingorder.training.programmes.records import Programme

    Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody has to say yes to before it is done."""

    text: str


def pack(
    office: Office, person: str, programme: Programme, target: Path, lock: Lock, photos: Path | None
) -> str:
    """Make a package."""
    made = home.pack(
        open_archive(office), person, programme, target, lock, photos=photos,
        exercises=office.exercises,
    )  # fmt: skip
    notes = " ".join(made.notes)
    return f"{made.path} is ready. Check number, to be told by another way: {made.check}. {notes}"


def open_package(
    office: Office, path: Path, key: Key, *, another: bool
) -> home.OpenedPackage | Question:
    """Open a package, or ask first."""
    archive = open_archive(office)
    try:
        return home.open_package(path, key, archive.folder, archive=archive, another=another)
    except home.NeedsAnswerError as error:
        return Question(str(error))


def make_return(office: Office, target: Path, tell: Tell) -> str:
    """Make the file for the therapist."""
    made = home.make_return(open_archive(office), target, progress=_counted(tell))
    left = "".join(f" Not in it: {one}." for one in made.left_out)
    noun = "recording" if made.sessions == 1 else "recordings"
    return f"{target} is for your therapist: {made.sessions} {noun}. {made.done.words()}.{left}"


def take(office: Office, path: Path, tell: Tell, *, anyway: bool) -> home.Taken | Question:
    """Take in what came back, or ask first."""
    try:
        return home.take(path, open_archive(office), anyway=anyway, progress=_counted(tell))
    except home.NeedsAnswerError as error:
        return Question(str(error))


def taken_words(path: Path, got: home.Taken) -> str:
    """Return what came of taking a return in."""
    if got.again:
        return f"{path.name} was taken in before; nothing was done."
    told = got.returned
    sentences = (told.pain, told.done, *told.remarks, *got.notes)
    rest = " ".join(f"{one[:1].upper()}{one[1:].rstrip('.')}." for one in sentences if one)
    noun = "session" if got.sessions == 1 else "sessions"
    return f"{got.person}: {got.sessions} new {noun}. {rest}"


def current(office: Office) -> home.Home | None:
    """Return the package that is in force here."""
    return home.current(office.programme_store.folder.parent)


def _counted(tell: Tell) -> Callable[[int, int, str], None]:
    return lambda k, of, _name: tell(k / of if of else 0.0)

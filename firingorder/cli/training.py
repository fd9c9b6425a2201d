"""What the command line says of a training: whose, by which programme, and who steers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import say
from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.session.inputs import latency_text
from firingorder.session.listener import HEARS_AFTER_S, listener_of
from firingorder.session.office import Office
from firingorder.training.programmes.ownership import brought
from firingorder.training.programmes.parsing import read_programme

if TYPE_CHECKING:
    from firingorder.findings import Sides
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.session.acquisition import Acquisition
    from firingorder.training.programmes.records import Programme
    from firingorder.training.safety.records import Hat


class Led:
    """A training without a window: a simulated person presses the keys."""

    def __init__(self, link: Link, office: Office | None) -> None:
        self._office = office
        self._listener = None if office is None else listener_of(link)
        self._said: str = ""
        self._kept = 0
        self.refused = ""
        """Why nobody was led."""

    def begin(self, acquisition: Acquisition, task: str, side: Sides | None) -> None:
        """Begin it with the session."""
        if self._office is not None:
            acquisition.train("heard", latency_text(HEARS_AFTER_S))
            acquisition.train("begin", self._office.begin(task, side, simulated=True))

    def look(self, acquisition: Acquisition) -> None:
        """Press the keys that are due; say once what cannot be done, and end where nothing can."""
        desk = acquisition.engine.training
        if desk.problem != self._said:
            self._said = desk.problem
            if desk.coach is None:
                self.refused = desk.problem
                acquisition.stop()
            else:
                say(desk.problem)
        if self._listener is not None:
            for name, text in self._listener.hear(acquisition.engine):
                acquisition.train(name, text)
        self.keep(acquisition)

    def keep(self, acquisition: Acquisition) -> None:
        """Keep in the person's log what the training told since the last call; a fault is said."""
        notes = acquisition.engine.training.notes
        new, self._kept = notes[self._kept :], len(notes)
        for one in new:
            if self._office is None:
                break
            try:
                self._office.keep(one)
            except FiringOrderError as error:
                say(str(error))


def open_office(person: str | None, programme: str | None, hat: Hat | None) -> Office:
    """Return what is kept on this computer, with programme and hat as they are asked for.

    Raises
    ------
    FiringOrderError
        There is no such programme, or it is damaged, or the hat needs its PIN.
    """
    if person is not None and not person.isprintable():
        raise UsageError(
            "--person holds characters that cannot be written down: choose letters and digits."
        )
    office = Office(person)
    if hat is not None:
        why = office.wear(hat)
        if why:
            raise UsageError(f"--hat {hat}: {why} Leave the option out and press Ctrl+H instead.")
    if programme is not None:
        office.chosen = find_programme(programme, office)
    return office


def find_programme(wanted: str, office: Office) -> Programme:
    """Return the programme in a file, or one of this computer by its id or name.

    Raises
    ------
    FiringOrderError
        There is none, or the file is damaged.
    """
    path = Path(wanted)
    if path.suffix.lower() in (".yaml", ".yml") or path.is_file():
        found = read_programme(_text(path), str(path), known=office.exercises.ids)
        return brought(found, office.hat)
    known = office.programmes()
    for one in known:
        if wanted.casefold() in (one.id.casefold(), one.name.casefold()):
            return one
    names = ", ".join(one.id for one in known)
    raise UsageError(f"There is no programme {wanted!r}. There are {names}; or name a file.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path} is no programme: it is not text in UTF-8.") from error

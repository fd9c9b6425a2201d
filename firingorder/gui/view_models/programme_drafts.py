"""What is not saved yet, kept beside the programmes: neither a power cut nor a crash loses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.session.programme_store import ProgrammeStore

if TYPE_CHECKING:
    from firingorder.session.office import Office
    from firingorder.training.programmes.records import Programme

_FOLDER = "drafts"


class Drafts:
    """One file for each programme that differs from what is saved of it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def _store(self) -> ProgrammeStore:
        kept = self._office.programme_store
        return ProgrammeStore(kept.folder / _FOLDER, self._office.exercises)

    def found(self) -> tuple[Programme, ...]:
        """Return what was not saved when the program last ended."""
        return self._store.all().found

    def keep(self, programme: Programme) -> None:
        """Write one.

        Raises
        ------
        FiringOrderError
            The disk refuses.
        """
        self._store.save(programme, overwrite=True)

    def forget(self, key: str) -> None:
        """Remove one."""
        path = self._store.path_of(key)
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return  # an older draft equals what is saved, or is offered again: nothing is lost

"""Programmes in the user's data folder, each whole by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.session.own_files import OwnFiles
from firingorder.session.paths import data_folder
from firingorder.training.exercises.copies import Exercises
from firingorder.training.programmes.parsing import read_programme
from firingorder.training.programmes.records import Programme
from firingorder.training.programmes.templates import OFFERED
from firingorder.training.programmes.whole import whole
from firingorder.training.programmes.writing import write_programme

if TYPE_CHECKING:
    from pathlib import Path


class ProgrammeStore(OwnFiles[Programme]):
    """The programmes, one file each: ``all``, ``load``, ``save``, ``export``, ``import_from``...

    Whatever is written holds the therapist's copies of exercises that it uses, so that it can be
    done anywhere.
    """

    def __init__(self, folder: Path | None = None, exercises: Exercises | None = None) -> None:
        """Take a folder (None: the one in the user's data folder), and all exercises there are."""
        self.exercises = exercises or Exercises()
        super().__init__(
            folder or data_folder() / "programmes", "programme", read_programme, self._text, _id_of
        )

    def save(self, record: Programme, *, overwrite: bool = False) -> Path:
        """Keep a programme and return its path; otherwise as ``export``.

        Raises
        ------
        UsageError
            Its id is that of a programme which comes with firingorder.
        """
        if record.id in OFFERED:
            raise UsageError(
                f"{record.name} comes with firingorder and stays as it is; save it under another "
                "name."
            )
        return super().save(record, overwrite=overwrite)

    def new_id(self, name: str) -> str:
        """Return an id that no programme has, made from a name that people read."""
        return self.free_id(name, OFFERED.__contains__)

    def _text(self, programme: Programme) -> str:
        return write_programme(whole(programme, self.exercises))


def _id_of(programme: Programme) -> str:
    return programme.id

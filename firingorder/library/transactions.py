"""Transactions of a library, and what a person said while it was away."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from firingorder import corrections as corrected
from firingorder.errors import LibraryAwayError, LibraryError
from firingorder.library import lists, writing
from firingorder.library.faults import told
from firingorder.library.schema import bring_up
from firingorder.library.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from sqlalchemy import Engine

    from firingorder.library.connecting import Place

#: Any number that nobody else uses as a lock in this database.
_ONE_WRITER = 7_305_662


class Transactions:
    """Reads and writes whole or not at all; keeps what could not be written until it can."""

    def __init__(
        self,
        engine: Engine,
        place: Place,
        folder: Path,
        *,
        remark: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self.engine, self.place, self.folder = engine, place, folder
        self.name, self.who = place.name, ""
        self.now = now
        self._remarks = [remark] if remark else []
        self.waits = Waiting(folder, place.name)
        self._writer = engine.execution_options(writes=True)
        self._file = _identity(place.file)
        self.bring_in()

    @property
    def waiting(self) -> int:
        """How many things wait to be brought in."""
        return len(self.waits.lines())

    def take_remark(self) -> str:
        """Return one thing a person should know, once; empty for nothing."""
        return self._remarks.pop(0) if self._remarks else ""

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Generator[Session]:
        """Give a transaction that reads."""
        self._find_file()
        with told(self.name), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Generator[Session]:
        """Give a transaction that writes: whole, or not at all."""
        self._find_file()
        with told(self.name), Session(self._writer, expire_on_commit=False) as session:
            with session.begin():
                if self.place.file is None:
                    # One writer at a time, as in a file: rows that both find missing are made
                    # once, and entries have the order in which they came to be seen.
                    session.execute(select(func.pg_advisory_xact_lock(_ONE_WRITER)))
                yield session

    def _find_file(self) -> None:
        """Go on with the file that has the name of the library now.

        An open file can be deleted, or replaced by a restore in another window. What is written
        into it then would be gone without a word.
        """
        file = self.place.file
        if file is None or (now := _identity(file)) == self._file:
            return
        if now is None:
            raise LibraryAwayError(
                f"The library {self.name} is not there any more: it was moved or deleted. Put it "
                "back, restore a backup, or start again for an empty one."
            )
        self.engine.dispose()
        bring_up(self.engine, self.place)
        self._file = now
        self._remarks.append(f"The library {self.name} is another one now: it was replaced.")

    def bring_in(self) -> int:
        """Bring in what waits, corrections first; return how much came in."""
        if not self.waits:
            return 0
        done = self.waits.bring_in(self._take)
        if done:
            self._remarks.append(f"{done} entries that had waited are in the library now.")
        return done

    def keep(self, kind: str, about: str, values: dict[str, Any]) -> None:
        """Write one thing that a person said; where the library is away it waits."""
        try:
            with self.writing() as session:
                self._write(session, kind, about, values)
        except LibraryAwayError as error:
            self.waits.add(kind, about, **values)
            self._remarks.append(
                f"{error} What you did is kept in {self.waits.path} and is brought in later."
            )
        else:
            self.bring_in()

    def _take(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Write what waited, each by itself; return what has to wait on."""
        left: list[dict[str, Any]] = []
        for k, line in enumerate(lines):
            try:
                with self.writing() as session:
                    self._write(session, line["kind"], line["about"], line)
            except LibraryAwayError:  # so it is for all the others: nobody waits for each of them
                return [*left, *lines[k:]]
            except LibraryError:
                left.append(line)
        return left

    def _write(self, session: Session, kind: str, about: str, values: dict[str, Any]) -> None:
        match kind:
            case "corrections":
                entries = [corrected.Correction(**one) for one in values["entries"]]
                writing.add_corrections(session, values["recording"], entries, self.now())
            case "note":
                at_s, number = values["at_s"], values["session"]
                lists.add_note(session, about, number, values["who"], values["text"], at_s)
            case "change":
                at_s, who = values["at_s"], values["who"]
                writing.change_session(session, values["session"], values["changes"], at_s, who)
            case _:
                writing.audit(
                    session, values["at_s"], values["who"], values["act"], about, values["detail"]
                )


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Return which file has this name, None where there is none."""
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

"""Transactions of a library, and what a person said while it was away."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from firingorder import corrections as corrected
from firingorder.errors import LibraryAwayError, LibraryError
from firingorder.library import lists, writing
from firingorder.library.connecting import BUSY_S
from firingorder.library.faults import told
from firingorder.library.read_only import Opened, open_engine, state, still_only_read, unchanged
from firingorder.library.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from firingorder.library.connecting import Place

#: Any number that nobody else uses as a lock in this database.
_ONE_WRITER = 7_305_662


class Transactions:
    """Reads and writes whole or not at all; keeps what could not be written until it can."""

    def __init__(
        self,
        opened: Opened,
        place: Place,
        folder: Path,
        *,
        busy_s: float = BUSY_S,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.place, self.folder = place, folder
        self.name, self.who = place.name, ""
        self.now = now
        self._busy_s = busy_s
        self._remarks: list[str] = []
        self.waits = Waiting(folder, place.name)
        self._take(opened)
        self.bring_in()

    @property
    def waiting(self) -> int:
        """How many things wait to be brought in."""
        return len(self.waits.lines())

    def take_remark(self) -> str:
        """Return one thing a person should know, once; empty for nothing."""
        return self._remarks.pop(0) if self._remarks else ""

    def remark(self, said: str) -> None:
        """Have something told that a person should know."""
        self._remarks.append(said)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _take(self, opened: Opened) -> None:
        """Go on with what was opened."""
        self.engine, self.read_only = opened.engine, opened.read_only
        self._writer = self.engine.execution_options(writes=True)
        if opened.remark:
            self._remarks.append(opened.remark)
        file = self.place.file
        self._file = _identity(file)
        self._read = None if file is None or not self.read_only else state(file)

    def check_writable(self) -> None:
        """Refuse before anything is done that the library could not note.

        Raises
        ------
        LibraryAwayError
            It can only be read.
        """
        self._find_file()
        if self.read_only:
            raise LibraryAwayError(self.read_only)

    @contextmanager
    def reading(self) -> Generator[Session]:
        """Give a transaction that reads."""
        self._find_file()
        file = self.place.file if self.read_only else None
        with (
            unchanged(file, self.name),
            told(self.name),
            Session(self.engine, expire_on_commit=False) as session,
        ):
            yield session

    @contextmanager
    def writing(self) -> Generator[Session]:
        """Give a transaction that writes: whole, or not at all."""
        self.check_writable()
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
        into it then would be gone without a word. One that could only be read may be written to
        by now, and one that others write to is opened anew.
        """
        file = self.place.file
        if file is None:
            return
        now = _identity(file)
        if now is None:
            raise LibraryAwayError(
                f"The library {self.name} is not there any more: it was moved or deleted. Put it "
                "back, restore a backup, or start again for an empty one."
            )
        if now != self._file:
            self._again()
            self._remarks.append(f"The library {self.name} is another one now: it was replaced.")
        elif self.read_only and not still_only_read(self.place):
            self._again()
            if not self.read_only:
                self._remarks.append(f"The library {self.name} can be written again.")
                self.bring_in()
        elif self.read_only and self._read != state(file):
            self._again()

    def _again(self) -> None:
        self.engine.dispose()
        opened = open_engine(self.place, busy_s=self._busy_s)
        same = bool(opened.read_only) and opened.read_only == self.read_only
        self._take(replace(opened, remark="") if same else opened)

    def bring_in(self) -> int:
        """Bring in what waits, corrections first; return how much came in."""
        if self.read_only or not self.waits:
            return 0
        done = self.waits.bring_in(self._take_lines)
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

    def _take_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
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
            case "export":
                at_s, who, path = values["at_s"], values["who"], values["path"]
                lists.add_export(session, about, path, values["to"], who, at_s)
                writing.audit(session, at_s, who, "exported", about, f"{values['to']}: {path}")
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

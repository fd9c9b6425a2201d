"""What was changed of one recording: entries that are only added, by whoever has it open."""

from __future__ import annotations

import contextlib
import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firingorder.corrections import Correction, standing
from firingorder.errors import FiringOrderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firingorder.corrections import CorrectionKind, Standing
    from firingorder.session.review.clerk import Clerk
    from firingorder.session.review.shelves import FileShelf, Shelf


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """The entries of a recording, kept by a shelf.

    Attributes
    ----------
    entries
        All of them, the oldest first, numbers of repetitions as they were written.
    remarks
        What a person should know, sentences: taken by who shows them.
    who
        Name under which new entries are made.

    An entry holds at once. One that the shelf refuses goes to ``spool`` and is brought over at the
    next occasion. With a ``clerk`` shelves are read and written in its thread; without one every
    method returns when that is done.
    """

    def __init__(
        self,
        shelf: Shelf,
        spool: FileShelf | None,
        who: str,
        now: Callable[[], datetime] = _now,
        clerk: Clerk | None = None,
    ) -> None:
        self.who = who
        self.remarks: list[str] = []
        self.entries: tuple[Correction, ...] = ()
        self._shelf, self._spool, self._now = shelf, spool, now
        self._clerk = clerk
        self._lock = threading.RLock()  # of what a clerk and a window both change
        self._read: tuple[Correction, ...] | None = None
        self._mine: set[str] = set()
        self._waiting: list[Correction] = []
        self._brought: set[str] = set()
        self._done: list[tuple[str, ...]] = []
        self._undone: list[tuple[str, ...]] = []
        self._told = ""
        self._newest = ""
        self.refresh()

    @property
    def standing(self) -> Standing:
        """What the entries amount to, by the numbers they were written with."""
        return standing(self.entries)

    @property
    def can_undo(self) -> bool:
        """Whether something that was changed here still holds."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something that was undone here can be done again."""
        return bool(self._undone)

    @property
    def waiting(self) -> int:
        """Entries that the shelf refused so far."""
        with self._lock:
            return len(self._waiting)

    def add(
        self,
        kind: CorrectionKind,
        repetition: int,
        start_s: float,
        *,
        why: str = "",
        channel: str = "",
        onset_s: float | None = None,
        automatic_s: float | None = None,
    ) -> Correction:
        """Add an entry; it holds from now on."""
        entry = Correction(
            id=uuid.uuid4().hex,
            kind=kind,
            repetition=repetition,
            start_s=start_s,
            who=self.who,
            at=self._stamp(),
            why=why.strip(),
            channel=channel,
            onset_s=onset_s,
            automatic_s=automatic_s,
        )
        self._keep(entry)
        self._done.append((entry.id,))
        self._undone.clear()
        return entry

    def undo(self) -> Correction | None:
        """Take back the newest change of this opening; return it, None if there is none."""
        return self._turn(self._done, self._undone)

    def redo(self) -> Correction | None:
        """Do again what was undone last; return it, None if there is nothing."""
        return self._turn(self._undone, self._done)

    def withdraw(self, ids: Iterable[str], why: str = "") -> tuple[Correction, ...]:
        """Take back these entries, whoever made them; return those that held."""
        by_id = {one.id: one for one in self.entries}
        found = [by_id[id_] for id_ in ids if id_ in by_id and self._holds(id_)]
        if found:
            self._done.append(tuple(self._undo_entry(entry, why).id for entry in found))
            self._undone.clear()
        return tuple(found)

    def refresh(self) -> tuple[Correction, ...]:
        """Read again what is kept; return what others added since the last time.

        What waited is brought over. A shelf that fails leaves everything as it is known here.
        """
        self._look()
        return self.news()

    def look(self) -> None:
        """Read again what is kept, beside the window where there is a clerk; then :meth:`news`."""
        if self._clerk is None:
            self._look()
        else:
            self._clerk.hand(self._look, "look")

    def news(self) -> tuple[Correction, ...]:
        """Count in what was read; return what others added since the last time."""
        with self._lock:
            read, self._read = self._read, None
        if read is None:
            return ()
        known = {one.id for one in self.entries}
        merged = {one.id: one for one in (*self.entries, *read)}
        self.entries = tuple(sorted(merged.values(), key=lambda one: one.at))
        if self.entries:
            self._newest = max(self._newest, self.entries[-1].at)
        return tuple(one for one in self.entries if one.id not in known | self._mine)

    def settle(self, timeout_s: float) -> None:
        """Have everything on a disk: what a clerk did not bring in time goes to the spool."""
        if self._clerk is None or self._clerk.wait(timeout_s):
            return
        with self._lock:
            waiting = list(self._waiting)
        if waiting and self._spool is not None:
            try:
                self._spool.add(waiting)
            except FiringOrderError as error:
                self._say(str(error))

    def _look(self) -> None:
        """Bring over what waits, and read; a shelf that fails leaves what is known here."""
        kept: tuple[Correction, ...] = ()
        try:
            self._bring()
            kept = self._shelf.read()
        except FiringOrderError as error:
            self._say(f"{error} Changes are kept on this computer until then.")
        found = (*kept, *self._spooled())
        with self._lock:
            self._read = (*(self._read or ()), *found)

    def take_remark(self) -> str:
        """Return one sentence a person should know, once; empty for nothing."""
        return self.remarks.pop(0) if self.remarks else ""

    def _turn(self, from_: list[tuple[str, ...]], to: list[tuple[str, ...]]) -> Correction | None:
        """Undo the newest entries of one list that still hold, and put the undoing in the other.

        Returns what they are about, of several the newest.
        """
        by_id = {one.id: one for one in self.entries}
        while from_:
            holding = [by_id[id_] for id_ in from_.pop() if self._holds(id_)]
            if holding:
                to.append(tuple(self._undo_entry(one).id for one in holding))
                about = holding[-1]
                while about.kind == "undo":
                    about = by_id[about.undoes]
                return about
        return None

    def _holds(self, id_: str) -> bool:
        by_id = {one.id: one for one in self.entries}
        undoing = [one.id for one in self.entries if one.kind == "undo" and one.undoes == id_]
        return id_ in by_id and not any(self._holds(one) for one in undoing)

    def _undo_entry(self, entry: Correction, why: str = "") -> Correction:
        undo = replace(
            entry,
            id=uuid.uuid4().hex,
            kind="undo",
            who=self.who,
            at=self._stamp(),
            why=why,
            channel="",
            onset_s=None,
            automatic_s=None,
            undoes=entry.id,
        )
        self._keep(undo)
        return undo

    def _stamp(self) -> str:
        """Return the time, never before an entry that is there: the clock may have been set."""
        now = self._now().astimezone(UTC).isoformat(timespec="microseconds")
        self._newest = max(now, self._newest)
        return self._newest

    def _keep(self, entry: Correction) -> None:
        self.entries = (*self.entries, entry)
        self._mine.add(entry.id)
        with self._lock:
            self._waiting.append(entry)
        if self._clerk is None:
            self._write()
        else:
            self._clerk.hand(self._write)

    def _write(self) -> None:
        """Give what waits to the shelf, else to the spool."""
        try:
            self._bring()
        except FiringOrderError as error:
            self._to_spool(str(error))

    def _bring(self) -> None:
        """Give the shelf what waits. Raises FiringOrderError; nothing is lost then."""
        spooled = self._spooled()
        with self._lock:
            waiting = {one.id: one for one in (*spooled, *self._waiting)}
        if not waiting.keys() - self._brought:
            return
        self._shelf.add(list(waiting.values()))
        with self._lock:
            self._waiting = [one for one in self._waiting if one.id not in waiting]
            self._told = ""
        if self._spool is not None and spooled:
            self._brought |= waiting.keys()  # where the file stays they are not added again
            with contextlib.suppress(OSError, FiringOrderError):
                self._spool.remove(waiting)

    def _to_spool(self, why: str) -> None:
        if self._spool is None:
            self._say(why)
            return
        try:
            there = {one.id for one in self._spool.read()}
            with self._lock:
                missing = [one for one in self._waiting if one.id not in there]
            if missing:
                self._spool.add(missing)
        except FiringOrderError as error:
            self._say(f"{why} {error}")
        else:
            self._say(
                f"{why} The change waits in {self._spool.path} and is brought over by itself."
            )

    def _spooled(self) -> tuple[Correction, ...]:
        if self._spool is None:
            return ()
        try:
            return self._spool.read()
        except FiringOrderError as error:
            self._say(str(error))
            return ()

    def _say(self, words: str) -> None:
        with self._lock:
            if words != self._told:
                self._told = words
                self.remarks.append(words)

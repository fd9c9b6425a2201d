"""The library: one object, each method one transaction, safe from several threads."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from firingorder import corrections as corrected
from firingorder.errors import LibraryError
from firingorder.library import erasing, lists, models, reading, rows, writing
from firingorder.library.faults import told
from firingorder.library.transactions import Transactions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import EllipsisType

    from firingorder.library import records as r


class Library(Transactions):
    """People by code, their sessions, results and corrections; see :func:`open_library`.

    Attributes
    ----------
    name
        File or address, without a password.
    folder
        What relative paths are relative to.
    read_only
        Why it can only be read and what to do, in a sentence; empty where it is written to.
    who
        Who works with it, for the audit of what names nobody itself.
    """

    # People

    def people(self) -> tuple[r.PersonRow, ...]:
        """Return everybody, by code."""
        with self.reading() as session:
            return reading.people(session)

    def person(self, code: str) -> r.PersonRow | None:
        """Return one person; None: nobody has this code."""
        with self.reading() as session:
            return reading.person(session, code)

    def describe_person(
        self, code: str, *, name: str | None = None, birth_year: int | None = None, who: str
    ) -> None:
        """Write down who a code is; a code that is new is made. None leaves what is there."""
        if not code.strip():
            raise LibraryError("A person needs a code.")
        if birth_year is not None and not 1880 <= birth_year <= 2100:
            raise LibraryError(f"{birth_year} is no year of birth.")
        with self.writing() as session:
            key = writing.person_id(session, code, self.now())
            one = session.get(models.Identity, key)
            if one is None and (name or birth_year is not None):
                one = models.Identity(person_id=key, name="", birth_year=None)
                session.add(one)
            if one is not None:
                one.name = one.name if name is None else name
                one.birth_year = one.birth_year if birth_year is None else birth_year
            writing.audit(session, self.now(), who, "described", code, "")

    def forget_name(self, code: str, who: str) -> None:
        """Erase who a code is; everything else of the person stays."""
        with self.writing() as session:
            one = session.get(models.Identity, writing.known_person(session, code).id)
            if one is not None:
                session.delete(one)
            writing.audit(session, self.now(), who, "name erased", code, "")

    # Sessions and recordings

    def sessions(
        self,
        person: str | None = None,
        *,
        search: str = "",
        limit: int = 200,
        before_utc_s: float | None = None,
        without_result: bool = False,
    ) -> tuple[r.SessionRow, ...]:
        """Return sessions, the newest first; those of nobody for an empty code.

        ``without_result``: those only that are not analysed yet.
        """
        with self.reading() as session:
            return reading.sessions(
                session,
                self.folder,
                code=person,
                search=search,
                limit=limit,
                before_s=before_utc_s,
                without_result=without_result,
            )

    def session(self, id: int) -> r.SessionRow | None:
        """Return one session."""
        with self.reading() as session:
            return reading.session_where(session, self.folder, models.Session.id == id)

    def session_of(self, recording_id: str) -> r.SessionRow | None:
        """Return the session of a recording."""
        with self.reading() as session:
            same = models.Recording.recording_id == recording_id
            return reading.session_where(session, self.folder, same)

    def recordings(self) -> tuple[r.RecordingRow, ...]:
        """Return every recording that is known."""
        with self.reading() as session:
            rows = session.scalars(select(models.Recording).order_by(models.Recording.id))
            return tuple(reading.recording_row(one, self.folder) for one in rows)

    def add_recording(self, new: r.NewRecording) -> r.SessionRow:
        """Add a recording whose file is there, and return its session; idempotent by its id."""
        with self.writing() as session:
            if writing.add_recording(session, new, self.folder, self.now()):
                detail = f"recording {new.id}"
                writing.audit(session, self.now(), self.who, "kept", new.person, detail)
            same = models.Recording.recording_id == new.id
            found = reading.session_where(session, self.folder, same)
        if found is None:
            raise LibraryError(f"The recording {new.id} is in the library without a session.")
        return found

    def set_copies(self, recording_id: str, copies: Sequence[str]) -> None:
        """Remember where else the same recording lies; erasing a person looks there, too."""
        with self.writing() as session:
            writing.set_copies(session, recording_id, copies, self.folder)

    def change_session(
        self,
        id: int,
        *,
        pads_reapplied: bool | EllipsisType | None = ...,
        pain_before: int | EllipsisType | None = ...,
        pain_after: int | EllipsisType | None = ...,
        note: str | EllipsisType = ...,
        person: str | EllipsisType = ...,
        who: str,
    ) -> None:
        """Change what people say of a session; what is left out stays. It waits if it must."""
        given = {
            "pads_reapplied": pads_reapplied, "pain_before": pain_before,
            "pain_after": pain_after, "note": note, "person": person,
        }  # fmt: skip
        changes = {name: value for name, value in given.items() if value is not ...}
        values = {"session": id, "changes": changes, "who": who, "at_s": self.now()}
        self.keep("change", "", values)

    # Results and corrections

    def add_analysis(
        self, recording_id: str, key: r.ResultKey, result: Mapping[str, Any]
    ) -> r.AnalysisRow:
        """Add a result; one with the same key stays as it is and is returned."""
        with self.writing() as session:
            id_ = writing.add_analysis(session, recording_id, key, result, self.now())
            return next(a for a in reading.analyses(session, recording_id) if a.id == id_)

    def analyses(self, recording_id: str) -> tuple[r.AnalysisRow, ...]:
        """Return the results of a recording, the oldest first."""
        with self.reading() as session:
            return reading.analyses(session, recording_id)

    def result(self, analysis_id: int) -> dict[str, Any] | None:
        """Return a result as it was made (schema ``firingorder.analysis/1``)."""
        with self.reading() as session:
            asked = select(models.Analysis.result).where(models.Analysis.id == analysis_id)
            return cast("dict[str, Any] | None", session.scalar(asked))

    def summarise(self, recording_id: str, summary: r.SessionSummary) -> None:
        """Set what lists and trends show of a session (``library.summarising.summary_of``)."""
        with self.writing() as session:
            writing.summarise(session, writing.known_recording(session, recording_id), summary)

    def corrections(self, recording_id: str) -> tuple[corrected.Correction, ...]:
        """Return the entries of a recording as they came, those that wait at the end."""
        with self.reading() as session:
            found = reading.corrections(session, recording_id)
        there = {one.id for one in found}
        waiting = tuple(
            one
            for line in self.waits.lines()
            if line["kind"] == "corrections" and line["recording"] == recording_id
            for one in (corrected.Correction(**entry) for entry in line["entries"])
            if one.id not in there
        )
        return found + waiting

    def add_corrections(self, recording_id: str, entries: Sequence[corrected.Correction]) -> None:
        """Add entries and their audit; nothing is ever changed. They wait if they must."""
        listed = [asdict(one) for one in entries]
        self.keep("corrections", "", {"recording": recording_id, "entries": listed})

    def trend(
        self, person: str, task: str | None = None, side: str | None = None
    ) -> tuple[r.TrendPoint, ...]:
        """Return a person's sessions as a trend draws them, the oldest first."""
        with self.reading() as session:
            return reading.trend(session, person, task, side)

    def tasks_of(self, person: str) -> tuple[tuple[str, str, int], ...]:
        """Return exercises and sides of a person with their count of sessions."""
        with self.reading() as session:
            return reading.tasks_of(session, person)

    # Notes, audit, exports, inbox, programmes, calibrations

    def notes(self, person: str) -> tuple[r.NoteRow, ...]:
        """Return notes about a person, the oldest first."""
        with self.reading() as session:
            return lists.notes(session, person)

    def add_note(self, person: str, session: int | None, who: str, text: str) -> None:
        """Write a note about a person, or about one of their sessions. It waits if it must."""
        self.keep(
            "note", person, {"session": session, "who": who, "text": text, "at_s": self.now()}
        )

    def audit(self, limit: int = 200, about: str = "") -> tuple[r.AuditRow, ...]:
        """Return what was done with data of people, the newest first."""
        with self.reading() as session:
            return lists.audit(session, limit, about)

    def add_audit(self, who: str, act: str, about: str, detail: str) -> None:
        """Write down what was done. It waits if it must."""
        self.keep("audit", about, {"who": who, "act": act, "detail": detail, "at_s": self.now()})

    def exports(self, person: str) -> tuple[r.ExportRow, ...]:
        """Return copies of a person's data that were made, the oldest first."""
        with self.reading() as session:
            return lists.exports(session, person)

    def add_export(self, person: str, path: str, kind: str, who: str) -> None:
        """Write down that a copy of a person's data was made, with its audit. It waits if it must.

        The copy is there already: where it cannot even wait, a remark says so.
        """
        values = {"path": path, "to": kind, "who": who, "at_s": self.now()}
        try:
            self.keep("export", person, values)
        except LibraryError as error:
            why = "" if self.read_only else f"{error} "
            self.remark(
                f"{why}The copy {path} of the data of {person} is made all the same; the library "
                "cannot note it: write down where it is."
            )

    def inbox(self) -> tuple[r.InboxRow, ...]:
        """Return packages from home: unread first, then rises in pain, then the newest."""
        with self.reading() as session:
            return lists.inbox(session, self.folder)

    def add_inbox(self, row: r.InboxRow) -> int:
        """Add a package that came back, and return its number."""
        with self.writing() as session:
            return lists.add_inbox(session, row, self.folder, self.now())

    def mark_read(self, id: int) -> None:
        """Say that a package was looked at."""
        with self.writing() as session:
            one = session.get(models.Inbox, id)
            if one is not None:
                one.read = True

    def programmes(self, person: str) -> tuple[r.ProgrammeRow, ...]:
        """Return programmes that were made for a person."""
        with self.reading() as session:
            return lists.programmes(session, person, self.folder)

    def add_programme(self, new: r.ProgrammeRow) -> None:
        """Add a programme that was made for a person, or renew its name and place."""
        with self.writing() as session:
            lists.add_programme(session, new, self.folder, self.now())

    def calibrations(self, person: str) -> tuple[r.CalibrationRow, ...]:
        """Return calibration profiles of a person, the oldest first."""
        with self.reading() as session:
            return lists.calibrations(session, person, self.folder)

    def add_calibration(self, new: r.CalibrationRow) -> None:
        """Add a calibration profile of a person."""
        with self.writing() as session:
            lists.add_calibration(session, new, self.folder, self.now())

    # Erasing and copies

    def erase_person(self, code: str, who: str) -> int:
        """Erase the rows of a person, and their code from the file; return the sessions there were.

        The audit keeps what was done and when, under a word that leads to nobody. Files are the
        archive's affair (session/archive).
        """
        self.bring_in()  # what waits belongs to somebody only once it is in
        with self.writing() as session:
            recordings, count = erasing.erase_rows(session, code, who, self.now())
        self.waits.forget(code, recordings)
        return count

    def compact(self) -> bool:
        """Leave nothing of erased rows in the file; False: somebody else reads it just now."""
        with told(self.name):
            return erasing.compact(self.engine)

    def leftovers(self, code: str | None = None) -> tuple[str, ...]:
        """Return files of erased people that could not be removed yet."""
        with self.reading() as session:
            return erasing.leftovers(session, code, self.folder)

    def set_leftovers(self, code: str, paths: Sequence[str]) -> None:
        """Remember which files of an erased person are still there; none: it is done."""
        with self.writing() as session:
            erasing.set_leftovers(session, code, paths, self.folder)

    def backup_to(self, path: Path) -> None:
        """Write all rows, as they are at one instant, into a new file that every database takes."""
        with told(self.name):
            rows.write_rows(self.engine, path)

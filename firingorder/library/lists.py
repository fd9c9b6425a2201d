"""Notes, audit, exports, inbox, programmes and calibrations: added to, and read in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from firingorder.library import models as m
from firingorder.library import records as r
from firingorder.library.reading import full_path, stored_path
from firingorder.library.writing import person_id

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session


def notes(session: Session, code: str) -> tuple[r.NoteRow, ...]:
    """Return notes about a person, the oldest first."""
    found = session.scalars(
        select(m.Note)
        .join(m.Person, m.Person.id == m.Note.person_id)
        .where(m.Person.code == code)
        .order_by(m.Note.at_s, m.Note.id)
    )
    return tuple(r.NoteRow(n.id, code, n.session_id, n.at_s, n.who, n.text) for n in found)


def add_note(
    session: Session, code: str, about_session: int | None, who: str, text: str, at_s: float
) -> None:
    """Add a note, unless the very same is there: one that waited may come twice."""
    key = person_id(session, code, at_s)
    same = select(m.Note.id).where(
        m.Note.person_id == key, m.Note.at_s == at_s, m.Note.who == who, m.Note.text == text
    )
    if session.scalar(same.limit(1)) is None:
        session.add(m.Note(person_id=key, session_id=about_session, at_s=at_s, who=who, text=text))


def audit(session: Session, limit: int, about: str) -> tuple[r.AuditRow, ...]:
    """Return what was done, the newest first."""
    asked = select(m.Audit).order_by(m.Audit.id.desc()).limit(limit)
    if about:
        asked = asked.where(m.Audit.about == about)
    return tuple(
        r.AuditRow(one.at_s, one.who, one.act, one.about, one.detail)
        for one in session.scalars(asked)
    )


def exports(session: Session, code: str) -> tuple[r.ExportRow, ...]:
    """Return copies of a person's data that were made, the oldest first."""
    found = session.scalars(
        select(m.Export)
        .join(m.Person, m.Person.id == m.Export.person_id)
        .where(m.Person.code == code)
        .order_by(m.Export.id)
    )
    return tuple(r.ExportRow(code, one.path, one.kind, one.who, one.at_s) for one in found)


def add_export(session: Session, code: str, path: str, kind: str, who: str, at_s: float) -> None:
    """Write down that a copy was made."""
    session.add(
        m.Export(person_id=person_id(session, code, at_s), path=path, kind=kind, who=who, at_s=at_s)
    )


def inbox(session: Session, folder: Path) -> tuple[r.InboxRow, ...]:
    """Return packages that came back: unread ones first, then rises in pain, then the newest."""
    box = m.Inbox
    found = session.execute(
        select(box, m.Person.code)
        .join(m.Person, m.Person.id == box.person_id)
        .order_by(box.read, box.pain_rise.desc().nulls_last(), box.came_s.desc(), box.id.desc())
    )
    return tuple(
        r.InboxRow(
            one.id, code, one.came_s, full_path(one.path, folder), one.sessions, one.pain_rise,
            one.adherence, one.read,
        )
        for one, code in found
    )  # fmt: skip


def add_inbox(session: Session, new: r.InboxRow, folder: Path, now_s: float) -> int:
    """Add a package and return its number; the one given with it does not count."""
    one = m.Inbox(
        person_id=person_id(session, new.person, now_s),
        came_s=new.came_utc_s,
        path=stored_path(new.path, folder),
        sessions=new.sessions,
        pain_rise=new.pain_rise,
        adherence=new.adherence,
        read=new.read,
    )
    session.add(one)
    session.flush()
    return one.id


def programmes(session: Session, code: str, folder: Path) -> tuple[r.ProgrammeRow, ...]:
    """Return programmes that were made for a person, the oldest first."""
    found = session.scalars(
        select(m.Programme)
        .join(m.Person, m.Person.id == m.Programme.person_id)
        .where(m.Person.code == code)
        .order_by(m.Programme.made_s, m.Programme.id)
    )
    return tuple(
        r.ProgrammeRow(one.programme_id, code, one.name, full_path(one.path, folder), one.made_s)
        for one in found
    )


def add_programme(session: Session, new: r.ProgrammeRow, folder: Path, now_s: float) -> None:
    """Add a programme, or renew name and place of one that is there."""
    key = person_id(session, new.person, now_s)
    one = session.scalar(
        select(m.Programme).where(
            m.Programme.person_id == key, m.Programme.programme_id == new.programme_id
        )
    )
    if one is None:
        one = m.Programme(person_id=key, programme_id=new.programme_id, made_s=new.made_utc_s)
        session.add(one)
    one.name, one.path = new.name, stored_path(new.path, folder)


def calibrations(session: Session, code: str, folder: Path) -> tuple[r.CalibrationRow, ...]:
    """Return calibration profiles of a person, the oldest first."""
    found = session.scalars(
        select(m.Calibration)
        .join(m.Person, m.Person.id == m.Calibration.person_id)
        .where(m.Person.code == code)
        .order_by(m.Calibration.made_s, m.Calibration.id)
    )
    return tuple(
        r.CalibrationRow(
            one.profile_id, code, one.made_s, one.montage_hash, full_path(one.path, folder)
        )
        for one in found
    )


def add_calibration(session: Session, new: r.CalibrationRow, folder: Path, now_s: float) -> None:
    """Add a profile; of one that is there only a place that was not known is filled in."""
    key = person_id(session, new.person, now_s)
    one = session.scalar(
        select(m.Calibration).where(
            m.Calibration.person_id == key, m.Calibration.profile_id == new.profile_id
        )
    )
    if one is None:
        one = m.Calibration(
            person_id=key,
            profile_id=new.profile_id,
            made_s=new.made_utc_s,
            montage_hash=new.montage_hash,
            path="",
        )
        session.add(one)
    one.path = stored_path(new.path, folder) or one.path

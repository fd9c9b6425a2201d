"""What is asked of the tables, as rows without anything of the database in them."""

from __future__ import annotations

import json
import os.path
import re
from calendar import monthrange
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from firingorder import corrections as corrected
from firingorder.library import models as m
from firingorder.library import records as r
from firingorder.library.named_values import from_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def stored_path(path: str, folder: Path) -> str:
    """Return a path as it is kept: relative within the folder, so that both can be moved."""
    if not path:
        return ""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - links stay: they are the user's names
    base = Path(os.path.abspath(folder))  # noqa: PTH100
    return absolute.relative_to(base).as_posix() if absolute.is_relative_to(base) else str(absolute)


def full_path(path: str, folder: Path) -> str:
    """Return a kept path as one that can be opened."""
    return str(folder / path) if path else ""


def people(session: Session) -> tuple[r.PersonRow, ...]:
    """Return everybody, by code."""
    counted = (
        select(
            m.Session.person_id,
            func.count().label("sessions"),
            func.max(m.Session.start_s).label("last"),
        )
        .group_by(m.Session.person_id)
        .subquery()
    )
    found = session.execute(
        select(m.Person, m.Identity, counted.c.sessions, counted.c.last)
        .outerjoin(m.Identity, m.Identity.person_id == m.Person.id)
        .outerjoin(counted, counted.c.person_id == m.Person.id)
        .where(m.Person.code != "")
        .order_by(m.Person.code)
    )
    return tuple(_person(*row) for row in found)


def person(session: Session, code: str) -> r.PersonRow | None:
    """Return one person."""
    row = session.execute(
        select(m.Person, m.Identity)
        .outerjoin(m.Identity, m.Identity.person_id == m.Person.id)
        .where(m.Person.code == code, m.Person.code != "")
    ).first()
    if row is None:
        return None
    count, last = session.execute(
        select(func.count(), func.max(m.Session.start_s)).where(m.Session.person_id == row[0].id)
    ).one()
    return _person(row[0], row[1], count, last)


def _person(
    one: m.Person, identity: m.Identity | None, sessions: int | None, last_s: float | None
) -> r.PersonRow:
    return r.PersonRow(
        one.code,
        "" if identity is None else identity.name,
        None if identity is None else identity.birth_year,
        one.created_s,
        sessions or 0,
        last_s,
    )


def sessions(
    session: Session,
    folder: Path,
    *,
    code: str | None = None,
    search: str = "",
    limit: int = 200,
    before_s: float | None = None,
    without_result: bool = False,
) -> tuple[r.SessionRow, ...]:
    """Return sessions, the newest first; every word of ``search`` has to be found in each."""
    asked = _with_number()
    if code is not None:
        asked = asked.where(m.Person.code == code)
    if before_s is not None:
        asked = asked.where(m.Session.start_s < before_s)
    if without_result:
        asked = asked.where(m.Session.analysed.is_(False))
    words = search.split()
    if words:
        asked = asked.outerjoin(m.Identity, m.Identity.person_id == m.Person.id)
    for word in words:
        asked = asked.where(_holds(word))
    asked = asked.order_by(m.Session.start_s.desc(), m.Session.id.desc()).limit(limit)
    return tuple(_session(row, folder) for row in session.execute(asked))


def session_where(session: Session, folder: Path, *where: object) -> r.SessionRow | None:
    """Return the session for which something holds."""
    row = session.execute(_with_number().where(*where)).first()  # pyright: ignore[reportArgumentType]
    return None if row is None else _session(row, folder)


def _with_number() -> Select[m.Session, str, m.Recording, int]:
    """Sessions with code, recording, and their number within the person by time."""
    other = aliased(m.Session)
    number = (
        select(func.count())
        .where(
            other.person_id == m.Session.person_id,
            or_(
                other.start_s < m.Session.start_s,
                (other.start_s == m.Session.start_s) & (other.id <= m.Session.id),
            ),
        )
        .correlate(m.Session)
        .scalar_subquery()
    )
    return (
        select(m.Session, m.Person.code, m.Recording, number)
        .join(m.Person, m.Person.id == m.Session.person_id)
        .join(m.Recording, m.Recording.id == m.Session.recording_id)
    )


def _holds(word: str):
    day = _DAY.fullmatch(word)
    if day is not None and (span := _span(day)) is not None:
        return (m.Session.start_s >= span[0]) & (m.Session.start_s < span[1])
    escaped = re.sub(r"([%_\\])", r"\\\1", word)
    texts = (
        m.Person.code, m.Identity.name, m.Session.task, m.Session.note, m.Recording.path,
    )  # fmt: skip
    return or_(*(text.ilike(f"%{escaped}%", escape="\\") for text in texts))


def _span(day: re.Match[str]) -> tuple[float, float] | None:
    """Return begin and end of "2026-11" or "2026-11-21" in UTC."""
    year, month = int(day[1]), int(day[2])
    try:
        first = datetime(year, month, int(day[3] or 1), tzinfo=UTC).timestamp()
    except ValueError:
        return None
    days = 1 if day[3] else monthrange(year, month)[1]
    return first, first + days * 86_400.0


def _session(row: Iterable[object], folder: Path) -> r.SessionRow:
    one, code, recording, number = cast("tuple[m.Session, str, m.Recording, int]", tuple(row))
    return r.SessionRow(
        id=one.id,
        person=code,
        number=number,
        start_utc_s=one.start_s,
        duration_s=one.duration_s,
        task=one.task,
        side=one.side,
        repetitions=one.repetitions,
        scored=one.scored,
        glutes_first=one.glutes_first,
        together=one.together,
        back_first=one.back_first,
        unclear=one.unclear,
        calibration=one.calibration,
        pads_reapplied=one.pads_reapplied,
        pain_before=one.pain_before,
        pain_after=one.pain_after,
        analysed=one.analysed,
        recording=recording_row(recording, folder),
        corrected=one.corrected,
        note=one.note,
    )


def recording_row(one: m.Recording, folder: Path) -> r.RecordingRow:
    """Return a recording with paths that can be opened."""
    path = full_path(one.path, folder)
    further = cast("list[str]", json.loads(one.further))
    return r.RecordingRow(
        id=one.recording_id,
        path=path,
        sha256=one.sha256,
        bytes=one.bytes,
        finished=one.finished,
        simulated=one.simulated,
        imported=one.imported,
        missing=not os.path.exists(path),  # noqa: PTH110 - for each of hundreds of rows
        further=tuple(full_path(name, folder) for name in further),
        software=one.software,
        copies=tuple(full_path(name, folder) for name in cast("list[str]", json.loads(one.copies))),
    )


def trend(
    session: Session, code: str, task: str | None, side: str | None
) -> tuple[r.TrendPoint, ...]:
    """Return what is drawn of a person, the oldest session first."""
    person_id = session.scalar(select(m.Person.id).where(m.Person.code == code))
    if person_id is None:
        return ()
    ordered = session.scalars(
        select(m.Session.id)
        .where(m.Session.person_id == person_id)
        .order_by(m.Session.start_s, m.Session.id)
    )
    number = {one: k for k, one in enumerate(ordered, 1)}
    of, s = m.Summary, m.Session
    asked = (
        select(
            of.session_id, of.start_s, of.task, of.side, of.scored, of.leads, of.glutes_first,
            of.together, of.back_first, of.unclear, of.share, of.share_low, of.share_high,
            of.lead_ms, of.lead_low_ms, of.lead_high_ms, of.lead_q1_ms, of.lead_q3_ms,
            of.lead_left_ms, of.lead_right_ms, s.calibration, s.pads_reapplied, s.pain_before,
            s.pain_after, m.Recording.simulated, of.version, of.corrected, of.settings_hash,
            of.metrics,
        )
        .join(s, s.id == of.session_id)
        .join(m.Recording, m.Recording.id == s.recording_id)
        .where(of.person_id == person_id)
        .order_by(of.start_s, of.session_id, of.task, of.side)
    )  # fmt: skip
    if task is not None:
        asked = asked.where(of.task == task)
    if side is not None:
        asked = asked.where(of.side == side)
    points: list[r.TrendPoint] = []
    for one in session.execute(asked):
        session_id, *values, metrics = cast("tuple[Any, ...]", tuple(one))
        kept = from_text(metrics)
        points.append(r.TrendPoint(session_id, number[session_id], *values, metrics=kept))
    return tuple(points)


def tasks_of(session: Session, code: str) -> tuple[tuple[str, str, int], ...]:
    """Return exercises and sides of a person with their count of sessions, the most first."""
    count = func.count()
    found = session.execute(
        select(m.Summary.task, m.Summary.side, count)
        .join(m.Person, m.Person.id == m.Summary.person_id)
        .where(m.Person.code == code)
        .group_by(m.Summary.task, m.Summary.side)
        .order_by(count.desc(), m.Summary.task, m.Summary.side)
    )
    return tuple((task, side, n) for task, side, n in found)


def analyses(session: Session, recording_id: str) -> tuple[r.AnalysisRow, ...]:
    """Return the results of a recording without their content, the oldest first."""
    a = m.Analysis
    found = session.execute(
        select(a.id, a.montage_hash, a.calibration, a.settings_hash, a.version, a.made_s, a.sha256)
        .join(m.Recording, m.Recording.id == a.recording_id)
        .where(m.Recording.recording_id == recording_id)
        .order_by(a.id)
    )
    rows = (cast("tuple[Any, ...]", tuple(one)) for one in found)
    return tuple(r.AnalysisRow(id_, recording_id, *rest) for id_, *rest in rows)


def corrections(session: Session, recording_id: str) -> tuple[corrected.Correction, ...]:
    """Return the entries of a recording in the order in which they came."""
    found = session.scalars(
        select(m.Correction)
        .join(m.Recording, m.Recording.id == m.Correction.recording_id)
        .where(m.Recording.recording_id == recording_id)
        .order_by(m.Correction.seq)
    )
    return tuple(
        corrected.Correction(
            id=one.id,
            kind=cast("corrected.CorrectionKind", one.kind),
            repetition=one.repetition,
            start_s=one.start_s,
            who=one.who,
            at=one.at,
            why=one.why,
            channel=one.channel,
            onset_s=one.onset_s,
            automatic_s=one.automatic_s,
            undoes=one.undoes,
        )
        for one in found
    )

"""Erasing the rows of a person, so that nothing of them stays in the file."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, or_, select

from firingorder.library import models as m
from firingorder.library.reading import full_path, stored_path
from firingorder.library.writing import audit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlalchemy.engine.interfaces import DBAPICursor
    from sqlalchemy.orm import Session


def erase_rows(session: Session, code: str, who: str, now_s: float) -> tuple[set[str], int]:
    """Erase everything of a person; return the ids of their recordings and the count of sessions.

    Of the audit stays what was done and when; whom it was about becomes a random word, the same
    in all entries, from which nobody can be found again.
    """
    one = session.scalar(select(m.Person).where(m.Person.code == code, m.Person.code != ""))
    if one is None:
        return set(), 0
    name = session.scalar(select(m.Identity.name).where(m.Identity.person_id == one.id)) or ""
    found = session.execute(
        select(m.Recording.id, m.Recording.recording_id)
        .join(m.Session, m.Session.recording_id == m.Recording.id)
        .where(m.Session.person_id == one.id)
    ).all()
    # Sessions, results, repetitions and corrections go with their recordings.
    session.execute(delete(m.Recording).where(m.Recording.id.in_([id_ for id_, _ in found])))
    session.execute(delete(m.Person).where(m.Person.id == one.id))
    word = f"erased-{secrets.token_hex(4)}"
    _scrub(session, [one for one in (code, name) if one], code, word)
    audit(session, now_s, who, "erased", word, f"{len(found)} sessions")
    return {name for _, name in found}, len(found)


def _scrub(session: Session, words: list[str], code: str, instead: str) -> None:
    """Take the code and the name out of the audit."""
    patterns = [
        re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE) for word in words
    ]
    escaped = [re.sub(r"([%_\\])", r"\\\1", word) for word in words]
    held = or_(*(m.Audit.detail.ilike(f"%{word}%", escape="\\") for word in escaped))
    asked = select(m.Audit).where(or_(m.Audit.about == code, m.Audit.who.in_(words), held))
    for row in session.scalars(asked):
        if row.who in words:
            row.who = instead
        if row.about == code:
            row.about, row.detail = instead, ""
        elif any(pattern.search(row.detail) for pattern in patterns):
            row.detail = ""


def leftovers(session: Session, code: str | None, folder: Path) -> tuple[str, ...]:
    """Return files that could not be removed yet, of one person or of everybody."""
    asked = select(m.Leftover.path).order_by(m.Leftover.id)
    if code is not None:
        asked = asked.where(m.Leftover.code == code)
    return tuple(full_path(path, folder) for path in session.scalars(asked))


def set_leftovers(session: Session, code: str, paths: Sequence[str], folder: Path) -> None:
    """Remember what is still there of a person, in the place of what was."""
    session.execute(delete(m.Leftover).where(m.Leftover.code == code))
    for path in paths:
        session.add(m.Leftover(code=code, path=stored_path(path, folder)))


def compact(engine: Engine) -> bool:
    """Write the database anew without what was erased, and empty its journal.

    On SQLite freed content is overwritten already (``secure_delete``); VACUUM also drops what lay
    there before, and the checkpoint takes the journal away, which holds pages as they were. On
    PostgreSQL the server's own journal and backups are beyond our reach
    (docs/reference/library.md).
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name != "sqlite":
            connection.exec_driver_sql("VACUUM")
            return True
        raw = connection.connection.cursor()
        try:
            raw.execute("VACUUM")
            busy = checkpoint(raw)
        finally:
            raw.close()
        return not busy


def checkpoint(cursor: DBAPICursor) -> bool:
    """Write the journal of SQLite into its file and empty it; whether somebody held it up."""
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = cast("tuple[int, int, int]", cursor.fetchone())
    return bool(found[0])

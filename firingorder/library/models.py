"""The tables of the library. What is told of them: ``records.py``; how they came to be: migrations.

Instants are seconds since 1970 in UTC as numbers: SQLite gives dates back without a zone and
PostgreSQL with one. A name stands in ``identity`` only.
"""

from __future__ import annotations

import json
import zlib
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Dialect,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: Constraints have the same names on every database, so that a migration can find them again.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class PackedJson(TypeDecorator[Any]):
    """JSON that is kept deflated: a result is mostly field names, which cost nothing then."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Return what is written."""
        if value is None:
            return None
        return zlib.compress(json.dumps(value, allow_nan=False).encode(), 6)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return what was read."""
        return None if value is None else json.loads(zlib.decompress(value))


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {float: Double(), str: Text()}


def _person_key() -> Mapped[int]:
    return mapped_column(ForeignKey("person.id", ondelete="CASCADE"))


class Person(Base):
    """A code. The one with the empty code stands for sessions of nobody."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(200), unique=True)
    created_s: Mapped[float]


class Identity(Base):
    """Who a code is: it can be erased without anything else."""

    __tablename__ = "identity"
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str]
    birth_year: Mapped[int | None]
    __table_args__ = (CheckConstraint("birth_year between 1880 and 2100", name="birth_year"),)


class Recording(Base):
    """A file. ``path`` is relative where it lies in the folder of the library."""

    __tablename__ = "recording"
    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[str] = mapped_column(String(200), unique=True)
    path: Mapped[str]
    further: Mapped[str] = mapped_column(server_default="[]")  # files that continue it, JSON
    copies: Mapped[str] = mapped_column(server_default="[]")  # the same elsewhere, JSON
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    finished: Mapped[bool]
    simulated: Mapped[bool]
    imported: Mapped[bool] = mapped_column(server_default=false())
    software: Mapped[str]
    added_s: Mapped[float]


class Session(Base):
    """A session, with what a list of sessions shows."""

    __tablename__ = "session"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = _person_key()
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recording.id", ondelete="CASCADE"), unique=True
    )
    start_s: Mapped[float]
    duration_s: Mapped[float]
    task: Mapped[str] = mapped_column(String(100))
    side: Mapped[str] = mapped_column(String(10))
    calibration: Mapped[str]
    pads_reapplied: Mapped[bool | None]
    pain_before: Mapped[int | None]
    pain_after: Mapped[int | None]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    analysed: Mapped[bool] = mapped_column(server_default=false())
    repetitions: Mapped[int] = mapped_column(server_default="0")
    scored: Mapped[int] = mapped_column(server_default="0")
    glutes_first: Mapped[int] = mapped_column(server_default="0")
    together: Mapped[int] = mapped_column(server_default="0")
    back_first: Mapped[int] = mapped_column(server_default="0")
    unclear: Mapped[int] = mapped_column(server_default="0")
    corrected: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = (
        CheckConstraint("pain_before between 0 and 10", name="pain_before"),
        CheckConstraint("pain_after between 0 and 10", name="pain_after"),
        Index(None, "person_id", "start_s"),
        Index(None, "start_s"),
    )


class Analysis(Base):
    """A result under its key: a new one adds, none is overwritten."""

    __tablename__ = "analysis"
    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(String(64))
    montage_hash: Mapped[str] = mapped_column(String(64))
    calibration: Mapped[str] = mapped_column(String(200))
    settings_hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(50))
    made_s: Mapped[float]
    result: Mapped[Any] = mapped_column(PackedJson())
    __table_args__ = (
        UniqueConstraint(
            "recording_id", "sha256", "montage_hash", "calibration", "settings_hash", "version",
            name="uq_analysis_key",
        ),
    )  # fmt: skip


class Repetition(Base):
    """A repetition as it was found."""

    __tablename__ = "repetition"
    id: Mapped[int] = mapped_column(primary_key=True)
    analysis_id: Mapped[int] = mapped_column(
        ForeignKey("analysis.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    set_index: Mapped[int]
    task: Mapped[str] = mapped_column(String(100))
    side: Mapped[str] = mapped_column(String(10))
    start_s: Mapped[float]
    end_s: Mapped[float]
    scored: Mapped[bool]
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40))
    lead_ms: Mapped[float | None]
    low_ms: Mapped[float | None]
    high_ms: Mapped[float | None]


class Summary(Base):
    """What a trend shows of a session in one exercise: counted once, so that it is drawn at once.

    ``person_id`` and ``start_s`` are those of the session: the index serves a person's trend whole.
    """

    __tablename__ = "summary"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    person_id: Mapped[int] = _person_key()
    start_s: Mapped[float]
    task: Mapped[str] = mapped_column(String(100))
    side: Mapped[str] = mapped_column(String(10))
    version: Mapped[str] = mapped_column(String(50))
    settings_hash: Mapped[str] = mapped_column(String(64), server_default=text("''"))
    scored: Mapped[int]
    leads: Mapped[int]
    glutes_first: Mapped[int]
    together: Mapped[int]
    back_first: Mapped[int]
    unclear: Mapped[int]
    corrected: Mapped[int] = mapped_column(server_default="0")
    share: Mapped[float | None]
    share_low: Mapped[float | None]
    share_high: Mapped[float | None]
    lead_ms: Mapped[float | None]
    lead_low_ms: Mapped[float | None]
    lead_high_ms: Mapped[float | None]
    lead_q1_ms: Mapped[float | None]
    lead_q3_ms: Mapped[float | None]
    lead_left_ms: Mapped[float | None]
    lead_right_ms: Mapped[float | None]
    metrics: Mapped[str] = mapped_column(server_default="[]")  # named_values.py
    __table_args__ = (
        UniqueConstraint("session_id", "task", "side"),
        Index(None, "person_id", "task", "side", "start_s"),
    )


class Correction(Base):
    """What a person changed of a result; only ever added. ``seq`` is the order of arrival."""

    __tablename__ = "correction"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(100), unique=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recording.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(20))
    repetition: Mapped[int]
    start_s: Mapped[float]
    channel: Mapped[str]
    onset_s: Mapped[float | None]
    automatic_s: Mapped[float | None]
    who: Mapped[str]
    at: Mapped[str] = mapped_column(String(40))
    why: Mapped[str]
    undoes: Mapped[str] = mapped_column(String(100))
    __table_args__ = (
        CheckConstraint("kind in ('onset', 'no_onset', 'exclude', 'note', 'undo')", name="kind"),
    )


class Note(Base):
    """What somebody wrote."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id", ondelete="SET NULL"))
    at_s: Mapped[float]
    who: Mapped[str]
    text: Mapped[str]


class Calibration(Base):
    """A profile, which is a file or stands in a recording."""

    __tablename__ = "calibration"
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    made_s: Mapped[float]
    montage_hash: Mapped[str] = mapped_column(String(64))
    path: Mapped[str]
    __table_args__ = (UniqueConstraint("profile_id", "person_id"),)


class Programme(Base):
    """A programme that was made for a person."""

    __tablename__ = "programme"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    programme_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str]
    path: Mapped[str]
    made_s: Mapped[float]
    __table_args__ = (UniqueConstraint("person_id", "programme_id"),)


class Export(Base):
    """A copy that left the library."""

    __tablename__ = "export"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    path: Mapped[str]
    kind: Mapped[str] = mapped_column(String(50))
    who: Mapped[str]
    at_s: Mapped[float]


class Inbox(Base):
    """A package that came back from home."""

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    came_s: Mapped[float]
    path: Mapped[str]
    sessions: Mapped[int]
    pain_rise: Mapped[int | None]
    adherence: Mapped[str]
    read: Mapped[bool]


class Leftover(Base):
    """A file of an erased person that could not be removed yet."""

    __tablename__ = "leftover"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(200), index=True)
    path: Mapped[str]


class Audit(Base):
    """Something that was done with data of people; only ever added."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at_s: Mapped[float] = mapped_column(index=True)
    who: Mapped[str]
    act: Mapped[str] = mapped_column(String(50))
    about: Mapped[str] = mapped_column(String(200), index=True)
    detail: Mapped[str]

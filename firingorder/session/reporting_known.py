"""What the library adds to a report: who it was, which session, the ones before, notes, pain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from firingorder.report.content.records import Person

if TYPE_CHECKING:
    from firingorder.library.records import PersonRow, SessionRow, TrendPoint
    from firingorder.report.content.records import Material


class KnowingLibrary(Protocol):
    """The part of the library that a report asks."""

    def session_of(self, recording_id: str) -> SessionRow | None:
        """Return the session of a recording."""
        ...

    def person(self, code: str) -> PersonRow | None:
        """Return a person."""
        ...

    def trend(
        self, person: str, task: str | None = None, side: str | None = None
    ) -> tuple[TrendPoint, ...]:
        """Return the sessions of a person, oldest first."""
        ...


class Knowing(Protocol):
    """The part of the archive that a report asks. ``who``: name of the therapist, or empty."""

    @property
    def library(self) -> KnowingLibrary:
        """The library."""
        ...

    @property
    def who(self) -> str:
        """Name of the therapist."""
        ...


def known_of(material: Material, archive: Knowing, row: SessionRow | None) -> Material:
    """Return the material with what the library knows of its session (``row``) and person."""
    facts = material.facts
    code = row.person if row is not None else facts.person.code
    person = archive.library.person(code) if code else None
    facts = replace(
        facts,
        person=Person(
            code=code,
            name="" if person is None else person.name,
            birth_year=None if person is None else person.birth_year,
            therapist=archive.who,
        ),
    )
    if row is not None:
        facts = replace(
            facts,
            number=row.number,
            pads_reapplied=row.pads_reapplied,
            pain_before=facts.pain_before if row.pain_before is None else row.pain_before,
            pain_after=facts.pain_after if row.pain_after is None else row.pain_after,
            session_note=row.note,
        )
    trend = archive.library.trend(code) if code else ()
    # Later sessions do not belong to a report of this one.
    if row is not None:
        trend = tuple(p for p in trend if p.start_utc_s <= row.start_utc_s)
    return replace(material, facts=facts, trend=trend, session=None if row is None else row.id)

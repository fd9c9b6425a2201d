"""What the library adds to a report: who it was, which session, the ones before, notes, pain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from firingorder.report.content.records import Person

if TYPE_CHECKING:
    from firingorder.findings import RepetitionVerdict
    from firingorder.library.records import AnalysisRow, PersonRow, SessionRow, TrendPoint
    from firingorder.report.content.records import Material


class KnowingLibrary(Protocol):
    """The part of the library that a report asks."""

    def session_of(self, recording_id: str) -> SessionRow | None:
        """Return the session of a recording."""
        ...

    def person(self, code: str) -> PersonRow | None:
        """Return a person."""
        ...

    def analyses(self, recording_id: str) -> tuple[AnalysisRow, ...]:
        """Return the results of a recording, the oldest first."""
        ...

    def result(self, analysis_id: int) -> dict[str, Any] | None:
        """Return a result."""
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
    told = None if row is None else told_live(archive.library, row.recording.id)
    session = None if row is None else row.id
    return replace(material, facts=facts, trend=trend, session=session, told_live=told)


def told_live(library: KnowingLibrary, recording_id: str) -> dict[int, RepetitionVerdict] | None:
    """Return what was told of each repetition while it went on; None: that was not kept.

    It stands in the result that came with the session.
    """
    for row in library.analyses(recording_id):
        found = (library.result(row.id) or {}).get("told_live")
        if isinstance(found, dict):
            told = cast("dict[str, RepetitionVerdict]", found)
            return {int(index): verdict for index, verdict in told.items()}
    return None

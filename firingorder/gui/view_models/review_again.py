"""Two analyses of one recording side by side, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.report.wording import VERDICT_WORDS, signed_number

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding, RepetitionVerdict
    from firingorder.session.review.again import Again

NONE_THERE = "none there"


@dataclass(frozen=True, slots=True)
class AgainSide:
    """A repetition in one of the analyses; ``verdict`` is None where it has none there."""

    verdict: RepetitionVerdict | None
    word: str
    lead: str


@dataclass(frozen=True, slots=True)
class AgainRow:
    """One repetition in both."""

    number: str
    first: AgainSide
    second: AgainSide
    note: str
    changed: bool

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        sides = f"{self.first.word} {self.first.lead}, then {self.second.word} {self.second.lead}"
        return f"Rep {self.number}: {sides}. {self.note}"


@dataclass(frozen=True, slots=True)
class AgainView:
    """Both analyses: what differs between their settings, then every repetition."""

    title: str
    settings: tuple[str, ...]
    rows: tuple[AgainRow, ...]

    @property
    def spoken(self) -> str:
        """The panel for a screen reader."""
        return ". ".join((self.title, *self.settings))


def again_view(found: Again) -> AgainView:
    """Return both analyses side by side."""
    changed = found.verdicts_changed
    many = len(found.differences)
    title = f"With other settings  ·  {changed} of {many} verdicts differ"
    settings = [f"{one.name}: {one.first} → {one.second}" for one in found.settings]
    settings += list(found.asked)
    if found.unmatched:
        settings.append(f"{len(found.unmatched)} corrections have no repetition there")
    rows: list[AgainRow] = []
    for one in found.differences:
        number = one.first.index if one.first is not None else None
        moved = [ms for ms in one.onsets_moved_ms.values() if ms is not None]
        lost = sum(ms is None for ms in one.onsets_moved_ms.values())
        parts: list[str] = []
        if one.lead_moved_ms is not None and round(one.lead_moved_ms):
            parts.append(f"lead {signed_number(one.lead_moved_ms)} ms")
        if moved:
            parts.append(f"{len(moved)} starts elsewhere, up to {max(map(abs, moved)):.0f} ms")
        if lost:
            parts.append(f"{lost} starts in one of them only")
        rows.append(
            AgainRow(
                "new" if number is None else str(number),
                _side(one.first),
                _side(one.second),
                ", ".join(parts) or ("the same" if one.same else ""),
                one.verdict_changed or one.first is None or one.second is None,
            )
        )
    return AgainView(title, tuple(settings) or ("no setting differs",), tuple(rows))


def _side(rep: RepetitionFinding | None) -> AgainSide:
    if rep is None:
        return AgainSide(None, NONE_THERE, "")
    lead = "" if rep.lead_ms is None else signed_number(rep.lead_ms)
    return AgainSide(rep.verdict, VERDICT_WORDS[rep.verdict], lead)

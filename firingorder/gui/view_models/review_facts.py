"""What is told of the recording above its lanes: who, when, what, and what must not be missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firingorder.gui.view_models.review_window import clock_label
from firingorder.gui.view_models.review_words import editors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.session.review import Review

SIMULATED, FOREIGN = "SIMULATED", "FILE OF ANOTHER PROGRAM"
NO_LIFT, ONE_SIDE, TWO_EDITORS = "no pelvis sensor", "{side} only", "edited by {names}"


@dataclass(frozen=True, slots=True)
class FactsView:
    """One line: the title, further facts, tags that must not be missed, and quiet notes."""

    title: str
    facts: str
    tags: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def spoken(self) -> str:
        """The line for a screen reader."""
        return ", ".join(part for part in (self.title, self.facts, *self.tags, *self.notes) if part)


def facts_view(review: Review) -> FactsView:
    """Return the line of a recording."""
    facts = review.facts
    task = facts.task.replace("_", " ").capitalize()
    parts: list[str] = []
    if facts.start_utc_s is not None:
        at = datetime.fromtimestamp(facts.start_utc_s, UTC).astimezone()
        parts.append(f"{at:%d %b %Y, %H:%M}")
    parts.append(clock_label(facts.duration_s))
    parts.append(f"{len(facts.channels)} channels at {facts.rate_hz:.0f} Hz")
    tags = [SIMULATED] if facts.simulated else []
    if facts.foreign:
        tags.append(FOREIGN)
    notes = list(_notes(review))
    title = "  ·  ".join(part for part in (facts.person or facts.file, task) if part)
    return FactsView(title, "  ·  ".join(parts), tuple(tags), tuple(notes))


def _notes(review: Review) -> Sequence[str]:
    found: list[str] = []
    if review.pelvis(0.0, 0.1, 1) is None:
        found.append(NO_LIFT)
    sides = {name.rpartition("_")[2] for name in review.channels} & {"left", "right"}
    if len(sides) == 1:
        found.append(ONE_SIDE.format(side=sides.pop()))
    names = editors(review.ledger.entries)
    if len(names) > 1:
        found.append(TWO_EDITORS.format(names=" and ".join(names)))
    return found

"""What is told of the recording above its lanes: who, when, what, and what must not be missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firingorder.gui.view_models.desk import Reading, TopBarView
from firingorder.gui.view_models.review_window import clock_label
from firingorder.gui.view_models.review_words import editors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionFinding, Sides
    from firingorder.session.review import Review

DOT = "  ·  "
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


def facts_view(review: Review, *, headed: bool = False) -> FactsView:
    """Return the line of a recording; ``headed``: who, what and when stand above it already."""
    facts = review.facts
    parts: list[str] = []
    if not headed:
        parts += [part for part in (_recorded(review), clock_label(facts.duration_s)) if part]
    parts.append(f"{len(facts.channels)} channels at {facts.rate_hz:.0f} Hz")
    tags = [SIMULATED] if facts.simulated and not headed else []
    if facts.foreign:
        tags.append(FOREIGN)
    title = "" if headed else DOT.join(part for part in (whose(review), exercises(review)) if part)
    return FactsView(title, DOT.join(parts), tuple(tags), tuple(_notes(review)))


def header_view(
    review: Review, rep: RepetitionFinding | None, *, tagged: bool = True
) -> TopBarView:
    """Return the header of a recording that is looked at: whose, which session, when, how long.

    Without ``tagged`` the tag stands in the line below, as there is little room.
    """
    facts = review.facts
    parts = [f"Session {facts.session}" if facts.session else ""]
    if rep is None:
        parts.append(exercises(review))
    else:
        sets = max(one.set_index for one in review.corrected.repetitions)
        parts += [task_title(review, rep.task, rep.side), f"Set {rep.set_index} of {sets}"]
    recorded = _recorded(review)
    readings = (Reading("Recorded", recorded),) if recorded else ()
    return TopBarView(
        title=whose(review),
        subtitle=DOT.join(part for part in parts if part),
        tag="SIMULATED" if facts.simulated and tagged else "",
        readings=(*readings, Reading("Length", clock_label(facts.duration_s))),
        recording="",
        clock="",
    )


def whose(review: Review) -> str:
    """Return the code of the person, else the name of the file."""
    return review.facts.person or review.facts.file


def task_title(review: Review, task: str, side: Sides) -> str:
    """Return an exercise as people read it, with the side where one side works."""
    spec = review.judged.tasks.get((task, side))
    name = task.replace("_", " ").capitalize() if spec is None else spec.name
    return name if side == "both" else f"{name}, {side}"


def exercises(review: Review) -> str:
    """Return what was done, in the order in which it was."""
    told: dict[tuple[str, Sides], None] = dict.fromkeys(
        (one.task, one.side) for one in review.analysis.repetitions
    )
    if not told:
        told[review.facts.task, review.facts.side] = None
    return ", ".join(task_title(review, task, side) for task, side in told)


def _recorded(review: Review) -> str:
    start_s = review.facts.start_utc_s
    if start_s is None:
        return ""
    return f"{datetime.fromtimestamp(start_s, UTC).astimezone():%d %b %Y, %H:%M}"


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

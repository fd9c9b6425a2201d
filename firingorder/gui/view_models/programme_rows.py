"""What the page Programme lists: exercises as rows, what will happen, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.gui.view_models import programme_words as words
from firingorder.training.programmes.expanding import estimated_s, expand
from firingorder.training.programmes.items import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.training.exercises.copies import Exercises
    from firingorder.training.programmes.checking import Problem, Severity
    from firingorder.training.programmes.records import Item, PlannedSet, Programme

UNKNOWN_EXERCISE = "not known here"
#: Sets that are named one by one to screen readers; more would not be listened to.
_SPOKEN_SETS = 40


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of a programme; ``number`` 0 is the whole programme.

    Attributes
    ----------
    name, note
        What is large and what stands below it.
    mode, kind
        Codes: each is drawn as a shape of its own beside its word.
    goal
        Word of the mode, or of the kind where nothing is rewarded.
    dose, times, rest, side, told, target
        In words.
    severity
        The worst problem of the row; empty: none.
    """

    number: int
    name: str
    mode: str = ""
    kind: str = ""
    goal: str = ""
    dose: str = ""
    times: str = ""
    rest: str = ""
    side: str = ""
    told: str = ""
    target: str = ""
    note: str = ""
    severity: Severity | str = ""
    why: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        first = f"{self.number}. {self.name}" if self.number else self.name
        parts = (first, self.goal, self.dose, self.times, self.rest, self.side, self.told,
                 self.target, self.note, self.why)  # fmt: skip
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Block:
    """One set as it will be: where it lies and how it is told apart.

    ``silent``: nothing is told while it runs. ``label`` stands above the first set of an exercise.
    """

    item: int
    start_s: float
    length_s: float
    rest_s: float
    side: str
    silent: bool
    retention: str
    label: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What will happen: its sets in order, how long it takes, in words too."""

    blocks: tuple[Block, ...]
    total_s: float
    spoken: str
    selected: int = -1


def item_rows(
    programme: Programme, exercises: Exercises, found: Sequence[Problem]
) -> tuple[ItemRow, ...]:
    """Return the rows of a programme; the first one is the whole of it."""
    rows = [whole_row(programme, found)]
    for index, item in enumerate(programme.items):
        mine = [one for one in found if one.item == index]
        rows.append(_item_row(index, item, exercises, mine))
    return tuple(rows)


def whole_row(programme: Programme, found: Sequence[Problem]) -> ItemRow:
    """Return the row of the whole programme."""
    kept = programme.retention_reps
    parts = (
        words.per_week_words(programme),
        f"{kept} reps without feedback before and after" if kept else "",
        f"pain: {words.PAIN[programme.pain_policy]}",
    )
    mine = [one for one in found if one.item is None]
    return ItemRow(
        0, "The whole programme", note="  ·  ".join(part for part in parts if part),
        severity=worst(mine), why=" ".join(one.text for one in mine),
    )  # fmt: skip


def worst(found: Sequence[Problem]) -> str:
    """Return the worst of some problems; empty: there is none."""
    levels = {one.severity for one in found}
    return "stop" if "stop" in levels else "warn" if levels else ""


def _item_row(index: int, item: Item, exercises: Exercises, found: Sequence[Problem]) -> ItemRow:
    known = item.exercise in exercises
    name = exercises(item.exercise).task.name if known else item.exercise
    silent = item.kind in SILENT
    goal = words.KINDS[item.kind] if silent else words.MODES[item.mode]
    return ItemRow(
        number=index + 1,
        name=name,
        mode="" if silent else item.mode,
        kind=item.kind,
        goal=goal if item.kind in ("work", *SILENT) else f"{words.KINDS[item.kind]}, {goal}",
        dose=words.reps_words(item.reps),
        times=words.times_words(item),
        rest=f"rest {item.rest_s:g} s",
        side=words.side_words(item),
        told=words.SCHEDULES["none"]
        if item.schedule == "none" or silent
        else f"told {words.SCHEDULES[item.schedule]}",
        target=words.target_words(item.target),
        note=item.note if known else UNKNOWN_EXERCISE,
        severity=worst(found),
        why=" ".join(one.text for one in found),
    )


def plan_of(programme: Programme, exercises: Exercises, selected: int) -> Plan:
    """Return what will happen, set by set; nothing where an exercise is not known."""
    try:
        sets = expand(programme, exercises)
    except (FiringOrderError, ValueError):
        return Plan((), 0.0, "What will happen cannot be said: an exercise is not known here.")
    blocks: list[Block] = []
    at_s = 0.0
    for k, one in enumerate(sets):
        length_s = one.reps * one.rep_s
        rest_s = one.rest_s if k + 1 < len(sets) else 0.0
        fresh = k == 0 or (sets[k - 1].item, sets[k - 1].retention) != (one.item, one.retention)
        label = ("Kept" if one.retention else one.name) if fresh else ""
        silent = not any(one.feedback) and one.schedule != "summary"
        blocks.append(Block(one.item, at_s, length_s, rest_s, one.side, silent,
                            one.retention, label))  # fmt: skip
        at_s += length_s + rest_s
    said = f"{len(sets)} sets, {words.minutes_words(estimated_s(sets))}. "
    said += " ".join(_set_words(one) for one in sets[:_SPOKEN_SETS])
    return Plan(tuple(blocks), estimated_s(sets), said.strip(), selected)


def _set_words(one: PlannedSet) -> str:
    told = "" if any(one.feedback) or one.schedule == "summary" else ", nothing is told"
    kept = ", what is kept" if one.retention else ""
    return f"{one.name}, {words.SIDES[one.side]}, {one.reps}{kept}{told}, rest {one.rest_s:g} s."

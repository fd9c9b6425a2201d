"""Changing a programme: every step gives a new one, and every step can be taken back.

Pure operations; the screen calls them by keyboard and mouse alike. What a field may hold is told by
the same rules that read a file. Docs: docs/reference/programmes.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast, get_args

from firingorder.training.programmes.items import (
    LONGEST_S,
    MOST_REPS,
    MOST_SETS,
    SILENT,
    parse_item,
)
from firingorder.training.programmes.parsing import MOST_ITEMS
from firingorder.training.programmes.records import (
    GoalMode,
    RangeName,
    Schedule,
    SetKind,
    SidePlan,
    Target,
)
from firingorder.training.programmes.writing import item_record, part_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.training.programmes.records import Bounds, Item, Programme

#: What a key step adds, seconds: proposals.
_STEPS_S = {"hold_s": 1.0, "rest_s": 5.0, "pause_s": 1.0}
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": get_args(SetKind),
    "mode": get_args(GoalMode),
    "side": get_args(SidePlan),
    "schedule": get_args(Schedule),
    "range_name": get_args(RangeName),
}
#: Steps that can be taken back; far more than one sitting needs, and a bound for memory.
_REMEMBERED = 500


def add(programme: Programme, item: Item, at: int | None = None) -> Programme:
    """Return the programme with an item before the one at that place; None: at the end.

    Raises
    ------
    ValueError
        There is no such place, or there are as many items as a programme may have.
    """
    items = list(programme.items)
    if len(items) >= MOST_ITEMS:
        raise ValueError(f"A programme has at most {MOST_ITEMS} exercises; begin another one.")
    place = len(items) if at is None else at
    if not 0 <= place <= len(items):
        raise ValueError(f"There is no place {place + 1} in a programme of {len(items)} exercises.")
    items.insert(place, item)
    return replace(programme, items=tuple(items))


def remove(programme: Programme, index: int) -> Programme:
    """Return the programme without an item; otherwise as ``add``."""
    _item(programme, index)
    return replace(programme, items=programme.items[:index] + programme.items[index + 1 :])


def move(programme: Programme, index: int, to: int) -> Programme:
    """Return the programme with an item at another place; beyond an end it stays at that end."""
    item = _item(programme, index)
    rest = remove(programme, index)
    return add(rest, item, min(max(to, 0), len(rest.items)))


def duplicate(programme: Programme, index: int) -> Programme:
    """Return the programme with an item twice, one after the other; otherwise as ``add``."""
    return add(programme, _item(programme, index), index + 1)


def change(programme: Programme, index: int, field: str, value: object) -> Programme:
    """Return the programme with one field of an item changed; otherwise as ``change_all``."""
    return change_all(programme, index, {field: value})


def change_all(programme: Programme, index: int, values: Mapping[str, object]) -> Programme:
    """Return the programme with fields of an item changed together.

    A test keeps no feedback: where the kind becomes one, its schedule becomes ``none`` and target
    and threshold go; where it was one, the schedule becomes ``faded`` again.

    Parameters
    ----------
    programme, index
        Which item.
    values
        By field, as they stand in a file; None gives a field its default.

    Raises
    ------
    FileFormatError
        A value cannot stand there: one sentence with the field and what to do.
    """
    item = _item(programme, index)
    record = item_record(item)
    kind = values.get("kind", item.kind)
    if kind != item.kind and (kind in SILENT) != (item.kind in SILENT):
        for name in ("schedule", "target", "adaptive"):
            record.pop(name, None)
    for name, value in values.items():
        record.pop(name, None)
        if isinstance(value, Target):
            record[name] = part_record(value)
        elif value is not None:
            record[name] = list(cast("tuple[object]", value)) if isinstance(value, tuple) else value
    changed = parse_item(record, f"{programme.name}: exercise {index + 1} ({item.exercise})")
    items = (*programme.items[:index], changed, *programme.items[index + 1 :])
    return replace(programme, items=items)


def set_target(
    programme: Programme, index: int, target: Target | None, adaptive: Bounds | None = None
) -> Programme:
    """Return the programme with a target of an item, or none; otherwise as ``change_all``."""
    values = {"target": target, "adaptive": None if adaptive is None else part_record(adaptive)}
    return change_all(programme, index, values)


def stepped(programme: Programme, index: int, field: str, by: int) -> Programme:
    """Return the programme with a field one step up or down, as an arrow key does it.

    Repetitions of every set, seconds, or the next word of a choice (the last is followed by the
    first). At a limit it stays. Below the least hold or pause is the person's own pace.
    """
    item = _item(programme, index)
    if field == "reps":
        return change(programme, index, field, [_clamped(n + by, MOST_REPS) for n in item.reps])
    if field == "sets":
        count = _clamped(len(item.reps) + by, MOST_SETS)
        more = (item.reps[-1],) * max(0, count - len(item.reps))
        return change(programme, index, "reps", (*item.reps[:count], *more))
    if field in _STEPS_S:
        step = _STEPS_S[field]
        now: float = getattr(item, field) or 0.0
        value = min(max(now + step * by, 0.0), LONGEST_S)
        own_pace = value == 0.0 and field != "rest_s"
        return change(programme, index, field, None if own_pace else value)
    if field in CHOICES:
        words = CHOICES[field]
        now_at = words.index(getattr(item, field)) if getattr(item, field) in words else -1
        return change(programme, index, field, words[(now_at + by) % len(words)])
    raise ValueError(f"{field!r} has no steps")


def _clamped(value: int, most: int) -> int:
    return min(max(value, 1), most)


def _item(programme: Programme, index: int) -> Item:
    if not 0 <= index < len(programme.items):
        raise ValueError(
            f"There is no exercise {index + 1} in a programme of {len(programme.items)}."
        )
    return programme.items[index]


@dataclass(frozen=True, slots=True)
class History:
    """A programme and the way it came about; nothing is lost by a slip.

    Attributes
    ----------
    present
        The programme as it is.
    past, future
        (what was done, programme before it), (what was taken back, programme after it); the
        nearest step last.
    """

    present: Programme
    past: tuple[tuple[str, Programme], ...] = ()
    future: tuple[tuple[str, Programme], ...] = ()

    def did(self, label: str, programme: Programme) -> History:
        """Return the history after a step; what was taken back before can no longer be redone."""
        if programme == self.present:
            return self
        past = (*self.past, (label, self.present))
        return History(programme, past[-_REMEMBERED:])

    def undone(self) -> History:
        """Return the history with the last step taken back; unchanged if there is none."""
        if not self.past:
            return self
        label, before = self.past[-1]
        return History(before, self.past[:-1], (*self.future, (label, self.present)))

    def redone(self) -> History:
        """Return the history with the step done again that was taken back last."""
        if not self.future:
            return self
        label, after = self.future[-1]
        return History(after, (*self.past, (label, self.present)), self.future[:-1])

    @property
    def undo_label(self) -> str:
        """What would be taken back; empty: nothing."""
        return self.past[-1][0] if self.past else ""

    @property
    def redo_label(self) -> str:
        """What would be done again; empty: nothing."""
        return self.future[-1][0] if self.future else ""

"""From a programme to the sets as they will be done. Docs: docs/reference/programmes.md."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.training.programmes.items import SILENT
from firingorder.training.programmes.records import PlannedSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from firingorder.findings import Sides
    from firingorder.signal.task import Template
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import Item, Programme

    Resolve = Callable[[str], Exercise]

#: Share of repetitions whose result is told in the first, second and every later set of a side,
#: as (numerator, denominator): programmes.md section 3.
_FADED = ((1, 1), (1, 2), (1, 4))
_ALWAYS = ("concurrent", "bandwidth", "on_request")
#: Way out and way back where no tempo is asked for: those of the bridge (bridge.yaml, P), as no
#: other record states any.
_WAY_S = 2.0
_FAR_S = 1.0
#: A cued hold without a stated pause: quiet, the word, the rest before it, as the coach leads it
#: (coaching/attempts.py); and its shortest hold.
_CUED_PAUSE_S = 6.5
_CUED_HOLD_S = 3.0
#: A stride lasts about a second; a slow step with a band longer: a proposal for the estimate.
_STEP_S = 2.0
#: Reading the card and lying down before an exercise; a proposal for the estimate.
SETTLE_S = 20.0


def expand(programme: Programme, resolve: Resolve) -> tuple[PlannedSet, ...]:
    """Return the sets of a programme in the order in which they will be done.

    Parameters
    ----------
    programme
        The programme.
    resolve
        Returns the record of an exercise by its id; raises UsageError where there is none.

    Notes
    -----
    The order is that of the programme, except that in a programme with the mode Yield the tests of
    rest and release come before every squeeze, and the find-it test before the first exercise of
    the mode Activate. The block that tests what is kept stands before the first exercise that is
    trained, and comes again before what is transferred (programmes.md section 3).
    """
    items = programme.items
    found = {item.exercise: resolve(item.exercise) for item in items}
    order = order_of(items)
    sets = [_item_sets(index, items[index], found[items[index].exercise]) for index in order]
    kept = _retention_item(programme, order)
    if kept is not None:
        place = order.index(kept)
        block = sets[place]
        end = len(sets)
        while end > 0 and items[order[end - 1]].kind == "transfer":
            end -= 1
        after = _retention(block, programme.retention_reps, "after")
        sets.insert(end, after)
        sets.insert(place, _retention(block, programme.retention_reps, "before"))
    return tuple(one for group in sets for one in group)


def order_of(items: Sequence[Item]) -> list[int]:
    """Return the indices of the items in the order in which they are done."""
    order = list(range(len(items)))
    if any(item.mode == "yield" for item in items):
        order.sort(key=lambda k: items[k].kind != "release")
    first = next((n for n, k in enumerate(order) if _trains(items[k], "activate")), None)
    if first is not None:
        late = [k for k in order[first:] if items[k].kind == "find_it"]
        rest = [k for k in order[first:] if items[k].kind != "find_it"]
        order = [*order[:first], *late, *rest]
    return order


def estimated_s(planned: Iterable[PlannedSet]) -> float:
    """Return how long the sets will take with rests and a little time to settle, seconds.

    An estimate: where no tempo is asked for, the person's own pace is not known before.
    """
    sets = list(planned)
    total = sum(one.reps * one.rep_s for one in sets)
    total += sum(one.rest_s for one in sets[:-1])
    changes = sum(1 for k, one in enumerate(sets) if k == 0 or sets[k - 1].exercise != one.exercise)
    return total + SETTLE_S * changes


def told(item_schedule: str, set_index: int, reps: int) -> tuple[bool, ...]:
    """Return for each repetition of the n-th set of a side whether its result is told at once.

    Of a faded set the first repetition is told, and the others are spread evenly.
    """
    if item_schedule in _ALWAYS:
        return (True,) * reps
    if item_schedule != "faded":
        return (False,) * reps
    part, whole = _FADED[min(set_index, len(_FADED) - 1)]
    return tuple(k * part % whole < part for k in range(reps))


def _trains(item: Item, mode: str) -> bool:
    return item.mode == mode and item.kind not in (*SILENT, "find_it", "release")


def _item_sets(index: int, item: Item, exercise: Exercise) -> list[PlannedSet]:
    plan = sides_of(item)
    schedule = "none" if item.kind in SILENT else item.schedule
    seconds = _rep_s(item, exercise.task.template)
    return [
        PlannedSet(
            item=index,
            set_number=number,
            sets=len(plan),
            exercise=item.exercise,
            name=exercise.task.name,
            kind=item.kind,
            mode=item.mode,
            target=None if item.kind in SILENT else item.target,
            side=side,
            reps=item.reps[nth],
            hold_s=item.hold_s,
            tempo_s=item.tempo_s,
            rest_s=item.rest_s,
            schedule=schedule,
            feedback=told(schedule, nth, item.reps[nth]),
            band=item.band,
            estimate_first=item.estimate_first,
            adaptive=None if item.kind in SILENT else item.adaptive,
            range_name=item.range_name,
            note=item.note if number == 1 else "",
            pause_s=item.pause_s,
            rep_s=seconds,
        )
        for number, (side, nth) in enumerate(plan, start=1)
    ]


def sides_of(item: Item) -> list[tuple[Sides, int]]:
    """Return (side, number of the set of that side) in the order in which they are done."""
    count = range(len(item.reps))
    match item.side:
        case "left_then_right":
            sides: tuple[Sides, ...] = ("left", "right")
        case "left_right_both":
            sides = ("left", "right", "both")
        case "alternate":
            return [(side, nth) for nth in count for side in ("left", "right")]
        case _:
            sides = (item.side,)
    return [(side, nth) for side in sides for nth in count]


def _rep_s(item: Item, template: Template) -> float:
    cued = template == "CUED_HOLD"
    usual_s = _CUED_PAUSE_S if cued else 0.0
    pause = usual_s if item.pause_s is None else item.pause_s
    if item.tempo_s is not None:
        out, far, back = item.tempo_s
        return out + max(far, item.hold_s or 0.0) + back + pause
    if cued:
        return (item.hold_s or _CUED_HOLD_S) + pause
    if template == "STEP" and item.hold_s is None:
        return _STEP_S + pause
    return _WAY_S + (item.hold_s or _FAR_S) + _WAY_S + pause


def _retention_item(programme: Programme, order: Sequence[int]) -> int | None:
    if programme.retention_reps == 0:
        return None
    return next((k for k in order if programme.items[k].kind in ("work", "smallest_range")), None)


def _retention(sets: Sequence[PlannedSet], reps: int, when: str) -> list[PlannedSet]:
    sides = list(dict.fromkeys(one.side for one in sets))
    reps = min(reps, max(one.reps for one in sets))  # never more than the dose asks for at once
    return [
        replace(
            sets[0],
            set_number=number,
            sets=len(sides),
            side=side,
            reps=reps,
            schedule="none",
            feedback=(False,) * reps,
            adaptive=None,
            estimate_first=False,
            retention="before" if when == "before" else "after",
            note=sets[0].note if when == "before" and number == 1 else "",
        )
        for number, side in enumerate(sides, start=1)
    ]

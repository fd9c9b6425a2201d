"""Who made a programme, who brought it here, and what of it holds. Docs: programmes.md section 6.

A file cannot prove who wrote it. So what only a therapist sets counts on a computer only where a
therapist made it or took it over there; what a person brings waits for that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.training.exercises.copies import base_of
from firingorder.training.programmes.whole import embedded

if TYPE_CHECKING:
    from firingorder.training.programmes.records import Item, Programme
    from firingorder.training.safety.records import Hat


def holds_therapists(programme: Programme) -> bool:
    """Tell whether a programme holds what only a therapist sets: targets, bounds, a pain rule."""
    return programme.pain_policy != "strict" or any(map(_sets_more, programme.items))


def is_therapists(programme: Programme) -> bool:
    """Tell whether only a therapist changes it: made by one, or holding what only they set."""
    return programme.made_by == "therapist" or holds_therapists(programme)


def waits(programme: Programme) -> bool:
    """Tell whether a person brought it and no therapist has taken over what it sets."""
    return programme.brought_by == "person" and _needs_therapist(programme)


def brought(programme: Programme, hat: Hat) -> Programme:
    """Return a programme from a file as it counts here, brought in this hat."""
    asks = is_therapists(programme) or _needs_therapist(programme)
    return replace(programme, brought_by="person" if hat == "person" and asks else "")


def taken_over(programme: Programme) -> Programme:
    """Return a programme whose targets, bounds and rule for pain a therapist stands for here."""
    return replace(programme, brought_by="")


def in_force(programme: Programme) -> Programme:
    """Return what of a programme is done: what waits for a therapist is left out.

    Without targets the person's own baseline is told, colours are neutral and the rule for pain is
    the strict one. Copies of exercises are done as the records they were made from, which another
    rule for pain or another margin cannot have slipped into. Order, doses and modes stay.

    Raises
    ------
    FileFormatError
        A copy inside is damaged.
    """
    if not waits(programme):
        return programme
    bases = {name: base_of(one) for name, one in embedded(programme).items()}
    plain = without_targets(programme)
    items = tuple(
        replace(item, exercise=bases.get(item.exercise, item.exercise)) for item in plain.items
    )
    return replace(plain, items=items, exercises=())


def copied(programme: Programme, new_id: str, name: str, hat: Hat) -> Programme:
    """Return a programme of one's own made from another; a person's takes no targets along.

    Raises
    ------
    FileFormatError
        A copy inside is damaged.
    """
    made = replace(in_force(programme), id=new_id, name=name, made_by=hat, brought_by="")
    return without_targets(made) if hat == "person" else made


def leaves_behind(programme: Programme, hat: Hat) -> bool:
    """Tell whether a copy made in this hat takes less along than there is."""
    return holds_therapists(programme) and (hat == "person" or waits(programme))


def without_targets(programme: Programme) -> Programme:
    """Return a programme without what only a therapist sets."""
    items = tuple(
        replace(item, target=None, adaptive=None) if _sets_more(item) else item
        for item in programme.items
    )
    return replace(programme, items=items, pain_policy="strict")


def _needs_therapist(programme: Programme) -> bool:
    return holds_therapists(programme) or bool(programme.exercises)


def _sets_more(item: Item) -> bool:
    target = item.target
    return item.adaptive is not None or (target is not None and target.set_by == "therapist")

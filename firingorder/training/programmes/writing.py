"""A programme as the text of a file, whole by itself."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from firingorder.training.exercises.writing import dump, plain
from firingorder.training.programmes.parsing import parse_programme, read_programme
from firingorder.training.programmes.records import SCHEMA, Bounds, Item, Programme, Target

if TYPE_CHECKING:
    from collections.abc import Collection

_FIELDS = (
    "made_by", "brought_by", "track", "per_week", "retention_reps", "pain_policy", "note",
)  # fmt: skip


def write_programme(programme: Programme) -> str:
    """Return a programme as YAML that ``read_programme`` reads back equal.

    Raises
    ------
    FileFormatError
        It holds what no file may hold, such as an exercise that is not known and whose copy is not
        in it. Nothing is written that could not be read.
    """
    text = dump(to_record(programme))
    read_programme(text, programme.name or "The programme")
    return text


def check_programme(programme: Programme, known: Collection[str] | None = None) -> None:
    """Refuse a programme that could not be written; otherwise as ``write_programme``.

    ``known`` are exercises that it will hold copies of once it is whole, beside those that come
    with firingorder; None: all there are stand in it already.
    """
    parse_programme(to_record(programme), programme.name or "The programme", known)


def to_record(programme: Programme) -> dict[str, Any]:
    """Return a programme as the mapping of its file; what has its default is left out."""
    usual = Programme("", "", ())
    out: dict[str, Any] = {"schema": SCHEMA, "id": programme.id, "name": programme.name}
    for name in _FIELDS:
        if name == "retention_reps" or getattr(programme, name) != getattr(usual, name):
            out[name] = plain(getattr(programme, name))
    out["items"] = [item_record(item) for item in programme.items]
    if programme.exercises:
        out["exercises"] = dict(programme.exercises)
    return out


def item_record(item: Item) -> dict[str, Any]:
    """Return an item as the mapping of its file; what has its default is left out."""
    usual, always = Item(""), ("kind", "mode", "reps", "rest_s", "side", "schedule")
    out: dict[str, Any] = {"exercise": item.exercise}
    for one in fields(Item)[1:]:
        value = getattr(item, one.name)
        if one.name not in always and value == getattr(usual, one.name):
            continue
        part = isinstance(value, Target | Bounds)
        out[one.name] = part_record(value) if part else plain(value)
    return out


def part_record(part: Target | Bounds) -> dict[str, Any]:
    """Return a target or bounds as the mapping of their file."""
    return {one.name: plain(getattr(part, one.name)) for one in fields(part)}

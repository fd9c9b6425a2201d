"""A programme from the text of its file. Docs: docs/reference/programmes.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, cast

from firingorder.errors import FileFormatError
from firingorder.training.exercises.loader import read_exercise, task_ids
from firingorder.training.programmes.items import MOST_REPS, Checked, parse_item
from firingorder.training.programmes.records import SCHEMA, Item, MadeBy, Programme
from firingorder.training.programmes.yaml_text import load

if TYPE_CHECKING:
    from collections.abc import Collection

PROGRAMME_FIELDS = frozenset({
    "schema", "id", "name", "items", "retention_reps", "per_week", "track", "pain_policy", "note",
    "exercises", "made_by", "brought_by",
})  # fmt: skip
#: More than a session can hold, so a slip; a proposal.
MOST_ITEMS = 50
_POLICIES = ("strict", "traffic_light")
_MAKERS = ("person", "therapist", "product")
_DAYS = 7
_SCHEMA = re.compile(r"firingorder\.programme/(\d+)")


def read_programme(text: str, origin: str, known: Collection[str] | None = None) -> Programme:
    """Read a programme from the text of its file (YAML, or JSON), ``origin``.

    ``known`` are the exercises there are beside the copies inside the programme; None: those that
    come with firingorder.

    Raises
    ------
    FileFormatError
        One sentence with the file, the field, and what to do.
    """
    return parse_programme(load(text, origin), origin, known)


def parse_programme(data: object, origin: str, known: Collection[str] | None = None) -> Programme:
    """Check a decoded programme and return it typed; otherwise as ``read_programme``."""
    _check_version(data, origin)
    record = Checked(data, origin, PROGRAMME_FIELDS, "a programme")
    copies = _copies(record)
    there = {*(task_ids() if known is None else known), *(name for name, _ in copies)}
    items = tuple(
        _item(one, f"{origin}: exercise {number}", there)
        for number, one in enumerate(record.sequence("items"), start=1)
    )
    if not 1 <= len(items) <= MOST_ITEMS:
        raise record.wrong("items", f"holds {len(items)} exercises, not 1 to {MOST_ITEMS}")
    usual = Programme("x", "x", ())
    return Programme(
        id=record.code("id"),
        name=record.text("name"),
        items=items,
        retention_reps=_retention(record) if record.has("retention_reps") else usual.retention_reps,
        per_week=_per_week(record) if record.has("per_week") else None,
        track=record.line("track"),
        pain_policy=cast(
            "Literal['strict', 'traffic_light']", record.maybe("pain_policy", _POLICIES, "strict")
        ),
        note=record.line("note"),
        exercises=copies,
        made_by=cast("MadeBy", record.maybe("made_by", _MAKERS, "")),
        brought_by=cast("Literal['', 'person']", record.maybe("brought_by", ("person",), "")),
    )


def _check_version(data: object, origin: str) -> None:
    if not isinstance(data, dict):
        raise FileFormatError(
            f"{origin} is not a programme; choose a file that was exported as one."
        )
    schema: Any = cast("dict[Any, Any]", data).get("schema")
    if schema == SCHEMA:
        return
    found = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    if found is None:
        raise FileFormatError(
            f"{origin}: schema is {schema!r}, not {SCHEMA!r}; choose a file that was exported as a "
            "programme."
        )
    raise FileFormatError(
        f"{origin} was made by a newer version of firingorder (schema {schema!r}, this one reads "
        f"{SCHEMA!r}); update firingorder, or export the programme for this version."
    )


def _item(data: object, origin: str, known: Collection[str]) -> Item:
    fields = cast("dict[Any, Any]", data) if isinstance(data, dict) else {}
    named: Any = fields.get("exercise")
    where = f"{origin} ({named})" if isinstance(named, str) else origin
    item = parse_item(cast("object", data), where)
    if item.exercise not in known:
        raise FileFormatError(
            f"{where}: exercise {item.exercise!r} is not known here; correct its name, or export "
            "the programme again from where the exercise was made."
        )
    return item


def _retention(record: Checked) -> int:
    reps = record.whole("retention_reps", least=0)
    if reps > MOST_REPS:
        raise record.wrong("retention_reps", f"is {reps}")
    return reps


def _per_week(record: Checked) -> tuple[int, int]:
    values = record.sequence("per_week")
    if len(values) != 2:
        raise record.wrong("per_week", f"has {len(values)} values, not 2")
    least, most = (record.as_whole("per_week", value, least=1) for value in values)
    # Several a day are meant by "daily": a week has seven days, not a limit on what is done.
    if not least <= most <= _DAYS * 10:
        raise record.wrong("per_week", f"is {least} to {most}")
    return least, most


def _copies(record: Checked) -> tuple[tuple[str, str], ...]:
    if not record.has("exercises"):
        return ()
    found: list[tuple[str, str]] = []
    for name, text in record.mapping("exercises").items():
        where = f"{record.origin}: exercises.{name}"
        if name in task_ids():
            raise FileFormatError(
                f"{where} has the name of an exercise that comes with firingorder; rename the copy."
            )
        exercise = read_exercise(record.as_text(f"exercises.{name}", text), where)
        if exercise.task.id != name:
            raise FileFormatError(
                f"{where} calls itself {exercise.task.id!r}; give both the same name."
            )
        found.append((name, text))
    return tuple(found)

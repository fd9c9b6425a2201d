"""From what stands in a field of the editor to the next programme. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import UsageError
from firingorder.gui.view_models.programme_fields import (
    FIRST_BAND,
    FIRST_BOUNDS,
    FIRST_TARGETS,
    NO_MEASURE,
    STAYS,
    field_text,
)
from firingorder.training.programmes import editing
from firingorder.training.programmes.items import MOST_REPS
from firingorder.training.programmes.ownership import taken_over
from firingorder.training.programmes.records import Bounds, Target
from firingorder.training.programmes.typed import typed_value
from firingorder.training.programmes.writing import check_programme

if TYPE_CHECKING:
    from collections.abc import Collection

    from firingorder.training.programmes.records import Item, Measure, Programme, SetBy

_WEEK = re.compile(r"(\d+)(?:\s*(?:-|–|to|,|\s)\s*(\d+))?\s*(?:times|x)?")
#: What an arrow key adds where ``editing.stepped`` has no step: proposals.
_STEPS = {"low": 5.0, "high": 5.0, "band": 1.0, "bound_low": 5.0, "bound_high": 5.0,
          "step_percent": 1.0}  # fmt: skip
#: A place in a file, as errors about records begin: ``Name: exercise 2 (bridge): reps is``.
_PLACE = re.compile(r"^.*?: exercise \d+ \([a-z0-9_]+\): (?:target: |adaptive: )?")

#: Fields of a file as the screen calls them, and what is typed instead of what is written.
_NAMES = {
    "reps": "Repetitions", "hold_s": "The hold", "tempo_s": "The tempo", "rest_s": "The rest",
    "pause_s": "The pause", "band": "Half of the band", "low": "The lower limit",
    "high": "The upper limit", "step_percent": "The step", "per_week": "Times a week",
    "retention_reps": "What is kept", "name": "The name",
}  # fmt: skip
_TYPED = {
    "such as [6, 4, 2]": "such as 10, 3 x 10 or 6-4-2",
    "such as [2, 3]": "such as 2-3",
    "Repetitions is": "Repetitions are",
    "list 1": "type 1",
    "give ": "type ",
    "null": "nothing",
}


def changed_field(
    programme: Programme, index: int, field: str, text: str, known: Collection[str] | None = None
) -> Programme:
    """Return the programme with a field changed; index -1 is the whole programme.

    ``known`` are all exercises there are, the therapist's copies among them.

    Raises
    ------
    UsageError
        What was typed cannot be read.
    FileFormatError
        It cannot stand there.
    """
    if index < 0:
        changed = _whole(programme, field, text)
        if changed.items:  # an empty programme may be named, and is told as a problem
            check_programme(changed, known)
        return changed
    item = programme.items[index]
    if field in ("measure", "low", "high", "set_by"):
        return editing.set_target(programme, index, _target(item, field, text), item.adaptive)
    if field in ("follows", "bound_low", "bound_high", "step_percent"):
        return editing.set_target(programme, index, item.target, _bounds(item, field, text))
    values: dict[str, Any] = {field: typed_value(field, text)}
    if field == "schedule" and text == "bandwidth" and item.band is None:
        values["band"] = FIRST_BAND
    return editing.change_all(programme, index, values)


def stepped_field(programme: Programme, index: int, field: str, by: int) -> Programme:
    """Return the programme with a field one step up or down; otherwise as ``changed_field``."""
    if index < 0:
        if field != "retention_reps":
            return programme
        count = min(max(programme.retention_reps + by, 0), MOST_REPS)
        return replace(programme, retention_reps=count)
    if field in _STEPS:
        now = field_text(programme.items[index], field)
        value = (float(now) if now else 0.0) + by * _STEPS[field]
        return changed_field(programme, index, field, f"{value:g}")
    return editing.stepped(programme, index, field, by)


def refused_field(text: str, name: str = "") -> str:
    """Return an error about a field without the place in a file, in the words of the screen.

    ``name`` is that of the programme, with which an error about all of it begins.
    """
    bare = _PLACE.sub("", text).removeprefix(f"{name}: ")
    for field, said in _NAMES.items():
        if bare.startswith(f"{field} "):
            bare = said + bare.removeprefix(field)
            break
    for written, typed in _TYPED.items():
        bare = bare.replace(written, typed)
    return bare[:1].upper() + bare[1:]


def _whole(programme: Programme, field: str, text: str) -> Programme:
    said = text.strip()
    if field == "name":
        if not said:
            raise UsageError("A programme needs a name; type one.")
        return replace(programme, name=said)
    if field == "programme_note":
        return replace(programme, note=said)
    if field == "brought_by":
        return programme if said else taken_over(programme)
    if field == "pain_policy":
        return replace(programme, pain_policy="strict" if said == "strict" else "traffic_light")
    if field == "retention_reps":
        if not said.isdecimal():
            raise UsageError(f"{text!r} is no count; type 0 to {MOST_REPS}.")
        return replace(programme, retention_reps=int(said))
    if not said:
        return replace(programme, per_week=None)
    found = _WEEK.fullmatch(said.lower())
    if found is None:
        raise UsageError(f"{text!r} is not how often; type times a week such as 3, or 2-3.")
    least = int(found[1])
    return replace(programme, per_week=(least, int(found[2] or least)))


def _target(item: Item, field: str, text: str) -> Target | None:
    if field == "measure":
        if text == NO_MEASURE:
            return None
        low, high = FIRST_TARGETS[text]
        return Target(cast("Measure", text), low, high, set_by="product")
    if field == "set_by":
        return None if item.target is None else replace(item.target, set_by=cast("SetBy", text))
    value = typed_value(field, text)
    target = item.target or Target("lead_ms", *FIRST_TARGETS["lead_ms"])
    assert value is None or isinstance(value, float)
    changed = replace(target, set_by="therapist")
    return replace(changed, low=value) if field == "low" else replace(changed, high=value)


def _bounds(item: Item, field: str, text: str) -> Bounds | None:
    bounds = item.adaptive or Bounds(*FIRST_BOUNDS)
    if field == "follows":
        return None if text == STAYS else bounds
    value = typed_value("step_percent" if field == "step_percent" else "low", text)
    if not isinstance(value, float):
        raise UsageError("A limit of the threshold is needed; type a number such as 30.")
    name = {"bound_low": "low", "bound_high": "high"}.get(field, field)
    return replace(bounds, **{name: value})

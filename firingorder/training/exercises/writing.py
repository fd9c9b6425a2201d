"""An exercise as the text of its file: the inverse of reading it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import yaml

from firingorder.training.exercises.loader import read_exercise
from firingorder.training.exercises.records import SCHEMA

if TYPE_CHECKING:
    from firingorder.signal.task import PelvisAxis
    from firingorder.training.exercises.records import Dose, Exercise, Reference, Texts

_LINE = 110
_DIGEST_LENGTH = 12
#: Names in the code, and the words of the record (exercises.md section 2).
_AXIS_NAMES: dict[PelvisAxis, str] = {"tilt": "tilt", "obliquity": "obl", "rotation": "rot"}
#: Templates whose record must name the angle they follow.
_MOVING = ("PITCH_LIFT", "HINGE")
_SPANS = ("hold_s", "duration_s")
_DOSE = (
    "sets", "reps", "per", "pyramid", "tempo", "tempo_s", "hold_s", "rest_s", "quiet_s",
    "duration_s", "effort_percent_max", "height_cm_max", "note", "provenance", "evidence",
)  # fmt: skip


def write_exercise(exercise: Exercise) -> str:
    """Return a record as YAML that ``read_exercise`` reads back equal.

    Raises
    ------
    FileFormatError
        It holds what no record may hold. Nothing is written that could not be read.
    """
    text = dump(to_record(exercise))
    read_exercise(text, exercise.task.id)
    return text


def digest(exercise: Exercise) -> str:
    """Return a short fingerprint of all that a record says: its version."""
    return sha256(dump(to_record(exercise)).encode()).hexdigest()[:_DIGEST_LENGTH]


def to_record(exercise: Exercise) -> dict[str, Any]:
    """Return a record as the mapping of its file (exercises.md section 1)."""
    task = exercise.task
    moves = task.template in _MOVING or (task.lift_axis, task.lift_sign) != ("tilt", 1)
    out: dict[str, Any] = {
        "schema": SCHEMA,
        "id": task.id,
        "name": dict(exercise.names),
        "position": exercise.position,
        "sides": list(task.sides),
        "modes": list(exercise.modes),
        "template": task.template,
        "other_templates": list(exercise.other_templates),
        "lift_sign": {_AXIS_NAMES[task.lift_axis]: task.lift_sign} if moves else None,
        "onset_window_ms": plain(task.onset_window_ms),
        "together_margin_ms": plain(task.together_margin_ms),
        "min_good_reps_for_verdict": task.min_good_reps,
        "evidence": dict(exercise.marks),
        "usual_range_deg": _usual_range(exercise),
        "prime": list(task.prime),
        "order_pairs": plain(task.order_pairs),
        "primary_pair": plain(task.primary_pair),
        "dose": [_dose(one) for one in exercise.doses],
        "faults": list(exercise.faults),
        "variants": list(exercise.variants),
        "provenance": dict(exercise.provenance),
        "reference": _reference(exercise.reference),
        "debate": [
            {"view": one.view, "text": dict(one.text), "provenance": list(one.provenance)}
            for one in exercise.debate
        ],
        "not_measured_without": dict(exercise.not_measured_without),
        "pain_gate": exercise.pain_gate,
        "tested_on": task.tested_on,
        "media_key": exercise.media_key,
        "texts": {language: _texts(one) for language, one in exercise.texts},
    }
    for name in ("other_templates", "usual_range_deg"):
        if not out[name]:
            del out[name]
    return out


def dump(record: dict[str, Any]) -> str:
    """Return a mapping as YAML in the order of its fields, in plain letters of every language."""
    return yaml.dump(
        record, Dumper=_Lines, sort_keys=False, allow_unicode=True, width=_LINE,
        default_flow_style=None,
    )  # fmt: skip


def plain(value: Any) -> Any:
    """Return tuples as lists, and whole numbers without a point."""
    if isinstance(value, tuple | list):
        return [plain(one) for one in cast("list[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


class _Lines(yaml.SafeDumper):
    """Never refers back to a value that stands there already."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write every value out."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Keep the lines of a text that has several, such as a record inside a programme."""
    style = "|" if "\n" in text else None
    return cast("Any", dumper).represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Lines.add_representer(str, _text)


def _usual_range(exercise: Exercise) -> dict[str, Any] | None:
    if exercise.usual_range_deg is None:
        return None
    span, mark = exercise.usual_range_deg
    # The record may name another angle than that of the lift, but only the numbers are kept.
    return {_AXIS_NAMES[exercise.task.lift_axis]: plain(span), "evidence": mark}


def _dose(dose: Dose) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in _DOSE:
        value = getattr(dose, name)
        if value is None or value in ((), ""):
            continue
        one_length = name in _SPANS and value[0] == value[1]
        out[name] = plain(value[0] if one_length else value)
    return out


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "order": reference.order,
        "text_key": reference.text_key,
        "text": dict(reference.text),
        "facts": [
            {"text": dict(one.text), "source": one.source, "evidence": one.evidence}
            for one in reference.facts
        ],
    }


def _texts(texts: Texts) -> dict[str, Any]:
    out: dict[str, Any] = {
        "setup": texts.setup,
        "cues": list(texts.cues),
        "asks": texts.asks,
        "sees": texts.sees,
        "cannot_see": texts.cannot_see,
    }
    if texts.only_if:
        out["only_if"] = texts.only_if
    return out

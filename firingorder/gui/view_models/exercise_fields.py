"""The fields of a therapist's copy of an exercise, and what is typed into them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import UsageError
from firingorder.gui.view_models.exercise_story import POSITIONS, muscle_words
from firingorder.gui.view_models.programme_fields import FieldView
from firingorder.gui.view_models.programme_words import PAIN, dose_source, plain_code
from firingorder.training.exercises.copies import changed
from firingorder.training.exercises.writing import to_record
from firingorder.training.faults import load_faults
from firingorder.training.programmes.typed import typed_value

if TYPE_CHECKING:
    from firingorder.training.exercises.records import Dose, Exercise

_YES_NO = (("yes", "told"), ("no", "not told"))
_SPAN = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:(?:-|–|to)\s*(\d+(?:[.,]\d+)?)|(\+|or more))?")
#: Fields of a dose that are typed: (name, label, unit, what to type).
_DOSE = (
    ("sets", "Sets", "", ""),
    ("reps", "Repetitions", "", "10, or 10-15, or 10+."),
    ("pyramid", "Pyramid", "", "Such as 6-4-2."),
    ("tempo_s", "Tempo", "s", "Way out, far, way back: 2-1-2."),
    ("hold_s", "Hold", "s", "5, or 5-10."),
    ("rest_s", "Rest", "s", ""),
    ("quiet_s", "Quiet after letting go", "s", ""),
    ("note", "Note", "", ""),
)
_TEXTS = (
    ("setup", "How to begin", 3, ""),
    ("cues", "Cues", 4, "One a line."),
    ("only_if", "Only if", 2, "Empty: no condition."),
    ("asks", "The question", 3, ""),
    ("sees", "What is seen", 3, ""),
    ("cannot_see", "What is not seen", 3, ""),
)
_MECHANICS = ("position", "sides", "modes", "template", "onset_window_ms", "prime", "order_pairs")
_MECHANIC_WORDS = {
    "position": "Position", "sides": "Sides", "modes": "Goals", "template": "Found as",
    "onset_window_ms": "Window of starts", "prime": "Muscles", "order_pairs": "Compared",
}  # fmt: skip
_NEW_DOSE = {"sets": 2, "reps": [10, 10], "provenance": "therapist", "evidence": "P"}
NOTE_KEY = "therapist"


def exercise_fields(exercise: Exercise, locked: str) -> tuple[FieldView, ...]:
    """Return the fields of an exercise; ``locked`` says why none of them can be changed."""
    texts, found = exercise.text(), [FieldView("name", "Name", exercise.task.name, group="Words")]
    for key, label, lines, hint in _TEXTS:
        value = "\n".join(texts.cues) if key == "cues" else cast("str", getattr(texts, key))
        found.append(FieldView(key, label, value, lines=lines, hint=hint))
    note = dict(exercise.provenance).get(NOTE_KEY, "")
    found.append(FieldView("notes", "Your notes", note, lines=3))
    for k, dose in enumerate(exercise.doses):
        found += _dose_fields(k, dose)
    task = exercise.task
    found += [
        FieldView("together_margin_ms", "Together within", f"{task.together_margin_ms:g}", "ms",
                  steps=True, group="What is said about a repetition",
                  hint="Two starts this close are called together."),
        FieldView("min_good_reps_for_verdict", "Repetitions needed", str(task.min_good_reps),
                  steps=True, hint="Before a set says something."),
        FieldView("pain_gate", "Rule for pain", exercise.pain_gate, options=tuple(PAIN.items())),
        FieldView("variants", "Ways to do it", ", ".join(map(plain_code, exercise.variants)),
                  hint="Separated by commas.", empty="none"),
    ]  # fmt: skip
    for n, (code, fault) in enumerate(load_faults().items()):
        found.append(
            FieldView(f"fault.{code}", dict(fault.name)["en"],
                      "yes" if code in exercise.faults else "no", options=_YES_NO,
                      hint=dict(fault.not_measured)["en"],
                      group="What may be told" if n == 0 else "")
        )  # fmt: skip
    found += [_mechanic(exercise, name, first=n == 0) for n, name in enumerate(_MECHANICS)]
    if not locked:
        return tuple(found)
    return tuple(_locked(one, locked) for one in found)


def changed_exercise(exercise: Exercise, key: str, text: str) -> Exercise:
    """Return a copy with one of its fields changed to what was typed.

    Raises
    ------
    UsageError
        It cannot be read, or the field may not be changed.
    FileFormatError
        It cannot stand there.
    """
    record, said = to_record(exercise), text.strip()
    if key == "name":
        return changed(exercise, "name", {**record["name"], "en": said})
    if key in {name for name, *_ in _TEXTS}:
        texts = {k: dict(v) for k, v in record["texts"].items()}
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        texts["en"][key] = lines if key == "cues" else said
        if key == "only_if" and not said:
            texts["en"].pop("only_if")
        return changed(exercise, "texts", texts)
    if key == "notes":
        notes = {k: v for k, v in record["provenance"].items() if k != NOTE_KEY}
        return changed(exercise, "provenance", {**notes, **({NOTE_KEY: said} if said else {})})
    if key.startswith("dose."):
        return changed(exercise, "dose", _doses(record["dose"], key, text))
    if key.startswith("fault."):
        code = key.removeprefix("fault.")
        wanted = [c for c in load_faults() if (c in exercise.faults or c == code)
                  and not (c == code and said == "no")]  # fmt: skip
        return changed(exercise, "faults", wanted)
    if key == "variants":
        words = [re.sub(r"[^a-z0-9]+", "_", one.strip().lower()).strip("_")
                 for one in text.split(",")]  # fmt: skip
        return changed(exercise, "variants", [one for one in words if one])
    if key in ("together_margin_ms", "min_good_reps_for_verdict"):
        value = _number(text)
        return changed(exercise, key, round(value) if key.startswith("min") else value)
    return changed(exercise, key, said)


def stepped_exercise(exercise: Exercise, key: str, by: int) -> Exercise:
    """Return a copy with a number one step up or down; otherwise as ``changed_exercise``."""
    if key == "together_margin_ms":
        value = max(1.0, exercise.task.together_margin_ms + 5.0 * by)
        return changed_exercise(exercise, key, f"{value:g}")
    return changed_exercise(exercise, key, str(max(1, exercise.task.min_good_reps + by)))


def with_doses(exercise: Exercise, by: int) -> Exercise:
    """Return a copy with a dose more, or without the last one. Errors as ``changed_exercise``."""
    doses = cast("list[dict[str, Any]]", to_record(exercise)["dose"])
    if by < 0 and len(doses) < 2:
        raise UsageError("One dose stays; change its numbers.")
    return changed(exercise, "dose", doses[:-1] if by < 0 else [*doses, dict(_NEW_DOSE)])


def _dose_fields(k: int, dose: Dose) -> list[FieldView]:
    return [
        FieldView(f"dose.{k}.{name}", label, _dose_text(dose, name), unit, hint=hint,
                  empty="not stated",
                  group=f"Dose {k + 1}: {dose_source(dose)}" if n == 0 else "")
        for n, (name, label, unit, hint) in enumerate(_DOSE)
    ]  # fmt: skip


def _dose_text(dose: Dose, name: str) -> str:
    value: Any = getattr(dose, name)
    if value in (None, (), ""):
        return ""
    if name == "reps":
        least, most = value
        return f"{least}+" if most is None else f"{least}" if least == most else f"{least}-{most}"
    if name == "hold_s":
        low, high = value
        return f"{low:g}" if low == high else f"{low:g}-{high:g}"
    if isinstance(value, tuple):
        return "-".join(f"{one:g}" for one in cast("tuple[float, ...]", value))
    return value if isinstance(value, str) else f"{value:g}"


def _doses(doses: list[dict[str, Any]], key: str, text: str) -> list[dict[str, Any]]:
    _, number, name = key.split(".")
    changed_one = {k: v for k, v in doses[int(number)].items() if k != name}
    value = _dose_value(name, text.strip())
    if value is not None:
        changed_one[name] = value
    return [changed_one if k == int(number) else one for k, one in enumerate(doses)]


def _dose_value(name: str, said: str) -> Any:
    if not said:
        return None
    if name == "note":
        return said
    if name == "tempo_s":
        return typed_value("tempo_s", said)
    if name == "pyramid":
        return typed_value("reps", said)
    if name in ("reps", "hold_s"):
        found = _SPAN.fullmatch(said.lower().removesuffix("s").strip())
        if found is None:
            raise UsageError(f"{said!r} cannot be read; type 10, or 10-15.")
        low = _number(found[1])
        high = _number(found[2]) if found[2] else low
        if name == "hold_s":
            return [low, high]
        return [round(low), None if found[3] else round(high)]
    value = _number(said)
    return round(value) if name == "sets" else value


def _number(text: str) -> float:
    value = typed_value("rest_s", text)
    if not isinstance(value, float):
        raise UsageError(f"{text!r} is no number; type one such as 10 or 2.5.")
    return value


def _mechanic(exercise: Exercise, name: str, *, first: bool) -> FieldView:
    record = to_record(exercise)
    value: Any = record[name]
    if name == "position":
        shown = POSITIONS[exercise.position]
    elif name == "prime":
        shown = ", ".join(map(muscle_words, exercise.task.prime))
    elif name == "order_pairs":
        shown = "; ".join(f"{muscle_words(a)} / {muscle_words(b)}"
                          for a, b in exercise.task.order_pairs)  # fmt: skip
    elif isinstance(value, list):
        shown = " to ".join(map(str, cast("list[Any]", value))) if name.endswith("ms") else (
            ", ".join(map(str, cast("list[Any]", value)))
        )  # fmt: skip
    else:
        shown = plain_code(str(value).lower())
    why = (
        "It decides how repetitions are found and measured, so results could no longer be "
        "compared; copy another exercise instead."
    )
    return FieldView(name, _MECHANIC_WORDS[name], shown, locked=why, empty="none",
                     group="How it is measured" if first else "")  # fmt: skip


def _locked(one: FieldView, why: str) -> FieldView:
    return FieldView(one.key, one.label, one.text, one.unit, one.options, one.hint, one.source,
                     why, one.steps, one.lines, one.group, one.empty)  # fmt: skip

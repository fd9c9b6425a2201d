"""Exercise records from their YAML files, every field checked before it is used."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast, get_args

import yaml

from firingorder.errors import FileFormatError, UsageError
from firingorder.findings import Sides
from firingorder.montage import MUSCLES, NAMES
from firingorder.signal.task import PelvisAxis, TaskSpec, Template

Evidence = Literal["V", "A", "GK", "P"]
PainGate = Literal["strict", "normal"]

#: Words of the record for the pelvis angles, and their names in the code
#: (exercise_bridge.md section 1).
_AXES: dict[str, PelvisAxis] = {"tilt": "tilt", "obl": "obliquity", "rot": "rotation"}
_FIELDS = {
    "id", "name", "position", "sides", "modes", "template", "lift_sign", "onset_window_ms",
    "together_margin_ms", "prime", "order_pairs", "primary_pair", "dose", "faults", "variants",
    "min_good_reps_for_verdict", "reference", "debate", "not_measured_without", "pain_gate",
}  # fmt: skip
_DOSE_FIELDS = {
    "sets", "reps", "tempo", "tempo_s", "hold_s", "rest_s", "provenance", "evidence",
}  # fmt: skip
#: ``_w``: of the working side, ``_o``: of the other one.
_PRIME = (*MUSCLES, *(f"{muscle}_{side}" for muscle in MUSCLES for side in "wo"))
_CODE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Dose:
    """How much, by whom. ``evidence``: V seen in a source, A an article's opinion, GK, P."""

    provenance: str
    evidence: Evidence
    sets: int | None = None
    reps: tuple[int, int] | None = None
    tempo: str | None = None
    tempo_s: tuple[float, float, float] | None = None
    hold_s: float | None = None
    rest_s: float | None = None


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: its task for the signal chain, and what people are told about it."""

    task: TaskSpec
    names: tuple[tuple[str, str], ...]
    position: str
    modes: tuple[str, ...]
    doses: tuple[Dose, ...]
    faults: tuple[str, ...]
    variants: tuple[str, ...]
    reference_order: str
    debate: tuple[tuple[str, tuple[str, ...]], ...]
    not_measured_without: tuple[tuple[str, str], ...]
    pain_gate: PainGate


def task_ids() -> tuple[str, ...]:
    """Return the known exercises, sorted."""
    folder = files("firingorder.training.exercises")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load_task(task_id: str, *, working_side: Sides = "both") -> TaskSpec:
    """Return the task of an exercise.

    Raises
    ------
    UsageError
        No exercise has this name, or it cannot be done on that side.
    """
    task = load_exercise(task_id).task
    if working_side not in task.sides:
        raise UsageError(
            f"Task {task_id} is done with {', '.join(task.sides)}, not {working_side}."
        )
    return replace(task, working_side=working_side)


@cache
def load_exercise(task_id: str) -> Exercise:
    """Return the whole record of an exercise.

    Raises
    ------
    UsageError
        No exercise has this name.
    FileFormatError
        The record is damaged.
    """
    known = task_ids()
    if task_id not in known:
        raise UsageError(f"Unknown task {task_id!r}. Known tasks: {', '.join(known)}.")
    source = files("firingorder.training.exercises") / f"{task_id}.yaml"
    return parse_exercise(yaml.safe_load(source.read_text(encoding="utf-8")), f"{task_id}.yaml")


def parse_exercise(data: object, origin: str) -> Exercise:
    """Check a decoded record and return it typed.

    Raises
    ------
    FileFormatError
        With the field that is wrong, and what it holds.
    """
    record = _Record(data, origin, _FIELDS)
    names = tuple((str(k), str(v)) for k, v in record.mapping("name").items())
    if "en" not in dict(names):
        raise record.wrong("name", "has no English name (en)")
    axis, sign = _lift(record)
    low_ms, high_ms = record.numbers("onset_window_ms", 2)
    try:
        task = TaskSpec(
            id=record.code("id"),
            name=dict(names)["en"],
            template=cast("Template", record.choice("template", get_args(Template))),
            lift_axis=axis,
            lift_sign=sign,
            onset_window_ms=(low_ms, high_ms),
            together_margin_ms=record.number("together_margin_ms"),
            prime=record.choices("prime", _PRIME),
            order_pairs=_pairs(record),
            primary_pair=_primary(record),
            sides=cast("tuple[Sides, ...]", record.choices("sides", get_args(Sides))),
            min_good_reps=int(record.number("min_good_reps_for_verdict")),
            working_side=cast("Sides", record.choices("sides", get_args(Sides))[0]),
        )
    except ValueError as error:
        raise FileFormatError(f"{origin}: {error}.") from error
    return Exercise(
        task=task,
        names=names,
        position=record.code("position"),
        modes=record.codes("modes"),
        doses=tuple(_dose(one, origin) for one in record.sequence("dose")),
        faults=record.codes("faults"),
        variants=record.codes("variants"),
        reference_order=str(record.mapping("reference").get("order", "none_known")),
        debate=tuple(_view(one, origin) for one in record.sequence("debate")),
        not_measured_without=tuple(
            (str(k), str(v)) for k, v in record.mapping("not_measured_without").items()
        ),
        pain_gate=cast("PainGate", record.choice("pain_gate", get_args(PainGate))),
    )


class _Record:
    """A mapping whose every read is checked; a fault names the file, the field and the value."""

    def __init__(self, data: object, origin: str, fields: set[str]) -> None:
        self._origin = origin
        if not isinstance(data, dict):
            raise FileFormatError(f"{origin} is not a record of an exercise.")
        self._data = cast("dict[str, Any]", data)
        unknown = sorted(set(map(str, self._data)) - fields)
        if unknown:
            raise FileFormatError(f"{origin} has the unknown field {unknown[0]!r}.")

    def wrong(self, name: str, why: str) -> FileFormatError:
        return FileFormatError(f"{self._origin}: {name} {why}.")

    def get(self, name: str) -> Any:
        return self._data.get(name)

    def mapping(self, name: str) -> dict[str, Any]:
        value = self._data.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, f"is {value!r}, not a mapping")
        return cast("dict[str, Any]", value)

    def sequence(self, name: str) -> list[Any]:
        value = self._data.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, f"is {value!r}, not a list")
        return cast("list[Any]", value)

    def number(self, name: str) -> float:
        return self._number(name, self._data.get(name))

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        values = self.sequence(name)
        if len(values) != count:
            raise self.wrong(name, f"has {len(values)} values, not {count}")
        return tuple(self._number(name, value) for value in values)

    def optional_number(self, name: str) -> float | None:
        return None if self._data.get(name) is None else self.number(name)

    def code(self, name: str) -> str:
        return self._code(name, self._data.get(name))

    def codes(self, name: str) -> tuple[str, ...]:
        return tuple(self._code(name, value) for value in self.sequence(name))

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        return self._one_of(name, self._data.get(name), allowed)

    def choices(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        values = self.sequence(name)
        if not values:
            raise self.wrong(name, "is empty")
        return tuple(self._one_of(name, value, allowed) for value in values)

    def muscles(self, name: str) -> tuple[str, ...]:
        return self.choices(name, MUSCLES)

    def _one_of(self, name: str, value: object, allowed: tuple[str, ...]) -> str:
        if value not in allowed:
            raise self.wrong(name, f"is {value!r}; known: {', '.join(allowed)}")
        return str(value)

    def _code(self, name: str, value: object) -> str:
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise self.wrong(name, f"is {value!r}, not a word in lower case")
        return value

    def _number(self, name: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, f"is {value!r}, not a number")
        return float(value)


def _lift(record: _Record) -> tuple[PelvisAxis, int]:
    signs = record.mapping("lift_sign")
    if len(signs) != 1:
        raise record.wrong("lift_sign", "must name one pelvis angle")
    axis, sign = next(iter(signs.items()))
    if axis not in _AXES or sign not in (-1, 1):
        raise record.wrong("lift_sign", f"is {signs!r}; use tilt, obl or rot with -1 or 1")
    return _AXES[axis], int(sign)


def _pairs(record: _Record) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for value in record.sequence("order_pairs"):
        entry = cast("list[Any]", value) if isinstance(value, list) else []
        if len(entry) != 2 or any(name not in (*MUSCLES, *NAMES) for name in entry):
            raise record.wrong("order_pairs", f"holds {value!r}, not two muscles")
        pairs.append((str(entry[0]), str(entry[1])))
    return tuple(pairs)


def _primary(record: _Record) -> tuple[str, str]:
    pair = record.muscles("primary_pair")
    if len(pair) != 2:
        raise record.wrong("primary_pair", f"has {len(pair)} muscles, not 2")
    return pair[0], pair[1]


def _dose(data: object, origin: str) -> Dose:
    record = _Record(data, f"{origin}: dose", _DOSE_FIELDS)
    reps = record.numbers("reps", 2) if record.get("reps") is not None else None
    tempo = record.numbers("tempo_s", 3) if record.get("tempo_s") is not None else None
    sets = record.optional_number("sets")
    return Dose(
        provenance=str(record.get("provenance")),
        evidence=cast("Evidence", record.choice("evidence", get_args(Evidence))),
        sets=None if sets is None else int(sets),
        reps=None if reps is None else (int(reps[0]), int(reps[1])),
        tempo=None if record.get("tempo") is None else record.code("tempo"),
        tempo_s=None if tempo is None else (tempo[0], tempo[1], tempo[2]),
        hold_s=record.optional_number("hold_s"),
        rest_s=record.optional_number("rest_s"),
    )


def _view(data: object, origin: str) -> tuple[str, tuple[str, ...]]:
    record = _Record(data, f"{origin}: debate", {"view", "provenance"})
    return record.code("view"), tuple(str(value) for value in record.sequence("provenance"))

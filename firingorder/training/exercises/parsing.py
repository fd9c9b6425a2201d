"""From a decoded YAML record to a typed one; every field is checked before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from firingorder.errors import FileFormatError
from firingorder.findings import Sides
from firingorder.montage import MUSCLES, NAMES
from firingorder.signal.task import PelvisAxis, TaskSpec, Template, TestedOn
from firingorder.training.exercises.parts import (
    EVIDENCE,
    parse_dose,
    parse_reference,
    parse_texts,
    parse_view,
)
from firingorder.training.exercises.records import (
    SCHEMA,
    Dose,
    Exercise,
    Mode,
    PainGate,
    Position,
    Sensor,
)
from firingorder.training.faults import load_faults
from firingorder.training.fields import Evidence, Fields

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Words of the record for the pelvis angles, and their names in the code
#: (exercises.md section 2).
_AXES: dict[str, PelvisAxis] = {"tilt": "tilt", "obl": "obliquity", "rot": "rotation"}
#: Single numbers whose evidence is marked beside them.
_MARKED = ("onset_window_ms", "together_margin_ms", "min_good_reps_for_verdict")
_OPTIONAL = frozenset({"other_templates", "usual_range_deg", "lift_sign"})
FIELDS = _OPTIONAL | {
    "schema", "id", "name", "position", "sides", "modes", "template", *_MARKED, "evidence",
    "prime", "order_pairs", "primary_pair", "dose", "faults", "variants", "provenance",
    "reference", "debate", "not_measured_without", "pain_gate", "tested_on", "media_key", "texts",
}  # fmt: skip
#: ``_w``: of the working side, ``_o``: of the other one; without either both.
_TOKENS = (*MUSCLES, *(f"{muscle}_{side}" for muscle in MUSCLES for side in "wo"))
#: Only this pair decides a repetition (interfaces.md section 6).
_PRIMARY = ("gluteus_maximus", "erector_spinae")
#: Templates that follow an angle of the pelvis.
_MOVING = ("PITCH_LIFT", "HINGE")
_DEFAULT_REPS = 10  # a proposal, where no dose says how many


def parse_exercise(data: object, origin: str) -> Exercise:
    """Check a decoded record and return it typed.

    Raises
    ------
    FileFormatError
        With the file, the field that is wrong, and what it holds.
    """
    record = Fields(data, origin, FIELDS, "a record of an exercise")
    record.choice("schema", (SCHEMA,))
    doses = tuple(parse_dose(one, f"{origin}: dose") for one in record.sequence("dose"))
    faults = _faults(record)
    task = _task(record, doses, faults)
    return Exercise(
        task=task,
        names=record.words("name"),
        position=cast("Position", task.position),
        modes=cast("tuple[Mode, ...]", record.choices("modes", get_args(Mode))),
        other_templates=_other_templates(record),
        usual_range_deg=_usual_range(record),
        marks=_marks(record),
        doses=doses,
        faults=faults,
        variants=record.codes("variants"),
        provenance=tuple(
            (name, record.as_text(f"provenance.{name}", says))
            for name, says in record.mapping("provenance").items()
        ),
        reference=parse_reference(record.get("reference"), f"{origin}: reference"),
        debate=tuple(parse_view(one, f"{origin}: debate") for one in record.sequence("debate")),
        not_measured_without=_not_measured(record),
        pain_gate=cast("PainGate", record.choice("pain_gate", get_args(PainGate))),
        media_key=record.text("media_key"),
        texts=parse_texts(record),
    )


def default_side(sides: Sequence[Sides]) -> Sides:
    """Return the side that is trained where none is asked for: both if it can be done so."""
    return "both" if "both" in sides else sides[0]


def _task(record: Fields, doses: tuple[Dose, ...], faults: tuple[str, ...]) -> TaskSpec:
    template = cast("Template", record.choice("template", get_args(Template)))
    axis, sign = _lift(record, template)
    low_ms, high_ms = record.numbers("onset_window_ms", 2)
    sides = cast("tuple[Sides, ...]", record.choices("sides", get_args(Sides)))
    holds = [dose.hold_s[0] for dose in doses if dose.hold_s is not None]
    tempos = [dose.tempo_s for dose in doses if dose.tempo_s is not None]
    reps = [dose.reps[0] for dose in doses if dose.reps is not None]
    try:
        return TaskSpec(
            id=record.code("id"),
            name=dict(record.words("name"))["en"],
            template=template,
            lift_axis=axis,
            lift_sign=sign,
            onset_window_ms=(low_ms, high_ms),
            together_margin_ms=record.number("together_margin_ms", least=1.0),
            prime=record.choices("prime", _TOKENS),
            order_pairs=_pairs(record),
            primary_pair=_primary(record),
            sides=sides,
            min_good_reps=record.whole("min_good_reps_for_verdict", least=1),
            reps_per_set=reps[0] if reps else _DEFAULT_REPS,
            working_side=default_side(sides),
            position=record.choice("position", get_args(Position)),
            faults=faults,
            hold_s=holds[0] if holds else None,
            tempo_s=tempos[0] if tempos else None,
            tested_on=cast("TestedOn", record.choice("tested_on", get_args(TestedOn))),
            side_assumed="both" not in sides,
        )
    except ValueError as error:
        raise FileFormatError(f"{record.origin}: {error}.") from error


def _lift(record: Fields, template: Template) -> tuple[PelvisAxis, int]:
    """Return axis and sign; where the pelvis keeps still they are of no use and not read."""
    if not record.has("lift_sign") or record.get("lift_sign") == {}:
        if template in _MOVING:
            raise record.wrong("lift_sign", f"is missing: {template} follows an angle")
        return "tilt", 1
    signs = record.mapping("lift_sign")
    if len(signs) != 1:
        raise record.wrong("lift_sign", "must name one pelvis angle")
    axis, sign = next(iter(signs.items()))
    if axis not in _AXES or isinstance(sign, bool) or sign not in (-1, 1):
        raise record.wrong("lift_sign", f"is {signs!r}; use tilt, obl or rot with -1 or 1")
    return _AXES[axis], int(sign)


def _pairs(record: Fields) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for value in record.sequence("order_pairs"):
        entry = cast("list[Any]", value) if isinstance(value, list) else []
        known = len(entry) == 2 and all(name in (*_TOKENS, *NAMES) for name in entry)
        if not known or entry[0] == entry[1]:
            raise record.wrong("order_pairs", f"holds {value!r}, not two muscles")
        pairs.append((str(entry[0]), str(entry[1])))
    return tuple(pairs)


def _primary(record: Fields) -> tuple[str, str] | None:
    value = record.get("primary_pair")
    if value is None:
        return None
    if value != list(_PRIMARY):
        raise record.wrong(
            "primary_pair",
            f"is {value!r}; a verdict needs [{', '.join(_PRIMARY)}], and null asks for none",
        )
    return _PRIMARY


def _faults(record: Fields) -> tuple[str, ...]:
    codes, known = record.codes("faults"), load_faults()
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise record.wrong("faults", f"holds {unknown[0]!r}; known: {', '.join(known)}")
    return codes


def _other_templates(record: Fields) -> tuple[Template, ...]:
    if not record.has("other_templates"):
        return ()
    return cast("tuple[Template, ...]", record.choices("other_templates", get_args(Template)))


def _usual_range(record: Fields) -> tuple[tuple[float, float], Evidence] | None:
    if not record.has("usual_range_deg"):
        return None
    inside = Fields(
        record.get("usual_range_deg"),
        f"{record.origin}: usual_range_deg",
        frozenset({*_AXES, "evidence"}),
        "a range of an angle",
    )
    axis = next((name for name in _AXES if inside.has(name)), "tilt")
    low, high = inside.numbers(axis, 2, least=0.0)
    if not low < high:
        raise inside.wrong(axis, f"is {low:g} to {high:g}, not low < high")
    return (low, high), cast("Evidence", inside.choice("evidence", EVIDENCE))


def _marks(record: Fields) -> tuple[tuple[str, Evidence], ...]:
    inside = Fields(
        record.get("evidence"), f"{record.origin}: evidence", frozenset(_MARKED), "a mapping"
    )
    return tuple((name, cast("Evidence", inside.choice(name, EVIDENCE))) for name in _MARKED)


def _not_measured(record: Fields) -> tuple[tuple[str, Sensor], ...]:
    needs = record.mapping("not_measured_without")
    return tuple(
        (what, cast("Sensor", record.one_of(f"not_measured_without.{what}", one, get_args(Sensor))))
        for what, one in needs.items()
    )

"""The fault dictionary: what each fault is called, what is said about it, and its limits.

Words and limits only; ``firingorder.signal`` computes the rules. Docs: docs/reference/exercises.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast, get_args

import yaml

from firingorder.training.fields import Evidence, Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.training.fields import Words

SCHEMA = "firingorder.exercise_faults/1"

Shown = Literal["repetition", "set"]
#: What a rule looks at: a sensor, a muscle (``prime``: those of the task), something the person's
#: profile holds, or something the task must ask for.
Need = Literal[
    "pelvis_imu", "thigh_imu", "gluteus_maximus", "hamstring", "erector_spinae",
    "tensor_fasciae_latae", "prime", "reference", "baseline", "rest", "cue", "phases", "tempo",
]  # fmt: skip
_FIELDS = frozenset({
    "name", "rule", "limits", "own_baseline_sd", "held_s", "cue", "needs", "shown", "note",
    "only_with_target", "not_measured", "provenance",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limit:
    """One number of a rule: ``of`` what, ``value`` in ``unit``, and where it comes from."""

    of: str
    value: float
    unit: str
    evidence: Evidence
    source: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the fault dictionary.

    Attributes
    ----------
    code
        As in records and in results.
    name, rule, cue
        What it is called; what it means; what is said to the person: a cue, never a judgement.
        ``{side}`` in a cue is the working side.
    limits
        Numbers of the rule.
    own_baseline_sd
        The limit in force is at least so many SD of the person's own baseline set.
    held_s
        How long it must last; None where a repetition has one value.
    needs
        Without all of these it is not measured, and ``not_measured`` is said.
    shown
        After the repetition, or only after the set.
    note
        Shown beside the result; by itself no error.
    only_with_target
        Only said where a therapist has set a target.
    """

    code: str
    name: Words
    rule: Words
    limits: tuple[Limit, ...]
    own_baseline_sd: float | None
    held_s: float | None
    cue: Words
    needs: tuple[Need, ...]
    shown: Shown
    note: bool
    only_with_target: bool
    not_measured: Words
    provenance: tuple[str, ...]

    def limit(self, of: str) -> Limit:
        """Return the limit of that quantity.

        Raises
        ------
        KeyError
            The rule has no such limit.
        """
        for one in self.limits:
            if one.of == of:
                return one
        raise KeyError(f"{self.code} has no limit of {of}")


@cache
def load_faults() -> Mapping[str, Fault]:
    """Return the fault dictionary by code.

    Raises
    ------
    FileFormatError
        It is damaged.
    """
    text = (files("firingorder.training") / "faults.yaml").read_text(encoding="utf-8")
    return parse_faults(yaml.safe_load(text), "faults.yaml")


def parse_faults(data: object, origin: str) -> dict[str, Fault]:
    """Check a decoded fault dictionary and return it typed.

    Raises
    ------
    FileFormatError
        With the fault and the field that is wrong.
    """
    record = Fields(data, origin, frozenset({"schema", "faults"}), "a fault dictionary")
    record.choice("schema", (SCHEMA,))
    return {
        code: _fault(code, one, f"{origin}: {code}")
        for code, one in record.mapping("faults").items()
    }


def _fault(code: str, data: object, origin: str) -> Fault:
    fault = Fields(data, origin, _FIELDS, "a fault")
    return Fault(
        code=code,
        name=fault.words("name"),
        rule=fault.words("rule"),
        limits=tuple(_limit(one, f"{origin}: limits") for one in fault.sequence("limits")),
        own_baseline_sd=_optional(fault, "own_baseline_sd"),
        held_s=_optional(fault, "held_s"),
        cue=fault.words("cue"),
        needs=cast("tuple[Need, ...]", fault.choices("needs", get_args(Need))),
        shown=cast("Shown", fault.choice("shown", get_args(Shown))),
        note=fault.flag("note"),
        only_with_target=fault.flag("only_with_target"),
        not_measured=fault.words("not_measured"),
        provenance=tuple(fault.as_text("provenance", one) for one in fault.sequence("provenance")),
    )


def _limit(data: object, origin: str) -> Limit:
    limit = Fields(
        data, origin, frozenset({"of", "value", "unit", "evidence", "source"}), "a limit"
    )
    return Limit(
        of=limit.code("of"),
        value=limit.number("value", least=0.0),
        unit=limit.text("unit"),
        evidence=cast("Evidence", limit.choice("evidence", get_args(Evidence))),
        source=limit.text("source"),
    )


def _optional(fault: Fields, name: str) -> float | None:
    return fault.number(name, least=0.0) if fault.has(name) else None

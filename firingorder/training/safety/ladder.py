"""Which exercise follows which, as data from ``ladder.yaml``. Docs: docs/reference/safety.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast, get_args

import yaml

from firingorder.training.fields import Fields

if TYPE_CHECKING:
    from firingorder.training.fields import Words

SCHEMA = "firingorder.ladder/1"
#: ``sessions``: enough of them; ``pain``: it did not rise; ``good``: repetitions that count;
#: ``form``: no takeover and no arch in the last set; ``band``: the measure of the mode in the
#: person's own band; ``free``: nothing holds the exercise today.
Condition = Literal["sessions", "pain", "good", "form", "band", "free"]
_FIELDS = frozenset(
    {"from", "to", "variant", "conditions", "sessions", "holds", "note", "provenance"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step forward.

    Attributes
    ----------
    source, target, variant
        From which exercise to which; ``variant`` of the target, empty where it is all of it.
    conditions, sessions
        What has to be met, in the newest so many sessions of ``source``.
    holds
        The target stays closed until then; else the conditions are only shown.
    note, provenance
        In words, and which articles say so.
    """

    source: str
    target: str
    variant: str
    conditions: tuple[Condition, ...]
    sessions: int
    holds: bool
    note: Words
    provenance: tuple[str, ...]

    @property
    def key(self) -> str:
        """Identity, as it stands in the log: "bridge>hip_thrust", "clam>clam:band"."""
        return f"{self.source}>{self.target}" + (f":{self.variant}" if self.variant else "")


@cache
def load_ladder() -> tuple[Step, ...]:
    """Return every step.

    Raises
    ------
    FileFormatError
        The file is damaged.
    """
    text = (files("firingorder.training.safety") / "ladder.yaml").read_text(encoding="utf-8")
    record = Fields(yaml.safe_load(text), "ladder.yaml", frozenset({"schema", "steps"}), "steps")
    record.choice("schema", (SCHEMA,))
    return tuple(_step(one) for one in record.sequence("steps"))


def steps_from(exercise: str) -> tuple[Step, ...]:
    """Return the steps that lead on from an exercise."""
    return tuple(step for step in load_ladder() if step.source == exercise)


def steps_to(exercise: str, variant: str = "") -> tuple[Step, ...]:
    """Return the steps that lead to an exercise, or to a variant of it."""
    return tuple(
        step for step in load_ladder() if (step.target, step.variant) == (exercise, variant)
    )


def _step(data: object) -> Step:
    step = Fields(data, "ladder.yaml: steps", _FIELDS, "a step")
    return Step(
        source=step.code("from"),
        target=step.code("to"),
        variant=step.code("variant") if step.has("variant") else "",
        conditions=cast("tuple[Condition, ...]", step.choices("conditions", get_args(Condition))),
        sessions=step.whole("sessions", least=1),
        holds=step.flag("holds"),
        note=step.words("note"),
        provenance=tuple(step.as_text("provenance", one) for one in step.sequence("provenance")),
    )

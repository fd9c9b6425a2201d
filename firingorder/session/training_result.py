"""What a result says of a training: sets, answers about pain, stops, thresholds, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firingorder.session.events import training_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import TrainingFinding
    from firingorder.session.engine import Engine

#: Kinds of notes (training/coaching) by the list of the result that they stand in, too.
_LISTS = {
    "sets": ("set_ended",),
    "stops": ("stop", "stop_answered"),
    "thresholds": ("threshold",),
}


@dataclass(frozen=True, slots=True)
class Training:
    """What a coach noted, the oldest first."""

    notes: tuple[TrainingFinding, ...]

    def of(self, *kinds: str) -> tuple[TrainingFinding, ...]:
        """Return the notes of these kinds."""
        return tuple(one for one in self.notes if one.kind in kinds)

    @property
    def pain(self) -> tuple[TrainingFinding, ...]:
        """Answers about pain: before, after each set, at STOP, at the end."""
        return tuple(
            one
            for one in self.notes
            if one.kind == "pain" or str(one.values.get("key", "")).startswith("pain")
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object of the result schema."""
        begun = self.of("session_started")
        return {
            "programme": begun[-1].values if begun else None,
            "pain": [training_note(one) for one in self.pain],
            **{
                name: [training_note(one) for one in self.of(*kinds)]
                for name, kinds in _LISTS.items()
            },
            "notes": [training_note(one) for one in self.notes],
        }


def training_of(notes: Sequence[TrainingFinding]) -> Training | None:
    """Return what was noted; None where nobody led."""
    return Training(tuple(notes)) if notes else None


def training_warnings(engine: Engine) -> list[str]:
    """Return what a result must say where another exercise was looked for than was led."""
    tasks = list(dict.fromkeys(engine.training.led_tasks))
    if not engine.setup.fixed_task or not tasks:
        return []
    return [
        f"{engine.setup.task.id} was looked for in the whole recording, as --task asks. The sets "
        f"of its training were of {', '.join(tasks)}: their limits, cues and pauses were kept."
    ]

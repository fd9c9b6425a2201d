"""What the therapist aimed at in a recorded session: only against that an outcome has a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.errors import FiringOrderError
from firingorder.report.wording import Target
from firingorder.training.exercises.copies import Exercises, base_of
from firingorder.training.programmes.parsing import read_programme
from firingorder.training.programmes.whole import resolver

if TYPE_CHECKING:
    from collections.abc import Mapping

_ORIGIN = "The programme of this recording"


def targets(message: Mapping[str, Any]) -> dict[str, Target]:
    """Return the target of each exercise of the programme a session was led by, by its task.

    ``message`` is the newest of the topic ``programme``. Counted are leads that a therapist set; an
    exercise with several of them has none, since repetitions do not say which item they are of. A
    programme that cannot be read aims at nothing.
    """
    text = message.get("programme")
    if message.get("training") is not True or not isinstance(text, str):
        return {}
    known = Exercises()
    try:
        programme = read_programme(text, _ORIGIN, known=known.ids)
        found = resolver(programme, known)
        aims: dict[str, set[float | None]] = {}
        for item in programme.items:
            aim = item.target
            counts = aim is not None and aim.measure == "lead_ms" and aim.set_by == "therapist"
            lead_ms = aim.low if aim is not None and counts else None
            aims.setdefault(base_of(found(item.exercise)), set()).add(lead_ms)
    except FiringOrderError:
        return {}
    one = {task: next(iter(leads)) for task, leads in aims.items() if len(leads) == 1}
    return {task: Target(lead_ms=lead) for task, lead in one.items() if lead is not None}

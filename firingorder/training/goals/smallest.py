"""Success at the smallest range (B17): the glute on, neighbours quiet, no arching or opening.

The target of such a set is a level: ``low`` is what the glute is to reach, ``high`` what back and
back of the thigh are to stay below, percent of their references. No pad sees how far the leg goes:
the range is the name that the therapist gave it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.signal.metrics.success import SuccessLimits, passed
from firingorder.training.goals.readings import level_amounts

if TYPE_CHECKING:
    from firingorder.signal.metrics.amount import Amount
    from firingorder.training.goals.source import Source

_CODES = (("arch", "no arching"), ("arch_late", "no late arching"), ("open", "no opening"))


def try_of(source: Source) -> tuple[Amount, tuple[tuple[str, bool], ...]]:
    """Return whether a repetition passes (1, 0, or between them), and its conditions by value.

    Pain is asked after the set: here it counts as no higher, and the set's summary says so.
    """
    aim, rep = source.aim, source.rep
    target = aim.target
    glutes = [one for _, one in level_amounts(source, aim.trained(source.side))]
    back = [one for _, one in level_amounts(source, aim.names("erector_spinae", "both"))]
    hams = [one for _, one in level_amounts(source, aim.names("hamstring", source.side))]
    limits = None
    if target is not None and target.low is not None:
        most = math.inf if target.high is None else target.high
        limits = SuccessLimits(target.low, most, most)
    result = passed(glutes, back, hams, limits, faults=rep.compensations, pain_rise=0.0)
    parts: list[tuple[str, bool]] = []
    if limits is not None and result.gate is None:
        parts.append(("glute reached", all(one.value >= limits.glute_percent for one in glutes)))
        if target is not None and target.high is not None:
            parts.append(("back within its limit", _within(back, target.high)))
            parts.append(("back of the thigh within its limit", _within(hams, target.high)))
    looked_for = set(aim.task.faults) - set(rep.not_measured)
    parts += [(name, code not in rep.compensations) for code, name in _CODES if code in looked_for]
    return result, tuple(parts)


def _within(amounts: list[Amount], most: float) -> bool:
    return all(one.value <= most for one in amounts)

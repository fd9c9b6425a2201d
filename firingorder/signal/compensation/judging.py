"""The faults of a repetition and of a set: which were seen, and which these sensors cannot see."""

from __future__ import annotations

from statistics import median, stdev
from typing import TYPE_CHECKING

from firingorder.measures import Compensation
from firingorder.signal.compensation import muscles, pelvis
from firingorder.signal.metrics.takeover import takeover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.findings import RepetitionFinding
    from firingorder.measures import Metric
    from firingorder.signal.compensation.data import FaultData, FaultParams
    from firingorder.signal.compensation.pelvis import Answer
    from firingorder.signal.task import TaskSpec

_RULES: dict[str, Callable[[FaultData, FaultParams], Answer]] = {
    "arch_late": pelvis.arch_late,
    "arch": pelvis.arch,
    "open": pelvis.open_,
    "hike": pelvis.hike,
    "drop": pelvis.drop,
    "shift": pelvis.shift,
    "twist": pelvis.twist,
    "tilt": pelvis.tilt,
    "tuck": pelvis.tuck,
    "not_still": pelvis.not_still,
    "ham_lead": muscles.ham_lead,
    "es_early": muscles.es_early,
    "es_loud": muscles.es_loud,
    "cross": muscles.cross,
    "missed": muscles.missed,
    "hold": muscles.hold,
    "track": muscles.track,
    "tempo": muscles.tempo,
    "rest_high": muscles.rest_high,
    "no_quiet": muscles.no_quiet,
    "late_absorb": muscles.late_absorb,
    "tfl_takes_over": muscles.tfl_takes_over,
}
#: Judged over several repetitions: see :func:`set_faults` and :class:`TakeoverWatch`.
SET_CODES = ("inconsist", "uneven")
#: Need a sensor that a belt with one pelvis sensor has not.
UNSEEN = ("rom_big", "sway")
RULES = tuple(_RULES)


def repetition_faults(
    data: FaultData, params: FaultParams
) -> tuple[tuple[Compensation, ...], tuple[str, ...]]:
    """Return the faults that were seen, and the codes of the task that could not be looked for."""
    found: list[Compensation] = []
    unseen: list[str] = []
    for code in data.task.faults:
        if code in UNSEEN:
            unseen.append(code)
        rule = _RULES.get(code)
        if rule is None:
            continue
        answer = rule(data, params)
        if isinstance(answer, Compensation):
            found.append(answer)
        elif answer is not None:
            unseen.append(code)
    return tuple(found), tuple(unseen)


def set_faults(
    task: TaskSpec,
    repetitions: Sequence[RepetitionFinding],
    metrics: Sequence[Metric],
    params: FaultParams,
) -> tuple[str, ...]:
    """Return the codes of the task that only a whole set can show."""
    found: list[str] = []
    scored = [one for one in repetitions if one.scored]
    if "inconsist" in task.faults and inconsistent(_depths_deg(scored), params):
        found.append("inconsist")
    if "uneven" in task.faults and uneven(scored, params):
        found.append("uneven")
    if "takeover" in task.faults and any(m.name == "takeover" and m.value == 1.0 for m in metrics):
        found.append("takeover")
    return tuple(found)


def inconsistent(bottom_tilts_deg: Sequence[float], params: FaultParams) -> bool:
    """Tell whether the depth of a set's repetitions varies by more than the limit (SD)."""
    return len(bottom_tilts_deg) >= 3 and stdev(bottom_tilts_deg) > params.bottom_sd_deg


def uneven(scored: Sequence[RepetitionFinding], params: FaultParams) -> bool:
    """Tell whether far windows of odd and even repetitions (sides in turn) differ in length.

    Only where both have at least five; the ratio of their medians is held against the limit.
    """
    lengths = [
        one.phases.far_to_s - one.phases.far_from_s
        for one in scored
        if one.phases is not None
        and one.phases.far_from_s is not None
        and one.phases.far_to_s is not None
    ]
    if len(lengths) < 2 * params.uneven_least:
        return False
    odd, even = median(lengths[0::2]), median(lengths[1::2])
    low, high = min(odd, even), max(odd, even)
    return low > 0.0 and high / low > 1.0 + params.uneven_share


def _depths_deg(scored: Sequence[RepetitionFinding]) -> list[float]:
    return [one.pelvis.tilt_range_deg for one in scored if one.pelvis is not None]


class TakeoverWatch:
    """Notices that the neighbours take over while the glutes do no more (metric B16).

    Takes the metrics of each scored repetition; trips by the rule of
    :func:`firingorder.signal.metrics.takeover.takeover`, each working side by itself.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[float, float]]] = {}

    def new_set(self) -> None:
        """Compare within a set only."""
        self._rows.clear()

    def step(self, metrics: Sequence[Metric], at_s: float) -> tuple[Compensation, ...]:
        """Take a repetition; return the fault if it trips."""
        glutes = {m.subject: m.value for m in metrics if m.name == "glute_level"}
        for one in metrics:
            glute = glutes.get(one.subject)
            if one.name == "neighbour_ratio" and one.value is not None and glute is not None:
                self._rows.setdefault(one.subject, []).append((one.value, glute))
        for seen in self._rows.values():
            found = takeover([ratio for ratio, _ in seen], [glute for _, glute in seen])
            if found is not None and found.tripped:
                return (Compensation("takeover", found.rise.value, found.limit, "1", at_s),)
        return ()

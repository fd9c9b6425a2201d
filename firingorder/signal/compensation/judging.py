"""The faults of a repetition and of a set: which were seen, and which these sensors cannot see."""

from __future__ import annotations

from statistics import fmean, median, stdev
from typing import TYPE_CHECKING

from firingorder.measures import Compensation
from firingorder.signal.compensation import muscles, pelvis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.signal.compensation.data import FaultData, FaultParams
    from firingorder.signal.compensation.pelvis import Answer

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


def inconsistent(bottom_tilts_deg: Sequence[float], params: FaultParams) -> bool:
    """Tell whether the depth of a set's repetitions varies by more than the limit (SD)."""
    return len(bottom_tilts_deg) >= 3 and stdev(bottom_tilts_deg) > params.bottom_sd_deg


class TakeoverWatch:
    """Notices that the neighbours take over while the glutes do no more (metric B16).

    Takes the ratio of back and hamstrings to the glutes of each repetition, and the level of the
    glutes; trips when the last two repetitions lie above the first three of the set.
    """

    #: A proposal: 20 %, or twice the spread of the first three.
    SHARE = 0.2
    SPREAD = 2.0
    FIRST = 3
    LAST = 2

    def __init__(self) -> None:
        self._rows: list[tuple[float, float]] = []

    def new_set(self) -> None:
        """Compare within a set only."""
        self._rows.clear()

    def step(self, ratio: float, glutes: float, at_s: float) -> Compensation | None:
        """Take a repetition; return the fault if it trips."""
        self._rows.append((ratio, glutes))
        if len(self._rows) < self.FIRST + self.LAST:
            return None
        first, last = self._rows[: self.FIRST], self._rows[-self.LAST :]
        ratios = [one for one, _ in first]
        usual = median(ratios)
        limit = usual + max(self.SHARE * usual, self.SPREAD * stdev(ratios))
        now = fmean(one for one, _ in last)
        higher = fmean(level for _, level in last) > fmean(level for _, level in first)
        if now <= limit or higher:
            return None
        return Compensation("takeover", now, limit, "1", at_s)

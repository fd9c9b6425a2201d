"""The sets of a session: which repetition belongs to which, and what each set may still come to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.signal.forecast import forecast
from firingorder.signal.sets import set_leads, summarise_set

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding, SetFinding, SetForecast
    from firingorder.signal.desk import Desk
    from firingorder.signal.measuring import Measuring
    from firingorder.signal.set_params import SetParams
    from firingorder.signal.task import TaskSpec

#: Sides are told of this pair where a task asks for no order.
_BACK_PAIR = ("gluteus_maximus", "erector_spinae")


class SetBook:
    """Keeps repetitions by set; ``desk`` knows the margin in force."""

    def __init__(self, task: TaskSpec, params: SetParams, desk: Desk, measuring: Measuring) -> None:
        self._task = task
        self._params = params
        self._desk = desk
        self._measuring = measuring
        self._sets: dict[int, list[RepetitionFinding]] = {}

    @property
    def empty(self) -> bool:
        """Whether no repetition was judged yet."""
        return not self._sets

    def add(self, one: RepetitionFinding) -> RepetitionFinding:
        """Take a judged repetition; each scored one says what its set may come to."""
        reps = self._sets.setdefault(one.set_index, [])
        if one.scored:
            one = replace(one, forecast=self._forecast([*reps, one]))
        reps.append(one)
        return one

    def sets(self) -> tuple[SetFinding, ...]:
        """Return the sets that have a repetition."""
        return tuple(self._set(index, reps) for index, reps in sorted(self._sets.items()))

    def _set(self, index: int, reps: list[RepetitionFinding]) -> SetFinding:
        summary = summarise_set(
            index,
            reps,
            self._desk.margin_ms,
            least=self._task.min_good_reps,
            pair=self._task.primary_pair or _BACK_PAIR,
            params=self._params,
        )
        return self._measuring.set_measured(
            replace(summary, forecast=self._forecast(reps)), list(reps)
        )

    def _forecast(self, reps: list[RepetitionFinding]) -> SetForecast:
        return forecast(
            set_leads([one for one in reps if one.scored]),
            self._desk.margin_ms,
            least=self._task.min_good_reps,
            params=self._params,
        )

"""The sets of a session: which repetition belongs to which, and what each set may still come to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
BACK_PAIR = ("gluteus_maximus", "erector_spinae")


@dataclass(slots=True)
class _Page:
    """One set: its task, and the desk and measures of that task; the desk knows the margin."""

    task: TaskSpec
    desk: Desk
    measuring: Measuring
    repetitions: list[RepetitionFinding] = field(default_factory=list["RepetitionFinding"])


class SetBook:
    """Keeps repetitions by set."""

    def __init__(self, params: SetParams) -> None:
        self._params = params
        self._pages: dict[int, _Page] = {}

    @property
    def empty(self) -> bool:
        """Whether no repetition was judged yet."""
        return not self._pages

    def add(
        self, one: RepetitionFinding, task: TaskSpec, desk: Desk, measuring: Measuring
    ) -> RepetitionFinding:
        """Take a judged repetition of this task; each scored one says what its set may come to."""
        page = self._pages.setdefault(one.set_index, _Page(task, desk, measuring))
        if one.scored:
            one = replace(one, forecast=self._forecast(page, [*page.repetitions, one]))
        page.repetitions.append(one)
        return one

    def sets(self) -> tuple[SetFinding, ...]:
        """Return the sets that have a repetition."""
        return tuple(self._set(index, page) for index, page in sorted(self._pages.items()))

    def _set(self, index: int, page: _Page) -> SetFinding:
        summary = summarise_set(
            index,
            page.repetitions,
            page.desk.margin_ms,
            least=page.task.min_good_reps,
            pair=page.task.primary_pair or BACK_PAIR,
            params=self._params,
        )
        summary = replace(
            summary,
            forecast=self._forecast(page, page.repetitions),
            task=page.task.id,
            side=page.task.working_side,
        )
        return page.measuring.set_measured(summary, list(page.repetitions))

    def _forecast(self, page: _Page, repetitions: list[RepetitionFinding]) -> SetForecast:
        return forecast(
            set_leads([one for one in repetitions if one.scored]),
            page.desk.margin_ms,
            least=page.task.min_good_reps,
            params=self._params,
        )

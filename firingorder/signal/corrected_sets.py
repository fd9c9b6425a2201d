"""The sets of a session from repetitions that a person may have corrected.

The same functions in the same order as ``set_book.py``: a set of untouched repetitions comes out
as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from firingorder.signal.compensation.judging import set_faults
from firingorder.signal.forecast import forecast
from firingorder.signal.metrics import set_metrics
from firingorder.signal.reference import PersonalReference
from firingorder.signal.set_book import BACK_PAIR
from firingorder.signal.sets import set_leads, summarise_set

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.findings import RepetitionFinding, SetFinding, Sides
    from firingorder.signal.account import RepetitionAccount
    from firingorder.signal.settings import Settings
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class SetContext:
    """What the sets of a session were summarised with.

    ``tasks`` by id and working side; ``accounts`` by repetition, for the margin that was in force.
    """

    settings: Settings
    tasks: Mapping[tuple[str, Sides], TaskSpec]
    accounts: Mapping[int, RepetitionAccount]
    reference: PersonalReference = field(default_factory=PersonalReference)


def sets_anew(
    repetitions: Sequence[RepetitionFinding],
    context: SetContext,
    before: Sequence[SetFinding] = (),
    touched: frozenset[int] | None = None,
) -> tuple[tuple[RepetitionFinding, ...], tuple[SetFinding, ...]]:
    """Return the repetitions with the forecasts of their sets, and the sets.

    Parameters
    ----------
    before, touched
        The sets as they were, and the repetitions that differ from then: a set without one of
        these is taken over, and forecasts before the first of them. None: everything is made anew.
    """
    kept = {one.index: one for one in before}
    margins = _margins(repetitions, context)
    told: list[RepetitionFinding] = []
    sets: list[SetFinding] = []
    for index in sorted({one.set_index for one in repetitions}):
        members = [one for one in repetitions if one.set_index == index]
        task = context.tasks[members[0].task, members[0].side]
        changed = [touched is None or one.index in touched for one in members]
        if index in kept and not any(changed):
            told += members
            sets.append(kept[index])
            continue
        first = changed.index(True)
        margin_ms = margins[index]
        for k, one in enumerate(members):
            if k < first:
                told.append(one)
                continue
            margin_then = context.accounts[one.index].margin_ms
            scored = [other for other in members[: k + 1] if other.scored]
            coming = (
                forecast(
                    set_leads(scored),
                    margin_then,
                    least=task.min_good_reps,
                    params=context.settings.sets,
                )
                if one.scored
                else None
            )
            told.append(replace(one, forecast=coming))
        sets.append(_set(index, members, task, margin_ms, context))
    by_index = {one.index: one for one in told}
    return tuple(by_index[one.index] for one in repetitions), tuple(sets)


def _set(
    index: int,
    members: Sequence[RepetitionFinding],
    task: TaskSpec,
    margin_ms: float,
    context: SetContext,
) -> SetFinding:
    settings = context.settings
    summary = summarise_set(
        index,
        members,
        margin_ms,
        least=task.min_good_reps,
        pair=task.primary_pair or BACK_PAIR,
        params=settings.sets,
    )
    coming = forecast(
        set_leads([one for one in members if one.scored]),
        margin_ms,
        least=task.min_good_reps,
        params=settings.sets,
    )
    summary = replace(summary, forecast=coming, task=task.id, side=task.working_side)
    metrics = set_metrics(members, summary, context.reference)
    codes = set_faults(task, members, metrics, settings.measuring.faults)
    return replace(summary, metrics=metrics, compensations=codes)


def _margins(repetitions: Sequence[RepetitionFinding], context: SetContext) -> dict[int, float]:
    """Return the margin of each set: the newest of its task, as long as that went on."""
    margins: dict[int, float] = {}
    newest: tuple[str, Sides, float] | None = None
    for one in sorted(repetitions, key=lambda one: one.index, reverse=True):
        if newest is None or newest[:2] != (one.task, one.side):
            newest = (one.task, one.side, context.accounts[one.index].margin_ms)
        margins.setdefault(one.set_index, newest[2])
    return margins

"""Which repetitions of a training the person has been told of; the others stay neutral.

What a schedule withholds must not show anywhere the person may look: neither as a shape nor as a
colour nor as the order of marks on a strip.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from firingorder.gui.view_models.repetition import RepView
    from firingorder.report.wording import Tone
    from firingorder.training.coaching.view import CoachView
    from firingorder.training.goals.records import Judged
    from firingorder.training.programmes.records import PlannedSet

#: Sets in which nothing is told while they last.
SILENT_KINDS = ("screen", "transfer")


def tells_all(planned: PlannedSet | None) -> bool:
    """Return whether every result of a set is told at once, whoever has looked or not."""
    if planned is None:
        return True
    silent = planned.kind in SILENT_KINDS or bool(planned.retention) or planned.estimate_first
    return planned.schedule == "concurrent" and not silent


def judged_tone(one: Judged, rep: RepView | None = None) -> Tone:
    """Return the tone of a result: a hue only where the therapist set what it is held against.

    Of orders that miss their target only the back first is far from it: ``rep`` has the order.
    """
    if one.outcome in ("no_claim", "not_scored"):
        return "muted"
    if not one.coloured or one.outcome == "shown":
        return "neutral"
    if one.outcome == "hit":
        return "ok"
    near = one.measure == "lead_ms" and rep is not None and rep.verdict != "back_first"
    return "close" if near else "back"


class Telling:
    """Follows the coach from update to update."""

    def __init__(self) -> None:
        self._told: set[int] = set()
        self._tones: dict[int, Tone] = {}
        self._from: int | None = None
        self._seen: CoachView | None = None

    @property
    def leads(self) -> bool:
        """Whether a coach leads."""
        return self._from is not None

    def follow(self, view: CoachView | None, reps: Mapping[int, RepView]) -> bool:
        """Take what is told now of the repetitions so far; return whether something was new."""
        if view is self._seen:
            return False
        self._seen = view
        if view is None:
            self._told.clear()
            self._tones.clear()
            self._from = None
            return True
        before = self._from, len(self._told), len(self._tones)
        if self._from is None:
            self._from = max(reps, default=0) + 1
        if view.told is not None:
            self._told.add(view.told.index)
        if tells_all(view.set):
            self._told.update(one.index for one in view.history)
        for one in (*view.history, *((view.told,) if view.told is not None else ())):
            self._tones[one.index] = judged_tone(one, reps.get(one.index))
        return before != (self._from, len(self._told), len(self._tones))

    def keeps(self, index: int) -> bool:
        """Return whether the outcome of a repetition is not for the person yet."""
        return self._from is not None and index >= self._from and index not in self._told

    def hides(self, one: Judged) -> bool:
        """Return whether a judged repetition is shown as done and no more."""
        return one.outcome != "not_scored" and one.index not in self._told

    def tone(self, index: int) -> Tone:
        """Return the tone of a repetition against its goal; neutral where there is none."""
        return self._tones.get(index, "neutral")


def neutral(rep: RepView) -> RepView:
    """Return a repetition without anything that gives its outcome away."""
    return replace(
        rep,
        verdict="unclear",
        reason=None,
        blamed=(),
        lead_ms=None,
        low_ms=None,
        high_ms=None,
        onsets=(),
        pairs=(),
        forecast=None,
        sequence=(),
        first_told=None,
        faults=(),
        kept=True,
    )


def neutral_unless_told(reps: Iterable[RepView], telling: Telling) -> tuple[RepView, ...]:
    """Return repetitions as the person may see them."""
    return tuple(neutral(rep) if telling.keeps(rep.index) else rep for rep in reps)

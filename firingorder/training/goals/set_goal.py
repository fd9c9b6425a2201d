"""A set held against its goal: what the coach asks for one set. Docs: docs/reference/goals.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.goals.records import Judged, Meter

if TYPE_CHECKING:
    from firingorder.findings import OnsetFinding, RepetitionFinding, VerdictFinding
    from firingorder.samples import FloatArray
    from firingorder.signal.reference import PersonalReference
    from firingorder.signal.repetitions import Cue
    from firingorder.signal.task import TaskSpec
    from firingorder.training.programmes.records import PlannedSet


class SetGoal:
    """One set. Pure: what it says follows from what it was given, in that order."""

    def __init__(
        self,
        planned: PlannedSet,
        task: TaskSpec,
        channels: tuple[str, ...],
        reference: PersonalReference,
        threshold: float | None = None,
    ) -> None:
        self._planned = planned
        self._task = task
        self._channels = channels
        self._reference = reference
        self._number = 0
        self.meters: tuple[Meter, ...] = ()
        self.tone: tuple[float | None, float | None] = (None, None)
        self.curve: tuple[tuple[float, float], ...] = ()
        self.trace: tuple[tuple[float, float], ...] = ()
        self.takeover = False
        self.next_threshold = threshold
        self.changes: tuple[object, ...] = ()

    def asked(self, cue: Cue) -> None:
        """Take a cue that was given to the person."""

    def levels(self, t_s: float, percent: FloatArray) -> None:
        """Take the levels of all channels now, ``(n_channels,)`` percent, NaN where unknown."""

    def onset(self, finding: OnsetFinding) -> None:
        """Take a live onset."""

    def early(self, verdict: VerdictFinding) -> Judged | None:
        """Return what can be said before the repetition is over, once for each."""
        return None

    def repetition(self, rep: RepetitionFinding) -> Judged:
        """Return what is said of a repetition that is over."""
        self._number += rep.scored
        return Judged(
            rep.index,
            self._number if rep.scored else 0,
            "shown" if rep.scored else "not_scored",
            None, None, None, None, "", self._planned.target, False, "", "", at_s=rep.end_s,
        )  # fmt: skip

    def missed(self, at_s: float) -> Judged:
        """Return what is said where nothing started within 2 s of the cue."""
        return Judged(
            0, 0, "not_scored", None, None, None, None, "", self._planned.target, False,
            "No start seen", "No start was seen after the cue.", at_s=at_s,
        )  # fmt: skip

    def tell(self, judged: Judged, requested: bool = False) -> tuple[bool, str]:
        """Tell whether this is told now, and else why not (one sentence)."""
        return True, ""

    def estimate(self, said: str) -> str:
        """Return a sentence that compares what the person felt with what was measured."""
        return ""

    def summary(self) -> tuple[str, ...]:
        """Return what came out, one sentence each."""
        return ()

    def values(self) -> dict[str, float | int | str | None]:
        """Return what is kept in the log."""
        return {}

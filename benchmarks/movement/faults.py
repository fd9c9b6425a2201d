"""Faults that were told against those that were planted. Pure, as scoring.py."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from benchmarks.movement.scoring import CUT_OFF, match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.movement.truths import Attempt
    from firingorder.findings import RepetitionFinding, SetFinding

#: Judged over a set, not in one repetition.
OF_SETS = ("inconsist", "uneven", "takeover")


@dataclass(slots=True)
class FaultCount:
    """One code in one exercise, over scored repetitions (or sets, of the codes that sets have).

    ``above`` and ``below`` are those planted above and below the limit, ``clean`` those in which
    nothing was planted; each with how many were told. ``unmeasured`` of ``asked`` repetitions said
    that they cannot see it.
    """

    above: int = 0
    above_told: int = 0
    below: int = 0
    below_told: int = 0
    clean: int = 0
    clean_told: int = 0
    asked: int = 0
    unmeasured: int = 0

    def add(self, other: FaultCount) -> None:
        """Add another session."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def count(self, planted: bool | None, *, told: bool) -> None:
        """Count one; ``planted``: above, below, or not at all."""
        name = {True: "above", False: "below", None: "clean"}[planted]
        setattr(self, name, getattr(self, name) + 1)
        if told:
            setattr(self, f"{name}_told", getattr(self, f"{name}_told") + 1)


@dataclass(slots=True)
class FaultScore:
    """All codes of one exercise."""

    codes: dict[str, FaultCount] = field(default_factory=dict[str, FaultCount])

    def of(self, code: str) -> FaultCount:
        """Return the count of a code."""
        return self.codes.setdefault(code, FaultCount())

    def add(self, other: FaultScore) -> None:
        """Add another session."""
        for code, count in other.codes.items():
            self.of(code).add(count)


def score_faults(
    codes: Sequence[str],
    planted: Sequence[Attempt],
    found: Sequence[RepetitionFinding],
    offset_s: float = 0.0,
) -> FaultScore:
    """Return what was told of the repetitions of a session, code by code.

    A repetition in which another code is planted counts for neither: one deviation may well be
    another one, too. A missed cue is no scored repetition, and still must be told.
    """
    out = FaultScore()
    kept = [one for one in found if CUT_OFF not in one.reasons]
    for i, j in match(planted, kept, offset_s):
        attempt, one = planted[i], kept[j]
        told = {fault.code for fault in one.faults}
        for code in codes:
            if code in OF_SETS or not _counts(attempt, one, code):
                continue
            count = out.of(code)
            count.asked += 1
            if code in one.not_measured:
                count.unmeasured += 1
            elif code in attempt.planted:
                count.count(attempt.planted[code], told=code in told)
            elif attempt.clean:
                count.count(None, told=code in told)
    return out


def _counts(attempt: Attempt, one: RepetitionFinding, code: str) -> bool:
    if code == "missed":
        return attempt.kind == "slip" or (attempt.kind == "good" and one.scored)
    return attempt.kind == "good" and one.scored


def score_sets(
    code: str, truth: dict[int, bool | None], sets: Sequence[SetFinding], least: int = 1
) -> FaultScore:
    """Return what was told of the sets; ``truth`` by the number of the set: above, below, clean."""
    out = FaultScore()
    for one in sets:
        if one.index not in truth or one.scored < least:
            continue
        count = out.of(code)
        count.asked += 1
        count.count(truth[one.index], told=code in one.compensations)
    return out

"""Repetitions that were found against those that were planted: who is who, and how far off.

Pure: takes attempts and findings, gives counts and errors.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.movement.playing import LivePhase
    from benchmarks.movement.truths import Attempt
    from firingorder.findings import RepetitionFinding

#: A finding is of an attempt where they share this much of the time that both take together. A
#: step shares a third with a stride that is one step longer: that is another one.
LEAST_SHARED = 0.35
#: The same where the end is no good sign of which it is.
LEAST_OF_LOOSE = 0.05
#: What the end of the file cuts off says nothing.
CUT_OFF = "recording_ended"


@dataclass(slots=True)
class Score:
    """Counts of one session, or of several that were added.

    Attributes
    ----------
    good, found, set_aside
        Good repetitions: planted, found and scored, found and not scored.
    aside_reasons
        Why good ones were not scored.
    partial, partial_aside, partial_unnoticed, partial_scored
        Half repetitions, starts given up and cues missed: planted, found and not scored, not found
        at all, and scored as if they were good; by kind.
    false_scored, false_aside
        Findings where nothing was planted.
    seconds
        Of signal.
    errors_ms
        By phase, of good ones that were scored: found minus planted.
    live_ms, live_late_ms
        The same of the phases of the screen, and how long after the true instant they were told.
    """

    good: int = 0
    found: int = 0
    set_aside: int = 0
    aside_reasons: Counter[str] = field(default_factory=Counter[str])
    partial: Counter[str] = field(default_factory=Counter[str])
    partial_aside: Counter[str] = field(default_factory=Counter[str])
    partial_unnoticed: Counter[str] = field(default_factory=Counter[str])
    partial_scored: Counter[str] = field(default_factory=Counter[str])
    false_scored: int = 0
    false_aside: int = 0
    seconds: float = 0.0
    errors_ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    live_ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    live_late_ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def add(self, other: Score) -> None:
        """Add another session."""
        for name in ("good", "found", "set_aside", "false_scored", "false_aside"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds
        self.aside_reasons.update(other.aside_reasons)
        for name in ("partial", "partial_aside", "partial_unnoticed", "partial_scored"):
            getattr(self, name).update(getattr(other, name))
        for name in ("errors_ms", "live_ms", "live_late_ms"):
            mine: dict[str, list[float]] = getattr(self, name)
            for phase, values in getattr(other, name).items():
                mine.setdefault(phase, []).extend(values)


def overlap(attempt: Attempt, found: RepetitionFinding, offset_s: float = 0.0) -> float:
    """Return the time they share over the time they take together."""
    start_s, end_s = _span(found, offset_s)
    shared_s = min(attempt.end_s, end_s) - max(attempt.away_s, start_s)
    both_s = max(attempt.end_s, end_s) - min(attempt.away_s, start_s)
    return max(0.0, shared_s) / both_s if both_s > 0.0 else 0.0


def match(
    planted: Sequence[Attempt], found: Sequence[RepetitionFinding], offset_s: float = 0.0
) -> list[tuple[int, int]]:
    """Return pairs of numbers, each attempt and each finding once, that share most."""
    if not planted or not found:
        return []
    shared = np.array([[overlap(a, f, offset_s) for f in found] for a in planted])
    least = np.array([[LEAST_OF_LOOSE if one.loose else LEAST_SHARED] for one in planted])
    enough = shared >= least
    rows, columns = linear_sum_assignment(-np.where(enough, shared, 0.0))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(i, j) for i, j in pairs if enough[i, j]]


def score(
    planted: Sequence[Attempt],
    found: Sequence[RepetitionFinding],
    seconds: float,
    live: Sequence[LivePhase] = (),
    offset_s: float = 0.0,
) -> Score:
    """Return the counts and phase errors of one session."""
    out = Score(seconds=seconds)
    kept = [one for one in found if CUT_OFF not in one.reasons]
    pairs = dict(match(planted, kept, offset_s))
    told = _by_repetition(live)
    for i, attempt in enumerate(planted):
        one = kept[pairs[i]] if i in pairs else None
        if attempt.kind == "good":
            _good(out, attempt, one, told, offset_s)
            continue
        out.partial[attempt.kind] += 1
        if one is None:
            out.partial_unnoticed[attempt.kind] += 1
        elif one.scored:
            out.partial_scored[attempt.kind] += 1
        else:
            out.partial_aside[attempt.kind] += 1
    # What lies behind the last attempt that is over belongs to one that the end of the session
    # cuts off: the truth does not tell of it.
    known_s = max((one.end_s for one in planted), default=float("inf"))
    for j, one in enumerate(kept):
        if j in pairs.values() or (planted and _span(one, offset_s)[0] > known_s):
            continue
        out.false_scored += one.scored
        out.false_aside += not one.scored
    return out


def _good(
    out: Score,
    attempt: Attempt,
    one: RepetitionFinding | None,
    told: dict[tuple[int, str], LivePhase],
    offset_s: float,
) -> None:
    out.good += 1
    if one is None:
        return
    if not one.scored:
        out.set_aside += 1
        out.aside_reasons.update(one.reasons)
        return
    out.found += 1
    for name, at_s in found_phases(one).items():
        true_s = attempt.phases.get(name)
        if at_s is None or true_s is None:
            continue
        out.errors_ms.setdefault(name, []).append(1e3 * (at_s + offset_s - true_s))
        screen = told.get((one.index, name))
        if screen is not None:
            out.live_ms.setdefault(name, []).append(1e3 * (screen.at_s - true_s))
            out.live_late_ms.setdefault(name, []).append(1e3 * (screen.told_s - true_s))


def found_phases(one: RepetitionFinding) -> dict[str, float | None]:
    """Return the refined phases by name."""
    phases = one.phases
    if phases is None:
        return {}
    return {
        "away": phases.away_s,
        "onset": phases.movement_onset_s,
        "far_from": phases.far_from_s,
        "far_to": phases.far_to_s,
        "back": phases.back_s,
        "end": phases.end_s,
    }


def _span(one: RepetitionFinding, offset_s: float) -> tuple[float, float]:
    if one.phases is None:
        return one.start_s + offset_s, one.end_s + offset_s
    return one.phases.away_s + offset_s, one.phases.end_s + offset_s


def _by_repetition(live: Sequence[LivePhase]) -> dict[tuple[int, str], LivePhase]:
    """Return the first time each phase of a repetition was told; the last rest is its end."""
    out: dict[tuple[int, str], LivePhase] = {}
    for one in live:
        if one.name == "end":
            out[one.index, one.name] = one
        else:
            out.setdefault((one.index, one.name), one)
    return out

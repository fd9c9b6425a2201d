"""Where the numbers of a repetition come from, and how two sides become one number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import Amount, mean_of
from firingorder.training.goals.reading import Reading, reading_of

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding
    from firingorder.training.goals.aim import Aim, Side
    from firingorder.training.goals.trace import LevelTrace
    from firingorder.training.programmes.records import Measure


@dataclass(frozen=True, slots=True)
class Source:
    """One repetition, where its numbers come from, and what it was asked for.

    ``rest_from_s``: since when the person was let go before it; None: not known.
    ``display_latency_s``, ``cue_latency_s``: how late a line is seen and a word is heard, the
    second with the half-width of its 95 % interval; None: not measured.
    """

    rep: RepetitionFinding
    aim: Aim
    side: Side
    trace: LevelTrace
    rest_from_s: float | None = None
    display_latency_s: float | None = None
    cue_latency_s: tuple[float, float] | None = None


def mean_reading(measure: Measure, unit: str, found: list[tuple[str, Amount]], of: int) -> Reading:
    """Return the mean of sides; what is at the noise floor counts with its bounds."""
    who = found[0][0] if len(found) < of else ""
    if all(one.gate is not None for _, one in found):
        most = max(one.high for _, one in found)
        return Reading(measure, unit, high=most, gate="at_noise_floor", who=who)
    return reading_of(measure, unit, mean_of([replace(one, gate=None) for _, one in found]), who)

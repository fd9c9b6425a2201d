"""Quiet, rest, landing, the back at the bottom of a bend: readings of the mode that yields."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import Amount, difference
from firingorder.training.goals import held
from firingorder.training.goals.reading import (
    Reading,
    amount_of,
    find,
    largest,
    reading_of,
    usable,
)
from firingorder.training.goals.source import Source, mean_reading

if TYPE_CHECKING:
    from firingorder.measures import MetricGate

_NO_RELEASE = "Nobody gave a word to let go, so the time until quiet has no beginning."
_SILENT_BACK = "The back is quieter at the bottom than the device can measure."


def quiet(source: Source) -> Reading:
    """B8: the muscle that becomes quiet last counts; no trained glute may be unknown.

    Where one was not yet quiet for long enough when its signal was cut, the end of the repetition
    stands for it, as in the fault "quiet comes late"; that has no interval.
    """
    metrics, phases = source.rep.metrics, source.rep.phases
    names = source.aim.prime(source.side)
    amounts = [(name, amount_of(find(metrics, "time_to_quiet", name))) for name in names]
    measured = [one for one in amounts if one[1].gate != "not_measured"]
    if phases is None or phases.release_s is None or not measured:
        return Reading("time_to_quiet_s", "s", gate="no_cue", why=_NO_RELEASE)
    cut = [name for name, one in measured if one.gate == "too_short"]
    if cut:
        took_s = phases.end_s - phases.release_s
        return Reading("time_to_quiet_s", "s", took_s, who=cut[0])
    glutes = source.aim.trained(source.side)
    for name, one in measured:
        if name in glutes and one.gate not in (None, "beyond_cap"):
            return Reading("time_to_quiet_s", "s", gate=one.gate, who=name)
    found = usable(measured)
    if not found:
        return Reading("time_to_quiet_s", "s", gate=measured[0][1].gate)
    who, amount = largest(found)
    return reading_of("time_to_quiet_s", "s", amount, who)


def rest(source: Source) -> Reading:
    """Level lying still before this repetition, the last 10 s of it; the loudest prime muscle."""
    phases = source.rep.phases
    until_s = source.rep.start_s if phases is None or phases.cue_s is None else phases.cue_s
    if source.rest_from_s is None:
        return Reading("rest_percent", "%", gate="no_baseline")
    first_s = max(source.rest_from_s, until_s - held.REST_S)
    names = source.aim.prime(source.side)
    if source.aim.refused(names, between=False):
        return Reading("rest_percent", "%", gate="not_normalised")
    amounts = [(name, source.trace.level(name, first_s, until_s, rest_out=False)) for name in names]
    found = usable(amounts)
    if not found:
        return Reading("rest_percent", "%", gate=amounts[0][1].gate if amounts else "not_measured")
    who, amount = largest(found)
    return reading_of("rest_percent", "%", amount, who)


def absorb(source: Source) -> Reading:
    """B23: gluteus maximus after the landing minus before it, the mean of the sides."""
    found: list[tuple[str, Amount]] = []
    gate: MetricGate = "not_measured"
    for side in ("left", "right") if source.side == "both" else (source.side,):
        pair = [
            amount_of(find(source.rep.metrics, f"absorb_{part}", side))
            for part in ("after", "before")
        ]
        bad = next((one for one in pair if not one.known), None)
        if bad is not None:
            gate = bad.gate or gate
            continue
        after, before = (replace(one, gate=None) for one in pair)
        found.append((side, difference(after, before)))
    if not found:
        return Reading("absorb_percent", "%", gate=gate)
    return mean_reading("absorb_percent", "%", found, 2 if source.side == "both" else 1)


def flexion(source: Source) -> Reading:
    """B22: the side that lets go less counts."""
    metrics = source.rep.metrics
    amounts = [(s, amount_of(find(metrics, "flexion_relaxation", s))) for s in ("left", "right")]
    found = usable(amounts)
    if not found:
        return Reading("flexion_relaxation", "1", gate=amounts[0][1].gate)
    who, least = min(
        found, key=lambda one: one[1].low if math.isnan(one[1].value) else one[1].value
    )
    found_one = reading_of("flexion_relaxation", "1", least, who)
    return replace(found_one, why=_SILENT_BACK) if found_one.gate == "beyond_cap" else found_one

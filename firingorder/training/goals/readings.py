"""What was measured of a repetition, for each thing that a goal can be held against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import Amount, difference, log_ratio, share_of
from firingorder.training.goals import held, letting_go
from firingorder.training.goals.reading import (
    Reading,
    amount_of,
    find,
    largest,
    reading_of,
    usable,
)
from firingorder.training.goals.source import Source, mean_reading
from firingorder.training.goals.words import UNCLEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.findings import RepetitionFinding, VerdictFinding
    from firingorder.measures import MetricGate
    from firingorder.training.goals.aim import Aim, Side
    from firingorder.training.programmes.records import Measure

#: Gates of a level for want of a reference: then percent of the first repetitions, then microvolts.
_NO_REFERENCE = ("not_normalised", "bad_reference")
_SILENT = "The other side is quieter than the device can measure."


def read(source: Source) -> Reading:
    """Return the reading of the measure that the set is about."""
    return _READERS[source.aim.measure](source)


def lead_of(found: RepetitionFinding | VerdictFinding, aim: Aim) -> Reading:
    """Return the lead of the glutes over the back."""
    lead, low, high, reason = found.lead_ms, found.low_ms, found.high_ms, found.reason
    who = found.sides if found.sides != "both" and aim.planned.side == "both" else ""
    if lead is None and low is None and high is None:
        cause = UNCLEAR.get(reason, "") if reason is not None else "no lead was found"
        return Reading(
            "lead_ms", "ms", gate="no_onset", why=f"Which came first cannot be told: {cause}."
        )
    return Reading("lead_ms", "ms", lead, low, high, 1, who=who)


def level_amounts(source: Source, names: tuple[str, ...]) -> list[tuple[str, Amount]]:
    """Return the levels of channels in the window that counts, percent."""
    first: list[tuple[str, Amount]] = []
    for window in source.aim.windows:
        amounts = [
            (name, amount_of(find(source.rep.metrics, f"level_{window}", name))) for name in names
        ]
        if usable(amounts):
            return amounts
        first = first or amounts
    return first


def _lead(source: Source) -> Reading:
    return lead_of(source.rep, source.aim)


def _level(source: Source) -> Reading:
    """B10: the mean of the trained glute's sides; where quiet is aimed at, the loudest prime."""
    aim = source.aim
    names = aim.prime(source.side) if aim.less else aim.trained(source.side)
    amounts = level_amounts(source, names)
    found = usable(amounts)
    if not found:
        gate: MetricGate = amounts[0][1].gate or "not_measured" if amounts else "not_measured"
        if gate in _NO_REFERENCE:
            return _without_reference(source, names)
        return Reading("level_percent", "%", gate=gate)
    if aim.less:
        who, amount = largest(found)
        return reading_of("level_percent", "%", amount, who)
    return mean_reading("level_percent", "%", found, len(amounts))


def _without_reference(source: Source, names: tuple[str, ...]) -> Reading:
    """Return the level in percent of the set's own first repetitions, or in microvolts."""
    phases = source.rep.phases
    if phases is not None and phases.far_from_s is not None and phases.far_to_s is not None:
        found = [
            (name, source.trace.level(name, phases.far_from_s, phases.far_to_s)) for name in names
        ]
        found = [one for one in found if one[1].gate is None]
        if found:
            mean = mean_reading("level_percent", "%", found, len(names))
            return replace(mean, relative=True)
    for window in source.aim.windows:
        rms = [(name, amount_of(find(source.rep.metrics, f"rms_{window}", name))) for name in names]
        if usable(rms):
            return replace(
                mean_reading("level_percent", "uV", usable(rms), len(rms)), relative=True
            )
    return Reading("level_percent", "%", gate="not_normalised")


def _symmetry(source: Source) -> Reading:
    """B13 of the trained glute: positive is more on the right."""
    one = find(source.rep.metrics, "symmetry_index", source.aim.muscle)
    if one is None and source.side != "both":
        why = "One side alone has nothing to be even with: compare the sets of both sides."
        return Reading("symmetry_percent", "%", gate="not_measured", why=why)
    return reading_of("symmetry_percent", "%", amount_of(one))


def _hamstring(source: Source) -> Reading:
    """B11: the side on which the back of the thigh has the larger share."""
    sides = ("left", "right") if source.side == "both" else (source.side,)
    amounts = [(s, amount_of(find(source.rep.metrics, "hamstring_share", s))) for s in sides]
    found = [one for one in amounts if one[1].gate is None]
    if not found:
        return Reading("hamstring_share", "1", gate=amounts[0][1].gate)
    who, amount = largest(found)
    return reading_of("hamstring_share", "1", amount, who)


def isolation(source: Source) -> Reading:
    """B19: the side that was asked for over both; silence of the other side is a lower bound."""
    side = source.side
    if side == "both":
        why = "Both were asked for: nothing is to be kept apart."
        return Reading("isolation_share", "1", gate="not_measured", why=why)
    one = find(source.rep.metrics, "isolation", side)
    if one is not None and one.gate is None:
        return reading_of("isolation_share", "1", amount_of(one), side)
    other = "left" if side == "right" else "right"
    names = (f"{source.aim.muscle}_{side}", f"{source.aim.muscle}_{other}")
    if any(name not in source.aim.channels for name in names):
        return Reading("isolation_share", "1", gate="not_measured")
    if source.aim.refused(names):
        return Reading("isolation_share", "1", gate="not_normalised")
    amounts = dict(level_amounts(source, names))
    own, crossed = amounts[names[0]], amounts[names[1]]
    if own.gate is None and crossed.gate == "at_noise_floor":
        low = own.low / (own.low + crossed.high)
        return Reading("isolation_share", "1", None, low, None, 1, "beyond_cap", _SILENT, side)
    return reading_of("isolation_share", "1", share_of(log_ratio(own, crossed)), side)


def crossed_percent(source: Source) -> Amount:
    """Return the level of the side that was not asked for, percent of its reference."""
    if source.side == "both":
        return amount_of(None)
    other: Side = "left" if source.side == "right" else "right"
    amounts = level_amounts(source, source.aim.trained(other))
    return amounts[0][1] if amounts else amount_of(None)


def _reaction(source: Source) -> Reading:
    """B6, from the beginning of the word; where its delay is unknown, an upper bound."""
    names = source.aim.trained(source.side)
    amounts = [(name, amount_of(find(source.rep.metrics, "reaction", name))) for name in names]
    found = [one for one in amounts if one[1].gate is None]
    if found and len(found) == len(names):
        who, amount = largest(found)
        return reading_of("reaction_ms", "ms", amount, who)
    phases = source.rep.phases
    if phases is None or phases.cue_s is None:
        return Reading("reaction_ms", "ms", gate="no_cue")
    onsets = [source.rep.onsets.get(name) for name in names]
    known = [one for one in onsets if one is not None]
    if not known or len(known) < len(names):
        return Reading("reaction_ms", "ms", gate="no_onset")
    if source.cue_latency_s is not None:
        latency, error = source.cue_latency_s
        heard = phases.cue_s + latency
        said = Amount(heard, heard - error, heard + error)
        starts = [
            (name, difference(Amount(one.onset_s, one.low_s, one.high_s), said).scaled(1e3))
            for name, one in zip(names, known, strict=True)
        ]
        who, amount = largest(starts)
        return reading_of("reaction_ms", "ms", amount, who if len(names) > 1 else "")
    most = max(one.high_s for one in known) - phases.cue_s
    why = "How late the word is heard was not measured, so it is an upper bound."
    return Reading("reaction_ms", "ms", high=1e3 * most, gate="no_latency", why=why)


def _hold(source: Source) -> Reading:
    phases = source.rep.phases
    if phases is None or phases.far_from_s is None or phases.far_to_s is None:
        return Reading("hold_share", "1", gate="no_phase")
    names = source.aim.trained(source.side)
    return held.hold_share(source.trace, names, (phases.far_from_s, phases.far_to_s), source.aim)


def _ramp(source: Source) -> Reading:
    phases = source.rep.phases
    if phases is None or phases.cue_s is None:
        return Reading("ramp_error_percent", "%", gate="no_cue")
    names = source.aim.trained(source.side)
    if source.aim.refused(names, between=False):
        return Reading("ramp_error_percent", "%", gate="not_normalised")
    followed = held.follow(
        source.trace, names, phases.cue_s, held.line_of(source.aim), source.display_latency_s
    )
    return reading_of("ramp_error_percent", "%", followed.error)


_READERS: dict[Measure, Callable[[Source], Reading]] = {
    "lead_ms": _lead,
    "level_percent": _level,
    "hold_share": _hold,
    "time_to_quiet_s": letting_go.quiet,
    "rest_percent": letting_go.rest,
    "symmetry_percent": _symmetry,
    "hamstring_share": _hamstring,
    "ramp_error_percent": _ramp,
    "isolation_share": isolation,
    "reaction_ms": _reaction,
    "absorb_percent": letting_go.absorb,
    "flexion_relaxation": letting_go.flexion,
}

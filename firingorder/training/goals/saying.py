"""What is said of a repetition that counts, whatever kind of set it belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.training.goals import letting_go, smallest, words
from firingorder.training.goals.aim import CROSS_PERCENT
from firingorder.training.goals.judging import Said, judge
from firingorder.training.goals.reading import Reading, amount_of, find
from firingorder.training.goals.readings import crossed_percent, read
from firingorder.training.goals.records import Judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.training.goals.aim import Aim
    from firingorder.training.goals.source import Source

Parts = tuple[tuple[str, bool], ...]


def say(source: Source, earlier: Sequence[float]) -> tuple[Reading, Said, Parts]:
    """Return what was measured of a repetition, what is said of it, and its conditions.

    ``earlier`` are the values of the same set before it.
    """
    reading = read(source)
    if source.aim.planned.kind == "smallest_range":
        return _smallest(source, reading, earlier)
    parts = _conditions(source)
    aim, verdict = source.aim, source.rep.verdict
    if aim.measure != "isolation_share":
        said = judge(reading, aim, verdict, earlier, parts)
        return reading, _with_further(said, source), parts
    if source.side == "both":
        return _both(source, earlier)
    said = judge(reading, aim, verdict, earlier, parts)
    if aim.target is None and parts:
        said = _alone(said, source.side, parts[0][1])
    return reading, said, parts


def nothing(aim: Aim) -> Reading:
    """Return the reading of what was not measured."""
    return Reading(aim.measure, aim.unit)


def judged_of(
    aim: Aim,
    index: int,
    number: int,
    reading: Reading,
    said: Said,
    at_s: float,
    parts: Parts = (),
) -> Judged:
    """Return the record of what is said."""
    planned = aim.planned
    target = aim.target if reading.measure == aim.measure else None
    coloured = (
        target is not None
        and target.set_by == "therapist"
        and planned.kind == "work"
        and not planned.retention
        and planned.mode in ("activate", "sequence")
    )
    return Judged(
        index=index,
        number=number,
        outcome=said.outcome,
        measure=reading.measure,
        value=reading.value,
        low=reading.low,
        high=reading.high,
        unit=reading.unit,
        target=target,
        coloured=coloured,
        headline=said.headline,
        line=said.line,
        spoken=said.spoken,
        why=said.why,
        at_s=at_s,
        parts=parts,
    )


def _smallest(
    source: Source, reading: Reading, earlier: Sequence[float]
) -> tuple[Reading, Said, Parts]:
    result, parts = smallest.try_of(source)
    if result.gate is not None:
        said = judge(reading, source.aim.with_target(None), source.rep.verdict, earlier)
        why = words.GATES[result.gate]
        return reading, replace(said, line=f"{said.line} {why}", why=why), parts
    unmet = [name for name, met in parts if not met]
    value = words.measured(reading.value, reading.low, reading.high, reading.unit)
    end = "all conditions met" if not unmet else f"not yet: {', '.join(unmet)}"
    line = f"Glute {value}: {end}."
    if result.value == 1.0:
        return reading, Said("hit", "On target", line, ("on_target",)), parts
    if result.high == 0.0:
        return reading, Said("miss", "Smaller is better", line, ("smaller",)), parts
    close = f"{line} Too close to call."
    return reading, Said("no_claim", "Close", close, ("too_close",)), parts


def _both(source: Source, earlier: Sequence[float]) -> tuple[Reading, Said, Parts]:
    """Return what is said where both sides were asked for in a set that keeps them apart."""
    both = replace(source, aim=replace(source.aim, measure="level_percent", target=None))
    reading = read(both)
    return reading, judge(reading, both.aim, source.rep.verdict, earlier), ()


def _alone(said: Said, side: str, alone: bool) -> Said:
    """Return what is said without a target: the other side stayed within the dictionary's limit."""
    line = f"{said.line} Limit of the other side: {CROSS_PERCENT:.0f} % of its reference"
    if alone:
        kept = f"{line}: kept."
        return replace(
            said, outcome="hit", headline=f"Only {side}", line=kept, spoken=("on_target",)
        )
    passed = f"{line}: passed."
    return replace(
        said, outcome="miss", headline="Other side joined", line=passed, spoken=("other_side",)
    )


def _conditions(source: Source) -> Parts:
    """Return what has to hold beside the measure.

    In a task of one side the other is quiet; who lets go comes to rest again.
    """
    rep = source.rep
    if source.aim.planned.kind == "release" and "rest_high" in source.aim.task.faults:
        seen = "rest_high" not in rep.not_measured
        return (("at rest again", "rest_high" not in rep.compensations),) if seen else ()
    asked = "cross" in source.aim.task.faults and source.aim.planned.mode == "activate"
    if not asked or source.side == "both":
        return ()
    other = crossed_percent(source)
    if other.gate == "at_noise_floor":
        return ((f"only {source.side}", True),) if other.high <= CROSS_PERCENT else ()
    if other.gate is not None:
        return ()
    return ((f"only {source.side}", other.value <= CROSS_PERCENT),)


def _with_further(said: Said, source: Source) -> Said:
    """Return it with what is told beside: letting go at the bottom of a bend, settling."""
    aim = source.aim
    told: list[str] = []
    if aim.planned.mode == "yield" and aim.measure != "rest_percent":
        before = letting_go.rest(source)
        if before.value is not None:
            value = words.measured(before.value, before.low, before.high, before.unit)
            told.append(f"At rest before it ({words.plain(before.who)}): {value}.")
    bend = aim.planned.kind == "return_bend" or aim.task.id == "return_bend"
    if bend and aim.measure != "flexion_relaxation":
        for side in ("left", "right"):
            one = amount_of(find(source.rep.metrics, "flexion_relaxation", side))
            if one.gate is None:
                value = words.measured(one.value, one.low, one.high, "1")
                told.append(f"Back going down over the bottom, {side}: {value}.")
    if aim.task.template == "IMPACT":
        settled = amount_of(find(source.rep.metrics, "settle_time", ""))
        if settled.gate is None:
            value = words.measured(settled.value, settled.low, settled.high, "s")
            told.append(f"Still after {value}.")
    return replace(said, line=" ".join([said.line, *told])) if told else said

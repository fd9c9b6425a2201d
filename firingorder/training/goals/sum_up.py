"""What a set came to, in sentences: every number with its count and its interval."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, get_args

from firingorder.signal.metrics.amount import median_of, wilson
from firingorder.signal.metrics.spread import sd_of
from firingorder.training.goals import words
from firingorder.training.goals.own import change_words
from firingorder.training.goals.records import Outcome

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding
    from firingorder.training.goals.aim import Aim
    from firingorder.training.goals.records import Change, Judged

_VERDICTS = ("glutes_first", "together", "back_first", "unclear")


@dataclass(slots=True)
class Tally:
    """All that was judged in a set."""

    judged: list[Judged] = field(default_factory=list["Judged"])
    verdicts: Counter[str] = field(default_factory=Counter[str])
    faults: Counter[str] = field(default_factory=Counter[str])
    reasons: Counter[str] = field(default_factory=Counter[str])
    ranges: list[str] = field(default_factory=list[str])
    relative: bool = False
    requests: int = 0
    estimates: int = 0
    matched: int = 0

    def add(self, judged: Judged, rep: RepetitionFinding | None) -> None:
        """Take a repetition, or a cue that nothing answered."""
        self.judged.append(judged)
        if rep is None or judged.outcome == "not_scored":
            self.reasons.update(("missed",) if rep is None else rep.reasons)
            return
        self.faults.update(set(rep.compensations))
        self.verdicts[rep.verdict] += 1

    @property
    def scored(self) -> list[Judged]:
        """Repetitions that count."""
        return [one for one in self.judged if one.outcome != "not_scored"]

    def values(self, unit: str) -> tuple[float, ...]:
        """Return what was measured in this unit, in order."""
        return tuple(one.value for one in self.scored if one.value is not None and one.unit == unit)

    def count(self, outcome: str) -> int:
        """Return how many repetitions had an outcome."""
        return sum(one.outcome == outcome for one in self.judged)


def sentences(tally: Tally, aim: Aim, changes: tuple[Change, ...]) -> tuple[str, ...]:
    """Return the sentences of a set."""
    scored, unit = len(tally.scored), aim.unit
    parts = [_counted(tally)]
    if scored:
        parts += [_reached(tally), _typical(tally, aim, unit), *_order(tally, aim)]
        parts.append("" if tally.relative else change_words(tally.values(unit), aim))
    parts += [_range(tally, aim), _moved(changes, unit), _estimated(tally)]
    if tally.requests:
        parts.append(f"The result was asked for {words.plural(tally.requests, 'time')}.")
    return tuple(one for one in parts if one)


def values_of(tally: Tally, aim: Aim) -> dict[str, float | int | str | None]:
    """Return what is kept of a set in the log."""
    planned, numbers = aim.planned, tally.values(aim.unit)
    return {
        "exercise": planned.exercise,
        "kind": planned.kind,
        "mode": planned.mode,
        "side": planned.side,
        "retention": planned.retention,
        "measure": aim.measure,
        "unit": aim.unit,
        "n": len(numbers),
        "median": median(numbers) if numbers else None,
        **{one: tally.count(one) for one in get_args(Outcome)},
        "requests": tally.requests,
        "estimates": tally.estimates,
        "estimates_matched": tally.matched,
        "range": tally.ranges[-1] if tally.ranges else None,
    }


def _range(tally: Tally, aim: Aim) -> str:
    """Return which range it was: the therapist's word, for no sensor sees the leg."""
    if aim.planned.kind != "smallest_range" or not tally.scored:
        return ""
    names = " and then ".join(tally.ranges)
    named = f"the range called {names}" if names else "a range without a name"
    asked = "Pain is asked after the set: more of it takes the success away."
    return f"This was {named}; how far the leg went is not measured. {asked}"


def _counted(tally: Tally) -> str:
    scored, lost = len(tally.scored), tally.count("not_scored")
    told = f"{words.plural(scored, 'repetition')} counted"
    if not lost:
        return f"{told}."
    causes = Counter(
        (one.why or one.line).split(". ", maxsplit=1)[0].rstrip(".").lower()
        for one in tally.judged
        if one.outcome == "not_scored"
    )
    named = "; ".join(f"{count} × {cause}" for cause, count in causes.most_common())
    return f"{told}, {lost} not: {named}."


def _reached(tally: Tally) -> str:
    hits, misses, open_ = (tally.count(one) for one in ("hit", "miss", "no_claim"))
    if not hits + misses:
        return f"{open_} of {len(tally.scored)} could not be told." if open_ else ""
    share = wilson(hits, hits + misses)
    told = (
        f"{hits} of {hits + misses} reached the target "
        f"(95 % {100 * share.low:.0f} to {100 * share.high:.0f} %)"
    )
    return f"{told}; {open_} more could not be told." if open_ else f"{told}."


def _typical(tally: Tally, aim: Aim, unit: str) -> str:
    values = tally.values(unit)
    if not values:
        return ""
    name = words.MEASURE_WORDS[aim.measure]
    typical, spread = median_of(values), sd_of(values)
    if typical.gate is not None:
        low, high = words.number(min(values), unit), words.number(max(values), unit)
        return f"{name}: {low} to {high} (n = {len(values)}); a median needs five."
    told = words.measured(typical.value, typical.low, typical.high, unit, typical.n)
    if spread.gate is not None:
        return f"{name}: median {told}."
    wide = words.measured(spread.value, spread.low, spread.high, unit, spread.n)
    return f"{name}: median {told}; spread {wide}."


def _order(tally: Tally, aim: Aim) -> list[str]:
    """Return how often each was first; only where the task asks for an order."""
    if aim.measure != "lead_ms":
        return []
    bend = aim.planned.kind == "return_bend" or aim.task.id == "return_bend"
    names = words.BEND_WORDS if bend else words.VERDICT_WORDS
    total = sum(tally.verdicts.values())
    told: list[str] = []
    for one in _VERDICTS:
        count = tally.verdicts[one]
        if count:
            share = wilson(count, total)
            between = f"95 % {100 * share.low:.0f} to {100 * share.high:.0f} %"
            told.append(f"{names[one].lower()} in {count} of {total} ({between})")
    return [f"{aim.task.name}: {', '.join(told)}."] if told else []


def _moved(changes: tuple[Change, ...], unit: str) -> str:
    if not changes:
        return ""
    first, last = changes[0], changes[-1]
    low, high = words.number(first.before, unit), words.number(last.after, unit)
    bound = " It stands at the bound that was set for it." if last.bounded else ""
    return f"The target moved {words.plural(len(changes), 'time')}, from {low} to {high}.{bound}"


def _estimated(tally: Tally) -> str:
    if not tally.estimates:
        return ""
    share = wilson(tally.matched, tally.estimates)
    return (
        f"What you felt was what was measured in {tally.matched} of {tally.estimates} "
        f"(95 % {100 * share.low:.0f} to {100 * share.high:.0f} %)."
    )

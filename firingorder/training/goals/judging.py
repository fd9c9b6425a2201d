"""A reading becomes what is said: outcome, headline, sentence, and the keys that are spoken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.training.goals import words
from firingorder.training.goals.own import against_own, earlier_words
from firingorder.training.goals.reading import held_against

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionVerdict
    from firingorder.training.goals.aim import Aim
    from firingorder.training.goals.reading import Held, Reading
    from firingorder.training.goals.records import Outcome
    from firingorder.training.programmes.records import Measure

#: Headline and spoken keys by measure, where it lies inside the band and where outside.
_INSIDE: dict[Measure, tuple[str, str]] = {
    "time_to_quiet_s": ("Quiet", "quiet"),
    "rest_percent": ("Quiet", "quiet"),
    "symmetry_percent": ("Inside the band", "on_target"),
    "hold_share": ("Steady", "steady"),
    "ramp_error_percent": ("On the line", "on_target"),
    "reaction_ms": ("Found", "on_target"),
    "flexion_relaxation": ("Back let go", "quiet"),
}
_OUTSIDE: dict[Measure, tuple[tuple[str, str], tuple[str, str]]] = {
    "level_percent": (("Below", "below"), ("Above", "above")),
    "time_to_quiet_s": (("Earlier", "earlier"), ("Later", "later")),
    "rest_percent": (("Below", "below"), ("Not yet quiet", "not_yet_quiet")),
    "symmetry_percent": (("More left", "more_to_the_left"), ("More right", "more_to_the_right")),
    "hold_share": (("Hold it steady", "hold_steady"), ("Above", "above")),
    "ramp_error_percent": (("Below", "below"), ("Follow the line", "follow")),
    "isolation_share": (("Other side joined", "other_side"), ("Above", "above")),
    "reaction_ms": (("Earlier", "earlier"), ("Later", "later")),
    "flexion_relaxation": (("Not yet quiet", "not_yet_quiet"), ("Above", "above")),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one reading."""

    outcome: Outcome
    headline: str
    line: str
    spoken: tuple[str, ...]
    why: str = ""


def judge(
    reading: Reading,
    aim: Aim,
    verdict: RepetitionVerdict,
    earlier: Sequence[float] = (),
    parts: Sequence[tuple[str, bool]] = (),
) -> Said:
    """Return what is said of a reading.

    Parameters
    ----------
    verdict
        Of the same repetition: a lead is told in its words.
    earlier
        Values of the same set before it, for when there is no target.
    parts
        Conditions beside the target: a hit needs them all.
    """
    why = _why(reading)
    if reading.empty:
        return Said("no_claim", words.CANNOT_TELL, _about(reading, why), ("unclear",), why)
    refused = _unfit(reading, aim)
    if refused:
        return Said("no_claim", words.CANNOT_TELL, _about(reading, refused), (), refused)
    if aim.target is None:
        if aim.measure == "lead_ms":
            spoken: tuple[str, ...] = (verdict,)
        else:
            spoken = _spoken_number(reading)
        line = " ".join(
            one
            for one in (
                _value_line(reading, aim, verdict),
                against_own(reading, aim),
                earlier_words(earlier, reading.unit),
                why,
            )
            if one
        )
        known = aim.measure != "lead_ms" or verdict != "unclear"
        outcome: Outcome = "shown" if known else "no_claim"
        return Said(outcome, _shown(reading, aim, verdict), line, spoken, why)
    return _held(reading, aim, verdict, parts, why)


def outcome_of(
    held: Held, reading: Reading, verdict: RepetitionVerdict, parts: Sequence[tuple[str, bool]]
) -> Outcome:
    """Return the outcome; an order that cannot be told is never a miss."""
    if held in ("open", "unknown"):
        return "no_claim"
    if held != "inside":
        unclear = reading.measure == "lead_ms" and verdict == "unclear"
        return "no_claim" if unclear else "miss"
    return "hit" if all(met for _, met in parts) else "miss"


def _held(
    reading: Reading,
    aim: Aim,
    verdict: RepetitionVerdict,
    parts: Sequence[tuple[str, bool]],
    why: str,
) -> Said:
    assert aim.target is not None
    held = held_against(reading, aim.target)
    outcome = outcome_of(held, reading, verdict, parts)
    band = words.target_words(aim.target, reading.unit)
    by_whom = {"therapist": "target", "own_baseline": "your own target", "product": "limit"}
    name = by_whom[aim.target.set_by]
    end = {
        "hit": f"{name} {band}: reached.",
        "miss": f"{name} {band}: not reached.",
        "no_claim": f"{name} {band}: too close to call.",
    }[outcome]
    unmet = [f" {part[0].upper()}{part[1:]}: no." for part, met in parts if not met]
    line = f"{_value_line(reading, aim, verdict, end='')}; {end}{''.join(unmet)}"
    own = against_own(reading, aim)
    headline, spoken = _words(reading, aim, verdict, held, outcome)
    if unmet and held == "inside":
        quiet = parts[0][0] == "at rest again"
        headline, key = _OUTSIDE["rest_percent"][1] if quiet else _OUTSIDE["isolation_share"][0]
        spoken = (key,)
    told = " ".join(one for one in (line, own, why) if one)
    return Said(outcome, headline, told, spoken, why if outcome == "no_claim" else "")


def _words(
    reading: Reading, aim: Aim, verdict: RepetitionVerdict, held: Held, outcome: Outcome
) -> tuple[str, tuple[str, ...]]:
    if reading.measure == "lead_ms":
        if verdict == "unclear" and outcome == "hit":
            return "Target reached", ("on_target",)
        if outcome == "no_claim" and verdict == "unclear":
            return words.CANNOT_TELL, ("unclear",)
        return _verdict(aim, verdict), (verdict,)
    if outcome == "no_claim":
        return "Close", ("too_close",)
    if held == "inside":
        headline, key = _INSIDE.get(reading.measure, ("On target", "on_target"))
        if reading.measure == "level_percent" and aim.less:
            headline, key = "Quiet", "quiet"
        if reading.measure == "isolation_share":
            headline = f"Only {reading.who}" if reading.who else headline
        return headline, (key,)
    below, above = _OUTSIDE.get(reading.measure, (("Below", "below"), ("Above", "above")))
    if reading.measure == "level_percent" and aim.less:
        above = ("Not yet quiet", "not_yet_quiet")
    headline, key = below if held == "below" else above
    return headline, (key,)


def _verdict(aim: Aim, verdict: RepetitionVerdict) -> str:
    bend = aim.planned.kind == "return_bend" or aim.task.id == "return_bend"
    return (words.BEND_WORDS if bend else words.VERDICT_WORDS)[verdict]


def _shown(reading: Reading, aim: Aim, verdict: RepetitionVerdict) -> str:
    if aim.measure == "lead_ms":
        return _verdict(aim, verdict)
    if reading.value is not None:
        return words.number(reading.value, reading.unit)
    if reading.high is not None:
        return f"Under {words.number(reading.high, reading.unit)}"
    assert reading.low is not None
    return f"Over {words.number(reading.low, reading.unit)}"


def _value_line(reading: Reading, aim: Aim, verdict: RepetitionVerdict, end: str = ".") -> str:
    if reading.measure == "lead_ms":
        lead = words.lead_words(reading.value, reading.low, reading.high)
        return f"{_verdict(aim, verdict)}{_of(reading)}: {lead}{end}"
    value = words.measured(reading.value, reading.low, reading.high, reading.unit, reading.n)
    relative = ""
    if reading.relative and reading.unit == "%":
        relative = " of your first repetitions"
    name = words.MEASURE_WORDS[reading.measure]
    if reading.measure == "level_percent" and not reading.who:
        name = f"{name} of the {words.plain(aim.muscle)}"
    return f"{name}{_of(reading)}: {value}{relative}{end}"


def _of(reading: Reading) -> str:
    return f" ({words.plain(reading.who)})" if reading.who else ""


def _about(reading: Reading, why: str) -> str:
    return f"{words.MEASURE_WORDS[reading.measure]}: {why[:1].lower()}{why[1:]}"


def _why(reading: Reading) -> str:
    if reading.why or reading.gate is None:
        return reading.why
    return words.GATES[reading.gate]


def _unfit(reading: Reading, aim: Aim) -> str:
    """Return why a level in other units than the target's is not held against it."""
    if aim.target is None or not reading.relative:
        return ""
    if aim.target.set_by == "own_baseline" and reading.unit == "%":
        return ""
    return (
        "The target is in percent of the reference, and no reference was measured: calibrate "
        "first, or set no target."
    )


def _spoken_number(reading: Reading) -> tuple[str, ...]:
    """Return the keys of a whole percentage; other numbers are for the eye."""
    if reading.value is None or reading.unit != "%" or not 0.0 <= reading.value < 60.5:
        return ()
    return (str(round(reading.value)), "percent")

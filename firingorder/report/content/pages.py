"""The page of one exercise: headline, four numbers, figure, sessions."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from firingorder.report.content import figures, trend
from firingorder.report.content.model import Column, Number, Table, TaskPage
from firingorder.report.content.numbers import (
    interval_text,
    middle_and_spread,
    percent,
    plural,
    quantity,
)
from firingorder.report.content.outcome import (
    NO_CLAIM,
    claim_words,
    counts_line,
    headline,
    line_below,
)
from firingorder.report.wording import (
    HELD_WORDS,
    NO_LEAD,
    NOTHING,
    format_ms,
    held_against,
    not_scored_words,
    signed_number,
    target_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from firingorder.findings import ChannelFinding, SetFinding
    from firingorder.library.records import TrendPoint
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material
    from firingorder.report.wording import Target, Tone


def task_page(material: Material, one: Outcome, target: Target | None) -> TaskPage:
    """Return the page of one exercise and side."""
    session = trend.NOW if material.session is None else material.session
    points = trend.of_outcome(material.trend, one)
    if points:
        points = trend.with_this(points, material, one)
    zone = _zone(material)
    last = trend.previous(points, session)
    last_ms = None if last is None else last.lead_ms
    chart = figures.chart_of(one, target)
    return TaskPage(
        task=one.task,
        side=one.side,
        title=one.name,
        headline=headline(one),
        line=line_below(one, last_ms),
        remark=" ".join(part for part in (remark(one), _pain(material)) if part),
        numbers=numbers(one, target),
        asks_order=one.asks_order,
        raster=figures.raster_of(one, target),
        chart=chart,
        sets=None if chart is None else sets_table(one.sets),
        trends=trend.charts(points, session, zone) if one.asks_order else (),
        trend_note=_trend_note(points, session, one, zone),
        why_nothing=() if one.repetitions else _why_nothing(material),
        signals=None if one.scored else signals_table(material.found.channels),
    )


def numbers(one: Outcome, target: Target | None) -> tuple[Number, ...]:
    """Return the four numbers; what is not measured is left out for what is."""
    made: list[Number] = []
    if one.asks_order:
        made = [_share(one, target), _lead(one, target), *_held(one, target), *_sides(one)]
    made += [*_tilt(one)]
    counted = Number(
        "Counted",
        f"{len(one.scored)} of {len(one.repetitions)}",
        _rejected_note(one),
    )
    further = [counted, *_length(one), _sets_number(one)]
    if not one.scored:
        made = [counted, *made]
        further = further[1:]
    return tuple([*made, *further][:4])


def remark(one: Outcome) -> str:
    """Return what limits the headline: what the sets claim as a whole, one side, too few."""
    if not one.asks_order or not one.scored:
        return ""
    said = [
        f"Set {s.index} as a whole{' claims nothing' if s.verdict == 'unclear' else ''}: "
        f"{claim_words(s).removeprefix(NO_CLAIM)}."
        for s in one.sets[:3]
    ]
    sides = {rep.sides for rep in one.scored if rep.verdict != "unclear"}
    if one.side == "both" and len(sides) == 1 and "both" not in sides:
        said.append(f"Decided by the {sides.pop()} side alone.")
    return " ".join(said)


def sets_table(sets: Sequence[SetFinding]) -> Table:
    """Return one row for each set: counts, median lead, claim."""
    columns = (
        Column("Set", 0.5), Column("Counted", 0.7, "right"), Column("Glutes first", 0.9, "right"),
        Column("Together", 0.8, "right"), Column("Back first", 0.8, "right"),
        Column("Can't tell", 0.8, "right"), Column("Median lead, ms (95 %)", 1.9, "right"),
        Column("The set as a whole", 3.2),
    )  # fmt: skip
    rows = tuple(
        (
            str(s.index), str(s.scored), str(s.glutes_first), str(s.together), str(s.back_first),
            str(s.unclear), lead_and_interval(s.lead_ms, s.low_ms, s.high_ms), claim_words(s),
        )
        for s in sets
    )  # fmt: skip
    return Table("Sets", columns, rows)


def signals_table(channels: Sequence[ChannelFinding]) -> Table | None:
    """Return what the signals were like: where nothing could be counted, this is the result."""
    columns = (
        Column("Channel", 1.6), Column("Rest, µV RMS", 1.0, "right"),
        Column("Signal to noise, dB", 1.1, "right"), Column("Mains, µV", 0.9, "right"),
        Column("Usable", 0.7), Column("Why not", 2.4),
    )  # fmt: skip
    rows = tuple(
        (
            c.name.replace("_", " ").capitalize(), quantity(c.noise_uv), quantity(c.snr_db),
            quantity(c.mains_uv), "yes" if c.usable else "no",
            ", ".join(reason.replace("_", " ") for reason in c.reasons),
        )
        for c in channels
    )  # fmt: skip
    return Table("What the signals were like", columns, rows) if rows else None


def lead_and_interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return ``+105 (+80 to +128)``; a dash without a value."""
    if value is None:
        return NOTHING
    if low is None or high is None:
        return signed_number(value)
    return f"{signed_number(value)} ({interval_text(low, high)})"


def also_line(one: Outcome, page: int | None) -> str:
    """Return one line about another exercise of the session."""
    where = "" if page is None else f" (page {page})"
    if not one.asks_order:
        return f"{one.name}: {plural(len(one.scored), 'rep')} counted{where}."
    lead = lead_and_interval(one.summary.lead_ms, one.summary.low_ms, one.summary.high_ms)
    told = "" if one.summary.lead_ms is None else f" Median lead {lead} ms."
    return f"{one.name}, n = {len(one.scored)}: {counts_line(one.summary)}{told}{where}"


def _share(one: Outcome, target: Target | None) -> Number:
    share = one.summary.glutes_first_share
    if share is None:
        return Number("Glutes first", NOTHING, "no rep counted")
    tone: Tone = "neutral"
    # Green only where the whole interval says so, and where the order is all that was asked for.
    if target is not None and target.lead_ms is None and target.verdict == "glutes_first":
        tone = "ok" if share.low > 0.5 else "neutral"
    note = f"{one.summary.glutes_first} of {share.of}; 95 % {percent(share.low)}"
    return Number("Glutes first", percent(share.share), f"{note} to {percent(share.high)}", tone)


def _lead(one: Outcome, target: Target | None) -> Number:
    summary = one.summary
    if summary.lead_ms is None:
        return Number("Median lead", NOTHING, "no rep has a lead")
    tone: Tone = "neutral"
    if target is not None and target.verdict == "glutes_first" and summary.low_ms is not None:
        least_ms = one.margin_ms if target.lead_ms is None else target.lead_ms
        tone = "ok" if summary.low_ms >= least_ms else "neutral"
    note = f"95 % {interval_text(summary.low_ms, summary.high_ms)}; n = {summary.leads}"
    return Number("Median lead", format_ms(summary.lead_ms), note, tone)


def _held(one: Outcome, target: Target | None) -> tuple[Number, ...]:
    """Return how many repetitions reached the lead that a therapist set; none where none did."""
    if target is None or target.lead_ms is None or not one.scored:
        return ()
    led = [rep for rep in one.scored if (rep.low_ms, rep.high_ms) != (None, None)]
    held = [held_against(rep.verdict, target, rep.low_ms, rep.high_ms) for rep in led]
    counts = (
        (held.count("missed"), HELD_WORDS["missed"]),
        (held.count("open"), HELD_WORDS["open"]),
        (len(one.scored) - len(led), NO_LEAD),
    )
    note = ", ".join(f"{words} {n}" for n, words in counts if n) or "every rep"
    title = f"Lead {target_words(target)}"
    return (Number(title, f"{held.count('met')} of {len(one.scored)}", note),)


def _sides(one: Outcome) -> tuple[Number, ...]:
    """Return the leads of both sides, or of the one that is measured."""
    by_side = {lead.side: lead for lead in one.summary.per_side if lead.leads}
    if len(by_side) == 2:
        left, right = by_side["left"], by_side["right"]
        value = f"{signed_number(left.lead_ms)} / {signed_number(right.lead_ms)} ms"
        return (Number("Left / right", value, f"median leads; n = {left.leads} / {right.leads}"),)
    if len(by_side) == 1:
        side, lead = next(iter(by_side.items()))
        note = f"95 % {interval_text(lead.low_ms, lead.high_ms)}; n = {lead.leads}"
        return (Number(f"{side.capitalize()} side only", format_ms(lead.lead_ms), note),)
    return ()


def _tilt(one: Outcome) -> tuple[Number, ...]:
    ranges = [rep.pelvis.tilt_range_deg for rep in one.scored if rep.pelvis is not None]
    if not ranges:
        return ()
    value = middle_and_spread(ranges, "°")
    return (Number("Pelvic tilt in the rep", value, f"median ± SD; n = {len(ranges)}"),)


def _length(one: Outcome) -> tuple[Number, ...]:
    lengths = [rep.end_s - rep.start_s for rep in one.repetitions]
    if not lengths:
        return ()
    return (Number("Length of a rep", f"{median(lengths):.1f} s", f"median; n = {len(lengths)}"),)


def _sets_number(one: Outcome) -> Number:
    return Number("Sets", str(len(one.sets)), "of this exercise")


def _rejected_note(one: Outcome) -> str:
    if not one.rejected:
        return "every rep counts" if one.repetitions else "none was found"
    reasons = list(dict.fromkeys(code for rep in one.rejected for code in rep.reasons))
    return not_scored_words(reasons[:1]) + (" and other" if len(reasons) > 1 else "")


def _why_nothing(material: Material) -> tuple[str, ...]:
    """Return why there is no repetition: the warnings of the analysis, and channels."""
    found = material.found
    said = list(found.warnings)
    bad = [c for c in found.channels if not c.usable]
    said += [f"{c.name.replace('_', ' ').capitalize()} cannot be used: {', '.join(c.reasons)}."
             for c in bad]  # fmt: skip
    if not found.channels:
        said.append("No channel carried a signal.")
    if not said:
        said.append("In the whole recording no movement of this exercise was recognised.")
    said.append("Nothing is said about the order; the recording itself is kept.")
    return tuple(said)


def _pain(material: Material) -> str:
    before, after = material.facts.pain_before, material.facts.pain_after
    if before is None and after is None:
        return ""
    told = ["not asked" if p is None else str(p) for p in (before, after)]
    return f"Pain, 0 to 10: {told[0]} before, {told[1]} after."


def _trend_note(
    points: Sequence[TrendPoint], session: int, one: Outcome, zone: tzinfo | None
) -> str:
    if not one.asks_order or not points:
        return ""
    if len(points) == 1:
        return "First session of this exercise that is kept: nothing to compare it with yet."
    words = (trend.change_words(points, session, one, zone), trend.legend(points))
    return " ".join(part for part in words if part)


def _zone(material: Material) -> tzinfo | None:
    started = material.facts.started
    return None if started is None else started.tzinfo

"""Tables of the annex: repetitions, rejected ones, sets, onsets, pairs, measures of the sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from firingorder.report.content.metric_words import (
    amount,
    gate_words,
    listed,
    metric_words,
    value_words,
)
from firingorder.report.content.model import Column, Section, Table
from firingorder.report.content.numbers import (
    interval_text,
    percent,
    seconds_text,
)
from firingorder.report.content.outcome import claim_words, mark_of, task_name, why_words
from firingorder.report.content.pages import lead_and_interval
from firingorder.report.content.trend import FLAGS
from firingorder.report.wording import (
    MUSCLE_ORDER,
    NOTHING,
    held_words,
    muscle_title,
    not_scored_words,
    reason_words,
    split_channel,
)
from firingorder.training.faults import load_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from firingorder.findings import PairFinding, RepetitionFinding
    from firingorder.measures import Metric
    from firingorder.report.content.model import TaskPage, TrendDot
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Found, Material, ReportOptions
    from firingorder.report.wording import Target

_T = TypeVar("_T")
#: Channels and pairs beside one another; more go into a further table.
_ONSETS_WIDE, _PAIRS_WIDE = 8, 6


def repetitions_section(
    material: Material, listed: Sequence[Outcome], options: ReportOptions
) -> Section:
    """Return every repetition with its outcome, lead, interval and remark."""
    targets = material.targets
    tables = tuple(
        _repetitions(one, options.target or targets.get(one.task))
        for one in listed
        if one.repetitions
    )
    return Section("Every repetition", tables=tables)


def _repetitions(one: Outcome, target: Target | None) -> Table:
    columns = (
        Column("Rep", 0.5), Column("Set", 0.4), Column("Start, s", 0.8, "right"),
        Column("Outcome", 1.2), Column("Lead, ms (95 %)", 1.6, "right"),
        Column("P(glutes first)", 0.7, "right"), Column("By", 0.6),
        Column("Tilt / side / turn", 1.3, "right"), Column("Seen, and remarks", 3.0),
    )  # fmt: skip
    rows = tuple(
        (
            str(rep.index),
            str(rep.set_index),
            seconds_text(rep.start_s),
            mark_of(rep, target).word,
            lead_and_interval(rep.lead_ms, rep.low_ms, rep.high_ms),
            NOTHING if rep.p_glutes_first is None else f"{rep.p_glutes_first:.3f}",
            rep.sides,
            _pelvis(rep),
            _remarks(rep, target),
        )
        for rep in one.repetitions
    )
    marks = tuple(mark_of(rep, target) for rep in one.repetitions)
    note = (
        "Lead: back minus glutes, ms, positive where the glutes began. Tilt / side / turn: range "
        "of the pelvis in the repetition, degrees. By: the sides that decided."
    )
    return Table(one.name, columns, rows, marks, note)


def _pelvis(rep: RepetitionFinding) -> str:
    if rep.pelvis is None:
        return "not measured"
    pelvis = rep.pelvis
    values = (pelvis.tilt_range_deg, pelvis.obliquity_range_deg, pelvis.rotation_range_deg)
    return " / ".join(amount(value, "deg") for value in values)


def _remarks(rep: RepetitionFinding, target: Target | None) -> str:
    seen = [fault_name(code) for code in rep.compensations]
    held = held_words(rep.verdict, target, rep.low_ms, rep.high_ms) if rep.scored else ""
    return "; ".join([text for text in (why_words(rep), held, ", ".join(seen)) if text])


def fault_name(code: str) -> str:
    """Return what a fault is called."""
    known = load_faults().get(code)
    return code.replace("_", " ") if known is None else dict(known.name)["en"].lower()


def sessions_section(pages: Sequence[TaskPage]) -> Section:
    """Return the sessions behind the charts, with what forbids comparing them."""
    columns = (
        Column("Session", 0.6), Column("Day", 0.9),
        Column("Glutes first, % (95 %)", 1.3, "right"),
        Column("Median lead, ms (95 %)", 1.3, "right"), Column("Pain", 0.5),
        Column("Not as before", 2.6),
    )  # fmt: skip
    tables = [
        Table(page.title, columns, tuple(
            (
                share.label, share.day, _of_hundred(share), lead_and_interval(
                    lead.value, lead.low, lead.high), share.pain,
                ", ".join(FLAGS[flag].partition(": ")[2] for flag in share.flags),
            )
            for share, lead in zip(page.trends[0].dots, page.trends[1].dots, strict=True)
        ))
        for page in pages if len(page.trends) == 2
    ]  # fmt: skip
    return Section("Across sessions", tables=tuple(tables))


def _of_hundred(dot: TrendDot) -> str:
    if dot.value is None:
        return NOTHING
    if dot.low is None or dot.high is None:
        return str(round(dot.value))
    return f"{round(dot.value)} ({round(dot.low)} to {round(dot.high)})"


def rejected_section(listed: Sequence[Outcome]) -> Section:
    """Return which repetitions do not count, and why; also where none was rejected."""
    points = [
        f"{one.name}, rep {rep.index} (set {rep.set_index}, {seconds_text(rep.start_s)} s): "
        f"{not_scored_words(rep.reasons)}."
        for one in listed
        for rep in one.rejected
    ]
    open_ones = sum(rep.verdict == "unclear" for one in listed for rep in one.scored)
    text = [] if points else ["No repetition was rejected."]
    if open_ones:
        text.append(f"{open_ones} counted without an order: their causes stand in the table above.")
    if not any(one.repetitions for one in listed):
        text = ["There was no repetition to count or to reject."]
    return Section("Repetitions that do not count", tuple(text), tuple(points))


def sets_section(found: Found) -> Section:
    """Return the sets with all their numbers."""
    columns = (
        Column("Set", 0.4), Column("Exercise", 1.4), Column("n", 0.4, "right"),
        Column("Glutes first", 0.7, "right"), Column("To-\ngether", 0.7, "right"),
        Column("Back first", 0.6, "right"), Column("Can't tell", 0.6, "right"),
        Column("Median lead, ms (95 %)", 1.5, "right"), Column("Leads", 0.6, "right"),
        Column("Glutes first, % (95 %)", 1.4, "right"),
        Column("Spread, ms (95 %)", 1.3, "right"), Column("As a whole (interval)", 1.9),
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for s in found.sets:
        share, claimed = s.glutes_first_share, claim_words(s)
        if s.verdict == "unclear" and (s.claim_low_ms is not None or s.claim_high_ms is not None):
            claimed += f" ({interval_text(s.claim_low_ms, s.claim_high_ms, 'ms')})"
        rows.append((
            str(s.index), task_name(s.task or found.task, s.side), str(s.scored),
            str(s.glutes_first), str(s.together), str(s.back_first), str(s.unclear),
            lead_and_interval(s.lead_ms, s.low_ms, s.high_ms), str(s.leads),
            NOTHING if share is None
            else " ".join((_whole(share.share), f"({_whole(share.low)} to {_whole(share.high)})")),
            _spread(s.spread_ms, s.spread_low_ms, s.spread_high_ms), claimed,
        ))  # fmt: skip
    note = (
        "Spread: SD between repetitions beyond their own uncertainty. As a whole: claimed only by "
        "the interval that stays valid when looked at after each repetition."
    )
    return Section("Sets", tables=(Table("", columns, tuple(rows), note=note),) if rows else ())


def _whole(share: float) -> str:
    return percent(share).removesuffix(" %")


def _spread(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return NOTHING
    if low is None or high is None:
        return str(round(value))
    return f"{round(value)} ({round(low)} to {round(high)})"


def onsets_section(found: Found) -> Section:
    """Return when each muscle of each repetition began, with its interval."""
    channels = _channels(found.repetitions)
    tables: list[Table] = []
    for group in _chunks(channels, _ONSETS_WIDE):
        columns = (Column("Rep", 0.45), *(Column(channel_title(name), 1.0) for name in group))
        rows = tuple(
            (str(rep.index), *(_onset(rep, name) for name in group)) for rep in found.repetitions
        )
        tables.append(Table("", columns, rows))
    return Section(
        "When each muscle began",
        ("Seconds from the first sample of the recording; below, the 95 % interval.",)
        if tables
        else (),
        tables=tuple(tables),
    )


def _onset(rep: RepetitionFinding, channel: str) -> str:
    onset = rep.onsets.get(channel)
    if onset is None:
        return NOTHING
    return f"{onset.onset_s:.3f}\n{onset.low_s:.3f}\N{EN DASH}{onset.high_s:.3f}"


def pairs_section(found: Found) -> Section:
    """Return the lead of each pair in each repetition."""
    names = list(dict.fromkeys((p.a, p.b) for rep in found.repetitions for p in rep.pairs))
    tables: list[Table] = []
    for group in _chunks(names, _PAIRS_WIDE):
        columns = (Column("Rep", 0.4), *(Column(_pair_title(*pair), 1.0) for pair in group))
        rows = tuple(
            (str(rep.index), *(_pair(rep, pair) for pair in group)) for rep in found.repetitions
        )
        tables.append(Table("", columns, rows))
    return Section(
        "Pairs of muscles",
        ("Lead in ms with its 95 % interval; positive where the first named began.",)
        if tables
        else (),
        tables=tuple(tables),
    )


def _pair_title(a: str, b: str) -> str:
    return f"{channel_title(a)} before {channel_title(b)}"


def _pair(rep: RepetitionFinding, names: tuple[str, str]) -> str:
    found: PairFinding | None = next((p for p in rep.pairs if (p.a, p.b) == names), None)
    if found is None:
        return NOTHING
    if found.lead_ms is None:
        return "none" if found.reason is None else reason_words(found.reason, names)
    return lead_and_interval(found.lead_ms, found.low_ms, found.high_ms)


def measures_section(found: Found) -> Section:
    """Return the measures of every set: value, interval, number; what is refused, with why."""
    tables: list[Table] = []
    refused: list[str] = []
    for s in found.sets:
        kept = [m for m in s.metrics if m.gate is None and m.code not in ("B3", "B4")]
        if kept:
            tables.append(_measures(f"Set {s.index}, {task_name(s.task or found.task, s.side)}",
                                    kept))  # fmt: skip
        gates: dict[str, dict[str, None]] = {}  # in the order of the metrics
        for m in s.metrics:
            if m.gate is not None:
                gates.setdefault(gate_words(m.gate), {})[m.name] = None
        refused += [f"Set {s.index}, {why}: {listed(names)}." for why, names in gates.items()]
    return Section(
        "Measures of the sets",
        ("Median over the repetitions that count, with 95 % interval (n). No norm stands behind "
         "any of them; codes are those of docs/reference/metrics.md.",) if tables else (),
        tuple(refused),
        tuple(tables),
    )  # fmt: skip


def _measures(caption: str, metrics: Iterable[Metric]) -> Table:
    """Put left, right and the whole body beside one another."""
    lines: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for m in metrics:
        who, side = _subject(m.subject)
        cells = lines.setdefault((m.code, m.name, who, m.unit), {})
        cells[side] = value_words(m)
    columns = (
        Column("Code", 0.4), Column("Measure", 2.2), Column("Unit", 0.5),
        Column("Left", 1.6, "right"), Column("Right", 1.6, "right"), Column("All", 1.6, "right"),
    )  # fmt: skip
    rows = tuple(
        (
            code, f"{metric_words(name)}{f': {who}' if who else ''}", _unit(unit),
            cells.get("left", ""), cells.get("right", ""), cells.get("", ""),
        )
        for (code, name, who, unit), cells in lines.items()
    )  # fmt: skip
    return Table(caption, columns, rows)


def _unit(unit: str) -> str:
    return {"1": "", "deg": "°", "uV": "µV"}.get(unit, unit)


def _subject(subject: str) -> tuple[str, str]:
    if subject in ("left", "right"):
        return "", subject
    if ">" in subject:
        return " before ".join(channel_title(part) for part in subject.split(">")), ""
    muscle, side = split_channel(subject)
    return (muscle_title(muscle).lower() if muscle else ""), side


def channel_title(name: str) -> str:
    """Return a channel as a short title: ``Glute max L``."""
    muscle, side = split_channel(name)
    return f"{muscle_title(muscle)} {side[:1].upper()}".strip()


def _channels(repetitions: Sequence[RepetitionFinding]) -> list[str]:
    names = list(dict.fromkeys(name for rep in repetitions for name in rep.onsets))
    known = [n for m in MUSCLE_ORDER for n in names if split_channel(n)[0] == m]
    return [*known, *(n for n in names if n not in known)]


def _chunks(items: Sequence[_T], most: int) -> list[Sequence[_T]]:
    return [items[k : k + most] for k in range(0, len(items), most)]

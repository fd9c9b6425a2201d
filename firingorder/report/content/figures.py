"""The figures of a report as data: the raster of every repetition, and the leads of many."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from firingorder.report.content.model import Bar, LeadChart, LeadPoint, Raster, RasterRow
from firingorder.report.content.numbers import lead_text, plural
from firingorder.report.content.outcome import mark_of, why_words
from firingorder.report.wording import MUSCLE_ORDER, VERDICT_WORDS, muscle_title, split_channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionFinding
    from firingorder.report.content.model import Zero
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.wording import Target

#: More repetitions than this are shown as leads; the annex lists each. So many rows fit a page.
MOST_ROWS = 14
#: The window of the raster ends here at the latest, ms; bars beyond it are cut at its edge.
EARLIEST_MS, LATEST_MS = -600.0, 900.0
#: Room about the bars, and the grid that the ends are put on, ms.
_ROOM_MS, _GRID_MS = 15.0, 50.0


def raster_of(one: Outcome, target: Target | None) -> Raster | None:
    """Return every repetition as a row; None where there is none, or where they are too many."""
    reps = one.repetitions
    if not reps or len(reps) > MOST_ROWS:
        return None
    zero = _zero(reps)
    rows = tuple(_row(rep, zero, target) for rep in reps)
    bars = [bar for row in rows for bar in row.bars]
    low = min((bar.low_ms for bar in bars), default=-100.0)
    high = max((bar.high_ms for bar in bars), default=200.0)
    start = max(EARLIEST_MS, floor((low - _ROOM_MS) / _GRID_MS) * _GRID_MS)
    end = min(LATEST_MS, ceil((high + _ROOM_MS) / _GRID_MS) * _GRID_MS)
    start, end = min(start, -_GRID_MS), max(end, 2 * _GRID_MS)
    present = {bar.muscle for bar in bars}
    sides = {bar.side for bar in bars}
    after = "movement start" if zero == "movement" else "the first onset"
    return Raster(
        rows=rows,
        start_ms=start,
        end_ms=end,
        ticks_ms=ticks(start, end, 6),
        zero=zero,
        muscles=tuple(muscle for muscle in MUSCLE_ORDER if muscle in present),
        note=f"onset time after {after}, ms; bar = 95 % interval",
        sides=_sides_words(sides),
        alt=_alt(one, after),
    )


def chart_of(one: Outcome, target: Target | None) -> LeadChart | None:
    """Return the lead of every repetition against its number, where they are too many for rows."""
    reps = one.repetitions
    if len(reps) <= MOST_ROWS:
        return None
    points = tuple(
        LeadPoint(
            rep.index, rep.set_index, mark_of(rep, target),
            rep.lead_ms, rep.low_ms, rep.high_ms, rep.scored,
        )
        for rep in reps
    )  # fmt: skip
    lows = [p.low_ms for p in points if p.low_ms is not None]
    highs = [p.high_ms for p in points if p.high_ms is not None]
    low = max(-LATEST_MS, floor(min(lows, default=-50.0) / _GRID_MS) * _GRID_MS)
    high = min(LATEST_MS, ceil(max(highs, default=50.0) / _GRID_MS) * _GRID_MS)
    low, high = min(low, -_GRID_MS), max(high, _GRID_MS)
    return LeadChart(
        points=points,
        low_ms=low,
        high_ms=high,
        ticks_ms=ticks(low, high, 5),
        margin_ms=one.margin_ms,
        note="lead of the glutes over the back, ms; line = 95 % interval",
        alt=f"{_alt(one, 'the start')} Leads from {min(lows, default=0):.0f} to "
        f"{max(highs, default=0):.0f} ms with their intervals; every one is in the annex.",
    )


def ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Return round values between two ends, zero among them, at most so many."""
    for step in (25.0, 50.0, 100.0, 200.0, 500.0, 1000.0):
        if (high - low) / step <= most:
            break
    else:
        step = 2000.0
    first, last = ceil(low / step), floor(high / step)
    return tuple(k * step for k in range(first, last + 1))


def _zero(reps: Sequence[RepetitionFinding]) -> Zero:
    """Return the start of the movement where every repetition has one to trust, else the first."""
    trusted = all(
        rep.movement_onset_s is not None and (rep.phases is None or rep.phases.trust == "ok")
        for rep in reps
    )
    return "movement" if trusted else "first"


def _row(rep: RepetitionFinding, zero: Zero, target: Target | None) -> RasterRow:
    found = [(name, onset) for name, onset in rep.onsets.items() if onset is not None]
    first_s = min((onset.onset_s for _, onset in found), default=rep.start_s)
    moved_s = rep.movement_onset_s
    zero_s = moved_s if zero == "movement" and moved_s is not None else first_s
    bars: list[Bar] = []
    for name, onset in found:
        muscle, side = split_channel(name)
        at, low, high = ((t - zero_s) * 1e3 for t in (onset.onset_s, onset.low_s, onset.high_s))
        bars.append(Bar(muscle, side, at, low, high))
    bars.sort(key=lambda bar: (_place(bar.muscle), bar.side))
    return RasterRow(
        index=rep.index,
        label=f"Rep {rep.index}",
        mark=mark_of(rep, target),
        lead=lead_text(rep.lead_ms, rep.low_ms, rep.high_ms),
        why=why_words(rep),
        bars=tuple(bars),
        scored=rep.scored,
    )


def _place(muscle: str) -> int:
    return MUSCLE_ORDER.index(muscle) if muscle in MUSCLE_ORDER else len(MUSCLE_ORDER)


def _sides_words(sides: set[str]) -> str:
    if sides >= {"left", "right"}:
        return "upper bar left, lower bar right"
    return f"{sides.pop()} side only" if len(sides) == 1 and "" not in sides else ""


def _alt(one: Outcome, after: str) -> str:
    counted = [f"{plural(len(one.repetitions), 'repetition')} of {one.name}, {after} at zero."]
    for verdict, word in VERDICT_WORDS.items():
        count = sum(rep.verdict == verdict for rep in one.scored)
        if count:
            counted.append(f"{word}: {count}.")
    present = {split_channel(name)[0] for rep in one.repetitions for name in rep.onsets}
    names = [muscle_title(muscle) for muscle in MUSCLE_ORDER if muscle in present]
    return " ".join([*counted, f"Muscles: {', '.join(names)}."])

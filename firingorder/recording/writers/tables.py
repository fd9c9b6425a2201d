"""Repetitions, onsets and events as tables: the same rows in every format.

Times are seconds of device time, leads and intervals as in the result schema
(docs/reference/interfaces.md). An empty cell is a value that there is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding
    from firingorder.recording.writers.data import ExportData, ExportStream

Cell = str | int | float | bool | None
#: Below any uncertainty of an onset, and short enough to read.
_TIME_DIGITS, _LEAD_DIGITS = 6, 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name with the unit last, and what it holds."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of few rows."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def column(self, name: str) -> list[Cell]:
        """Return the cells of one column."""
        k = [one.name for one in self.columns].index(name)
        return [row[k] for row in self.rows]


_REPETITION = (
    Column("index", "number of the repetition, from 1"),
    Column("set", "number of its set, from 1"),
    Column("task", "exercise"),
    Column("side", "working side"),
    Column("start_s", "it begins"),
    Column("movement_onset_s", "the movement begins that the order belongs to"),
    Column("far_from_s", "top of a lift, bottom of a hinge or hold of a hold: from"),
    Column("far_to_s", "to"),
    Column("back_s", "the way back begins"),
    Column("end_s", "it is over"),
    Column("scored", "1: it counts into its set"),
    Column("not_scored_because", "reasons, separated by spaces"),
    Column("verdict", "glutes_first, together, back_first or unclear"),
    Column("reason", "why it is unclear"),
    Column("sides", "which sides the verdict rests on"),
    Column("lead_ms", "onset of the back less onset of the glutes: positive is glutes first"),
    Column("low_ms", "95 % interval of the lead, from"),
    Column("high_ms", "to"),
    Column("p_glutes_first", "probability that the glutes began first"),
    Column("edited", "1: a person changed an onset of it"),
)
_ONSET = (
    Column("repetition", "number of the repetition, from 1"),
    Column("channel", "muscle"),
    Column("onset_s", "the muscle begins; empty: no onset to trust"),
    Column("low_s", "95 % interval of the onset, from"),
    Column("high_s", "to"),
    Column("edited", "1: a person set it or took it away"),
)
_EVENT = (
    Column("onset_s", "it happens, or begins; empty: before the first sample"),
    Column("duration_s", "how long it lasts, 0 for an instant"),
    Column(
        "kind",
        "gap, marker, device, pain, stop, set_started, set_ended, onset, movement, repetition",
    ),
    Column("stream", "of a gap: emg or imu"),
    Column("channel", "of an onset: muscle"),
    Column("repetition", "of an onset, movement or repetition: its number"),
    Column("value", "of pain: 0 to 10; of an onset: half-width of its 95 % interval, ms"),
    Column("text", "verdict, words of a mark where they go along, kind of gap"),
)


def tables(data: ExportData) -> tuple[Table, Table, Table]:
    """Return repetitions, onsets and events."""
    return repetitions(data), onsets(data), events(data)


def repetitions(data: ExportData) -> Table:
    """Return one row for each repetition."""
    edited = {index for index, _ in data.edited}
    rows = tuple(_repetition(rep, rep.index in edited) for rep in data.repetitions)
    return Table("repetitions", _REPETITION, rows)


def onsets(data: ExportData) -> Table:
    """Return one row for each channel of each repetition."""
    rows: list[tuple[Cell, ...]] = []
    for rep in data.repetitions:
        for name, found in rep.onsets.items():
            edited = int((rep.index, name) in data.edited)
            times = (None,) * 3 if found is None else (found.onset_s, found.low_s, found.high_s)
            rows.append((rep.index, name, *(_time(one) for one in times), edited))
    return Table("onsets", _ONSET, tuple(rows))


def events(data: ExportData) -> Table:
    """Return everything that has an instant, in order of time; what has none comes first."""
    rows = [row for stream in data.streams for row in _gaps(stream)]
    for event in data.events:
        at = (_time(event.at_s), _time(event.duration_s), event.kind)
        rows.append((*at, None, None, None, event.value, event.text))
    for rep in data.repetitions:
        rows += _moments(rep)
    rows.sort(key=_when)
    return Table("events", _EVENT, tuple(rows))


def _when(row: tuple[Cell, ...]) -> tuple[float, str]:
    at_s = row[0]
    return (at_s if isinstance(at_s, float | int) else -1.0, str(row[2]))


def _gaps(stream: ExportStream) -> list[tuple[Cell, ...]]:
    return [
        (_time(gap.start_s), _time(gap.end_s - gap.start_s), "gap", stream.kind, None, None, None,
         f"{gap.kind}{' of uncertain length' if gap.uncertain else ''}")
        for gap in stream.gaps
    ]  # fmt: skip


def _moments(rep: RepetitionFinding) -> list[tuple[Cell, ...]]:
    span = (_time(rep.start_s), _time(rep.end_s - rep.start_s))
    rows: list[tuple[Cell, ...]] = [(*span, "repetition", None, None, rep.index, None, rep.verdict)]
    if rep.movement_onset_s is not None:
        at_s = _time(rep.movement_onset_s)
        rows.append((at_s, 0.0, "movement", None, None, rep.index, None, ""))
    for name, found in rep.onsets.items():
        if found is not None:
            half_ms = _lead(500.0 * (found.high_s - found.low_s))
            rows.append((_time(found.onset_s), 0.0, "onset", None, name, rep.index, half_ms, ""))
    return rows


def _repetition(rep: RepetitionFinding, edited: bool) -> tuple[Cell, ...]:
    phases = rep.phases
    far = (None, None, None) if phases is None else (
        phases.far_from_s, phases.far_to_s, phases.back_s
    )  # fmt: skip
    return (
        rep.index,
        rep.set_index,
        rep.task,
        rep.side,
        _time(rep.start_s),
        _time(rep.movement_onset_s),
        *(_time(one) for one in far),
        _time(rep.end_s),
        int(rep.scored),
        " ".join(rep.reasons),
        rep.verdict,
        rep.reason,
        rep.sides,
        _lead(rep.lead_ms),
        _lead(rep.low_ms),
        _lead(rep.high_ms),
        None if rep.p_glutes_first is None else round(rep.p_glutes_first, _TIME_DIGITS),
        int(edited),
    )


def _time(value: float | None) -> float | None:
    return None if value is None else round(value, _TIME_DIGITS)


def _lead(value: float | None) -> float | None:
    return None if value is None else round(value, _LEAD_DIGITS)

"""The firing ladder as data: rows in their order, marks in ms, ranks and ties. No drawing here.

Ranks are those of the result's ``sequence``: the groups of the sides the verdict rests on. Before
the end of a repetition there is none yet; then each two muscles are told apart by their intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, hypot
from typing import TYPE_CHECKING

from firingorder.report.wording import MUSCLE_ORDER, muscle_title, side_letter, split_channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.findings import (
        OnsetEstimate,
        PairFinding,
        RepetitionVerdict,
        SequenceFinding,
        Sides,
    )

#: The window starts 60 ms before the earliest onset shown: room for its interval.
BEFORE_MS = 60.0
#: Ends of the window. Few and fixed, so that one repetition looks like the next.
ENDS_MS = (200.0, 400.0, 800.0, 1600.0)
TIE, UNKNOWN, NONE = "=", "?", "\N{EN DASH}"
_DECIDING = ("gluteus_maximus", "erector_spinae")
_REVERSED = ("erector_spinae", "gluteus_maximus")


@dataclass(frozen=True, slots=True)
class LadderMark:
    """One onset with its 95 % interval, ms after the earliest onset shown."""

    channel: str
    letter: str
    at_ms: float
    low_ms: float
    high_ms: float


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One muscle.

    ``badge`` is its rank or the ranks it may have, ``=`` in a tie, ``?`` undecided, a dash without
    onset.
    """

    muscle: str
    title: str
    badge: str
    marks: tuple[LadderMark, ...]
    silent: tuple[str, ...]

    @property
    def first(self) -> LadderMark | None:
        """The earlier of the two sides."""
        return min(self.marks, key=lambda mark: mark.at_ms, default=None)


@dataclass(frozen=True, slots=True)
class Ladder:
    """All rows, the window, and the two instants the verdict compares (None: nothing claimed)."""

    rows: tuple[LadderRow, ...]
    start_ms: float
    end_ms: float
    glutes_ms: float | None = None
    lead_ms: float | None = None
    movement_ms: float | None = None


def build_ladder(
    onsets: Mapping[str, OnsetEstimate | None],
    pairs: Sequence[PairFinding],
    verdict: RepetitionVerdict,
    *,
    sides: Sides = "both",
    lead_ms: float | None = None,
    movement_onset_s: float | None = None,
    muscles: Sequence[str] = MUSCLE_ORDER,
    sequence: Sequence[SequenceFinding] = (),
) -> Ladder:
    """Return the ladder of one repetition. Rows keep their order; only ranks and bars move."""
    shown = {c: o for c, o in onsets.items() if split_channel(c)[0] in muscles}
    found = [onset for onset in shown.values() if onset is not None]
    zero_s = min((onset.onset_s for onset in found), default=0.0)
    present = [m for m in muscles if any(split_channel(c)[0] == m for c in shown)]
    firsts = {m: _first(m, shown) for m in present}
    order = order_of_muscles(sequence, sides)
    ranks = _pair_ranks(firsts, pairs, verdict)
    if order is not None:
        ranks = _group_ranks(firsts, order, _claimed(sequence, sides, verdict))
    badges = _badges(firsts, ranks, verdict)
    rows = tuple(_row(m, shown, zero_s, badges[m]) for m in present)
    marks = [mark for row in rows for mark in row.marks]
    glutes = _first(_DECIDING[0], shown, None if sides == "both" else sides)
    decided = verdict != "unclear" and glutes is not None and lead_ms is not None
    return Ladder(
        rows=rows,
        start_ms=_window_start(marks),
        end_ms=_window_end(marks),
        glutes_ms=(glutes[1].onset_s - zero_s) * 1e3 if decided and glutes else None,
        lead_ms=lead_ms if decided else None,
        movement_ms=None if movement_onset_s is None else (movement_onset_s - zero_s) * 1e3,
    )


def lead_interval(a: OnsetEstimate, b: OnsetEstimate) -> tuple[float, float]:
    """Return the 95 % interval, ms, of onset(b) - onset(a) of two independent onsets.

    The two half widths add as squares, each side by itself (MOVER; Zou and Donner 2008, Statistics
    in Medicine 27:1693). It serves where the result lists no pair, such as gluteus medius against
    hamstring; whether two intervals overlap says nothing about it.
    """
    lead = b.onset_s - a.onset_s
    low = lead - hypot(b.onset_s - b.low_s, a.high_s - a.onset_s)
    high = lead + hypot(b.high_s - b.onset_s, a.onset_s - a.low_s)
    return low * 1e3, high * 1e3


_First = tuple[str, "OnsetEstimate"]


def _first(
    muscle: str, onsets: Mapping[str, OnsetEstimate | None], side: str | None = None
) -> _First | None:
    found = [
        (channel, onset)
        for channel, onset in onsets.items()
        if onset is not None
        and split_channel(channel)[0] == muscle
        and side in (None, split_channel(channel)[1])
    ]
    return min(found, key=lambda item: item[1].onset_s, default=None)


def order_of_muscles(
    sequence: Sequence[SequenceFinding], sides: Sides
) -> tuple[tuple[str, ...], ...] | None:
    """Return the groups of muscles from first to last, on the sides the verdict rests on.

    Names without side. None where the result has no such order: before the end of a repetition,
    or with fewer than two usable muscles.
    """
    one = _sequence_of(sequence, sides)
    if one is None:
        return None
    groups = tuple(tuple(split_channel(name)[0] for name in group.names) for group in one.groups)
    everything = [muscle for group in groups for muscle in group]
    return groups if len(everything) == len(set(everything)) else None


def _sequence_of(sequence: Sequence[SequenceFinding], sides: Sides) -> SequenceFinding | None:
    found = {one.scope: one for one in sequence}
    return found.get("pooled" if sides == "both" else sides) or found.get("all")


def _claimed(
    sequence: Sequence[SequenceFinding], sides: Sides, verdict: RepetitionVerdict
) -> set[tuple[str, str]]:
    """Return each two muscles whose order is claimed; that of glutes and back is the verdict's."""
    one = _sequence_of(sequence, sides)
    pairs = {(split_channel(a)[0], split_channel(b)[0]) for a, b in (one.before if one else ())}
    pairs -= {_DECIDING, _REVERSED}
    if verdict == "glutes_first":
        pairs.add(_DECIDING)
    elif verdict == "back_first":
        pairs.add(_REVERSED)
    return pairs


def _badges(
    firsts: Mapping[str, _First | None],
    ranks: Mapping[str, str | None],
    verdict: RepetitionVerdict,
) -> dict[str, str]:
    badges = dict.fromkeys(firsts, NONE)
    missing = any(muscle in firsts and firsts[muscle] is None for muscle in _DECIDING)
    for muscle, first in firsts.items():
        if first is None:
            continue
        rank = ranks.get(muscle)
        badges[muscle] = TIE if rank is None else rank
        if muscle not in ranks or (verdict == "unclear" and (muscle in _DECIDING or missing)):
            badges[muscle] = UNKNOWN
    return badges


def _group_ranks(
    firsts: Mapping[str, _First | None],
    groups: tuple[tuple[str, ...], ...],
    claimed: set[tuple[str, str]],
) -> dict[str, str | None]:
    """Return the rank of each muscle shown, None in a tie; what is in no group has no entry.

    Groups are joined where the order of all muscles at once is not sure enough. Where the order of
    two of them is claimed all the same, a muscle has the ranks that this leaves open to it.
    """
    ranks: dict[str, str | None] = {}
    for group in groups:
        shown = [muscle for muscle in group if firsts.get(muscle) is not None]
        begin = len(ranks) + 1
        for muscle in shown:
            before = sum((other, muscle) in claimed for other in shown)
            after = sum((muscle, other) in claimed for other in shown)
            low, high = begin + before, begin + len(shown) - 1 - after
            tied = len(shown) > 1 and not before and not after
            ranks[muscle] = None if tied else _range(low, high)
    return ranks


def _range(low: int, high: int) -> str:
    return str(low) if high <= low else f"{low}\N{EN DASH}{high}"


def _pair_ranks(
    firsts: Mapping[str, _First | None], pairs: Sequence[PairFinding], verdict: RepetitionVerdict
) -> dict[str, str | None]:
    """Return the ranks by the intervals of each two muscles, None in a tie."""
    ranked = [(muscle, first) for muscle, first in firsts.items() if first is not None]
    ranked.sort(key=lambda item: item[1][1].onset_s)
    ranks: dict[str, str | None] = {m: str(k) for k, (m, _) in enumerate(ranked, start=1)}
    for k, (muscle, first) in enumerate(ranked):
        for other, later in ranked[k + 1 :]:
            if not _separable(muscle, first, other, later, pairs, verdict):
                ranks[muscle] = ranks[other] = None
    return ranks


def _separable(
    muscle: str,
    first: _First,
    other: str,
    later: _First,
    pairs: Sequence[PairFinding],
    verdict: RepetitionVerdict,
) -> bool:
    if {muscle, other} == set(_DECIDING):
        return verdict in ("glutes_first", "back_first")
    for pair in pairs:
        if {pair.a, pair.b} == {first[0], later[0]}:
            return pair.verdict in ("a_first", "b_first")
    low_ms, high_ms = lead_interval(first[1], later[1])
    return low_ms > 0.0 or high_ms < 0.0


def _row(
    muscle: str, onsets: Mapping[str, OnsetEstimate | None], zero_s: float, badge: str
) -> LadderRow:
    marks: list[LadderMark] = []
    silent: list[str] = []
    for channel, onset in onsets.items():
        name, side = split_channel(channel)
        if name != muscle:
            continue
        if onset is None:
            silent.append(side_letter(side))
            continue
        at, low, high = ((t - zero_s) * 1e3 for t in (onset.onset_s, onset.low_s, onset.high_s))
        marks.append(LadderMark(channel, side_letter(side), at, low, high))
    marks.sort(key=lambda mark: mark.letter)  # L above R, whatever the order of the channels
    return LadderRow(muscle, muscle_title(muscle), badge, tuple(marks), tuple(sorted(silent)))


def _window_start(marks: Sequence[LadderMark]) -> float:
    low = min((mark.low_ms for mark in marks), default=0.0)
    return min(-BEFORE_MS, floor((low - 10.0) / 20.0) * 20.0)


def _window_end(marks: Sequence[LadderMark]) -> float:
    need = max((mark.high_ms for mark in marks), default=0.0) * 1.15  # room for the bar behind
    return next((end for end in ENDS_MS if end >= need), ceil(need / 100.0) * 100.0)

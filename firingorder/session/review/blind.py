"""Blind marking: onsets set by eye without names, without what was found, in an unknown order.

A tenth of the signals comes back unannounced. What is kept makes a labelled set for others, and
says how well the rater agrees with themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import UsageError
from firingorder.session.review.agreement import (
    SEED,
    Timed,
    ToAutomatic,
    Within,
    to_automatic,
    within_rater,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import OnsetEstimate
    from firingorder.session.review.facts import SignalKind
    from firingorder.session.review.looking import Looking
    from firingorder.session.review.tracks import Columns

#: Of the signals, those that are shown twice.
REPEATED = 0.1
#: A signal comes back after at least this many others, as far as there are so many: a proposal.
APART = 10
#: What is shown about the middle of the onset window, and how far its place is shifted at random:
#: who saw where onsets lie on the screen would mark there. Proposals.
_BEFORE_S, _AFTER_S, _SHIFT_S = 1.2, 1.8, 0.4
#: The name of a channel while it is marked.
HIDDEN = "signal"


@dataclass(frozen=True, slots=True)
class BlindItem:
    """One signal of a series.

    ``repeat_of`` is the place of the same signal earlier in the series, None for the first time;
    it is not shown. ``window_s`` is what is shown of it, device time.
    """

    place: int
    recording: str
    repetition: int
    channel: str
    window_s: tuple[float, float]
    repeat_of: int | None = None

    @property
    def key(self) -> str:
        """The same for the same signal, in any series."""
        return f"{self.recording}/{self.repetition}/{self.channel}"

    @property
    def cluster(self) -> str:
        """Its repetition."""
        return f"{self.recording}/{self.repetition}"


@dataclass(frozen=True, slots=True)
class BlindMark:
    """What was said of the signal at a place: an onset, or that there is none (None)."""

    place: int
    onset_s: float | None


@dataclass(frozen=True, slots=True)
class BlindReport:
    """How a rater agrees with themselves and with what was found, over the marks so far."""

    within: Within
    automatic: ToAutomatic
    marked: int
    of: int
    seed: int


def blind_items(
    review: Looking,
    *,
    seed: int,
    channels: Sequence[str] | None = None,
    repetitions: Sequence[int] | None = None,
    repeated: float = REPEATED,
) -> tuple[BlindItem, ...]:
    """Return the signals of a recording in an order by the seed, a tenth of them twice.

    Scored repetitions, unless others are named; channels that are there, unless some are.

    Raises
    ------
    UsageError
        There is nothing to mark.
    """
    found = review.analysis.repetitions
    chosen = [
        one
        for one in found
        if (one.index in repetitions if repetitions is not None else one.scored)
    ]
    names = [one for one in review.channels if channels is None or one in channels]
    if not chosen or not names:
        raise UsageError(
            f"There is nothing to mark in {review.facts.file}: "
            f"{len(chosen)} repetitions and {len(names)} channels are chosen."
        )
    rng = np.random.default_rng(seed)
    items: list[BlindItem] = []
    for one in chosen:
        task = review.judged.tasks[one.task, one.side]
        reference_s = one.start_s if one.movement_onset_s is None else one.movement_onset_s
        middle_s = reference_s + 0.5 * sum(task.window_s)
        for name in names:
            shift_s = float(rng.uniform(-_SHIFT_S, _SHIFT_S))
            window = (middle_s - _BEFORE_S + shift_s, middle_s + _AFTER_S + shift_s)
            items.append(BlindItem(0, review.facts.id, one.index, name, window))
    order = [items[k] for k in _shuffled(len(items), rng)]
    return tuple(_with_repeats(order, repeated, rng))


def _shuffled(n: int, rng: np.random.Generator) -> list[int]:
    found: list[int] = rng.permutation(n).tolist()
    return found


def _with_repeats(
    order: list[BlindItem], share: float, rng: np.random.Generator
) -> list[BlindItem]:
    """Return the series with some signals a second time, later and elsewhere on the screen."""
    count = max(1, math.ceil(share * len(order))) if share > 0.0 and len(order) > 1 else 0
    apart = min(APART, max(1, len(order) // 3))
    early = _shuffled(max(1, len(order) - apart), rng)[:count]
    slots: dict[int, list[int]] = {}
    for k in early:
        slots.setdefault(int(rng.integers(k + apart, len(order))), []).append(k)
    series: list[BlindItem] = []
    places: dict[int, int] = {}
    for k, one in enumerate(order):
        places[k] = len(series)
        series.append(replace(one, place=len(series)))
        for again in slots.get(k, ()):
            shift_s = float(rng.uniform(-_SHIFT_S, _SHIFT_S))
            first_s, last_s = order[again].window_s
            window = (first_s + shift_s, last_s + shift_s)
            here = replace(order[again], place=len(series), window_s=window)
            series.append(replace(here, repeat_of=places[again]))
    return series


class BlindSeries:
    """A series that is being marked.

    Attributes
    ----------
    rater
        Code of who marks; no name.
    marks
        By place; a place may be marked anew until the series is closed.
    """

    def __init__(self, review: Looking, rater: str, items: Sequence[BlindItem], seed: int) -> None:
        if not rater.strip():
            raise UsageError("A series needs the code of who marks; no name.")
        self.rater, self.items, self.seed = rater.strip(), tuple(items), seed
        self.marks: dict[int, BlindMark] = {}
        self._review = review

    @classmethod
    def begin(
        cls,
        review: Looking,
        rater: str,
        *,
        seed: int = SEED,
        channels: Sequence[str] | None = None,
        repetitions: Sequence[int] | None = None,
    ) -> BlindSeries:
        """Begin a series; arguments and errors as :func:`blind_items`."""
        items = blind_items(review, seed=seed, channels=channels, repetitions=repetitions)
        return cls(review, rater, items, seed)

    @property
    def review(self) -> Looking:
        """The recording."""
        return self._review

    @property
    def next_place(self) -> int | None:
        """The first place without a mark, None where all are marked."""
        return next((one.place for one in self.items if one.place not in self.marks), None)

    def snapshot(self) -> BlindSeries:
        """Return the series as it is now, for a thread: marks of later are not in it."""
        taken = BlindSeries(self._review, self.rater, self.items, self.seed)
        taken.marks = dict(self.marks)
        return taken

    def signals(self, place: int, kind: SignalKind, points: int) -> Columns:
        """Return the signal at a place, without its name, the time from the window's begin."""
        item = self.items[place]
        found = self._review.signals(*item.window_s, kind, points)
        k = found.channels.index(item.channel)
        column = slice(k, k + 1)
        return replace(
            found,
            channels=(HIDDEN,),
            t_s=found.t_s - item.window_s[0],
            low=found.low[:, column],
            high=found.high[:, column],
        )

    def mark(self, place: int, after_s: float | None) -> None:
        """Say where the onset is, seconds from the window's begin; None: there is none.

        Raises
        ------
        UsageError
            It lies outside the window.
        """
        first_s, last_s = self.items[place].window_s
        if after_s is not None and not 0.0 <= after_s <= last_s - first_s:
            raise UsageError("The mark lies outside the signal that is shown.")
        onset_s = None if after_s is None else first_s + after_s
        self.marks[place] = BlindMark(place, onset_s)

    def timed(self, *, second: bool) -> list[Timed]:
        """Return the marks of the first time a signal was shown, or of the second."""
        return [
            Timed(item.key, item.cluster, self.marks[item.place].onset_s)
            for item in self.items
            if item.place in self.marks and (item.repeat_of is not None) == second
        ]

    def report(self, *, seed: int = SEED) -> BlindReport:
        """Return how the marks agree with each other and with what was found."""
        firsts = self.timed(second=False)
        seconds = {one.item: one for one in self.timed(second=True)}
        return BlindReport(
            within=within_rater(firsts, seconds, seed=seed),
            automatic=to_automatic(firsts, self.automatic(), seed=seed),
            marked=len(self.marks),
            of=len(self.items),
            seed=seed,
        )

    def automatic(self) -> dict[str, tuple[float, float, float] | None]:
        """Return what was found of each signal: onset and interval, or None."""
        reps = {one.index: one for one in self._review.analysis.repetitions}
        return {
            item.key: _triple(reps[item.repetition].onsets.get(item.channel)) for item in self.items
        }


def _triple(onset: OnsetEstimate | None) -> tuple[float, float, float] | None:
    return None if onset is None else (onset.onset_s, onset.low_s, onset.high_s)

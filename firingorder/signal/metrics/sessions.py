"""Own variability over sessions, and whether two of them differ: from medians and intervals alone.

The formula is that of metric B26 (docs/reference/metrics.md section 4); why the rule is as it is:
docs/decisions/0034-changes-between-sessions.md. Here each session is one
value with its 95 % interval, as a library keeps it; with the repetitions themselves
:mod:`firingorder.signal.metrics.change` works.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

import numpy as np

from firingorder.signal.metrics.amount import Z95, Amount, difference, t95

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.signal.metrics.change import Scope

#: Sessions from which their scatter speaks for itself, and how many make the baseline: the first.
FIRM = 4
#: Repetitions of a session that counts, as for sets (metrics.md section 4).
LEAST_REPETITIONS = 5
State = Literal["beyond", "within", "not_known", "not_interpretable"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A session's value of one measure.

    Attributes
    ----------
    amount
        Value, 95 % interval (NaN where there is none), repetitions.
    day
        Calendar day, in whatever words.
    pads_stayed
        Whether the electrodes stayed since the session before; None: nobody said.
    """

    amount: Amount
    day: str
    pads_stayed: bool | None = None

    @property
    def counts(self) -> bool:
        """Whether it may stand in a baseline."""
        amount = self.amount
        finite = amount.gate is None and math.isfinite(amount.value)
        return finite and amount.n >= LEAST_REPETITIONS


@dataclass(frozen=True, slots=True)
class OwnBand:
    """A person's own value and their smallest change that is told, in one scope.

    ``sets`` are values it rests on; with two or three of them it is provisional.
    """

    middle: float
    mdc: float
    sets: int
    scope: Scope
    provisional: bool

    @property
    def low(self) -> float:
        """Lower edge of what is no change."""
        return self.middle - self.mdc

    @property
    def high(self) -> float:
        """Upper edge."""
        return self.middle + self.mdc


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A difference with its 95 % interval (``low`` and ``high`` are NaN where none is known).

    ``beyond``: larger than the own smallest change, and its interval leaves zero out.
    ``not_interpretable``: something else, pain, stands in the way of saying anything.
    """

    by: Amount
    band: OwnBand | None
    state: State


def applications(occasions: Sequence[Occasion]) -> tuple[int, ...]:
    """Return the number of the application of the electrodes of each session, oldest first.

    A new one begins with each day, and where somebody said so. What nobody spoke of belongs to the
    application of its day: rather one value too few than one that only looks independent.
    """
    numbers: list[int] = []
    for k, one in enumerate(occasions):
        new = k == 0 or one.day != occasions[k - 1].day or one.pads_stayed is False
        numbers.append((numbers[-1] if numbers else 0) + new)
    return tuple(numbers)


def band_across(occasions: Sequence[Occasion], most: int = FIRM) -> OwnBand | None:
    """Return the own band over days: the first ``most`` applications, one value of each.

    None below two. The beginning is fixed, so that nobody chooses it after having seen the rest.
    """
    values: dict[int, list[Amount]] = {}
    for one, number in zip(occasions, applications(occasions), strict=True):
        if one.counts:
            values.setdefault(number, []).append(one.amount)
    return _band([_middle(found) for found in list(values.values())[:most]], "across_days")


def band_within(occasions: Sequence[Occasion]) -> OwnBand | None:
    """Return the own band within one application: that of the last day with two sessions or more.

    A session counts where somebody said that the pads stayed, or where it began the application.
    """
    found: list[Amount] = []
    newest: list[Amount] = []
    numbers = applications(occasions)
    for k, (one, number) in enumerate(zip(occasions, numbers, strict=True)):
        if k == 0 or number != numbers[k - 1]:
            found = []
        elif one.pads_stayed is not True:
            continue
        if one.counts:
            found.append(one.amount)
        if len(found) >= 2:
            newest = list(found)
    return _band(newest, "within_day")


def same_application(occasions: Sequence[Occasion], first: int, second: int) -> bool:
    """Tell whether the pads are known to have stayed between two sessions, given by place."""
    first, second = sorted((first, second))
    numbers = applications(occasions)
    between = occasions[first + 1 : second + 1]
    return numbers[first] == numbers[second] and all(one.pads_stayed is True for one in between)


def band_between(occasions: Sequence[Occasion], first: int, second: int) -> OwnBand | None:
    """Return the own band two sessions are held against: within an application, or across days."""
    if same_application(occasions, first, second):
        return band_within(occasions)
    return band_across(occasions)


def change_from(before: Amount, after: Amount, band: OwnBand | None) -> SessionChange:
    """Return after - before, and whether it is a change.

    The interval is that of independent medians (Zou and Donner 2008, Stat. Med. 27:1693).
    """
    by = difference(after, before)
    if by.gate is not None or not math.isfinite(by.value) or band is None:
        return SessionChange(by, band, "not_known")
    crosses = math.isfinite(by.low) and math.isfinite(by.high) and by.low <= 0.0 <= by.high
    beyond = abs(by.value) > band.mdc and not crosses
    return SessionChange(by, band, "beyond" if beyond else "within")


def change_from_own(after: Amount, band: OwnBand | None) -> SessionChange:
    """Return after - the own middle, and whether it is a change; the middle counts as exact."""
    if band is None:
        nothing = math.nan
        return SessionChange(Amount(nothing, nothing, nothing, after.n), None, "not_known")
    middle = Amount(band.middle, band.middle, band.middle, band.sets)
    return change_from(middle, after, band)


def _middle(amounts: Sequence[Amount]) -> Amount:
    """Return the median of sessions of one application; its error is the largest of theirs."""
    if len(amounts) == 1:
        return amounts[0]
    value = median(one.value for one in amounts)
    below = max(one.value - one.low for one in amounts)
    above = max(one.high - one.value for one in amounts)
    return Amount(value, value - below, value + above, sum(one.n for one in amounts))


def _band(values: Sequence[Amount], scope: Scope) -> OwnBand | None:
    k = len(values)
    if k < 2:
        return None
    middles = [one.value for one in values]
    if k >= FIRM:
        mdc = t95(k - 1) * math.sqrt(2.0) * float(np.std(middles, ddof=1))
        return OwnBand(median(middles), mdc, k, scope, provisional=False)
    errors = [(one.high - one.low) / (2.0 * Z95) for one in values]
    if not all(map(math.isfinite, errors)):
        return None
    mdc = max(
        max(Z95 * math.hypot(errors[i], errors[j]), abs(middles[i] - middles[j]))
        for i in range(k)
        for j in range(i)
    )
    return OwnBand(median(middles), mdc, k, scope, provisional=True)

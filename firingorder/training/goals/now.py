"""The levels of one instant, and what is made of them; what is unknown stays unknown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.training.goals.aim import Side

#: A share of next to nothing means nothing: below this sum of levels, percent, there is none.
LEAST_SUM_PERCENT = 5.0


class Now:
    """Levels of all channels, percent, NaN where unknown.

    ``percent`` as they are, ``clean`` with the own rest taken out, ``(n_channels,)`` each;
    ``places`` tells where the channels of a muscle stand.
    """

    def __init__(
        self,
        percent: Sequence[float],
        clean: Sequence[float],
        places: Callable[[str, Side], list[int]],
        muscle: str,
    ) -> None:
        self._percent, self._clean = percent, clean
        self._places, self._muscle = places, muscle

    def level(self, muscle: str, side: Side) -> float | None:
        """Return the mean of a muscle's channels that are known; None, never 0, where none is."""
        return _mean(self._percent, self._places(muscle, side))

    def loudest(self, places: list[int]) -> float | None:
        """Return the loudest of several channels."""
        known = [self._percent[k] for k in places if math.isfinite(self._percent[k])]
        return max(known) if known else None

    def hamstring_share(self, side: Side) -> float | None:
        """Return hamstring over hamstring and gluteus maximus, the larger of the sides."""
        shares = [
            _share(self._clear("hamstring", one), self._clear("gluteus_maximus", one))
            for one in _each(side)
        ]
        return max((one for one in shares if one is not None), default=None)

    def isolation(self, side: Side) -> float | None:
        """Return the side that was asked for over both."""
        if side == "both":
            return None
        other: Side = "left" if side == "right" else "right"
        return _share(self._clear(self._muscle, side), self._clear(self._muscle, other))

    def symmetry(self) -> float | None:
        """Return 100 (R - L) over the mean of both, percent (B13)."""
        share = _share(self._clear(self._muscle, "right"), self._clear(self._muscle, "left"))
        return None if share is None else 200.0 * (2.0 * share - 1.0)

    def glute_to_back(self, side: Side) -> float | None:
        """Return gluteus maximus over the mean of the back (B12)."""
        glute = self._clear("gluteus_maximus", side)
        back = self._clear("erector_spinae", "both")
        if glute is None or back is None or glute + back < LEAST_SUM_PERCENT or back <= 0.0:
            return None
        return glute / back

    def _clear(self, muscle: str, side: Side) -> float | None:
        return _mean(self._clean, self._places(muscle, side))


def _each(side: Side) -> tuple[Side, ...]:
    return ("left", "right") if side == "both" else (side,)


def _mean(values: Sequence[float], places: list[int]) -> float | None:
    known = [values[k] for k in places if math.isfinite(values[k])]
    return sum(known) / len(known) if known else None


def _share(a: float | None, b: float | None) -> float | None:
    if a is None or b is None or a + b < LEAST_SUM_PERCENT:
        return None
    return a / (a + b)

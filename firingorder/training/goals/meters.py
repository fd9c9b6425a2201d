"""Bars and tones while a repetition is under way: hysteresis, dwell, dropouts, polarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.training.goals.records import POLARITY, Meter

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.training.goals.aim import Aim, Side
    from firingorder.training.goals.records import Polarity
    from firingorder.training.goals.trace import LevelTrace

#: On at the threshold, off at this share of it; and how long a state lasts at least. Proposals.
OFF_SHARE = 0.8
DWELL_S = 0.150
#: A share of next to nothing means nothing: below this sum of levels, percent, there is none.
LEAST_SUM_PERCENT = 5.0
FULL_PERCENT = 100.0
_ROUNDING_S = 1e-6


class Switch:
    """Whether a value is in its band, without fluttering.

    It goes in at the bound and out beyond 0.8 of it (of an upper bound, beyond it over 0.8), and no
    state lasts less than 150 ms. An unknown value is outside at once: nothing lights up for it.
    """

    def __init__(self) -> None:
        self.inside = False
        self._since_s = float("-inf")

    def step(self, t_s: float, value: float | None, low: float | None, high: float | None) -> bool:
        """Take the value at a time; return whether it counts as in the band."""
        if value is None or (low is None and high is None):
            self.inside, self._since_s = False, float("-inf")
            return False
        if self.inside:
            low, high = _wider(low, high)
        now = (low is None or value >= low) and (high is None or value <= high)
        if now != self.inside and t_s - self._since_s >= DWELL_S - _ROUNDING_S:
            self.inside, self._since_s = now, t_s
        return self.inside


def _wider(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    if low is not None:
        low = low * OFF_SHARE if low > 0.0 else low / OFF_SHARE
    if high is not None:
        high = high / OFF_SHARE if high > 0.0 else high * OFF_SHARE
    return low, high


@dataclass(frozen=True, slots=True)
class Shown:
    """The bars and the two voices now."""

    meters: tuple[Meter, ...] = ()
    tone: tuple[float | None, float | None] = (None, None)


class Meters:
    """The bars of a set: the goal's first, then ratio and share where they may be told.

    Attributes
    ----------
    notes
        Why a bar that belongs to the set is not there, one sentence each.
    """

    def __init__(self, aim: Aim, trace: LevelTrace) -> None:
        self._aim, self._trace = aim, trace
        self._switches: dict[str, Switch] = {}
        quieter = aim.less and aim.measure != "ramp_error_percent"
        self._better: Polarity = "quieter" if quieter else POLARITY[aim.planned.mode]
        self.notes: tuple[str, ...] = ()
        self._extra = self._allowed()

    def step(
        self, t_s: float, percent: FloatArray, aim: Aim, side: Side, line: float | None
    ) -> Shown:
        """Return what is shown for the levels now, ``(n_channels,)`` percent, NaN where unknown.

        ``line``: where a line that is followed stands now, percent.
        """
        self._aim = aim
        clean = self._trace.clean(percent)
        meters = [self._goal(t_s, percent, clean, side, line)]
        meters += [meter for name in self._extra for meter in self._of(name, t_s, clean, side)]
        return Shown(tuple(meters), self._tone(percent, side))

    def trained(self, percent: FloatArray, side: Side) -> float | None:
        """Return the level of the trained glute, percent, None where it is not known."""
        return self._mean(percent, self._aim.trained(side))

    def _allowed(self) -> tuple[str, ...]:
        """Return which further bars there are, and note which are refused."""
        aim = self._aim
        wanted: list[str] = []
        if aim.planned.mode in ("activate", "sequence") and aim.names("erector_spinae", "both"):
            wanted.append("ratio")
        if "ham_lead" in aim.task.faults and aim.measure != "hamstring_share":
            wanted.append("share")
        muscles = {"ratio": "erector_spinae", "share": "hamstring"}
        kept: list[str] = []
        for name in wanted:
            channels = aim.names("gluteus_maximus", "both") + aim.names(muscles[name], "both")
            if not aim.names("gluteus_maximus", "both") or not aim.names(muscles[name], "both"):
                continue
            if aim.refused(channels):
                who = "back" if name == "ratio" else "back of the thigh"
                self.notes += (
                    f"Glute against {who} is not shown: comparing muscles needs their reference. "
                    "Calibrate first.",
                )
                continue
            kept.append(name)
        return tuple(kept)

    def _goal(
        self, t_s: float, percent: FloatArray, clean: FloatArray, side: Side, line: float | None
    ) -> Meter:
        aim = self._aim
        low, high = (None, None) if aim.target is None else (aim.target.low, aim.target.high)
        match aim.measure:
            case "hamstring_share":
                return self._meter("hamstring_share", t_s, self._share(clean, side), low, high, 1.0)
            case "isolation_share":
                return self._meter("isolation", t_s, self._isolation(clean, side), low, high, 1.0)
            case "symmetry_percent":
                value = self._symmetry(clean)
                return self._meter("symmetry", t_s, value, low, high, 200.0, "%")
            case "level_percent" | "rest_percent":
                names = aim.prime(side) if aim.less else aim.trained(side)
                value = (
                    _loudest(self._rows(percent, names)) if aim.less else self._mean(percent, names)
                )
            case _:
                value, (low, high) = self._mean(percent, aim.trained(side)), (None, None)
                if aim.hold_band is not None:
                    low, high = aim.hold_band
        if line is not None:
            from_line = 15.0
            low, high = max(0.0, line - from_line), line + from_line
        return self._meter(aim.muscle, t_s, value, low, high, FULL_PERCENT, "%")

    def _of(self, name: str, t_s: float, clean: FloatArray, side: Side) -> list[Meter]:
        if name == "share":
            own = self._aim.reference.baselines.get("hamstring_share:left")
            high = None if own is None else own.median + own.mdc
            return [self._meter("hamstring_share", t_s, self._share(clean, side), None, high, 1.0)]
        found: list[Meter] = []
        back = self._mean(clean, self._aim.names("erector_spinae", "both"))
        for one in ("left", "right") if side == "both" else (side,):
            names = self._aim.names("gluteus_maximus", one)
            glute = self._mean(clean, names) if names else None
            ratio = None
            if glute is not None and back is not None and glute + back >= LEAST_SUM_PERCENT:
                ratio = glute / back if back > 0.0 else None
            own = self._aim.reference.baselines.get(f"glute_erector_ratio:{one}")
            low = None if own is None else own.median - own.mdc
            high = None if own is None else own.median + own.mdc
            found.append(self._meter(f"glute_to_back_{one}", t_s, ratio, low, high, 4.0))
        return found

    def _meter(
        self,
        name: str,
        t_s: float,
        value: float | None,
        low: float | None,
        high: float | None,
        full: float,
        unit: str = "1",
    ) -> Meter:
        inside = self._switches.setdefault(name, Switch()).step(t_s, value, low, high)
        return Meter(name, value, low, high, full, unit, self._better, inside)

    def _share(self, clean: FloatArray, side: Side) -> float | None:
        """Return the larger hamstring share of the sides."""
        shares = [
            _share_of(
                self._mean(clean, self._aim.names("hamstring", one)),
                self._mean(clean, self._aim.names("gluteus_maximus", one)),
            )
            for one in (("left", "right") if side == "both" else (side,))
        ]
        known = [one for one in shares if one is not None]
        return max(known) if known else None

    def _isolation(self, clean: FloatArray, side: Side) -> float | None:
        if side == "both":
            return None
        other: Side = "left" if side == "right" else "right"
        parts = [self._mean(clean, self._aim.trained(one)) for one in (side, other)]
        return _share_of(parts[0], parts[1])

    def _symmetry(self, clean: FloatArray) -> float | None:
        right, left = (self._mean(clean, self._aim.trained(one)) for one in ("right", "left"))
        share = _share_of(right, left)
        return None if share is None else 200.0 * (2.0 * share - 1.0)

    def _tone(self, percent: FloatArray, side: Side) -> tuple[float | None, float | None]:
        """Return how loud the two voices are, 0 to 1; where quiet is aimed at, quiet is silent."""
        glute = self._mean(percent, self._aim.trained(side))
        back = self._mean(percent, self._aim.names("erector_spinae", "both"))
        target = self._aim.target
        level = target is not None and target.measure == "level_percent"
        if self._aim.less or self._aim.planned.mode == "yield":
            quiet = (target.high or 0.0) if target is not None and level else 0.0
            return _above(glute, quiet), _above(back, quiet)
        full = target.low if target is not None and level and target.low else FULL_PERCENT
        return _above(glute, 0.0, full), _above(back, 0.0)

    def _rows(self, values: FloatArray, names: tuple[str, ...]) -> FloatArray:
        return values[[self._aim.channels.index(name) for name in names]]

    def _mean(self, values: FloatArray, names: tuple[str, ...]) -> float | None:
        """Return the mean of the channels that are known; None, never 0, where none is."""
        seen = self._rows(values, names)
        seen = seen[np.isfinite(seen)]
        return float(np.mean(seen)) if len(seen) else None


def _loudest(values: FloatArray) -> float | None:
    seen = values[np.isfinite(values)]
    return float(np.max(seen)) if len(seen) else None


def _share_of(a: float | None, b: float | None) -> float | None:
    if a is None or b is None or a + b < LEAST_SUM_PERCENT:
        return None
    return a / (a + b)


def _above(value: float | None, floor: float, full: float = FULL_PERCENT) -> float | None:
    if value is None:
        return None
    return min(max((value - floor) / max(full - floor, 1.0), 0.0), 1.0)

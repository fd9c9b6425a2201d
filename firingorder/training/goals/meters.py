"""Bars and tones while a repetition is under way: hysteresis, dwell, dropouts, polarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.training.goals.aim import TRACK_PERCENT
from firingorder.training.goals.now import Now
from firingorder.training.goals.own import own_of
from firingorder.training.goals.records import POLARITY, Meter

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.training.goals.aim import Aim, Side
    from firingorder.training.goals.records import Polarity
    from firingorder.training.goals.trace import LevelTrace

#: On at the threshold, off at this share of it; and how long a state lasts at least. Proposals.
OFF_SHARE = 0.8
DWELL_S = 0.150
#: Ends of the bars: the reference itself, and a glute four times the back. Proposals.
FULL_PERCENT, FULL_RATIO = 100.0, 4.0
_NEEDS = "compares muscles and needs their reference. Calibrate first."
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
        self._known: dict[tuple[str, Side], list[int]] = {}
        quieter = aim.less and aim.measure != "ramp_error_percent"
        self._better: Polarity = "quieter" if quieter else POLARITY[aim.planned.mode]
        self.notes: tuple[str, ...] = ()
        self._blocked = self._refused()
        self._extra = self._allowed()

    def step(
        self, t_s: float, percent: FloatArray, aim: Aim, side: Side, line: float | None
    ) -> Shown:
        """Return what is shown for the levels now, ``(n_channels,)`` percent, NaN where unknown.

        ``line``: where a line that is followed stands now, percent.
        """
        self._aim = aim
        clean = self._trace.clean(percent)
        now = Now(percent.tolist(), clean.tolist(), self._places, aim.muscle)
        meters = [self._goal(t_s, now, side, line)]
        if "ratio" in self._extra:
            meters += self._ratios(t_s, now, side)
        if "share" in self._extra:
            own = own_of(aim, "hamstring_share", side)
            high = None if own is None else own.median + own.mdc
            share = now.hamstring_share(side)
            meters.append(self._meter("hamstring_share", t_s, share, None, high, 1.0))
        return Shown(tuple(meters), self._tone(now, side))

    def trained(self, percent: FloatArray, side: Side) -> float | None:
        """Return the level of the trained glute, percent, None where it is not known."""
        values = percent.tolist()
        return Now(values, values, self._places, self._aim.muscle).level(self._aim.muscle, side)

    def _places(self, muscle: str, side: Side) -> list[int]:
        """Return where the channels of a muscle stand; "" is all that is asked for prime."""
        key = (muscle, side)
        if key not in self._known:
            aim = self._aim
            names = aim.names(muscle, side) if muscle else aim.prime(side)
            self._known[key] = [aim.channels.index(name) for name in names]
        return self._known[key]

    def _refused(self) -> bool:
        """Tell whether the goal itself compares muscles that have no reference, and note it."""
        aim = self._aim
        muscles = {
            "hamstring_share": ("gluteus_maximus", "hamstring"),
            "isolation_share": (aim.muscle,),
            "symmetry_percent": (aim.muscle,),
        }.get(aim.measure, ())
        names = tuple(name for muscle in muscles for name in aim.names(muscle, "both"))
        if not aim.refused(names):
            return False
        self.notes += (f"The bar of this set {_NEEDS}",)
        return True

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
                self.notes += (f"The bar of glute against {who} {_NEEDS}",)
                continue
            kept.append(name)
        return tuple(kept)

    def _goal(self, t_s: float, now: Now, side: Side, line: float | None) -> Meter:
        aim = self._aim
        low, high = (None, None) if aim.target is None else (aim.target.low, aim.target.high)
        match aim.measure:
            case "hamstring_share":
                value = None if self._blocked else now.hamstring_share(side)
                return self._meter("hamstring_share", t_s, value, low, high, 1.0)
            case "isolation_share":
                value = None if self._blocked else now.isolation(side)
                return self._meter("isolation", t_s, value, low, high, 1.0)
            case "symmetry_percent":
                value = None if self._blocked else now.symmetry()
                return self._meter("symmetry", t_s, value, low, high, 200.0, "%")
            case "level_percent" | "rest_percent":
                value = now.level(aim.muscle, side)
                if aim.less:
                    value = now.loudest(self._places("", side))
            case _:
                value = now.level(aim.muscle, side)
                low, high = (None, None) if aim.hold_band is None else aim.hold_band
        if line is not None:
            low, high = max(0.0, line - TRACK_PERCENT), line + TRACK_PERCENT
        return self._meter(aim.muscle, t_s, value, low, high, FULL_PERCENT, "%")

    def _ratios(self, t_s: float, now: Now, side: Side) -> list[Meter]:
        found: list[Meter] = []
        sides: tuple[Side, ...] = ("left", "right") if side == "both" else (side,)
        for one in sides:
            own = own_of(self._aim, "glute_erector_ratio", one)
            low = None if own is None else own.median - own.mdc
            high = None if own is None else own.median + own.mdc
            name, value = f"glute_to_back_{one}", now.glute_to_back(one)
            found.append(self._meter(name, t_s, value, low, high, FULL_RATIO))
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

    def _tone(self, now: Now, side: Side) -> tuple[float | None, float | None]:
        """Return how loud the two voices are, 0 to 1; where quiet is aimed at, quiet is silent."""
        glute = now.level(self._aim.muscle, side)
        back = now.level("erector_spinae", "both")
        target = self._aim.target
        level = target is not None and target.measure == "level_percent"
        if self._aim.less or self._aim.planned.mode == "yield":
            quiet = (target.high or 0.0) if target is not None and level else 0.0
            return _loudness(glute, quiet), _loudness(back, quiet)
        full = target.low if target is not None and level and target.low else FULL_PERCENT
        return _loudness(glute, 0.0, full), _loudness(back, 0.0)


def _loudness(value: float | None, floor: float, full: float = FULL_PERCENT) -> float | None:
    if value is None:
        return None
    return min(max((value - floor) / max(full - floor, 1.0), 0.0), 1.0)

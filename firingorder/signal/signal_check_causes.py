"""From what a second of one channel shows to two lights with a cause each.

Contact is not signal: a pad can touch and deliver rubbish, and a signal can be fine on a pad that
the device calls loose. So the two are judged apart, from what each of them shows in.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.measures import Light
    from firingorder.signal.signal_check_params import SignalCheckParams


@dataclass(frozen=True, slots=True)
class Verdict:
    """One light and its cause; ``detail`` tells variants that ask for another instruction."""

    light: Light
    cause: str = ""
    detail: str = ""


GOOD = Verdict("good")
_RANK: dict[Light, int] = {"bad": 0, "warn": 1, "unknown": 2, "good": 3}
#: The most useful first: what hides the others comes before them.
_ORDER = (
    "lost",
    "saturated",
    "flat",
    "swapped",
    "mains",
    "noise",
    "crosstalk",
    "motion",
    "ecg",
    "waiting",
    "",
)


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at one channel, as it is judged; see LookMeasures for the fields of that name."""

    whole: bool
    constant: bool
    clipped: bool
    railed: float
    missing: float
    level_uv: float
    rest_uv: float
    active: float
    mains_uv: float
    drift_uv: float
    low_density: float
    body_density: float
    middle_hz: float
    white_hz: float
    pop: bool
    motion: float
    low_peak_uv: float
    copied: float
    copied_from: int


class ChannelMemory:
    """What is remembered of one channel; ``step`` takes a look, the properties say what follows."""

    def __init__(self, params: SignalCheckParams, *, calibrated: bool) -> None:
        self._params = params
        self._calibrated = calibrated
        self.reports = False
        self.lead_off = False
        self.impedance_ohm: float | None = None
        self.swapped_with: int | None = None
        self.lit: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """Forget what was seen: the pad was put on anew."""
        p = self._params
        self.looks = 0
        self.mains_uv = 0.0
        self.others_rest_uv = 0.0
        self.sight: Sight | None = None
        self._own_mains: deque[float] = deque(maxlen=p.own_looks)
        self._drifts: deque[bool] = deque(maxlen=p.drift_looks[1])
        self._pops: deque[bool] = deque(maxlen=p.recent_looks)
        self._moved: deque[float] = deque(maxlen=p.motion_looks[1])
        self._clipped: deque[bool] = deque(maxlen=p.recent_looks)
        self._white: deque[tuple[float, float]] = deque(maxlen=p.flat_looks)
        self._white_alive = False
        self._since_quiet = p.quiet_memory_looks
        self._changes: deque[int] = deque(maxlen=p.recent_looks)
        self._changed = 0
        self._copies: deque[int] = deque(maxlen=p.recent_looks)

    def report(self, *, lead_off: bool) -> None:
        """Take the device's own word about the contact."""
        if self.reports and lead_off != self.lead_off:
            changed, changes = self._changed + 1, self._changes
            if not lead_off:
                self.forget()
                self._changes = changes
            self._changed = changed
        self.reports = True
        self.lead_off = lead_off

    def step(self, sight: Sight) -> None:
        """Take the next look."""
        p = self._params
        self.sight = sight
        self._changes.append(self._changed)
        self._changed = 0
        self._clipped.append(sight.clipped)
        if not sight.whole or self.lead_off:
            return
        self.looks += 1
        self._moved.append(sight.low_peak_uv if sight.motion >= p.motion_share else 0.0)
        mostly = sight.mains_uv**2 > 0.5 * sight.level_uv**2
        resting = sight.active < p.active_ratio or mostly
        # Lifting a weight swings cables by hundreds of microvolts on pads that hold well.
        self._pops.append(sight.pop and resting)
        self._drifts.append(resting and self._drifts_now(sight))
        # Activity hides the line: what was heard before it then still holds.
        if resting:
            self.mains_uv = sight.mains_uv
            self._own_mains.append(sight.mains_uv)
        if resting and sight.rest_uv <= self._flat_most_uv():
            self._white.append((sight.low_density, sight.body_density))
        else:
            self._white_alive = self._white_alive or self._white_ratio() < p.flat_density_ratio
            self._white.clear()
        quiet = sight.rest_uv <= self._noise_limit_uv()
        self._since_quiet = 0 if quiet else self._since_quiet + 1
        if sight.copied_from >= 0:
            copy = sight.copied >= p.crosstalk.least_share
            self._copies.append(sight.copied_from if copy else -1)

    # Contact

    def contact(self, others_mains_uv: float) -> Verdict:
        """Return the contact light; ``others_mains_uv`` is the median of the other channels."""
        p, sight = self._params, self.sight
        if sum(self._changes) + self._changed >= p.contact_changes:
            return Verdict("bad", "loose", "flickers")
        if self.lead_off:
            return Verdict("bad", "lead_off")
        if sight is not None and self._is_dead(sight):
            return Verdict("bad", "dead")
        clues = [
            clue
            for clue, there in (
                ("drift", self._drifting),
                ("pops", sum(self._pops) >= p.pops),
                ("mains", self.mains_jumps(others_mains_uv)),
            )
            if there
        ]
        if len(clues) >= 2:
            return Verdict("bad", "loose", "pops" if "pops" in clues else "drift")
        if clues and clues[0] != "mains":
            return Verdict("warn", "loose", clues[0])
        if self.impedance_ohm is not None and self.impedance_ohm > p.impedance_ohm:
            return Verdict("warn", "loose", "impedance")
        if self.reports:
            return GOOD
        doubted = bool(clues) or self._noise() is not None or self._is_flat()
        if doubted or self.looks < p.first_looks:
            return Verdict("unknown", "unknown")
        return GOOD

    def _is_dead(self, sight: Sight) -> bool:
        if sight.constant:
            return True
        flat_uv = self._params.quality.flat_uv
        return self._calibrated and sight.whole and sight.level_uv < flat_uv

    def _drifts_now(self, sight: Sight) -> bool:
        p = self._params
        least = p.drift_uv if self._calibrated else p.drift_over_rest * sight.rest_uv
        # A burst of a millivolt reaches below 4 Hz, too.
        return sight.drift_uv > max(least, sight.level_uv) * self._kept("loose")

    @property
    def _drifting(self) -> bool:
        return sum(self._drifts) >= self._params.drift_looks[0]

    def mains_jumps(self, others_mains_uv: float) -> bool:
        """Whether mains is this pad's: far above the other channels, or above what it had."""
        if self._mains() is None:
            return False
        ratio = self._params.mains_jump * self._kept("loose")
        before = list(self._own_mains)[: -self._params.recent_looks]
        jumped = len(before) >= self._params.recent_looks and self.mains_uv > ratio * median(before)
        return self.mains_uv > ratio * others_mains_uv or jumped

    # Signal

    def signal(self) -> Verdict:
        """Return the signal light: the worst cause, of equal ones the one that hides the others."""
        sight = self.sight
        if sight is None:
            return Verdict("unknown", "waiting")
        found = [
            one
            for one in (
                self._lost(sight),
                self._saturated(sight),
                self._flat(sight),
                None if self.swapped_with is None else Verdict("bad", "swapped"),
                self._mains(),
                self._noise(),
                self._crosstalk(),
                self._motion(),
            )
            if one is not None
        ]
        if found:
            return min(found, key=lambda one: (_RANK[one.light], _ORDER.index(one.cause)))
        if self.looks < self._params.first_looks:
            return Verdict("unknown", "waiting")
        return GOOD

    def ecg(self, ecg_uv: float) -> Verdict | None:
        """Return whether the heart is loud in this channel."""
        p, sight = self._params, self.sight
        if sight is None or sight.rest_uv <= 0.0:
            return None
        ratio = ecg_uv / sight.rest_uv
        if ratio > p.most_ecg_over_rest * self._kept("ecg bad"):
            return Verdict("bad", "ecg")
        return Verdict("warn", "ecg") if ratio > p.ecg_over_rest * self._kept("ecg") else None

    def heart_moves(self, ecg_uv: float) -> None:
        """Take what the heart explains out of what was counted as motion."""
        least = self._params.beats_over_motion * ecg_uv
        for k, peak in enumerate(self._moved):
            if peak <= least:
                self._moved[k] = 0.0

    @property
    def copied_from(self) -> int | None:
        """Return the column this one copies, None where it copies none."""
        counted = Counter(one for one in self._copies if one >= 0).most_common(1)
        return counted[0][0] if counted and counted[0][1] >= self._params.copies else None

    def _kept(self, cause: str) -> float:
        return self._params.hysteresis if cause in self.lit else 1.0

    def _lost(self, sight: Sight) -> Verdict | None:
        if sight.missing >= self._params.lost_share:
            return Verdict("bad", "lost")
        some = sight.missing >= self._params.missing_share
        return Verdict("warn", "lost", "some") if some else None

    def _saturated(self, sight: Sight) -> Verdict | None:
        if not any(self._clipped):
            return None
        railed = sight.clipped and sight.railed >= self._params.railed_share
        return Verdict("bad", "saturated", "railed" if railed else "")

    def _flat(self, sight: Sight) -> Verdict | None:
        flat = self._is_dead(sight) or self._is_flat()
        return Verdict("bad", "flat") if flat else None

    def _is_flat(self) -> bool:
        """Whether only the front end is heard: white down to the slowest, and small."""
        p, sight = self._params, self.sight
        if sight is None or len(self._white) < p.flat_looks or self.mains_uv > 0.0:
            return False
        ratio = self._white_ratio()
        if self._white_alive or ratio < p.high_passed_ratio:
            return self._calibrated and sight.rest_uv < p.flat_below_uv
        return ratio < p.flat_density_ratio

    def _flat_most_uv(self) -> float:
        """Return the rest above which no front end is heard; without others nobody can tell."""
        p = self._params
        if self._calibrated:
            return p.flat_most_uv
        others_uv = self.others_rest_uv
        return 0.0 if math.isinf(others_uv) else p.rest_over_others * others_uv

    def _white_ratio(self) -> float:
        """Return the density of the drift over that of the body, infinite while not known."""
        body = sum(body for _, body in self._white)
        return sum(low for low, _ in self._white) / body if body > 0.0 else math.inf

    def _mains(self) -> Verdict | None:
        p, sight = self._params, self.sight
        if sight is None:
            return None
        uv = p.quality.mains_uv if self._calibrated else p.mains_over_rest * sight.rest_uv
        if self.mains_uv <= uv * self._kept("mains"):
            return None
        bad = self.mains_uv > p.most_mains_over_rest * sight.rest_uv * self._kept("mains bad")
        return Verdict("bad" if bad else "warn", "mains")

    def _noise(self) -> Verdict | None:
        p, sight = self._params, self.sight
        if sight is None or self.looks < p.quality.looks:
            return None
        limit_uv = self._noise_limit_uv() * self._kept("noise")
        over = sight.rest_uv / limit_uv if limit_uv > 0.0 else 0.0
        if over <= 1.0 or self._mains() is not None:
            return None
        white = 0.0 < p.white_share * sight.white_hz < sight.middle_hz
        if not white and self._since_quiet < p.quiet_memory_looks:
            return None  # it was quiet here, and this may well be muscle that is held
        bad = over > p.noise_bad_ratio * self._kept("noise bad") / self._kept("noise")
        return Verdict("bad" if bad else "warn", "noise")

    def _noise_limit_uv(self) -> float:
        """Return the rest above which there is noise; in any unit only the others can tell."""
        p = self._params
        return p.quality.noise_uv if self._calibrated else p.noise_over_others * self.others_rest_uv

    def _crosstalk(self) -> Verdict | None:
        if self.copied_from is None:
            return None
        p = self._params
        copies = sum(one >= 0 for one in self._copies)
        often = len(self._copies) == p.recent_looks and copies > p.copied_share * p.recent_looks
        return Verdict("bad" if often else "warn", "crosstalk")

    def _motion(self) -> Verdict | None:
        moved = sum(peak > 0.0 for peak in self._moved)
        least = 1 if "motion" in self.lit else self._params.motion_looks[0]
        return Verdict("warn", "motion") if moved >= least else None

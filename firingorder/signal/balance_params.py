"""Limits of held positions on one side, and of a weight that rests on one hip."""

from __future__ import annotations

from dataclasses import dataclass, field

from firingorder.signal.phase_fit import PhaseFitParams
from firingorder.signal.pushes import PushParams
from firingorder.signal.rest_level import RestLevelParams
from firingorder.signal.rest_to_rest import RestToRestParams
from firingorder.signal.start_pose import StartPoseParams


@dataclass(frozen=True, slots=True)
class OneLegParams:
    """Limits of standing on one leg; proposals, except where a source is named."""

    rest: RestToRestParams = field(default_factory=lambda: RestToRestParams(longest_s=60.0))
    push: PushParams = field(default_factory=PushParams)
    shift_m: float = 0.025
    """A shift is one from here; before a foot leaves the ground the pelvis goes aside by 4 to 7 cm
    (Rogers and Pai 1990, Exp Brain Res 81:398)."""
    back_share: float = 0.4
    """Back: carried the other way by this share of it."""
    shift_s: float = 1.5
    """A shift out of a rest is over by then."""
    sway_s: float = 0.7
    """Sway is the RMS of the rate of turning over about so long."""
    sway_times: float = 1.6
    sway_deg_s: float = 0.3
    stands_s: float = 1.5
    """Sways no more than so many times (and so much more) as before on two legs for so long, ..."""
    same_deg: float = 2.5
    """... as upright as before within this, ..."""
    lifts_deg: float = 0.8
    """... and, where lifting the leg turned the pelvis by so much, nearer to before than to that:
    on two legs."""
    other_deg: float = 40.0
    """Further from the start pose than this it is another position."""
    turn_deg: float = 40.0
    steady_from_s: float = 1.0
    """The steady window begins this long after the foot has left the ground."""
    touch_s: float = 0.4
    """The foot comes down within this of where the weight begins to come back."""
    touch_sd: float = 4.0
    foot_error_s: float = 0.14
    """95 % half-width of a foot that leaves the ground, at least: where the weight arrives is only
    near it. Measured in ``tests/signal/test_balance.py``."""
    least_s: float = 2.0
    least_share: float = 0.5
    """Shorter than this, or than this share of what was asked for or of the own median, is kept
    and not counted."""
    own_repetitions: int = 10
    longest_s: float = 180.0
    remembered_s: float = 10.0
    position_deg: float = 60.0
    phase_fit: PhaseFitParams = field(default_factory=PhaseFitParams)


@dataclass(frozen=True, slots=True)
class BalanceParams:
    """Limits of hips that are lifted and held; proposals, except where a source is named."""

    still_deg_s: float = 2.0
    still_most_deg_s: float = 6.0
    start_m_s: float = 0.05
    """Sideways velocity of a shift; sway of some mm below 1 Hz stays under 0.02."""
    start_deg_s: float = 5.0
    start_sd: float = 3.0
    """Rate of obliquity in SD of the rest; the larger of both counts."""
    start_s: float = 0.060
    shift_m: float = 0.025
    """A shift is one from here; before a foot leaves the ground the pelvis goes aside by 4 to 7 cm
    (Rogers and Pai 1990, Exp Brain Res 81:398)."""
    shift_deg: float = 3.0
    """The same of the obliquity, for hips that are lifted."""
    shift_longest_s: float = 2.5
    arrived_m_s: float = 0.03
    arrived_deg_s: float = 4.0
    arrived_s: float = 0.10
    steady_from_s: float = 1.0
    """The steady window begins this long after the foot has left the ground."""
    back_share: float = 0.4
    """Back: carried in the other direction at this share of the fastest rate of the way out, more
    than the filters swing back by themselves, ..."""
    back_deg_share: float = 0.4
    """... or turned back to this share of the obliquity, where that was ``turned_deg``."""
    turned_deg: float = 4.0
    other_deg: float = 40.0
    """Further from the start pose than this it is another position."""
    least_s: float = 2.0
    least_share: float = 0.5
    """Shorter than this, or than this share of what was asked for or of the own median, is kept
    and not counted."""
    own_repetitions: int = 10
    longest_s: float = 180.0
    leak_s: float = 1.5
    rest_leak_s: float = 0.3
    zero_s: float = 2.0
    calm_m_s2: float = 0.12
    """Sideways acceleration of a rest; sway of some mm below 1 Hz stays under 0.05."""
    position_deg: float = 60.0
    one_leg: OneLegParams = field(default_factory=OneLegParams)
    """Where a foot leaves the ground."""
    start_pose: StartPoseParams = field(default_factory=StartPoseParams)
    rest_level: RestLevelParams = field(default_factory=RestLevelParams)
    phase_fit: PhaseFitParams = field(default_factory=PhaseFitParams)


@dataclass(frozen=True, slots=True)
class WeightShiftParams:
    """Limits of a weight that rests on one hip and then on the other; proposals.

    Followed by the obliquity: the pelvis is higher on the side that bears the weight. The way aside
    takes a second or two, too slow for the acceleration.
    """

    quiet_deg_s: float = 4.0
    rest_s: float = 0.7
    drift_deg_s: float = 0.6
    """A rest: hardly turning for so long, and the obliquity drifts by less; standing sways by 0.2
    degrees below 0.6 Hz."""
    rate_s: float = 0.1
    """Rates are slopes over twice this."""
    even_s: float = 1.2
    """Standing for so long at first, or after a large movement, is standing evenly."""
    even_time_s: float = 2.0
    """Time constant with which rests near it renew where even is."""
    sway_deg: float = 1.0
    """Slow sway about either level, at most."""
    shift_deg: float = 1.0
    """A weight on one hip tips the pelvis by 1.5 to 4."""
    back_share: float = 0.4
    """Back: rests at less than this share of the obliquity held."""
    large_deg_s: float = 30.0
    """Turning faster than this is no shift of the weight."""
    position_deg: float = 30.0
    """Further from upright than this nobody stands."""
    least_s: float = 3.0
    longest_s: float = 600.0
    remembered_s: float = 8.0
    phase_fit: PhaseFitParams = field(default_factory=PhaseFitParams)

"""What counts as two taps of a hand on the belt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BeltTapParams:
    """Limits of a double tap.

    They are proposals, held against simulated people and real recordings in docs/belt_taps.md,
    except where a source is named. Register defaults are those of the tap detector in TDK
    InvenSense's IMUs (ICM-426xx and ICM-456xx drivers: 165 ms, 500 ms, 85 ms, 37.5 %).
    """

    lowest_rate_hz: float = 90.0
    """Below it a sensor cannot tell: what is left above ``sharp_hz`` is too little
    (docs/belt_taps.md has what is heard at 80 and 95 Hz)."""
    base_rate_hz: float = 125.0
    """Samples are averaged in whole groups to at least this rate, if there are more."""
    sharp_hz: float = 32.0
    """A hand's blow has most of its jolt above this, that of a foot, which comes through bone and
    soft tissue, below: heel strikes at the sacrum 10 to 20 Hz, and a healthy spine takes away what
    is above 20 Hz (Smeathers 1989, 10.1016/0268-0033(89)90065-X)."""
    slow_hz: tuple[float, float] = (5.0, 15.0)
    """The band in which steps and movements are strongest."""
    least_m_s2: float = 1.0
    strong_m_s2: float = 2.0
    """Least height of a tap above ``sharp_hz``, and of the stronger one."""
    heard_m_s2: float = 0.7
    """From this height on it is a jolt, of whatever kind."""
    sharp_share: float = 0.50
    clear_share: float = 0.80
    """A tap has at least this height above ``sharp_hz`` over that in ``slow_hz``, and one of the
    taps so much: a movement that begins or ends abruptly has about half."""
    window_s: float = 0.085
    """A tap is over within this time, as the registers have it ("smudge")."""
    tail_share: float = 0.40
    """What is left after ``window_s``, over the peak, is less than this."""
    apart_s: tuple[float, float] = (0.14, 0.50)
    """Between the two taps; registers: more than 165 ms, less than 500 ms. A little less is allowed
    below: who is in a hurry taps fast."""
    even_share: float = 0.10
    """The weaker tap over the stronger one: at 100 Hz a blow of ten milliseconds is as high as the
    samples happen to meet it."""
    quiet_before_s: float = 0.70
    """Nothing else within this time before the first tap: steps follow each other sooner."""
    quiet_after_s: float = 0.50
    """Nor after the second one, which is also how late the answer comes."""
    calm_m_s2: float = 2.0
    calm_share: float = 0.25
    """In ``slow_hz`` there is less than this, or than this share of the weaker tap, in
    ``quiet_before_s``: whoever sits down hard, or turns over, knocks the belt right afterwards."""
    other_share: float = 0.35
    """Something else is a jolt of at least this share of the weaker tap (registers: 37.5 %)."""
    most_taps: int = 3
    """A third tap of the same kind is no other wish; a row of more is no tapping on the belt."""
    most_turn_rad_s: float = 2.5
    """A belt that turns faster than this before the first tap is in somebody's hands, not on a
    pelvis: hinges done fast turn by up to some 150 degrees a second."""
    turn_s: float = 0.15
    """Time constant over which that rate is smoothed."""

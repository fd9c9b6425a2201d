"""The rest before a burst: where it lies, what it is like, and how it is shortly before the burst.

A burst often begins before its energy shows. What turns out to be burst must not count as rest: a
pre-activation in the rest lifts it, and is told late by what it lifted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.signal.bursts import rest_before, rest_stats
from firingorder.signal.rest_path import local_level, rest_power

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.bursts import Bout, BurstParams, RestStats
    from firingorder.signal.gates import Flags
    from firingorder.signal.rest_path import RestPathParams


@dataclass(frozen=True, slots=True)
class BeforeParams:
    """How far from a burst its rest ends."""

    near_guard_s: float = 0.250
    """The level of the rest is taken up to here before the coarse burst: at 0.2 s the beginning of
    a pre-activation of 0.2 s is taken for tone, at 0.3 s tone has changed by the onset
    (simulated)."""
    begun_guard_s: float = 0.050
    """A burst that turns out to begin in what was taken for rest is asked once more, with the rest
    that ends this much before it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One channel about one repetition, and its bouts of activity.

    ``x``, ``valid`` and ``energy`` (relative to rest) are ``(n_samples,)``; ``window`` is where an
    onset is searched, samples; ``bursts`` are the numbers that the bouts were found with.
    """

    x: FloatArray
    valid: BoolArray
    energy: FloatArray
    rate_hz: float
    t0_s: float
    window: tuple[int, int]
    flags: Flags
    bouts: tuple[Bout, ...]
    bursts: BurstParams


@dataclass(frozen=True, slots=True)
class Before:
    """The rest before a burst.

    Attributes
    ----------
    rest
        As measured.
    enough
        Whether there is enough of it; else ``r_rest`` is of the quietest parts, for a number to
        look at.
    r_rest, r_near
        ``(order + 1,)`` autocovariance, and at the level shortly before the burst.
    """

    rest: RestStats
    enough: bool
    r_rest: FloatArray
    r_near: FloatArray


def before_burst(
    s: Segment, start: int, begin: int, path: RestPathParams, params: BeforeParams
) -> Before:
    """Return the rest before a burst that starts at ``start``.

    ``begin`` is the sample from which its level is followed.
    """
    rest = rest_before(s.x, s.valid, s.bouts, start, s.rate_hz, s.bursts)
    r_rest = rest.autocov
    enough = rest.duration_s >= s.bursts.rest_after_s and float(r_rest[0]) > 0.0
    if not enough:
        calm = s.valid[: s.window[1]] & (s.energy[: s.window[1]] < s.bursts.block_limit)
        r_rest = rest_stats(s.x[: s.window[1]], calm, s.rate_hz, s.bursts).autocov
    level = 1.0
    stop = start - round(params.near_guard_s * s.rate_hz)
    if stop > begin and r_rest[0] > 0.0:
        power, usable = rest_power(s.x[begin:stop], s.valid[begin:stop], r_rest)
        level = local_level(power, usable, rate_hz=s.rate_hz, params=path)
    return Before(rest, enough, r_rest, r_rest * level)


def rest_start(s: Segment, bout: Bout) -> int:
    """Return where the rest before a burst begins: as far back as its model reaches."""
    p = s.bursts
    begin = bout.start - round((p.rest_s + p.rest_guard_s) * s.rate_hz)
    for other in s.bouts:
        if other.start < bout.start:
            begin = max(begin, other.stop + round(p.rest_after_s * s.rate_hz))
    return max(0, begin)


def begun_in_rest(s: Segment, bout: Bout, onset: float, params: BeforeParams) -> int | None:
    """Return the start to look for rest before, None where ``onset`` does not lie in the rest.

    ``onset`` is the sample at which the burst turned out to begin.
    """
    guard = s.bursts.rest_guard_s * s.rate_hz
    if onset >= bout.start - guard:
        return None
    return round(onset + guard - params.begun_guard_s * s.rate_hz)

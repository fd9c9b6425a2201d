"""Holds and lines, from the levels themselves: time in the band (B19), following a line (B18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.tracking import Tracking, hold_in_band, track
from firingorder.training.goals.reading import Reading, reading_of
from firingorder.training.goals.trace import BLOCK_DOF

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.training.goals.aim import Aim
    from firingorder.training.goals.trace import LevelTrace

#: Time up, held and down of a ramp where nobody says otherwise (sit_hands_ramp, a proposal).
RAMP_S = (8.0, 2.0, 4.0)
#: The top of the line: the reference contraction itself.
RAMP_TOP_PERCENT = 100.0
#: Rest is looked at over this long, as B9 does.
REST_S = 10.0
#: Without a band: so far about the hold's own median. Blocks of 0.25 s of a level that is perfectly
#: steady vary by 1 / sqrt(2 * 50) = 10 %, so chance leaves 1 % of them outside. A proposal.
STEADY_SHARE = 0.25

Line = tuple[tuple[float, float], ...]


def line_of(aim: Aim) -> Line:
    """Return the line that is followed: seconds from the cue, percent; from rest and back to it."""
    up_s, hold_s, down_s = aim.planned.tempo_s or RAMP_S
    top = RAMP_TOP_PERCENT
    return ((0.0, 0.0), (up_s, top), (up_s + hold_s, top), (up_s + hold_s + down_s, 0.0))


def on_line(line: Line, at_s: float) -> float:
    """Return where a line stands at a time, percent."""
    points = np.array(line)
    return float(np.interp(at_s, points[:, 0], points[:, 1]))


def follow(
    trace: LevelTrace,
    names: tuple[str, ...],
    cue_s: float,
    line: Line,
    display_latency_s: float | None = None,
) -> Tracking:
    """Return how a level followed a line since its cue; what is not there yet is left out."""
    total_s = line[-1][0]
    newest_s = trace.newest_s
    last_s = cue_s + total_s if newest_s is None else min(cue_s + total_s, newest_s)
    times, levels = trace.blocks(names, cue_s, last_s)
    points = np.array(line)
    return track(
        times - cue_s,
        levels,
        points[:, 0],
        points[:, 1],
        BLOCK_DOF,
        display_latency_s=display_latency_s,
    )


def hold_share(
    trace: LevelTrace, names: tuple[str, ...], window: tuple[float, float], aim: Aim
) -> Reading:
    """Return the share of a hold in its band, 0 to 1."""
    _, levels = trace.blocks(names, *window)
    amount = hold_in_band(levels, hold_band(aim, levels))
    return reading_of("hold_share", "1", amount)


def hold_band(aim: Aim, levels: FloatArray) -> tuple[float, float] | None:
    """Return the band of a hold, percent: the therapist's, else a share about its own median."""
    if aim.hold_band is not None:
        return aim.hold_band
    known = levels[np.isfinite(levels)]
    if len(known) == 0:
        return None
    middle = float(np.median(known))
    return (1.0 - STEADY_SHARE) * middle, (1.0 + STEADY_SHARE) * middle

"""Squeezes on a coach's word: nothing moves, the coach says when to start and when to let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.simulation.exercises.athlete import REACTION_S
from firingorder.simulation.exercises.draft import SIDES, Draft, finish

if TYPE_CHECKING:
    from firingorder.simulation.exercises.options import Side
    from firingorder.simulation.exercises.truth import TrueRepetition

#: Reactions vary by 15 % from one to the next.
REACTION_SPREAD = 0.15
#: Where a hold window begins after the onset, as the phases of a hold have it.
HOLD_FROM_S = 0.5
#: One in so many people-repetitions of an ordinary person misses the cue or takes the other side.
SLIPS = 0.04
#: The pelvis gives a little when the buttocks swell: tenths of a degree.
SWELLS_DEG = (0.05, 0.35)
#: Neighbours that help a little without being asked.
HELPS = {"gluteus_medius": (0.02, 0.08), "hamstring": (0.01, 0.05), "erector_spinae": (0.01, 0.04)}
#: A tremble that is meant to be seen: period, and the largest speed of a swing of one degree
#: (minimum jerk: 1.875 times the mean).
TREMBLE_PERIOD_S = 0.5
DEG_A_DEG_S = TREMBLE_PERIOD_S / 2.0 / (2.0 * 1.875)
TREMBLE_S = (1.0, 1.8)


@dataclass(frozen=True, slots=True)
class Hold:
    """A squeeze: how long and how hard is asked, and how fast it rises and falls."""

    hold_s: float
    effort: tuple[float, float]
    ramp_up_s: float = 0.0
    ramp_down_s: float = 0.0


#: Ten seconds twice as hard as in a bridge: a firm squeeze (order of magnitude; standing squeezes
#: reach maximal amplitudes: Contreras 2015, PeerJ 3:e1261).
ISO = Hold(10.0, (0.35, 0.60))
SIT_HANDS = Hold(8.0, (0.30, 0.55))
RAMP = Hold(10.0, (0.75, 0.95), ramp_up_s=8.0, ramp_down_s=4.0)
RELEASE = Hold(5.0, (0.15, 0.28))


def iso(d: Draft) -> list[TrueRepetition]:
    """Squeeze both buttocks for ten seconds."""
    return [_hold(d, ISO)]


def sit_hands(d: Draft) -> list[TrueRepetition]:
    """Squeeze one side or both, sitting on the hands."""
    return [_hold(d, SIT_HANDS)]


def sit_hands_ramp(d: Draft) -> list[TrueRepetition]:
    """Follow a line from nothing to all, sitting on the hands."""
    return [_hold(d, RAMP)]


def release_quiet(d: Draft) -> list[TrueRepetition]:
    """Squeeze a little, then let go of everything."""
    return [_hold(d, RELEASE)]


def _hold(d: Draft, task: Hold) -> TrueRepetition:
    if d.kind == "false_start":
        return _too_early(d, task)
    cue_s = d.start_s
    release_s = cue_s + task.hold_s
    missed = d.plant("missed") > 0.5 or (d.kind == "half" and d.uniform(0.0, 1.0) < 0.5)
    # A "half" of a hold is a slip: the cue is missed, or the other side answers.
    wrong = d.kind == "half" and not missed and d.side != "both"
    d.kind = "full"
    cue = {"cue_s": cue_s, "release_s": release_s}
    if missed:
        return finish(d, away_s=cue_s, end_s=release_s, missed=True, **cue)
    onset_s = cue_s + _reaction_s(d)
    off_s = release_s + _reaction_s(d)
    quiet_s = off_s + d.uniform(0.1, 0.5) + task.ramp_down_s
    late_s = d.plant("no_quiet")
    quiet_s += late_s
    sides = d.other if wrong else d.working
    effort = d.uniform(*task.effort)
    _squeeze(d, task, sides, effort, (onset_s, off_s, quiet_s))
    _neighbours(d, sides, effort, onset_s, off_s + 0.1)
    _deviations(d, effort, (onset_s, off_s, quiet_s))
    swells = d.uniform(*SWELLS_DEG)
    d.move(onset_s + 0.05, 0.6, tilt=-swells)
    d.move(off_s, 0.6, tilt=swells)
    return finish(
        d,
        away_s=onset_s,
        far_from_s=onset_s + HOLD_FROM_S,
        far_to_s=release_s,
        back_s=off_s,
        end_s=quiet_s,
        onset_s=onset_s,
        quiet_s=quiet_s,
        wrong_side=wrong,
        **cue,
    )


def _reaction_s(d: Draft) -> float:
    reaction_s = d.spread(d.athlete.reaction_s, REACTION_SPREAD)
    return min(max(reaction_s, REACTION_S[0]), REACTION_S[1])


def _too_early(d: Draft, task: Hold) -> TrueRepetition:
    """Squeeze for a moment before anybody asked."""
    end_s = d.start_s + d.uniform(0.4, 0.9)
    first_s = d.on("gluteus_maximus", d.working, d.start_s, end_s, 0.4 * sum(task.effort))
    return finish(d, away_s=first_s, end_s=end_s, onset_s=first_s, quiet_s=end_s)


def _squeeze(
    d: Draft,
    task: Hold,
    sides: tuple[Side, ...],
    effort: float,
    times_s: tuple[float, float, float],
) -> None:
    onset_s, off_s, quiet_s = times_s
    fall_s = max(quiet_s - off_s, 0.1)
    if task.ramp_up_s:
        # Off the line: too fast and too little, or as asked.
        off = d.plant("track")
        rise_s = task.ramp_up_s * (1.0 - off)
        d.on("gluteus_maximus", sides, onset_s, quiet_s, effort * (1.0 - 0.6 * off),
             rise_s=rise_s, fall_s=fall_s, shape="linear")  # fmt: skip
        return
    broken = d.plant("hold")
    if not broken:
        d.on("gluteus_maximus", sides, onset_s, quiet_s, effort, fall_s=fall_s)
        return
    # The hold breaks in the middle, and comes back.
    gap_s = broken * (off_s - onset_s)
    break_s = onset_s + d.uniform(0.3, 0.5) * (off_s - onset_s - gap_s) + 0.3
    d.on("gluteus_maximus", sides, onset_s, break_s, effort, fall_s=0.15)
    d.on("gluteus_maximus", sides, break_s + gap_s, quiet_s, effort, fall_s=fall_s, main=False)


def _neighbours(
    d: Draft, sides: tuple[Side, ...], effort: float, onset_s: float, off_s: float
) -> None:
    loud = d.plant("es_loud")
    late_s = onset_s + d.uniform(0.02, 0.2)
    d.on("gluteus_medius", sides, late_s, off_s, effort * d.uniform(*HELPS["gluteus_medius"]))
    d.on("hamstring", sides, late_s, off_s, effort * d.uniform(*HELPS["hamstring"]))
    back = loud or effort * d.uniform(*HELPS["erector_spinae"])
    d.on("erector_spinae", SIDES, late_s, off_s, back)


def _deviations(d: Draft, effort: float, times_s: tuple[float, float, float]) -> None:
    onset_s, off_s, quiet_s = times_s
    cross = d.plant("cross") if d.other else 0.0
    if cross:
        # A share of what that side can do in this task.
        d.on("gluteus_maximus", d.other, onset_s + d.uniform(0.0, 0.15), off_s, effort * cross)
    moves = d.plant("not_still")
    if moves:
        from_s = onset_s + d.uniform(1.0, 2.0)
        to_s = from_s + d.uniform(*TREMBLE_S)
        axis = "tilt" if d.uniform(0.0, 1.0) < 0.5 else "obliquity"
        d.tremble(axis, moves * DEG_A_DEG_S, TREMBLE_PERIOD_S, from_s, to_s)
    loud = d.plant("rest_high")
    if loud:
        d.on("gluteus_maximus", d.working, off_s, quiet_s + 9.0, loud, rise_s=0.2, main=False)
        d.on("erector_spinae", SIDES, off_s, quiet_s + 9.0, loud, rise_s=0.2, main=False)

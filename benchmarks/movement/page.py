"""docs/movement.md: the words, and the tables from ``tables.py`` and ``real_tables.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.movement import real_tables, tables
from benchmarks.movement.goals import (
    LEAST_FOUND,
    LEAST_TOLD,
    MOST_ALARMS,
    MOST_AT_REST,
    MOST_OFF_MS,
    missed,
)
from benchmarks.movement.plan import REPORT_SEED
from benchmarks.movement.rates import table

if TYPE_CHECKING:
    from benchmarks.movement.block_cost import BlockCost
    from benchmarks.movement.recorded import Recorded
    from benchmarks.movement.sessions import Outcome


@dataclass(slots=True)
class Results:
    """Everything that the page is made of."""

    outcomes: dict[str, Outcome] = field(default_factory=dict[str, "Outcome"])
    real: Recorded | None = None
    costs: list[BlockCost] = field(default_factory=list["BlockCost"])
    seconds: float = 0.0
    cpu_s: float = 0.0
    commit: str = ""
    command: str = ""


def page(results: Results) -> str:
    """Return the whole page."""
    outcomes = list(results.outcomes.values())
    parts = [
        _head(results),
        _missed(outcomes),
        "## 1. Simulated: every exercise\n",
        _WHAT,
        tables.repetitions(outcomes),
        _REASONS,
        tables.aside(outcomes),
        "### Attempts that are no repetitions, and repetitions that are none\n",
        _FALSE,
        tables.false(outcomes),
        "### Phases, found minus planted\n",
        _PHASES,
        tables.phases(outcomes),
        "### By pace, and live\n",
        _LIVE,
        tables.live(outcomes),
        "### Angles of the pelvis\n",
        _ANGLES,
        tables.angles(outcomes),
        "## 2. Simulated: faults\n",
        _FAULTS,
        tables.faults(outcomes),
        "## 3. Real recordings\n",
        _REAL,
        real_tables.real(results.real),
        "## 4. Time\n",
        _TIME,
        tables.costs(results.costs),
        "## 5. What this page does not show\n",
        _LIMITS,
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _head(results: Results) -> str:
    signal_h = sum(one.seconds for o in results.outcomes.values() for one in o.scores.values())
    took = f"{results.cpu_s:.0f} s of CPU, {results.seconds:.0f} s in all"
    return f"""# Movement: repetitions, phases, angles and faults of every exercise

Written by `{results.command}`; do not edit. Code: {results.commit}. Simulated sessions (without
those of the faults): {signal_h / 3600.0:.1f} h; {took}.
Seeds of what is reported begin at {REPORT_SEED:,}; nothing below it is on this page, and all that
was looked at while limits were chosen or faults were mended is. As JSON: `out/movement.json`.
"""


def _missed(outcomes: list[Outcome]) -> str:
    found = [miss for one in outcomes for miss in missed(one)]
    bars = (
        f"Bars: {100 * LEAST_FOUND:.0f} % of good repetitions found at the usual pace; at most "
        f"{MOST_AT_REST:.0f} scored repetitions an hour at rest; median error of every phase "
        f"{MOST_OFF_MS:.0f} ms; {100 * LEAST_TOLD:.0f} % of faults told that stand 1.5 times above "
        f"their limit; at most {MOST_ALARMS:.0f} alarms for 100 repetitions without a fault."
    )
    if not found:
        return f"{bars} No exercise misses one.\n"
    rows = [(f"`{one.exercise}`", one.what, "yes" if one.sure else "") for one in found]
    head = ("exercise", "what", "beyond chance")
    return f"{bars} Missed (beyond chance: the 95 % interval, too):\n\n{table(head, rows)}\n"


_WHAT = """People with a belt of eight channels and a pelvis sensor do each exercise; samples
go through the product's pipeline in pieces of 0.1 s, as from a belt. The simulation
(`firingorder/simulation/exercises`) has other movements, thresholds and constants than the
product. People are ordinary: they talk, fidget, hesitate, stop half-way and change their
posture between sets. Pace: factor on the asked tempo, usual 0.87 to 1.15, slow 1.5 to 2, fast
0.5 to 0.67. A good repetition counts as found when it is found *and* scored. Cells: percent (95
% interval after Wilson; how many). `·`: does not apply.

*Tested on* is what the exercise's record says, and the app with it.
"""
_REASONS = """Good repetitions that were found and not scored, with the reasons that the app
gives (all paces):
"""
_FALSE = """Half repetitions, starts that are given up and missed cues must not be scored:
`right` are found and set aside with a reason, `unseen` were not noticed at all, `scored`
counted as good. Scored repetitions an hour where there was none (in brackets the upper end of
the 95 % interval): within the sessions above; sitting, lying or standing in the start pose;
talking there; fidgeting with the whole body every nine seconds; and while the exercise in the
last column is done instead. Muscles alone cannot tell a fidget from an effort, and no sensor on
the pelvis sees a leg: exercises that follow muscles count what is done with them.
"""
_PHASES = """Refined phases of good repetitions, all paces: median / median of the absolute
error / 95 %, ms. *onset* is the instant the order question belongs to. Far of a still limb is
the plateau of its muscles; of a cued hold the release is told. The end of both is where the
last prime muscle has sunk to the level of its rest: what is left of its fall drowns.
"""
_LIVE = """Left: median of the absolute error of *onset* (else *away*) and of *end* by pace,
ms. Right: the phases of the screen, usual pace, as above, and how long after the true instant
the start was told (median).
"""
_ANGLES = """Against the planted pose, degrees: range of a repetition and largest angle of the
far window; tilt, then obliquity, then rotation as median of the absolute error / 95 %.
`inside`: share of largest angles within the stated 95 % error. The mounting is known as from a
calibration (within 5 degrees); *as worn*: 95 % of the errors of the ranges without one, sensor
up to 10 degrees off. Against optics on real recordings:
[movement_angles.md](movement_angles.md).
"""
_FAULTS = """People who were calibrated (rest, reference contraction and mounting from what
was planted in them, own spread from two baseline sets played through the product) do what is
planted far more often than people would. *Above* is 1.5 times the limit and more, *below* well
under it. Alarms: for 100 repetitions in which nothing was planted. `inconsist`, `uneven` and
`takeover` are judged of sets. Not measured: share of repetitions in which the app says that it
cannot see it, with that calibration, and with none.
"""
_REAL = """Few people, and most of what people do is missing: what no recording shows is
simulated above.
"""
_TIME = """Process CPU of orientation, segmentation and metrics with faults for each 20 ms,
eight channels and a sensor, ms. Bar: 0.5 on average.
"""
_LIMITS = """* No exercise but walking was tried on recordings of people doing it. People with pain
  move otherwise than this simulation, which knows habits, paces and slips, not guarding.
* Limits of the product were proposals before this page, and faults that it showed were mended.
  Seeds differ, the simulation does not: these are figures of simulated people.
* Faults in the simulation have one cause and one size. People do several things at once.
"""

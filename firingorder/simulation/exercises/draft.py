"""A repetition in the making: strokes and bursts go into the score, phases into the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from firingorder.simulation.bursts import SHAPES, Burst, Shape
from firingorder.simulation.exercises.compensations import SIZES, Asked
from firingorder.simulation.exercises.courses import FORMS, Axis, Course, Form, Rhythm, Stroke
from firingorder.simulation.exercises.truth import PlantedCompensation, Range, TrueRepetition
from firingorder.simulation.person import ALL_EIGHT

if TYPE_CHECKING:
    from firingorder.simulation.exercises.athlete import Athlete
    from firingorder.simulation.exercises.options import Side
    from firingorder.simulation.exercises.score import Score
    from firingorder.simulation.exercises.truth import Kind

#: The later side of a two-sided muscle follows by |N(0, 8)| ms, as in bridges (repetitions.py).
SIDE_LAG_S = 0.008
#: Electromechanical delay of the first prime muscle, as in bridges (repetitions.py).
EMD_S = (0.060, 0.015)
EMD_LIMITS_S = (0.030, 0.100)
#: Spread of efforts, ranges and durations from repetition to repetition of one person.
EFFORT_SPREAD = 0.10
RANGE_SPREAD = 0.06
TIME_SPREAD = 0.12
#: Onsets of one person vary by tens of milliseconds.
LEAD_SD_S = 0.020
#: A hesitation: where on the way, and how long.
HESITATES_AT = (0.35, 0.65)
HESITATES_S = (0.15, 0.60)
FALL_S = (0.06, 0.35)
#: Planned ranges are looked up on this grid.
RANGE_GRID_S = 0.02
#: A burst must have time to rise and to fall.
SHORTEST_BURST_S = 0.08
#: Below this share of a maximal contraction nothing is drawn.
LEAST_EFFORT = 5e-4

Muscle = Literal["gluteus_maximus", "gluteus_medius", "hamstring", "erector_spinae"]
MUSCLES: tuple[Muscle, ...] = (
    "gluteus_maximus", "gluteus_medius", "hamstring", "erector_spinae",
)  # fmt: skip
SIDES: tuple[Side, ...] = ("left", "right")


@dataclass(slots=True)
class Draft:
    """What a planner of an exercise works with.

    Attributes
    ----------
    score, athlete, rng
        Where it goes, who does it, and the generator of this attempt.
    start_s
        When the repetition is asked to begin (the first onset, unless the planner says else).
    index, set_index, kind, side
        As in the truth.
    scale
        Share of the usual range and hold: below one in half repetitions and false starts.
    hesitates
        Whether the main movement stops on the way.
    asked
        Deviation to plant.
    neighbours, glutes
        Factors of a takeover.
    rhythm
        The walk that this repetition is a part of.
    """

    score: Score
    athlete: Athlete
    rng: np.random.Generator
    start_s: float
    index: int
    set_index: int
    kind: Kind
    side: Side
    scale: float = 1.0
    hesitates: bool = False
    asked: Asked | None = None
    neighbours: float = 1.0
    glutes: float = 1.0
    main: list[Burst] = field(default_factory=list["Burst"])
    more: list[Burst] = field(default_factory=list["Burst"])
    planted: list[PlantedCompensation] = field(default_factory=list["PlantedCompensation"])
    rhythm: Rhythm | None = None
    _strokes: list[Stroke] = field(default_factory=list["Stroke"])

    @property
    def sign(self) -> float:
        """Return +1 where the working or stance side is the left one, -1 for the right."""
        return -1.0 if self.side == "right" else 1.0

    @property
    def working(self) -> tuple[Side, ...]:
        """Sides that work."""
        return SIDES if self.side == "both" else (self.side,)

    @property
    def other(self) -> tuple[Side, ...]:
        """Sides that do not work; none in a two-sided task."""
        return tuple(side for side in SIDES if side not in self.working)

    def uniform(self, low: float, high: float) -> float:
        """Draw a number."""
        return float(self.rng.uniform(low, high))

    def spread(self, value: float, share: float = RANGE_SPREAD) -> float:
        """Return ``value`` as this repetition has it."""
        return value * (1.0 + share * min(max(self.rng.standard_normal(), -2.0), 2.0))

    def wide(self, value: float) -> float:
        """Return a range of movement as this person does it in this repetition."""
        return self.spread(value * self.athlete.range) * self.scale

    def lasts(self, asked_s: float) -> float:
        """Return how long this person takes for what is asked to last ``asked_s``."""
        short = 1.0 if self.kind == "full" else 0.35 + 0.65 * self.scale
        return self.spread(asked_s * self.athlete.slow, TIME_SPREAD) * short

    def delay_s(self) -> float:
        """Draw an electromechanical delay."""
        return float(np.clip(self.rng.normal(*EMD_S), *EMD_LIMITS_S))

    def lead_s(self) -> float:
        """Draw the onset of the back after that of the glutes; a planted early back included."""
        lead_s = self.athlete.lead_s + LEAD_SD_S * float(self.rng.standard_normal())
        return lead_s - self.plant("es_early")

    def plant(self, code: str) -> float:
        """Return the size of a deviation if this attempt has it, else 0, and write it down."""
        if self.asked is None or self.asked.code != code or self.kind != "full":
            return 0.0
        sizes = SIZES[code]
        size = self.uniform(*(sizes.above if self.asked.above else sizes.below))
        if size:
            self.write(code, size, above=self.asked.above)
        return size

    def write(self, code: str, size: float, *, above: bool) -> None:
        """Write a planted deviation down."""
        if all(one.code != code for one in self.planted):
            self.planted.append(PlantedCompensation(code, size, SIZES[code].unit, above))

    def factor(self, code: str) -> float:
        """Return the planted ratio, 1 without one."""
        return self.plant(code) or 1.0

    def form(self) -> Form:
        """Draw the form of a course."""
        return FORMS[int(self.rng.choice(len(FORMS), p=self.athlete.form_weights))]

    def move(
        self, start_s: float, duration_s: float, *, pauses: bool = False, **changes: float
    ) -> float:
        """Change axes together and return when that is over; see :meth:`go`."""
        return self.go(start_s, duration_s, changes, pauses=pauses)

    def go(
        self, start_s: float, duration_s: float, changes: dict[str, float], *, pauses: bool = False
    ) -> float:
        """Change axes together and return when that is over.

        ``pauses`` says that this is the movement in which a hesitating person stops.
        """
        form = self.form()
        parts = [(0.0, 1.0, start_s)]
        end_s = start_s + duration_s
        if pauses and self.hesitates:
            share, wait_s = self.uniform(*HESITATES_AT), self.uniform(*HESITATES_S)
            parts = [(0.0, share, start_s), (share, 1.0, start_s + share * duration_s + wait_s)]
            end_s += wait_s
        for low, high, from_s in parts:
            to_s = from_s + (high - low) * duration_s
            for name, change in changes.items():
                if change:
                    self.stroke(name, from_s, to_s, (high - low) * change, form)
        return end_s

    def stroke(
        self, axis: str, start_s: float, end_s: float, change: float, form: Form = "jerk"
    ) -> None:
        """Change one axis."""
        one = Stroke(_axis(axis), start_s, end_s, change, form)
        self._strokes.append(one)
        self.score.move(one)

    def aside(self, axis: str, size: float, from_s: float, to_s: float) -> None:
        """Leave the course by ``size`` within a window and come back at its end.

        The way there and the way back take a quarter of the window each, half a second at most.
        """
        if not size:
            return
        ramp_s = min(0.5, 0.25 * (to_s - from_s))
        self.stroke(axis, from_s, from_s + ramp_s, size)
        self.stroke(axis, to_s - ramp_s, to_s, -size)

    def tremble(self, axis: str, size: float, period_s: float, from_s: float, to_s: float) -> None:
        """Swing about the course with ``size`` each way; ends where it began."""
        turns = max(2, int((to_s - from_s) / (0.5 * period_s)))
        step_s = (to_s - from_s) / turns
        place = 0.0
        for k in range(turns):
            last = k == turns - 1
            goal = 0.0 if last else size * (1 if k % 2 else -1) * self.uniform(0.6, 1.0)
            self.stroke(axis, from_s + k * step_s, from_s + (k + 1) * step_s, goal - place)
            place = goal

    def on(
        self,
        muscle: Muscle,
        sides: tuple[Side, ...],
        onset_s: float,
        offset_s: float,
        effort: float,
        *,
        rise_s: float | None = None,
        fall_s: float | None = None,
        shape: Shape | None = None,
        main: bool = True,
    ) -> float:
        """Let a muscle work with a share of its maximum; return the first onset of its sides."""
        first_s = float("inf")
        for side in sides:
            lag_s = abs(SIDE_LAG_S * float(self.rng.standard_normal())) if len(sides) > 1 else 0.0
            channel = f"{muscle}_{side}"
            share = self.spread(effort, EFFORT_SPREAD) * self._takeover(muscle)
            column = ALL_EIGHT.index(channel)
            rise = self.athlete.person.rise_s[column] * self.uniform(0.7, 1.3)
            fall = self.uniform(*FALL_S)
            form: Shape = SHAPES[int(self.rng.integers(len(SHAPES)))]
            from_s = onset_s + lag_s
            long_s = max(offset_s - from_s, SHORTEST_BURST_S)
            if share < LEAST_EFFORT:
                continue
            burst = Burst(
                channel=channel,
                onset_s=from_s,
                rise_s=min(rise if rise_s is None else rise_s, 0.6 * long_s),
                shape=shape or form,
                offset_s=from_s + long_s,
                fall_s=min(fall if fall_s is None else fall_s, 0.38 * long_s),
                snr_db=self.athlete.maximum_db[channel] + 20.0 * float(np.log10(share)),
                repetition=self.index,
            )
            (self.main if main and self._new(channel) else self.more).append(burst)
            self.score.bursts.append(burst)
            first_s = min(first_s, from_s)
        return first_s

    def ranges(self, start_s: float, end_s: float) -> Range:
        """Return smallest and largest planned angles against the pose at ``start_s``."""
        course = Course()
        course.add(self._strokes)
        t_s = np.arange(start_s, end_s + RANGE_GRID_S, RANGE_GRID_S)
        angles = course.at(t_s)
        if self.rhythm is not None:
            self.rhythm.add_to(angles, t_s)
        angles = angles - angles[0]
        low, high = angles.min(axis=0).tolist(), angles.max(axis=0).tolist()
        return Range((low[1], high[1]), (low[0], high[0]), (low[2], high[2]))

    def quiet_s(self) -> float:
        """Return when the last muscle of this repetition is silent."""
        return max((b.offset_s for b in (*self.main, *self.more)), default=self.start_s)

    def _new(self, channel: str) -> bool:
        return all(one.channel != channel for one in self.main)

    def _takeover(self, muscle: Muscle) -> float:
        if muscle in ("hamstring", "erector_spinae"):
            return self.neighbours
        return self.glutes if muscle == "gluteus_maximus" else 1.0


def _axis(name: str) -> Axis:
    known: dict[str, Axis] = {
        "tilt": "tilt", "obliquity": "obliquity", "rotation": "rotation",
        "forward": "forward", "left": "left", "up": "up",
    }  # fmt: skip
    return known[name]


def finish(d: Draft, *, away_s: float, end_s: float, **phases: Any) -> TrueRepetition:
    """Return the truth of what was drafted; further phases by their names."""
    over_s = max(end_s, phases.get("return_to_s") or end_s)
    return TrueRepetition(
        index=d.index,
        kind=d.kind,
        side=d.side,
        set_index=d.set_index,
        away_s=away_s,
        end_s=end_s,
        hesitates=d.hesitates and d.kind == "full",
        slow=d.athlete.slow,
        range=d.ranges(d.start_s - 0.5, over_s),
        bursts=tuple(d.main),
        more_bursts=tuple(d.more),
        compensations=tuple(d.planted),
        **phases,
    )

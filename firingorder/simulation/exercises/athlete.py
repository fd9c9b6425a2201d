"""One person who does exercises: muscles, tempo, habits that stay from repetition to repetition."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.simulation.person import ALL_EIGHT, Person, ScenarioSpec, draw_person

if TYPE_CHECKING:
    import numpy as np

    from firingorder.simulation.exercises.options import Options, Pace

#: Plateau of a maximal contraction over the resting level, dB. Maximal contractions give 100 to
#: 400 uV RMS over these muscles (order of magnitude; Vera-Garcia, Moreside and McGill 2010,
#: J Electromyogr Kinesiol 20:10 for the trunk), pads at rest 2 to 3 uV.
MAXIMUM_DB = {
    "gluteus_maximus": (33.0, 40.0),
    "gluteus_medius": (34.0, 40.0),
    "hamstring": (36.0, 43.0),
    "erector_spinae": (36.0, 42.0),
}
#: Share of rest that is muscle: an untroubled muscle at rest is silent (Basmajian and De Luca
#: 1985, Muscles Alive).
TONE = (0.02, 0.20)
PACES: dict[Pace, tuple[float, float]] = {
    "any": (0.5, 2.0),
    "slow": (1.5, 2.0),
    "usual": (0.87, 1.15),
    "fast": (0.5, 0.67),
}
#: From the coach's word to the first discharge: simple reactions to sound take 0.15-0.3 s, those
#: of a muscle that has to be found first longer.
REACTION_S = (0.2, 0.6)
#: Most people's back muscles fall silent in full flexion (Floyd and Silver 1955, J Physiol
#: 129:184: nearly all; fewer in pain).
RELAXES = 0.75
#: Rise of a burst in a willed, unhurried contraction (as in bridges, person.py: 0.05-0.3 s).
RISE_S = (0.06, 0.25)


@dataclass(frozen=True, slots=True)
class Athlete:
    """A person and their habits.

    Attributes
    ----------
    person
        Muscles and what electrodes pick up besides.
    maximum_db
        Plateau of a maximal contraction by channel.
    slow
        Factor on every asked duration.
    range
        Factor on every range of movement.
    lead_s
        Usual onset of the back after that of the glutes where a task asks for it.
    reaction_s
        From a cue to the onset.
    relaxes
        Whether the back falls silent when it hangs.
    form_weights
        How often a movement follows each form of course.
    """

    person: Person
    maximum_db: dict[str, float]
    slow: float
    range: float
    lead_s: float
    reaction_s: float
    relaxes: bool
    form_weights: tuple[float, ...]


def athlete_spec(name: str, options: Options) -> ScenarioSpec:
    """Return the ranges from which the muscles and electrodes of an athlete are drawn."""
    del options
    return ScenarioSpec(name, (), tone=TONE, rise_s=RISE_S)


def draw_athlete(spec: ScenarioSpec, options: Options, rng: np.random.Generator) -> Athlete:
    """Draw an athlete; everything is drawn whatever is measured."""
    person = draw_person(spec, rng)
    low, high = PACES[options.pace]
    return Athlete(
        person=person,
        maximum_db={name: rng.uniform(*MAXIMUM_DB[name.rsplit("_", 1)[0]]) for name in ALL_EIGHT},
        slow=math.exp(rng.uniform(math.log(low), math.log(high))),
        range=rng.uniform(0.85, 1.15),
        lead_s=rng.uniform(-0.12, 0.12),
        reaction_s=rng.uniform(REACTION_S[0] + 0.05, REACTION_S[1] - 0.10),
        relaxes=bool(rng.uniform() < RELAXES),
        form_weights=tuple(float(w) for w in rng.dirichlet((4.0, 2.0, 2.0, 2.0))),
    )

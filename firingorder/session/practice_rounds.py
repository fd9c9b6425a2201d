"""What is planted in each round of practice: drawn from a seed by a distribution that is stated.

Proposals all: nobody knows how leads are distributed over the people a therapist will meet, so a
score of practice is about this distribution and about nobody else (docs/reference/practise.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from firingorder.errors import UsageError
from firingorder.simulation.noise import generator
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    import numpy as np

    from firingorder.findings import Sides

#: What a lead is like: far from zero, zero, or so small that it takes care.
Kind = Literal["clear", "together", "hard"]
#: What somebody wants to practise.
Choice = Literal["mixed", "clear", "hard"]
Signal = Literal["strong", "usual", "faint"]
T = TypeVar("T", bound=str)

#: Exercises that ask for the order of glutes and back, and how often each is drawn.
TASKS: dict[str, float] = {
    "bridge": 0.40,
    "prone_raise": 0.20,
    "return_bend": 0.15,
    "hip_thrust": 0.10,
    "squat": 0.10,
    "sit_to_stand": 0.05,
}
#: A mixed series begins with so many bridges.
BRIDGES_FIRST = 3
KINDS: dict[Choice, dict[Kind, float]] = {
    "mixed": {"clear": 0.50, "together": 0.20, "hard": 0.30},
    "clear": {"clear": 0.80, "together": 0.20},
    "hard": {"together": 0.30, "hard": 0.70},
}
#: Size of a lead, ms; either side is as likely.
LEADS_MS: dict[Kind, tuple[float, float]] = {
    "clear": (80.0, 160.0), "together": (0.0, 8.0), "hard": (20.0, 40.0),
}  # fmt: skip
#: Plateau over rest, dB, and how often.
SIGNALS_DB: dict[Signal, tuple[float, float]] = {
    "strong": (24.0, 30.0), "usual": (16.0, 22.0), "faint": (10.0, 13.0),
}  # fmt: skip
SIGNALS: dict[Signal, float] = {"strong": 0.4, "usual": 0.4, "faint": 0.2}
#: Share of the rest that is muscle, and how much it waxes and wanes; every fourth person has some.
TONE_SHARE = 0.25
QUIET_REST, TONED_REST = (0.02, 0.20), (0.40, 0.70)
LARGEST_SEED = 999_999


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What one round plants.

    Attributes
    ----------
    seed, number, choice, exercise
        These four make everything else: the series, the round from 1 on, and what was chosen.
    task, side
        Exercise, and the side that works.
    kind, lead_ms
        Onset of the back minus that of the glutes; positive: glutes first.
    signal, snr_db
        Mean plateau of glutes and back over their rest.
    toned
        Whether the muscles are not silent at rest.
    body_seed
        Seed of the simulated person.
    """

    seed: int
    number: int
    choice: Choice
    exercise: str
    task: str
    side: Sides
    kind: Kind
    lead_ms: float
    signal: Signal
    snr_db: float
    toned: bool
    body_seed: int


def plan_round(seed: int, number: int, choice: Choice = "mixed", exercise: str = "") -> RoundPlan:
    """Return round ``number`` (from 1 on) of a series; the same whatever was played before.

    ``exercise`` is one of :data:`TASKS`, or empty: bridges first, then all of them.

    Raises
    ------
    UsageError
        A seed, number, choice or exercise that there is not.
    """
    if not 0 <= seed <= LARGEST_SEED or number < 1:
        raise UsageError(f"A series has a number from 0 to {LARGEST_SEED}, its rounds begin at 1.")
    if choice not in get_args(Choice) or (exercise and exercise not in TASKS):
        raise UsageError(
            f"There is no practice {choice!r} of {exercise!r}. Known: "
            f"{', '.join(get_args(Choice))}; {', '.join(TASKS)}."
        )
    rng = generator(seed, "practise", choice, exercise, number)
    drawn = _pick(rng, TASKS)
    task = exercise or ("bridge" if number <= BRIDGES_FIRST else drawn)
    kind = _pick(rng, KINDS[choice])
    sign = 1.0 if rng.uniform() < 0.5 else -1.0
    lead_ms = sign * float(rng.uniform(*LEADS_MS[kind]))
    signal = _pick(rng, SIGNALS)
    sides = load_task(task).sides
    side: Sides = "both" if "both" in sides else sides[int(rng.integers(len(sides)))]
    return RoundPlan(
        seed=seed,
        number=number,
        choice=choice,
        exercise=exercise,
        task=task,
        side=side,
        kind=kind,
        lead_ms=lead_ms,
        signal=signal,
        snr_db=float(rng.uniform(*SIGNALS_DB[signal])),
        toned=bool(rng.uniform() < TONE_SHARE),
        body_seed=int(rng.integers(1 << 31)),
    )


def _pick(rng: np.random.Generator, shares: dict[T, float]) -> T:
    names = tuple(shares)
    return names[int(rng.choice(len(names), p=tuple(shares.values())))]

"""Repetitions of a bridge with planted leads: which muscle starts when, and what moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from firingorder.simulation.bursts import SHAPES, Burst
from firingorder.simulation.movement import Movement
from firingorder.simulation.noise import generator
from firingorder.simulation.person import (
    ALL_EIGHT,
    BACK,
    GLUTES,
    PRIME,
    Class,
    Person,
    ScenarioSpec,
)

#: The recording begins with the person lying still: six seconds, one more than asked for.
FIRST_START_S = 6.2
#: A bridge at tempo 2-1-2 and slower, with at least two seconds of rest before the next.
PERIOD_S = 7.6
PERIOD_JITTER_S = 0.2
LIFT_S = (1.0, 1.3)
HOLD_S = (1.7, 2.2)
LOWER_S = (1.0, 1.4)
#: Electromechanical delay, N(60, 15) ms clipped (method.md section 3).
EMD_S = (0.060, 0.015)
EMD_LIMITS_S = (0.030, 0.100)
#: Spread between repetitions (method.md section 3): rise +-35 %, SNR +-2 dB.
RISE_SPREAD = 0.35
SNR_SPREAD_DB = 2.0
#: A clear lead varies by tens of milliseconds within a person and stays clear.
LEAD_SD_S = 0.015
LEAD_LIMITS_S = (0.055, 0.170)
#: What counts as started together.
TOGETHER_S = 0.008
#: Rises of a repetition that starts together are fast, so that the claim can be made at all.
TOGETHER_RISE_SHARE = 0.5
#: SNR of the weak muscles in an unclear repetition.
WEAK_SNR_DB = (2.0, 6.0)
#: The later side follows the earlier one by |N(0, 8)| ms.
SIDE_LAG_SD_S = 0.008
#: Other muscles start about the first one: mean and SD.
HAMSTRING_LAG_S = (0.020, 0.020)
MEDIUS_LAG_S = (0.040, 0.025)
#: Muscles let go between this long before and after the pelvis is down, over 50-400 ms.
LETTING_GO_S = (-0.30, 0.05)
FALL_S = (0.05, 0.40)
TILT_SPREAD = 0.08
#: Turning aside at the top: a normal bridge, and one in which one side does not help.
ASIDE_DEG = 1.0
ONE_SIDED_OBLIQUITY_DEG = (4.0, 8.0)


@dataclass(frozen=True, slots=True)
class PlannedRepetition:
    """One repetition as planted: movement, bursts of all eight muscles, lead class."""

    index: int
    lead_class: Class
    movement: Movement
    bursts: tuple[Burst, ...]


def draw_repetitions(
    spec: ScenarioSpec, person: Person, seed: int, count: int
) -> tuple[PlannedRepetition, ...]:
    """Draw ``count`` repetitions; number r is the same however many are drawn."""
    out: list[PlannedRepetition] = []
    for k in range(count):
        rng = generator(seed, spec.name, "repetition", k)
        out.append(_draw(k, _lead_class(spec, seed, k), spec, person, rng))
    return tuple(out)


def _lead_class(spec: ScenarioSpec, seed: int, k: int) -> Class:
    ten, place = divmod(k, len(spec.classes))
    order = generator(seed, spec.name, "classes", ten).permutation(len(spec.classes))
    return spec.classes[int(order[place])]


def _draw(
    k: int, lead_class: Class, spec: ScenarioSpec, person: Person, rng: np.random.Generator
) -> PlannedRepetition:
    first_s = FIRST_START_S + spec.waits_s
    start_s = first_s + PERIOD_S * k + rng.uniform(-PERIOD_JITTER_S, PERIOD_JITTER_S)
    onsets_s = _onsets(lead_class, person, start_s, rng)
    emd_s = float(np.clip(rng.normal(*EMD_S), *EMD_LIMITS_S))
    moves_s = min(onsets_s[name] for name in PRIME) + emd_s
    movement = _movement(moves_s, spec, person, rng)
    weak = _weak_muscles(lead_class, spec, k)
    bursts = tuple(
        _burst(k, name, onsets_s[name], movement.end_s, person, lead_class, weak, rng)
        for name in ALL_EIGHT
    )
    return PlannedRepetition(k + 1, lead_class, movement, bursts)


def _onsets(
    lead_class: Class, person: Person, start_s: float, rng: np.random.Generator
) -> dict[str, float]:
    """Return the onset of every muscle; the first of glutes and back starts at ``start_s``."""
    clear_s = float(np.clip(rng.normal(person.lead_s, LEAD_SD_S), *LEAD_LIMITS_S))
    close_s = rng.uniform(-TOGETHER_S, TOGETHER_S)
    lead_s = {
        "glutes_first": clear_s,
        "back_first": -clear_s,
        "together": close_s,
        "unclear": clear_s,
    }[lead_class]
    glutes = _side_lags(rng)
    back = _side_lags(rng)
    if lead_class == "together":
        back = glutes  # so that each side by itself is together, too
    base = {
        "gluteus_maximus": max(0.0, -lead_s),
        "erector_spinae": max(0.0, lead_s),
        "hamstring": rng.normal(*HAMSTRING_LAG_S),
        "gluteus_medius": rng.normal(*MEDIUS_LAG_S),
    }
    lags = {
        "gluteus_maximus": glutes,
        "erector_spinae": back,
        "hamstring": _side_lags(rng),
        "gluteus_medius": _side_lags(rng),
    }
    out: dict[str, float] = {}
    for name in ALL_EIGHT:
        muscle, side = name.rsplit("_", 1)
        out[name] = start_s + base[muscle] + lags[muscle][side == "right"]
    return out


def _side_lags(rng: np.random.Generator) -> tuple[float, float]:
    lag_s = abs(float(rng.normal(0.0, SIDE_LAG_SD_S)))
    return (0.0, lag_s) if rng.uniform() < 0.5 else (lag_s, 0.0)


def _movement(
    moves_s: float, spec: ScenarioSpec, person: Person, rng: np.random.Generator
) -> Movement:
    top_s = moves_s + rng.uniform(*LIFT_S)
    lower_s = top_s + rng.uniform(*HOLD_S)
    end_s = lower_s + rng.uniform(*LOWER_S)
    tilt_deg = person.tilt_deg * (1.0 + TILT_SPREAD * float(np.clip(rng.normal(), -2.0, 2.0)))
    obliquity_deg = rng.normal(0.0, ASIDE_DEG)
    rotation_deg = rng.normal(0.0, ASIDE_DEG)
    if spec.one_sided:
        obliquity_deg = rng.uniform(*ONE_SIDED_OBLIQUITY_DEG)  # the right side hangs
    # 15-35 degrees is the range of a bridge.
    tilt_deg = float(np.clip(tilt_deg, -35.0, -15.0))
    return Movement(moves_s, top_s, lower_s, end_s, tilt_deg, obliquity_deg, rotation_deg)


def _weak_muscles(lead_class: Class, spec: ScenarioSpec, k: int) -> tuple[str, ...]:
    weak: tuple[str, ...] = ()
    if spec.one_sided:
        weak = tuple(name for name in ALL_EIGHT if name.endswith("_right"))
    if lead_class == "unclear":
        weak = weak + (BACK if k % 2 else GLUTES)
    return weak


def _burst(
    k: int,
    name: str,
    onset_s: float,
    end_s: float,
    person: Person,
    lead_class: Class,
    weak: tuple[str, ...],
    rng: np.random.Generator,
) -> Burst:
    column = ALL_EIGHT.index(name)
    rise_s = person.rise_s[column] * (1.0 + rng.uniform(-RISE_SPREAD, RISE_SPREAD))
    if lead_class == "together":
        rise_s *= TOGETHER_RISE_SHARE
    snr_db = person.snr_db[column] + rng.uniform(-SNR_SPREAD_DB, SNR_SPREAD_DB)
    weak_db = rng.uniform(*WEAK_SNR_DB)
    return Burst(
        channel=name,
        onset_s=onset_s,
        rise_s=rise_s,
        shape=SHAPES[int(rng.integers(len(SHAPES)))],
        offset_s=end_s + rng.uniform(*LETTING_GO_S),
        fall_s=rng.uniform(*FALL_S),
        snr_db=weak_db if name in weak else snr_db,
        repetition=k + 1,
    )

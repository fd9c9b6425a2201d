"""One simulated person in one scenario: what stays the same from repetition to repetition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.simulation.contaminants import ContaminantLevels
from firingorder.simulation.synth import Muscle

if TYPE_CHECKING:
    import numpy as np

Class = Literal["glutes_first", "together", "back_first", "unclear"]
Range = tuple[float, float]

#: The muscles of the reference placement, in the order of the channels.
ALL_EIGHT = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "gluteus_medius_left",
    "gluteus_medius_right",
    "hamstring_left",
    "hamstring_right",
    "erector_spinae_left",
    "erector_spinae_right",
)
GLUTES = ALL_EIGHT[:2]
BACK = ALL_EIGHT[6:]
#: Muscles whose first onset moves the pelvis in a bridge (exercise_bridge.md section 2).
PRIME = (*GLUTES, *ALL_EIGHT[4:6], *BACK)

#: RMS at rest in microvolts: skin and electrode 1-5 uV, front end below 2 uV
#: (order of magnitude; hardware/README.md has the target of the front end).
REST_UV: Range = (1.6, 3.2)
#: Corners of the burst spectra over muscles and people (method.md section 3).
SPECTRUM_LOW_HZ: Range = (40.0, 80.0)
SPECTRUM_HIGH_HZ: Range = (80.0, 150.0)
#: Tone comes from small units: its corners lie a little lower than those of the burst.
TONE_SPECTRUM_SHARE: Range = (0.85, 1.0)
#: Gluteus medius helps in a bridge but is no prime mover: less of it.
MEDIUS_LESS_DB = 6.0
#: Constant electrode offset; up to hundreds of millivolts are normal, a good pair has few.
OFFSET_UV = 800.0


@dataclass(frozen=True, slots=True)
class ScenarioSpec:
    """What a scenario asks for; ranges are uniform.

    Attributes
    ----------
    classes
        Lead classes of ten repetitions; the order within each ten is drawn.
    snr_db, rise_s, tone
        Plateau over rest, rise time, tone share of a person's muscles.
    lead_s
        Size of a clear lead.
    ecg_back, ecg_other, hum, wander, motion
        Contaminants in units of rest RMS.
    crosstalk
        Gain from gluteus maximus into gluteus medius and back, same side.
    tone_fluctuation, plateau_fluctuation
        Relative SD of slow amplitude changes.
    taps, waits_s
        Taps of the heel before the first repetition, which comes so much later.
    """

    name: str
    classes: tuple[Class, ...]
    snr_db: Range = (23.0, 28.0)
    rise_s: Range = (0.05, 0.13)
    tone: Range = (0.1, 0.4)
    lead_s: Range = (0.08, 0.12)
    ecg_back: float = 0.4
    ecg_other: float = 0.15
    hum: float = 0.2
    wander: float = 1.0
    motion: float = 0.0
    crosstalk: float = 0.02
    tone_fluctuation: float = 0.05
    plateau_fluctuation: float = 0.10
    one_sided: bool = False
    loose_pad: bool = False
    taps: int = 0
    waits_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Person:
    """Properties of a person that all repetitions share, one entry per muscle of ALL_EIGHT."""

    muscles: tuple[Muscle, ...]
    contaminants: tuple[ContaminantLevels, ...]
    snr_db: tuple[float, ...]
    rise_s: tuple[float, ...]
    lead_s: float
    tilt_deg: float


def draw_person(spec: ScenarioSpec, rng: np.random.Generator) -> Person:
    """Draw a person for a scenario. All eight muscles are drawn whatever is measured."""
    muscles: list[Muscle] = []
    levels: list[ContaminantLevels] = []
    snr_db: list[float] = []
    rise_s: list[float] = []
    for name in ALL_EIGHT:
        muscles.append(_draw_muscle(name, spec, rng))
        levels.append(
            ContaminantLevels(
                ecg=(spec.ecg_back if name in BACK else spec.ecg_other) * rng.uniform(0.8, 1.2),
                hum=spec.hum * rng.uniform(0.5, 1.5),
                wander=spec.wander * rng.uniform(0.5, 1.5),
                motion=spec.motion * rng.uniform(0.6, 1.0),
                offset_uv=rng.uniform(-OFFSET_UV, OFFSET_UV),
            )
        )
        less = MEDIUS_LESS_DB if name.startswith("gluteus_medius") else 0.0
        snr_db.append(rng.uniform(*spec.snr_db) - less)
        rise_s.append(rng.uniform(*spec.rise_s))
    return Person(
        tuple(muscles),
        tuple(levels),
        tuple(snr_db),
        tuple(rise_s),
        rng.uniform(*spec.lead_s),
        -rng.uniform(18.0, 32.0),
    )


def _draw_muscle(name: str, spec: ScenarioSpec, rng: np.random.Generator) -> Muscle:
    low_hz = rng.uniform(*SPECTRUM_LOW_HZ)
    high_hz = rng.uniform(*SPECTRUM_HIGH_HZ)
    lower = rng.uniform(*TONE_SPECTRUM_SHARE)
    neighbours: tuple[tuple[str, float], ...] = ()
    if spec.crosstalk and name.startswith("gluteus"):
        other = "medius" if "maximus" in name else "maximus"
        side = name.rsplit("_", 1)[1]
        neighbours = ((f"gluteus_{other}_{side}", spec.crosstalk),)
    return Muscle(
        name=name,
        rest_uv=rng.uniform(*REST_UV),
        tone=rng.uniform(*spec.tone),
        low_hz=low_hz,
        high_hz=high_hz,
        tone_low_hz=lower * low_hz,
        tone_high_hz=lower * high_hz,
        tone_fluctuation=spec.tone_fluctuation,
        plateau_fluctuation=spec.plateau_fluctuation,
        crosstalk=neighbours,
    )

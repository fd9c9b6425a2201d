"""The scenarios: two muscles with planted onsets, and what is on the electrodes besides them.

Names, rises, signal-to-noise ratios and contaminants are fixed, so that figures of different
versions compare. ``a`` and ``b`` are the two channels; a lead is onset(b) - onset(a).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from firingorder.simulation.contaminants import ContaminantLevels

if TYPE_CHECKING:
    from firingorder.simulation.bursts import Shape

#: Lags of b against a, milliseconds; trial k has lag ``LAGS_MS[k % len(LAGS_MS)]``.
LAGS_MS = (0, 5, -5, 10, -10, 20, -20, 30, -30, 50, -50, 80, -80, 120, -120)
#: Least lead-in before a trial: the rest that a judgement reaches back to.
LEAD_IN_S = 2.0
#: With contaminants: what a session has had of hum and heart beats before a first repetition.
CONTAMINATED_LEAD_IN_S = 12.0


@dataclass(frozen=True, slots=True)
class Event:
    """A part of a burst before the main one: start after the true onset, end, rise, fall; level."""

    start_s: float
    end_s: float
    rise_s: float
    fall_s: float
    level: float


@dataclass(frozen=True, slots=True)
class MuscleSpec:
    """One muscle. ``main_after_s``: the main burst begins this long after the first ``event``."""

    rise_ms: float = 100.0
    snr_db: float = 12.0
    tone: float = 0.3
    shape: Shape = "linear"
    hold_s: float = 1.0
    fall_ms: float = 120.0
    low_hz: float = 55.0
    high_hz: float = 110.0
    tone_fluctuation: float = 0.0
    plateau_fluctuation: float = 0.0
    events: tuple[Event, ...] = ()
    main_after_s: float = 0.0
    motor_units: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """Two muscles and their contaminants (amplitudes in rest RMS).

    ``varied`` draws rise, level, ramp shape and fall anew in every repetition, and the spectra per
    person. ``real_lags``: the channels depend on each other, so only lags that were really played
    count. ``limit``: whether the oracle that does not know the rise is a limit here.
    """

    name: str
    group: str
    a: MuscleSpec
    b: MuscleSpec
    levels: tuple[ContaminantLevels, ContaminantLevels] = field(
        default_factory=lambda: (ContaminantLevels(), ContaminantLevels())
    )
    crosstalk: float = 0.0
    mains_hz: float = 50.0
    varied: bool = False
    real_lags: bool = False
    limit: bool = True

    @property
    def lead_in_s(self) -> float:
        """Seconds of rest before the trial proper."""
        clean = self.levels == (ContaminantLevels(), ContaminantLevels())
        return LEAD_IN_S if clean else CONTAMINATED_LEAD_IN_S

    @property
    def tuned_on(self) -> bool:
        """Whether peers are tuned on it: not where rises vary, nor where feet are hidden."""
        return not self.varied and self.group != "C"

    @property
    def muscles(self) -> tuple[MuscleSpec, MuscleSpec]:
        """Both muscles."""
        return self.a, self.b


def _same(name: str, rise_ms: float, snr_db: float, **extra: object) -> Scenario:
    muscle = MuscleSpec(rise_ms, snr_db)
    return Scenario(name, name[0], muscle, muscle, **extra)  # type: ignore[arg-type]


def _pair(name: str, a: MuscleSpec, b: MuscleSpec) -> Scenario:
    return Scenario(name, "X", a, b)


def _both(**levels: float) -> tuple[ContaminantLevels, ContaminantLevels]:
    return ContaminantLevels(**levels), ContaminantLevels(**levels)


_PREACTIVE = MuscleSpec(100, 15, events=(Event(0.0, 1.0, 0.050, 0.050, 0.2),), main_after_s=0.200)
#: On for 60 ms (30 ms rise and 10 ms fall within), silent for 80 ms, then the main burst.
_DOUBLE = MuscleSpec(30, 15, events=(Event(0.0, 0.060, 0.030, 0.010, 0.7),), main_after_s=0.140)
_ALL_A = MuscleSpec(150, 12, 0.6, "cosine", tone_fluctuation=0.15, plateau_fluctuation=0.2)
_ALL_B = MuscleSpec(80, 15, 0.4, "cosine", tone_fluctuation=0.15, plateau_fluctuation=0.2)


def _motor(name: str, rise_ms: float, snr_db: float) -> Scenario:
    muscle = MuscleSpec(rise_ms, snr_db, motor_units=True)
    return Scenario(name, "M", muscle, muscle, limit=False)


def _smooth(rise_ms: float, snr_db: float) -> MuscleSpec:
    """Motor units whose drive grows by half a cosine, as bursts of real recordings mostly do."""
    return MuscleSpec(rise_ms, snr_db, shape="cosine", motor_units=True)


def _smooth_pair(name: str, a: MuscleSpec, b: MuscleSpec) -> Scenario:
    return Scenario(name, "S", a, b, limit=False)


def _cosines(name: str, a: tuple[float, float], b: tuple[float, float]) -> Scenario:
    """Rise and SNR of two muscles that grow from nothing by half a cosine: hidden feet."""
    one, other = MuscleSpec(*a, shape="cosine"), MuscleSpec(*b, shape="cosine")
    return Scenario(name, "C", one, other, limit=False)


SCENARIOS: tuple[Scenario, ...] = (
    _same("G1_step20_20dB", 20, 20),
    _same("G2_step20_6dB", 20, 6),
    _same("G3_50ms_12dB", 50, 12),
    _same("G4_100ms_20dB", 100, 20),
    _same("G5_100ms_12dB", 100, 12),
    _same("G6_100ms_6dB", 100, 6),
    _same("G7_200ms_12dB", 200, 12),
    _same("G8_300ms_20dB", 300, 20),
    _same("G9_300ms_30dB", 300, 30),
    Scenario("G10_mismatch", "G", MuscleSpec(200, 12), MuscleSpec(50, 20)),
    Scenario(
        "G11_tone_10dB",
        "G",
        MuscleSpec(100, 10, 0.9, tone_fluctuation=0.2),
        MuscleSpec(100, 14, 0.3, tone_fluctuation=0.2),
    ),
    _same("A1_ecg", 100, 12, levels=(ContaminantLevels(ecg=1.0), ContaminantLevels(ecg=6.0))),
    _same("A2_hum50", 100, 12, levels=_both(hum=2.0)),
    _same("A2_hum60", 100, 12, levels=_both(hum=2.0), mains_hz=60.0),
    _same("A3_motion", 100, 12, levels=_both(wander=4.0, motion=8.0)),
    _same("A4_xtalk", 100, 15, crosstalk=0.15, real_lags=True),
    Scenario("A5_preact", "A", _PREACTIVE, _PREACTIVE, limit=False),
    Scenario("A6_double", "A", _DOUBLE, _DOUBLE, limit=False),
    Scenario(
        "R1_all",
        "R",
        _ALL_A,
        _ALL_B,
        levels=(
            ContaminantLevels(ecg=0.5, hum=0.7, wander=2.0, motion=4.0),
            ContaminantLevels(ecg=3.0, hum=0.7, wander=2.0, motion=4.0),
        ),
        crosstalk=0.08,
        real_lags=True,
        limit=False,
    ),
    _motor("M1_mu50", 50, 15),
    _motor("M2_mu150", 150, 15),
    _motor("M3_mu300", 300, 20),
    _smooth_pair("S1_smooth200", _smooth(200, 15), _smooth(200, 15)),
    _smooth_pair("S2_smooth300", _smooth(300, 20), _smooth(300, 20)),
    _smooth_pair("S3_smooth500", _smooth(500, 20), _smooth(500, 20)),
    _smooth_pair("S4_smooth400_150", _smooth(400, 12), _smooth(150, 20)),
    _smooth_pair("S5_smooth800_150", _smooth(800, 20), _smooth(150, 20)),
    _smooth_pair("S6_weak800_150", _smooth(800, 12), _smooth(150, 20)),
    _cosines("C1_cosine150", (150, 15), (150, 15)),
    _cosines("C2_cosine300", (300, 20), (300, 20)),
    _cosines("C3_cosine200_80", (200, 15), (80, 20)),
    _cosines("C4_cosine300_60", (300, 15), (60, 15)),
    _pair("X1", MuscleSpec(50, 12), MuscleSpec(150, 12)),
    _pair("X2", MuscleSpec(100, 8), MuscleSpec(100, 20)),
    _pair("X3", MuscleSpec(300, 20), MuscleSpec(100, 20)),
    _pair("X4", MuscleSpec(100, 12, 0.9), MuscleSpec(100, 12, 0.1)),
    _pair("X5", MuscleSpec(30, 15), MuscleSpec(120, 15)),
    _pair("X6", MuscleSpec(200, 10), MuscleSpec(60, 22)),
    Scenario("V1_varied", "V", MuscleSpec(130, 15), MuscleSpec(70, 15), varied=True, limit=False),
)
BY_NAME = {one.name: one for one in SCENARIOS}


@dataclass(frozen=True, slots=True)
class RestScenario:
    """A session in which nobody moves: every onset found is a false alarm."""

    name: str
    muscle: MuscleSpec
    levels: ContaminantLevels
    events_per_min: float = 0.0


_QUIET = MuscleSpec(tone=0.3)
RESTS: tuple[RestScenario, ...] = (
    RestScenario("clean", _QUIET, ContaminantLevels()),
    RestScenario("tone 30 %", replace(_QUIET, tone_fluctuation=0.3), ContaminantLevels()),
    RestScenario(
        "tone 30 %, strong", replace(_QUIET, tone=0.7, tone_fluctuation=0.3), ContaminantLevels()
    ),
    RestScenario("ecg 12", _QUIET, ContaminantLevels(ecg=12.0)),
    RestScenario("motion 8", _QUIET, ContaminantLevels(wander=4.0, motion=8.0), 8.7),
    RestScenario(
        "everything",
        replace(_QUIET, tone_fluctuation=0.3),
        ContaminantLevels(ecg=12.0, hum=2.0, wander=4.0, motion=8.0),
        8.7,
    ),
)


def chosen(names: list[str]) -> tuple[Scenario, ...]:
    """Return the scenarios whose name begins with one of ``names``; all for an empty list."""
    if not names:
        return SCENARIOS
    found = tuple(s for s in SCENARIOS if any(s.name.upper().startswith(n.upper()) for n in names))
    if not found:
        raise SystemExit(f"No scenario begins with {' or '.join(names)}: {', '.join(BY_NAME)}.")
    return found

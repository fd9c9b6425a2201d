"""One repetition of two muscles with planted onsets, made by the package's own simulator.

A trial is a function of (seed, scenario, number) alone. Contaminants, motion and lags have
generators of their own, so a trial and its clean twin hold the same EMG.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from benchmarks.accuracy.scenarios import LAGS_MS, MuscleSpec, RestScenario, Scenario
from firingorder.simulation.bursts import SHAPES, Burst
from firingorder.simulation.contaminants import ContaminantLevels, Contaminants
from firingorder.simulation.motor_units import discharges, potentials
from firingorder.simulation.noise import generator
from firingorder.simulation.synth import EmgSynth, Muscle

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

RATE_HZ = 1000.0
TRIAL_S = 4.2
REST_UV = 2.0
CHANNELS = ("a", "b")
#: Disjoint: settings are chosen on the first, earlier repetitions of a person come from the
#: second, and only the third is reported. Sessions of the live path have a range of their own.
TUNE_SEED = 4_100
PRIOR_SEED = 6_100_000
REPORT_SEED = 7_000_000
SESSION_SEED = 7_500_000


@dataclass(frozen=True, slots=True)
class Trial:
    """One repetition.

    Attributes
    ----------
    raw_uv
        ``(n, 2)`` microvolts at 1000 Hz, ``lead_in_s`` of rest first.
    onsets_s, offsets_s, drives_s
        Truth of both channels, seconds from the first sample.
    lag_ms
        True lead of a over b.
    movement_s
        When the pelvis begins to move: after the first muscle by an electromechanical delay.
    """

    raw_uv: FloatArray
    onsets_s: tuple[float, float]
    offsets_s: tuple[float, float]
    drives_s: tuple[float, float]
    lag_ms: float
    movement_s: float
    lead_in_s: float


def trial_seed(seed: int, name: str, trial: int) -> int:
    """Return the seed of one trial, whatever was drawn before it."""
    words = np.random.SeedSequence([seed, crc32(name.encode()), trial])
    return int(words.generate_state(1, np.uint64)[0])


def make_trial(scenario: Scenario, seed: int, trial: int, *, clean: bool = False) -> Trial:
    """Return trial number ``trial``; ``clean``: the same EMG without any contaminant."""
    own = trial_seed(seed, scenario.name, trial)
    rng = generator(own, "times")
    lead_in_s = scenario.lead_in_s
    lag_s = LAGS_MS[trial % len(LAGS_MS)] / 1e3
    onset_a_s = lead_in_s + rng.uniform(1.9, 2.3)
    onsets_s = (onset_a_s, onset_a_s + lag_s)
    delay_s = float(np.clip(rng.normal(0.060, 0.015), 0.030, 0.100))
    movement_s = min(onsets_s) + delay_s
    specs = [repetition_of(scenario, k, own) for k in range(2)]
    n = round((lead_in_s + TRIAL_S) * RATE_HZ)
    bursts: list[Burst] = []
    for name, spec, onset_s in zip(CHANNELS, specs, onsets_s, strict=True):
        bursts += [] if spec.motor_units else bursts_of(spec, name, onset_s)
    muscles = tuple(
        muscle_of(name, spec, 0.0 if clean else scenario.crosstalk, clean=clean)
        for name, spec in zip(CHANNELS, specs, strict=True)
    )
    levels = (ContaminantLevels(),) * 2 if clean else scenario.levels
    body = Contaminants(
        CHANNELS, levels, own, mains_hz=scenario.mains_hz, movements_s=(movement_s,)
    )
    synth = EmgSynth(muscles, tuple(bursts), body, seed=own, rate_hz=RATE_HZ)
    raw_uv = synth.read(0, n)
    offsets, drives = [0.0, 0.0], [0.0, 0.0]
    for k, (spec, onset_s) in enumerate(zip(specs, onsets_s, strict=True)):
        if spec.motor_units:
            x, drives[k], offsets[k] = motor_units(spec, CHANNELS[k], onset_s, own, n)
            raw_uv[:, k] += x
        else:
            parts = bursts_of(spec, CHANNELS[k], onset_s)
            offsets[k], drives[k] = parts[-1].offset_s, parts[0].drive_s
    return Trial(
        raw_uv,
        onsets_s,
        (offsets[0], offsets[1]),
        (drives[0], drives[1]),
        1e3 * lag_s,
        movement_s,
        lead_in_s,
    )


def repetition_of(scenario: Scenario, channel: int, own_seed: int) -> MuscleSpec:
    """Return what a muscle does in one repetition: drawn anew where the scenario is varied."""
    spec = scenario.muscles[channel]
    if not scenario.varied:
        return spec
    rng = generator(own_seed, CHANNELS[channel], "variation")
    return replace(
        spec,
        rise_ms=spec.rise_ms * rng.uniform(0.65, 1.35),
        snr_db=spec.snr_db + rng.uniform(-2.0, 2.0),
        shape=SHAPES[int(rng.integers(len(SHAPES)))],
        fall_ms=rng.uniform(50.0, 400.0),
        low_hz=45.0 if channel == 0 else 70.0,
        high_hz=90.0 if channel == 0 else 140.0,
    )


def bursts_of(spec: MuscleSpec, channel: str, onset_s: float) -> list[Burst]:
    """Return the bursts of a muscle that starts at ``onset_s``, the main one last."""
    parts = [
        Burst(
            channel,
            onset_s + e.start_s,
            e.rise_s,
            spec.shape,
            onset_s + e.end_s,
            e.fall_s,
            spec.snr_db,
            e.level,
        )
        for e in spec.events
    ]
    main_s = onset_s + spec.main_after_s
    rise_s, fall_s = spec.rise_ms / 1e3, spec.fall_ms / 1e3
    end_s = main_s + rise_s + spec.hold_s + fall_s
    return [*parts, Burst(channel, main_s, rise_s, spec.shape, end_s, fall_s, spec.snr_db)]


def rest_session(rest: RestScenario, seed: int, session: int, seconds: float) -> FloatArray:
    """Return ``(n, 2)`` microvolts in which no muscle starts."""
    own = trial_seed(seed, "rest " + rest.name, session)
    moments_s: tuple[float, ...] = ()
    if rest.events_per_min:
        rng = generator(own, "moments")
        count = round(rest.events_per_min * seconds / 60.0)
        moments_s = tuple(sorted(rng.uniform(0.0, seconds, count).tolist()))
    body = Contaminants(CHANNELS, (rest.levels,) * 2, own, movements_s=moments_s)
    muscles = tuple(muscle_of(name, rest.muscle) for name in CHANNELS)
    synth = EmgSynth(muscles, (), body, seed=own, rate_hz=RATE_HZ)
    return synth.read(0, round(seconds * RATE_HZ))


def muscle_of(
    name: str, spec: MuscleSpec, crosstalk: float = 0.0, *, clean: bool = False
) -> Muscle:
    """Return a channel of the simulator."""
    other = CHANNELS[1 - CHANNELS.index(name)]
    return Muscle(
        name,
        REST_UV,
        spec.tone,
        spec.low_hz,
        spec.high_hz,
        spec.low_hz,
        spec.high_hz,
        0.0 if clean else spec.tone_fluctuation,
        0.0 if clean else spec.plateau_fluctuation,
        ((other, crosstalk),) if crosstalk else (),
    )


def motor_units(
    spec: MuscleSpec, channel: str, onset_s: float, own_seed: int, n: int
) -> tuple[FloatArray, float, float]:
    """Return potentials whose first discharge is at ``onset_s``, drive start and last discharge.

    They are scaled to the level of the plateau, ``(n,)`` microvolts.
    """
    rng = generator(own_seed, channel, "motor units")
    burst = discharges(rng, spec.rise_ms / 1e3, spec.hold_s, spec.fall_ms / 1e3, shape=spec.shape)
    drive_s = onset_s - burst.first_s
    x = potentials(burst, drive_s, n, RATE_HZ)
    plateau_s = drive_s + spec.rise_ms / 1e3
    inside = x[round(plateau_s * RATE_HZ) : round((plateau_s + spec.hold_s) * RATE_HZ)]
    wanted = np.sqrt(10.0 ** (spec.snr_db / 10.0) - spec.tone)
    return REST_UV * wanted * x / np.sqrt(np.mean(inside**2)), drive_s, drive_s + burst.last_s

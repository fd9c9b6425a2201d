"""The live path over whole sessions: delay, early and false alarms, onsets dated back.

Every alarm outside a burst is a false one. Delay is held against the bound of Lorden 1971
(10.1214/aoms/1177693055): the least time in which the data can pay for so few false alarms.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy import ours
from benchmarks.accuracy.scenarios import LAGS_MS, MuscleSpec, RestScenario, Scenario
from benchmarks.accuracy.trials import (
    CHANNELS,
    RATE_HZ,
    SESSION_SEED,
    bursts_of,
    motor_units,
    muscle_of,
    repetition_of,
    rest_session,
    trial_seed,
)
from firingorder.simulation.bursts import Burst, envelope
from firingorder.simulation.contaminants import Contaminants
from firingorder.simulation.noise import generator
from firingorder.simulation.synth import EmgSynth, muscle_power, noise_power

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

FIRST_S = 10.0
EVERY_S = 5.0
#: An alarm from this long before to that long after the true onset is the burst's.
BEFORE_S, AFTER_S = 0.030, 0.400
#: Alarms this long before are "early": tone or a contaminant fired instead of the burst.
EARLY_S = 0.500
#: After a burst the detector may still be above its threshold.
TAIL_S = 0.400


@dataclass(frozen=True, slots=True)
class Session:
    """``raw_uv`` ``(n, 2)``; true onsets and offsets, ``(bursts, 2)`` seconds."""

    raw_uv: FloatArray
    onsets_s: FloatArray
    offsets_s: FloatArray


@dataclass(slots=True)
class LiveScore:
    """What the live detector did in one scenario; one entry per burst and channel.

    ``delay_ms`` is from the true onset to the alarm, raised whether it is told in the end or not;
    ``told_ms`` to the moment at which its onset is told. Those and the errors are NaN where the
    burst was missed. ``counts`` has one row per session: false onsets told, false alarms raised,
    repeats told within bursts, seconds of rest watched.
    """

    scenario: str
    delay_ms: list[float] = field(default_factory=list[float])
    told_ms: list[float] = field(default_factory=list[float])
    early: list[bool] = field(default_factory=list[bool])
    first_ms: list[float] = field(default_factory=list[float])
    final_ms: list[float] = field(default_factory=list[float])
    covered: list[bool] = field(default_factory=list[bool])
    bound_ms: list[float] = field(default_factory=list[float])
    told_bound_ms: list[float] = field(default_factory=list[float])
    counts: list[tuple[int, int, int, float]] = field(
        default_factory=list[tuple[int, int, int, float]]
    )
    cpu_s: float = 0.0
    signal_s: float = 0.0


def make_session(scenario: Scenario, number: int, bursts: int) -> Session:
    """Return session ``number`` of a scenario: rest, then a burst of both muscles every 5 s."""
    own = trial_seed(SESSION_SEED, scenario.name, number)
    rng = generator(own, "times")
    n = round((FIRST_S + EVERY_S * bursts + 2.0) * RATE_HZ)
    a_s = FIRST_S + EVERY_S * np.arange(bursts) + rng.uniform(0.0, 0.5, bursts)
    lags_s = np.array([LAGS_MS[(k + number) % len(LAGS_MS)] for k in range(bursts)]) / 1e3
    onsets_s = np.stack([a_s, a_s + lags_s], axis=1)
    offsets_s = np.zeros_like(onsets_s)
    planned: list[Burst] = []
    potentials_uv = np.zeros((n, 2))
    for k in range(bursts):
        for c, name in enumerate(CHANNELS):
            seed = trial_seed(own, scenario.name, k)
            spec, onset_s = repetition_of(scenario, c, seed), float(onsets_s[k, c])
            if spec.motor_units:
                x, _, offsets_s[k, c] = motor_units(spec, name, onset_s, seed, n)
                potentials_uv[:, c] += x
            else:
                planned += bursts_of(spec, name, onset_s)
                offsets_s[k, c] = planned[-1].offset_s
    moves_s = tuple((np.min(onsets_s, axis=1) + 0.060).tolist())
    body = Contaminants(
        CHANNELS, scenario.levels, own, mains_hz=scenario.mains_hz, movements_s=moves_s
    )
    muscles = tuple(
        muscle_of(name, repetition_of(scenario, c, own), scenario.crosstalk)
        for c, name in enumerate(CHANNELS)
    )
    synth = EmgSynth(muscles, tuple(planned), body, seed=own, rate_hz=RATE_HZ)
    return Session(synth.read(0, n) + potentials_uv, onsets_s, offsets_s)


@dataclass(frozen=True, slots=True)
class RestCount:
    """Alarms in rest: raised, and told as an onset; over channel-minutes."""

    raised: int = 0
    told: int = 0
    minutes: float = 0.0

    def __add__(self, other: RestCount) -> RestCount:
        """Return both together."""
        return RestCount(
            self.raised + other.raised, self.told + other.told, self.minutes + other.minutes
        )


def run_live(scenario: Scenario, sessions: int, bursts: int, at_rest: RestCount) -> LiveScore:
    """Return delays and alarms over the sessions of a scenario.

    ``at_rest``: alarms on clean rest. The bound of the alarm is computed at the rate of alarms
    raised, that of the telling at the rate told; half an alarm where none came.
    """
    out = LiveScore(scenario.name)
    rates = [max(n, 0.5) / at_rest.minutes for n in (at_rest.raised, at_rest.told)]
    bounds = [[lorden_bound_ms(muscle, rate) for rate in rates] for muscle in scenario.muscles]
    for number in range(sessions):
        session = make_session(scenario, number, bursts)
        signals = ours.condition(session.raw_uv)
        begin = time.process_time()
        heard = ours.live_onsets(signals)
        out.cpu_s += time.process_time() - begin
        out.signal_s += len(session.raw_uv) / RATE_HZ
        counts = np.zeros(3, dtype=np.int64)
        for c in range(2):
            counts += _score_channel(out, heard, c, session)
            out.bound_ms += [bounds[c][0]] * bursts
            out.told_bound_ms += [bounds[c][1]] * bursts
        busy_s = float(np.sum(session.offsets_s - session.onsets_s + TAIL_S))
        told, raised, repeats = (int(x) for x in counts)
        out.counts.append((told, raised, repeats, 2.0 * len(session.raw_uv) / RATE_HZ - busy_s))
    return out


def run_rest(rest: RestScenario, session: int, seconds: float) -> RestCount:
    """Return the alarms of the live detector in a session of rest."""
    heard = ours.live_onsets(ours.condition(rest_session(rest, SESSION_SEED, session, seconds)))
    told = sum(not o.final for o in heard.told)
    return RestCount(len(heard.raised), told, 2.0 * seconds / 60.0)


def _score_channel(
    out: LiveScore, heard: ours.LiveHeard, c: int, session: Session
) -> tuple[int, int, int]:
    """Enter every burst of a channel; return false onsets told, false alarms, repeats told."""
    first = [o for o in heard.told if o.channel == c and not o.final]
    final = {o.alarm_s: o for o in heard.told if o.channel == c and o.final}
    taken: set[float] = set()
    repeats = 0
    spans = zip(session.onsets_s[:, c].tolist(), session.offsets_s[:, c].tolist(), strict=True)
    busy = [(on - BEFORE_S, off + TAIL_S) for on, off in spans]
    for onset_s, (low_s, high_s) in zip(session.onsets_s[:, c].tolist(), busy, strict=True):
        within = [o for o in first if low_s <= o.alarm_s <= high_s]
        hits = [o for o in within if o.alarm_s <= onset_s + AFTER_S]
        taken |= {o.alarm_s for o in within}
        repeats += max(0, len(within) - 1)
        out.early.append(any(-EARLY_S <= o.alarm_s - onset_s < -BEFORE_S for o in first))
        hit = hits[0] if hits else None
        late = None if hit is None else final.get(hit.alarm_s)
        nothing = float("nan")
        out.delay_ms.append(nothing if hit is None else 1e3 * (hit.alarm_s - onset_s))
        out.told_ms.append(nothing if hit is None else 1e3 * (hit.decided_at_s - onset_s))
        out.first_ms.append(nothing if hit is None else 1e3 * (hit.onset_s - onset_s))
        out.final_ms.append(nothing if late is None else 1e3 * (late.onset_s - onset_s))
        out.covered.append(hit is not None and hit.low_s <= onset_s <= hit.high_s)
    told = sum(o.alarm_s not in taken for o in first)
    raised = sum(
        not any(low_s <= t_s <= high_s for low_s, high_s in busy)
        for channel, t_s in heard.raised
        if channel == c
    )
    return told, raised, repeats


def lorden_bound_ms(muscle: MuscleSpec, alarms_per_min: float) -> float:
    """Return the least mean delay of any causal detector at a false-alarm rate, milliseconds.

    First order: the smallest d whose information, summed over the samples since the onset, pays
    for ln(samples between false alarms). Spectra and rise are known to it; contaminants are not
    there.
    """
    f: FloatArray = np.linspace(1.0, RATE_HZ / 2.0, 500)
    tissue = muscle_power(muscle.low_hz, muscle.high_hz)(f)
    noise = noise_power(f)
    tissue, noise = tissue / np.mean(tissue), noise / np.mean(noise)
    rest = muscle.tone * tissue + (1.0 - muscle.tone) * noise
    top, low = 10.0 ** (muscle.snr_db / 20.0), np.sqrt(muscle.tone)
    t_s = np.arange(1, 1000) / RATE_HZ
    plain = replace(muscle, motor_units=False)
    parts = [replace(b, snr_db=0.0) for b in bursts_of(plain, "", 0.0)]
    e = low + (top - low) * np.max([envelope(b, t_s) for b in parts], axis=0)
    ratio = (e[:, None] ** 2 * tissue + (1.0 - muscle.tone) * noise) / rest
    information = np.cumsum(0.5 * np.mean(ratio - 1.0 - np.log(ratio), axis=1))
    wanted = np.log(RATE_HZ * 60.0 / alarms_per_min)
    return float(np.searchsorted(information, wanted) + 1)

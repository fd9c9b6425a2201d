"""The whole product as a stream: simulated bridges, and rest with everything on the electrodes.

Samples go through the pipeline as they would live; repetitions are the ones it finds itself. Every
repetition that was not planted counts, and so does every verdict that was taken back.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import OnsetFinding, RepetitionFinding, VerdictFinding
from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.simulation.contaminants import Contaminants
from firingorder.simulation.movement import NOMINAL_MOUNT_WXYZ, Pelvis, SacrumSensor
from firingorder.simulation.noise import generator
from firingorder.simulation.person import ALL_EIGHT, BACK, GLUTES, ScenarioSpec, draw_person
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.synth import EmgSynth
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.findings import Finding
    from firingorder.samples import FloatArray

BRIDGES = ("bridge", "bridge_mixed", "bridge_tone", "bridge_ecg", "bridge_motion")
EMG_HZ, IMU_HZ = 1000.0, 100.0
CHUNK_S = 0.1
#: A found repetition belongs to the planted one that moves within this of it.
SAME_S = 0.5
STREAM_SEED = 7_800_000
REST_SPEC = ScenarioSpec(
    "rest",
    (),
    tone=(0.3, 0.7),
    ecg_back=12.0,
    ecg_other=4.0,
    hum=2.0,
    wander=4.0,
    motion=8.0,
    tone_fluctuation=0.30,
)
MOTION_EVENTS_PER_MIN = 8.7


@dataclass(slots=True)
class StreamScore:
    """What the product said of one session. Leads in ms, glutes against back."""

    scenario: str
    seconds: float
    planted: int = 0
    found: int = 0
    extra: int = 0
    extra_bursts: int = 0
    live_onsets: int = 0
    lead_errors_ms: list[float] = field(default_factory=list[float])
    lead_truths_ms: list[float] = field(default_factory=list[float])
    lead_widths_ms: list[float] = field(default_factory=list[float])
    lead_inside: list[bool] = field(default_factory=list[bool])
    onset_errors_ms: list[float] = field(default_factory=list[float])
    onset_inside: list[bool] = field(default_factory=list[bool])
    onsets_missed: int = 0
    claims: int = 0
    wrong: int = 0
    together: int = 0
    unclear: int = 0
    reasons: dict[str, int] = field(default_factory=dict[str, int])
    early_claims: int = 0
    reversed: int = 0
    cpu_s: float = 0.0


def run_bridge(scenario: str, number: int, seconds: float) -> StreamScore:
    """Return the score of one session of bridges."""
    body = make_body(scenario, seed=STREAM_SEED + number)
    acc, gyr = body.imu(0, round(seconds * IMU_HZ))
    emg_uv = body.emg_uv(0, round(seconds * EMG_HZ))
    out = StreamScore(scenario, seconds)
    findings = _played(emg_uv, body.channels, (acc, gyr), out)
    planted = body.truth(duration_s=seconds - 2.0)["repetitions"]
    out.planted = len(planted)
    early = {
        f.index: f.verdict for f in findings if isinstance(f, VerdictFinding) and not f.revises
    }
    used: set[int] = set()
    for rep in findings:
        if isinstance(rep, RepetitionFinding) and rep.scored:
            _count(out, rep, planted, used)
            _count_reversal(out, early.get(rep.index), rep)
    return out


def run_stream_rest(number: int, seconds: float, *, with_imu: bool) -> StreamScore:
    """Return what the product found in a session in which nobody moves."""
    seed = STREAM_SEED + 5000 + number
    person = draw_person(REST_SPEC, generator(seed, "person"))
    rng = generator(seed, "moments")
    count = round(MOTION_EVENTS_PER_MIN * seconds / 60.0)
    moments_s = tuple(sorted(rng.uniform(0.0, seconds, count).tolist()))
    body = Contaminants(ALL_EIGHT, person.contaminants, seed, movements_s=moments_s)
    synth = EmgSynth(person.muscles, (), body, seed=seed, rate_hz=EMG_HZ)
    imu = None
    if with_imu:
        imu = SacrumSensor(Pelvis((), seed), seed=seed, rate_hz=IMU_HZ).read(
            0, round(seconds * IMU_HZ)
        )
    out = StreamScore("rest" if with_imu else "rest, EMG alone", seconds)
    findings = _played(synth.read(0, round(seconds * EMG_HZ)), ALL_EIGHT, imu, out)
    out.extra = sum(isinstance(f, RepetitionFinding) and f.scored for f in findings)
    return out


def _played(
    emg_uv: FloatArray,
    channels: tuple[str, ...],
    imu: tuple[FloatArray, FloatArray] | None,
    out: StreamScore,
) -> list[Finding]:
    """Return everything the pipeline says of a session."""
    layout = EmgLayout(EMG_HZ, channels)
    pelvis = None if imu is None else ImuLayout(IMU_HZ, NOMINAL_MOUNT_WXYZ)
    pipeline = Pipeline(Settings(), load_task("bridge"), layout, pelvis)
    step, slow = round(CHUNK_S * EMG_HZ), round(CHUNK_S * IMU_HZ)
    findings: list[Finding] = []
    begin = time.process_time()
    for k in range(0, len(emg_uv), step):
        part = emg_uv[k : k + step]
        quiet = np.zeros(part.shape, dtype=np.bool_)
        findings += pipeline.step(EmgChunk(k, k / EMG_HZ, EMG_HZ, part, quiet))
        if imu is not None:
            j = k // step * slow
            acc, gyr = (x[j : j + slow] for x in imu)
            findings += pipeline.step(ImuChunk(j, j / IMU_HZ, IMU_HZ, acc, gyr))
        pipeline.take_display()
    findings += pipeline.finish()
    out.cpu_s = time.process_time() - begin
    out.live_onsets = sum(isinstance(f, OnsetFinding) for f in findings)
    return findings


def _count(
    out: StreamScore,
    rep: RepetitionFinding,
    planted: list[dict[str, object]],
    used: set[int],
) -> None:
    moved_s = rep.movement_onset_s
    same = [
        k
        for k, one in enumerate(planted)
        if moved_s is not None and abs(float(one["movement_onset_s"]) - moved_s) < SAME_S  # type: ignore[arg-type]
    ]
    if not same or same[0] in used:
        out.extra += 1
        return
    used.add(same[0])
    out.found += 1
    truth: dict[str, dict[str, float]] = planted[same[0]]["channels"]  # type: ignore[assignment]
    onsets = {name: one["onset_s"] for name, one in truth.items()}
    for name, found in rep.onsets.items():
        if found is None:
            out.onsets_missed += 1
            continue
        out.onset_errors_ms.append(1e3 * (found.onset_s - onsets[name]))
        out.onset_inside.append(found.low_s <= onsets[name] <= found.high_s)
    counts: dict[str, int] = {}
    for burst in rep.bursts:
        counts[burst.channel] = counts.get(burst.channel, 0) + 1
    out.extra_bursts += sum(count - 1 for count in counts.values())
    _count_verdict(out, rep, onsets)


def _count_verdict(out: StreamScore, rep: RepetitionFinding, onsets: dict[str, float]) -> None:
    sides = ("left", "right") if rep.sides == "both" else (rep.sides,)
    back = min(onsets[name] for name in BACK if name.endswith(sides))
    glutes = min(onsets[name] for name in GLUTES if name.endswith(sides) and "maximus" in name)
    true_ms = 1e3 * (back - glutes)
    if rep.lead_ms is not None and rep.low_ms is not None and rep.high_ms is not None:
        out.lead_errors_ms.append(rep.lead_ms - true_ms)
        out.lead_truths_ms.append(true_ms)
        out.lead_widths_ms.append(rep.high_ms - rep.low_ms)
        out.lead_inside.append(rep.low_ms <= true_ms <= rep.high_ms)
    if rep.verdict in ("glutes_first", "back_first"):
        out.claims += 1
        out.wrong += (rep.verdict == "glutes_first") != (true_ms > 0.0)
    elif rep.verdict == "together":
        out.together += 1
    else:
        out.unclear += 1
        reason = rep.reason or "unknown"
        out.reasons[reason] = out.reasons.get(reason, 0) + 1


def _count_reversal(out: StreamScore, early: str | None, rep: RepetitionFinding) -> None:
    """Count claims that were told early and are another claim in the end."""
    if early is None or early == "unclear":
        return
    out.early_claims += 1
    out.reversed += rep.verdict not in (early, "unclear")

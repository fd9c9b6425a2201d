"""A simulated body through the product's pipeline, as a belt would send it: cues and sets too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding, RepetitionFinding
from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.pose_segmenter import RISING
from firingorder.signal.repetitions import Cue
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import RESULT_ONLY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import Finding, SetFinding
    from firingorder.signal.reference import PersonalReference
    from firingorder.signal.task import TaskSpec
    from firingorder.simulation.worn_body import ScenarioBody

EMG_HZ, IMU_HZ = 1000.0, 100.0
CHUNK_S = 0.1
#: Phase words of the screen, and the phases of the result that they announce; what goes down
#: first comes up again.
LIVE = {"lift": "away", "hold": "far_from", "lower": "back", "rest": "end"}
LIVE_DOWN = {"lower": "away", "hold": "far_from", "lift": "back", "rest": "end"}


@dataclass(frozen=True, slots=True)
class LivePhase:
    """A phase as the screen had it: which repetition, when it began, when it was told."""

    index: int
    name: str
    at_s: float
    told_s: float


@dataclass(slots=True)
class Played:
    """What the product made of a session."""

    seconds: float
    repetitions: list[RepetitionFinding] = field(default_factory=list["RepetitionFinding"])
    live: list[LivePhase] = field(default_factory=list["LivePhase"])
    sets: tuple[SetFinding, ...] = ()


def play(
    body: ScenarioBody,
    task: TaskSpec,
    seconds: float,
    *,
    start_s: float = 0.0,
    with_imu: bool = True,
    reference: PersonalReference | None = None,
    cues: Sequence[Cue] = (),
    new_sets_s: Sequence[float] = (),
) -> Played:
    """Return what the product finds from ``start_s`` on, times of the body throughout."""
    imu_hz = body.imu_rate_hz
    imu = None
    if with_imu and imu_hz is not None and body.nominal_mount_wxyz is not None:
        imu = ImuLayout(imu_hz, body.nominal_mount_wxyz)
    emg = EmgLayout(body.emg_rate_hz, body.channels)
    pipeline = Pipeline(Settings(), task, emg, imu, reference, wanted=RESULT_ONLY)
    out = Played(seconds)
    down = imu is not None and task.template == "HINGE" and task.id not in RISING
    words = LIVE_DOWN if down else LIVE
    told = _Told(sorted(cues, key=lambda one: one.at_s), sorted(new_sets_s))
    n, m = round(CHUNK_S * body.emg_rate_hz), round(CHUNK_S * (imu_hz or 0.0))
    quiet = np.zeros((n, len(body.channels)), dtype=np.bool_)
    first_emg, first_imu = round(start_s * body.emg_rate_hz), round(start_s * (imu_hz or 0.0))
    for k in range(round(seconds / CHUNK_S)):
        at_s = k * CHUNK_S
        findings = told.due(pipeline, start_s + at_s, start_s)
        part = body.emg_uv(first_emg + k * n, n)
        findings += pipeline.step(EmgChunk(k * n, at_s, body.emg_rate_hz, part, quiet))
        if imu is not None:
            acc, gyr = body.imu(first_imu + k * m, m)
            findings += pipeline.step(ImuChunk(k * m, at_s, imu.rate_hz, acc, gyr))
        _sort(findings, out, words, start_s, start_s + at_s + CHUNK_S)
    _sort(pipeline.finish(), out, words, start_s, start_s + seconds)
    out.sets = pipeline.sets()
    return out


@dataclass(slots=True)
class _Told:
    """Cues and new sets that are still to come."""

    cues: list[Cue]
    sets_s: list[float]

    def due(self, pipeline: Pipeline, now_s: float, start_s: float) -> list[Finding]:
        findings: list[Finding] = []
        while self.sets_s and self.sets_s[0] <= now_s:
            at_s = self.sets_s.pop(0)
            if at_s >= start_s:
                findings += pipeline.control("next_set")
        while self.cues and self.cues[0].at_s <= now_s:
            one = self.cues.pop(0)
            if one.at_s >= start_s:
                findings += pipeline.cue(Cue(one.kind, one.at_s - start_s, one.side))
        return findings


def _sort(
    findings: list[Finding], out: Played, words: dict[str, str], start_s: float, now_s: float
) -> None:
    for one in findings:
        if isinstance(one, RepetitionFinding):
            out.repetitions.append(one)
        elif isinstance(one, PhaseFinding):
            name = words[one.phase]
            out.live.append(LivePhase(one.index, name, one.at_s + start_s, now_s))

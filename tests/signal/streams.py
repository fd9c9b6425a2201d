"""Streams for the tests of the signal chain: a scenario's samples as items, cut in any way."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import Finding, RepetitionFinding, VerdictFinding
from firingorder.samples import ContactReport, EmgChunk, EmgLayout, Gap, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.samples import BoolArray, FloatArray
    from firingorder.simulation.scenarios import ScenarioBody

Item = EmgChunk | ImuChunk | Gap | ContactReport

#: Samples per frame of the reference device: 20 ms of EMG.
FRAME_S = 0.020


def emg_chunk(
    index0: int, rate_hz: float, emg_uv: FloatArray, saturated: BoolArray | None = None
) -> EmgChunk:
    """A chunk on the nominal clock."""
    flags = np.zeros(emg_uv.shape, dtype=np.bool_) if saturated is None else saturated
    return EmgChunk(index0, index0 / rate_hz, rate_hz, emg_uv, flags)


def body_items(body: ScenarioBody, duration_s: float, *, imu: bool = True) -> list[Item]:
    """The items of a loss-free session: EMG and IMU frames in the order of their ends."""
    rate = body.emg_rate_hz
    total = round(duration_s * rate)
    size = round(FRAME_S * rate)
    emg = body.emg_uv(0, total)
    items: list[tuple[float, Item]] = [
        ((k + size) / rate, emg_chunk(k, rate, emg[k : k + size])) for k in range(0, total, size)
    ]
    off = (False,) * len(body.channels)
    for second in range(round(duration_s)):
        now = body.lead_off(float(second))
        if now != off:
            items.append((second + 0.001, ContactReport(float(second), now)))
            off = now
    if imu and body.imu_rate_hz is not None:
        imu_rate = body.imu_rate_hz
        count = round(duration_s * imu_rate)
        acc, gyr = body.imu(0, count)
        items += [
            (
                (k + 2) / imu_rate,
                ImuChunk(k, k / imu_rate, imu_rate, acc[k : k + 2], gyr[k : k + 2]),
            )
            for k in range(0, count, 2)
        ]
    return [item for _, item in sorted(items, key=lambda entry: entry[0])]


def recut(items: list[Item], rng: np.random.Generator) -> list[Item]:
    """The same samples in other chunks: cut at random places, with empty chunks between."""
    out: list[Item] = []
    for item in items:
        if not isinstance(item, EmgChunk | ImuChunk):
            out.append(item)
            continue
        n = len(item.emg_uv) if isinstance(item, EmgChunk) else len(item.acc_m_s2)
        cuts = sorted({0, n, *rng.integers(0, n + 1, size=int(rng.integers(0, 3))).tolist()})
        for a, b in itertools.pairwise(cuts):
            out.append(part(item, a, b))
        if rng.uniform() < 0.1:
            out.append(part(item, n, n))
    return out


def joined(items: list[Item]) -> list[Item]:
    """The same samples in chunks as large as neighbours without a gap allow."""
    out: list[Item] = []
    for item in items:
        last = out[-1] if out else None
        if (
            isinstance(item, EmgChunk)
            and isinstance(last, EmgChunk)
            and last.index0 + len(last.emg_uv) == item.index0
        ):
            out[-1] = replace(
                last,
                emg_uv=np.concatenate([last.emg_uv, item.emg_uv]),
                saturated=np.concatenate([last.saturated, item.saturated]),
            )
        else:
            out.append(item)
    return out


def part(item: EmgChunk | ImuChunk, a: int, b: int) -> EmgChunk | ImuChunk:
    """Samples a .. b - 1 of a chunk."""
    index0, t0_s = item.index0 + a, item.t0_s + a / item.rate_hz
    if isinstance(item, EmgChunk):
        return replace(
            item,
            index0=index0,
            t0_s=t0_s,
            emg_uv=item.emg_uv[a:b],
            saturated=item.saturated[a:b],
        )
    return replace(
        item,
        index0=index0,
        t0_s=t0_s,
        acc_m_s2=item.acc_m_s2[a:b],
        gyr_rad_s=item.gyr_rad_s[a:b],
    )


def pipeline_for(
    body: ScenarioBody, *, imu: bool = True, settings: Settings | None = None, skew_s: float = 0.0
) -> Pipeline:
    """The pipeline of a bridge for a body's montage."""
    layout = None
    if imu and body.imu_rate_hz is not None and body.nominal_mount_wxyz is not None:
        layout = ImuLayout(body.imu_rate_hz, body.nominal_mount_wxyz)
    return Pipeline(
        settings or Settings(),
        load_task("bridge"),
        EmgLayout(body.emg_rate_hz, body.channels, skew_s),
        layout,
    )


def run(pipeline: Pipeline, items: Sequence[Item]) -> list[Finding]:
    """All findings of the items, with those of the end."""
    findings: list[Finding] = []
    for item in items:
        findings += pipeline.step(item)
    return findings + pipeline.finish()


def repetitions(findings: list[Finding]) -> list[RepetitionFinding]:
    """The repetitions among findings."""
    return [one for one in findings if isinstance(one, RepetitionFinding)]


def verdicts(findings: list[Finding]) -> list[VerdictFinding]:
    """The verdicts among findings."""
    return [one for one in findings if isinstance(one, VerdictFinding)]

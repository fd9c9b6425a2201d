"""What only those who watch need is left out of an analysis; the result is the same to the bit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.findings import OnsetFinding, VerdictFinding
from firingorder.samples import EmgChunk, EmgLayout, ImuLayout
from firingorder.signal.case import decide
from firingorder.signal.conditioning import Conditioner, ConditioningParams, RawBlock
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import RESULT_ONLY
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from tests.signal.streams import Item, body_items, emg_chunk, joined, repetitions, run

if TYPE_CHECKING:
    from firingorder.findings import Finding, RepetitionFinding
    from firingorder.samples import FloatArray

RATE_HZ = 1000.0
FOUR = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "erector_spinae_left",
    "erector_spinae_right",
)
TWO = ("gluteus_maximus_left", "erector_spinae_left")
#: Judged elsewhere, as late as it may be: when somebody asks for the decision.
LATE = replace(RESULT_ONLY, beside=lambda case: lambda: decide(case))


def spoilt(items: list[Item]) -> list[Item]:
    """Hum on all, NaN and clipped samples here and there, half a second of lost packets."""
    rng = np.random.default_rng(5)
    out: list[Item] = []
    for item in items:
        if not isinstance(item, EmgChunk):
            out.append(item)
            continue
        t_s = (item.index0 + np.arange(len(item.emg_uv))) / item.rate_hz
        if 8.0 <= t_s[0] < 8.5:
            continue
        emg_uv = item.emg_uv + 12.0 * np.sin(2.0 * np.pi * 50.03 * t_s)[:, None]
        saturated = item.saturated.copy()
        if rng.uniform() < 0.005:
            emg_uv[int(rng.integers(len(emg_uv))) :, int(rng.integers(emg_uv.shape[1]))] = np.nan
        if rng.uniform() < 0.005:
            saturated[3:9, 1] = True
        out.append(replace(item, emg_uv=emg_uv, saturated=saturated))
    return out


def result(
    pipeline: Pipeline, items: list[Item]
) -> tuple[list[RepetitionFinding], tuple[object, ...], list[Finding]]:
    """Everything that a result is made of, and what else was told."""
    pipeline.keep_posteriors()
    findings = run(pipeline, items)
    posteriors = {
        index: {name: (one.t0_s, one.p.tobytes()) for name, one in by_name.items()}
        for index, by_name in pipeline.posteriors().items()
    }
    made = (pipeline.sets(), pipeline.channels(), pipeline.accounts(), posteriors)
    return repetitions(findings), made, findings


def told(findings: list[Finding], kind: type) -> int:
    """How many findings of a kind there are."""
    return sum(isinstance(one, kind) for one in findings)


@pytest.mark.parametrize("imu", [False, True])
def test_a_spoilt_session_gives_the_same_result_with_nobody_watching(*, imu: bool) -> None:
    """Live in frames of 20 ms, against pieces as long as neighbours allow and nothing to watch."""
    body = make_body("bridge_mixed", seed=31, channels=FOUR)
    assert body.imu_rate_hz is not None
    mount = body.nominal_mount_wxyz or (1.0, 0.0, 0.0, 0.0)
    layout = ImuLayout(body.imu_rate_hz, mount) if imu else None
    task, emg = load_task("bridge"), EmgLayout(RATE_HZ, FOUR)
    items = spoilt(body_items(body, 22.0, imu=imu))
    live = Pipeline(Settings(), task, emg, layout)
    alone = Pipeline(Settings(), task, emg, layout, wanted=RESULT_ONLY)
    reps, made, findings = result(live, items)
    reps_alone, made_alone, findings_alone = result(alone, joined(items))
    assert len(reps) >= 2
    assert (reps_alone, made_alone) == (reps, made)
    assert told(findings, OnsetFinding) > 0
    assert told(findings_alone, OnsetFinding) == 0
    late = Pipeline(Settings(), task, emg, layout, wanted=LATE)
    assert result(late, joined(items))[:2] == (reps, made)
    first = next(one for one in findings if isinstance(one, VerdictFinding))
    first_alone = next(one for one in findings_alone if isinstance(one, VerdictFinding))
    assert first.index == first_alone.index
    assert first.decided_at_s < first_alone.decided_at_s
    assert live.take_display()[0]
    assert not alone.take_display()[0]


def bursts(*spans_s: tuple[float, float], total_s: float) -> FloatArray:
    """White noise that is 30 dB louder within the spans, each channel 40 ms after the last."""
    rng = np.random.default_rng(7)
    emg_uv = rng.normal(size=(round(total_s * RATE_HZ), len(TWO))) * 2.0
    for k in range(len(TWO)):
        for begin, end in spans_s:
            emg_uv[round((begin + 0.04 * k) * RATE_HZ) : round(end * RATE_HZ), k] *= 30.0
    return emg_uv


@pytest.mark.parametrize(
    ("spans_s", "total_s"),
    [
        (((6.0, 41.0), (46.0, 48.0)), 50.0),  # its start has left the history long before its end
        (((6.0, 24.5), (29.0, 30.5)), 32.0),  # the history keeps less than the beats are sought in
        (((1.2, 3.0), (6.0, 6.7)), 6.8),  # no rest before the first, no end of the second
    ],
)
def test_starts_that_have_left_the_history_are_judged_as_early(
    spans_s: tuple[tuple[float, float], ...], total_s: float
) -> None:
    task, emg = load_task("bridge"), EmgLayout(RATE_HZ, TWO)
    samples = bursts(*spans_s, total_s=total_s)
    frames: list[Item] = [
        emg_chunk(k, RATE_HZ, samples[k : k + 20]) for k in range(0, len(samples), 20)
    ]
    pieces: list[Item] = [
        emg_chunk(k, RATE_HZ, samples[k : k + 1000]) for k in range(0, len(samples), 1000)
    ]
    reps, made, _ = result(Pipeline(Settings(), task, emg, None), frames)
    assert len(reps) >= 1
    for wanted in (RESULT_ONLY, LATE):
        alone = Pipeline(Settings(), task, emg, None, wanted=wanted)
        assert result(alone, pieces)[:2] == (reps, made)


def steered(pipeline: Pipeline, items: list[Item], *, every: int) -> list[Finding]:
    """Run with a control now and then: another margin, a new set, a pause, the task of now."""
    findings: list[Finding] = []
    for k, item in enumerate(items):
        findings += pipeline.step(item)
        match k / every:
            case 1 | 2 | 3 | 4 as step:
                margin_ms = 60.0 if step % 2 else 10.0
                findings += pipeline.control("setting", name="together_margin_ms", value=margin_ms)
            case 5:
                findings += pipeline.control("next_set")
            case 6:
                findings += pipeline.control("pause")
                findings += pipeline.control("resume")
            case 7:
                findings += pipeline.begin_task(pipeline.task)
            case _:
                pass
    return findings + pipeline.finish()


def test_what_is_judged_late_stays_in_its_set_and_with_its_margin() -> None:
    samples = bursts(*((2.0 + 4.0 * k, 3.6 + 4.0 * k) for k in range(12)), total_s=51.0)
    pieces: list[Item] = [
        emg_chunk(k, RATE_HZ, samples[k : k + 500]) for k in range(0, len(samples), 500)
    ]
    task, emg = load_task("bridge"), EmgLayout(RATE_HZ, TWO)
    made: list[object] = []
    for wanted in (RESULT_ONLY, LATE):
        one = Pipeline(Settings(), task, emg, None, wanted=wanted)
        found = repetitions(steered(one, pieces, every=11))
        made.append((found, one.sets(), one.channels(), one.accounts()))
    assert made[0] == made[1]
    assert len({one.set_index for one in found}) == 3
    assert len({one.forecast for one in found}) >= 5


def test_blocks_filtered_together_are_those_filtered_one_by_one() -> None:
    rng = np.random.default_rng(11)
    emg_uv = rng.normal(size=(4000, 3)) * 10.0
    emg_uv += 30.0 * np.sin(2.0 * np.pi * 50.0 * np.arange(4000) / RATE_HZ)[:, None]
    emg_uv[1703:1805, 1] = np.nan
    emg_uv[2600:2700] = np.nan
    saturated = rng.uniform(size=emg_uv.shape) < 0.002
    params = ConditioningParams()
    blocks = [
        RawBlock(k, emg_uv[k : k + 20], saturated[k : k + 20]) for k in range(0, len(emg_uv), 20)
    ]
    single = Conditioner(params, RATE_HZ, 3)
    one_by_one = [single.step(block) for block in blocks]
    for size in (7, 50, len(blocks)):
        together = Conditioner(params, RATE_HZ, 3)
        found = [
            block
            for first in range(0, len(blocks), size)
            for block in together.steps(blocks[first : first + size])
        ]
        for expected, got in zip(one_by_one, found, strict=True):
            assert got.index0 == expected.index0
            for name in ("emg_uv", "valid", "missing", "saturated", "raw_uv", "low_uv", "hum_uv"):
                a, b = getattr(expected, name), getattr(got, name)
                assert np.array_equal(a, b, equal_nan=name == "raw_uv"), name

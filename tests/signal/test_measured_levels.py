"""Repetitions as they are measured: what is rest before them, what an angle may be off by."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.findings import RepetitionFinding
from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import RESULT_ONLY
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

SEED = 7


def done(
    name: str, seconds: int, options: str = "person=clean"
) -> tuple[ExerciseBody, list[RepetitionFinding]]:
    print(f"seed {SEED}, {name}")
    body = make_body(f"{name}?{options}", seed=SEED)
    assert isinstance(body, ExerciseBody)
    assert body.nominal_mount_wxyz is not None
    pipeline = Pipeline(
        Settings(),
        load_task(name),
        EmgLayout(1000.0, body.channels),
        ImuLayout(100.0, body.nominal_mount_wxyz),
        wanted=RESULT_ONLY,
    )
    quiet = np.zeros((1000, len(body.channels)), dtype=np.bool_)
    found: list[object] = []
    for k in range(seconds):
        found += pipeline.step(ImuChunk(100 * k, float(k), 100.0, *body.imu(100 * k, 100)))
        emg_uv = body.emg_uv(1000 * k, 1000)
        found += pipeline.step(EmgChunk(1000 * k, float(k), 1000.0, emg_uv, quiet))
    found += pipeline.finish()
    return body, [one for one in found if isinstance(one, RepetitionFinding)]


def test_a_short_rest_between_squats_is_not_taken_for_the_squat_before() -> None:
    body, reps = done("squat", 22)
    rest_uv = {muscle.name: muscle.rest_uv for muscle in body.person.muscles}
    assert len(reps) >= 3
    for planted, one in zip(body.true_repetitions, reps, strict=False):
        level = {m.subject: m.value for m in one.metrics if m.name == "rms_up"}
        for burst in planted.bursts:
            plateau_uv = rest_uv[burst.channel] * burst.level * 10.0 ** (burst.snr_db / 20.0)
            # The way up has the rise of the burst in it, and plateaus wander.
            assert level[burst.channel] == pytest.approx(plateau_uv, rel=0.45), burst.channel


def test_who_walks_on_without_a_rest_has_levels_against_the_one_before_the_walk() -> None:
    _, reps = done("gait", 25)
    levels = [m for one in reps for m in one.metrics if m.name == "rms_stance"]
    assert len(levels) > 100
    assert sum(m.value is not None for m in levels) > 0.9 * len(levels)


def test_without_a_calibration_the_mounting_is_in_the_error_of_an_angle() -> None:
    """Ten degrees off its place a sensor turns a lift into a rotation that was none."""
    body, reps = done("hip_thrust", 25, "person=clean&mount=10")
    assert reps
    for one in reps:
        true = min(body.true_repetitions, key=lambda rep: abs(rep.away_s - one.start_s)).range
        assert true is not None
        for name, planted in (("rotation", true.rotation_deg), ("obliquity", true.obliquity_deg)):
            (told,) = (m for m in one.metrics if m.name == f"{name}_peak_top")
            if told.value is None:
                continue
            assert told.low is not None
            assert told.high is not None
            assert told.low <= max(planted)
            assert told.high >= min(planted)
            assert told.high - told.low > 4.0

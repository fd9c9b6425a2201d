"""Angles from a sensor or a start that cannot be believed are left out, and a sentence says so."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.findings import RepetitionFinding
from firingorder.measures import Metric
from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.sensor_state import SensorState
from firingorder.signal.sensor_story import SensorStory
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import RESULT_ONLY
from firingorder.signal.working_side import WorkingSide
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.findings import Sides

SEED = 4
SECONDS = 22
FIELDS = (
    "saturated", "stuck", "time_jumped", "rate_wrong", "gravity_wrong", "bias_wrong", "loose",
)  # fmt: skip


@cache
def done(
    scenario: str, task: str, side: Sides | None = None
) -> tuple[tuple[RepetitionFinding, ...], str]:
    """Return the repetitions of a simulated person and the warnings as one text."""
    body = make_body(scenario, seed=SEED)
    assert body.nominal_mount_wxyz is not None
    pipeline = Pipeline(
        Settings(),
        load_task(task, working_side=side),
        EmgLayout(1000.0, body.channels),
        ImuLayout(100.0, body.nominal_mount_wxyz),
        wanted=RESULT_ONLY,
    )
    quiet = np.zeros((100, len(body.channels)), dtype=np.bool_)
    found: list[object] = []
    for k in range(10 * SECONDS):
        emg = body.emg_uv(100 * k, 100)
        found += pipeline.step(EmgChunk(100 * k, 0.1 * k, 1000.0, emg, quiet))
        found += pipeline.step(ImuChunk(10 * k, 0.1 * k, 100.0, *body.imu(10 * k, 10)))
    found += pipeline.finish()
    text = " ".join(pipeline.warnings)
    print(f"seed {SEED}: {scenario} as {task}: {text}")
    return tuple(one for one in found if isinstance(one, RepetitionFinding)), text


@pytest.mark.parametrize("scenario", ["squat?person=clean", "clam?person=clean"])
def test_a_good_sensor_is_not_spoken_of(scenario: str) -> None:
    reps, text = done(scenario, scenario.partition("?")[0])
    assert reps
    assert all(one.pelvis is not None for one in reps)
    assert text == ""


@pytest.mark.parametrize(("scenario", "task", "words"), [
    ("squat?imu=upside_down", "squat", "upside down"),
    ("clam?imu=upside_down", "clam", "upside down"),
    ("bridge", "clam", "not in the position of Clam"),
    ("squat?mount=60", "squat", "sat turned"),
    ("bridge?imu=saturated", "bridge", "end of its range"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_no_angle_told(scenario: str, task: str, words: str) -> None:
    reps, text = done(scenario, task)
    assert words in text
    for one in reps:
        angles = [m for m in one.metrics if m.code == "B14"]
        assert one.pelvis is None
        assert not [m for m in angles if m.value is not None]
        assert not {"twist", "open", "tilt", "tuck", "drop"} & set(one.compensations)


def test_lying_on_the_other_side_is_noticed() -> None:
    _, text = done("clam?side=right&person=clean", "clam", "left")
    assert "lay on the other side" in text
    assert "the glutes of the right side" in text


def level(channel: str, value: float) -> Metric:
    return Metric("B10", "rms_up", channel, value, "uV", value, value)


@pytest.mark.parametrize(("ratios", "asked"), [
    ((2.0, 3.0, 2.5), True), ((2.0,), False), ((0.8, 0.9, 4.0), False), ((1.2, 1.3, 1.4), False),
])  # fmt: skip
def test_the_side_that_works_is_asked_about(ratios: tuple[float, ...], asked: bool) -> None:
    side = WorkingSide(load_task("lunge", working_side="left"))
    both = WorkingSide(load_task("squat"))
    for ratio in ratios:
        levels = [level("gluteus_maximus_left", 20.0), level("gluteus_maximus_right", 20.0 * ratio)]
        side.step([*levels, level("erector_spinae_right", 900.0)])
        side.step(levels[:1])  # says nothing
        both.step(levels)
    assert ("right side were" in " ".join(side.warnings)) is asked
    assert both.warnings == ()


@pytest.mark.parametrize("field", FIELDS)
def test_each_fault_of_the_sensor_has_its_sentence(field: str) -> None:
    story = SensorStory(load_task("squat"))
    story.look(SensorState())
    assert story.sentences() == ()
    story.look(replace(SensorState(), **{field: True}))
    story.look(SensorState())
    (said,) = story.sentences()
    assert said.startswith("The ")
    assert ":" in said

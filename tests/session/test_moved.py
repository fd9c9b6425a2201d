"""A person who moves and gets no repetition is told so."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.session.arrays import ImuSamples, analyse_samples
from firingorder.session.remarks import MOVED_WARNING, NOTHING_WARNING, UNCUED_WARNING
from firingorder.signal.settings import Settings
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

SECONDS = 40


@pytest.mark.parametrize(("scenario", "backwards", "told"), [
    ("bridge", True, True), ("bridge", False, False), ("rest", False, False),
])  # fmt: skip
def test_movement_without_repetitions_is_told(scenario: str, backwards: bool, told: bool) -> None:
    body = make_body(scenario, seed=5)
    acc, gyr = body.imu(0, SECONDS * 100)
    mount = body.nominal_mount_wxyz
    assert mount is not None
    if backwards:  # turned by half a turn about the pelvis' vertical axis
        w, x, y, z = mount
        mount = (-z, -y, x, w)
    result = analyse_samples(
        body.emg_uv(0, SECONDS * 1000),
        1000.0,
        body.channels,
        task=load_task("bridge"),
        settings=Settings(),
        imu=ImuSamples(np.asarray(acc), np.asarray(gyr), 100.0, 0.0, mount),
    )
    name = load_task("bridge").name
    assert (MOVED_WARNING.format(name=name) in result.warnings) == told
    assert (NOTHING_WARNING.format(name=name) in result.warnings) == (scenario == "rest")
    assert (len(result.repetitions) > 0) == (scenario == "bridge" and not backwards)


@pytest.mark.parametrize(("task", "seconds", "words"), [
    ("release_quiet", SECONDS, UNCUED_WARNING), ("clam", SECONDS, NOTHING_WARNING), ("clam", 8, ""),
])  # fmt: skip
def test_rest_is_told_by_what_the_exercise_goes_by(task: str, seconds: int, words: str) -> None:
    body = make_body("rest", seed=5)
    spec = load_task(task)
    emg_uv = body.emg_uv(0, seconds * 1000)
    result = analyse_samples(emg_uv, 1000.0, body.channels, task=spec, settings=Settings())
    assert result.repetitions == ()
    told = [one for one in result.warnings if one.startswith("No repetition")]
    assert told == ([words.format(name=spec.name)] if words else [])

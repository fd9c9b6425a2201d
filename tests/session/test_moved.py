"""A person who moves and gets no repetition is told so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.session.arrays import ImuSamples, analyse_samples
from firingorder.session.remarks import (
    EMG_WARNING,
    MOVED_WARNING,
    NOTHING_WARNING,
    STILL_WARNING,
    UNCUED_WARNING,
)
from firingorder.signal.settings import Settings
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.session.results import Analysis
    from firingorder.simulation.body import Body

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
    ("release_quiet", SECONDS, UNCUED_WARNING), ("clam", SECONDS, STILL_WARNING),
    ("bridge", SECONDS, EMG_WARNING), ("clam", 8, ""), ("bridge", 8, ""),
])  # fmt: skip
def test_rest_is_told_by_what_the_exercise_goes_by(task: str, seconds: int, words: str) -> None:
    """Without a motion sensor "nothing moved" is not known, and is no reason."""
    found = analysed(make_body("rest", seed=5), task, seconds, Settings())
    told = [one for one in found.warnings if one.startswith("No repetition")]
    name = load_task(task).name
    assert told == ([words.format(name=name, first_db=15.0, least_db=10.0)] if words else [])


def test_bursts_too_weak_to_be_found_are_told_with_the_limit_in_force() -> None:
    body = make_body("bridge", seed=5, imu_rate_hz=None)
    params = replace(Settings().emg_repetitions, first_range_db=71.0, least_range_db=70.5)
    settings = replace(Settings(), emg_repetitions=params)
    (told,) = [one for one in analysed(body, "bridge", SECONDS, settings).warnings if "dB" in one]
    assert "71 dB over rest to be the first, 70.5 dB after that" in told
    assert "need a motion sensor on the pelvis, or better contact" in told
    assert "nothing moved" not in told
    found = analysed(body, "bridge", SECONDS, Settings())
    assert found.repetitions
    assert not [one for one in found.warnings if "dB" in one]


def test_the_first_page_says_how_strong_bursts_must_be() -> None:
    params = Settings().emg_repetitions
    page = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    limit = f"{params.first_range_db:g} dB over rest ({params.least_range_db:g} dB once"
    assert f"sought in the EMG, and found where a burst stands {limit}" in page


def analysed(body: Body, task: str, seconds: int, settings: Settings) -> Analysis:
    emg_uv = body.emg_uv(0, seconds * 1000)
    return analyse_samples(emg_uv, 1000.0, body.channels, task=load_task(task), settings=settings)

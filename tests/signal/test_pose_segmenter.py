"""Which segmenter a task gets, and what all of them have in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firingorder.signal.pose_segmenter import make_pose_segmenter, needs_sensor
from firingorder.signal.repetitions import RepetitionCounter
from tests.signal.planted_poses import Path, ends, find, task

SEED = 4
KINDS = {
    ("bridge", "PITCH_LIFT"): "PitchLift",
    ("squat", "HINGE"): "Hinge",
    ("lunge", "HINGE"): "HeightHinge",
    ("sit_to_stand", "HINGE"): "Rise",
    ("step_up", "HINGE"): "Rise",
    ("gait", "STEP"): "Steps",
    ("side_step", "STEP"): "SideSteps",
    ("stand_shift", "STEP"): "WeightShift",
    ("land_absorb", "IMPACT"): "Impact",
    ("one_leg_stand", "BALANCE"): "OneLeg",
}


def busy_path(rng: np.random.Generator) -> Path:
    """Somebody who squats, shifts, steps and turns, in no order."""
    path = Path()
    for _ in range(14):
        axis = rng.choice(["tilt", "obliquity", "rotation"])
        deg, aside, up = rng.uniform(-35, 35), rng.uniform(-0.1, 0.1), rng.uniform(-0.3, 0.0)
        seconds = rng.uniform(0.4, 1.5)
        path.move(seconds, "smooth", **{str(axis): deg, "left": aside, "up": up}).wait(
            rng.uniform(0, 1)
        )
        path.move(seconds, "smooth", **{str(axis): -deg, "left": -aside, "up": -up}).wait(
            rng.uniform(0, 2)
        )
    return path


@pytest.mark.parametrize(("name", "template"), KINDS)
def test_each_task_has_its_own_and_none_breaks(name: str, template: str) -> None:
    one = task(name, template, side="left" if template == "BALANCE" else "both")  # type: ignore[arg-type]
    samples = busy_path(np.random.default_rng(SEED)).poses(np.random.default_rng(SEED))
    for k in (1500, 2900):
        samples[k] = (samples[k][0], replace(samples[k][1], restarted=True))
    counter = RepetitionCounter(3)
    segmenter = make_pose_segmenter(one, 100.0, None, counter)
    assert segmenter is not None
    assert type(segmenter).__name__ == KINDS[name, template]
    found = ends(find(segmenter, samples))
    found += ends(segmenter.abort("recording_ended"))
    again = make_pose_segmenter(one, 100.0, None, RepetitionCounter(3))
    assert again is not None
    repeated = ends(find(again, samples)) + ends(again.abort("recording_ended"))
    assert repeated == found
    # Numbers go on from the session's, one by one.
    assert [end.index for end in found] == list(range(4, 4 + len(found)))
    assert counter.count == 3 + len(found)
    for end in found:
        assert end.phases is not None
        assert end.phases.end_s >= end.phases.away_s
        assert end.decided_at_s >= end.end_s - 1e-9
    assert not segmenter.busy
    segmenter.new_set()


def test_muscles_and_cues_find_the_others() -> None:
    assert make_pose_segmenter(task("clam", "STILL_LIMB"), 100.0) is None
    assert make_pose_segmenter(task("iso_sit", "CUED_HOLD"), 100.0) is None


def test_what_cannot_be_done_without_a_sensor_is_said() -> None:
    assert needs_sensor(task("bridge", "PITCH_LIFT")) is None
    assert needs_sensor(task("squat", "HINGE")) is None
    assert needs_sensor(task("clam", "STILL_LIMB")) is None
    for name, template in (("gait", "STEP"), ("land_absorb", "IMPACT"), ("side_plank", "BALANCE")):
        text = needs_sensor(task(name, template))  # type: ignore[arg-type]
        assert text is not None
        assert "motion sensor" in text

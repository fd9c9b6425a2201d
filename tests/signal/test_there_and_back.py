"""Where a movement is far away: held, turned back a little and stayed, turned at once, slow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firingorder.signal.driven import DrivenParams
from firingorder.signal.hinge import Hinge, HingeParams
from firingorder.signal.pitch_lift import LiftParams, PitchLift
from tests.signal.planted_poses import SUPINE, Path, ends, find, task

SEED = 7301


def lifted(path: Path, seed: int = SEED):
    segmenter = PitchLift(LiftParams(), task("bridge", "PITCH_LIFT", "supine", sign=-1), 100.0)
    samples = path.poses(np.random.default_rng(seed), sway_deg=0.05, sway_m=0.0)
    return ends(find(segmenter, samples))


@pytest.mark.parametrize("course", ["smooth", "trapezoid", "cosine"])
@pytest.mark.parametrize("back_deg", [6.0, 9.0])
def test_who_turns_back_and_stays_is_far_away_while_they_stay(course: str, back_deg: float) -> None:
    path = Path(SUPINE).wait(1.0).move(1.4, course, tilt=-25.0).move(0.8, course, tilt=back_deg)
    far_s = path.now_s
    one = lifted(path.wait(0.8).move(1.8, course, tilt=25.0 - back_deg))[0]
    assert one.phases is not None
    assert one.phases.far_from_s == pytest.approx(far_s, abs=0.12)
    assert one.phases.back_s == pytest.approx(far_s + 0.8, abs=0.12)


def test_a_hold_before_a_pause_on_the_way_down_is_the_far_one() -> None:
    path = Path(SUPINE).wait(1.0).move(1.5, tilt=-25.0)
    far_s = path.now_s
    path.wait(1.0).move(0.8, tilt=10.0).wait(0.8).move(1.0, tilt=15.0)
    one = lifted(path)[0]
    assert one.phases is not None
    assert one.phases.far_from_s == pytest.approx(far_s, abs=0.1)
    assert one.phases.back_s == pytest.approx(far_s + 1.0, abs=0.1)


@pytest.mark.parametrize("seconds", [1.5, 3.0, 6.0])
def test_a_slow_way_down_is_no_stay(seconds: float) -> None:
    path = Path(SUPINE).wait(1.0).move(1.5, tilt=-25.0)
    top_s = path.now_s
    one = lifted(path.move(seconds, "cosine", tilt=25.0))[0]
    assert one.phases is not None
    assert one.phases.back_s == pytest.approx(top_s, abs=0.25)


def test_a_pelvis_that_turns_round_did_no_exercise() -> None:
    path = Path(SUPINE).wait(1.0).move(3.0, tilt=-150.0).wait(0.5).move(3.0, tilt=150.0)
    assert [one.reasons for one in lifted(path)] == [("other_position",)]
    assert DrivenParams().most_turn_deg < 150.0


def test_who_gets_up_and_begins_at_once_is_held_against_the_new_pose() -> None:
    path = Path().move(0.5, tilt=-15.0).wait(8.0).move(2.0, tilt=15.0).wait(2.0)
    for _ in range(5):
        path.move(1.8, tilt=30.0).move(1.8, tilt=-30.0).wait(1.5)
    segmenter = Hinge(HingeParams(), task("squat", "HINGE"), 100.0)
    found = ends(find(segmenter, path.poses(np.random.default_rng(SEED))))
    ranges = [round(one.pelvis.tilt_range_deg) for one in found if one.pelvis and not one.reasons]
    print("ranges", ranges)
    assert ranges[-1] == pytest.approx(30.0, abs=1.5)


def test_the_top_of_the_wrong_movement_is_no_start_pose() -> None:
    """Bending back and staying there, again and again: the start pose is seen in between."""
    path = Path().wait(2.0)
    for _ in range(4):
        path.move(1.5, tilt=-20.0).wait(2.0).move(1.5, tilt=20.0).wait(2.0)
    segmenter = Hinge(HingeParams(), task("squat", "HINGE"), 100.0)
    found = ends(find(segmenter, path.poses(np.random.default_rng(SEED))))
    assert [one for one in found if not one.reasons] == []


def test_the_rest_that_teaches_the_bias_does_not_end_a_hold() -> None:
    path = Path().wait(1.0).move(3.0, tilt=45.0)
    far_s = path.now_s
    samples = path.wait(8.0).move(3.0, tilt=-45.0).poses(np.random.default_rng(SEED))
    at = next(k for k, (t_s, _) in enumerate(samples) if t_s > far_s + 4.0)
    for rested, whole in ((True, True), (False, False)):
        t_s, pose = samples[at]
        changed = [*samples]
        changed[at] = (t_s, replace(pose, restarted=True, rested=rested))
        segmenter = Hinge(HingeParams(), task("lengthen", "HINGE"), 100.0)
        found = ends(find(segmenter, changed))
        good = [one for one in found if not one.reasons]
        assert bool(good) is whole
        if whole:
            assert good[0].phases is not None
            assert good[0].phases.back_s == pytest.approx(far_s + 8.0, abs=0.3)

"""A body does what a timetable says, whether it is written before or while the body is played."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from firingorder.montage import DEFAULT_EIGHT
from firingorder.simulation.exercises.activities import (
    Activity,
    ActivityBody,
    calibration_plan,
)
from firingorder.simulation.exercises.options import Options
from firingorder.simulation.scenarios import make_body

SEED = 9
COLUMN = {name: k for k, name in enumerate(DEFAULT_EIGHT)}


def body_of(*plan: Activity, **changes: Any) -> ActivityBody:
    """Return a body that follows a plan."""
    options = changes.pop("options", Options())
    return ActivityBody(plan, options, seed=SEED, channels=DEFAULT_EIGHT, **changes)


def level_uv(body: ActivityBody, from_s: float, to_s: float) -> np.ndarray:
    """Return the RMS of every channel about its mean, ``(8,)``."""
    return body.emg_uv(int(1000 * from_s), int(1000 * (to_s - from_s))).std(axis=0)


def test_a_contraction_is_that_of_its_muscle_side_time_and_effort() -> None:
    body = body_of(
        Activity("squeeze", 8.0, 3.0, side="left", effort=0.5),
        Activity("bend_knee", 14.0, 3.0, side="right", effort=0.5),
        Activity("lift_back", 20.0, 3.0, effort=0.5),
        Activity("push_knee_out", 26.0, 3.0, side="left", effort=0.5),
        Activity("squeeze", 32.0, 3.0, side="left", effort=0.1),
    )
    rest = level_uv(body, 1.0, 7.5)
    for at_s, loud in (
        (8.0, ["gluteus_maximus_left"]), (14.0, ["hamstring_right"]),
        (20.0, ["erector_spinae_left", "erector_spinae_right"]), (26.0, ["gluteus_medius_left"]),
    ):  # fmt: skip
        ratio = level_uv(body, at_s + 0.5, at_s + 2.5) / rest
        names = sorted(DEFAULT_EIGHT, key=lambda name: -ratio[COLUMN[name]])[: len(loud)]
        assert sorted(names) == loud
        assert min(ratio[COLUMN[name]] for name in loud) > 8.0
        after = level_uv(body, at_s + 4.0, at_s + 5.8)
        assert np.all(after < 2.5 * rest)
    strong = level_uv(body, 8.5, 10.5)[0]
    little = level_uv(body, 32.5, 34.5)[0]
    assert 0.1 < little / strong < 0.35
    assert [one["at_s"] for one in body.true_activities] == [8.0, 14.0, 20.0, 26.0, 32.0]


def test_told_people_react() -> None:
    body = body_of(*(Activity("squeeze", 5.0 * k, told=True) for k in range(1, 21)))
    waits = [one["at_s"] - one["told_s"] for one in body.true_activities]
    assert min(waits) >= 0.2
    assert max(waits) <= 0.6
    assert len(set(waits)) == 20


def test_what_is_added_while_played_equals_what_was_planned() -> None:
    plan = (
        Activity("squeeze", 4.0, 2.0),
        Activity("exercise", 9.0, 6.0, exercise="bridge"),
        Activity("tap", 17.0),
        Activity("turn", 22.0, posture="standing"),
        Activity("exercise", 28.0, 7.0, exercise="return_bend"),
        Activity("fidget", 40.0),
    )
    planned, played = body_of(*plan), body_of()
    for second in range(46):
        for one in plan:
            if one.at_s - 2.6 <= second < one.at_s - 1.6:
                assert played.earliest_s <= one.at_s
                played.add(one)
        assert np.array_equal(played.emg_uv(1000 * second, 1000),
                              planned.emg_uv(1000 * second, 1000))  # fmt: skip
        for mine, theirs in zip(
            played.imu(100 * second, 100), planned.imu(100 * second, 100), strict=True
        ):
            assert np.array_equal(mine, theirs)
    assert played.truth() == planned.truth()
    assert [rep.index for rep in played.true_repetitions] == [1, 2]
    with pytest.raises(ValueError, match="too late"):
        played.add(Activity("squeeze", 45.0))


def test_the_good_calibration_has_every_step_in_its_place() -> None:
    body = make_body("calibration?mount=0", seed=SEED)
    assert isinstance(body, ActivityBody)
    truth = body.truth()
    kinds = [one["kind"] for one in truth["activities"]]
    assert kinds[0] == "still"
    for kind in ("squeeze", "bend_knee", "push_knee_out"):
        assert kinds.count(kind) == 5
    assert kinds.count("lift_back") == 4
    assert len(truth["taps_s"]) == 3
    assert len(truth["repetitions"]) == 6
    assert len(calibration_plan()) == len(kinds)
    assert truth["activities"][-1]["until_s"] < 240.0
    tapped = truth["taps_s"][0]
    acc, _ = body.imu(int(100 * tapped) - 5, 40)
    assert np.linalg.norm(acc, axis=1).max() > 12.0
    emg = body.emg_uv(int(1000 * tapped), 200)
    assert np.all(np.ptp(emg, axis=0) > 20.0)
    lying = body.pelvis.motion(np.arange(2.0, 6.0, 0.01))[0].mean(axis=0)
    standing_s = next(o["at_s"] for o in truth["activities"] if o["kind"] == "turn") + 5.0
    upright = body.pelvis.motion(np.arange(standing_s, standing_s + 3.0, 0.01))[0].mean(axis=0)
    assert lying[0] > 9.5
    assert upright[2] > 9.5


def test_bad_calibrations_are_bad_in_the_way_that_was_asked_for() -> None:
    good = make_body("calibration", seed=SEED)
    strong = good.emg_uv(14_500, 2000).std(axis=0)
    rest = good.emg_uv(2000, 8000).std(axis=0)
    names = {}
    for pads in ("hum", "loose", "dead", "swapped", "wrong", "weak", "moving", "clipped"):
        body = make_body(f"calibration?pads={pads}", seed=SEED)
        faults = body.truth()["faults"]
        names[pads] = faults
        x, loud = body.emg_uv(2000, 8000), body.emg_uv(14_500, 2000).std(axis=0)
        if pads in ("weak", "moving"):
            assert faults == []
            if pads == "weak":
                assert np.all(loud[:2] < 0.25 * strong[:2])
            else:
                gyr = np.rad2deg(body.imu(200, 800)[1]).std(axis=0).max()
                still = np.rad2deg(good.imu(200, 800)[1]).std(axis=0).max()
                assert gyr > 5.0 * still
            continue
        (fault,) = faults
        column = COLUMN[fault["channel"]]
        if pads == "hum":
            assert x.std(axis=0)[column] > 10.0 * rest[column]
        elif pads == "dead":
            assert x.std(axis=0)[column] < 0.2
            assert loud[column] < 0.2
        elif pads == "loose":
            offs = np.array([body.lead_off(t) for t in np.arange(0.0, 120.0, 0.5)])
            assert 0.3 < offs[:, column].mean() < 0.9
            assert offs.sum() == offs[:, column].sum()
        elif pads == "clipped":
            assert np.ptp(body.emg_uv(0, 60_000)[:, column]) <= 120.1
        elif pads == "swapped":
            assert fault["with"] == ["gluteus_maximus_right"]
            at_s = next(a["at_s"] for a in body.truth()["activities"]
                        if a["kind"] == "squeeze" and a["side"] == "left")  # fmt: skip
            one = body.emg_uv(int(1000 * at_s) + 300, 1500).std(axis=0)
            assert one[1] > 5.0 * one[0]
        elif pads == "wrong":
            at_s = next(a["at_s"] for a in body.truth()["activities"] if a["kind"] == "bend_knee")
            one = body.emg_uv(int(1000 * at_s) + 300, 2000).std(axis=0)
            assert one[6:].min() > 3.0 * one[4:6].max()
    print(names)

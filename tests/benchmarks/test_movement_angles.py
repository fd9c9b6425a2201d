"""The judge of the angle benchmark finds planted errors, and nothing where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from benchmarks.movement.angles import main
from benchmarks.movement.angles_filters import FILTERS
from benchmarks.movement.angles_page import PUBLISHED
from benchmarks.movement.angles_planted import TURNS, bridges
from benchmarks.movement.angles_real import Trial, judge, xsens
from benchmarks.movement.making import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import DataFolder

RATE = 100.0


def trial(turn: Rotation) -> Trial:
    """What an exact sensor feels in a given course of poses."""
    quat = turn.as_quat()[:, [3, 0, 1, 2]]
    gyr = (turn[:-1].inv() * turn[1:]).as_rotvec() * RATE
    acc = turn.inv().apply([0.0, 0.0, 9.80665])
    judged = np.arange(len(turn)) > 600
    return Trial("00", "planted", RATE, acc, np.concatenate([gyr[:1], gyr]), quat, judged)


def tumbling(seconds: float = 60.0) -> Rotation:
    t = np.arange(round(seconds * RATE)) / RATE
    on = np.clip((t - 5.0) / 2.0, 0.0, 1.0)[:, None]
    phases = np.array([[0.3, 0.45, 0.2]]) * 2 * np.pi * t[:, None]
    return Rotation.from_rotvec(on * np.radians(30.0) * np.sin(phases))


def test_the_truth_has_no_error_and_planted_ones_are_measured() -> None:
    one = trial(tumbling())
    exact = judge(one, one.truth, "truth")
    assert exact.inclination_rmse < 1e-3
    assert abs(exact.heading_drift_deg_min) < 1e-6
    assert max(v[2] for v in exact.windows.values()) < 1e-3
    turn = Rotation.from_quat(one.truth[:, [1, 2, 3, 0]])
    leaning = (Rotation.from_euler("x", 3.0, degrees=True) * turn).as_quat()[:, [3, 0, 1, 2]]
    assert judge(one, leaning, "lean").inclination_rmse == pytest.approx(3.0, abs=0.01)
    minutes = np.arange(len(turn)) / RATE / 60.0
    drifting = Rotation.from_rotvec(np.radians(6.0) * minutes[:, None] * [[0.0, 0.0, 1.0]]) * turn
    found = judge(one, drifting.as_quat()[:, [3, 0, 1, 2]], "drift")
    assert found.heading_drift_deg_min == pytest.approx(6.0, abs=0.01)
    assert found.inclination_rmse < 0.01
    assert found.windows[10.0][2] == pytest.approx(1.0, abs=0.01)  # 6 deg/min in 10 s


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_follows_an_exact_sensor(name: str) -> None:
    """Otherwise a plain filter would lose for being written wrongly."""
    one = trial(tumbling())
    found = judge(one, FILTERS[name](one.acc, one.gyr, RATE), name)
    assert found.inclination_rmse < 0.5
    assert abs(found.heading_drift_deg_min) < 0.5


def test_a_turned_sensor_gives_the_same_angles_once_calibrated() -> None:
    for name in ("turned by 60 degrees", "upside down"):
        found = bridges(name, range(2))
        assert not found.refused
        assert np.max(found.calibrated) < 1.0
        assert np.max(found.uncalibrated) > 10.0  # the control
    assert len(TURNS) == 6


def test_walking_accelerations_do_little_to_the_inclination(data_folder: DataFolder) -> None:
    found = xsens(data_folder("xsens_txt"))
    assert found["MTw pelvis"][0] < 2.0
    assert found["DOT pelvis"][0] < 1.0


def test_the_page_names_its_source_and_stays_within_its_bars() -> None:
    text = (ROOT / "docs" / "movement_angles.md").read_text(encoding="utf-8")
    assert "10.3390/data6070072" in text
    assert "CC-BY-4.0" in text
    table = text.partition("Published for these trials")[2]
    for name, published in PUBLISHED.items():
        row = next(line for line in table.splitlines() if line.startswith(f"| {name} "))
        assert float(row.split("|")[2]) < min(one[1] for one in published.values())


def test_a_missing_folder_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIRINGORDER_DATA", str(tmp_path))
    assert main([]) == 2
    assert "set FIRINGORDER_DATA" in capsys.readouterr().err

"""Starts and ends of movements, fitted two-sidedly, against shapes that the fit does not know."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.signal.movement import MoveStartParams, movement_start_s
from firingorder.signal.phase_fit import PhaseFitParams, arrival, departure
from tests.signal.planted_poses import COURSES, told

SEED = 20260721
RATE_HZ = 100.0


def trial(
    rng: np.random.Generator, course: str, deg: float, seconds: float, sway_deg: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    t = np.arange(0.0, seconds + 6.0, 1.0 / RATE_HZ)
    start_s = 3.0 + rng.uniform(0.0, 0.5)
    angle = deg * COURSES[course]((t - start_s) / seconds)
    for hz in rng.uniform(0.05, 0.4, 6):
        angle += sway_deg / np.sqrt(3.0) * np.sin(2 * np.pi * (hz * t + rng.uniform()))
    rate = np.gradient(angle) * RATE_HZ + 0.07 * rng.standard_normal(len(t))
    over = np.flatnonzero((rate > 5.0) & (t > start_s - 0.2))
    return t, rate, angle, start_s, float(t[over[0]])


@pytest.mark.parametrize(("deg", "seconds"), [(20.0, 0.8), (20.0, 1.5), (40.0, 1.5), (60.0, 3.0)])
def test_starts_and_ends_are_found_whatever_the_shape(deg: float, seconds: float) -> None:
    rng = np.random.default_rng([SEED, int(deg), int(10 * seconds)])
    errors: dict[str, list[float]] = {"fit": [], "jerk": [], "end": []}
    inside: list[bool] = []
    for course in COURSES:
        for _ in range(12):
            t, rate, angle, start_s, passed_s = trial(rng, course, deg, seconds, 0.1)
            rest_sd = float(np.std(rate[t < 2.5]))
            edge = departure(t, rate, passed_s, rest_sd, PhaseFitParams())
            errors["fit"].append(edge.at_s - start_s)
            inside.append(abs(edge.at_s - start_s) <= edge.error_s)
            known = (t <= passed_s) | (angle - angle[200] < 0.3 * deg)
            early = movement_start_s(t[known], rate[known], passed_s, MoveStartParams())
            errors["jerk"].append(early - start_s)
            last_s = float(t[np.flatnonzero(rate > 5.0)[-1]])
            over = arrival(t, rate, last_s, rest_sd, PhaseFitParams())
            errors["end"].append(over.at_s - start_s - seconds)
    print(f"\nseed {SEED}: {deg:g} degrees in {seconds:g} s; inside error_s: {np.mean(inside):.2f}")
    for name, values in errors.items():
        told(name, values)
    assert np.median(np.abs(errors["fit"])) < 0.02
    assert np.median(np.abs(errors["end"])) < 0.02
    assert np.median(np.abs(errors["fit"])) < 0.5 * np.median(np.abs(errors["jerk"]))
    # A 95 % half-width: neither too small nor a mile too wide.
    assert np.mean(inside) >= 0.90


def test_the_error_grows_with_slowness_and_sway() -> None:
    rng = np.random.default_rng(SEED)
    params = PhaseFitParams()
    found = {}
    for seconds in (0.8, 3.0):
        t, rate, _, _, passed_s = trial(rng, "smooth", 20.0, seconds, 0.1)
        found[seconds] = departure(t, rate, passed_s, 0.3, params).error_s
        assert departure(t, rate, passed_s, 1.0, params).error_s > found[seconds]
    assert found[3.0] > 2.0 * found[0.8]


def test_nothing_to_fit_is_said_and_not_invented() -> None:
    t = np.arange(0.0, 1.0, 0.01)
    assert departure(t, np.zeros(100), 0.5, 0.1, PhaseFitParams()).at_s == pytest.approx(0.5)
    assert departure(t, np.zeros(100), 5.0, 0.1, PhaseFitParams()).at_s == 5.0

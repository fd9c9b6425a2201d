"""Velocity between two rests: right in spite of a tilted zero, and none invented from a glide."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.signal.pushes import PushParams, prepares, pushes_of
from firingorder.signal.rest_to_rest import RestToRest, RestToRestParams, Stretch
from tests.signal.planted_poses import COURSES, Array

SEED = 17
RATE_HZ = 100.0


def stretches(acc: Array, turns_deg_s: float = 0.5) -> list[Stretch]:
    motion = RestToRest(RestToRestParams(), RATE_HZ, 1)
    found = [motion.step(k / RATE_HZ, (float(a),), turns_deg_s) for k, a in enumerate(acc)]
    return [one for one in found if one is not None]


def moved(course: str, way_m: float, seconds: float, rng: np.random.Generator) -> tuple[Array, ...]:
    """Stand for 2 s, move, stand: acceleration with a zero that changes, and the true velocity."""
    t = np.arange(0.0, 4.0 + seconds, 1.0 / RATE_HZ)
    place = way_m * COURSES[course]((t - 2.0) / seconds)
    velocity = np.gradient(place, t)
    # The filter takes some of the push for a tilt: the zero drifts while it lasts.
    drift = rng.uniform(-0.08, 0.08) * np.clip(t - 2.0, 0.0, seconds)
    zero = rng.uniform(-0.2, 0.2) + drift
    acc = np.gradient(velocity, t) + zero + 0.02 * rng.standard_normal(len(t))
    return t, acc, velocity


@pytest.mark.parametrize("course", ["smooth", "early", "late", "cosine"])
def test_the_way_between_two_rests(course: str) -> None:
    rng = np.random.default_rng([SEED, len(course)])
    for _ in range(8):
        way_m = rng.uniform(0.04, 0.3) * (1 if rng.uniform() < 0.5 else -1)
        # Gentler than half a metre per second squared a push is lost among sway and tilt.
        seconds = rng.uniform(0.5, min(1.2, (5.8 * abs(way_m) / 0.5) ** 0.5))
        _, acc, velocity = moved(course, way_m, seconds, rng)
        pushes = [p for one in stretches(acc) for p in pushes_of(
            one.t_s, one.velocity_m_s[:, 0], PushParams())]  # fmt: skip
        main = max(pushes, key=lambda one: one.way_m)
        assert main.sign * main.way_m == pytest.approx(way_m, abs=0.015 + 0.1 * abs(way_m))
        assert main.fastest_m_s == pytest.approx(np.abs(velocity).max(), abs=0.06)
        assert 1.9 < main.from_s < main.to_s < 2.1 + seconds


def test_an_even_glide_is_no_rest() -> None:
    t = np.arange(0.0, 6.0, 1.0 / RATE_HZ)
    # Off with 0.5 m/s, glide for 0.7 s, and stop.
    acc = np.where((t > 2.0) & (t < 2.25), 2.0, 0.0) - np.where((t > 2.95) & (t < 3.2), 2.0, 0.0)
    (one,) = stretches(acc + 0.01 * np.random.default_rng(SEED).standard_normal(len(t)))
    assert one.from_s == pytest.approx(2.0, abs=0.1)
    assert one.to_s == pytest.approx(3.2, abs=0.1)


def test_standing_gives_nothing_and_turning_is_no_rest() -> None:
    rng = np.random.default_rng(SEED)
    t = np.arange(0.0, 20.0, 1.0 / RATE_HZ)
    acc = 0.04 * np.sin(2 * np.pi * 0.3 * t) + 0.02 * rng.standard_normal(len(t))
    found = [p for one in stretches(acc) for p in pushes_of(
        one.t_s, one.velocity_m_s[:, 0], PushParams())]  # fmt: skip
    assert found == []
    assert stretches(acc, turns_deg_s=20.0) == []


def test_what_goes_before_a_push_the_other_way_prepares_it() -> None:
    t = np.arange(0.0, 3.0, 1.0 / RATE_HZ)
    hump = np.sin(np.pi * np.clip((t - 0.5) / 0.4, 0, 1)) * -0.15
    hump += np.sin(np.pi * np.clip((t - 0.95) / 0.6, 0, 1)) * 0.5
    hump += np.sin(np.pi * np.clip((t - 1.6) / 0.6, 0, 1)) * 0.4
    sway, lead, trail = pushes_of(t, hump, PushParams())
    assert (sway.sign, lead.sign, trail.sign) == (-1.0, 1.0, 1.0)
    assert prepares(sway, lead, PushParams())
    assert not prepares(lead, trail, PushParams())

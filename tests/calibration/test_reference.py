"""Reference contractions: the value is the planted one, noise taken out, or there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.calibration.reference import (
    POSITIONS,
    Attempt,
    ReferenceParams,
    combine,
    measure_try,
    normalisation,
    targets,
)
from firingorder.calibration.rest import LAGS, RestResult
from firingorder.calibration.take import ImuTrace, Take

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

RATE_HZ, N, SECONDS = 1000.0, 20, 3.0
NAMES = ("gluteus_maximus_left", "gluteus_maximus_right", "erector_spinae_left")
SQUEEZE, _, LIFT, _ = POSITIONS
BOTH = targets(SQUEEZE, NAMES)


def rest(*levels_uv: float | None) -> RestResult:
    cov = np.zeros((len(levels_uv), LAGS + 1))
    n = len(levels_uv)
    return RestResult(levels_uv, (None,) * n, (False,) * n, cov, None, None, (1.0, 0.0, 0.0), ())


def take(emg_uv: FloatArray, *, imu: ImuTrace | None = None, known: int | None = None) -> Take:
    """A try; of the first channel only the first ``known`` samples came."""
    valid = np.ones(emg_uv.shape, dtype=np.bool_)
    if known is not None:
        valid[known:, 0] = False
    return Take(
        10.0, 10.0 + SECONDS, RATE_HZ, N, 10.0 + np.arange(0, len(emg_uv), N) / RATE_HZ, emg_uv,
        np.where(valid, emg_uv, np.nan), valid, np.zeros(emg_uv.shape, dtype=np.bool_),
        np.zeros((0, emg_uv.shape[1])), np.zeros(emg_uv.shape[1], dtype=np.bool_), True, imu,
    )  # fmt: skip


def contraction(seed: int, levels_uv: tuple[float, ...], rest_uv: float = 2.0) -> FloatArray:
    """White noise: rest all the time, the muscle from 0.5 to 2.6 s, plain powers adding up."""
    rng = np.random.default_rng(seed)
    n = round(SECONDS * RATE_HZ)
    t = np.arange(n) / RATE_HZ
    on = np.clip((t - 0.5) / 0.2, 0.0, 1.0) * np.clip((2.6 - t) / 0.1, 0.0, 1.0)
    muscle = on[:, None] * np.array(levels_uv) * rng.standard_normal((n, len(levels_uv)))
    return muscle + rest_uv * rng.standard_normal((n, len(levels_uv)))


def test_a_try_is_worth_its_loudest_second_without_the_noise() -> None:
    """Over white noise of 500 Hz a second knows its RMS to 2 %; the loudest of them adds a little.

    Without the subtraction the quiet muscle would come out 5 % above that by noise alone.
    """
    true_uv = (60.0, 6.4, 30.0)
    ratios: list[list[float]] = []
    for seed in range(20):
        emg = take(contraction(seed, true_uv))
        found = measure_try(emg, rest(2.0, 2.0, 2.0), SQUEEZE, BOTH)
        assert found.reasons == ()
        ratios.append([(v or 0.0) / t for v, t in zip(found.values_uv, true_uv, strict=True)])
    mean, spread = np.mean(ratios, axis=0), np.std(ratios, axis=0)
    print(f"seeds 0 to 19: {mean} +- {spread} of the truth")
    assert (np.abs(mean - 1.015) < 0.02).all()
    assert (spread < 0.03).all()


def test_what_does_not_stand_out_has_no_value() -> None:
    """10 dB over rest: 3.16 times; 5 uV on 2 uV of rest are 2.7 times."""
    found = measure_try(take(contraction(1, (60.0, 5.0, 0.0))), rest(2.0, 2.0, 2.0), SQUEEZE, BOTH)
    assert found.values_uv[1] is None
    assert [(one.cause, one.gravity, one.column) for one in found.reasons] == [
        ("too_gentle", "channel", 1)
    ]
    nothing = measure_try(
        take(contraction(1, (0.0, 0.0, 60.0))), rest(2.0, 2.0, 2.0), SQUEEZE, BOTH
    )
    assert {one.cause for one in nothing.reasons} == {"too_gentle"}
    assert {one.gravity for one in nothing.reasons} == {"step"}


def test_a_channel_that_takes_no_part_is_told_from_a_gentle_one() -> None:
    found = measure_try(take(contraction(2, (60.0, 0.0, 0.0))), rest(2.0, 2.0, 2.0), SQUEEZE, BOTH)
    assert [(one.cause, one.column) for one in found.reasons] == [("unchanged", 1)]


def test_a_channel_without_rest_gets_no_value() -> None:
    found = measure_try(
        take(contraction(3, (60.0, 60.0, 0.0))), rest(2.0, None, 2.0), SQUEEZE, BOTH
    )
    assert found.values_uv[1] is None
    assert [(one.cause, one.column) for one in found.reasons] == [("no_rest", 1)]


@pytest.mark.parametrize(("known", "measured"), [(2500, True), (1200, False)])
def test_a_gap_costs_a_try_only_where_no_second_is_left(known: int, measured: bool) -> None:
    found = measure_try(
        take(contraction(4, (60.0, 60.0, 0.0)), known=known), rest(2.0, 2.0, 2.0), SQUEEZE, BOTH
    )
    assert (found.values_uv[0] is not None) is measured
    assert found.values_uv[1] is not None


def tilting(deg: float, start_deg: float = 0.0) -> ImuTrace:
    """A pelvis that turns by so much within the try, from a pose off lying still."""
    t = 10.0 + np.arange(0.0, SECONDS, 0.02)
    angle = np.radians(start_deg + deg * np.clip((t - 10.5) / 1.0, 0.0, 1.0))
    zero = np.zeros_like(t)
    acc = 9.81 * np.stack([np.cos(angle), zero, np.sin(angle)], axis=1)
    quat = np.stack([np.cos(angle / 2), zero, np.sin(angle / 2), zero], axis=1)
    return ImuTrace(t, acc, np.zeros((len(t), 3)), quat, np.zeros((len(t), 3)))


@pytest.mark.parametrize(
    ("trace", "lifted"),
    [(tilting(6.0), False), (tilting(16.0), True), (tilting(0.0, 10.0), False),
     (tilting(0.0, 22.0), True)],
)  # fmt: skip
def test_a_squeeze_stays_on_the_floor_and_a_lift_may_lift(trace: ImuTrace, lifted: bool) -> None:
    emg = contraction(5, (60.0, 60.0, 60.0))
    at_rest = rest(2.0, 2.0, 2.0)
    found = measure_try(take(emg, imu=trace), at_rest, SQUEEZE, BOTH)
    assert [one.cause for one in found.reasons] == (["lifted"] if lifted else [])
    assert found.good is not lifted
    back = measure_try(take(emg, imu=trace), at_rest, LIFT, targets(LIFT, NAMES))
    assert back.reasons == ()


def tried(*values_uv: float | None) -> tuple[Attempt, ...]:
    return tuple(Attempt((v, 50.0), np.zeros((2, LAGS + 1)), ()) for v in values_uv)


@pytest.mark.parametrize(
    ("values", "reference", "kept", "another"),
    [
        ((60.0, 66.0, 54.0), 60.0, (0, 1, 2), False),
        ((60.0, 66.0, 120.0), None, (0, 1, 2), True),
        ((60.0, 66.0, 120.0, 63.0), 63.0, (0, 1, 3), False),
        ((60.0, None, 58.0), 59.0, (0, 2), False),
        ((60.0, None, None), None, (), True),
        ((10.0, 20.0, 40.0, 80.0, 160.0), None, (0, 1, 2), False),
    ],
)
def test_a_comfortable_reference_is_the_mean_of_tries_that_are_alike(
    values: tuple[float | None, ...],
    reference: float | None,
    kept: tuple[int, ...],
    another: bool,
) -> None:
    found = combine(tried(*values), (0,), "submaximal")
    assert found.values_uv[0] == (None if reference is None else pytest.approx(reference))
    if reference is not None:
        assert found.kept[0] == kept
        assert found.reasons == ()
    else:
        assert found.reasons[-1].gravity == "step"
    assert found.needs_another is another


def test_a_maximal_reference_is_the_best_try() -> None:
    found = combine(tried(60.0, 90.0, 70.0), (0,), "maximal")
    assert found.values_uv[0] == 90.0
    assert found.kept[0] == (1,)


def test_the_names_are_those_of_cede() -> None:
    assert normalisation("submaximal") == "submaximal_reference"
    assert normalisation("maximal") == "standard_isometric_mvc"


def test_the_spread_limit_lies_between_what_was_measured_on_people() -> None:
    """Dankaerts 2004: 12 % at most; Norcross 2010: 36 % at most."""
    assert 0.12 < ReferenceParams().most_cv < 0.36

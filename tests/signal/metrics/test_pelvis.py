"""Angles of the pelvis per phase, and arching late in a lift: both signals must speak."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firingorder.signal.metrics import repetition_metrics
from firingorder.signal.metrics.amount import Amount, refused
from firingorder.signal.metrics.pelvis import arched_late, late_arch, pelvis_change
from tests.signal.metrics.people import CHANNELS, emg, find, repetition, task
from tests.signal.planted import generator

SEED = 541
LEVELS = (40.0, 40.0, 20.0, 20.0, 10.0, 10.0)


def person(**more):
    return repetition(emg(generator(SEED, "pelvis", 0), LEVELS), **more)


def test_peak_and_mean_per_phase_with_the_error_of_the_sensor() -> None:
    found = repetition_metrics(person())
    peak = find(found, "tilt_peak_top")
    assert (peak.value, peak.low, peak.high) == pytest.approx((-25.0, -27.0, -23.0))
    assert find(found, "tilt_mean_lift").value == pytest.approx(-12.5, abs=0.3)
    assert find(found, "obliquity_peak_top").value == pytest.approx(2.0)
    assert peak.unit == "deg"


def test_the_working_side_gives_the_sign() -> None:
    left = repetition_metrics(person(task=task(side="left")))
    right = repetition_metrics(person(task=task(side="right")))
    for name in ("obliquity_peak_top", "rotation_mean_top"):
        assert find(left, name).value == pytest.approx(-find(right, name).value)
    assert find(left, "tilt_peak_top").value == find(right, "tilt_peak_top").value


def test_angles_of_unknown_error_or_none_are_refused() -> None:
    assert find(repetition_metrics(person(angle_error_deg=None)), "tilt_peak_top").gate == (
        "low_trust"
    )
    none = person(angle_times_s=np.empty(0), angles_deg=np.empty((0, 3)))
    assert find(repetition_metrics(none), "tilt_peak_top").gate == "not_measured"
    assert find(repetition_metrics(none), "late_arch").gate == "not_measured"
    assert pelvis_change(np.array([1.0, np.nan]), 1.0, 1.0)[0].gate == "gap"


def test_turning_back_before_the_top_is_measured() -> None:
    """25 degrees up, then 8 back before the top, while the erectors double in the late part."""
    base = person()
    angles = base.angles_deg.copy()
    t = base.angle_times_s
    angles[:, 0] = np.where(
        t > 2.2, np.maximum(-25.0, -25.0 + 8.0 * np.minimum((t - 2.2) / 0.3, 1)), angles[:, 0]
    )
    angles[(t > 2.0) & (t <= 2.2), 0] = -25.0
    n = len(base.times_s)
    late = np.where(np.arange(n) < 2100, 10.0, 20.0) * (np.arange(n) >= 1400)
    x = emg(generator(SEED, "late", 0), (40.0, 40.0, 20.0, 20.0, late, late))
    found = repetition_metrics(replace(base, emg_uv=x, angles_deg=angles))
    arch = find(found, "late_arch")
    assert arch.value == pytest.approx(8.0, abs=0.3)
    assert (arch.low, arch.high) == pytest.approx((arch.value - 2.0, arch.value + 2.0))
    for side in ("left", "right"):
        ratio = find(found, "late_erector", side)
        assert ratio.low < 2.0 < ratio.high
        assert ratio.low > 1.3


def test_a_straight_lift_has_no_late_arch() -> None:
    found = repetition_metrics(person())
    assert find(found, "late_arch").value == pytest.approx(0.0, abs=0.3)
    assert find(found, "late_erector", "left").value == pytest.approx(1.0, abs=0.3)


def test_the_angle_alone_says_nothing() -> None:
    gates = {name: "poor_contact" for name in CHANNELS if name.startswith("erector")}
    found = repetition_metrics(person(gates=gates))
    assert find(found, "late_arch").gate == "poor_contact"


def test_both_parts_must_pass_with_their_whole_intervals() -> None:
    limits = {"least_deg": 5.0, "least_ratio": 1.3}
    high, low, wide = Amount(9, 7, 11), Amount(2, 0, 4), Amount(6, 4, 8)
    loud, same, open_ = Amount(2.0, 1.7, 2.3), Amount(1.0, 0.8, 1.2), Amount(1.4, 1.1, 1.7)
    assert arched_late(high, (loud,), **limits) is True
    assert arched_late(high, (same, loud), **limits) is True
    assert arched_late(high, (same, same), **limits) is False
    assert arched_late(low, (loud,), **limits) is False
    assert arched_late(wide, (loud,), **limits) is None
    assert arched_late(high, (open_,), **limits) is None
    assert arched_late(high, (refused("gap"),), **limits) is None
    assert arched_late(refused("low_trust"), (loud,), **limits) is None


def test_a_lift_the_other_way_arches_the_other_way() -> None:
    tilt = np.array([0.0, 10.0, 25.0, 18.0])
    assert late_arch(tilt, 18.0, 1, 2.0).value == pytest.approx(7.0)
    assert late_arch(-tilt, -18.0, -1, 2.0).value == pytest.approx(7.0)

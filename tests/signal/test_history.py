"""The ring of samples and the time of each of them."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.signal.conditioning import ConditionedBlock
from firingorder.signal.history import AnalysisClock, History, TimeAxis


def block(index0: int, n: int = 20) -> ConditionedBlock:
    x = np.arange(index0, index0 + n, dtype=np.float64)[:, None] * [1.0, -1.0]
    none = np.zeros(x.shape, dtype=np.bool_)
    return ConditionedBlock(index0, x, ~none, none, none, x, 0.5 * x, np.zeros(2))


def test_an_excerpt_is_what_was_appended_as_far_as_it_is_kept() -> None:
    history = History(100, 2)
    for index0 in range(40, 240, 20):
        history.append(block(index0), np.array([False, True]))
    piece = history.excerpt(150, 400)
    assert (history.start, history.stop) == (140, 240)
    assert piece.index0 == 150
    assert np.array_equal(piece.emg_uv[:, 0], np.arange(150.0, 240.0))
    assert np.array_equal(piece.low_uv, 0.5 * piece.emg_uv)
    assert piece.valid.all()
    assert piece.lead_off[:, 1].all()
    assert not piece.lead_off[:, 0].any()
    assert len(history.excerpt(0, 100).emg_uv) == 0
    piece.emg_uv[:] = 0.0  # a copy
    assert history.excerpt(150, 151).emg_uv[0, 0] == 150.0


def test_reset_begins_anew_at_the_next_block() -> None:
    history = History(100, 2)
    history.append(block(0), np.zeros(2, dtype=np.bool_))
    history.reset(0)
    history.append(block(5000), np.zeros(2, dtype=np.bool_))
    assert (history.start, history.stop) == (5000, 5020)


@pytest.mark.parametrize("ppm", [-50.0, 0.0, 40.0])
def test_time_follows_the_device_clock_within_a_fifth_of_a_millisecond(ppm: float) -> None:
    axis = TimeAxis(1000.0)
    worst = 0.0
    for index0 in range(0, 120_000, 20):
        true_s = index0 / 1000.0 * (1.0 + ppm * 1e-6)
        axis.observe(index0, true_s)
        worst = max(worst, abs(axis.time_s(index0) - true_s))
        assert axis.position(axis.time_s(index0)) == pytest.approx(index0)
    assert worst < 0.0002


def test_cuts_within_a_chunk_change_no_time() -> None:
    whole, cut = TimeAxis(1000.0), TimeAxis(1000.0)
    for index0 in range(0, 5000, 20):
        t0_s = index0 / 1000.0 * 1.0003
        whole.observe(index0, t0_s)
        for a in (0, 7, 13):
            cut.observe(index0 + a, t0_s + a / 1000.0)
    assert [whole.time_s(k) for k in range(0, 5000, 11)] == [
        cut.time_s(k) for k in range(0, 5000, 11)
    ]


def test_the_analysis_grid_of_a_fast_stream_counts_milliseconds() -> None:
    axis = TimeAxis(2148.0)
    axis.observe(0, 3.0)
    clock = AnalysisClock(axis, 2.148)
    assert clock.time_s(500) == pytest.approx(3.5)
    assert clock.index(3.5) == 500


def test_memory_of_the_time_axis_is_bounded() -> None:
    axis = TimeAxis(1000.0)
    for k in range(1000):
        axis.observe(k * 1000, k * 1.002)
    assert len(axis._anchors) <= 128

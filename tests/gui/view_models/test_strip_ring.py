"""Min/max columns equal brute force, however the stream is cut."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firingorder.gui.view_models.strip_ring import (
    StripRing,
    empty_runs,
    full_scale_uv,
    nice_scale,
    saturated_runs,
)
from firingorder.samples import DisplayBlock

RATE = 1000.0


def block(index0: int, emg: np.ndarray, saturated: np.ndarray | None = None) -> DisplayBlock:
    flags = np.zeros(emg.shape, bool) if saturated is None else saturated
    return DisplayBlock(index0, index0 / RATE, RATE, emg, np.abs(emg), flags)


def signal(n: int, channels: int = 3, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, channels)) * 50.0


def brute(emg: np.ndarray, index0: int, size: int, columns: int, reduce) -> np.ndarray:
    """Reduce every complete bin by its absolute number; the newest ``columns`` of them."""
    out = []
    start_bin = index0 // size
    for number in range(start_bin, (index0 + len(emg)) // size):
        a, b = number * size - index0, (number + 1) * size - index0
        out.append(reduce(emg[max(0, a) : b], axis=0))
    full = np.full((columns, emg.shape[1]), np.nan)
    if out:
        kept = np.array(out)[-columns:]
        full[-len(kept) :] = kept
    return full.T


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 900), max_size=12),
    index0=st.integers(0, 5000),
    n=st.integers(0, 900),
    columns=st.integers(2, 90),
)
def test_columns_equal_brute_force_for_any_chunking(
    cuts: list[int], index0: int, n: int, columns: int
) -> None:
    emg = signal(n)
    ring = StripRing(3, RATE, columns, window_s=0.7)
    edges = [0, *sorted(c for c in cuts if c <= n), n]
    for a, b in pairwise(edges):
        ring.append(block(index0 + a, emg[a:b]))
    window = ring.window()
    size = ring.bin_samples
    np.testing.assert_array_equal(window.low_uv, brute(emg, index0, size, columns, np.min))
    np.testing.assert_array_equal(window.high_uv, brute(emg, index0, size, columns, np.max))
    np.testing.assert_array_equal(
        window.envelope_uv, brute(np.abs(emg), index0, size, columns, np.max)
    )


def test_a_column_does_not_change_while_it_scrolls() -> None:
    emg = signal(4000)
    ring = StripRing(3, RATE, 100, window_s=1.0)
    ring.append(block(0, emg[:2000]))
    before = ring.window()
    last = before.high_uv[:, -1].copy()
    number = before.end_bin - 1
    ring.append(block(2000, emg[2000:2333]))
    after = ring.window()
    column = number - (after.end_bin - 100)
    np.testing.assert_array_equal(after.high_uv[:, column], last)


def test_a_gap_is_empty_columns_of_its_true_width() -> None:
    emg = signal(2000)
    ring = StripRing(3, RATE, 200, window_s=2.0)
    assert ring.bin_samples == 10
    ring.append(block(0, emg[:600]))
    ring.append(block(900, emg[900:2000]))
    window = ring.window()
    assert empty_runs(window) == [(60, 90)]
    assert not np.isnan(window.low_uv[:, 90:]).any()


def test_columns_before_the_first_sample_are_no_gap() -> None:
    ring = StripRing(2, RATE, 200, window_s=2.0)
    ring.append(block(5000, signal(400, 2)))
    assert empty_runs(ring.window()) == []
    assert np.isnan(ring.window().low_uv[:, :150]).all()


def test_a_gap_longer_than_the_window_leaves_it_empty_but_for_the_new() -> None:
    ring = StripRing(2, RATE, 100, window_s=1.0)
    ring.append(block(0, signal(1000, 2)))
    ring.append(block(90_000, signal(200, 2)))
    window = ring.window()
    assert empty_runs(window) == [(0, 80)]
    assert not np.isnan(window.low_uv[:, 80:]).any()
    assert window.column_of(90.0) == pytest.approx(80.0)


def test_samples_that_came_twice_are_taken_once() -> None:
    emg = signal(1000)
    once, twice = (StripRing(3, RATE, 100, window_s=1.0) for _ in range(2))
    once.append(block(0, emg))
    twice.append(block(0, emg[:600]))
    twice.append(block(400, emg[400:]))
    twice.append(block(0, emg[:100]))
    np.testing.assert_array_equal(once.window().low_uv, twice.window().low_uv)


def test_missing_samples_of_one_channel_leave_the_others_alone() -> None:
    emg = signal(1000)
    emg[300:500, 1] = np.nan
    emg[605, 2] = np.nan
    ring = StripRing(3, RATE, 100, window_s=1.0)
    ring.append(block(0, emg))
    window = ring.window()
    assert np.isnan(window.low_uv[1, 30:50]).all()
    assert not np.isnan(window.low_uv[2]).any()
    assert empty_runs(window) == []


def test_saturated_columns_are_told_apart() -> None:
    flags = np.zeros((1000, 3), bool)
    flags[200:230, 0] = True
    ring = StripRing(3, RATE, 100, window_s=1.0)
    ring.append(block(0, signal(1000), flags))
    assert saturated_runs(ring.window(), 0) == [(20, 23)]
    assert saturated_runs(ring.window(), 1) == []


def test_memory_does_not_grow() -> None:
    ring = StripRing(8, 2000.0, 600, window_s=10.0)
    before = ring.nbytes
    for k in range(300):
        ring.append(block(k * 66, signal(66, 8, seed=k)))
    assert ring.nbytes == before


@pytest.mark.parametrize("bad", [(0, 1000.0, 100), (2, 0.0, 100), (2, 1000.0, 1)])
def test_a_ring_of_nothing_is_refused(bad: tuple[int, float, int]) -> None:
    with pytest.raises(ValueError, match="no strips"):
        StripRing(*bad, window_s=1.0)


def test_scale_holds_the_level_and_seldom_moves() -> None:
    ring = StripRing(2, RATE, 100, window_s=1.0)
    ring.append(block(0, signal(1000, 2)))
    window = ring.window()
    scale = full_scale_uv(window, (0, 1), 10.0)
    assert np.quantile(window.high_uv, 0.9) < scale < 4 * window.high_uv.max()
    assert full_scale_uv(window, (0, 1), scale) == scale
    assert full_scale_uv(window, (0, 1), scale * 2) == scale * 2  # not yet two thirds empty
    assert full_scale_uv(window, (0, 1), scale * 20) == scale


def test_scale_stays_where_nothing_was_measured() -> None:
    ring = StripRing(2, RATE, 100, window_s=1.0)
    assert full_scale_uv(ring.window(), (0, 1), 70.0) == 70.0


@pytest.mark.parametrize(("peak", "scale"), [(0.0, 10.0), (10.0, 10.0), (11.0, 15.0), (480, 500.0)])
def test_scales_are_round(peak: float, scale: float) -> None:
    assert nice_scale(peak) == scale

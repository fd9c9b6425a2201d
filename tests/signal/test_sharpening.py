"""Probabilities drawn together about their median, and what is refused."""

import numpy as np
import pytest

from firingorder.signal.events import EventParams
from firingorder.signal.posterior import grid_quantiles
from firingorder.signal.rises import RiseParams
from firingorder.signal.sharpening import narrowed


@pytest.mark.parametrize("scale", [0.5, 0.76, 1.0])
def test_narrowing_keeps_the_median_and_draws_every_quantile_to_it(scale: float) -> None:
    t = np.arange(400.0)
    p = np.exp(-0.5 * ((t - 180.0) / 14.0) ** 2) + 0.3 * np.exp(-0.5 * ((t - 250.0) / 25.0) ** 2)
    shares = [0.025, 0.25, 0.5, 0.75, 0.975]
    before = np.array(grid_quantiles(0.0, 1.0, p / np.sum(p), shares))
    after = np.array(grid_quantiles(0.0, 1.0, narrowed(p, scale), shares))
    assert np.sum(narrowed(p, scale)) == pytest.approx(1.0)
    np.testing.assert_allclose(after - before[2], scale * (before - before[2]), atol=0.05)


def test_narrowing_holds_where_one_cell_has_everything() -> None:
    for k in (0, 3, 9):
        p = np.zeros(10)
        p[k] = 2.0
        found = narrowed(p, 0.7)
        assert found[k] == pytest.approx(1.0)
        assert np.all(found >= 0.0)


@pytest.mark.parametrize("scale", [0.0, -0.5, 1.2, float("nan")])
def test_a_scale_that_is_none_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        RiseParams(scale=scale)


@pytest.mark.parametrize("shares", [(0.6, 0.4), (-0.1, 0.2), (0.9, 0.3)])
def test_first_events_leave_something_for_a_single_rise(shares: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="add up"):
        EventParams(*shares)

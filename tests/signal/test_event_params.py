"""Priors of first events must leave something for a single rise."""

import pytest

from firingorder.signal.events import EventParams


@pytest.mark.parametrize("shares", [(0.6, 0.4), (-0.1, 0.2), (0.9, 0.3)])
def test_first_events_leave_something_for_a_single_rise(shares: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="add up"):
        EventParams(*shares)


def test_first_events_may_be_left_out() -> None:
    assert EventParams(0.0, 0.0).share_before == 0.0

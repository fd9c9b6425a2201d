"""What stays without feedback (B24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.signal.metrics.amount import metric
from firingorder.signal.metrics.change import retention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.measures import Metric
    from firingorder.signal.reference import OwnBaseline


def retention_metric(
    name: str,
    pre_test: Sequence[float],
    no_feedback: Sequence[float],
    baseline: OwnBaseline | None,
) -> Metric:
    """Return B24 of one measure: its change over the session in units of the own MDC."""
    return metric("B24", f"retention_{name}", "", "1", retention(pre_test, no_feedback, baseline))

"""What is measured in a repetition besides onsets: metrics B1 to B26 of docs/reference/metrics.md.

Pure functions of signal, phases and the person's reference. Each answers with a value, its 95 %
interval and a count, or with the reason why there is none.
"""

from __future__ import annotations

from firingorder.signal.metrics.record import MetricsParams, RepetitionData
from firingorder.signal.metrics.repetition import repetition_metrics
from firingorder.signal.metrics.sets import set_metrics

__all__ = ["MetricsParams", "RepetitionData", "repetition_metrics", "set_metrics"]

"""What following the movement costs: orientation, segmentation and metrics for each 20 ms.

How well movement is measured is another matter: ``make bench-movement``.
"""

from __future__ import annotations

from typing import Any

from benchmarks.movement.block_cost import BAR_MS, EXAMPLES, block_cost

SECONDS = 20.0


def run() -> list[dict[str, Any]]:
    """Measure every template with eight channels and a pelvis sensor."""
    rows: list[dict[str, Any]] = []
    for template, exercise in EXAMPLES.items():
        cost = block_cost(template, SECONDS)
        rows.append(
            {
                "name": f"movement of {template} ({exercise}), CPU per 20 ms",
                "value": round(cost.mean_ms, 3),
                "unit": "ms",
                "bar": BAR_MS,
            }
        )
    return rows

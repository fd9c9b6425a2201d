"""Metrics of many repetitions as one table of numbers: a hundred of each, and always the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.measures import Metric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionFinding
    from firingorder.measures import MetricGate
    from firingorder.samples import FloatArray

#: Repetition, head, value, low, high, n, gate; NaN is None, and so is a gate of -1.
_WIDTH = 7
_Head = tuple[str, str, str, str]


def table_of(repetitions: Sequence[RepetitionFinding]) -> tuple[FloatArray, dict[str, Any]]:
    """Return the metrics as numbers ``(n_metrics, 7)``, and what the numbers stand for."""
    heads: dict[_Head, int] = {}
    gates: dict[str, int] = {}
    rows: list[tuple[float, ...]] = []
    for k, repetition in enumerate(repetitions):
        for one in repetition.metrics:
            head = heads.setdefault((one.code, one.name, one.subject, one.unit), len(heads))
            gate = -1 if one.gate is None else gates.setdefault(one.gate, len(gates))
            numbers = (np.nan if v is None else v for v in (one.value, one.low, one.high))
            rows.append((k, head, *numbers, one.n, gate))
    table = np.array(rows, dtype=np.float64).reshape(-1, _WIDTH)
    told = {"rows": len(table), "heads": [list(one) for one in heads], "gates": list(gates)}
    return table, told


def metrics_of(table: FloatArray, told: dict[str, Any], count: int) -> list[tuple[Metric, ...]]:
    """Return the metrics of each of ``count`` repetitions; ``table`` is flat.

    Raises
    ------
    ValueError, KeyError, IndexError, TypeError
        It is no such table.
    """
    if len(table) != int(told["rows"]) * _WIDTH:
        raise ValueError("metrics are cut off")
    rows = table.reshape(-1, _WIDTH)
    heads = [cast("_Head", tuple(str(part) for part in one)) for one in told["heads"]]
    gates = cast("list[MetricGate]", [str(one) for one in told["gates"]])
    found: list[list[Metric]] = [[] for _ in range(count)]
    known = np.isfinite(rows[:, 2:5]).tolist()
    for (k, head, value, low, high, n, gate), there in zip(rows.tolist(), known, strict=True):
        code, name, subject, unit = heads[int(head)]
        found[int(k)].append(
            Metric(
                code,
                name,
                subject,
                value if there[0] else None,
                unit,
                low if there[1] else None,
                high if there[2] else None,
                int(n),
                None if gate < 0 else gates[int(gate)],
            )
        )
    return [tuple(one) for one in found]

"""Measures of the annex: no identifier reaches the page, and digits follow the unit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from firingorder.measures import Metric, MetricGate
from firingorder.report.content.metric_words import (
    amount,
    gate_words,
    listed,
    metric_words,
    value_words,
)

METRICS = Path(__file__).parents[2] / "docs/reference/metrics.md"


def test_every_name_of_the_reference_page_has_words():
    rows = [line for line in METRICS.read_text().splitlines() if re.match(r"\| B\d", line)]
    names = [name for row in rows for name in re.findall(r"`([a-z_*]+)`", row.split("|")[2])]
    assert len(names) > 35, names
    for name in names:
        if name.startswith("*"):
            assert "repetitions" in metric_words(f"lead{name[1:]}")
            continue
        words = metric_words(name.replace("*", "lift"))
        assert "_" not in words
        assert words != name.replace("_*", " lift").replace("_", " ") or words in (
            "isolation", "lead", "late arch", "median frequency", "time to quiet",
        ), name  # fmt: skip


def test_gates_have_words_and_windows_of_one_measure_stand_together():
    assert len({gate_words(gate) for gate in get_args(MetricGate)}) == len(get_args(MetricGate))
    assert gate_words("too_few") == "too few repetitions"
    assert metric_words("rms_lift") == "EMG level, lift"
    assert metric_words("tilt_peak_top_sd") == "tilt, peak, SD between repetitions, top"
    names = ["rms_lift", "rms_top", "lead_sd", "rms_lower"]
    assert listed(names) == "EMG level (lift, top, lower); lead, SD between repetitions"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.427, "deg", "0.4"), (24.6, "deg", "24.6"), (52.8, "ms", "53"), (-0.04, "deg", "0.0"),
     (-3.26, "deg", "\N{MINUS SIGN}3.3"), (0.1234, "1", "0.123"), (None, "ms", "–")],
)  # fmt: skip
def test_digits_follow_the_unit(value: float | None, unit: str, text: str):
    assert amount(value, unit) == text


def test_a_value_has_its_interval_and_count():
    metric = Metric("B20", "lead_sd", "", value=52.8, low=27.5, high=332.0, unit="ms", n=3)
    assert value_words(metric) == "53 (28 to 332; n 3)"

"""The design goals: what must be reached, what the limits leave room for, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.bootstrap import Figure

if TYPE_CHECKING:
    from benchmarks.accuracy.figures import Figures, Row

COLD, WARM_8, WARM = "ours cold", "ours warm 8", "ours warm 20"
NOTHING = Figure(float("nan"))


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a goal: ``least`` true means the figure must not be below the bars.

    Without bars (NaN) it stands beside a goal, to be read with it.
    """

    what: str
    figure: Figure
    must: float
    reach: float
    least: bool
    digits: int = 1

    @property
    def level(self) -> str:
        """Return "reach", "must", "no", "no bar" or "not measured", by the value alone."""
        if not np.isfinite(self.figure.value):
            return "not measured"
        if not np.isfinite(self.must):
            return "no bar"
        sign = 1.0 if self.least else -1.0
        if sign * self.figure.value >= sign * self.reach:
            return "reach"
        return "must" if sign * self.figure.value >= sign * self.must else "no"


@dataclass(frozen=True, slots=True)
class Goal:
    """One row of the table."""

    number: str
    what: str
    parts: tuple[Part, ...]


def goals(f: Figures) -> list[Goal]:
    """Return all goals with what was measured."""
    return [*_order_goals(f), *_interval_goals(f), *_live_goals(f), *_rest_goals(f)]


def _at_least(what: str, figure: Figure, must: float, reach: float, digits: int = 1) -> Part:
    return Part(what, figure, must, reach, True, digits)


def _at_most(what: str, figure: Figure, must: float, reach: float, digits: int = 1) -> Part:
    return Part(what, figure, must, reach, False, digits)


def _beside(what: str, figure: Figure, digits: int = 1) -> Part:
    return Part(what, figure, float("nan"), float("nan"), False, digits)


def _pool(f: Figures, pool: str, method: str) -> Row:
    return f.pooled.get(pool, {}).get(method, {})


def _order(row: Row, bars: dict[int, tuple[float, float]]) -> tuple[Part, ...]:
    return tuple(
        _at_least(f"{lag} ms, %", row.get(f"order{lag}", NOTHING), must, reach)
        for lag, (must, reach) in bars.items()
    )


def _order_goals(f: Figures) -> list[Goal]:
    cold = {20: (88.0, 90.0), 30: (95.0, 96.0), 50: (99.3, 99.5)}
    warm = {10: (79.0, 85.0), 20: (95.0, 97.0), 30: (98.5, 99.0), 50: (99.8, 100.0)}
    worst = {m: _worst_bias_difference(f, m) for m in (COLD, WARM)}
    ratio = f.ratio_to_limit
    return [
        Goal("1", "order on X1-X6, cold", _order(_pool(f, "X", COLD), cold)),
        Goal("2", "order on X1-X6, warm from 20 repetitions", _order(_pool(f, "X", WARM), warm)),
        Goal("2", "order on X1-X6, warm from 8 repetitions", _order(_pool(f, "X", WARM_8), warm)),
        Goal(
            "3",
            "MAE over that of O2, median of G1-G9 and G11",
            (
                _at_most("cold", ratio.get(COLD, NOTHING), 1.6, 1.3, 2),
                _at_most("warm", ratio.get(WARM, NOTHING), 1.2, 1.0, 2),
            ),
        ),
        Goal(
            "4",
            "largest bias difference of an X pair",
            (
                _at_most("cold, ms", worst[COLD], 5.0, 3.0),
                _at_most("warm, ms", worst[WARM], 5.0, 3.0),
            ),
        ),
    ]


def _worst_bias_difference(f: Figures, method: str) -> Figure:
    found = [
        row[method]["bias_difference"]
        for name, row in f.by_scenario.items()
        if name.startswith("X") and method in row
    ]
    if not found:
        return NOTHING
    worst = max(found, key=lambda x: abs(x.value))
    ends = sorted((abs(worst.low), abs(worst.high)))
    low = 0.0 if worst.low <= 0.0 <= worst.high else ends[0]
    return Figure(abs(worst.value), low, ends[1])


def _interval_goals(f: Figures) -> list[Goal]:
    cold, warm = _pool(f, "X", COLD), _pool(f, "X", WARM)
    rest = [_pool(f, "R", m) for m in (COLD, WARM)]
    get = lambda row, name: row.get(name, NOTHING)  # noqa: E731
    both = (("cold", cold), ("warm", warm))
    covers = [
        part
        for name, row in both
        for part in (
            _at_least(f"X {name} covers, %", get(row, "lead95_all"), 93.0, 94.0),
            _at_most(f"X {name} covers, % (not too wide)", get(row, "lead95_all"), 97.0, 96.0),
        )
    ]
    verdicts = [
        Goal("6", f"verdicts on X1-X6, {label}", _verdict_parts(cold, warm, prefix))
        for label, prefix in (("by the interval alone", ""), ("as told, refusals unclear", "told_"))
    ]
    return [
        Goal(
            "5",
            "95 % interval of the lead",
            (
                *covers,
                _at_least("R1 cold covers, %", get(rest[0], "lead95"), 90.0, 92.0),
                _at_least("R1 warm covers, %", get(rest[1], "lead95"), 90.0, 92.0),
                _at_most("X median width cold, ms", get(cold, "lead95_width_all"), 80.0, 65.0),
                _at_most("X median width warm, ms", get(warm, "lead95_width_all"), 62.0, 45.0),
            ),
        ),
        *verdicts,
        Goal(
            "7",
            "lag 0 on X1-X6",
            (
                _at_most("an order claimed cold, %", _both_orders(cold), 5.0, 5.0),
                _at_most("an order claimed warm, %", _both_orders(warm), 5.0, 5.0),
                _at_least("together warm, %", get(warm, "together0"), 20.0, 45.0),
            ),
        ),
        Goal("8", "calibration of P(a first)", _calibration_parts(f)),
    ]


def _verdict_parts(cold: Row, warm: Row, prefix: str) -> tuple[Part, ...]:
    get = lambda row, name: row.get(prefix + name, NOTHING)  # noqa: E731
    return (
        _at_least("right at 60 ms cold, %", get(cold, "right60"), 80.0, 88.0),
        _at_least("right at 60 ms warm, %", get(warm, "right60"), 94.0, 98.0),
        _at_least("right at 30 ms warm, %", get(warm, "right30"), 50.0, 65.0),
        _at_most("wrong at 60 ms cold, %", get(cold, "wrong60"), 0.5, 0.2),
        _at_most("wrong at 60 ms warm, %", get(warm, "wrong60"), 0.5, 0.2),
    )


def _both_orders(row: Row) -> Figure:
    """Both signs of lag 0 are counted, so either claim has the same share."""
    one = row.get("right0", NOTHING)
    return Figure(2.0 * one.value, 2.0 * one.low, 2.0 * one.high)


def _calibration_parts(f: Figures) -> tuple[Part, ...]:
    parts: list[Part] = []
    for name, method in (("cold", COLD), ("warm", WARM)):
        clean, dirty = _pool(f, "clean", method), _pool(f, "contaminated", method)
        every = _pool(f, "all", method)
        parts += [
            _at_most(f"ECE clean {name}", clean.get("ece", NOTHING), 0.02, 0.01, 3),
            _at_most(f"ECE contaminated {name}", dirty.get("ece", NOTHING), 0.05, 0.03, 3),
            _at_least(f"P >= .9 answers {name}, %", every.get("answered", NOTHING), 60.0, 70.0),
            _at_least(f"and is right {name}, %", every.get("answered_right", NOTHING), 98.0, 98.5),
        ]
    return tuple(parts)


def _live_goals(f: Figures) -> list[Goal]:
    rest = lambda name: f.rest.get(name, NOTHING)  # noqa: E731
    return [
        Goal(
            "9",
            "live delay over the causal bound; false alarms on clean rest",
            (
                _at_most("alarm / bound", f.cost.get("delay_over_bound", NOTHING), 1.15, 1.05, 2),
                _at_most("alarms raised/min, clean", rest("clean, raised"), 0.25, 0.1, 2),
                # Told with its first estimate, 50 ms after the alarm (method.md, step 13).
                _beside("onset told / bound", f.cost.get("told_over_bound", NOTHING), 2),
                _at_most("onsets told/min, clean", rest("clean, told"), 0.25, 0.1, 2),
            ),
        ),
        Goal(
            "10",
            "live alarms per minute at rest",
            tuple(
                _at_most(f"{name}, {kind}", rest(f"{name}, {kind}"), 1.0, 0.3, 2)
                for name in ("tone 30 %", "motion 8", "ecg 12")
                for kind in ("told", "raised")
            ),
        ),
        Goal(
            "11",
            "false repetitions per hour at rest, all contaminants",
            tuple(
                _at_most(name, f.streams.get(name, {}).get("extra_per_h", NOTHING), 1.0, 0.0, 2)
                for name in ("rest", "rest, EMG alone")
            ),
        ),
    ]


def _rest_goals(f: Figures) -> list[Goal]:
    mae = lambda name, m: f.by_scenario.get(name, {}).get(m, {}).get("mae", NOTHING)  # noqa: E731
    ratios = [row["ratio"] for name, row in f.offsets.items() if name[0] == "G" and "ratio" in row]
    middle = NOTHING
    if ratios:
        ordered = sorted(ratios, key=lambda x: x.value)
        middle = ordered[len(ordered) // 2]
    return [
        Goal(
            "12",
            "several events and everything at once, MAE",
            (
                _at_most("A5 cold, ms", mae("A5_preact", COLD), 10.0, 6.0),
                _at_most("A6 cold, ms", mae("A6_double", COLD), 5.0, 3.0),
                _at_most("R1 cold, ms", mae("R1_all", COLD), 14.0, 10.0),
            ),
        ),
        Goal(
            "13",
            "offset MAE over its own O1 (fall known), middle of the G scenarios",
            (_at_most("ratio", middle, 4.0, 2.0, 2),),
        ),
        Goal(
            "14",
            "cost",
            (
                _at_most(
                    "8 channels, 20 ms block, ms", f.cost.get("block_8_channels_ms", NOTHING),
                    1.0, 0.2, 2,
                ),
                _at_most("refined onset, ms", f.cost.get("refined_ms", NOTHING), 10.0, 3.0),
            ),
        ),
    ]  # fmt: skip

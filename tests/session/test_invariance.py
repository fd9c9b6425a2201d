"""What must not matter to a finding: the order of the channels, and which muscle is called a."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import firingorder
from tests.signal.planted import tissue

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding
    from firingorder.measures import Metric
    from firingorder.samples import FloatArray
    from firingorder.session.results import Analysis

NAMES = [
    "gluteus_maximus_left",
    "erector_spinae_left",
    "hamstring_left",
    "gluteus_maximus_right",
    "erector_spinae_right",
]
LEADS_S = (0.0, 0.110, 0.045, 0.012, 0.095)
MIRROR = {"glutes_first": "back_first", "back_first": "glutes_first"}


def muscles(seed: int = 9) -> FloatArray:
    """21 s at 1 kHz of five muscles: rest, then three bursts of 2 s, each with its own rise."""
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    t = np.arange(21_000) / 1000.0
    level = np.full((len(t), len(NAMES)), 3.0)
    for start in (5.0, 10.5, 16.0):
        for k, onset in enumerate(start + lead for lead in LEADS_S):
            level[:, k] += 70.0 * np.clip((t - onset) / (0.04 + 0.02 * k), 0, 1) * (t < onset + 2.0)
    return level * tissue(rng, *level.shape)


@pytest.fixture(scope="module")
def plain() -> Analysis:
    found = firingorder.analyse(muscles(), 1000.0, NAMES)
    assert [rep.verdict for rep in found.repetitions] == ["glutes_first"] * 3
    assert all(rep.sequence for rep in found.repetitions)
    return found


def without_order(rep: RepetitionFinding) -> RepetitionFinding:
    """Return the finding with everything listed by channel in one fixed order."""
    return replace(
        rep,
        onsets=dict(sorted(rep.onsets.items())),
        bursts=tuple(sorted(rep.bursts, key=lambda burst: burst.channel)),
        metrics=by_name(rep.metrics),
    )


def by_name(metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    return tuple(sorted(metrics, key=lambda one: (one.code, one.name, one.subject)))


def test_the_order_of_channels_changes_no_bit(plain: Analysis) -> None:
    order = [3, 1, 4, 0, 2]
    mixed = firingorder.analyse(muscles()[:, order], 1000.0, [NAMES[k] for k in order])
    assert [without_order(rep) for rep in mixed.repetitions] == [
        without_order(rep) for rep in plain.repetitions
    ]
    for one, other in zip(mixed.sets, plain.sets, strict=True):
        assert replace(one, metrics=by_name(one.metrics)) == replace(
            other, metrics=by_name(other.metrics)
        )


def test_swapped_muscles_mirror_every_lead(plain: Analysis) -> None:
    other_name = {
        f"{a}_{side}": f"{b}_{side}"
        for a, b in (("gluteus_maximus", "erector_spinae"), ("erector_spinae", "gluteus_maximus"))
        for side in ("left", "right")
    }
    swapped = [other_name.get(name, name) for name in NAMES]
    mirrored = firingorder.analyse(muscles(), 1000.0, swapped)
    assert len(mirrored.repetitions) == len(plain.repetitions)
    for one, other in zip(plain.repetitions, mirrored.repetitions, strict=True):
        assert other.verdict == MIRROR.get(one.verdict, one.verdict)
        assert one.lead_ms is not None
        assert other.lead_ms is not None
        assert (other.lead_ms, other.low_ms) == (-one.lead_ms, -(one.high_ms or 0.0))
        for side in ("left", "right"):
            names = f"gluteus_maximus_{side}", f"erector_spinae_{side}"
            a, b = (
                next(pair for pair in rep.pairs if (pair.a, pair.b) == names)
                for rep in (one, other)
            )
            assert a.lead_ms is not None
            assert (b.lead_ms, b.low_ms) == (-a.lead_ms, -(a.high_ms or 0.0))
    assert mirrored.sets[0].lead_ms == -(plain.sets[0].lead_ms or 0.0)
    assert mirrored.sets[0].low_ms == pytest.approx(-(plain.sets[0].high_ms or 0.0))

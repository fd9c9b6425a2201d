"""Learning a person's rises: from the eighth good repetition, never from a gated one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from firingorder.signal.edge import EdgeParams
from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.prior import PriorParams, PriorWeights
from firingorder.signal.refine import OnsetParams, OnsetResult
from firingorder.signal.rise_memory import RiseMemory
from firingorder.signal.rises import rises
from tests.signal.planted import Muscle, trial
from tests.signal.scoring import look

CHANNELS = ("gluteus_maximus_left", "erector_spinae_left")
RISE = EdgeParams().rise
GRID = rises(RISE)


def result(best_s: float) -> OnsetResult:
    evidence = np.where(np.isclose(GRID.rise_s, best_s), 4.0, 0.0)
    posterior = OnsetPosterior(5.0, 0.001, np.ones(50) / 50, 40.0, evidence)
    return OnsetResult(posterior, None, 20.0, 2.0, 20.0, (), (5.0, 7.0))


def usual_s(prior: PriorWeights) -> float:
    """The rise time that weighs most."""
    times = np.array(RISE.rise_s)
    share = [np.sum(prior.weights[np.isclose(GRID.rise_s, one)]) for one in times]
    return float(times[int(np.argmax(share))])


def test_each_muscle_learns_its_own_rise_from_the_eighth_repetition_on() -> None:
    memory = RiseMemory(CHANNELS, 20, PriorParams(), EdgeParams())
    for k in range(8):
        assert memory.prior(CHANNELS[0]) is None, k
        memory.learn({CHANNELS[0]: result(0.060), CHANNELS[1]: result(0.300)})
    first, second = memory.prior(CHANNELS[0]), memory.prior(CHANNELS[1])
    assert first is not None
    assert second is not None
    assert usual_s(first) == 0.060
    assert usual_s(second) == 0.300
    assert first.repetitions == 8


def test_a_gated_repetition_teaches_nothing() -> None:
    memory = RiseMemory(CHANNELS, 20, PriorParams(), EdgeParams())
    for _ in range(12):
        memory.learn({CHANNELS[0]: replace(result(0.060), gates=("gap",))})
    assert memory.prior(CHANNELS[0]) is None


def test_a_person_who_changes_is_followed() -> None:
    memory = RiseMemory(CHANNELS, 20, PriorParams(), EdgeParams())
    for _ in range(12):
        memory.learn({CHANNELS[0]: result(0.060)})
    for _ in range(20):
        memory.learn({CHANNELS[0]: result(0.400)})
    prior = memory.prior(CHANNELS[0])
    assert prior is not None
    assert prior.repetitions == 20
    assert usual_s(prior) == 0.400


def test_learnt_rises_create_no_bias_between_channels() -> None:
    """Two muscles alike, learnt from eight repetitions each: no side, and swapping mirrors."""
    seed, muscle, params = 51, Muscle(100, 15), OnsetParams()
    print(f"seed {seed}")
    memories = [RiseMemory(CHANNELS, 20, PriorParams(), params.edge) for _ in range(2)]
    for k in range(8):
        pair = [look(*trial(seed, f"learn {side}", k, muscle), params) for side in "ab"]
        memories[0].learn(dict(zip(CHANNELS, pair, strict=True)))
        memories[1].learn(dict(zip(CHANNELS, reversed(pair), strict=True)))
    leads, swapped = [], []
    for k in range(16):
        signals = [trial(seed, f"test {side}", k, muscle) for side in "ab"]
        for memory, order, out in ((memories[0], (0, 1), leads), (memories[1], (1, 0), swapped)):
            found = [
                look(*signals[channel], params, prior=memory.prior(name))
                for name, channel in zip(CHANNELS, order, strict=True)
            ]
            first, second = (one.posterior for one in found)
            assert first is not None
            assert second is not None
            lead_s = second.quantile(0.5) - first.quantile(0.5)
            truth_s = signals[order[1]][1] - signals[order[0]][1]
            out.append(1e3 * (lead_s - truth_s))
    print(f"mean lead error {np.mean(leads):.1f} ms, swapped {np.mean(swapped):.1f} ms")
    np.testing.assert_allclose(leads, -np.array(swapped), atol=1e-9)
    assert abs(np.mean(leads)) < 2.5 * np.std(leads) / 4.0 + 1.0

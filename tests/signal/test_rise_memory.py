"""Learning a person's rises: from the eighth good repetition, never from a gated one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.prior import PriorParams
from firingorder.signal.refine import OnsetResult
from firingorder.signal.rise_memory import RiseMemory

CHANNELS = ("gluteus_maximus_left", "erector_spinae_left")
N_RISES = 12
COLD = np.full(N_RISES, 1.0 / N_RISES)


def result(best: int) -> OnsetResult:
    evidence = np.zeros(N_RISES)
    evidence[best] = 4.0
    posterior = OnsetPosterior(5.0, 0.001, np.ones(50) / 50, 40.0, evidence)
    return OnsetResult(posterior, None, 20.0, 2.0, 20.0, (), (5.0, 7.0))


def test_each_muscle_learns_its_own_rise_from_the_eighth_repetition_on() -> None:
    memory = RiseMemory(CHANNELS, 20, PriorParams(), COLD)
    for k in range(8):
        assert memory.prior(CHANNELS[0]) is None, k
        memory.learn({CHANNELS[0]: result(3), CHANNELS[1]: result(9)})
    first, second = memory.prior(CHANNELS[0]), memory.prior(CHANNELS[1])
    assert first is not None
    assert second is not None
    assert int(np.argmax(first.weights)) == 3
    assert int(np.argmax(second.weights)) == 9
    assert first.repetitions == 8


def test_a_gated_repetition_teaches_nothing() -> None:
    memory = RiseMemory(CHANNELS, 20, PriorParams(), COLD)
    for _ in range(12):
        memory.learn({CHANNELS[0]: replace(result(3), gates=("gap",))})
    assert memory.prior(CHANNELS[0]) is None


def test_a_person_who_changes_is_followed() -> None:
    memory = RiseMemory(CHANNELS, 20, PriorParams(), COLD)
    for _ in range(12):
        memory.learn({CHANNELS[0]: result(3)})
    for _ in range(20):
        memory.learn({CHANNELS[0]: result(10)})
    prior = memory.prior(CHANNELS[0])
    assert prior is not None
    assert prior.repetitions == 20
    assert int(np.argmax(prior.weights)) == 10

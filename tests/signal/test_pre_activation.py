"""A muscle that holds a fifth of its amplitude for 0.2 s before its burst has begun."""

from dataclasses import replace

import numpy as np
import pytest

from firingorder.signal.before_burst import Segment, begun_in_rest
from firingorder.signal.bursts import Bout, BurstParams
from firingorder.signal.events import EventParams
from firingorder.signal.gates import Flags
from firingorder.signal.prior import PriorParams, PriorWeights
from firingorder.signal.refine import BeforeParams, OnsetParams, OnsetResult, refine
from firingorder.signal.rise_memory import RiseMemory
from firingorder.signal.rises import rises
from tests.signal.planted import (
    RATE_HZ,
    Muscle,
    coloured,
    conditioned,
    emg_power,
    generator,
    noise_power,
)

SEED, TRIALS = 46, 40
MUSCLE = Muscle(100, 15)
NO_EVENTS = replace(OnsetParams().edge, events=EventParams(0.0, 0.0))


def pre_active(k: int) -> tuple[np.ndarray, float]:
    """One conditioned channel of 4.2 s, and when the held level begins."""
    rng = generator(SEED, "pre-active", k)
    onset_s = rng.uniform(1.9, 2.1)
    t = np.arange(4200) / RATE_HZ - onset_s
    grown = np.maximum(0.2 * np.clip(t / 0.050, 0.0, 1.0), np.clip((t - 0.200) / 0.100, 0.0, 1.0))
    grown *= t < 1.3
    rest, top = np.sqrt(MUSCLE.tone), 10 ** (MUSCLE.snr_db / 20)
    tissue = coloured(rng, len(t), lambda f: emg_power(f, MUSCLE))
    noise = np.sqrt(1.0 - MUSCLE.tone) * coloured(rng, len(t), noise_power)
    return conditioned((rest + (top - rest) * grown) * tissue + noise), onset_s


def result_of(
    x: np.ndarray, onset_s: float, params: OnsetParams, prior: PriorWeights | None = None
) -> OnsetResult:
    """What is told of one channel."""
    window, valid = (onset_s - 0.6, onset_s + 0.6), np.ones(len(x), bool)
    return refine(x, valid, RATE_HZ, 0.0, window, params, prior, find_offset=False)


def results(
    params: OnsetParams, prior: PriorWeights | None = None
) -> tuple[list[OnsetResult], np.ndarray]:
    """What is found, and the errors, ms."""
    found: list[OnsetResult] = []
    errors: list[float] = []
    for k in range(TRIALS):
        x, onset_s = pre_active(k)
        one = result_of(x, onset_s, params, prior)
        assert one.posterior is not None
        found.append(one)
        errors.append(1e3 * (one.posterior.quantile(0.5) - onset_s))
    return found, np.array(errors)


def test_the_start_of_a_held_level_is_told() -> None:
    print(f"seed {SEED}")
    found, errors = results(OnsetParams())
    print(f"bias {np.mean(errors):+.1f} ms, MAE {np.mean(np.abs(errors)):.1f} ms")
    assert np.mean(np.abs(errors)) < 18.0  # no estimate without its rise gets below 13
    assert abs(np.mean(errors)) < 9.0
    sure = [one.posterior for one in found if one.posterior and one.posterior.first_event > 0.9]
    assert len(sure) > 0.5 * TRIALS


def learnt(events: EventParams | None = None) -> PriorWeights:
    """What twelve earlier repetitions teach; with no priors of events, as if each had one step."""
    edge = OnsetParams().edge if events is None else replace(OnsetParams().edge, events=events)
    memory = RiseMemory(("muscle",), 20, PriorParams(), edge)
    for k in range(TRIALS, TRIALS + 12):
        memory.learn({"muscle": result_of(*pre_active(k), OnsetParams())})
    prior = memory.prior("muscle")
    assert prior is not None
    return prior


def test_who_pre_activates_is_known_to_and_told_better() -> None:
    print(f"seed {SEED}")
    prior = learnt()
    assert prior.event_shares is not None
    before, double = prior.event_shares
    assert before > 0.6
    assert double < 0.1
    _, cold = results(OnsetParams())
    _, known = results(OnsetParams(), prior)
    print(f"MAE {np.mean(np.abs(cold)):.1f} ms, known {np.mean(np.abs(known)):.1f} ms")
    assert np.mean(np.abs(known)) < np.mean(np.abs(cold)) - 1.0


def test_a_burst_in_two_steps_says_nothing_of_how_the_muscle_rises_in_one() -> None:
    """Its two steps look like one slow rise; the control takes each of them for one."""
    rise = rises(OnsetParams().edge.rise)
    slow = rise.rise_s >= 0.25
    usual, fooled = np.sum(rise.weight[slow]), np.sum(learnt(EventParams(0.0, 0.0)).weights[slow])
    told = np.sum(learnt().weights[slow])
    print(f"weight of slow rises {usual:.2f}, learnt {told:.2f}, control {fooled:.2f}")
    assert told < usual + 0.1
    assert fooled > usual + 0.2


def test_without_first_events_it_is_told_late_or_as_a_slow_rise() -> None:
    """Negative control: one rise explains it, with a start that is off."""
    _, errors = results(replace(OnsetParams(), edge=NO_EVENTS))
    print(f"MAE {np.mean(np.abs(errors)):.1f} ms")
    assert np.mean(np.abs(errors)) > 25.0


@pytest.mark.parametrize(
    ("onset", "start"), [(1900, None), (1851, None), (1800, 1900), (1700, 1800)]
)
def test_rest_is_looked_for_before_what_begins_in_it(onset: int, start: int | None) -> None:
    x = np.zeros(3000)
    flags = Flags(np.zeros(3000, bool), None, None)
    bout = Bout(2000, 2900, 100.0)
    segment = Segment(
        x, np.ones(3000, bool), x, RATE_HZ, 0.0, (1500, 2500), flags, (bout,), BurstParams()
    )
    assert begun_in_rest(segment, bout, onset, BeforeParams()) == start

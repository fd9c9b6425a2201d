"""Times with their errors: leads to movement, reactions, durations, time to quiet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firingorder.findings import SetFinding
from firingorder.measures import PhaseTimes
from firingorder.signal.metrics import MetricsParams, repetition_metrics
from firingorder.signal.metrics.timing import rest_envelope, set_order, time_to_quiet
from tests.signal.metrics.people import (
    CHANNELS,
    PHASES,
    carrier,
    emg,
    find,
    noise,
    onset,
    reference,
    repetition,
    task,
)
from tests.signal.planted import generator

SEED = 531
P = MetricsParams()
GLUTE = CHANNELS[0]
CUED = PhaseTimes(away_s=2.0, end_s=5.4, far_from_s=2.5, far_to_s=5.0, cue_s=1.6, release_s=5.0)


def one_channel(seconds=6.0, **more):
    x = emg(generator(SEED, "one", 0), (40.0,), seconds=seconds)
    return repetition(x, **more)


def test_lead_to_movement_has_both_errors() -> None:
    found = find(repetition_metrics(one_channel()), "lead_to_movement", GLUTE)
    assert found.value == pytest.approx(100.0)  # onset at 1.4 s, movement at 1.5 s
    half = np.hypot(20.0, 40.0)
    assert (found.low, found.high) == pytest.approx((100.0 - half, 100.0 + half))


@pytest.mark.parametrize("phases", [replace(PHASES, trust="low"), replace(PHASES, error_s=None)])
def test_a_movement_that_is_not_trusted_orders_nothing(phases) -> None:
    found = find(repetition_metrics(one_channel(phases=phases)), "lead_to_movement", GLUTE)
    assert (found.value, found.gate) == (None, "low_trust")


def test_no_onset_no_times() -> None:
    found = repetition_metrics(one_channel(onsets={GLUTE: None}))
    for name in ("onset", "lead_to_movement", "duration"):
        assert (find(found, name, GLUTE).value, find(found, name, GLUTE).gate) == (None, "no_onset")


def test_duration_in_ms_and_percent_of_the_repetition() -> None:
    found = repetition_metrics(one_channel())
    lasted, share = find(found, "duration", GLUTE), find(found, "duration_percent", GLUTE)
    assert lasted.value == pytest.approx(3500.0)
    assert lasted.high - lasted.value == pytest.approx(1e3 * np.hypot(0.02, 0.05))
    assert share.value == pytest.approx(100.0)


def test_a_reaction_has_the_delay_of_the_cue_taken_off() -> None:
    data = one_channel(
        phases=CUED, task=task("CUED_HOLD"), onsets={GLUTE: onset(2.0)}, cue_latency_s=(0.03, 0.01)
    )
    found = repetition_metrics(data)
    assert find(found, "reaction", GLUTE).value == pytest.approx(370.0)
    assert find(found, "reaction_success", GLUTE).value == 1.0
    unmeasured = repetition_metrics(replace(data, cue_latency_s=None))
    assert find(unmeasured, "reaction", GLUTE).gate == "no_latency"
    late = repetition_metrics(replace(data, onsets={GLUTE: onset(3.64, 0.1)}))
    success = find(late, "reaction_success", GLUTE)
    assert (success.value, success.low, success.high) == (0.0, 0.0, 1.0)  # 2.01 +- 0.1 s
    uncued = repetition_metrics(replace(data, phases=replace(CUED, cue_s=None)))
    assert not [one for one in uncued if one.code == "B6"]


@pytest.mark.parametrize("tau_s", [0.02, 0.15, 0.4])
def test_the_time_to_quiet_is_covered(tau_s: float) -> None:
    """A muscle fades exponentially; true is when the level behind the RMS falls to the limit."""
    print(f"seed {SEED}")
    t = np.arange(4000) / 1000.0
    drive = 20.0 * np.exp(-t / tau_s)
    hits, late = [], []
    for k in range(200):
        rng = generator(SEED, f"quiet {tau_s}", k)
        rest = rest_envelope(noise(rng, 1300) ** 2, 1000.0, P)
        sd = rest.high - rest.value
        true = t[np.argmax(np.sqrt(drive**2 + 1.0) <= rest.value + 3.0 * sd)]
        x = drive * carrier(rng, 4000) + noise(rng, 4000)
        found = time_to_quiet(x**2, (rest.value, sd), 1000.0, P)
        assert found.gate is None
        hits.append(found.low <= true <= found.high)
        late.append(found.value - true)
    print(f"tau {tau_s}: covered {np.mean(hits):.3f}, median {1e3 * np.median(late):.0f} ms late")
    assert np.mean(hits) >= 0.90
    assert np.median(late) < 0.1 + 0.5 * tau_s


def test_a_muscle_that_stays_on_is_beyond_the_cap() -> None:
    rng = generator(SEED, "stays", 0)
    x = 5.0 * carrier(rng, 12000) + noise(rng, 12000)
    found = time_to_quiet(x**2, (1.0, 0.1), 1000.0, P)
    assert (found.gate, found.low) == ("beyond_cap", 10.0)
    assert time_to_quiet(x[:6000] ** 2, (1.0, 0.1), 1000.0, P).gate == "too_short"
    x[300] = np.nan
    assert time_to_quiet(x**2, (1.0, 0.1), 1000.0, P).gate == "gap"


def test_a_release_has_its_time_to_quiet() -> None:
    x = emg(generator(SEED, "release", 0), (40.0,), seconds=7.0)
    phases = replace(CUED, release_s=4.8)
    data = repetition(
        x, phases=phases, task=task("CUED_HOLD"), reference=reference((100.0,), 1.0, (GLUTE,))
    )
    found = find(repetition_metrics(data), "time_to_quiet", GLUTE)
    assert found.low <= 0.2 <= found.high + 0.01  # the drive ends at 5.0 s


def test_the_set_tells_its_order_and_counts() -> None:
    summary = SetFinding(1, 12, 8, 1, 1, 2, 60.0, 30.0, 90.0, 11, "glutes_first", None, 10.0, None)
    found = set_order(summary)
    lead = find(found, "set_lead", "glutes_first")
    assert (lead.value, lead.low, lead.high, lead.n) == (60.0, 10.0, None, 11)
    share = find(found, "verdict_share", "glutes_first")
    assert share.value == pytest.approx(8 / 12)
    assert share.low < 8 / 12 < share.high
    empty = set_order(SetFinding(1, 0, 0, 0, 0, 0, None, None, None))
    assert {one.gate for one in empty} == {"too_few"}

"""The verdict rules of method.md section 1, on posteriors made by hand."""

import numpy as np
import pytest
from scipy import stats

from firingorder.findings import Side, UnclearReason
from firingorder.signal.order import (
    ChannelEvidence,
    RepetitionOrder,
    lead,
    minimum,
    pair_finding,
    pair_verdict,
    repetition_verdict,
)
from firingorder.signal.posterior import OnsetPosterior

STEP = 0.001


def bell(mean_s: float, sd_ms: float) -> OnsetPosterior:
    """Gaussian posterior on the 1 ms grid."""
    first = np.round(mean_s - 6e-3 * sd_ms, 3)
    times = first + STEP * np.arange(int(12 * sd_ms) + 2)
    p = stats.norm.pdf(times, mean_s, sd_ms / 1e3)
    return OnsetPosterior(float(first), STEP, p / np.sum(p))


def seen(mean_s: float, sd_ms: float = 5.0) -> ChannelEvidence:
    return ChannelEvidence(bell(mean_s, sd_ms))


@pytest.mark.parametrize(
    ("low", "high", "verdict", "reason"),
    [
        (62.0, 110.0, "a_first", None),
        (0.1, 5.0, "a_first", None),  # rule 2 before rule 3: the sign is sure
        (-110.0, -1.0, "b_first", None),
        (-30.0, 30.0, "together", None),
        (-12.0, 28.0, "together", None),
        (-30.1, 10.0, "unclear", "interval_too_wide"),
        (-10.0, 30.1, "unclear", "interval_too_wide"),
        (0.0, 20.0, "together", None),  # zero inside: no order, but within the margin
        (0.0, 31.0, "unclear", "interval_too_wide"),
    ],
)
def test_rules_in_their_order(low: float, high: float, verdict: str, reason: str | None) -> None:
    assert pair_verdict(low, high, 30.0) == (verdict, reason)


def test_lead_of_two_bells_is_a_bell() -> None:
    found = lead(bell(1.000, 12.0), bell(1.085, 9.0))
    sd = np.hypot(12.0, 9.0)
    assert found.median_ms == pytest.approx(85.0, abs=0.1)
    assert found.low_ms == pytest.approx(85.0 - 1.96 * sd, abs=0.3)
    assert found.high_ms == pytest.approx(85.0 + 1.96 * sd, abs=0.3)
    assert found.p_a_first == pytest.approx(stats.norm.cdf(85.0 / sd), abs=1e-3)


def test_lead_holds_off_the_common_grid() -> None:
    """A multiplexed converter shifts channels by fractions of a sample."""
    shifted = bell(1.020, 6.0).shifted(0.000375)
    assert lead(bell(1.000, 6.0), shifted).median_ms == pytest.approx(20.375, abs=1e-3)


def test_swapped_channels_mirror_the_lead() -> None:
    rng = np.random.default_rng(6)
    a = OnsetPosterior(1.0, STEP, rng.dirichlet(np.full(80, 0.2)))
    b = OnsetPosterior(1.013, STEP, rng.dirichlet(np.full(150, 0.2)))
    one, other = lead(a, b), lead(b, a)
    assert (one.median_ms, one.low_ms) == (-other.median_ms, -other.high_ms)
    assert one.high_ms == -other.low_ms
    assert one.p_a_first == pytest.approx(1.0 - other.p_a_first, abs=1e-15)
    assert np.array_equal(one.p, other.p[::-1])


def test_equal_posteriors_leave_the_order_open() -> None:
    found = lead(bell(1.0, 5.0), bell(1.0, 5.0))
    assert found.p_a_first == pytest.approx(0.5)
    assert found.median_ms == pytest.approx(0.0, abs=1e-9)


def test_the_lead_decides_not_the_overlap_of_intervals() -> None:
    """95 % intervals of 20 and 20 ms half width overlap at 30 ms; the lead is still sure."""
    a, b = bell(1.000, 10.0), bell(1.030, 10.0)
    assert a.estimate.high_s > b.estimate.low_s
    assert pair_finding("a", "b", a, b, 30.0).verdict == "a_first"


def test_minimum_of_two_bells() -> None:
    a, b = bell(1.000, 10.0), bell(1.004, 8.0).shifted(0.0003)
    found = minimum(a, b)
    rng = np.random.default_rng(7)
    draws = np.minimum(rng.normal(1.0, 0.010, 400_000), rng.normal(1.0043, 0.008, 400_000))
    for q in (0.025, 0.5, 0.975):
        assert found.quantile(q) == pytest.approx(np.quantile(draws, q), abs=2e-4)
    assert np.sum(found.p) == pytest.approx(1.0)


def test_minimum_of_two_far_apart_is_the_earlier() -> None:
    early, late = bell(1.0, 5.0), bell(1.3, 5.0)
    for found in (minimum(early, late), minimum(late, early)):
        assert found.estimate.onset_s == pytest.approx(early.estimate.onset_s, abs=1e-9)


def test_a_failed_gate_claims_nothing_and_names_itself() -> None:
    found = pair_finding("a", "b", bell(1.0, 2.0), bell(1.2, 2.0), 30.0, ("gap", "edge"))
    assert (found.verdict, found.reason) == ("unclear", "gap")
    assert found.lead_ms is None
    assert found.p_a_first is None


def test_no_posterior_is_no_onset() -> None:
    found = pair_finding("a", "b", None, bell(1.2, 2.0), 30.0)
    assert (found.verdict, found.reason) == ("unclear", "no_onset")


def test_clock_uncertainty_widens_and_then_gates() -> None:
    a, b = bell(1.0, 2.0), bell(1.008, 2.0)
    plain = pair_finding("a", "b", a, b, 30.0)
    wider = pair_finding("a", "b", a, b, 30.0, clock_ms=4.0)
    assert plain.verdict == "a_first"
    assert plain.low_ms is not None
    assert wider.low_ms == pytest.approx(plain.low_ms - 4.0)
    assert wider.verdict == "together"
    assert pair_finding("a", "b", a, b, 30.0, clock_ms=5.1).reason == "clock"


def test_repetition_takes_the_first_onset_of_each_muscle() -> None:
    found = repetition_verdict(
        {"left": seen(1.000), "right": seen(1.060)},
        {"left": seen(1.090), "right": seen(1.095)},
        30.0,
    )
    assert (found.verdict, found.reason, found.sides) == ("glutes_first", None, "both")
    assert found.lead_ms is not None
    assert 80.0 < found.lead_ms < 92.0


@pytest.mark.parametrize(
    ("back_s", "verdict"), [(1.100, "glutes_first"), (1.002, "together"), (0.900, "back_first")]
)
def test_repetition_verdicts(back_s: float, verdict: str) -> None:
    found = repetition_verdict(
        {"left": seen(1.0), "right": seen(1.0)},
        {"left": seen(back_s), "right": seen(back_s)},
        30.0,
    )
    assert found.verdict == verdict


def test_sides_that_claim_opposite_orders_are_unclear() -> None:
    found = repetition_verdict(
        {"left": seen(1.000), "right": seen(1.200)},
        {"left": seen(1.100), "right": seen(1.080)},
        30.0,
    )
    assert (found.verdict, found.reason, found.sides) == ("unclear", "sides_differ", "both")


def test_one_open_side_does_not_differ() -> None:
    found = repetition_verdict(
        {"left": seen(1.000), "right": seen(1.100)},
        {"left": seen(1.100), "right": seen(1.095)},
        30.0,
    )
    assert (found.verdict, found.sides) == ("glutes_first", "both")


def test_an_unusable_side_leaves_the_verdict_to_the_other() -> None:
    found = repetition_verdict(
        {"left": seen(1.000), "right": ChannelEvidence(bell(0.5, 3.0), ("gap",))},
        {"left": seen(1.100), "right": seen(0.600)},
        30.0,
    )
    assert (found.verdict, found.sides) == ("glutes_first", "left")


def test_crosswise_losses_leave_nothing_and_say_why() -> None:
    found = repetition_verdict(
        {"left": ChannelEvidence(None, ("low_snr",)), "right": seen(1.0)},
        {"left": seen(1.1), "right": ChannelEvidence(None, ("saturated",))},
        30.0,
    )
    assert (found.verdict, found.reason, found.lead_ms) == ("unclear", "low_snr", None)


def test_one_sided_task_uses_the_working_side() -> None:
    found = repetition_verdict(
        {"left": seen(1.0), "right": seen(1.3)},
        {"left": seen(1.1), "right": seen(1.2)},
        30.0,
        sides="right",
    )
    assert (found.verdict, found.sides) == ("back_first", "right")


def test_montage_of_one_side() -> None:
    found = repetition_verdict({"left": seen(1.0)}, {"left": seen(1.1)}, 30.0)
    assert (found.verdict, found.sides) == ("glutes_first", "left")
    nothing = repetition_verdict({"left": seen(1.0)}, {"right": seen(1.1)}, 30.0)
    assert (nothing.verdict, nothing.reason) == ("unclear", "channel_missing")


def test_repetition_has_the_probability_of_its_order() -> None:
    found = repetition_verdict({"left": seen(1.000, 12.0)}, {"left": seen(1.030, 9.0)}, 30.0)
    assert found.p_glutes_first == pytest.approx(stats.norm.cdf(30.0 / 15.0), abs=1e-3)
    swapped = repetition_verdict({"left": seen(1.030, 9.0)}, {"left": seen(1.000, 12.0)}, 30.0)
    assert swapped.p_glutes_first == pytest.approx(1.0 - (found.p_glutes_first or 0.0), abs=1e-12)
    nothing = repetition_verdict({"left": seen(1.0)}, {"right": seen(1.1)}, 30.0)
    assert nothing.p_glutes_first is None


@pytest.mark.parametrize(
    "gate",
    [
        "no_onset", "low_snr", "gap", "saturated", "poor_contact", "no_rest", "several_bursts",
        "edge", "crosstalk", "rate_too_low",
    ],
)  # fmt: skip
def test_every_gate_silences_a_repetition_however_clear_its_onsets(gate: UnclearReason) -> None:
    """The only side there is; with a second one that side decides and says so."""
    gated = ChannelEvidence(bell(1.0, 2.0), (gate,))
    for glutes, back in ((gated, seen(1.2)), (seen(1.2), gated)):
        found = repetition_verdict({"left": glutes}, {"left": back}, 30.0)
        assert (found.verdict, found.reason) == ("unclear", gate)
        assert (found.lead_ms, found.low_ms, found.p_glutes_first) == (None, None, None)
    other = repetition_verdict(
        {"left": gated, "right": seen(1.1)}, {"left": seen(1.2), "right": seen(1.0)}, 30.0
    )
    assert (other.verdict, other.sides) == ("back_first", "right")


def test_clock_widens_and_gates_a_repetition_of_both_sides() -> None:
    glutes: dict[Side, ChannelEvidence] = {"left": seen(1.0, 2.0), "right": seen(1.002, 2.0)}
    back: dict[Side, ChannelEvidence] = {"left": seen(1.009, 2.0), "right": seen(1.010, 2.0)}
    plain = repetition_verdict(glutes, back, 30.0)
    wider = repetition_verdict(glutes, back, 30.0, clock_ms=4.9)
    assert plain.low_ms is not None
    assert wider.low_ms == pytest.approx(plain.low_ms - 4.9)
    assert (plain.verdict, wider.verdict) == ("glutes_first", "together")
    gated = repetition_verdict(glutes, back, 30.0, clock_ms=5.1)
    assert (gated.verdict, gated.reason, gated.p_glutes_first) == ("unclear", "clock", None)


def test_one_sided_task_does_not_fall_back_on_the_idle_side() -> None:
    found = repetition_verdict(
        {"left": seen(1.0), "right": ChannelEvidence(None, ("low_snr",))},
        {"left": seen(1.1), "right": seen(1.2)},
        30.0,
        sides="right",
    )
    assert (found.verdict, found.reason, found.sides) == ("unclear", "low_snr", "right")


def test_a_constant_time_leaves_a_repetition_as_it_is() -> None:
    def at(shift_s: float) -> tuple[float, float, float]:
        found = repetition_verdict(
            {"left": ChannelEvidence(bell(1.0, 7.0).shifted(shift_s)),
             "right": ChannelEvidence(bell(1.013, 5.0).shifted(shift_s))},
            {"left": ChannelEvidence(bell(1.05, 9.0).shifted(shift_s)),
             "right": ChannelEvidence(bell(1.06, 4.0).shifted(shift_s))},
            30.0,
        )  # fmt: skip
        assert found.verdict == "glutes_first"
        return found.lead_ms or 0.0, found.low_ms or 0.0, found.p_glutes_first or 0.0

    assert at(7200.25) == pytest.approx(at(0.0), abs=1e-6)


def test_swapped_sides_change_no_bit_and_swapped_muscles_mirror_the_repetition() -> None:
    early, late = (seen(1.0, 7.0), seen(1.021, 5.0)), (seen(1.05, 9.0), seen(1.048, 4.0))

    def judged(
        glutes: tuple[ChannelEvidence, ...], back: tuple[ChannelEvidence, ...], first: Side
    ) -> RepetitionOrder:
        sides: tuple[Side, Side] = ("left", "right") if first == "left" else ("right", "left")
        return repetition_verdict(
            dict(zip(sides, glutes, strict=True)), dict(zip(sides, back, strict=True)), 30.0
        )

    one = judged(early, late, "left")
    assert judged(early, late, "right") == one
    muscles = judged(late, early, "left")
    assert (one.verdict, muscles.verdict) == ("glutes_first", "back_first")
    assert (one.lead_ms, one.low_ms) == (-(muscles.lead_ms or 0.0), -(muscles.high_ms or 0.0))

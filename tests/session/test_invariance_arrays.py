"""What must not change a finding: cutting, gain, polarity, time, fine steps; what must come out.

Whole analyses of short planted recordings. Tests of shared bits compare with ``==``.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

import firingorder
from firingorder.findings import RepetitionFinding
from firingorder.samples import EmgChunk, EmgLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import RESULT_ONLY
from firingorder.training.exercises import load_task
from tests.session.bodies import CHANNELS, body, onsets_s
from tests.signal.contaminated import heart, motion
from tests.signal.planted import Muscle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.session.results import Analysis

STRONG = (Muscle(60, 40), Muscle(120, 36))


def dirty(seed: int) -> np.ndarray:
    """With a heart in both channels, hum, and cables that swing at each movement."""
    x = body(seed)
    rng = np.random.default_rng([seed, 99])
    t = np.arange(len(x)) / 1000.0
    x += heart(rng, len(x))[0][:, None] * [15.0, 50.0]
    x += np.sin(2 * np.pi * 50.02 * t)[:, None] * [12.0, 6.0]
    for onset in onsets_s(3)[0]:
        x += motion(rng, len(x), onset)[:, None] * [15.0, 10.0]
    return x


BODIES = {"clean": body(11), "strong": body(12, muscles=STRONG), "dirty": dirty(13)}


@pytest.fixture(scope="module")
def plain() -> dict[str, Analysis]:
    found = {name: firingorder.analyse(x, 1000.0, CHANNELS) for name, x in BODIES.items()}
    for one in found.values():
        assert [rep.verdict for rep in one.repetitions] == ["glutes_first"] * 3
        assert all(rep.onsets[name] is not None for rep in one.repetitions for name in CHANNELS)
    return found


def times_s(found: Analysis) -> np.ndarray:
    """Onset and its interval of every channel and repetition, ``(n_reps, n_channels, 3)``."""
    rows = [
        [
            (one.low_s, one.onset_s, one.high_s) if (one := rep.onsets[name]) else (np.nan,) * 3
            for name in CHANNELS
        ]
        for rep in found.repetitions
    ]
    return np.array(rows)


def claims(found: Analysis) -> list[tuple[str, str | None, bool]]:
    return [(rep.verdict, rep.reason, rep.scored) for rep in found.repetitions]


def offsets_s(found: Analysis) -> np.ndarray:
    return np.array([np.nan if one.offset_s is None else one.offset_s for one in found.bursts])


def analysed(
    x: np.ndarray,
    rate_hz: float,
    cuts: Sequence[int] = (),
    *,
    skew_s: float = 0.0,
    ppm: float = 0.0,
    t0_s: float = 0.0,
) -> list[RepetitionFinding]:
    """The repetitions of a stream cut at samples, on a device clock with an offset and a drift."""
    layout = EmgLayout(rate_hz, tuple(CHANNELS), skew_s)
    pipeline = Pipeline(Settings(), load_task("bridge"), layout, None, wanted=RESULT_ONLY)
    bounds = sorted({0, len(x), *cuts})
    found = []
    for first, stop in pairwise(bounds):
        at_s = t0_s + first / rate_hz * (1.0 + 1e-6 * ppm)
        part = x[first:stop]
        found += pipeline.step(EmgChunk(first, at_s, rate_hz, part, np.zeros(part.shape, np.bool_)))
    found += pipeline.finish()
    return [one for one in found if isinstance(one, RepetitionFinding)]


@pytest.mark.parametrize(("name", "pieces"), [("strong", 3), ("dirty", 900)])
def test_any_cutting_of_the_stream_changes_no_bit(
    name: str, pieces: int, plain: dict[str, Analysis]
) -> None:
    x = BODIES[name]
    rng = np.random.default_rng(pieces)
    cuts = rng.integers(0, len(x), pieces).tolist()
    # The end is known a second later or at once: what is decided is the same, at its own index.
    assert tuple(analysed(x, 1000.0, cuts)) == plain[name].repetitions


@pytest.mark.parametrize("rate_hz", [1259.0])
def test_any_cutting_of_a_stream_of_another_rate_changes_no_bit(rate_hz: float) -> None:
    x = body(14, rate_hz, 2)
    rng = np.random.default_rng(4)
    whole = analysed(x, rate_hz)
    assert [rep.verdict for rep in whole] == ["glutes_first"] * 2
    assert analysed(x, rate_hz, rng.integers(0, len(x), 200).tolist()) == whole


@pytest.mark.parametrize(
    ("name", "gain"), [("clean", 0.01), ("strong", 1000.0), ("dirty", 0.01), ("dirty", 1000.0)]
)
def test_gain_changes_no_time_and_no_claim(
    name: str, gain: float, plain: dict[str, Analysis]
) -> None:
    found = firingorder.analyse(gain * BODIES[name], 1000.0, CHANNELS)
    assert claims(found) == claims(plain[name])
    np.testing.assert_allclose(times_s(found), times_s(plain[name]), atol=1e-6)
    np.testing.assert_allclose(offsets_s(found), offsets_s(plain[name]), atol=1e-6)
    for one, other in zip(found.repetitions, plain[name].repetitions, strict=True):
        assert one.lead_ms == pytest.approx(other.lead_ms, abs=1e-3)


def test_each_channel_may_have_its_own_gain(plain: dict[str, Analysis]) -> None:
    found = firingorder.analyse(BODIES["strong"] * [0.05, 40.0], 1000.0, CHANNELS)
    assert claims(found) == claims(plain["strong"])
    np.testing.assert_allclose(times_s(found), times_s(plain["strong"]), atol=1e-6)


@pytest.mark.parametrize("name", ["strong", "dirty"])
@pytest.mark.parametrize("signs", [(-1.0, 1.0)])
def test_polarity_changes_nothing(
    name: str, signs: tuple[float, float], plain: dict[str, Analysis]
) -> None:
    found = firingorder.analyse(BODIES[name] * signs, 1000.0, CHANNELS)
    assert claims(found) == claims(plain[name])
    np.testing.assert_allclose(times_s(found), times_s(plain[name]), atol=1e-6)
    np.testing.assert_allclose(offsets_s(found), offsets_s(plain[name]), atol=1e-6)


@pytest.mark.parametrize("name", ["strong", "dirty"])
def test_swapped_columns_change_no_bit(name: str, plain: dict[str, Analysis]) -> None:
    found = firingorder.analyse(BODIES[name][:, ::-1], 1000.0, CHANNELS[::-1])
    for one, other in zip(found.repetitions, plain[name].repetitions, strict=True):
        assert one.onsets == other.onsets
        assert (one.verdict, one.lead_ms, one.pairs) == (other.verdict, other.lead_ms, other.pairs)
    assert found.bursts == plain[name].bursts


@pytest.mark.parametrize(
    ("name", "earlier"), [("clean", 7), ("strong", 1777), ("dirty", 7), ("dirty", 1777)]
)
def test_more_rest_before_shifts_all_by_its_length(
    name: str, earlier: int, plain: dict[str, Analysis]
) -> None:
    """Hum and beats are learnt from what came before: there about a millisecond is left."""
    more = BODIES[name][300 : 300 + earlier][::-1]
    found = firingorder.analyse(np.concatenate([more, BODIES[name]]), 1000.0, CHANNELS)
    assert claims(found) == claims(plain[name])
    late = np.abs(times_s(found)[..., 1] - times_s(plain[name])[..., 1] - earlier / 1000.0)
    print(f"{name}, {earlier} samples, by repetition: {np.round(1e3 * late, 4).tolist()} ms")
    if name != "dirty":
        assert np.max(late) < 1e-6
        return
    assert np.median(late) < 1e-3
    assert np.max(late[1:]) < 2e-3
    # The first repetition has so much more rest to know them from.
    assert np.all(late < 0.5 * np.ptp(times_s(plain[name]), axis=2))


def test_another_origin_of_time_shifts_all_exactly() -> None:
    x, by_s = BODIES["clean"], 64.0
    for one, other in zip(analysed(x, 1000.0), analysed(x, 1000.0, t0_s=by_s), strict=True):
        assert other.start_s == pytest.approx(one.start_s + by_s, abs=1e-9)
        for name in CHANNELS:
            a, b = one.onsets[name], other.onsets[name]
            assert a is not None
            assert b is not None
            assert b.onset_s == pytest.approx(a.onset_s + by_s, abs=1e-9)
        assert replace(one, lead_ms=None).verdict == other.verdict
        assert other.lead_ms == pytest.approx(one.lead_ms, abs=1e-6)


@pytest.mark.parametrize(("bits", "range_uv"), [(16, 5_000.0), (24, 187_500.0)])
def test_the_steps_of_a_converter_change_nothing(
    bits: int, range_uv: float, plain: dict[str, Analysis]
) -> None:
    step_uv = 2.0 * range_uv / 2**bits
    coarse = step_uv * np.round(BODIES["clean"] / step_uv)
    found = firingorder.analyse(coarse, 1000.0, CHANNELS)
    assert claims(found) == claims(plain["clean"])
    moved = np.max(np.abs(times_s(found) - times_s(plain["clean"])))
    print(f"{bits} bit, step {step_uv:.3f} uV: {1e3 * moved:.4f} ms")
    assert moved < 1e-3


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 1259.0, 2000.0, 2148.0, 4000.0])
def test_the_same_muscles_at_every_rate(rate_hz: float) -> None:
    """The same bursts, sampled otherwise: the same claims, and onsets by a tenth of the rise."""
    found = firingorder.analyse(body(15, rate_hz), rate_hz, CHANNELS)
    assert [rep.verdict for rep in found.repetitions] == ["glutes_first"] * 3
    errors_ms = 1e3 * (times_s(found)[..., 1].T - onsets_s(3))
    print(f"{rate_hz:g} Hz: {np.round(errors_ms, 1).tolist()} ms")
    assert np.mean(np.abs(errors_ms)) < 10.0
    assert np.max(np.abs(errors_ms)) < 30.0


def test_the_skew_of_a_multiplexed_converter_is_taken_out() -> None:
    """0.875 ms between the channels (eight of them at 1 kHz); goal: less than 0.2 ms is left."""
    skew_s, left_ms, raw_ms = 0.875e-3, [], []
    for seed in (21, 22):
        even = analysed(body(seed), 1000.0)
        skewed = body(seed, skew_s=skew_s)
        for kept, told in ((raw_ms, 0.0), (left_ms, skew_s)):
            reps = analysed(skewed, 1000.0, skew_s=told)
            kept += [
                (one.lead_ms or np.nan) - (other.lead_ms or np.nan)
                for one, other in zip(reps, even, strict=True)
            ]
    print(f"lead off by {np.mean(raw_ms):.3f} ms, by {np.mean(left_ms):.3f} with the skew known")
    assert np.mean(raw_ms) == pytest.approx(-0.875, abs=0.2)
    assert abs(np.mean(left_ms)) < 0.2


@pytest.mark.parametrize("ppm", [40.0, -40.0])
def test_a_clock_that_drifts_is_followed(ppm: float) -> None:
    """The samples come 40 ppm slower or faster on the clock of the device; goal: < 0.2 ms."""
    x = BODIES["clean"]
    cuts = range(0, len(x), 20)
    for one, other in zip(
        analysed(x, 1000.0, cuts), analysed(x, 1000.0, cuts, ppm=ppm), strict=True
    ):
        for name in CHANNELS:
            a, b = one.onsets[name], other.onsets[name]
            assert a is not None
            assert b is not None
            assert b.onset_s == pytest.approx(a.onset_s * (1.0 + 1e-6 * ppm), abs=0.2e-3)

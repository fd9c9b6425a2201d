"""The whole signal chain on bodies with planted onsets (simulated), and on what goes wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.findings import OnsetFinding, PhaseFinding, QualityFinding
from firingorder.samples import ContactReport, EmgChunk, Gap, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.simulation.scenarios import ScenarioBody, make_body
from firingorder.training.exercises import load_task
from tests.signal.streams import (
    Item,
    body_items,
    emg_chunk,
    joined,
    part,
    pipeline_for,
    recut,
    repetitions,
    run,
    verdicts,
)

if TYPE_CHECKING:
    from firingorder.findings import Finding

TWO = ("gluteus_maximus_left", "erector_spinae_left")
FOUR = (*TWO, "gluteus_maximus_right", "erector_spinae_right")
SECONDS = 22.0


@cache
def four_body() -> ScenarioBody:
    return make_body("bridge_mixed", seed=101, channels=FOUR)


@cache
def four_items() -> tuple[Item, ...]:
    return tuple(body_items(four_body(), SECONDS))


@cache
def four_session() -> tuple[Pipeline, tuple[Finding, ...], tuple[float, ...]]:
    """The pipeline after the session, its findings, and the newest time each could know."""
    pipeline, newest = pipeline_for(four_body()), 0.0
    findings: list[Finding] = []
    known: list[float] = []
    for item in four_items():
        if isinstance(item, EmgChunk | ImuChunk):
            n = len(item.emg_uv) if isinstance(item, EmgChunk) else len(item.acc_m_s2)
            newest = max(newest, item.t0_s + n / item.rate_hz)
        found = pipeline.step(item)
        findings += found
        known += [newest] * len(found)
    last = pipeline.finish()
    return pipeline, (*findings, *last), (*known, *[newest] * len(last))


def four_findings() -> tuple[Finding, ...]:
    return four_session()[1]


def is_right(body: ScenarioBody, findings: list[Finding], seconds: float, limit_ms: float) -> None:
    """Every planted repetition is found once, with its order and its lead."""
    planted = body.truth(duration_s=seconds - 1.5)["repetitions"]
    found = repetitions(findings)[: len(planted)]
    assert len(found) == len(planted) > 0
    for one, true in zip(found, planted, strict=True):
        assert one.scored, one.reasons
        for name, onset in one.onsets.items():
            if onset is not None:
                planted_s = true["channels"][name]["onset_s"]
                assert abs(onset.onset_s - planted_s) < 0.05
        if true["class"] == "unclear" or one.verdict == "unclear":
            continue
        assert one.lead_ms is not None
        assert one.lead_ms == pytest.approx(true["lead_ms"], abs=limit_ms)
        if abs(true["lead_ms"]) > 30.0:
            wanted = "glutes_first" if true["lead_ms"] > 0 else "back_first"
            assert one.verdict == wanted


def test_planted_orders_and_leads_are_found() -> None:
    findings = list(four_findings())
    is_right(four_body(), findings, SECONDS, 25.0)
    assert sum(one.verdict != "unclear" for one in repetitions(findings)) >= 2


def test_each_repetition_has_an_early_verdict_then_one_final_line() -> None:
    planted = {r["index"]: r for r in four_body().truth()["repetitions"]}
    order = [(type(one).__name__, one.index) for one in four_findings() if hasattr(one, "pairs")]  # type: ignore[union-attr]
    for one in repetitions(list(four_findings())):
        mine = [name for name, index in order if index == one.index]
        assert mine[0] == "VerdictFinding"
        assert mine[-1] == "RepetitionFinding"
        assert mine.count("RepetitionFinding") == 1
        early = next(v for v in verdicts(list(four_findings())) if v.index == one.index)
        if one.scored:
            waited = early.decided_at_s - planted[one.index]["movement_onset_s"]
            assert waited < 0.4 + 0.15 + 0.1  # window, data after it, error of the start
            assert one.decided_at_s > one.end_s


def test_nothing_is_decided_before_its_samples_came() -> None:
    _, findings, known = four_session()
    for one, newest in zip(findings, known, strict=True):
        decided = getattr(one, "decided_at_s", None) or getattr(one, "at_s", 0.0)
        assert decided <= newest + 1e-9


def test_live_onsets_stand_near_the_planted_ones() -> None:
    bursts = [(b["channel"], b["onset_s"]) for b in four_body().truth(duration_s=SECONDS)["bursts"]]
    live = [one for one in four_findings() if isinstance(one, OnsetFinding)]
    found = 0
    for channel, onset_s in bursts:
        near = [o for o in live if o.channel == channel and abs(o.onset_s - onset_s) < 0.06]
        found += bool(near)
        assert all(one.decided_at_s - onset_s < 0.25 for one in near[:1])
    assert found >= 0.75 * len(bursts) > 0
    assert len(live) <= len(bursts) + 6


def test_phases_follow_the_movement() -> None:
    phases = [one.phase for one in four_findings() if isinstance(one, PhaseFinding)]
    assert phases[:8] == ["lift", "hold", "lower", "rest"] * 2


@pytest.mark.parametrize("seed", [1])
def test_any_cutting_gives_bit_equal_findings(seed: int) -> None:
    items = recut(list(four_items()), np.random.default_rng(seed))
    again = run(pipeline_for(four_body()), items)
    assert repr(again) == repr(list(four_findings()))


def lossy(items: list[Item], seed: int) -> list[Item]:
    """Loss of frames, of odd pieces, one outage of 2 s and one of 6 s; gaps are reported."""
    rng = np.random.default_rng(seed)
    out: list[Item] = []
    for item in items:
        if isinstance(item, EmgChunk):
            away = 9.0 < item.t0_s < 11.0 or 12.0 < item.t0_s < 18.0
            if away or rng.uniform() < 0.01:
                continue
            if rng.uniform() < 0.02:
                a = int(rng.integers(1, len(item.emg_uv)))
                end_s = item.t0_s + len(item.emg_uv) / item.rate_hz
                out.append(part(item, 0, a))
                out.append(Gap("emg", "loss", item.index0 + a, 20 - a, item.t0_s, end_s))
                continue
        elif isinstance(item, ImuChunk) and (12.0 < item.t0_s < 18.0 or rng.uniform() < 0.02):
            continue
        out.append(item)
    return out


@pytest.mark.parametrize("seed", [3])
def test_any_cutting_of_a_lossy_stream_gives_bit_equal_findings(seed: int) -> None:
    body = make_body("bridge_mixed", seed=101, channels=TWO)
    items = lossy(body_items(body, SECONDS), seed)
    once = run(pipeline_for(body), items)
    assert repetitions(once)
    for other in (recut(items, np.random.default_rng(seed)), joined(items)):
        without = [one for one in other if not isinstance(one, Gap)]
        assert repr(run(pipeline_for(body), without)) == repr(once)


@pytest.mark.parametrize("imu", [True, False])
def test_two_channels_are_enough(*, imu: bool) -> None:
    body = make_body("bridge", seed=102, channels=TWO)
    findings = run(pipeline_for(body, imu=imu), body_items(body, 20.0, imu=imu))
    is_right(body, findings, 20.0, 30.0)
    for one in repetitions(findings):
        assert [(p.a, p.b) for p in one.pairs] == [TWO]
        assert one.sides == "left"
        assert (one.movement_onset_s is None) is not imu
        assert (one.pelvis is None) is not imu
        assert {b.channel for b in one.bursts} <= set(TWO)
    finished = [b for one in repetitions(findings)[:2] for b in one.bursts]
    assert all(b.offset_s is not None and b.offset_s > b.onset_s for b in finished)


def test_eight_channels_give_all_pairs() -> None:
    body = make_body("bridge", seed=103)
    findings = run(pipeline_for(body), body_items(body, 13.0))
    one = repetitions(findings)[0]
    assert len(one.onsets) == 8
    assert len(one.pairs) == 12
    is_right(body, findings, 13.0, 30.0)


@pytest.mark.parametrize("rate_hz", [500.0, 1259.0, 2000.0])
def test_other_rates_give_the_same_orders(rate_hz: float) -> None:
    body = make_body("bridge", seed=104, channels=TWO, emg_rate_hz=rate_hz)
    findings = run(pipeline_for(body), body_items(body, 13.0))
    is_right(body, findings, 13.0, 35.0)
    assert repetitions(findings)[0].verdict != "unclear"


def test_a_rate_below_500_hz_claims_nothing() -> None:
    fast = make_body("bridge", seed=105, channels=TWO)
    x = fast.emg_uv(0, 20_000)[::4]
    task = load_task("bridge")
    layout = replace(pipeline_for(fast)._emg, rate_hz=250.0)
    pipeline = Pipeline(Settings(), task, layout, None)
    findings = run(pipeline, [emg_chunk(k, 250.0, x[k : k + 10]) for k in range(0, len(x), 10)])
    assert repetitions(findings)
    for one in repetitions(findings):
        assert (one.verdict, one.reason, one.lead_ms) == ("unclear", "rate_too_low", None)
        assert {p.reason for p in one.pairs} == {"rate_too_low"}


def test_a_sensor_mounted_the_wrong_way_round_finds_no_repetition() -> None:
    body = make_body("bridge", seed=106, channels=TWO[:1])
    assert body.nominal_mount_wxyz is not None
    w, x, y, z = body.nominal_mount_wxyz
    right = pipeline_for(body)
    items = body_items(body, 14.0)
    # Half a turn of the pelvis frame about x and about z, after the mount.
    for turned in ((-x, w, -z, y), (-z, -y, x, w)):
        wrong = ImuLayout(100.0, turned)
        pipeline = Pipeline(Settings(), load_task("bridge"), right._emg, wrong)
        assert repetitions(run(pipeline, items)) == []
    assert len(repetitions(run(right, items))) >= 1


def test_a_gap_near_an_onset_makes_the_pair_unclear_and_only_there() -> None:
    body = make_body("bridge", seed=107, channels=TWO)
    first, second = body.truth()["repetitions"][:2]
    onset_s = first["channels"][TWO[0]]["onset_s"]
    items = [
        one
        for one in body_items(body, second["end_s"] + 2.0)
        if not (isinstance(one, EmgChunk) and onset_s - 0.25 < one.t0_s < onset_s - 0.2)
    ]
    hurt, whole = repetitions(run(pipeline_for(body), items))
    assert (hurt.verdict, hurt.reason, hurt.lead_ms) == ("unclear", "gap", None)
    assert hurt.scored  # signal gates make a verdict unclear, they do not unscore
    assert whole.verdict != "unclear"


def test_saturation_and_a_loose_pad_are_named() -> None:
    body = make_body("bridge", seed=108, channels=TWO)
    reps = body.truth()["repetitions"][:2]
    items: list[Item] = []
    for one in body_items(body, reps[1]["end_s"] + 2.0):
        if isinstance(one, EmgChunk):
            onset_s = reps[0]["channels"][TWO[1]]["onset_s"]
            if onset_s < one.t0_s < onset_s + 0.1:
                flags = one.saturated.copy()
                flags[5:9, 1] = True
                items.append(replace(one, saturated=flags))
                continue
            if abs(one.t0_s - (reps[1]["movement_onset_s"] - 2.0)) < 0.01:
                items.append(ContactReport(one.t0_s, (True, False)))
        items.append(one)
    findings = run(pipeline_for(body), items)
    assert [one.reason for one in repetitions(findings)] == ["saturated", "poor_contact"]
    states = [(q.channel, q.state) for q in findings if isinstance(q, QualityFinding)]
    assert (TWO[0], "poor_contact") in states
    assert (TWO[1], "saturated") in states


def test_a_loose_pad_leaves_the_verdict_to_the_other_side() -> None:
    body = make_body("bridge", seed=113, channels=FOUR)
    first_end_s = body.truth()["repetitions"][0]["end_s"]
    items = body_items(body, first_end_s + 2.0)
    off = (False, False, False, True)
    findings = run(pipeline_for(body), [items[0], ContactReport(0.0, off), *items[1:]])
    one = repetitions(findings)[0]
    assert one.verdict != "unclear"
    assert one.sides == "left"
    assert one.onsets["erector_spinae_right"] is None


def test_the_skew_of_the_converter_is_added_to_each_channel() -> None:
    body = make_body("bridge", seed=109, channels=TWO)
    items = body_items(body, 13.0)
    plain = repetitions(run(pipeline_for(body), items))[0]
    skewed = repetitions(run(pipeline_for(body, skew_s=0.000125), items))[0]
    assert plain.lead_ms is not None
    assert skewed.lead_ms == pytest.approx(plain.lead_ms + 0.125, abs=1e-6)


def test_sets_and_pauses() -> None:
    body = make_body("bridge", seed=110, channels=TWO)
    reps = body.truth()["repetitions"][:3]
    pipeline, findings = pipeline_for(body), []
    for item in body_items(body, reps[2]["end_s"] + 2.0):
        if isinstance(item, EmgChunk):
            at = item.index0
            if at == 20 * round(50 * (reps[0]["end_s"] + 1.0)):
                findings += pipeline.control("next_set")
            if at == 20 * round(50 * (reps[1]["movement_onset_s"] + 0.8)):
                findings += pipeline.control("pause")
            if at == 20 * round(50 * (reps[1]["end_s"] + 0.3)):
                findings += pipeline.control("resume")
        findings += pipeline.step(item)
    findings += pipeline.finish()
    first, paused, last = repetitions(findings)
    assert (first.set_index, first.scored) == (1, True)
    assert (paused.set_index, paused.scored) == (2, False)
    assert "paused" in paused.reasons
    assert (last.set_index, last.scored) == (2, True)
    assert [(s.index, s.scored) for s in pipeline.sets()] == [(1, 1), (2, 1)]
    during = (reps[1]["movement_onset_s"] + 0.9, reps[1]["end_s"])
    assert not [
        one
        for one in findings
        if isinstance(one, OnsetFinding) and during[0] < one.onset_s < during[1]
    ]


def test_an_outage_ends_the_repetition_and_the_next_one_counts() -> None:
    body = make_body("bridge", seed=111, channels=TWO)
    reps = body.truth()["repetitions"][:3]
    from_s, to_s = reps[0]["movement_onset_s"] + 1.0, reps[1]["end_s"]
    assert to_s - from_s > 5.0
    items = [
        one
        for one in body_items(body, reps[2]["end_s"] + 2.0)
        if isinstance(one, ContactReport) or not from_s < one.t0_s < to_s  # type: ignore[union-attr]
    ]
    findings = run(pipeline_for(body), items)
    cut, whole = repetitions(findings)
    assert not cut.scored
    assert whole.scored
    assert whole.movement_onset_s == pytest.approx(reps[2]["movement_onset_s"], abs=0.1)


def test_the_summary_knows_noise_signal_and_use() -> None:
    pipeline = four_session()[0]
    rest = four_body().truth()["settings"]["rest_uv"]
    for one in pipeline.channels():
        assert one.usable
        assert one.noise_uv is not None
        assert one.snr_db is not None
        assert one.noise_uv == pytest.approx(rest[one.name], rel=0.25)
        assert 15.0 < one.snr_db < 35.0


def test_the_display_shows_what_the_onsets_are_found_in() -> None:
    pipeline = pipeline_for(four_body())
    blocks, poses = [], []
    for item in four_items()[:500]:
        pipeline.step(item)
        new_blocks, new_poses = pipeline.take_display()
        blocks += new_blocks
        poses += new_poses
    grid = [block.index0 for block in blocks]
    ends = [block.index0 + len(block.emg_uv) for block in blocks]
    assert grid[0] == 0
    assert grid[1:] == ends[:-1]
    assert all(block.envelope_uv.shape == block.emg_uv.shape for block in blocks)
    assert poses
    pipeline.step(emg_chunk(ends[-1] + 200, 1000.0, np.ones((40, 4))))
    (gap,), _ = pipeline.take_display()
    assert np.isnan(gap.emg_uv[:180]).all()


def test_without_an_imu_that_was_promised_the_muscles_give_the_repetitions() -> None:
    """The IMU falls silent within the first repetition and comes back in the second's rest."""
    body = make_body("bridge", seed=112, channels=TWO)
    reps = body.truth()["repetitions"][:3]
    away = (reps[0]["movement_onset_s"] + 0.5, reps[1]["end_s"] + 1.0)
    items = [
        one
        for one in body_items(body, reps[2]["end_s"] + 2.0)
        if not (isinstance(one, ImuChunk) and away[0] < one.t0_s < away[1])
    ]
    cut, blind, seen = repetitions(run(pipeline_for(body), items))
    assert [one.index for one in (cut, blind, seen)] == [1, 2, 3]
    assert (cut.scored, "imu_gap" in cut.reasons) == (False, True)
    assert (blind.scored, blind.movement_onset_s) == (True, None)
    assert blind.start_s == pytest.approx(reps[1]["movement_onset_s"], abs=0.3)
    assert seen.scored
    assert seen.movement_onset_s == pytest.approx(reps[2]["movement_onset_s"], abs=0.1)


def test_a_pad_that_is_off_from_the_start_is_told_with_the_first_samples() -> None:
    pipeline = pipeline_for(four_body())
    assert pipeline.step(ContactReport(None, (False, True, False, False))) == []
    findings = pipeline.step(next(one for one in four_items() if isinstance(one, EmgChunk)))
    (quality,) = [one for one in findings if isinstance(one, QualityFinding)]
    assert (quality.channel, quality.state, quality.at_s) == (FOUR[1], "poor_contact", 0.0)

"""The order told while a repetition begins: right, in time, never from a muscle it cannot judge."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from firingorder.findings import OnsetFinding, VerdictFinding
from firingorder.samples import ContactReport, EmgChunk, EmgLayout, ImuChunk
from firingorder.session.tally import VerdictTally
from firingorder.signal.history import AnalysisClock, TimeAxis
from firingorder.signal.live import LiveDetector, LiveParams
from firingorder.signal.live_verdicts import LiveVerdicts
from firingorder.signal.repetitions import RepetitionEnd, RepetitionStart
from firingorder.signal.settings import Settings
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from tests.signal.planted import RATE_HZ, Muscle, conditioned, emg, generator
from tests.signal.streams import Item, body_items, pipeline_for, recut, run, verdicts

SEED = 23
TWO = ("gluteus_maximus_left", "erector_spinae_left")
#: Repetitions of the hand-made session: the first teach the detector what the muscles do.
STARTS_S = (6.0, 11.0, 16.0)
LATE_S = 0.300
KNOWN_S = 0.280
"""The movement is known this long after the first onset: the other muscle is silent till then."""


@cache
def pair(first: int = 0) -> np.ndarray:
    """21 s of two conditioned channels; the other of them starts ``LATE_S`` after ``first``."""
    out = []
    for k in range(2):
        pieces = []
        for rep in range(1 + len(STARTS_S)):
            rng = generator(SEED, f"channel {k}", rep)
            length = 5.0 if rep else 6.0
            onset_s = (LATE_S if k != first else 0.0) + 1.0 if rep else 99.0
            piece = emg(rng, Muscle(60, 18), onset_s, length)
            pieces.append(piece[1000:] if rep == 0 else piece)
        out.append(conditioned(np.concatenate(pieces)))
    return np.stack(out, axis=1)


def told(x: np.ndarray, valid: np.ndarray | None = None, **changes) -> list[VerdictFinding]:
    """Live verdicts of the session, the third repetition opened ``KNOWN_S`` after its start."""
    mask = np.ones(x.shape, bool) if valid is None else valid
    settings = Settings()
    settings = replace(settings, live_verdicts=replace(settings.live_verdicts, **changes))
    axis = TimeAxis(RATE_HZ)
    axis.observe(0, 0.0)
    detector = LiveDetector(LiveParams(), RATE_HZ, 2)
    judge = LiveVerdicts(
        settings, load_task("bridge"), EmgLayout(RATE_HZ, TWO), detector, AnalysisClock(axis, 1.0),
        RATE_HZ,
    )  # fmt: skip
    out: list[VerdictFinding] = []
    for stop in range(20, len(x) + 1, 20):
        now_s, start_s = stop / RATE_HZ, STARTS_S[2]
        if now_s == pytest.approx(start_s + KNOWN_S):
            judge.follow(RepetitionStart(3, start_s + 0.06, start_s + 0.06, now_s))
        if now_s == pytest.approx(start_s + 1.2):
            judge.follow(RepetitionEnd(3, start_s, start_s, start_s, None, now_s, (), None, now_s))
        part = slice(stop - 20, stop)
        out += judge.step(detector.step(x[part], mask[part], stop - 20))
    return out


@pytest.mark.parametrize(("first", "verdict"), [(0, "glutes_first"), (1, "back_first")])
def test_the_order_is_told_while_the_other_muscle_is_silent(first: int, verdict: str) -> None:
    (one,) = told(pair(first))
    print(f"seed {SEED}: {one.decided_at_s - STARTS_S[2]:.3f} s after the first onset, {one}")
    assert (one.index, one.verdict, one.stage, one.reason) == (3, verdict, "live", None)
    assert one.decided_at_s < STARTS_S[2] + LATE_S
    assert one.onsets[TWO[1 - first]] is None
    seen = one.onsets[TWO[first]]
    assert seen is not None
    assert seen.onset_s == pytest.approx(STARTS_S[2], abs=0.04)
    assert one.lead_ms is None
    bound = one.low_ms if first == 0 else -(one.high_ms or 0.0)
    assert bound is not None
    assert 50.0 <= bound <= 1e3 * LATE_S
    assert one.p_glutes_first is not None
    assert (one.p_glutes_first > 0.975) == (first == 0)


def broken(fault: str) -> tuple[np.ndarray, np.ndarray]:
    """The session with a fault of the silent channel from 0.4 s before its third burst on."""
    x, valid = pair(0).copy(), np.ones(pair(0).shape, bool)
    at = round((STARTS_S[2] - 0.4) * RATE_HZ)
    if fault == "lead off":
        valid[at:, 1] = False
    elif fault == "gap":
        valid[at + 550 : at + 560] = False
    elif fault == "gap about the onset that was seen":
        valid[at + 300 : at + 310, 0] = False
    else:
        x[at:, 1] *= 1e-3
    return x, valid


@pytest.mark.parametrize(
    "fault", ["lead off", "gap", "gap about the onset that was seen", "dead amplifier"]
)
def test_a_channel_that_cannot_be_heard_is_not_silent(fault: str) -> None:
    assert told(*broken(fault)) == []


def test_a_muscle_that_never_showed_itself_is_not_silent() -> None:
    """The back was at rest from the beginning: what its burst would look like is not known."""
    x = pair(0).copy()
    x[:, 1] = np.resize(x[500:4500, 1], len(x))
    assert told(x) == []


def test_a_muscle_still_silent_beyond_the_largest_lead_is_not_second() -> None:
    """It was usual before; this time it does not come, or comes too weak to be seen."""
    x = pair(0).copy()
    at = round((STARTS_S[2] - 0.1) * RATE_HZ)
    x[at : at + 4000, 1] = x[500:4500, 1]
    order = replace(Settings().live_verdicts.order, reach_s=0.2)
    assert told(x, order=order) == []
    assert len(told(x)) == 1  # nobody can know this before


def test_switched_off_nothing_is_told() -> None:
    assert told(pair(0), told=False) == []


# Whole sessions.

SECONDS = 38.0


@cache
def session(scenario: str = "bridge", shift_ms: int = 0) -> tuple[list[Item], dict[int, float]]:
    """Items of a body with IMU, and its leads; the back comes later by ``shift_ms``."""
    body = make_body(scenario, seed=SEED, channels=TWO)
    items = body_items(body, SECONDS)
    emg_uv = np.concatenate([one.emg_uv for one in items if isinstance(one, EmgChunk)])
    emg_uv[:, 1] = np.roll(emg_uv[:, 1], shift_ms)
    out: list[Item] = [
        replace(one, emg_uv=emg_uv[one.index0 : one.index0 + len(one.emg_uv)])
        if isinstance(one, EmgChunk)
        else one
        for one in items
    ]
    planted = body.truth(duration_s=SECONDS + 8.0)["repetitions"]  # the last may be cut short
    return out, {one["index"]: one["lead_ms"] + shift_ms for one in planted}


def at_level(level: float) -> Settings:
    settings = Settings()
    live = settings.live_verdicts
    return replace(settings, live_verdicts=replace(live, order=replace(live.order, level=level)))


@cache
def heard(scenario: str = "bridge", shift_ms: int = 0, level: float = 0.025):
    """Verdicts of a session by stage."""
    body = make_body(scenario, seed=SEED, channels=TWO)
    found = verdicts(
        run(pipeline_for(body, settings=at_level(level)), session(scenario, shift_ms)[0])
    )
    return {
        stage: {one.index: one for one in found if one.stage == stage}
        for stage in ("live", "early", "final")
    }


def test_the_right_order_is_told_before_the_refined_verdict() -> None:
    found, leads = heard(), session()[1]
    print(f"seed {SEED}: live {len(found['live'])} of {len(leads)}")
    assert len(found["live"]) >= 4
    for index, one in found["live"].items():
        assert one.verdict == ("glutes_first" if leads[index] > 0 else "back_first")
        early = found["early"][index]
        assert one.decided_at_s < early.decided_at_s - 0.05
        assert not one.revises
        assert (early.revises, early.reverses) == (early.verdict != one.verdict, False)
        if one.lead_ms is not None:
            assert one.lead_ms == pytest.approx(leads[index], abs=40.0)


def test_any_cut_of_the_stream_tells_the_same() -> None:
    body, (items, _) = make_body("bridge", seed=SEED, channels=TWO), session()
    cut = verdicts(run(pipeline_for(body), recut(items, np.random.default_rng(SEED))))
    whole = [one for stage in heard().values() for one in stage.values()]
    assert sorted(map(repr, cut)) == sorted(map(repr, whole))


@pytest.mark.parametrize("scenario", ["bridge_tone", "bridge_motion"])
def test_muscles_that_work_without_a_movement_have_no_order(scenario: str) -> None:
    """The bursts, tone and motion of a session over the pelvis of somebody who lies still."""
    body = make_body(scenario, seed=SEED, channels=TWO)
    still = make_body("rest", seed=SEED, channels=TWO)
    pelvis = iter(one for one in body_items(still, 22.0) if isinstance(one, ImuChunk))
    items = [next(pelvis) if isinstance(one, ImuChunk) else one for one in body_items(body, 22.0)]
    findings = run(pipeline_for(body), items)
    assert sum(isinstance(one, OnsetFinding) for one in findings) >= 4
    assert verdicts(findings) == []


def test_a_pad_that_is_off_stops_the_live_order_of_its_repetitions() -> None:
    body, (items, leads) = make_body("bridge", seed=SEED, channels=TWO), session()
    off_s = body.truth()["repetitions"][2]["movement_onset_s"] - 1.0
    place = next(k for k, one in enumerate(items)
                 if isinstance(one, EmgChunk) and one.t0_s >= off_s)  # fmt: skip
    loose = [*items[:place], ContactReport(off_s, (False, True)), *items[place:]]
    live = {one.index for one in verdicts(run(pipeline_for(body), loose)) if one.stage == "live"}
    assert live
    assert max(live) <= 2 < max(heard()["live"]) <= len(leads)


def test_a_level_of_one_half_tells_wrong_orders() -> None:
    """Negative control: leads about zero, called at even odds, and each of them taken back."""
    leads = session("bridge", -95)[1]
    strict, even = heard("bridge", -95), heard("bridge", -95, 0.5)
    assert len(even["live"]) >= 4
    unsure = [k for k, one in even["live"].items() if 0.1 < (one.p_glutes_first or 0.0) < 0.9]
    assert unsure
    assert not set(unsure) & set(strict["live"])
    wrong = [
        k for k, one in even["live"].items() if (one.verdict == "glutes_first") != (leads[k] > 0)
    ]
    print(f"seed {SEED}: {len(wrong)} of {len(even['live'])} wrong at 0.5, leads {leads}")
    assert wrong
    assert all(even["early"][k].revises for k in wrong)


def test_an_order_that_turns_round_is_marked_and_counted() -> None:
    """Negative control: at a level of one everything is told as glutes first, seen or not."""
    leads = session("bridge", -150)[1]
    found = heard("bridge", -150, 1.0)
    turned = [k for k, one in found["early"].items() if one.reverses]
    print(f"seed {SEED}: reversed {turned}, leads {leads}")
    assert turned
    for k in turned:
        assert found["live"][k].verdict == "glutes_first"
        assert found["early"][k].verdict == "back_first"
        assert found["early"][k].revises
    tally = VerdictTally()
    for stage in found.values():
        for one in stage.values():
            tally.add(one)
    counts = tally.to_dict()
    assert counts["told_live"] == len(found["live"])
    assert counts["reversed"] >= len(turned)
    assert counts["revised"] >= counts["reversed"]

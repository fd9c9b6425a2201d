"""The scorer of movement on attempts and findings made by hand; two exercises in short."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.movement.__main__ import plain
from benchmarks.movement.campaign import jobs, run
from benchmarks.movement.faults import FaultCount, score_faults, score_sets
from benchmarks.movement.goals import missed
from benchmarks.movement.page import Results, page
from benchmarks.movement.people import PATTERN, person_of, reference_of
from benchmarks.movement.plan import QUICK, REPORT_SEED, TEMPO, TUNE_SEED, WRONG, Plan, seed_of
from benchmarks.movement.playing import LivePhase
from benchmarks.movement.rates import error_text, poisson_high, wilson
from benchmarks.movement.scoring import Score, match, score
from benchmarks.movement.sessions import Outcome
from benchmarks.movement.truths import Attempt, attempts
from firingorder.findings import RepetitionFinding, SetFinding
from firingorder.measures import Compensation, PhaseTimes
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.options import Options
from firingorder.simulation.exercises.truth import PlantedCompensation, TrueRepetition
from firingorder.training.exercises import load_task, task_ids

if TYPE_CHECKING:
    from pathlib import Path


def planted(away_s: float, end_s: float, **changes: object) -> Attempt:
    one = Attempt("good", away_s, end_s, phases={"away": away_s, "end": end_s})
    return replace(one, **changes)  # pyright: ignore[reportArgumentType]


def found(index: int, start_s: float, end_s: float, **changes: object) -> RepetitionFinding:
    one = RepetitionFinding(
        index=index,
        set_index=1,
        start_s=start_s,
        movement_onset_s=start_s,
        top_s=None,
        end_s=end_s,
        scored=True,
        reasons=(),
        onsets={},
        pairs=(),
        verdict="unclear",
        reason=None,
        sides="both",
        lead_ms=None,
        low_ms=None,
        high_ms=None,
        pelvis=None,
        compensations=(),
        bursts=(),
        decided_at_s=end_s + 1.0,
        phases=PhaseTimes(start_s, end_s),
    )
    return replace(one, **changes)  # pyright: ignore[reportArgumentType]


def fault(code: str) -> Compensation:
    return Compensation(code, 2.0, 1.0, "deg", 0.0)


def test_each_finding_belongs_to_the_attempt_that_it_shares_most_with() -> None:
    there = [planted(10.0, 14.0), planted(20.0, 24.0), planted(30.0, 34.0)]
    seen = [found(1, 9.0, 14.5), found(2, 13.5, 16.0), found(3, 20.1, 24.0)]
    assert match(there, seen) == [(0, 0), (1, 2)]
    assert match([], seen) == []
    # One that swallows two belongs to neither.
    assert match(there[:2], [found(1, 10.0, 24.0)]) == []
    # Strides of two feet overlap by half; each keeps its own.
    strides = [planted(0.5 * k, 0.5 * k + 1.0) for k in range(4)]
    steps = [found(k, 0.5 * k + 0.05, 0.5 * k + 1.05) for k in range(4)]
    assert match(strides, steps[1:]) == [(1, 0), (2, 1), (3, 2)]


def test_good_ones_that_are_missed_set_aside_or_doubled_are_counted_so() -> None:
    there = [planted(10.0 * k, 10.0 * k + 4.0) for k in range(1, 6)]
    seen = [
        found(1, 10.1, 14.1),
        found(2, 20.0, 24.0, scored=False, reasons=("half_range",)),
        found(3, 26.0, 28.0),
        found(4, 36.0, 38.0, scored=False, reasons=("too_short",)),
        found(5, 40.0, 44.0),
        found(6, 49.9, 54.2),
        found(7, 61.0, 64.0),
        found(8, 70.0, 71.0, reasons=("recording_ended",), scored=False),
    ]
    result = score(there, seen, 100.0)
    assert (result.good, result.found, result.set_aside) == (5, 3, 1)
    assert dict(result.aside_reasons) == {"half_range": 1}
    # What lies behind the last attempt that is over is not known to be false.
    assert (result.false_scored, result.false_aside) == (1, 1)
    assert result.errors_ms["away"] == pytest.approx([100.0, 0.0, -100.0])
    assert result.errors_ms["end"] == pytest.approx([100.0, 0.0, 200.0])


def test_half_ones_must_be_set_aside_and_may_go_unseen() -> None:
    there = [
        planted(10.0, 12.0, kind="half"),
        planted(20.0, 22.0, kind="half"),
        planted(30.0, 31.0, kind="false_start"),
        planted(40.0, 42.0, kind="slip"),
    ]
    seen = [found(1, 10.0, 12.0, scored=False, reasons=("half_range",)), found(2, 20.0, 22.0)]
    result = score(there, seen, 60.0)
    assert dict(result.partial) == {"half": 2, "false_start": 1, "slip": 1}
    assert dict(result.partial_aside) == {"half": 1}
    assert dict(result.partial_scored) == {"half": 1}
    assert sum(result.partial_unnoticed.values()) == 2
    assert result.false_scored == 0
    assert not result.errors_ms


def test_phases_of_the_screen_are_held_against_the_same_instants() -> None:
    there = [planted(10.0, 14.0)]
    live = [
        LivePhase(1, "away", 10.3, 10.4),
        LivePhase(1, "away", 11.9, 12.0),
        LivePhase(1, "end", 12.0, 12.0),
        LivePhase(1, "end", 14.2, 14.5),
    ]
    result = score(there, [found(1, 10.1, 13.9)], 20.0, live)
    assert result.live_ms["away"] == pytest.approx([300.0])
    assert result.live_late_ms["away"] == pytest.approx([400.0])
    assert result.live_ms["end"] == pytest.approx([200.0])


def test_faults_are_counted_above_below_and_where_there_are_none() -> None:
    there = [
        planted(10.0, 14.0, planted={"arch": True}),
        planted(20.0, 24.0, planted={"arch": True}),
        planted(30.0, 34.0, planted={"arch": False}),
        planted(40.0, 44.0),
        planted(50.0, 54.0),
        planted(60.0, 64.0, planted={"open": True}),
        planted(70.0, 74.0),
    ]
    seen = [
        found(1, 10.0, 14.0, faults=(fault("arch"),)),
        found(2, 20.0, 24.0),
        found(3, 30.0, 34.0, faults=(fault("arch"),)),
        found(4, 40.0, 44.0, faults=(fault("arch"),)),
        found(5, 50.0, 54.0),
        found(6, 60.0, 64.0, faults=(fault("arch"), fault("open"))),
        found(7, 70.0, 74.0, not_measured=("arch",)),
    ]
    arch = score_faults(("arch",), there, seen).of("arch")
    assert arch == FaultCount(above=2, above_told=1, below=1, below_told=1, clean=2, clean_told=1,
                              asked=7, unmeasured=1)  # fmt: skip


def test_a_missed_cue_is_a_fault_of_an_attempt_that_is_not_scored() -> None:
    there = [planted(10.0, 12.0, kind="slip", planted={"missed": True}), planted(20.0, 24.0)]
    aside = found(1, 10.0, 12.0, scored=False, reasons=("missed",), faults=(fault("missed"),))
    codes = score_faults(("missed", "hold"), there, [aside, found(2, 20.0, 24.0)]).codes
    assert (codes["missed"].above_told, codes["missed"].clean) == (1, 1)
    assert codes["hold"].above == 0


def test_faults_of_sets_are_counted_by_set() -> None:
    sets = [
        SetFinding(k, 8, 0, 0, 0, 8, None, None, None, compensations=codes)
        for k, codes in ((1, ("uneven",)), (2, ()), (3, ("uneven",)), (4, ()))
    ]
    count = score_sets("uneven", {1: True, 2: True, 3: None, 4: False}, sets).of("uneven")
    assert (count.above, count.above_told) == (2, 1)
    assert (count.clean, count.clean_told, count.below, count.below_told) == (1, 1, 1, 0)


def true_repetition(**changes: object) -> TrueRepetition:
    one = TrueRepetition(1, "full", "both", 1, 10.0, 15.0, movement_onset_s=10.0, far_from_s=12.0,
                         far_to_s=13.0, back_s=13.0)  # fmt: skip
    return replace(one, **changes)  # pyright: ignore[reportArgumentType]


def test_truth_is_told_in_the_words_of_the_template() -> None:
    bridge = replace(load_task("bridge"), asked_tempo_s=TEMPO["bridge"])
    one = attempts([true_repetition()], bridge, 20.0)[0]
    assert one.phases["onset"] == 10.0
    assert one.clean
    slow = true_repetition(far_from_s=14.0, far_to_s=15.0, back_s=15.0, end_s=17.0)
    assert attempts([slow], bridge, 20.0)[0].planted == {"tempo": True}
    assert attempts([slow], load_task("bridge"), 20.0)[0].planted == {}
    assert attempts([slow], bridge, 16.0) == []
    missed_one = true_repetition(missed=True, cue_s=10.0)
    squeeze = attempts([missed_one], load_task("iso_sit"), 20.0)[0]
    assert (squeeze.kind, squeeze.end_s) == ("slip", 12.0)
    broken = true_repetition(compensations=(PlantedCompensation("hold", 0.5, "share", above=True),))
    assert attempts([broken], load_task("iso_sit"), 20.0)[0].loose


def test_steps_are_cut_out_of_strides() -> None:
    strides = [
        true_repetition(away_s=10.0 + 0.5 * k, far_to_s=10.5 + 0.5 * k, end_s=11.0 + 0.5 * k)
        for k in range(3)
    ]
    steps = attempts(strides, load_task("gait"), 20.0)
    assert [(one.away_s, one.end_s) for one in steps] == [
        (10.0 + 0.5 * k, 10.5 + 0.5 * k) for k in range(4)
    ]


def test_intervals_are_those_of_the_textbooks() -> None:
    # Newcombe 1998, Stat Med 17:857, table I: 81 of 263 and 0 of 20 (Wilson).
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    # The rule of three, two-sided: 3.689 events.
    assert poisson_high(0, 1.0) == pytest.approx(3.689, abs=1e-3)
    assert error_text([-10.0, 20.0, 30.0]) == "+20 / 20 / 29"


def test_bars_are_missed_by_bad_figures_and_not_by_good_ones() -> None:
    good = Outcome("bridge", {"usual": Score(good=20, found=20, errors_ms={"away": [20.0] * 9})})
    good.scores["rest"] = Score(seconds=3600.0, false_scored=4)
    good.faults.codes["twist"] = FaultCount(above=10, above_told=9, clean=40, clean_told=1)
    assert missed(good) == []
    bad = Outcome("bridge", {"usual": Score(good=20, found=18, errors_ms={"end": [-200.0] * 9})})
    bad.scores["rest"] = Score(seconds=3600.0, false_scored=6)
    bad.faults.codes["twist"] = FaultCount(above=10, above_told=7, clean=40, clean_told=3)
    assert len(missed(bad)) == 5
    # 18 of 20, 6 an hour, 7 of 10 and 3 of 40 may be chance; nine times 200 ms are not.
    assert [one.what for one in missed(bad) if one.sure] == ["end is off by 200 ms (median)"]


def test_every_exercise_is_in_the_campaign_and_reported_people_are_not_those_of_tuning() -> None:
    assert set(WRONG) == set(EXERCISES) == set(task_ids())
    assert all(other in EXERCISES and other != name for name, other in WRONG.items())
    tuned = replace(Plan(), seed=TUNE_SEED)
    names = [(name, kind, k) for name in EXERCISES for kind in ("usual", "faults") for k in (0, 1)]
    assert max(seed_of(tuned, *one) for one in names) < REPORT_SEED
    assert len({seed_of(Plan(), *one) for one in names}) == len(names)
    assert all(jobs(name, Plan()) for name in EXERCISES)


def test_the_same_person_comes_back_with_other_repetitions_and_planted_faults() -> None:
    options = Options(pace="usual", person="clean")
    first = person_of("bridge", options, person=5, seed=5, attempts=5, faults=("twist",))
    again = person_of("bridge", options, person=5, seed=6, attempts=5)
    assert first.athlete.maximum_db == again.athlete.maximum_db
    assert first.true_repetitions[0].end_s != again.true_repetitions[0].end_s
    told = [{c.code: c.above for c in one.compensations} for one in first.true_repetitions]
    assert told == [{} if above is None else {"twist": above} for above in PATTERN]
    assert not any(one.compensations for one in again.true_repetitions)
    reference = reference_of(first)
    for name, level in first.athlete.maximum_db.items():
        known = reference.channels[name]
        assert known.rest_uv is not None
        assert known.reference_uv == pytest.approx(known.rest_uv * 10.0 ** (level / 20.0))


def test_two_exercises_are_played_through_the_product_and_make_a_page(tmp_path: Path) -> None:
    plan = replace(QUICK, seed=TUNE_SEED, usual_s=34.0, idle_s=8.0, without_s=0.0)
    outcomes, _ = run(["bridge", "clam"], plan, workers=1)
    for name, one in outcomes.items():
        usual = one.scores["usual"]
        print(f"{name} (seed {TUNE_SEED}): {usual.found} of {usual.good} found")
        assert usual.good >= 2
        assert usual.found >= usual.good - 1
        assert one.scores["rest"].false_scored == 0
        assert one.uncalibrated.ranges["tilt"]
    text = page(Results(outcomes=outcomes, command="a test"))
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    assert "| `bridge` | PITCH_LIFT |" in text
    assert "| `clam` | STILL_LIMB |" in text
    assert "tested on simulation only" in text
    told = json.loads(json.dumps(plain(outcomes["bridge"])))
    assert told["scores"]["usual"]["good"] == outcomes["bridge"].scores["usual"].good
    assert told["scores"]["usual"]["partial"] == dict(outcomes["bridge"].scores["usual"].partial)

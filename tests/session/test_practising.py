"""Rounds of practice: what is planted is what is shown, and a seed gives the same rounds again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.practice_keeping import keep_table
from firingorder.session.practice_rounds import KINDS, LEADS_MS, SIGNALS, TASKS, plan_round
from firingorder.session.practising import PractisedBody, make_round

SEED = 41
#: A strong bridge, back first by far; tasks of other templates take the same plan.
PLAN = replace(plan_round(SEED, 1), task="bridge", side="both", kind="clear", lead_ms=-120.0,
               signal="strong", snr_db=28.0, toned=False)  # fmt: skip


@pytest.fixture(scope="module")
def bridge():
    made = make_round(PLAN)
    assert made is not None
    return made


def first_rise_s(one, muscle, times=6.0):
    """Return when the signal of a muscle first stands out of its own rest, either side.

    No detector of the product: the RMS over 10 ms against that of the first 150 ms shown.
    """
    found = []
    for side in ("left", "right"):
        signal = one.emg_uv[:, one.channels.index(f"{muscle}_{side}")]
        power = np.convolve(signal**2, np.ones(10) / 10.0, mode="full")[: len(signal)]
        rest = np.mean(signal[:150] ** 2)
        found.append(one.t_s[np.flatnonzero(power > times**2 * rest)[0]])
    return min(found)


def test_a_round_is_a_function_of_series_number_and_choice() -> None:
    assert plan_round(SEED, 7, "hard") == plan_round(SEED, 7, "hard")
    plans = [plan_round(SEED, 7), plan_round(SEED, 8), plan_round(SEED + 1, 7),
             plan_round(SEED, 7, "clear"), plan_round(SEED, 7, "mixed", "squat")]  # fmt: skip
    assert len({plan.body_seed for plan in plans}) == 5
    assert [plan_round(SEED, k).task for k in (1, 2, 3)] == ["bridge"] * 3
    assert plans[-1].task == "squat"


def test_rounds_are_distributed_as_is_said() -> None:
    plans = [plan_round(SEED, number) for number in range(4, 1504)]
    print("seed", SEED)
    for drawn, shares in (
        (Counter(plan.task for plan in plans), TASKS),
        (Counter(plan.kind for plan in plans), KINDS["mixed"]),
        (Counter(plan.signal for plan in plans), SIGNALS),
    ):
        for name, share in shares.items():
            assert drawn[name] / 1500 == pytest.approx(share, abs=0.05), name
    assert np.mean([plan.lead_ms > 0 for plan in plans]) == pytest.approx(0.5, abs=0.05)
    for plan in plans:
        low, high = LEADS_MS[plan.kind]
        assert low <= abs(plan.lead_ms) <= high
    assert {plan.kind for plan in (plan_round(SEED, k, "clear") for k in range(1, 50))} == {
        "clear", "together",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "number", "choice", "exercise"),
    [(-1, 1, "mixed", ""), (1_000_000, 1, "mixed", ""), (1, 0, "mixed", ""),
     (1, 1, "easy", ""), (1, 1, "mixed", "clam")],
)  # fmt: skip
def test_rounds_that_there_are_not_are_refused(seed, number, choice, exercise) -> None:
    with pytest.raises(UsageError):
        plan_round(seed, number, choice, exercise)


def test_what_is_planted_is_what_the_muscles_do(bridge) -> None:
    """The planted times against the samples themselves, the product left out."""
    assert bridge.true_lead_ms == pytest.approx(-120.0)
    for muscle in ("gluteus_maximus", "erector_spinae"):
        planted = min(bridge.true_s[f"{muscle}_{side}"] for side in ("left", "right"))
        late = first_rise_s(bridge, muscle) - planted
        print(f"seed {SEED} {muscle}: planted {planted:.3f} s, stands out {late:.3f} s later")
        assert 0.0 <= late < 0.10
    seen = first_rise_s(bridge, "erector_spinae") - first_rise_s(bridge, "gluteus_maximus")
    assert seen == pytest.approx(-0.120, abs=0.04)


def test_the_other_lead_is_seen_the_other_way_round() -> None:
    made = make_round(replace(PLAN, lead_ms=120.0))
    assert made is not None
    assert made.true_lead_ms == pytest.approx(120.0)
    assert first_rise_s(made, "erector_spinae") > first_rise_s(made, "gluteus_maximus") + 0.06
    assert made.finding is not None
    assert made.finding.verdict == "glutes_first"


def test_the_product_answers_from_the_same_repetition(bridge) -> None:
    assert bridge.finding is not None
    assert bridge.finding.verdict == "back_first"
    assert bridge.finding.lead_ms == pytest.approx(-120.0, abs=40.0)
    assert bridge.t_s[0] == pytest.approx(-0.42, abs=0.002)
    assert bridge.t_s[-1] == pytest.approx(0.78, abs=0.002)
    onset = bridge.found_s["erector_spinae_left"]
    assert onset is not None
    assert onset.onset_s == pytest.approx(bridge.true_s["erector_spinae_left"], abs=0.04)


@pytest.mark.parametrize("task", TASKS)
def test_every_exercise_bears_the_lead_on_its_working_side(task) -> None:
    """Without samples: the score that the simulator plays."""
    plan = next(p for k in range(1, 60) if (p := plan_round(SEED, k, "mixed", task)).kind == "hard")
    rep = PractisedBody(plan).truth()["repetitions"][-1]
    lead = rep["lead_ms"] if plan.side == "both" else rep[f"lead_{plan.side}_ms"]
    assert lead == pytest.approx(plan.lead_ms)
    levels = [one["snr_db"] for name, one in rep["channels"].items()
              if name.startswith(("gluteus_maximus", "erector_spinae"))
              and (plan.side == "both" or name.endswith(plan.side))]  # fmt: skip
    assert np.mean(levels) == pytest.approx(plan.snr_db)


def test_the_same_round_again_is_the_same_to_the_last_bit_and_can_be_stopped(bridge) -> None:
    again = make_round(PLAN)
    assert again is not None
    np.testing.assert_array_equal(again.emg_uv, bridge.emg_uv)
    assert again.finding == bridge.finding
    shares: list[float] = []
    stopped = make_round(PLAN, progress=shares.append, stopped=lambda: len(shares) >= 3)
    assert stopped is None
    assert len(shares) == 3
    assert 0.0 < shares[-1] < 0.5


def test_tables_are_kept_beside_each_other_and_a_full_disk_is_told(tmp_path) -> None:
    first, second = (keep_table(text, 7, tmp_path / "new") for text in ("a", "b"))
    assert (first.read_text(), second.read_text()) == ("a", "b")
    (tmp_path / "file").write_text("")
    with pytest.raises(FiringOrderError, match="make room or check"):
        keep_table("c", 7, tmp_path / "file")

"""The scenarios hold what the truth says of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy.signal import butter, sosfilt
from scipy.spatial.transform import Rotation

from firingorder.errors import UsageError
from firingorder.montage import DEFAULT_EIGHT
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.person import ALL_EIGHT, PRIME
from firingorder.simulation.scenarios import BRIDGES, SCENARIOS, ScenarioBody, make_body

SEED = 31


def _above_30_hz(body: ScenarioBody, n: int) -> np.ndarray:
    x = body.emg_uv(0, n)
    sos = butter(4, 30.0, "high", fs=body.emg_rate_hz, output="sos")
    return sosfilt(sos, x - x[0], axis=0)


def test_names_and_order_of_channels_are_those_of_the_reference_placement() -> None:
    assert ALL_EIGHT == DEFAULT_EIGHT
    assert set(SCENARIOS) >= {
        "rest", "bridge", "bridge_mixed", "bridge_tone", "bridge_one_sided", "bridge_ecg",
        "bridge_motion", "bridge_loose_pad",
    }  # fmt: skip


@pytest.mark.parametrize("name", BRIDGES)
@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_truth_is_consistent(name: str, seed: int) -> None:
    truth = make_body(name, seed=seed, repetitions=20).truth()
    assert json.loads(json.dumps(truth, allow_nan=False)) == truth
    assert truth["schema"] == "firingorder.truth/1"
    assert (truth["scenario"], truth["seed"]) == (name, seed)
    reps: list[dict[str, Any]] = truth["repetitions"]
    assert len(reps) == (0 if name == "rest" else 20)
    end_s = 0.0
    for k, rep in enumerate(reps):
        assert rep["index"] == k + 1
        onsets = {n: c["onset_s"] for n, c in rep["channels"].items()}
        assert min(onsets.values()) - end_s >= (5.0 if k == 0 else 2.0)
        delay = rep["movement_onset_s"] - min(onsets[n] for n in PRIME)
        assert 0.030 - 1e-9 <= delay <= 0.100 + 1e-9
        assert rep["movement_onset_s"] < rep["top_s"] < rep["lower_s"] < rep["end_s"]
        assert 1.0 <= rep["top_s"] - rep["movement_onset_s"] <= 3.0
        assert 1.5 <= rep["lower_s"] - rep["top_s"] <= 3.0
        assert 1.0 <= rep["end_s"] - rep["lower_s"] <= 3.0
        assert -35.0 <= rep["tilt_deg"] <= -15.0
        for channel in rep["channels"].values():
            assert channel["drive_s"] < channel["onset_s"]
            assert channel["onset_s"] + channel["rise_s"] < channel["offset_s"] - channel["fall_s"]
            assert 0.05 <= channel["fall_s"] <= 0.40
            assert (1000.0 * channel["onset_s"]) % 1.0 != 0.0  # never on the sample grid
            end_s = max(end_s, rep["end_s"], channel["offset_s"])
        lead = 1000.0 * (
            min(onsets["erector_spinae_left"], onsets["erector_spinae_right"])
            - min(onsets["gluteus_maximus_left"], onsets["gluteus_maximus_right"])
        )
        assert rep["lead_ms"] == pytest.approx(lead)
        for side in ("left", "right"):
            lead = onsets[f"erector_spinae_{side}"] - onsets[f"gluteus_maximus_{side}"]
            assert rep[f"lead_{side}_ms"] == pytest.approx(1000.0 * lead)
        _check_class(rep)
    periods = np.diff([rep["movement_onset_s"] for rep in reps])
    assert np.all((periods > 6.0) & (periods < 8.5))
    assert len(truth["bursts"]) == 8 * len(reps)


def _check_class(rep: dict[str, Any]) -> None:
    lead = rep["lead_ms"]
    if rep["class"] == "glutes_first":
        assert 55.0 <= lead <= 170.0
    elif rep["class"] == "back_first":
        assert -170.0 <= lead <= -55.0
    elif rep["class"] == "together":
        assert abs(lead) <= 8.0
        for side in ("left", "right"):
            pair = [rep["channels"][f"{m}_{side}"] for m in ("gluteus_maximus", "erector_spinae")]
            assert 1000.0 * abs(pair[1]["onset_s"] - pair[0]["onset_s"]) <= 8.0
    else:
        weak = min(c["snr_db"] for n, c in rep["channels"].items() if "medius" not in n)
        assert weak <= 6.0


def test_mixture_is_the_one_stated_in_every_ten() -> None:
    for seed in range(5):
        reps = make_body("bridge_mixed", seed=seed, repetitions=20).truth()["repetitions"]
        for ten in (reps[:10], reps[10:]):
            counts = Counter(rep["class"] for rep in ten)
            assert counts == {"glutes_first": 4, "together": 2, "back_first": 2, "unclear": 2}
    bridge = make_body("bridge", seed=1, repetitions=10).truth()["repetitions"]
    assert Counter(rep["class"] for rep in bridge) == {"glutes_first": 9, "back_first": 1}
    for rep in bridge:
        prime = [c["snr_db"] for n, c in rep["channels"].items() if "medius" not in n]
        assert min(prime) >= 20.0
        assert max(prime) <= 30.0


def test_repetitions_differ_within_a_person() -> None:
    reps = make_body("bridge", seed=SEED, repetitions=30).truth()["repetitions"]
    glute = [rep["channels"]["gluteus_maximus_left"] for rep in reps]
    rises = np.array([c["rise_s"] for c in glute])
    assert 0.1 < rises.std() / rises.mean() < 0.4
    assert 0.5 < np.std([c["snr_db"] for c in glute]) < 2.0
    assert {c["shape"] for c in glute} == {"linear", "cosine", "root", "exponential"}


def test_repetition_number_k_does_not_depend_on_how_many_are_drawn() -> None:
    few = make_body("bridge", seed=SEED, repetitions=3).truth()["repetitions"]
    many = make_body("bridge", seed=SEED).truth()["repetitions"]
    assert many[:3] == few
    assert make_body("bridge", seed=SEED + 1, repetitions=3).truth()["repetitions"] != few


def test_truth_can_be_cut_to_the_time_that_was_recorded() -> None:
    body = make_body("bridge", seed=SEED)
    cut = body.truth(parse_faults("stall=1@5,unplug=1@500"), duration_s=40.0)
    assert [rep["end_s"] <= 40.0 for rep in cut["repetitions"]] == [True] * 4
    assert [fault["at_s"] for fault in cut["faults"]] == [5.0]


@pytest.mark.parametrize("name", BRIDGES)
def test_recording_begins_with_rest_at_a_few_microvolts(name: str) -> None:
    body = make_body(name, seed=SEED, repetitions=2)
    x = _above_30_hz(body, 5500)[500:]
    for column, muscle in enumerate(body.channels):
        rms = x[:, column].std()
        print(f"seed {SEED} {name} {muscle} {rms:.2f} uV")
        assert 0.7 < rms < 6.0


def test_planted_onsets_are_in_the_signal_and_nothing_before_them() -> None:
    body = make_body("bridge", seed=SEED, repetitions=8)
    x = _above_30_hz(body, 68_000)
    for rep in body.truth()["repetitions"]:
        for name, channel in rep["channels"].items():
            column = body.channels.index(name)
            k = int(1000 * channel["onset_s"])
            rest = x[k - 500 : k - 20, column].std()
            plateau = x[k + 400 : k + 1800, column].std()
            just_before = x[k - 60 : k, column].std()
            got_db = 20.0 * np.log10(plateau / rest)
            assert got_db == pytest.approx(channel["snr_db"], abs=3.5)
            assert just_before < 2.0 * rest
            after = x[int(1000 * channel["offset_s"]) + 20 :][:300, column].std()
            assert after < 2.0 * rest


def test_subset_of_channels_is_the_same_body() -> None:
    names = ("gluteus_maximus_left", "erector_spinae_left")
    small = make_body("bridge", seed=SEED, channels=names, imu_rate_hz=None, repetitions=2)
    full = make_body("bridge", seed=SEED, repetitions=2)
    columns = [full.channels.index(name) for name in names]
    # Crosstalk from a muscle without electrodes is left out; these two muscles get it from
    # gluteus medius at most, far below the rest level.
    difference = small.emg_uv(0, 12_000) - full.emg_uv(0, 12_000)[:, columns]
    assert np.abs(difference).max() < 2.0
    truth = small.truth()
    assert set(truth["repetitions"][0]["channels"]) == set(names)
    rep = truth["repetitions"][0]
    assert rep["lead_ms"] == rep["lead_left_ms"]
    assert rep["lead_right_ms"] is None
    assert small.imu_rate_hz is None
    assert small.mount_wxyz is None
    with pytest.raises(ValueError, match="no inertial"):
        small.imu(0, 10)


@pytest.mark.parametrize("rate_hz", [500.0, 1259.0, 2000.0, 4000.0])
def test_other_rates_have_the_same_events(rate_hz: float) -> None:
    body = make_body("bridge", seed=SEED, emg_rate_hz=rate_hz, repetitions=1)
    base = make_body("bridge", seed=SEED, repetitions=1)
    assert body.truth()["repetitions"] == base.truth()["repetitions"]
    again = base.at_rates(rate_hz, 200.0)
    assert again is not None
    assert np.array_equal(again.emg_uv(0, 500), body.emg_uv(0, 500))
    assert base.at_rates(4001.0, 100.0) is None
    assert base.at_rates(1000.0, 50.0) is None


def test_pelvis_is_at_the_top_when_the_truth_says_so() -> None:
    body = make_body("bridge", seed=SEED, repetitions=3)
    assert body.mount_wxyz is not None
    w, x, y, z = body.mount_wxyz
    mount = Rotation.from_quat([x, y, z, w])
    acc, _ = body.imu(0, 3000)
    pelvis = mount.apply(acc)
    for rep in body.truth()["repetitions"]:
        top = pelvis[int(100 * (rep["top_s"] + 0.2)) : int(100 * (rep["lower_s"] - 0.2))]
        tilt_deg = np.rad2deg(np.arctan2(top[:, 2].mean(), top[:, 0].mean()))
        assert tilt_deg == pytest.approx(rep["tilt_deg"], abs=2.5)  # sensor bias up to 20 mg


def test_loose_pad_is_seen_by_the_electrodes_and_by_the_signal() -> None:
    body = make_body("bridge_loose_pad", seed=SEED, repetitions=10)
    (fault,) = body.truth()["faults"]
    assert fault["kind"] == "loose_pad"
    column = body.channels.index(fault["channel"])
    inside_s = 0.5 * (fault["at_s"] + fault["until_s"])
    assert body.lead_off(inside_s)[column]
    assert sum(body.lead_off(inside_s)) == 1
    assert not any(body.lead_off(fault["at_s"] - 0.01))
    assert not any(body.lead_off(fault["until_s"]))
    k = int(1000 * (fault["at_s"] + 0.1))
    before = body.emg_uv(k - 900, 500)[:, column].std()
    assert body.emg_uv(k, 500)[:, column].std() > 10.0 * before


def test_one_sided_bridge_has_a_weak_right_side() -> None:
    for rep in make_body("bridge_one_sided", seed=SEED, repetitions=5).truth()["repetitions"]:
        for name, channel in rep["channels"].items():
            assert (channel["snr_db"] <= 6.0) == name.endswith("_right")
        assert rep["obliquity_deg"] >= 4.0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": "bridges"}, "bridge_mixed"),
        ({"channels": ("biceps_brachii_left",)}, "biceps_brachii_left"),
        ({"channels": ()}, "none"),
        ({"channels": ("hamstring_left", "hamstring_left")}, "twice"),
        ({"emg_rate_hz": 250.0}, "500"),
        ({"imu_rate_hz": 60.0}, "100 or 200"),
    ],
)
def test_nonsense_is_refused_with_what_would_be_right(change: dict[str, Any], word: str) -> None:
    arguments: dict[str, Any] = {"name": "bridge", "seed": 1, **change}
    with pytest.raises(UsageError, match=word):
        make_body(**arguments)

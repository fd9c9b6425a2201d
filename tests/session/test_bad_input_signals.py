"""Signals that are no EMG, or not as said: a reasoned refusal, no crash, no invented order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d

import firingorder
from firingorder.cli import main
from tests.session.bodies import CHANNELS, body
from tests.signal.contaminated import heart

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.session.results import Analysis

GOOD = body(31, repetitions=4)
N = 30_000
T = np.arange(N) / 1000.0
BOTH = np.ones((1, 2))
#: 2 s of every 7 s.
ON = (T % 7.0 > 5.0)[:, None]


def noise(seed: int, level: float | np.ndarray = 1.0) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal((N, 2))


def column(x: np.ndarray) -> np.ndarray:
    return x[:, None] * BOTH


#: Signals without any repetition, and a reason that one channel at least must name, or none.
NOTHING: dict[str, tuple[np.ndarray, str | None]] = {
    "empty": (np.zeros((0, 2)), "too_short"),
    "one sample": (np.ones((1, 2)), "too_short"),
    "less than a block": (noise(1)[:19], "too_short"),
    "one second": (GOOD[:1000], "too_short"),
    "one second with a hole": (np.where(np.arange(1000)[:, None] // 10 == 50, np.nan, GOOD[:1000]),
                               "gap"),
    "all zero": (np.zeros((N, 2)), "flat"),
    "constant": (np.full((N, 2), -2.7e5), "flat"),
    "NaN only": (np.full((N, 2), np.nan), "gap"),
    "not numbers": (1e200 * GOOD, "gap"),
    "only noise": (noise(2, 3.0), None),
    "only loud noise": (noise(3, 300.0), None),
    "pure hum": (column(100.0 * np.sin(2 * np.pi * 50.0 * T)), "flat"),
    "hum and noise": (column(100.0 * np.sin(2 * np.pi * 50.0 * T)) + noise(4), None),
    "pure heart": (column(300.0 * heart(np.random.default_rng(5), N)[0]), None),
    "heart and noise": (column(300.0 * heart(np.random.default_rng(6), N, 45.0)[0]), None),
    "square wave": (column(100.0 * np.sign(np.sin(2 * np.pi * T + 1e-3))) + noise(7), None),
    "slow square wave": (column(100.0 * np.sign(np.sin(np.pi * T / 4.0 + 1e-3))) + noise(8), None),
    "sign of the EMG": (10.0 * np.sign(GOOD), None),
    "clipped throughout": (np.clip(GOOD, -1.0, 1.0), "saturated"),
    "never at rest": (noise(9, 50.0) * (1.0 + 0.5 * column(np.sin(2 * np.pi * T))), None),
}  # fmt: skip
#: Signals with what looks like repetitions: each verdict is `unclear` for one of these reasons.
UNCLEAR: dict[str, tuple[np.ndarray, set[str]]] = {
    "clipped bursts": (np.clip(GOOD, -15.0, 15.0), {"saturated"}),
    "one channel zero": (GOOD * [1.0, 0.0], {"poor_contact", "no_onset"}),
    "one channel constant": (GOOD * [0.0, 1.0] + [7.0, 0.0], {"poor_contact", "no_onset"}),
    "one channel missing": (GOOD * [1.0, np.nan], {"gap"}),
    "one crackle in both": (noise(11) + column(noise(12, 99.0)[:, 0]) * ON,
                            {"crosstalk", "no_onset"}),
    "crackles in both": (noise(13) + np.diff(noise(16, 99.0), axis=0, prepend=0.0) * ON,
                         {"no_onset"}),
    "hum in bursts": (
        column(100.0 * np.sin(2 * np.pi * 50.0 * T)) * ON + noise(14),
        {"poor_contact"},
    ),
    "square bursts": (column(100.0 * np.sign(np.sin(40 * np.pi * T))) * ON + noise(15),
                      {"crosstalk", "no_onset", "poor_contact"}),
}  # fmt: skip


def refused(found: Analysis, reasons: set[str]) -> None:
    assert found.repetitions
    for rep in found.repetitions:
        assert (rep.verdict, rep.lead_ms) == ("unclear", None)
        assert rep.reason in reasons
        assert all(pair.verdict == "unclear" and pair.reason for pair in rep.pairs)
    assert all(one.verdict == "unclear" for one in found.sets)
    assert any(not channel.usable and channel.reasons for channel in found.channels)


@pytest.mark.parametrize("name", NOTHING)
def test_where_nothing_is_nothing_is_found(name: str) -> None:
    samples, reason = NOTHING[name]
    found = firingorder.analyse(samples, 1000.0, CHANNELS)
    assert (found.repetitions, found.bursts, found.sets) == ((), (), ())
    assert found.recording.duration_s == len(samples) / 1000.0
    if reason is not None:
        assert [one.usable for one in found.channels] == [False, False]
        assert all(reason in one.reasons for one in found.channels)
    assert sum("too short" in one for one in found.warnings) == (len(samples) < 2500)
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize("name", UNCLEAR)
def test_no_order_is_made_of_what_is_no_muscle(name: str) -> None:
    samples, reasons = UNCLEAR[name]
    refused(firingorder.analyse(samples, 1000.0, CHANNELS), reasons)


@pytest.mark.parametrize("factor", [1e-3, 1e-6])
def test_volts_taken_for_microvolts_claim_no_order(factor: float) -> None:
    """Every channel was "not usable: flat", and every verdict was glutes_first all the same."""
    assert {one.verdict for one in firingorder.analyse(GOOD, 1000.0, CHANNELS).repetitions} == {
        "glutes_first"
    }
    found = firingorder.analyse(factor * GOOD, 1000.0, CHANNELS)
    refused(found, {"poor_contact"})
    assert [(one.usable, one.reasons) for one in found.channels] == [(False, ("flat",))] * 2
    (told,) = found.warnings
    assert "volts or millivolts" in told


@pytest.mark.parametrize("value", [0.0, -250.0])
def test_a_channel_that_dies_keeps_what_was_before(value: float) -> None:
    """The decay of its filter ended the whole analysis by a division by zero."""
    samples = GOOD.copy()
    samples[16_000:, 1] = value
    found = firingorder.analyse(samples, 1000.0, CHANNELS)
    assert [one.verdict for one in found.repetitions] == ["glutes_first"] * 2 + ["unclear"] * 2
    assert {one.reason for one in found.repetitions[2:]} <= {"poor_contact", "no_onset"}
    assert found.repetitions[3].reason == "poor_contact"
    assert found.channels[1].reasons[0] == "flat"
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize("factor", [1e-150, 1e-156, 1e-161])
def test_numbers_whose_squares_are_none_are_no_signal(factor: float) -> None:
    refused(firingorder.analyse(GOOD * [factor, 1.0], 1000.0, CHANNELS), {"poor_contact"})


@pytest.mark.parametrize("first", [540, 620, 660])
def test_what_another_filter_kept_of_a_dead_channel_is_nothing(first: int) -> None:
    samples = GOOD[:9000].copy()
    samples[first : first + 3500, 1] = np.exp(-np.arange(3500) / 3.0)
    found = firingorder.analyse(samples, 1000.0, CHANNELS)
    assert not any(one.lead_ms for one in found.repetitions)


@pytest.mark.parametrize("first", [4000, 5400, 5900])
def test_a_channel_that_is_off_for_a_while_is_met_in_silence(first: int) -> None:
    """Its rest of nothing was divided by: a warning of the machine's on standard error."""
    samples = GOOD.copy()
    samples[first : first + 7000, 0] = 0.0
    samples[first + 12_000 :, 1] *= np.exp(-np.arange(len(GOOD) - first - 12_000) / 3.0)
    found = firingorder.analyse(samples, 1000.0, CHANNELS)
    assert all(one.verdict == "unclear" for one in found.repetitions[1:])
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_rest_of_zeros_claims_no_order() -> None:
    """Another program that writes 0 between the bursts has thrown the onsets away."""
    level = np.sqrt(uniform_filter1d(GOOD**2, 100, axis=0))
    gated = np.where(level > 2.0 * np.median(level, axis=0), GOOD, 0.0)
    refused(firingorder.analyse(gated, 1000.0, CHANNELS), {"no_rest", "poor_contact"})


def test_infinity_is_a_missing_sample() -> None:
    holed = GOOD.copy()
    holed[6100] = (np.inf, -np.inf)
    found = firingorder.analyse(holed, 1000.0, CHANNELS)
    assert found.recording.streams[0].lost_samples == 1
    assert (found.repetitions[0].verdict, found.repetitions[0].reason) == ("unclear", "gap")
    assert [rep.verdict for rep in found.repetitions[1:]] == ["glutes_first"] * 3


@pytest.mark.parametrize(("rate_hz", "times"), [(1000.0, 10.0), (2000.0, 5.0)])
def test_a_rate_far_too_high_is_seen(rate_hz: float, times: float) -> None:
    found = firingorder.analyse(body(32, rate_hz, 4), times * rate_hz, CHANNELS)
    assert all("not_emg" in one.reasons and not one.usable for one in found.channels)
    assert "sampling rate is wrong" in " ".join(found.warnings)
    assert all(rep.verdict == "unclear" for rep in found.repetitions)


@pytest.mark.parametrize("rate_hz", [1000.0, 10_000.0])
def test_a_rate_ten_times_too_low_is_seen(rate_hz: float) -> None:
    found = firingorder.analyse(body(33, rate_hz, 2), rate_hz / 10.0, CHANNELS)
    for rep in found.repetitions:
        assert rep.verdict == "unclear"
        assert rep.reason in ("rate_too_low", "no_onset", "low_snr", "poor_contact", "no_rest")
    assert not any(one.usable for one in found.channels) or found.repetitions
    if rate_hz == 1000.0:
        assert all(one.reasons == ("rate_too_low",) for one in found.channels)
        assert "100 Hz" in found.warnings[-1]


def test_a_recording_may_begin_in_the_middle_of_a_burst() -> None:
    whole = firingorder.analyse(GOOD, 1000.0, CHANNELS)
    cut = firingorder.analyse(GOOD[7200:], 1000.0, CHANNELS)
    assert [rep.verdict for rep in whole.repetitions] == ["glutes_first"] * 4
    assert [rep.verdict for rep in cut.repetitions] == ["glutes_first"] * 3
    for one, other in zip(cut.repetitions, whole.repetitions[1:], strict=True):
        for name in CHANNELS:
            a, b = one.onsets[name], other.onsets[name]
            assert a is not None
            assert b is not None
            assert a.onset_s + 7.2 == pytest.approx(b.onset_s, abs=0.002)


# --- the command ---


def write_csv(path: Path, samples: np.ndarray, labels: str = "GMAX_L [uV],ES_L [uV]") -> str:
    np.savetxt(path, samples, fmt="%.6g", delimiter=",", header=labels, comments="")
    return str(path)


def analysed(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert main(["analyse", *args, "--json", "-"]) == 0
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return json.loads(captured.out)


def message(capsys: pytest.CaptureFixture[str], status: int, *args: str) -> str:
    assert main(["analyse", *args]) == status
    told = capsys.readouterr().err.strip()
    assert told.startswith("firingorder: ")
    assert len(told.splitlines()) <= 2
    assert "Traceback" not in told
    return told


@pytest.mark.parametrize("name", ["all zero", "constant", "NaN only", "one sample"])
def test_the_command_says_that_nothing_serves(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples, reason = NOTHING[name]
    path = write_csv(tmp_path / "a.csv", samples[:5000])
    found = analysed(capsys, path, "--rate", "1000")
    assert found["repetitions"] == found["bursts"] == []
    assert all(reason in one["reasons"] and not one["usable"] for one in found["channels"])
    assert main(["analyse", path, "--rate", "1000"]) == 0
    text = capsys.readouterr().out
    assert f"not usable ({reason})" in text
    assert "No repetition was found." in text


def test_the_command_says_that_the_rate_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "a.csv", GOOD)
    fast = analysed(capsys, path, "--rate", "10000")
    assert "sampling rate is wrong" in " ".join(fast["warnings"])
    slow = analysed(capsys, path, "--rate", "100")
    assert [one["reasons"] for one in slow["channels"]] == [["rate_too_low"]] * 2
    assert fast["bursts"] == slow["bursts"] == []


def test_the_command_names_labels_that_say_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    part = GOOD[:100]
    told = message(capsys, 1, write_csv(path, part, "1,2"), "--rate", "1000")
    assert "a header row with the labels" in told
    told = message(capsys, 2, write_csv(path, part, "A,B"), "--rate", "1000")
    assert "No label names a muscle" in told
    assert "--montage" in told
    told = message(capsys, 2, write_csv(path, part, "GMAX_L,GMAX_L"), "--rate", "1000")
    assert "gluteus_maximus_left" in told
    told = message(capsys, 2, write_csv(path, part, "GMAX_L,L GMAX"), "--rate", "1000")
    assert "more than one channel" in told
    assert "a.csv" in message(capsys, 1, write_csv(path, part[:0]), "--rate", "1000")

"""The documented way from Python: executed as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import firingorder
from firingorder.errors import UsageError
from tests.session.sessions import run_session
from tests.signal.planted import tissue

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.samples import FloatArray

CHANNELS = ["gluteus_maximus_left", "erector_spinae_left"]


def two_muscles(seed: int = 4, lead_s: float = 0.1) -> FloatArray:
    """20 s at 1 kHz: rest, then three bursts of 2 s, the glute first."""
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    t = np.arange(20_000) / 1000.0
    level = np.full((len(t), 2), 3.0)
    for start in (5.0, 10.0, 15.0):
        for column, onset in enumerate((start, start + lead_s)):
            level[:, column] += 80.0 * np.clip((t - onset) / 0.05, 0, 1) * (t < onset + 2.0)
    return level * tissue(rng, *level.shape)


def lifts(*starts: float) -> tuple[FloatArray, FloatArray]:
    """20 s of a pelvis IMU at 100 Hz: bridges of 30 degrees, 50 ms after each start."""
    t = np.arange(2000) / 100.0
    lifted = np.zeros(len(t))
    for start in starts:
        up, down = (np.clip(t - start - delay, 0, 1) for delay in (0.05, 1.2))
        lifted += up * up * (3 - 2 * up) - down * down * (3 - 2 * down)
    angle = np.radians(-30.0 * lifted)
    none = np.zeros(len(t))
    acc = 9.81 * np.stack([np.cos(angle), none, np.sin(angle)], axis=1)
    gyr = np.stack([none, np.gradient(angle, t), none], axis=1)
    # A sensor is never without noise; one that repeats itself to the bit is broken.
    print("seed 8")
    noise = np.random.default_rng(8).standard_normal((2, len(t), 3))
    return acc + 0.01 * noise[0], gyr + 1e-3 * noise[1]


def test_arrays_in_typed_result_out() -> None:
    result = firingorder.analyse(two_muscles(), 1000.0, CHANNELS)
    assert [rep.verdict for rep in result.repetitions] == ["glutes_first"] * 3
    for rep in result.repetitions:
        assert rep.lead_ms == pytest.approx(100.0, abs=15.0)
        assert rep.sides == "left"
    assert json.loads(json.dumps(result.to_dict()))["schema"] == "firingorder.analysis/1"
    with pytest.raises(AttributeError):
        result.repetitions = ()  # type: ignore[misc]


@pytest.mark.parametrize("start_s", [3.0, 3.1, 3.2])
def test_the_first_repetition_counts_whenever_it_comes(start_s: float) -> None:
    """The bias of the gyroscope becomes known after 3 s of rest; that must not cost a movement."""
    acc, gyr = lifts(start_s, 10.0, 15.0)
    gyr += np.radians([0.5, -3.0, 0.3])
    result = firingorder.analyse(
        two_muscles(), 1000.0, CHANNELS, imu=firingorder.ImuSamples(acc, gyr, 100.0)
    )
    found = [rep.start_s for rep in result.repetitions]
    assert found == pytest.approx([start_s, 10.0, 15.0], abs=0.15)


def test_missing_imu_samples_are_gaps_and_do_not_spoil_the_pose() -> None:
    """A gap of 0.3 s in all channels of the IMU, and single axes missing here and there."""
    acc, gyr = lifts(5.0, 10.0, 15.0)
    acc[900:930] = gyr[900:930] = np.nan
    acc[[700, 1300], 2] = np.nan
    imu = firingorder.ImuSamples(acc, gyr, 100.0)
    result = firingorder.analyse(two_muscles(), 1000.0, CHANNELS, imu=imu)
    assert [rep.movement_onset_s is not None for rep in result.repetitions] == [True] * 3
    assert [rep.verdict for rep in result.repetitions] == ["glutes_first"] * 3
    stream = result.recording.streams[1]
    assert (stream.kind, stream.samples, stream.lost_samples) == ("imu", 1968, 32)
    assert len(stream.gaps) == 3


def test_a_movement_before_the_first_emg_sample_has_a_gap_and_no_verdict() -> None:
    samples = two_muscles()
    samples[:7000] = np.nan
    acc, gyr = lifts(0.5, 5.0, 10.0, 15.0)
    result = firingorder.analyse(
        samples, 1000.0, CHANNELS, imu=firingorder.ImuSamples(acc, gyr, 100.0)
    )
    claims = [(rep.verdict, rep.reason) for rep in result.repetitions]
    assert claims[2:] == [("glutes_first", None)] * 2
    assert [verdict for verdict, _ in claims[:2]] == ["unclear"] * 2


def test_swapped_channels_mirror_the_verdict() -> None:
    swapped = firingorder.analyse(two_muscles()[:, ::-1], 1000.0, CHANNELS)
    assert [rep.verdict for rep in swapped.repetitions] == ["back_first"] * 3


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="samples must be"):
        firingorder.analyse(np.zeros((100, 3)), 1000.0, CHANNELS)
    with pytest.raises(UsageError, match="Channels"):
        firingorder.analyse(np.zeros((100, 2)), 1000.0, ["a", "b"])
    with pytest.raises(UsageError, match="rate"):
        firingorder.analyse(np.zeros((100, 2)), 0.0, CHANNELS)


@pytest.mark.parametrize(
    "rate_hz", ["1000", None, [1000.0], np.array([1e3, 1e3]), np.inf, np.nan, 1000j]
)
def test_a_rate_that_is_no_number_is_refused_in_one_sentence(rate_hz: Any) -> None:
    """As text it raised a bare TypeError, infinite an OverflowError."""
    with pytest.raises(UsageError, match=r"The rate must be .*not .*\.$"):
        firingorder.analyse(np.zeros((100, 2)), rate_hz, CHANNELS)


def test_samples_and_names_that_are_none_are_refused_in_one_sentence() -> None:
    no_samples: Any = [[1.0, 2.0], [3.0]]
    no_names: Any = None
    with pytest.raises(UsageError, match="samples must be an array of numbers"):
        firingorder.analyse(no_samples, 1000.0, CHANNELS)
    with pytest.raises(UsageError, match="Channels must be a list of names, not None"):
        firingorder.analyse(np.zeros((100, 2)), 1000.0, no_names)


@pytest.mark.parametrize("rate_hz", [1000, np.float32(1000.0), np.int64(1000)])
def test_any_kind_of_number_is_a_rate(rate_hz: Any) -> None:
    found = firingorder.analyse(np.zeros((2000, 2)), rate_hz, CHANNELS)
    assert found.recording.duration_s == 2.0
    json.dumps(found.to_dict())


def test_missing_samples_are_counted_and_gate_the_verdict() -> None:
    emg = two_muscles()
    emg[5050:5150] = np.nan
    result = firingorder.analyse(emg, 1000.0, CHANNELS)
    assert result.recording.streams[0].lost_samples == 100
    assert result.recording.duration_s == 20.0
    assert result.repetitions[0].verdict == "unclear"
    assert result.repetitions[0].reason == "gap"
    assert result.repetitions[1].verdict == "glutes_first"


def test_a_csv_is_read_under_the_names_of_its_muscles(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    np.savetxt(path, two_muscles()[:50], delimiter=",", header="GMAX_L [uV],ES_L [uV]", comments="")
    signals = firingorder.read(path, rate_hz=1000.0)
    assert signals.channels == tuple(CHANNELS)
    assert signals.emg_uv.shape == (50, 2)


def test_a_recording_is_named_by_text_or_path(tmp_path: Path) -> None:
    path = run_session(tmp_path / "s.mcap", duration_s=2.0).path
    assert firingorder.open_recording(str(path)).session == firingorder.open_recording(path).session
    with pytest.raises(UsageError, match="does not exist"):
        firingorder.open_recording("nowhere.mcap")


def test_import_is_light_and_without_qt() -> None:
    code = (
        "import sys, firingorder, firingorder.cli, firingorder.cli.analyse, firingorder.cli.record;"
        "heavy = [m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))]; print(heavy)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    code = "import sys, firingorder, firingorder.cli; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"

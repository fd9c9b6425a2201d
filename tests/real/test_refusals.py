"""Real recordings of which nothing may be claimed: noise, too slow, no sharp onset, no rest.

Each goes through the command as a CSV file that the test writes into its own folder. The names of
muscles are stand-ins: none of these recordings is of a bridge.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firingorder.cli import main

DataFolder = Callable[[str], Path]
LABELS = ("GMAX_L", "ES_L", "GMAX_R", "ES_R", "BF_L", "BF_R", "GMED_L", "GMED_R")


@pytest.fixture
def analysed(tmp_path: Path) -> Callable[[np.ndarray, float], dict[str, Any]]:
    """Return a function that puts channels, ``(n_samples, n_channels)``, through the command."""

    def run(samples: np.ndarray, rate_hz: float) -> dict[str, Any]:
        path, out = tmp_path / "a.csv", tmp_path / "a.json"
        header = ",".join(f"{label} [uV]" for label in LABELS[: samples.shape[1]])
        np.savetxt(path, samples, fmt="%.7g", delimiter=",", header=header, comments="")
        assert main(["analyse", str(path), "--rate", f"{rate_hz:g}", "--json", str(out)]) == 0
        return json.loads(out.read_text())

    return run


def no_claim(found: dict[str, Any]) -> None:
    """No verdict of any repetition or pair, and a reason for each."""
    for rep in found["repetitions"]:
        assert rep["verdict"] == "unclear"
        assert rep["reason"]
    assert all(one["verdict"] == "unclear" for one in found["sets"])


def dec_floats(data: bytes) -> np.ndarray:
    """Numbers of a VAX: words swapped, four times as large as read by IEEE 754."""
    words = np.frombuffer(data[: len(data) // 4 * 4], "<u2").reshape(-1, 2)[:, ::-1]
    return np.frombuffer(words.tobytes(), "<f4").astype(np.float64) / 4.0


def test_sixteen_channels_of_noise_hold_no_burst(data_folder: DataFolder, analysed: Any) -> None:
    data = (data_folder("btkdata") / "FunctionalStatic.c3d").read_bytes()
    points, analogue = struct.unpack("<hh", data[2:6])
    block, per_frame = struct.unpack("<hh", data[16:20])
    first, last = struct.unpack("<HH", data[6:10])
    samples = dec_floats(data[(block - 1) * 512 :])
    frames, width = last - first + 1, 4 * points + analogue
    table = samples[: frames * width].reshape(frames, width)[:, 4 * points :]
    emg = table.reshape(frames * per_frame, -1)[:, 18:34]
    assert np.isfinite(emg).all()
    assert emg.shape == (5895, 16)
    for begin in (0, 8):
        found = analysed(emg[:, begin : begin + 8], 1080.0)
        assert found["bursts"] == []
        no_claim(found)


def test_almost_nothing_is_nothing(data_folder: DataFolder, analysed: Any) -> None:
    counts = np.loadtxt(data_folder("biosppy") / "emg.txt")[:60_000]
    found = analysed(np.stack([counts, counts[::-1]], axis=1), 1000.0)
    assert found["bursts"] == found["repetitions"] == []


@pytest.mark.parametrize("name", ["S09_S1REST", "S09_S1R0"])
def test_two_hundred_hertz_are_too_slow(name: str, data_folder: DataFolder, analysed: Any) -> None:
    path = data_folder("mi_openbci") / f"OpenBCI-RAW-{name}.txt"
    found = analysed(np.loadtxt(path, comments="%", delimiter=",", usecols=(1, 2))[:20_000], 200.0)
    no_claim(found)
    assert all(rep["reason"] == "rate_too_low" for rep in found["repetitions"])
    if name == "S09_S1REST":
        assert found["sets"] == [] or all(one["scored"] == 0 for one in found["sets"])


def test_bursts_at_250_hertz_are_counted_and_not_ordered(
    data_folder: DataFolder, analysed: Any
) -> None:
    """Tibialis anterior with heart and drift: 27 bursts counted by eye; far too slow for order."""
    emg = np.load(data_folder("emgGO") / "sample_first_half.npz")["emg_uv"]
    found = analysed(np.stack([emg, emg], axis=1), 250.0)
    assert 24 <= len(found["repetitions"]) <= 29
    no_claim(found)
    assert all(rep["reason"] == "rate_too_low" for rep in found["repetitions"])


@pytest.mark.parametrize("name", ["ID17_BF", "ID10_BF", "ID18_BF"])
def test_where_no_sharp_onset_is_none_is_claimed(
    name: str, data_folder: DataFolder, analysed: Any
) -> None:
    test = np.load(data_folder("elderly_emg_dyn") / "tests" / f"{name}.npz")
    no_claim(analysed(test["emg_uv"][:, :4], float(test["fs_hz"])))


def test_walking_has_no_rest_to_tell_an_onset_from(data_folder: DataFolder, analysed: Any) -> None:
    walk = np.load(data_folder("musclesyneRgies") / "walk_right_leg.npz")
    names = [str(name) for name in walk["channel"]]
    emg = walk["emg_uv"][:, [names.index(name) for name in ("MA", "ME", "ST", "BF")]]
    found = analysed(emg, float(walk["fs_hz"]))
    no_claim(found)
    assert all(one["reasons"] == [] for one in found["channels"])  # it is muscle, sampled right


def test_muscle_sampled_right_is_never_called_none(data_folder: DataFolder, analysed: Any) -> None:
    """And told to be ten times faster it is."""
    import scipy.io

    folder = data_folder("semgdetection_tang2022")
    emg = [1e3 * scipy.io.loadmat(folder / f"12_{k}.mat")["semg"].ravel() for k in (1, 2, 3, 4)]
    right = analysed(np.stack(emg, axis=1), 2000.0)
    assert not [one for one in right["channels"] if "not_emg" in one["reasons"]]
    wrong = analysed(np.stack(emg, axis=1), 20_000.0)
    no_claim(wrong)
    assert sum("not_emg" in one["reasons"] for one in wrong["channels"]) >= 2
    assert "sampling rate is wrong" in " ".join(wrong["warnings"])

"""Simulated EMG of other authors, with exact onsets: 25 bursts, which is too few for a figure.

Kowalski E et al., github.com/ekowa053/EMG-Onset-Training-Using-Simulated-Signals (Apache-2.0):
five signals of five bursts that rise over 0.8 to 1.2 s, at power ratios of 5 to 80. A gate only.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

import firingorder
from benchmarks.accuracy.foreign import ForeignRow, foreign

DataFolder = Callable[[str], Path]


def test_refined_onsets_against_the_exact_ones(data_folder: DataFolder) -> None:
    folder = data_folder("kowalski_sim")
    bonato_ms: dict[int, list[float]] = {}
    with (folder / "truth.csv").open() as file:
        for row in csv.DictReader(file):
            errors = bonato_ms.setdefault(int(row["snr_power_ratio"]), [])
            errors.append(float(row["bonato_error_ms_mean_of_3"]))
    rows: list[ForeignRow] = [one for one in foreign() if one.name.startswith("kowalski")]
    found = sum(one.found for one in rows)
    covered = sum(one.agree for one in rows)
    mae_ms = [float(np.mean(np.abs(one.errors_ms))) for one in rows]
    for one, mae, theirs in zip(rows, mae_ms, bonato_ms.values(), strict=True):
        print(
            f"{one.name}: {one.found}/{one.bursts} found, {one.refused} refused, {one.agree} "
            f"covered, MAE {mae:.0f} ms (Bonato of the authors {np.mean(theirs):.0f})"
        )
        assert mae < 0.5 * np.mean(theirs)
    print(f"{found}/25 found, {covered} covered by the 95 % interval")
    assert found >= 24
    assert covered >= 22


def test_nothing_is_invented_in_whole_signals(data_folder: DataFolder) -> None:
    """Alone and without a motion sensor; the weakest bursts, below 10 dB, are not looked for."""
    data = np.load(data_folder("kowalski_sim") / "kowalski_odd.npz")
    counts = []
    for signal, onsets, ratio in zip(
        data["emg"], data["onset_sample"] / 1000.0, data["snr_power_ratio"], strict=True
    ):
        x = signal[np.isfinite(signal)][:, None]
        result = firingorder.analyse(x, 1000.0, ["gluteus_maximus_left"])
        given = [one for rep in result.repetitions for one in rep.onsets.values() if one]
        near = [min(abs(one.onset_s - onsets)) for one in given]
        covered = sum(bool(np.any((one.low_s <= onsets) & (onsets <= one.high_s))) for one in given)
        print(f"power ratio {ratio}: {len(given)}/5 onsets, {covered} covered")
        assert all(error_s < 0.1 for error_s in near)
        assert len(result.repetitions) <= 5
        counts.append(len(given))
    assert sum(counts) >= 10

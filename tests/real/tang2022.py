"""The real recording of voluntary lifts as one file, its stand-in montage, the eye's marks.

Tang H, Wang S, Tan Q, Wang B (2022), IEEE Transactions on Instrumentation and Measurement 71
(data: github.com/Shurun-Wang/sEMGDetection, MIT). Surface EMG of one person lifting a weight,
2000 Hz, four channels, muscles not named. No onset is labelled: nothing here is an accuracy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.io

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.session.results import Analysis

RATE_HZ = 2000.0
FILES = ("12_1", "12_2", "12_3", "12_4")
#: The muscles are not named: these names only give the channels a place on the screen.
STAND_IN = {
    "12_1": "gluteus_maximus_left",
    "12_3": "hamstring_left",
    "12_4": "erector_spinae_left",
}
MARKS = Path(__file__).with_name("marks_tang2022.json")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One burst: what the eye marked and what was found, seconds; None where nothing was."""

    channel: str
    repetition: int
    marked_s: tuple[float, float]
    found_s: tuple[float, float, float] | None

    @property
    def overlaps(self) -> bool:
        """True if the 95 % interval reaches into the marked one."""
        if self.found_s is None:
            return False
        low, _, high = self.found_s
        return low <= self.marked_s[1] and high >= self.marked_s[0]


def write_body(folder: Path, target: Path) -> None:
    """Put the four channels into one MAT file, in the labels of their files."""
    signals: dict[str, Any] = {
        f"CH{name}": scipy.io.loadmat(folder / f"{name}.mat")["semg"].ravel() for name in FILES
    }
    scipy.io.savemat(target, {**signals, "fs": RATE_HZ, "units": "mV"})


def channel_uv(folder: Path, name: str) -> FloatArray:
    """Return one channel in microvolts."""
    samples = scipy.io.loadmat(folder / f"{name}.mat")["semg"].ravel()
    return 1000.0 * np.asarray(samples, dtype=np.float64)


def write_montage(target: Path, *, device: bool) -> None:
    """Write the stand-in montage for the file, or for the device that plays it."""
    labels = {name: f"EMG{k + 1}" if device else f"CH{name}" for k, name in enumerate(FILES)}
    montage = {
        "schema": "firingorder.montage/1",
        "channels": {labels[name]: muscle for name, muscle in STAND_IN.items()},
        "ham_site": "unknown",
        "ignore": [labels["12_2"]],
    }
    target.write_text(json.dumps(montage))


def compare(result: Analysis) -> list[Comparison]:
    """Hold the refined onsets against the marks, burst by burst."""
    marks: dict[str, list[list[float]]] = json.loads(MARKS.read_text())["channels"]
    out: list[Comparison] = []
    for name, muscle in STAND_IN.items():
        for k, (low, high) in enumerate(marks[name]):
            rep = min(result.repetitions, key=lambda one: abs(one.start_s - low), default=None)
            onset = None if rep is None else rep.onsets.get(muscle)
            found = None
            if onset is not None and abs(onset.onset_s - low) < 2.0:
                found = (onset.low_s, onset.onset_s, onset.high_s)
            out.append(Comparison(name, k + 1, (low, high), found))
    return out

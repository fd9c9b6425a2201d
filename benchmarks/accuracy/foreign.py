"""Recordings of others, if they are there: simulated with exact truth, and real with marks by eye.

Looked for in ``$FIRINGORDER_DATA`` or ``../shared/data``. None is part of the project; figures of
them stand apart with their small numbers and never enter a pool.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.io

from benchmarks.accuracy.about import ROOT
from firingorder.signal.conditioning import Conditioner, Resampler
from firingorder.signal.refine import OnsetParams, OnsetResult, refine
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from firingorder.samples import BoolArray, FloatArray

MARKS = ROOT / "tests" / "real" / "marks_tang2022.json"
#: The search window about the known start; wide, since nothing else says where a burst is.
WINDOW_S = (-0.6, 0.4)
BEFORE_S, AFTER_S = 4.0, 1.5


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """One recording: bursts, found, refused, errors of those found, and intervals that agree."""

    name: str
    kind: str
    bursts: int
    found: int
    refused: int
    errors_ms: tuple[float, ...]
    agree: int


def folder() -> Path | None:
    """Return where the recordings are, or None."""
    given = os.environ.get("FIRINGORDER_DATA")
    path = Path(given) if given else ROOT.parent / "shared" / "data"
    if given and not path.is_dir():
        raise SystemExit(f"FIRINGORDER_DATA is {given}, which is no folder.")
    return path if path.is_dir() else None


def foreign() -> list[ForeignRow]:
    """Return what there is."""
    base = folder()
    rows: list[ForeignRow] = []
    if base is not None and (base / "kowalski_sim").is_dir():
        rows += _kowalski(base / "kowalski_sim")
    if base is not None and (base / "semgdetection_tang2022").is_dir() and MARKS.exists():
        rows += _tang(base / "semgdetection_tang2022")
    return rows


def _kowalski(path: Path) -> list[ForeignRow]:
    """Kowalski's simulated signals: onsets in samples, exact."""
    data = np.load(path / "kowalski_odd.npz")
    out: list[ForeignRow] = []
    for k, number in enumerate(data["signal_number"].tolist()):
        x = np.asarray(data["emg"][k], dtype=np.float64)
        x = x[np.isfinite(x)]
        marks = [(float(t) / 1000.0, float(t) / 1000.0) for t in data["onset_sample"][k]]
        ratio = int(data["snr_power_ratio"][k])
        name = f"kowalski_sim {number}, power ratio {ratio}"
        out.append(_row(name, "simulated by others", x, 1000.0, marks))
    return out


def _tang(path: Path) -> list[ForeignRow]:
    """Tang et al. 2022, one person, four channels; intervals marked by eye are no truth."""
    marks: dict[str, list[list[float]]] = json.loads(MARKS.read_text())["channels"]
    out: list[ForeignRow] = []
    for name, x in tang_signals(path, marks):
        ends = [(low, high) for low, high in marks[name]]
        out.append(_row(f"tang2022 {name}", "real, marked by eye", x, 2000.0, ends))
    return out


def tang_signals(path: Path, names: Iterable[str]) -> Iterator[tuple[str, FloatArray]]:
    """Yield the channels of Tang et al. 2022 by name, ``(n,)`` microvolts at 2000 Hz."""
    for name in names:
        mat: dict[str, Any] = scipy.io.loadmat(path / f"{name}.mat")
        yield name, 1000.0 * np.asarray(mat["semg"], dtype=np.float64).ravel()


def conditioned(x: FloatArray, rate_hz: float) -> tuple[FloatArray, BoolArray]:
    """Return a channel in arbitrary units at the analysis rate, conditioned, and what is valid."""
    settings = Settings()
    unit = x / np.median(np.abs(x - np.median(x))) * 2.0  # arbitrary units: rest of some microvolts
    resampler = Resampler(settings.conditioning, rate_hz, 1)
    conditioner = Conditioner(settings.conditioning, min(rate_hz, 1000.0), 1)
    raw = resampler.step(0, unit[:, None], np.zeros((len(unit), 1), dtype=np.bool_))
    blocks = [conditioner.step(b) for b in raw + resampler.flush()]
    emg = np.concatenate([b.emg_uv for b in blocks])[:, 0]
    return emg, np.concatenate([b.valid for b in blocks])[:, 0]


def looked_at(
    emg: FloatArray, valid: BoolArray, about_s: float, params: OnsetParams
) -> OnsetResult:
    """Return what the chain finds about a start that is roughly known."""
    first = max(0, round((about_s + WINDOW_S[0] - BEFORE_S) * 1000.0))
    stop = min(len(emg), round((about_s + WINDOW_S[1] + AFTER_S) * 1000.0))
    window_s = (about_s + WINDOW_S[0], about_s + WINDOW_S[1])
    return refine(emg[first:stop], valid[first:stop], 1000.0, first / 1000.0, window_s, params,
                  find_offset=False)  # fmt: skip


def _row(
    name: str, kind: str, x: FloatArray, rate_hz: float, marks_s: list[tuple[float, float]]
) -> ForeignRow:
    emg, valid = conditioned(x, rate_hz)
    found, refused, agree = 0, 0, 0
    errors: list[float] = []
    for low_s, high_s in marks_s:
        centre = 0.5 * (low_s + high_s)
        result = looked_at(emg, valid, centre, Settings().onset)
        if result.posterior is None or "no_onset" in result.gates:
            continue
        found += 1
        refused += bool(result.gates)
        estimate = result.posterior.estimate
        errors.append(1e3 * (estimate.onset_s - centre))
        agree += estimate.low_s <= high_s and estimate.high_s >= low_s
    return ForeignRow(name, kind, len(marks_s), found, refused, tuple(errors), agree)

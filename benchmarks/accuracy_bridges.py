"""Leads of simulated bridges against the planted ones: ``make accuracy``.

Every figure is simulated. Scored as a user gets it: whole sessions through the pipeline, with the
repetitions it finds itself. Not part of ``make bench``: this is about truth, not speed.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.session.arrays import ImuSamples, analyse_samples
from firingorder.signal.settings import Settings
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding

SCENARIOS = ("bridge", "bridge_mixed", "bridge_tone", "bridge_ecg", "bridge_motion")
SECONDS = 120.0
#: Sessions of these seeds; the settings were not chosen on them.
SEEDS = range(100, 106)
#: A found repetition belongs to the planted one that moves within this of it.
SAME_S = 0.5
OUT = Path(__file__).resolve().parent.parent / "out" / "accuracy_bridges.json"

_GLUTES = ("gluteus_maximus_left", "gluteus_maximus_right")
_BACK = ("erector_spinae_left", "erector_spinae_right")


@dataclass(slots=True)
class Score:
    """What was found of one scenario."""

    planted: int = 0
    found: int = 0
    extra: int = 0
    errors_ms: list[float] = field(default_factory=list[float])
    widths_ms: list[float] = field(default_factory=list[float])
    inside: list[bool] = field(default_factory=list[bool])
    onsets_inside: list[bool] = field(default_factory=list[bool])
    claims: int = 0
    wrong: int = 0

    def row(self, scenario: str) -> dict[str, Any]:
        """Return the figures of the scenario."""
        return {
            "scenario": scenario,
            "planted": self.planted,
            "found": self.found,
            "extra": self.extra,
            "leads": len(self.errors_ms),
            "lead_mae_ms": round(float(np.mean(np.abs(self.errors_ms))), 1),
            "lead_bias_ms": round(float(np.mean(self.errors_ms)), 1),
            "lead_width_ms": round(float(np.median(self.widths_ms)), 1),
            "lead_cover": round(float(np.mean(self.inside)), 3),
            "onset_cover": round(float(np.mean(self.onsets_inside)), 3),
            "claims": self.claims,
            "wrong_order": self.wrong,
        }


def score(scenario: str) -> Score:
    """Return the score of one scenario over all seeds."""
    total = Score()
    for seed in SEEDS:
        body = make_body(scenario, seed=seed)
        mount_wxyz = body.nominal_mount_wxyz
        assert mount_wxyz is not None, "the simulated belt knows how it is worn"
        acc, gyr = body.imu(0, round(SECONDS * 100))
        result = analyse_samples(
            body.emg_uv(0, round(SECONDS * 1000)),
            1000.0,
            body.channels,
            task=load_task("bridge"),
            settings=Settings(),
            imu=ImuSamples(acc, gyr, 100.0, 0.0, mount_wxyz),
        )
        planted: list[dict[str, Any]] = body.truth(duration_s=SECONDS)["repetitions"]
        total.planted += len(planted)
        for rep in result.repetitions:
            _count(total, rep, planted)
    return total


def _count(total: Score, rep: RepetitionFinding, planted: list[dict[str, Any]]) -> None:
    moved_s = rep.movement_onset_s
    same = [
        one
        for one in planted
        if moved_s is not None and abs(one["movement_onset_s"] - moved_s) < SAME_S
    ]
    if not rep.scored:
        return
    if not same:
        total.extra += 1
        return
    total.found += 1
    onsets = {name: one["onset_s"] for name, one in same[0]["channels"].items()}
    for name, found in rep.onsets.items():
        if found is not None:
            total.onsets_inside.append(found.low_s <= onsets[name] <= found.high_s)
    if rep.lead_ms is None or rep.low_ms is None or rep.high_ms is None:
        return
    sides = ("left", "right") if rep.sides == "both" else (rep.sides,)
    back = min(onsets[name] for name in _BACK if name.endswith(sides))
    glutes = min(onsets[name] for name in _GLUTES if name.endswith(sides))
    true_ms = 1e3 * (back - glutes)
    total.errors_ms.append(rep.lead_ms - true_ms)
    total.widths_ms.append(rep.high_ms - rep.low_ms)
    total.inside.append(rep.low_ms <= true_ms <= rep.high_ms)
    if rep.verdict in ("glutes_first", "back_first"):
        total.claims += 1
        total.wrong += (rep.verdict == "glutes_first") != (true_ms > 0)


def main() -> int:
    """Score every scenario, print one table, write ``out/accuracy_bridges.json``."""
    print(f"simulated bridges, seeds {SEEDS.start} to {SEEDS.stop - 1}, {SECONDS:.0f} s each")
    rows: list[dict[str, Any]] = []
    for scenario in SCENARIOS:
        rows.append(score(scenario).row(scenario))
        if len(rows) == 1:
            print("  ".join(rows[0]))
        print("  ".join(f"{value!s:>{len(name)}}" for name, value in rows[-1].items()), flush=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"simulated": True, "rows": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

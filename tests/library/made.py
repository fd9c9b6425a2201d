"""Recordings and results that were never recorded: what is in them is planted, so it is known."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from firingorder.corrections import Correction
from firingorder.library.records import NewRecording, ResultKey

if TYPE_CHECKING:
    from collections.abc import Sequence

T0 = 1_790_000_000.0
DAY_S = 86_400.0
KEY = ResultKey("a" * 64, "b" * 64, "", "c" * 64, "0.1.0")


def recording(number: int, person: str = "P01", **changes: Any) -> NewRecording:
    values: dict[str, Any] = {
        "id": f"rec-{number:05d}",
        "path": f"/nowhere/recordings/{number:05d}.mcap",
        "sha256": f"{number:064x}",
        "bytes": 1000 + number,
        "person": person,
        "start_utc_s": T0 + number * DAY_S,
        "duration_s": 60.0,
        "task": "bridge",
        "side": "both",
        "finished": True,
        "simulated": True,
        "imported": False,
    }
    return NewRecording(**{**values, **changes})


def repetition(index: int, lead_ms: float | None, **changes: Any) -> dict[str, Any]:
    verdict = "unclear"
    if lead_ms is not None:
        verdict = "glutes_first" if lead_ms > 20 else "back_first" if lead_ms < -20 else "together"
    low, high = (None, None) if lead_ms is None else (lead_ms - 12.0, lead_ms + 12.0)
    timed = {"lead_ms": lead_ms, "low_ms": low, "high_ms": high}
    found: dict[str, Any] = {
        "index": index, "set": 1, "task": "bridge", "side": "both", "start_s": 4.0 * index,
        "end_s": 4.0 * index + 3.0, "scored": True, "verdict": verdict,
        "reason": None if lead_ms is not None else "no_onset", **timed,
        "pairs": [
            {"a": f"gluteus_maximus_{side}", "b": f"erector_spinae_{side}", **timed}
            for side in ("left", "right")
        ],
        "metrics": [
            {"name": "hold", "subject": "", "value": float(index), "gate": None},
            {"name": "share", "subject": "left", "value": 9.0, "gate": "at_noise_floor"},
        ],
    }  # fmt: skip
    return {**found, **changes}


def result(leads_ms: Sequence[float | None], version: str = "0.1.0") -> dict[str, Any]:
    return {
        "schema": "firingorder.analysis/1",
        "software": {"version": version, "settings_hash": "c" * 64},
        "recording": {"id": "", "file": "", "task": "bridge", "side": "both"},
        "repetitions": [repetition(k, lead) for k, lead in enumerate(leads_ms, 1)],
        "exact": [0.1 + 0.2, 1e-300, -0.0, 2**53 + 1],
    }


def leads(seed: int, count: int, centre_ms: float = 40.0) -> list[float]:
    rng = random.Random(seed)
    return [round(rng.gauss(centre_ms, 25.0), 2) for _ in range(count)]


def correction(number: int, who: str = "T", **changes: Any) -> Correction:
    values: dict[str, Any] = {
        "id": f"{who}-{number}",
        "kind": "onset",
        "repetition": number,
        "start_s": 4.0 * number,
        "who": who,
        "at": "2026-11-21T10:00:00+00:00",
        "why": "artefact",
        "channel": "gluteus_maximus_left",
        "onset_s": 4.1,
        "automatic_s": 4.2,
    }
    return Correction(**{**values, **changes})

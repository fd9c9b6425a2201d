"""A library filled with made sessions from a seed: for tests and for pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from firingorder.library import open_library
from firingorder.library.records import (
    InboxRow,
    NewRecording,
    ResultKey,
    SessionSummary,
    SummaryPart,
)
from firingorder.signal.metrics.amount import median_of, wilson

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.library.library import Library

SEED = 7
DAY_S = 86_400.0
#: 2 March 2026, 09:10 UTC.
FIRST_S = datetime(2026, 3, 2, 9, 10, tzinfo=UTC).timestamp()
WHO = "Ortiz"


def part(rng, *, lead_ms, scored=10, task="bridge", side="both", corrected=0, metrics=True):
    """Return what a session of made repetitions shows: leads scatter by 50 ms about ``lead_ms``."""
    leads = rng.normal(lead_ms, 50.0, scored)
    first = int((leads > 45).sum())
    back = int((leads < -45).sum())
    together = int((abs(leads) < 12).sum())
    found, ratio = median_of(leads.tolist()), wilson(first, scored)
    low, high = (None, None) if found.gate else (found.low, found.high)
    q1, q3 = (float(x) for x in np.percentile(leads, (25, 75)))
    named = (
        ("hamstring_share:left", float(rng.normal(0.42, 0.04))),
        ("hamstring_share:right", float(rng.normal(0.45, 0.04))),
        ("glute_erector_ratio", float(np.exp(rng.normal(0.3, 0.15)))),
        ("time_to_quiet:erector_spinae_left", float(abs(rng.normal(1.4, 0.3)))),
    )
    return SummaryPart(
        task, side, scored + 1, scored, scored, first, together, back,
        scored - first - back - together, ratio.value, ratio.low, ratio.high,
        float(np.median(leads)), low, high, q1, q3,
        lead_ms + float(rng.normal(8, 9)), lead_ms + float(rng.normal(-8, 9)), corrected,
        named if metrics else (),
    )  # fmt: skip


def add(
    library: Library, folder: Path, number: int, person: str, start_s: float, parts, *,
    pain: tuple[int | None, int | None] = (None, None),
    pads: bool | None = True, calibration="cal-1", version="0.7.0", simulated=False,
    finished=True, imported=False, there=True, settings="a",
) -> int:  # fmt: skip
    """Add one session, and return its number in the library. ``there``: its file is."""
    path = folder / "recordings" / f"{person or 'nobody'}-{number:03d}.mcap"
    path.parent.mkdir(parents=True, exist_ok=True)
    if there:
        path.write_bytes(b"made")
    first = parts[0] if parts else None
    row = library.add_recording(
        NewRecording(
            f"{person}-{number:03d}", str(path), "0" * 64, 4, person, start_s, 1104.0,
            first.task if first else "bridge", first.side if first else "both", finished,
            simulated, imported, calibration, pads, pain[0], pain[1], version,
        )
    )  # fmt: skip
    if parts:
        corrected = sum(one.corrected for one in parts)
        library.summarise(row.recording.id, SessionSummary(version, tuple(parts), corrected))
    return row.id


def plant(folder: Path, *, sessions: int = 9, seed: int = SEED) -> Library:
    """Fill a library: P-0007 changes after its fourth day, others have one, two, or none.

    P-0007 has a pause of three months, another calibration, a corrected session, one file that is
    missing, one that is not analysed, one that was recovered, one with pain of 5, one session in
    another exercise, and notes. P-0011 has no pelvis sensor and was asked for no pain.
    """
    rng = np.random.default_rng(seed)
    library = open_library(folder=folder)
    library.describe_person("P-0007", name="A. Morgan", birth_year=1984, who=WHO)
    library.describe_person("P-0011", who=WHO)
    for k in range(sessions):
        days = 7 * k + (92 if k >= 6 else 0)
        lead = (38, 52, 30, 46, 60, 110, 165, 172, 205)[min(k, 8)]
        more = [part(rng, lead_ms=20, task="clam", side="left")] if k in (2, 5) else []
        one = part(rng, lead_ms=lead, corrected=int(k == 7))
        id_ = add(
            library, folder, k + 1, "P-0007", FIRST_S + days * DAY_S, [one, *more],
            pain=((3, 3), (2, 3), (3, 2), (5, 4), (2, 2), (1, 2), (None, None), (1, 1), (0, 1))[
                min(k, 8)],
            pads=True, calibration="cal-1" if k < 6 else "cal-2",
            version="0.7.0" if k < 6 else "0.8.0", finished=k != 4, there=k != 2,
        )  # fmt: skip
        if k == 5:
            text = "Cue “squeeze, then lift” worked from repetition 5."
            library.add_note("P-0007", id_, WHO, text)
    add(library, folder, 30, "P-0007", FIRST_S + 163 * DAY_S, [], pain=(1, None))
    for k in range(2):
        one = part(rng, lead_ms=60, metrics=False)
        add(library, folder, k + 1, "P-0011", FIRST_S + (100 + 3 * k) * DAY_S, [one],
            calibration="", pads=None)  # fmt: skip
    one = part(rng, lead_ms=-70, task="return_bend", scored=8)
    add(library, folder, 1, "P-0042", FIRST_S + 90 * DAY_S, [one], pain=(4, 6))
    add(library, folder, 1, "", FIRST_S + 20 * DAY_S, [part(rng, lead_ms=90)], simulated=True)
    return library


def plant_many(folder: Path, sessions: int = 100, seed: int = SEED) -> Library:
    """Fill a library with one person who came for two years."""
    rng = np.random.default_rng(seed)
    library = open_library(folder=folder)
    for k in range(sessions):
        one = part(rng, lead_ms=30 + 1.5 * k, corrected=int(k % 9 == 5))
        pain = (max(0, 4 - k // 20), max(0, 4 - k // 25))
        add(library, folder, k + 1, "P-0100", FIRST_S + 7 * k * DAY_S, [one], pain=pain,
            pads=True, calibration=f"cal-{k // 30}", version=f"0.{6 + k // 40}.0",
            simulated=k % 31 == 30)  # fmt: skip
    return library


def plant_inbox(library: Library) -> None:
    """Add packages that came back from home: one with a rise in pain."""
    for person, rise, days in (("P-0011", None, 2), ("P-0007", 2, 1), ("P-0042", 0, 3)):
        library.add_inbox(
            InboxRow(
                0,
                person,
                FIRST_S + (160 + days) * DAY_S,
                f"/home/{person}.age",
                5,
                rise,
                "5 of 6 days",
                read=False,
            )
        )


def key(settings: str) -> ResultKey:
    """Return a key of a result that differs by settings."""
    return ResultKey("0" * 64, "m", "cal-1", settings, "0.7.0")

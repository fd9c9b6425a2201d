"""How fast an hour opens for review, seeks, and follows a hand: ``python -m benchmarks review``.

A minute of a simulated session (eight channels) is recorded and analysed; what is kept of it is
then made an hour long: sixty times its repetitions, and signals of an hour at 2000 samples a
second. The recording itself stays a minute: what opening its file costs, ``benchmarks recording``
measures.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.firmware_bridge.actions import HostConfig
from firingorder.montage import DEFAULT_EIGHT, Montage
from firingorder.session.acquisition import Acquisition
from firingorder.session.archive import Archive
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.review import open_review
from firingorder.session.review.capture import ENVELOPE_EVERY, PELVIS
from firingorder.session.review.kept import Making
from firingorder.session.review.tracks import TrackWriter
from firingorder.session.setup import SessionSetup
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding
    from firingorder.session.review import Review
    from firingorder.signal.posterior import OnsetPosterior

SEED = 7
MINUTE_S, TIMES = 60.0, 60
RAW_HZ, KEPT_HZ, IMU_HZ = 2000.0, 1000.0, 100.0
#: A window of the review is about so many pixels wide.
POINTS = 1200
SPANS_S = (1.2, 10.0, 60.0, 600.0, 3600.0)
SEEKS = 200
PREVIEWS = 100


def run() -> list[dict[str, Any]]:
    """Measure on a temporary folder of the default disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "recordings").mkdir()
        path = folder / "recordings" / "minute.mcap"
        record(path)
        archive = Archive.open(folder=folder, who="bench")
        begin = time.process_time()
        open_review(path, archive)
        first_s = time.process_time() - begin
        lengthen(path, archive)
        open_review(path, archive)  # modules are loaded, files are in memory
        opened_ms: list[float] = []
        for _ in range(3):
            begin = time.perf_counter()
            review = open_review(path, archive)
            opened_ms.append(1e3 * (time.perf_counter() - begin))
        review = open_review(path, archive)
        rows = [
            row("a kept hour of 8 channels opens", min(opened_ms) / 1e3, "s", "<= 1.0"),
            row("the analysis of a minute that is kept, CPU", first_s, "s", None),
            *seeks(review),
            *hand(review),
        ]
        archive.close()
        return rows


def record(path: Path) -> None:
    """Record a minute in virtual time."""
    body = make_body("bridge_mixed", seed=SEED)
    link = SimLink(VirtualDevice(body, seed=SEED), speed=0)
    montage = Montage(tuple((f"EMG{k + 1}", one) for k, one in enumerate(DEFAULT_EIGHT)))
    keeper = RecordingKeeper(path)
    session = Acquisition(
        link,
        SessionSetup(task=load_task("bridge"), montage=montage),
        host=HostConfig(),
        duration_s=MINUTE_S,
        open_recorder=keeper.opener,
        on_events=lambda _events, _t_ns: None,
    )
    asyncio.run(session.run())
    if not keeper.stop():
        raise RuntimeError("the recording was not ended")


def lengthen(path: Path, archive: Archive) -> None:
    """Put an hour in the place of what is kept of the minute."""
    review = open_review(path, archive)
    kept, judged = review.opened.kept, review.judged
    found = judged.analysis.repetitions
    repetitions: list[RepetitionFinding] = []
    accounts = {}
    posteriors: dict[int, dict[str, OnsetPosterior]] = {}
    for k in range(TIMES):
        for one in found:
            index = len(repetitions) + 1
            repetitions.append(replace(moved(one, k * MINUTE_S), index=index, set_index=k + 1))
            accounts[index] = judged.analysis.accounts[one.index]
            posteriors[index] = {
                name: p.shifted(k * MINUTE_S)
                for name, p in judged.analysis.posteriors[one.index].items()
            }
    recording = replace(judged.analysis.recording, duration_s=TIMES * MINUTE_S)
    sets = tuple(replace(judged.analysis.sets[0], index=k + 1) for k in range(TIMES))
    result = replace(
        judged.analysis,
        recording=recording,
        repetitions=tuple(repetitions),
        accounts=accounts,
        posteriors=posteriors,
        sets=sets,
    )
    target = kept.folder
    facts = review.opened.source.facts()
    for file in target.iterdir():
        file.unlink()
    making = Making(target)
    rng = np.random.default_rng(SEED)
    channels = review.channels
    for name, names, rate_hz in (
        ("raw", channels, RAW_HZ),
        ("filtered", channels, KEPT_HZ),
        ("envelope", channels, KEPT_HZ / ENVELOPE_EVERY),
        ("pelvis", PELVIS, IMU_HZ),
    ):
        writer = making.own(TrackWriter(making.folder, name, names, rate_hz))
        n = round(MINUTE_S * rate_hz)
        for k in range(TIMES):
            writer.add(k * n, k * MINUTE_S, rng.normal(size=(n, len(names))))
    making.done(replace(judged, analysis=result), kept.key, facts)


def moved(one: RepetitionFinding, by_s: float) -> RepetitionFinding:
    """Return a repetition later, as far as a review looks at its times."""
    return replace(
        one,
        start_s=one.start_s + by_s,
        end_s=one.end_s + by_s,
        movement_onset_s=None if one.movement_onset_s is None else one.movement_onset_s + by_s,
        onsets={
            name: None
            if onset is None
            else replace(
                onset,
                onset_s=onset.onset_s + by_s,
                low_s=onset.low_s + by_s,
                high_s=onset.high_s + by_s,
            )
            for name, onset in one.onsets.items()
        },
    )


def seeks(review: Review) -> list[dict[str, Any]]:
    """Return how long a window takes with everything in it, by its length."""
    rng = np.random.default_rng(SEED)
    rows: list[dict[str, Any]] = []
    for span_s in SPANS_S:
        took_ms: list[float] = []
        for _ in range(SEEKS // len(SPANS_S)):
            first_s = float(rng.uniform(0.0, max(review.duration_s - span_s, 1e-3)))
            begin = time.perf_counter()
            for kind in ("raw", "filtered", "envelope"):
                review.signals(first_s, first_s + span_s, kind, POINTS)
            review.pelvis(first_s, first_s + span_s, POINTS)
            took_ms.append(1e3 * (time.perf_counter() - begin))
        at = float(np.quantile(took_ms, 0.95))
        rows.append(row(f"a window of {span_s:g} s, all signals, p95", at, "ms", "<= 50"))
    begin = time.perf_counter()
    review.overview(POINTS)
    took = 1e3 * (time.perf_counter() - begin)
    return [*rows, row("the overview of the hour", took, "ms", "<= 50")]


def hand(review: Review) -> list[dict[str, Any]]:
    """Return what an onset costs that is dragged, and one that is let go."""
    one = review.analysis.repetitions[len(review.analysis.repetitions) // 2]
    name = next(channel for channel, onset in one.onsets.items() if onset is not None)
    onset = one.onsets[name]
    assert onset is not None
    begin = time.process_time()
    for k in range(PREVIEWS):
        review.preview(one.index, name, onset.onset_s + 1e-3 * k)
    drag_ms = 1e3 * (time.process_time() - begin) / PREVIEWS
    begin = time.perf_counter()
    review.correct(one.index, name, onset.onset_s - 0.05)
    kept_ms = 1e3 * (time.perf_counter() - begin)
    begin = time.perf_counter()
    review.why(one.index)
    why_ms = 1e3 * (time.perf_counter() - begin)
    return [
        row("a step of a drag, CPU", drag_ms, "ms", "<= 5"),
        row("a correction kept in the library, with its set and summary", kept_ms, "ms", None),
        row("why, with every posterior", why_ms, "ms", None),
    ]


def row(name: str, value: float, unit: str, bar: str | None) -> dict[str, Any]:
    """Return one line of the table."""
    return {"name": name, "value": round(value, 3), "unit": unit, "bar": bar}

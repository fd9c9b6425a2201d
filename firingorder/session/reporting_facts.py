"""The facts of a recording for its report: device, montage, calibration, losses, clock."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from firingorder.calibration.profile_json import from_dict
from firingorder.errors import FiringOrderError, UsageError
from firingorder.recording.reader import file_sha256, open_recording
from firingorder.report.content.records import Facts, Person, StreamFacts
from firingorder.session.archive.facts import files_sha256
from firingorder.session.files import FileOptions, recording_setup
from firingorder.session.parts import parts
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.findings import TrainingFinding
    from firingorder.recording.reader import Recording
    from firingorder.session.results import Analysis

#: In the warning of an analysis whose recording was not whole (session/files.py).
RECOVERED = "it was recovered"


def facts_of(analysis: Analysis, path: Path | None, sha256: str = "") -> Facts:
    """Return what is known of the recording of an analysis; without a file only what it says.

    ``sha256`` of the file, where a library knows it; else it is worked out.

    Raises
    ------
    FiringOrderError
        The file is not there any more, or cannot be read.
    """
    summary = analysis.recording
    streams = tuple(
        StreamFacts(
            one.kind, one.rate_hz, one.rate_measured_hz, one.samples, one.lost_samples,
            one.outage_s, one.gaps,
        )
        for one in summary.streams
    )  # fmt: skip
    before, after = pains_noted(() if analysis.training is None else analysis.training.notes)
    bare = Facts(
        recording_id=summary.id,
        file=summary.file,
        duration_s=summary.duration_s,
        simulated=summary.simulated,
        streams=streams,
        age_ms=summary.age_ms,
        pain_before=before,
        pain_after=after,
        origin="arrays" if path is None else "recording",
        settings=asdict(Settings()) if analysis.settings_hash == Settings().hash() else {},
    )
    if path is None:
        return bare
    if path.suffix.lower() != ".mcap":
        return _of_foreign(bare, path, sha256)
    bare = replace(bare, sha256=sha256, recovered=any(RECOVERED in w for w in analysis.warnings))
    return _of_recording(bare, open_recording(path), analysis.settings_hash)


def _of_foreign(bare: Facts, path: Path, sha256: str) -> Facts:
    return Facts(
        recording_id=bare.recording_id,
        sha256=sha256 or _sha256(path),
        file=path.name,
        duration_s=bare.duration_s,
        origin="imported",
        simulated=bare.simulated,
        streams=bare.streams,
        settings=bare.settings,
        pain_before=bare.pain_before,
        pain_after=bare.pain_after,
    )


def _of_recording(bare: Facts, recording: Recording, hash_: str) -> Facts:
    files = parts(recording)
    # Looking for losses reads an hour of data: only where something is known to be missing.
    recovered = bare.recovered or not all(one.finished for one in files)
    lost_s = sum(gap.seconds for one in files for gap in one.lost) if recovered else 0.0
    session = recording.session
    started = datetime.fromtimestamp(recording.anchor.utc_ns / 1e9, UTC).astimezone()
    return Facts(
        recording_id=bare.recording_id,
        sha256=bare.sha256 or files_sha256(files),
        file=recording.path.name,
        started=started,
        duration_s=bare.duration_s,
        origin="imported" if session.get("imported") is True else "recording",
        simulated=bare.simulated,
        recovered=recovered,
        lost_s=lost_s,
        person=Person(code=str(session.get("person") or "")),
        session=session,
        device=recording.device,
        montage=recording.montage,
        settings=_settings(recording, hash_),
        programme=recording.programme,
        pain_before=bare.pain_before,
        pain_after=bare.pain_after,
        calibration=_calibration(files),
        digests=sum(len(one.digests) for one in files),
        streams=bare.streams,
        age_ms=bare.age_ms,
    )


def pains_noted(notes: Sequence[TrainingFinding]) -> tuple[int | None, int | None]:
    """Return the first answer about pain before a training and the last one after it."""
    answers = {
        key: [pain for when, pain in map(_answer, notes) if when == key and pain is not None]
        for key in ("before", "after")
    }
    before, after = answers["before"], answers["after"]
    return (before[0] if before else None), (after[-1] if after else None)


def _answer(note: TrainingFinding) -> tuple[str, int | None]:
    values = note.values
    when = str(values.get("when") or values.get("key") or "").removeprefix("pain_")
    given = str(values.get("pain", values.get("answer")))
    return when, int(given) if given.isdecimal() and 0 <= int(given) <= 10 else None


def _sha256(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error


def _calibration(files: tuple[Recording, ...]) -> CalibrationProfile | None:
    """Return the newest profile that was in use; one that this version cannot read is as none."""
    for one in reversed(files):
        if one.calibration:
            with suppress(FiringOrderError):
                return from_dict(one.calibration, f"The calibration in {one.path}")
    return None


def used_settings(hash_: str, candidates: Iterable[Settings]) -> Settings | None:
    """Return the settings a result was made with, known by their hash; None: none of these."""
    return next((one for one in candidates if one.hash() == hash_), None)


def _settings(recording: Recording, hash_: str) -> dict[str, Any]:
    """Return the parameters that were used: those recorded, else those of this version."""
    found = used_settings(hash_, (Settings(), *_recorded(recording)))
    return {} if found is None else asdict(found)


def _recorded(recording: Recording) -> Iterator[Settings]:
    with suppress(FiringOrderError):
        yield recording_setup(recording, FileOptions()).settings

"""The facts of a recording for its report: device, montage, calibration, losses, clock."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from firingorder.calibration.profile_json import from_dict
from firingorder.errors import FiringOrderError
from firingorder.recording.reader import file_sha256, open_recording
from firingorder.report.content.records import Facts, Person, StreamFacts
from firingorder.session.files import FileOptions, recording_setup
from firingorder.session.parts import parts
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.recording.reader import Recording
    from firingorder.session.results import Analysis


def facts_of(analysis: Analysis, path: Path | None) -> Facts:
    """Return what is known of the recording of an analysis; without a file only what it says."""
    summary = analysis.recording
    streams = tuple(
        StreamFacts(
            one.kind, one.rate_hz, one.rate_measured_hz, one.samples, one.lost_samples,
            one.outage_s, one.gaps,
        )
        for one in summary.streams
    )  # fmt: skip
    bare = Facts(
        recording_id=summary.id,
        file=summary.file,
        duration_s=summary.duration_s,
        simulated=summary.simulated,
        streams=streams,
        origin="arrays" if path is None else "recording",
        settings=asdict(Settings()) if analysis.settings_hash == Settings().hash() else {},
    )
    if path is None:
        return bare
    if path.suffix.lower() != ".mcap":
        return _of_foreign(bare, path)
    return _of_recording(bare, open_recording(path), analysis.settings_hash)


def _of_foreign(bare: Facts, path: Path) -> Facts:
    return Facts(
        recording_id=bare.recording_id,
        sha256=file_sha256(path),
        file=path.name,
        duration_s=bare.duration_s,
        origin="imported",
        simulated=bare.simulated,
        streams=bare.streams,
        settings=bare.settings,
    )


def _of_recording(bare: Facts, recording: Recording, hash_: str) -> Facts:
    files = parts(recording)
    lost_s = sum(gap.seconds for one in files for gap in one.lost)
    session = recording.session
    started = datetime.fromtimestamp(recording.anchor.utc_ns / 1e9, UTC).astimezone()
    return Facts(
        recording_id=bare.recording_id,
        sha256=recording.sha256,
        file=recording.path.name,
        started=started,
        duration_s=bare.duration_s,
        origin="imported" if session.get("imported") is True else "recording",
        simulated=bare.simulated,
        recovered=any(one.recovered for one in files),
        lost_s=lost_s,
        person=Person(code=str(session.get("person") or "")),
        session=session,
        device=recording.device,
        montage=recording.montage,
        settings=_settings(recording, hash_),
        programme=recording.programme,
        calibration=_calibration(recording),
        streams=bare.streams,
    )


def _calibration(recording: Recording) -> CalibrationProfile | None:
    """Return the profile in use; one that this version cannot read is as none."""
    if not recording.calibration:
        return None
    try:
        return from_dict(recording.calibration, f"The calibration in {recording.path}")
    except FiringOrderError:
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

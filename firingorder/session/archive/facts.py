"""What a recording says of itself, and the key under which its results are kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from firingorder import __version__
from firingorder.errors import FiringOrderError
from firingorder.library.records import CalibrationRow, NewRecording, ResultKey
from firingorder.recording.chunks import read_index
from firingorder.recording.reader import file_sha256, open_recording
from firingorder.session.parts import parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from firingorder.recording.reader import Recording
    from firingorder.session.files import FileOptions

NS = 1e9


@dataclass(frozen=True, slots=True)
class Facts:
    """A recording that was read: its row, its montage, the calibration it was made with."""

    new: NewRecording
    montage_hash: str
    calibration: CalibrationRow | None


def facts_of(path: Path) -> Facts:
    """Read what a recording says: who, what, when, by which calibration, and whether it is whole.

    Raises
    ------
    FiringOrderError
        It cannot be read; the message says why.
    """
    first = open_recording(path)
    files = parts(first)
    said = first.session
    montage = montage_hash(first.montage)
    person = _text(said.get("person"))
    begin_s = first.anchor.utc_ns / NS
    found = _calibration(files, person, montage)
    new = NewRecording(
        id=recording_id(first),
        path=str(path),
        sha256=files_sha256(files),
        bytes=sum(one.path.stat().st_size for one in files),
        person=person,
        start_utc_s=begin_s,
        duration_s=max(0.0, (_end_ns(files[-1]) - first.anchor.utc_ns) / NS),
        task=_text(said.get("task")),
        side=_text(said.get("side")) or "both",
        finished=all(one.finished for one in files),
        simulated=said.get("simulated") is True,
        imported=said.get("imported") is True,
        calibration="" if found is None else found.profile_id,
        software=_text(said.get("software_version")),
        further=tuple(str(one.path) for one in files[1:]),
    )
    return Facts(new, montage, found)


def recording_id(recording: Recording) -> str:
    """Return the id of a recording; one without has that of its content."""
    return _text(recording.session.get("recording_id")) or recording.sha256


def files_sha256(files: tuple[Recording, ...]) -> str:
    """Return the SHA-256 of a recording: of its file, or of the hashes of all its files."""
    hashes = [file_sha256(one.path) for one in files]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def montage_hash(montage: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a montage as canonical JSON."""
    text = json.dumps(montage, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def result_key(recording: Recording, options: FileOptions | None = None) -> ResultKey:
    """Return the key of what this version finds in a recording with these options.

    An exercise or side that is asked for otherwise than recorded counts as a setting: the result
    is another one.
    """
    # Only here: a list of sessions would wait for the whole analysis otherwise.
    from firingorder.session.files import FileOptions, recording_setup

    options = options or FileOptions()
    files = parts(recording)
    setup = recording_setup(recording, options)
    montage = recording.montage
    if options.montage is not None and setup.montage is not None:
        montage = setup.montage.to_dict()
    found = _calibration(files, "", "")
    return ResultKey(
        sha256=files_sha256(files),
        montage_hash=montage_hash(montage),
        calibration="" if found is None else found.profile_id,
        settings_hash=_settings_hash(setup.settings.hash(), options),
        version=__version__,
    )


def _settings_hash(settings_hash: str, options: FileOptions) -> str:
    if options.task is None and options.side is None:
        return settings_hash
    asked = f"{settings_hash} {options.task or ''} {options.side or ''}"
    return hashlib.sha256(asked.encode()).hexdigest()


def _calibration(files: tuple[Recording, ...], person: str, montage: str) -> CalibrationRow | None:
    """Return the newest profile that came into use."""
    for one in reversed(files):
        profile = _text(one.calibration.get("profile_id"))
        if profile:
            made = _text(one.calibration.get("created_utc"))
            try:
                made_s = datetime.fromisoformat(made).timestamp()
            except ValueError:
                made_s = one.anchor.utc_ns / NS
            return CalibrationRow(profile, person, made_s, montage, "")
    return None


def _end_ns(recording: Recording) -> int:
    """Return when the last message came, UTC; a file without an index is read for it."""
    with recording.path.open("rb") as file:
        index = read_index(file, file.seek(0, 2))
    if index is not None:
        return index.end_time_ns
    last = max((entry.t_ns for entry in recording.entries()), default=recording.anchor.mono_ns)
    return recording.anchor.log_time(last)


def said_person(path: Path) -> str | None:
    """Return whose recording a file is, None where it cannot be read."""
    try:
        return _text(open_recording(path).session.get("person"))
    except FiringOrderError:
        return None


def said_id(path: Path) -> str | None:
    """Return which recording a file is, None where it cannot be read."""
    try:
        return recording_id(open_recording(path))
    except FiringOrderError:
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

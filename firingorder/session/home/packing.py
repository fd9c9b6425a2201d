"""The therapist's side, going out: one sealed file for a person at home.

Docs: docs/reference/home.md sections 1 and 2.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder import __version__
from firingorder.calibration.profile_json import from_json
from firingorder.errors import FiringOrderError, UsageError
from firingorder.library.records import ProgrammeRow
from firingorder.recording.reader import file_sha256
from firingorder.recording.sealed import new_key, seal
from firingorder.recording.writers.staging import publish, staging
from firingorder.session.archive.calibration_files import profiles_of
from firingorder.session.home import manifest
from firingorder.session.home.logs import write_log
from firingorder.session.home.pictures import photos_of
from firingorder.session.naming import name_for_a_code, named_in
from firingorder.session.person_log import PersonLog
from firingorder.training.exercises.copies import Exercises
from firingorder.training.programmes.expanding import expand
from firingorder.training.programmes.ownership import waits
from firingorder.training.programmes.whole import whole
from firingorder.training.programmes.writing import write_programme
from firingorder.training.safety.clearing import attach
from firingorder.training.safety.digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.recording.sealed import Lock
    from firingorder.session.archive import Archive
    from firingorder.training.programmes.records import Programme
    from firingorder.training.safety.entries import Entry

#: Below the archive's folder; it goes into backups with the programmes.
SENT = Path("programmes") / "sent"
PROGRAMME, CALIBRATION, PHOTOS = "programme.yaml", "calibration.json", "photos"
_ID_BYTES = 8
_SECRET_BYTES = 32
_MOST_SESSIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Packed:
    """A package that was made.

    Attributes
    ----------
    path, package
        The sealed file, and the number of the package.
    check
        Eight digits to be told by another way than the file goes (section 2).
    notes
        What the therapist should know of it.
    """

    path: Path
    package: str
    check: str
    notes: tuple[str, ...]


def pack(
    archive: Archive,
    person: str,
    programme: Programme,
    target: Path,
    lock: Lock,
    *,
    photos: Path | None = None,
    exercises: Exercises | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
) -> Packed:
    """Seal programme, calibration, log and photos for a person, and remember what was sent.

    Raises
    ------
    UsageError
        The library does not know the person, the programme waits for a therapist, there are no
        photos, or ``target`` is there already.
    FiringOrderError
        The disk or the library refuses; nothing is left of the package then.
    """
    exercises = exercises or Exercises()
    library = archive.library
    known = library.person(person)
    if known is None:
        raise UsageError(
            f"The library knows nobody with the code {person!r}: `firingorder library list` shows "
            "its people."
        )
    if waits(programme):
        raise UsageError(
            f"{programme.name} was brought by a person and waits for a therapist: take it over on "
            "the page Programme first, then pack it."
        )
    if target.exists():
        raise UsageError(f"{target} exists already; choose another name.")
    at = now()
    notes = [one for one in (name_for_a_code(person),) if one]
    made = whole(replace(programme, made_by="therapist", brought_by=""), exercises)
    pictures = {} if photos is None else photos_of(photos)
    log = PersonLog(person, archive.folder / "people")
    read = log.read()
    entries = [*read.entries, *_attached(log, read.entries, at, notes)]
    if read.remark:
        notes.append(read.remark)
    with staging(Path(tempfile.gettempdir())) as scratch:
        (scratch / PROGRAMME).write_text(write_programme(made), encoding="utf-8")
        profile = _calibration(archive, person, notes)
        if profile:
            (scratch / CALIBRATION).write_text(profile, encoding="utf-8")
        for name, data in pictures.items():
            (scratch / PHOTOS).mkdir(exist_ok=True)
            (scratch / PHOTOS / name).write_bytes(data)
        write_log(person, entries, scratch)
        notes += _named(scratch, person, known.name)
        sent = _send(archive, scratch, _facts(archive, person, made, exercises, at), target, lock)
        record = manifest.load(scratch / manifest.NAME, target)
    row = ProgrammeRow(sent.name, person, made.name, str(sent), at.timestamp())
    library.add_programme(row)
    library.add_export(person, str(target.resolve()), "home package", archive.who)
    return Packed(target, sent.name, manifest.check_number(record), tuple(notes))


def _facts(
    archive: Archive, person: str, programme: Programme, exercises: Exercises, at: datetime
) -> dict[str, Any]:
    planned = expand(programme, exercises)
    rows = archive.library.sessions(person, limit=_MOST_SESSIONS)
    return {
        "id": os.urandom(_ID_BYTES).hex(),
        "made_utc": at.astimezone(UTC).isoformat(timespec="seconds"),
        "software": __version__,
        "person": person,
        "who": archive.who,
        "programme": {
            "id": programme.id,
            "name": programme.name,
            "per_week": programme.per_week,
            "sets": len(planned),
            "repetitions": sum(one.reps for one in planned),
        },
        "arrived": [row.recording.id for row in rows],
    }


def _send(archive: Archive, scratch: Path, facts: dict[str, Any], target: Path, lock: Lock) -> Path:
    """Seal the folder and keep beside the library what opens the answer; return where."""
    identity, recipient = new_key()
    secret = os.urandom(_SECRET_BYTES).hex()
    answer = {"answer": {"recipient": recipient, "secret": secret}}
    programme = (scratch / PROGRAMME).read_text(encoding="utf-8")
    facts["programme"]["sha256"] = file_sha256(scratch / PROGRAMME)
    manifest.write(scratch, "package", facts | answer)
    kept = archive.folder / SENT
    where = kept / str(facts["id"])
    with staging(kept) as beside:
        new = beside / "sent"
        new.mkdir(mode=0o700)
        (new / PROGRAMME).write_text(programme, encoding="utf-8")
        opens = {"identity": identity, "secret": secret}
        text = json.dumps({"schema": manifest.SCHEMA, "kind": "sent", **facts, **opens}, indent=1)
        (new / "sent.json").write_text(text, encoding="utf-8")
        seal(scratch, target, lock)
        try:
            publish([(new, where)])
        except FiringOrderError:
            target.unlink(missing_ok=True)
            raise
    return where


def _attached(
    log: PersonLog, entries: tuple[Entry, ...], at: datetime, notes: list[str]
) -> list[Entry]:
    """Say in the log that a therapist looks after the person, if it does not; tell open flags."""
    facts = digest(entries, at.date().isoformat())
    for flag in facts.open_flags:
        notes.append(
            f"The red flag {flag.flag.upper()} is open: nobody trains at home before it is cleared."
        )
    if facts.therapist:
        return []
    one = attach("therapist", facts, at)
    log.add([one])
    notes.append(f"From now on a therapist looks after {log.person}: it is in the log.")
    return [one]


def _named(scratch: Path, person: str, name: str) -> list[str]:
    """Say where the person's name stands in what goes home; the therapist may have meant it."""
    return [
        f"{where} in the package has {' and '.join(map(repr, words))}, of the name that the "
        f"library keeps of {person}: whoever opens the package reads it. If it is not meant, take "
        "it out and pack again."
        for where, words in named_in(scratch, name).items()
    ]


def _calibration(archive: Archive, person: str, notes: list[str]) -> str:
    """Return the newest profile of a person; empty where none can be read."""
    folder = archive.folder / "calibrations"
    paths = {Path(one.path) for one in archive.library.calibrations(person) if one.path}
    found: list[tuple[float, str]] = []
    for path in sorted({*paths, *profiles_of(folder, person)}):
        try:
            text = path.read_text(encoding="utf-8")
            profile = from_json(text, str(path))
        except (OSError, UnicodeDecodeError, FiringOrderError):
            continue
        if profile.identity.person == person:
            made_s = datetime.fromisoformat(profile.identity.created_utc).timestamp()
            found.append((made_s, text))
    if not found:
        notes.append(
            f"No calibration of {person} is kept here as a file: none goes along, and neither do "
            "baselines. Calibrate at home."
        )
        return ""
    return max(found)[1]

"""The person's side, coming in: a package is opened and is what the next session begins with.

Docs: docs/reference/home.md section 3.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from firingorder.calibration.profile_json import from_json
from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.library.records import ProgrammeRow
from firingorder.recording.sealed import open_sealed
from firingorder.recording.writers.staging import publish, staging
from firingorder.session.archive.calibration_files import profile_path
from firingorder.session.home import manifest
from firingorder.session.home.logs import FOLDER as LOGS
from firingorder.session.home.logs import missing, read_log
from firingorder.session.home.packing import CALIBRATION, PHOTOS, PROGRAMME
from firingorder.session.home.pictures import cleaned
from firingorder.session.own_files import write_whole
from firingorder.session.person_log import PersonLog
from firingorder.session.profiles import write_profile
from firingorder.session.programme_store import ProgrammeStore
from firingorder.training.programmes.parsing import read_programme
from firingorder.training.safety.digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.recording.sealed import Key
    from firingorder.session.archive import Archive
    from firingorder.training.programmes.records import Programme
    from firingorder.training.safety.entries import Entry

#: Below the data folder; it goes into backups with the programmes.
OPENED = Path("programmes") / "from_therapist"
_NOW, _STATE = "now.json", "opened.json"


@dataclass(frozen=True, slots=True)
class Home:
    """A package that was opened here.

    Attributes
    ----------
    folder
        Where it is kept.
    record
        Its list (``manifest.py``).
    programme
        Id of the programme here.
    calibration
        File of the calibration here, None where none came along.
    opened_s
        When it was opened, seconds since 1970.
    trusted
        Its targets are in force: the passphrase opened it, or its check number was given.
    """

    folder: Path
    record: dict[str, Any]
    programme: str
    calibration: Path | None
    opened_s: float
    trusted: bool

    @property
    def person(self) -> str:
        """Code of the person."""
        return str(self.record["person"])

    @property
    def who(self) -> str:
        """Name of the therapist, empty where nobody said."""
        return str(self.record.get("who") or "")

    @property
    def name(self) -> str:
        """Name of the programme."""
        return str(self.record["programme"].get("name") or self.programme)

    @property
    def photos(self) -> tuple[Path, ...]:
        """The pictures of pads, in their order."""
        return tuple(sorted((self.folder / PHOTOS).glob("pad-*")))


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """What opening came to: the package as it is kept here, and what the person should know."""

    home: Home
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A package that was read whole and is in order."""

    record: dict[str, Any]
    programme: Programme
    profile: CalibrationProfile | None
    entries: tuple[Entry, ...]
    folder: Path


def open_package(
    path: Path,
    key: Key,
    folder: Path,
    *,
    check: str = "",
    archive: Archive | None = None,
    another: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
) -> OpenedPackage:
    """Open a package and install what is in it: all of it, or nothing.

    Parameters
    ----------
    path, key
        The file, and what opens it. A passphrase is known to two people only, so the file comes
        from one of them. Everybody can seal to a key: then targets wait for ``check``.
    folder
        The data folder of this computer.
    check
        The number that the therapist told by another way, empty: none.
    archive
        The library of this computer, which remembers what is the person's, for erasing.
    another
        It was said that a package of another person, or an older one, is meant.

    Raises
    ------
    NeedsAnswerError
        It is of another person, or older than what is in force here.
    UsageError
        There is no such file, or the check number is another one.
    FileFormatError
        The key is another one, or the file is damaged, newer, or no package.
    FiringOrderError
        The disk refuses.
    """
    with staging(folder / OPENED) as beside:
        read = _read(path, key, beside / "opened")
        _compare(read.record, current(folder), another=another)
        trusted = _trusted(read.record, key, check, path)
        return _install(read, folder, archive, trusted=trusted, at=now())


def current(folder: Path) -> Home | None:
    """Return the package that is in force on this computer, None where there is none."""
    try:
        said = json.loads((folder / OPENED / _NOW).read_text(encoding="utf-8"))
        return _home(folder / OPENED / str(said["package"]))
    except (OSError, ValueError, KeyError, TypeError, FiringOrderError):
        return None


def packages(folder: Path, person: str) -> tuple[Home, ...]:
    """Return everything that was opened here for a person, the first one first."""
    found: list[Home] = []
    for listed in sorted((folder / OPENED).glob(f"*/{_STATE}")):
        with suppress(OSError, ValueError, KeyError, TypeError, FiringOrderError):
            found.append(_home(listed.parent))
    return tuple(sorted((h for h in found if h.person == person), key=lambda h: h.opened_s))


def _home(folder: Path) -> Home:
    state = cast("dict[str, Any]", json.loads((folder / _STATE).read_text(encoding="utf-8")))
    record = manifest.load(folder / manifest.NAME, folder)
    calibration = str(state["calibration"])
    return Home(
        folder=folder,
        record=record,
        programme=str(state["programme"]),
        calibration=folder.parents[2] / "calibrations" / calibration if calibration else None,
        opened_s=float(state["opened_s"]),
        trusted=state["trusted"] is True,
    )


def _read(path: Path, key: Key, out: Path) -> _Read:
    """Open a package and read all of it; nothing is installed."""
    open_sealed(path, key, out)
    record = manifest.read(out, "package", path)
    person = manifest.text(record, "person", path)
    asked, answer = record.get("programme"), record.get("answer")
    if not isinstance(asked, dict) or not isinstance(answer, dict):
        raise manifest.damaged(path, "its list misses the programme or the way back")
    for name in ("recipient", "secret"):
        manifest.text(cast("dict[str, Any]", answer), name, path)
    if not (out / PROGRAMME).is_file():
        raise manifest.damaged(path, "there is no programme in it")
    programme = read_programme(
        (out / PROGRAMME).read_text(encoding="utf-8"), f"The programme in {path.name}"
    )
    profile = None
    if (out / CALIBRATION).is_file():
        profile = from_json((out / CALIBRATION).read_text(encoding="utf-8"), str(path))
        if profile.identity.person != person:
            raise manifest.damaged(path, "its calibration is of somebody else")
    for photo in (out / PHOTOS).glob("*"):
        photo.write_bytes(cleaned(photo.read_bytes(), Path(photo.name)))
    entries, remark = read_log(person, out)
    if remark:
        raise manifest.damaged(path, remark.rstrip("."))
    return _Read(record, programme, profile, entries, out)


def _compare(record: dict[str, Any], there: Home | None, *, another: bool) -> None:
    if there is None or another or there.record["id"] == record["id"]:
        return
    if there.person != record["person"]:
        raise manifest.NeedsAnswerError(
            f"This package is for {record['person']}; here is one for {there.person} in force. "
            "If it is meant, this computer trains the other one from then on."
        )
    if str(record["made_utc"]) < str(there.record["made_utc"]):
        raise manifest.NeedsAnswerError(
            f"This package is of {str(record['made_utc'])[:10]}, older than the one in force "
            f"({str(there.record['made_utc'])[:10]})."
        )


def _trusted(record: dict[str, Any], key: Key, check: str, path: Path) -> bool:
    if check:
        if "".join(check.split()) != manifest.check_number(record).replace(" ", ""):
            raise UsageError(
                f"{path} has another check number than {check}: it is not the file that your "
                "therapist made. Ask for it once more; nothing was taken."
            )
        return True
    return bool(key.passphrase)


def _install(
    read: _Read, folder: Path, archive: Archive | None, *, trusted: bool, at: datetime
) -> OpenedPackage:
    """Put everything in its place; what says that it is in force comes last."""
    record, person = read.record, str(read.record["person"])
    home = folder / OPENED / str(record["id"])
    known = _home(home) if (home / _STATE).is_file() else None
    store = ProgrammeStore(folder / "programmes")
    programme = replace(
        read.programme,
        id=_free_id(read.programme.id, store, folder, person),
        made_by="therapist",
        brought_by="" if trusted else "person",
    )
    log = PersonLog(person, folder / "people")
    new = missing(log.read().entries, read.entries, decides=trusted)
    log.add(new.entries)
    calibration = _calibration(read, folder)
    store.save(programme, overwrite=True)
    state = {
        "programme": programme.id,
        "calibration": "" if calibration is None else calibration.name,
        "opened_s": at.timestamp() if known is None else known.opened_s,
        "trusted": trusted,
    }
    try:
        if known is None:
            for copy in (read.folder / LOGS, read.folder / CALIBRATION):  # each has its place now
                _remove(copy)
            (read.folder / _STATE).write_text(json.dumps(state, indent=1), encoding="utf-8")
            publish([(read.folder, home)])
        else:
            write_whole(home / _STATE, json.dumps(state, indent=1))
        write_whole(folder / OPENED / _NOW, json.dumps({"package": record["id"]}))
    except OSError as error:
        raise FiringOrderError(
            f"The package cannot be kept in {folder}: {error.strerror}. Make room and open it "
            "again; what was in force before is so still."
        ) from error
    opened = _home(home)
    notes = _notes(opened, log, new.left, at)
    if archive is not None:
        notes += _remember(archive, opened, store.path_of(programme.id), at)
    return OpenedPackage(opened, tuple(notes))


def _free_id(wanted: str, store: ProgrammeStore, folder: Path, person: str) -> str:
    """Return the id of the programme here: its own, unless something else of that name is there."""
    before = {one.programme for one in packages(folder, person)}
    for number in range(1, 1000):
        name = wanted if number == 1 else f"{wanted}_{number}"
        if name in before or not store.path_of(name).exists():
            return name
    raise FileFormatError(f"There are too many programmes called {wanted}; remove some.")


def _calibration(read: _Read, folder: Path) -> Path | None:
    if read.profile is None:
        return None
    where = folder / "calibrations"
    there = profile_path(where, read.profile.identity.profile_id)
    if there is not None:
        return there
    path = write_profile(read.profile, where)
    where.chmod(0o700)
    path.chmod(0o600)
    return path


def _remove(copy: Path) -> None:
    if copy.is_dir():
        shutil.rmtree(copy)
    else:
        copy.unlink(missing_ok=True)


def _notes(home: Home, log: PersonLog, left: int, at: datetime) -> list[str]:
    notes: list[str] = []
    if not home.trusted:
        notes.append(
            "Anybody can seal to a key, so the therapist's targets and decisions wait: open it "
            "again with the check number that your therapist tells you (--check)."
        )
    elif left:
        notes.append("Something was answered here after the therapist decided on it; that stands.")
    facts = digest(log.read().entries, at.date().isoformat())
    if facts.open_flags:
        notes.append("A red flag is open: speak with your therapist before you train.")
    return notes


def _remember(archive: Archive, home: Home, programme: Path, at: datetime) -> list[str]:
    """Let the library of this computer know what is this person's; it is no reason to refuse."""
    try:
        for name, path in ((home.folder.name, home.folder), (home.programme, programme)):
            row = ProgrammeRow(name, home.person, home.name, str(path), at.timestamp())
            archive.library.add_programme(row)
    except FiringOrderError as error:
        return [f"The library of this computer does not know of the package: {error}"]
    return []

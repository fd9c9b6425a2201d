"""The therapist's side, coming in: what came back is checked whole, then taken in.

Docs: docs/reference/home.md section 5.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FileFormatError, FiringOrderError, LibraryError, UsageError
from firingorder.library.records import InboxRow, ResultKey
from firingorder.recording.sealed import Key, is_sealed, open_sealed
from firingorder.recording.writers.staging import publish, staging
from firingorder.session.archive.facts import facts_of
from firingorder.session.home import manifest
from firingorder.session.home.inbox import INBOX, Returned, return_path, write_returned
from firingorder.session.home.logs import missing, read_log
from firingorder.session.home.packing import SENT
from firingorder.session.home.returning import RECORDINGS, RESULTS
from firingorder.session.home.told import Pains, pains
from firingorder.session.person_log import PersonLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.library.records import NewRecording
    from firingorder.session.archive import Archive
    from firingorder.session.home.logs import Missing
    from firingorder.training.safety.entries import Entry

    Progress = Callable[[int, int, str], None]

_CHANGED = {
    "changed": "the programme was changed at home",
    "gone": "the programme is not at home any more",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking a return in.

    ``again``: the very same return was taken before, and nothing was done. ``sessions`` counts
    recordings that are new here, ``known`` those that were here already.
    """

    person: str
    again: bool
    sessions: int
    known: int
    returned: Returned
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A recording of a return: the folder it lies in, its first file, and what it says."""

    folder: Path
    first: Path
    new: NewRecording
    result: Path


@dataclass(frozen=True, slots=True)
class _Read:
    """A return that was read whole and is in order."""

    record: dict[str, Any]
    recorded: tuple[_Recorded, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]


def take(
    path: Path,
    archive: Archive,
    *,
    key: Key | None = None,
    person: str = "",
    anyway: bool = False,
    progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Taken:
    """Take a return into the library: recordings under the code, log, what was done.

    Everything is read and checked before anything is taken. What is here already stays as it is,
    so the same or an overlapping return may come at any time.

    Parameters
    ----------
    key
        What opens it, None: the keys of the packages that were sent from this library.
    person
        The code that is expected, empty: any.
    anyway
        It was said that an unknown package, or another person, is meant.

    Raises
    ------
    NeedsAnswerError
        It is of another person than expected, or of a package that was not sent from here.
    UsageError
        There is no such file.
    FileFormatError
        It is sealed to somebody else, damaged, changed, newer, or no return.
    FiringOrderError
        The disk or the library refuses; taking it again goes on where it ended.
    """
    with staging(archive.folder / INBOX) as beside:
        out = beside / "opened"
        _open(path, archive, key, out)
        record = manifest.read(out, "return", path)
        _check_origin(record, archive, path, person=person, anyway=anyway)
        number = manifest.text(record, "id", path)
        kept = return_path(archive.folder, number)
        known = [one for one in archive.library.inbox() if Path(one.path) == kept]
        read = _read(record, out, path)
        if known:
            returned = Returned.load(kept)
            return Taken(str(record["person"]), True, 0, len(read.recorded), returned)
        return _take_in(read, archive, kept, progress, now())


def _open(path: Path, archive: Archive, key: Key | None, out: Path) -> None:
    """Open a return with the given key, else with those of the packages sent, newest first."""
    if key is not None:
        open_sealed(path, key, out)
        return
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    if not is_sealed(path):
        raise FileFormatError(f"{path} is no sealed file (age), so nothing that came from home.")
    sent = _sent(archive)
    for one in sent:
        try:
            open_sealed(path, Key(identity=str(one["identity"])), out)
        except FileFormatError:
            continue
        return
    which = "none of them" if len(sent) != 1 else "not it"
    count = "no package" if not sent else f"{len(sent)} package{'s' if len(sent) > 1 else ''}"
    raise FileFormatError(
        f"{path} cannot be opened: {count} went out from this library, and it answers {which}, or "
        "it is damaged. Ask for it once more, or name the passphrase or key that opens it."
    )


def _sent(archive: Archive) -> list[dict[str, Any]]:
    """Return what is kept of the packages that were sent, the newest first."""
    found: list[dict[str, Any]] = []
    for path in (archive.folder / SENT).glob("*/sent.json"):
        try:
            one = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(one, dict) and {"identity", "secret", "person", "id"} <= one.keys():
            found.append(cast("dict[str, Any]", one))
    return sorted(found, key=lambda one: str(one.get("made_utc")), reverse=True)


def _check_origin(
    record: dict[str, Any], archive: Archive, path: Path, *, person: str, anyway: bool
) -> None:
    """See that it answers a package of this library, of the person that is expected."""
    whose, package = manifest.text(record, "person", path), manifest.text(record, "package", path)
    sent = next((one for one in _sent(archive) if one["id"] == package), None)
    if sent is not None:
        if not manifest.is_marked(record, str(sent["secret"])):
            raise manifest.damaged(path, "it does not carry the mark of the package it answers")
        if sent["person"] != whose:
            raise manifest.damaged(path, f"the package it answers was for {sent['person']}")
    if anyway:
        return
    if sent is None:
        raise manifest.NeedsAnswerError(
            f"{path} is of {whose} and answers a package that was not sent from this library, so "
            "nothing shows where it comes from."
        )
    if person and person != whose:
        raise manifest.NeedsAnswerError(f"{path} is of {whose}, not of {person}.")
    if archive.library.person(whose) is None:
        raise manifest.NeedsAnswerError(
            f"{path} is of {whose}, whom this library does not know (any more)."
        )


def _read(record: dict[str, Any], out: Path, path: Path) -> _Read:
    """Read every recording and the log; nothing is taken."""
    person = str(record["person"])
    recorded: list[_Recorded] = []
    listed = record.get("recordings")
    for one in cast("list[Any]", listed) if isinstance(listed, list) else []:
        first = out / str(cast("dict[str, Any]", one).get("file") or "")
        if not first.is_file() or first.parent.parent != out / RECORDINGS:
            raise manifest.damaged(path, "a recording in its list is not there")
        try:
            new = facts_of(first).new
        except FiringOrderError as error:
            raise manifest.damaged(path, f"a recording cannot be read ({error})") from error
        if new.person != person:
            raise manifest.damaged(path, f"a recording in it is of {new.person or 'nobody'}")
        result = out / RESULTS / f"{first.parent.name}.json"
        recorded.append(_Recorded(first.parent, first, new, result))
    entries, remark = read_log(person, out)
    return _Read(record, tuple(recorded), entries, (remark,) if remark else ())


def _take_in(
    read: _Read, archive: Archive, kept: Path, progress: Progress | None, at: datetime
) -> Taken:
    """Put files in their place, then the log, then the rows; the row of the inbox comes last."""
    record, person = read.record, str(read.record["person"])
    library = archive.library
    new = [one for one in read.recorded if library.session_of(one.new.id) is None]
    log = PersonLog(person, archive.folder / "people")
    before = log.read().entries
    lacking = missing(before, read.entries, decides=False)
    where = archive.folder / RECORDINGS / f"home-{kept.stem.removeprefix('return-')}"
    targets = {one.folder: where / one.folder.name for one in new}
    there = {folder for folder in targets if targets[folder].exists()}  # taking it was cut off
    publish([(folder, target) for folder, target in targets.items() if folder not in there])
    if kept.is_file():  # it was cut off: what was new then is still what is to be told
        returned = Returned.load(kept)
    else:
        returned = _returned(record, pains(before, lacking.entries), lacking, len(new))
        write_returned(returned, kept)
    log.add(lacking.entries)
    notes = [*read.notes]
    for k, one in enumerate(new):
        if progress is not None:
            progress(k, len(new), one.new.id)
        archive.keep(targets[one.folder] / one.first.name)
        _keep_result(archive, one)
    fresh = returned.sessions
    row = InboxRow(
        0, person, at.timestamp(), str(kept), fresh, returned.rise, returned.done, read=False
    )
    library.add_inbox(row)
    library.add_audit(archive.who, "taken in", person, f"from home: {fresh} sessions")
    return Taken(person, False, fresh, len(read.recorded) - fresh, returned, tuple(notes))


def _returned(record: dict[str, Any], pain: Pains, lacking: Missing, new: int) -> Returned:
    remarks = [f"not in it: {one}" for one in record.get("left_out") or ()]
    if said := _CHANGED.get(str(record.get("programme_now"))):
        remarks.append(said)
    if lacking.left:
        remarks.append(
            f"{lacking.left} decisions in the Therapist hat were made at home and do not count here"
        )
    return Returned(
        id=str(record["id"]),
        person=str(record["person"]),
        made_utc=str(record["made_utc"]),
        software=str(record.get("software") or ""),
        sessions=new,
        done=str(record.get("done") or ""),
        pain=pain.words(),
        rise=pain.rise,
        flags=pain.flags,
        stops=len(pain.stops),
        remarks=tuple(remarks),
    )


def _keep_result(archive: Archive, one: _Recorded) -> None:
    """Keep the result that came along; without one the review makes it anew."""
    try:
        said = json.loads(one.result.read_text(encoding="utf-8"))
        key = ResultKey(*(str(part) for part in said["key"]))
        if key.sha256 == one.new.sha256:
            archive.library.add_analysis(one.new.id, key, said["result"])
    except LibraryError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        return

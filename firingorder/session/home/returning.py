"""The person's side, going out: one sealed file with what was done since the package.

Docs: docs/reference/home.md section 4.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder import __version__
from firingorder.errors import FiringOrderError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.recording.sealed import Lock, seal
from firingorder.recording.writers.staging import staging
from firingorder.session.home import manifest
from firingorder.session.home.logs import write_log
from firingorder.session.home.opening import OPENED, current, packages
from firingorder.session.home.packing import PROGRAMME
from firingorder.session.home.told import Adherence, Plan, adherence, at_s
from firingorder.session.person_log import PersonLog
from firingorder.session.programme_store import ProgrammeStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.library.records import SessionRow
    from firingorder.session.archive import Archive
    from firingorder.session.home.opening import Home

    Progress = Callable[[int, int, str], None]

RECORDINGS, RESULTS = "recordings", "results"
_ID_BYTES = 8
_MOST_SESSIONS = 1_000_000
#: Clocks are set by hand: a session that began with the package belongs to it.
_SLACK_S = 60.0


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A return that was made.

    Attributes
    ----------
    path, id
        The sealed file, and its number.
    sessions
        Recordings in it.
    done
        What was done of what was planned.
    left_out
        Recordings that are not in it, each with the reason.
    """

    path: Path
    id: str
    sessions: int
    done: Adherence
    left_out: tuple[str, ...]


def plan_of(record: dict[str, Any], programme: str) -> Plan:
    """Return what a package asks for; ``programme`` is its id where it is done."""
    asked: dict[str, Any] = record["programme"]
    week: Any = asked.get("per_week")
    return Plan(
        programme,
        None if not week else (int(week[0]), int(week[1])),
        int(asked.get("sets") or 0),
        int(asked.get("repetitions") or 0),
    )


def make_return(
    archive: Archive,
    target: Path,
    *,
    lock: Lock | None = None,
    progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
) -> ReturnFile:
    """Seal what a therapist asked for: recordings, log, and what was done. Nothing else.

    Parameters
    ----------
    archive
        Library and files of this computer.
    target
        The file to write.
    lock
        To whom; None: to the key that came in the package, which the therapist's library has.

    Raises
    ------
    UsageError
        No package was opened here, or ``target`` is there already.
    FiringOrderError
        The disk or the library refuses; no half file stays.
    """
    home = current(archive.folder)
    if home is None:
        raise UsageError(
            "No package was opened on this computer: `firingorder home open FILE` comes first."
        )
    if target.exists():
        raise UsageError(f"{target} exists already; choose another name.")
    at = now()
    opened = [one.opened_s for one in packages(archive.folder, home.person)]
    since_s = min(opened, default=home.opened_s) - _SLACK_S
    archive.adopt(archive.unknown())  # but not what is being recorded just now
    read = PersonLog(home.person, archive.folder / "people").read()
    entries = [one for one in read.entries if at_s(one) >= since_s]
    done = adherence(entries, plan_of(home.record, home.programme), home.opened_s - _SLACK_S,
                     at.timestamp())  # fmt: skip
    number = os.urandom(_ID_BYTES).hex()
    with staging(archive.folder / OPENED) as scratch:
        whole = scratch / "return"
        whole.mkdir(mode=0o700)
        rows = _rows(archive, home, since_s)
        taken, left = _recordings(archive, rows, whole, progress)
        if entries:
            write_log(home.person, entries, whole)
        facts = _facts(home, number, at, since_s, done, taken, left, archive.folder)
        manifest.write(whole, "return", facts, home.record["answer"]["secret"])
        seal(whole, target, lock or Lock(recipients=(home.record["answer"]["recipient"],)))
    return ReturnFile(target, number, len(taken), done, tuple(left))


def _rows(archive: Archive, home: Home, since_s: float) -> list[SessionRow]:
    """Return the person's sessions since the package that did not arrive yet, the oldest first."""
    arrived: set[str] = set(home.record.get("arrived") or ())
    rows = archive.library.sessions(home.person, limit=_MOST_SESSIONS)
    return [
        row
        for row in reversed(rows)
        if row.start_utc_s >= since_s and row.recording.id not in arrived
    ]


def _recordings(
    archive: Archive, rows: list[SessionRow], whole: Path, progress: Progress | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Put recordings and their newest results into the folder; say which cannot go along."""
    taken: list[dict[str, Any]] = []
    left: list[str] = []
    for k, row in enumerate(rows, start=1):
        if progress is not None:
            progress(k - 1, len(rows), row.recording.id)
        paths = [Path(row.recording.path), *map(Path, row.recording.further)]
        when = datetime.fromtimestamp(row.start_utc_s, UTC).strftime("%Y-%m-%d %H:%M")
        gone = [one for one in paths if not one.is_file()]
        if gone:
            left.append(f"{when}: its file is not there")
            continue
        folder = whole / RECORDINGS / f"{k:04d}"
        folder.mkdir(parents=True)
        # Files that continue another are found by its name; else a name tells nothing.
        names = ["session.mcap"] if len(paths) == 1 else [one.name for one in paths]
        for path, name in zip(paths, names, strict=True):
            _same(path, folder / name)
        taken.append(
            {
                "id": row.recording.id,
                "file": f"{RECORDINGS}/{k:04d}/{names[0]}",
                "finished": row.recording.finished,
            }
        )
        _result(archive, row, whole / RESULTS / f"{k:04d}.json", names[0])
    return taken, left


def _same(source: Path, target: Path) -> None:
    """Have a file under another name, without copying where the disk can."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _result(archive: Archive, row: SessionRow, target: Path, name: str) -> None:
    kept = archive.library.analyses(row.recording.id)
    result = archive.library.result(kept[-1].id) if kept else None
    if result is None:
        return
    if "file" in result:
        result = {**result, "file": name}
    one = kept[-1]
    key = [one.sha256, one.montage_hash, one.calibration, one.settings_hash, one.version]
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"key": key, "result": result}), encoding="utf-8")


def _facts(
    home: Home, number: str, at: datetime, since_s: float, done: Adherence,
    taken: list[dict[str, Any]], left: list[str], folder: Path,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": number,
        "made_utc": at.astimezone(UTC).isoformat(timespec="seconds"),
        "software": __version__,
        "package": home.record["id"],
        "person": home.person,
        "since_utc": datetime.fromtimestamp(since_s, UTC).isoformat(timespec="seconds"),
        "programme_now": _programme_now(home, folder),
        "adherence": done.to_dict(),
        "done": done.words(),
        "recordings": taken,
        "left_out": left,
    }


def _programme_now(home: Home, folder: Path) -> str:
    """Return whether the programme here is still the one that was sent: same, changed or gone."""
    store, sent = ProgrammeStore(folder / "programmes"), home.folder / PROGRAMME
    try:
        here = store.load(home.programme)
        asked = store.read_from(sent)
        kept = file_sha256(sent) == home.record["programme"]["sha256"]
    except (FiringOrderError, OSError):
        return "gone"
    asked = replace(asked, id=here.id, made_by=here.made_by, brought_by=here.brought_by)
    return "same" if kept and asked == here else "changed"

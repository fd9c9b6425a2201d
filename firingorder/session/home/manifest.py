"""The list that stands in every home package and every return: what is in it, each with its hash.

Docs: docs/reference/home.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, cast

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import file_sha256
from firingorder.session.person_log import schema_version

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "firingorder.home/1"
NAME = "home.json"
Kind = Literal["package", "return"]
_VERSION = int(SCHEMA.rpartition("/")[2])
_MOST_BYTES = 4_000_000
_MARK = "mark"
_CHECK_DIGITS = 8


class NeedsAnswerError(UsageError):
    """Somebody has to say that this is meant; the message asks, and nothing was done yet."""


def canonical(record: dict[str, Any]) -> bytes:
    """Return a record as the bytes that are hashed: keys sorted, no spaces, ASCII."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def write(folder: Path, kind: Kind, facts: dict[str, Any], secret: str = "") -> dict[str, Any]:
    """Write the list of a folder into it, and return it.

    With ``secret`` (hexadecimal) it carries a mark that only who knows the secret can make:
    HMAC-SHA-256 (RFC 2104) over everything else in the list.
    """
    files = [
        {
            "name": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": file_sha256(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    record = {"schema": SCHEMA, "kind": kind, **facts, "files": files}
    if secret:
        record[_MARK] = mark(record, secret)
    (folder / NAME).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return record


def mark(record: dict[str, Any], secret: str) -> str:
    """Return the mark of a list under a secret."""
    unmarked = {key: value for key, value in record.items() if key != _MARK}
    return hmac.new(bytes.fromhex(secret), canonical(unmarked), hashlib.sha256).hexdigest()


def is_marked(record: dict[str, Any], secret: str) -> bool:
    """Tell whether a list carries the mark of a secret."""
    return hmac.compare_digest(str(record.get(_MARK) or ""), mark(record, secret))


def check_number(record: dict[str, Any]) -> str:
    """Return eight digits that stand for everything in a package: to be told by another way."""
    whole = int.from_bytes(hashlib.sha256(canonical(record)).digest(), "big")
    digits = f"{whole % 10**_CHECK_DIGITS:0{_CHECK_DIGITS}d}"
    return f"{digits[:4]} {digits[4:]}"


def read(folder: Path, kind: Kind, path: Path) -> dict[str, Any]:
    """Return the list of an opened file, once every file in it is there and as it was.

    Raises
    ------
    FileFormatError
        It is of another kind or a newer firingorder, or something is missing, more, or changed.
    """
    record = load(folder / NAME, path)
    found = record.get("kind")
    if found != kind:
        raise FileFormatError(_other_kind(path, found))
    names = {NAME}
    for one in entries(record, path):
        file = folder / one["name"]
        if not file.is_file() or file_sha256(file) != one["sha256"]:
            raise damaged(path, f"{one['name']} is missing or changed")
        names.add(one["name"])
    there = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    if there != names:
        raise damaged(path, f"{min(there ^ names)} is not in its list")
    for name in ("id", "person", "made_utc"):
        text(record, name, path)
    when(text(record, "made_utc", path), path)
    return record


def load(listed: Path, path: Path) -> dict[str, Any]:
    """Return a list that is of this version; errors as of :func:`read`."""
    try:
        if listed.stat().st_size > _MOST_BYTES:
            raise damaged(path, "its list is too long")
        record = json.loads(listed.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileFormatError(
            f"{path} was opened, but is no package or return of firingorder."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(path, "its list cannot be read") from error
    version = schema_version(record, SCHEMA)
    if version is None:
        raise FileFormatError(f"{path} was opened, but is no package or return of firingorder.")
    if version > _VERSION:
        raise FileFormatError(
            f"{path} was made by a newer firingorder. Update this one and open it again; nothing "
            "was taken."
        )
    return cast("dict[str, Any]", record)


def entries(record: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """Return the files of a list; errors as of :func:`read`."""
    found = record.get("files")
    listed = cast("list[Any]", found) if isinstance(found, list) else None
    if listed is None or not all(
        isinstance(one, dict) and {"name", "sha256"} <= cast("dict[str, Any]", one).keys()
        for one in listed
    ):
        raise damaged(path, "its list of files makes no sense")
    return listed


def text(record: dict[str, Any], name: str, path: Path) -> str:
    """Return a text that has to be there; errors as of :func:`read`."""
    found = record.get(name)
    if not isinstance(found, str) or not found.strip():
        raise damaged(path, f"{name} is missing")
    return found


def when(utc: str, path: Path) -> float:
    """Return an instant as seconds since 1970; errors as of :func:`read`."""
    try:
        found = datetime.fromisoformat(utc)
    except ValueError as error:
        raise damaged(path, f"{utc!r} is no time") from error
    if found.tzinfo is None:
        raise damaged(path, f"{utc!r} has no time zone")
    return found.timestamp()


def damaged(path: Path, why: str) -> FileFormatError:
    """Return the error of a file that is not as it was made."""
    return FileFormatError(
        f"{path} is damaged or was changed: {why}. Nothing was taken; ask for it once more."
    )


def _other_kind(path: Path, found: object) -> str:
    if found == "return":
        return f"{path} came back from home: the therapist takes it in (firingorder home take)."
    if found == "package":
        return f"{path} is a package for home: open it there (firingorder home open)."
    return f"{path} was opened, but is no package or return of firingorder."

"""What is the same in every session: keys, volume, distance, hat, PIN. ``settings.json``.

Docs: docs/reference/safety.md section 8.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import platformdirs

from firingorder.errors import FiringOrderError
from firingorder.session.paths import APP, private_folder
from firingorder.session.person_log import schema_version
from firingorder.training.safety.pin import is_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.training.safety.records import Hat

SCHEMA = "firingorder.settings/1"
#: Names a library, before what the settings say.
LIBRARY_VARIABLE = "FIRINGORDER_LIBRARY"
_VERSION = int(SCHEMA.rpartition("/")[2])
Theme = Literal["dark", "light"]
#: From the person to the screen, metres: a sofa's width to a long room.
NEAREST_M, FARTHEST_M = 0.3, 6.0
_MOST_ITEMS, _MOST_TEXT, _MOST_ADDRESS = 64, 100, 500


@dataclass(frozen=True, slots=True)
class Preferences:
    """Settings of a computer.

    Attributes
    ----------
    pin
        As :func:`firingorder.training.safety.pin.hash_pin` makes it; empty: no PIN.
    pin_wrong, pin_wrong_s
        Wrong tries since the last right one; when the newest was, seconds of the epoch.
    hat
        In which hat firingorder begins. With a PIN it is always the person's.
    keys
        What a key of a foot switch or a clicker does: Qt's name of the key, and a command.
    volume, muted
        0 to 1; names of the voices that are silent.
    distance_m
        From the person to the screen; None: from the screen's size.
    theme, screen
        "dark" or "light"; name of the second screen, empty: none.
    therapist
        Name that stands beside corrections and in the audit; empty: nobody said.
    library
        Address of a library on a server; empty: the file in the user's data folder.
    """

    pin: str = ""
    pin_wrong: int = 0
    pin_wrong_s: float = 0.0
    hat: Hat = "person"
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    volume: float = 0.8
    muted: tuple[str, ...] = ()
    distance_m: float | None = None
    theme: Theme = "dark"
    screen: str = ""
    therapist: str = ""
    library: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Preferences as they were found; ``remark`` is what a person should know, mostly nothing.

    ``read_only``: of a newer firingorder; they are used and not written.
    """

    preferences: Preferences
    remark: str = ""
    read_only: bool = False


def settings_path() -> Path:
    """Return where the settings of this user are."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "settings.json"


def load(path: Path | None = None) -> Loaded:
    """Return the settings; what is missing or makes no sense is as it was at the beginning.

    A broken file is put aside, never deleted.
    """
    path = path or settings_path()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Loaded(Preferences())
    except OSError as error:
        words = f"The settings {path} cannot be read: {error.strerror}; the usual ones are used."
        return Loaded(Preferences(), words, read_only=True)
    try:
        record = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        record = None
    version = schema_version(record, SCHEMA)
    if version is None:
        return Loaded(Preferences(), _put_aside(path))
    given = cast("dict[str, Any]", record)
    preferences, wrong = _read(given)
    remarks: list[str] = []
    if wrong:
        remarks.append(f"In {path} {' and '.join(wrong)} made no sense and is as at the beginning.")
    if version > _VERSION:
        remarks.append(
            f"{path} is of a newer firingorder: it is used as far as known, not changed."
        )
    return Loaded(preferences, " ".join(remarks), read_only=version > _VERSION)


def library_url(preferences: Preferences | None = None) -> str | None:
    """Return the address of the library of this user, None for the file in the data folder."""
    named = os.environ.get(LIBRARY_VARIABLE, "")
    return named or (preferences or load().preferences).library or None


def save(preferences: Preferences, path: Path | None = None) -> None:
    """Write the settings whole or not at all, readable by this user only.

    Raises
    ------
    FiringOrderError
        The disk refuses, or what is there is of a newer firingorder; that stays as it is.
    """
    path = path or settings_path()
    found = load(path) if path.exists() else None
    if found is not None and found.read_only:
        raise FiringOrderError(f"The settings were not written. {found.remark}")
    record = {"schema": SCHEMA, **asdict(preferences)}
    text = json.dumps(record, indent=1, sort_keys=True, allow_nan=False) + "\n"
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        private_folder(path.parent)
        _write(new, text.encode())
        new.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise FiringOrderError(
            f"The settings {path} cannot be written: {error.strerror}. The old ones are whole; "
            "the new ones hold until firingorder is closed."
        ) from error


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _sync_folder(folder: Path) -> None:
    if sys.platform != "win32":
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _put_aside(path: Path) -> str:
    """Rename a broken file and return the sentence about it."""
    for k in range(1, 100):
        aside = path.with_name(f"settings.broken-{k}.json")
        if aside.exists():
            continue
        try:
            path.rename(aside)
        except OSError:
            break
        return f"The settings were broken; the usual ones are used, the old file is {aside}."
    return f"The settings {path} are broken; the usual ones are used."


def _read(given: dict[str, Any]) -> tuple[Preferences, list[str]]:
    """Return the settings and the names of those that made no sense."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for one in fields(Preferences):
        if one.name not in given:
            continue
        value = _checked(one.name, given[one.name])
        if value is _WRONG:
            wrong.append(one.name)
        else:
            values[one.name] = value
    return Preferences(**values), wrong


_WRONG = object()


def _checked(name: str, value: Any) -> Any:
    """Return a value as it is kept, or ``_WRONG``."""
    match name:
        case "pin":
            fits = isinstance(value, str) and (not value or is_hash(value))
        case "pin_wrong":
            fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6
        case "pin_wrong_s":
            fits = _is_number(value) and value >= 0.0
        case "hat":
            fits = value in ("person", "therapist")
        case "theme":
            fits = value in ("dark", "light")
        case "volume":
            fits = _is_number(value) and 0.0 <= value <= 1.0
        case "distance_m":
            fits = value is None or (_is_number(value) and NEAREST_M <= value <= FARTHEST_M)
        case "screen" | "therapist":
            fits = _is_text(value)
        case "library":
            fits = isinstance(value, str) and len(value) <= _MOST_ADDRESS
        case "muted":
            return _texts(value)
        case _:
            return _texts_by_text(value)
    return value if fits else _WRONG


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _MOST_TEXT


def _texts(value: Any) -> Any:
    if not isinstance(value, list) or len(cast("list[Any]", value)) > _MOST_ITEMS:
        return _WRONG
    items = cast("list[Any]", value)
    return tuple(items) if all(map(_is_text, items)) else _WRONG


def _texts_by_text(value: Any) -> Any:
    if not isinstance(value, dict) or len(cast("dict[Any, Any]", value)) > _MOST_ITEMS:
        return _WRONG
    items = cast("dict[Any, Any]", value)
    return items if all(_is_text(k) and _is_text(v) for k, v in items.items()) else _WRONG

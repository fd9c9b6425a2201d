"""Results of a run in a folder: one file each, found again by their key."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FiringOrderError
from firingorder.session.cohort.task import SCHEMA
from firingorder.session.own_files import write_whole
from firingorder.session.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

ENDING = ".analysis.json"


def targets(folder: Path, paths: Sequence[Path]) -> list[Path]:
    """Return a file for each result.

    Files of one name get a part of the hash of their path behind it, so that a further file in a
    later run takes no other's place.
    """
    stems = [path.stem for path in paths]
    return [
        folder / f"{stem}{_mark(path) if stems.count(stem) > 1 else ''}{ENDING}"
        for stem, path in zip(stems, paths, strict=True)
    ]


def read_block(target: Path, asked: dict[str, str]) -> dict[str, Any] | None:
    """Return what a kept result says beside the analysis, if it answers what is asked.

    None where there is no result, or one that something else was asked for, or no whole one.
    """
    try:
        data = json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    block = _object(_object(data).get("cohort"))
    key = _object(block.get("key"))
    if block.get("schema") != SCHEMA or not key or {**key, **asked} != key:
        return None
    return block


def write_result(target: Path, text: str) -> None:
    """Keep a result, whole or not at all.

    Raises
    ------
    FiringOrderError
        The disk refuses.
    """
    try:
        write_whole(target, text + "\n")
    except OSError as error:
        raise FiringOrderError(
            f"{target} could not be written: {error.strerror}. What was done before is kept; make "
            "room or name another folder, and run the same command again."
        ) from error


@contextlib.contextmanager
def held_folder(folder: Path) -> Generator[None]:
    """Create a folder for results and keep other runs away from it while this block lasts.

    The system lets go of it when the process ends, however that comes.

    Raises
    ------
    FiringOrderError
        Another run is writing there, or the folder cannot be made.
    """
    try:
        private_folder(folder)
        descriptor = _open(folder)
    except OSError as error:
        raise FiringOrderError(f"{folder} cannot be used: {error.strerror}.") from error
    try:
        if not _take(descriptor):
            raise FiringOrderError(
                f"Another run is writing to {folder}. Wait for its end, or name another folder "
                "with --out."
            )
        yield
    finally:
        os.close(descriptor)


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _mark(path: Path) -> str:
    return f"-{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"


def _open(folder: Path) -> int:
    if sys.platform == "win32":  # a folder cannot be opened there
        return os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    return os.open(folder, os.O_RDONLY)


def _take(descriptor: int) -> bool:
    """Lock without waiting. A file system that knows no locks is trusted."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    else:
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
    return True

"""The second half of a restore: what was unpacked and checked takes the place it belongs to."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import UsageError
from firingorder.library import restoring
from firingorder.session.paths import private_folder
from firingorder.session.preferences import settings_path

if TYPE_CHECKING:
    from collections.abc import Iterable

ROWS, SETTINGS, ELSEWHERE, RECORDINGS = "rows.zip", "settings.json", "elsewhere", "recordings"


def fill(
    scratch: Path,
    about: dict[str, Any],
    folder: Path,
    folders: Iterable[str],
    *,
    url: str | None,
    replace: bool,
) -> None:
    """Move what lies in ``scratch`` into the folder, its rows into the library.

    Raises
    ------
    UsageError
        A library is there, and ``replace`` does not say that it may be put aside.
    FiringOrderError
        The disk or the database refuses.
    """
    server = restoring.is_on_server(url, folder)
    there = _there(folder, folders, url, server=server)
    if there and not replace:
        raise UsageError(
            f"There is a library already: {there}. Nothing was changed; --replace puts it aside "
            "and takes the backup instead."
        )
    moved = _bring_home(scratch, about)

    def renamed(table: str, row: dict[str, Any]) -> None:
        if table == "recording":
            row["path"] = moved.get(row["path"], row["path"])
            if "further" in row:
                further = cast("list[str]", json.loads(row["further"]))
                row["further"] = json.dumps([moved.get(one, one) for one in further])

    file = None if server else restoring.file_of(url, folder)
    if file is not None:
        restoring.new_file(scratch / file.name, scratch / ROWS, renamed)
    aside = _aside(folder) if there else None
    if file is None:
        old = None if aside is None else aside / ROWS
        has = restoring.server_has_rows(url, folder)
        restoring.fill_server(url, folder, scratch / ROWS, renamed, old=old if has else None)
    if aside is not None:
        _put_aside(folder, folders, file, aside)
    for name in folders:
        if (scratch / name).is_dir():
            if (folder / name).is_dir():
                (folder / name).rmdir()  # empty: see _there
            (scratch / name).replace(folder / name)
    if file is not None:
        private_folder(file.parent)
        (scratch / file.name).replace(file)
    _settings(scratch / SETTINGS, aside)


def _there(folder: Path, folders: Iterable[str], url: str | None, *, server: bool) -> str:
    """Return what of a library is there already, empty for nothing."""
    if server and restoring.server_has_rows(url, folder):
        return "the database holds people, recordings or an audit"
    if not server and (file := restoring.file_of(url, folder)).exists():
        return str(file)
    full = [folder / name for name in folders if any((folder / name).glob("*"))]
    return str(full[0]) if full else ""


def _bring_home(scratch: Path, about: dict[str, Any]) -> dict[str, str]:
    """Move recordings that lay elsewhere among the others; return old paths with the new ones."""
    moved: dict[str, str] = {}
    private_folder(scratch / RECORDINGS)
    for entry in cast("list[dict[str, Any]]", about["files"]):
        pure = PurePosixPath(str(entry["name"]))
        if pure.parts[0] != ELSEWHERE:
            continue
        # Files that continue a recording are found by its name: they share their prefix.
        own = pure.parts[1].partition("-")[0]
        target = scratch / RECORDINGS / f"{own}-{pure.name}"
        (scratch / Path(*pure.parts)).replace(target)
        moved[str(entry["from"])] = f"{RECORDINGS}/{target.name}"
    return moved


def _aside(folder: Path) -> Path:
    k = 1
    while (folder / f"before-restore-{k}").exists():
        k += 1
    return private_folder(folder / f"before-restore-{k}")


def _put_aside(folder: Path, folders: Iterable[str], file: Path | None, aside: Path) -> None:
    """Move what is there into a folder of its own; the cache belongs to it and goes along."""
    if file is not None and file.exists():
        restoring.close_file(file)
        for ending in ("", "-wal", "-shm"):
            part = file.with_name(file.name + ending)
            if part.exists():
                part.replace(aside / part.name)
    for name in (*folders, "cache"):
        if (folder / name).exists():
            (folder / name).replace(aside / name)


def _settings(new: Path, aside: Path | None) -> None:
    """Take the settings over where there are none, or where all is replaced."""
    target = settings_path()
    if not new.is_file() or (target.exists() and aside is None):
        return
    private_folder(target.parent)
    if target.exists() and aside is not None:
        kept = aside / SETTINGS
        kept.touch(mode=0o600)
        kept.write_bytes(target.read_bytes())
    temporary = target.with_name(f".{target.name}.restored")
    temporary.touch(mode=0o600)
    temporary.write_bytes(new.read_bytes())
    temporary.replace(target)

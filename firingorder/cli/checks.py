"""The single checks of ``doctor``: each looks at one thing and says what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from firingorder.cli import qt_check
from firingorder.sound.out import open_sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

State = Literal["ok", "warning", "fault", "not_used"]

OLDEST_PYTHON = (3, 11)
#: Only the window needs these; everything else runs without them.
WINDOW_PACKAGES = ("pyside6-essentials", "pyqtgraph")
#: Eight channels at 1 kHz are 27 kB/s on the wire (frame v1, 125 frames of 216 bytes a second),
#: which makes about 100 MB an hour; below one hour nobody should start, below ten it is said.
FAULT_FREE_BYTES = 100_000_000
WARNING_FREE_BYTES = 1_000_000_000
#: Data that must come with the package, by folder and the least number of files.
PACKAGE_DATA = (
    ("schemas", ".json", 9),
    ("training", ".yaml", 1),
    ("training/exercises", ".yaml", 31),
    ("report/fonts", ".otf", 1),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. ``advice`` says what to do, None when there is nothing."""

    name: str
    state: State
    detail: str
    advice: str | None = None


def check_python() -> Check:
    """Check the version of Python."""
    detail = f"Python {platform.python_version()} at {sys.executable}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Check("python", "fault", detail, "Install Python 3.11 or newer.")
    return Check("python", "ok", detail)


def check_packages() -> Check:
    """Check that every package is there that the installed firingorder asks for."""
    try:
        lines = importlib.metadata.requires("firingorder") or []
    except importlib.metadata.PackageNotFoundError:
        return Check(
            "packages",
            "warning",
            "firingorder runs from its source folder and is not installed",
            "python -m pip install -e .",
        )
    names = dict.fromkeys(
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower()
        for line in lines
        if "extra ==" not in line
    )
    versions = {name: _version(name) for name in names}
    missing = [name for name, version in versions.items() if version is None]
    detail = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    if not missing:
        return Check("packages", "ok", detail)
    only_window = set(missing) <= set(WINDOW_PACKAGES)
    return Check(
        "packages",
        "warning" if only_window else "fault",
        f"missing: {', '.join(missing)}" + ("; only the window needs them" if only_window else ""),
        f"python -m pip install {' '.join(missing)}",
    )


def check_package_data() -> Check:
    """Check that schemas and exercises came with the package."""
    root = resources.files("firingorder")
    counts: list[str] = []
    for folder, suffix, least in PACKAGE_DATA:
        place = root.joinpath(*folder.split("/"))
        files = [f for f in place.iterdir() if f.name.endswith(suffix)] if place.is_dir() else []
        if len(files) < least:
            return Check(
                "package data",
                "fault",
                f"{folder} holds {len(files)} of at least {least} {suffix} files",
                "Install firingorder again: python -m pip install --force-reinstall firingorder",
            )
        counts.append(f"{len(files)} in {folder}")
    return Check("package data", "ok", ", ".join(counts))


def check_qt() -> Check:
    """Check that Qt is there, of a version that this Python survives, and that it starts."""
    version = qt_check.qt_version()
    if version is None:
        return Check(
            "qt",
            "warning",
            "PySide6-Essentials is not installed: live and reports need it, the rest does not",
            "python -m pip install PySide6-Essentials==6.11.3",
        )
    if qt_check.is_fatal_pair(version, sys.version_info[:2]):
        return Check(
            "qt",
            "fault",
            f"PySide6 {version} ends Python {platform.python_version()} after seconds of drawing",
            "python -m pip install 'PySide6-Essentials<6.12' 'shiboken6<6.12', or use Python 3.12",
        )
    fault = qt_check.find_fault()
    if fault is not None:
        return Check("qt", "fault", fault, qt_check.advice())
    return Check("qt", "ok", f"PySide6 {version} starts")


def check_display() -> Check:
    """Check that a window can be shown: opened in a child process, not believed of a variable."""
    platform_name = os.environ.get("QT_QPA_PLATFORM")
    if not (platform_name or qt_check.has_display()):
        return Check(
            "display",
            "warning",
            "no display: neither DISPLAY nor WAYLAND_DISPLAY is set",
            "Use firingorder record, or QT_QPA_PLATFORM=offscreen firingorder live.",
        )
    if qt_check.qt_version() is None:
        return Check("display", "not_used", "not tried, because Qt is missing")
    fault = qt_check.find_window_fault()
    if fault is not None:
        return Check("display", "fault", *fault)
    how = f" (QT_QPA_PLATFORM={platform_name})" if platform_name else ""
    return Check("display", "ok", f"this session can show a window{how}")


def check_audio(load: Callable[[], Any] | None = None) -> Check:
    """Check that sound can be made: by opening the loudspeaker as the window does.

    ``load`` returns the library that plays.
    """
    sound = open_sound(load)
    try:
        problem = None if sound.working else sound.take_problem()
    finally:
        sound.close()
    if problem is not None:
        return Check("audio", "warning", "no cues and no voice; everything else works", problem)
    return Check("audio", "ok", f"a loudspeaker opens, {sound.rate_hz:g} samples a second")


def check_data_folder(folder: Path) -> list[Check]:
    """Check that recordings can be written, are private, and have room."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        advice = f"Give your user the right to write {place}, or set XDG_DATA_HOME to another one."
        return [Check("data folder", "fault", f"{folder} cannot be written", advice)]
    checks = [Check("data folder", "ok", str(folder))]
    if place == folder and os.name == "posix" and folder.stat().st_mode & 0o077:
        checks = [
            Check(
                "data folder", "warning", f"{folder} can be read by others", f"chmod 700 {folder}"
            )
        ]
    free = shutil.disk_usage(place).free
    detail = f"{free / 1e9:.1f} GB free, about {free / FAULT_FREE_BYTES:.0f} h of recording"
    if free < WARNING_FREE_BYTES:
        state: State = "fault" if free < FAULT_FREE_BYTES else "warning"
        checks.append(Check("disk", state, detail, f"Free some space on the disk of {place}."))
    else:
        checks.append(Check("disk", "ok", detail))
    return checks


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None

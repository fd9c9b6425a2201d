"""Whether Qt can run here, found out without importing Qt into this process."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Debian packages with the libraries that the PySide6 wheels leave to the system, found by adding
#: packages one by one to a minimal Debian 12 until Qt ran.
OFFSCREEN_PACKAGES = (
    "libglib2.0-0",
    "libgl1",
    "libegl1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libfontconfig1",
)
#: What a real window adds under X11.
SCREEN_PACKAGES = (
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
#: From here on every void Qt call drops a reference of None; Python 3.12 made None immortal.
FIRST_FATAL_QT = (6, 12)
FIRST_SAFE_PYTHON = (3, 12)
#: A cold start of Qt takes below 3 s on a loaded two-core machine; more means that it hangs.
START_LIMIT_S = 60.0

#: What to do about a screen that is named and not there.
OTHER_SCREEN = (
    "Set DISPLAY or WAYLAND_DISPLAY to one that is there, or work without: "
    "`firingorder record --device URL --out FILE.mcap`."
)

_START = "from PySide6.QtWidgets import QApplication; QApplication([])"


def has_display() -> bool:
    """Whether this session can show a window (taken as given on Windows and macOS)."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def qt_version() -> str | None:
    """Return the version of PySide6-Essentials, None where it is not installed."""
    try:
        return importlib.metadata.version("PySide6-Essentials")
    except importlib.metadata.PackageNotFoundError:
        return None


def is_fatal_pair(qt: str, python: tuple[int, int]) -> bool:
    """Whether this Qt ends this Python within seconds of drawing (``none_dealloc``)."""
    parts = tuple(int(part) for part in re.findall(r"\d+", qt)[:2])
    return parts >= FIRST_FATAL_QT and python < FIRST_SAFE_PYTHON


def find_fault() -> str | None:
    """Return what stops Qt from running here, None when it runs.

    Tried in a child process: a missing platform plugin aborts the process it is missed in.
    """
    status, lines = _started({"QT_QPA_PLATFORM": "offscreen"})
    if status != 0:
        return lines[-1] if lines else f"Qt ended with exit status {status}"
    missing = missing_for_x11() if has_display() else []
    return f"libraries for windows are missing: {', '.join(missing)}" if missing else None


def find_window_fault() -> tuple[str, str] | None:
    """Return why no window can be opened in this session and what to do; None when one can.

    Tried in a child process, with the screen that the variables name: it may have gone.
    """
    status, lines = _started({})
    return None if status == 0 else why_no_window(lines)


def why_no_window(said: Sequence[str]) -> tuple[str, str]:
    """Return why Qt opened no window, from what it said, and what to do: two sentences."""
    text = "\n".join(said)
    if found := re.search(r"could not connect to display (\S+)", text):
        return f"The screen {found[1]} does not answer.", OTHER_SCREEN
    if "wl_display" in text:
        return f"The screen {os.environ.get('WAYLAND_DISPLAY')} does not answer.", OTHER_SCREEN
    if found := re.search(r'Could not find the Qt platform plugin "([^"]*)"', text):
        return f"This Qt knows no platform {found[1]!r}.", "Unset QT_QPA_PLATFORM."
    if missing := missing_for_x11():
        return f"Libraries for windows are missing: {', '.join(missing)}.", advice()
    what = said[0].removesuffix(".") if said else "it does not say why"
    return f"Qt does not start: {what}.", "`firingorder doctor` looks for the fault."


def _started(settings: Mapping[str, str]) -> tuple[int, list[str]]:
    """Start Qt in a child process; return its exit status and what it said."""
    try:
        run = subprocess.run(
            [sys.executable, "-c", _START],
            capture_output=True,
            text=True,
            env=os.environ | settings,
            check=False,
            timeout=START_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return -1, [f"Qt did not start within {START_LIMIT_S:.0f} s"]
    return run.returncode, run.stderr.strip().splitlines()


def missing_for_x11() -> list[str]:
    """Return the shared libraries that Qt's X11 plugin does not find (Linux only)."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None or shutil.which("ldd") is None:
        return []
    plugin = Path(spec.origin).parent / "Qt/plugins/platforms/libqxcb.so"
    if not plugin.exists():
        return []
    run = subprocess.run(["ldd", str(plugin)], capture_output=True, text=True, check=False)
    return sorted(set(re.findall(r"(\S+) => not found", run.stdout)))


def wanted_packages() -> tuple[str, ...]:
    """Return the Debian packages that this session needs: with a display it takes more."""
    return OFFSCREEN_PACKAGES + SCREEN_PACKAGES if has_display() else OFFSCREEN_PACKAGES


def advice() -> str:
    """Return what to do when Qt does not run: one line to run where it is known."""
    if Path("/etc/debian_version").exists():
        packages = " ".join(wanted_packages())
        return f"sudo apt-get install -y --no-install-recommends {packages}"
    if sys.platform.startswith("linux"):
        return "Install the libraries named above with your system's packages."
    return "Install it again: python -m pip install --force-reinstall PySide6-Essentials shiboken6"

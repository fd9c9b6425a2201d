"""Check that Qt finds the system's libraries, and see that they get installed where possible.

The PySide6 wheels bring Qt itself, but not the libraries of the display system. On Debian and
Ubuntu, as root, the missing packages are installed; otherwise the one line to run is printed.
Exit status: 0 Qt runs, 1 it does not and somebody must act.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

#: Found by adding packages one by one to a minimal Debian 12 until Qt ran.
OFFSCREEN_PACKAGES = (
    "libglib2.0-0", "libgl1", "libegl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1",
)  # fmt: skip
#: What a real window adds under X11.
SCREEN_PACKAGES = (
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxcb-xkb1",
    "libxkbcommon-x11-0",
)  # fmt: skip
#: Another package manager may hold the lock for minutes on a machine that has just started.
APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")

_TRY = "from PySide6.QtWidgets import QApplication; QApplication([])"


def has_display() -> bool:
    """Whether this session can show a window (always, on Windows and macOS)."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def fault() -> str | None:
    """Return what stops Qt from running here, or None when it runs.

    Tried in a child process, because a missing platform plugin aborts the process.
    """
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", _TRY], capture_output=True, text=True, env=env, check=False
    )
    if run.returncode != 0:
        lines = run.stderr.strip().splitlines() or [f"exit status {run.returncode}"]
        return lines[-1]
    missing = missing_for_x11() if has_display() else []
    return f"missing for windows: {', '.join(missing)}" if missing else None


def missing_for_x11() -> list[str]:
    """Return the shared libraries that Qt's X11 plugin does not find (Linux)."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None or shutil.which("ldd") is None:
        return []
    plugin = Path(spec.origin).parent / "Qt/plugins/platforms/libqxcb.so"
    if not plugin.exists():
        return []
    run = subprocess.run(["ldd", str(plugin)], capture_output=True, text=True, check=False)
    return sorted(set(re.findall(r"(\S+) => not found", run.stdout)))


def install() -> bool:
    """Install Qt's system libraries with apt-get; return whether that was possible and worked."""
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists() or not shutil.which("apt-get"):
        return False
    packages = wanted_packages()
    print(f"Installing Qt's system libraries: {' '.join(packages)}", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        [*APT, "update"],
        [*APT, "install", "-y", "--no-install-recommends", *packages],
    ):
        if subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            return False
    return True


def wanted_packages() -> tuple[str, ...]:
    """Return the Debian packages for this session: with a display it takes more."""
    return OFFSCREEN_PACKAGES + SCREEN_PACKAGES if has_display() else OFFSCREEN_PACKAGES


def main() -> int:
    """Check, install where possible, check again, and say what is left to do."""
    found = fault()
    if found is None:
        return 0
    if sys.platform.startswith("linux") and install():
        found = fault()
        if found is None:
            return 0
    print(f"Qt does not run here: {found}", file=sys.stderr)
    if Path("/etc/debian_version").exists():
        line = f"apt-get install -y --no-install-recommends {' '.join(wanted_packages())}"
        print(f"Run this line, then the same command again:\n  sudo {line}", file=sys.stderr)
    else:
        print("Install the libraries named above with your system's packages.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""See to it that Qt finds the system's libraries.

On Debian and Ubuntu, as root, the missing packages are installed; otherwise the one line to run is
printed. Exit status: 0 Qt runs, 1 it does not and somebody must act.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from firingorder.cli import qt_check

#: Another package manager may hold the lock for minutes on a machine that has just started.
APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")


def install() -> bool:
    """Install the packages with apt-get; return whether that was possible and worked."""
    if not Path("/etc/debian_version").exists() or not shutil.which("apt-get"):
        return False
    if os.geteuid() != 0:
        return False
    packages = qt_check.wanted_packages()
    print(f"Installing Qt's system libraries: {' '.join(packages)}", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    commands = (
        [*APT, "update"],
        [*APT, "install", "-y", "--no-install-recommends", *packages],
    )
    return all(
        subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False).returncode == 0
        for command in commands
    )


def main() -> int:
    """Check, install where possible, check again, and say what is left to do."""
    fault = qt_check.find_fault()
    if fault is not None and install():
        fault = qt_check.find_fault()
    if fault is None:
        return 0
    print(f"Qt does not run here: {fault}", file=sys.stderr)
    print(f"Do this, then run the same command again:\n  {qt_check.advice()}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

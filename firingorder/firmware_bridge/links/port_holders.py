"""Which programs run, and which of them has a port open (Linux: ``/proc``)."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")
MODEM_MANAGER = "ModemManager"
BRAILLE = "brltty"


def holders(device: str, proc: Path = PROC) -> tuple[str, ...]:
    """Return the programs that have a port open, as far as this user may see them."""
    wanted = os.path.realpath(device)
    return tuple(_name(process) for process in _processes(proc) if _has_open(process, wanted))


def runs(program: str, proc: Path = PROC) -> bool:
    """Return whether a program of this name runs."""
    return any(_command(process) == program for process in _processes(proc))


def _processes(proc: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (place for place in proc.iterdir() if place.name.isdigit())


def _has_open(process: Path, wanted: str) -> bool:
    # A process may end while it is looked at, and those of other users are closed to this one.
    with contextlib.suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                if str(descriptor.readlink()) == wanted:
                    return True
    return False


def _name(process: Path) -> str:
    if process.name == str(os.getpid()):
        return "this program"
    name = _command(process) or "a program"
    with contextlib.suppress(OSError):
        if b"firingorder" in (process / "cmdline").read_bytes():
            name = "another firingorder"
    return f"{name} (process {process.name})"


def _command(process: Path) -> str:
    with contextlib.suppress(OSError):
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    return ""

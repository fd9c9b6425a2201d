"""A pseudo-terminal as the port of a virtual device. POSIX only."""

from __future__ import annotations

import os
import select
import sys
import tempfile
import time
from pathlib import Path

from firingorder.errors import LinkError

READ_BYTES = 4096


class PtyPort:
    """A raw pseudo-terminal without echo behind a path that stays the same over unplugging.

    The slave side is kept open here, so the settings survive a host that closes it; like a real
    serial device, this one cannot see whether a host is there. The path is a link in a private
    folder, because the number of a terminal changes when it is made anew.
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        self._master: int | None = None
        self._slave: int | None = None

    @property
    def address(self) -> str:
        """Device address of this port."""
        return f"serial:{self._path}"

    @property
    def is_open(self) -> bool:
        """Whether the terminal exists."""
        return self._master is not None

    def open(self) -> None:
        """Make the terminal and the path to it."""
        if sys.platform == "win32":
            raise LinkError("Windows has no pseudo-terminals. Use --listen tcp:PORT.")
        import tty

        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix="firingorder-")) / "belt"
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._path.symlink_to(os.ttyname(self._slave))

    def close(self) -> None:
        """Take the terminal away for good."""
        self.unplug()

    def unplug(self) -> None:
        """Take the terminal away: a host that has it open reads the end of the line."""
        for descriptor in (self._master, self._slave):
            if descriptor is not None:
                os.close(descriptor)
        self._master = self._slave = None
        if self._path is not None and self._path.parent.is_dir():
            self._path.unlink(missing_ok=True)
            self._path.parent.rmdir()

    def wait(self, timeout_s: float, *, to_write: bool) -> None:
        """Wait for bytes of the host, or until it takes bytes again."""
        if self._master is None:
            time.sleep(timeout_s)
            return
        select.select([self._master], [self._master] if to_write else [], [], timeout_s)

    def poll_client(self) -> bool:
        """Return true: a serial device talks whether somebody listens or not."""
        return self._master is not None

    def read(self) -> bytes:
        """Return what the host sent."""
        assert self._master is not None
        try:
            return os.read(self._master, READ_BYTES)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> int:
        """Return how many bytes the terminal took."""
        assert self._master is not None
        try:
            return os.write(self._master, data)
        except BlockingIOError:
            return 0

    @property
    def is_heard_out(self) -> bool:
        """Whether nothing of what was written waits in the terminal."""
        import fcntl
        import termios

        assert self._slave is not None
        waiting = fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4))
        return int.from_bytes(waiting, sys.byteorder) == 0

"""One open serial port: opened for us alone, read and written without losing or waiting too long.

On POSIX the descriptor is used directly: what was read before the plug was pulled is kept (pyserial
drops it), nothing is read from a descriptor that another thread closed, and a full output buffer
costs no spinning. Windows goes through pyserial's calls.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import sys
import threading
import time
from typing import TYPE_CHECKING, Literal, Protocol

import serial

from firingorder.firmware_bridge.links.serial_faults import PORT_ERRORS

if TYPE_CHECKING:
    from collections.abc import Generator

#: What is done with the lines DTR and RTS (docs/decisions/0019-serial-ports.md).
#:
#: ``hold``: asserted, since USB CDC devices send only then, and left asserted at closing, so that
#: a board with Arduino's reset circuit starts anew once after plugging in and not at each opening.
#: ``reset``: dropped and asserted again at opening, for adapters that want such a board to start
#: anew. ``off``: released right after opening.
Lines = Literal["hold", "reset", "off"]

#: A reader looks this often whether it should end; data and closing wake it at once.
POLL_S = 0.2
#: A command has at most 66 bytes: less than 1 ms at 921600 baud, 6 ms at 115200. A port that does
#: not take it within this time is dead.
WRITE_LIMIT_S = 1.0
#: One read takes at most this: as much as a Linux terminal buffers (N_TTY_BUF_SIZE).
READ_BYTES = 4096
#: How long a board's reset capacitor needs to discharge (avrdude, src/arduino.c).
RESET_RELEASE_S = 0.25

#: Major numbers of Linux' pseudo-terminals (Documentation/admin-guide/devices.txt).
_PSEUDO_TERMINALS = range(136, 144)

_FULL = "takes no bytes any more"
_CLOSED = "was closed"


class BytePort(Protocol):
    """What the reader and the link need of an open port. Errors are those of PORT_ERRORS."""

    def read(self) -> tuple[bytes, int]:
        """Return what has arrived and when (ns), ``b""`` after POLL_S or when interrupted."""
        ...

    def write(self, data: bytes) -> None:
        """Send everything, within WRITE_LIMIT_S."""
        ...

    def interrupt(self) -> None:
        """Wake calls that wait; this port is about to be closed."""
        ...

    def close(self) -> None:
        """Close it; only when no thread reads any more."""
        ...


def open_port(name: str, baud: int, lines: Lines) -> serial.Serial:
    """Open a port for this program alone, with empty buffers and low latency.

    Raises
    ------
    OSError
        Or another of PORT_ERRORS: it cannot be opened, or went away while it was set up.
    ValueError
        The port cannot run at this rate.
    """
    port = serial.Serial(baudrate=baud, timeout=POLL_S, write_timeout=WRITE_LIMIT_S, exclusive=True)
    port.port = name
    if lines == "off" and sys.platform == "win32":
        port.dtr = port.rts = False  # before opening, so that there is no pulse at all
    port.open()
    try:
        if sys.platform != "win32":
            _keep_lines_at_closing(port.fileno())
            if os.major(os.fstat(port.fileno()).st_rdev) not in _PSEUDO_TERMINALS:
                # On a pseudo-terminal the mark would outlive a program that was killed.
                shut_out_others(port.fileno())
        _set_lines(port, lines)
        _ask_for_low_latency(port)
        # Bytes of an earlier session, and what a board says while it starts.
        port.reset_input_buffer()
    except BaseException:
        port.close()
        raise
    return port


def byte_port(port: serial.Serial) -> BytePort:
    """Return the way this system reads and writes an open port."""
    return PyserialPort(port) if sys.platform == "win32" else DescriptorPort(port)


class DescriptorPort:
    """A port used by its descriptor (POSIX)."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        self._descriptor = port.fileno()
        self._wake_end, self._wake_start = os.pipe()
        self._reading = _selector(self._descriptor, self._wake_end, selectors.EVENT_READ)
        self._writing = threading.Lock()

    def read(self) -> tuple[bytes, int]:
        """Return what has arrived and when (ns), ``b""`` after POLL_S or when interrupted."""
        ready = _ready(self._reading, POLL_S)
        t_ns = time.perf_counter_ns()
        if self._wake_end in ready or self._descriptor not in ready:
            return b"", t_ns
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except BlockingIOError:
            return b"", t_ns
        if not data:
            raise OSError(errno.ENODEV, "the device hung up")
        return data, t_ns

    def write(self, data: bytes) -> None:
        """Send everything, within WRITE_LIMIT_S."""
        end_s = time.perf_counter() + WRITE_LIMIT_S
        left = memoryview(data)
        with (
            self._writing,
            _selector(self._descriptor, self._wake_end, selectors.EVENT_WRITE) as selector,
        ):
            while left:
                ready = _ready(selector, max(0.0, end_s - time.perf_counter()))
                if self._wake_end in ready:
                    raise OSError(errno.EBADF, _CLOSED)
                if not ready:
                    raise TimeoutError(errno.ETIMEDOUT, _FULL)
                with contextlib.suppress(BlockingIOError):
                    left = left[os.write(self._descriptor, left) :]

    def interrupt(self) -> None:
        """Wake calls that wait; this port is about to be closed."""
        with contextlib.suppress(OSError):
            os.write(self._wake_start, b"x")

    def close(self) -> None:
        """Close it; only when no thread reads any more."""
        self.interrupt()
        with self._writing:
            # The system waits up to 30 s for bytes that nobody takes before it closes a port
            # (closing_wait, setserial(8)).
            for undo in (self._port.reset_output_buffer, self._let_others_in):
                with contextlib.suppress(*PORT_ERRORS):
                    undo()
            self._reading.close()
            with contextlib.suppress(*PORT_ERRORS):
                self._port.close()
            for end in (self._wake_end, self._wake_start):
                with contextlib.suppress(OSError):
                    os.close(end)

    def _let_others_in(self) -> None:
        if sys.platform != "win32":
            import fcntl
            import termios

            fcntl.ioctl(self._descriptor, termios.TIOCNXCL)


class PyserialPort:
    """A port used by pyserial's own calls: any system, needed on Windows."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        self._writing = threading.Lock()

    def read(self) -> tuple[bytes, int]:
        """Return what has arrived and when (ns), ``b""`` after POLL_S or when interrupted."""
        with _races_are_losses():
            first = self._port.read(1)
            t_ns = time.perf_counter_ns()
            if not first:
                return b"", t_ns
        # The port may go away between the first byte and the rest: the first byte arrived.
        with contextlib.suppress(*PORT_ERRORS), _races_are_losses():
            waiting = min(self._port.in_waiting, READ_BYTES - 1)
            return first + (self._port.read(waiting) if waiting else b""), t_ns
        return first, t_ns

    def write(self, data: bytes) -> None:
        """Send everything, within WRITE_LIMIT_S."""
        with self._writing, _races_are_losses():
            if self._port.write(data) != len(data):
                raise TimeoutError(errno.ETIMEDOUT, _FULL)

    def interrupt(self) -> None:
        """Wake calls that wait; this port is about to be closed."""
        for cancel in (self._port.cancel_read, self._port.cancel_write):
            with contextlib.suppress(*PORT_ERRORS), _races_are_losses():
                cancel()

    def close(self) -> None:
        """Close it; only when no thread reads any more."""
        self.interrupt()
        with self._writing, contextlib.suppress(*PORT_ERRORS), _races_are_losses():
            self._port.close()


@contextlib.contextmanager
def _races_are_losses() -> Generator[None]:
    """Turn what pyserial ends in when a port closes under it into the loss that it is.

    Its descriptor is None then: TypeError (its issues 328, 713), ValueError from select, and
    AttributeError or TypeError on Windows (its issue 788).
    """
    try:
        yield
    except (TypeError, ValueError, AttributeError) as error:
        raise OSError(errno.ENODEV, f"the port closed in between ({error})") from error


def shut_out_others(descriptor: int) -> None:
    """Let nobody open the port a second time, not even programs that look for no lock.

    pyserial's lock (flock) keeps a second firingorder away, but not a terminal program. The system
    still lets the administrator in.
    """
    if sys.platform != "win32":
        import fcntl
        import termios

        with contextlib.suppress(OSError):
            fcntl.ioctl(descriptor, termios.TIOCEXCL)


def _keep_lines_at_closing(descriptor: int) -> None:
    if sys.platform != "win32":
        import termios

        attributes = termios.tcgetattr(descriptor)
        attributes[2] &= ~termios.HUPCL
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def _set_lines(port: serial.Serial, lines: Lines) -> None:
    """Drive DTR and RTS; both at once, since ESP32 boards take one alone for a reset."""
    if lines == "hold":
        return  # opening asserted both
    if not _drive_lines(port, asserted=False):
        return
    if lines == "reset":
        time.sleep(RESET_RELEASE_S)
        _drive_lines(port, asserted=True)


def _drive_lines(port: serial.Serial, *, asserted: bool) -> bool:
    """Return whether the port has such lines; pseudo-terminals and RFCOMM need not."""
    try:
        if sys.platform == "win32":
            port.dtr = port.rts = asserted
        else:
            import fcntl
            import struct
            import termios

            both = struct.pack("I", termios.TIOCM_DTR | termios.TIOCM_RTS)
            request = termios.TIOCMBIS if asserted else termios.TIOCMBIC
            fcntl.ioctl(port.fileno(), request, both)
    except OSError as error:
        if error.errno in (errno.ENOTTY, errno.EINVAL):
            return False
        raise
    return True


def _ask_for_low_latency(port: serial.Serial) -> None:
    """Ask the driver not to hold bytes back; FTDI's then sets its timer to 1 ms.

    Drivers without it refuse, and only a port that is gone is a fault.
    """
    if sys.platform != "linux":
        return
    try:
        port.set_low_latency_mode(True)
    except (ValueError, OSError) as error:
        cause = error.__context__ if isinstance(error, ValueError) else error
        if getattr(cause, "errno", None) in (errno.EIO, errno.ENODEV, errno.ENXIO):
            raise OSError(errno.ENODEV, "it went away while it was opened") from error


def _selector(descriptor: int, wake: int, event: int) -> selectors.BaseSelector:
    # poll takes descriptors above 1023, select does not; macOS polls no terminals.
    kind = selectors.PollSelector if sys.platform == "linux" else selectors.SelectSelector
    selector = kind()
    selector.register(descriptor, event)
    selector.register(wake, selectors.EVENT_READ)
    return selector


def _ready(selector: selectors.BaseSelector, timeout_s: float) -> set[int]:
    return {key.fd for key, _ in selector.select(timeout_s)}

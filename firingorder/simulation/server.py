"""The virtual device on a pseudo-terminal, a TCP port or a Bluetooth controller, in real time."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import select
import socket
import time
from typing import TYPE_CHECKING, Protocol

from firingorder.errors import LinkError, LinkLostError, UsageError
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.ending import LINGER_S, play_out
from firingorder.simulation.line import FaultyLine
from firingorder.simulation.terminal import PtyPort

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from firingorder.simulation.twins.line import TwinLine

_log = logging.getLogger(__name__)

#: A wait is never longer, so that a stop is answered at once.
LONGEST_WAIT_S = 0.05
#: One read from the host; a command has at most 64 bytes.
READ_BYTES = 4096
LOOPBACK = "127.0.0.1"
BLE = "ble:"


class Port(Protocol):
    """Where a host connects."""

    @property
    def address(self) -> str:
        """The device address to give to ``firingorder``."""
        ...

    def open(self) -> None:
        """Let hosts connect."""
        ...

    def unplug(self) -> None:
        """Throw out a host that is connected and let none in, until it is opened again."""
        ...

    def close(self) -> None:
        """Close for good."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether hosts can connect."""
        ...

    def wait(self, timeout_s: float, *, to_write: bool) -> None:
        """Wait until bytes can be moved, at most ``timeout_s``."""
        ...

    def poll_client(self) -> bool:
        """Return whether a host is connected now; a new one is taken here."""
        ...

    def read(self) -> bytes:
        """Return what the host sent, empty when there is nothing."""
        ...

    def write(self, data: bytes) -> int:
        """Return how many bytes went out without waiting."""
        ...

    @property
    def is_heard_out(self) -> bool:
        """Whether a host has surely taken all that was written; false where nothing tells."""
        ...


def serve(
    device: VirtualDevice | TwinLine,
    listen: str,
    *,
    duration_s: float | None,
    on_ready: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Serve a device until the duration is over or ``stop`` is set. Blocks.

    Parameters
    ----------
    device
        The device with its fault plan; a device of another maker comes with its own line.
    listen
        ``pty``, ``tcp:PORT`` (0 takes a free port; only this machine can connect) or
        ``tcp:HOST:PORT``; ``ble:TRANSPORT`` is a Bluetooth controller behind any bumble transport.
    duration_s
        Seconds of the host's clock, or None for ever. A device that streams then says that it is
        at its end, and goes once that was heard, at most 2 s later.
    on_ready
        Called once with the address to connect to.
    stop
        Ends the service within 50 ms.

    Raises
    ------
    UsageError
        ``listen`` is not understood.
    LinkError
        The port or the controller cannot be opened.
    """
    if listen.startswith(BLE):
        if not isinstance(device, VirtualDevice):
            raise UsageError("This device has no Bluetooth LE. Use --listen pty or tcp:PORT.")
        # Only here: the radio needs an optional package.
        from firingorder.simulation.radio.serving import serve_ble

        transport = listen.removeprefix(BLE)
        serve_ble(device, transport, duration_s=duration_s, on_ready=on_ready, stop=stop)
        return
    port = make_port(listen)
    port.open()
    try:
        on_ready(port.address)
        _Service(device, port).run(duration_s, stop)
    finally:
        port.close()


def make_port(listen: str) -> Port:
    """Return the port that ``listen`` names."""
    if listen == "pty":
        return PtyPort()
    kind, _, rest = listen.partition(":")
    host, _, number = rest.rpartition(":")
    if kind != "tcp" or not number.isdigit() or int(number) > 65535:
        raise UsageError(
            f"Cannot listen on {listen!r}. Use pty, tcp:PORT, tcp:HOST:PORT or ble:TRANSPORT."
        )
    return TcpPort(host or LOOPBACK, int(number))


class _Service:
    """Moves bytes between the line and the port."""

    def __init__(self, device: VirtualDevice | TwinLine, port: Port) -> None:
        self._line = FaultyLine(device) if isinstance(device, VirtualDevice) else device
        self._port = port
        self._start_ns = time.perf_counter_ns()
        self._connected = False
        self._out = b""

    def run(self, duration_s: float | None, stop: threading.Event | None) -> None:
        end_us = math.inf if duration_s is None else 1e6 * duration_s
        while (now_us := self._now_us()) < end_us and not (stop and stop.is_set()):
            self._turn(now_us, end_us)
        if now_us >= end_us:
            self._say_the_end(now_us, stop)

    def _turn(self, now_us: int, end_us: float) -> None:
        self._look_at_cable()
        self._look_at_client(now_us)
        self._move_in(now_us)
        self._move_out(now_us)
        due_us = min(self._line.next_event_us, end_us)
        wait_s = (due_us - self._now_us()) / 1e6
        wait_s = min(max(wait_s, 0.0), LONGEST_WAIT_S)
        self._port.wait(wait_s, to_write=bool(self._out))

    def _say_the_end(self, now_us: int, stop: threading.Event | None) -> None:
        """Have the device say that it is at its end, and stay until that was heard.

        Devices of other makers have no word for it: they just go.
        """
        line = self._line
        if not (isinstance(line, FaultyLine) and self._connected and play_out(line.device, now_us)):
            return
        end_us = now_us + 1e6 * LINGER_S
        quiet = 0  # twice, because a terminal takes a moment to pass on what was written
        while (now_us := self._now_us()) < end_us and not (stop and stop.is_set()):
            self._turn(now_us, end_us)
            waiting = self._out or line.device.outbox.waiting or not self._port.is_heard_out
            quiet = 0 if waiting else quiet + 1
            if quiet == 2 or not self._connected:
                return

    def _now_us(self) -> int:
        return (time.perf_counter_ns() - self._start_ns) // 1000

    def _look_at_cable(self) -> None:
        """Unplugging closes the port, so that the host sees it at once."""
        if self._line.up == self._port.is_open:
            return
        if self._line.up:
            self._port.open()
            _log.info("plugged in again: %s", self._port.address)
        else:
            self._port.unplug()
            self._connected = False
            self._out = b""
            _log.info("unplugged")

    def _look_at_client(self, now_us: int) -> None:
        here = self._port.is_open and self._port.poll_client()
        if here == self._connected:
            return
        self._connected = here
        self._out = b""
        if not here:
            self._line.disconnect(now_us)
            return
        self._line.unblock(now_us)
        with contextlib.suppress(LinkError):  # unplugged in this very moment
            self._line.connect(now_us)

    def _move_in(self, now_us: int) -> None:
        if self._connected and (data := self._port.read()):
            with contextlib.suppress(LinkLostError):  # the same
                self._line.write(data, now_us)

    def _move_out(self, now_us: int) -> None:
        self._out += self._line.advance(now_us)
        if not self._connected:
            self._out = b""
            return
        # Take away only what the port accepted; what it did not stops the device's transmitter.
        before = bool(self._out)
        self._out = self._out[self._port.write(self._out) :] if before else b""
        if self._out:
            self._line.block(now_us)
        elif before:
            self._line.unblock(now_us)


class TcpPort:
    """A listening socket for one host at a time; listens again when that host has left."""

    def __init__(self, host: str, number: int) -> None:
        self._host = host
        self._number = number
        self._listener: socket.socket | None = None
        self._reserved: socket.socket | None = None
        self._client: socket.socket | None = None
        self._inbox = b""

    @property
    def address(self) -> str:
        """Device address of this port."""
        return f"tcp://{self._host}:{self._number}"

    @property
    def is_open(self) -> bool:
        """Whether hosts can connect."""
        return self._listener is not None

    def open(self) -> None:
        """Listen; a port number of 0 is replaced by the one that the system gave."""
        try:
            listener = self._reserved or self._bound()
            self._reserved = None
            listener.listen(1)
        except OSError as error:
            raise LinkError(
                f"Cannot listen on {self._host}:{self._number}: {error.strerror}. "
                "Choose another port, or 0 for any free one."
            ) from error
        listener.setblocking(False)
        self._number = int(listener.getsockname()[1])
        self._listener = listener

    def unplug(self) -> None:
        """Refuse connections, but keep the number, so that nobody else can take it meanwhile.

        A port that is not even bound could be given to the very host that tries to reach it, which
        would then be connected to itself.
        """
        self.close()
        with contextlib.suppress(OSError):
            self._reserved = self._bound()

    def close(self) -> None:
        """Stop listening and close the connection."""
        # The listener first: a host that is thrown out tries again at once.
        for held in (self._listener, self._reserved):
            if held is not None:
                held.close()
        self._listener = self._reserved = None
        self._drop_client()

    def _bound(self) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # elsewhere the option lets two programs share a port
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self._host, self._number))
        except OSError:
            bound.close()
            raise
        return bound

    def wait(self, timeout_s: float, *, to_write: bool) -> None:
        """Wait for a host, for its bytes, or until it takes bytes again."""
        waiting = self._client or self._listener
        if waiting is None:
            time.sleep(timeout_s)
            return
        writers = [self._client] if to_write and self._client else []
        select.select([waiting], writers, [], timeout_s)

    def poll_client(self) -> bool:
        """Return whether a host is connected; take a waiting one, notice one that left."""
        if self._client is None and self._listener is not None:
            with contextlib.suppress(BlockingIOError):
                client, _ = self._listener.accept()
                client.setblocking(False)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._client = client
        elif self._client is not None:
            self._fetch()
        return self._client is not None

    def read(self) -> bytes:
        """Return what the host sent."""
        self._fetch()
        data, self._inbox = self._inbox, b""
        return data

    def write(self, data: bytes) -> int:
        """Return how many bytes the socket took."""
        if self._client is None:
            return 0
        try:
            return self._client.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self._drop_client()
            return 0

    @property
    def is_heard_out(self) -> bool:
        """Return false: a host that has heard enough closes the connection."""
        return False

    def _fetch(self) -> None:
        if self._client is None:
            return
        try:
            data = self._client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._inbox += data
        else:
            self._drop_client()

    def _drop_client(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self._inbox = b""

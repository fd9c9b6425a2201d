"""Lines of text for programs on this computer: a WebSocket server on the loopback address.

It listens on 127.0.0.1 only. A page of the web in a browser here could reach that, too, so whoever
names an origin must show the token of the session. Nothing that is sent to it is read.

The server runs in a thread of its own. Each reader has a queue with an end: one that does not keep
up loses the oldest lines, and is told how many.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import logging
import os
import secrets
import socket
import threading
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from firingorder.errors import FiringOrderError, UsageError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

HOST = "127.0.0.1"
#: Lines that are held for a reader: several minutes of a session, some megabytes at most.
HELD = 1000
#: Readers at once; more is a mistake in a loop of somebody's program.
MOST_READERS = 16
#: At the end so long is waited for readers to take what is theirs, seconds.
LAST_S = 1.0
#: A reader that answers no ping for so long is gone, seconds.
PING_S = 20.0
#: Nobody has to say anything to this server but the handshake, bytes.
LONGEST_BYTES = 1024

_log = logging.getLogger(__name__)
_quiet = logging.getLogger("firingorder.outlets.websocket.library")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False  # it would print a traceback for whoever knocks in another language


class _Reader:
    """The queue of one reader; it lives in the server's thread."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection
        self.wake = asyncio.Event()
        self.dropped = 0
        self._lines: deque[str] = deque()

    def put(self, text: str) -> None:
        if len(self._lines) >= HELD:
            self._lines.popleft()
            self.dropped += 1
        self._lines.append(text)
        self.wake.set()

    def take(self) -> str | None:
        """Return the next line: how many are missing before the first that is not."""
        if self.dropped:
            count, self.dropped = self.dropped, 0
            return json.dumps({"event": "dropped", "lines": count})
        return self._lines.popleft() if self._lines else None


class WebSocketOutlet:
    """The server. Nothing listens before :meth:`open`.

    Parameters
    ----------
    port
        On the loopback address; 0 takes any that is free.

    Attributes
    ----------
    token
        What a page of the web has to show in the URL; new for each server.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.token = secrets.token_urlsafe(16)
        self._inbox: deque[tuple[str, Hashable, Any]] = deque(maxlen=HELD)
        self._first: Mapping[str, Any] = {}
        self._present: dict[Hashable, str] = {}
        self._readers: set[_Reader] = set()
        self._work = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closing = False

    @property
    def url(self) -> str:
        """Where to connect to; with the token, for pages of the web."""
        return f"ws://{HOST}:{self.port}/?token={self.token}"

    def open(self) -> None:
        """Listen.

        Raises
        ------
        UsageError
            Another program listens there, or the system does not permit it.
        FiringOrderError
            The package websockets is missing.
        """
        serve = _library()
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # elsewhere this would let two programs share a port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((HOST, self.port))
            listening.listen()
        except OSError as error:
            listening.close()
            raise UsageError(
                f"--websocket {self.port}: the port cannot be used ({error.strerror}). Name "
                "another one, or 0 for any that is free."
            ) from error
        self.port = listening.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._main,
            args=(serve, listening, ready),
            name="websocket",
            daemon=True,
        )
        self._thread.start()
        ready.wait()
        atexit.register(self.join)

    def introduce(self, first: Mapping[str, Any]) -> None:
        """Give the message that everybody gets first, now and whoever comes later.

        Behind it in ``present`` stands how many lines follow that were sent before.
        """
        self._hand_in(("first", None, dict(first)))

    def line(self, text: str, newest_of: Hashable = None) -> None:
        """Send a line; it delays nobody.

        ``newest_of`` says what it tells the present state of: who comes later gets the newest line
        of each.
        """
        self._hand_in(("line", newest_of, text))

    def close(self) -> None:
        """Send what is due and end; comes back at once. Closing twice is legal."""
        self._closing = True
        self._wake_up()

    def join(self) -> None:
        """Close, and wait until the last reader has gone, or had its time."""
        self.close()
        if self._thread is not None:
            self._thread.join(4 * LAST_S)
        atexit.unregister(self.join)

    def _hand_in(self, what: tuple[str, Hashable, Any]) -> None:
        if not self._closing:
            self._inbox.append(what)
            self._wake_up()

    def _wake_up(self) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._work.set)

    def _main(self, serve: Any, listening: socket.socket, ready: threading.Event) -> None:
        try:
            asyncio.run(self._run(serve, listening, ready))
        except Exception:  # noqa: BLE001 - a dead thread must not hold up whoever waits for it
            self._closing = True
            _log.exception("the WebSocket server has ended")
        finally:
            ready.set()
            listening.close()

    async def _run(self, serve: Any, listening: socket.socket, ready: threading.Event) -> None:
        self._hand_out()
        self._loop = asyncio.get_running_loop()
        async with serve(
            self._serve_reader,
            sock=listening,
            process_request=self._refusal,
            compression=None,
            max_size=LONGEST_BYTES,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=LAST_S,
            server_header=None,
            logger=_quiet,
        ):
            ready.set()
            while not self._closing:
                await self._work.wait()
                self._work.clear()
                self._hand_out()
            self._hand_out()
            for reader in self._readers:
                reader.wake.set()
            end_s = self._loop.time() + LAST_S
            while self._readers and (left_s := end_s - self._loop.time()) > 0:
                self._work.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._work.wait(), left_s)
            for reader in self._readers:
                reader.connection.transport.abort()  # a handshake would wait for it once more
        self._loop = None

    def _hand_out(self) -> None:
        while self._inbox:
            kind, key, what = self._inbox.popleft()
            if kind == "first":
                self._first = what
                text = self._first_text(0)
            else:
                text = what
                if key is not None:
                    self._present.pop(key, None)
                    self._present[key] = text
            for reader in self._readers:
                reader.put(text)

    def _first_text(self, present: int) -> str:
        return json.dumps({**self._first, "present": present})

    def _refusal(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse pages of the web that do not show the token, and other names for this computer."""
        shown = parse_qs(urlsplit(request.path).query).get("token", [""])[-1]
        has_token = secrets.compare_digest(shown.encode(), self.token.encode())
        if request.headers.get_all("Origin") and not has_token:
            return connection.respond(
                HTTPStatus.FORBIDDEN, "A page must show the token that firingorder printed.\n"
            )
        hosts = [name.rpartition(":")[0] for name in request.headers.get_all("Host")]
        if hosts not in ([HOST], ["localhost"]):
            return connection.respond(HTTPStatus.FORBIDDEN, f"This is {HOST} only.\n")
        if len(self._readers) >= MOST_READERS:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Too many readers.\n")
        return None

    async def _serve_reader(self, connection: ServerConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        reader = _Reader(connection)
        reader.put(self._first_text(len(self._present)))
        for text in self._present.values():
            reader.put(text)
        self._readers.add(reader)
        gone = asyncio.ensure_future(connection.wait_closed())
        gone.add_done_callback(lambda _: reader.wake.set())
        try:
            while not gone.done():
                text = reader.take()
                if text is not None:
                    await connection.send(text)
                elif self._closing and not self._inbox:
                    break
                else:
                    reader.wake.clear()
                    await reader.wake.wait()
        except ConnectionClosed:
            pass
        finally:
            self._readers.discard(reader)
            self._work.set()
            gone.cancel()


def _library() -> Any:
    try:
        from websockets.asyncio.server import serve
    except ImportError as error:
        raise FiringOrderError(
            "--websocket needs the package websockets: pip install websockets."
        ) from error
    return serve

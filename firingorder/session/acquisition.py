"""Acquisition: link, host state machine, engine and recorder, in one asyncio loop.

The loop owns every decision about time: reads are stamped by the link, everything else happens at
``link.now_ns()``. Each input goes to the recorder and to the engine in the same order, which is
what makes a replay equal to what was live.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from firingorder.errors import FiringOrderError, LinkError, LinkLostError
from firingorder.findings import Event
from firingorder.firmware_bridge.host import (
    Action,
    CloseLink,
    GaveUp,
    HostConfig,
    HostMachine,
    HostState,
    OpenLink,
    Refused,
    Send,
    StateChange,
)
from firingorder.firmware_bridge.receiver import HelloItem
from firingorder.session.device import device_message
from firingorder.session.engine import Engine, SessionSetup
from firingorder.session.inputs import (
    Control,
    Input,
    LinkNote,
    LinkState,
    Mark,
    Rx,
    Tx,
    to_entry,
)

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.signal.pipeline import ControlKind

#: A read waits at most this long, so that a key press or Ctrl-C is answered at once.
MAX_WAIT_S = 0.05
#: How often a source that runs ahead of the disk looks again.
HOLD_BACK_S = 0.01
#: Inputs before the first HELLO are kept until there is a recording: a boot HELLO and a few
#: answers. Garbage from a wrong device must not fill the memory.
MAX_HELD_BYTES = 1_000_000


class RecorderLike(Protocol):
    """What acquisition needs of a recorder."""

    def put(self, topic: str, data: bytes, t_ns: int) -> bool:
        """Take a message without blocking."""
        ...


OpenRecorder = Callable[[Engine, int], "RecorderLike | None"]
OnEvents = Callable[[list[Event], int], None]


class Acquisition:
    """One session from the first connection to the last byte.

    Parameters
    ----------
    link
        Where bytes come from.
    setup
        Task, montage, settings.
    host
        Timeouts of the state machine.
    duration_s
        Device time after which the session ends by itself; None for ever.
    open_recorder
        Called with the engine and the host time once the device is known, before START is sent;
        returns the recorder, or None to keep nothing.
    on_events
        Called with the events of one input and the arrival time of its bytes.
    on_turn
        Called after every turn of the loop, for the screen.
    hold_back
        Asked before a read: while it is true, nothing is read. Only for a source that runs as
        fast as the machine can; a device is never kept waiting.
    """

    def __init__(
        self,
        link: Link,
        setup: SessionSetup,
        *,
        host: HostConfig,
        duration_s: float | None = None,
        open_recorder: OpenRecorder = lambda _engine, _t_ns: None,
        on_events: OnEvents = lambda _events, _t_ns: None,
        on_turn: Callable[[], None] = lambda: None,
        hold_back: Callable[[], bool] = lambda: False,
    ) -> None:
        self.link = link
        self.engine = Engine(replace(setup, framing=link.framing))
        self.machine = HostMachine(replace(host, framing=link.framing))
        self.error: FiringOrderError | None = None
        self.message = ""
        self._duration_s = duration_s
        self._open_recorder = open_recorder
        self._on_events = on_events
        self._on_turn = on_turn
        self._hold_back = hold_back
        self._recorder: RecorderLike | None = None
        self._held: list[tuple[str, bytes, int]] = []
        self._held_bytes = 0
        self._recorder_asked = False
        self._device_told: dict[str, Any] = {}
        self._open = False
        self._open_at_ns: int | None = None
        self._done = False
        self._stop_asked = False
        self._requests: deque[Callable[[int], Input]] = deque()

    def stop(self) -> None:
        """Ask for the end of the session. May be called from any thread."""
        self._stop_asked = True

    def control(self, kind: ControlKind, name: str = "", value: float | None = None) -> None:
        """Steer the session. May be called from any thread.

        Raises
        ------
        ValueError
            The setting cannot change while a session runs, or not to this value.
        """
        asked = Control(kind, 0, name, value)
        self._requests.append(lambda t_ns: replace(asked, t_ns=t_ns))

    def mark(self, text: str) -> None:
        """Mark this instant. May be called from any thread."""
        self._requests.append(lambda t_ns: Mark(text, t_ns))

    async def run(self) -> None:
        """Run until the end is asked for, the duration is over, or the device is given up.

        Raises
        ------
        FiringOrderError
            The device was refused or did not come back. Everything received was recorded.
        """
        try:
            await self._perform(self.machine.start(self.link.now_ns()))
            while not self._done:
                await self._turn()
                self._on_turn()
        finally:
            await self._shut()
            self._emit(self.engine.finish(), self.link.now_ns())
            self._keep_digests()
            self._on_turn()
        if self.error is not None:
            raise self.error

    async def _turn(self) -> None:
        now_ns = self.link.now_ns()
        while self._requests:
            self._take(self._requests.popleft()(now_ns))
        if self._stop_asked or self._is_over(now_ns):
            self._stop_asked = False
            self._duration_s = None
            await self._perform(self.machine.stop(now_ns))
        if not self._open and self._open_at_ns is not None and now_ns >= self._open_at_ns:
            await self._try_open()
        elif self._open:
            await self._read()
        else:
            await self.link.sleep(self._wait_s(now_ns))
        await self._perform(self.machine.tick(self.link.now_ns()))

    async def _try_open(self) -> None:
        """Open the link; a host that does not answer must not delay a stop or the window."""
        self._open_at_ns = None
        opening = asyncio.ensure_future(self.link.open())
        while not opening.done():
            await asyncio.wait({opening}, timeout=MAX_WAIT_S)
            if self._stop_asked:
                opening.cancel()
            self._on_turn()
        if opening.cancelled():
            await self.link.close()
            return
        try:
            opening.result()
        except LinkError as error:
            self.message = str(error)
            await self._perform(self.machine.open_failed(self.link.now_ns(), error))
            return
        self._open = True
        now_ns = self.link.now_ns()
        self._take(LinkNote(0, "opened", now_ns))
        await self._perform(self.machine.opened(now_ns))

    async def _read(self) -> None:
        if self._hold_back():
            await asyncio.sleep(HOLD_BACK_S)
            return
        try:
            read = await self.link.read(self._wait_s(self.link.now_ns()))
        except LinkLostError as error:
            await self._link_lost(str(error))
            return
        if read is None:
            return
        self._take(Rx(0, read.data, read.t_ns))
        if self._done:
            return
        items = self.engine.items
        if any(isinstance(item, HelloItem) for item in items):
            self._describe_device()
        await self._perform(self.machine.items(items, read.t_ns))

    async def _link_lost(self, reason: str) -> None:
        self.message = reason
        await self._close()
        await self._perform(self.machine.link_lost(self.link.now_ns()))

    async def _perform(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Send(data):
                    await self._send(data)
                case OpenLink(not_before_ns):
                    self._open_at_ns = not_before_ns
                case CloseLink():
                    await self._close()
                case StateChange():
                    self._state_changed(action)
                case Refused(error) | GaveUp(error):
                    self._fail(error)

    async def _send(self, data: bytes) -> None:
        if not self._open:
            return
        self._take(Tx(0, data, self.link.now_ns()))
        try:
            await self.link.write(data)
        except LinkLostError as error:
            await self._link_lost(str(error))

    def _state_changed(self, change: StateChange) -> None:
        state = _note(change)
        if state is not None:
            self._take(LinkNote(0, state, self.link.now_ns(), self.message))
        if change.state is HostState.CLOSED:
            self._done = True
        if change.connection in ("streaming", "recovered"):
            self.message = ""

    async def _close(self) -> None:
        if self._open:
            self._open = False
            await self.link.close()

    async def _shut(self) -> None:
        await self._close()
        self._open_at_ns = None

    def _take(self, item: Input) -> None:
        """Give one input to the recorder and to the engine, in this order."""
        self._record(*to_entry(item, self.engine.reads))
        try:
            events = self.engine.feed(item)
        except FiringOrderError as error:
            self._end_refused(error, item.t_ns)
            return
        self._emit(events, item.t_ns)
        self._keep_digests()
        if self.engine.refused is not None and self.error is None:
            self._end_refused(self.engine.refused, item.t_ns)

    def _fail(self, error: FiringOrderError) -> None:
        self.error = error
        self.message = str(error)
        self._done = True

    def _end_refused(self, error: FiringOrderError, t_ns: int) -> None:
        """End the session because of what the device is, and say so in the recording."""
        self._fail(error)
        self._take(LinkNote(0, "refused", t_ns, self.message))

    def _emit(self, events: list[Event], t_ns: int) -> None:
        if events:
            self._on_events(events, t_ns)

    def _keep_digests(self) -> None:
        for digest in self.engine.take_digests():
            body = json.dumps(digest.to_dict(), sort_keys=True).encode()
            self._record("digest", body, self.link.now_ns())

    def _record(self, topic: str, data: bytes, t_ns: int) -> None:
        if self._recorder is not None:
            self._recorder.put(topic, data, t_ns)
        elif not self._recorder_asked:
            self._held.append((topic, data, t_ns))
            self._held_bytes += len(data)
            while self._held_bytes > MAX_HELD_BYTES:
                self._held_bytes -= len(self._held.pop(0)[1])

    def _describe_device(self) -> None:
        """Begin the recording with the first HELLO; keep every later one that says other things."""
        told, self._device_told = self._device_told, device_message(self.engine)
        if not self._recorder_asked:
            self._begin_recording()
        elif told != self._device_told:
            body = json.dumps(self._device_told, sort_keys=True).encode()
            self._record("device", body, self.link.now_ns())

    def _begin_recording(self) -> None:
        self._recorder_asked = True
        held, self._held = self._held, []
        self._recorder = self._open_recorder(self.engine, self.link.now_ns())
        if self._recorder is not None:
            for topic, data, t_ns in held:
                self._recorder.put(topic, data, t_ns)

    def elapsed_s(self, now_ns: int) -> float:
        """Return device time since the first sample; while the link is away, by the clock model."""
        elapsed_s = self.engine.duration_s
        if self.machine.state not in (HostState.STREAMING, HostState.WAITING):
            elapsed_s = max(elapsed_s, self.engine.receiver.now_s(now_ns) or 0.0)
        return elapsed_s

    def _is_over(self, now_ns: int) -> bool:
        return self._duration_s is not None and self.elapsed_s(now_ns) >= self._duration_s

    def _wait_s(self, now_ns: int) -> float:
        wait_s = MAX_WAIT_S
        for due_ns in (self.machine.next_deadline_ns, self._open_at_ns):
            if due_ns is not None:
                wait_s = min(wait_s, max(0.0, (due_ns - now_ns) / 1e9))
        return wait_s


def _note(change: StateChange) -> LinkState | None:
    """Return the recorded state of a change; None for steps that only the machine needs."""
    return "refused" if change.state is HostState.REFUSED else change.connection

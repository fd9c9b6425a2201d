"""One link of a session: opened, read and written as its host machine decides."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from firingorder.errors import FiringOrderError, LinkError, LinkLostError
from firingorder.firmware_bridge.actions import (
    Action,
    CloseLink,
    GaveUp,
    HostState,
    OpenLink,
    RanOut,
    ReadInfo,
    Refused,
    Send,
    StateChange,
    Tell,
)
from firingorder.firmware_bridge.links.base import (
    ChoosingLink,
    EndingLink,
    InfoLink,
    ManyWayLink,
    NoticingLink,
)
from firingorder.session.inputs import LinkNote, LinkState, Rx, Tx

if TYPE_CHECKING:
    from firingorder.firmware_bridge.items import Item
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.firmware_bridge.source import SourceHost
    from firingorder.session.inputs import Input

#: A read waits at most this long, so that a key press or Ctrl-C is answered at once.
MAX_WAIT_S = 0.05
#: Of a link that takes no bytes any more, what arrives within this is still heard.
HEAR_S = 0.05


@dataclass(frozen=True, slots=True)
class _Mute:
    """Why, and since when, an open link takes no bytes any more."""

    why: str
    since_ns: int


class Desk(Protocol):
    """What a runner tells the session. All calls come from one event loop."""

    def take(self, item: Input) -> tuple[Item, ...]:
        """Record and process an input; return what the decoder made of it."""
        ...

    @property
    def stopping(self) -> bool:
        """Whether the session was asked to end: an attempt to open is abandoned."""
        ...

    def notice(self, text: str) -> None:
        """Tell a person, once, that something is not as it should be."""
        ...

    def turned(self) -> None:
        """Note that time has passed while the link was being opened."""
        ...


class LinkRunner:
    """Carries out what a host machine asks for on one link.

    Attributes
    ----------
    done
        The link is closed for good; ``error`` says why if that was not asked for.
    message
        The newest trouble in words.
    """

    def __init__(self, number: int, link: Link, machine: SourceHost, desk: Desk) -> None:
        self.number = number
        self.link = link
        self.machine = machine
        self.error: FiringOrderError | None = None
        self.message = ""
        self.done = False
        self._desk = desk
        self._open = False
        self._open_at_ns: int | None = None
        self._mute: _Mute | None = None
        self._stop_told = False

    async def start(self) -> None:
        """Begin to connect."""
        await self.perform(self.machine.start(self.link.now_ns()))

    async def stop(self) -> None:
        """Have the device stop; :attr:`done` follows."""
        self._stop_told = True
        await self.perform(self.machine.stop(self.link.now_ns()))

    async def run(self) -> None:
        """Run until done. For a link beside the one whose turns the session counts."""
        await self.start()
        while not self.done:
            await self.turn()

    async def turn(self) -> None:
        """Open, read or wait once, then do what is due."""
        now_ns = self.link.now_ns()
        if not self._open and self._open_at_ns is not None and now_ns >= self._open_at_ns:
            await self._try_open()
        elif self._open:
            await self._read()
        else:
            await self.link.sleep(self._wait_s(now_ns))
        # The end of a session comes before giving a device up; once told, stopping takes its time.
        if self._stop_told or not self._desk.stopping:
            await self.perform(self.machine.tick(self.link.now_ns()))

    async def perform(self, actions: list[Action]) -> None:
        """Carry out actions in their order."""
        for action in actions:
            match action:
                case Send(data):
                    await self._send(data)
                case ReadInfo():
                    await self._read_info()
                case OpenLink(not_before_ns, way):
                    self._open_at_ns = not_before_ns
                    if isinstance(self.link, ManyWayLink):
                        self.link.choose(way)
                case CloseLink():
                    await self.close()
                case StateChange():
                    self._state_changed(action)
                case Tell(text):
                    self._desk.take(LinkNote(self.number, "narrow", self.link.now_ns(), text))
                    self._desk.notice(text)
                case RanOut(text):
                    self.message = text  # the recording says so with the state that follows
                    self._desk.notice(text)
                case Refused(error) | GaveUp(error):
                    self.fail(error)

    async def close(self) -> None:
        """Close the link; closing twice is legal."""
        if self._open:
            self._open = False
            self._mute = None
            await self.link.close()

    async def end(self) -> None:
        """Close the link for good; a device that it brought along ends with it."""
        self._open = False
        await self.link.close()  # closing twice is legal, and an abandoned opening may leave things
        if isinstance(self.link, EndingLink):
            await self.link.stop()

    def fail(self, error: FiringOrderError) -> None:
        """End because of an error."""
        self.error = error
        self.message = str(error)
        self.done = True

    async def _try_open(self) -> None:
        """Open the link; a host that does not answer must not delay a stop or the window."""
        self._open_at_ns = None
        opening = asyncio.ensure_future(self.link.open())
        try:
            while not opening.done():
                await asyncio.wait({opening}, timeout=MAX_WAIT_S)
                if self._desk.stopping:
                    opening.cancel()
                self._desk.turned()
        except asyncio.CancelledError:
            # The session ends: what is being opened must not open behind it.
            opening.cancel()
            await asyncio.wait({opening})
            raise
        if opening.cancelled():
            await self.link.close()
            return
        try:
            opening.result()
        except LinkError as error:
            self.message = str(error)
            await self.perform(self.machine.open_failed(self.link.now_ns(), error))
            return
        self._open = True
        now_ns = self.link.now_ns()
        about = self.link.about if isinstance(self.link, InfoLink) else ""
        framing = self.link.framing
        self._desk.take(LinkNote(self.number, "opened", now_ns, about, framing))
        if isinstance(self.link, NoticingLink):
            for notice in self.link.notices:
                self._desk.notice(notice)
        await self.perform(self.machine.opened(now_ns, framing))

    async def _read(self) -> None:
        mute = self._mute
        try:
            read = await self.link.read(self._wait_s(self.link.now_ns()) if not mute else HEAR_S)
        except LinkLostError as error:
            await self._link_lost(mute.why if mute else str(error))
            return
        if read is not None:
            items = self._desk.take(Rx(self.number, read.data, read.t_ns))
            if not self.done:
                await self.perform(self.machine.items(items, read.t_ns))
        if mute and self._open and (read is None or read.t_ns - mute.since_ns > HEAR_S * 1e9):
            await self._link_lost(mute.why)

    async def _read_info(self) -> None:
        if not self._open or not isinstance(self.link, InfoLink):
            return
        try:
            await self.link.read_info()
        except LinkLostError as error:
            await self._link_lost(str(error))

    async def _link_lost(self, reason: str) -> None:
        self.message = reason
        await self.close()
        await self.perform(self.machine.link_lost(self.link.now_ns()))

    async def _send(self, data: bytes) -> None:
        if not self._open or self._mute is not None:
            return
        self._desk.take(Tx(self.number, data, self.link.now_ns()))
        try:
            await self.link.write(data)
        except LinkLostError as error:
            # What arrived before is heard first: the device may have said why it goes.
            self._mute = _Mute(str(error), self.link.now_ns())

    def _state_changed(self, change: StateChange) -> None:
        state = _note(change)
        if state is not None:
            self._desk.take(LinkNote(self.number, state, self.link.now_ns(), self.message))
        if change.state is HostState.CLOSED:
            self.done = True
        if change.connection in ("streaming", "recovered"):
            self.message = ""
            if isinstance(self.link, ChoosingLink):
                self.link.keep()

    def _wait_s(self, now_ns: int) -> float:
        wait_s = MAX_WAIT_S
        for due_ns in (self.machine.next_deadline_ns, self._open_at_ns):
            if due_ns is not None:
                wait_s = min(wait_s, max(0.0, (due_ns - now_ns) / 1e9))
        return wait_s


def _note(change: StateChange) -> LinkState | None:
    """Return the recorded state of a change; None for steps that only the machine needs."""
    return "refused" if change.state is HostState.REFUSED else change.connection

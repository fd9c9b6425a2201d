"""A look at another maker's device, by the conversation that a session has with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.adapters import make_host, make_receiver
from firingorder.firmware_bridge.conformance.others import OtherCheck
from firingorder.session.checking import CABLE_S, RADIO_S
from firingorder.session.inputs import LinkNote, Rx, Tx
from firingorder.session.runner import LinkRunner

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from firingorder.firmware_bridge.conformance.ledger import ClauseResult
    from firingorder.firmware_bridge.items import Item
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.firmware_bridge.source import SourceSpec
    from firingorder.session.inputs import Input

#: A device that does not come or does not come back within this fails the check.
_GIVE_UP_S = 15.0


class _Desk:
    """Takes what a runner tells and gives it to the decoder and to the check."""

    def __init__(self, spec: SourceSpec, tell: Callable[[str], None]) -> None:
        self.receiver = make_receiver(spec)
        self.check = OtherCheck()
        self.stop_asked = False
        self._tell = tell

    @property
    def stopping(self) -> bool:
        return self.stop_asked

    def take(self, item: Input) -> tuple[Item, ...]:
        match item:
            case Rx(_, data, t_ns):
                items = tuple(self.receiver.feed(data, t_ns))
                self.check.take(items, t_ns)
                return items
            case Tx(_, data, t_ns):
                self.receiver.sent(data, t_ns)
            case LinkNote(_, "opened", t_ns):
                self.receiver.opened(t_ns)
            case LinkNote(_, "lost", t_ns):
                self.receiver.lost(t_ns)
            case _:
                pass
        return ()

    def notice(self, text: str) -> None:
        self._tell(text)

    def turned(self) -> None:
        pass


async def look_at_other(
    link: Link,
    spec: SourceSpec,
    *,
    duration_s: float | None,
    tell: Callable[[str], None],
    on_turn: Callable[[float, float], None],
    stop: asyncio.Event,
) -> tuple[OtherCheck, tuple[ClauseResult, ...], str | None]:
    """Stream for a while and judge what came.

    Parameters
    ----------
    link, spec
        The device, and how its bytes are read.
    duration_s
        Seconds of samples; None is by the link.
    tell
        Called with what a person should know of the link.
    on_turn
        Called now and then with the seconds done and the seconds wanted.
    stop
        Ends it early.

    Raises
    ------
    FiringOrderError
        The device cannot be reached, is another one, or does not answer.
    """
    desk = _Desk(spec, tell)
    wanted_s = duration_s or (CABLE_S if link.framing == "cobs" else RADIO_S)
    config = HostConfig(
        name=link.description, framing=link.framing, give_up_s=_GIVE_UP_S, absent_s=_GIVE_UP_S
    )
    runner = LinkRunner(0, link, make_host(spec, config), desk)
    ended: str | None = None
    try:
        await runner.start()
        while not runner.done and desk.check.streamed_s < wanted_s:
            if stop.is_set():
                ended = "It was stopped."
                break
            await runner.turn()
            on_turn(desk.check.streamed_s, wanted_s)
        desk.stop_asked = True
        if not runner.done:
            await runner.stop()
        while not runner.done:
            await runner.turn()
    finally:
        await runner.end()
    if runner.error is not None and not desk.check.streamed_s:
        raise runner.error
    if runner.error is not None:
        ended = str(runner.error)
    return desk.check, desk.check.finish(desk.receiver.stats), ended

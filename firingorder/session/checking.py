"""A check of a device over a real link: reads in, writes out, and nothing left streaming."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError, LinkError, LinkLostError
from firingorder.firmware_bridge.conformance.check import Listen, ReadInfo, Reopen, Write
from firingorder.firmware_bridge.links.base import InfoLink

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from firingorder.firmware_bridge.conformance.check import DeviceCheck
    from firingorder.firmware_bridge.conformance.ledger import ClauseResult
    from firingorder.firmware_bridge.links.base import Link

#: A device whose port vanishes in a reset is back within this; USB takes a second or two.
_BACK_S = 15.0
_RETRY_S = 0.5
#: A listening is cut into pieces, so that a stop and the progress come through.
_PIECE_S = 0.25
#: What is under way when all is over is taken for this long.
_FAREWELL_S = 0.3


async def run_check(
    link: Link,
    make: Callable[[Link], DeviceCheck],
    *,
    on_turn: Callable[[DeviceCheck], None] | None = None,
    stop: asyncio.Event | None = None,
) -> tuple[DeviceCheck, tuple[ClauseResult, ...]]:
    """Check the device behind a link, which is opened and closed here.

    Parameters
    ----------
    link
        A link that speaks frame v1.
    make
        Makes the check once the link is open: only then is its MTU known.
    on_turn
        Called now and then, for the progress.
    stop
        Ends the check early; what was seen until then is judged.

    Raises
    ------
    LinkError
        The link cannot be opened.
    LinkLostError
        It was lost, not by a reset that was asked for.
    """
    await link.open()
    try:
        check = make(link)
        check.opened(link.now_ns())
        try:
            await _drive(link, check, on_turn, stop)
        finally:
            await _leave(link, check)
        return check, check.finish(link.now_ns())
    finally:
        await link.close()


async def _drive(
    link: Link,
    check: DeviceCheck,
    on_turn: Callable[[DeviceCheck], None] | None,
    stop: asyncio.Event | None,
) -> None:
    while (action := check.act(link.now_ns())) is not None:
        if stop is not None and stop.is_set():
            return
        try:
            match action:
                case Write(data):
                    await link.write(data)
                    check.wrote(link.now_ns())
                case Listen(until_ns):
                    left_s = (until_ns - link.now_ns()) * 1e-9
                    read = await link.read(max(0.0, min(left_s, _PIECE_S)))
                    if read is not None:
                        check.read(read.data, read.t_ns)
                case ReadInfo():
                    check.asked_info()
                    if isinstance(link, InfoLink):
                        await link.read_info()
                case Reopen():
                    await link.close()
                    await _open_again(link)
                    check.opened(link.now_ns())
        except LinkLostError:
            if not check.lost(link.now_ns()):
                raise
            await link.close()
            await _open_again(link)
            check.opened(link.now_ns())
        if on_turn is not None:
            on_turn(check)


async def _open_again(link: Link) -> None:
    """Open a link whose device may still be on its way back."""
    give_up_ns = link.now_ns() + round(1e9 * _BACK_S)
    while True:
        try:
            await link.open()
        except LinkError:
            if link.now_ns() > give_up_ns:
                raise
            await link.sleep(_RETRY_S)
        else:
            return


async def _leave(link: Link, check: DeviceCheck) -> None:
    """Stop the streams; a link that is gone needs none of it."""
    with contextlib.suppress(FiringOrderError):
        await link.write(check.farewell())
        until_ns = link.now_ns() + round(1e9 * _FAREWELL_S)
        while (left_ns := until_ns - link.now_ns()) > 0:
            await link.read(left_ns * 1e-9)

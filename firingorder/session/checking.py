"""A check of a device over a link: reads in, writes out, and nothing left streaming."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from firingorder.errors import FiringOrderError, LinkError, LinkLostError
from firingorder.firmware_bridge.conformance.check import (
    DeviceCheck,
    Listen,
    ReadInfo,
    Reopen,
    Write,
)
from firingorder.firmware_bridge.links.base import EndingLink, InfoLink
from firingorder.session.inputs import Rx, Tx

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.firmware_bridge.conformance.ledger import ClauseResult
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.firmware_bridge.links.ble_scan import BleDevice

#: A device whose port vanishes in a reset is back within this; USB takes a second or two.
_BACK_S = 15.0
_RETRY_S = 0.5
#: A listening is cut into pieces, so that a stop and the progress come through.
_PIECE_S = 0.25
#: What is under way when all is over is taken for this long.
_FAREWELL_S = 0.3


#: Of what came, this much is kept to measure how long it takes to process: ten minutes of eight
#: channels at 1 kHz.
_KEPT_BYTES = 16_000_000
#: How long the stream is measured where nobody says: a drift shows after ten seconds on a cable;
#: on a radio the arrivals scatter by milliseconds, so it takes a minute.
CABLE_S = 15.0
RADIO_S = 60.0


@runtime_checkable
class RadioLink(Protocol):
    """A link that knows its MTU and by which name it found the device."""

    @property
    def mtu_bytes(self) -> int:
        """ATT_MTU."""
        ...

    @property
    def device(self) -> BleDevice | None:
        """What advertised."""
        ...


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What is to be checked; see :class:`DeviceCheck`. ``duration_s`` None is by the link."""

    duration_s: float | None = None
    slow: bool = False
    only: tuple[str, ...] = ()


@dataclass(slots=True)
class Checked:
    """A check that is over.

    Attributes
    ----------
    ended
        Why it ended before its time; None when it did not.
    traffic
        What came and went, for as long as the stream was measured.
    """

    check: DeviceCheck
    results: tuple[ClauseResult, ...] = ()
    ended: str | None = None
    about: str = ""
    traffic: list[Rx | Tx] = field(default_factory=list[Rx | Tx])
    kept_bytes: int = 0

    def keep(self, item: Rx | Tx) -> None:
        """Keep what passed."""
        self.kept_bytes += len(item.data)
        if self.kept_bytes <= _KEPT_BYTES:
            self.traffic.append(item)


async def run_check(
    link: Link,
    plan: CheckPlan,
    *,
    on_turn: Callable[[DeviceCheck], None] | None = None,
    stop: asyncio.Event | None = None,
) -> Checked:
    """Check the device behind a link, which is opened and closed here.

    Parameters
    ----------
    link
        A link that speaks frame v1.
    plan
        What is to be checked.
    on_turn
        Called now and then, for the progress.
    stop
        Ends the check early; what was seen until then is judged.

    Raises
    ------
    LinkError
        The link cannot be opened.
    """
    await _open(link, stop)
    try:
        check = make_check(link, plan)
        checked = Checked(check, about=link.about if isinstance(link, InfoLink) else "")
        check.opened(link.now_ns())
        try:
            await _drive(link, checked, on_turn, stop)
        except (LinkError, LinkLostError) as error:
            checked.ended = str(error)
        finally:
            await _leave(link, check)
        checked.ended = checked.ended or check.silent
        checked.results = check.finish(link.now_ns())
        return checked
    finally:
        await link.close()
        if isinstance(link, EndingLink):
            await link.stop()


def make_check(link: Link, plan: CheckPlan) -> DeviceCheck:
    """Return the check of a link that is open: only then is its MTU known."""
    radio = link if isinstance(link, RadioLink) else None
    usual_s = CABLE_S if link.framing == "cobs" else RADIO_S
    return DeviceCheck(
        link.framing,
        mtu=0 if radio is None else radio.mtu_bytes,
        name="" if radio is None or radio.device is None else radio.device.name,
        duration_s=usual_s if plan.duration_s is None else plan.duration_s,
        slow=plan.slow,
        only=plan.only,
    )


async def _drive(
    link: Link,
    checked: Checked,
    on_turn: Callable[[DeviceCheck], None] | None,
    stop: asyncio.Event | None,
) -> None:
    check = checked.check
    while (action := check.act(link.now_ns())) is not None:
        if stop is not None and stop.is_set():
            checked.ended = "It was stopped."
            return
        try:
            match action:
                case Write(data):
                    checked.keep(Tx(0, data, link.now_ns()))
                    await link.write(data)
                    check.wrote(link.now_ns())
                case Listen(until_ns):
                    left_s = (until_ns - link.now_ns()) * 1e-9
                    read = await link.read(max(0.0, min(left_s, _PIECE_S)))
                    if read is not None:
                        checked.keep(Rx(0, read.data, read.t_ns))
                        check.read(read.data, read.t_ns)
                case ReadInfo():
                    check.asked_info()
                    if isinstance(link, InfoLink):
                        await link.read_info()
                case Reopen():
                    await link.close()
                    await _open_again(link, stop)
                    check.opened(link.now_ns())
        except LinkLostError:
            if not check.lost(link.now_ns()):
                raise
            await link.close()
            await _open_again(link, stop)
            check.opened(link.now_ns())
        if on_turn is not None:
            on_turn(check)


async def _open(link: Link, stop: asyncio.Event | None) -> None:
    """Open a link; a scan for seconds must not outlive a Ctrl-C."""
    if stop is None:
        await link.open()
        return
    opening = asyncio.ensure_future(link.open())
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait({opening, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not opening.done():
        opening.cancel()
        await asyncio.wait({opening})
    if opening.cancelled():
        await link.close()
        raise LinkError(f"Stopped before the link was open: {link.description}.")
    opening.result()


async def _open_again(link: Link, stop: asyncio.Event | None) -> None:
    """Open a link whose device may still be on its way back."""
    give_up_ns = link.now_ns() + round(1e9 * _BACK_S)
    while True:
        try:
            await _open(link, stop)
        except LinkError:
            if link.now_ns() > give_up_ns or (stop is not None and stop.is_set()):
                raise
            await link.sleep(_RETRY_S)
        else:
            return


async def _leave(link: Link, check: DeviceCheck) -> None:
    """Stop the streams; a link that is gone needs none of it."""
    with contextlib.suppress(FiringOrderError):
        for data in check.farewell(link.now_ns()):
            await link.write(data)
        until_ns = link.now_ns() + round(1e9 * _FAREWELL_S)
        while (left_ns := until_ns - link.now_ns()) > 0:
            await link.read(left_ns * 1e-9)

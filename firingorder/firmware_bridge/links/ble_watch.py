"""Notices that a device has lost us although the stack says that it is connected.

A device that serves one central at a time advertises only while nobody is connected to it. So when
data stop, the radio listens: an advertisement of the device itself ends the connection at once,
long before a supervision timeout of up to 32 s (Bluetooth Core, Vol 6 Part B, 4.5.2) does.
``is_connected`` is asked nowhere.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from firingorder.errors import LinkError

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.ble_calls import Calls
    from firingorder.firmware_bridge.links.ble_connection import BleConnection
    from firingorder.firmware_bridge.links.ble_search import Search

#: Longer than the holes of a live link (notifications come at intervals of tens of ms, and a host
#: that is shown as waiting after 0.5 s, wire_protocol.md section 11), and short against the 3 s
#: within which a device that is back must stream.
QUIET_S = 0.75

_LOG = logging.getLogger(__name__)


async def watch(connection: BleConnection, search: Search, calls: Calls) -> None:
    """Look at a connection until it ends; end it when its device advertises.

    A device that never sent anything is not looked for: it may wait for a command.
    """
    while not connection.ended.done():
        before = connection.inbox.arrived
        await asyncio.wait({connection.ended}, timeout=QUIET_S)
        if not before or connection.inbox.arrived != before or connection.ended.done():
            continue
        try:
            if await _advertises(connection, search, calls):
                connection.lose(f"{connection.name} was switched off and on, or has lost us.")
        except LinkError as error:
            _LOG.debug("cannot listen for %s: %s", connection.name, error)


async def _advertises(connection: BleConnection, search: Search, calls: Calls) -> bool:
    """Scan while the device is silent; return whether it advertised."""
    before = connection.inbox.arrived
    async with search.listening(calls) as heard:
        while not connection.ended.done() and connection.inbox.arrived == before:
            await asyncio.wait(
                {connection.ended, heard}, timeout=QUIET_S, return_when=asyncio.FIRST_COMPLETED
            )
            if heard.done():
                return connection.inbox.arrived == before
    return False

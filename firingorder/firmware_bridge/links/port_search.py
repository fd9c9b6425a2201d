"""Where the device is that was asked for, also after it came back under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import LinkError
from firingorder.firmware_bridge.links.port_query import identity_address
from firingorder.firmware_bridge.links.ports import PortInfo, port_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.firmware_bridge.links.port_query import PortQuery


def choose_port(ports: Sequence[PortInfo]) -> PortInfo:
    """Return the port that ``serial:auto`` means: the only USB one.

    Ports that are not USB (modems, consoles of the mainboard) are never taken by themselves. No
    USB identity is reserved for the belt yet, so several candidates are not told apart.

    Raises
    ------
    LinkError
        There is none, or several.
    """
    candidates = [port for port in ports if port.vid is not None]
    if not candidates:
        raise LinkError(
            "No USB serial device is plugged in. Plug the belt in, or name another address with"
            " --device; `firingorder devices` lists what is there."
        )
    if len(candidates) > 1:
        names = ", ".join(f"{port.device} ({port.description or 'USB'})" for port in candidates)
        raise LinkError(
            f"Several USB serial devices are plugged in: {names}. Name one, for example"
            f" --device serial:{candidates[0].device}"
        )
    return candidates[0]


def find_first(query: PortQuery, ports: Sequence[PortInfo]) -> str:
    """Return the name of the port that is meant, before anything was opened.

    Raises
    ------
    LinkError
        The hardware is not there, or several are meant. A name is returned as it is: opening it
        tells best what is wrong with it.
    """
    if query.name:
        return query.name
    if query.is_auto:
        return choose_port(ports).device
    found = [port for port in ports if query.matches(port)]
    if not found:
        raise LinkError(f"Not plugged in: {query}. `firingorder devices` lists what is plugged in.")
    if len(found) > 1:
        names = ", ".join(f"{port.device}: {port.words}" for port in found)
        raise LinkError(f"Several devices are {query}: {names}. Name the port of one.")
    return found[0].device


def find_again(known: PortInfo, twins: frozenset[str], ports: Sequence[PortInfo]) -> str:
    """Return the name under which a device is plugged in now.

    Parameters
    ----------
    known
        What it was when it was open; a port that is not USB is known by its name only.
    twins
        Places of the devices that looked the same then and were not meant (:func:`twins_of`).
    ports
        What is plugged in now.

    Raises
    ------
    LinkError
        It is not there; another device has its name; or it cannot be told from another one.
    """
    if known.vid is None:
        return known.device
    same = [port for port in ports if port.is_same_hardware(known) and _place(port) not in twins]
    best = sorted((port for port in same), key=lambda port: _likeness(port, known), reverse=True)
    if len(best) > 1 and _likeness(best[0], known) == _likeness(best[1], known):
        names = " and ".join(port.device for port in best)
        raise LinkError(
            f"{known.words} was on {known.device}; {names} look the same. Unplug those that are"
            " not meant."
        )
    if best:
        return best[0].device
    now = port_named(known.device, ports)
    if now is not None:
        raise LinkError(
            f"{known.device} is another device now: {now.words}, not {known.words}. Plug that one"
            f" in again, or start anew with --device {identity_address(now) or now.device}"
        )
    raise LinkError(
        f"{known.words} is not plugged in. Plug it in again; it is found under any name."
    )


def twins_of(known: PortInfo, ports: Sequence[PortInfo]) -> frozenset[str]:
    """Return the places of other devices that cannot be told from this one by their numbers."""
    if known.serial_number:
        return frozenset()
    return frozenset(
        _place(port)
        for port in ports
        if port.is_same_hardware(known) and port.device != known.device
    )


def _place(port: PortInfo) -> str:
    return port.location or port.device


def _likeness(port: PortInfo, known: PortInfo) -> tuple[bool, bool, bool]:
    """Rank look-alikes: the interface that was open, the same socket, the same name."""
    return (
        port.interface == known.interface,
        bool(port.location) and port.location == known.location,
        port.device == known.device,
    )

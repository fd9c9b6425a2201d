"""``simulate --listen ble:TRANSPORT``: the virtual device on a Bluetooth controller."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from typing import TYPE_CHECKING, Any

from bumble import hci

from firingorder.errors import LinkError, LinkLostError
from firingorder.simulation.ending import LINGER_S
from firingorder.simulation.radio.belt import BeltTwin
from firingorder.simulation.radio.controller import RadioController
from firingorder.simulation.radio.peripheral import GattPeripheral
from firingorder.simulation.radio.radio import HOST_BUFFERS, Radio, device_address
from firingorder.simulation.radio.transports import (
    HOST_BEHIND,
    WAITING,
    close_hci,
    kind_of,
    open_hci,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from bumble.transport.common import Transport

    from firingorder.simulation.device import VirtualDevice
    from firingorder.simulation.radio.settings import AirSettings
    from firingorder.simulation.radio.table import Twin

_log = logging.getLogger(__name__)

#: A controller that is there answers a reset within this; then it is asked again.
ANSWER_LIMIT_S = 1.0
TRIES = 5
#: A stop that is asked for is answered within this.
LONGEST_WAIT_S = 0.05
#: Locally administered (second lowest bit of the first byte), so it is nobody's.
ADAPTER_ADDRESS = "02:F0:00:00:00:01"


def serve_ble(
    device: VirtualDevice,
    transport: str,
    *,
    duration_s: float | None,
    on_ready: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Serve this project's device over Bluetooth; see :func:`serve_twin`.

    Parameters
    ----------
    device
        A device that nobody has looked at yet.
    transport, duration_s, on_ready, stop
        As there.
    """
    serve_twin(
        BeltTwin(device),
        transport,
        seed=device.seed,
        duration_s=duration_s,
        on_ready=on_ready,
        stop=stop,
    )


def serve_twin(
    twin: Twin,
    transport: str,
    *,
    seed: int,
    duration_s: float | None,
    on_ready: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Serve any virtual device until the duration is over or ``stop`` is set. Blocks.

    Parameters
    ----------
    twin
        The device.
    transport
        Name of a bumble transport. At its end is a Bluetooth controller; ``vhci`` is the other way
        round: this machine's own Bluetooth service gets an adapter on the simulated air.
    seed
        Address of the device, packet errors of a simulated air.
    duration_s
        Seconds of the host's clock, or None for ever.
    on_ready
        Called once with the address to connect to.
    stop
        Ends the service within 50 ms.

    Raises
    ------
    UsageError
        There is no such transport.
    LinkError
        It cannot be opened, or no controller answers.
    LinkLostError
        The controller is gone.
    """
    asyncio.run(_serve(twin, transport, seed, duration_s, on_ready, stop))


async def _serve(
    twin: Twin,
    name: str,
    seed: int,
    duration_s: float | None,
    on_ready: Callable[[str], None],
    stop: threading.Event | None,
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_say)
    end_s = math.inf if duration_s is None else loop.time() + duration_s

    def over() -> bool:
        return loop.time() >= end_s or (stop is not None and stop.is_set())

    transport = await open_hci(name)
    served: Served | None = None
    try:
        if kind_of(name) in HOST_BEHIND:
            served = await offer_adapter(twin, transport, seed=seed)
        else:
            served = await _on_controller(twin, name, transport, seed, over)
        if served is not None:
            on_ready(f"ble:{twin.table.name}")
        while not over():
            if transport.source.terminated.done():
                raise LinkLostError(f"The Bluetooth controller {name} is gone. Plug it in again.")
            await asyncio.sleep(min(LONGEST_WAIT_S, max(0.0, end_s - loop.time())))
        if not (stop is not None and stop.is_set()):
            await _say_the_end(twin, stop)
    finally:
        if served is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_LIMIT_S):
                    await served.stop()
        await close_hci(transport)


async def _say_the_end(twin: Twin, stop: threading.Event | None) -> None:
    """Have the device say that it is at its end, and stay until its central has left."""
    if not (isinstance(twin, BeltTwin) and twin.play_out()):
        return
    loop = asyncio.get_running_loop()
    limit_s = loop.time() + LINGER_S
    while twin.linked and loop.time() < limit_s and not (stop is not None and stop.is_set()):
        await asyncio.sleep(LONGEST_WAIT_S)


Served = GattPeripheral | Radio


def _say(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Put what went wrong in a callback of the transport in one line."""
    _log.warning("Bluetooth transport: %s", context.get("exception") or context["message"])


async def _on_controller(
    twin: Twin, name: str, transport: Transport, seed: int, over: Callable[[], bool]
) -> Served | None:
    """Return the device on the controller behind a transport; None when it is over before."""
    tries = 0
    while not over():
        # A controller that comes late never heard the first command: begin anew.
        peripheral = GattPeripheral(
            twin, transport.source, transport.sink, address=device_address(seed, 0)
        )
        starting = asyncio.ensure_future(peripheral.start())
        deadline_s = asyncio.get_running_loop().time() + ANSWER_LIMIT_S
        while not starting.done() and asyncio.get_running_loop().time() < deadline_s:
            await asyncio.wait({starting}, timeout=LONGEST_WAIT_S)
            if over():
                break
        if starting.done():
            starting.result()
            return peripheral
        starting.cancel()
        tries += 1
        if tries >= TRIES and kind_of(name) not in WAITING:
            raise LinkError(f"No Bluetooth controller answers at {name}. Is it switched on?")
    return None


async def offer_adapter(
    twin: Twin, transport: Transport, *, seed: int, settings: AirSettings | None = None
) -> Radio:
    """Give whoever is behind a transport an adapter on a simulated air with one device.

    Parameters
    ----------
    twin
        The device.
    transport
        At its other end is a Bluetooth host that looks for a controller.
    seed
        Packet errors of the air.
    settings
        How the air behaves.
    """
    radio = Radio([twin], seed=seed, settings=settings)
    adapter = RadioController("adapter", radio.air, buffers=HOST_BUFFERS)
    # A system's own Bluetooth service wants an adapter with an address of its own.
    adapter.public_address = hci.Address(ADAPTER_ADDRESS, hci.Address.PUBLIC_DEVICE_ADDRESS)
    adapter.serve(transport.source, transport.sink)
    await radio.start()
    return radio

"""``simulate --listen ble:``: real sockets on loopback between the device and its controller."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from contextlib import asynccontextmanager, closing
from itertools import pairwise
from queue import Queue
from typing import TYPE_CHECKING

import pytest
from bleak import BleakClient, BleakScanner
from bumble import hci
from bumble.transport import open_transport
from bumble.transport.tcp_server import open_tcp_server_transport_with_socket

from firingorder import cli
from firingorder.errors import LinkError, UsageError
from firingorder.firmware_bridge.commands import StartCommand, encode_command
from firingorder.firmware_bridge.frame import parse_frame
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.radio import AirSettings, Radio, serving
from firingorder.simulation.radio.backend import client_backend, scanner_backend
from firingorder.simulation.radio.belt import CMD, DATA, SERVICE, BeltTwin
from firingorder.simulation.radio.central import Central
from firingorder.simulation.radio.controller import RadioController
from firingorder.simulation.radio.transports import close_hci
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.server import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bleak.backends.client import BaseBleakClient
    from bleak.backends.scanner import BaseBleakScanner
    from bumble.transport.common import Transport

#: A loaded machine may stall for seconds; a test that waits this long has failed.
PATIENCE_S = 30.0
LOOPBACK = "127.0.0.1"


def belt(faults: str = "") -> VirtualDevice:
    return VirtualDevice(
        make_body("bridge", seed=3, repetitions=1), seed=3, faults=parse_faults(faults)
    )


def listening() -> socket.socket:
    """Return a socket that the system gave a free port."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.bind((LOOPBACK, 0))
    sock.listen(1)
    return sock


@asynccontextmanager
async def served(device: VirtualDevice, listen: str) -> AsyncIterator[Queue[str]]:
    """Serve in a thread of its own, as the command line does in its process."""
    addresses: Queue[str] = Queue()
    stop = threading.Event()
    task = asyncio.ensure_future(
        asyncio.to_thread(
            serve, device, listen, duration_s=PATIENCE_S, on_ready=addresses.put, stop=stop
        )
    )
    try:
        yield addresses
    finally:
        stop.set()
        await asyncio.wait_for(task, PATIENCE_S)


async def stream(
    client_type: type[BaseBleakClient], scanner_type: type[BaseBleakScanner], frames: int
) -> list[int]:
    """Find, connect, start; return the numbers of the frames that came, at least so many."""
    found = await BleakScanner.find_device_by_filter(
        lambda _, data: SERVICE in data.service_uuids, timeout=PATIENCE_S, backend=scanner_type
    )
    assert found is not None
    assert found.name is not None
    assert found.name.startswith("FiringOrder-")
    numbers: list[int] = []
    enough = asyncio.Event()

    def take(_: object, data: bytearray) -> None:
        numbers.append(parse_frame(bytes(data)).seq)
        if len(numbers) >= frames:
            enough.set()

    async with BleakClient(found, backend=client_type) as client:
        assert client.mtu_size == 247
        await client.start_notify(DATA, take)
        await client.write_gatt_char(CMD, encode_command(StartCommand(1, 3), 0), response=True)
        await asyncio.wait_for(enough.wait(), PATIENCE_S)
    return numbers


@pytest.mark.parametrize("device_calls", [True, False])
def test_a_device_on_a_controller_behind_a_socket(*, device_calls: bool) -> None:
    """The device's host on one side of a socket, its controller on the other, a host with bleak."""

    async def run() -> None:
        with closing(listening()) as sock:
            port = sock.getsockname()[1]
            radio = Radio([], seed=3, settings=AirSettings(interval_ms=7.5))
            dongle = RadioController("dongle", radio.air, buffers=8)
            transport: Transport | None = None
            if device_calls:
                transport = await open_tcp_server_transport_with_socket(sock)
                dongle.serve(transport.source, transport.sink)
                listen = f"ble:tcp-client:{LOOPBACK}:{port}"
            else:
                sock.close()
                listen = f"ble:tcp-server:{LOOPBACK}:{port}"
            async with served(belt(), listen) as addresses:
                if not device_calls:
                    transport = await calling(port)
                    dongle.serve(transport.source, transport.sink)
                numbers = await stream(radio.client_backend, radio.scanner_backend, 60)
                steps = {b - a for a, b in pairwise(numbers)}
                assert steps == {1}, "nothing lost, order kept"
                assert addresses.get(timeout=PATIENCE_S).startswith("ble:FiringOrder-")
            await radio.stop()
            assert transport is not None
            await close_hci(transport)

    asyncio.run(run())


async def calling(port: int) -> Transport:
    """Connect as soon as somebody listens there."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await open_transport(f"tcp-client:{LOOPBACK}:{port}")
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)


def test_a_host_elsewhere_gets_an_adapter_on_the_simulated_air() -> None:
    """What ``ble:vhci`` does for this machine's own Bluetooth service, here over a socket."""

    async def run() -> None:
        with closing(listening()) as sock:
            ours = await open_tcp_server_transport_with_socket(sock)
            radio = await serving.offer_adapter(BeltTwin(belt()), ours, seed=3)
            theirs = await open_transport(f"tcp-client:{LOOPBACK}:{sock.getsockname()[1]}")
            host = Central(
                theirs.source, theirs.sink, address="F0:00:00:00:00:02", settings=AirSettings()
            )
            numbers = await stream(client_backend(host), scanner_backend(host), 60)
            assert len(set(numbers)) == len(numbers)
            # The way of a system whose adapter has a public address.
            (address,) = host.known.values()
            link = await host.device.connect(address, own_address_type=hci.OwnAddressType.PUBLIC)
            assert await link.gatt_client.request_mtu(100) == 100
            peripheral = radio.peripherals[0].connection
            assert peripheral is not None
            assert peripheral.peer_address.is_public
            await host.stop()
            await radio.stop()
            await close_hci(theirs)
            await close_hci(ours)

    asyncio.run(run())


def test_faults_of_the_plan_on_a_controller_that_has_no_simulated_air() -> None:
    """unplug: the device disconnects and is not found; then it is back."""

    async def run() -> None:
        with closing(listening()) as sock:
            port = sock.getsockname()[1]
            radio = Radio([], seed=3, settings=AirSettings(interval_ms=7.5))
            transport = await open_tcp_server_transport_with_socket(sock)
            RadioController("dongle", radio.air, buffers=8).serve(transport.source, transport.sink)
            listen = f"ble:tcp-client:{LOOPBACK}:{port}"
            async with served(belt("stall=0.2@0.3,unplug=0.5@0.6"), listen):
                gone = asyncio.Event()
                found = await BleakScanner.find_device_by_filter(
                    lambda *_: True, timeout=PATIENCE_S, backend=radio.scanner_backend
                )
                assert found is not None
                client = BleakClient(found, lambda _: gone.set(), backend=radio.client_backend)
                await client.connect()
                await client.start_notify(DATA, lambda *_: None)
                start = encode_command(StartCommand(1, 3), 0)
                await client.write_gatt_char(CMD, start, response=True)
                await asyncio.wait_for(gone.wait(), PATIENCE_S)
                again = await BleakScanner.find_device_by_filter(
                    lambda *_: True, timeout=PATIENCE_S, backend=radio.scanner_backend
                )
                assert again is not None
            await radio.stop()
            await close_hci(transport)

    asyncio.run(run())


def refused_port() -> int:
    with closing(listening()) as sock:
        return int(sock.getsockname()[1])


@pytest.mark.parametrize(
    ("transport", "error", "says"),
    [
        ("", UsageError, "Use usb:0"),
        ("carrier-pigeon:1", UsageError, "no transport of bumble"),
        ("tcp-client:localhost", UsageError, "no transport of bumble"),
        ("usb", UsageError, "no transport of bumble"),
        ("tcp-server:127.0.0.1:99999", UsageError, "no transport of bumble"),
        ("tcp-client:127.0.0.1:{refused}", LinkError, "Nothing listens at"),
        ("serial:/dev/no-such-port", LinkError, "no-such-port"),
        ("vhci:/dev/no-such-device", LinkError, "modprobe hci_vhci"),
    ],
)
def test_a_transport_that_cannot_be_opened_says_why(
    transport: str, error: type[Exception], says: str
) -> None:
    listen = f"ble:{transport.format(refused=refused_port())}"
    with pytest.raises(error, match=says):
        serve(belt(), listen, duration_s=1.0, on_ready=print)


def test_a_controller_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "ANSWER_LIMIT_S", 0.2)
    with closing(listening()) as sock:
        listen = f"ble:tcp-client:{LOOPBACK}:{sock.getsockname()[1]}"
        with pytest.raises(LinkError, match="No Bluetooth controller answers"):
            serve(belt(), listen, duration_s=None, on_ready=print)


def test_a_duration_ends_a_service_that_nobody_came_to() -> None:
    serve(belt(), f"ble:tcp-server:{LOOPBACK}:{refused_port()}", duration_s=0.3, on_ready=print)


def test_the_command_line_says_how_to_get_bumble(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [each for each in sys.modules if each.startswith("firingorder.simulation.radio.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "firingorder.simulation.radio", raising=False)
    monkeypatch.setitem(sys.modules, "bumble", None)
    assert cli.main(["simulate", "--listen", "ble:usb:0"]) == 2
    assert "firingorder[ble-sim]" in capsys.readouterr().err


def test_the_command_line_refuses_an_unknown_transport(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["simulate", "--listen", "ble:nonsense"]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert "ble:nonsense" in lines[0]

"""Parts of the BLE link without a radio: words for errors, profiles, the queue, the host."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import TYPE_CHECKING

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.actions import (
    Action,
    HostConfig,
    HostState,
    OpenLink,
    ReadInfo,
    Send,
)
from firingorder.firmware_bridge.commands import (
    HelloCommand,
    MarkCommand,
    SetGainCommand,
    StartCommand,
    TimeRequest,
    encode_command,
)
from firingorder.firmware_bridge.decoder import FrameDecoder
from firingorder.firmware_bridge.frame import (
    AckStatus,
    Command,
    Frame,
    FrameType,
    encode_frame,
    parse_frame,
)
from firingorder.firmware_bridge.host import HostMachine
from firingorder.firmware_bridge.items import AckItem, HelloItem, Item, TrafficItem
from firingorder.firmware_bridge.links.base import Read
from firingorder.firmware_bridge.links.ble_errors import explain
from firingorder.firmware_bridge.links.ble_inbox import Inbox
from firingorder.firmware_bridge.links.ble_scan import scan
from firingorder.firmware_bridge.links.gatt import (
    FRAME_V1,
    FRAME_V1_OVER_NUS,
    GattProfile,
    WritePoint,
    never,
)
from firingorder.firmware_bridge.payloads import Ack, Hello
from tests.firmware_bridge.golden_frames import RAW
from tests.firmware_bridge.virtual_time import run_virtual, virtual_ns

if TYPE_CHECKING:
    from pathlib import Path

_Reason = BleakBluetoothNotAvailableReason
_S = 1_000_000_000
SYSTEMS = ("linux", "win32", "darwin")


def _unavailable(reason: _Reason) -> Exception:
    return BleakBluetoothNotAvailableError("some words of the stack", reason)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (_unavailable(_Reason.NO_BLUETOOTH), "no Bluetooth adapter"),
        (_unavailable(_Reason.NO_BLE_CENTRAL_ROLE), "Bluetooth 4.2"),
        (_unavailable(_Reason.POWERED_OFF), "switched off. Switch it on"),
        (_unavailable(_Reason.DENIED_BY_USER), "does not let"),
        (_unavailable(_Reason.DENIED_BY_SYSTEM), "does not let"),
        (_unavailable(_Reason.UNKNOWN), "some words of the stack"),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["x"]), "does not run. Start"),
        (BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["x"]), "does not let"),
        (BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"]), "switched off"),
        (PermissionError(13, "Permission denied"), "does not let"),
        (BleakDeviceNotFoundError("C2:00", "gone"), "has gone again"),
        (TimeoutError(), "took too long to connect to it"),
        (BleakError("le-connection-abort-by-local"), "le-connection-abort-by-local"),
        (
            BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION),
            "wants to be paired",
        ),
        (
            BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION),
            "wants to be paired",
        ),
        (
            BleakDBusError("org.bluez.Error.AuthenticationFailed", ["Authentication Failed"]),
            "wants to be paired",
        ),
        (BleakError("Could not pair with device: 4"), "wants to be paired"),
        (BleakError("Encryption is insufficient."), "wants to be paired"),
        (
            BleakGATTProtocolError(BleakGATTProtocolErrorCode.INVALID_HANDLE),
            "no other computer or phone",
        ),
        (AssertionError(), "AssertionError"),
    ],
)
def test_every_error_says_what_to_do(system: str, error: Exception, words: str) -> None:
    text = explain(error, "The belt X", "connect to it", address="C2:F0", system=system)
    print(text)
    assert words in text
    assert text.endswith(".")
    assert "{" not in text
    assert 1 <= text.count(". ") + 1 <= 4
    if words == "wants to be paired" and system == "linux":
        assert "`pair C2:F0`" in text


def test_what_only_linux_has_is_told_only_there() -> None:
    for error, words in (
        (FileNotFoundError(2, "No such file"), "D-Bus system bus"),
        (ConnectionRefusedError(111, "refused"), "D-Bus system bus"),
        (EOFError(), "systemctl start bluetooth"),
        (BrokenPipeError(32, "pipe"), "systemctl start bluetooth"),
    ):
        assert words in explain(error, "Bluetooth", "scan", system="linux")
        assert words not in explain(error, "Bluetooth", "scan", system="win32")


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how Linux reaches Bluetooth")
def test_a_computer_without_a_system_bus_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The product's own stack: bleak, dbus-fast and a bus that is not there."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    with pytest.raises(LinkError, match="D-Bus system bus of this computer does not run"):
        asyncio.run(scan(0.1))


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how Linux reaches Bluetooth")
def test_a_bus_that_hangs_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bus"
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw: socket.socket = writer.get_extra_info("socket")
        raw.shutdown(socket.SHUT_RDWR)
        writer.close()

    async def run() -> None:
        async with await asyncio.start_unix_server(hang_up, path):
            await scan(0.1)

    with pytest.raises(LinkError) as caught:
        asyncio.run(run())
    print(caught.value)
    assert "bluetooth" in str(caught.value).lower()


# Profiles ----------------------------------------------------------------------------------------


def test_only_time_requests_and_marks_are_written_without_response() -> None:
    for command, with_response in (
        (HelloCommand(1), True),
        (StartCommand(1, 3), True),
        (TimeRequest(1, 5), False),
        (MarkCommand(1, 5), False),
    ):
        point, message = FRAME_V1.split_write(encode_command(command, 0))
        assert point.with_response(message) is with_response
        assert message == encode_command(command, 0)


def test_several_characteristics_are_told_apart_by_one_byte() -> None:
    both = GattProfile(
        "thing", ("s",), ("n0", "n1"), (WritePoint("w0"), WritePoint("w1", never)), info=("i",)
    )
    assert [both.tag(k) for k in range(3)] == [b"\x00", b"\x01", b"\x02"]
    assert both.split_write(b"\x01abc") == (both.write[1], b"abc")
    for wrong in (b"", b"\x02abc"):
        with pytest.raises(ValueError, match="no characteristic"):
            both.split_write(wrong)
    assert FRAME_V1.tag(0) == b""


def test_a_profile_is_recognised_by_any_of_its_marks_and_never_by_nothing() -> None:
    service = FRAME_V1.services[0]
    assert FRAME_V1.recognises("", (service,), ())
    assert FRAME_V1.recognises("firingorder-12ab", (), ())
    assert not FRAME_V1.recognises("Strap", ("0000180d-0000-1000-8000-00805f9b34fb",), (2182,))
    dot = GattProfile("dot", ("s",), ("n",), (), name_contains="xsens dot", manufacturer_id=2182)
    assert dot.recognises("My Xsens DOT 3", (), ())
    assert dot.recognises("", (), (2182,))
    assert not dot.recognises("dot", (), ())
    assert dot.may_be_recognised
    assert not FRAME_V1_OVER_NUS.may_be_recognised
    assert not FRAME_V1_OVER_NUS.recognises("FiringOrder-12ab", FRAME_V1_OVER_NUS.services, (1,))


# The queue ---------------------------------------------------------------------------------------


def test_the_queue_hands_out_in_order_then_says_that_the_link_is_gone() -> None:
    async def run() -> None:
        inbox = Inbox(virtual_ns, limit_reads=3)
        notified = inbox.callback(b"\x05")
        for k in range(5):
            notified(None, bytearray((k,)))
        inbox.end(LinkLostError("first reason"))
        inbox.end(LinkLostError("second reason"))
        assert (inbox.arrived, inbox.dropped, len(inbox)) == (5, 2, 3)
        got = [await inbox.next(1.0) for _ in range(3)]
        assert got == [Read(bytes((5, k)), virtual_ns()) for k in range(3)]
        for _ in range(2):
            with pytest.raises(LinkLostError, match="first reason"):
                await inbox.next(1.0)

    run_virtual(run())


def test_a_reader_is_woken_by_what_arrives_and_by_the_end() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        inbox = Inbox(virtual_ns)
        loop.call_later(0.5, inbox.callback(b""), None, bytearray(b"x"))
        before_ns = virtual_ns()
        read = await inbox.next(2.0)
        assert read == Read(b"x", before_ns + _S // 2)
        loop.call_later(0.5, inbox.end, LinkLostError("over"))
        with pytest.raises(LinkLostError):
            await inbox.next(2.0)
        assert virtual_ns() == before_ns + _S

    run_virtual(run())


# INFO and the numbers of frames ------------------------------------------------------------------


def _hello(seq: int) -> bytes:
    frame = parse_frame(RAW["B1"])
    return encode_frame(Frame(FrameType.HELLO, seq=seq, epoch=frame.epoch, payload=frame.payload))


def _log(seq: int) -> bytes:
    return encode_frame(Frame(FrameType.LOG, seq=seq, payload=b"x"))


def test_a_hello_read_as_an_attribute_takes_no_number() -> None:
    decoder = FrameDecoder("packet")
    for data in (_hello(0), _log(4711), _log(4712), _hello(0), _log(4713), _log(4715)):
        assert len(decoder.feed(data)) == 1
    assert (decoder.stats.seq_gaps, decoder.stats.duplicates) == (1, 0)


def test_a_hello_read_when_number_nought_is_due_hides_no_frame() -> None:
    decoder = FrameDecoder("packet")
    for data in (_log(65534), _log(65535), _hello(0), _log(0), _log(1)):
        assert len(decoder.feed(data)) == 1
    assert (decoder.stats.seq_gaps, decoder.stats.duplicates) == (0, 0)


# The host's side ---------------------------------------------------------------------------------


def _sent(actions: list[Action]) -> list[Command]:
    return [Command(parse_frame(each.data).type) for each in actions if isinstance(each, Send)]


def _answer(machine: HostMachine, actions: list[Action], t_ns: int) -> list[Action]:
    """Acknowledge the last command."""
    frame = parse_frame([each.data for each in actions if isinstance(each, Send)][-1])
    token = int.from_bytes(frame.payload[:2], "little")
    return machine.items([AckItem(Ack(token, frame.type, AckStatus.OK, 0))], t_ns)


def _described(seq: int) -> list[Item]:
    raw = _hello(seq)
    return [HelloItem(Hello.parse(parse_frame(raw).payload), raw)]


def _ready(config: HostConfig) -> tuple[HostMachine, list[Action]]:
    """Return a machine that was introduced, and what it does then."""
    machine = HostMachine(config)
    machine.start(0)
    actions = machine.opened(_S)
    assert _sent(actions) == [Command.HELLO]
    machine.items(_described(0), _S)
    acked = _answer(machine, actions, _S)
    assert acked == [ReadInfo()], "what was read before the answer may be older than the answer"
    assert machine.state is HostState.IDENTIFY
    return machine, machine.items(_described(0), _S)


def test_info_is_read_again_and_only_once_behind_a_hello_that_did_not_come() -> None:
    machine, actions = _ready(HostConfig(framing="packet"))
    assert machine.state is HostState.STARTING
    assert _sent(actions) == [Command.START]


def test_a_notified_hello_needs_no_reading() -> None:
    machine = HostMachine(HostConfig(framing="packet"))
    machine.start(0)
    actions = machine.opened(_S)
    machine.items(_described(0), _S)
    machine.items(_described(0), _S)  # the notification, which has the number 0 here
    actions = _answer(machine, actions, _S)
    assert ReadInfo() not in actions
    assert _sent(actions) == [Command.START]


def test_info_is_read_behind_a_setting_whose_hello_did_not_come() -> None:
    config = HostConfig(framing="packet", configure=(SetGainCommand(0, 12, 1),))
    machine, actions = _ready(config)
    assert _sent(actions) == [Command.SET_GAIN]
    assert _answer(machine, actions, 2 * _S) == [ReadInfo()]
    assert machine.state is HostState.READY
    assert _sent(machine.items(_described(0), 2 * _S)) == [Command.START]

    machine, actions = _ready(config)
    machine.items(_described(9), 2 * _S)
    assert _sent(_answer(machine, actions, 2 * _S)) == [Command.START]

    machine, actions = _ready(config)
    _answer(machine, actions, 2 * _S)
    assert _sent(machine.tick(3 * _S)) == [Command.STOP], "INFO never came: begin anew"


def test_on_a_link_that_stayed_open_the_belt_is_stopped_before_it_is_asked_again() -> None:
    machine, actions = _ready(HostConfig(framing="packet"))
    frame = parse_frame([each.data for each in actions if isinstance(each, Send)][-1])
    token = int.from_bytes(frame.payload[:2], "little")
    machine.items([AckItem(Ack(token, frame.type, AckStatus.BAD_STATE, 0))], _S)
    actions = machine.tick(3 * _S)
    assert _sent(actions) == [Command.STOP]
    assert _sent(_answer(machine, actions, 3 * _S)) == [Command.HELLO]


def test_one_scan_follows_the_other_without_a_pause_but_not_without_end() -> None:
    machine = HostMachine(HostConfig(framing="packet"))
    machine.start(0)
    for t_s, due_s in ((20.0, 20.5), (40.5, 40.5), (40.6, 41.5), (61.0, 61.0)):
        actions = machine.open_failed(round(t_s * _S), LinkError("not seen"))
        (opening,) = (each for each in actions if isinstance(each, OpenLink))
        assert opening.not_before_ns == round(due_s * _S)
        machine.tick(opening.not_before_ns)


def test_traffic_alone_reads_nothing() -> None:
    machine = HostMachine(HostConfig(framing="packet"))
    machine.start(0)
    machine.opened(_S)
    assert machine.items([TrafficItem(174, 1, 0, 0, 0, 0)], _S) == []

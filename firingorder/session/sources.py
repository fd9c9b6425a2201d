"""From a device address to a link, and from a file to the body of a virtual device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.firmware_bridge.adapters import ADAPTERS
from firingorder.firmware_bridge.links.any_link import AnyLink
from firingorder.firmware_bridge.links.brainflow import BrainflowLink
from firingorder.firmware_bridge.links.gatt import FRAME_V1 as FRAME_V1_PROFILE
from firingorder.firmware_bridge.links.gatt import PROFILES_BY_SCHEME, GattProfile
from firingorder.firmware_bridge.links.lsl import LslLink
from firingorder.firmware_bridge.links.serial import DEFAULT_BAUD, SerialLink
from firingorder.firmware_bridge.links.tcp import TcpLink
from firingorder.firmware_bridge.source import FRAME_V1, SourceSpec
from firingorder.montage import DEFAULT_EIGHT, NAMES, Montage
from firingorder.session.addresses import Address, parse_address
from firingorder.simulation.body import Body, RecordedBody
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import FaultPlan, parse_faults
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import DEFAULT_IMU_RATE_HZ, make_body

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.firmware_bridge.links.base import Link
    from firingorder.recording.readers import FileData


#: Between two looks at the serial ports the air is searched for so long: belts advertise several
#: times a second, and a person who plugs a cable in should not wait.
FIND_ANY_S = 4.0
AUTO = "auto"


#: Of the devices that run at one rate (design of their makers; docs/devices.md).
BITALINO_BAUD = CYTON_BAUD = 115200
#: Boards with a USB-UART run at one of these; others have USB alone and take any.
CHORDS_BAUDS = (230400, 115200)


@dataclass(frozen=True, slots=True)
class Source:
    """Links of an address and how their bytes are to be read; the first one has the EMG."""

    links: tuple[Link, ...]
    specs: tuple[SourceSpec, ...]


def open_source(address: Address) -> Source:
    """Return the links of an address; nothing is opened yet.

    Raises
    ------
    FiringOrderError
        The scenario is unknown, or an option makes no sense.
    """
    if address.scheme == "sim-ble" and address.beside is None:
        # Only here: the radio needs an optional package.
        from firingorder.session.simulated_air import open_air

        named = address.option("channels")
        return Source(*open_air(address, None if named is None else parse_channels(named)))
    each = [address] if address.beside is None else [address, address.beside]
    links = tuple(open_link(one) for one in each)
    specs = tuple(source_spec(one, link) for one, link in zip(each, links, strict=True))
    return Source(links, specs)


def any_belt() -> Source:
    """Return the source of a person who named none: a belt on a cable, else one in the air."""
    from firingorder.firmware_bridge.links.ble import BleLink

    serial, ble = SerialLink(AUTO), BleLink(AUTO, find_limit_s=FIND_ANY_S)
    link = AnyLink(serial, ble, description="the belt")
    return Source((link,), (SourceSpec(framing=link.framing),))


def source_spec(address: Address, link: Link) -> SourceSpec:
    """Return how the bytes of an address are to be read."""
    protocol = address.scheme if address.scheme in ADAPTERS else FRAME_V1
    options = address.options if protocol != FRAME_V1 else ()
    if protocol != FRAME_V1:
        ADAPTERS[protocol].make_conversation(dict(options))  # wrong options are told at once
    return SourceSpec(protocol, link.framing, tuple(sorted(options)))


def open_link(address: Address) -> Link:
    """Return the link of one address; nothing is opened yet.

    Raises
    ------
    FiringOrderError
        The scenario is unknown, or an option makes no sense.
    """
    match address.scheme:
        case "serial":
            return SerialLink(address.target, _baud(address, DEFAULT_BAUD))
        case "tcp":
            return TcpLink(address.target, address.port)
        case "ble":
            return _ble(address.target, FRAME_V1_PROFILE)
        case "npg-ble" | "dot-ble" | "witmotion-ble":
            return _ble(address.target, PROFILES_BY_SCHEME[address.scheme])
        case "bitalino":
            return _stream(address, BITALINO_BAUD)
        case "chords":
            return _stream(address, *CHORDS_BAUDS)
        case "cyton":
            return _stream(address, CYTON_BAUD)
        case "brainflow":
            return BrainflowLink(address.target, dict(address.options))
        case "lsl":
            return LslLink(address.target, address.option("source_id") or "")
        case "sim":
            return _simulated(address)
        case "sim-ble":
            return open_source(address).links[0]
        case "replay":
            raise UsageError(f"{address.text}: a recording is played by `firingorder replay FILE`.")
        case _:
            raise UsageError(f"{address.text}: this version has no link for it.")


def simulated_montage(address: Address) -> Montage | None:
    """Return the montage of a simulated belt that wears only some electrodes."""
    named = address.option("channels")
    channels = None if named is None else parse_channels(named)
    if channels is None and address.option("as") == "npg-lite":
        from firingorder.session.simulated_air import THREE

        channels = THREE
    if channels is None:
        return None
    return Montage(tuple((f"EMG{k + 1}", name) for k, name in enumerate(channels)))


def parse_channels(text: str) -> tuple[str, ...]:
    """Read a list of muscles, separated by commas.

    Raises
    ------
    UsageError
        A name is unknown or stands twice.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in NAMES]
    if unknown or not names or len(set(names)) != len(names):
        raise UsageError(
            f"Channels {text!r}: name different muscles of {', '.join(NAMES)}, with commas."
        )
    return names


def file_body(path: Path, *, rate_hz: float | None = None) -> RecordedBody:
    """Return a recorded file as the body of a virtual device, its labels as channels.

    Of another program's file the stream with the most samples is played.

    Raises
    ------
    FiringOrderError
        The file cannot be read, or a device could not carry it.
    """
    # Only here: every simulated belt would wait for all readers and the analysis otherwise.
    from firingorder.recording.readers import read_file
    from firingorder.session.decoded import recorded_body
    from firingorder.session.parts import open_first

    if path.suffix.lower() == ".mcap":
        return recorded_body(open_first(path))
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    return _widest(read_file(path, rate_hz=rate_hz))


def _widest(data: FileData) -> RecordedBody:
    stream = max(data.streams, key=lambda one: one.samples.size)
    return RecordedBody(stream.samples, stream.rate_hz, stream.labels)


def _baud(address: Address, default: int) -> int:
    return address.whole("baud", default, least=1)


def _stream(address: Address, baud: int, *other_bauds: int) -> Link:
    """Return a serial port, or the network socket behind which one stands."""
    if address.target.startswith("tcp://"):
        behind = parse_address(address.target)
        return TcpLink(behind.target, behind.port)
    if address.option("baud") is not None:
        return SerialLink(address.target, _baud(address, baud))
    return SerialLink(address.target, baud, other_bauds=other_bauds)


def _simulated(address: Address) -> SimLink:
    speed = address.number("speed", 1.0)
    if speed < 0:
        raise UsageError(f"{address.text}: speed must be 0 (as fast as possible) or more.")
    return SimLink(_virtual_device(address), speed=speed)


def _ble(target: str, profile: GattProfile) -> Link:
    # Only here: every command would wait for bleak otherwise.
    from firingorder.firmware_bridge.links.ble import BleLink

    return BleLink(target, profile=profile)


def _virtual_device(address: Address) -> VirtualDevice:
    named = address.option("channels")
    seed = address.whole("seed", 1)
    body: Body = make_body(
        address.scenario(),
        seed=seed,
        emg_rate_hz=address.number("rate", 1000.0),
        imu_rate_hz=DEFAULT_IMU_RATE_HZ if address.has_imu() else None,
        channels=DEFAULT_EIGHT if named is None else parse_channels(named),
    )
    spec = address.option("faults")
    faults = FaultPlan() if spec is None else parse_faults(spec)
    return VirtualDevice(body, seed=seed, faults=faults)

"""What the receiver makes of a link, besides chunks and gaps of samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from firingorder.samples import ContactReport, EmgChunk, Gap, ImuChunk, StreamKind

if TYPE_CHECKING:
    from firingorder.firmware_bridge.payloads import Ack, DeviceEvent, Hello, Status, TimeResponse
    from firingorder.firmware_bridge.profile import CapabilityProfile

RestartReason = Literal["boot_id", "clock", "epoch"]


@dataclass(frozen=True, slots=True)
class HelloItem:
    """The device described itself. ``raw`` is the whole frame, as recordings keep it."""

    hello: Hello
    raw: bytes


@dataclass(frozen=True, slots=True)
class StatusItem:
    """The device reported its health."""

    status: Status


@dataclass(frozen=True, slots=True)
class DeviceEventItem:
    """The device captured an event; ``at_s`` is session time, None before the first sample."""

    event: DeviceEvent
    at_s: float | None


@dataclass(frozen=True, slots=True)
class AckItem:
    """The device answered a command."""

    ack: Ack


@dataclass(frozen=True, slots=True)
class TimeItem:
    """The device answered a time request."""

    response: TimeResponse


@dataclass(frozen=True, slots=True)
class LogItem:
    """The device said something in words."""

    text: str


@dataclass(frozen=True, slots=True)
class ProfileItem:
    """A device of another maker is known now, or says other things of itself than before."""

    profile: CapabilityProfile


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """A device of another maker answered a command."""

    data: bytes


@dataclass(frozen=True, slots=True)
class RestartItem:
    """The device has, or seems to have, booted again; its stream is over.

    Tests of wire_protocol.md section 7.

    ``epoch`` and ``clock`` are suspicions that the next HELLO settles.
    """

    reason: RestartReason


@dataclass(frozen=True, slots=True)
class TrafficItem:
    """What one read consisted of; the last item of every read.

    ``data_frames`` counts DATA that was accepted, whether or not its samples are out yet;
    ``rejected`` counts packets that were no frame v1, ``descriptor_faults`` DATA that does not fit
    its descriptor.
    """

    received_bytes: int
    frames: int
    data_frames: int
    rejected: int
    foreign_major: int
    descriptor_faults: int


Item = (
    EmgChunk
    | ImuChunk
    | Gap
    | ContactReport
    | HelloItem
    | StatusItem
    | DeviceEventItem
    | AckItem
    | TimeItem
    | LogItem
    | ProfileItem
    | AnswerItem
    | RestartItem
    | TrafficItem
)


@dataclass(frozen=True, slots=True)
class StreamStats:
    """Accounting of one stream: samples + lost + outage is the whole session grid."""

    kind: StreamKind
    rate_hz: float
    rate_measured_hz: float
    samples: int
    lost_samples: int
    outage_samples: int
    duplicates: int
    time_disagreements: int


@dataclass(frozen=True, slots=True)
class ReceiverStats:
    """Accounting of one link since the session began.

    ``seq_gaps`` are frames that never came; ``device_dropped_frames`` are those of them that the
    device says it dropped itself. ``stale_frames`` are DATA of an earlier stream, part of an
    outage. ``round_trip_ms`` is the best round trip of a time request.
    """

    frames: int = 0
    rejected: int = 0
    bad_crc: int = 0
    bad_cobs: int = 0
    bad_length: int = 0
    oversize: int = 0
    foreign_major: int = 0
    unknown_type: int = 0
    duplicates: int = 0
    seq_gaps: int = 0
    device_dropped_frames: int = 0
    samples_missed: int = 0
    stale_frames: int = 0
    payload_faults: int = 0
    descriptor_faults: int = 0
    restarts: int = 0
    test_signal: bool = False
    streams: dict[StreamKind, StreamStats] = field(default_factory=dict[StreamKind, StreamStats])
    clock_locked: bool = False
    clock_slope_ppm: float = 0.0
    clock_uncertainty_ms: float | None = None
    round_trip_ms: float | None = None

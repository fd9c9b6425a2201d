"""Vocabulary of the host's state machine: its states, what it asks for, its times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.errors import FiringOrderError
    from firingorder.findings import ConnectionState
    from firingorder.firmware_bridge.commands import CommandPayload
    from firingorder.firmware_bridge.links.base import Framing


class HostState(Enum):
    """States of wire_protocol.md section 11; WAITING is STREAMING with a late frame."""

    CLOSED = "closed"
    OPENING = "opening"
    IDENTIFY = "identify"
    REFUSED = "refused"
    READY = "ready"
    STARTING = "starting"
    STREAMING = "streaming"
    WAITING = "waiting"
    STALLED = "stalled"
    BACKOFF = "backoff"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes to the link."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ReadInfo:
    """Read the device's description (INFO of wire_protocol.md section 8), where a link can."""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Open the link, not before this instant; ``way`` counts the ways in which it can be opened."""

    not_before_ns: int
    way: int = 0


@dataclass(frozen=True, slots=True)
class CloseLink:
    """Close the link."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """The machine is in another state. ``connection`` is set when people should be told."""

    state: HostState
    connection: ConnectionState | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The device cannot be used; trying again would not help."""

    error: FiringOrderError


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The device did not come, or did not come back."""

    error: FiringOrderError


@dataclass(frozen=True, slots=True)
class RanOut:
    """A simulated device has come to the end of what it plays: the session ends, and well."""

    text: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Say this to a person, and note it in the recording: the link is too narrow."""

    text: str


Action = Send | ReadInfo | OpenLink | CloseLink | StateChange | Refused | GaveUp | RanOut | Tell


@dataclass(frozen=True, slots=True)
class HostConfig:
    """Times of wire_protocol.md section 11 and 6, and what is sent before START.

    Attributes
    ----------
    name
        What messages call the device, with its address if there is one.
    configure
        Commands to repeat before every START (rate, gain, self-test); their tokens are replaced.
    hello_tries, hello_period_s
        IDENTIFY: HELLO every second, at most five times.
    stop_tries
        A device that streams into a fresh link is stopped first; one that has just been switched
        on may not hear it.
    command_timeout_s, command_tries
        Section 6: no answer within 1 s, 3 tries.
    first_data_s
        STARTING: DATA within 2 s of the ACK.
    waiting_s, stalled_s, stalled_limit_s
        STREAMING and STALLED.
    backoff_first_s, backoff_next_s
        BACKOFF. On a packet link the pause between tries counts from the beginning of the last
        one: opening it scans, and a scan that found nothing is followed by the next at once.
    opening_limit_s
        OPENING.
    keep_alive_s
        Section 6: TIME_REQ at 1 Hz.
    absent_s
        The same for a device that was never there: a wrong name is told soon. None: give_up_s.
    give_up_s
        interfaces.md, ``--give-up``.
    """

    name: str = "The device"
    framing: Framing = "cobs"
    configure: tuple[CommandPayload, ...] = ()
    hello_tries: int = 5
    hello_period_s: float = 1.0
    stop_tries: int = 2
    command_timeout_s: float = 1.0
    command_tries: int = 3
    first_data_s: float = 2.0
    waiting_s: float = 0.5
    stalled_s: float = 2.0
    stalled_limit_s: float = 5.0
    backoff_first_s: float = 0.5
    backoff_next_s: float = 1.0
    opening_limit_s: float = 20.0
    keep_alive_s: float = 1.0
    give_up_s: float = 60.0
    absent_s: float | None = None

    def patience_s(self, *, was_there: bool) -> float:
        """Return how long a device is waited for that streamed before, or never did."""
        return self.give_up_s if was_there or self.absent_s is None else self.absent_s

"""What an adapter for another maker's device is made of: a pure decoder and a conversation.

The decoder turns bytes into blocks of samples with the counter that stood on the wire. Unrolling
counters, gaps, the clock and the grid are the same for all and live in :mod:`.receiver`; opening,
watching and coming back are the same for all and live in :mod:`.host`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from firingorder.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from firingorder.firmware_bridge.links.base import Framing
    from firingorder.firmware_bridge.profile import CapabilityProfile
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class EmgBlock:
    """Samples that followed one another on the wire.

    Attributes
    ----------
    counter
        Counter of the first sample, as sent (before unrolling).
    emg
        ``(n_samples, n_channels)``, microvolts or arbitrary units as the profile says.
    saturated
        The same shape; true where the converter was at its limit.
    device_us
        Device time of the first sample, if the device tells it; wraps are the decoder's work.
    stamp_ns
        The host's time at which the sender had the last sample, where one says so; it then stands
        for the arrival.
    """

    counter: int
    emg: FloatArray
    saturated: BoolArray
    device_us: int | None = None
    stamp_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ImuBlock:
    """Motion samples, ``(n_samples, 3)`` each, m/s² and rad/s in sensor axes.

    ``counter`` is None where the device sends none: notifications are counted then.
    """

    counter: int | None
    acc_m_s2: FloatArray
    gyr_rad_s: FloatArray
    device_us: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the device said in reply to a command."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Rejected:
    """Bytes that were no packet; samples may be missing at this place."""

    n_bytes: int


@dataclass(frozen=True, slots=True)
class Torn:
    """Samples may be missing at this place of a source that numbers none; arrivals tell."""


Piece = EmgBlock | ImuBlock | Answer | Rejected | Torn


class DeviceDecoder(Protocol):
    """Bytes in, pieces out. Any bytes whatever give pieces, never an error, in bounded memory.

    ``profile`` is None until the device has said which one it is. A decoder whose packets cannot
    be told from answers learns from :meth:`sent` what was asked for.
    """

    @property
    def profile(self) -> CapabilityProfile | None:
        """What the source can do."""
        ...

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a read completes, in the order of the wire; cuts do not matter."""
        ...

    def sent(self, data: bytes) -> None:
        """Note bytes that the host wrote."""
        ...

    def reset(self) -> None:
        """Forget half a packet: the link was opened anew."""
        ...


Answers = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of the conversation that opens a device.

    Attributes
    ----------
    send
        Bytes to write; a function makes them from the answers so far.
    expect
        Whether an answer is the one that is waited for; None waits for none.
    within_s, tries
        How long an answer may take, and how often the question is put.
    pause_s
        Silence after the step, for devices that need it between commands.
    silent
        What to tell a person if no answer comes; a function makes it from what was answered
        instead.
    """

    send: bytes | Callable[[Answers], bytes]
    expect: Callable[[bytes], bool] | None = None
    within_s: float = 2.0
    tries: int = 3
    pause_s: float = 0.0
    silent: str | Callable[[Answers], str] = "It does not answer."


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is said to a device.

    Attributes
    ----------
    opening
        Said after the link was opened, before :attr:`start`.
    start, stop
        Begin and end streaming. Samples that arrive during ``start`` end it: what must be said
        before them belongs to ``opening``.
    ways
        In how many ways the link can be opened (rates of a serial port). After a conversation
        that failed the next one is tried.
    """

    opening: tuple[Step, ...]
    start: tuple[Step, ...]
    stop: tuple[Step, ...]
    ways: int = 1


@dataclass(frozen=True, slots=True)
class Adapter:
    """A kind of device.

    Attributes
    ----------
    name
        Scheme of the device address.
    label
        What messages call the device.
    framing
        ``cobs`` here only means a stream of bytes; ``packet`` keeps notifications apart.
    make_decoder, make_conversation
        A fresh decoder, and what is said, for the options of the address. Options that make no
        sense raise :class:`firingorder.errors.UsageError`.
    declared
        What the source can do as far as it is known before it was asked; a motion sensor that is
        joined to an EMG source must say its rate here.
    """

    name: str
    label: str
    framing: Framing
    make_decoder: Callable[[Mapping[str, str]], DeviceDecoder]
    make_conversation: Callable[[Mapping[str, str]], Conversation]
    declared: CapabilityProfile


def rate_option(
    name: str, options: Mapping[str, str], known_hz: Collection[int], default_hz: int
) -> int:
    """Return the rate that an address asks for.

    Raises
    ------
    UsageError
        The device called ``name`` has no such rate; the message lists those it has.
    """
    asked = options.get("rate", str(default_hz))
    if asked not in map(str, known_hz):
        known = ", ".join(map(str, known_hz))
        raise UsageError(f"{name}: rate must be one of {known}, not {asked!r}.")
    return int(asked)

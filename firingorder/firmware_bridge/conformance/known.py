"""What is known of the device and its link while it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.hello import StreamKindCode

if TYPE_CHECKING:
    from firingorder.firmware_bridge.conformance.ledger import Ledger
    from firingorder.firmware_bridge.conformance.wire import Packet
    from firingorder.firmware_bridge.frame import Frame
    from firingorder.firmware_bridge.hello import Hello, StreamDescriptor
    from firingorder.firmware_bridge.links.base import Framing


@dataclass(frozen=True, slots=True)
class Written:
    """A frame of the host. ``valid`` is False for one that the device must not take."""

    t_ns: int
    wire: bytes
    code: int
    token: int
    payload: bytes
    valid: bool = True


@dataclass(slots=True)
class Known:
    """State of the conversation as acknowledged by the device; watchers read it.

    Attributes
    ----------
    mtu
        ATT_MTU of the link; 0 on a byte stream.
    streaming
        The mask of the streams that run; 0 when idle; None when nobody knows.
    selftest
        What SELFTEST was set to.
    name
        The name under which a radio found it.
    expects_reboot
        Whether a new boot_id is no surprise.
    first_hello
        The first HELLO of this boot: how the device was set before it was checked.
    rejected, lost
        Packets that were no frames, and frames that are missing in the numbers.
    may_raise_epoch
        Whether a START is under way.
    epoch
        That of the newest frame.
    newest_us
        Device time of the newest frame that is no DATA.
    answered
        Whether the device ever answered: before that it may not have heard anything.
    reads_info
        Whether the next HELLO with number 0 is the one that was read from INFO.
    """

    ledger: Ledger
    framing: Framing = "cobs"
    mtu: int = 0
    name: str = ""
    hello: Hello | None = None
    hello_wire: bytes = b""
    streaming: int | None = None
    selftest: int = 0
    expects_reboot: bool = False
    first_hello: Hello | None = None
    rejected: int = 0
    lost: int = 0
    may_raise_epoch: bool = False
    reads_info: bool = False
    boot_id: bytes | None = None
    epoch: int | None = None
    newest_us: int = 0
    answered: bool = False

    @property
    def caps(self) -> int:
        """Capabilities in HELLO; none before it came."""
        return 0 if self.hello is None else self.hello.caps

    def stream(self, sid: int) -> StreamDescriptor | None:
        """Return the descriptor of a stream."""
        if self.hello is None:
            return None
        return next((one for one in self.hello.streams if one.id == sid), None)

    @property
    def mask(self) -> int:
        """The mask of all streams that HELLO describes."""
        return 0 if self.hello is None else sum(1 << one.id for one in self.hello.streams)

    @property
    def emg(self) -> StreamDescriptor | None:
        """The EMG stream."""
        return None if self.hello is None else self.hello.stream_of_kind(StreamKindCode.EMG)


class Watcher:
    """Looks at everything that passes, whoever asked for it. Methods do nothing by themselves."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.ledger = known.ledger

    def wrote(self, written: Written) -> None:
        """Note a frame of the host."""

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Note a frame of the device."""

    def rejected(self, packet: Packet) -> None:
        """Note a packet that is no frame."""

    def rebooted(self) -> None:
        """Forget what a boot forgets."""

    def opened(self, t_ns: int) -> None:
        """Note that the link was opened."""

    def finish(self, t_ns: int) -> None:
        """Draw the conclusions that need the end."""

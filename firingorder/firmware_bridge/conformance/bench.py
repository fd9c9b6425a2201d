"""What the steps of a check are made of: a command and its answer, and listening for a while.

Times are those of wire_protocol.md section 6 where it gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.conformance.known import Known, Written
from firingorder.firmware_bridge.conformance.wire import Packet
from firingorder.firmware_bridge.frame import (
    AckStatus,
    Command,
    Frame,
    FrameType,
    encode_frame,
    packet,
)
from firingorder.firmware_bridge.payloads import Ack, Status

if TYPE_CHECKING:
    from firingorder.firmware_bridge.conformance.ledger import Ledger

#: Longest wait for an answer, as of section 6 for tests.
ANSWER_S = 5.0
TRIES = 3
#: A host asks for the time this often (section 6, keep-alive).
PING_S = 1.0
#: STATUS comes each second.
STATUS_S = 2.5
_LARGEST_TOKEN = 0xFFFF


@dataclass(frozen=True, slots=True)
class Ask:
    """What a step wants next.

    Attributes
    ----------
    write
        Frames of the host, in this order.
    limit_s
        How long to listen.
    until
        Ends the listening before that; None for the whole time.
    reopen
        Close the link and open it again, in place of everything else.
    read_info
        Read INFO first; it comes as a packet.
    """

    write: tuple[Written, ...] = ()
    limit_s: float = 0.0
    until: Callable[[Packet], bool] | None = None
    reopen: bool = False
    read_info: bool = False


Heard = list[Packet]
Steps = Generator[Ask, Heard, None]


class SilentError(Exception):
    """The device does not answer any more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came after a command: the ACK, or None for TIME_REQ, and everything up to it."""

    ack: Ack | None
    heard: Heard

    def count(self, kind: int) -> int:
        """Return how many frames of a type came before the answer."""
        return sum(1 for one in self.heard if one.frame is not None and one.frame.type == kind)

    @property
    def wire(self) -> bytes:
        """The bytes of the answer."""
        return self.heard[-1].wire if self.heard else b""


class Bench:
    """The hands of the steps.

    Parameters
    ----------
    known
        What the watchers found.
    duration_s
        How long the stream is measured.
    slow
        Whether to wait for the keep-alive.

    Attributes
    ----------
    sent
        Codes of the commands that were built in this boot.
    """

    def __init__(self, known: Known, *, duration_s: float, slow: bool) -> None:
        self.known = known
        self.duration_s = duration_s
        self.slow = slow
        self.now_ns = 0
        self.sent: set[int] = set()
        self._seq = 0
        self._token = 0
        self._open = False

    @property
    def ledger(self) -> Ledger:
        """Where observations go."""
        return self.known.ledger

    def begin(self, t_ns: int) -> None:
        """Count tokens from the clock: a device may hold the last one of an earlier host."""
        self.now_ns = t_ns
        if not self._token:
            self._token = t_ns // 1000 % _LARGEST_TOKEN
        self._open = False

    def token(self) -> int:
        """Return a token that was not used."""
        self._token = self._token % _LARGEST_TOKEN + 1
        return self._token

    def build(self, code: int, args: bytes = b"", token: int | None = None) -> Written:
        """Return the frame of a command; ``args`` stand behind the token."""
        self.sent.add(code)
        token = self.token() if token is None else token
        payload = token.to_bytes(2, "little") + args
        raw = encode_frame(Frame(type=code, seq=self._seq, payload=payload))
        self._seq = (self._seq + 1) & 0xFFFF
        return Written(self.now_ns, self.wire(raw), code, token, payload)

    def wire(self, raw: bytes) -> bytes:
        """Return how a frame goes over this link; the first one is led by 0x00."""
        if self.known.framing == "packet":
            return raw
        lead = b"" if self._open else b"\x00"
        self._open = True
        return lead + packet(raw)

    def garbage(self, data: bytes) -> Written:
        """Return bytes that are no command."""
        return Written(self.now_ns, data, 0, 0, b"", valid=False)

    def ask(
        self, code: int, args: bytes = b"", *, token: int | None = None
    ) -> Generator[Ask, Heard, Answer]:
        """Send a command and wait for its answer.

        Raises
        ------
        SilentError
            None came.
        """
        return (yield from self.send(self.build(code, args, token)))

    def send(self, *written: Written) -> Generator[Ask, Heard, Answer]:
        """Send frames and wait for the answer to the last one; ask again as section 6 has it.

        Raises
        ------
        SilentError
            None came.
        """
        last = written[-1]

        def answers(one: Packet) -> bool:
            return _token_of(one, last.code) == last.token

        heard = yield Ask(written, ANSWER_S, answers)
        for _ in range(TRIES - 1):
            if heard and answers(heard[-1]):
                break
            again = self.build(last.code, last.payload[2:], last.token)
            heard += yield Ask((again,), ANSWER_S, answers)
        if not heard or not answers(heard[-1]):
            raise SilentError(f"Command {last.code:02X} got no answer, {TRIES} times.")
        frame = heard[-1].frame
        assert frame is not None
        ack = Ack.parse(frame.payload) if frame.type == FrameType.ACK else None
        return Answer(ack, heard)

    def ask_status(self) -> Generator[Ask, Heard, Status | None]:
        """Wait for the next STATUS; None when none comes."""
        heard = yield Ask((), STATUS_S, lambda one: status_of(one) is not None)
        return status_of(heard[-1]) if heard else None

    def ask_status_after(self, code: int, args: bytes) -> Generator[Ask, Heard, Status | None]:
        """Send a command, so that STATUS is due, and return the next one."""
        yield from self.ask(code, args)
        return (yield from self.ask_status())

    def pings(self, count: int) -> Generator[Ask, Heard, None]:
        """Ask for the time some times in a row."""
        for _ in range(count):
            yield from self.ask(Command.TIME_REQ, self.ping_args())

    def ping_args(self) -> bytes:
        """Return the arguments of TIME_REQ, sent now."""
        return b"\x00\x00" + self.now_ns.to_bytes(8, "little")

    def listen(self, duration_s: float) -> Generator[Ask, Heard, Heard]:
        """Take what comes, and ask for the time once a second as a host does."""
        heard: Heard = []
        while duration_s > 0:
            part_s = min(PING_S, duration_s)
            written = self.build(Command.TIME_REQ, self.ping_args())
            heard += yield Ask((written,), part_s)
            duration_s -= part_s
        return heard

    def expect(self, clause: str, answer: Answer, status: AckStatus, said: str) -> bool:
        """Judge the status of an answer."""
        got = AckStatus.OK if answer.ack is None else answer.ack.status
        self.ledger.judge(
            clause,
            ok=got == status,
            words=f"{said}: ACK status {got}, not {int(status)}",
            data=answer.wire,
        )
        return got == status


def status_of(one: Packet) -> Status | None:
    """Return the STATUS in a packet."""
    frame = one.frame
    if frame is None or frame.type != FrameType.STATUS or len(frame.payload) < 32:
        return None
    return Status.parse(frame.payload)


def frames_of(heard: Heard, kind: int) -> list[tuple[Packet, Frame]]:
    """Return the frames of one type."""
    return [(one, one.frame) for one in heard if one.frame is not None and one.frame.type == kind]


def _token_of(one: Packet, code: int) -> int | None:
    """Return the token that a packet answers, for a command of this code."""
    frame = one.frame
    if frame is None or len(frame.payload) < 4:
        return None
    token = int.from_bytes(frame.payload[:2], "little")
    if frame.type == FrameType.TIME_RSP and code == Command.TIME_REQ and len(frame.payload) >= 28:
        return token
    if frame.type == FrameType.ACK and len(frame.payload) >= 8 and frame.payload[2] == code:
        return token
    return None

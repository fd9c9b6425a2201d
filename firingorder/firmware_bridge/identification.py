"""The first exchange on a fresh link: stop what may be streaming, then ask who it is.

IDENTIFY of wire_protocol.md section 11, with the order STOP, HELLO that it demands on byte streams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from firingorder.firmware_bridge import refusals
from firingorder.firmware_bridge.actions import ReadInfo
from firingorder.firmware_bridge.commands import HelloCommand, StopCommand
from firingorder.firmware_bridge.frame import MIN_FRAME_BYTES, AckStatus, Command

if TYPE_CHECKING:
    from firingorder.errors import DeviceRefusedError
    from firingorder.firmware_bridge.actions import HostConfig, Send
    from firingorder.firmware_bridge.items import TrafficItem
    from firingorder.firmware_bridge.payloads import Ack, Hello
    from firingorder.firmware_bridge.requests import Requests

#: Fewer bytes than a frame has could be noise of plugging in, and refuse nobody.
_MIN_GARBAGE_BYTES = MIN_FRAME_BYTES

Outcome = Literal["identified", "silent"]


class Identification:
    """One exchange after another; :attr:`outcome` tells how the current one ended.

    Attributes
    ----------
    hello
        The newest HELLO of all, also from later than the exchange.
    outcome
        None while it goes on; ``silent``: nothing came that answers HELLO; an error: what is there
        cannot be used.
    why
        In words, why the outcome is ``silent``.
    deadline_ns
        When :meth:`due` must be called, beside the deadline of the command under way.
    """

    def __init__(self, config: HostConfig, requests: Requests) -> None:
        self.hello: Hello | None = None
        self.outcome: Outcome | DeviceRefusedError | None = None
        self.why = ""
        self.deadline_ns: int | None = None
        self._config = config
        self._requests = requests
        self._clear()

    def begin(self, t_ns: int, *, fresh_link: bool) -> Send:
        """Begin anew; what was heard before counts no more.

        A device cannot see that a byte stream was lost and may still be streaming; over BLE it
        stops by itself. Neither stops when the host begins anew on a link that stayed open.
        """
        self._clear()
        self._infos_due = int(fresh_link)
        if self._config.framing == "cobs" or not fresh_link:
            config = self._config
            return self._requests.begin(
                StopCommand, t_ns, tries=config.stop_tries, period_s=config.command_timeout_s
            )
        return self._ask(t_ns)

    def heard(self, item: TrafficItem) -> None:
        """Count what comes; a frame of another major version settles the matter at once."""
        self._bytes += item.received_bytes
        self._frames += item.frames
        if item.foreign_major and self._frames == 0 and self.hello is None:
            self.outcome = refusals.of_major(self._config.name, None)

    def introduced(self, hello: Hello, *, has_number: bool = True) -> None:
        """Take a HELLO, whether asked for, sent at boot or read from INFO.

        Read from INFO it has no number; what was read before the command was answered may be
        older than the answer.
        """
        self.hello = hello
        from_info = not has_number and self._infos_due > 0
        self._infos_due -= from_info
        refusal = refusals.of_hello(self._config.name, hello)
        if refusal is not None:
            self.outcome = refusal
        elif self._is_answered or not from_info:
            self._is_fresh = True
            self._conclude()

    def acknowledged(self, ack: Ack, t_ns: int) -> Send | ReadInfo | None:
        """Take the answer to the command under way, and go on to the next."""
        if ack.command == Command.STOP:
            return self._ask(t_ns)
        if ack.status != AckStatus.OK:
            self.outcome = refusals.of_ack(self._config.name, ack)
            return None
        self._is_answered = True
        # The HELLO itself may have been lost: then it is asked for again.
        self.deadline_ns = t_ns + round(self._config.hello_period_s * 1e9)
        self._conclude()
        # A HELLO that is longer than the MTU allows is not notified (section 8).
        if self._is_fresh or self._config.framing == "cobs":
            return None
        self._infos_due += 1
        return ReadInfo()

    def command_due(self, t_ns: int) -> Send | None:
        """Repeat the command that was not answered, or go on without its answer."""
        code = self._requests.code
        if code == Command.HELLO and self._is_fresh:
            self._requests.cancel()  # the HELLO came, its ACK was lost
            self._is_answered = True
            self._conclude()
            return None
        send = self._requests.again(t_ns)
        if send is None and code == Command.STOP:
            return self._ask(t_ns)
        if send is None:
            self._give_in()
        return send

    def due(self, t_ns: int) -> Send | None:
        """Ask once more when the command was answered and HELLO did not come."""
        self.deadline_ns = None
        self._rounds += 1
        if self._rounds < self._config.hello_tries:
            return self._ask(t_ns)
        self._give_in()
        return None

    def _clear(self) -> None:
        self.outcome = None
        self.deadline_ns = None
        self._infos_due = 0
        self._is_fresh = False
        self._is_answered = False
        self._rounds = 0
        self._bytes = 0
        self._frames = 0

    def _ask(self, t_ns: int) -> Send:
        self._is_answered = False
        config = self._config
        return self._requests.begin(
            HelloCommand, t_ns, tries=config.hello_tries, period_s=config.hello_period_s
        )

    def _conclude(self) -> None:
        """End once HELLO has come and its command is answered: one command at a time."""
        if self._is_fresh and self._is_answered:
            self.outcome = "identified"

    def _give_in(self) -> None:
        """Refuse what talks, but not in frames; what is silent may still come."""
        talks = self._bytes >= _MIN_GARBAGE_BYTES
        if talks and self._frames == 0 and self.hello is None:
            self.outcome = refusals.of_garbage(self._config.name, self._bytes)
            return
        self.why = "It sends frames but no HELLO." if self._frames else "It does not answer."
        self.outcome = "silent"

"""Commands under way: numbers, tokens, repetition (wire_protocol.md section 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.actions import Send
from firingorder.firmware_bridge.commands import CommandPayload, TimeRequest, encode_command
from firingorder.firmware_bridge.frame import packet

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Framing
    from firingorder.firmware_bridge.payloads import Ack

_LARGEST_TOKEN = 0xFFFF

MakeCommand = Callable[[int], CommandPayload]


@dataclass(frozen=True, slots=True)
class _Outstanding:
    command: CommandPayload
    tries_left: int
    due_ns: int
    period_ns: int


class Requests:
    """At most one command at a time, sent again with the same token until it is answered.

    The first token comes from the host's clock: a device may still hold the answer to the last
    command of an earlier session, and the same token again would not be executed.
    """

    def __init__(self, framing: Framing) -> None:
        self._framing: Framing = framing
        self._seq = 0
        self._token: int | None = None
        self._outstanding: _Outstanding | None = None

    @property
    def code(self) -> int | None:
        """Code of the command under way."""
        return None if self._outstanding is None else self._outstanding.command.code

    @property
    def due_ns(self) -> int | None:
        """When the command under way is sent again or given up."""
        return None if self._outstanding is None else self._outstanding.due_ns

    def begin(self, make: MakeCommand, t_ns: int, *, tries: int, period_s: float) -> Send:
        """Send a new command in place of any other."""
        command = make(self._next_token(t_ns))
        period_ns = round(period_s * 1e9)
        self._outstanding = _Outstanding(command, tries - 1, t_ns + period_ns, period_ns)
        return self._send(command)

    def time_request(self, t_ns: int) -> Send:
        """Ask for the time, beside any command; no answer is waited for."""
        return self._send(TimeRequest(self._next_token(t_ns), t_ns))

    def answered_by(self, ack: Ack) -> bool:
        """Return whether this answers the command under way, which is then over."""
        out = self._outstanding
        if out is None or ack.token != out.command.token or ack.command != out.command.code:
            return False
        self._outstanding = None
        return True

    def again(self, t_ns: int) -> Send | None:
        """Send the command under way once more; None, and it is over, when no try is left."""
        out = self._outstanding
        if out is None or out.tries_left == 0:
            self._outstanding = None
            return None
        self._outstanding = _Outstanding(
            out.command, out.tries_left - 1, t_ns + out.period_ns, out.period_ns
        )
        return self._send(out.command)

    def cancel(self) -> None:
        """Wait for no answer any more."""
        self._outstanding = None

    def _next_token(self, t_ns: int) -> int:
        if self._token is None:
            self._token = t_ns // 1000 % _LARGEST_TOKEN
        self._token = self._token % _LARGEST_TOKEN + 1
        return self._token

    def _send(self, command: CommandPayload) -> Send:
        raw = encode_command(command, self._seq)
        self._seq = (self._seq + 1) & 0xFFFF
        return Send(packet(raw) if self._framing == "cobs" else raw)

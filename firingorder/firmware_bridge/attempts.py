"""How long the host waits between attempts to connect, and for how long it goes on trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import LinkError, LinkLostError

if TYPE_CHECKING:
    from firingorder.firmware_bridge.actions import HostConfig


class Attempts:
    """BACKOFF of wire_protocol.md section 11, in ns of the host's clock.

    Attributes
    ----------
    streamed
        Whether the device ever streamed: it was there, and is waited for longer.
    reached
        The newest attempt opened the link.
    why
        In words, why the last attempt failed.
    """

    def __init__(self, config: HostConfig) -> None:
        self.streamed = False
        self.reached = False
        self.why = ""
        self._config = config
        self._failed = 0
        self._begun_ns = 0
        self._alive_ns = 0

    def follow(self, config: HostConfig) -> None:
        """Go by other settings from now on."""
        self._config = config

    def begin(self, t_ns: int) -> None:
        """Note the very first attempt."""
        self._begun_ns = self._alive_ns = t_ns

    def alive(self, t_ns: int) -> None:
        """Note that the device streams."""
        self._failed = 0
        self._alive_ns = t_ns
        self.streamed = True

    def next_ns(self, t_ns: int) -> int:
        """Return when to try again after a failure at ``t_ns``.

        A byte stream is opened at once or not at all, so the pause begins now. Opening a packet
        link scans: the pause counts from its beginning, and one scan follows the other.
        """
        config = self._config
        if self._failed == 0:
            due_ns = t_ns + seconds_ns(config.backoff_first_s)
        elif config.framing == "cobs":
            due_ns = t_ns + seconds_ns(config.backoff_next_s)
        else:
            due_ns = max(t_ns, self._begun_ns + seconds_ns(config.backoff_next_s))
        self._failed += 1
        self._begun_ns = due_ns
        return due_ns

    @property
    def give_up_ns(self) -> int:
        """When the device is given up unless it streams again."""
        return self._alive_ns + seconds_ns(self._patience_s)

    def given_up(self) -> LinkError | LinkLostError:
        """Return the error that ends the session."""
        name, limit = self._config.name, f"{self._patience_s:g} s"
        if self.streamed:
            return LinkLostError(f"{name} did not come back within {limit}. {self.why}".strip())
        if self.reached:
            why = f" {self.why}" if self.why else ""
            return LinkError(
                f"{name} is there, but sent no samples within {limit}.{why} Check that this is the"
                " right port and that the device is switched on."
            )
        return LinkError(f"{name} was not there for {limit}. {self.why}".strip())

    @property
    def _patience_s(self) -> float:
        return self._config.patience_s(was_there=self.streamed)


def seconds_ns(seconds: float) -> int:
    """Return seconds as whole nanoseconds."""
    return round(seconds * 1e9)

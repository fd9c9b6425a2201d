"""What the host's state machine stands on: its state, what is due, what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.actions import (
    Action,
    CloseLink,
    GaveUp,
    HostConfig,
    HostState,
    OpenLink,
    Refused,
    StateChange,
)
from firingorder.firmware_bridge.attempts import Attempts
from firingorder.firmware_bridge.configuration import Configuration
from firingorder.firmware_bridge.identification import Identification
from firingorder.firmware_bridge.relief import Relief
from firingorder.firmware_bridge.requests import MakeCommand, Requests

if TYPE_CHECKING:
    from firingorder.errors import FiringOrderError
    from firingorder.findings import ConnectionState
    from firingorder.firmware_bridge.payloads import Hello

ENDED = (HostState.CLOSED, HostState.REFUSED)
WITHOUT_LINK = (*ENDED, HostState.OPENING, HostState.BACKOFF)
RUNNING = (HostState.STREAMING, HostState.WAITING, HostState.STALLED)


class HostBase:
    """States are entered and left here, so that every one has its deadline and its end."""

    def __init__(self, config: HostConfig | None = None) -> None:
        self.state = HostState.CLOSED
        self._attempts = Attempts(config or HostConfig())
        self._relief = Relief()
        self._set_up(config or HostConfig())
        self._actions: list[Action] = []
        self._connection: ConnectionState | None = None
        self._deadline_ns: int | None = None
        self._keep_alive_ns: int | None = None
        self._data_ns = 0
        self._link_is_fresh = True

    @property
    def hello(self) -> Hello | None:
        """What the device said of itself last."""
        return self._identification.hello

    @property
    def next_deadline_ns(self) -> int | None:
        """When :meth:`HostMachine.tick` has something to do; None: nothing is waited for."""
        if self.state in ENDED:
            return None
        due = [self._deadline_ns, self._keep_alive_ns, self._requests.due_ns, self._give_up_ns()]
        return min((each for each in due if each is not None), default=None)

    def _set_up(self, config: HostConfig) -> None:
        self.config = config
        self._requests = Requests(config.framing)
        self._identification = Identification(self.config, self._requests)
        self._configuration = Configuration(self.config)
        self._attempts.follow(self.config)

    def _back_off(self, t_ns: int, why: str) -> None:
        self._attempts.why = why
        due_ns = self._attempts.next_ns(t_ns)
        self._actions.append(CloseLink())
        self._enter(HostState.BACKOFF, "lost" if self._attempts.streamed else None)
        self._deadline_ns = due_ns
        self._actions.append(OpenLink(due_ns))

    def _refuse(self, error: FiringOrderError) -> None:
        self._actions += [CloseLink(), Refused(error)]
        self._enter(HostState.REFUSED, "closed")

    def _give_up(self) -> None:
        self._actions += [CloseLink(), GaveUp(self._attempts.given_up())]
        self._enter(HostState.CLOSED, "closed")

    def _finish(self) -> None:
        self._actions.append(CloseLink())
        self._enter(HostState.CLOSED, "closed")

    def _give_up_ns(self) -> int | None:
        if self.state in (*ENDED, *RUNNING, HostState.STOPPING):
            return None
        return self._attempts.give_up_ns

    def _command(self, make: MakeCommand, t_ns: int, *, tries: int | None = None) -> None:
        tries = self.config.command_tries if tries is None else tries
        period_s = self.config.command_timeout_s
        self._actions.append(self._requests.begin(make, t_ns, tries=tries, period_s=period_s))

    def _enter(self, state: HostState, connection: ConnectionState | None = None) -> None:
        """Change the state; tell people only what is new to them."""
        self.state = state
        self._deadline_ns = None
        self._relief.begin()
        if state not in RUNNING:
            self._keep_alive_ns = None
            self._requests.cancel()
        if connection == self._connection:
            connection = None
        self._connection = connection or self._connection
        self._actions.append(StateChange(state, connection))

    def _take(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions

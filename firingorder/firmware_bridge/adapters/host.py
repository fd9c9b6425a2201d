"""The host's side of a connection to another maker's device: a conversation, then watching.

Pure, like the state machine of frame v1, with the same states and times. A device that goes silent
is opened anew and told everything again: it may have lost its power.

Samples alone are a sign of life. Answers are none: a wrong device that chats is told to be wrong
after a few conversations, however much it says.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError, LinkError, LinkLostError
from firingorder.firmware_bridge.actions import (
    Action,
    CloseLink,
    GaveUp,
    HostConfig,
    HostState,
    OpenLink,
    Send,
    StateChange,
)
from firingorder.firmware_bridge.items import AnswerItem, Item, TrafficItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from firingorder.findings import ConnectionState
    from firingorder.firmware_bridge.adapters.base import Conversation, Step
    from firingorder.firmware_bridge.links.base import Framing

_ENDED = (HostState.CLOSED, HostState.REFUSED)
_WITHOUT_LINK = (*_ENDED, HostState.OPENING, HostState.BACKOFF)
_RUNNING = (HostState.STREAMING, HostState.WAITING, HostState.STALLED)
_TALKING = (HostState.IDENTIFY, HostState.STARTING, HostState.STOPPING)


class AdapterHost:
    """Open, talk, start, watch the samples, come back, or say why not.

    Call :meth:`start` once, then report what happens and carry out the actions in their order.
    :meth:`tick` is due at ``next_deadline_ns``; calling it earlier does nothing.
    """

    def __init__(
        self, talk: Conversation, config: HostConfig | None = None, *, label: str = ""
    ) -> None:
        self.config = config or HostConfig()
        self.state = HostState.CLOSED
        self._talk = talk
        self._label = label
        self._steps: deque[Step] = deque()
        self._step: Step | None = None
        self._pausing = False
        self._tries_left = 0
        self._answers: list[bytes] = []
        self._actions: list[Action] = []
        self._connection: ConnectionState | None = None
        self._deadline_ns: int | None = None
        self._alive_ns = 0
        self._data_ns = 0
        self._streamed = False
        self._attempts = 0
        self._failed_talks = 0
        self._way = 0
        self._why = ""

    @property
    def next_deadline_ns(self) -> int | None:
        """When :meth:`tick` has something to do; None when nothing is waited for."""
        if self.state in _ENDED:
            return None
        due = (self._deadline_ns, self._give_up_ns())
        return min((each for each in due if each is not None), default=None)

    def start(self, t_ns: int) -> list[Action]:
        """Begin to connect."""
        self._alive_ns = t_ns
        self._enter(HostState.OPENING, "connecting")
        self._deadline_ns = t_ns + _ns(self.config.opening_limit_s)
        self._actions.append(OpenLink(t_ns, self._way))
        return self._take()

    def opened(self, t_ns: int, framing: Framing | None = None) -> list[Action]:
        """Note that the link is open."""
        del framing  # a device of another maker has one kind of link
        if self.state in (HostState.OPENING, HostState.BACKOFF):
            self._answers.clear()
            self._enter(HostState.IDENTIFY, "connecting")
            self._say(self._talk.opening, t_ns)
        return self._take()

    def open_failed(self, t_ns: int, error: FiringOrderError) -> list[Action]:
        """Note that the link could not be opened."""
        if self.state in (HostState.OPENING, HostState.BACKOFF):
            self._why = str(error)
            self._back_off(t_ns)
        return self._take()

    def link_lost(self, t_ns: int) -> list[Action]:
        """Note that the link is gone."""
        if self.state is HostState.STOPPING:
            self._finish()
        elif self.state not in _WITHOUT_LINK:
            self._why = _LOST
            self._back_off(t_ns)
        return self._take()

    def stop(self, t_ns: int) -> list[Action]:
        """End the session: have the device stop, then close."""
        if self.state in (*_ENDED, HostState.STOPPING):
            return []
        if self.state in _WITHOUT_LINK:
            self._finish()
        else:
            self._enter(HostState.STOPPING)
            self._say(self._talk.stop, t_ns)
        return self._take()

    def items(self, items: Iterable[Item], t_ns: int) -> list[Action]:
        """Take what the receiver made of a read."""
        for item in items:
            match item:
                case AnswerItem(data) if self.state in _TALKING:
                    self._answered(data, t_ns)
                case TrafficItem() if item.data_frames and self.state not in _WITHOUT_LINK:
                    self._data(t_ns)
                case _:
                    pass
        return self._take()

    def tick(self, t_ns: int) -> list[Action]:
        """Do what is due."""
        if self.state in _ENDED:
            return []
        give_up_ns = self._give_up_ns()
        if give_up_ns is not None and t_ns >= give_up_ns:
            self._give_up()
        elif self._deadline_ns is not None and t_ns >= self._deadline_ns:
            self._due(t_ns)
        return self._take()

    def _say(self, steps: Sequence[Step], t_ns: int) -> None:
        self._steps = deque(steps)
        self._next_step(t_ns)

    def _next_step(self, t_ns: int) -> None:
        """Put the next sentence, or act on the end of the conversation."""
        self._pausing = False
        if self._steps:
            self._step = self._steps.popleft()
            self._tries_left = self._step.tries
            self._put(t_ns)
            return
        self._step = None
        match self.state:
            case HostState.IDENTIFY:
                self._enter(HostState.STARTING)
                self._say(self._talk.start, t_ns)
            case HostState.STARTING:
                self._deadline_ns = t_ns + _ns(self.config.first_data_s)
            case _:
                self._finish()

    def _put(self, t_ns: int) -> None:
        step = self._step
        assert step is not None
        self._tries_left -= 1
        data = step.send if isinstance(step.send, bytes) else step.send(tuple(self._answers))
        if data:
            self._actions.append(Send(data))
        wait_s = step.within_s if step.expect is not None else step.pause_s
        self._deadline_ns = t_ns + _ns(wait_s)

    def _answered(self, data: bytes, t_ns: int) -> None:
        self._answers.append(data)
        del self._answers[:-MOST_ANSWERS]
        step = self._step
        if step is None or step.expect is None or not step.expect(data):
            return
        self._step = None
        self._pausing = True
        self._deadline_ns = t_ns + _ns(step.pause_s)

    def _data(self, t_ns: int) -> None:
        """Note that samples arrived."""
        self._data_ns = self._alive_ns = t_ns
        late = self.state is HostState.WAITING
        if self.state in (HostState.STARTING, HostState.WAITING, HostState.STALLED):
            self._attempts = self._failed_talks = 0
            self._step = None
            self._steps.clear()
            came_back = "recovered" if self._streamed else "streaming"
            self._enter(HostState.STREAMING, None if late else came_back)
            self._streamed = True
        if self.state is HostState.STREAMING:
            self._deadline_ns = t_ns + _ns(self.config.waiting_s)

    def _due(self, t_ns: int) -> None:
        match self.state:
            case HostState.OPENING:
                self._why = "Opening it took too long."
                self._back_off(t_ns)
            case HostState.BACKOFF:
                self._enter(HostState.OPENING)
                self._deadline_ns = t_ns + _ns(self.config.opening_limit_s)
            case HostState.IDENTIFY | HostState.STARTING | HostState.STOPPING:
                self._talk_due(t_ns)
            case HostState.STREAMING:
                self._enter(HostState.WAITING)
                self._deadline_ns = self._data_ns + _ns(self.config.stalled_s)
            case HostState.WAITING:
                self._enter(HostState.STALLED, "lost")
                self._deadline_ns = t_ns + _ns(self.config.stalled_limit_s)
            case _:
                self._why = "It sent no samples any more."
                self._back_off(t_ns)

    def _talk_due(self, t_ns: int) -> None:
        """Go on after a pause, or act on an answer that did not come."""
        step = self._step
        if step is not None and step.expect is not None:
            if self._tries_left > 0:
                self._put(t_ns)
            elif self.state is HostState.STOPPING:
                self._finish()
            else:
                silent = step.silent
                self._talk_failed(
                    silent if isinstance(silent, str) else silent(tuple(self._answers)), t_ns
                )
        elif step is None and not self._pausing:
            self._talk_failed("It was started but sent no samples.", t_ns)
        else:
            self._next_step(t_ns)

    def _talk_failed(self, why: str, t_ns: int) -> None:
        """Try the next way of opening it, or end if it was never the device that was meant."""
        self._why = why
        self._failed_talks += 1
        if not self._streamed:
            self._alive_ns = t_ns
            self._way = (self._way + 1) % self._talk.ways
            if self._failed_talks >= max(MOST_FAILED_TALKS, self._talk.ways):
                self._give_up()
                return
        self._back_off(t_ns)

    def _back_off(self, t_ns: int) -> None:
        config = self.config
        delay_s = config.backoff_first_s if self._attempts == 0 else config.backoff_next_s
        self._attempts += 1
        self._actions.append(CloseLink())
        self._enter(HostState.BACKOFF, "lost" if self._streamed else None)
        self._deadline_ns = t_ns + _ns(delay_s)
        self._actions.append(OpenLink(self._deadline_ns, self._way))

    def _give_up(self) -> None:
        name, limit = self.config.name, f"{self.config.patience_s(was_there=self._streamed):g} s"
        if self._streamed:
            text = f"{name} did not come back within {limit}. {self._why}"
            error: FiringOrderError = LinkLostError(text.strip())
        elif self._failed_talks:
            meant = f" as {self._label}" if self._label else ""
            error = LinkError(f"{name} cannot be used{meant}. {self._why}")
        else:
            error = LinkError(f"{name} was not there for {limit}. {self._why}".strip())
        self._actions += [CloseLink(), GaveUp(error)]
        self._enter(HostState.CLOSED, "closed")

    def _finish(self) -> None:
        self._actions.append(CloseLink())
        self._enter(HostState.CLOSED, "closed")

    def _give_up_ns(self) -> int | None:
        if self.state in (*_ENDED, *_RUNNING, HostState.STOPPING):
            return None
        if not self._streamed and self.state in _TALKING:
            return None  # it is there: its conversations are counted, not the time
        return self._alive_ns + _ns(self.config.patience_s(was_there=self._streamed))

    def _enter(self, state: HostState, connection: ConnectionState | None = None) -> None:
        """Change the state; tell people only what is new to them."""
        self.state = state
        self._deadline_ns = None
        if connection == self._connection:
            connection = None
        if connection is not None:
            self._connection = connection
        self._actions.append(StateChange(state, connection))

    def _take(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions


#: What a device said while it was opened: no conversation here is longer.
MOST_ANSWERS = 32
#: A device that is there but does not talk as it should is a wrong one; twice, since the first
#: words may fall into the time in which it boots.
MOST_FAILED_TALKS = 2
_LOST = "The connection was lost."


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)

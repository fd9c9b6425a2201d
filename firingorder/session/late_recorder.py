"""A recorder that may be put to before it is there: what came meanwhile is in it, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.session.takers import RecorderLike

#: Inputs before the first HELLO are kept until there is a recording: a boot HELLO and a few
#: answers. Garbage from a wrong device must not fill the memory.
MAX_HELD_BYTES = 1_000_000


class LateRecorder:
    """Keeps messages until the recorder begins; what is too much goes, the oldest first.

    Attributes
    ----------
    begun
        Whether it was decided who records, if anybody.
    """

    def __init__(self) -> None:
        self.begun = False
        self._recorder: RecorderLike | None = None
        self._held: list[tuple[str, bytes, int]] = []
        self._bytes = 0

    def begin(self, recorder: RecorderLike | None) -> None:
        """Hand everything to this recorder from now on; None keeps nothing."""
        self.begun, self._recorder = True, recorder
        held, self._held = self._held, []
        for topic, data, t_ns in held:
            self.put(topic, data, t_ns)

    def put(self, topic: str, data: bytes, t_ns: int) -> None:
        """Take a message."""
        if self._recorder is not None:
            self._recorder.put(topic, data, t_ns)
        elif not self.begun:
            self._held.append((topic, data, t_ns))
            self._bytes += len(data)
            while self._bytes > MAX_HELD_BYTES:
                self._bytes -= len(self._held.pop(0)[1])

"""The end of a training or its session: no answer about pain is lost, no card is stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.training.coaching.view import CoachView

#: States that ask about pain; what is answered there decides what may be done next time.
_ABOUT_PAIN = ("stopped", "pain", "after")
#: What may end.
Ending = Literal["session", "training"]
#: Said on the card where the end waits for an answer.
ANSWER_FIRST: dict[Ending, str] = {
    "session": "The session ends after your answer. Hold again: it ends without.",
    "training": "The training ends after your answer. Hold again: it ends without.",
}


class LedEnd:
    """Lets the end wait for an open question, and takes cards away that nobody serves any more.

    ``waits`` is what was asked to end while a question about pain is open. The coach closes every
    question after its time, so that the end waits for a minute at most.
    """

    def __init__(self) -> None:
        self.waits: Ending | None = None
        self._over = self._put_away = False

    def may_end(self, view: CoachView | None, what: Ending) -> bool:
        """Return whether it may end now; who asks a second time is not asked again."""
        self.waits = what if self.waits != what and asks_pain(view) else None
        return self.waits is None

    def follow(self, view: CoachView | None, *, over: bool) -> CoachView | None:
        """Return what is shown of the coach: after the end its summary, until it is closed."""
        self._over = over
        if not over:
            self._put_away = False
            return view
        self.waits = None
        summed_up = view is not None and view.state == "summary" and not self._put_away
        return view if summed_up else None

    def take(self, view: CoachView | None) -> Ending | None:
        """Return, once, what is to end now that its answer is there."""
        if self.waits is None or asks_pain(view):
            return None
        what, self.waits = self.waits, None
        return what

    def put_away(self) -> bool:
        """Close the summary; False while there is a session that can do so itself."""
        self._put_away = self._over
        return self._over


def asks_pain(view: CoachView | None) -> bool:
    """Return whether a question about pain is open, or why somebody stopped."""
    return view is not None and view.state in _ABOUT_PAIN and view.prompt is not None

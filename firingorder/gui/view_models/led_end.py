"""The end of a session in which somebody is led: no answer about pain is lost, no card is stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.training.coaching.view import CoachView

#: States that ask about pain; what is answered there decides what may be done next time.
_ABOUT_PAIN = ("stopped", "pain", "after")
#: Said on the card where the end waits for an answer.
ANSWER_FIRST = "The session ends after your answer. Hold again: it ends without."


class LedEnd:
    """Lets the end wait for an open question, and takes cards away that nobody serves any more.

    ``waits`` while the end was asked for and a question about pain is open. The coach closes every
    question after its time, so that the end waits for a minute at most.
    """

    def __init__(self) -> None:
        self.waits = False
        self._over = self._put_away = False

    def may_end(self, view: CoachView | None) -> bool:
        """Return whether the session may end now; who asks a second time is not asked again."""
        self.waits = not self.waits and asks_pain(view)
        return not self.waits

    def follow(self, view: CoachView | None, *, over: bool) -> CoachView | None:
        """Return what is shown of the coach: after the end its summary, until it is closed."""
        self._over = over
        if not over:
            self._put_away = False
            return view
        self.waits = False
        summed_up = view is not None and view.state == "summary" and not self._put_away
        return view if summed_up else None

    def take(self, view: CoachView | None) -> bool:
        """Return true once when what the end has waited for is answered."""
        if not self.waits or asks_pain(view):
            return False
        self.waits = False
        return True

    def put_away(self) -> bool:
        """Close the summary; False while there is a session that can do so itself."""
        self._put_away = self._over
        return self._over


def asks_pain(view: CoachView | None) -> bool:
    """Return whether a question about pain is open, or why somebody stopped."""
    return view is not None and view.state in _ABOUT_PAIN and view.prompt is not None

"""What is said, one utterance after the other: nothing overlaps, and nothing is said too late.

The mixer keeps few utterances and drops the oldest of more (sound/speech.py), and only the coach
knows what a late word is worth. So it hands an utterance on when the one before should be over, by
an estimate of its length: a word of the movement or of a countdown cuts off what is said, a second
that is counted is left out while something else is said, and a result is not said into the next
lift.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from firingorder.training.coaching.deeds import Say
from firingorder.training.coaching.words import said
from firingorder.training.goals.words import SPOKEN
from firingorder.training.safety.texts import utterances

if TYPE_CHECKING:
    from collections.abc import Iterable

#: ``turn``: after what is being said; ``now``: instead of it; ``count``: now, or not at all;
#: ``result``: in its turn, unless something is done by then.
Manner = Literal["turn", "now", "count", "result"]
#: Length of a clip from its letters: least squares over the 445 whole texts of the voice
#: (sound/voice_en.npz), which differ from it by 0.23 s (SD), and the pause between utterances
#: (sound/speech.py) with a little to spare.
CLIP_S, LETTER_S, BETWEEN_S = 0.18, 0.0615, 0.35
#: Number keys are short, their words are not: "17" is said as "seventeen".
_NUMBER_LETTERS = 8
#: A counted second may begin so long before what is said should be over, pause and all: it then
#: comes at most a quarter of a second late. A proposal.
LATE_S = BETWEEN_S + 0.25


def spoken_s(keys: Iterable[str]) -> float:
    """Return about how long an utterance takes with the pause after it, seconds."""
    texts = [_text(key) for key in keys]
    letters = sum(_NUMBER_LETTERS if text.isdigit() else len(text) for text in texts)
    return len(texts) * CLIP_S + letters * LETTER_S + BETWEEN_S


class Voice:
    """Utterances that wait for their turn. Time is device time, seconds."""

    def __init__(self) -> None:
        self._free_s = float("-inf")
        self._waiting: list[tuple[int, tuple[str, ...], tuple[str, ...]]] = []
        self._taken = 0

    def say(
        self, keys: tuple[str, ...], manner: Manner, now_s: float, short: tuple[str, ...] = ()
    ) -> list[Say]:
        """Take an utterance; return what is to be said at once.

        ``short``: what is left of a result once something is done again.
        """
        late_s = self._free_s - now_s
        self._taken += 1
        match manner:
            case "now":
                self._waiting.clear()
                return [self._begin(keys, now_s, urgent=True)]
            case "count":
                idle = not self._waiting and late_s <= LATE_S
                return [self._begin(keys, now_s)] if idle else []
            case _ if self._waiting or late_s > 0.0:
                self._waiting.append((self._taken, keys, short if manner == "result" else keys))
                return []
            case _:
                return [self._begin(keys, now_s)]

    def release(self, now_s: float, *, moving: bool = False) -> list[Say]:
        """Return what may be said by now."""
        ready: list[Say] = []
        while self._waiting and now_s >= self._free_s:
            _, keys, short = self._waiting.pop(0)
            due = short if moving else keys
            if due:
                ready.append(self._begin(due, now_s))
        return ready

    def hush(self, mark: int | None = None, free_s: float = float("-inf")) -> None:
        """Forget what is said, and what waits: all of it, or what was taken up to a ``mark``.

        ``free_s``: when what is said all the same will be over.
        """
        self._waiting = [one for one in self._waiting if mark is not None and one[0] > mark]
        self._free_s = free_s

    @property
    def mark(self) -> int:
        """A number that tells what was taken before from what is taken after."""
        return self._taken

    def left_s(self, now_s: float) -> float:
        """Return after how long everything will have been said."""
        return max(0.0, self._free_s - now_s) + sum(spoken_s(keys) for _, keys, _ in self._waiting)

    def _begin(self, keys: tuple[str, ...], now_s: float, *, urgent: bool = False) -> Say:
        begins_s = now_s if urgent else max(now_s, self._free_s)
        self._free_s = begins_s + spoken_s(keys)
        return Say(keys, urgent)


@cache
def _text(key: str) -> str:
    text = said(key)
    return SPOKEN.get(key, utterances().get(key, key)) if text == key else text

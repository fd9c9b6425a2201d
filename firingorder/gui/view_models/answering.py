"""A question answered by keys, a pedal or a finger: what is chosen, and when it counts as given.

Somebody on the floor may have one pedal and nothing else: each press moves the choice on, and a
choice that rests is taken. On a keyboard a figure or a letter chooses at once and Enter gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.training.safety.records import Prompt

#: A choice that nobody touches for so long is taken: time to hear it and to change one's mind.
DWELL_S = 4.0
#: A second figure within this makes ten of a one.
TEN_S = 1.0
SCALE = tuple(str(number) for number in range(11))
YES_NO = (("yes", "Yes"), ("no", "No"))
#: Longer reasons are written down elsewhere.
MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: what it is in the log, its words, its key."""

    key: str
    words: str
    letter: str


def choices(prompt: Prompt) -> tuple[Choice, ...]:
    """Return the possible answers of a question; none where words are asked for."""
    match prompt.kind:
        case "scale":
            return tuple(Choice(one, one, one) for one in SCALE)
        case "yes_no":
            return tuple(Choice(key, words, words[0]) for key, words in YES_NO)
        case "choice":
            return tuple(
                Choice(key, words, str(number))
                for number, (key, words) in enumerate(prompt.options, 1)
            )
        case "text":
            return ()


class Answering:
    """Follows the question that is open. Times are host seconds."""

    def __init__(self) -> None:
        self._prompt: Prompt | None = None
        self._choices: tuple[Choice, ...] = ()
        self._at: int | None = None
        self._touched_s = 0.0
        self.text = ""

    @property
    def selected(self) -> int | None:
        """Which choice stands, None while nothing was chosen."""
        return self._at

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The possible answers."""
        return self._choices

    @property
    def writes(self) -> bool:
        """Whether letters are part of the answer."""
        return self._prompt is not None and self._prompt.kind == "text"

    def follow(self, prompt: Prompt | None) -> None:
        """Take the question that is open now; another one begins unanswered."""
        if prompt == self._prompt:
            return
        self._prompt, self._at, self.text = prompt, None, ""
        self._choices = () if prompt is None else choices(prompt)
        if len(self._choices) == 1:  # a notice: it stands, and waits to be read
            self._at, self._touched_s = 0, inf

    def move(self, step: int, now_s: float) -> None:
        """Move the choice; beyond an end it comes in again at the other."""
        if not self._choices:
            return
        if self._at is None:
            self._at = 0 if step > 0 else len(self._choices) - 1
        else:
            self._at = (self._at + step) % len(self._choices)
        self._touched_s = now_s

    def press(self, letter: str, now_s: float) -> bool:
        """Take a letter or figure; False where it means nothing here."""
        if self.writes:
            if letter.isprintable() and letter:
                self.text = (self.text + letter)[:MOST_LETTERS]
            return True
        ten = letter == "0" and self._at == 1 and now_s - self._touched_s < TEN_S
        wanted = "10" if ten and len(self._choices) == len(SCALE) else letter.upper()
        for at, one in enumerate(self._choices):
            if one.letter.upper() == wanted:
                self._at, self._touched_s = at, now_s
                return True
        return False

    def rub_out(self) -> None:
        """Take the last letter back."""
        self.text = self.text[:-1]

    def choose(self, at: int, now_s: float) -> None:
        """Choose by a finger."""
        if 0 <= at < len(self._choices):
            self._at, self._touched_s = at, now_s

    def share(self, now_s: float) -> float:
        """Return how much of the time has passed after which the choice is taken, 0 to 1."""
        if self._at is None or self._touched_s == inf:
            return 0.0
        return min(1.0, max(0.0, (now_s - self._touched_s) / DWELL_S))

    def given(self) -> str | None:
        """Return the answer as Enter gives it, None where nothing was chosen."""
        if self.writes:
            return self.text.strip()
        return None if self._at is None else self._choices[self._at].key

    def take(self, now_s: float) -> str | None:
        """Return the answer once its time has passed; the question is closed with it."""
        if self._at is None or self.share(now_s) < 1.0:
            return None
        answer = self._choices[self._at].key
        self._at = None
        return answer

"""What else may change pain: sleep, stress, load, meals (docs/reference/safety.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.training.safety.pain import as_pain
from firingorder.training.safety.session_log import word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.training.safety.entries import Entry

_SCALES = ("sleep", "stress", "load", "meals")


@dataclass(frozen=True, slots=True)
class DiaryPage:
    """What was told before one session; 0 to 10, None: left out.

    ``sleep`` and ``meals`` rise with better, ``stress`` and ``load`` with more; ``last_hour`` is
    what was done, in words.
    """

    session: str
    day: str
    sleep: int | None = None
    stress: int | None = None
    load: int | None = None
    meals: int | None = None
    last_hour: str = ""


def diary(entries: Iterable[Entry]) -> tuple[DiaryPage, ...]:
    """Return the diary of a log, oldest first; sessions in which nothing was told have no page."""
    pages: dict[tuple[str, str], DiaryPage] = {}
    for one in entries:
        key, answer = word(one.values.get("key")), one.values.get("answer")
        if one.kind != "question_answered" or not key.startswith("diary."):
            continue
        name, session = key.removeprefix("diary."), word(one.values.get("session"))
        page = pages.get((session, one.day), DiaryPage(session, one.day))
        if name in _SCALES and as_pain(answer) is not None:
            pages[session, one.day] = replace(page, **{name: as_pain(answer)})
        elif name == "last_hour" and word(answer) not in ("", "skip"):
            pages[session, one.day] = replace(page, last_hour=word(answer))
    return tuple(pages.values())

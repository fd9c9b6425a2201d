"""The pages of the window: those a session goes through, then those around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.training.words import tested_on_words

if TYPE_CHECKING:
    from firingorder.session.feed import LiveStatus

PageName = Literal[
    "setup",
    "calibrate",
    "live",
    "review",
    "trends",
    "library",
    "programme",
    "exercises",
    "practise",
]
#: Said on the pages that prepare: nobody needs a veil to know why no repetition comes.
NOT_SCORED = "Nothing is scored on this page; the recording goes on."
NOT_SCORED_UNRECORDED = "Nothing is scored on this page."
HELD_REPLAY = "A recording is playing. It goes on, and nothing here changes it."


@dataclass(frozen=True, slots=True)
class PageTitle:
    """One page with its word and its key."""

    name: PageName
    title: str
    key: str


#: In the order of their tabs; the keys follow it.
_TABS: tuple[tuple[PageName, str], ...] = (
    ("setup", "Setup"),
    ("calibrate", "Calibrate"),
    ("live", "Live"),
    ("review", "Review"),
    ("trends", "Trends"),
    ("library", "Library"),
    ("programme", "Programme"),
    ("exercises", "Exercises"),
    ("practise", "Practise"),
)
PAGES = tuple(
    PageTitle(name, title, f"Ctrl+{place}") for place, (name, title) in enumerate(_TABS, start=1)
)
#: What stays where room is short, from most to least; the others stand behind one button.
SESSION_PAGES: tuple[PageName, ...] = ("setup", "calibrate", "live")
VISIT_PAGES: tuple[PageName, ...] = (*SESSION_PAGES, "review", "trends")
KEPT_PAGES: tuple[tuple[PageName, ...], ...] = (
    tuple(page.name for page in PAGES),
    VISIT_PAGES,
    SESSION_PAGES,
)
PAGE_NAMES: tuple[PageName, ...] = tuple(page.name for page in PAGES)


def scored_words(status: LiveStatus) -> str:
    """Return what a page that prepares says about scoring."""
    if status.source == "replay":
        return HELD_REPLAY
    records = status.recording and not status.alarm
    return NOT_SCORED if records else NOT_SCORED_UNRECORDED


def task_words(status: LiveStatus) -> str:
    """Return the exercise with what its tracking was tried on: ``Bridge  ·  tested on people``."""
    tested = tested_on_words(status.tested_on) if status.tested_on else ""
    return "  ·  ".join(part for part in (status.task_name, tested) if part)

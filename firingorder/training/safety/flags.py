"""The red-flag questions: when they are due and what a yes means (docs/reference/safety.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.training.safety.facts import FlagState

#: Days after which a question is due again: "monthly" (docs/reference/safety.md section 2).
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class RedFlag:
    """One question and what a yes means.

    Attributes
    ----------
    urgent
        A yes is for emergency care; ``urgent_if_growing`` only where it grows.
    blocks
        No training until a clinician has answered; else advice is all.
    no_electrodes
        Nothing may be stuck on the skin.
    """

    id: str
    urgent: bool = False
    urgent_if_growing: bool = False
    blocks: bool = True
    no_electrodes: bool = False

    @property
    def key(self) -> str:
        """Key of the question, in texts and in the log."""
        return f"red_flag.{self.id}"


RED_FLAGS = (
    RedFlag("r1", urgent=True),
    RedFlag("r2", urgent_if_growing=True),
    RedFlag("r3"),
    RedFlag("r4"),
    RedFlag("r5"),
    RedFlag("r6"),
    RedFlag("r7", blocks=False),
    RedFlag("r8"),
    RedFlag("r9", no_electrodes=True),
)
BY_ID = {flag.id: flag for flag in RED_FLAGS}


def days_between(earlier: str, later: str) -> int:
    """Return the days from one day to another, "2026-11-21" each; negative if the first is later.

    Raises
    ------
    ValueError
        One is no day.
    """
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def is_due(state: FlagState | None, today: str) -> bool:
    """Tell whether a question is to be asked today: never answered, or a month ago.

    An open flag is not asked again: only a clinician's answer changes it. An answer that lies in
    the future (a wrong clock) counts for nothing.
    """
    if state is None:
        return True
    if state.open:
        return False
    return not 0 <= days_between(state.asked, today) < MONTH_DAYS


def is_urgent(flag: RedFlag, *, growing: bool) -> bool:
    """Tell whether a yes is for emergency care."""
    return flag.urgent or (flag.urgent_if_growing and growing)


def is_day(words: str) -> bool:
    """Tell whether a text is a day, "2026-11-21"."""
    try:
        return date.fromisoformat(words).isoformat() == words
    except ValueError:
        return False

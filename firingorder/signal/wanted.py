"""What a session is asked for: an analysis of a file needs no live onsets and nobody to look.

What is left out changes no repetition, set or channel of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.signal.case import Beside


@dataclass(frozen=True, slots=True)
class Wanted:
    """Parts of the chain that only serve those who watch while it happens."""

    live_onsets: bool = True
    display: bool = True
    early_verdicts: bool = True
    checks: bool = True
    beside: Beside | None = None
    """Who judges repetitions while the next samples are conditioned; for those without early
    verdicts. Findings come later then, and are the same."""


#: Nobody watches: repetitions, sets and channels are all that is asked for.
RESULT_ONLY = Wanted(live_onsets=False, display=False, early_verdicts=False, checks=False)
#: A coach leads, who hears what a person would see, though nobody looks.
LED = Wanted(display=False)

"""Which samples a judgement uses, and what it learns from."""

from __future__ import annotations

from dataclasses import dataclass, field

from firingorder.signal.cleaning import CleaningParams
from firingorder.signal.crosstalk import CrosstalkParams


@dataclass(frozen=True, slots=True)
class DeskParams:
    """Which samples a judgement uses."""

    before_window_s: float = 3.4
    """Rest wanted before the search window: 1.4 s of model, the guard and an earlier burst's end
    (method.md section 2, steps 3 and 4)."""
    after_window_s: float = 0.150
    """Data after the search window (method.md section 2, step 9)."""
    after_end_s: float = 0.5
    """Rest that makes an offset: 200 ms (method.md section 1), and muscles that let go late."""
    longest_s: float = 25.0
    """Samples judged at once, below what the history keeps."""
    known_levels: int = 3
    """Own repetitions from which a muscle's plateau counts as known."""
    own_repetitions: int = 20
    """Latest repetitions that tell a muscle's plateau and rise (method.md section 2, step 11:
    8 to 20)."""
    learn_rises: bool = True
    """Learn the person's rises from the repetitions of the session, from the eighth on."""
    cleaning: CleaningParams = field(default_factory=CleaningParams)
    crosstalk: CrosstalkParams = field(default_factory=CrosstalkParams)

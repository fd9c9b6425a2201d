"""For how long something has held, counted in samples' own time."""

from __future__ import annotations


class Lasting:
    """Remembers since when a condition holds without a break."""

    def __init__(self, sample_s: float) -> None:
        # Half a sample of slack: sums of sampling intervals must not lose to rounding.
        self._slack_s = 0.5 * sample_s
        self.since: float | None = None

    def update(self, t_s: float, *, holds: bool) -> None:
        """Take the next sample."""
        if not holds:
            self.since = None
        elif self.since is None:
            self.since = t_s

    def reset(self) -> None:
        """Forget."""
        self.since = None

    def lasts(self, t_s: float, least_s: float) -> bool:
        """Tell whether it has held for ``least_s`` at ``t_s``."""
        return self.since is not None and t_s - self.since >= least_s - self._slack_s

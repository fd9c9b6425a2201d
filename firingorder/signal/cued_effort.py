"""One squeeze that somebody asked for: from the cue to the quiet after the release.

Works on the levels of the prime channels that somebody else follows. A cue says when to look, so
efforts weaker than what counts without one are found; a cue that nothing answers is told, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from firingorder.signal.emg_looking_back import first_onset_s

if TYPE_CHECKING:
    from firingorder.findings import Sides
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.emg_looking_back import BlockTrace
    from firingorder.signal.repetitions import Cue

#: What a block showed: nothing yet, the onset, silence after the effort, nobody started.
Step = Literal["waits", "began", "goes_on", "over", "missed"]


@dataclass(frozen=True, slots=True)
class CuedEffortParams:
    """Limits of a cued squeeze; proposals, except where a source is named.

    The times of the template CUED_HOLD are the exercise library's own defaults.
    """

    missed_s: float = 2.0
    """An onset comes within this of the cue."""
    early_s: float = 0.5
    """Who follows a rhythm starts a little before the cue."""
    slow_s: float = 4.0
    """What rises this slowly after the cue is waited for: a ramp of 8 s passes the limit late."""
    on_s: float = 0.300
    least_db: float = 8.0
    """On: this far above rest, between the spread of a level (1 dB) and the gate of a verdict."""
    on_share: float = 0.4
    """The same as a share of the way, in dB, to the own plateau: half an effort passes."""
    off_share: float = 0.5
    rest_s: float = 3.0
    """Rest before the cue; less than a third of it tells nothing."""
    active_share: float = 0.2
    """Rest with more activity than this is none."""
    rest_sd: float = 3.0
    least_quiet_db: float = 3.0
    """Quiet: within this many SD of the rest, and never closer than twice its power."""
    quiet_s: float = 0.5
    quiet_cap_s: float = 10.0
    let_go_s: float = 2.0
    """Who lets go this long without being told has ended the hold."""
    side_share: float = 0.6
    """A side did it whose peak comes this far, in dB, of the stronger one: crosstalk does not."""
    longest_s: float = 60.0


@dataclass(slots=True)
class CuedEffort:
    """A cue and what came of it. Masks are ``(n_channels,)``; levels dB.

    ``asked`` are the prime channels of the side that was named, ``plateau_db`` the own one if
    known, ``floor_db`` the rest that has been followed.
    """

    params: CuedEffortParams
    go: Cue
    asked: BoolArray
    floor_db: FloatArray
    plateau_db: FloatArray | None
    trace: BlockTrace
    not_before_s: float
    release_s: float | None = None
    onset_s: float | None = None
    no_rest: bool = False
    rest_db: FloatArray = field(init=False)
    limit_db: FloatArray = field(init=False)
    peak_db: FloatArray = field(init=False)
    blocks_on: FloatArray = field(init=False)
    _sd_db: FloatArray = field(init=False)
    _off_since: float | None = None
    _quiet_since: float | None = None

    def __post_init__(self) -> None:
        """Learn the rest before the cue."""
        p = self.params
        first_s = max(self.go.at_s - p.rest_s, self.not_before_s)
        _, _, levels = self.trace.between(first_s, self.go.at_s)
        floor = self.floor_db
        reach = np.full(len(floor), p.least_db)
        if self.plateau_db is not None:
            reach = np.maximum(p.off_share * (self.plateau_db - floor), p.least_db)
        least = p.rest_s / 3.0 / self.trace.block_s
        active = bool(len(levels)) and bool(
            np.any(np.mean(levels > floor + reach, axis=0)[self.asked] > p.active_share)
        )
        self.no_rest = len(levels) < least or active
        known = len(levels) > 0 and not active
        self.rest_db = np.asarray(np.median(levels, axis=0)) if known else floor
        self._sd_db = np.asarray(np.std(levels, axis=0)) if known else np.ones(len(floor))
        way = np.full(len(floor), p.least_db)
        if self.plateau_db is not None:
            way = np.maximum(way, p.on_share * (self.plateau_db - self.rest_db))
        self.limit_db = self.rest_db + way
        self.peak_db = self.rest_db.copy()
        self.blocks_on = np.zeros(len(floor))

    def step(self, level: FloatArray, present: BoolArray, now_s: float) -> Step:
        """Take the levels of the block that ends at ``now_s``."""
        if self.onset_s is None:
            return self._seek(level, present, now_s)
        self._note(level)
        return "over" if self._over(level, present, now_s) else "goes_on"

    def _note(self, level: FloatArray) -> None:
        self.peak_db = np.maximum(self.peak_db, level)
        self.blocks_on += level > self.limit_db

    def _seek(self, level: FloatArray, present: BoolArray, now_s: float) -> Step:
        p = self.params
        deadline_s = self.go.at_s + p.missed_s + p.on_s
        if now_s < deadline_s and not np.any(level > self.limit_db):
            return "waits"
        t0, _, levels = self.trace.between(self.go.at_s - p.early_s, now_s)
        above = levels > self.limit_db
        run = np.where(np.all(above, axis=0), len(above), np.argmin(above[::-1], axis=0))
        on = (run * self.trace.block_s >= p.on_s - 1e-9) & present
        asked = self.asked & present
        late = now_s >= deadline_s - 1e-9
        if 2 * np.count_nonzero(on & asked) >= max(1, np.count_nonzero(asked)) or (
            late and on.any()
        ):
            self._begin(t0, levels, on & asked if np.any(on & asked) else on)
            return "began"
        rises = bool(np.any((level > self.rest_db + self._quiet_db)[asked]))
        if late and (not rises or now_s >= deadline_s + p.slow_s - 1e-9):
            return "missed"
        return "waits"

    def _begin(self, t0: FloatArray, levels: FloatArray, on: BoolArray) -> None:
        low = (self.rest_db + self._quiet_db)[on]
        earliest_s = max(self.go.at_s - self.params.early_s, self.not_before_s)
        self.onset_s = first_onset_s(t0, levels[:, on], low, self.limit_db[on], earliest_s)
        for row in levels[t0 >= self.onset_s - 1e-9]:
            self._note(row)

    @property
    def _quiet_db(self) -> FloatArray:
        """How far above rest is still quiet."""
        p = self.params
        own = np.maximum(p.rest_sd * self._sd_db, p.least_quiet_db)
        return np.minimum(own, p.off_share * (self.limit_db - self.rest_db))

    def _over(self, level: FloatArray, present: BoolArray, now_s: float) -> bool:
        p = self.params
        assert self.onset_s is not None
        block_s = self.trace.block_s
        took_part = present & (self.blocks_on > 0)
        above_rest = level - self.rest_db
        off = above_rest < p.off_share * (self.peak_db - self.rest_db)
        quiet = above_rest <= np.maximum(self._quiet_db, p.least_quiet_db)
        self._off_since = self._since(self._off_since, np.all(off | ~took_part), now_s - block_s)
        self._quiet_since = self._since(
            self._quiet_since, np.all((off & quiet) | ~took_part), now_s - block_s
        )
        released_s = self._released_s(now_s)
        if released_s is None:
            return now_s - self.onset_s > p.longest_s
        if now_s - released_s > p.quiet_cap_s:
            return True
        ended_s = self.quiet_from_s(released_s)
        return ended_s is not None and now_s - ended_s >= p.quiet_s - 1e-9

    def _since(self, since: float | None, holds: np.bool_, at_s: float) -> float | None:
        if not holds:
            return None
        return at_s if since is None else since

    def _released_s(self, now_s: float) -> float | None:
        """Return when the hold was over: told so, or let go of for good."""
        if self.release_s is not None and self.release_s <= now_s:
            return self.release_s
        off = self._off_since
        return off if off is not None and now_s - off >= self.params.let_go_s - 1e-9 else None

    def quiet_from_s(self, released_s: float) -> float | None:
        """Return since when it is quiet after the release, None while it is not."""
        return None if self._quiet_since is None else max(self._quiet_since, released_s)

    def end(self, now_s: float) -> tuple[float, tuple[str, ...]]:
        """Return when the effort ended, and why that is not how it should."""
        released_s = self._released_s(now_s)
        if released_s is None:
            released_s = self._off_since
        if released_s is None:
            return now_s, ("not_lowered",)
        quiet_s = self.quiet_from_s(released_s)
        if quiet_s is not None:
            return quiet_s, ()
        return min(now_s, released_s + self.params.quiet_cap_s), ("no_quiet",)

    def worked(self, present: BoolArray) -> BoolArray:
        """Return which channels did it: on long enough, and not far below the strongest one."""
        height = self.peak_db - self.rest_db
        lasted = self.blocks_on * self.trace.block_s >= self.params.on_s - 1e-9
        able = lasted & present
        if not able.any():
            return able
        result: BoolArray = able & (height >= self.params.side_share * float(np.max(height[able])))
        return result


def side_of(names: list[str]) -> Sides | None:
    """Return the side that channels belong to, None without any."""
    sides = {name.rpartition("_")[2] for name in names}
    if not sides & {"left", "right"}:
        return None
    return "both" if {"left", "right"} <= sides else ("left" if "left" in sides else "right")

"""Repetitions of squeezes that are asked for and held: the template CUED_HOLD.

Isometric squeezes, sitting on the hands, letting go. Nothing should move. A repetition begins with
the first onset after the cue, its hold is the window from half a second later to the release, and
it ends when all is quiet. Where nobody gives cues (a file, no coach) EMG alone finds them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import PhaseFinding
from firingorder.measures import PhaseTimes
from firingorder.signal.cued_effort import CuedEffort, CuedEffortParams, side_of
from firingorder.signal.emg_looking_back import EmgDetailParams, phases_of
from firingorder.signal.emg_phases import LivePhases
from firingorder.signal.emg_repetitions import EmgRepetitionParams, EmgRepetitions
from firingorder.signal.repetitions import (
    Cue,
    RepetitionCounter,
    RepetitionEnd,
    RepetitionEvent,
    RepetitionStart,
)
from firingorder.signal.still_limb import PelvisOfRepetitions
from firingorder.signal.still_pelvis import StillPelvis, StillPelvisParams

if TYPE_CHECKING:
    from firingorder.findings import Sides
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.orientation import Pose
    from firingorder.signal.repetitions import Angles
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class CuedHoldParams:
    """Limits of CUED_HOLD; ``emg`` and ``detail`` are for holds without cues."""

    cued: CuedEffortParams = field(default_factory=CuedEffortParams)
    hold_from_s: float = 0.5
    """The hold is judged from here after the onset."""
    emg: EmgRepetitionParams = field(default_factory=EmgRepetitionParams)
    detail: EmgDetailParams = field(default_factory=EmgDetailParams)
    pelvis: StillPelvisParams = field(default_factory=StillPelvisParams)
    pose_lost_s: float = 3.0


class CuedHold:
    """Finds cued squeezes, causally; fulfils :class:`firingorder.signal.repetitions.Segmenter`.

    ``channels`` are all of the montage. After the first cue of a session only cued efforts count.
    Reasons: ``missed`` (no onset within 2 s of the cue), ``other_side`` (only the side that was not
    asked for), ``no_rest`` (not quiet before the cue), ``no_quiet`` (not within 10 s of the
    release), ``not_lowered`` (never let go).

    Attributes
    ----------
    worked
        By number of the repetition: the side that did it, None for a missed cue. The last ten.
    """

    def __init__(
        self,
        params: CuedHoldParams,
        task: TaskSpec,
        channels: tuple[str, ...],
        block_s: float,
        imu_rate_hz: float | None,
        counter: RepetitionCounter | None = None,
        *,
        calibrated: bool = True,
        still_deg_s: float | None = None,
    ) -> None:
        self._p = params
        self._block_s = block_s
        self._names = list(task.prime_channels(channels))
        self._primes = [channels.index(name) for name in self._names]
        self._counter = counter or RepetitionCounter()
        self._free = EmgRepetitions(
            params.emg,
            len(self._primes),
            block_s,
            self._counter,
            calibrated=calibrated,
            detail=params.detail,
        )
        self._live = LivePhases(params.detail.phases, block_s)
        pelvis = None
        if imu_rate_hz is not None:
            pelvis = StillPelvis(params.pelvis, imu_rate_hz, still_deg_s)
        self._pelvis = PelvisOfRepetitions(pelvis, lost_s=params.pose_lost_s, moves=False)
        self._plateaus: deque[FloatArray] = deque(maxlen=params.emg.own_repetitions)
        self._cued = False
        self.worked: dict[int, Sides | None] = {}
        self._forget()

    def _forget(self) -> None:
        self._cues: deque[Cue] = deque()
        self._effort: CuedEffort | None = None
        self._ended_s = -np.inf
        self._now_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether a cue waits for its end, or an effort is under way or not told yet."""
        return self._effort is not None or self._free.busy or self._pelvis.waits

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample of the pelvis sensor; the first angle is the largest of the three."""
        return self._pelvis.pose(t_s, pose, busy=self._effort is not None or self._free.busy)

    def cue(self, cue: Cue) -> list[RepetitionEvent]:
        """Take a cue; it counts from the block on that holds its time."""
        self._cued = True
        self._cues.append(cue)
        return self._pelvis.tell(self._free.cut("not_cued"), self._now_s)

    def new_set(self) -> None:
        """Begin a new set: start poses are compared within a set only."""
        self._pelvis.new_set()

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End what is under way as it is, and forget rest and start pose."""
        events: list[RepetitionEvent] = []
        if self._effort is not None and self._effort.onset_s is not None:
            events += self._end(self._effort, self._now_s, (reason,))
        events += self._free.abort(reason)
        told = self._pelvis.tell(events, None)
        self._pelvis.forget()
        self._forget()
        return told

    def block(
        self, t0_s: float, block: ConditionedBlock, attached: BoolArray
    ) -> list[RepetitionEvent]:
        """Take one block of all channels; ``attached`` is ``(n_channels,)``."""
        if not self._primes:
            return []
        self._now_s = t0_s + self._block_s
        on = attached[self._primes]
        if not self._cued:
            events = self._free.step_block(t0_s, block, self._primes, on)
        else:
            resting = self._effort is None or self._effort.onset_s is None
            level = self._free.follow(t0_s, block, self._primes, on, resting=resting)
            events = [] if level is None else self._cued_block(level)
        return self._pelvis.tell(events, self._now_s)

    def _cued_block(self, level: FloatArray) -> list[RepetitionEvent]:
        events = self._take_cues()
        effort = self._effort
        power = self._free.levels.power
        if effort is None:
            self._live.watch(power)
            return events
        working = effort.onset_s is not None
        match effort.step(level, self._free.levels.present, self._now_s):
            case "began":
                events += self._begin(effort)
            case "missed":
                events += self._missed(effort)
            case "over":
                events += self._end(effort, self._now_s, ())
            case "goes_on":
                joined = effort.blocks_on > 0
                turned = self._live.step(power, joined, self._now_s)
                if turned is not None:
                    events.append(PhaseFinding(*turned, self._counter.count))
            case _:
                pass
        if not working:
            self._live.watch(power)
        return events

    def _take_cues(self) -> list[RepetitionEvent]:
        """Take the cues whose time has come; a new one ends what is still under way."""
        events: list[RepetitionEvent] = []
        floor = self._free.levels.rest_db
        while self._cues and self._cues[0].at_s < self._now_s and floor is not None:
            cue = self._cues.popleft()
            effort = self._effort
            if cue.kind == "release":
                if effort is not None and effort.release_s is None:
                    effort.release_s = cue.at_s
                continue
            if effort is not None:
                answered = effort.onset_s is not None
                events += self._end(effort, cue.at_s, ()) if answered else self._missed(effort)
            side = cue.side
            asked = np.array([side == "both" or name.endswith(side) for name in self._names])
            plateau = np.median(np.array(self._plateaus), axis=0) if self._plateaus else None
            self._effort = CuedEffort(
                self._p.cued, cue, asked, floor, plateau, self._free.trace, self._ended_s
            )
        return events

    def _begin(self, effort: CuedEffort) -> list[RepetitionEvent]:
        onset_s = effort.onset_s
        assert onset_s is not None
        self._live.begin(10.0 ** (effort.rest_db / 10.0))
        index = self._counter.next()
        return [
            PhaseFinding("lift", onset_s, index),
            RepetitionStart(index, onset_s, None, self._now_s),
        ]

    def _missed(self, effort: CuedEffort) -> list[RepetitionEvent]:
        """Return the repetition of a cue that nothing answered."""
        at_s, end_s = effort.go.at_s, min(effort.go.at_s + self._p.cued.missed_s, self._now_s)
        index = self._counter.next()
        self._effort = None
        self._note_side(index, None)
        return [
            PhaseFinding("lift", at_s, index),
            RepetitionStart(index, at_s, None, self._now_s),
            PhaseFinding("rest", end_s, index),
            RepetitionEnd(
                index=index,
                reference_s=at_s,
                start_s=at_s,
                movement_onset_s=None,
                top_s=None,
                end_s=end_s,
                reasons=("missed",),
                pelvis=None,
                decided_at_s=self._now_s,
                phases=PhaseTimes(at_s, end_s, cue_s=at_s, release_s=effort.release_s),
            ),
        ]

    def _end(
        self, effort: CuedEffort, last_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        assert effort.onset_s is not None
        self._effort = None
        end_s, ill = (last_s, reasons) if reasons else effort.end(last_s)
        index = self._counter.count
        worked = effort.worked(self._free.levels.present)
        side = side_of([name for name, did in zip(self._names, worked, strict=True) if did])
        self._note_side(index, side)
        found = list(reasons) or [*self._faults(effort, side), *ill]
        if not found:
            self._plateaus.append(effort.peak_db)
        phases = self._phase_times(effort, end_s)
        self._ended_s = end_s
        return [
            PhaseFinding("rest", end_s, index),
            RepetitionEnd(
                index=index,
                reference_s=effort.onset_s,
                start_s=phases.away_s,
                movement_onset_s=None,
                top_s=phases.far_from_s,
                end_s=end_s,
                reasons=tuple(found),
                pelvis=None,
                decided_at_s=self._now_s,
                phases=phases,
            ),
        ]

    def _faults(self, effort: CuedEffort, side: Sides | None) -> list[str]:
        asked, onset_s = effort.go.side, effort.onset_s
        assert onset_s is not None
        named = {
            "missed": onset_s > effort.go.at_s + self._p.cued.missed_s,
            "other_side": asked != "both" and side is not None and side not in (asked, "both"),
            "no_rest": effort.no_rest,
        }
        return [reason for reason, holds in named.items() if holds]

    def _note_side(self, index: int, side: Sides | None) -> None:
        self.worked[index] = side
        while len(self.worked) > self._p.emg.own_repetitions:
            del self.worked[next(iter(self.worked))]

    def _phase_times(self, effort: CuedEffort, end_s: float) -> PhaseTimes:
        """Return the phases: the hold window is the template's, the rest as the envelope shows."""
        onset_s, release_s = effort.onset_s, effort.release_s
        assert onset_s is not None
        refined = phases_of(
            self._free.trace,
            effort.worked(self._free.levels.present),
            effort.rest_db,
            (onset_s, end_s),
            (self._ended_s, self._now_s),
            self._p.detail.phases,
        )
        away_s, back_s = onset_s, None
        if refined is not None:
            away_s = min(max(refined.away_s, effort.go.at_s - self._p.cued.early_s), end_s)
            back_s = min(max(refined.back_s, away_s), end_s)
        from_s = away_s + self._p.hold_from_s
        to_s = release_s if release_s is not None and release_s <= end_s else back_s
        held = to_s is not None and to_s > from_s
        return PhaseTimes(
            away_s,
            end_s,
            far_from_s=from_s if held else None,
            far_to_s=to_s if held else None,
            back_s=back_s,
            cue_s=effort.go.at_s,
            release_s=release_s,
        )

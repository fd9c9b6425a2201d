"""The state behind the live window, built from feed updates alone. Time comes in as data."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from firingorder.findings import (
    CalibrationFinding,
    CheckFinding,
    ConnectionEvent,
    GapEvent,
    MarkerEvent,
    OnsetFinding,
    PhaseFinding,
    QualityFinding,
    RepetitionFinding,
    TrainingFinding,
    VerdictFinding,
)
from firingorder.gui.view_models.repetition import RepView, rep_view, tone_of
from firingorder.gui.view_models.telling import Telling, neutral_unless_told
from firingorder.session.feed import LiveStatus

if TYPE_CHECKING:
    from firingorder.findings import Event
    from firingorder.report.wording import Target, Tone
    from firingorder.session.feed import FeedUpdate
    from firingorder.training.safety.records import Hat

#: Time that the strips show, and a little more: what is older leaves the screen.
WINDOW_S = 10.0
KEPT_S = 15.0
#: More repetitions than any session has; the oldest are forgotten, the recording has them all.
MAX_REPS = 2000
MAX_MARKS = 256
#: Repetitions whose height sets the mark of the hip gauge.
RECENT_REPS = 10
#: A live onset and a refined one this close are the same onset: less than a repetition lasts
#: (0.8 s), more than any threshold detector is late.
SAME_ONSET_S = 0.5


@dataclass(frozen=True, slots=True)
class LinkTimes:
    """Host seconds at which the link entered its present phase, and when it last came back."""

    since: float = 0.0
    now: float = 0.0
    recovered_at: float | None = None
    last_outage_s: float = 0.0

    @property
    def lasting_s(self) -> float:
        """How long the present phase has lasted."""
        return max(0.0, self.now - self.since)


class LiveModel:
    """Everything the two live views show. ``apply`` takes what is new.

    ``revision`` grows when anything but samples and clocks changed.
    """

    def __init__(self, target: Target | None = None) -> None:
        self.target = target
        self.revision = 0
        self.status = LiveStatus()
        self.hat: Hat = "person"
        self.telling = Telling()
        self.link = LinkTimes()
        self.now_s = 0.0
        self.reps: dict[int, RepView] = {}
        self.phase: PhaseFinding | None = None
        self.quality: dict[str, QualityFinding] = {}
        self.onsets: deque[OnsetFinding] = deque(maxlen=MAX_MARKS)
        self.markers: deque[MarkerEvent] = deque(maxlen=MAX_MARKS)
        self.gaps: deque[GapEvent] = deque(maxlen=MAX_MARKS)
        self.lift_deg: float | None = None
        self.lift_tops_deg: deque[float] = deque(maxlen=RECENT_REPS)
        self.hold_s: float | None = None
        self._hold_from_s: float | None = None
        self._lift_top_deg = 0.0

    def apply(self, update: FeedUpdate, host_s: float) -> None:
        """Take a feed update in. ``host_s`` is monotonic host time, for the timers of the link."""
        if update.events or _lasting(update.status) != _lasting(self.status):
            self.revision += 1
        self._take_link(update.status, host_s)
        for block in update.blocks:
            self.now_s = max(self.now_s, block.t0_s + block.emg_uv.shape[0] / block.rate_hz)
        for block in update.pelvis:
            if block.lift_deg.size:
                newest = float(block.lift_deg[-1])
                self.lift_deg = newest if isfinite(newest) else None  # the pose is not known yet
                known = (float(lift) for lift in block.lift_deg if isfinite(lift))
                self._lift_top_deg = max(self._lift_top_deg, *known, 0.0)
        for event in update.events:
            self._take(event)
        while self.onsets and self.onsets[0].onset_s < self.now_s - KEPT_S:
            self.onsets.popleft()
        if self.telling.follow(update.status.coach, self.reps):
            self.revision += 1

    @property
    def poor_channels(self) -> tuple[str, ...]:
        """Channels whose electrodes do not touch the skin, as the device or the signal says."""
        status = self.status
        off = {c for c, lead in zip(status.channels, status.lead_off, strict=False) if lead}
        off |= {c for c, found in self.quality.items() if found.state == "poor_contact"}
        return tuple(c for c in status.channels if c in off)

    @property
    def set_reps(self) -> tuple[RepView, ...]:
        """The repetitions of the present set, in order."""
        return tuple(r for r in self.shown_reps if r.set_index == self.status.set_index)

    @property
    def shown_reps(self) -> tuple[RepView, ...]:
        """All repetitions; in the Person hat without the outcomes that are not told yet."""
        reps = tuple(self.reps.values())
        if self.hat == "therapist" or self.status.coach is None:
            return reps
        return neutral_unless_told(reps, self.telling)

    def tone(self, rep: RepView) -> Tone:
        """Return the tone of a repetition: as its goal says while a coach leads."""
        if rep.kept:
            return "neutral"
        if self.telling.leads and rep.scored is not False:
            return self.telling.tone(rep.index)
        return tone_of(rep, self.target)

    @property
    def last_rep(self) -> RepView | None:
        """The newest repetition of the present set that has an outcome."""
        reps = self.set_reps
        return reps[-1] if reps else None

    @property
    def floor_rep(self) -> RepView | None:
        """The repetition the floor view holds: until the next one starts."""
        rep, phase = self.last_rep, self.phase
        if rep and phase and phase.phase in ("lift", "hold") and phase.index > rep.index:
            return None
        return rep

    def _take_link(self, status: LiveStatus, host_s: float) -> None:
        times = replace(self.link, now=host_s)
        before = self.status.connection
        if status.connection != before:
            if before == "lost" and status.connection in ("streaming", "recovered"):
                away = max(host_s - times.since, self.status.outage_s)
                times = replace(times, recovered_at=host_s, last_outage_s=away)
            times = replace(times, since=host_s)
        elif self.link.since == 0.0:
            times = replace(times, since=host_s)
        self.link, self.status = times, status

    def _take(self, event: Event) -> None:
        match event:
            case RepetitionFinding() | VerdictFinding():
                self._take_rep(event)
            case PhaseFinding():
                self._take_phase(event)
            case OnsetFinding():
                self.onsets.append(event)
            case QualityFinding():
                self.quality[event.channel] = event
            case GapEvent():
                self.gaps.append(event)
            case MarkerEvent():
                self.markers.append(event)
            case ConnectionEvent() | CheckFinding() | CalibrationFinding() | TrainingFinding():
                pass  # the status carries the link, the lights, the wizard and the coach

    def _take_rep(self, event: RepetitionFinding | VerdictFinding) -> None:
        known = self.reps.get(event.index)
        if isinstance(event, RepetitionFinding):
            set_index = event.set_index
        else:
            set_index = known.set_index if known else self.status.set_index
        before = [
            r for r in self.reps.values() if r.set_index == set_index and r.index < event.index
        ]
        self.reps[event.index] = rep_view(
            event,
            number=len(before) + 1,
            set_index=set_index,
            poor=self.poor_channels,
            known=known,
        )
        if not known:
            self.reps = dict(sorted(self.reps.items())[-MAX_REPS:])
        if self.reps[event.index].stage != "live":  # that one rests on the live onsets
            self._forget_live_onsets(self.reps[event.index])

    def _forget_live_onsets(self, rep: RepView) -> None:
        """Drop the live onsets that the refined ones of a repetition replace.

        Where the repetition claims no onset, the live one near its start is withdrawn too.
        """
        found = [o.onset_s for _, o in rep.onsets if o is not None]
        start = min(found, default=rep.movement_onset_s)
        refined = {c: o.onset_s if o is not None else start for c, o in rep.onsets}
        kept = [
            o
            for o in self.onsets
            if (at := refined.get(o.channel)) is None or abs(at - o.onset_s) > SAME_ONSET_S
        ]
        self.onsets = deque(kept, maxlen=MAX_MARKS)

    def _take_phase(self, event: PhaseFinding) -> None:
        if event.phase == "hold":
            self._hold_from_s = event.at_s
        elif event.phase == "lower" and self._hold_from_s is not None:
            self.hold_s = event.at_s - self._hold_from_s
            self._hold_from_s = None
        elif event.phase == "rest":
            if self._lift_top_deg > 0.0:
                self.lift_tops_deg.append(self._lift_top_deg)
            self._lift_top_deg = 0.0
        self.phase = event


def _lasting(status: LiveStatus) -> LiveStatus:
    """Return the status without what changes all the time."""
    return replace(
        status,
        elapsed_s=0.0,
        delay_ms=None,
        loss_percent=0.0,
        outage_s=0.0,
        check=None,
        wizard=None,
        coach=None,  # what it tells is followed apart
    )

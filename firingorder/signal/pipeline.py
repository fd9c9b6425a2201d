"""Samples in, findings out: the signal chain of one session.

Findings are a function of the items in their order. Every step works on fixed blocks of the
absolute sample index, so the cutting of the chunks changes no bit of a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from firingorder.findings import OnsetFinding
from firingorder.samples import ContactReport, EmgChunk, ImuChunk
from firingorder.signal.conditioning import (
    ConditionedBlock,
    Conditioner,
    RawBlock,
    Resampler,
    analysis_rate_hz,
    block_samples,
)
from firingorder.signal.display import Display
from firingorder.signal.envelope import Envelope
from firingorder.signal.history import AnalysisClock, History, TimeAxis
from firingorder.signal.level_tap import LevelTap
from firingorder.signal.live import LiveDetector
from firingorder.signal.quality import Looker, Quality
from firingorder.signal.segmentation import Segmentation
from firingorder.signal.sensor_light import with_sensor_state
from firingorder.signal.signal_check import make_check_desk
from firingorder.signal.summary import ChannelSummary
from firingorder.signal.task_work import TaskWork
from firingorder.signal.timing_error import timing_warnings
from firingorder.signal.wanted import Wanted

if TYPE_CHECKING:
    from firingorder.findings import ChannelFinding, Finding, SetFinding
    from firingorder.measures import CheckFinding, SignalCheck
    from firingorder.samples import (
        DisplayBlock,
        EmgLayout,
        Gap,
        ImuLayout,
        PelvisBlock,
    )
    from firingorder.signal.account import RepetitionAccount
    from firingorder.signal.observer import Observer
    from firingorder.signal.posterior import OnsetPosterior
    from firingorder.signal.reference import PersonalReference
    from firingorder.signal.repetitions import Cue, RepetitionEvent
    from firingorder.signal.sensor_state import SensorState
    from firingorder.signal.settings import Settings
    from firingorder.signal.task import TaskSpec

#: Seconds of conditioned EMG kept: a slow repetition with its rest before (bounded memory).
HISTORY_S = 30.0
#: A longer outage starts everything anew: nobody lies still that long to be compared with before.
OUTAGE_S = 5.0

#: Said where an exercise cannot be followed.
NEEDS_POSE = (
    "This exercise is followed by the pelvis sensor, and none is worn: no repetition can be found. "
    "Put the sensor on, or choose another exercise."
)

#: Who may be against scoring: the person, or the coach while nothing is asked for.
Silencer = Literal["person", "coach"]
ControlKind = Literal["next_set", "pause", "resume", "setting"]
#: What may change while a session runs; everything else belongs to the whole of it.
LIVE_SETTINGS = ("together_margin_ms",)


class Pipeline:
    """The signal chain for one task and one montage."""

    def __init__(
        self,
        settings: Settings,
        task: TaskSpec,
        emg: EmgLayout,
        imu: ImuLayout | None,
        reference: PersonalReference | None = None,
        *,
        wanted: Wanted | None = None,
    ) -> None:
        params = settings.conditioning
        n_channels = len(emg.channels)
        rate_hz = analysis_rate_hz(emg.rate_hz, params)
        block_n = block_samples(emg.rate_hz, params)
        self._emg = emg
        self._wanted = wanted or Wanted()
        self._axis = TimeAxis(emg.rate_hz)
        self._axis.observe(0, 0.0)  # session time begins here, also while only the IMU is heard
        self._resampler = Resampler(params, emg.rate_hz, n_channels)
        self._conditioner = Conditioner(params, rate_hz, n_channels)
        self._envelope = Envelope(params, rate_hz, n_channels)
        self._history = History(round(HISTORY_S * rate_hz), n_channels)
        self._clock = AnalysisClock(self._axis, self._resampler.input_step)
        self._live = LiveDetector(settings.live, rate_hz, n_channels)
        self._lead_off = np.zeros(n_channels, dtype=np.bool_)
        self._looker = Looker(settings.quality, rate_hz, block_n)
        self._quality = Quality(settings.quality, emg.channels, calibrated=emg.calibrated)
        self._summary = ChannelSummary(
            settings.summary, emg.channels, rate_hz, calibrated=emg.calibrated
        )
        self._display = Display(rate_hz, imu.rate_hz if imu is not None else 1.0)
        show = self._display.add_pose if self._wanted.display else None
        self._segmentation = Segmentation(
            settings, task, emg, imu, block_n / rate_hz, show, reference
        )
        self._work = TaskWork(
            settings,
            task,
            emg,
            history=self._history,
            clock=self._clock,
            rate_hz=rate_hz,
            detector=self._live,
            segmentation=self._segmentation,
            summary=self._summary,
            reference=reference,
            wanted=self._wanted,
        )
        self.levels: LevelTap | None = None
        self._observer: Observer | None = None
        self.check = make_check_desk(settings, emg, imu, rate_hz) if self._wanted.checks else None
        self.block_n, self.rate_hz = block_n, rate_hz
        self._silenced: set[Silencer] = set()
        self._contact_told = True
        self._measures_contact = False
        self._settings = settings

    def step(self, item: EmgChunk | ImuChunk | Gap | ContactReport) -> list[Finding]:
        """Take one item, return what it made known.

        A gap is also seen in the index of the next chunk; the item itself changes nothing.
        """
        match item:
            case EmgChunk():
                return self._on_emg(item)
            case ImuChunk():
                return self._on_imu(item)
            case ContactReport():
                return self._on_contact(item)
            case _:
                return []

    def control(
        self, kind: ControlKind, *, name: str = "", value: float | None = None
    ) -> list[Finding]:
        """Apply ``next_set``, ``pause``, ``resume``, or ``setting`` with its name and new value.

        A setting holds for what is judged from now on.

        Raises
        ------
        ValueError
            The setting is none of :data:`LIVE_SETTINGS`.
        """
        if kind in ("pause", "resume"):
            return self.score("person", on=kind == "resume")
        findings = self._work.settle()
        if kind == "next_set":
            self._segmentation.new_set()
            self._work.new_set()
        elif name in LIVE_SETTINGS and value is not None:
            self._work.set_margin(value)
        else:
            raise ValueError(f"setting {name!r} cannot become {value!r} while a session runs")
        return findings

    def score(self, who: Silencer, *, on: bool) -> list[Finding]:
        """Score from now on as far as this one is asked, or not: nobody must be against it.

        Who says the same again changes nothing.
        """
        if on == (who not in self._silenced):
            return []
        findings = self._abort("paused")
        if on:
            self._silenced.discard(who)
        else:
            self._silenced.add(who)
        self._work.live.reset()
        return findings

    def begin_task(self, task: TaskSpec) -> list[Finding]:
        """Begin a set with this task, side, hold or tempo; what is under way ends as it is.

        Numbers of repetitions, sets, accounts and posteriors go on. What was learnt of the person
        in another task says nothing here: a task begins as cold as the first one, or where it was
        left.
        """
        findings = self._abort("set_ended") + self._work.work(everything=True)
        if task == self._work.task:
            self._segmentation.new_set()
        else:
            self._segmentation.begin_task(task, self._work.reference)
        self._work.begin(task)
        return findings

    def tap_levels(self) -> LevelTap:
        """Return where the level of every block is left from now on."""
        if self.levels is None:
            self.levels = LevelTap(self._emg.channels, self._work.reference)
        return self.levels

    @property
    def task(self) -> TaskSpec:
        """The task of now."""
        return self._work.task

    @property
    def set_index(self) -> int:
        """The set of now, from 1 on."""
        return self._work.set_index

    def refer(self, reference: PersonalReference) -> list[Finding]:
        """Use a calibration from now on; a repetition under way ends, the next follow it."""
        findings = self._work.refer(reference)
        if self.levels is not None:
            self.levels.refer(reference)
        return findings + self._on_events(self._segmentation.calibrate(reference))

    @property
    def latest_check(self) -> SignalCheck | None:
        """Lights and numbers of the last second, None before and where nobody asked for them."""
        latest = None if self.check is None else self.check.latest
        return None if latest is None else with_sensor_state(latest, self.sensor_state())

    def observe(self, observer: Observer | None) -> None:
        """Show everything to somebody from now on, or to nobody."""
        self._observer = self._segmentation.observer = observer
        if observer is not None:
            observer.feed_contact(self._lead_off)

    def sensor_state(self) -> SensorState | None:
        """Return what is known of the pelvis sensor itself, None where there is none."""
        return self._segmentation.sensor_state()

    def cue(self, cue: Cue) -> list[Finding]:
        """Take what the person was told: to start, or to let go."""
        return [] if self._paused else self._on_events(self._work.cue(cue))

    def finish(self) -> list[Finding]:
        """Return what can still be decided at the end of the recording."""
        findings = self._on_blocks(self._resampler.flush())
        findings += self._abort("recording_ended")
        return findings + self._work.work(everything=True)

    def take_display(self) -> tuple[list[DisplayBlock], list[PelvisBlock]]:
        """Return what there is to draw since the last call."""
        return self._display.take()

    @property
    def untouched(self) -> bool:
        """Whether no repetition was judged yet."""
        return self._work.untouched

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the source itself limits, in words for people."""
        said = timing_warnings(self._emg, self._settings.order.timing, self._settings.conditioning)
        needed = (NEEDS_POSE,) if self._segmentation.needs_pose else ()
        return (*said, *needed, *self._segmentation.warnings, *self._work.warnings)

    @property
    def turning_s(self) -> float:
        """Seconds in which the pelvis turned as fast as in a repetition."""
        return self._segmentation.turning_s

    def keep_posteriors(self) -> None:
        """Keep the onset posteriors of every repetition from now on (some 40 kB each)."""
        self._work.desk.posteriors = {}

    def posteriors(self) -> dict[int, dict[str, OnsetPosterior]]:
        """Return the kept posteriors by repetition and channel, once it is finished."""
        return self._work.desk.posteriors or {}

    def accounts(self) -> dict[int, RepetitionAccount]:
        """Return what each repetition was judged with."""
        return self._work.desk.accounts

    def channels(self) -> tuple[ChannelFinding, ...]:
        """Return each channel over the whole recording so far."""
        return self._summary.findings()

    def sets(self) -> tuple[SetFinding, ...]:
        """Return the sets that have a repetition."""
        return self._work.sets()

    def _on_emg(self, chunk: EmgChunk) -> list[Finding]:
        if len(chunk.emg_uv) == 0:
            return []
        findings: list[Finding] = []
        if self._resampler.started:
            missing = chunk.index0 - self._resampler.newest_input
            if missing > OUTAGE_S * self._emg.rate_hz:
                findings += self._after_outage()
        self._axis.observe(chunk.index0, chunk.t0_s)
        return findings + self._on_blocks(
            self._resampler.step(chunk.index0, chunk.emg_uv, chunk.saturated)
        )

    def _after_outage(self) -> list[Finding]:
        findings = self._on_blocks(self._resampler.flush())
        findings += self._abort("outage")
        findings += self._work.work(everything=True)
        for step in (self._resampler, self._conditioner, self._work.live, self._looker):
            step.reset()
        self._envelope.reset()
        self._history.reset(0)
        return findings

    def _on_blocks(self, raw: list[RawBlock]) -> list[Finding]:
        return [one for block in self._conditioner.steps(raw) for one in self._on_block(block)]

    def _on_block(self, block: ConditionedBlock) -> list[Finding]:
        t0_s = self._clock.time_s(block.index0)
        end_s = self._clock.time_s(block.index0 + len(block.emg_uv))
        self._history.append(block, self._lead_off)
        if self._observer is not None:
            self._observer.feed_emg(block, t0_s)
        findings: list[Finding] = []
        if self._wanted.display or self.levels is not None:
            envelope_uv = self._envelope.step(block)
            if self._wanted.display:
                self._display.add_emg(block, t0_s, envelope_uv)
            if self.levels is not None:
                self.levels.step(end_s, envelope_uv, self._lead_off)
        if self._wanted.live_onsets:
            findings += self._live_onsets(block)
        if not self._contact_told:
            self._contact_told = True
            findings += self._quality.contact(self._lead_off, t0_s)
            findings += self._check_contact(t0_s)
        look = self._looker.step(block)
        if look is not None:
            findings += self._quality.look(look, end_s)
            self._summary.look(look, self._lead_off)
            if self.check is not None:
                findings += self.check.look(look, end_s)
            if self._observer is not None:
                self._observer.feed_look(look, end_s)
        events = self._segmentation.block(t0_s, block, self._lead_off, paused=self._paused)
        findings += self._on_events(events)
        return findings + self._work.work()

    def _live_onsets(self, block: ConditionedBlock) -> list[Finding]:
        """Return the onsets at their first look, and the order; a pad that is off has none."""
        found = self._live.step(block.emg_uv, block.valid & ~self._lead_off, block.index0)
        if self._paused:
            return []
        onsets = [
            OnsetFinding(
                channel=self._emg.channels[one.channel],
                onset_s=self._clock.time_s(one.onset_s * self.rate_hz)
                + one.channel * self._emg.skew_s,
                decided_at_s=self._clock.time_s(one.decided_at_s * self.rate_hz),
            )
            for one in found
            if not one.final
        ]
        return [*onsets, *self._work.step_live(found)]

    def _on_imu(self, chunk: ImuChunk) -> list[Finding]:
        if self.check is not None and len(chunk.acc_m_s2) and self.sensor_state() is not None:
            acc, gyr = map(self._segmentation.turned, (chunk.acc_m_s2, chunk.gyr_rad_s))
            self.check.imu(chunk.t0_s, chunk.index0, acc, gyr)
        return self._on_events(self._segmentation.imu(chunk, paused=self._paused))

    def _on_contact(self, report: ContactReport) -> list[Finding]:
        self._lead_off = np.array(report.lead_off, dtype=np.bool_)
        if not self._resampler.started:
            self._contact_told = False
            return []
        at_s = report.at_s
        if at_s is None:
            at_s = self._clock.time_s(self._resampler.next_index)
        if self._observer is not None:
            self._observer.feed_contact(self._lead_off)
        return [*self._quality.contact(self._lead_off, at_s), *self._check_contact(at_s)]

    def _check_contact(self, at_s: float) -> list[CheckFinding]:
        """Tell the lights; a device that never reported a lead off may not measure it at all."""
        self._measures_contact |= bool(self._lead_off.any())
        if self.check is None or not self._measures_contact:
            return []
        return self.check.contact(self._lead_off, None, at_s)

    @property
    def _paused(self) -> bool:
        return bool(self._silenced)

    def _abort(self, reason: str) -> list[Finding]:
        return [] if self._paused else self._on_events(self._segmentation.abort(reason))

    def _on_events(self, events: list[RepetitionEvent]) -> list[Finding]:
        return self._work.follow(events)

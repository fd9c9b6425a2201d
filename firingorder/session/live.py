"""The session behind a window: acquisition in its own thread, a feed the window pulls."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from firingorder.calibration.profile_json import from_json
from firingorder.errors import FiringOrderError
from firingorder.findings import ConnectionEvent, MarkerEvent, PhaseFinding
from firingorder.firmware_bridge.actions import HostConfig, HostState
from firingorder.session.acquisition import Acquisition
from firingorder.session.feed import FeedUpdate, LinkPhase, LiveStatus, Source
from firingorder.session.feeder import Feed
from firingorder.session.inputs import Latency, latency_text
from firingorder.session.last_start import LastStart
from firingorder.session.lines import EventLines
from firingorder.session.listener import HEARS_AFTER_S, listener_of
from firingorder.session.profiles import stamped
from firingorder.session.readings import battery_of, delay_of, outage_of, wired_of
from firingorder.session.speaker import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.findings import Event, Sides
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.samples import DisplayBlock
    from firingorder.session.engine import Engine
    from firingorder.session.keeping import RecordingKeeper
    from firingorder.session.outgoing import Outgoing
    from firingorder.session.setup import SessionSetup
    from firingorder.signal.pipeline import ControlKind
    from firingorder.signal.repetitions import CueKind
    from firingorder.sound.out import SoundOut

_log = logging.getLogger(__name__)

#: The device answers STOP within a second (wire_protocol.md section 6), a serial port takes two to
#: close, and a busy disk is given ten for the end of the recording.
STOP_TIMEOUT_S = 15.0
#: For this long after an outage the phase is 'recovered'.
RECOVERED_NS = 3_000_000_000


@dataclass(slots=True)
class LivePlan:
    """What a live session is made of."""

    link: Link
    setup: SessionSetup
    beside: tuple[Link, ...] = ()
    source: Source = "device"
    keeper: RecordingKeeper | None = None
    unrecorded: str = ""
    """Why nothing is recorded although nobody wanted that; empty where it is."""
    events: TextIO | None = None
    tell: Callable[[str], None] = _log.warning
    """Told what a person should know while the session goes on, each thing once."""
    give_up_s: float = 60.0
    absent_s: float | None = None
    searching: bool = False
    """No device was named: until one is there, the window says so and offers the demo."""
    duration_s: float | None = None
    person: str | None = None
    keep_profile: Callable[[CalibrationProfile], None] | None = None
    """Given every profile that is put to use."""
    calibration: str | None = None
    """A profile, JSON, to be used from the first sample on."""
    sending: Outgoing | None = None
    """Set if the session leaves this program while it runs."""
    sound: Callable[[], SoundOut] | None = None
    """Opens the loudspeaker, in the thread of the acquisition; None: nothing is to be heard."""


class LiveSession:
    """One session with a device, steered from the window's thread."""

    def __init__(self, plan: LivePlan) -> None:
        self.plan = plan
        self.error: FiringOrderError | None = None
        self._feed = Feed()
        self._events: list[Event] = []
        self._paused = self._was_paused = False
        self._set_index = 1
        self._thread: threading.Thread | None = None
        self._finished = threading.Event()
        self._over = False
        self._recovered_until_ns = 0
        self._profile: CalibrationProfile | None = None
        self._listener = listener_of(plan.link)
        self.speaker = Speaker(plan.sound)
        self._lines: EventLines | None = None
        if plan.events is not None:
            self._lines = EventLines(plan.events, plan.link.now_ns, tell=plan.tell)
        self.acquisition = Acquisition(
            plan.link,
            plan.setup,
            beside=plan.beside,
            host=HostConfig(
                name=plan.link.description, give_up_s=plan.give_up_s, absent_s=plan.absent_s
            ),
            duration_s=plan.duration_s,
            open_recorder=(
                (lambda _engine, _t_ns: None) if plan.keeper is None else plan.keeper.opener
            ),
            on_events=self._on_events,
            on_turn=self._on_turn,
            tell=plan.tell,
            sink=plan.sending,
            speaker=self.speaker,
        )
        self._latency_s: Latency = None
        self._last_start, self._asked_slowly, self._moves = LastStart(), False, ""
        self._read: CalibrationProfile | None = None
        if plan.calibration is not None:
            self.calibrate("load", json.dumps({"profile": plan.calibration}))

    @property
    def engine(self) -> Engine:
        """The engine; to be read after the session has ended."""
        return self.acquisition.engine

    @property
    def finished(self) -> bool:
        """True once everything has been received, analysed and written."""
        return self._finished.is_set()

    @property
    def lines_failed(self) -> bool:
        """Whether event lines are missing, and not because their reader had enough."""
        return self._lines is not None and self._lines.failed

    def start(self) -> None:
        """Start the acquisition thread."""
        self._thread = threading.Thread(target=self._run, name="acquisition", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 0.0) -> bool:
        """Ask for the end and wait at most ``timeout_s``; True when the thread has ended.

        Without a time it answers at once, so that a window can close while the device is told to
        stop and the recording is finished; :data:`STOP_TIMEOUT_S` is enough for both.
        """
        self.acquisition.stop()
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self._thread is None or not self._thread.is_alive()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the session's own end; True when it has ended."""
        return self._finished.wait(timeout_s)

    def poll(self) -> FeedUpdate:
        """Take what is new since the last call."""
        return self._feed.poll()

    def pause(self) -> None:
        """Score nothing until :meth:`resume`; the recording goes on."""
        self._paused = True
        self._control("pause")

    def resume(self) -> None:
        """Go on scoring."""
        self._paused = False
        self._control("resume")

    def next_set(self) -> None:
        """Begin the next set."""
        self._set_index += 1
        self._control("next_set")

    def change(self, name: str, value: float) -> None:
        """Change a setting for what is judged from now on.

        Raises
        ------
        ValueError
            The setting cannot change while a session runs, or not to this value.
        """
        self.acquisition.control("setting", name, value)

    def mark(self, text: str) -> None:
        """Mark this instant in the recording."""
        self.acquisition.mark(text)

    def align(self) -> None:
        """Look for taps in the last seconds, and move the pelvis sensor by what they say."""
        self.acquisition.align()

    def calibrate(self, name: str, text: str = "") -> None:
        """Steer the calibration (session/inputs.py, Calibrate); the time is added here."""
        if name == "load":  # what was kept once is not kept again
            self._read = from_json(str(json.loads(text)["profile"]), "The calibration")
        self.acquisition.calibrate(name, stamped(name, text))

    def train(self, name: str, text: str = "") -> None:
        """Steer the training (session/inputs.py, Train). STOP is silent at once."""
        if name in ("stop", "pause"):
            self.speaker.hush()
        self.acquisition.train(name, text)

    def mute(self, *, muted: bool) -> None:
        """Silence the session, or let it be heard; an output that was lost is looked for anew."""
        self.speaker.set_muted(muted)
        if not muted and self.speaker.sentence:
            self.speaker.look_again()

    def volume(self, volume: float) -> None:
        """Set the volume, 0 to 1."""
        self.speaker.set_volume(volume)

    def hear_slowly(self) -> None:
        """Let the start of the last repetition be heard again, eight times slower."""
        self._asked_slowly = True

    def cue(self, kind: CueKind, side: Sides = "both") -> None:
        """Note that the person is told to start, or to let go, at this instant."""
        self.acquisition.cue(kind, side)

    def _control(self, kind: ControlKind) -> None:
        self.acquisition.control(kind)

    def _run(self) -> None:
        try:
            self.speaker.open()
            asyncio.run(self.acquisition.run())
        except FiringOrderError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - a dead thread must show in the window
            _log.exception("acquisition stopped")
            self.error = FiringOrderError(
                f"Acquisition stopped: {type(error).__name__}: {error}. Everything received so "
                "far is in the recording."
            )
        finally:
            try:
                self.speaker.close()
                if self.plan.sending is not None:
                    self.plan.sending.close()
                if self.plan.keeper is not None:
                    self.plan.keeper.stop()
                if self._lines is not None:
                    self._lines.summary(self.engine)
                self._over = True
                self._on_turn()
            finally:
                self._finished.set()

    def _on_events(self, events: list[Event], t_ns: int) -> None:
        self._events += events
        if any(isinstance(one, ConnectionEvent) and one.state == "recovered" for one in events):
            self._recovered_until_ns = self.plan.link.now_ns() + RECOVERED_NS
        if self._lines is not None:
            self._lines.write(events, t_ns)

    def _on_turn(self) -> None:
        if self._listener is not None:
            # The keys of a simulated person are pressed by whoever sits at this window.
            self._listener.hear(self.engine)
        self._note_latency()
        self._follow_pause()
        profile = self.engine.calibration.profile
        if profile is not None and profile is not self._profile:
            self._profile = profile
            # What was read from a file is there already.
            if self.plan.keep_profile is not None and profile != self._read:
                self.plan.keep_profile(profile)
        blocks, pelvis = self.engine.take_display()
        events, self._events = self._events, []
        events += self._play_start(blocks, events)
        self._feed.put(blocks, pelvis, events, self._status())

    def _note_latency(self) -> None:
        """Note how late a cue is heard, once somebody leads and where it changes."""
        known = HEARS_AFTER_S if self._listener is not None else self.speaker.cue_latency_s
        if self.engine.training.coach is not None and known != self._latency_s:
            self._latency_s = known
            self.acquisition.train("heard", latency_text(known))

    def _play_start(self, blocks: list[DisplayBlock], events: list[Event]) -> list[Event]:
        """Keep the last start, and play it where that was asked for; why not is a sentence."""
        for one in events:
            if isinstance(one, PhaseFinding):
                self._moves = one.phase
        self._last_start.take(blocks, events, moving=self._moves)
        if not self._asked_slowly:
            return []
        self._asked_slowly = False
        view, rate_hz = self.engine.training.view, self.speaker.rate_hz
        made = self._last_start.render(self.engine.channels, view, rate_hz)
        if isinstance(made, str):
            return [MarkerEvent(made, None)]
        self.speaker.play_samples(made)
        return []

    def _follow_pause(self) -> None:
        """Note a pause that did not come from the window: two taps on the belt."""
        now = self.engine.steering.paused
        if now != self._was_paused:
            self._paused = self._was_paused = now

    def _status(self) -> LiveStatus:
        plan, engine = self.plan, self.engine
        task = engine.task
        now_ns = plan.link.now_ns()
        phase = self._phase(now_ns)
        streaming = phase in ("streaming", "recovered", "waiting")
        emg = engine.tallies.get("emg")
        keeper = plan.keeper
        return LiveStatus(
            source="simulated" if engine.simulated else plan.source,
            connection=phase,
            message=str(self.error) if self.error else (self.acquisition.message or None),
            device=plan.link.description,
            channels=engine.channels,
            has_imu=engine.has_imu,
            calibrated=engine.profile is None or engine.profile.calibrated,
            lead_off=engine.lead_off,
            battery_percent=battery_of(engine),
            loss_percent=0.0 if emg is None else emg.loss_percent,
            delay_ms=delay_of(engine, now_ns) if streaming else None,
            elapsed_s=self.acquisition.elapsed_s(now_ns),
            outage_s=outage_of(engine, now_ns) if not streaming else 0.0,
            recording=None if keeper is None or keeper.recorder is None else str(keeper.path),
            alarm=None if keeper is None else keeper.alarm,
            unrecorded=plan.unrecorded,
            paused=self._paused,
            set_index=self._set_index if engine.pipeline is None else engine.pipeline.set_index,
            task_name=task.name,
            task=task.id,
            identity=engine.calibration.device,
            ham_site="unknown" if engine.montage is None else engine.montage.ham_site,
            tested_on=task.tested_on,
            person=plan.person,
            reps_per_set=task.reps_per_set,
            sending=plan.sending is not None and plan.sending.to_network,
            serving=plan.sending is not None and plan.sending.to_programs_here,
            check=None if engine.pipeline is None else engine.pipeline.latest_check,
            wizard=engine.calibration.view,
            calibration=engine.calibration.words,
            calibration_notes=engine.calibration.notes,
            calibrated_from_s=engine.calibration.since_s,
            references=engine.calibration.references,
            reference_unit=engine.calibration.reference_unit,
            wired=plan.source == "device" and wired_of(engine),
            working_side=task.working_side,
            coach=engine.training.view,
            sound=self.speaker.sentence,
            muted=self.speaker.muted,
            soundless=plan.sound is None,
            over=self._over,
            health=self.acquisition.meter.look(engine, now_ns, self.acquisition.connection),
        )

    def _phase(self, now_ns: int) -> LinkPhase:
        state = self.acquisition.state
        phase = _PHASES[state]
        if self.error is not None or self.acquisition.error is not None:
            return "refused"
        if self.plan.searching and self.engine.profile is None and state in _WITHOUT_LINK:
            return "idle"
        if phase == "connecting" and self.engine.duration_s > 0:
            return "lost"  # it was there before: a person reads 'lost', not 'connecting'
        if phase == "lost" and self.engine.duration_s <= 0:
            return "connecting"  # nothing was measured that could be cut off
        if phase == "streaming" and now_ns < self._recovered_until_ns:
            return "recovered"
        if phase == "closed" and not self._over:  # the recording is not whole yet
            return "streaming" if self.engine.duration_s > 0 else "connecting"
        return phase


_WITHOUT_LINK = (HostState.OPENING, HostState.BACKOFF)
_PHASES: dict[HostState, LinkPhase] = {
    HostState.CLOSED: "closed",
    HostState.OPENING: "connecting",
    HostState.IDENTIFY: "connecting",
    HostState.REFUSED: "refused",
    HostState.READY: "connecting",
    HostState.STARTING: "connecting",
    HostState.STREAMING: "streaming",
    HostState.WAITING: "waiting",
    HostState.STOPPING: "streaming",
    HostState.STALLED: "lost",
    HostState.BACKOFF: "lost",
}

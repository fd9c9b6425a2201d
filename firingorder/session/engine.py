"""The session as a pure function: inputs in their order in, events out.

Live, replay and analysis of a recording run the same engine on the same inputs, so they agree to
the last bit. The engine reads no clock and does no I/O: times come with the inputs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.errors import DeviceRefusedError, FiringOrderError
from firingorder.findings import (
    Event,
    GapEvent,
    MarkerEvent,
    RepetitionFinding,
    VerdictFinding,
)
from firingorder.firmware_bridge.adapters import declared_profile, make_receiver
from firingorder.firmware_bridge.items import (
    DeviceEventItem,
    HelloItem,
    Item,
    ProfileItem,
    StatusItem,
)
from firingorder.firmware_bridge.payloads import EventKind
from firingorder.firmware_bridge.profile import CapabilityProfile, profile_of_hello
from firingorder.samples import (
    ContactReport,
    DisplayBlock,
    EmgChunk,
    EmgLayout,
    Gap,
    ImuChunk,
    ImuLayout,
    PelvisBlock,
    StreamKind,
)
from firingorder.session.belt_watch import BeltWatch
from firingorder.session.calibrating import CalibrationDesk
from firingorder.session.digests import Digest, Digests
from firingorder.session.inputs import (
    Align,
    Calibrate,
    Control,
    Input,
    LinkNote,
    Mark,
    Rx,
    Told,
    Train,
    Tx,
)
from firingorder.session.joining import ImuJoin
from firingorder.session.linking import reframed, told_of
from firingorder.session.placing import of_imu, place
from firingorder.session.steering import Steering
from firingorder.session.tally import AgeTally, StreamTally, VerdictTally
from firingorder.session.tapping import TapDesk
from firingorder.session.training_desk import Scripted, TrainingDesk
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.wanted import Wanted

if TYPE_CHECKING:
    from firingorder.firmware_bridge.hello import Hello
    from firingorder.montage import Montage
    from firingorder.session.setup import SessionSetup
    from firingorder.session.training_desk import Script
    from firingorder.signal.task import TaskSpec


class Engine:
    """Inputs in, events out: decoder, clock, montage and pipeline of one session.

    Where not everything is ``wanted`` there are no digests: they are those of all events. With a
    ``script`` no coach leads, but what one had done is done again.
    """

    def __init__(
        self,
        setup: SessionSetup,
        *,
        keep_posteriors: bool = False,
        wanted: Wanted | None = None,
        script: Script | None = None,
    ) -> None:
        self.setup = setup
        self._wanted = wanted or Wanted()
        self._keep_posteriors = keep_posteriors
        self.receivers = tuple(make_receiver(spec) for spec in setup.sources)
        self.receiver = self.receivers[0]
        self.hello: Hello | None = None
        self.profiles: list[CapabilityProfile | None] = [None] * len(setup.sources)
        self.joined: ImuJoin | None = None
        self.taps: TapDesk | None = None
        if len(setup.sources) > 1:
            declared = declared_profile(setup.sources[1])
            self.joined = ImuJoin(self.receiver, self.receivers[1], declared)
            self.taps = TapDesk(self.joined)
        self.status: StatusItem | None = None
        self.lead_off: tuple[bool, ...] = ()
        self.channels: tuple[str, ...] = ()
        self.pipeline: Pipeline | None = None
        self.tallies: dict[StreamKind, StreamTally] = {}
        self.repetitions: list[RepetitionFinding] = []
        self.verdicts = VerdictTally()
        self.items: tuple[Item, ...] = ()
        self.count = 0
        """Inputs so far."""
        self.reads = self.reconnects = 0
        self.ages = AgeTally()
        self.newest_s: float | None = None
        self._columns: list[int] = []
        self.refused: DeviceRefusedError | None = None
        """Why the session is over: the device came back as another one. Reads are ignored then."""
        self._layouts: tuple[EmgLayout, ImuLayout | None] | None = None
        self._placed: tuple[list[int], tuple[EmgLayout, ImuLayout | None]] | None = None
        self._begun: list[Event] = []
        self._digests = Digests()
        self.steering = Steering(self)
        self.calibration = CalibrationDesk(self)
        self.training = TrainingDesk(self)
        self._belt = BeltWatch(self)
        self._script = None if script is None else Scripted(self, script)

    def feed(self, item: Input) -> list[Event]:
        """Take the next input and return what follows from it.

        ``items`` afterwards holds what the decoder made of this input, for the host's state
        machine.

        Raises
        ------
        MontageError
            The montage does not fit the device.
        DeviceRefusedError
            The device has no EMG.
        """
        self.items = ()
        self.count += 1
        self.training.heard = []
        events: list[Event] = []
        match item:
            case Rx(link, data, t_ns):
                self.reads += 1
                if self.refused is None:
                    self.items = tuple(self.receivers[link].feed(data, t_ns))
                for decoded in self.items:
                    if self.refused is None:
                        events += self._decoded(decoded, link)
                self.ages.add(None if link else self.receiver.now_s(t_ns), self.newest_s)
            case Tx(link, data, t_ns):
                self.receivers[link].sent(data, t_ns)
            case LinkNote():
                events += self._link(item)
            case Control() | Mark() | Told() | Align():
                events += self._keep(self.steering.take(item))
            case Calibrate():
                events += self.calibration.command(item)
            case Train():
                if self._script is None or item.name == "heard":
                    events += self._keep(self.training.command(item))
        events += self.calibration.take()
        events += self._keep(self._belt.take(item.t_ns))
        events += self._keep(self._led(events, item.t_ns))
        self._digest(events)
        return events

    def finish(self) -> list[Event]:
        """Close the analysis: what can be said of an unfinished repetition is said now."""
        self.training.heard = []
        events: list[Event] = [] if self.pipeline is None else [*self.pipeline.finish()]
        self._keep(events)
        events += self._keep(self.training.finish(events))
        self._digest(events)
        return events

    def take_digests(self) -> list[Digest]:
        """Return the digests that became due since the last call."""
        return self._digests.take()

    def take_display(self) -> tuple[list[DisplayBlock], list[PelvisBlock]]:
        """Return what the strips have not yet been given."""
        return ([], []) if self.pipeline is None else self.pipeline.take_display()

    @property
    def duration_s(self) -> float:
        """Device time from the first sample to the newest one."""
        tally = self.tallies.get("emg")
        return 0.0 if tally is None else tally.duration_s

    @property
    def simulated(self) -> bool:
        """True if the device says that it has no electrodes."""
        told = self.profile is not None and self.profile.simulated
        return told or self.setup.simulated

    @property
    def profile(self) -> CapabilityProfile | None:
        """What the EMG source can do; None before it has said what it is."""
        return self.profiles[0]

    @property
    def task(self) -> TaskSpec:
        """The task of now: that of the set under way, else that of the session."""
        return self.setup.task if self.pipeline is None else self.pipeline.task

    @property
    def columns(self) -> tuple[int, ...]:
        """Where the channels stand among those of the device."""
        return tuple(self._columns)

    @property
    def layouts(self) -> tuple[EmgLayout, ImuLayout | None]:
        """What the pipeline knows of the streams; only once there is one."""
        assert self._layouts is not None
        return self._layouts

    @property
    def montage(self) -> Montage | None:
        """The montage that was asked for, None for that of the source."""
        return self.setup.montage

    def rename(self, names: tuple[str, ...]) -> bool:
        """Give the columns of the EMG other names of the same set; False after a repetition.

        The signal chain begins anew: what it has learnt belonged to other muscles.
        """
        if self.pipeline is not None and not self.pipeline.untouched:
            return False
        now = [names.index(name) for name in self.channels]
        self._columns = [self._columns[k] for k in now]
        self.lead_off = tuple(self.lead_off[k] for k in now) if self.lead_off else ()
        self.pipeline = None
        return True

    @property
    def has_imu(self) -> bool:
        """True if the device carries a pelvis IMU."""
        return self._layouts is not None and self._layouts[1] is not None

    def _decoded(self, item: Item, link: int) -> list[Event]:
        if self.taps is not None and link and isinstance(item, EmgChunk | ImuChunk | Gap):
            mapped = self.taps.place(item)
            return [] if mapped is None else self._samples(mapped)
        if not link and self.joined is not None and of_imu(item):
            return []  # the sensor that was joined is the pelvis, whatever else the device has
        match item:
            case EmgChunk() | ImuChunk() | Gap():
                return self._samples(item)
            case ContactReport():
                return self._contact(item)
            case HelloItem(hello) if not link:
                self._described(profile_of_hello(hello), hello)
            case ProfileItem(profile):
                self.profiles[link] = profile
                if not link:
                    self._described(profile)
            case StatusItem():
                self.status = item
            case DeviceEventItem():
                return self._device_event(item)
            case _:
                pass
        return []

    def _samples(self, item: EmgChunk | ImuChunk | Gap) -> list[Event]:
        if not isinstance(item, Gap):
            return self._chunk(item)
        self._tally(item.stream).add_gap(item)
        findings: list[Event] = [GapEvent(item)]
        if self.pipeline is not None:
            findings += self.pipeline.step(item)
        return self._keep(findings)

    def _chunk(self, chunk: EmgChunk | ImuChunk) -> list[Event]:
        kind: StreamKind = "emg" if isinstance(chunk, EmgChunk) else "imu"
        self._tally(kind).add_chunk(chunk)
        pipeline = self._pipeline()
        if isinstance(chunk, ImuChunk):
            self._belt.look(chunk)
        else:
            n = len(chunk.emg_uv)
            self.newest_s = chunk.t0_s + (n - 1) / chunk.rate_hz
            mine = self._columns
            chunk = replace(chunk, emg_uv=chunk.emg_uv[:, mine], saturated=chunk.saturated[:, mine])
            if self.taps is not None and self._layouts is not None:
                self.taps.emg(chunk, self._layouts[0].skew_s)
        begun, self._begun = self._begun, []
        return [*begun, *self._keep([*pipeline.step(chunk)])]

    def _contact(self, report: ContactReport) -> list[Event]:
        mine = tuple(
            report.lead_off[k] if k < len(report.lead_off) else False for k in self._columns
        )
        self.lead_off = mine
        if self.pipeline is None:
            return []
        return self._keep([*self.pipeline.step(ContactReport(report.at_s, mine))])

    def _device_event(self, item: DeviceEventItem) -> list[Event]:
        event = item.event
        if event.kind == EventKind.BUTTON:
            return [MarkerEvent(f"button {event.value}", item.at_s)]
        if event.kind == EventKind.SYNC_IN:
            return [MarkerEvent(f"sync edge {event.value}", item.at_s)]
        return []

    def _described(self, profile: CapabilityProfile, hello: Hello | None = None) -> None:
        try:
            imu = None if self.joined is None else self.joined.layout
            channels, columns, layouts = place(profile, self.setup.montage, imu)
            placed = (columns, layouts)
            if placed == self._placed:  # the pads may have other names by now
                self.hello, self.profiles[0] = hello, profile
                return
            if self.pipeline is None:
                self.hello, self.profiles[0] = hello, profile
                self.channels, self._columns, self._layouts = channels, columns, layouts
                self._placed = placed
                return
        except FiringOrderError:
            if self.pipeline is None:
                raise
        self.refused = DeviceRefusedError(
            "The device came back with other channels or another rate than before. "
            "This session was closed; start a new one."
        )

    def _pipeline(self) -> Pipeline:
        if self.pipeline is None:
            assert self._layouts is not None, "samples before HELLO"
            emg, imu = self._layouts
            self.pipeline = Pipeline(
                self.setup.settings,
                self.setup.task,
                emg,
                imu,
                self.calibration.reference,
                wanted=self._wanted,
            )
            if self._keep_posteriors:
                self.pipeline.keep_posteriors()
            if any(self.lead_off):  # the device said so before the first sample
                self.pipeline.step(ContactReport(None, self.lead_off))
            self.steering.begun()
            self._begun = [*self.calibration.begun(), *self._keep(self.training.begun())]
        return self.pipeline

    def _tally(self, kind: StreamKind) -> StreamTally:
        if kind not in self.tallies and self._layouts is not None:
            emg, imu = self._layouts
            rate_hz = emg.rate_hz if kind == "emg" or imu is None else imu.rate_hz
            self.tallies[kind] = StreamTally(kind, rate_hz)
        return self.tallies[kind]

    def _link(self, note: LinkNote) -> list[Event]:
        at_s = self.receiver.now_s(note.t_ns)
        match note.state:
            case "opened":
                self._reframe(note)
                self.receivers[note.link].opened(note.t_ns)
            case "lost":
                self.receivers[note.link].lost(note.t_ns)
            case "recovered":
                self.reconnects += 1
            case "suspended":
                self.receivers[note.link].suspended(note.t_ns, note.slept_ns)
            case _:
                pass
        return told_of(note, at_s)

    def _reframe(self, note: LinkNote) -> None:
        """Read another way what was found another way: by cable first, then by radio."""
        spec = reframed(self.setup.sources[note.link], note)
        if spec is None or self.tallies:
            return
        sources, receivers = list(self.setup.sources), list(self.receivers)
        sources[note.link], receivers[note.link] = spec, make_receiver(spec)
        self.setup = replace(self.setup, sources=tuple(sources))
        self.receivers, self.receiver = tuple(receivers), receivers[0]

    def _led(self, events: list[Event], t_ns: int) -> list[Event]:
        """Return what the coach makes of the events, or of what one had done in this input."""
        if self._script is not None:
            return self._script.follow()
        return self.training.follow(events, t_ns)

    def _keep(self, events: list[Event]) -> list[Event]:
        self.repetitions += [event for event in events if isinstance(event, RepetitionFinding)]
        for event in events:
            if isinstance(event, VerdictFinding):
                self.verdicts.add(event)
        return events

    def _digest(self, events: list[Event]) -> None:
        if self._wanted == Wanted():
            self._digests.add(events, duration_s=self.duration_s, reads=self.reads)

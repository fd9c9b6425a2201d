"""Acquisition: links, host state machines, engine and recorder, in one asyncio loop.

The loop owns every decision about time: reads are stamped by the links, everything else happens at
``link.now_ns()``. Each input goes to the recorder and to the engine in the same order, which is
what makes a replay equal to what was live.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from firingorder.calibration.profile_json import to_json
from firingorder.errors import FiringOrderError
from firingorder.findings import Event
from firingorder.firmware_bridge.actions import HostConfig, HostState
from firingorder.firmware_bridge.adapters import make_host
from firingorder.firmware_bridge.items import HelloItem, Item, ProfileItem
from firingorder.firmware_bridge.links.base import InfoLink
from firingorder.firmware_bridge.source import FRAME_V1
from firingorder.session.device import device_message
from firingorder.session.engine import Engine
from firingorder.session.health import LinkMeter
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
    to_entry,
)
from firingorder.session.late_recorder import LateRecorder
from firingorder.session.runner import LinkRunner
from firingorder.session.suspend import SleepWatch, note_of_sleep, slept_clock
from firingorder.session.tapping import DEFAULT_WINDOW_S
from firingorder.session.training_text import programme_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.findings import Sides
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.session.setup import SessionSetup
    from firingorder.session.takers import RecorderLike, SinkLike, SpeakerLike
    from firingorder.signal.pipeline import ControlKind
    from firingorder.signal.repetitions import CueKind

_log = logging.getLogger(__name__)

#: How often a source that runs ahead of the disk looks again.
HOLD_BACK_S = 0.01

_SLEPT_NS = slept_clock()

OpenRecorder = Callable[[Engine, int], "RecorderLike | None"]
OnEvents = Callable[[list[Event], int], None]


class Acquisition:
    """One session from the first connection to the last byte.

    Parameters
    ----------
    link
        Where the bytes of the EMG come from.
    setup
        Task, montage, settings, and how the bytes of each link are to be read.
    host
        Timeouts of the state machines.
    beside
        Links of the further sources of the setup (a pelvis sensor of its own). The EMG is started
        once they stream; without them there is no session.
    duration_s
        Device time after which the session ends by itself; None for ever.
    open_recorder
        Called with the engine and the host time once the device is known, before it is started;
        returns the recorder, or None to keep nothing.
    on_events
        Called with the events of one input and the arrival time of its bytes.
    on_turn
        Called after every turn of the loop, for the screen.
    hold_back
        Asked before a read: while it is true, nothing is read. Only for a source that runs as
        fast as the machine can; a device is never kept waiting.
    tell
        Called once with each thing a person should know of the link.
    sink, speaker
        Given what every input gave; the speaker first, before anything is written.
    slept_ns
        How long this computer has slept since it started; None where that is not known.
    """

    def __init__(
        self,
        link: Link,
        setup: SessionSetup,
        *,
        host: HostConfig,
        beside: Sequence[Link] = (),
        duration_s: float | None = None,
        open_recorder: OpenRecorder = lambda _engine, _t_ns: None,
        on_events: OnEvents = lambda _events, _t_ns: None,
        on_turn: Callable[[], None] = lambda: None,
        hold_back: Callable[[], bool] = lambda: False,
        tell: Callable[[str], None] = _log.warning,
        sink: SinkLike | None = None,
        speaker: SpeakerLike | None = None,
        slept_ns: Callable[[], int] | None = _SLEPT_NS,
    ) -> None:
        links = (link, *beside)
        specs = tuple(
            replace(spec, framing=each.framing) if spec.protocol == FRAME_V1 else spec
            for spec, each in zip(setup.sources, links, strict=True)
        )
        self.link = link
        self.engine = Engine(replace(setup, sources=specs))
        self.error: FiringOrderError | None = None
        self.meter = LinkMeter()
        self._runners = [
            LinkRunner(k, each, make_host(spec, _config(host, each, first=each is link)), desk=self)
            for k, (each, spec) in enumerate(zip(links, specs, strict=True))
        ]
        self._main = self._runners[0]
        self._beside: list[asyncio.Task[None]] = []
        self._duration_s = duration_s
        self._open_recorder = open_recorder
        self._on_events = on_events
        self._on_turn = on_turn
        self._sink, self._speaker = sink, speaker
        self._hold_back = hold_back
        self._recorder = LateRecorder()
        self._device_told: dict[str, Any] = {}
        self._profile: CalibrationProfile | None = None
        self._stop_asked = False
        self._requests: deque[Callable[[int], Input]] = deque()
        self._tell = tell
        self._sleep = SleepWatch(slept_ns)
        self._noticed: set[str] = set()

    @property
    def state(self) -> HostState:
        """The state of the connection to the EMG source."""
        return self._main.machine.state

    @property
    def connection(self) -> str:
        """What is known of the connection to the EMG source, in words."""
        link = self.link
        return link.about if isinstance(link, InfoLink) and link.about else link.description

    @property
    def message(self) -> str:
        """The newest trouble in words; empty when there is none."""
        if self.error is not None:
            return str(self.error)
        return next((one.message for one in self._runners if one.message), "")

    @property
    def stopping(self) -> bool:
        """Whether the session is to end: somebody asked for it, or its duration is over."""
        return self._stop_asked or self._is_over(self.link.now_ns())

    def stop(self) -> None:
        """Ask for the end of the session. May be called from any thread."""
        self._stop_asked = True

    def control(self, kind: ControlKind, name: str = "", value: float | None = None) -> None:
        """Steer the session. May be called from any thread.

        Raises
        ------
        ValueError
            The setting cannot change while a session runs, or not to this value.
        """
        asked = Control(kind, 0, name, value)
        self._requests.append(lambda t_ns: replace(asked, t_ns=t_ns))

    def mark(self, text: str) -> None:
        """Mark this instant. May be called from any thread."""
        self._requests.append(lambda t_ns: Mark(text, t_ns))

    def calibrate(self, name: str, text: str = "") -> None:
        """Steer the calibration. May be called from any thread."""
        self._requests.append(lambda t_ns: Calibrate(name, t_ns, text))

    def train(self, name: str, text: str = "") -> None:
        """Steer the training. May be called from any thread."""
        self._requests.append(lambda t_ns: Train(name, t_ns, text))

    def cue(self, kind: CueKind, side: Sides = "both") -> None:
        """Note a cue that the person is given now. May be called from any thread."""
        self._requests.append(lambda t_ns: Told(kind, t_ns, side))

    def align(self, window_s: float = DEFAULT_WINDOW_S) -> None:
        """Look for taps in the newest seconds. May be called from any thread."""
        self._requests.append(lambda t_ns: Align(t_ns, window_s))

    async def run(self) -> None:
        """Run until the end is asked for, the duration is over, or the device is given up.

        Raises
        ------
        FiringOrderError
            The device was refused or did not come back. Everything received was recorded.
        """
        try:
            if await self._start_beside():
                await self._main.start()
                while not self._done:
                    await self._turn()
                    self._on_turn()
        finally:
            await self._shut()
            last = self.engine.finish()
            self._emit(last, self.link.now_ns())
            self._hand_on((), last, self.link.now_ns())
            self._keep_digests()
            self._on_turn()
        error = self.error or self._main.error
        if error is not None:
            raise error

    def take(self, item: Input) -> tuple[Item, ...]:
        """Give one input to the recorder and to the engine, in this order."""
        if isinstance(item, Rx):
            self._look_asleep(item.t_ns)
        self._recorder.put(*to_entry(item, self.engine.reads))
        try:
            events = self.engine.feed(item)
        except FiringOrderError as error:
            self._end_refused(error, item.t_ns)
            return ()
        if self._speaker is not None:
            self._speaker.react(self.engine, events, item.t_ns)
        if isinstance(item, Train) and item.name == "begin":
            message = programme_message(item.text, self.engine.setup.task)
            self._recorder.put("programme", message, item.t_ns)
        if isinstance(item, Rx) and item.link == 0:
            self.meter.arrived(self.engine, item.t_ns)
        self._emit(events, item.t_ns)
        self._hand_on(self.engine.items, events, item.t_ns)
        self._keep_digests()
        self._keep_profile(item.t_ns)
        if self.engine.refused is not None and self.error is None:
            self._end_refused(self.engine.refused, item.t_ns)
            return ()
        items = self.engine.items
        if any(isinstance(one, HelloItem | ProfileItem) for one in items):
            self._describe_device()
        return items

    def notice(self, text: str) -> None:
        """Tell a person, once, that something is not as it should be."""
        if text not in self._noticed:
            self._noticed.add(text)
            self._tell(text)

    def turned(self) -> None:
        """Note that time has passed while a link was being opened; who presses STOP is heard."""
        self._take_requests(self.link.now_ns())
        self._on_turn()

    def _take_requests(self, now_ns: int) -> None:
        while self._requests:
            self.take(self._requests.popleft()(now_ns))

    @property
    def _done(self) -> bool:
        return self._main.done or self.error is not None

    async def _start_beside(self) -> bool:
        """Wait until the sources beside the EMG stream; say why if one does not come."""
        runners = self._runners[1:]
        self._beside = [asyncio.ensure_future(one.run()) for one in runners]
        while any(one.machine.state is not HostState.STREAMING for one in runners):
            for one in runners:
                self.error = self.error or one.error
            if self.error is not None or self._stop_asked:
                return False
            done, _ = await asyncio.wait(self._beside, timeout=HOLD_BACK_S)
            for task in done:
                task.result()  # an error that nobody expected ends the session, and is seen
            if done and all(one.done for one in runners) and self.error is None:
                self.error = next((one.error for one in runners if one.error), None)
                return False
            self._on_turn()
        return True

    async def _turn(self) -> None:
        for task in self._beside:
            if task.done():
                task.result()  # given up is no error; what nobody expected must not look like a gap
        now_ns = self.link.now_ns()
        self._look_asleep(now_ns)
        self._take_requests(now_ns)
        if self.stopping:
            self._stop_asked = False
            self._duration_s = None
            await self._main.stop()
        if self._hold_back():
            await asyncio.sleep(HOLD_BACK_S)
            return
        await self._main.turn()

    async def _shut(self) -> None:
        await self._main.end()
        for runner, task in zip(self._runners[1:], self._beside, strict=False):
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
            if task.cancelled() or task.exception() is None:
                await runner.stop()
                while not runner.done:
                    await runner.turn()
            await runner.end()

    def _look_asleep(self, t_ns: int) -> None:
        """Note a sleep of this computer before the first read behind it."""
        slept_ns = self._sleep.new_ns()
        if slept_ns:
            for runner in self._runners:
                self.take(note_of_sleep(runner.number, t_ns, slept_ns))

    def _end_refused(self, error: FiringOrderError, t_ns: int) -> None:
        """End the session because of what the device is, and say so in the recording."""
        self.error = error
        self.take(LinkNote(0, "refused", t_ns, str(error)))

    def _emit(self, events: list[Event], t_ns: int) -> None:
        if events:
            self._on_events(events, t_ns)

    def _hand_on(self, items: Sequence[Item], events: list[Event], t_ns: int) -> None:
        if self._sink is not None:
            self._sink.take(self.engine, items, events, t_ns)

    def _keep_digests(self) -> None:
        for digest in self.engine.take_digests():
            body = json.dumps(digest.to_dict(), sort_keys=True).encode()
            self._recorder.put("digest", body, self.link.now_ns())

    def _keep_profile(self, t_ns: int) -> None:
        """Write the profile that has come into use, for those who read the recording."""
        profile = self.engine.calibration.profile
        if profile is not None and profile is not self._profile:
            self._profile = profile
            self._recorder.put("calibration", to_json(profile).encode(), t_ns)

    def _describe_device(self) -> None:
        """Begin the recording with the first HELLO; keep every later one that says other things."""
        if self.engine.profile is None:
            return  # a sensor beside it was there first: what it sends waits for the EMG
        told, self._device_told = self._device_told, device_message(self.engine)
        if not self._recorder.begun:
            self._recorder.begin(self._open_recorder(self.engine, self.link.now_ns()))
        elif told != self._device_told:
            body = json.dumps(self._device_told, sort_keys=True).encode()
            self._recorder.put("device", body, self.link.now_ns())

    def elapsed_s(self, now_ns: int) -> float:
        """Return device time since the first sample; while the link is away, by the clock model."""
        elapsed_s = self.engine.duration_s
        if self.state not in (HostState.STREAMING, HostState.WAITING):
            elapsed_s = max(elapsed_s, self.engine.receiver.now_s(now_ns) or 0.0)
        return elapsed_s

    def _is_over(self, now_ns: int) -> bool:
        return self._duration_s is not None and self.elapsed_s(now_ns) >= self._duration_s


def _config(host: HostConfig, link: Link, *, first: bool) -> HostConfig:
    """Return the timeouts for one link; only the EMG source is called what the session is."""
    name = host.name if first else link.description
    return replace(host, framing=link.framing, name=name)

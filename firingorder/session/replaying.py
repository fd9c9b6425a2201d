"""Replay: the recorded inputs through the same engine, paced or as fast as the machine can."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.findings import Event
from firingorder.session.engine import Engine
from firingorder.session.feed import FeedUpdate, LiveStatus
from firingorder.session.feeder import Feed
from firingorder.session.files import FileOptions, recorded_inputs, recording_setup
from firingorder.session.health import LinkMeter
from firingorder.session.inputs import Input, Rx
from firingorder.session.pacing import Pacer
from firingorder.session.parts import damage_words, parts

if TYPE_CHECKING:
    from firingorder.recording.reader import Recording
    from firingorder.session.digests import Digest

_log = logging.getLogger(__name__)

OnReplayEvents = Callable[[list[Event]], None]


@dataclass(frozen=True, slots=True)
class DigestCheck:
    """Whether a replay found what was found live."""

    compared: int
    first_difference_s: float | None


def replay_engine(recording: Recording) -> Engine:
    """Return a fresh engine set up as the recorded session was."""
    return Engine(recording_setup(recording, FileOptions()))


def run_replay(
    recording: Recording,
    engine: Engine,
    on_events: Callable[[list[Event], Input | None], None],
    *,
    wait_until: Callable[[int], bool] = lambda _t_ns: True,
) -> DigestCheck:
    """Feed a recording to an engine and compare the digests with those that were live.

    Parameters
    ----------
    on_events
        Called with the events of each input; None as the input at the very end.
    wait_until
        Called with the recorded time of each input before it is fed; it paces, and ends the
        replay by returning False.
    """
    found: list[Digest] = []
    for item in recorded_inputs(recording):
        if not wait_until(item.t_ns):
            break
        on_events(engine.feed(item), item)
        found += engine.take_digests()
    on_events(engine.finish(), None)
    found += engine.take_digests()
    return _compare(found, recording)


def _compare(found: list[Digest], recording: Recording) -> DigestCheck:
    live = [_digest(entry.data) for part in parts(recording) for entry in part.digests]
    mine = {one.at_s: one.sha256 for one in found}
    compared = [(at_s, sha256) for at_s, sha256 in live if at_s in mine]
    different = [at_s for at_s, sha256 in compared if mine[at_s] != sha256]
    return DigestCheck(len(compared), min(different) if different else None)


class ReplaySession:
    """A recording in the live window: paced by its recorded times, pausable, never a device."""

    def __init__(self, recording: Recording, *, speed: float, on_events: OnReplayEvents) -> None:
        self.engine = replay_engine(recording)
        self.error: FiringOrderError | None = None
        self.check: DigestCheck | None = None
        self._recording = recording
        self._pacer = Pacer(speed)
        self._on_events = on_events
        self._feed = Feed()
        self._finished = threading.Event()
        self._thread: threading.Thread | None = None
        self._meter = LinkMeter()
        self._now_ns = 0
        self._damage = ""

    @property
    def finished(self) -> bool:
        """True once the recording has been played to its end."""
        return self._finished.is_set()

    def start(self) -> None:
        """Start playing."""
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 0.0) -> bool:
        """Ask for the end and wait at most ``timeout_s``; True when the thread has ended."""
        self._pacer.stop()
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self._thread is None or not self._thread.is_alive()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end of the recording; True when it was reached."""
        return self._finished.wait(timeout_s)

    def poll(self) -> FeedUpdate:
        """Take what is new since the last call."""
        update = self._feed.poll()
        # A held replay feeds nothing, so the feed cannot say that it is held.
        return replace(update, status=replace(update.status, paused=self._pacer.paused))

    def pause(self) -> None:
        """Hold the replay."""
        self._pacer.pause()

    def resume(self) -> None:
        """Go on."""
        self._pacer.resume()

    @property
    def speed(self) -> float:
        """How much faster than life it plays; 0 is as fast as the machine can."""
        return self._pacer.speed

    def set_speed(self, speed: float) -> None:
        """Play on at another speed; what is found is the same at every speed."""
        self._pacer.set_speed(speed)

    def next_set(self) -> None:
        """Do nothing: the sets of a recording are those that were live."""

    def align(self) -> None:
        """Do nothing: the taps of a recording were judged when they were made."""

    def calibrate(self, name: str, text: str = "") -> None:
        """Do nothing: a recording has the calibration it had."""
        del name, text

    def train(self, name: str, text: str = "") -> None:
        """Do nothing: a recording is led as it was."""
        del name, text

    def mute(self, *, muted: bool) -> None:
        """Do nothing: a recording is played without sound."""
        del muted

    def volume(self, volume: float) -> None:
        """Do nothing, as above."""
        del volume

    def mark(self, text: str) -> None:
        """Do nothing: a recording is not written to by playing it."""
        del text

    def _run(self) -> None:
        try:
            self.check = run_replay(
                self._recording, self.engine, self._take, wait_until=self._pacer.wait_until
            )
            if not self._pacer.stopping:  # else nobody waits to read it
                self._damage = damage_words(self._recording)
        except FiringOrderError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - a dead thread must show in the window
            _log.exception("replay stopped")
            self.error = FiringOrderError(f"Replay stopped: {type(error).__name__}: {error}.")
        finally:
            self._finished.set()
            self._put([])

    def _take(self, events: list[Event], item: Input | None) -> None:
        if item is not None:
            self._now_ns = item.t_ns
        if isinstance(item, Rx) and item.link == 0:
            self._meter.arrived(self.engine, item.t_ns)
        self._on_events(events)
        self._put(events)

    def _put(self, events: list[Event]) -> None:
        blocks, pelvis = self.engine.take_display()
        self._feed.put(blocks, pelvis, events, self._status())

    def _status(self) -> LiveStatus:
        engine = self.engine
        task = engine.task
        emg = engine.tallies.get("emg")
        return LiveStatus(
            source="replay",
            connection="closed" if self._finished.is_set() else "streaming",
            message=(self._damage or None) if self.error is None else str(self.error),
            device=self._recording.path.name,
            channels=engine.channels,
            has_imu=engine.has_imu,
            calibrated=engine.profile is None or engine.profile.calibrated,
            lead_off=engine.lead_off,
            loss_percent=0.0 if emg is None else emg.loss_percent,
            elapsed_s=engine.duration_s,
            recording=str(self._recording.path),
            set_index=1 if engine.pipeline is None else engine.pipeline.set_index,
            task_name=task.name,
            task=task.id,
            tested_on=task.tested_on,
            person=_text(self._recording.session.get("person")),
            reps_per_set=task.reps_per_set,
            check=None if engine.pipeline is None else engine.pipeline.latest_check,
            wizard=engine.calibration.view,
            calibration=engine.calibration.words,
            calibration_notes=engine.calibration.notes,
            calibrated_from_s=engine.calibration.since_s,
            references=engine.calibration.references,
            reference_unit=engine.calibration.reference_unit,
            working_side=task.working_side,
            coach=engine.training.view,
            health=self._meter.look(engine, self._now_ns, self._recording.path.name),
        )


def _digest(message: bytes) -> tuple[float, str]:
    body = json.loads(message)
    return float(body["at_s"]), str(body["sha256"])


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None

"""Starting a recording once the device is known."""

from __future__ import annotations

import time
import tomllib
import uuid
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.decoder import DECODER_VERSION
from firingorder.recording.description import describe_session
from firingorder.recording.recorder import QUEUE_BYTES, Recorder
from firingorder.recording.storage import check_space
from firingorder.recording.topics import ClockAnchor
from firingorder.session.device import device_message, source_montage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.session.acquisition import OpenRecorder
    from firingorder.session.engine import Engine


class RecordingKeeper:
    """Makes the recording of a session and knows how it fares."""

    def __init__(
        self,
        path: Path,
        *,
        person: str | None = None,
        duration_s: float | None = None,
        tell: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.path = path
        self.recorder: Recorder | None = None
        self.failure: str | None = None
        """Why the recording is not whole; known once it was stopped."""
        self.recording_id = str(uuid.uuid4())
        self._person = person
        self._duration_s = duration_s
        self._tell = tell
        self._told: set[str] = set()

    @property
    def opener(self) -> OpenRecorder:
        """What acquisition calls when the device has said what it is."""
        return self._open

    @property
    def alarm(self) -> str | None:
        """What is wrong with the recording, in one sentence; None if nothing is."""
        if self.recorder is None:
            return None
        alarm = self.recorder.alarm
        for text in (alarm, self.recorder.notice):
            if text is not None and text not in self._told:
                self._told.add(text)
                self._tell(text)
        return alarm

    @property
    def crowded(self) -> bool:
        """True while the disk is behind; a source that is faster than time waits then.

        Not while the disk refuses: that may last for ever, and what is missing is counted.
        """
        recorder = self.recorder
        if recorder is None or recorder.refused:
            return False
        return recorder.backlog_bytes > QUEUE_BYTES // 4

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the recording so far; none before the device has said what it is."""
        return () if self.recorder is None else self.recorder.files

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Close the recording; False if it is not whole, and ``failure`` says why."""
        if self.recorder is not None and not self.recorder.stop(timeout_s):
            self.failure = self.alarm or "Not all of the recording reached the disk."
        return self.failure is None

    def _open(self, engine: Engine, now_ns: int) -> Recorder:
        setup = engine.setup
        scarce = check_space(self.path.parent, duration_s=self._duration_s)
        if scarce is not None:
            self._tell(scarce)
        if engine.profile is not None:
            for text in (engine.profile.why_not_full, engine.profile.remark):
                if text:
                    self._tell(text)
        assert engine.profile is not None
        montage = setup.montage or source_montage(engine.profile)
        recorder = Recorder(
            self.path,
            anchor=ClockAnchor(time.time_ns(), now_ns),
            preamble={
                "session": describe_session(
                    recording_id=self.recording_id,
                    decoder_version=str(DECODER_VERSION),
                    person=self._person,
                    task=setup.task.id,
                    side=setup.task.working_side,
                    side_assumed=setup.task.side_assumed,
                    simulated=engine.simulated,
                    belt_taps=setup.belt_taps,
                    settings_hash=setup.settings.hash(),
                    links=[spec.to_dict() for spec in setup.sources],
                ),
                "device": device_message(engine),
                "montage": montage.to_dict(),
                "calibration": {},
                "settings": tomllib.loads(setup.settings.to_toml()),
                "programme": {
                    "task": setup.task.id,
                    "together_margin_ms": setup.task.together_margin_ms,
                    "reps_per_set": setup.task.reps_per_set,
                },
            },
        )
        recorder.start()
        self.recorder = recorder
        return recorder

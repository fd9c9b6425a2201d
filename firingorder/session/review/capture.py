"""What is drawn of an analysis, taken while it runs: raw, filtered, envelope, pelvis, and flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.samples import EmgChunk, Gap
from firingorder.session.inputs import Rx
from firingorder.session.review.kept import Flagged
from firingorder.session.review.tracks import TrackWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.findings import Sides, UnclearReason
    from firingorder.samples import BoolArray, FloatArray, ImuChunk
    from firingorder.session.engine import Engine
    from firingorder.session.inputs import Input
    from firingorder.session.review.kept import Making
    from firingorder.signal.conditioning import ConditioningParams
    from firingorder.signal.pipeline import Pipeline
    from firingorder.signal.reference import PersonalReference
    from firingorder.signal.settings import Settings
    from firingorder.signal.task import TaskSpec

#: One sample in so many is kept of the envelope: a mean over 50 ms says nothing faster.
ENVELOPE_EVERY = 5
PELVIS = ("lift", "tilt", "obliquity", "rotation")
#: Stretches of flagged samples nearer than this are told as one.
_JOINED_S = 0.02


class Capture:
    """Writes tracks into a folder. Give its methods to the analysis of a recording or of arrays."""

    def __init__(self, making: Making | None) -> None:
        """Take a folder; None: no tracks are wanted, only what the analysis was made with."""
        self.tasks: dict[tuple[str, Sides], TaskSpec] = {}
        self.reference: PersonalReference | None = None
        self.channels: tuple[str, ...] = ()
        self._making = making
        self._writers: dict[str, TrackWriter] = {}
        self._open: dict[tuple[str, UnclearReason], Flagged] = {}
        self._flagged: list[Flagged] = []
        self._pelvis_index = 0
        self._pelvis_s: float | None = None

    @property
    def flagged(self) -> tuple[Flagged, ...]:
        """Everything flagged, in the order of time."""
        found = [*self._flagged, *self._open.values()]
        return tuple(sorted(found, key=lambda one: (one.first_s, one.channel)))

    def on_input(self, engine: Engine, item: Input | None) -> None:
        """Take what an input of a recording led to."""
        if engine.pipeline is None:
            return
        self.channels = engine.channels
        self._seen(engine.task)
        if item is None:
            self.reference = engine.calibration.reference
        if isinstance(item, Rx) and item.link == 0:
            for one in engine.items:
                if isinstance(one, EmgChunk):
                    columns = list(engine.columns)
                    self._raw(one, one.emg_uv[:, columns])
        self._display(engine.pipeline)
        if any(engine.lead_off) and engine.newest_s is not None:
            self._lead_off(engine)

    def on_piece(
        self, channels: tuple[str, ...]
    ) -> Callable[[Pipeline, EmgChunk | ImuChunk | Gap | None], None]:
        """Return what takes the pieces of arrays that are analysed."""

        def take(pipeline: Pipeline, item: EmgChunk | ImuChunk | Gap | None) -> None:
            self.channels = channels
            self._seen(pipeline.task)
            if isinstance(item, EmgChunk):
                self._raw(item, item.emg_uv)
            self._display(pipeline)

        return take

    def _seen(self, task: TaskSpec) -> None:
        key = (task.id, task.working_side)
        if key not in self.tasks:
            self.tasks[key] = task

    def _writer(
        self, name: str, channels: tuple[str, ...], rate_hz: float, unit: str = "uV"
    ) -> TrackWriter:
        assert self._making is not None
        if name not in self._writers:
            writer = TrackWriter(self._making.folder, name, channels, rate_hz, unit)
            self._writers[name] = self._making.own(writer)
        return self._writers[name]

    def _raw(self, chunk: EmgChunk, emg_uv: FloatArray) -> None:
        if self._making is not None:
            track = self._writer("raw", self.channels, chunk.rate_hz)
            track.add(chunk.index0, chunk.t0_s, emg_uv)

    def _display(self, pipeline: Pipeline) -> None:
        blocks, poses = pipeline.take_display()
        for one in blocks:
            missing = np.isnan(one.emg_uv)
            if missing.any():
                self._flag("gap", missing, one.t0_s, one.rate_hz)
            if one.saturated.any():
                self._flag("saturated", one.saturated, one.t0_s, one.rate_hz)
            if self._making is None:
                continue
            self._writer("filtered", self.channels, one.rate_hz).add(
                one.index0, one.t0_s, one.emg_uv
            )
            first = -one.index0 % ENVELOPE_EVERY
            self._writer("envelope", self.channels, one.rate_hz / ENVELOPE_EVERY).add(
                (one.index0 + first) // ENVELOPE_EVERY,
                one.t0_s + first / one.rate_hz,
                one.envelope_uv[first::ENVELOPE_EVERY],
            )
        if self._making is None:
            return
        for pose in poses:
            values = np.stack(
                [pose.lift_deg, pose.tilt_deg, pose.obliquity_deg, pose.rotation_deg], axis=1
            )
            self._writer("pelvis", PELVIS, pose.rate_hz, "deg").add(
                self._pose_index(pose.t0_s, pose.rate_hz), pose.t0_s, values
            )
            self._pelvis_index += len(values)
            self._pelvis_s = pose.t0_s + len(values) / pose.rate_hz

    def _pose_index(self, t0_s: float, rate_hz: float) -> int:
        """Return an index for poses: what is missing since the last ones is counted by time."""
        if self._pelvis_s is not None:
            self._pelvis_index += max(0, round((t0_s - self._pelvis_s) * rate_hz))
        return self._pelvis_index

    def _flag(self, reason: UnclearReason, mask: BoolArray, t0_s: float, rate_hz: float) -> None:
        for k in np.flatnonzero(mask.any(axis=0)):
            rows = np.flatnonzero(mask[:, k])
            first, last = t0_s + rows[0] / rate_hz, t0_s + (rows[-1] + 1) / rate_hz
            self._extend(self.channels[int(k)], reason, float(first), float(last))

    def _lead_off(self, engine: Engine) -> None:
        assert engine.newest_s is not None
        for name, off in zip(engine.channels, engine.lead_off, strict=True):
            if off:
                self._extend(name, "poor_contact", engine.newest_s, engine.newest_s)

    def _extend(self, channel: str, reason: UnclearReason, first_s: float, last_s: float) -> None:
        key = (channel, reason)
        before = self._open.get(key)
        near_s = 1.0 if reason == "poor_contact" else _JOINED_S
        if before is not None and first_s - before.last_s <= near_s:
            self._open[key] = Flagged(channel, reason, before.first_s, last_s)
            return
        if before is not None:
            self._flagged.append(before)
        self._open[key] = Flagged(channel, reason, first_s, last_s)


def filter_words(settings: Settings) -> str:
    """Return what the filtered signal is: that of the onset path, which the display shares."""
    c: ConditioningParams = settings.conditioning
    return (
        f"mains hum subtracted, causal Butterworth high-pass of {c.highpass_hz:g} Hz, order "
        f"{c.highpass_order}, at most {c.analysis_rate_hz:g} samples a second: the "
        f"signal in which onsets are sought; its RMS over {1e3 * c.envelope_s:g} ms is the envelope"
    )

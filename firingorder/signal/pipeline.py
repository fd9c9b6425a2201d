"""Samples in, findings out: the signal chain of one session.

Findings are a function of the items in their order. Every step works on fixed blocks of the
absolute sample index, so the cutting of the chunks changes no bit of a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.samples import ContactReport, EmgChunk, ImuChunk
from firingorder.signal.conditioning import (
    ConditionedBlock,
    Conditioner,
    Envelope,
    Resampler,
    analysis_rate_hz,
)
from firingorder.signal.display import Display
from firingorder.signal.history import History, TimeAxis

if TYPE_CHECKING:
    from firingorder.findings import ChannelFinding, Finding, SetFinding
    from firingorder.samples import (
        DisplayBlock,
        EmgLayout,
        Gap,
        ImuLayout,
        PelvisBlock,
    )
    from firingorder.signal.settings import Settings
    from firingorder.signal.task import TaskSpec

#: Seconds of conditioned EMG kept: a slow repetition with its rest before (bounded memory).
HISTORY_S = 30.0


class Pipeline:
    """The signal chain for one task and one montage."""

    def __init__(
        self,
        settings: Settings,
        task: TaskSpec,
        emg: EmgLayout,
        imu: ImuLayout | None,
        calibration: object | None = None,
    ) -> None:
        params = settings.conditioning
        n_channels = len(emg.channels)
        rate_hz = analysis_rate_hz(emg.rate_hz, params)
        self._settings = settings
        self._task = task
        self._emg = emg
        self._rate_hz = rate_hz
        self._time = TimeAxis(emg.rate_hz)
        self._resampler = Resampler(params, emg.rate_hz, n_channels)
        self._conditioner = Conditioner(params, rate_hz, n_channels)
        self._envelope = Envelope(params, rate_hz, n_channels)
        self._history = History(round(HISTORY_S * rate_hz), n_channels)
        self._lead_off = np.zeros(n_channels, dtype=np.bool_)
        self._display = Display(rate_hz, imu.rate_hz if imu is not None else 1.0)

    def step(self, item: EmgChunk | ImuChunk | Gap | ContactReport) -> list[Finding]:
        """Take one item, return what it made known.

        A gap is also seen in the index of the next chunk; the item itself changes nothing.
        """
        findings: list[Finding] = []
        match item:
            case EmgChunk():
                if len(item.emg_uv):
                    self._time.observe(item.index0, item.t0_s)
                blocks = self._resampler.step(item.index0, item.emg_uv, item.saturated)
                for block in blocks:
                    self._on_block(self._conditioner.step(block))
            case ContactReport():
                self._lead_off = np.array(item.lead_off, dtype=np.bool_)
            case _:
                pass
        return findings

    def control(self, kind: str, **_: Any) -> list[Finding]:
        """Apply ``next_set``, ``pause`` or ``resume``; other kinds are not for the signal chain."""
        return []

    def finish(self) -> list[Finding]:
        """Return what can still be decided at the end of the recording."""
        return []

    def take_display(self) -> tuple[list[DisplayBlock], list[PelvisBlock]]:
        """Return what there is to draw since the last call."""
        return self._display.take()

    def channels(self) -> tuple[ChannelFinding, ...]:
        """Return each channel over the whole recording so far."""
        return ()

    def sets(self) -> tuple[SetFinding, ...]:
        """Return the sets so far."""
        return ()

    def _on_block(self, block: ConditionedBlock) -> None:
        self._history.append(block, self._lead_off)
        t0_s = self._time.time_s(self._resampler.input_position(block.index0))
        self._display.add_emg(block, t0_s, self._envelope.step(block))

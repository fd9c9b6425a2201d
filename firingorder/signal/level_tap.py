"""How hard each muscle works now: one value a block, for those who train by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.level import reference_gate
from firingorder.signal.metrics.record import MetricsParams

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.reference import PersonalReference

_METRICS = MetricsParams()


@dataclass(frozen=True, slots=True, eq=False)
class BlockLevel:
    """Level at the end of a block, device time ``t_s``.

    ``uv`` is the RMS over the window of the display, ``(n_channels,)`` microvolts with its noise;
    ``percent`` the same without the noise of rest (power subtracted) over the person's reference.
    NaN where there is no sample, no contact, or no reference.
    """

    t_s: float
    uv: FloatArray
    percent: FloatArray


class LevelTap:
    """Makes levels of envelopes and keeps them until somebody takes them.

    :meth:`take` is called after every item that was given to the pipeline: what waits is a few
    blocks.
    """

    def __init__(self, channels: tuple[str, ...], reference: PersonalReference) -> None:
        self._channels = channels
        self._waiting: list[BlockLevel] = []
        self.refer(reference)

    def refer(self, reference: PersonalReference) -> None:
        """Use another calibration from now on."""
        full: list[float] = []
        rest: list[float] = []
        for name in self._channels:
            known = reference.channels.get(name)
            usable = known is not None and reference_gate(reference, name, _METRICS) is None
            full.append((known.reference_uv or np.nan) if known and usable else np.nan)
            rest.append((known.rest_uv or 0.0) if known else 0.0)
        self._full_uv, self._rest_uv = np.array(full), np.array(rest)

    def step(self, t_s: float, envelope_uv: FloatArray, lead_off: BoolArray) -> None:
        """Take the envelope of a block, ``(n_samples, n_channels)``, that ends at ``t_s``."""
        if not len(envelope_uv):
            return
        uv = np.where(lead_off, np.nan, envelope_uv[-1])
        work_uv = np.sqrt(np.maximum(uv**2 - self._rest_uv**2, 0.0))
        self._waiting.append(BlockLevel(t_s, uv, 100.0 * work_uv / self._full_uv))

    def take(self) -> list[BlockLevel]:
        """Return the levels since the last call, the oldest first."""
        taken, self._waiting = self._waiting, []
        return taken

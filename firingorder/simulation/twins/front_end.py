"""The input of a virtual device: what its converter sees of the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.body import Body

#: Samples that are made at once; only a matter of speed.
BLOCK_SAMPLES = 256


class FrontEnd:
    """Samples of a body as a converter takes them.

    Parameters
    ----------
    body
        Looked at by its own rate.
    step
        The converter takes every ``step``-th sample of the body.
    sinc_order
        Order of the averaging filter over ``step`` samples in front of it (3: sinc3 of a
        delta-sigma converter); 0 for none.
    """

    def __init__(self, body: Body, *, step: int = 1, sinc_order: int = 0) -> None:
        self._body = body
        self._step = step
        taps = np.ones(1)
        for _ in range(sinc_order):
            taps = np.convolve(taps, np.full(step, 1.0 / step))
        self._taps = taps
        self._block = -1
        self._rows: FloatArray = np.empty((0, len(body.channels)))

    @property
    def channels(self) -> int:
        """How many channels the body has."""
        return len(self._body.channels)

    def microvolts(self, k: int) -> FloatArray:
        """Return sample ``k`` of all channels; what the body lacks is zero."""
        block = k // BLOCK_SAMPLES
        if block != self._block:
            self._block, self._rows = block, self._read(block * BLOCK_SAMPLES)
        return self._rows[k % BLOCK_SAMPLES]

    def _read(self, k0: int) -> FloatArray:
        before = len(self._taps) - 1
        n = (BLOCK_SAMPLES - 1) * self._step + 1
        raw = np.nan_to_num(self._body.emg_uv(k0 * self._step - before, n + before))
        columns = [np.convolve(raw[:, c], self._taps, "valid") for c in range(raw.shape[1])]
        return np.stack(columns, axis=1)[:: self._step]

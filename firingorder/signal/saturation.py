"""Samples at the limit of a converter whose range nobody declared.

A clipped signal stays at its extreme value for several samples, again and again, and lies there
more often than just below it. A clean signal thins out towards its extremes, however coarsely it
was quantised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class ClippingParams:
    """When an extreme value is a limit. Design choices."""

    run: int = 3
    """Equal samples in a row. A full-scale sine of 450 Hz at 1000 Hz never stays for two."""
    runs: int = 3
    """Runs in the recording: once is chance, or a held sample."""
    pile: float = 3.0
    """Samples at the limit over those at the next value inside. The tail of a Gaussian thins out
    towards its end, whatever the step of the converter."""
    most_share: float = 0.5
    """A channel that lies at one value for longer than this is dead, not clipped."""


def clipped(emg_uv: FloatArray, params: ClippingParams | None = None) -> BoolArray:
    """Return which samples lie at a limit that clips their channel, ``(n_samples, n_channels)``.

    ``emg_uv`` is the whole recording; NaN is missing.
    """
    p = params or ClippingParams()
    mask = np.zeros(emg_uv.shape, dtype=np.bool_)
    for k in range(emg_uv.shape[1]):
        x = emg_uv[:, k]
        if np.all(np.isnan(x)):
            continue
        for limit in (float(np.nanmax(x)), float(np.nanmin(x))):
            at = x == limit
            if _is_limit(x, at, limit, p):
                mask[:, k] |= at
    return mask


def _is_limit(x: FloatArray, at: BoolArray, limit: float, params: ClippingParams) -> bool:
    count = int(np.count_nonzero(at))
    if count < params.run * params.runs or count > params.most_share * len(x):
        return False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], at, [False]]).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    if int(np.count_nonzero(lengths >= params.run)) < params.runs:
        return False
    inner = x[~at & ~np.isnan(x)]
    if len(inner) == 0:
        return False
    nearest = inner[np.argmin(np.abs(inner - limit))]
    return count > params.pile * int(np.count_nonzero(inner == nearest))

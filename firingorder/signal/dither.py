"""Noise that hides what is too small to be an onset, the same for every cut of the stream.

A rest far below the plateau resolves twitches of a thousandth of it, and the staircase of one
rise cannot hold them. Raising the rest in the model alone makes onsets late, because the samples
are then quieter than their model (method.md section 2, step 4b). So noise is added to
the samples, drawn from where the signal last changed its sign: gain, polarity and the place in
the recording change no bit of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

# Multipliers and shifts of the finaliser of SplitMix64 (Steele, Lea and Flood 2014, OOPSLA).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


#: Samples whose changes of sign draw one value: some 17 bits for EMG, which changes its sign at
#: every fifth sample. More would let a coarse converter, which moves single crossings, draw anew.
_REACH = 24


def dither(x: FloatArray, index0: int) -> FloatArray:
    """Return unit Gaussian noise, ``(n_samples,)``, a pure function of the latest changes of sign.

    Two muscles do not get the same noise, nor does one at two times. A dead channel has no changes:
    there the index, ``index0`` of the first sample, stands for them.
    """
    positive = x > 0.0
    changed = np.diff(positive, prepend=positive[:1]).astype(np.uint64)
    bits = np.zeros(len(x), dtype=np.uint64)
    for lag in range(min(_REACH, len(x))):
        bits[lag:] |= changed[: len(x) - lag] << np.uint64(lag)
    index = np.arange(index0, index0 + len(x), dtype=np.int64).view(np.uint64)
    state = _mix(np.where(bits == 0, index << np.uint64(_REACH), bits) + _GOLDEN)
    uniform = (state >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54
    # The noise of a signal turned round is turned round, too.
    return np.where(positive, 1.0, -1.0) * special.ndtri(uniform)


def _mix(z: np.typing.NDArray[np.uint64]) -> np.typing.NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))

"""Packs speech into some 2.3 kB a second: overlapped cosine transform, coarse steps, LZMA.

Decoding needs numpy, scipy and the standard library. Frames of 40 ms overlap by half (modified
discrete cosine transform: Princen and Bradley 1986, doi:10.1109/TASSP.1986.1164954); neighbouring
frequencies share a step, which grows with their strength, so the noise of rounding stays under the
speech that makes it. Steps and rounded values are small numbers, mostly zero.
"""

from __future__ import annotations

import lzma
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

if TYPE_CHECKING:
    from firingorder.sound.cues import Samples

#: What is encoded: speech has little above 7 kHz.
CLIP_RATE_HZ = 16_000
#: Samples from frame to frame: 20 ms, some periods of a voice.
HOP = 320
#: Samples of the fade at both ends: 4 ms.
FADE = 64
#: Borders of the bands, in steps of 25 Hz: 100 Hz wide at first, a sixth of their pitch later.
EDGES = (
    0, 4, 8, 12, 16, 20, 24, 28, 32, 38, 44, 52, 60, 70, 82, 96, 112, 132, 156, 188, 228, 280, 320,
)  # fmt: skip
#: Steps lie a quarter of a doubling (1.5 dB) apart.
STEPS_PER_OCTAVE = 4
#: Proposals; docs/decisions/0026-voice.md has sizes and errors of others.
FINENESS = 1.2
#: Weak bands get finer steps than strong ones in proportion to this power of their level.
POWER = 0.6
#: Level at which step and band are equal, where FINENESS is 1.
EQUAL_AT = 0.01
#: No step is finer: what lies below it is not heard.
LEAST_STEP = 0.002
#: High bands are rounded this much more coarsely than low ones.
COARSER_ABOVE = 3.0
#: Values nearer to zero than this part of a step are left out.
_ROUND_UP = 0.4
_WIDTHS = np.diff(EDGES)
_FILTERS: list[dict[str, Any]] = [
    {"id": lzma.FILTER_LZMA1, "lc": 0, "lp": 0, "pb": 0, "dict_size": 1 << 20}
]

Values = NDArray[np.float64]


def encode(samples: Values) -> bytes:
    """Pack ``(n_samples,)`` of full scale 1 at :data:`CLIP_RATE_HZ`."""
    n_frames = _frames(len(samples))
    padded = np.zeros((n_frames + 1) * HOP)
    padded[HOP : HOP + len(samples)] = samples
    framed = np.lib.stride_tricks.sliding_window_view(padded, 2 * HOP)[::HOP]
    lines = _spectrum(framed * _window())
    level = np.sqrt(np.maximum(np.add.reduceat(lines**2, EDGES[:-1], axis=1) / _WIDTHS, 1e-12))
    tilt = np.linspace(1.0, COARSER_ABOVE, len(_WIDTHS))
    step = np.maximum(FINENESS * tilt * EQUAL_AT * (level / EQUAL_AT) ** POWER, LEAST_STEP)
    exponents = np.ceil(STEPS_PER_OCTAVE * np.log2(step)).astype(np.int8)
    parts = np.abs(lines) / _steps(exponents)
    rounded = np.clip(np.sign(lines) * np.floor(parts + _ROUND_UP), -127, 127).astype(np.int8)
    silent = np.add.reduceat(np.abs(rounded), EDGES[:-1], axis=1) == 0
    for k in range(1, n_frames):  # a step that nothing needs costs least where it stays as it was
        exponents[k, silent[k]] = exponents[k - 1, silent[k]]
    changes = np.diff(exponents, axis=0, prepend=np.zeros((1, len(_WIDTHS)), dtype=np.int8))
    body = changes.astype(np.int8).tobytes() + rounded.tobytes()
    return lzma.compress(body, lzma.FORMAT_RAW, filters=_FILTERS)


def decode(packed: bytes, n_samples: int) -> Samples:
    """Return ``(n_samples,)`` float32 of full scale 1 at :data:`CLIP_RATE_HZ`.

    Raises
    ------
    ValueError
        The bytes are not such a clip of this length.
    """
    n_frames, n_bands = _frames(n_samples), len(_WIDTHS)
    try:
        body = np.frombuffer(lzma.decompress(packed, lzma.FORMAT_RAW, filters=_FILTERS), np.int8)
    except lzma.LZMAError as problem:
        raise ValueError("a voice clip is damaged: install the program anew") from problem
    if len(body) != n_frames * (n_bands + HOP):
        raise ValueError("a voice clip is damaged: install the program anew")
    changes = body[: n_frames * n_bands].reshape(n_frames, n_bands)
    exponents = np.cumsum(changes, axis=0, dtype=np.int8)
    lines = body[n_frames * n_bands :].reshape(n_frames, HOP) * _steps(exponents)
    framed = _unfolded(lines) * _window()
    out = np.zeros((n_frames + 1, HOP))
    out[:-1] += framed[:, :HOP]
    out[1:] += framed[:, HOP:]
    samples = out.ravel()[HOP : HOP + n_samples]
    # Rounding is heard before and after what was there: it ends in silence, as the clip did.
    ends = np.minimum(np.arange(n_samples), np.arange(n_samples)[::-1])
    return (samples * np.minimum(1.0, ends / FADE)).astype(np.float32)


def _frames(n_samples: int) -> int:
    return -(-n_samples // HOP) + 1


def _steps(exponents: NDArray[np.int8]) -> Values:
    return np.repeat(np.exp2(exponents / STEPS_PER_OCTAVE), _WIDTHS, axis=1)


@cache
def _window() -> Values:
    return np.sin(np.pi * (np.arange(2 * HOP) + 0.5) / (2 * HOP))


def _spectrum(framed: Values) -> Values:
    """Return the modified cosine transform of windowed frames, ``(n_frames, HOP)``.

    Two halves fold into one before a plain transform; what that confuses, the overlap undoes.
    """
    a, b, c, d = np.split(framed, 4, axis=1)
    folded = np.concatenate([-c[:, ::-1] - d, a - b[:, ::-1]], axis=1)
    return dct(folded, type=4, norm="ortho", axis=1)


def _unfolded(lines: Values) -> Values:
    late, early = np.split(dct(lines, type=4, norm="ortho", axis=1), 2, axis=1)
    return np.concatenate([early, -early[:, ::-1], -late[:, ::-1], -late], axis=1)

"""Gaussian noise whose sample k is a function of k alone, however it is asked for.

White noise is drawn in blocks aligned to the absolute sample index, each from its own generator
``SeedSequence([seed, crc32(name), block])``; a FIR filter shapes it by overlap-save over exactly
two neighbouring blocks. The arithmetic of one block never depends on what was asked for, so any
cutting gives the same bits.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import FloatArray

#: Blocks kept by a cache: the current one, its predecessor, and one more for a reader that
#: straddles a border and steps back.
CACHED_BLOCKS = 4
#: The target spectrum is sampled this much finer than the filter can resolve before it is cut to
#: length, so that the cut and not the sampling decides the error.
DESIGN_OVERSAMPLING = 8
#: Blocks with negative numbers that may be drawn.
BLOCKS_BEFORE = 16
#: Sinusoids in a slow random process. Sixteen incommensurable ones are close to Gaussian and have
#: no visible period within hours.
SLOW_COMPONENTS = 16
#: Slow processes (a few Hz) are evaluated on a 100 Hz grid and interpolated: the error of linear
#: interpolation at 4 Hz is below 1 %, the cost a tenth.
SLOW_GRID_HZ = 100.0


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator of one named quantity; streams of different names are independent."""
    keys = [crc32(name.encode()) if isinstance(name, str) else name for name in names]
    return np.random.default_rng(np.random.SeedSequence([seed, *keys]))


def block_samples(rate_hz: float) -> int:
    """Return the length of an aligned block: the power of two that lasts at least one second."""
    return 1 << int(np.ceil(np.log2(rate_hz)))


def block_key(block: int) -> int:
    """Return the word that stands for a block in a seed, which takes no negative words.

    A recording begins at block 0; filters and crosstalk need the blocks before it as their past.
    """
    return block + BLOCKS_BEFORE


class BlockCache:
    """The few newest aligned blocks of an array-valued function of the block number."""

    def __init__(self, make: Callable[[int], FloatArray]) -> None:
        self._make = make
        self._blocks: OrderedDict[int, FloatArray] = OrderedDict()

    def get(self, block: int) -> FloatArray:
        """Return block number ``block`` (may be negative), made at most once while it is kept."""
        found = self._blocks.get(block)
        if found is None:
            found = self._make(block)
            found.setflags(write=False)
            self._blocks[block] = found
            if len(self._blocks) > CACHED_BLOCKS:
                self._blocks.popitem(last=False)
        return found


def read_blocks(cache: BlockCache, size: int, k0: int, n: int) -> FloatArray:
    """Return samples ``k0 .. k0 + n - 1`` out of aligned blocks of ``size`` samples."""
    if n <= 0:
        return cache.get(k0 // size)[:0].copy()
    first, last = k0 // size, (k0 + n - 1) // size
    if first == last:
        return cache.get(first)[k0 - first * size : k0 - first * size + n].copy()
    joined = np.concatenate([cache.get(block) for block in range(first, last + 1)])
    start = k0 - first * size
    return joined[start : start + n].copy()


class WhiteNoise:
    """White Gaussian noise of unit variance in aligned blocks, and the transform of block pairs."""

    def __init__(self, seed: int, name: str, size: int) -> None:
        self.size = size
        self._seed = seed
        self._name = name
        self._white = BlockCache(self._draw)
        self._pairs: OrderedDict[int, np.ndarray] = OrderedDict()

    def block(self, block: int) -> FloatArray:
        """Return ``(size,)`` white samples of one block."""
        return self._white.get(block)

    def pair_spectrum(self, block: int) -> np.ndarray:
        """Return the transform of the block with its predecessor in front."""
        found = self._pairs.get(block)
        if found is None:
            found = np.fft.rfft(np.concatenate([self.block(block - 1), self.block(block)]))
            self._pairs[block] = found
            if len(self._pairs) > CACHED_BLOCKS:
                self._pairs.popitem(last=False)
        return found

    def _draw(self, block: int) -> FloatArray:
        return generator(self._seed, self._name, block_key(block)).standard_normal(self.size)


class ShapedNoise:
    """Noise of unit variance with a given power spectrum, from a (shared) white source.

    Parameters
    ----------
    white
        The source. Two shapes of one source are coherent, like tone and burst of one muscle.
    power
        Power spectral density at frequencies in Hz, any scale.
    rate_hz
        Sampling rate.
    """

    def __init__(
        self, white: WhiteNoise, power: Callable[[FloatArray], FloatArray], rate_hz: float
    ) -> None:
        taps = shaping_filter(power, rate_hz, white.size // 2)
        self._white = white
        self._response = np.fft.rfft(taps, 2 * white.size)

    def block(self, block: int) -> FloatArray:
        """Return ``(size,)`` shaped samples of one block."""
        size = self._white.size
        full = np.fft.irfft(self._white.pair_spectrum(block) * self._response, 2 * size)
        return full[size:]


def shaping_filter(
    power: Callable[[FloatArray], FloatArray], rate_hz: float, n_taps: int
) -> FloatArray:
    """Return a linear-phase FIR of unit energy whose squared response follows ``power``.

    Frequency sampling on a fine grid, cut to ``n_taps`` by a Hann window (Oppenheim & Schafer,
    Discrete-Time Signal Processing, "design by windowing").
    """
    n_grid = DESIGN_OVERSAMPLING * n_taps
    frequency_hz: FloatArray = np.arange(n_grid // 2 + 1, dtype=np.float64) * (rate_hz / n_grid)
    magnitude = np.zeros(frequency_hz.size)
    magnitude[1:] = np.sqrt(power(frequency_hz[1:]))
    impulse = np.roll(np.fft.irfft(magnitude, n_grid), n_taps // 2)[:n_taps]
    taps = impulse * np.hanning(n_taps)
    return taps / np.sqrt(np.sum(taps**2))


class SlowNoise:
    """A slow random process of unit variance in ``[low_hz, high_hz]``, a function of time alone.

    A sum of sinusoids of random frequency and phase: the same process at every sampling rate.
    """

    def __init__(self, rng: np.random.Generator, low_hz: float, high_hz: float) -> None:
        self._omega = 2.0 * np.pi * rng.uniform(low_hz, high_hz, SLOW_COMPONENTS)
        self._phase = rng.uniform(0.0, 2.0 * np.pi, SLOW_COMPONENTS)

    def at(self, t_s: FloatArray) -> FloatArray:
        """Return the process at times ``t_s``, which must rise and span an aligned block."""
        first = int(np.floor(t_s[0] * SLOW_GRID_HZ))
        last = int(np.ceil(t_s[-1] * SLOW_GRID_HZ)) + 1
        grid_s: FloatArray = np.arange(first, last + 1) / SLOW_GRID_HZ
        waves: FloatArray = np.cos(grid_s[:, None] * self._omega + self._phase)
        value: FloatArray = waves.sum(axis=1) * np.sqrt(2.0 / SLOW_COMPONENTS)
        return np.interp(t_s, grid_s, value)

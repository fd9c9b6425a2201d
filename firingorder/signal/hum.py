"""Mains hum, predicted from quiet seconds and subtracted: nothing rings, no burst is eaten.

A notch rings for 200 ms into every onset. Here the hum of the next tenth of a second is predicted
from cells of signal in which the muscle was quiet, and only the prediction is subtracted, so what
comes next can change neither the prediction nor the samples before it. While a muscle is active
nothing is learnt and the hum known from before runs on. A channel without a line that stands out
passes bit by bit.

Model: ``g(t) sum_k Re[c_k exp(i k phi(t))]``; the shape c_k of the harmonics and the frequency
change slowly (seconds), gain and phase faster, and the same for all harmonics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray

ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class HumParams:
    """Removal of mains hum. Design choices, tried with hum of 0.5 to 10 times the rest RMS."""

    remove: bool = True
    mains_hz: tuple[float, ...] = (50.0, 60.0)
    highest_hz: float = 450.0
    """Harmonics above the analysis band do not matter."""
    hop_s: float = 0.100
    """Whole periods of 50 and 60 Hz; a cell is two hops under a Hann window, whose side lobes keep
    wander and motion (below 20 Hz) a thousandth away from 50 Hz."""
    cells: int = 40
    """Quiet cells remembered: 4 s, the rest before a repetition."""
    least_cells: int = 12
    """Quiet cells before anything is removed: 1.2 s, seven independent ones."""
    quiet_ratio: float = 4.0
    """A cell is quiet below this multiple of the rest's power, both between the harmonics and on
    them: 6 dB, five standard deviations of the estimate."""
    rest_cells: int = 80
    rest_quantile: float = 0.2
    """Rest is the quietest fifth of the latest 8 s, as long as quality looks back."""
    on_ratio: float = 25.0
    """Power of a harmonic over its standard error's. Under noise it is exponential: exp(-25) times
    some 40 looks at frequencies and harmonics happens once in 10^9 cells."""
    off_ratio: float = 9.0
    keep_ratio: float = 6.0
    """Further harmonics are subtracted above this: below, noise is more than half a decibel of
    what one would remove."""
    refit_hops: int = 2
    search_hops: int = 10
    """Known hum is fitted anew every 0.2 s, unknown hum is looked for once a second."""
    shape_memory_s: float = 3.0
    gain_memory_s: float = 0.6
    gain_slope_per_s: float = 0.1
    """Expected slope of the gain: 10 % at 0.2 Hz gives 0.09/s RMS."""
    hold_s: float = 10.0
    """After this long without a quiet cell the phase is lost (20 mHz off is a whole period at the
    fifth harmonic) and removal ends."""


class Hum:
    """Predicts and subtracts the hum of every channel, on blocks of the absolute index."""

    def __init__(self, params: HumParams, rate_hz: float, block_n: int, n_channels: int) -> None:
        self._hop_blocks = max(1, round(params.hop_s * rate_hz / block_n))
        self._block_n = block_n
        self._hop_n = self._hop_blocks * block_n
        self._n_channels = n_channels
        self._combs = [
            _Comb(params, mains_hz, rate_hz, self._hop_n, n_channels)
            for mains_hz in (params.mains_hz if params.remove else ())
        ]
        self._basis = np.concatenate([comb.basis for comb in self._combs] or [np.zeros((0, 1))])
        self.reset()

    def reset(self) -> None:
        """Forget everything; the next block may have any index."""
        self._recent: list[FloatArray] = []
        self._prediction: FloatArray | None = None
        self.removing = np.zeros(self._n_channels, dtype=np.bool_)
        for comb in self._combs:
            comb.reset()

    def step(self, index0: int, raw_uv: FloatArray, saturated: BoolArray) -> FloatArray:
        """Return a block without its predicted hum; the very block where there is none."""
        if not self._combs:
            return raw_uv
        place = index0 // self._block_n % self._hop_blocks
        if place == 0:
            self._prediction = self._predict(index0)
        clean_uv = raw_uv
        if self._prediction is not None:
            begin = place * self._block_n
            hum_uv = self._prediction[begin : begin + len(raw_uv)]
            clean_uv = np.where(self.removing, raw_uv - hum_uv, raw_uv)
        self._recent.append(np.where(saturated, np.nan, raw_uv))
        del self._recent[: -2 * self._hop_blocks]
        return clean_uv

    def _predict(self, index0: int) -> FloatArray | None:
        """Learn from the cell that ends at ``index0``; return the hum of the hop that begins."""
        if len(self._recent) < 2 * self._hop_blocks:
            return None
        cell = np.concatenate(self._recent)
        centred = cell - np.add.reduce(cell, axis=0) / len(cell)
        known = np.isfinite(centred[0])
        spectrum = self._basis @ np.where(known, centred, 0.0)
        hop = index0 // self._hop_n
        begin = 0
        for comb in self._combs:
            comb.learn(hop, spectrum[begin : begin + len(comb.basis)], known)
            begin += len(comb.basis)
        best = np.argmax(np.stack([comb.strength for comb in self._combs]), axis=0)
        self.removing = np.zeros(self._n_channels, dtype=np.bool_)
        hum_uv = np.zeros((self._hop_n, self._n_channels))
        for k, comb in enumerate(self._combs):
            chosen = np.flatnonzero((comb.strength > 0.0) & (best == k))
            if len(chosen):
                hum_uv[:, chosen] = comb.predict(hop, chosen)
                self.removing[chosen] = True
        return hum_uv if self.removing.any() else None


class _Comb:
    """The harmonics of one mains frequency in all channels.

    ``strength``, ``(n_channels,)``, is the power of the strongest harmonic over that of its
    standard error, 0 where nothing is to be removed.
    """

    def __init__(
        self, params: HumParams, mains_hz: float, rate_hz: float, hop_n: int, n_channels: int
    ) -> None:
        self._params = params
        self._hop_s = hop_n / rate_hz
        self._hop_n = hop_n
        top = min(params.highest_hz, 0.45 * rate_hz)
        self._harmonics = np.arange(1, int(top / mains_hz) + 1)
        self._between = np.arange(1, len(self._harmonics) + 1) + 0.5
        self._between = self._between[self._between * mains_hz <= top]
        multiples = np.concatenate([self._harmonics, self._between])
        n = 2 * hop_n
        window = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2  # Hann
        turns = np.outer(multiples, mains_hz * np.arange(n) / rate_hz)
        scale = 2.0 * window / np.sum(window)
        self.basis = np.concatenate(
            [scale * np.cos(2.0 * np.pi * turns), -scale * np.sin(2.0 * np.pi * turns)]
        )
        self._turns_per_hop = multiples * (mains_hz * hop_n / rate_hz)
        self._sample_turns = mains_hz * np.arange(hop_n) / rate_hz
        self._mains_turns_per_hop = mains_hz * hop_n / rate_hz
        self._n_channels = n_channels
        # The places between the harmonics on either side of each.
        between = np.arange(len(self._harmonics))
        self._left = np.maximum(between - 1, 0)
        self._right = np.minimum(between, len(self._between) - 1)
        self._starts: dict[bytes, ComplexArray] = {}
        self.reset()

    def reset(self) -> None:
        p = self._params
        n_lines, n_channels = len(self._harmonics), self._n_channels
        self._cells = np.zeros((p.cells, n_lines, n_channels), dtype=np.complex128)
        self._loudness = np.ones((p.cells, n_channels))
        self._hops = np.full((p.cells, n_channels), -1, dtype=np.int64)
        self._noise = np.zeros((n_lines, n_channels))
        self._levels = np.full((p.rest_cells, 2 * n_channels), np.nan)
        self.strength = np.zeros(n_channels)
        self._shape = np.zeros((n_lines, n_channels), dtype=np.complex128)
        self._state = np.zeros((len(_STATE), n_channels))
        self._fitted_at = np.zeros(n_channels, dtype=np.int64)

    def learn(self, hop: int, rows: FloatArray, known: BoolArray) -> None:
        """Take the spectrum of the cell that ends at the start of ``hop``."""
        p = self._params
        n, n_lines = len(self._turns_per_hop), len(self._harmonics)
        turned = (rows[:n] + 1j * rows[n:]) * self._turned_back(hop)
        loud = np.abs(turned) ** 2
        power = loud[n_lines:]
        loudness = np.add.reduce(power, axis=0) / len(power)
        known = known & (loudness > 0.0)
        # A burst is loud between the harmonics, or on them: hum does not start within a cell.
        both = np.stack([loudness, np.add.reduce(loud[:n_lines], axis=0) / n_lines])
        level = self._levels[hop % len(self._levels)]
        level[:] = np.where(known, both, np.nan).ravel()
        rest = _low_quantile(self._levels, p.rest_quantile).reshape(2, -1)
        calm = (both < p.quiet_ratio * rest).all(axis=0)
        quiet = (known & calm).nonzero()[0]
        if len(quiet):
            noise = 0.5 * (power[self._left] + power[self._right])[:, quiet]
            before = self._noise[:, quiet]
            # A plain mean at first, then one that forgets as the cells do.
            held = np.add.reduce(self._hops[:, quiet] >= 0, axis=0)
            share = 1.0 / np.minimum(held + 1, p.shape_memory_s / self._hop_s)
            self._noise[:, quiet] = before + share * (noise - before)
            for store, new in (
                (self._cells, turned[:n_lines]),
                (self._loudness, loudness),
                (self._hops, np.full(self._n_channels, hop - 1)),
            ):
                if len(quiet) == self._n_channels:
                    store[:-1] = store[1:]
                    store[-1] = new
                else:
                    store[:-1][..., quiet] = store[1:][..., quiet]
                    store[-1][..., quiet] = new[..., quiet]
        self._judge(hop)

    def _turned_back(self, hop: int) -> ComplexArray:
        """Return the phase of every line at the start of the cell that ends at ``hop``, undone."""
        start_turns = (hop - 2) * self._turns_per_hop % 1.0
        key = start_turns.tobytes()
        if key not in self._starts:
            if len(self._starts) >= _MOST_STARTS:
                self._starts.clear()
            self._starts[key] = np.exp(-2j * np.pi * start_turns)[:, None]
        return self._starts[key]

    def _judge(self, hop: int) -> None:
        """Find the channels with a line that stands out, and fit it."""
        p = self._params
        lost = (hop - self._hops[-1]) * self._hop_s >= p.hold_s
        self.strength[lost] = 0.0
        if hop % p.search_hops == 0:
            due = self._candidates() & ~lost
            if hop % p.refit_hops == 0:
                due = due | (self.strength > 0.0)
        elif hop % p.refit_hops == 0:
            due = self.strength > 0.0
        else:
            return
        channels = due.nonzero()[0]
        if len(channels) == 0:
            return
        found = self._fit(hop, channels)
        least = np.where(self.strength[channels] > 0.0, p.off_ratio, p.on_ratio)
        self.strength[channels] = np.where(found > least, found, 0.0)

    def _candidates(self) -> BoolArray:
        """Where a line may be, by products of neighbouring cells: cheaper than the fit."""
        p = self._params
        enough = np.count_nonzero(self._hops >= 0, axis=0) >= p.least_cells
        product = np.mean(self._cells[1:] * np.conj(self._cells[:-1]), axis=0)
        least = 0.8 * _OVERLAP * p.on_ratio / p.cells
        return enough & np.any(np.abs(product) > least * self._noise, axis=0)

    def predict(self, hop: int, channels: NDArray[np.intp]) -> FloatArray:
        """Return the hum of the hop that begins, ``(hop_n, len(channels))``."""
        phase, drift, gain, slope = self._state[:, channels]
        # Hops since the fit; cells are centred half a sample before their middle sample.
        within = (np.arange(self._hop_n) + 0.5) / self._hop_n
        ahead = (hop - self._fitted_at[channels]) + within[:, None]
        turns = (hop * self._mains_turns_per_hop) % 1.0 + self._sample_turns
        z = np.exp(1j * (2.0 * np.pi * turns[:, None] + phase + drift * ahead))
        shape = self._shape[:, channels]
        total = np.zeros_like(z)
        for k in range(len(shape) - 1, -1, -1):
            total = (total + shape[k]) * z
        return total.real * (gain + slope * np.minimum(ahead, _REACH_HOPS))

    def _fit(self, hop: int, channels: NDArray[np.intp]) -> FloatArray:
        """Fit the quiet cells of some channels; return the strength of their strongest line."""
        p = self._params
        cells, noise = self._cells[..., channels], self._noise[:, channels]
        hops = self._hops[:, channels]
        # The last cell is centred one hop before ``hop``; ``u`` counts hops from there on.
        u = np.where(hops >= 0, hops - hop, 0).astype(np.float64)
        weight = np.where(hops >= 0, 1.0 / self._loudness[:, channels], 0.0)
        weight = weight * np.exp(u * (self._hop_s / p.shape_memory_s))
        weight = weight / np.sum(weight, axis=0)
        error = noise * np.sum(weight**2, axis=0) * _OVERLAP
        tracked = self.strength[channels] > 0.0
        drift = self._state[1, channels]
        if not tracked.all():
            drift = np.where(tracked, drift, self._first_drift(cells, weight, hops, noise))
        lines = self._lines(_turned(cells, drift, u), weight, noise, error)
        for _ in range(1 if tracked.all() else 2):
            drift = drift + _line(u, lines.turn, weight)[1]
            lines = self._lines(_turned(cells, drift, u), weight, noise, error)
        recent = weight * np.exp(u * (self._hop_s / p.gain_memory_s))
        recent = recent / np.sum(recent, axis=0)
        gain, slope = self._gain(u, lines.gain, recent, lines.snr)
        # A line off its nominal frequency is weakened by the window of the cell.
        off = self._harmonics[:, None] * drift / np.pi
        self._shape[:, channels] = lines.shape * (1.0 - off**2) / np.sinc(off)
        phase = np.sum(recent * lines.turn, axis=0)
        self._state[:, channels] = np.stack([phase, drift, gain, slope])
        self._fitted_at[channels] = hop
        return lines.strongest

    def _lines(
        self, turned: ComplexArray, weight: FloatArray, noise: FloatArray, error: FloatArray
    ) -> _Lines:
        """Return the lines of cells turned to a common phase, and each cell's own phase and gain.

        ``noise`` is the power of one cell's noise, ``error`` that of the weighted mean.
        """
        shape = np.add.reduce(weight[:, None] * turned, axis=0)
        power = np.maximum(np.abs(shape) ** 2, _TINY)
        ratio = power / error
        strongest = ratio.max(axis=0)
        kept = (ratio > self._params.keep_ratio) | (ratio == strongest)
        share = np.where(kept, power / noise, 0.0)
        match = turned * (np.conj(shape) / power)
        k = self._harmonics[:, None]
        snr = np.add.reduce(share, axis=0)
        return _Lines(
            shape=np.where(kept, shape, 0.0),
            turn=np.add.reduce(k * share * match.imag, axis=1)
            / np.add.reduce(k**2 * share, axis=0),
            gain=np.add.reduce(share * match.real, axis=1) / snr,
            snr=snr,
            strongest=strongest,
        )

    def _first_drift(
        self, cells: ComplexArray, weight: FloatArray, hops: NDArray[np.int64], noise: FloatArray
    ) -> FloatArray:
        """Return the phase the strongest line gains in a hop, by its neighbouring cells."""
        follows = (np.diff(hops, axis=0) == 1) & (hops[:-1] >= 0)
        both = np.where(follows, weight[1:], 0.0)
        product = np.sum(both[:, None] * cells[1:] * np.conj(cells[:-1]), axis=0)
        best = np.argmax(np.abs(product) / noise, axis=0)
        return np.angle(product[best, np.arange(len(best))]) / self._harmonics[best]

    def _gain(
        self, u: FloatArray, gains: FloatArray, recent: FloatArray, snr: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return gain and its slope per hop at the fit: a ridge line through the latest cells."""
        noise = 0.5 * _OVERLAP * np.sum(recent**2, axis=0) / snr
        expected = self._params.gain_slope_per_s * self._hop_s
        mean, slope, centre = _line(u, gains, recent, noise / expected**2)
        newest = np.max(u, axis=0)
        reach = np.minimum(-centre, newest + _REACH_HOPS - centre)
        slope_now = np.where(newest < -_REACH_HOPS, 0.0, slope)
        return np.clip(mean + slope * reach, 0.0, 2.0), slope_now


_TINY = float(np.finfo(np.float64).tiny)
#: Cells overlap by half: the error of their mean is that of 1 / 1.5 times as many.
_OVERLAP = 1.5
#: A slope of the gain is not carried further than this beyond the last quiet cell.
_REACH_HOPS = 4.0
#: Starts of a cell, in turns of the mains, that are remembered: with whole periods there are two.
_MOST_STARTS = 64
#: Rows of the state: phase of the fundamental (rad), its drift (rad a hop), gain, slope a hop.
_STATE = ("phase", "drift", "gain", "slope")


@dataclass(frozen=True, slots=True)
class _Lines:
    """Harmonics ``shape``, phase ``turn`` and ``gain`` of every cell, power of hum over noise."""

    shape: ComplexArray
    turn: FloatArray
    gain: FloatArray
    snr: FloatArray
    strongest: FloatArray


def _turned(cells: ComplexArray, drift: FloatArray, u: FloatArray) -> ComplexArray:
    """Return the cells, ``u`` hops from now, with the drift of each harmonic taken back."""
    out = np.empty_like(cells)
    z = np.exp(-1j * drift * u)
    power = z
    for k in range(cells.shape[1]):
        np.multiply(cells[:, k], power, out=out[:, k])
        power = power * z
    return out


def _line(
    u: FloatArray, y: FloatArray, weight: FloatArray, ridge: FloatArray | float = 0.0
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean, slope and centre of the weighted line through each column."""
    centre = np.add.reduce(weight * u, axis=0)
    away = weight * (u - centre)
    spread = np.add.reduce(weight * (u - centre) ** 2, axis=0) + ridge
    slope = np.add.reduce(away * y, axis=0) / np.maximum(spread, _TINY)
    return np.add.reduce(weight * y, axis=0), slope, centre


def _low_quantile(values: FloatArray, q: float) -> FloatArray:
    """Return the lower quantile of each column, NaN left out."""
    ordered = np.sort(values, axis=0)  # NaN last
    count = np.count_nonzero(np.isfinite(values), axis=0)
    at = np.minimum((q * count).astype(np.intp), len(ordered) - 1)
    return ordered[at, np.arange(values.shape[1])]

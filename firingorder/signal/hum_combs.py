"""The harmonics of the mains in every channel: learnt from quiet cells, fitted, predicted.

All mains frequencies and channels are columns of the same arrays, each fitted by itself: what one
holds changes no bit of another. A mains frequency with fewer harmonics has lines of zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray

ComplexArray = NDArray[np.complex128]
IndexArray = NDArray[np.intp]


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


class HumCombs:
    """Combs of harmonics: column ``m * n_channels + c`` is mains frequency m in channel c.

    ``strength``, ``(n_columns,)``, is the power of the strongest harmonic over that of its
    standard error, 0 where nothing is to be removed.
    """

    def __init__(self, params: HumParams, rate_hz: float, hop_n: int, n_channels: int) -> None:
        self._params = params
        self._hop_s = hop_n / rate_hz
        self._hop_n = hop_n
        self._n_channels = n_channels
        top = min(params.highest_hz, 0.45 * rate_hz)
        counts = [int(top / mains_hz) for mains_hz in params.mains_hz]
        between = [
            int(np.count_nonzero((np.arange(1, count + 1) + 0.5) * mains_hz <= top))
            for count, mains_hz in zip(counts, params.mains_hz, strict=True)
        ]
        self._n_lines = max(counts)
        self._n_columns = len(counts) * n_channels
        self._harmonics = np.arange(1, self._n_lines + 1)
        multiples = np.concatenate([self._harmonics, np.arange(1, max(between) + 1) + 0.5])
        mains = np.array(params.mains_hz)
        used = np.concatenate(
            [
                self._harmonics[:, None] <= np.array(counts),
                np.arange(max(between))[:, None] < np.array(between),
            ]
        )
        n = 2 * hop_n
        window = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2  # Hann
        scale = 2.0 * window / np.sum(window) * used[..., None]
        turns = multiples[:, None, None] * mains[:, None] * np.arange(n) / rate_hz
        basis = [scale * np.cos(2.0 * np.pi * turns), -scale * np.sin(2.0 * np.pi * turns)]
        self._basis = np.concatenate(basis).reshape(-1, n)
        self._turns_per_hop = np.repeat(multiples[:, None] * mains, n_channels, axis=1) * (
            hop_n / rate_hz
        )
        self._mains_turns_per_hop = np.repeat(mains, n_channels) * (hop_n / rate_hz)
        self._sample_turns = np.arange(hop_n)[:, None] * np.repeat(mains, n_channels) / rate_hz
        self._per_line = 1.0 / np.repeat(np.array([counts, between]), n_channels, axis=1)
        # The places between the harmonics on either side of each.
        last = np.repeat(np.array(between) - 1, n_channels)
        place = np.arange(self._n_lines)[:, None]
        self._left = np.minimum(np.maximum(place - 1, 0), last)
        self._right = np.minimum(place, last)
        self._columns = np.arange(self._n_columns)
        self._starts: dict[bytes, ComplexArray] = {}
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        p = self._params
        n_lines, n_columns = self._n_lines, self._n_columns
        # Quiet cells of each column in a ring of its own; ``_next`` is the place of the next one.
        self._cells = np.zeros((p.cells, n_lines, n_columns), dtype=np.complex128)
        self._loudness = np.ones((p.cells, n_columns))
        self._hops = np.full((p.cells, n_columns), -1, dtype=np.int64)
        self._next = np.zeros(n_columns, dtype=np.intp)
        self._held = np.zeros(n_columns, dtype=np.int64)
        self._latest = np.full(n_columns, -1, dtype=np.int64)
        self._seen = np.full(n_columns, -1, dtype=np.int64)
        self._noise = np.zeros((n_lines, n_columns))
        self._levels = np.full((2 * n_columns, p.rest_cells), np.nan)
        self.strength = np.zeros(n_columns)
        self._shape = np.zeros((n_lines, n_columns), dtype=np.complex128)
        self._state = np.zeros((len(_STATE), n_columns))
        self._fitted_at = np.zeros(n_columns, dtype=np.int64)

    def learn(self, hop: int, cell: FloatArray, known: BoolArray) -> None:
        """Take the cell that ends at the start of ``hop``, ``(2 hop_n, n_channels)``.

        ``known`` are the channels without a missing sample, ``(n_channels,)``; the others are 0.
        """
        p, n_lines = self._params, self._n_lines
        rows = (self._basis @ cell).reshape(2, -1, self._n_columns)
        turned = np.empty(rows.shape[1:], dtype=np.complex128)
        turned.real, turned.imag = rows
        turned *= self._turned_back(hop)
        loud = turned.real**2 + turned.imag**2
        between = loud[n_lines:]
        # A burst is loud on the harmonics, or between them: hum does not start within a cell.
        both = np.stack([np.add.reduce(loud[:n_lines], axis=0), np.add.reduce(between, axis=0)])
        both *= self._per_line
        loudness = both[1]
        known = np.tile(known, self._n_columns // self._n_channels) & (loudness > _SILENT)
        self._levels[:, hop % p.rest_cells] = np.where(known, both, np.nan).ravel()
        rest = _low_quantile(self._levels, p.rest_quantile).reshape(2, -1)
        quiet = known & (both < p.quiet_ratio * rest).all(axis=0)
        columns = quiet.nonzero()[0]
        if len(columns):
            noise = 0.5 * (between[self._left, self._columns] + between[self._right, self._columns])
            # A plain mean at first, then one that forgets as the cells do.
            share = quiet / np.minimum(self._held + 1, p.shape_memory_s / self._hop_s)
            self._noise += share * (noise - self._noise)
            place = self._next[columns]
            self._cells[place, :, columns] = turned[:n_lines, columns].T
            self._loudness[place, columns] = loudness[columns]
            self._hops[place, columns] = hop - 1
            self._latest[columns] = hop - 1
            self._next[columns] = (place + 1) % p.cells
            self._held[columns] = np.minimum(self._held[columns] + 1, p.cells)
        self._judge(hop)

    def _turned_back(self, hop: int) -> ComplexArray:
        """Return the phase of every line at the start of the cell that ends at ``hop``, undone."""
        start_turns = (hop - 2) * self._turns_per_hop % 1.0
        key = start_turns.tobytes()
        if key not in self._starts:
            if len(self._starts) >= _MOST_STARTS:
                self._starts.clear()
            self._starts[key] = np.exp(-2j * np.pi * start_turns)
        return self._starts[key]

    def _judge(self, hop: int) -> None:
        """Find the columns with a line that stands out, and fit it."""
        p = self._params
        lost = (hop - self._latest) * self._hop_s >= p.hold_s
        self.strength[lost] = 0.0
        search = hop % p.search_hops == 0
        if not search and hop % p.refit_hops:
            return
        tracked = self.strength > 0.0
        fresh = self._latest > self._seen  # without a new quiet cell a fit would find the same
        if hop % p.refit_hops == 0:
            self._look(hop, np.flatnonzero(tracked & fresh), tracked=True)
        if search:
            # A channel hears one mains at a time.
            heard = np.any(tracked.reshape(-1, self._n_channels), axis=0)
            new = fresh & ~lost & ~np.tile(heard, len(tracked) // len(heard))
            if new.any():
                self._look(hop, np.flatnonzero(new & self._candidates()), tracked=False)

    def _look(self, hop: int, columns: IndexArray, *, tracked: bool) -> None:
        """Fit some columns; what does not stand out is not removed."""
        if len(columns):
            found = self._fit(hop, columns, tracked=tracked)
            least = self._params.off_ratio if tracked else self._params.on_ratio
            self.strength[columns] = np.where(found > least, found, 0.0)
            self._seen[columns] = self._latest[columns]

    def _candidates(self) -> BoolArray:
        """Where a line may be, by products of neighbouring cells: cheaper than the fit."""
        p = self._params
        enough = self._held >= p.least_cells
        if not enough.any():
            return enough
        cells = self._in_order(self._columns)[0]
        product = np.add.reduce(cells[1:] * np.conj(cells[:-1]), axis=0) / (p.cells - 1)
        least = 0.8 * _OVERLAP * p.on_ratio / p.cells
        return enough & np.any(np.abs(product) > least * self._noise, axis=0)

    def _in_order(self, columns: IndexArray) -> tuple[ComplexArray, FloatArray, IndexArray]:
        """Return cells, loudness and hops of some columns, the oldest first."""
        order = (self._next[columns] + np.arange(len(self._cells))[:, None]) % len(self._cells)
        lines = np.arange(self._n_lines)[:, None]
        cells = self._cells[order[:, None], lines, columns]
        return cells, self._loudness[order, columns], self._hops[order, columns]

    def predict(self, hop: int, columns: IndexArray) -> FloatArray:
        """Return the hum of the hop that begins, ``(hop_n, len(columns))``."""
        phase, drift, gain, slope = self._state[:, columns]
        # Hops since the fit; cells are centred half a sample before their middle sample.
        within = (np.arange(self._hop_n) + 0.5) / self._hop_n
        ahead = (hop - self._fitted_at[columns]) + within[:, None]
        turns = hop * self._mains_turns_per_hop[columns] % 1.0 + self._sample_turns[:, columns]
        angle = 2.0 * np.pi * turns + phase + drift * ahead
        z = np.empty(angle.shape, dtype=np.complex128)
        np.cos(angle, out=z.real)
        np.sin(angle, out=z.imag)
        shape = self._shape[:, columns]
        kept = np.flatnonzero(np.any(shape != 0.0, axis=1))
        total = np.zeros_like(z)
        for k in range(int(kept[-1]) if len(kept) else -1, -1, -1):
            total += shape[k]
            total *= z
        return total.real * (gain + slope * np.minimum(ahead, _REACH_HOPS))

    def _fit(self, hop: int, columns: IndexArray, *, tracked: bool) -> FloatArray:
        """Fit the quiet cells of some columns; return the strength of their strongest line.

        Known hum is off by little: the change of its drift is read from one look at the cells and
        enters phase and gain to first order. The shape of hum yet unknown is sought three times.
        """
        p = self._params
        if tracked:
            cells, hops = self._cells[..., columns], self._hops[:, columns]
            loudness = self._loudness[:, columns]
        else:
            cells, loudness, hops = self._in_order(columns)
        noise = self._noise[:, columns]
        # The last cell is centred one hop before ``hop``; ``u`` counts hops from there on.
        there = hops >= 0
        u = np.where(there, hops - hop, 0).astype(np.float64)
        weight = there / loudness * np.exp(u * (self._hop_s / p.shape_memory_s))
        weight /= np.add.reduce(weight, axis=0)
        error = noise * np.add.reduce(weight**2, axis=0) * _OVERLAP
        drift = self._state[1, columns]
        if not tracked:
            drift = self._first_drift(cells, weight, hops, noise)
        lines = self._lines(_turned(cells, drift, u), weight, noise, error)
        for _ in range(0 if tracked else 2):
            drift = drift + _line(u, lines.turn, weight)[1]
            lines = self._lines(_turned(cells, drift, u), weight, noise, error)
        change = _line(u, lines.turn, weight)[1] if tracked else np.zeros(len(columns))
        recent = weight * np.exp(u * (self._hop_s / p.gain_memory_s))
        recent /= np.add.reduce(recent, axis=0)
        gain, slope = self._gain(u, lines.gain, recent, lines.snr)
        # A line off its nominal frequency is weakened by the window of the cell.
        off = self._harmonics[:, None] * drift / np.pi
        self._shape[:, columns] = lines.shape * (1.0 - off**2) / np.sinc(off)
        phase = np.add.reduce(recent * (lines.turn - change * u), axis=0)
        self._state[:, columns] = phase, drift + change, gain, slope
        self._fitted_at[columns] = hop
        return lines.strongest

    def _lines(
        self, turned: ComplexArray, weight: FloatArray, noise: FloatArray, error: FloatArray
    ) -> _Lines:
        """Return the lines of cells turned to a common phase, and each cell's own phase and gain.

        ``noise`` is the power of one cell's noise, ``error`` that of the weighted mean.
        """
        shape = np.add.reduce(weight[:, None] * turned, axis=0)
        power = np.maximum(shape.real**2 + shape.imag**2, _TINY)
        ratio = power / error
        strongest = ratio.max(axis=0)
        kept = (ratio > self._params.keep_ratio) | (ratio == strongest)
        share = np.where(kept, power / noise, 0.0)
        match = turned * (np.conj(shape) / power)
        by_turn = self._harmonics[:, None] * share
        snr = np.add.reduce(share, axis=0)
        return _Lines(
            shape=np.where(kept, shape, 0.0),
            turn=np.add.reduce(by_turn * match.imag, axis=1)
            / np.add.reduce(self._harmonics[:, None] * by_turn, axis=0),
            gain=np.add.reduce(share * match.real, axis=1) / snr,
            snr=snr,
            strongest=strongest,
        )

    def _first_drift(
        self, cells: ComplexArray, weight: FloatArray, hops: IndexArray, noise: FloatArray
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
#: Power below which a cell holds nothing: what a filter of another program keeps of a dead channel.
_SILENT = 1e-120
#: Cells overlap by half: the error of their mean is that of 1 / 1.5 times as many.
_OVERLAP = 1.5
#: A slope of the gain is not carried further than this beyond the last quiet cell.
_REACH_HOPS = 1.0
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
    """Return the lower quantile of each row, NaN left out."""
    n = values.shape[1]
    count = np.count_nonzero(np.isfinite(values), axis=1)
    at = np.minimum((q * count).astype(np.intp), n - 1)
    if (at == at[0]).all():
        return np.partition(values, at[0], axis=1)[:, at[0]]
    return np.sort(values, axis=1)[np.arange(len(values)), at]  # NaN last

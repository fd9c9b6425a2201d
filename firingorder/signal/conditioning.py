"""The EMG the onsets are found in: one analysis rate, one filter for every channel, honest masks.

Input of any cutting is put on fixed blocks of the absolute analysis index, so the same samples
give the same bits whatever the chunks were.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import signal as sps

from firingorder.signal.hum import Hum, HumParams
from firingorder.signal.sections import SectionFilter

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class ConditioningParams:
    """Conditioning of the onset path and of the display (method.md sections 2 and 6)."""

    analysis_rate_hz: float = 1000.0
    """One rate for all findings; its AR models were chosen at it."""
    lowest_rate_hz: float = 500.0
    """Below this no order is claimed: the EMG band itself is lost."""
    block_s: float = 0.020
    """Fixed block of all stateful steps; also the reporting step of live findings."""
    antialias_hz: float = 450.0
    """Cut-off of the resampler: the analogue front ends end there."""
    antialias_half_s: float = 0.010
    """Half length of the resampler: 20 samples at 2000 Hz, 41 taps."""
    antialias_kaiser: float = 5.0
    highpass_hz: float = 30.0
    """Best corner under motion and ECG, and the same for all channels (method.md section 6)."""
    highpass_order: int = 4
    settling_s: float = 0.100
    """Masked after every restart of the high-pass."""
    envelope_s: float = 0.050
    """RMS window of the display."""
    low_hz: tuple[float, float] = (4.0, 25.0)
    """Below the band of the onsets, above posture: heart beats and cable motion live there."""
    low_order: int = 2
    hum: HumParams = field(default_factory=HumParams)


@dataclass(frozen=True, slots=True)
class RawBlock:
    """One block on the analysis grid before filtering; NaN where samples are missing."""

    index0: int
    emg_uv: FloatArray
    saturated: BoolArray


@dataclass(frozen=True, slots=True)
class ConditionedBlock:
    """One block after the removal of hum and the high-pass.

    Attributes
    ----------
    index0
        Analysis index of the first sample.
    emg_uv
        ``(n_samples, n_channels)`` microvolts, 0 where nothing is known.
    valid
        True where the value is evidence: present, settled and not saturated.
    missing, saturated
        Why not. A settling sample is neither.
    raw_uv
        The block as the electrodes see it, NaN where missing: mains and contact are judged there.
    low_uv
        ``(n_samples, n_channels)`` the band below that of the onsets, 0 where missing.
    hum_uv
        ``(n_channels,)`` RMS of the hum that was removed from the block.
    power_uv2
        ``(n_channels,)`` mean square of ``emg_uv`` where every sample of the block is valid, else
        None.
    """

    index0: int
    emg_uv: FloatArray
    valid: BoolArray
    missing: BoolArray
    saturated: BoolArray
    raw_uv: FloatArray
    low_uv: FloatArray
    hum_uv: FloatArray
    power_uv2: FloatArray | None = None


def analysis_rate_hz(rate_hz: float, params: ConditioningParams) -> float:
    """Return the rate findings are made at: the analysis rate, or the stream's own if slower."""
    return min(rate_hz, params.analysis_rate_hz)


def block_samples(rate_hz: float, params: ConditioningParams) -> int:
    """Return the samples of one block on the analysis grid."""
    return max(1, round(analysis_rate_hz(rate_hz, params) * params.block_s))


class Resampler:
    """Chunks of any rate and cutting in, blocks of the analysis rate out.

    A causal linear-phase FIR (Kaiser window) evaluated at the exact instants of the analysis grid;
    its delay is removed exactly, so block sample m is the signal at input position m·rate/1000.
    A jump of the index, or NaN, is a gap: every output that would need a missing input is NaN.
    """

    def __init__(self, params: ConditioningParams, rate_hz: float, n_channels: int) -> None:
        self._step = Fraction(rate_hz / analysis_rate_hz(rate_hz, params)).limit_denominator(
            100_000
        )
        self._passes = self._step == 1
        self._half = 0 if self._passes else round(params.antialias_half_s * rate_hz)
        self._block = block_samples(rate_hz, params)
        self._n_channels = n_channels
        self._rate_hz = rate_hz
        self._params = params
        self._coefficients: dict[int, FloatArray] = {}
        self.reset()

    @property
    def started(self) -> bool:
        """Whether a sample has come since the last reset."""
        return self._started

    @property
    def next_index(self) -> int:
        """Analysis index of the first sample of the next block."""
        return self._next_block * self._block

    @property
    def newest_input(self) -> int:
        """Index after the newest input sample."""
        return self._base + len(self._x)

    @property
    def input_step(self) -> float:
        """Input samples per analysis sample."""
        return float(self._step)

    def reset(self) -> None:
        """Forget everything; the next chunk decides where the grid goes on."""
        self._x = np.empty((0, self._n_channels))
        self._sat = np.empty((0, self._n_channels), dtype=np.bool_)
        self._base = 0
        self._next_block = 0
        self._started = False

    def step(self, index0: int, emg_uv: FloatArray, saturated: BoolArray) -> list[RawBlock]:
        """Return the blocks that became complete; ``index0`` is the input index of the chunk.

        Raises
        ------
        ValueError
            The chunk goes back in time.
        """
        if len(emg_uv) == 0:
            return []
        if not self._started:
            self._start(index0)
        skipped = index0 - self.newest_input
        if skipped < 0:
            raise ValueError(f"EMG chunk at index {index0} overlaps {-skipped} samples")
        hole = np.full((skipped, self._n_channels), np.nan)
        quiet = np.zeros((skipped, self._n_channels), dtype=np.bool_)
        self._x = np.concatenate([self._x, hole, emg_uv])
        self._sat = np.concatenate([self._sat, quiet, saturated])
        blocks: list[RawBlock] = []
        while self._last_needed() < self.newest_input:
            blocks.append(self._make_block())
        self._drop_old()
        return blocks

    def flush(self) -> list[RawBlock]:
        """Return the last, incomplete block, filled up with missing samples."""
        if not self._started or self.newest_input <= self.next_index * self._step:
            return []
        fill = self._last_needed() + 1 - self.newest_input
        hole = np.full((fill, self._n_channels), np.nan)
        return self.step(self.newest_input, hole, np.zeros(hole.shape, dtype=np.bool_))

    def _start(self, index0: int) -> None:
        self._started = True
        self._next_block = int(Fraction(index0) / self._step) // self._block
        first = int(self._next_block * self._block * self._step)
        self._base = first - self._half
        # Everything before the first sample is missing, never zero.
        lead = index0 - self._base
        self._x = np.full((lead, self._n_channels), np.nan)
        self._sat = np.zeros((lead, self._n_channels), dtype=np.bool_)

    def _last_needed(self) -> int:
        last = self.next_index + self._block - 1
        if self._passes:
            return last
        return last * self._step.numerator // self._step.denominator + self._half + 1

    def _make_block(self) -> RawBlock:
        index0 = self.next_index
        self._next_block += 1
        if self._passes:
            part = slice(index0 - self._base, index0 - self._base + self._block)
            return RawBlock(index0, self._x[part].copy(), self._sat[part].copy())
        numerators = (index0 + np.arange(self._block)) * self._step.numerator
        whole = numerators // self._step.denominator - self._base
        remainders = (numerators % self._step.denominator).tolist()
        taps = np.stack([self._taps(remainder) for remainder in remainders])
        rows = whole[:, None] + np.arange(-self._half, self._half + 2)[None, :]
        windows = self._x[np.minimum(rows, len(self._x) - 1)]
        emg_uv = np.einsum("kt,ktc->kc", taps, windows)
        saturated = np.any(self._sat[np.minimum(rows, len(self._sat) - 1)], axis=1)
        return RawBlock(index0, emg_uv, saturated)

    def _taps(self, remainder: int) -> FloatArray:
        """Return the taps for an instant ``remainder / denominator`` after the centre sample."""
        if remainder not in self._coefficients:
            fraction = remainder / self._step.denominator
            offset = np.arange(-self._half, self._half + 2) - fraction
            inside = np.clip(1.0 - (offset / self._half) ** 2, 0.0, None)
            window = np.i0(self._params.antialias_kaiser * np.sqrt(inside))
            window[np.abs(offset) > self._half] = 0.0
            cut = 2.0 * self._params.antialias_hz / self._rate_hz
            taps = np.sinc(cut * offset) * window
            self._coefficients[remainder] = taps / np.sum(taps)
        return self._coefficients[remainder]

    def _drop_old(self) -> None:
        step = self._step
        needed = self.next_index * step.numerator // step.denominator - self._half
        old = min(max(needed - self._base, 0), len(self._x))
        self._x = self._x[old:]
        self._sat = self._sat[old:]
        self._base += old


class Conditioner:
    """Removal of hum, high-pass, low band and masks.

    The first sample sets the state of the filters; a gap restarts them, channel by channel.
    Butterworth, causal: minimum phase, so nothing appears before it happened.
    """

    def __init__(self, params: ConditioningParams, rate_hz: float, n_channels: int) -> None:
        self._hum = Hum(params.hum, rate_hz, block_samples(rate_hz, params), n_channels)
        high = sps.butter(
            params.highpass_order, params.highpass_hz, "high", fs=rate_hz, output="sos"
        )
        low = sps.butter(params.low_order, params.low_hz, "bandpass", fs=rate_hz, output="sos")
        self._high = SectionFilter(cast("FloatArray", high), n_channels)
        self._low = SectionFilter(cast("FloatArray", low), n_channels)
        self._settling = round(params.settling_s * rate_hz)
        self._n_channels = n_channels
        self.reset()

    def reset(self) -> None:
        """Start anew with the next sample."""
        self._hum.reset()
        self._high.reset()
        self._low.reset()
        self._settled = np.full(self._n_channels, -1, dtype=np.int64)

    def steps(self, blocks: list[RawBlock]) -> list[ConditionedBlock]:
        """Return blocks that follow each other filtered, to the same bits as one by one."""
        out: list[ConditionedBlock] = []
        run: list[tuple[RawBlock, FloatArray]] = []
        for block in blocks:
            x = self._hum.step(block.index0, block.emg_uv, block.saturated)
            steady = not np.isnan(block.emg_uv).any()
            if steady and (run or bool((self._settled >= self._settling).all())):
                run.append((block, x))
                continue
            out += self._steady(run)
            run = []
            out.append(self._unsteady(block, x))
        return out + self._steady(run)

    def step(self, block: RawBlock) -> ConditionedBlock:
        """Return the block filtered, with its masks."""
        return self.steps([block])[0]

    def _steady(self, run: list[tuple[RawBlock, FloatArray]]) -> list[ConditionedBlock]:
        """Filter blocks without a missing sample, all channels settled, in one go."""
        if not run:
            return []
        x = run[0][1] if len(run) == 1 else np.concatenate([one for _, one in run])
        y, low = self._high.step(x), self._low.step(x)
        nowhere = np.zeros(run[0][1].shape, dtype=np.bool_)
        heard_uv = _heard(run)
        power_uv2 = np.add.reduce((y * y).reshape(len(run), -1, y.shape[1]), axis=1)
        power_uv2 /= len(y) // len(run)
        out: list[ConditionedBlock] = []
        begin = 0
        for k, (block, _) in enumerate(run):
            raw, saturated = block.emg_uv, block.saturated
            part = slice(begin, begin + len(raw))
            begin += len(raw)
            out.append(
                ConditionedBlock(
                    block.index0,
                    y[part],
                    ~saturated,
                    nowhere,
                    saturated,
                    raw,
                    low[part],
                    heard_uv[k],
                    None if saturated.any() else power_uv2[k],
                )
            )
        return out

    def _unsteady(self, block: RawBlock, x: FloatArray) -> ConditionedBlock:
        """Filter a block with missing samples, or after them, channel by channel."""
        raw = block.emg_uv
        missing = np.isnan(raw)
        whole = not missing.any()
        settling = np.zeros(x.shape, dtype=np.bool_)
        y, low = np.zeros_like(x), np.zeros_like(x)
        for channel in range(self._n_channels):
            self._restarting(channel, x, (y, low), settling[:, channel])
        saturated = block.saturated & ~missing
        valid = ~(missing | settling | saturated)
        hum_uv = np.zeros(self._n_channels)
        if x is not raw and whole:
            hum_uv = np.sqrt(np.mean((raw - x) ** 2, axis=0))
        return ConditionedBlock(block.index0, y, valid, missing, saturated, raw, low, hum_uv)

    def _restarting(
        self,
        channel: int,
        block: FloatArray,
        out: tuple[FloatArray, FloatArray],
        settling: BoolArray,
    ) -> None:
        """Filter one channel run by run of present samples, into ``out`` and ``settling``."""
        x = block[:, channel]
        present = ~np.isnan(x)
        padded = np.concatenate([[False], present, [False]])
        edges: list[int] = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
        if len(edges) == 0 or edges[0] > 0:
            self._settled[channel] = -1
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            fresh = start > 0 or self._settled[channel] < 0
            if fresh:
                self._settled[channel] = 0
            for one, y in zip((self._high, self._low), out, strict=True):
                y[start:stop, channel] = one.run(channel, x[start:stop], fresh=fresh)
            age = int(self._settled[channel]) + np.arange(stop - start)
            settling[start:stop] = age < self._settling
            self._settled[channel] += stop - start
            if stop < len(x):
                self._settled[channel] = -1


def _heard(run: list[tuple[RawBlock, FloatArray]]) -> FloatArray:
    """Return the RMS of the hum that was removed from each block, ``(n_blocks, n_channels)``."""
    with_hum = [k for k, (block, clean) in enumerate(run) if clean is not block.emg_uv]
    heard_uv = np.zeros((len(run), run[0][1].shape[1]))
    if with_hum:
        hum_uv = np.stack([run[k][0].emg_uv for k in with_hum])
        hum_uv -= np.stack([run[k][1] for k in with_hum])
        hum_uv *= hum_uv
        heard_uv[with_hum] = np.sqrt(np.add.reduce(hum_uv, axis=1) / hum_uv.shape[1])
    return heard_uv

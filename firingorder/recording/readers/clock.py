"""Turns a column of time stamps into a rate, a regular grid, and the gaps in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

#: A step above this many sample intervals is a gap: samples are missing.
GAP_STEPS = 1.5
#: Time stamps rounded coarser than this part of the interval cannot show a single missing sample.
COARSE_STEPS = 0.25
#: Beyond this part of an interval the samples are not taken at a steady rate.
JITTER_REFUSED = 0.25
JITTER_TOLD = 0.02
#: A rate this close to a whole number is that number: 1 ppm is far below any crystal's error.
SNAP_RELATIVE = 1e-6
#: More single missing samples than this, in stamps rounded to about their interval, are another
#: rate, rounded.
MAX_SINGLE_GAPS = 0.01
#: A longer hole makes two recordings of one file, and memory of nothing.
MAX_GAP_S = 3600.0
#: What helps where the stamps are those of a computer and the samples are those of a device.
_REMEDY_RATE = "where the device has a steady rate, leave the times out and give --rate HZ"
_REMEDY_ORDER = "split the file where another recording begins, or mend the time stamps"


class ClockError(ValueError):
    """The time stamps give no clock; the text says why, and ``row`` where (from 0).

    ``reason`` is the text without what to do, for readers that know the rate otherwise.
    """

    def __init__(self, reason: str, row: int | None = None, remedy: str = "") -> None:
        super().__init__(f"{reason}: {remedy}" if remedy else reason)
        self.reason = reason
        self.row = row


@dataclass(frozen=True, slots=True)
class Grid:
    """A regular grid: ``index`` is the place of every row on it, ``n_samples`` its length."""

    rate_hz: float
    index: NDArray[np.int64]
    n_samples: int
    warnings: tuple[str, ...]


def snap_rate(rate_hz: float, tolerance: float = SNAP_RELATIVE) -> float:
    """Return the whole number a rate means when it is within ``tolerance`` (relative) of one."""
    whole = round(rate_hz)
    if whole > 0 and abs(rate_hz - whole) <= tolerance * whole:
        return float(whole)
    return rate_hz


def grid_of_times(times_s: FloatArray) -> Grid:
    """Return the grid of increasing time stamps, seconds, ``(n,)``.

    Raises
    ------
    ClockError
        Too few, missing, backward, uneven or too coarsely rounded stamps.
    """
    if times_s.size < 2:
        raise ClockError("there are fewer than two time stamps", remedy="nothing can be timed")
    missing = np.flatnonzero(~np.isfinite(times_s))
    if missing.size:
        raise ClockError("a time stamp is missing", int(missing[0]), "fill it in, or take it out")
    steps_s = np.diff(times_s)
    backward = np.flatnonzero(steps_s < 0)
    if backward.size:
        raise ClockError("the time runs backwards", int(backward[0]) + 1, _REMEDY_ORDER)
    mean_s = float(times_s[-1] - times_s[0]) / steps_s.size
    if mean_s == 0.0:
        raise ClockError("the time stands still", remedy=_REMEDY_RATE)
    quantum_s = _quantum(times_s)
    if quantum_s > COARSE_STEPS * float(np.median(steps_s)):
        steady = _steady_grid(times_s, mean_s, quantum_s)
        if steady is not None:
            return steady
        _refuse_ambiguous(steps_s, quantum_s)
    return _fine_grid(times_s, steps_s, quantum_s)


def _fine_grid(times_s: FloatArray, steps_s: FloatArray, quantum_s: float) -> Grid:
    typical_s = float(np.median(steps_s))
    is_gap = steps_s > GAP_STEPS * typical_s
    longest = int(np.argmax(steps_s))
    if steps_s[longest] > MAX_GAP_S:
        raise ClockError(
            f"the time jumps by {steps_s[longest]:.0f} s, and at most {MAX_GAP_S:.0f} s are taken "
            "for a gap",
            longest + 1,
            "split the file there into two recordings, or mend the time stamps",
        )
    even_s = steps_s[~is_gap]
    interval_s = float(np.mean(even_s))
    jitter = np.abs(even_s / interval_s - 1.0)
    if float(np.quantile(jitter, 0.99)) > JITTER_REFUSED or np.mean(is_gap) > 0.5:
        raise ClockError(
            f"the samples are not evenly spaced ({1e3 * even_s.min():.3g} to "
            f"{1e3 * even_s.max():.3g} ms)",
            remedy=_REMEDY_RATE,
        )
    warnings: list[str] = []
    uneven_s = float(np.max(np.abs(even_s - interval_s)))
    if uneven_s > JITTER_TOLD * interval_s + quantum_s:
        warnings.append(
            f"The time stamps are uneven by up to {1e3 * uneven_s:.2g} ms; "
            f"the samples are taken as evenly spaced."
        )
    # Exact stamps over T seconds fix the rate to about one quantum in T.
    span_s = float(np.sum(even_s))
    rate_hz = snap_rate(1.0 / interval_s, max(SNAP_RELATIVE, 2.0 * quantum_s / span_s))
    steps = np.ones(steps_s.size, dtype=np.int64)
    steps[is_gap] = np.round(steps_s[is_gap] / interval_s).astype(np.int64)
    index = np.concatenate([np.zeros(1, np.int64), np.cumsum(steps)])
    if is_gap.any():
        lost = int(np.sum(steps[is_gap] - 1))
        warnings.append(f"The time stamps leave {int(is_gap.sum())} gap(s), {lost} samples.")
    return Grid(rate_hz, index, int(index[-1]) + 1, tuple(warnings))


def _steady_grid(times_s: FloatArray, mean_s: float, quantum_s: float) -> Grid | None:
    """Return the grid of rounded stamps that fit one rate without a gap all the way, else None."""
    rows = np.arange(times_s.size)
    off_s = float(np.max(np.abs(times_s - (times_s[0] + rows * mean_s))))
    if off_s > quantum_s * (1 + 1e-6):
        return None
    rate_hz = snap_rate(1.0 / mean_s, 2.0 * quantum_s / float(times_s[-1] - times_s[0]))
    told = f"The time stamps are rounded to {1e3 * quantum_s:g} ms; a steady rate is assumed."
    exact = off_s < 1e-3 * quantum_s
    return Grid(rate_hz, rows.astype(np.int64), times_s.size, () if exact else (told,))


def _refuse_ambiguous(steps_s: FloatArray, quantum_s: float) -> None:
    """Refuse rounded stamps in which a missing sample and a rounded step look the same."""
    typical_s = float(np.median(steps_s))
    is_typical = np.abs(steps_s - typical_s) < 0.01 * typical_s
    is_gap = steps_s > GAP_STEPS * typical_s
    one_missing = is_gap & (steps_s < 2.5 * typical_s)
    if bool(np.all(is_typical | is_gap)) and float(np.mean(one_missing)) <= MAX_SINGLE_GAPS:
        return
    odd = np.flatnonzero(~is_typical)
    raise ClockError(
        f"the time stamps are rounded to {1e3 * quantum_s:g} ms, too coarse to tell a gap from "
        f"rounding",
        int(odd[0]) + 1 if odd.size else None,
        f"write more decimals, or {_REMEDY_RATE}",
    )


def _quantum(times_s: FloatArray) -> float:
    """Return the decimal step that all of the first stamps are multiples of, seconds."""
    probe = times_s[:2000]
    for decimals in range(10):
        scaled = probe * 10.0**decimals
        if np.max(np.abs(scaled - np.round(scaled))) < 1e-4:
            return 10.0**-decimals
    return 0.0

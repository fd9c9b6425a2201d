"""Published onset detectors, written out from their descriptions, with one free threshold each.

Every function takes a filtered channel scaled to a rest SD of one, the slice that is known to be
rest, and the threshold; it returns the samples at which activity starts, in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import signal as sps
from scipy.linalg import solve_toeplitz

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray

RATE_HZ = 1000.0
HELD = 25  # samples: the 25 ms that most papers ask for
GLR_WINDOW = 50
GLR_BACK = 250
AR_ORDER = 6
CUSUM_DRIFT = 1.5


def hodges_bui(x: FloatArray, rest: slice, threshold: float) -> FloatArray:
    """Hodges and Bui 1996, 10.1016/S0921-884X(96)95190-5: 25 ms mean over rest mean + k SD."""
    envelope = _low_pass(np.abs(x))
    mean = np.convolve(envelope, np.ones(HELD) / HELD, mode="valid")  # of the samples that follow
    return starts(mean > _limit(envelope, rest, threshold))


def tkeo(x: FloatArray, rest: slice, threshold: float) -> FloatArray:
    """Solnik et al. 2010, 10.1007/s00421-010-1521-8: Teager-Kaiser energy, held over a limit."""
    energy = np.zeros_like(x)
    energy[1:-1] = x[1:-1] ** 2 - x[:-2] * x[2:]
    envelope = _low_pass(np.abs(energy))
    return starts(envelope > _limit(envelope, rest, threshold), HELD)


def bonato(x: FloatArray, rest: slice, threshold: float) -> FloatArray:
    """Bonato et al. 1998, 10.1109/10.661154: pairs of whitened samples, five in a row over it."""
    e = whitened(x, rest)
    pairs = e[: len(e) // 2 * 2].reshape(-1, 2)
    power = np.sum(pairs**2, axis=1) / np.var(e[rest])
    return 2.0 * starts(_count(power > threshold, 5) >= 4, 12)


def double_threshold(x: FloatArray, rest: slice, threshold: float) -> FloatArray:
    """Amplitude over k SD in at least a third of the next 30 ms."""
    over = np.abs(x) > threshold * np.std(x[rest])
    return starts(_count(over, 30) >= 10)


def cusum(x: FloatArray, rest: slice, threshold: float) -> FloatArray:
    """CUSUM of the power (Page 1954, 10.1093/biomet/41.1-2.100); onset is its last zero."""
    gain = (x / np.std(x[rest])) ** 2 - CUSUM_DRIFT
    out: list[int] = []
    level, zero, armed = 0.0, 0, True
    for k, step in enumerate(gain.tolist()):
        level += step
        if level <= 0.0:
            level, zero, armed = 0.0, k + 1, True
        elif level > threshold:
            if armed:
                out.append(zero)
                armed = False
            level = threshold  # so that the end of a burst can be seen
    return np.array(out, dtype=np.float64)


def aglr(x: FloatArray, rest: slice, threshold: float) -> FloatArray:
    """Staude and Wolf 1999, 10.1016/S1350-4533(99)00080-1: GLR of variance, then its ML time."""
    e = whitened(x, rest)
    e = e / np.std(e[rest])
    cumulative = np.concatenate([[0.0], np.cumsum(e**2)])
    power = (cumulative[GLR_WINDOW:] - cumulative[:-GLR_WINDOW]) / GLR_WINDOW
    gain = 0.5 * GLR_WINDOW * (power - 1.0 - np.log(np.maximum(power, 1e-12)))
    out: list[float] = []
    for first in starts((gain > threshold) & (power > 1.0), merge=100).astype(int).tolist():
        stop = min(first + 2 * GLR_WINDOW, len(e))
        begin = max(0, first - GLR_BACK)
        size = stop - np.arange(begin, stop - 10)
        level = (cumulative[stop] - cumulative[begin : stop - 10]) / size
        fit = 0.5 * size * (level - 1.0 - np.log(np.maximum(level, 1e-12)))
        out.append(float(begin + int(np.argmax(np.where(level > 1.0, fit, -np.inf)))))
    return np.unique(np.array(out))


METHODS = {
    "lit.Hodges-Bui": (hodges_bui, (1.0, 2.0, 3.0, 5.0)),
    "lit.TKEO": (tkeo, (1.0, 2.0, 4.0, 7.0)),
    "lit.Bonato": (bonato, (6.0, 9.0, 13.0)),
    "lit.double threshold": (double_threshold, (2.0, 2.5, 3.0)),
    "lit.CUSUM": (cusum, (9.0, 20.0, 40.0)),
    "lit.AGLR": (aglr, (12.0, 18.0, 25.0)),
}


def whitened(x: FloatArray, rest: slice) -> FloatArray:
    """Return the residual of an AR(6) model of the rest."""
    part = x[rest]
    r = np.array([np.mean(part[lag:] * part[: len(part) - lag]) for lag in range(AR_ORDER + 1)])
    r[0] *= 1.001
    taps = np.concatenate([[1.0], -solve_toeplitz(r[:-1], r[1:])])
    return np.asarray(sps.lfilter(taps, [1.0], x), dtype=np.float64)


def starts(mask: BoolArray, held: int = 1, merge: int = HELD) -> FloatArray:
    """Return where runs of at least ``held`` begin, those closer than ``merge`` joined."""
    padded = np.concatenate([[False], mask, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    first, last = edges[::2], edges[1::2]
    keep = last - first >= held
    first, last = first[keep], last[keep]
    if first.size == 0:
        return np.zeros(0)
    apart = np.concatenate([[True], first[1:] - last[:-1] > merge])
    return first[apart].astype(np.float64)


def _count(mask: BoolArray, width: int) -> FloatArray:
    """How many of the next ``width`` samples are set."""
    return np.convolve(mask.astype(np.float64), np.ones(width), mode="full")[width - 1 :]


def _low_pass(x: FloatArray) -> FloatArray:
    return sps.sosfiltfilt(sps.butter(2, 50.0, "low", fs=RATE_HZ, output="sos"), x)


def _limit(envelope: FloatArray, rest: slice, threshold: float) -> float:
    part = envelope[rest]
    return float(np.mean(part) + threshold * np.std(part))

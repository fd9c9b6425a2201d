"""Autocovariances of masked signal and the short causal whiteners that follow from them.

The whitener of a model is the prediction-error filter of its autocovariance (Levinson 1946,
J. Math. Phys. 25:261; Durbin 1960, Rev. Inst. Int. Stat. 28:233): eleven taps at 1000 Hz, so
nothing that happens is smeared over more than 10 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray

#: Length of the whitener's memory (method.md section 2, "Rates": AR order = 10 ms of lags).
AR_MEMORY_S = 0.010


def ar_order(rate_hz: float) -> int:
    """Return the AR order for a rate: 10 at 1000 Hz, 5 at 500 Hz."""
    return max(2, round(AR_MEMORY_S * rate_hz))


def autocovariance(x: FloatArray, valid: BoolArray, order: int) -> FloatArray:
    """Return the autocovariance at lags 0..order, ``(order + 1,)``, of the valid samples.

    Invalid samples count as zero and do not enter the divisor. The sequence stays positive
    semidefinite, because it is the raw autocorrelation of one finite (zero-filled) signal.
    Zeros are returned when no sample is valid.
    """
    filled = np.where(valid, x, 0.0)
    count = int(np.count_nonzero(valid))
    lags = np.zeros(order + 1)
    if count == 0:
        return lags
    for k in range(min(order, len(x) - 1) + 1):
        lags[k] = np.dot(filled[k:], filled[: len(filled) - k])
    return lags / count


def levinson(autocov: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return prediction-error filters and innovation variances of many autocovariances.

    Parameters
    ----------
    autocov
        ``(order + 1, n_models)``, positive definite columns, squared signal units.

    Returns
    -------
    filters
        ``(order + 1, n_models)``; the first tap is 1, tap k weighs the sample k steps back.
    innovation
        ``(n_models,)``, variance of what the past does not predict.
    """
    taps, models = autocov.shape
    if models == 1:
        return _levinson_of_one(autocov)
    filters = np.zeros((taps, models))
    filters[0] = 1.0
    innovation = autocov[0].copy()
    for k in range(1, taps):
        reflection = -np.add.reduce(filters[:k] * autocov[k:0:-1], axis=0) / innovation
        filters[: k + 1] = filters[: k + 1] + reflection * filters[k::-1]
        innovation = innovation * (1.0 - reflection**2)
    return filters, innovation


def _levinson_of_one(autocov: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the same of a single column: numbers are quicker than arrays of one."""
    r: list[float] = autocov[:, 0].tolist()
    taps = [1.0]
    left = r[0]
    for k in range(1, len(r)):
        reflection = -sum(tap * r[k - j] for j, tap in enumerate(taps)) / left
        taps.append(0.0)
        taps = [one + reflection * other for one, other in zip(taps, reversed(taps), strict=True)]
        left *= 1.0 - reflection**2
    return np.array(taps)[:, None], np.array([left])


def lagged(x: FloatArray, order: int) -> FloatArray:
    """Return ``(n_samples, order + 1)``: column k is the signal k samples back, zero before."""
    padded = np.concatenate([np.zeros(order), x])
    view = np.lib.stride_tricks.sliding_window_view(padded, order + 1)
    return view[:, ::-1]


def usable_after(valid: BoolArray, order: int) -> BoolArray:
    """Return where a sample and the ``order`` samples before it are all valid, ``(n_samples,)``."""
    bad = np.ones(order + len(valid))
    bad[order:] = ~valid
    counts = running_sum(bad)
    return (counts[order + 1 :] - counts[: -order - 1]) == 0.0


def running_sum(values: FloatArray) -> FloatArray:
    """Return sums of the first 0, 1, ... n rows, ``(n + 1, ...)``."""
    if values.ndim == 1:
        sums = np.empty(len(values) + 1)
        sums[0] = 0.0
        np.cumsum(values, out=sums[1:])
        return sums
    # Sums run along memory, which is several times quicker than across it.
    out = np.zeros((*values.shape[1:], values.shape[0] + 1))
    np.cumsum(np.moveaxis(values, 0, -1), axis=-1, out=out[..., 1:])
    return np.moveaxis(out, -1, 0)

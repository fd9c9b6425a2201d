"""Every monotone rise is a staircase on the ladder: its likelihood, for all starts at once.

Sums of differences of cumulative log-likelihoods (method.md section 2, step 8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.samples import FloatArray


def staircase_log_likelihood(
    cumulative: FloatArray, delays: FloatArray, first: int, stop: int, step: int = 1
) -> FloatArray:
    """Return the log-likelihood of every rise at the starts ``first, first + step ..`` < stop.

    ``(n_hypotheses, n_starts)``; a start at i means that sample i is the first that can be active.

    Parameters
    ----------
    cumulative
        ``(n_samples + 1, n_levels)`` sums of the log-likelihoods of every level.
    delays
        ``(n_hypotheses, n_levels - 1)`` when each rise passes from level to level, samples after
        its start; infinite where it never does.
    """
    last = len(cumulative) - 1 - first
    starts = len(range(first, stop, step))
    steps = np.rint(np.minimum(delays, last)).astype(np.intp)
    # What each level gains over the next one from each sample on, held after the last.
    levels = cumulative.T[:, first:]
    width = -(-(last + 1 + stop - first) // step)
    gains = np.empty((len(levels) - 1, width * step))
    np.subtract(levels[:-1], levels[1:], out=gains[:, : last + 1])
    gains[:, last + 1 :] = gains[:, last : last + 1]
    never = gains[:, last].copy()
    passed = np.any(steps < last, axis=0)
    if step > 1:
        # Every step-th sample beside the next: what is read together lies together.
        gains = gains.reshape(-1, width, step).swapaxes(1, 2).reshape(len(gains), -1)
        steps = steps % step * width + steps // step
    row, item = gains.strides
    count = gains.shape[1] - starts + 1
    total = np.full((len(delays), starts), cumulative[-1, -1])
    for level in range(len(gains)):
        if passed[level]:
            # All windows of this level as a view: taken by their first sample.
            windows: FloatArray = np.ndarray(
                (count, starts), np.float64, gains, level * row, (item, item)
            )
            total += windows[steps[:, level]]
        else:
            total += never[level]
    return total

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
    n = len(cumulative) - 1
    starts = len(range(first, stop, step))
    steps = np.rint(np.minimum(delays, n)).astype(np.int64)
    total = np.full((len(delays), starts), cumulative[-1, -1])
    for level in range(cumulative.shape[1] - 1):
        gain = cumulative[:, level] - cumulative[:, level + 1]
        padded = np.concatenate([gain[first:], np.full(stop - first, gain[-1])])
        windows = np.lib.stride_tricks.sliding_window_view(padded, stop - first)[:, ::step]
        total += windows[np.minimum(steps[:, level], n - first)]
    return total

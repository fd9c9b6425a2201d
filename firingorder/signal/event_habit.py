"""How often a muscle begins in two steps, learnt from earlier repetitions.

Who pre-activates a muscle once does so again: where most repetitions showed a first event, one that
shows it less clearly has most likely begun in two steps as well. Where none did, a tail of rest
that looks like a held level is less likely one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.samples import FloatArray

_STEPS = 3


def learn_event_shares(
    log_events: Sequence[FloatArray], base: FloatArray, power: float, pseudo_repetitions: float
) -> FloatArray:
    """Return how probable each kind of first event is in the next repetition, ``(n_kinds,)``.

    Parameters
    ----------
    log_events
        ``log_events`` of the earlier posteriors of this muscle and task.
    base
        ``(n_kinds,)`` the same before any repetition.
    power
        Power on which of the hypotheses holds, as when each of them was judged.
    pseudo_repetitions
        How many repetitions ``base`` counts for.
    """
    shares = base
    for _ in range(_STEPS):
        held = [held_shares(one, shares, power)[1:] for one in log_events]
        total = pseudo_repetitions * base + np.sum(np.reshape(held, (-1, len(base))), axis=0)
        shares = total / (pseudo_repetitions + len(held))
    return shares


def held_shares(log_events: FloatArray, shares: FloatArray, power: float) -> FloatArray:
    """Return how probable one step and each kind of first event are, ``(1 + n_kinds,)``, sum 1.

    ``log_events`` is what each kind explains over a single rise, ``(n_kinds,)`` log; empty where
    none was considered, and so none holds.
    """
    if len(log_events) == 0:
        return np.concatenate([[1.0], np.zeros(len(shares))])
    prior = np.concatenate([[1.0 - np.sum(shares)], shares])
    log = np.log(np.maximum(prior, np.finfo(np.float64).tiny))
    log[1:] += log_events
    held = np.exp(power * (log - np.max(log)))
    return held / np.sum(held)

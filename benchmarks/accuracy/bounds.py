"""How exactly a start can be told at all: the Cramer-Rao bound of clean signals.

The signal is Gaussian with a covariance that is known exactly but for a few numbers. No estimate of
the start that is right on average varies less than the bound (Rao 1945; Slepian 1954 for Gaussian
signals: the information is half the trace of the product of the relative changes of the
covariance). With the rise known it is what O1 can reach; with the rise unknown it tells what an
estimate must pay that claims nothing about rises. A prior over rises lies between the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve, toeplitz

from benchmarks.accuracy.oracle import AFTER_S, BEFORE_S, REACH_S, autocovariance
from benchmarks.accuracy.trials import RATE_HZ, bursts_of
from firingorder.simulation.bursts import envelope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.scenarios import MuscleSpec
    from firingorder.samples import FloatArray

#: White noise of this share of the rest power, as no front end is without. The simulator's noise
#: ends at 450 Hz and its muscles do not: there a start could be told as by no belt.
WHITE_SHARE = 0.01
#: Mean absolute value over the SD of a Gaussian error.
_MAE_OVER_SD = float(np.sqrt(2.0 / np.pi))
#: What may be unknown besides the start, and by how much it is changed to see what that does.
_STEPS = {"start_s": 0.0005, "rise": 0.02, "height": 0.01}


@dataclass(frozen=True, slots=True)
class Bound:
    """Least mean absolute error, ms: the start alone unknown; its rise and the height too."""

    rise_known_ms: float
    rise_unknown_ms: float


def bound(muscle: MuscleSpec) -> Bound:
    """Return the bound of the start of a muscle; of its first event where it has one.

    The main burst after a first event stays where it is: knowing when it comes after the first
    event would tell the start by it.
    """
    covariance = covariance_of(muscle)
    factor = cho_factor(covariance, lower=True)
    changes: dict[str, FloatArray] = {}
    for name, step in _STEPS.items():
        up, down = (covariance_of(muscle, **{name: sign * step}) for sign in (1.0, -1.0))
        changes[name] = cho_solve(factor, (up - down) / (2.0 * step))
    names = list(_STEPS)
    return Bound(_least_mae_ms(changes, names[:1]), _least_mae_ms(changes, names))


def _least_mae_ms(changes: dict[str, FloatArray], free: Sequence[str]) -> float:
    information = [[0.5 * np.sum(changes[a] * changes[b].T) for b in free] for a in free]
    return float(1e3 * _MAE_OVER_SD * np.sqrt(np.linalg.inv(np.array(information))[0, 0]))


def covariance_of(
    muscle: MuscleSpec, start_s: float = 0.0, rise: float = 0.0, height: float = 0.0
) -> FloatArray:
    """Covariance about the start of one repetition; changes relative but for the start's."""
    reach_s = muscle.rise_ms / 1e3 + muscle.main_after_s + REACH_S + AFTER_S
    t_s = np.arange(-REACH_S - BEFORE_S, reach_s, 1.0 / RATE_HZ)
    bursts = [replace(b, snr_db=0.0) for b in bursts_of(muscle, "", 0.0)]
    first = bursts[0]
    bursts[0] = replace(first, onset_s=first.onset_s + start_s, rise_s=first.rise_s * (1.0 + rise))
    tissue = toeplitz(autocovariance(muscle, len(t_s), noise=False))
    noise = toeplitz(autocovariance(muscle, len(t_s), noise=True)) * (1.0 - muscle.tone)
    rest, top = np.sqrt(muscle.tone), 10.0 ** (muscle.snr_db / 20.0) * (1.0 + height)
    e = rest + (top - rest) * np.max([envelope(b, t_s) for b in bursts], axis=0)
    covariance = tissue * (e[:, None] * e[None, :]) + noise
    covariance[np.diag_indices(len(t_s))] += WHITE_SHARE
    return covariance

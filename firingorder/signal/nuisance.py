"""What a channel does while its muscle does not start: tone that waxes and wanes, brief artefacts.

A hidden Markov model of the channel at rest. Its predictive likelihood takes the place of "rest"
in the CUSUM, so that only what changes faster or further than this channel's own rest, or with
another spectrum than an artefact has behind the high-pass, is evidence of activity. Its states:

* the rest itself, and the rest with its tone scaled, drifting slowly, in classes of spread from
  none to lively. Which class a channel is in follows from the evidence: on a steady rest the lively
  ones hardly count and cost no delay;
* brief artefacts (a heart beat, a cable that moves) of any strength, on top of the rest. How often
  they come is learnt from those that came.

The forward recursion is Rabiner 1989, Proc. IEEE 77:257; states are constant within a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.whitening import levinson

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray

_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, slots=True)
class NuisanceParams:
    """Numbers of the model; chosen on simulated tuning seeds unless another source is given."""

    tone_db: tuple[float, ...] = (-6.0, -4.5, -3.0, -1.5, 0.0, 1.5, 3.0, 4.5, 6.0, 7.5)
    """Rest power over its mean. Tone that fluctuates by 30 % spans -9 to +5 dB where the rest is
    all tone (method.md section 3); beyond the last value it is taken for a burst."""
    spread_db: tuple[float, ...] = (1.0, 2.0, 3.0)
    """SD of the drifting tone, one class each, beside the class of the steady rest."""
    tone_time_s: float = 1.0
    """Correlation time of the drift: tone fluctuates below 1 Hz. 0.25, 0.4, 0.7, 1.0 s gave 1.5,
    1.0, 0.65, 0.4 alarms a minute under 30 % fluctuation."""
    lively_prior: float = 0.01
    """Probability of each class of spread before anything was seen."""
    class_time_s: float = 1000.0
    """Time after which a channel's class may have changed. Only how soon a change is noticed
    hangs on it, by seconds."""
    artefact_over_rest: tuple[float, ...] = (1.0, 8.0, 64.0, 1e3, 3e4)
    """Power of an artefact over the rest power: from just visible to an electrode that pops."""
    artefact_odds: tuple[float, ...] = (1.0, 1.0, 1.0, 0.2, 0.1)
    artefact_lasts_s: float = 0.050
    """Mean life of an artefact behind the high-pass: one swing at 30 Hz."""
    artefact_mix: float = 0.2
    """Share that goes over to the next power in one step: an artefact swells and fades."""
    artefact_every_s: float = 100.0
    """Mean time between artefacts before any was seen. At 10 s bursts of 20 dB are found 1.4 ms
    later, at 300 s cable motion raises twice as many alarms."""
    artefact_trust_s: float = 30.0
    artefact_memory_s: float = 60.0
    """The rate is learnt over this time, and the value above weighs as much as that one."""
    artefact_least_s: float = 0.250
    """The learnt interval never falls below this: two artefacts per heart beat at 120 a minute."""
    artefact_high_hz: float = 30.0
    artefact_slope: float = 4.0
    """Artefact power falls with this power of the frequency above the corner: that of a step with
    a linear flank, and a heart beat's R wave (SD 10 ms) falls faster. At 6 the same bursts are
    found 0.2 to 0.8 ms earlier, and pops are told."""
    home_s: float = 1.0
    """Averaging time of the remembered quiet state, to which a channel returns after a burst."""
    diagonal: float = 1.001
    """Factor on lag 0 that keeps Levinson stable."""


class Nuisance:
    """The models of all channels, stepped together.

    Parameters
    ----------
    params
        Numbers of the method.
    n_channels
        Channels.
    step_s
        Time between two transitions.
    artefact_shape
        ``(order + 1,)`` autocovariance of unit power of an artefact (:func:`artefact_shape`).
    """

    def __init__(
        self, params: NuisanceParams, n_channels: int, step_s: float, artefact_shape: FloatArray
    ) -> None:
        self._p = params
        self._step_s = step_s
        self._shape = artefact_shape
        tones, classes = len(params.tone_db), len(params.spread_db)
        artefacts = len(params.artefact_over_rest)
        self.n_states = tones + artefacts
        """Distinct states; only the drift, not the likelihood, depends on the class."""
        steady = int(np.argmin(np.abs(params.tone_db)))
        self._tone = 1 + classes * tones
        self._state_of = np.concatenate(
            [[steady], np.tile(np.arange(tones), classes), tones + np.arange(artefacts)]
        )
        self._start = np.zeros(self._tone)
        self._drift = np.zeros((self._tone, self._tone))
        self._drift[0, 0] = 1.0
        self._start[0] = 1.0 - classes * params.lively_prior
        for k, spread in enumerate(params.spread_db):
            part = slice(1 + k * tones, 1 + (k + 1) * tones)
            drift, share = _drift(np.array(params.tone_db), spread, step_s / params.tone_time_s)
            self._drift[part, part] = drift
            self._start[part] = params.lively_prior * share
        odds = np.array(params.artefact_odds)
        self._odds = odds / np.sum(odds)
        self._stay = float(np.exp(-step_s / params.artefact_lasts_s)) * _mixing(
            artefacts, params.artefact_mix
        )
        self._z = np.zeros((n_channels, self._tone + artefacts))
        self._z[:, : self._tone] = self._start
        self._home = np.tile(self._start, (n_channels, 1))
        # Artefacts counted so far, and what the count was one and two calls of learn earlier.
        self._count = np.zeros((3, n_channels))
        self._in_artefact = np.zeros(n_channels)
        self._transition = np.zeros((n_channels, self._z.shape[1], self._z.shape[1]))
        self._renew()

    def models(self, r_rest: FloatArray, tone_shape: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return whiteners and innovation variances of all states.

        More tone is rest plus activity of the muscle's own spectrum ``tone_shape`` (unit power);
        one scaled whitener for it raised 7 times as many alarms. Less tone is the rest scaled.
        ``(order + 1, n_states)`` and ``(n_states,)``.
        """
        theta = 10.0 ** (np.array(self._p.tone_db) / 10.0)
        power = r_rest[0]
        tone = r_rest[:, None] * np.minimum(theta, 1.0)
        tone = tone + power * tone_shape[:, None] * np.maximum(theta - 1.0, 0.0)
        strength = power * np.array(self._p.artefact_over_rest)
        artefact = r_rest[:, None] + self._shape[:, None] * strength
        autocov = np.concatenate([tone, artefact], axis=1)
        autocov[0] *= self._p.diagonal
        return levinson(autocov)

    def step(self, likelihood: FloatArray, told: FloatArray, seen: BoolArray | None) -> None:
        """Predict the samples of one step and learn from them.

        Parameters
        ----------
        likelihood
            ``(n_channels, n_samples, n_states)`` likelihood of the first 1, 2, ... n samples under
            each state, up to a factor per channel and sample.
        told
            ``(n_channels, n_samples)`` output: the predictive likelihood, same factors.
        seen
            ``(n_channels,)``, false where no sample was valid and nothing changes; None if all.
        """
        z = self._z
        told[:] = np.matmul(likelihood[:, :, self._state_of], z[:, :, None])[:, :, 0]
        after = z * likelihood[:, -1, self._state_of]
        after /= np.maximum(told[:, -1:], _TINY)
        after = np.matmul(after[:, None, :], self._transition)[:, 0]
        self._z = after if seen is None else np.where(seen[:, None], after, z)
        self._in_artefact += self._z[:, self._tone :].sum(axis=1) * self._step_s

    def learn(self, dt_s: float, quiet: BoolArray, open_: BoolArray) -> None:
        """Learn from the latest ``dt_s``: the quiet state where ``quiet``, artefacts if ``open_``.

        Both are ``(n_channels,)``.
        """
        p = self._p
        tone = self._z[:, : self._tone]
        share = np.sum(tone, axis=1)
        rate = np.where(quiet, share * dt_s / p.home_s, 0.0)
        self._home += rate[:, None] * (tone / np.maximum(share, 1e-9)[:, None] - self._home)
        kept = self._count[0] * np.exp(-dt_s / p.artefact_memory_s)
        kept += self._in_artefact / p.artefact_lasts_s
        self._in_artefact[:] = 0.0
        self._count[1:] = self._count[:-1]
        self._count[0] = np.where(open_, kept, self._count[0])
        self._renew()

    def doubt(self, c: int, share: float) -> None:
        """Start channel ``c`` again at its quiet state, in an artefact with probability ``share``.

        What the latest two calls of :meth:`learn` counted is taken back.
        """
        self._count[:, c] = self._count[2, c]
        self._in_artefact[c] = 0.0
        self.settle(c)
        self._z[c, : self._tone] *= 1.0 - share
        self._z[c, self._tone :] = share / (self._z.shape[1] - self._tone)

    def settle(self, c: int) -> None:
        """Put channel ``c`` back into its quiet state: a burst teaches nothing about the rest."""
        self._z[c, : self._tone] = self._home[c]
        self._z[c, self._tone :] = 0.0

    def count_artefact(self, c: int) -> None:
        """Count an artefact that had raised an alarm."""
        self._count[0, c] += 1.0

    def _renew(self) -> None:
        """Rebuild the transitions from what was learnt."""
        p, tone = self._p, self._tone
        seen = self._count[0] + p.artefact_trust_s / p.artefact_every_s
        per_s = seen / (p.artefact_memory_s + p.artefact_trust_s)
        enter = self._step_s * np.minimum(per_s, 1.0 / p.artefact_least_s)
        switch = self._step_s / p.class_time_s
        drift = (1.0 - switch) * self._drift + switch * self._start
        leave = 1.0 - np.sum(self._stay, axis=1)
        self._transition[:, :tone, :tone] = (1.0 - enter)[:, None, None] * drift
        self._transition[:, :tone, tone:] = enter[:, None, None] * self._odds
        self._transition[:, tone:, :tone] = leave[:, None] * self._home[:, None, :]
        self._transition[:, tone:, tone:] = self._stay


def artefact_shape(
    params: NuisanceParams, corner_hz: float, *, rate_hz: float, order: int
) -> FloatArray:
    """Return the autocovariance of unit power of an artefact behind an order-4 high-pass."""
    f = np.linspace(0.5, 0.5 * rate_hz, 1024)
    power = 1.0 / (1.0 + (f / params.artefact_high_hz) ** params.artefact_slope)
    return _behind_high_pass(f, power, corner_hz, order)


def emg_shape(
    low_hz: float, high_hz: float, corner_hz: float, *, rate_hz: float, order: int
) -> FloatArray:
    """Return the autocovariance of unit power of EMG behind an order-4 high-pass.

    Spectrum of Shwedyk et al. 1977 (method.md section 3) with corners ``low_hz``, ``high_hz``.
    """
    f = np.linspace(0.5, 0.5 * rate_hz, 1024)
    power = high_hz**4 * f**2 / ((f**2 + low_hz**2) * (f**2 + high_hz**2) ** 2)
    return _behind_high_pass(f, power, corner_hz, order)


def _behind_high_pass(f: FloatArray, power: FloatArray, corner_hz: float, order: int) -> FloatArray:
    power = power / (1.0 + (corner_hz / f) ** 8)  # squared gain of order 4
    turn = np.pi * f[:, None] * np.arange(order + 1) / f[-1]
    r = np.sum(power[:, None] * np.cos(turn), axis=0)
    return r / r[0]


def _drift(level_db: FloatArray, spread_db: float, step: float) -> tuple[FloatArray, FloatArray]:
    """Return transitions and stationary shares of a level that drifts about 0 dB.

    A chain of neighbours with the drift and the diffusion of an Ornstein-Uhlenbeck process;
    ``step`` in units of its correlation time.
    """
    gap = level_db[1] - level_db[0]
    spread = spread_db**2 * (1.0 - np.exp(-2.0 * step)) / gap**2
    back = -(1.0 - np.exp(-step)) * level_db / gap
    up = np.maximum(0.5 * (spread + back), 0.0)[:-1]
    down = np.maximum(0.5 * (spread - back), 0.0)[1:]
    chain = np.diag(up, 1) + np.diag(down, -1)
    chain += np.diag(1.0 - np.sum(chain, axis=1))
    # Detailed balance of a chain of neighbours, outwards from the middle.
    share = np.ones(len(level_db))
    middle = int(np.argmin(np.abs(level_db)))
    for k in range(middle, len(level_db) - 1):
        share[k + 1] = share[k] * up[k] / down[k]
    for k in range(middle, 0, -1):
        share[k - 1] = share[k] * down[k - 1] / up[k - 1]
    return chain, share / np.sum(share)


def _mixing(n: int, mix: float) -> FloatArray:
    """Return the chain that goes over to each neighbour with half of ``mix``."""
    chain = 0.5 * mix * (np.eye(n, k=1) + np.eye(n, k=-1))
    return chain + np.diag(1.0 - np.sum(chain, axis=1))

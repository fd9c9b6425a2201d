"""A burst that begins in two steps: pre-activation, or a first burst and a pause.

Beside the single rise two hypotheses compete: a low level held before the main rise, and a first
burst that falls back to rest before it. All of them are sums of differences of the same cumulative
log-likelihoods, so the joint posterior over both events is exact and costs a few running sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.rises import grown_amplitude, level_borders
from firingorder.signal.staircase import staircase_log_likelihood

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class EventParams:
    """Prior and range of first events; chosen on tuning seeds (scenarios A5, A6 and clean)."""

    share_before: float = 0.15
    """Prior of a level held before the main rise; 0 leaves the hypothesis out."""
    share_double: float = 0.1
    """Prior of a first burst with a pause; 0 leaves the hypothesis out."""
    least_s: float = 0.030
    """Shortest event and shortest pause: below it two events cannot be told apart. No event is
    shorter than its rise."""
    rise_before_s: tuple[float, ...] = (0.030, 0.050, 0.080)
    """Rises to a level that is held: as of any muscle that begins, up to what 100 ms can hold."""
    rise_double_s: tuple[float, ...] = (0.020, 0.030, 0.045)
    """Rises of a first burst of its own: within its time."""
    least_share: float = 0.02
    """Least power of a first event over the plateau's: below it activity is no onset
    (``min_level_share`` of the gates). Real bursts of 40 to 56 dB have twitches of a thousandth."""
    least_over_rest: float = 0.6
    """Lowest level held, over the rest power: 2 dB above rest, which tone hardly reaches."""
    most_before: float = 0.6
    """Highest level held before the main rise, share of the plateau power."""
    least_double_over_rest: float = 1.0
    most_double: float = 2.0

    @property
    def shares(self) -> FloatArray:
        """Both priors, ``(2,)``, in the order in which :func:`first_events` returns them."""
        return np.array([self.share_before, self.share_double])

    def of_shares(self, shares: FloatArray) -> EventParams:
        """Return the same with other priors, as :attr:`shares` has them."""
        before, double = shares.tolist()
        return replace(self, share_before=before, share_double=double)

    def __post_init__(self) -> None:
        """Refuse priors that leave none for a single rise."""
        if min(self.share_before, self.share_double) < 0.0 or (
            self.share_before + self.share_double >= 1.0
        ):
            raise ValueError("share_before and share_double add up to less than 1")


@dataclass(frozen=True, slots=True)
class Grid:
    """Cumulative log-likelihoods, ``(n_samples + 1, n_levels)``, and the ladder they belong to.

    ``count`` starts are considered from sample 0 on; ``beta`` tempers; ``tone`` is the share of the
    rest power that is muscle activity. ``late`` is by how much each level sees activity late,
    ``(n_levels,)`` samples (energy_delay.py).
    """

    cumulative: FloatArray
    rho: FloatArray
    snr: float
    tone: float
    count: int
    beta: float
    rate_hz: float
    late: FloatArray

    @property
    def border_late(self) -> FloatArray:
        """By how much the passage from each level to the next is seen late, ``(n_levels - 1,)``."""
        return 0.5 * (self.late[:-1] + self.late[1:])


def first_events(
    grid: Grid,
    places: NDArray[np.int64],
    log_main: FloatArray,
    advantage: FloatArray,
    params: EventParams,
) -> list[FloatArray]:
    """Return the log posteriors (not normalised) of the start under both hypotheses.

    Parameters
    ----------
    places, log_main
        ``(n_places,)`` starts of the main rise, evenly spaced from 0, and their tempered
        log-likelihood over rest throughout, all rises weighed. At high SNR it changes by hundreds
        from sample to sample, and a level held before cancels that exactly: no interpolation.
    advantage
        ``(count,)`` what a changing rest adds before each start.

    Returns
    -------
    list
        Two arrays ``(count,)``: held level, double burst. Minus infinity where impossible or left
        out; no array where both are. The single rise on the same scale has the prior
        ``1 / count``.
    """
    if params.share_before <= 0.0 and params.share_double <= 0.0:
        return []
    n = grid.count
    gap = round(params.least_s * grid.rate_hz)
    nothing = np.full(n, -np.inf)
    if n <= 2 * gap or len(places) < 2:
        return [nothing, nothing]
    step = int(places[1] - places[0])
    pause = -(-gap // step)
    later = _later(log_main[None], pause)[0] + np.log(step)
    over_rest = grid.rho * grid.snr
    # Every third level, 3 dB apart: a held level between two of them loses little.
    every = np.arange(1, len(grid.rho), 3)
    enough = (over_rest[every] >= params.least_over_rest) & (grid.rho[every] >= params.least_share)
    low = every[enough & (grid.rho[every] <= params.most_before)]
    enough &= over_rest[every] >= params.least_double_over_rest
    high = every[enough & (grid.rho[every] <= params.most_double)]
    found: list[FloatArray] = []
    for share, used, rises_s, after, instants in (
        (params.share_before, low, params.rise_before_s, log_main, 2),
        (params.share_double, high, params.rise_double_s, later, 3),
    ):
        if share <= 0.0 or len(used) == 0:
            found.append(nothing)
            continue
        # Each of the instants lies anywhere among the starts.
        prior = np.log(share) - instants * np.log(n) + np.log(step)
        held = _held(grid, places, used, after, np.array(rises_s), gap)
        found.append(_log_sum(held) - np.log(len(held)) + advantage + prior)
    return found


def _held(
    grid: Grid,
    places: NDArray[np.int64],
    levels: NDArray[np.int64],
    after: FloatArray,
    rises_s: FloatArray,
    gap: int,
) -> FloatArray:
    """Log of the likelihood of every level and rise from each start, and of all that follows.

    ``(n_levels * n_rises, count)``. A level is held for ``gap`` or longer, and until it is reached.
    """
    c = grid.cumulative
    until = grid.beta * (c[np.ix_(places, levels)] - c[places, :1]).T
    follows = _later(after[None] + until, 0)
    follows = np.concatenate([follows, np.full((len(levels), 1), -np.inf)], axis=1)
    step = int(places[1] - places[0])
    lasts = np.maximum(gap, np.ceil(rises_s * grid.rate_hz).astype(np.int64))
    at = np.minimum(-(-(np.arange(grid.count) + lasts[:, None]) // step), len(places))
    rises = grid.beta * _rises_to(grid, levels, rises_s)
    return (rises + follows[:, at]).reshape(-1, grid.count)


def _rises_to(grid: Grid, levels: NDArray[np.int64], rises_s: FloatArray) -> FloatArray:
    """Return the sums of level changes of straight rises to each level, from each start.

    ``(n_levels, n_rises, count)``.
    """
    borders = level_borders(grid.rho)
    height = grid.rho[levels, None]
    floor = np.sqrt(grid.tone / (1.0 + height * grid.snr))
    grown = np.minimum(grown_amplitude(borders / height, floor), 1.0)
    below = np.arange(len(borders)) < levels[:, None]
    delays = grown[:, None] * rises_s[:, None] * grid.rate_hz
    delays = delays + grid.border_late
    delays = np.where(below[:, None], delays, np.inf).reshape(-1, len(borders))
    c = grid.cumulative
    sums = staircase_log_likelihood(c, delays, 0, grid.count)
    shape = (len(levels), len(rises_s), grid.count)
    return sums.reshape(shape) - c[-1, levels][:, None, None]


def _log_sum(values: FloatArray) -> FloatArray:
    peak = np.max(values, axis=0)
    safe = np.where(np.isfinite(peak), peak, 0.0)
    total = np.sum(np.exp(values - safe), axis=0)
    return (
        np.where(total > 0.0, np.log(np.maximum(total, np.finfo(np.float64).tiny)), -np.inf) + safe
    )


def _later(values: FloatArray, gap: int) -> FloatArray:
    """Log of the sum over everything at least ``gap`` later, along the last axis."""
    shifted = np.full_like(values, -np.inf)
    shifted[:, : values.shape[1] - gap] = values[:, gap:]
    summed = np.logaddexp.accumulate(shifted[:, ::-1], axis=1)
    return np.asarray(summed[:, ::-1], dtype=np.float64)

"""When a burst ended: the onset machinery on time-reversed signal.

Offset = last activity before 200 ms of rest level (method.md section 1). Reversed, plateau to
rest is a rise from rest, so the same ladder and rises hold; the autocovariances are symmetric.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.signal.bursts import (
    Bout,
    BurstParams,
    burst_autocovariance,
    plateau,
    rest_stats,
)
from firingorder.signal.edge import EdgeParams, edge_model, edge_posterior
from firingorder.signal.energy_delay import EnergyDelayParams
from firingorder.signal.events import EventParams
from firingorder.signal.posterior import GridParams, OnsetPosterior
from firingorder.signal.rises import RiseParams

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray


def offset_edge() -> EdgeParams:
    """Return the numbers of an offset: falls are slower than rises.

    Falls of 50 to 400 ms (method.md section 3) and beyond, because a muscle let go by a lowering
    limb fades over a second; the search goes on as long after the coarse end. Muscles let go
    smoothly, so half cosines weigh three times as much as straight falls: simulated falls of 50 to
    400 ms then end 6 early to 8 ms late, with equal weights 20 ms early. A burst has no
    pre-activation at its end. The narrowest of 60 simulated
    intervals is 20 ms wide, ten steps.
    """
    rise = RiseParams(
        rise_s=(0.025, 0.060, 0.120, 0.200, 0.300, 0.400, 0.600, 0.900, 1.200),
        rise_weight=(0.5, 1.0, 1.2, 1.2, 1.0, 0.8, 0.4, 0.2, 0.1),
        plateau_scale=(0.8, 1.0, 1.25),
        plateau_weight=(0.5, 1.0, 0.5),
        ramps=("linear", "cosine"),
        ramp_weight=(1.0, 3.0),
        slow_smooth=1.0,
        foot=0.07,
        foot_max_s=0.05,
        smooth_foot=1.0,
        gamma_cold=1.6,
        gamma_ramp=0.0,
        gamma_ramp_warm=0.0,
    )
    grid = GridParams(spacing_s=0.002, coarse_s=0.008)
    delay = EnergyDelayParams(backwards=True)
    events = EventParams(0.0, 0.0)
    return EdgeParams(rise=rise, delay=delay, early_s=0.0, before_s=1.2, events=events, grid=grid)


def offset_posterior(
    x: FloatArray,
    valid: BoolArray,
    energy: FloatArray,
    burst: tuple[int, int],
    r_rest_before: FloatArray,
    *,
    t0_s: float,
    rate_hz: float,
    bursts: BurstParams,
    edge: EdgeParams,
) -> OnsetPosterior | None:
    """Return the posterior of the end of a burst, None when less than 200 ms follow it.

    Parameters
    ----------
    x, valid, energy
        ``(n_samples,)`` conditioned signal, mask and relative energy.
    burst
        Coarse start and end, samples.
    r_rest_before
        Rest before the burst: used when too little rest follows it.
    """
    n = len(x)
    quiet = round(bursts.quiet_s * rate_hz)
    if n - burst[1] < quiet:
        return None
    back_x, back_valid, back_energy = x[::-1], valid[::-1], energy[::-1]
    bout = Bout(n - burst[1], n - burst[0], 0.0)
    guard = round(bursts.rest_guard_s * rate_hz)
    rest = slice(max(0, bout.start - guard - round(bursts.rest_s * rate_hz)), bout.start - guard)
    r_rest = r_rest_before
    if rest.stop - rest.start >= round(bursts.rest_after_s * rate_hz):
        r_rest = rest_stats(back_x[rest], back_valid[rest], rate_hz, bursts).autocov
    r_burst = burst_autocovariance(back_x, back_valid, back_energy, bout, rate_hz, bursts)
    if r_rest[0] <= 0.0 or r_burst[0] <= r_rest[0]:
        return None
    order = len(r_rest) - 1
    first = max(order, bout.start - round(edge.before_s * rate_hz))
    # Tone after the burst can put the coarse end late: search on to where the plateau begins.
    reached = plateau(back_energy, bout, rate_hz, bursts)[0]
    last = min(n, max(bout.start + round(edge.after_s * rate_hz), reached))
    stop = min(n, last + round(edge.data_after_s * rate_hz), bout.stop)
    back = edge_posterior(
        back_x,
        back_valid,
        edge_model(r_rest, r_burst, edge),
        (first, min(last, stop)),
        stop,
        t0_s=0.0,
        rate_hz=rate_hz,
        params=edge,
        rest_start=max(order, rest.start),
    )
    newest = t0_s + (n - 1) / rate_hz
    latest = newest - back.t0_s - (len(back.p) - 1) * back.step_s
    return OnsetPosterior(latest, back.step_s, back.p[::-1].copy(), back.log_bayes)

"""The square wave of self-test 2: amplitude, period, order of the channels.

Source: wire_protocol.md section 6.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firingorder.firmware_bridge.conformance.ledger import Ledger

#: Section 6: amplitude within 5 %. The wave itself is the device's: +-1 mV in an ADS1298
#: (SBAS459: 2.4 V / 2400), so channels are held against each other and against this.
AMPLITUDE_UV = 1000.0
TOLERANCE = 0.05
#: Samples this near to an edge are left out: filters ring there (63 taps at 2 kHz span 31 ms).
_EDGE_S = 0.05
#: Two edges of one wave differ by a sample on either side.
_PERIOD_SAMPLES = 2.0


def judge_square(ledger: Ledger, uv: NDArray[np.float64], rate_hz: float) -> None:
    """Judge microvolts ``(n, channels)`` of a square wave."""
    clause = "selftest.square"
    amplitudes: list[float] = []
    periods_s: list[float] = []
    rises_s: list[float] = []
    for channel in range(uv.shape[1]):
        values = uv[:, channel] - (uv[:, channel].max() + uv[:, channel].min()) / 2.0
        high = values > 0.0
        rises = np.flatnonzero(~high[:-1] & high[1:]) + 1
        edges = np.flatnonzero(high[:-1] != high[1:]) + 1
        if len(rises) < 2:
            ledger.bad(clause, f"channel {channel} has {len(rises)} rising edges, 2 are needed")
            continue
        far = _far_from(edges, len(values), round(_EDGE_S * rate_hz))
        amplitude = (values[far & high].mean() - values[far & ~high].mean()) / 2.0
        amplitudes.append(float(amplitude))
        steps = np.diff(rises)
        periods_s.append(float(steps.mean()) / rate_hz)
        rises_s.append(float(rises[0]) / rate_hz)
        ledger.judge(
            clause,
            ok=bool(abs(amplitude / AMPLITUDE_UV - 1.0) <= TOLERANCE)
            and bool(steps.max() - steps.min() <= _PERIOD_SAMPLES),
            words=f"channel {channel} has an amplitude of {amplitude:.0f} uV and periods of"
            f" {steps.min()} to {steps.max()} samples; {AMPLITUDE_UV:.0f} uV within 5 % and equal"
            " periods are right",
        )
    if not amplitudes:
        return
    _judge_order(ledger, rises_s, periods_s)
    order = "all at once" if max(rises_s) - min(rises_s) < 2.0 / rate_hz else "one by one"
    ledger.measure(
        clause,
        f"{min(amplitudes):.0f} to {max(amplitudes):.0f} uV, period {np.mean(periods_s):.3f} s,"
        f" channels {order}",
    )


def _far_from(edges: NDArray[np.intp], size: int, distance: int) -> NDArray[np.bool_]:
    far = np.ones(size, dtype=np.bool_)
    for edge in edges:
        far[max(0, edge - distance) : edge + distance] = False
    return far


def _judge_order(ledger: Ledger, rises_s: list[float], periods_s: list[float]) -> None:
    """Compare where the channels rise: all at once, or each one after its left neighbour."""
    period_s = float(np.mean(periods_s))
    ledger.judge(
        "selftest.square",
        ok=max(periods_s) - min(periods_s) <= TOLERANCE * period_s,
        words=f"the channels have periods of {min(periods_s):.3f} to {max(periods_s):.3f} s",
    )
    steps = [(b - a) % period_s for a, b in pairwise(rises_s)]
    # A step just below a whole period is one just below zero.
    steps = [step - period_s if step > 0.75 * period_s else step for step in steps]
    ledger.judge(
        "selftest.square",
        ok=not steps or max(steps) - min(steps) <= TOLERANCE * period_s,
        words="the channels do not rise in their order: from one to the next it takes "
        + ", ".join(f"{1e3 * step:.0f}" for step in steps)
        + " ms",
    )

"""Which channels move right now: tap or squeeze, and the row that moves lights up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.gui.view_models.strip_ring import StripWindow

#: The newest stretch that is held against the quiet of the window.
NEW_S = 0.25
#: Quiet is the envelope that a fifth of the window stays under: a squeeze takes less than the rest.
QUIET_SHARE = 0.2
#: 12 dB over its own quiet: two above the gate of an onset (10 dB). A proposal.
MOVES_RATIO = 4.0
#: A neighbour that picks up a part of it moves less; this share of the most counts as well.
#: A proposal.
ALIKE_SHARE = 0.6
#: Below this many columns of quiet nothing is compared.
LEAST_COLUMNS = 40


def moving_channels(window: StripWindow) -> tuple[int, ...]:
    """Return the columns of the channels that move most, none while everything is quiet."""
    envelope = window.envelope_uv
    new = max(1, round(NEW_S / window.bin_s))
    known = ~np.isnan(envelope).any(axis=0)
    if int(known.sum()) < LEAST_COLUMNS + new:
        return ()
    newest = envelope[:, -new:]
    if np.isnan(newest).any():
        return ()
    quiet = np.quantile(envelope[:, known], QUIET_SHARE, axis=1)
    level = newest.mean(axis=1)
    ratio = np.divide(level, quiet, out=np.zeros_like(level), where=quiet > 0.0)
    most = float(ratio.max())
    if most < MOVES_RATIO:
        return ()
    moving = np.flatnonzero(ratio >= max(MOVES_RATIO, ALIKE_SHARE * most))
    return tuple(int(column) for column in moving)

"""Plots of the bursts whose interval does not reach into the marked one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.real.tang2022 import RATE_HZ, STAND_IN, Comparison, channel_uv

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.session.results import Analysis

#: The eye marked on these scales: 3 % and 15 % of the burst's peak.
SCALES = (0.03, 0.15)
BEFORE_S, AFTER_S = 0.45, 0.25


def plot_misses(
    compared: list[Comparison], folder: Path, result: Analysis, target: Path
) -> list[Path]:
    """Draw every burst without overlap; return the pictures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph as pg

    app = pg.mkQApp()
    paths: list[Path] = []
    for one in compared:
        if one.overlaps:
            continue
        raw_uv = channel_uv(folder, one.channel)
        start = round((one.marked_s[0] - BEFORE_S) * RATE_HZ)
        stop = round((one.marked_s[1] + AFTER_S) * RATE_HZ)
        t_s = np.arange(start, stop) / RATE_HZ
        peak_uv = float(np.abs(raw_uv[start : stop + round(0.5 * RATE_HZ)]).max())
        widget: Any = pg.GraphicsLayoutWidget(show=False, size=(1400, 700))
        widget.setBackground("w")
        for row, scale in enumerate(SCALES):
            plot = widget.addPlot(row=row, col=0, title=_title(one, result) if row == 0 else None)
            plot.plot(t_s, raw_uv[start:stop], pen=pg.mkPen("#34495E"))
            plot.setYRange(-scale * peak_uv, scale * peak_uv)
            plot.setLabel("left", "raw, uV")
            plot.addItem(pg.LinearRegionItem(one.marked_s, brush=(0, 121, 92, 60), movable=False))
            plot.setLabel("bottom", "s   green: marked by eye, red: 95 % interval found")
            if one.found_s is not None:
                found = (one.found_s[0], one.found_s[2])
                plot.addItem(pg.LinearRegionItem(found, brush=(163, 32, 11, 60), movable=False))
        widget.show()
        app.processEvents()
        path = target / f"miss_{one.channel}_lift{one.repetition:02d}.png"
        widget.grab().save(str(path))
        widget.close()
        paths.append(path)
    return paths


def _title(one: Comparison, result: Analysis) -> str:
    reps = result.repetitions
    rep = reps[one.repetition - 1] if one.repetition <= len(reps) else None
    pair = None
    if rep is not None:
        mine = STAND_IN[one.channel]
        pair = next((p for p in rep.pairs if mine in (p.a, p.b) and p.reason is not None), None)
    why = "" if one.found_s is not None or pair is None else f" no onset: {pair.reason}"
    return f"channel {one.channel}, lift {one.repetition}{why} (Tang et al. 2022, MIT)"

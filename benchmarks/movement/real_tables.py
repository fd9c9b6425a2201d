"""The tables of real recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.movement.rates import NOTHING, error_text, rate_text, share_text, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.movement.recorded import Control, Recorded, WalkScore


def real(known: Recorded | None) -> str:
    """Return everything that real recordings show."""
    if known is None:
        return "Not run.\n"
    parts: list[str] = []
    if known.missing:
        parts.append(f"Not on this machine: {', '.join(known.missing)}.\n")
    if known.walks:
        parts += [_WALKS, _walks(known.walks) + "\n", _VERDICT]
    if known.controls:
        parts += [_CONTROLS, _controls(known.controls)]
    if known.lifts is not None:
        one = known.lifts
        parts.append(
            f"**EMG alone.** One person lifts a weight {one.lifts} times in {one.seconds:.0f} s "
            "(tang2022; four channels, muscles not named, here under stand-in names): "
            f"{one.found} found, {one.scored} of them scored, {one.extra} others scored. "
            "Start against the eye's mark of the first muscle: "
            f"{error_text(one.starts_ms)} ms (median / median of the absolute error / 95 %).\n"
        )
    return "\n".join(parts)


_WALKS = """**Walking** (mobgap example data, sensor on the lower back, two people without
complaints; foot contacts by the first reference system that has any). The segmenter of the
product's walking exercise, steps from contact to contact; *counted* are those it scores (a step
in a sharp turn is kept and not counted).
"""
_VERDICT = """Straight walks are found whole. In the long tests with turns and furniture the
second person's reference has gaps, so what is told there and not in it may be right; nothing
decides that. Two people, one of them with a reference to trust, are too few to call walking
tested on people.
"""
_CONTROLS = """**Movements that are none of these**: scored repetitions an hour (upper end of
the 95 % interval) of one exercise for each way of following the pelvis. A board with a sensor,
turned, carried and knocked about by hand (BROAD, three recordings), is no pelvis that rests in
a start pose, yet any large turn out of a rest and back is a lift to a sensor; a walking person
with a sensor whose mounting is not known (Xsens, one person, 25 s).
"""


def _walks(walks: Sequence[WalkScore]) -> str:
    rows: list[tuple[str, ...]] = []
    for one in walks:
        rows.append((one.person, one.trial, *_cells(one)))
    return table(
        ("person", "trial", "contacts found %", "of those told right %", "off by, ms",
         "found and counted %", "of those counted right %"),
        rows,
    )  # fmt: skip


def _cells(one: WalkScore) -> tuple[str, ...]:
    return (
        share_text(one.found, one.contacts),
        share_text(min(one.found, one.told), one.told),
        error_text(one.errors_ms),
        share_text(one.counted_found, one.contacts),
        share_text(min(one.counted_found, one.counted), one.counted),
    )


def _controls(controls: Sequence[Control]) -> str:
    exercises = list(dict.fromkeys(one.exercise for one in controls))
    recordings = list(dict.fromkeys(one.recording for one in controls))
    rows: list[tuple[str, ...]] = []
    for name in recordings:
        known = {one.exercise: one for one in controls if one.recording == name}
        seconds = float(np.max([one.seconds for one in known.values()]))
        cells = [
            rate_text(known[exercise].scored, seconds) if exercise in known else NOTHING
            for exercise in exercises
        ]
        rows.append((name, f"{seconds:.0f} s", *cells))
    return table(("recording", "length", *(f"`{one}`" for one in exercises)), rows) + "\n"

"""Whether the pelvis lies, kneels, sits or stands as the task asks: by the direction of gravity.

Wide limits on purpose: they tell lying from standing, not good posture from bad. Sensors sit up to
10 degrees off their nominal place, people sit with a pelvis rolled back by 30 degrees or more.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from firingorder.signal.orientation import angle_between_deg

if TYPE_CHECKING:
    from firingorder.signal.orientation import Vector

_HALF = math.sqrt(0.5)
#: The vertical in the pelvis frame (x forward, y left, z up along the spine) by the first words of
#: a record's position: on the back the front looks up, face down and on hands and knees it looks
#: at the floor. On the side either side may be up; that is left to the working side.
_VERTICAL: tuple[tuple[str, Vector], ...] = (
    ("supine", (1.0, 0.0, 0.0)),
    ("prone", (-1.0, 0.0, 0.0)),
    ("hands_and_knees", (-1.0, 0.0, 0.0)),
    ("incline", (_HALF, 0.0, _HALF)),
    ("bench", (_HALF, 0.0, _HALF)),
    ("sit", (0.0, 0.0, 1.0)),
    ("stand", (0.0, 0.0, 1.0)),
    ("split", (0.0, 0.0, 1.0)),
    ("upright", (0.0, 0.0, 1.0)),
    ("walk", (0.0, 0.0, 1.0)),
)


def expected_vertical(position: str) -> Vector | None:
    """Return where up is in the pelvis frame in a position of a record; None: not known."""
    return next((up for name, up in _VERTICAL if position.startswith(name)), None)


def on_the_side(position: str) -> bool:
    """Tell whether the position is lying on one side."""
    return position.startswith("side")


def off_position_deg(position: str, up: Vector) -> float:
    """Return how far the vertical is from that of the position; 0 where none is expected."""
    if on_the_side(position):
        return min(angle_between_deg(up, (0.0, y, 0.0)) for y in (1.0, -1.0))
    expected = expected_vertical(position)
    return 0.0 if expected is None else angle_between_deg(expected, up)

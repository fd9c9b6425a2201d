"""What people do between repetitions: talk, fidget, scratch, and change their posture.

Sizes are orders of magnitude of ordinary restlessness, not measurements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.simulation.bursts import Burst
from firingorder.simulation.exercises.courses import FORMS, Axis, Stroke
from firingorder.simulation.exercises.postures import POSTURES, Posture
from firingorder.simulation.exercises.score import Push
from firingorder.simulation.exercises.truth import TrueEvent
from firingorder.simulation.person import ALL_EIGHT

if TYPE_CHECKING:
    from firingorder.simulation.exercises.athlete import Athlete
    from firingorder.simulation.exercises.score import Score
    from firingorder.simulation.exercises.truth import EventKind

#: Strokes, degrees and seconds of each kind, and how hard muscles help.
FIDGET = ((3, 7), (2.0, 9.0), (0.25, 0.8), (0.05, 0.25))
TALK = ((4, 9), (0.2, 0.9), (0.4, 0.9), (0.01, 0.05))
SCRATCH = ((2, 4), (1.0, 3.5), (0.3, 0.7), (0.03, 0.12))
STYLES: dict[str, tuple[tuple[int, int], tuple[float, float], tuple[float, float],
                        tuple[float, float]]] = {
    "fidget": FIDGET, "talk": TALK, "scratch": SCRATCH,
}  # fmt: skip
#: Where one ends up afterwards: not quite where one was.
LEFTOVER_DEG = 0.5
TURN_S = (1.8, 3.0)
AWAY_S = (4.0, 8.0)
#: A start pose is taken up again within some degrees.
POSE_AGAIN_DEG = 3.0
HEADING_AGAIN_DEG = 8.0
#: Turning over takes a good part of what one has.
TURN_EFFORT = (0.10, 0.45)
#: One of the three pushes of a knock.
KNOCK_S = 0.10
_ROTATIONS: tuple[Axis, ...] = ("obliquity", "tilt", "rotation")


class Chatterer:
    """Makes a person restless: notes go into the score, events are returned for the truth."""

    def __init__(self, score: Score, athlete: Athlete) -> None:
        self._score = score
        self._athlete = athlete

    def restless(self, kind: EventKind, at_s: float, rng: np.random.Generator) -> TrueEvent:
        """Talk, fidget or scratch from ``at_s`` on."""
        count, sizes_deg, lasts_s, efforts = STYLES[kind]
        place = dict.fromkeys(_ROTATIONS, 0.0)
        t_s = at_s
        strokes = int(rng.integers(count[0], count[1] + 1))
        for k in range(strokes):
            axis = _ROTATIONS[int(rng.integers(3))]
            last = k == strokes - 1
            goal = 0.0 if last else rng.uniform(*sizes_deg) * (1 if rng.uniform() < 0.5 else -1)
            t_s = self._stroke(axis, t_s, goal - place[axis], rng.uniform(*lasts_s), rng)
            place[axis] = goal
        # Everything back to about where it was.
        end_s = t_s
        for axis in _ROTATIONS:
            left = rng.uniform(-LEFTOVER_DEG, LEFTOVER_DEG)
            end_s = max(end_s, self._stroke(axis, t_s, left - place[axis], 0.6, rng))
        self._help(at_s, end_s, efforts, rng)
        if kind != "talk":
            self._knock(at_s, end_s, rng)
        return TrueEvent(kind, at_s, end_s)

    def turn(
        self, at_s: float, to: Rotation, rng: np.random.Generator, *, effort: float = 1.0
    ) -> float:
        """Turn the body to another pose and return when that is over."""
        end_s = at_s + rng.uniform(*TURN_S)
        self._score.postures.turn(at_s, end_s, to)
        low, high = TURN_EFFORT
        self._help(at_s, end_s, (effort * low, effort * high), rng)
        self._knock(at_s, end_s, rng)
        return end_s

    def change_posture(
        self, at_s: float, home: Rotation, between: Posture, rng: np.random.Generator
    ) -> tuple[TrueEvent, float]:
        """Get up (or walk about), stay for a while, and come back to about the same pose."""
        there_s = self.turn(at_s, POSTURES[between], rng)
        stays_s = rng.uniform(*AWAY_S)
        self.restless("fidget", there_s + 0.5, rng)
        back_s = there_s + max(stays_s, 6.5)
        end_s = self.turn(back_s, pose_again(home, rng), rng)
        return TrueEvent("change_posture", at_s, end_s, between), end_s

    def _stroke(
        self, axis: Axis, at_s: float, change: float, lasts_s: float, rng: np.random.Generator
    ) -> float:
        form = FORMS[int(rng.integers(len(FORMS)))]
        self._score.move(Stroke(axis, at_s, at_s + lasts_s, change, form))
        return at_s + lasts_s

    def _help(
        self,
        from_s: float,
        to_s: float,
        efforts: tuple[float, float],
        rng: np.random.Generator,
    ) -> None:
        for channel in ALL_EIGHT:
            # Now this muscle, now that one.
            t_s = from_s + rng.uniform(0.0, 0.5)
            while t_s < to_s - 0.2:
                end_s = min(t_s + rng.uniform(0.3, 1.2), to_s)
                if rng.uniform() < 0.6:
                    level_db = self._athlete.maximum_db[channel]
                    level_db += 20.0 * float(np.log10(rng.uniform(*efforts)))
                    rise_s = 0.3 * (end_s - t_s)
                    self._score.bursts.append(
                        Burst(channel, t_s, rise_s, "cosine", end_s, rise_s, level_db)
                    )
                t_s = end_s + rng.uniform(0.1, 0.8)

    def _knock(self, from_s: float, to_s: float, rng: np.random.Generator) -> None:
        for _ in range(int(rng.integers(1, 4))):
            x, y, z = (float(v) for v in rng.uniform(-2.0, 2.0, 3))
            at_s = rng.uniform(from_s, max(from_s, to_s - 0.3))
            # To and fro: whoever is knocked about is where they were, and at rest, afterwards.
            for k, share in enumerate((0.5, -1.0, 0.5)):
                size = (share * x, share * y, share * z)
                self._score.shake(Push(at_s + k * KNOCK_S, size, KNOCK_S))


def pose_again(home: Rotation, rng: np.random.Generator) -> Rotation:
    """Return a pose within some degrees, and facing a little elsewhere."""
    wrong = Rotation.from_rotvec(np.deg2rad(rng.uniform(-POSE_AGAIN_DEG, POSE_AGAIN_DEG, 3)))
    angle = np.deg2rad(rng.uniform(-HEADING_AGAIN_DEG, HEADING_AGAIN_DEG))
    heading = Rotation.from_rotvec([0.0, 0.0, float(angle)])
    return heading * home * wrong


def pick(rng: np.random.Generator) -> EventKind:
    """Draw how somebody is restless."""
    kinds = ("talk", "talk", "fidget", "scratch")
    return cast("EventKind", kinds[int(rng.integers(len(kinds)))])

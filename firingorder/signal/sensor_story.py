"""What a result must say about its pelvis sensor, and which angles must not be told.

An angle over samples that cannot be believed, or from a start that is not the position of the
exercise, would be a number that looks right: it is taken out of the repetition, and a sentence
says why and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.signal.orientation import vertical
from firingorder.signal.start_position import off_position_deg, on_the_side

if TYPE_CHECKING:
    from firingorder.signal.orientation import Vector
    from firingorder.signal.repetitions import RepetitionEnd
    from firingorder.signal.sensor_state import SensorState
    from firingorder.signal.task import TaskSpec

#: By the field of :class:`SensorState`.
_WORDS = {
    "saturated": (
        "The pelvis sensor came to the end of its range. Repetitions meanwhile do not count or "
        "have no angles: set a wider range on it."
    ),
    "stuck": (
        "The pelvis sensor sent the same sample again and again. Repetitions meanwhile do not "
        "count or have no angles: look at its cable, or bring it nearer to the computer."
    ),
    "time_jumped": (
        "The time of the pelvis sensor jumped. Repetitions meanwhile do not count or have no "
        "angles: bring it nearer to the computer."
    ),
    "rate_wrong": (
        "The pelvis sensor sends another number of samples a second than it says. Its angles are "
        "too large or too small: mend its rate in the file, or its setting."
    ),
    "gravity_wrong": (
        "The pelvis sensor does not measure gravity as it is, so no angles are told: calibrate it, "
        "or take another one."
    ),
    "bias_wrong": (
        "The pelvis sensor turns by its own account while it lies still: lay it on a table for ten "
        "seconds, or take another one."
    ),
    "loose": "The pelvis sensor rattled, so its angles may be off: tighten the belt.",
}


@dataclass(frozen=True, slots=True)
class SensorStoryParams:
    """Limits of the direction of gravity at the start of a repetition. Proposals."""

    position_deg: float = 60.0
    """As for the position of a movement out and back (driven.py)."""
    upside_down_deg: float = 120.0
    """As for the light of the sensor (signal_check_params.py)."""


class SensorStory:
    """Collects over a session; ``sentences`` tells it."""

    def __init__(self, task: TaskSpec, params: SensorStoryParams | None = None) -> None:
        self._task = task
        self._params = params or SensorStoryParams()
        self._seen: dict[str, bool] = dict.fromkeys(_WORDS, False)
        self._up: Vector | None = None
        self._repetitions = self._doubtful = self._elsewhere = self._over = self._other_side = 0

    def look(self, state: SensorState) -> None:
        """Take what is known of the sensor now."""
        for name, before in self._seen.items():
            self._seen[name] = before or bool(getattr(state, name))
        self._up = state.up or self._up

    def ended(self, end: RepetitionEnd, *, doubtful: bool) -> RepetitionEnd:
        """Return a repetition without angles where they cannot be believed."""
        self._repetitions += 1
        self._doubtful += doubtful
        where = "" if end.start_pose is None else self._where(vertical(end.start_pose))
        self._elsewhere += where == "elsewhere"
        self._over += where == "over"
        self._other_side += where == "other_side"
        if doubtful or where:
            return replace(end, pelvis=None, start_pose=None)
        return end

    def sentences(self) -> tuple[str, ...]:
        """Return what there is to say, each with what to do."""
        said = [words for name, words in _WORDS.items() if self._seen[name]]
        n, task = self._repetitions, self._task.name
        if self._over or (not n and self._up is not None and self._where(self._up) == "over"):
            said.append(
                "The pelvis sensor was upside down, or the person the other way round: no angle is "
                "told then. Turn the sensor round, its arrow points to the head."
            )
        if self._elsewhere:
            said.append(
                f"In {self._elsewhere} of {n} repetitions the pelvis was not in the position of "
                f"{task}, or its sensor sat turned: their angles are left out. Put the sensor flat "
                "on the sacrum, its arrow to the head, or calibrate how it sits."
            )
        if self._other_side:
            said.append(
                f"In {self._other_side} of {n} repetitions of {task} the person lay on the other "
                f"side than for the {self._task.working_side} one, or the sensor was upside down: "
                "their angles are left out. Say the other --side if it was meant."
            )
        return tuple(said)

    def _where(self, up: Vector) -> str:
        """Return "" where the start is as it should be, else what it is instead."""
        off_deg = off_position_deg(self._task.position, up)
        if off_deg > self._params.upside_down_deg:
            return "over"
        if off_deg > self._params.position_deg:
            return "elsewhere"
        return "other_side" if on_the_side(self._task.position) and self._mirrored(up) else ""

    def _mirrored(self, up: Vector) -> bool:
        """Tell whether the other side of the pelvis is up than the task asks for.

        The working side lies on top, in a plank below (exercises.md section 1).
        """
        left_up = (self._task.working_side == "left") != (self._task.template == "BALANCE")
        return self._task.working_side != "both" and (up[1] > 0.0) != left_up

"""From the state of the wizard to the picture of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.calibration.view import ChannelRow, WizardView
from firingorder.calibration.words import instruction, said, title, unit
from firingorder.signal.orientation import angle_between_deg, vertical

if TYPE_CHECKING:
    from firingorder.calibration.evaluation import Measured
    from firingorder.calibration.plan import Step, WizardParams
    from firingorder.calibration.reference import Attempt
    from firingorder.calibration.view import Command, StepState
    from firingorder.samples import FloatArray
    from firingorder.signal.orientation import Quaternion, Vector

#: Before anything was measured, the bar is full at this much over rest (20 dB: a clear burst).
FIRST_FULL = 10.0
#: A usual bridge turns the pelvis by 15 degrees and more (exercise_bridge.md section 2).
FULL_LIFT_DEG = 15.0


class Levels:
    """The live bar: newest RMS of each channel, the most of this step, and the turn of the hips."""

    def __init__(self, n_channels: int) -> None:
        self._n = n_channels
        self.reset()

    def reset(self) -> None:
        """Begin a step."""
        self.rms_uv = np.zeros(self._n)
        self.most_uv = np.zeros(self._n)
        self.turn_deg = 0.0
        self.most_deg = FULL_LIFT_DEG
        self._from: Vector | None = None

    def update(self, power_uv2: FloatArray, quat: FloatArray | None, *, measuring: bool) -> None:
        """Take the newest power, ``(n_channels,)``, and pose, ``(4,)``."""
        self.rms_uv = np.sqrt(np.where(np.isnan(power_uv2), 0.0, power_uv2))
        if measuring:
            self.most_uv = np.maximum(self.most_uv, self.rms_uv)
        if quat is not None:
            w, x, y, z = quat.tolist()
            pose: Quaternion = (w, x, y, z)
            now = vertical(pose)
            if self._from is None:
                self._from = now
            self.turn_deg = angle_between_deg(self._from, now)
            self.most_deg = max(self.most_deg, self.turn_deg)


@dataclass(frozen=True, slots=True)
class Showing:
    """What the view is made of; ``columns`` are those the step is about right now."""

    index: int
    state: StepState
    said: str
    trial: int
    trials: int
    remaining_s: float | None
    total_s: float
    names: tuple[str, ...]
    columns: tuple[int, ...]
    levels: Levels
    measured: Measured
    attempts: tuple[Attempt, ...]
    reasons: tuple[str, ...]
    notes: dict[int, str]
    allowed: frozenset[Command]


def show(s: Showing, plan: tuple[Step, ...], params: WizardParams) -> WizardView:
    """Return the picture."""
    step = plan[s.index]
    key = "done" if s.state == "done" else step.key
    full = [_full_uv(s, step, k) for k in range(len(s.names))]
    rows = tuple(_row(s, step, k, full[k]) for k in range(len(s.names)))
    level = max((rows[k].level for k in s.columns), default=0.0)
    if step.kind == "bridges":
        level = min(1.0, s.levels.turn_deg / s.levels.most_deg)
    voice_key, voice_text = _voice(s)
    return WizardView(
        step=key,
        number=s.index + 1,
        total=len(plan),
        state=s.state,
        title=title(key),
        instruction=instruction(key, params.effort),
        voice_key=voice_key,
        voice_text=voice_text,
        remaining_s=s.remaining_s,
        total_s=s.total_s,
        trial=s.trial,
        trials=s.trials,
        level=level,
        target=_target(s, full, params),
        reasons=s.reasons,
        rows=rows,
        can_start="start" in s.allowed,
        can_keep="keep" in s.allowed,
        can_redo="redo" in s.allowed,
        can_skip="skip" in s.allowed,
        can_back="back" in s.allowed,
        can_swap="swap" in s.allowed,
        effort=unit(params.effort),
    )


def _voice(s: Showing) -> tuple[str, str]:
    if s.state in ("review", "rejected") and s.reasons:
        begin = "Good. " if s.state == "review" else ""
        return f"{s.said}.{s.index}.{s.reasons[0]}", begin + s.reasons[0]
    return s.said, said(s.said)


def _rest_uv(s: Showing, column: int) -> float:
    rest = None if s.measured.rest is None else s.measured.rest.rest_uv[column]
    return 0.0 if rest is None else rest


def _best_uv(s: Showing, column: int) -> float:
    values = [v for one in s.attempts if (v := one.values_uv[column]) is not None]
    return max(values, default=0.0)


def _full_uv(s: Showing, step: Step, column: int) -> float:
    """Return at which RMS the bar is full: the best so far."""
    best = _best_uv(s, column)
    if best > 0.0:
        return max(best, float(s.levels.most_uv[column]))
    first = 0.0 if step.kind == "rest" else FIRST_FULL * _rest_uv(s, column)
    return max(first, float(s.levels.most_uv[column]))


def _target(s: Showing, full: list[float], params: WizardParams) -> float | None:
    """Return where the bar should come to: the mean of the tries, or the best of hard ones."""
    shares: list[float] = []
    for k in s.columns:
        values = [v for one in s.attempts if (v := one.values_uv[k]) is not None]
        if values and full[k] > 0.0:
            goal = max(values) if params.effort == "maximal" else float(np.mean(values))
            shares.append(goal / full[k])
    return max(shares) if shares else None


def _row(s: Showing, step: Step, column: int, full_uv: float) -> ChannelRow:
    rest_uv, rms_uv = _rest_uv(s, column), float(s.levels.rms_uv[column])
    net_uv = math.sqrt(max(0.0, rms_uv**2 - rest_uv**2))
    note = s.notes.get(column, "")
    value = _value(s, step, column)
    return ChannelRow(
        name=s.names[column],
        asked=column in s.columns,
        level=min(1.0, net_uv / full_uv) if full_uv > 0.0 else 0.0,
        value_uv=value,
        state="refused" if note else ("idle" if value is None else "measured"),
        note=note,
    )


def _value(s: Showing, step: Step, column: int) -> float | None:
    """Return what the step measured of a channel so far, as it is shown beside the channel."""
    if step.kind == "rest":
        return None if s.measured.rest is None else s.measured.rest.rest_uv[column]
    if step.kind != "reference":
        return None
    known = s.measured.references.get(step.key)
    if known is not None:
        return known[2].values_uv[column]
    return _best_uv(s, column) or None

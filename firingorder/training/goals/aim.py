"""What a set is held against: which measure, of which muscles, and the target if there is one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from firingorder.signal.metrics.level import reference_gate
from firingorder.signal.metrics.record import MetricsParams
from firingorder.training.programmes.records import Target

if TYPE_CHECKING:
    from firingorder.signal.reference import PersonalReference
    from firingorder.signal.task import TaskSpec, Template
    from firingorder.training.programmes.records import Measure, PlannedSet, SetKind

Side = Literal["both", "left", "right"]

UNITS: dict[Measure, str] = {
    "lead_ms": "ms", "level_percent": "%", "hold_share": "1", "time_to_quiet_s": "s",
    "rest_percent": "%", "symmetry_percent": "%", "hamstring_share": "1",
    "ramp_error_percent": "%", "isolation_share": "1", "reaction_ms": "ms",
    "absorb_percent": "%", "flexion_relaxation": "1",
}  # fmt: skip
#: Measures of which less is what is aimed at; a level is one of them in the mode "yield".
LESS: frozenset[Measure] = frozenset(
    {"time_to_quiet_s", "rest_percent", "hamstring_share", "ramp_error_percent", "reaction_ms"}
)
#: Limits of the fault dictionary (faults.yaml), where a kind of set has one of its own.
REACTION_MS, TRACK_PERCENT, QUIET_S, HOLD_SHARE, CROSS_PERCENT = 2000.0, 15.0, 3.0, 0.8, 20.0
_OF_KIND: dict[SetKind, Measure] = {
    "find_it": "reaction_ms", "ramp": "ramp_error_percent", "isolation": "isolation_share",
    "release": "time_to_quiet_s", "return_bend": "lead_ms", "smallest_range": "level_percent",
}  # fmt: skip
_LIMITS: dict[SetKind, Target] = {
    "find_it": Target("reaction_ms", None, REACTION_MS, "product"),
    "ramp": Target("ramp_error_percent", None, TRACK_PERCENT, "product"),
    "release": Target("time_to_quiet_s", None, QUIET_S, "product"),
}
#: Kinds that only look: whatever is aimed at elsewhere, here nothing is held against it.
LOOKS_ONLY: frozenset[SetKind] = frozenset({"screen", "transfer"})
_GLUTES = ("gluteus_maximus", "gluteus_medius")
#: The windows of a level, by template: the first that was found counts (metrics.md section 2).
_WINDOWS: dict[Template, tuple[str, ...]] = {
    "PITCH_LIFT": ("top", "lift"), "STILL_LIMB": ("top", "lift"), "CUED_HOLD": ("hold",),
    "HINGE": ("up",), "STEP": ("stance",), "BALANCE": ("steady",), "IMPACT": (),
}  # fmt: skip
_QUIET_WINDOWS: dict[Template, tuple[str, ...]] = {**_WINDOWS, "HINGE": ("bottom", "down")}


@dataclass(frozen=True, slots=True)
class Aim:
    """One set's question.

    Attributes
    ----------
    muscle
        The glute that is trained: the first one among the prime muscles of the task.
    target
        Held against; None: own earlier repetitions are what is told.
    hold_band
        Level a hold should keep, percent; None: about its own median.
    """

    planned: PlannedSet
    task: TaskSpec
    channels: tuple[str, ...]
    reference: PersonalReference
    measure: Measure
    muscle: str
    target: Target | None
    hold_band: tuple[float, float] | None = None

    @property
    def unit(self) -> str:
        """Unit of the measure."""
        return UNITS[self.measure]

    @property
    def less(self) -> bool:
        """Whether less is what is aimed at."""
        quiet = self.planned.mode == "yield" and self.planned.kind != "smallest_range"
        return self.measure in LESS or (self.measure == "level_percent" and quiet)

    @property
    def windows(self) -> tuple[str, ...]:
        """Names of the windows of a level, the preferred one first."""
        windows = _QUIET_WINDOWS if self.planned.mode == "yield" else _WINDOWS
        return windows[self.task.template]

    def with_target(self, target: Target | None) -> Aim:
        """Return the same question with another target."""
        return replace(self, target=target)

    def names(self, muscle: str, side: Side) -> tuple[str, ...]:
        """Return the channels of a muscle that are worn, on one side or both."""
        wanted = ("left", "right") if side == "both" else (side,)
        return tuple(name for one in wanted if (name := f"{muscle}_{one}") in self.channels)

    def trained(self, side: Side) -> tuple[str, ...]:
        """Return the channels of the trained glute."""
        return self.names(self.muscle, side)

    def prime(self, side: Side) -> tuple[str, ...]:
        """Return the prime channels worn; where one side is asked for, of that side."""
        found = self.task.prime_channels(self.channels)
        return tuple(name for name in found if side == "both" or name.endswith(side))

    def refused(self, names: tuple[str, ...], *, between: bool = True) -> bool:
        """Tell whether one of these may not be put in percent (or compared with other muscles)."""
        p = MetricsParams()
        return any(
            reference_gate(self.reference, name, p, between=between) is not None for name in names
        )


def aim_of(
    planned: PlannedSet,
    task: TaskSpec,
    channels: tuple[str, ...],
    reference: PersonalReference,
) -> Aim:
    """Return the question of a set."""
    bare = [one.removesuffix("_w").removesuffix("_o") for one in task.prime]
    muscle = next((one for one in bare if one in _GLUTES), "gluteus_maximus")
    target = None if planned.kind in LOOKS_ONLY else planned.target or _LIMITS.get(planned.kind)
    measure = target.measure if target is not None else _measure(planned, task, reference)
    target, band = _hold_band(target)
    return Aim(planned, task, channels, reference, measure, muscle, target, band)


def _hold_band(target: Target | None) -> tuple[Target | None, tuple[float, float] | None]:
    """Return target and level band of a hold.

    A target of ``hold_share`` above 1 is no share of time: it is the level to keep, and the share
    is then the fault dictionary's.
    """
    if target is None or target.measure != "hold_share":
        return target, None
    low, high = target.low, target.high
    if max(low or 0.0, high or 0.0) <= 1.0:
        return target, None
    band = (low or 0.0, float("inf") if high is None else high)
    return Target("hold_share", HOLD_SHARE, None, target.set_by), band


def _measure(planned: PlannedSet, task: TaskSpec, reference: PersonalReference) -> Measure:
    """Return the measure of a set without a target."""
    if planned.kind in _OF_KIND:
        return _OF_KIND[planned.kind]
    if planned.target is not None:
        return planned.target.measure
    if planned.mode == "sequence":
        return "lead_ms"
    if planned.mode == "balance":
        # One leg at a time has nothing to be even with in the same repetition.
        both = planned.side == "both" and task.template not in ("STEP", "BALANCE")
        return "symmetry_percent" if both else "level_percent"
    if planned.mode == "yield":
        return _yield_measure(task, reference)
    if task.template == "IMPACT":
        return "absorb_percent"
    return "level_percent"


def _yield_measure(task: TaskSpec, reference: PersonalReference) -> Measure:
    if task.template == "IMPACT":
        return "absorb_percent"
    if task.template == "CUED_HOLD":
        return "time_to_quiet_s"
    if task.template == "HINGE" and not any(
        one.reference_uv for one in reference.channels.values()
    ):
        return "flexion_relaxation"  # needs no reference
    return "level_percent"

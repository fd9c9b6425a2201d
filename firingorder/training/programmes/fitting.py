"""Whether a target's measure fits kind, mode and exercise: docs/reference/goals.md section 3.

What does not fit would never be reached and never be missed, without anybody being told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from firingorder.training.programmes.items import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.signal.task import Template
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import GoalMode, Item, Measure, SetKind

#: What a kind of set of its own can be held against.
OF_KIND: dict[SetKind, tuple[Measure, ...]] = {
    "find_it": ("reaction_ms",),
    "ramp": ("ramp_error_percent",),
    "isolation": ("isolation_share",),
    "release": ("time_to_quiet_s", "rest_percent"),
    "return_bend": ("lead_ms", "flexion_relaxation"),
    "smallest_range": ("level_percent",),
}
#: What each mode rewards in a set of training; anything else goes another way than the mode.
OF_MODE: dict[GoalMode, tuple[Measure, ...]] = {
    "activate": (
        "level_percent", "hold_share", "isolation_share", "hamstring_share", "absorb_percent",
        "reaction_ms",
    ),
    "sequence": ("lead_ms",),
    "yield": (
        "level_percent", "time_to_quiet_s", "rest_percent", "flexion_relaxation", "absorb_percent",
    ),
    "balance": ("symmetry_percent", "level_percent"),
}  # fmt: skip
_UNITS = ("ms", "s", "percent")
_CUED: tuple[Template, ...] = ("CUED_HOLD",)
#: Templates in whose repetitions a measure is found; the others are found in all.
OF_TEMPLATE: dict[Measure, tuple[Template, ...]] = {
    "level_percent": ("PITCH_LIFT", "STILL_LIMB", "CUED_HOLD", "HINGE", "STEP", "BALANCE"),
    "hold_share": ("PITCH_LIFT", "STILL_LIMB", "CUED_HOLD", "HINGE"),
    "time_to_quiet_s": _CUED,
    "reaction_ms": _CUED,
    "ramp_error_percent": _CUED,
    "symmetry_percent": ("PITCH_LIFT", "STILL_LIMB", "CUED_HOLD", "HINGE"),
    "absorb_percent": ("IMPACT",),
    "flexion_relaxation": ("HINGE",),
}


def misfits(item: Item, exercise: Exercise) -> Iterator[tuple[Literal["stop", "warn"], str, str]]:
    """Yield severity, what is wrong with what to do, and the field to be changed."""
    if item.kind in SILENT:
        return
    ordered = exercise.task.primary_pair is not None
    if item.mode == "sequence" and item.kind == "work" and item.target is None and not ordered:
        yield "stop", f"it asks for no order, so there is no sequence; {_modes(exercise)}.", "mode"
    target = item.target
    if target is None:
        return
    words = measure_words(target.measure)
    fitting = OF_KIND.get(item.kind)
    if fitting is not None:
        if target.measure not in fitting:
            kind = item.kind.replace("_", " ")
            choice = " or ".join(measure_words(one) for one in fitting)
            yield "stop", f"{kind} is not held against {words}; choose {choice}.", "target"
        return
    if target.measure == "ramp_error_percent":
        yield "stop", f"{words} is found where a line is followed; choose the kind ramp.", "target"
    elif target.measure == "lead_ms" and not ordered:
        yield "stop", f"it asks for no order, so there is no {words}; {_other(item)}.", "target"
    elif exercise.task.template not in OF_TEMPLATE.get(target.measure, (exercise.task.template,)):
        yield "stop", f"its repetitions have no {words}; {_other(item)}.", "target"
    elif target.measure == "symmetry_percent" and item.side != "both":
        text = f"{words} needs both sides at once; choose both sides, or another measure."
        yield "stop", text, "target"
    elif target.measure == "isolation_share" and item.side == "both":
        yield "stop", f"{words} needs one side alone; choose a side, or another measure.", "target"
    elif target.measure not in OF_MODE[item.mode]:
        modes = [mode for mode, known in OF_MODE.items() if target.measure in known]
        choice = f"choose {' or '.join(modes)}, or another measure"
        yield "warn", f"{item.mode} does not reward {words}; {choice}.", "target"


def measure_words(measure: Measure) -> str:
    """Return a measure in words: ``time to quiet``."""
    words = measure.split("_")
    return " ".join(words[:-1] if words[-1] in _UNITS else words)


def _other(item: Item) -> str:
    return f"choose {' or '.join(measure_words(one) for one in OF_MODE[item.mode])}, or no target"


def _modes(exercise: Exercise) -> str:
    modes = [mode for mode in exercise.modes if mode not in ("test", "sequence")]
    return f"choose {' or '.join(modes)}" if modes else "do it as a screen or transfer"

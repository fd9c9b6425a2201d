"""What a programme holds, typed. Docs: docs/reference/programmes.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SCHEMA = "firingorder.programme/1"

GoalMode = Literal["activate", "sequence", "yield", "balance"]
#: How a set is done. ``work``: with feedback by its schedule. ``screen``, ``transfer``: a task as
#: it is, without feedback. The others are of their own kind (docs/reference/goals.md).
SetKind = Literal[
    "work", "screen", "transfer", "find_it", "ramp", "isolation", "release", "return_bend",
    "smallest_range",
]  # fmt: skip
Schedule = Literal["concurrent", "faded", "bandwidth", "on_request", "summary", "none"]
#: ``left_then_right``: all sets of one side, then of the other; ``alternate``: sets in turn;
#: ``left_right_both``: left alone, right alone, then together.
SidePlan = Literal["both", "left", "right", "left_then_right", "alternate", "left_right_both"]
SetBy = Literal["therapist", "own_baseline", "product"]
#: Whose a programme is; empty: a file that does not say.
MadeBy = Literal["", "person", "therapist", "product"]
#: What a goal is held against (docs/reference/goals.md).
Measure = Literal[
    "lead_ms", "level_percent", "hold_share", "time_to_quiet_s", "rest_percent",
    "symmetry_percent", "hamstring_share", "ramp_error_percent", "isolation_share", "reaction_ms",
    "absorb_percent", "flexion_relaxation",
]  # fmt: skip
RangeName = Literal["tiny", "small", "medium"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is aimed at. Green and orange only where ``set_by`` is the therapist.

    ``low``, ``high`` bound the band in the unit of the measure; None is open on that side.
    """

    measure: Measure
    low: float | None
    high: float | None
    set_by: SetBy = "therapist"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far an adaptive threshold may go (therapist), and by how much at a time, in percent.

    ``aim`` is the share of repetitions that should reach it.
    """

    low: float
    high: float
    step_percent: float = 5.0
    aim: tuple[float, float] = (0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Item:
    """One exercise of a programme.

    Attributes
    ----------
    exercise
        Its id; a therapist's own copy has an id of its own.
    kind, mode, target
        How its sets are done, what is rewarded, and against what. Without a target the person's
        own earlier repetitions are what is told.
    reps
        Repetitions of each set: ``(6, 4, 2)`` is a pyramid. One for holds that are counted in
        seconds.
    hold_s, tempo_s
        Asked for; None: the person's own pace. ``tempo_s`` is way out, far position, way back.
    rest_s
        Between sets; 0 goes on at once.
    pause_s
        From letting go to the next cue inside a set; None: the person's own pace.
    side
        Which sides, and in which order.
    schedule, band
        When feedback is given; ``band`` is the half-width of ``bandwidth`` in the measure's unit.
    estimate_first
        The person says what they felt before the result is told.
    adaptive
        The threshold follows the person between repetitions; None: it stays.
    range_name
        Of ``smallest_range``: what the therapist calls the range where no sensor measures it.
    note
        For the person, read out before the first set.
    """

    exercise: str
    kind: SetKind = "work"
    mode: GoalMode = "activate"
    target: Target | None = None
    reps: tuple[int, ...] = (10,)
    hold_s: float | None = None
    tempo_s: tuple[float, float, float] | None = None
    rest_s: float = 60.0
    pause_s: float | None = None
    side: SidePlan = "both"
    schedule: Schedule = "faded"
    band: float | None = None
    estimate_first: bool = False
    adaptive: Bounds | None = None
    range_name: RangeName | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Programme:
    """A session's worth of exercises.

    Attributes
    ----------
    retention_reps
        Repetitions without feedback at the beginning and the end of the session; 0: none.
    per_week, track
        How often it is meant, and which weekly track it belongs to ("daily_iso", "sessions").
    pain_policy
        "strict" or "traffic_light"; only a therapist chooses the second.
    exercises
        Therapist's copies that it uses: id and YAML text, so that a programme is whole by itself.
    made_by, brought_by
        The hat in which it was made; the hat in which its file was brought here, empty where a
        therapist did or stands for it. What each means: ownership.py.
    """

    id: str
    name: str
    items: tuple[Item, ...]
    retention_reps: int = 5
    per_week: tuple[int, int] | None = None
    track: str = ""
    pain_policy: Literal["strict", "traffic_light"] = "strict"
    note: str = ""
    exercises: tuple[tuple[str, str], ...] = field(default=())
    made_by: MadeBy = ""
    brought_by: Literal["", "person"] = ""


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set as it will be done: an item of the programme, worked out.

    Attributes
    ----------
    item, set_number, sets
        Index of the item; which of its sets this is, of how many (both sides counted).
    exercise, name
        Id, and the name people read.
    side
        The working side of this set.
    reps
        Asked for.
    feedback
        For each repetition, whether its result is told at once; ``bandwidth`` and ``on_request``
        decide later and have all true.
    retention
        A block without feedback that tests what is kept ("before", "after"); empty: none.
    pause_s
        From letting go to the next cue inside the set; None: the person's own pace.
    rep_s
        How long one repetition with its pause is thought to take: an estimate.
    """

    item: int
    set_number: int
    sets: int
    exercise: str
    name: str
    kind: SetKind
    mode: GoalMode
    target: Target | None
    side: Literal["both", "left", "right"]
    reps: int
    hold_s: float | None
    tempo_s: tuple[float, float, float] | None
    rest_s: float
    schedule: Schedule
    feedback: tuple[bool, ...]
    band: float | None = None
    estimate_first: bool = False
    adaptive: Bounds | None = None
    retention: Literal["", "before", "after"] = ""
    range_name: RangeName | None = None
    note: str = ""
    pause_s: float | None = None
    rep_s: float = 5.0

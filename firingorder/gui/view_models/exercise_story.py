"""What there is to read about an exercise, in plain words and in order; nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.programme_words import (
    EVIDENCE,
    MODE_HINTS,
    MODES,
    dose_source,
    plain_code,
    sides_words,
    source_words,
)
from firingorder.report.wording import muscle_title, split_channel
from firingorder.signal.pose_segmenter import needs_sensor
from firingorder.training.exercises.copies import base_of
from firingorder.training.faults import load_faults
from firingorder.training.safety.ladder import steps_from, steps_to
from firingorder.training.safety.progression import is_open, ticks
from firingorder.training.words import dose_words, tested_on_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.signal.task import Template
    from firingorder.training.exercises.copies import Exercises
    from firingorder.training.exercises.records import (
        Exercise,
        Position,
        ReferenceOrder,
        Sensor,
        View,
    )
    from firingorder.training.safety.facts import SafetyFacts
    from firingorder.training.safety.ladder import Step

#: ``tick`` and ``open`` are conditions that are met or not; ``side`` is one view of a debate.
LineKind = Literal["text", "point", "note", "strong", "side", "tick", "open"]
POSITIONS: dict[Position, str] = {
    "supine": "on the back",
    "supine_knees_bent": "on the back, knees bent",
    "bench_knees_bent": "upper back on a bench, knees bent",
    "prone": "face down",
    "side_lying": "on the side",
    "side_on_forearm": "on the side, on one forearm",
    "hands_and_knees": "on hands and knees",
    "sitting": "sitting",
    "lying_or_sitting": "lying or sitting",
    "standing": "standing",
    "split_stance": "standing, one foot in front",
    "walking": "walking",
    "free": "as the task asks",
}
_TEMPLATES: dict[Template, tuple[str, str]] = {
    "PITCH_LIFT": (
        "Rest, lift, hold at the top, lower, rest.",
        "The tilt of the pelvis tells where each of them begins; without a pelvis sensor the "
        "muscles do, less finely.",
    ),
    "HINGE": (
        "Stand still, go down, turn, come up, stand still.",
        "The tilt of the pelvis tells where each begins; the question of order belongs to the "
        "turn upwards.",
    ),
    "STILL_LIMB": (
        "Rest, way out, hold, way back, rest. The pelvis keeps still.",
        "The first start of a working muscle begins a repetition, its quiet ends it.",
    ),
    "CUED_HOLD": (
        "Rest, the word, squeeze and hold, the word to let go, quiet.",
        "The word and the start of the muscle after it begin a repetition, quiet ends it.",
    ),
    "STEP": (
        "Stand still, then step after step.",
        "The impacts of the feet and the sway of the pelvis tell the steps apart.",
    ),
    "IMPACT": (
        "Stand still, jump or step down, land, stand still.",
        "The blow of the landing is what a repetition is found by.",
    ),
    "BALANCE": (
        "Stand or lie still, lift off, hold, come back.",
        "The pelvis tells when the foot or the hips leave the ground.",
    ),
}
_ORDERS: dict[ReferenceOrder, str] = {
    "none_known": "None known.",
    "glute_last_usual": "The glute is usually the last.",
    "back_before_glute_usual": "The back usually starts before the glute.",
    "direction_only": "Only the direction is known.",
    "debated": "It is debated.",
}
_SENSORS: dict[Sensor, str] = {
    "thigh_imu": "a motion sensor on the thigh",
    "second_imu": "a second motion sensor, on the back",
    "tensor_fasciae_latae": "electrodes on the front of the hip (TFL)",
    "no_sensor": "anything that firingorder reads",
}
_SIDED = {"_w": "working side", "_o": "other side"}


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph; ``lead`` is what stands before it in bold."""

    text: str
    kind: LineKind = "text"
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    lines: tuple[Line, ...]


def story(
    exercise: Exercise, exercises: Exercises, facts: SafetyFacts, language: str = "en"
) -> tuple[Section, ...]:
    """Return everything there is to read, most needed first."""
    texts = exercise.text(language)
    only = (Line(texts.only_if, "strong"),) if texts.only_if else ()
    found = (
        Section("How to begin", (*only, Line(texts.setup))),
        Section("Cues", tuple(Line(cue, "point") for cue in texts.cues)),
        Section("How much", _doses(exercise)),
        Section("What is rewarded", _modes(exercise)),
        Section("How a repetition goes, and how it is found", _found(exercise)),
        Section("The question of order", _question(exercise, texts.asks)),
        Section("What is known of the order", _reference(exercise, language)),
        Section("Both views", _debate(exercise, language)),
        Section("What may be told, and what is said then", _faults(exercise, language)),
        Section("What is seen", (Line(texts.sees),)),
        Section("What is not seen", _unseen(exercise, texts.cannot_see)),
        Section("Ways to do it", _variants(exercise)),
        Section("Steps forward", _steps(exercise, exercises, facts, language)),
        Section("Where it comes from", _origin(exercise)),
    )
    return tuple(one for one in found if one.lines)


def headline(exercise: Exercise) -> str:
    """Return the line below the name: position, sides, how far it was tried."""
    parts = (POSITIONS[exercise.position], sides_words(exercise),
             tested_on_words(exercise.task.tested_on))  # fmt: skip
    return "  ·  ".join(parts)


def goal_words(exercise: Exercise) -> str:
    """Return the modes of an exercise as words."""
    return ", ".join("Screen" if mode == "test" else MODES[mode] for mode in exercise.modes)


def muscle_words(name: str) -> str:
    """Return a muscle of a record: ``Glute max (working side)``."""
    for ending, side in _SIDED.items():
        if name.endswith(ending):
            return f"{muscle_title(name.removesuffix(ending))} ({side})"
    muscle, side = split_channel(name)
    return f"{muscle_title(muscle)} {side}".strip()


def _doses(exercise: Exercise) -> tuple[Line, ...]:
    lines: list[Line] = []
    for dose in exercise.doses:
        note = f" {dose.note}" if dose.note else ""
        lines.append(Line(f"{dose_words(dose)}.{note}", "point", f"{dose_source(dose)}:"))
    if any(dose.evidence == "A" for dose in exercise.doses):
        lines.append(Line("An article's numbers are the opinion of who wrote it.", "note"))
    if any(dose.evidence == "P" for dose in exercise.doses):
        lines.append(Line("A proposal is this product's or the therapist's own; no finding of "
                          "science.", "note"))  # fmt: skip
    return tuple(lines)


def _modes(exercise: Exercise) -> tuple[Line, ...]:
    return tuple(
        Line("Only looked at: nothing is told while it runs.", "point", "Screen.")
        if mode == "test"
        else Line(MODE_HINTS[mode], "point", f"{MODES[mode]}.")
        for mode in exercise.modes
    )


def _found(exercise: Exercise) -> tuple[Line, ...]:
    task = exercise.task
    phases, how = _TEMPLATES[task.template]
    muscles = ", ".join(map(muscle_words, task.prime))
    lines = [
        Line(phases),
        Line(f"{how} This way of finding it was {tested_on_words(task.tested_on)}."),
        Line(muscles + ".", lead="Muscles:"),
        Line(
            f"two starts within {task.together_margin_ms:g} ms of each other are called together; "
            f"{task.min_good_reps} good repetitions are needed before a set says something. "
            "Both numbers are proposals of this product.",
            "note", "Margin:",
        ),
    ]  # fmt: skip
    doubtful = [muscle_title(name) for name in task.low_trust
                if any(one.startswith(name) for one in task.prime)]  # fmt: skip
    if doubtful:
        lines.append(Line(f"Starts of {', '.join(doubtful)} are poor evidence here.", "note"))
    sensor = needs_sensor(task)
    if sensor is not None:
        lines.append(Line(sensor, "strong"))
    if exercise.usual_range_deg is not None:
        (low, high), mark = exercise.usual_range_deg
        lines.append(Line(f"People usually move the pelvis by {low:g} to {high:g} degrees "
                          f"({EVIDENCE[mark]}); no norm.", "note"))  # fmt: skip
    return tuple(lines)


def _question(exercise: Exercise, asks: str) -> tuple[Line, ...]:
    pairs = exercise.task.order_pairs
    said = [f"{muscle_words(a)} or {muscle_words(b)}" for a, b in pairs]
    compared = (Line("; ".join(said) + ".", "note", "Compared:"),) if said else ()
    return (Line(asks), *compared)


def _reference(exercise: Exercise, language: str) -> tuple[Line, ...]:
    known = exercise.reference
    lines = [Line(_in(known.text, language), lead=_ORDERS[known.order])]
    for fact in known.facts:
        lines.append(Line(f"{_in(fact.text, language)} ({EVIDENCE[fact.evidence]}: "
                          f"{source_words(fact.source)})", "point"))  # fmt: skip
    lines.append(Line("Background for the therapist: it changes no colour.", "note"))
    return tuple(lines)


def _debate(exercise: Exercise, language: str) -> tuple[Line, ...]:
    def who(view: View) -> str:
        return ", ".join(map(source_words, view.provenance))

    lines = [Line(_in(view.text, language), "side", f"{who(view)}:") for view in exercise.debate]
    if len(lines) == 1:
        lines.append(Line("Nobody in the sources speaks against it.", "note"))
    return tuple(lines)


def _faults(exercise: Exercise, language: str) -> tuple[Line, ...]:
    known = load_faults()
    lines: list[Line] = []
    for code in exercise.faults:
        fault = known[code]
        said = f"“{_in(fault.cue, language)}”. {_in(fault.not_measured, language)}"
        lines.append(Line(said, "point", f"{_in(fault.name, language)}:"))
    if lines:
        lines.append(Line("A cue, never a judgement. What cannot be measured is not told.", "note"))
    return tuple(lines)


def _unseen(exercise: Exercise, cannot: str) -> tuple[Line, ...]:
    lines = [Line(cannot)]
    for what, sensor in exercise.not_measured_without:
        words = plain_code(what).replace("tfl", "TFL")
        lines.append(
            Line(f"not measured by {_SENSORS[sensor]}." if sensor == "no_sensor"
                 else f"not measured without {_SENSORS[sensor]}.",
                 "point", f"{words[:1].upper()}{words[1:]}:")
        )  # fmt: skip
    return tuple(lines)


def _variants(exercise: Exercise) -> tuple[Line, ...]:
    return tuple(Line(plain_code(one), "point") for one in exercise.variants)


def _steps(
    exercise: Exercise, exercises: Exercises, facts: SafetyFacts, language: str
) -> tuple[Line, ...]:
    base = base_of(exercise)
    both = dict.fromkeys((*steps_to(base), *steps_from(base)))
    lines: list[Line] = []
    for step in both:
        lines += _step_lines(step, exercises, facts, language)
    return tuple(lines)


def _step_lines(step: Step, exercises: Exercises, facts: SafetyFacts, language: str) -> list[Line]:
    def named(code: str) -> str:
        return exercises(code).task.name if code in exercises else plain_code(code)

    target = named(step.target) + (f", {plain_code(step.variant)}" if step.variant else "")
    state = "open" if is_open(step, facts) else "not open yet" if step.holds else "not yet"
    lines = [Line(_in(step.note, language), "text", f"{named(step.source)} to {target}: {state}.")]
    lines += [
        Line(f"{tick.text} ({tick.numbers})", "tick" if tick.met else "open")
        for tick in ticks(step, facts)
    ]
    return lines


def _origin(exercise: Exercise) -> tuple[Line, ...]:
    lines = [Line(f"{says}.", "point", f"{_origin_name(name)}:")
             for name, says in exercise.provenance]  # fmt: skip
    return tuple(lines)


def _origin_name(name: str) -> str:
    if name.startswith("copy_of."):
        return "A copy"
    words = source_words(name)
    return words if words != name else plain_code(name).capitalize()


def _in(words: tuple[tuple[str, str], ...] | Mapping[str, str], language: str) -> str:
    found = dict(words)
    return found.get(language, found["en"])

"""The fields of a programme as the editor shows them: words, units, where a number comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.gui.view_models import programme_words as words
from firingorder.training.exercises.records import Dose
from firingorder.training.programmes.items import SILENT
from firingorder.training.programmes.ownership import waits
from firingorder.training.programmes.records import Bounds
from firingorder.training.programmes.templates import (
    PROPOSED_PAUSE_S,
    PROPOSED_REPS,
    PROPOSED_REST_S,
)
from firingorder.training.programmes.typed import shown_value
from firingorder.training.words import dose_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import Item, Programme, Target

#: What a target begins with when a measure is chosen, (low, high): the limits of the fault
#: dictionary where it has one (faults.yaml), else starting numbers of ours to be changed.
FIRST_TARGETS: dict[str, tuple[float | None, float | None]] = {
    "lead_ms": (20.0, None),
    "level_percent": (40.0, None),
    "hold_share": (0.8, None),
    "time_to_quiet_s": (None, 3.0),
    "rest_percent": (None, 5.0),
    "symmetry_percent": (-20.0, 20.0),
    "hamstring_share": (None, 0.5),
    "ramp_error_percent": (None, 15.0),
    "isolation_share": (0.8, None),
    "reaction_ms": (None, 2000.0),
    "absorb_percent": (0.0, None),
    "flexion_relaxation": (2.0, None),
}
#: Width to each side of a band, and how far a threshold may go, to begin with: proposals.
FIRST_BAND = 10.0
FIRST_BOUNDS = (20.0, 60.0)
FIRST_STEP = Bounds(0.0, 1.0).step_percent
#: The action that the Person hat may be refused for a field (training/safety/hats.py).
ACTIONS: dict[str, str] = {
    "kind": "set_mode", "mode": "set_mode", "measure": "set_target", "low": "set_target",
    "high": "set_target", "set_by": "set_target", "brought_by": "set_target",
    "follows": "set_bounds", "bound_low": "set_bounds",
    "bound_high": "set_bounds", "step_percent": "set_bounds", "schedule": "set_schedule",
    "band": "set_schedule", "estimate_first": "set_schedule", "pain_policy": "set_pain_policy",
}  # fmt: skip
NO_MEASURE, STAYS, FOLLOWS = "no target", "stays", "follows the person"
_SET_BY = {"product": "a proposal", "own_baseline": "the own baseline",
           "therapist": "the therapist"}  # fmt: skip
_SET_BY_HINTS = {
    "product": "A proposal of this product: colours stay neutral until a therapist changes it or "
    "stands for it here.",
    "own_baseline": "Colours stay neutral.",
    "therapist": "Green and orange tell whether it was reached.",
}
_PROPOSAL = "a proposal of this product"
_CUED = ("find_it", "isolation", "ramp", "release")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field.

    Attributes
    ----------
    key, label, text, unit
        Identity; what it is called; what stands there as it would be typed; its unit.
    options
        (value, words) of a choice; empty where it is typed.
    hint, source
        What the value means; where the numbers of the record come from.
    locked
        Why it cannot be changed; empty: it can.
    steps
        Whether arrows change it.
    lines
        How many lines of text it holds.
    group
        The heading above it; empty under the one before.
    empty
        What it means where nothing stands there.
    """

    key: str
    label: str
    text: str
    unit: str = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    source: str = ""
    locked: str = ""
    steps: bool = False
    lines: int = 1
    group: str = ""
    empty: str = ""

    @property
    def shown(self) -> str:
        """The value as it is read: the words of a choice, or the text."""
        return dict(self.options).get(self.text, self.text)

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        value = f"{self.shown} {self.unit}".strip() if self.shown else self.empty or "Empty"
        how = (
            f"Locked: {self.locked}" if self.locked
            else "Left and Right change it." if self.options
            else "Up and Down change it, or type." if self.steps
            else "Type."
        )  # fmt: skip
        return " ".join(part for part in (f"{value}.", self.hint, self.source, how) if part)


def item_fields(
    item: Item, exercise: Exercise | None, locked: Callable[[str], str]
) -> tuple[FieldView, ...]:
    """Return the fields of an item; ``locked`` says why a field cannot be changed."""
    silent = item.kind in SILENT
    found = [*_how(item, exercise), *_dose_fields(item, exercise)]
    if not silent:
        found += [*_telling(item), *_target(item.target), *_following(item)]
    if item.kind == "smallest_range":
        found.append(
            FieldView("range_name", "Range is called", item.range_name or "tiny",
                      options=_options(words.RANGES))
        )  # fmt: skip
    found.append(
        FieldView("note", "Note", item.note, hint="Read out before the first set.", lines=2,
                  group="Words")
    )  # fmt: skip
    return tuple(_with_lock(one, locked(one.key)) for one in found)


def programme_fields(
    programme: Programme, locked: Callable[[str], str], *, name_locked: str = ""
) -> tuple[FieldView, ...]:
    """Return the fields of the whole programme."""
    week = programme.per_week
    shown = "" if week is None else "-".join(map(str, dict.fromkeys(week)))
    origin = [] if not waits(programme) else [
        FieldView("brought_by", "What a therapist sets", programme.brought_by,
                  options=(("person", "waits"), ("", "taken over")), group="Brought here",
                  hint="Targets, limits, the rule for pain and copies of exercises."),
    ]  # fmt: skip
    found = (
        *origin,
        FieldView("name", "Name", programme.name, group="The whole programme"),
        FieldView("per_week", "Times a week", shown, hint="Such as 3, or 2-3.", empty="not said"),
        FieldView(
            "retention_reps", "Kept", str(programme.retention_reps), "repetitions", steps=True,
            hint="Without feedback, at the beginning and at the end: what is kept. 0 is none.",
        ),
        FieldView("pain_policy", "Rule for pain", programme.pain_policy,
                  options=_options(words.PAIN)),
        FieldView("programme_note", "Note", programme.note, lines=3, hint="For the person."),
    )  # fmt: skip
    return tuple(_with_lock(one, name_locked or locked(one.key)) for one in found)


def field_text(item: Item, key: str) -> str:
    """Return a field of an item as it would be typed, those of target and threshold too."""
    target, bounds = item.target, item.adaptive
    if key in ("low", "high"):
        value = None if target is None else target.low if key == "low" else target.high
        return "" if value is None else f"{value:g}"
    if key == "measure":
        return NO_MEASURE if target is None else target.measure
    if key == "follows":
        return STAYS if bounds is None else FOLLOWS
    if key in ("bound_low", "bound_high", "step_percent"):
        if bounds is None:
            return ""
        of = {"bound_low": bounds.low, "bound_high": bounds.high}
        return f"{of.get(key, bounds.step_percent):g}"
    return shown_value(item, key)


def _how(item: Item, exercise: Exercise | None) -> list[FieldView]:
    return [
        FieldView("kind", "Done as", item.kind, options=kind_options(item, exercise),
                  hint=words.KIND_HINTS[item.kind], group="How it is done"),
        *([] if item.kind in SILENT else [
            FieldView("mode", "Goal", item.mode, options=mode_options(item, exercise),
                      hint=words.MODE_HINTS[item.mode])]),
        FieldView("side", "Side", item.side, options=side_options(item, exercise),
                  hint=words.FIND_IT_HINT if words.side_words(item) != words.SIDES[item.side]
                  else ""),
    ]  # fmt: skip


def _dose_fields(item: Item, exercise: Exercise | None) -> list[FieldView]:
    def said(*names: str) -> str:
        return "" if exercise is None else dose_note(exercise, *names)

    return [
        FieldView("reps", "Sets × repetitions", field_text(item, "reps"), steps=True,
                  hint="10, 3 x 10, or a pyramid as 6-4-2.",
                  source=said("reps", "pyramid", "sets")
                  or _proposed(max(item.reps), PROPOSED_REPS),
                  group="How much"),
        FieldView("hold_s", "Hold", field_text(item, "hold_s"), "s", steps=True,
                  empty=words.OWN_PACE,
                  source=said("hold_s", "duration_s")),
        FieldView("tempo_s", "Tempo", field_text(item, "tempo_s"), "s",
                  hint="Way out, far, way back: 2-1-2.", empty=words.OWN_PACE,
                  source=said("tempo", "tempo_s")),
        FieldView("rest_s", "Rest between sets", field_text(item, "rest_s"), "s", steps=True,
                  source=said("rest_s")
                  or _proposed(item.rest_s, PROPOSED_REST_S, PROPOSED_PAUSE_S)),
        FieldView("pause_s", "Pause inside a set", field_text(item, "pause_s"), "s", steps=True,
                  empty=words.OWN_PACE,
                  source=said("quiet_s") or _proposed(item.pause_s, PROPOSED_PAUSE_S)),
    ]  # fmt: skip


def _telling(item: Item) -> list[FieldView]:
    found = [
        FieldView("schedule", "Results are told", item.schedule, options=_options(words.SCHEDULES),
                  hint=words.SCHEDULE_HINTS[item.schedule], group="Feedback"),
    ]  # fmt: skip
    if item.schedule == "bandwidth":
        unit = "" if item.target is None else words.measure_unit(item.target.measure).strip()
        found.append(FieldView("band", "Half of the band", field_text(item, "band"), unit,
                               steps=True, hint="Inside it nothing is told.",
                               source=_proposed(item.band, FIRST_BAND)))  # fmt: skip
    asked = "yes" if item.estimate_first else "no"
    found.append(FieldView("estimate_first", "Ask first what was felt", asked,
                           options=(("no", "no"), ("yes", "yes"))))  # fmt: skip
    return found


def _target(target: Target | None) -> list[FieldView]:
    measures = ((NO_MEASURE, "none: own earlier repetitions"),
                *((key, words.measure_words(key)) for key in FIRST_TARGETS))  # fmt: skip
    chosen = NO_MEASURE if target is None else target.measure
    found = [
        FieldView("measure", "Measure", chosen, options=measures, group="Target",
                  hint="Colours stay neutral without one." if target is None else ""),
    ]  # fmt: skip
    if target is not None:
        unit = words.measure_unit(target.measure).strip()
        low = "" if target.low is None else f"{target.low:g}"
        high = "" if target.high is None else f"{target.high:g}"
        found += [
            FieldView("low", "At least", low, unit, steps=True, empty="open"),
            FieldView("high", "At most", high, unit, steps=True, empty="open"),
            FieldView("set_by", "Set by", target.set_by, hint=_SET_BY_HINTS[target.set_by],
                      options=tuple((key, name) for key, name in _SET_BY.items()
                                    if key in ("product", "therapist", target.set_by))),
        ]  # fmt: skip
    return found


def _following(item: Item) -> list[FieldView]:
    found = [
        FieldView("follows", "Threshold", field_text(item, "follows"),
                  options=((STAYS, STAYS), (FOLLOWS, FOLLOWS)),
                  hint="Between repetitions only, inside these limits." if item.adaptive else "")
    ]  # fmt: skip
    if item.adaptive is not None:
        found += [
            FieldView("bound_low", "Not below", field_text(item, "bound_low"), "%", steps=True,
                      source=_proposed(item.adaptive.low, FIRST_BOUNDS[0])),
            FieldView("bound_high", "Not above", field_text(item, "bound_high"), "%", steps=True,
                      source=_proposed(item.adaptive.high, FIRST_BOUNDS[1])),
            FieldView("step_percent", "Step", field_text(item, "step_percent"), "%", steps=True,
                      source=_proposed(item.adaptive.step_percent, FIRST_STEP)),
        ]  # fmt: skip
    return found


def _proposed(value: float | None, *proposals: float) -> str:
    """Return what is to be said of a number that still is the product's proposal."""
    return _PROPOSAL if value in proposals else ""


def kind_options(item: Item, exercise: Exercise | None) -> tuple[tuple[str, str], ...]:
    """Return the kinds in which an exercise can be done, and the one that stands there."""
    template = "" if exercise is None else exercise.task.template
    able = {
        kind: name
        for kind, name in words.KINDS.items()
        if kind == item.kind
        or not template
        or not (
            (kind in _CUED and template != "CUED_HOLD")
            or (kind == "return_bend" and template != "HINGE")
        )
    }
    return _options(able)


def mode_options(item: Item, exercise: Exercise | None) -> tuple[tuple[str, str], ...]:
    """Return the modes that the record knows, and the one that stands there; else all."""
    known = () if exercise is None else [mode for mode in exercise.modes if mode != "test"]
    able = {m: name for m, name in words.MODES.items() if not known or m in known or m == item.mode}
    return _options(able)


def side_options(item: Item, exercise: Exercise | None) -> tuple[tuple[str, str], ...]:
    """Return the ways in which the sides can be done, and the one that stands there."""
    sides = ("both", "left", "right") if exercise is None else exercise.task.sides
    each = "left" in sides and "right" in sides
    able = {
        "both": "both" in sides, "left": "left" in sides, "right": "right" in sides,
        "left_then_right": each, "alternate": each, "left_right_both": each and "both" in sides,
    }  # fmt: skip
    return tuple((k, words.SIDES[k]) for k, ok in able.items() if ok or k == item.side)


def dose_note(exercise: Exercise, *names: str) -> str:
    """Return what the doses of a record state of some of their fields, and who states it.

    ``article 004, its opinion: 2 × 10 to 15``, one after the other.
    """
    said: list[str] = []
    for dose in exercise.doses:
        stated = {name: getattr(dose, name) for name in names}
        if any(value not in (None, ()) for value in stated.values()):
            only = Dose(dose.provenance, dose.evidence, per=dose.per, **stated)
            said.append(f"{words.dose_source(dose)}: {dose_words(only)}")
    return "; ".join(said)


def _options(named: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(named.items())


def _with_lock(view: FieldView, locked: str) -> FieldView:
    if not locked:
        return view
    return replace(view, locked=locked)

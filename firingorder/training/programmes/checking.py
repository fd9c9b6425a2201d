"""Whether a programme can be done here and now: pads, sensor, sides, modes, and who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.errors import FiringOrderError, UsageError
from firingorder.montage import SIDES
from firingorder.signal.pose_segmenter import needs_sensor
from firingorder.training.exercises.copies import Exercises, base_of, task_of
from firingorder.training.exercises.loader import load_exercise, task_ids
from firingorder.training.exercises.writing import digest
from firingorder.training.programmes.expanding import sides_of
from firingorder.training.programmes.fitting import measure_words, misfits
from firingorder.training.programmes.items import SILENT
from firingorder.training.programmes.ownership import in_force, waits
from firingorder.training.programmes.whole import embedded, resolver
from firingorder.training.programmes.writing import check_programme
from firingorder.training.safety.hats import refused_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from firingorder.findings import Sides
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import Item, Measure, Programme, SetKind
    from firingorder.training.safety.facts import SafetyFacts
    from firingorder.training.safety.records import Hat

#: ``stop``: it cannot be begun so. ``warn``: it can, and something will be missing.
Severity = Literal["stop", "warn"]
#: Kinds that ask for a squeeze on a cue.
_CUED_KINDS: tuple[SetKind, ...] = ("find_it", "isolation", "ramp", "release")
#: Kinds whose mode is not asked: tests, and what is of a kind of its own.
_OWN_MODE = (*SILENT, "find_it", "return_bend")
#: Muscles that a measure needs on one side at least, and on both.
_NEEDS: dict[Measure, tuple[str, ...]] = {
    "lead_ms": ("gluteus_maximus", "erector_spinae"),
    "hamstring_share": ("gluteus_maximus", "hamstring"),
    "flexion_relaxation": ("erector_spinae",),
    "absorb_percent": ("gluteus_maximus",),
}
#: Of a programme that a person brought.
WAITS = (
    "It was brought here in the Person hat, so the targets, limits, rule for pain and own copies "
    "of exercises in it wait: colours stay neutral, the own baseline is told, and exercises are "
    "done as they come with firingorder. In the Therapist hat they are taken over at The whole "
    "programme."
)
_BOTH_SIDES: tuple[Measure, ...] = ("symmetry_percent", "isolation_share")


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way: one sentence with what to do.

    ``item`` is the index of the exercise in the programme; None: the whole programme. ``field`` is
    the one to be changed, empty where none is.
    """

    severity: Severity
    text: str
    item: int | None = None
    field: str = ""


def problems(
    programme: Programme,
    resolve: Callable[[str], Exercise],
    channels: tuple[str, ...],
    has_imu: bool,
    hat: Hat,
    facts: SafetyFacts | None = None,
) -> tuple[Problem, ...]:
    """Return what stands in the way of a programme, in its order; empty: it can be done.

    Parameters
    ----------
    programme
        The programme.
    resolve
        Returns the record of an exercise; of all exercises there are
        (:class:`firingorder.training.exercises.copies.Exercises`) the copies inside the programme
        win, and one that was changed since is told.
    channels
        Muscles of the montage, by their names.
    has_imu
        Whether there is a motion sensor on the pelvis.
    hat, facts
        Who begins it, and what the person's log says; without facts nobody is refused anything.
    """
    found: list[Problem] = []
    if waits(programme):
        found.append(Problem("warn", WAITS, None, "brought_by"))
    known = resolve.ids if isinstance(resolve, Exercises) else None
    try:
        programme = in_force(programme)
        check_programme(programme, known)
    except FiringOrderError as error:
        found.append(Problem("stop", str(error)))
    own: Mapping[str, Exercise] = {}
    if isinstance(resolve, Exercises):
        own = resolve.own
        try:
            resolve = resolver(programme, resolve)
        except FiringOrderError as error:
            found.append(Problem("stop", str(error)))
    for index, item in enumerate(programme.items):
        try:
            exercise = resolve(item.exercise)
        except UsageError:
            text = (
                f"Exercise {index + 1}: {item.exercise!r} is not known here; remove it, or import "
                "the programme again from where it was made."
            )
            found.append(Problem("stop", text, index, "exercise"))
            continue
        checks = (
            _form(item, exercise),
            misfits(item, exercise),
            _pads(item, exercise, channels),
            _sensor(item, exercise, has_imu),
        )
        where = f"Exercise {index + 1}, {exercise.task.name}:"
        for check in checks:
            found += [
                Problem(severity, f"{where} {text}", index, name) for severity, text, name in check
            ]
        base = base_of(exercise)
        refused = None if facts is None else refused_set(hat, base, item.kind, facts)
        if refused is not None:
            found.append(Problem("stop", f"{where} {refused.text} {refused.next_step}", index))
    found += _order(programme)
    found += _outdated(programme, own)
    return tuple(dict.fromkeys(found))


def _form(item: Item, exercise: Exercise) -> Iterator[tuple[Severity, str, str]]:
    sides = exercise.task.sides
    asked = dict.fromkeys(side for side, _ in sides_of(item))
    wrong = [side for side in asked if side not in sides]
    if wrong:
        yield "stop", f"it is not done with {wrong[0]}; choose {' or '.join(sides)}.", "side"
    if item.kind in _CUED_KINDS and exercise.task.template != "CUED_HOLD":
        words = item.kind.replace("_", " ")
        yield (
            "stop",
            f"{words} needs a squeeze on a word, which this is not; choose {_name('sit_hands')}, "
            "or do it as work.",
            "kind",
        )
    if item.kind == "return_bend" and exercise.task.template != "HINGE":
        text = f"it is no bend and return; choose {_name('return_bend')}, or do it as work."
        yield "stop", text, "kind"
    modes = [mode for mode in exercise.modes if mode != "test"]
    if item.kind not in _OWN_MODE and item.mode not in modes:
        known = f"choose {' or '.join(modes)}" if modes else "do it as a screen or transfer"
        yield "warn", f"its record knows no mode {item.mode}; {known}.", "mode"
    if item.kind == "smallest_range" and item.range_name is None:
        yield (
            "warn",
            "no sensor measures the range, and it has no name; say tiny, small or medium.",
            "range_name",
        )
    if base_of(exercise) not in task_ids() and exercise.task.id != base_of(exercise):
        yield (
            "warn",
            f"it is a copy of {base_of(exercise).replace('_', ' ')}, which this version does not "
            "have; update firingorder, or check how its repetitions are found.",
            "exercise",
        )


def _pads(
    item: Item, exercise: Exercise, channels: tuple[str, ...]
) -> Iterator[tuple[Severity, str, str]]:
    possible: list[Sides] = [
        side for side in dict.fromkeys(side for side, _ in sides_of(item))
        if side in exercise.task.sides
    ]  # fmt: skip
    for side in possible:
        task = task_of(exercise, side)
        wanted = dict.fromkeys(name for muscle in task.prime for name in task.named(muscle))
        missing = [name for name in wanted if name not in channels]
        if len(missing) == len(wanted):
            text = (
                f"none of its muscles has a pad ({_listed(missing)}); place one, or choose another "
                "exercise."
            )
            yield "stop", text, "exercise"
        elif missing:
            verb = "has no pad and is" if len(missing) == 1 else "have no pads and are"
            text = f"{_listed(missing)} {verb} not measured; place what is missing, or go on so."
            yield "warn", text, "exercise"
        measure = None if item.kind in SILENT or item.target is None else item.target.measure
        if measure is None and item.mode == "sequence" and item.kind in ("work", "smallest_range"):
            measure = "lead_ms"
        if measure is not None and not _measurable(measure, side, channels):
            yield "stop", _unmeasurable(measure), "target"


def _measurable(measure: Measure, side: Sides, channels: tuple[str, ...]) -> bool:
    if measure in _BOTH_SIDES:
        return all(f"gluteus_maximus_{one}" in channels for one in SIDES)
    needed = _NEEDS.get(measure, ())
    tried = SIDES if side == "both" else (side,)
    return any(all(f"{muscle}_{one}" in channels for muscle in needed) for one in tried)


def _unmeasurable(measure: Measure) -> str:
    if measure in _BOTH_SIDES:
        needed = "gluteus maximus on both sides"
    else:
        needed = f"{_listed(list(_NEEDS[measure]))} on one side"
    words = measure_words(measure)
    return f"its {words} needs pads on {needed}; place them, or choose another mode or target."


def _sensor(item: Item, exercise: Exercise, has_imu: bool) -> Iterator[tuple[Severity, str, str]]:
    if has_imu:
        return
    if needs_sensor(exercise.task) is not None:
        yield (
            "stop",
            "it needs a motion sensor on the pelvis, because muscles alone do not say when a foot "
            "or the hips touch the ground; connect one, or choose another exercise.",
            "exercise",
        )
    elif item.kind == "return_bend":
        yield (
            "warn",
            "without a motion sensor the pause at the bottom is not seen; connect one, or go on "
            "without what needs it.",
            "exercise",
        )


def _order(programme: Programme) -> Iterator[Problem]:
    items = programme.items
    yields = next((k for k, item in enumerate(items) if item.mode == "yield"), None)
    tests = [k for k, item in enumerate(items) if item.kind == "release"]
    if yields is not None and not tests:
        text = (
            "The mode Yield begins with a test of rest and release, and there is none; put "
            f"{_name('release_quiet')} first."
        )
        yield Problem("warn", text, yields)


def _outdated(programme: Programme, own: Mapping[str, Exercise]) -> Iterator[Problem]:
    """Tell of copies inside the programme that the therapist has changed since."""
    if not own:
        return
    try:
        inside = embedded(programme)
    except FiringOrderError:
        return  # told already
    for name, exercise in inside.items():
        newer = own.get(name)
        if newer is not None and digest(newer) != digest(exercise):
            text = (
                f"{exercise.task.name} was changed since it was taken into this programme, which "
                "does it as it was; renew the programme to do it as it is now."
            )
            place = next(
                (k for k, item in enumerate(programme.items) if item.exercise == name), None
            )
            yield Problem("warn", text, place, "exercise")


def _name(exercise_id: str) -> str:
    return load_exercise(exercise_id).task.name


def _listed(names: list[str]) -> str:
    words = [name.replace("_", " ") for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

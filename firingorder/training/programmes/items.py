"""One exercise of a programme: from a decoded mapping to a typed item, every field checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from firingorder.training.fields import Fields
from firingorder.training.programmes.records import (
    Bounds,
    GoalMode,
    Item,
    Measure,
    RangeName,
    Schedule,
    SetBy,
    SetKind,
    SidePlan,
    Target,
)

if TYPE_CHECKING:
    from firingorder.errors import FileFormatError

ITEM_FIELDS = frozenset({
    "exercise", "kind", "mode", "target", "reps", "hold_s", "tempo_s", "rest_s", "pause_s", "side",
    "schedule", "band", "estimate_first", "adaptive", "range_name", "note",
})  # fmt: skip
TARGET_FIELDS = frozenset({"measure", "low", "high", "set_by"})
BOUNDS_FIELDS = frozenset({"low", "high", "step_percent", "aim"})
#: Kinds that are done without feedback: what is done with it is no test.
SILENT = ("screen", "transfer")
#: Measures that may be below zero.
SIGNED = ("lead_ms", "symmetry_percent")
#: Upper limits catch slips of the finger; proposals, far above every dose of the records.
MOST_SETS, MOST_REPS, LONGEST_S = 20, 200, 3600.0
LARGEST_STEP_PERCENT = 50.0
_WHAT_TO_DO = {
    "exercise": "name one of the exercises, or put the copy into the programme",
    "reps": f"list 1 to {MOST_SETS} sets of 1 to {MOST_REPS} repetitions each, such as [6, 4, 2]",
    "hold_s": "give seconds above 0, or null for the person's own pace",
    "tempo_s": "give three times in seconds (out, far, back), or null for the person's own pace",
    "rest_s": "give seconds of 0 or more",
    "pause_s": "give seconds of 0 or more, or null for the person's own pace",
    "target": "give measure, low, high and set_by, with null for an open end",
    "low": "give a number, or null for an open end",
    "high": "give a number above low, or null for an open end",
    "band": "give half the width of the band, a number above 0",
    "schedule": "choose another schedule",
    "adaptive": "give low, high, step_percent and aim, or null to keep the threshold",
    "step_percent": f"give a number above 0, up to {LARGEST_STEP_PERCENT:g}",
    "aim": "give two shares such as [0.7, 0.8]",
    "name": "give the programme a name",
    "id": "use lower-case letters, digits and underscores, a letter first",
    "items": "put at least one exercise into the programme",
    "retention_reps": f"give 0 to {MOST_REPS}",
    "per_week": "give the fewest and the most sessions of a week, such as [2, 3], or null",
    "exercises": "export the programme again from where it was made",
}


class Checked(Fields):
    """Fields whose faults end with what to do."""

    def wrong(self, name: str, why: str) -> FileFormatError:
        """Return the error about one field."""
        hint = _WHAT_TO_DO.get(name.split(".")[0].split("[")[0])
        return super().wrong(name, why if hint is None or "known:" in why else f"{why}; {hint}")

    def within(self, name: str, most: float, *, above: float = 0.0) -> float:
        """Return a number above one limit and not above the other."""
        value = self.number(name)
        if not above < value <= most:
            raise self.wrong(name, f"is {value:g}")
        return value

    def seconds(self, name: str) -> float:
        """Return a length that may be zero, seconds."""
        value = self.number(name, least=0.0)
        if value > LONGEST_S:
            raise self.wrong(name, f"is {value:g}, more than {LONGEST_S:g}")
        return value

    def maybe(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return an allowed word, the default where none stands there."""
        return self.choice(name, allowed) if self.has(name) else default

    def line(self, name: str) -> str:
        """Return a text that may be empty or missing."""
        value = self.get(name) if self.has(name) else ""
        if not isinstance(value, str):
            raise self.wrong(name, f"is {value!r}, not a text")
        return value


def parse_item(data: object, origin: str) -> Item:
    """Return one item; what is left out has its default.

    Raises
    ------
    FileFormatError
        With the place, the field, and what to do.
    """
    item = Checked(data, origin, ITEM_FIELDS, "an exercise of a programme")
    kind = cast("SetKind", item.maybe("kind", get_args(SetKind), "work"))
    silent = kind in SILENT
    schedule = cast(
        "Schedule", item.maybe("schedule", get_args(Schedule), "none" if silent else "faded")
    )
    target = parse_target(item) if item.has("target") else None
    adaptive = _bounds(item) if item.has("adaptive") else None
    band = item.within("band", float("inf")) if item.has("band") else None
    if silent:
        for name, refused in (
            ("schedule", schedule != "none"), ("target", target is not None),
            ("adaptive", adaptive is not None),
        ):  # fmt: skip
            if refused:
                raise item.wrong(
                    name, f"does not go with {kind}, which is done without feedback; remove it"
                )
    if schedule == "bandwidth" and band is None:
        raise item.wrong("band", "is missing, and the schedule bandwidth needs it")
    return Item(
        exercise=item.code("exercise"),
        kind=kind,
        mode=cast("GoalMode", item.maybe("mode", get_args(GoalMode), "activate")),
        target=target,
        reps=_reps(item) if item.has("reps") else Item("x").reps,
        hold_s=item.within("hold_s", LONGEST_S) if item.has("hold_s") else None,
        tempo_s=_tempo(item) if item.has("tempo_s") else None,
        rest_s=item.seconds("rest_s") if item.has("rest_s") else Item("x").rest_s,
        pause_s=item.seconds("pause_s") if item.has("pause_s") else None,
        side=cast("SidePlan", item.maybe("side", get_args(SidePlan), "both")),
        schedule=schedule,
        band=band,
        estimate_first=item.flag("estimate_first") if item.has("estimate_first") else False,
        adaptive=adaptive,
        range_name=cast("RangeName", item.choice("range_name", get_args(RangeName)))
        if item.has("range_name")
        else None,
        note=item.line("note"),
    )


def parse_target(item: Checked) -> Target:
    """Return the target of an item."""
    data = Checked(item.get("target"), f"{item.origin}: target", TARGET_FIELDS, "a target")
    measure = cast("Measure", data.choice("measure", get_args(Measure)))
    least = None if measure in SIGNED else 0.0
    low = data.number("low", least=least) if data.has("low") else None
    high = data.number("high", least=least) if data.has("high") else None
    if low is None and high is None:
        raise data.wrong("low", "and high are both open, so nothing is aimed at")
    if low is not None and high is not None and not low < high:
        raise data.wrong("high", f"is {high:g}, not above low ({low:g})")
    return Target(
        measure, low, high, cast("SetBy", data.maybe("set_by", get_args(SetBy), "therapist"))
    )


def _bounds(item: Checked) -> Bounds:
    data = Checked(item.get("adaptive"), f"{item.origin}: adaptive", BOUNDS_FIELDS, "bounds")
    low, high = data.number("low"), data.number("high")
    if not low < high:
        raise data.wrong("high", f"is {high:g}, not above low ({low:g})")
    usual = Bounds(low, high)
    step = (
        data.within("step_percent", LARGEST_STEP_PERCENT)
        if data.has("step_percent")
        else usual.step_percent
    )
    if not data.has("aim"):
        return Bounds(low, high, step)
    least, most = data.numbers("aim", 2, least=0.0)
    if not 0.0 < least <= most < 1.0:
        raise data.wrong("aim", f"is {least:g} to {most:g}, not two shares between 0 and 1")
    return Bounds(low, high, step, (least, most))


def _reps(item: Checked) -> tuple[int, ...]:
    values: list[Any] = item.sequence("reps")
    if not 1 <= len(values) <= MOST_SETS:
        raise item.wrong("reps", f"has {len(values)} sets")
    reps = tuple(item.as_whole("reps", value, least=1) for value in values)
    if max(reps) > MOST_REPS:
        raise item.wrong("reps", f"is {max(reps)}")
    return reps


def _tempo(item: Checked) -> tuple[float, float, float]:
    out, far, back = item.numbers("tempo_s", 3, least=0.0)
    if not (out > 0.0 and back > 0.0 and max(out, far, back) <= LONGEST_S):
        raise item.wrong("tempo_s", f"is {out:g}, {far:g}, {back:g}")
    return out, far, back

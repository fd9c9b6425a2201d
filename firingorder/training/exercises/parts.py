"""The parts of a record that repeat: doses, references, views, texts; checked like the rest."""

from __future__ import annotations

from typing import cast, get_args

from firingorder.training.exercises.records import (
    Dose,
    Fact,
    Per,
    Reference,
    ReferenceOrder,
    Texts,
    View,
)
from firingorder.training.fields import Evidence, Fields

EVIDENCE = get_args(Evidence)
DOSE_FIELDS = frozenset({
    "provenance", "evidence", "sets", "reps", "per", "tempo", "tempo_s", "hold_s", "rest_s",
    "quiet_s", "duration_s", "pyramid", "effort_percent_max", "height_cm_max", "note",
})  # fmt: skip
_TEXTS = frozenset({"setup", "cues", "asks", "sees", "cannot_see", "only_if"})


def parse_dose(data: object, origin: str) -> Dose:
    """Return one dose."""
    dose = Fields(data, origin, DOSE_FIELDS, "a dose")

    def optional(name: str) -> float | None:
        return dose.number(name, least=0.0) if dose.has(name) else None

    tempo = dose.numbers("tempo_s", 3, least=0.0) if dose.has("tempo_s") else None
    return Dose(
        provenance=dose.text("provenance"),
        evidence=cast("Evidence", dose.choice("evidence", EVIDENCE)),
        sets=dose.whole("sets", least=1) if dose.has("sets") else None,
        reps=_reps(dose),
        per=cast("Per", dose.choice("per", get_args(Per))) if dose.has("per") else None,
        tempo=dose.code("tempo") if dose.has("tempo") else None,
        tempo_s=None if tempo is None else (tempo[0], tempo[1], tempo[2]),
        hold_s=_span(dose, "hold_s"),
        rest_s=optional("rest_s"),
        quiet_s=optional("quiet_s"),
        duration_s=_span(dose, "duration_s"),
        pyramid=tuple(dose.as_whole("pyramid", one, least=1) for one in dose.sequence("pyramid"))
        if dose.has("pyramid")
        else (),
        effort_percent_max=optional("effort_percent_max"),
        height_cm_max=optional("height_cm_max"),
        note=dose.text("note") if dose.has("note") else "",
    )


def _reps(dose: Fields) -> tuple[int, int | None] | None:
    if not dose.has("reps"):
        return None
    values = dose.sequence("reps")
    if len(values) != 2:
        raise dose.wrong("reps", f"has {len(values)} values, not 2 (least and most)")
    least = dose.as_whole("reps", values[0], least=1)
    return least, None if values[1] is None else dose.as_whole("reps", values[1], least=least)


def _span(dose: Fields, name: str) -> tuple[float, float] | None:
    """Return a length as (shortest, longest) seconds; one number is both."""
    if not dose.has(name):
        return None
    if not isinstance(dose.get(name), list):
        value = dose.number(name, least=0.0)
        return value, value
    low, high = dose.numbers(name, 2, least=0.0)
    if low > high:
        raise dose.wrong(name, f"is {low:g} to {high:g}, the wrong way round")
    return low, high


def parse_reference(data: object, origin: str) -> Reference:
    """Return what is known of the order."""
    inside = Fields(data, origin, frozenset({"order", "text_key", "text", "facts"}), "a reference")
    return Reference(
        order=cast("ReferenceOrder", inside.choice("order", get_args(ReferenceOrder))),
        text_key=inside.text("text_key"),
        text=inside.words("text"),
        facts=tuple(_fact(one, f"{origin}: facts") for one in inside.sequence("facts")),
    )


def _fact(data: object, origin: str) -> Fact:
    inside = Fields(data, origin, frozenset({"text", "source", "evidence"}), "a fact")
    return Fact(
        text=inside.words("text"),
        source=inside.text("source"),
        evidence=cast("Evidence", inside.choice("evidence", EVIDENCE)),
    )


def parse_view(data: object, origin: str) -> View:
    """Return one side of a debate."""
    inside = Fields(data, origin, frozenset({"view", "text", "provenance"}), "a view")
    sources = tuple(inside.as_text("provenance", one) for one in inside.sequence("provenance"))
    if not sources:
        raise inside.wrong("provenance", "is empty")
    return View(inside.code("view"), inside.words("text"), sources)


def parse_texts(record: Fields) -> tuple[tuple[str, Texts], ...]:
    """Return the texts of each language; English must be among them."""
    languages = record.mapping("texts")
    record.languages("texts", languages)
    found: list[tuple[str, Texts]] = []
    for language, data in languages.items():
        one = Fields(data, f"{record.origin}: texts.{language}", _TEXTS, "texts")
        cues = tuple(one.as_text("cues", cue) for cue in one.sequence("cues"))
        if not cues:
            raise one.wrong("cues", "is empty")
        texts = Texts(
            setup=one.text("setup"),
            cues=cues,
            asks=one.text("asks"),
            sees=one.text("sees"),
            cannot_see=one.text("cannot_see"),
            only_if=one.text("only_if") if one.has("only_if") else "",
        )
        found.append((language, texts))
    return tuple(found)

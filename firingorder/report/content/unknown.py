"""What is not known, what could not be measured, and what the methods rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.report.content.model import Section
from firingorder.report.content.outcome import exercise_of
from firingorder.report.content.results import fault_name
from firingorder.report.wording import split_channel
from firingorder.training.education.pages import load_page
from firingorder.training.words import tested_on_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material

STATEMENT = "Training record. Not a diagnosis."
_EXPECTED = ("gluteus_maximus", "erector_spinae", "hamstring", "gluteus_medius")
_METHODS = (
    "Reporting: ISEK standards, Merletti 1999; CEDE check list, Besomi et al. 2024, "
    "10.1016/j.jelekin.2024.102874; normalisation, Besomi et al. 2020, "
    "10.1016/j.jelekin.2020.102438; SENIAM, Hermens et al. 2000, 10.1016/S1050-6411(00)00027-4.",
    "Onsets by change of variance: Staude et al. 2001; detectors compared: 10.3390/jfmk6030070, "
    "10.1016/S0921-884X(96)95190-5, 10.1371/journal.pone.0177312.",
    "High-pass of 30 Hz against the heart: Drake and Callaghan 2006, "
    "10.1016/j.jelekin.2005.07.003.",
    "Differences of intervals: Zou and Donner 2008, Stat. Med. 27:1693. Shares: Wilson 1927. "
    "Smallest change that is told: Weir 2005, 10.1519/15184.1.",
    "Orientation: Laidig and Seel 2023, 10.1016/j.inffus.2022.10.014.",
    "Pain 0 to 10: a change of less than 2 points is within the error, Childs et al. 2005.",
)


def unknown_section(material: Material, listed: Sequence[Outcome]) -> Section:
    """Return what the reader must not take for known."""
    points = [*_of_tasks(listed), *_not_measured(material, listed), *_warnings(material)]
    page = load_page("not_known")
    general = [dict(p.text)["en"] for section in page.sections[:2] for p in section.said]
    return Section(
        "What is not known, and what was not measured",
        (STATEMENT,),
        tuple(dict.fromkeys([*points, *general])),
    )


def _of_tasks(listed: Sequence[Outcome]) -> Iterator[str]:
    for one in listed:
        record = exercise_of(one.task)
        if record is None:
            yield f"{one.name}: this version has no record of the exercise, so no reference either."
            continue
        reference = dict(record.reference.text)["en"]
        yield f"{one.name}, reference for the order: {reference}"
        yield f"{one.name}, not seen by these sensors: {_lower(record.text().cannot_see)}"
        yield f"{one.name}: the way its repetitions are found was " + (
            f"{tested_on_words(record.task.tested_on)}."
        )
        if record.task.side_assumed and one.side != "both":
            yield f"{one.name}: nobody said which side works; {one.side} was taken."


def _not_measured(material: Material, listed: Sequence[Outcome]) -> Iterator[str]:
    faults = list(dict.fromkeys(code for one in listed for rep in one.repetitions
                                for code in rep.not_measured))  # fmt: skip
    if faults:
        names = ", ".join(fault_name(code) for code in faults)
        yield f"Not measured in this session, never shown as zero: {names}."
    names = {split_channel(c.name)[0] for c in material.found.channels}
    absent = [m.replace("_", " ") for m in _EXPECTED if m not in names]
    if absent and material.found.channels:
        yield f"Without electrodes: {', '.join(absent)}."
    sides = {split_channel(c.name)[1] for c in material.found.channels}
    if len(sides) == 1 and (side := sides.pop()):
        yield f"Only the {side} side was measured; nothing is said about the other."
    for c in material.found.channels:
        if not c.usable:
            why = ", ".join(reason.replace("_", " ") for reason in c.reasons)
            yield f"{c.name.replace('_', ' ').capitalize()} could not be used: {why}."
    if "gluteus_medius" in names:
        yield "The start of gluteus medius decides nothing about the order."


def _warnings(material: Material) -> Iterator[str]:
    yield from material.found.warnings


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def methods_section() -> Section:
    """Return what the methods rest on."""
    return Section("Methods", (), _METHODS)

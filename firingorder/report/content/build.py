"""Puts a report together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.corrections import standing
from firingorder.report.content.annex import annex_of
from firingorder.report.content.model import ReportContent
from firingorder.report.content.numbers import duration_words
from firingorder.report.content.outcome import outcomes
from firingorder.report.content.pages import also_line, task_page
from firingorder.report.content.patient import patient_page
from firingorder.report.content.private import Plain
from firingorder.report.content.records import ReportOptions

if TYPE_CHECKING:
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Facts, Material
    from firingorder.report.wording import Target

FOOTER = "For training feedback. Not a diagnostic result."
SIMULATED = "SIMULATED, NO PERSON"


def build_report(material: Material, options: ReportOptions | None = None) -> ReportContent:
    """Return what the report says; nothing here depends on a clock or a screen."""
    options = options or ReportOptions()
    plain = Plain(material, options)
    material = plain.material
    found, facts = material.found, material.facts
    listed = outcomes(found)
    pages = tuple(task_page(material, one, _target(material, one, options)) for one in listed)
    first = listed[0]
    who, below = _who(facts, options)
    note = plain.note()
    return ReportContent(
        title=_title(listed),
        subtitle=_subtitle(facts),
        who=who,
        who_below=below,
        document_title=f"{_title(listed)}{_day(facts)}",
        tag=SIMULATED if facts.simulated else "",
        banners=banners(material, listed),
        pages=pages,
        also=tuple(also_line(one, k) for k, one in enumerate(listed[1:], start=2)),
        note_title="Therapist note",
        note=note,
        method=method_line(material),
        footer=FOOTER,
        annex=annex_of(material, listed, pages, options) if options.annex else (),
        patient=patient_page(material, first, options) if options.patient else None,
    )


def _target(material: Material, one: Outcome, options: ReportOptions) -> Target | None:
    """Return what an exercise is held against."""
    return options.target or material.targets.get(one.task)


def method_line(material: Material) -> str:
    """Return how onsets were found, how many by hand, and from what: on every page."""
    found, facts = material.found, material.facts
    total = sum(onset is not None for rep in found.repetitions for onset in rep.onsets.values())
    by_hand = len(standing(found.corrections).onsets)
    hand = f"{by_hand} of {total} onsets set by hand" if by_hand else "no onset set by hand"
    what = f"recording {facts.sha256[:12]}" if facts.sha256 else "recording without a file"
    return (
        "Onsets: posterior of the start by a change of variance against the own rest, 95 % "
        f"intervals; {hand}. Software {found.version}, settings {found.settings_hash[:12]}, {what}."
    )


def banners(material: Material, listed: tuple[Outcome, ...]) -> tuple[str, ...]:
    """Return what must be known before any number is read."""
    facts, found = material.facts, material.found
    said: list[str] = []
    if facts.simulated:
        said.append("Simulated data: nobody wore these sensors. Not the result of a person.")
    if facts.recovered:
        said.append(
            f"Recovered file: it was not closed or is damaged, {facts.lost_s:.1f} s are missing."
        )
    if facts.origin == "imported":
        said.append("Imported from another program: what its file does not say is not recorded.")
    if facts.calibration is None or facts.calibration.normalisation == "none":
        said.append(
            "No calibration: levels are % of own repetitions, or left out. The order needs none."
        )
    if not any(rep.pelvis is not None for one in listed for rep in one.repetitions) and any(
        one.repetitions for one in listed
    ):
        said.append("No pelvis sensor: repetitions were found from the muscles alone.")
    unusable = [c.name.replace("_", " ") for c in found.channels if not c.usable]
    if unusable:
        said.append(f"Not usable here: {', '.join(unusable)}.")
    return tuple(said)


def _title(listed: tuple[Outcome, ...]) -> str:
    names = list(dict.fromkeys(one.name.partition(",")[0] for one in listed))
    return f"{names[0]} training report" if len(names) == 1 else "Training report"


def _subtitle(facts: Facts) -> str:
    parts = [] if facts.number is None else [f"Session {facts.number}"]
    if facts.started is not None:
        parts.append(f"{facts.started.day} {facts.started:%B %Y, %H:%M}")
    parts.append(duration_words(facts.duration_s))
    return "  ·  ".join(parts)


def _day(facts: Facts) -> str:
    return "" if facts.started is None else f", {facts.started:%Y-%m-%d}"


def _who(facts: Facts, options: ReportOptions) -> tuple[str, str]:
    person = facts.person
    code = person.code or "No person named"
    if not options.names:
        return code, "code of the person" if person.code else ""
    below = [] if person.birth_year is None else [f"born {person.birth_year}"]
    if person.name and person.code:
        below.insert(0, person.code)
    if person.therapist:
        below.append(f"therapist {person.therapist}")
    return person.name or code, "  ·  ".join(below)

"""What stays out of a report unless it was asked for: names, serial numbers, paths, typed words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from firingorder.corrections import REASONS
from firingorder.report.content.records import Person
from firingorder.training.exercises import task_ids
from firingorder.training.programmes.templates import templates

if TYPE_CHECKING:
    from firingorder.findings import TrainingFinding
    from firingorder.report.content.records import Material, ReportOptions

LEFT_OUT = "(words left out)"
OWN_PROGRAMME = "of the therapist's own"
_SERIAL = "serial"


class Plain:
    """The material without what must not be told; everything later sees only this."""

    def __init__(self, material: Material, options: ReportOptions) -> None:
        self._options = options
        self._note = material.facts.session_note
        self.material = material if options.names else _unnamed(material)
        if not options.free_text:
            found = self.material.found
            kept = tuple(replace(c, why=_offered(c.why)) for c in found.corrections)
            self.material = replace(self.material, found=replace(found, corrections=kept))

    def note(self) -> str:
        """Return the note of the report: the typed one, else that of the session if asked for."""
        if self._options.note.strip():
            return self._options.note.strip()
        return self._note.strip() if self._options.free_text else ""


def _offered(why: str) -> str:
    """Return a reason that was chosen from those offered; what was typed stays out."""
    return why if not why or why in REASONS else LEFT_OUT


def _unnamed(material: Material) -> Material:
    facts, found = material.facts, material.found
    hidden = [facts.file, PurePath(facts.file).stem] if facts.file else []
    hidden += [str(facts.device.get(_SERIAL) or "")]
    for profile in facts.device.get("profiles") or []:
        hidden.append(str((profile or {}).get(_SERIAL) or ""))
    hidden += [facts.person.name, facts.person.therapist]
    device = {k: v for k, v in facts.device.items() if k not in (_SERIAL, "hello_hex")}
    if isinstance(device.get("profiles"), list):
        device["profiles"] = [
            None if p is None else {k: v for k, v in p.items() if k != _SERIAL}
            for p in device["profiles"]
        ]
    facts = replace(
        facts,
        file="",
        device=device,
        person=Person(code=facts.person.code),
    )
    found = replace(
        found,
        warnings=tuple(without(text, hidden) for text in found.warnings),
        corrections=tuple(replace(c, who="therapist" if c.who else "") for c in found.corrections),
        training=tuple(map(_without_programme, found.training)),
    )
    return replace(material, facts=facts, found=found)


def _without_programme(note: TrainingFinding) -> TrainingFinding:
    """Return a note that names no programme of the therapist's: people name them after people."""
    name = str(note.values.get("programme") or "")
    known = {one.id for one in templates()} | set(task_ids())
    if not name or name in known:
        return note
    return replace(note, values={**note.values, "programme": OWN_PROGRAMME})


def without(text: str, hidden: list[str]) -> str:
    """Return a text without names of files and people: also files that only it names."""
    for word in sorted({w for w in hidden if len(w) >= 3}, key=len, reverse=True):
        text = text.replace(word, "the recording" if "." in word else "[...]")
    words = [
        "[file]" if ("/" in w or "\\" in w) and len(w) > 3 and not w.startswith("http") else w
        for w in text.split(" ")
    ]
    return " ".join(words)

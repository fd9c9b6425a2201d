"""What goes into an export and what does not: names, dates and words are replaced here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from firingorder import __version__
from firingorder.findings import MarkerEvent, TrainingFinding
from firingorder.recording.writers import ExportData, ExportEvent, ExportFacts
from firingorder.session.exchange.exporting_collect import device_facts
from firingorder.session.parts import damage_words, entries
from firingorder.training.exercises import task_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.corrections import Correction
    from firingorder.findings import Event
    from firingorder.recording.reader import Recording
    from firingorder.session.exchange.exporting_collect import Collected
    from firingorder.session.exchange.exporting_privacy import Pseudonym, Pseudonyms
    from firingorder.session.results import Analysis

OWN_TASK = "own_exercise"
_DEVICE_MARK = re.compile(r"(button|sync edge) \d+")
#: Nobody's words, and of use to whoever reads the signals: kinds of a coach's notes.
_TRAINING = {"stop": "stop", "set_started": "set_started", "set_ended": "set_ended"}
_ALWAYS_OUT = (
    "The bytes as they were received, the observations of the clocks, the calibration profile, the "
    "programme and what was said live: they stay in the recording.",
    "Measures beside onsets and leads: `firingorder analyse --json` gives them.",
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asked of the privacy of an export."""

    with_text: bool = False
    true_dates: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a recording: the analysis, and what people changed of it."""

    analysis: Analysis
    ledger: tuple[Correction, ...] = ()
    edited: frozenset[tuple[int, str]] = frozenset()
    corrected: int = 0


def export_data(
    recording: Recording,
    collected: Collected,
    found: Found,
    who: Pseudonym,
    known: Pseudonyms | None,
    wishes: Wishes,
) -> ExportData:
    """Put together what is exported. ``known`` is None where there is no library."""
    analysis = found.analysis
    code = str(recording.session.get("person") or "")
    start, dates = _start(collected.start_utc_s, who, wishes)
    notes = [collected.sensor_words, *_damage(recording), *_told(analysis, recording, code)]
    repetitions = tuple(replace(one, task=_task(one.task, wishes)) for one in analysis.repetitions)
    facts = ExportFacts(
        subject=who.subject,
        task=_task(analysis.recording.task, wishes),
        side=analysis.recording.side,
        start=start,
        dates=dates,
        software_version=__version__,
        settings_hash=analysis.settings_hash,
        recording_sha256=recording.sha256,
        simulated=analysis.recording.simulated or collected.simulated,
        imported=recording.session.get("imported") is True,
        calibrated=collected.emg.units[0] == "uV",
        ham_site=str(recording.montage.get("ham_site", "unknown")),
        device={
            "sources": device_facts(collected.profiles),
            "serial_hashed": _serials(collected, known),
        },
        filters=("Samples are as the device sent them: no filter was applied by software.",),
        corrected=found.corrected,
        left_out=_left_out(dates, known, wishes),
        notes=tuple(dict.fromkeys(one for one in notes if one)),
    )
    events = [*_events(collected.events, wishes)]
    if wishes.with_text:
        events += _words(recording, found)
    events = [replace(one, text=_without(one.text, code, who)) for one in events]
    return ExportData(
        emg=collected.emg,
        imu=collected.imu,
        repetitions=repetitions,
        events=tuple(events),
        facts=facts,
        edited=found.edited,
    )


def _start(start_utc_s: float, who: Pseudonym, wishes: Wishes) -> tuple[datetime | None, str]:
    start = datetime.fromtimestamp(start_utc_s, UTC).replace(tzinfo=None)
    if wishes.true_dates:
        return start, "true"
    if who.shift_s is None:
        return None, "left out"
    return start + timedelta(seconds=who.shift_s), "shifted"


def _task(task: str, wishes: Wishes) -> str:
    """Return the exercise; the name of one's own exercise is words that somebody typed."""
    return task if wishes.with_text or task in task_ids() else OWN_TASK


def _serials(collected: Collected, known: Pseudonyms | None) -> list[str]:
    if known is None:
        return []
    return [
        known.hashed(f"{one.adapter}:{one.serial}")
        for one in collected.profiles
        if one is not None and one.serial
    ]


def _damage(recording: Recording) -> list[str]:
    damage = damage_words(recording)
    return [damage] if damage else []


def _told(analysis: Analysis, recording: Recording, code: str) -> list[str]:
    """Return the warnings of the analysis that name no file and nobody."""
    hidden = [recording.path.stem, ".mcap", "recovered", *([code] if code else [])]
    return [one for one in analysis.warnings if not any(word in one for word in hidden)]


def _events(events: Iterable[Event], wishes: Wishes) -> list[ExportEvent]:
    out: list[ExportEvent] = []
    for one in events:
        if isinstance(one, MarkerEvent):
            device = _DEVICE_MARK.fullmatch(one.text) is not None
            text = one.text if device or wishes.with_text else ""
            out.append(ExportEvent("device" if device else "marker", one.at_s, text))
        elif isinstance(one, TrainingFinding):
            told = _of_training(one)
            if told is not None:
                out.append(told)
    return out


def _of_training(note: TrainingFinding) -> ExportEvent | None:
    if note.kind in _TRAINING:
        return ExportEvent(_TRAINING[note.kind], note.at_s)
    pain = note.values.get("pain")
    if note.kind == "question_answered" and str(note.values.get("key", "")).startswith("pain"):
        pain = note.values.get("answer")
    if isinstance(pain, int | float | str) and str(pain).isdigit():
        return ExportEvent("pain", note.at_s, value=float(pain))
    return None


def _words(recording: Recording, found: Found) -> list[ExportEvent]:
    """Return what people wrote: notes in the recording, reasons and notes of corrections."""
    out: list[ExportEvent] = []
    for entry in entries(recording):
        if entry.topic == "annotations" and (text := _text(entry.data)):
            out.append(ExportEvent("note", None, text))
    for one in found.ledger:
        if one.why:
            out.append(ExportEvent("correction", one.onset_s, f"{one.kind}: {one.why}"))
    return out


def _text(data: bytes) -> str:
    try:
        fields: Any = json.loads(data)
    except ValueError:
        return ""
    return str(cast("dict[str, Any]", fields).get("text", "")) if isinstance(fields, dict) else ""


def _without(text: str, code: str, who: Pseudonym) -> str:
    return text.replace(code, who.subject) if code else text


def _left_out(dates: str, known: Pseudonyms | None, wishes: Wishes) -> tuple[str, ...]:
    said = ["The person's code and name, and the name of the file."]
    if dates == "shifted":
        said.append("The true date: all dates of this person are moved by the same span.")
    elif dates == "left out":
        said.append("The date: without a library there is nowhere to keep a span to move dates by.")
    said.append(
        "Serial numbers of devices."
        if known is None
        else "Serial numbers of devices: what stands there is a keyed hash of them."
    )
    if not wishes.with_text:
        said.append("Words that somebody typed: marks, notes, reasons, names of own exercises.")
    return (*said, *_ALWAYS_OUT)

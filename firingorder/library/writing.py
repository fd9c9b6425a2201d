"""What is written into the tables, each within the transaction of the caller."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, func, insert, select

from firingorder.errors import LibraryError
from firingorder.library import models as m
from firingorder.library.named_values import to_text
from firingorder.library.reading import stored_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from firingorder import corrections as corrected
    from firingorder.library import records as r

_COUNTS = ("repetitions", "scored", "glutes_first", "together", "back_first", "unclear")


def person_id(session: Session, code: str, now_s: float) -> int:
    """Return the key of a code, which is made where it was not there."""
    found = session.scalar(select(m.Person.id).where(m.Person.code == code))
    if found is not None:
        return found
    one = m.Person(code=code, created_s=now_s)
    session.add(one)
    session.flush()
    return one.id


def known_person(session: Session, code: str) -> m.Person:
    """Return the person of a code.

    Raises
    ------
    LibraryError
        There is nobody of this code.
    """
    found = session.scalar(select(m.Person).where(m.Person.code == code, m.Person.code != ""))
    if found is None:
        raise LibraryError(f"Nobody in the library has the code {code!r}.")
    return found


def known_recording(session: Session, recording_id: str) -> m.Recording:
    """Return a recording.

    Raises
    ------
    LibraryError
        It is not in the library.
    """
    found = session.scalar(select(m.Recording).where(m.Recording.recording_id == recording_id))
    if found is None:
        raise LibraryError(
            f"The recording {recording_id} is not in the library. Adopt its file first: "
            "firingorder library adopt FOLDER."
        )
    return found


def audit(
    session: Session, at_s: float, who: str, act: str, about: str, detail: str, *, once: bool = True
) -> None:
    """Add a row to the audit; ``once``: unless the very same is there, which had waited."""
    about = about[:200]
    row = {"at_s": at_s, "who": who, "act": act, "about": about, "detail": detail}
    same = select(m.Audit.id).filter_by(**row).limit(1)
    if not once or session.scalar(same) is None:
        session.add(m.Audit(**row))


def add_recording(session: Session, new: r.NewRecording, folder: Path, now_s: float) -> bool:
    """Add a recording with its session; where it is known, only the place of its file is renewed.

    Returns whether it is new.
    """
    path = stored_path(new.path, folder)
    further = json.dumps([stored_path(one, folder) for one in new.further])
    known = session.scalar(select(m.Recording).where(m.Recording.recording_id == new.id))
    if known is not None:
        known.path, known.further = path, further
        if new.sha256 != known.sha256:  # it was read while it was still being written
            known.sha256, known.bytes, known.finished = new.sha256, new.bytes, new.finished
        return False
    recording = m.Recording(
        recording_id=new.id,
        path=path,
        further=further,
        sha256=new.sha256,
        bytes=new.bytes,
        finished=new.finished,
        simulated=new.simulated,
        imported=new.imported,
        software=new.software,
        added_s=now_s,
    )
    session.add(recording)
    session.flush()
    session.add(
        m.Session(
            person_id=person_id(session, new.person, now_s),
            recording_id=recording.id,
            start_s=new.start_utc_s,
            duration_s=new.duration_s,
            task=new.task,
            side=new.side,
            calibration=new.calibration,
            pads_reapplied=new.pads_reapplied,
            pain_before=new.pain_before,
            pain_after=new.pain_after,
        )
    )
    session.flush()
    return True


def set_copies(session: Session, recording_id: str, copies: Sequence[str], folder: Path) -> None:
    """Put what is known of further copies of a recording in the place of what was."""
    recording = known_recording(session, recording_id)
    recording.copies = json.dumps([stored_path(one, folder) for one in copies])


def change_session(
    session: Session, id_: int, changes: Mapping[str, Any], now_s: float, who: str
) -> None:
    """Change what people say of a session, and write down what it was before.

    What was done at this very instant by the same person is not done again: it had waited.

    Raises
    ------
    LibraryError
        There is no such session, or a value is none of its scale.
    """
    one = session.get(m.Session, id_)
    if one is None:
        raise LibraryError(f"There is no session {id_} in the library.")
    done = select(m.Audit.id).filter_by(at_s=now_s, who=who, act="changed")
    if session.scalar(done.where(m.Audit.detail.startswith(f"session {id_}:")).limit(1)):
        return
    told: list[str] = []
    about = session.scalar(select(m.Person.code).where(m.Person.id == one.person_id)) or ""
    for name, value in changes.items():
        if name == "person":
            told.append(f"person {about!r} became {value!r}")
            one.person_id = person_id(session, str(value), now_s)
            for part in session.scalars(select(m.Summary).where(m.Summary.session_id == id_)):
                part.person_id = one.person_id
            for note in session.scalars(select(m.Note).where(m.Note.session_id == id_)):
                note.person_id = one.person_id
        else:
            if name.startswith("pain_") and value is not None and not 0 <= int(value) <= 10:
                raise LibraryError(f"Pain is a number from 0 to 10, not {value}.")
            before = getattr(one, name)
            setattr(one, name, value)
            told.append(name if name == "note" else f"{name} {before} became {value}")
    audit(session, now_s, who, "changed", about, f"session {id_}: {', '.join(told)}")


def add_analysis(
    session: Session, recording_id: str, key: r.ResultKey, result: Mapping[str, Any], now_s: float
) -> int:
    """Add a result and its repetitions, unless one with this key is there; return its number.

    The first result of a recording becomes its summary. A later one does so where only the
    version of the software differs and nobody corrected anything; else ``summarise`` decides.
    """
    recording = known_recording(session, recording_id)
    a = m.Analysis
    before = list(
        session.execute(
            select(a.id, a.sha256, a.montage_hash, a.calibration, a.settings_hash, a.version)
            .where(a.recording_id == recording.id)
            .order_by(a.id)
        )
    )
    fields = asdict(key)
    for id_, *values in before:
        if values == list(fields.values()):
            return id_
    one = a(recording_id=recording.id, made_s=now_s, result=dict(result), **fields)
    session.add(one)
    session.flush()
    rows = [_repetition(one.id, rep) for rep in cast("list[dict[str, Any]]", result["repetitions"])]
    if rows:
        session.execute(insert(m.Repetition), rows)
    corrected_too = session.scalar(
        select(func.count())
        .select_from(m.Correction)
        .where(m.Correction.recording_id == recording.id)
    )
    same_but_version = any(values[1:4] == list(fields.values())[1:4] for _, *values in before[:1])
    if not before or (same_but_version and not corrected_too):
        from firingorder.library.summarising import summary_of  # scipy: a list needs none of it

        summarise(session, recording, summary_of(result))
    return one.id


def _repetition(analysis_id: int, rep: dict[str, Any]) -> dict[str, Any]:
    return {
        "analysis_id": analysis_id,
        "number": rep["index"],
        "set_index": rep["set"],
        "task": rep.get("task") or "",
        "side": rep.get("side") or "both",
        "start_s": rep["start_s"],
        "end_s": rep["end_s"],
        "scored": rep["scored"],
        "verdict": rep["verdict"],
        "reason": rep["reason"] or "",
        "lead_ms": rep["lead_ms"],
        "low_ms": rep["low_ms"],
        "high_ms": rep["high_ms"],
    }


def summarise(session: Session, recording: m.Recording, summary: r.SessionSummary) -> None:
    """Put a summary in the place of the one before: it is only counted, never the source."""
    one = session.scalar(select(m.Session).where(m.Session.recording_id == recording.id))
    if one is None:
        raise LibraryError(f"The recording {recording.recording_id} has no session.")
    session.execute(delete(m.Summary).where(m.Summary.session_id == one.id))
    for part in summary.parts:
        fields = asdict(part)
        fields.pop("repetitions")
        metrics = to_text(fields.pop("metrics"))
        session.add(
            m.Summary(
                session_id=one.id,
                person_id=one.person_id,
                start_s=one.start_s,
                version=summary.version,
                settings_hash=summary.settings_hash,
                metrics=metrics,
                **fields,
            )
        )
    for name in _COUNTS:
        setattr(one, name, sum(getattr(part, name) for part in summary.parts))
    one.analysed, one.corrected = True, summary.corrected


def add_corrections(
    session: Session, recording_id: str, entries: Sequence[corrected.Correction], now_s: float
) -> None:
    """Add entries and their audit; those that are there already are not added twice."""
    recording = known_recording(session, recording_id)
    c = m.Correction
    there = set(session.scalars(select(c.id).where(c.id.in_([entry.id for entry in entries]))))
    about = session.scalar(
        select(m.Person.code)
        .join(m.Session, m.Session.person_id == m.Person.id)
        .where(m.Session.recording_id == recording.id)
    )
    for entry in entries:
        if entry.id in there:
            continue
        there.add(entry.id)
        session.add(c(recording_id=recording.id, **asdict(entry)))
        session.flush()  # in the order in which they were given
        words = _words(recording_id, entry)
        audit(session, now_s, entry.who, "corrected", about or "", words, once=False)


def _words(recording_id: str, entry: corrected.Correction) -> str:
    text = f"recording {recording_id}, repetition {entry.repetition}: {entry.kind}"
    if entry.channel:
        text += f" of {entry.channel}"
    if entry.kind == "onset":
        before = "nowhere" if entry.automatic_s is None else f"{entry.automatic_s:.4f} s"
        text += f" from {before} to {entry.onset_s:.4f} s"
    if entry.undoes:
        text += f" of entry {entry.undoes}"
    return f"{text}; {entry.why}" if entry.why else text

"""Movement, normalisation, trials, statistics, software: the block about the session."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.report.content import trend
from firingorder.report.content.block_signal import NOT_RECORDED, Items, profile_of, told, yes_no
from firingorder.report.content.numbers import plural, quantity
from firingorder.report.content.outcome import exercise_of, task_name
from firingorder.report.content.told import told_line
from firingorder.report.wording import format_ms, not_scored_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import Sides, TrainingFinding
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Facts, Material

_TEMPLATES = {
    "PITCH_LIFT": "turning of the pelvis out of its still start pose, back-dated to its beginning",
    "HINGE": "first way back after the far point of the bend",
    "STILL_LIMB": "small movements of the pelvis, low trust",
    "CUED_HOLD": "the cue; no movement is expected",
    "STEP": "steps by acceleration and tilt to the side",
    "IMPACT": "the peak of acceleration",
    "BALANCE": "shift of the weight",
}
_CEDE = {
    "task_matched_mvc": "task-matched MVC",
    "standard_isometric_mvc": "standard isometric MVC",
    "submaximal_reference": "submaximal reference contraction",
    "task_peak_or_mean": "peak or mean of the task itself",
    "none": "none",
    "m_max": "M-max",
}


def movement(material: Material, listed: Sequence[Outcome]) -> Items:
    """Return what is known of the pelvis sensor, and by what a repetition begins."""
    facts, profile = material.facts, profile_of(material.facts)
    measured = any(rep.pelvis is not None for rep in material.found.repetitions)
    if not measured and not any(stream.kind == "imu" for stream in facts.streams):
        return (("Pelvis sensor", "none: nothing is said about movement"),)
    mounting = None
    if facts.calibration is not None and facts.calibration.sensor is not None:
        mounting = facts.calibration.sensor.mounting
    if mounting is not None:
        how = f"{mounting.method}, 95 % error {quantity(mounting.error_deg)}°"
    else:
        declared = profile.get("imu_mount_wxyz")
        how = "not calibrated; " + ("as the device declares" if declared else NOT_RECORDED)
    items = [
        ("Pelvis sensor", f"{profile.get('imu') or NOT_RECORDED}"),
        ("Place on the body", NOT_RECORDED),
        ("Mounting", how),
        ("Frame", "fixed to the body: x forward, y left, z up; angles from the start pose of each "
         "repetition, never absolute"),
        ("Second sensor (lumbar, thigh)", "none"),
    ]  # fmt: skip
    for one in listed:
        record = exercise_of(one.task)
        if record is not None:
            rule = _TEMPLATES.get(record.task.template, record.task.template.lower())
            items.append((f"Start of {one.name}", rule))
    return tuple(items)


def normalisation(material: Material) -> Items:
    """Return what 100 % is, and how it was made; a clear word where there is none."""
    profile = material.facts.calibration
    if profile is None or profile.normalisation == "none":
        return (
            ("CEDE name", "none"),
            ("What it means", "levels are % of own repetitions or left out; ratios and symmetry "
             "of levels are refused; order metrics need no normalisation"),
        )  # fmt: skip
    items = [
        ("CEDE name", _CEDE[profile.normalisation]),
        ("Effort", profile.effort),
        ("Made", profile.identity.created_utc),
        ("Application of the pads", str(profile.identity.application)),
    ]
    for channel in profile.channels:
        tries = sum(len(position.tries) for position in channel.positions)
        kept = sum(one.kept for position in channel.positions for one in position.tries)
        value = (
            f"{quantity(channel.reference_uv)} µV ({channel.task}, {channel.posture}; "
            f"{tries} tries, {kept} kept)"
            if channel.reference_uv is not None
            else f"no reference: {channel.reason or NOT_RECORDED}"
        )
        items.append((channel.name.replace("_", " "), value))
    items.append(("Joint angle", NOT_RECORDED))
    return tuple(items)


def trials(material: Material, listed: Sequence[Outcome]) -> Items:
    """Return what was asked for and done: cues, sets, repetitions, rest, pain."""
    facts, found = material.facts, material.found
    begun = [note for note in found.training if note.kind == "session_started"]
    items: list[tuple[str, str]] = [
        ("Programme", told(_programme_name(begun, facts.programme))),
        ("Order of exercises", ", ".join(_order(material)) or NOT_RECORDED),
    ]
    for one in listed:
        rejected = [f"rep {rep.index} {not_scored_words(rep.reasons)}" for rep in one.rejected]
        words = f"{len(one.repetitions)} found, {len(one.scored)} counted"
        if rejected:
            words += f", {len(rejected)} rejected ({'; '.join(rejected)})"
        items.append((one.name, words))
        record = exercise_of(one.task)
        if record is not None:
            items.append((f"{one.name}: cues", " / ".join(record.text().cues) or NOT_RECORDED))
    items += [(f"Set {k}", _set_words(note)) for k, note in enumerate(_sets(found.training), 1)]
    if not _sets(found.training):
        items.append(("Mode, schedule of feedback", f"{NOT_RECORDED}: no coach led"))
    rests = _rests(material)
    items.append(("Rest between sets", rests or NOT_RECORDED))
    items.append(("Pain 0 to 10, before and after", _pain(material)))
    items.append(("What was done in the hour before", NOT_RECORDED))
    return tuple(items)


def _programme_name(begun: Sequence[TrainingFinding], programme: dict[str, Any]) -> str:
    if begun:
        return str(begun[-1].values.get("programme") or "")
    reps = programme.get("reps_per_set")
    return f"none; {reps} repetitions a set" if reps else ""


def _order(material: Material) -> list[str]:
    order: list[tuple[str, Sides]] = [
        (rep.task or material.found.task, rep.side) for rep in material.found.repetitions
    ]
    return [task_name(task, side) for task, side in dict.fromkeys(order)]


def _sets(notes: Sequence[TrainingFinding]) -> list[TrainingFinding]:
    return [note for note in notes if note.kind == "set_ended"]


def _set_words(note: TrainingFinding) -> str:
    values = note.values
    parts = [
        task_name(str(values.get("exercise") or "")),
        str(values.get("side") or ""),
        f"mode {values['mode']}" if values.get("mode") else "",
        f"{values.get('done')} of {values.get('asked')} done",
        f"{values.get('tries')} tries" if values.get("tries") is not None else "",
        f"pain {values['pain']}" if values.get("pain") is not None else "pain not asked",
        str(values.get("stamp") or ""),
    ]
    return ", ".join(part for part in parts if part)


def _rests(material: Material) -> str:
    reps = material.found.repetitions
    gaps = [
        later.start_s - earlier.end_s
        for earlier, later in pairwise(reps)
        if earlier.set_index != later.set_index
    ]
    return ", ".join(f"{gap:.0f} s" for gap in gaps)


def _pain(material: Material) -> str:
    facts = material.facts
    before, after = facts.pain_before, facts.pain_after
    asked = [
        note.values.get("pain", note.values.get("answer"))
        for note in material.found.training
        if note.kind == "pain" or str(note.values.get("key", "")).startswith("pain")
    ]
    if before is None and after is None and not asked:
        return NOT_RECORDED
    words = f"{told(before)} and {told(after)}"
    answers = ", ".join(str(one) for one in asked if one is not None)
    return f"{words}; all answers in their order: {answers}" if answers else words


def statistics(material: Material, listed: Sequence[Outcome]) -> Items:
    """Return medians with quartiles, how intervals were made, and the own measuring error."""
    items: list[tuple[str, str]] = []
    started = material.facts.started
    zone = None if started is None else started.tzinfo
    for one in listed:
        leads = [rep.lead_ms for rep in one.scored if rep.lead_ms is not None]
        if leads and one.asks_order:
            low, high = np.percentile(leads, (25, 75))
            items.append((
                f"Lead, {one.name}",
                f"median {format_ms(median(leads))}, quartiles {format_ms(float(low))} and "
                f"{format_ms(float(high))}, n = {len(leads)}; together margin "
                f"{one.margin_ms:g} ms",
            ))  # fmt: skip
            band = trend.own_band(trend.of_outcome(material.trend, one), zone)
            items.append((f"Own MDC, {one.name}", "not known: too few sessions" if band is None
                          else f"{quantity(band.mdc)} ms across days, "
                          f"{plural(band.sets, 'session')}"
                          + (", provisional" if band.provisional else "")))  # fmt: skip
    items += [
        ("Interval of a typical lead", "random effects with robust weights, 95 %"),
        ("Claim of a set", "always-valid 95 % interval, at least 20 ms, "
         "at least as many repetitions as the exercise asks for"),
        ("Bootstrap", "worked out exactly (infinitely many resamples); no seed, nothing random"),
        ("Shares", "Wilson 95 % interval"),
    ]  # fmt: skip
    baselines = material.facts.calibration
    if baselines is not None:
        for name, scope in (("within a day", baselines.within_day),
                            ("across days", baselines.across_days)):  # fmt: skip
            for key, own in list(scope.items())[:12]:
                words = f"{quantity(own.mdc)}, {plural(own.sets, 'set')}" + (
                    ", provisional" if own.provisional else "")  # fmt: skip
                items.append((f"Own MDC of the calibration, {name}: {key.replace('_', ' ')}",
                              words))  # fmt: skip
    return tuple(items)


def frequency(material: Material) -> Items:
    """Return how spectra were estimated, only where one was used."""
    used = any(
        m.code == "B21" and m.gate is None
        for rep in material.found.repetitions
        for m in rep.metrics
    )
    if not used:
        return ()
    return (
        ("Window, overlap", "1 s, 50 %"),
        ("Estimator", "median frequency; mean of half overlapping pieces (Welch)"),
        ("Taper", "Hann"),
    )


def _replayed(facts: Facts) -> str:
    """Say whether what was found live was found again; nobody compares unless it is asked for."""
    if facts.replay_equals_live is not None:
        return yes_no(facts.replay_equals_live)
    if not facts.digests:
        return NOT_RECORDED
    kept = "1 checksum" if facts.digests == 1 else f"{facts.digests} checksums"
    return (
        f"not compared for this report; the recording keeps {kept} of what was found live, and "
        "`firingorder replay --headless` compares them"
    )


def software(material: Material) -> Items:
    """Return versions, hashes and ids: with them the result can be made again."""
    facts, found = material.facts, material.found
    session = facts.session
    made = ", ".join(
        f"{name} {session[key]}"
        for name, key in (
            ("firingorder", "software_version"), ("Python", "python"), ("numpy", "numpy"),
            ("scipy", "scipy"), ("decoder", "decoder_version"),
        )
        if session.get(key)
    )  # fmt: skip
    items = [
        ("Analysed with", f"firingorder {found.version}"),
        ("Recorded with", made or NOT_RECORDED),
        ("Settings (SHA-256)", found.settings_hash),
        ("Recording (id)", told(facts.recording_id)),
        ("Recording (SHA-256)", told(facts.sha256)),
        ("Origin", {"recording": "own recording", "imported": "imported file",
                    "arrays": "samples without a file"}[facts.origin]),
        ("Replay equals live", _replayed(facts)),
        ("Told live and analysed afterwards", told_line(material)),
    ]  # fmt: skip
    if facts.file:
        items.append(("File", facts.file))
    return tuple(items)

"""The rows that a result gives to the tables: of the recording, its sets, its repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.session.events import milliseconds, probability, seconds
from firingorder.signal.sets import person_spread, set_leads, share, typical_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.findings import RepetitionFinding, SetFinding
    from firingorder.session.results import Analysis
    from firingorder.signal.set_params import SetParams

Kind = type[str] | type[int] | type[float] | type[bool]

_LEAD: dict[str, Kind] = {
    "leads": int, "lead_ms": float, "low_ms": float, "high_ms": float,
    "spread_ms": float, "spread_low_ms": float, "spread_high_ms": float,
    "share": float, "share_low": float, "share_high": float,
}  # fmt: skip
_COUNTS: dict[str, Kind] = {
    "scored": int, "glutes_first": int, "together": int, "back_first": int, "unclear": int,
}  # fmt: skip
#: Columns of the three tables with their kinds, in their order. Leads and intervals as
#: docs/reference/cohort.md says.
RECORDINGS: dict[str, Kind] = {
    "recording": str, "person": str, "task": str, "side": str, "simulated": bool,
    "duration_s": float, "lost_samples": int, "outage_s": float, "channels": int,
    "channels_usable": int, "sets": int, "repetitions": int, **_COUNTS, **_LEAD,
    "settings_hash": str, "version": str, "warnings": str, "error": str,
}  # fmt: skip
SETS: dict[str, Kind] = {
    "recording": str, "person": str, "set": int, "task": str, "side": str, **_COUNTS, **_LEAD,
    "verdict": str, "reason": str, "claim_low_ms": float, "claim_high_ms": float,
}  # fmt: skip
REPETITIONS: dict[str, Kind] = {
    "recording": str, "person": str, "set": int, "index": int, "task": str, "side": str,
    "start_s": float, "movement_onset_s": float, "end_s": float, "scored": bool, "not_scored": str,
    "verdict": str, "reason": str, "sides": str, "lead_ms": float, "low_ms": float,
    "high_ms": float, "p_glutes_first": float,
}  # fmt: skip
#: Between several words in one cell.
BETWEEN = "; "

Row = dict[str, Any]


def rows_of(
    found: Analysis, file: str, recording: str, person: str, params: SetParams
) -> dict[str, Any]:
    """Return ``row``, ``sets``, ``repetitions`` and ``channels`` of a result, as plain JSON."""
    who = {"recording": recording, "person": person}
    return {
        "file": file,
        "row": who | _recording(found, file, params),
        "sets": [who | _set(one) for one in found.sets],
        "repetitions": [who | _repetition(one) for one in found.repetitions],
        "channels": [
            {"name": one.name, "usable": one.usable, "reasons": list(one.reasons)}
            for one in found.channels
        ],
    }


def failed_row(recording: str, error: str) -> Row:
    """Return the row of a file that could not be analysed."""
    return dict.fromkeys(RECORDINGS) | {"recording": recording, "error": error}


def without_name(text: str, name: str) -> str:
    """Return a sentence in which a file is not named: somebody may have named it after a person."""
    return text.replace(name, "the file") if name else text


def _recording(found: Analysis, file: str, params: SetParams) -> Row:
    scored = [one for one in found.repetitions if one.scored]
    streams = found.recording.streams
    tasks = _distinct([one.task for one in found.repetitions], found.recording.task)
    sides = _distinct([one.side for one in found.repetitions], found.recording.side)
    one_kind = len({(one.task, one.side) for one in scored}) == 1
    return {
        "task": tasks,
        "side": sides,
        "simulated": found.recording.simulated,
        "duration_s": seconds(found.recording.duration_s),
        "lost_samples": sum(one.lost_samples for one in streams if one.kind == "emg"),
        "outage_s": seconds(sum(one.outage_s for one in streams if one.kind == "emg")),
        "channels": len(found.channels),
        "channels_usable": sum(one.usable for one in found.channels),
        "sets": len(found.sets),
        "repetitions": len(found.repetitions),
        **_counts(scored),
        **(_leads(found.sets, scored, params) if one_kind else dict.fromkeys(_LEAD)),
        "settings_hash": found.settings_hash,
        "version": found.version,
        "warnings": BETWEEN.join(without_name(one, file) for one in found.warnings),
        "error": None,
    }


def _leads(
    sets: Sequence[SetFinding], scored: Sequence[RepetitionFinding], params: SetParams
) -> Row:
    """Return the typical lead over all sets of one exercise and side; of one set, its own."""
    own = [one for one in sets if one.scored]
    if len(own) == 1 and own[0].scored == len(scored):
        return _set_leads(own[0])
    leads = set_leads(scored)
    interval = typical_interval(leads, params) or (None, None)
    spread = person_spread(leads, params) or (None, None, None)
    firsts = sum(one.verdict == "glutes_first" for one in scored)
    return _lead_cells(
        len(leads),
        (leads.median_ms, *interval),
        spread,
        share(firsts, len(scored), params.level),
    )


def _set_leads(one: SetFinding) -> Row:
    return _lead_cells(
        one.leads,
        (one.lead_ms, one.low_ms, one.high_ms),
        (one.spread_ms, one.spread_low_ms, one.spread_high_ms),
        one.glutes_first_share,
    )


def _lead_cells(
    leads: int,
    lead: Sequence[float | None],
    spread: Sequence[float | None],
    found: Any,
) -> Row:
    names = ("lead_ms", "low_ms", "high_ms", "spread_ms", "spread_low_ms", "spread_high_ms")
    values = map(milliseconds, (*lead, *spread))
    return {
        "leads": leads,
        **dict(zip(names, values, strict=True)),
        "share": None if found is None else probability(found.share),
        "share_low": None if found is None else probability(found.low),
        "share_high": None if found is None else probability(found.high),
    }


def _set(one: SetFinding) -> Row:
    return {
        "set": one.index,
        "task": one.task,
        "side": one.side,
        **{name: getattr(one, name) for name in _COUNTS},
        **_set_leads(one),
        "verdict": one.verdict,
        "reason": one.reason,
        "claim_low_ms": milliseconds(one.claim_low_ms),
        "claim_high_ms": milliseconds(one.claim_high_ms),
    }


def _repetition(one: RepetitionFinding) -> Row:
    return {
        "set": one.set_index,
        "index": one.index,
        "task": one.task,
        "side": one.side,
        "start_s": seconds(one.start_s),
        "movement_onset_s": seconds(one.movement_onset_s),
        "end_s": seconds(one.end_s),
        "scored": one.scored,
        "not_scored": BETWEEN.join(one.reasons),
        "verdict": one.verdict,
        "reason": one.reason,
        "sides": one.sides,
        "lead_ms": milliseconds(one.lead_ms),
        "low_ms": milliseconds(one.low_ms),
        "high_ms": milliseconds(one.high_ms),
        "p_glutes_first": probability(one.p_glutes_first),
    }


def _counts(scored: Sequence[RepetitionFinding]) -> Mapping[str, int]:
    verdicts = [one.verdict for one in scored]
    return {"scored": len(scored)} | {
        name: sum(one == name for one in verdicts) for name in _COUNTS if name != "scored"
    }


def _distinct(words: Sequence[str], otherwise: str) -> str:
    return BETWEEN.join(dict.fromkeys(words)) or otherwise

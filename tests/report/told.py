"""A session whose every number is planted, as findings: what reports are made of in tests."""

from __future__ import annotations

import re
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from firingorder.corrections import Correction
from firingorder.findings import (
    ChannelFinding,
    OnsetEstimate,
    PairFinding,
    PelvisRange,
    RepetitionFinding,
)
from firingorder.library.records import TrendPoint
from firingorder.measures import Metric
from firingorder.montage import DEFAULT_EIGHT
from firingorder.report.content.records import Facts, Found, Material, Person, StreamFacts
from firingorder.session.results import Analysis, RecordingSummary, StreamSummary
from firingorder.signal.sets import summarise_set
from firingorder.signal.settings import Settings
from firingorder.signal.task import result_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from firingorder.findings import RepetitionVerdict, SetFinding

#: Leads in ms, one for each outcome at least; None claims nothing.
LEADS = (108.2, 92.4, -1.3, -98.1, 115.4, 114.2, 105.3, 110.1, None)
STARTED = datetime(2026, 11, 14, 14, 10, tzinfo=UTC)
NAME, THERAPIST, SERIAL, FILE = "Alma Morgan", "Jo Ortiz", "c975734d1345f3d6", "alma-morgan.mcap"
WORDS = "Left glute pad replaced before set 2."
WHY = "cable touched the bench"


def verdict_of(lead_ms: float | None) -> RepetitionVerdict:
    """Return what an interval of 20 ms to either side claims, with a margin of 30 ms."""
    if lead_ms is None:
        return "unclear"
    if abs(lead_ms) < 10.0:
        return "together"
    return "glutes_first" if lead_ms > 0 else "back_first"


def repetition(index: int, lead_ms: float | None, **changed: Any) -> RepetitionFinding:
    """Return a repetition whose glutes began at 4 + 8 k s, the back ``lead_ms`` later."""
    start = 4.0 + 8.0 * index
    onsets: dict[str, OnsetEstimate | None] = {}
    for k, name in enumerate(DEFAULT_EIGHT):
        back = name.startswith("erector") * (lead_ms or 0.0) / 1e3
        at = start + 0.005 * k + back
        onsets[name] = OnsetEstimate(at, at - 0.011, at + 0.013)
    if lead_ms is None:
        onsets["gluteus_maximus_left"] = onsets["gluteus_maximus_right"] = None
    pairs = []
    for a, b in result_pairs(DEFAULT_EIGHT):
        first, second = onsets[a], onsets[b]
        if first is None or second is None:
            pairs.append(PairFinding(a, b, None, None, None, None, "unclear", "no_onset"))
            continue
        lead = 1e3 * (second.onset_s - first.onset_s)
        pairs.append(PairFinding(a, b, lead, lead - 17, lead + 18, 0.9, "unclear", None))
    made = RepetitionFinding(
        index=index, set_index=1, start_s=start, movement_onset_s=start + 0.06, top_s=start + 2,
        end_s=start + 5.25, scored=True, reasons=(), onsets=onsets, pairs=tuple(pairs),
        verdict=verdict_of(lead_ms), reason=None if lead_ms is not None else "no_onset",
        sides="both", lead_ms=lead_ms,
        low_ms=None if lead_ms is None else lead_ms - 20.3,
        high_ms=None if lead_ms is None else lead_ms + 21.7,
        pelvis=PelvisRange(28.0 + 0.37 * index, 3.79, 1.18), compensations=(), bursts=(),
        decided_at_s=start + 6, p_glutes_first=None if lead_ms is None else 0.873, task="bridge",
    )  # fmt: skip
    return replace(made, **changed)


def repetitions(leads: Sequence[float | None] = LEADS) -> tuple[RepetitionFinding, ...]:
    """Return one repetition for each lead."""
    return tuple(repetition(k, lead) for k, lead in enumerate(leads, start=1))


def sets_of(reps: Sequence[RepetitionFinding]) -> tuple[SetFinding, ...]:
    """Return the sets of repetitions, summarised as the analysis does."""
    keys = dict.fromkeys((rep.set_index, rep.task, rep.side) for rep in reps)
    return tuple(
        replace(
            summarise_set(
                k, [rep for rep in reps if (rep.set_index, rep.task) == (k, task)], 30.0, least=10
            ),
            task=task,
            side=side,
            metrics=(
                Metric("B10", "rms_lift", "hamstring_left", 47.318, "uV", 44.18, 50.97, 9),
                Metric("B11", "hamstring_share", "left", None, "1", gate="not_normalised"),
            ),
        )
        for k, task, side in keys
    )


def channels(names: Sequence[str] = DEFAULT_EIGHT) -> tuple[ChannelFinding, ...]:
    """Return channels of which one cannot be used."""
    return tuple(
        ChannelFinding(name, 2.31 + k, 0.41, name.startswith("erector"), 24.6 - k,
                       name != "gluteus_medius_right",
                       ("poor_contact",) if name == "gluteus_medius_right" else (), 0.27)
        for k, name in enumerate(names)
    )  # fmt: skip


def analysis(reps: Sequence[RepetitionFinding] | None = None) -> Analysis:
    """Return the whole result."""
    reps = repetitions() if reps is None else tuple(reps)
    streams = (
        StreamSummary("emg", 1000.0, 999.97, 79_880, 120, 0.5, ((12.5, 12.62),)),
        StreamSummary("imu", 100.0, 100.01, 8_000, 0, 0.5, ()),
    )
    return Analysis(
        version="0.1.0",
        settings_hash="25c324c5ec67e0e48381d78c88564edfc858d8be774a4a8992028fde16c8504f",
        recording=RecordingSummary("id-1", FILE, 80.5, "bridge", False, streams),
        channels=channels(),
        bursts=(),
        repetitions=tuple(reps),
        sets=sets_of(reps),
        warnings=(f"This file continues {FILE}: analyse that one.",),
    )


def material(reps: Sequence[RepetitionFinding] | None = None, **facts: Any) -> Material:
    """Return what a report is made of: a person with a name, a device with a serial number."""
    found = analysis(reps)
    streams = tuple(
        StreamFacts(s.kind, s.rate_hz, s.rate_measured_hz, s.samples, s.lost_samples, s.outage_s,
                    s.gaps)
        for s in found.recording.streams
    )  # fmt: skip
    told = Facts(
        recording_id="id-1", sha256="7f3a91c2" * 8, file=FILE, started=STARTED, duration_s=80.5,
        number=7, person=Person("P-0042", NAME, 1984, THERAPIST), streams=streams,
        device={"serial": SERIAL, "profiles": [{
            "adapter": "frame_v1", "model": "1:5", "serial": SERIAL, "firmware": "0.4.2",
            "emg_channels": 8, "bits": 24, "uv_per_count": 0.0477, "skew_us": 0.0,
            "group_delay_us": 16250.0, "time_source": "device_us", "integrity": "crc32",
            "imu": "6axis", "claim": "full"}]},
        montage={"channels": {f"EMG{k + 1}": n for k, n in enumerate(DEFAULT_EIGHT)},
                 "ham_site": "lateral"},
        settings=asdict(Settings()), pads_reapplied=True, pain_before=3, pain_after=2,
        session_note=WORDS,
    )  # fmt: skip
    return Material(
        found=Found(
            version=found.version, settings_hash=found.settings_hash, task="bridge",
            channels=found.channels, repetitions=found.repetitions, sets=found.sets,
            warnings=found.warnings, corrections=corrections(), automatic=found.repetitions,
        ),
        facts=replace(told, **facts),
        trend=trend(),
        session=7,
    )  # fmt: skip


def corrections() -> tuple[Correction, ...]:
    """Return an onset that was set, and an exclusion that was taken back."""
    return (
        Correction("1", "onset", 9, 76.0, THERAPIST, "2026-11-15T10:12:00+00:00", WHY,
                   "gluteus_maximus_left", 76.123, None),
        Correction("2", "exclude", 4, 36.0, THERAPIST, "2026-11-15T10:14:00+00:00", WHY),
        Correction("3", "undo", 4, 36.0, THERAPIST, "2026-11-15T10:15:00+00:00", undoes="2"),
    )  # fmt: skip


def point(number: int, lead_ms: float, share: float, **changed: Any) -> TrendPoint:
    """Return one session, four days after the one before."""
    made = TrendPoint(
        session=number, number=number, start_utc_s=STARTED.timestamp() + 4 * 86400 * (number - 7),
        task="bridge", side="both", scored=9, leads=8, glutes_first=round(9 * share), together=1,
        back_first=1, unclear=1, share=share, share_low=max(0.0, share - 0.2),
        share_high=min(1.0, share + 0.2), lead_ms=lead_ms, lead_low_ms=lead_ms - 12,
        lead_high_ms=lead_ms + 12, lead_q1_ms=lead_ms - 9, lead_q3_ms=lead_ms + 9,
        lead_left_ms=lead_ms, lead_right_ms=lead_ms, calibration="a", pads_reapplied=True,
        pain_before=3, pain_after=2, simulated=False, version="0.1.0",
    )  # fmt: skip
    return replace(made, **changed)


def trend() -> tuple[TrendPoint, ...]:
    """Return seven sessions, the last of which is this one as it was before corrections."""
    leads = (20.0, 26.0, 23.0, 29.0, 31.0, 38.0, 999.0)
    shares = (0.22, 0.30, 0.28, 0.45, 0.52, 0.60, 0.99)
    return tuple(
        point(k, lead, share) for k, (lead, share) in enumerate(zip(leads, shares, strict=True), 1)
    )


def texts(value: object) -> Iterator[str]:
    """Yield every text that stands anywhere in the content of a report."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from texts(getattr(value, one.name))


def numbers(text: str) -> set[str]:
    """Return every number of a text, with its sign, as plain ASCII."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace("\N{PLUS-MINUS SIGN}", " ")
    return set(re.findall(r"(?<![\w.])[+-]?\d+(?:\.\d+)?", plain))


#: How measures of the sets are written, by unit.
_DIGITS = {"deg": ".1f", "ms": ".0f", "s": ".2f", "uV": ".1f", "%": ".1f", "dB": ".1f", "Hz": ".1f"}


def wanted(result: dict[str, Any]) -> set[str]:
    """Return how the numbers of a result are to be read in its report."""
    out: set[str] = set()
    for rep in result["repetitions"]:
        out |= {str(rep["index"]), f"{rep['start_s']:.3f}"}
        out |= {_ms(rep[key]) for key in ("lead_ms", "low_ms", "high_ms") if rep[key] is not None}
        if rep["p_glutes_first"] is not None:
            out.add(f"{rep['p_glutes_first']:.3f}")
        for onset in rep["onsets"].values():
            out |= {f"{value:.3f}" for value in (onset or {}).values()}
        for pair in rep["pairs"]:
            out |= {_ms(pair[k]) for k in ("lead_ms", "low_ms", "high_ms") if pair[k] is not None}
        out |= {f"{value:.1f}" for value in (rep["pelvis"] or {}).values()}
    for one in result["sets"]:
        counts = ("index", "scored", "glutes_first", "together", "back_first", "unclear", "leads")
        out |= {str(one[key]) for key in counts}
        out |= {_ms(one[k]) for k in ("lead_ms", "low_ms", "high_ms", "claim_low_ms",
                                      "claim_high_ms") if one[k] is not None}  # fmt: skip
        out |= {str(round(one[k])) for k in ("spread_ms", "spread_low_ms", "spread_high_ms")
                if one[k] is not None}  # fmt: skip
        share = one["glutes_first_share"]
        out |= {str(round(100 * share[k])) for k in ("share", "low", "high")} if share else set()
        for m in one["metrics"]:
            written = _DIGITS.get(m["unit"], ".3g")
            out |= {f"{m[k]:{written}}" for k in ("value", "low", "high") if m[k] is not None}
    for channel in result["channels"]:
        out |= {f"{channel[k]:.3g}" for k in ("noise_uv", "snr_db", "mains_uv")}
    for stream in result["recording"]["streams"]:
        out |= {str(stream["samples"]), str(stream["lost_samples"]), f"{stream['rate_hz']:g}"}
    return out


def _ms(value: float) -> str:
    whole = round(value)
    return f"{whole:+d}" if whole else "0"

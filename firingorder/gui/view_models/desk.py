"""The desk view in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.cue_line import CueLine, cue_line, not_scored_line
from firingorder.gui.view_models.header_words import header_parts, set_words
from firingorder.gui.view_models.repetition import (
    cause,
    desk_sentence,
    headline,
    interval_words,
    ladder_of,
    sides_words,
    spoken,
    withdrawn_words,
)
from firingorder.gui.view_models.set_lead import MIXED, TimedLead, typical_lead, whole_set
from firingorder.report.wording import (
    MUSCLE_ORDER,
    NOTHING,
    format_clock,
    muscle_title,
    side_letter,
    split_channel,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import SetForecast
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.gui.view_models.repetition import RepView
    from firingorder.report.ladder import Ladder
    from firingorder.report.wording import Shape, Tone
    from firingorder.signal.reference import ChannelReference

#: Beside what only the therapist sees.
NOT_TOLD = "Not told"
#: Half heights of the lead chart in ms: few, so that sets look alike.
CHART_ENDS_MS = (150.0, 300.0, 600.0, 1200.0)
#: A replay says more than "recording", which could be read as "recording now".
#: That data leave this program is shown as long as they do.
Tag = Literal[
    "",
    "SIMULATED",
    "PLAYING A RECORDING",
    "SENDING BY LSL",
    "SENDING BY WEBSOCKET",
    "SENDING BY LSL + WEBSOCKET",
    "SIMULATED, SENT BY LSL",
    "SIMULATED, SENT BY WEBSOCKET",
    "SIMULATED, SENT BY LSL + WEBSOCKET",
]
RecordingWord = Literal["", "REC", "recorded", "not recording", "played"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A small title with its value."""

    title: str
    value: str
    tone: Literal["neutral", "warn", "alarm"] = "neutral"
    note: str = ""


@dataclass(frozen=True, slots=True)
class TopBarView:
    """Who, what, how well, and how long."""

    title: str
    subtitle: str
    tag: Tag
    readings: tuple[Reading, ...]
    recording: RecordingWord
    clock: str


@dataclass(frozen=True, slots=True)
class VerdictCardView:
    """The newest repetition; ``verdict`` is None before the first."""

    verdict: Shape | None
    tone: Tone
    headline: str
    sentence: str
    detail: str
    rep: str
    ladder: Ladder | None
    spoken: str
    cue: CueLine | None = None


@dataclass(frozen=True, slots=True)
class LeadPoint:
    """One repetition of the chart. Without ``lead_ms`` it stands in the lane of the undecided."""

    number: int
    verdict: Shape
    tone: Tone
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    scored: bool


@dataclass(frozen=True, slots=True)
class LeadChartView:
    """The lead of every repetition of the set; ``target_ms`` only if the therapist set one."""

    points: tuple[LeadPoint, ...]
    slots: int
    end_ms: float
    target_ms: float | None
    spoken: str


@dataclass(frozen=True, slots=True)
class StripRow:
    """One strip: which channel, its letter, its quality, and against what its level is told."""

    channel: str
    muscle: str
    letter: str
    column: int
    quality: str
    reference: ChannelReference | None = None


@dataclass(frozen=True, slots=True)
class LevelReading:
    """The level of a channel, and the same in percent of its reference where it has one."""

    level_uv: float | None
    percent: float | None = None


def top_bar(model: LiveModel) -> TopBarView:
    """Return the top bar. What the device does not report is left out, never shown as zero."""
    status = model.status
    task = status.task_name or ("" if status.person else "Live")
    return TopBarView(
        title="  ·  ".join(part for part in (status.person, task) if part),
        subtitle="  ·  ".join(header_parts(status, model.hat)),
        tag=source_tag(model),
        readings=tuple(_readings(model)),
        recording=_recording_word(model),
        clock=format_clock(status.elapsed_s),
    )


def source_tag(model: LiveModel) -> Tag:
    """Return what must not be overlooked about where the samples come from, or go to."""
    if model.status.source == "replay":
        return "PLAYING A RECORDING"
    simulated = model.status.source == "simulated"
    match model.status.sending, model.status.serving:
        case True, True:
            return (
                "SIMULATED, SENT BY LSL + WEBSOCKET" if simulated else "SENDING BY LSL + WEBSOCKET"
            )
        case True, False:
            return "SIMULATED, SENT BY LSL" if simulated else "SENDING BY LSL"
        case False, True:
            return "SIMULATED, SENT BY WEBSOCKET" if simulated else "SENDING BY WEBSOCKET"
        case _:
            return "SIMULATED" if simulated else ""


def _recording_word(model: LiveModel) -> RecordingWord:
    if model.status.source == "replay":
        return "played"
    # While the disk refuses or does not answer, nothing reaches it: the dot would promise it.
    if model.status.recording is None or model.status.alarm:
        return "not recording"
    over = model.status.connection in ("closed", "refused")
    return "recorded" if over else "REC"


def _readings(model: LiveModel) -> list[Reading]:
    status, readings = model.status, list[Reading]()
    if status.channels:
        all_of_them = len(status.channels)
        open_pads = {*model.poor_channels, *_open_pads(model)}
        good = all_of_them - len(open_pads)
        tone = "warn" if good < all_of_them else "neutral"
        readings.append(Reading("Contact", f"{good} / {all_of_them}", tone))
        lossy = "warn" if status.loss_percent >= 0.05 else "neutral"  # the last digit shown
        readings.append(Reading("Loss", f"{status.loss_percent:.1f} %", lossy))
    if status.delay_ms is not None:
        readings.append(Reading("Delay", f"{status.delay_ms:.0f} ms"))
    if status.battery_percent is not None:
        low = "warn" if status.battery_percent < 15.0 else "neutral"
        readings.append(Reading("Battery", f"{status.battery_percent:.0f} %", low))
    return readings


def _open_pads(model: LiveModel) -> list[str]:
    """Return the channels without contact by the signal check, so that no page says otherwise."""
    check = model.status.check
    channels = () if check is None else check.channels
    return [one.channel for one in channels if one.contact == "bad"]


def verdict_card(model: LiveModel) -> VerdictCardView:
    """Return the card of the newest repetition of the set."""
    rep = model.last_rep
    if rep is None:
        said = f"{set_words(model.status) or 'This set'}: no repetition yet."
        return VerdictCardView(None, "neutral", "Ready", "Waiting for the first lift", "", "",
                               None, said)  # fmt: skip
    if rep.kept:
        return VerdictCardView("done", "neutral", headline(rep), cause(rep), "",
                               f"Rep {rep.number}", None, spoken(rep))  # fmt: skip
    detail = sides_words(rep) or interval_words(rep)
    untold = NOT_TOLD if model.telling.keeps(rep.index) else ""
    detail = "  ·  ".join(part for part in (untold, withdrawn_words(rep), detail) if part)
    cue = cue_line(rep, model.target, model.status.working_side)
    said = ". ".join((spoken(rep), *((cue.spoken,) if cue else ()), *((untold,) if untold else ())))
    return VerdictCardView(
        rep.verdict,
        model.tone(rep),
        headline(rep),
        desk_sentence(rep),
        detail,
        f"Rep {rep.number}",
        ladder_of(rep),
        said,
        not_scored_line(rep) or cue,
    )


def lead_chart(model: LiveModel) -> LeadChartView:
    """Return the chart of the set."""
    # A lead that is not over yet has no place on a scale of milliseconds.
    reps = [rep for rep in model.set_reps if rep.stage != "live" or rep.lead_ms is not None]
    points = tuple(_point(rep, model) for rep in reps)
    ends = [abs(v) for p in points for v in (p.lead_ms, p.low_ms, p.high_ms) if v is not None]
    need = max(ends, default=0.0) * 1.05
    target = model.target
    return LeadChartView(
        points,
        max(model.status.reps_per_set, len(points)),
        next((end for end in CHART_ENDS_MS if end >= need), need),
        None if target is None else target.band_ms,
        "; ".join(spoken(rep) for rep in reps[-3:]) or "No repetition yet",
    )


def _point(rep: RepView, model: LiveModel) -> LeadPoint:
    shown = rep.verdict != "unclear" or rep.reason == "interval_too_wide"
    return LeadPoint(
        rep.number,
        rep.shape,
        model.tone(rep),
        rep.lead_ms if shown else None,
        rep.low_ms if shown else None,
        rep.high_ms if shown else None,
        rep.scored is not False,
    )


def set_numbers(model: LiveModel) -> tuple[Reading, ...]:
    """Return the numbers of the set over its scored repetitions; absent ones are left out."""
    reps = [rep for rep in model.set_reps if rep.scored is not False and not rep.kept]
    first = sum(rep.verdict == "glutes_first" for rep in reps)
    unclear = sum(rep.verdict == "unclear" for rep in reps)
    decided = len(reps) - unclear
    count = f"{first} of {decided}" if decided else NOTHING
    readings = [Reading("Glutes first", count, note=f"{unclear} can't tell" if unclear else "")]
    readings.append(_middle_lead(reps))
    newest = next((rep.forecast for rep in reversed(reps) if rep.forecast is not None), None)
    if newest is not None:
        readings.append(_whole_set(newest))
    sides = _side_leads(model, reps)
    if sides:
        readings.append(Reading("Left / right", sides))
    if model.status.has_imu:
        hold = NOTHING if model.hold_s is None else f"{model.hold_s:.1f} s"
        readings.append(Reading("Last hold", hold))
    return tuple(readings)


def _middle_lead(reps: list[RepView]) -> Reading:
    timed = [
        TimedLead(rep.lead_ms, rep.low_ms, rep.high_ms, rep.verdict)
        for rep in reps
        if rep.lead_ms is not None and rep.low_ms is not None and rep.high_ms is not None
    ]
    value, note = typical_lead(timed)
    unit = "" if value in (MIXED, NOTHING) else " ms"
    return Reading("Median lead", value + unit, note=note)


def _whole_set(forecast: SetForecast) -> Reading:
    value, note = whole_set(forecast)
    return Reading("Whole set", value, note=note)


def _side_leads(model: LiveModel, reps: list[RepView]) -> str:
    words: list[str] = []
    for side in ("left", "right"):
        a, b = f"gluteus_maximus_{side}", f"erector_spinae_{side}"
        if a not in model.status.channels or b not in model.status.channels:
            return ""
        timed = [
            TimedLead(pair.lead_ms, pair.low_ms, pair.high_ms, pair.verdict)
            for rep in reps
            for pair in rep.pairs
            if (pair.a, pair.b) == (a, b)
            and pair.reason is None
            and pair.lead_ms is not None
            and pair.low_ms is not None
            and pair.high_ms is not None
        ]
        words.append(typical_lead(timed)[0])
    return " / ".join(words)


def strip_rows(model: LiveModel) -> tuple[StripRow, ...]:
    """Return the strips from top to bottom: in the order of muscles, left above right."""
    poor = set(model.poor_channels)
    references = dict(zip(model.status.channels, model.status.references, strict=False))
    rows: list[StripRow] = []
    for column in strip_order(model.status.channels):
        channel = model.status.channels[column]
        muscle, side = split_channel(channel)
        found = model.quality.get(channel)
        quality = found.state if found else "good"
        rows.append(
            StripRow(
                channel,
                muscle,
                side_letter(side),
                column,
                "poor_contact" if channel in poor else quality,
                references.get(channel),
            )
        )
    return tuple(rows)


def strip_order(channels: Sequence[str]) -> list[int]:
    """Return the columns in the order in which channels are listed: muscle, then left, right."""
    known = {muscle: k for k, muscle in enumerate(MUSCLE_ORDER)}

    def place(column: int) -> tuple[int, str, str]:
        muscle, side = split_channel(channels[column])
        return known.get(muscle, len(known)), muscle, side

    return sorted(range(len(channels)), key=place)


def strips_spoken(model: LiveModel) -> str:
    """Return the strips as one sentence for a screen reader."""
    rows = strip_rows(model)
    if not rows:
        return "No channels yet"
    names = dict.fromkeys(muscle_title(row.muscle) for row in rows)
    said = f"{len(rows)} channels: {', '.join(names)}. {len(model.poor_channels)} with poor contact"
    told = sum(row.reference is not None for row in rows)
    return f"{said}. Levels of {told} in {model.status.reference_unit}" if told else said


def level_reading(row: StripRow, level_uv: float | None) -> LevelReading:
    """Return what stands beside a strip.

    In percent of its reference where it has one, without the power of rest, and nothing while the
    signal is not good: a percent of hum would look like effort. Else the level itself.
    """
    full = None if row.reference is None else row.reference.reference_uv
    if level_uv is None or row.reference is None or full is None or full <= 0.0:
        return LevelReading(level_uv)
    if row.quality != "good":
        return LevelReading(None)
    rest_uv = row.reference.rest_uv or 0.0
    return LevelReading(level_uv, 100.0 * max(0.0, level_uv**2 - rest_uv**2) ** 0.5 / full)


def undecided_words(model: LiveModel) -> tuple[str, ...]:
    """Return why the undecided repetitions of the set are undecided, each cause once."""
    return tuple(
        dict.fromkeys(cause(r) for r in model.set_reps if r.verdict == "unclear" and not r.kept)
    )

"""The sessions of a person: share and lead with intervals, the own band, what forbids comparing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import ceil, floor, inf, nan
from typing import TYPE_CHECKING

from firingorder.library.records import TrendPoint
from firingorder.report.content.model import TrendChart, TrendDot
from firingorder.report.content.numbers import percent
from firingorder.report.wording import format_ms, signed_number
from firingorder.signal.metrics.amount import Amount
from firingorder.signal.metrics.sessions import Occasion, band_across, band_between, change_from
from firingorder.training.safety.digest import stamps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material
    from firingorder.signal.metrics.sessions import OwnBand, SessionChange

#: Stands for this session where no library knows it.
NOW = -1
#: Sessions that are drawn: the last ones.
MOST_SESSIONS = 12
FLAGS = {
    "c": "c: another calibration than before",
    "p": "p: pads were put on again",
    "e": "e: corrected by hand",
    "s": "s: simulated",
    "v": "v: another version of the software",
}


def of_outcome(points: Sequence[TrendPoint], one: Outcome) -> tuple[TrendPoint, ...]:
    """Return the sessions of this exercise and side, oldest first."""
    return tuple(p for p in points if p.task == one.task and (p.side or "both") == one.side)


def with_this(
    points: Sequence[TrendPoint], material: Material, one: Outcome
) -> tuple[TrendPoint, ...]:
    """Return the sessions with this one as the report has it, so that one page says one thing."""
    summary, facts, share = one.summary, material.facts, one.summary.glutes_first_share
    sides = {lead.side: lead.lead_ms for lead in summary.per_side}
    now = TrendPoint(
        session=NOW if material.session is None else material.session,
        number=facts.number or (points[-1].number + 1 if points else 1),
        start_utc_s=facts.started.timestamp() if facts.started else inf,
        task=one.task,
        side=one.side,
        scored=summary.scored,
        leads=summary.leads,
        glutes_first=summary.glutes_first,
        together=summary.together,
        back_first=summary.back_first,
        unclear=summary.unclear,
        share=None if share is None else share.share,
        share_low=None if share is None else share.low,
        share_high=None if share is None else share.high,
        lead_ms=summary.lead_ms,
        lead_low_ms=summary.low_ms,
        lead_high_ms=summary.high_ms,
        lead_q1_ms=None,
        lead_q3_ms=None,
        lead_left_ms=sides.get("left"),
        lead_right_ms=sides.get("right"),
        calibration="" if facts.calibration is None else facts.calibration.identity.profile_id,
        pads_reapplied=facts.pads_reapplied,
        pain_before=facts.pain_before,
        pain_after=facts.pain_after,
        simulated=facts.simulated,
        version=material.found.version,
        corrected=len({c.repetition for c in material.found.corrections if c.kind != "note"}),
    )
    known = next((p for p in points if p.session == now.session), None)
    if known is not None:
        now = replace(now, number=known.number, start_utc_s=known.start_utc_s,
                      calibration=known.calibration, version=known.version)  # fmt: skip
    earlier = [p for p in points if p.session != now.session]
    return tuple(earlier if not one.scored and known is None else [*earlier, now])


def previous(points: Sequence[TrendPoint], session: int | None) -> TrendPoint | None:
    """Return the session before this one; without this one the newest."""
    if session is None or all(p.session != session for p in points):
        return points[-1] if points else None
    place = next(k for k, p in enumerate(points) if p.session == session)
    return points[place - 1] if place else None


def own_band(points: Sequence[TrendPoint], zone: tzinfo | None = None) -> OwnBand | None:
    """Return the person's own band of the lead over days (B26); None while it is not known."""
    return band_across([_occasion(p, zone) for p in counted(points)])


def change_since(
    points: Sequence[TrendPoint],
    last: TrendPoint,
    now: Amount,
    session: int | None,
    zone: tzinfo | None,
) -> SessionChange:
    """Return the difference to an earlier session, judged as the page Trends judges it."""
    changed = change_from(amount_of(last), now, band_since(points, last, session, zone))
    stamped = zip(points, stamps(p.pain_before for p in points), strict=True)
    two = (last.session, NOW if session is None else session)
    if changed.state != "not_known" and any(word and p.session in two for p, word in stamped):
        return replace(changed, state="not_interpretable")
    return changed


def counted(points: Sequence[TrendPoint]) -> tuple[TrendPoint, ...]:
    """Return the sessions that may be compared: simulated ones only where there are no others."""
    real = any(not p.simulated for p in points)
    return tuple(p for p in points if not (real and p.simulated))


def band_since(
    points: Sequence[TrendPoint], last: TrendPoint, session: int | None, zone: tzinfo | None
) -> OwnBand | None:
    """Return the own band against which a session is held to an earlier one, as the trends do.

    Within a day where the pads are known to have stayed, else across days; None where it is not
    known, or where one of the two is simulated and the person has real sessions.
    """
    taken = counted(points)
    places = {p.session: k for k, p in enumerate(taken)}
    now = NOW if session is None else session
    if last.session not in places or now not in places:
        return None
    occasions = [_occasion(p, zone) for p in taken]
    return band_between(occasions, places[last.session], places[now])


def charts(
    points: Sequence[TrendPoint], session: int | None, zone: tzinfo | None
) -> tuple[TrendChart, ...]:
    """Return share and lead over the sessions; nothing while there are fewer than two."""
    if len(points) < 2:
        return ()
    shown = points[-MOST_SESSIONS:]
    before = dict(zip([p.session for p in points[1:]], points[:-1], strict=True))
    flags = {p.session: _flags(p, before.get(p.session)) for p in shown}

    def dot(p: TrendPoint, value: float | None, low: float | None, high: float | None) -> TrendDot:
        when = datetime.fromtimestamp(p.start_utc_s, zone or UTC)
        return TrendDot(
            label=f"S{p.number}",
            day=f"{when.day} {when:%b %Y}",
            value=value,
            low=low,
            high=high,
            flags=flags[p.session],
            pain=_pain(p),
            current=p.session == session,
            simulated=p.simulated,
        )

    shares = tuple(dot(p, _of100(p.share), _of100(p.share_low), _of100(p.share_high))
                   for p in shown)  # fmt: skip
    leads = tuple(dot(p, p.lead_ms, p.lead_low_ms, p.lead_high_ms) for p in shown)
    return (_share_chart(shares), _lead_chart(leads, own_band(points, zone)))


def legend(points: Sequence[TrendPoint]) -> str:
    """Return what the letters below the sessions mean; empty where there are none."""
    shown = points[-MOST_SESSIONS:]
    before = dict(zip([p.session for p in points[1:]], points[:-1], strict=True))
    used = {flag for p in shown for flag in _flags(p, before.get(p.session))}
    words = [text for flag, text in FLAGS.items() if flag in used]
    if any(_pain(p) for p in shown):
        words.append("Lowest line: pain 0 to 10, before and after")
    return ". ".join(words) + ("." if words else "")


def change_words(
    points: Sequence[TrendPoint], session: int | None, one: Outcome, zone: tzinfo | None
) -> str:
    """Return what changed since the session before: only what lies beyond the measuring error."""
    if len(points) < 2:
        return ""
    last = previous(points, session)
    summary = one.summary
    if last is None or last.lead_ms is None or summary.lead_ms is None:
        return ""
    now = Amount(summary.lead_ms, _or_nan(summary.low_ms), _or_nan(summary.high_ms), summary.leads)
    changed = change_since(points, last, now, session, zone)
    told = f"Median lead {format_ms(summary.lead_ms)}, session {last.number}: "
    told += f"{format_ms(last.lead_ms)}. "
    if changed.state == "not_known" or changed.band is None:
        may = {p.session for p in counted(points)}
        if not {last.session, NOW if session is None else session} <= may:
            return told + "One of the two is simulated: they are not compared."
        return told + (
            "How large a difference must be to be one is not known yet for this person: "
            "it takes two earlier sessions of five repetitions or more."
        )
    error = f"own measuring error {round(changed.band.mdc)} ms" + (
        ", provisional" if changed.band.provisional else ""
    )
    if changed.state == "not_interpretable":
        return told + "Not interpretable because of pain: nothing is made of the difference."
    if changed.state == "within":
        small = abs(changed.by.value) <= changed.band.mdc
        why = f"is within the {error}" if small else "has an interval that holds zero"
        return told + f"The difference {why}: no change is told."
    more = "More" if changed.by.value > 0 else "Less"
    return told + f"{more} than last time, beyond the {error}."


def _share_chart(dots: tuple[TrendDot, ...]) -> TrendChart:
    return TrendChart(
        title="Share",
        note="share of reps with the glutes first; line = 95 % interval",
        unit="%",
        dots=dots,
        low=0.0,
        high=100.0,
        ticks=(0.0, 50.0, 100.0),
        band=None,
        alt="Share of repetitions with the glutes first: "
        + ", ".join(
            f"{d.label} {percent(d.value / 100.0) if d.value is not None else 'none'}" for d in dots
        ),
    )


def _lead_chart(dots: tuple[TrendDot, ...], band: OwnBand | None) -> TrendChart:
    edges = [v for d in dots for v in (d.value, d.low, d.high) if v is not None]
    edges += [0.0] if band is None else [0.0, band.low, band.high]
    low, high = floor(min(edges) / 50.0) * 50.0, ceil(max(edges) / 50.0) * 50.0
    low, high = max(low, -400.0), min(high, 600.0)
    if high - low < 100.0:
        high = low + 100.0
    note = "median lead, ms; line = 95 % interval"
    if band is not None:
        note += "; band = no change for this person"
    return TrendChart(
        title="Lead",
        note=note,
        unit="ms",
        dots=dots,
        low=low,
        high=high,
        ticks=_three(low, high),
        band=None if band is None else (band.low, band.high),
        alt="Median lead of the glutes over the back: "
        + ", ".join(f"{d.label} {'none' if d.value is None else format_ms(d.value)}" for d in dots),
    )


def tick_text(value: float, unit: str) -> str:
    """Return the label of an axis: ``50 %``, ``+100``."""
    return f"{round(value)} %" if unit == "%" else ("0" if not value else signed_number(value))


def _three(low: float, high: float) -> tuple[float, ...]:
    step = next((s for s in (50.0, 100.0, 200.0, 500.0) if (high - low) / s <= 4), 1000.0)
    return tuple(k * step for k in range(ceil(low / step), floor(high / step) + 1))


def _flags(point: TrendPoint, before: TrendPoint | None) -> tuple[str, ...]:
    flags = []
    if before is not None and point.calibration != before.calibration:
        flags.append("c")
    if point.pads_reapplied and before is not None:
        flags.append("p")
    if point.corrected:
        flags.append("e")
    if point.simulated:
        flags.append("s")
    if before is not None and point.version != before.version:
        flags.append("v")
    return tuple(flags)


def _pain(point: TrendPoint) -> str:
    if point.pain_before is None and point.pain_after is None:
        return ""
    known = ["?" if p is None else str(p) for p in (point.pain_before, point.pain_after)]
    return f"{known[0]}\N{RIGHTWARDS ARROW}{known[1]}"


def _occasion(point: TrendPoint, zone: tzinfo | None) -> Occasion:
    day = datetime.fromtimestamp(point.start_utc_s, zone or UTC).date().isoformat()
    stayed = None if point.pads_reapplied is None else not point.pads_reapplied
    return Occasion(amount_of(point), day, stayed)


def amount_of(point: TrendPoint) -> Amount:
    """Return the lead of a session as a value with its interval."""
    if point.lead_ms is None:
        return Amount(nan, nan, nan, point.leads)
    return Amount(
        point.lead_ms, _or_nan(point.lead_low_ms), _or_nan(point.lead_high_ms), point.leads
    )


def _or_nan(value: float | None) -> float:
    return nan if value is None else value


def _of100(value: float | None) -> float | None:
    return None if value is None else 100.0 * value

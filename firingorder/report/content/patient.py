"""The page for the person who trained: what happened, in plain words, without any promise."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from firingorder.report.content import trend
from firingorder.report.content.model import PatientPage
from firingorder.report.content.numbers import plural
from firingorder.report.content.outcome import exercise_of, mark_of
from firingorder.report.ladder import build_ladder
from firingorder.report.wording import verdict_tone
from firingorder.signal.metrics.amount import Amount

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material, ReportOptions
    from firingorder.report.wording import Tone

CLOSING = (
    "These sensors show when muscles start to work. They do not show why something hurts, and this "
    "page is not a diagnosis. Please ask your therapist about anything that is unclear."
)
#: What stands in the picture: the two that the question is about, and the one beside them.
_SHOWN = ("gluteus_maximus", "hamstring", "erector_spinae")


def patient_page(material: Material, one: Outcome, options: ReportOptions) -> PatientPage:
    """Return the page of the first exercise in plain words."""
    rep = typical(one)
    target = options.target or material.targets.get(one.task)
    tone: Tone = "neutral"
    if rep is not None:
        tone = verdict_tone(rep.verdict, target, rep.low_ms, rep.high_ms)
    ladder = None
    if rep is not None:
        ladder = build_ladder(
            rep.onsets, rep.pairs, rep.verdict, sides=rep.sides, lead_ms=rep.lead_ms,
            movement_onset_s=rep.movement_onset_s, muscles=_SHOWN, sequence=rep.sequence,
        )  # fmt: skip
    number = "" if rep is None else f"repetition {rep.index}"
    return PatientPage(
        title="Your training, in plain words",
        big=_big(one),
        sentences=_sentences(one),
        ladder=ladder,
        ladder_title=f"One of yours: {number}. From left to right is time. "
        "Each dark line is where a muscle began; the rounded box around it says how sure that is.",
        ladder_tone="neutral" if tone == "muted" else tone,
        ladder_alt=f"Starts of the muscles in {number}.",
        marks=tuple((str(r.index), mark_of(r, target)) for r in one.scored)
        if one.asks_order
        else (),
        boxes=_boxes(material, one),
        closing=CLOSING,
    )


def typical(one: Outcome) -> RepetitionFinding | None:
    """Return a repetition of the most frequent outcome, its lead the middle one; None without."""
    timed = [rep for rep in one.scored if rep.lead_ms is not None and rep.verdict != "unclear"]
    if not timed or not one.asks_order:
        return None
    kinds = [rep.verdict for rep in timed]
    most = max(kinds, key=kinds.count)
    leads = {rep.index: rep.lead_ms or 0.0 for rep in timed if rep.verdict == most}
    middle = median(leads.values())
    nearest = min(leads, key=lambda index: abs(leads[index] - middle))
    return next(rep for rep in timed if rep.index == nearest)


def _big(one: Outcome) -> str:
    n, summary = len(one.scored), one.summary
    if not n:
        return "This time nothing could be counted"
    if not one.asks_order:
        return f"You did {plural(n, 'repetition')} of {one.name}"
    claims = ((summary.glutes_first, "your glutes began first"),
              (summary.back_first, "your back began first"),
              (summary.together, "glutes and back began together"))  # fmt: skip
    count, words = max(claims, key=lambda claim: claim[0])
    if not count:
        return f"In {plural(n, 'repetition')} the sensors could not tell who began"
    return f"In {count} of {n} {words}"


def _sentences(one: Outcome) -> tuple[str, ...]:
    n, total, summary = len(one.scored), len(one.repetitions), one.summary
    if not total:
        return ("The sensors found no complete movement. The recording is kept, and your "
                "therapist can look at it.",)  # fmt: skip
    counted = f"You did {plural(total, 'repetition')} of: {one.name}."
    if n < total:
        counted += f" {n} could be counted."
    if not n or not one.asks_order:
        return (counted,)
    record = exercise_of(one.task)
    asked = "We looked at which muscle starts: the glutes (your seat) or the lower back."
    told: list[str] = []
    if summary.lead_ms is not None and summary.low_ms is not None and summary.high_ms is not None:
        who = "before" if summary.lead_ms >= 0 else "after"
        sure = summary.low_ms > 0 or summary.high_ms < 0
        told.append(
            f"Typically the glutes began {abs(round(summary.lead_ms))} thousandths of a second "
            f"{who} the back."
            + ("" if sure else " Your repetitions differed, so this could also be the other way.")
        )
    open_ones = summary.unclear
    if open_ones:
        told.append(
            f"In {open_ones} of them it was too close or the signal was not clear enough to tell."
        )
    if record is not None and record.reference.order == "none_known":
        told.append("No order is known to be the right one; we compare you only with yourself.")
    return (f"{counted} {asked}", *told)


def _boxes(material: Material, one: Outcome) -> tuple[tuple[str, str], ...]:
    boxes = [("Compared with last time", _compared(material, one))]
    pain = _pain(material)
    if pain:
        boxes.append(("How it felt", pain))
    if material.facts.simulated:
        boxes.insert(0, ("A demonstration", "These numbers are simulated. They are not yours."))
    return tuple(boxes)


def _compared(material: Material, one: Outcome) -> str:
    points = trend.of_outcome(material.trend, one)
    points = trend.with_this(points, material, one) if points else ()
    last = trend.previous(points, trend.NOW if material.session is None else material.session)
    summary = one.summary
    if last is None or last.lead_ms is None or summary.lead_ms is None or len(points) < 2:
        return "There is no earlier session of this exercise to compare with yet."
    now = Amount(
        summary.lead_ms,
        float("nan") if summary.low_ms is None else summary.low_ms,
        float("nan") if summary.high_ms is None else summary.high_ms,
        summary.leads,
    )
    started = material.facts.started
    zone = None if started is None else started.tzinfo
    changed = trend.change_since(points, last, now, material.session, zone)
    band = changed.band
    if changed.state == "beyond":
        way = "earlier" if changed.by.value > 0 else "later"
        if band is not None and band.provisional:
            return (
                f"Perhaps your glutes began {way} against the back than last time. More sessions "
                "will show how much is just chance."
            )
        return (
            f"Your glutes began {way} against the back than last time, by more than the "
            "measuring error."
        )
    if changed.state == "not_interpretable":
        return "With this much pain the two sessions are not compared."
    if changed.state == "within" and band is not None and abs(changed.by.value) > band.mdc:
        return "Too uncertain to tell whether anything is different from last time."
    if changed.state == "within":
        return "About the same as last time: the difference is not larger than the measuring error."
    return "It is too early to say: a few more sessions show how much is just chance."


def _pain(material: Material) -> str:
    before, after = material.facts.pain_before, material.facts.pain_after
    if before is None and after is None:
        return ""
    words = {True: "not asked"}
    told = [words.get(p is None) or str(p) for p in (before, after)]
    return f"Pain on a scale of 0 to 10: {told[0]} before, {told[1]} after."

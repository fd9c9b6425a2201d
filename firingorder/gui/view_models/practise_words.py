"""What the page Practise says: rounds, truths, sources. No drawing here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.gui.view_models.practise_score import (
    NO_LEAD_MS,
    error_ms,
    product_verdict,
    right_answers,
    truth_of,
)
from firingorder.report.ladder import Ladder, build_ladder
from firingorder.report.wording import (
    VERDICT_WORDS,
    format_ms,
    half_width,
    reason_words,
    split_channel,
)
from firingorder.session.practice_rounds import TASKS
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.findings import RepetitionVerdict
    from firingorder.gui.view_models.practise_score import Answered, Mark, Score
    from firingorder.report.wording import Shape, Tone
    from firingorder.session.practice_rounds import Choice, RoundPlan
    from firingorder.session.practising import Round
    from firingorder.training.education import Paragraph
    from firingorder.training.fields import Words

INTRO = (
    "Everything here is simulated: a person whose order is known, recorded by a virtual belt and "
    "judged by the same chain as a real one.",
    "You see the start of one repetition, and can hear it. Say which began first; then you see "
    "what was planted, and what the product said.",
    "Your score counts the rounds of this series only. It says how well you read such signals, "
    "not how people move.",
)
RULES = (
    "Half of the leads are clear (80 to 160 ms), a third hard (20 to 40 ms), a fifth none at all; "
    "either side is as likely. Every fifth signal is faint, every fourth person has tone at rest."
)
RULES_OF: dict[Choice, str] = {
    "mixed": RULES,
    "clear": "Four of five leads are clear (80 to 160 ms), the others none at all. Every fifth "
    "signal is faint, every fourth person has tone at rest.",
    "hard": "Seven of ten leads are hard (20 to 40 ms), the others none at all. Every fifth "
    "signal is faint, every fourth person has tone at rest.",
}
CHOICE_WORDS: dict[Choice, str] = {
    "mixed": "Mixed", "clear": "Clear leads", "hard": "Hard leads",
}  # fmt: skip
RIGHT_RULE = (
    "Right: the true side of any lead above 8 ms; together up to 30 ms, as the product claims it. "
    "Can't tell is never wrong, and counted apart."
)
MARK_WORDS: dict[Mark, str] = {"right": "Right", "wrong": "Not right", "apart": "Not counted"}
MARK_SHAPES: dict[Mark, Shape] = {"right": "hit", "wrong": "miss", "apart": "unclear"}
MARK_TONES: dict[Mark, Tone] = {"right": "ok", "wrong": "close", "apart": "muted"}
NO_REPETITION = "saw no repetition"
_EVIDENCE = {
    "V": "Seen in the source",
    "A": "Opinion",
    "GK": "General knowledge, not looked up",
    "P": "Of this product",
}


@dataclass(frozen=True, slots=True)
class ToldView:
    """What stands on the card after an answer."""

    mark: Mark
    headline: str
    truth: str
    product: str
    error: str
    ladder: Ladder | None
    spoken: str


def english(words: Words) -> str:
    """Return the English text."""
    return dict(words)["en"]


def task_name(task: str) -> str:
    """Return the name of an exercise, or that all are mixed."""
    return load_task(task, working_side=None).name if task else "Mixed, bridges first"


def task_names() -> dict[str, str]:
    """Return the exercises to choose from, by id; the empty one is the mixture."""
    return {"": "Mixed", **{task: load_task(task).name for task in TASKS}}


def round_title(plan: RoundPlan) -> str:
    """Return which round it is: ``Round 3 · Glute bridge``."""
    side = "" if plan.side == "both" else f", {plan.side} leg"
    return f"Round {plan.number} · {task_name(plan.task)}{side}"


def question(one: Round) -> str:
    """Return what is asked."""
    side = one.plan.side
    return f"Which began first{'' if side == 'both' else f' on the {side}'}: glute max or lumbar?"


def truth_words(true_lead_ms: float) -> str:
    """Return what was planted: ``Back first by 34 ms``."""
    size = f"{abs(true_lead_ms):.0f} ms"
    if abs(true_lead_ms) <= NO_LEAD_MS:
        return f"Together, {size} apart"
    return f"{VERDICT_WORDS[truth_of(true_lead_ms)]} by {size}"


def product_words(one: Round) -> str:
    """Return what the product said: ``Back first, -31 ms ±18``, or why it could not tell."""
    found, verdict = one.finding, product_verdict(one)
    if found is None:
        return f"{VERDICT_WORDS[verdict]}: {NO_REPETITION}"
    lead = ""
    if found.lead_ms is not None:
        lead = f", {format_ms(found.lead_ms)} {half_width(found.low_ms, found.high_ms)}"
    if verdict == "unclear":
        return f"{VERDICT_WORDS[verdict]}: {reason_words(found.reason, blamed(one))}{lead}"
    return f"{VERDICT_WORDS[verdict]}{lead}"


def blamed(one: Round) -> tuple[str, ...]:
    """Return the channels of the question in which no start was found, else the muscles asked."""
    silent = tuple(name for name in one.deciding if one.found_s.get(name) is None)
    return silent if silent and len(silent) <= 2 else ()


def error_words(one: Round) -> str:
    """Return by how much the product's lead missed, and whether its interval holds the truth."""
    miss, found = error_ms(one), one.finding
    if miss is None or found is None or found.low_ms is None or found.high_ms is None:
        return "The product gave no lead."
    held = found.low_ms <= one.true_lead_ms <= found.high_ms
    where = "holds the truth" if held else "misses the truth"
    return f"Its lead is off by {format_ms(miss)}; its 95 % interval {where}."


def told(answered: Answered) -> ToldView:
    """Return the card of an answered round."""
    one = answered.round
    said = VERDICT_WORDS[answered.answer]
    truth, product = truth_words(one.true_lead_ms), product_words(one)
    error = error_words(one)
    if len(right_answers(one.true_lead_ms, one.margin_ms)) > 1:
        error = f"Two answers are right: the starts lie within {one.margin_ms:.0f} ms. {error}"
    headline = MARK_WORDS[answered.mark]
    spoken = f"{headline}. You said: {said}. Planted: {truth}. Product: {product}. {error}"
    return ToldView(
        answered.mark,
        f"{headline}: you said {said.lower()}",
        truth,
        product,
        error,
        product_ladder(one),
        spoken,
    )


def product_ladder(one: Round) -> Ladder | None:
    """Return the firing ladder of what the product found; None where it saw no repetition."""
    found = one.finding
    if found is None:
        return None
    shown = {
        name: onset
        for name, onset in found.onsets.items()
        if one.plan.side == "both" or split_channel(name)[1] == one.plan.side
    }
    return build_ladder(
        shown,
        found.pairs,
        found.verdict,
        sides=found.sides,
        lead_ms=found.lead_ms,
        movement_onset_s=found.movement_onset_s,
        sequence=found.sequence,
    )


def score_spoken(score: Score) -> str:
    """Return the score for screen readers."""
    if not score.answered:
        return "No round answered yet."
    parts = [
        f"{line.title}: you {line.person.text}, {line.person.apart_text}; "
        f"product {line.product.text}, {line.product.apart_text}"
        for line in score.lines
    ]
    return ". ".join((*parts, same_line(score), *product_lines(score)))


def same_line(score: Score) -> str:
    """Return what somebody would have reached who never looked."""
    said = VERDICT_WORDS[score.same].lower()
    return f"Always saying {said}: {score.same_right} of {score.answered}"


def product_lines(score: Score) -> tuple[str, ...]:
    """Return how far the product's leads were off in this series."""
    if score.median_error_ms is None or score.covered is None:
        return ()
    held, of = score.covered
    return (
        f"Product's lead, median miss: {score.median_error_ms:.0f} ms",
        f"Intervals with the truth: {held} of {of}",
    )


def source_words(said: Paragraph) -> str:
    """Return where a statement comes from: ``Opinion · articles 001, 002``."""
    articles = [one[:3] for one in said.sources if one.endswith(".txt")]
    others = [one for one in said.sources if not one.endswith(".txt")]
    parts = [_EVIDENCE[said.evidence]]
    if articles:
        noun = "article" if len(articles) == 1 else "articles"
        parts.append(f"{noun} {', '.join(articles)}")
    return " · ".join((*parts, *others))


def answer_words(verdict: RepetitionVerdict) -> str:
    """Return the words of an answer button."""
    return VERDICT_WORDS[verdict]

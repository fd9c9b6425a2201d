"""Answers of a series of practice, and the honest score: shares with intervals, abstentions apart.

An order is right where it is the true one. "Together" is right where the starts are no further
apart than the margin within which the product calls them together; so of a small lead two answers
are right. The same rule holds for the person and for the product.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.session.practice_rounds import LEADS_MS
from firingorder.signal.metrics.amount import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionVerdict
    from firingorder.session.practice_rounds import Kind
    from firingorder.session.practising import Round

#: Right, wrong, or nothing said: that is never wrong.
Mark = Literal["right", "wrong", "apart"]
#: Leads up to here are planted as none: no order of them is true.
NO_LEAD_MS = LEADS_MS["together"][1]
KIND_WORDS: dict[Kind, str] = {
    "clear": "Clear, 80 to 160 ms",
    "hard": "Hard, 20 to 40 ms",
    "together": "No lead, 0 to 8 ms",
}
SIMULATED = "simulated"
_ORDERS: tuple[RepetitionVerdict, ...] = ("together", "glutes_first", "back_first")


@dataclass(frozen=True, slots=True)
class Answered:
    """One round that was answered."""

    round: Round
    answer: RepetitionVerdict

    @property
    def mark(self) -> Mark:
        """How the person's answer stands to the truth."""
        return judged(self.answer, self.round.true_lead_ms, self.round.margin_ms)

    @property
    def product(self) -> RepetitionVerdict:
        """What the product said; it cannot tell where it saw no repetition."""
        return product_verdict(self.round)

    @property
    def product_mark(self) -> Mark:
        """How the product's answer stands to the truth."""
        return judged(self.product, self.round.true_lead_ms, self.round.margin_ms)


@dataclass(frozen=True, slots=True)
class Share:
    """Right answers ``right`` of ``of``, ``apart`` not counted; the interval is Wilson's, 95 %."""

    right: int
    of: int
    apart: int
    low: float = 0.0
    high: float = 1.0

    @property
    def text(self) -> str:
        """In words: share in percent, and its interval in parentheses."""
        if not self.of:
            return "none yet"
        percent = [round(100.0 * one) for one in (self.right / self.of, self.low, self.high)]
        return f"{self.right} of {self.of}: {percent[0]} % ({percent[1]}\N{EN DASH}{percent[2]})"

    @property
    def apart_text(self) -> str:
        """How often nothing was said, in words."""
        return f"can't tell: {self.apart}"


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One line of the score: what it is about, the person, the product."""

    title: str
    person: Share
    product: Share


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a series so far.

    Attributes
    ----------
    answered
        Rounds with an answer.
    lines
        All rounds first, then each difficulty that came up.
    median_error_ms, covered
        Of the product's leads: the middle of what they miss the truth by, either way, and how many
        of its 95 % intervals hold the truth; None before the first one.
    same, same_right
        The answer that, given to every round without a look, would have been right most often, and
        how often: a share that is no better shows nothing.
    """

    answered: int
    lines: tuple[ScoreLine, ...]
    median_error_ms: float | None
    covered: tuple[int, int] | None
    same: RepetitionVerdict = "together"
    same_right: int = 0


def judged(verdict: RepetitionVerdict, true_lead_ms: float, margin_ms: float) -> Mark:
    """Return whether an answer is right."""
    if verdict == "unclear":
        return "apart"
    if verdict == "together":
        right = abs(true_lead_ms) <= margin_ms
    elif verdict == "glutes_first":
        right = true_lead_ms > NO_LEAD_MS
    else:
        right = true_lead_ms < -NO_LEAD_MS
    return "right" if right else "wrong"


def right_answers(true_lead_ms: float, margin_ms: float) -> tuple[RepetitionVerdict, ...]:
    """Return every answer that is right: of a small lead two are."""
    return tuple(one for one in _ORDERS if judged(one, true_lead_ms, margin_ms) == "right")


def truth_of(true_lead_ms: float) -> RepetitionVerdict:
    """Return what is true, as an outcome."""
    if abs(true_lead_ms) <= NO_LEAD_MS:
        return "together"
    return "glutes_first" if true_lead_ms > 0.0 else "back_first"


def product_verdict(one: Round) -> RepetitionVerdict:
    """Return what the product said of a round."""
    return "unclear" if one.finding is None else one.finding.verdict


def error_ms(one: Round) -> float | None:
    """Return the product's lead minus the true one; None where it gave none."""
    if one.finding is None or one.finding.lead_ms is None:
        return None
    return one.finding.lead_ms - one.true_lead_ms


def score_of(answers: Sequence[Answered]) -> Score:
    """Return the score of these answers."""
    kinds: list[Kind] = [
        kind for kind in KIND_WORDS if any(one.round.plan.kind == kind for one in answers)
    ]
    groups = [("All rounds", list(answers))]
    groups += [(KIND_WORDS[k], [a for a in answers if a.round.plan.kind == k]) for k in kinds]
    lines = tuple(
        ScoreLine(title, _share([a.mark for a in some]), _share([a.product_mark for a in some]))
        for title, some in groups
    )
    errors = sorted(abs(e) for one in answers if (e := error_ms(one.round)) is not None)
    held = [_covers(one.round) for one in answers if error_ms(one.round) is not None]
    half = len(errors) // 2
    median = (errors[half] + errors[-half - 1]) / 2.0 if errors else None
    same, right = best_same([one.round for one in answers])
    covered = (sum(held), len(held)) if held else None
    return Score(len(answers), lines, median, covered, same, right)


def best_same(rounds: Sequence[Round]) -> tuple[RepetitionVerdict, int]:
    """Return the answer that is right most often if it is given to every round, and how often."""
    counts = {
        verdict: sum(judged(verdict, one.true_lead_ms, one.margin_ms) == "right" for one in rounds)
        for verdict in _ORDERS
    }
    best = max(_ORDERS, key=lambda verdict: counts[verdict])
    return best, counts[best]


_COLUMNS = (
    "round", "seed", "choice", "exercise_chosen", "exercise", "side", "difficulty", "signal",
    "signal_db", "toned_rest", "true_lead_ms", "truth", "answer", "answer_is", "product",
    "product_is", "product_reason", "product_lead_ms", "product_low_ms", "product_high_ms",
    "source",
)  # fmt: skip


def score_csv(answers: Sequence[Answered]) -> str:
    """Return the rounds and answers as a table (RFC 4180); seed and round repeat each of them."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for one in answers:
        plan, found = one.round.plan, one.round.finding
        leads = (None,) * 3 if found is None else (found.lead_ms, found.low_ms, found.high_ms)
        table.writerow(
            (
                plan.number, plan.seed, plan.choice, plan.exercise or "mixed", plan.task,
                plan.side, plan.kind, plan.signal, f"{plan.snr_db:.1f}", int(plan.toned),
                f"{one.round.true_lead_ms:.1f}", truth_of(one.round.true_lead_ms), one.answer,
                one.mark, one.product, one.product_mark,
                "no_repetition" if found is None else found.reason or "",
                *("" if lead is None else f"{lead:.1f}" for lead in leads), SIMULATED,
            )
        )  # fmt: skip
    return out.getvalue()


def _share(marks: Sequence[Mark]) -> Share:
    right, wrong = marks.count("right"), marks.count("wrong")
    apart = marks.count("apart")
    if not right + wrong:
        return Share(0, 0, apart)
    around = wilson(right, right + wrong)
    return Share(right, right + wrong, apart, around.low, around.high)


def _covers(one: Round) -> bool:
    found = one.finding
    if found is None or found.low_ms is None or found.high_ms is None:
        return False
    return found.low_ms <= one.true_lead_ms <= found.high_ms

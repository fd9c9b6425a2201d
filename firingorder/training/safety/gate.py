"""Questions before a session, and whether it may begin. Docs: docs/reference/safety.md.

A function of what the log says and what was answered so far: the same answers, the same outcome.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.training.safety.asking import ask
from firingorder.training.safety.digest import message_words, morning_words
from firingorder.training.safety.facts import StepBack
from firingorder.training.safety.flags import (
    BY_ID,
    RED_FLAGS,
    RedFlag,
    days_between,
    is_due,
    is_urgent,
)
from firingorder.training.safety.ladder import load_ladder
from firingorder.training.safety.pain import as_pain, is_worse_morning, start_gate
from firingorder.training.safety.records import Blocked
from firingorder.training.safety.texts import text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from firingorder.training.safety.facts import FlagState, SafetyFacts
    from firingorder.training.safety.records import Answer, Prompt

#: How long people are asked about the morning after: a proposal (docs/reference/safety.md
#: section 3).
MORNING_DAYS = 3
DIARY = ("sleep", "stress", "load", "meals", "last_hour")
_OK = (("ok", "option.ok"),)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the questions depend on beside the log.

    ``wired``: a wire leads from the body to the computer, or the computer is charging. ``diary``:
    the questions about sleep, stress, load, meals and the last hour are wanted.
    """

    wired: bool = False
    diary: bool = False


PLAIN = Circumstances()


def prompts(
    facts: SafetyFacts, answers: Mapping[str, Answer], around: Circumstances = PLAIN
) -> tuple[Prompt, ...]:
    """Return every question of this start in order, answered ones too, each with its number."""
    found = [*_notices(facts, around), *_flag_prompts(facts, answers), *_pain_prompts(facts)]
    if around.diary:
        found += diary_prompts()
    return tuple(replace(one, number=k + 1, of=len(found)) for k, one in enumerate(found))


def next_prompt(
    facts: SafetyFacts,
    answers: Mapping[str, Answer],
    around: Circumstances = PLAIN,
    overridden: Collection[str] = (),
) -> Prompt | None:
    """Return the question to be asked now; None: all are answered, or training is blocked."""
    if blocked(facts, answers, overridden, final=False) is not None:
        return None
    return next((one for one in prompts(facts, answers, around) if one.key not in answers), None)


def blocked(
    facts: SafetyFacts,
    answers: Mapping[str, Answer],
    overridden: Collection[str] = (),
    *,
    final: bool = True,
) -> Blocked | None:
    """Return why the session may not begin; None: nothing stands in the way so far.

    Parameters
    ----------
    facts, answers
        The log, and the answers by key of the prompt.
    overridden
        Keys of a :class:`Blocked` that a therapist has set aside with a reason.
    final
        False while questions are still asked: then only what cannot wait for the rest of them.
    """
    yes = [*_open_before(facts), *_yes_now(answers)]
    urgent = [flag for flag, growing in yes if is_urgent(flag, growing=growing)]
    if urgent:
        return Blocked(
            urgent[0].key, text("safety.urgent"), text("safety.next.urgent"), urgent=True
        )
    stopping = [flag for flag, _ in yes if flag.blocks]
    if stopping and (final or facts.open_flags or not _flags_left(facts, answers)):
        words = [text("safety.see")]
        if any(flag.no_electrodes for flag in stopping):
            words.append(text("safety.no_electrodes"))
        return Blocked(stopping[0].key, " ".join(words), text("safety.next.see"))
    pain = as_pain(answers.get("pain_before"))
    if pain is not None:
        found = start_gate(facts, pain)
        if found is not None and found.key not in overridden:
            return found
    return None


def advice(facts: SafetyFacts, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return sentences that stop nobody: a first back pain by age, a worse morning."""
    lines: list[str] = []
    if any(flag.id == "r7" for flag, _ in _yes_now(answers)):
        lines.append(text("safety.advice.r7"))
    last, morning = facts.before_today, as_pain(answers.get("pain_morning"))
    if last is not None and is_worse_morning(last.before, morning):
        lines.append(f"{morning_words(last.day, last.before, morning)} {text('safety.back')}")
    return tuple(lines)


def advice_spoken(facts: SafetyFacts, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the keys of what is spoken of :func:`advice`."""
    keys = ["safety.advice.r7"] if any(flag.id == "r7" for flag, _ in _yes_now(answers)) else []
    last, morning = facts.before_today, as_pain(answers.get("pain_morning"))
    if last is not None and is_worse_morning(last.before, morning):
        keys.append("safety.back")
    return tuple(keys)


def settle(facts: SafetyFacts, answers: Mapping[str, Answer]) -> SafetyFacts:
    """Return the facts with what was answered at this start: a worse morning is a step back.

    What is open is asked of these facts, not of those before the questions.
    """
    last, morning = facts.before_today, as_pain(answers.get("pain_morning"))
    if last is None or last.morning_asked or "pain_morning" not in answers:
        return facts
    told = replace(last, morning=morning, morning_asked=True)
    sessions = tuple(told if one is last else one for one in facts.sessions)
    if not is_worse_morning(last.before, morning):
        return replace(facts, sessions=sessions)
    why = morning_words(last.day, last.before, morning)
    back = {one.exercise: one for one in facts.stepped_back}
    back |= {name: StepBack(name, facts.today, why) for name in last.exercises}
    closed = {step.key for step in load_ladder() if step.target in last.exercises}
    return replace(
        facts,
        sessions=sessions,
        stepped_back=tuple(back.values()),
        unlocked=tuple(key for key in facts.unlocked if key not in closed),
        overrides=tuple(key for key in facts.overrides if key not in closed),
        messages=(*facts.messages, message_words(why, last.exercises)),
    )


def read_answer(prompt: Prompt, words: str) -> Answer:
    """Return what was typed as the answer to a question.

    Raises
    ------
    UsageError
        It is none; the sentence says what would be.
    """
    typed = words.strip()
    if typed in {key for key, _ in prompt.options}:
        return typed
    if prompt.kind == "yes_no" and typed.lower() in ("yes", "no", "y", "n"):
        return typed.lower().startswith("y")
    if prompt.kind == "scale" and re.fullmatch("[0-9]|10", typed):
        return int(typed)
    if prompt.kind == "text" and typed:
        return typed
    wanted = {
        "yes_no": "yes or no",
        "scale": "a whole number from 0 to 10",
        "choice": " or ".join(key for key, _ in prompt.options),
        "text": "some words",
    }[prompt.kind]
    raise UsageError(f"The answer {words!r} does not fit the question; answer with {wanted}.")


def diary_prompts() -> tuple[Prompt, ...]:
    """Return the questions about what else may change pain; each may be left out."""
    return tuple(
        ask(
            f"diary.{name}",
            f"question.{name}",
            "text" if name == "last_hour" else "scale",
            (("skip", "option.leave_out"),),
            help_key="help.skip",
        )
        for name in DIARY
    )


def _notices(facts: SafetyFacts, around: Circumstances) -> list[Prompt]:
    keys = ["safety.power"] if around.wired else []
    if facts.first_use:
        keys += ["safety.intro", "safety.body"]
    return [ask(key, key, "choice", _OK) for key in keys]


def _flag_prompts(facts: SafetyFacts, answers: Mapping[str, Answer]) -> list[Prompt]:
    found: list[Prompt] = []
    for flag in RED_FLAGS:
        state = facts.flag(flag.id)
        if not is_due(state, facts.today):
            continue
        prompt = _flag_prompt(flag, state)
        # Read once: the same words under nine questions keep nobody's attention.
        found.append(replace(prompt, help="") if found else prompt)
        if answers.get(flag.key) is True:
            found.append(ask(f"{flag.key}.sure", "question.sure", "yes_no"))
            if flag.urgent_if_growing and answers.get(f"{flag.key}.sure") is True:
                found.append(ask(f"{flag.key}.growing", f"{flag.key}.growing", "yes_no"))
    return found


def _flag_prompt(flag: RedFlag, state: FlagState | None) -> Prompt:
    prompt = ask(flag.key, flag.key, "yes_no", help_key="help.red_flag")
    if state is None or not state.cleared:
        return prompt
    again = text("question.again")
    return replace(
        prompt,
        text=f"{prompt.text} {again} ({state.cleared})",
        spoken=(flag.key, "question.again"),
    )


def _pain_prompts(facts: SafetyFacts) -> list[Prompt]:
    found: list[Prompt] = []
    last = facts.before_today
    if (
        last is not None
        and not last.morning_asked
        and 0 < days_between(last.day, facts.today) <= MORNING_DAYS
    ):
        found.append(
            ask(
                "pain_morning",
                "question.pain_morning",
                "scale",
                (("skip", "option.skip"),),
                help_key="help.skip",
            )
        )
    found.append(ask("pain_before", "question.pain_before", "scale", help_key="help.pain"))
    return found


def _open_before(facts: SafetyFacts) -> list[tuple[RedFlag, bool]]:
    return [(BY_ID[state.flag], state.growing) for state in facts.open_flags if state.flag in BY_ID]


def _yes_now(answers: Mapping[str, Answer]) -> list[tuple[RedFlag, bool]]:
    """Return the flags said yes to, and sure of; a growing one only once that is answered."""
    found: list[tuple[RedFlag, bool]] = []
    for flag in RED_FLAGS:
        if answers.get(flag.key) is True and answers.get(f"{flag.key}.sure") is True:
            found.append((flag, answers.get(f"{flag.key}.growing") is True))
    return found


def _flags_left(facts: SafetyFacts, answers: Mapping[str, Answer]) -> bool:
    return any(one.key not in answers for one in _flag_prompts(facts, answers))

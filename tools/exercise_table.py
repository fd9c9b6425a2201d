"""Rewrite the tables of docs/reference/exercises.md from the records.

python -m tools.exercise_table
"""

from __future__ import annotations

import re
from pathlib import Path

from firingorder.training.exercises import Dose, Exercise, load_exercise, task_ids
from firingorder.training.faults import Fault, load_faults
from firingorder.training.words import dose_words, tested_on_words

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "exercises.md"
_BLOCK = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
_SHORT = {
    "gluteus_maximus": "GMAX", "gluteus_medius": "GMED", "hamstring": "HAM", "erector_spinae": "ES",
}  # fmt: skip


def rewritten(page: str) -> str:
    """Return the page with its generated blocks as the records have them now."""
    blocks = {
        "exercises": exercise_table(), "order": order_table(), "known": known_list(),
        "faults": fault_table(),
    }  # fmt: skip
    return _BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}\n{found[3]}", page)


def exercise_table() -> str:
    """Return one row for each exercise: how it is done, found, dosed, and tried."""
    rows = [
        "| id | exercise | sides | modes | template | dose | tested |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in task_ids():
        one = load_exercise(name)
        task = one.task
        templates = " or ".join([task.template, *one.other_templates])
        doses = "; ".join(_dose(dose) for dose in one.doses)
        texts = one.text()
        told = " ".join(filter(None, (texts.setup, texts.only_if)))
        rows.append(
            f"| `{name}` | **{task.name}.** {told} | {', '.join(task.sides)} | "
            f"{', '.join(one.modes)} | {templates} | {doses} | {tested_on_words(task.tested_on)} |"
        )
    return "\n".join(rows)


def order_table() -> str:
    """Return one row for each exercise: muscles, questions, faults, what is not measured."""
    rows = [
        "| id | prime muscles | pairs asked | verdict | faults looked for | not measured without |",
        "|---|---|---|---|---|---|",
    ]
    for name in task_ids():
        one = load_exercise(name)
        task = one.task
        pairs = ", ".join(f"{_muscle(a)} v {_muscle(b)}" for a, b in task.order_pairs) or "none"
        verdict = "none" if task.primary_pair is None else " v ".join(map(_muscle, _PRIMARY))
        needs = ", ".join(
            f"{what.replace('_', ' ')}: {by}" for what, by in one.not_measured_without
        )
        rows.append(
            f"| `{name}` | {', '.join(map(_muscle, task.prime))} | {pairs} | {verdict} | "
            f"{', '.join(f'`{code}`' for code in task.faults) or 'none'} | {needs or 'none'} |"
        )
    return "\n".join(rows)


def known_list() -> str:
    """Return what is known of the order in each exercise, and what is debated."""
    lines: list[str] = []
    for name in task_ids():
        one = load_exercise(name)
        lines.append(f"* `{name}`: {_english(one.reference.text)}")
        lines += [
            f"  * [{fact.evidence}] {_english(fact.text)} {fact.source}"
            for fact in one.reference.facts
        ]
        lines += [f"  * view: {words}" for words in _views(one)]
    return "\n".join(lines)


def fault_table() -> str:
    """Return one row for each fault of the dictionary."""
    rows = ["| code | rule | limits | cue | needs | said |", "|---|---|---|---|---|---|"]
    for code, fault in load_faults().items():
        rows.append(
            f"| `{code}` | {_english(fault.rule)} | {_limits(fault)} | {_english(fault.cue)} | "
            f"{', '.join(need.replace('_', ' ') for need in fault.needs)} | {_said(fault)} |"
        )
    return "\n".join(rows)


_PRIMARY = ("gluteus_maximus", "erector_spinae")


def _muscle(token: str) -> str:
    for muscle, short in _SHORT.items():
        if token.startswith(muscle):
            return short + token.removeprefix(muscle).replace("_", ".", 1)
    return token


def _dose(dose: Dose) -> str:
    words = dose_words(dose)
    note = f" ({dose.note.rstrip('.')})" if dose.note else ""
    return f"{words}{note} [{dose.evidence} {_source(dose.provenance)}]"


def _source(name: str) -> str:
    """Return the number of an article; addresses and ``product`` stay."""
    return name[:3] if name.endswith(".txt") else name


def _views(one: Exercise) -> list[str]:
    return [
        f"{_english(view.text)} ({', '.join(map(_source, view.provenance))})" for view in one.debate
    ]


def _limits(fault: Fault) -> str:
    found = [
        f"{one.of.replace('_', ' ')} {one.value:g}{'' if one.unit == '1' else ' ' + one.unit} "
        f"[{one.evidence}]"
        for one in fault.limits
    ]
    if fault.own_baseline_sd is not None:
        found.append(f"at least {fault.own_baseline_sd:g} SD of the own baseline [P]")
    if fault.held_s is not None:
        found.append(f"for {fault.held_s:g} s [P]")
    return ", ".join(found) or "set by the therapist or by the own band"


def _said(fault: Fault) -> str:
    words = "after the set" if fault.shown == "set" else "after the repetition"
    if fault.note:
        words += ", a note only"
    return words + (", only where a target is set" if fault.only_with_target else "")


def _english(words: tuple[tuple[str, str], ...]) -> str:
    return dict(words)["en"]


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"Written: {PAGE}")

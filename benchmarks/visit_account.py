"""What benchmarks.visit has come to: the table of its steps, and what it left behind."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from benchmarks.visit_planting import PERSON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.visit_course import Course
    from benchmarks.visit_hands import Step

#: The software may take ten minutes of a visit of twenty.
VISIT_S, SOFTWARE_S = 1200.0, 600.0
HEAD = """# A visit by keyboard

Made by `python -m benchmarks.visit --write`: `firingorder live` in its real window, a simulated
person on a simulated belt, and a scripted therapist who reads 238 words a minute (Brysbaert 2019,
10.1016/j.jml.2019.104047), takes a second to find each key and looks five seconds at a drawing
(proposals). No real therapist has been watched. Before it, two sessions of the same person were
recorded, the first with a calibration.

Times are seconds of the session while the belt streams; after it, what the computer took plus what
is read. Of the person are countdown, sets and prescribed rests; all else is counted as the
software's, the whole check of pads and calibration too, though the person moves or lies still in
it. Waited is what nobody could shorten by reading faster.

"""


def account(course: Course, home: Path, report: Path) -> tuple[str, bool]:
    """Return the table with the checks below it, and whether all of them hold."""
    steps = course.hands.steps
    lines, met = table(steps)
    checks = [*_report_checks(course, report), *left_of(home)]
    lines += ["", *(f"- {'yes' if good else 'NO'}: {said}" for said, good in checks)]
    lines += ["", *(f"- {one.name}: {one.told}" for one in steps if one.told)]
    text = "\n".join(lines).replace(str(report), report.name)
    return text, met and all(good for _, good in checks)


def table(steps: Sequence[Step]) -> tuple[list[str], bool]:
    """Return the lines of the table, and whether the visit and the software's share are short."""
    lines = [
        "| step | from, s | lasts, s | person, s | software, s | of it waited, s | keys |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.name} | {one.from_s:.0f} | {one.until_s - one.from_s:.0f} | {one.body_s:.0f} "
        f"| {one.software_s:.0f} | {one.waited_s:.0f} | {' '.join(one.keys)} |"
        for one in steps
    ]
    total_s = steps[-1].until_s - steps[0].from_s
    software_s = sum(one.software_s for one in steps)
    met = total_s <= VISIT_S and software_s <= SOFTWARE_S
    lines += [
        "",
        f"The visit takes {total_s / 60:.1f} minutes, the software {software_s / 60:.1f} of them "
        f"(bar: {SOFTWARE_S / 60:.0f} of {VISIT_S / 60:.0f}: {'met' if met else 'NOT met'}). "
        f"{pressed(steps)} presses of keys, none of a mouse.",
    ]
    return lines, met


def pressed(steps: Sequence[Step]) -> int:
    """Return how many keys were pressed; each letter of a text counts."""
    return sum(len(one) - 2 if one.startswith("“") else 1 for step in steps for one in step.keys)


def write(text: str, path: Path) -> None:
    """Write the page."""
    path.write_text(f"{HEAD}{text}\n", encoding="utf-8")


def _report_checks(course: Course, report: Path) -> list[tuple[str, bool]]:
    facts = course.facts
    said = " ".join(pdf_text(report).split())
    found = [
        (f"the report stands in the PDF under {PERSON}", PERSON in said),
        ("the review opened on the recording just made", facts["reviewed"] == facts["recording"]),
        (f"the report lists the correction with its reason (“{facts['why']}”)",
         facts["why"] in said),
    ]  # fmt: skip
    found += [
        (f"the report tells the start as it was {how}, {facts[how]} s", facts[how] in said)
        for how in ("found", "set")
        if how in facts
    ]
    found.append(("the erasure names the copy that was made of it", str(report) in facts["erased"]))
    missing = [one for one in course.numbers if one not in said]
    count = len(course.numbers)
    told = f"the report tells the lead of each of {count} repetitions as the review shows it"
    return [*found, (f"{told}{', but not ' + ', '.join(missing) if missing else ''}",
                     bool(count) and not missing)]  # fmt: skip


def left_of(home: Path) -> list[tuple[str, bool]]:
    """Return what is left of the person in a folder: bytes of the code in any file, recordings."""
    files = [one for one in home.rglob("*") if one.is_file()]
    marks = [PERSON.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    holding = [str(one.relative_to(home)) for one in files if _holds(one, marks)]
    recordings = [one for one in files if one.suffix == ".mcap"]
    return [
        (f"no byte of {PERSON} is left in {len(files)} files "
         f"({', '.join(holding) or 'none holds it'})", not holding),
        (f"no recording is left ({len(recordings)})", not recordings),
    ]  # fmt: skip


def _holds(path: Path, marks: list[bytes]) -> bool:
    data = path.read_bytes()
    return any(mark in data for mark in marks) or PERSON in path.name


def pdf_text(path: Path) -> str:
    """Return the text of a PDF as pdftotext reads it."""
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout

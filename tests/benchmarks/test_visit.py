"""The account of a visit: the software's share, and that nothing of a person is overlooked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.visit_account import left_of, pressed, table
from benchmarks.visit_course import asked_by, part_of
from benchmarks.visit_hands import Step
from benchmarks.visit_planting import PERSON, VISIT
from firingorder.session.office import Office
from firingorder.training.coaching.view import CoachView
from firingorder.training.programmes.expanding import expand
from firingorder.training.safety.records import Prompt

STEPS = (
    Step("Setup", 3.0, 63.0, keys=["Return"]),
    Step("Set", 63.0, 363.0, body_s=240.0, keys=["2", "Return"]),
    Step("Report", 363.0, 483.0, waited_s=2.0, keys=["“a.pdf”", "Ctrl+E held"]),
)


def test_all_but_sets_and_rests_is_the_softwares() -> None:
    lines, met = table(STEPS)
    assert met
    assert "The visit takes 8.0 minutes, the software 4.0 of them" in lines[-1]
    assert lines[3] == "| Set | 63 | 300 | 240 | 60 | 0 | 2 Return |"
    assert pressed(STEPS) == 3 + 5 + 1


@pytest.mark.parametrize(
    "last", [replace(STEPS[-1], until_s=900.0), replace(STEPS[-1], until_s=1300.0, body_s=800.0)]
)
def test_more_than_ten_minutes_or_more_than_twenty_miss_the_bar(last: Step) -> None:
    lines, met = table((*STEPS[:2], last))
    assert not met
    assert "NOT met" in lines[-1]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("library.sqlite", b"\x00row " + PERSON.encode() + b"\x00"),
        ("cache/a.bin", PERSON.encode("utf-16-le")),
        (f"people/person-{PERSON}.jsonl", b""),
        ("recordings/one.mcap", b"nothing"),
    ],
)
def test_whatever_is_left_of_a_person_is_found(tmp_path, name: str, data: bytes) -> None:
    (tmp_path / "settings.json").write_text('{"therapist": "R. Ortiz"}')
    assert all(good for _, good in left_of(tmp_path))
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    assert not all(good for _, good in left_of(tmp_path))


def test_the_programme_of_the_visit_has_its_four_parts(tmp_path) -> None:
    office = Office(folder=tmp_path, settings_file=tmp_path / "settings.json")
    planned = expand(VISIT, office.exercises)
    views = [CoachView("work", planned, k) for k in range(len(planned))]
    assert [part_of(view) for view in views] == [
        "Pre-test, no feedback", "Set 1 with the coach", "Set 2 with the coach",
        "Retention block, no feedback",
    ]  # fmt: skip
    assert [any(one.feedback) for one in planned] == [False, True, True, False]
    pain = Prompt("pain_before", "How much does it hurt now?", "scale")
    words, keys = asked_by(CoachView("questions", planned, prompt=pain))
    assert words.startswith("How much")
    assert keys == ("2", "Return")
    assert asked_by(views[0]) == ("", ())

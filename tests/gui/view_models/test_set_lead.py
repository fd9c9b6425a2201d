"""The typical lead of a set: said only where the set has one."""

from dataclasses import replace

import pytest

from firingorder.findings import SetForecast
from firingorder.gui.view_models.desk import set_numbers
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.gui.view_models.set_lead import TimedLead, typical_lead, whole_set
from firingorder.session.feed import FeedUpdate
from tests.gui.synthetic import SyntheticSession

MINUS = "\N{MINUS SIGN}"


def timed(*leads: float) -> list[TimedLead]:
    return [TimedLead(x, x - 8, x + 8, _outcome(x)) for x in leads]


def _outcome(lead: float) -> str:
    return "together" if abs(lead) < 30 else "glutes_first" if lead > 0 else "back_first"


def test_leads_of_one_sign_have_a_median_with_its_interval() -> None:
    value, note = typical_lead(timed(95, 100, 105, 110, 102))
    assert value == "+102"
    assert note.startswith("95 %: +")


def test_two_repetitions_are_no_set() -> None:
    assert typical_lead(timed(95, 100)) == ("\N{EN DASH}", "from 3 reps on")


def test_both_orders_in_one_set_have_no_middle() -> None:
    assert typical_lead(timed(85, 0, 107, -68, -109)) == ("mixed", f"{MINUS}109 to +107 ms")


def test_half_together_and_half_first_have_no_middle() -> None:
    assert typical_lead(timed(-5, 96, 111, -6))[0] == "mixed"


def test_one_stray_repetition_does_not_hide_the_middle_of_ten() -> None:
    leads = (100, 95, 105, 98, 102, 110, 97, 101, 99, -90)
    assert typical_lead(timed(*leads))[0].startswith("+")


def test_a_set_together_with_one_just_beyond_the_margin_keeps_its_middle() -> None:
    assert typical_lead(timed(-5, 2, 4, -3, 6, 1, 31))[0] == "+2"


@pytest.mark.parametrize(
    ("forecast", "shown"),
    [
        (SetForecast("too_early"), ("\N{EN DASH}", "from 3 reps on")),
        (
            SetForecast("expected", "glutes_first", 4, 2, 9, 0.9),
            ("about 4 more", "good reps, 2 to 9"),
        ),
        (
            SetForecast("expected", "together", 14, 7, None, 0.6),
            ("about 14 more", "good reps, 7 or more"),
        ),
        (SetForecast("expected", "back_first", 4, 4, 4, 1.0), ("about 4 more", "good reps")),
        (SetForecast("unlikely", p_today=0.2), ("Can't tell", "no claim likely today")),
        (SetForecast("open", p_today=0.5), ("Can't tell", "more good reps may tell")),
        (SetForecast("claimed", "back_first", 0, 0, 0, 1.0), ("Back first", "holds at 95 %")),
    ],
)
def test_the_whole_set_claims_or_says_how_many_more(
    forecast: SetForecast, shown: tuple[str, str]
) -> None:
    assert whole_set(forecast) == shown


def test_the_newest_scored_repetition_tells_of_the_whole_set() -> None:
    session, model = SyntheticSession(plain=True), LiveModel()
    said = SetForecast("expected", "glutes_first", 4, 2, 9, 0.9)
    first = replace(session.repetition(1), forecast=said)
    unscored = replace(session.repetition(2), scored=False, forecast=None)
    for finding in (first, unscored):
        model.apply(FeedUpdate(events=(finding,), status=session.status), 1000.0)
    shown = {reading.title: reading for reading in set_numbers(model)}
    assert (shown["Whole set"].value, shown["Whole set"].note) == (
        "about 4 more",
        "good reps, 2 to 9",
    )

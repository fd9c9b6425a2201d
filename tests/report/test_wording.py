"""Words and numbers as people read them."""

from typing import get_args

import pytest

from firingorder.findings import (
    RepetitionVerdict,
    SequenceFinding,
    SequenceGroup,
    SetForecast,
    SetReason,
    UnclearReason,
)
from firingorder.montage import NAMES
from firingorder.report import wording
from firingorder.report.wording import Target
from firingorder.training.goals.judging import outcome_of
from firingorder.training.goals.reading import Reading
from firingorder.training.goals.reading import held_against as in_goals
from firingorder.training.programmes.records import Target as Aim

JUDGING = ("normal", "abnormal", "weak", "delayed", "wrong", "bad", "fail", "late")


@pytest.mark.parametrize("reason", get_args(UnclearReason))
def test_every_cause_has_words_that_do_not_judge(reason: UnclearReason) -> None:
    said = wording.reason_words(reason, ("erector_spinae_left",))
    assert said
    assert "_" not in said
    assert "{" not in said
    assert not any(word in said.lower().split() for word in JUDGING)


@pytest.mark.parametrize("verdict", get_args(RepetitionVerdict))
def test_every_outcome_has_words(verdict: RepetitionVerdict) -> None:
    assert wording.VERDICT_WORDS[verdict]


def test_four_outcomes_have_four_different_words() -> None:
    assert len(set(wording.VERDICT_WORDS.values())) == 4


def test_poor_contact_names_the_pad() -> None:
    assert wording.reason_words("poor_contact", ("erector_spinae_left",)) == (
        "left back contact poor"
    )


def test_what_is_not_counted_says_why() -> None:
    assert wording.not_scored_words(("half_range", "outage")) == (
        "movement smaller than usual, connection lost"
    )
    assert wording.not_scored_words(("some_new_code",)) == "some new code"
    assert wording.not_scored_words(()) == "no complete movement"


def test_no_cause_and_no_channel_are_still_words() -> None:
    assert wording.reason_words(None) == "no cause given"
    assert "one of the muscles" in wording.reason_words("no_onset")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (105.4, "+105 ms"),
        (-98.2, "\N{MINUS SIGN}98 ms"),
        (0.3, "0 ms"),
        (-0.4, "0 ms"),
        (None, "\N{EN DASH}"),
    ],
)
def test_leads_have_a_true_minus_and_zero_has_no_sign(value: float | None, shown: str) -> None:
    assert wording.format_ms(value) == shown


def test_angles_and_clock() -> None:
    assert wording.format_deg(31.6) == "32°"
    assert wording.format_clock(0.0) == "00:00"
    assert wording.format_clock(222.9) == "03:42"
    assert wording.format_clock(3_723.0) == "1:02:03"
    assert wording.format_clock(-3.0) == "00:00"


def test_half_width_of_an_interval() -> None:
    assert wording.half_width(81.0, 129.0) == "±24"
    assert wording.half_width(None, 129.0) == ""


@pytest.mark.parametrize("name", NAMES)
def test_every_channel_has_plain_words_with_its_side(name: str) -> None:
    said = wording.plain_channel(name)
    assert "_" not in said
    assert said.startswith(name.rsplit("_", 1)[1])


def test_a_label_that_names_no_muscle_is_shown_as_it_is() -> None:
    assert wording.plain_channel("EMG3") == "EMG3"
    assert wording.split_channel("EMG3") == ("EMG3", "")
    assert wording.muscle_title("vastus_medialis") == "vastus medialis"


def test_several_channels_are_joined_like_a_sentence() -> None:
    names = ("gluteus_maximus_left", "hamstring_right", "erector_spinae_left")
    assert wording.plain_channels(names) == "left glute, right hamstring and left back"


def test_without_a_target_no_outcome_is_coloured() -> None:
    tones = {v: wording.verdict_tone(v, None) for v in get_args(RepetitionVerdict)}
    assert tones == {
        "glutes_first": "neutral",
        "together": "neutral",
        "back_first": "neutral",
        "unclear": "muted",
    }


def test_against_a_target_outcomes_are_coloured_but_unclear_never_is() -> None:
    tones = {v: wording.verdict_tone(v, Target()) for v in get_args(RepetitionVerdict)}
    assert tones == {
        "glutes_first": "ok",
        "together": "close",
        "back_first": "back",
        "unclear": "muted",
    }
    assert wording.verdict_tone("together", Target(verdict="together")) == "ok"
    assert wording.verdict_tone("glutes_first", Target(verdict="together")) == "back"


@pytest.mark.parametrize(
    ("verdict", "low_ms", "high_ms", "held", "tone"),
    [
        ("glutes_first", 41.0, 90.0, "reached", "ok"),
        ("glutes_first", 40.0, 90.0, "reached", "ok"),
        ("glutes_first", 5.0, 39.0, "not reached", "close"),
        ("glutes_first", 5.0, 60.0, "too close to call", "muted"),
        ("glutes_first", None, None, "could not be told", "muted"),  # told live, its end not known
        ("together", -10.0, 20.0, "not reached", "close"),
        ("back_first", -80.0, -30.0, "not reached", "back"),
        ("unclear", -80.0, 30.0, "too close to call", "muted"),
        ("unclear", None, None, "could not be told", "muted"),  # no start of a muscle
    ],
)
def test_a_lead_is_held_against_its_whole_interval_as_a_led_set_does(
    verdict: RepetitionVerdict, low_ms: float | None, high_ms: float | None, held: str, tone: str
) -> None:
    target = Target(lead_ms=40.0)
    assert wording.verdict_tone(verdict, target, low_ms, high_ms) == tone
    said = wording.held_words(verdict, target, low_ms, high_ms)
    assert said == f"target at least +40 ms: {held}"
    assert wording.held_words(verdict, Target(), low_ms, high_ms) == ""
    goal = Aim("lead_ms", 40.0, None)
    middle = None if low_ms is None or high_ms is None else 0.5 * (low_ms + high_ms)
    reading = Reading("lead_ms", "ms", middle, low_ms, high_ms, 1)
    led = outcome_of(in_goals(reading, goal), reading, verdict, ())
    assert led == {"reached": "hit", "not reached": "miss"}.get(held, "no_claim")


def test_both_sides_of_one_muscle_are_named_once() -> None:
    both = ("erector_spinae_left", "erector_spinae_right")
    assert wording.plain_channels(both) == "left and right back"
    mixed = ("gluteus_maximus_left", "erector_spinae_left")
    assert wording.plain_channels(mixed) == "left glute and left back"


@pytest.mark.parametrize("reason", get_args(SetReason))
def test_every_cause_of_a_set_has_words_that_do_not_judge(reason: SetReason) -> None:
    said = wording.set_reason_words(reason)
    assert said
    assert "_" not in said
    assert not any(word in said.lower().split() for word in JUDGING)


@pytest.mark.parametrize(
    ("forecast", "said"),
    [
        (
            SetForecast("expected", "glutes_first", 4, 2, 9, 0.9),
            "about 4 more good repetitions (2 to 9)",
        ),
        (SetForecast("expected", "together", 1, 1, 1, 1.0), "about 1 more good repetition"),
        (
            SetForecast("expected", "together", 14, 7, None, 0.6),
            "about 14 more good repetitions (7 or more)",
        ),
        (
            SetForecast("unlikely", p_today=0.1),
            "a claim about the whole set is unlikely today",
        ),
        (
            SetForecast("open", p_today=0.5),
            "a claim about the whole set may come today, with more good repetitions",
        ),
        (SetForecast("too_early"), "too early to tell how many more"),
        (SetForecast("claimed", "together", 0, 0, 0, 1.0), "no more are needed"),
    ],
)
def test_a_forecast_is_one_plain_phrase(forecast: SetForecast, said: str) -> None:
    assert wording.forecast_words(forecast) == said


def test_an_order_of_muscles_reads_from_first_to_last() -> None:
    order = SequenceFinding(
        "pooled",
        (
            SequenceGroup(("gluteus_maximus", "erector_spinae"), "together"),
            SequenceGroup(("hamstring",), "single"),
            SequenceGroup(("gluteus_medius", "tensor_fasciae_latae"), "open"),
        ),
        0.97, (), (), {},
    )  # fmt: skip
    assert wording.sequence_words(order) == (
        "glute and back (together), then hamstring, then glute med and TFL (order open)"
    )

"""What a schedule withholds shows nowhere; holds and taps of one switch are told apart."""

from dataclasses import replace

import pytest

from firingorder.gui.view_models.answering import DWELL_S, Answering
from firingorder.gui.view_models.coach_card import coach_card
from firingorder.gui.view_models.coach_floor import coach_band, coach_history, coach_ladder
from firingorder.gui.view_models.coach_strip import coach_strip
from firingorder.gui.view_models.desk import lead_chart, set_numbers, verdict_card
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.gui.view_models.tap_or_hold import TapOrHold
from firingorder.training.coaching.view import CoachView
from firingorder.training.safety.asking import ask
from firingorder.training.safety.records import Hat
from tests.gui.coached import AFTER_SIX_S, HISTORY, STATES, neutrals, with_set, work
from tests.gui.synthetic import SyntheticSession

#: Words and shapes of an outcome: none of them may stand where it is withheld.
GIVES_AWAY = ("Glutes first", "Back first", "Together", "Can't tell", "glutes_first", "back_first")


def model_of(
    view: CoachView, hat: Hat = "person", before: CoachView = STATES["ready"]
) -> LiveModel:
    """Return the model after six led repetitions, in a state of the coach."""
    session, model = SyntheticSession(plain=True), LiveModel()
    model.hat = hat
    session.status = replace(session.status, coach=before)
    model.apply(session.poll(), 0.0)
    session.advance(AFTER_SIX_S)
    model.apply(session.poll(), 1.0)
    session.status = replace(session.status, coach=view)
    model.apply(session.poll(), 2.0)
    return model


def everything(model: LiveModel, view: CoachView) -> str:
    """Return all that the person's screens show of the outcomes."""
    parts = (
        coach_band(view, model), coach_history(view, model), coach_ladder(view, model),
        coach_strip(view, model.hat, model.telling), verdict_card(model), lead_chart(model),
        set_numbers(model)[1:], [r.onsets for r in model.shown_reps],
        [model.tone(r) for r in model.shown_reps],
    )  # fmt: skip
    return repr(parts)


@pytest.mark.parametrize("state", ["work_withheld", "work_on_request", "work_estimate"])
def test_nothing_gives_a_withheld_result_away_in_the_person_hat(state) -> None:
    view = STATES[state]
    said = everything(model_of(view), view)
    assert not [word for word in GIVES_AWAY if word in said]
    assert "'ok'" not in said
    assert "'back'" not in said


def test_the_same_session_is_told_where_nothing_is_withheld() -> None:
    """Else the test above could not fail."""
    said = everything(model_of(work()), work())
    assert all(word in said for word in ("Glutes first", "back_first", "'ok'", "'back'"))


def test_the_therapist_sees_it_marked_as_not_told() -> None:
    view = STATES["work_withheld"]
    model = model_of(view, hat="therapist")
    assert verdict_card(model).detail.startswith("Not told")
    assert "not told" in coach_strip(view, "therapist", model.telling).told
    assert all(item.verdict == "done" for item in coach_history(view, model).items[:6])


def test_what_was_told_stays_told_also_in_the_rest_after_it() -> None:
    told = work(planned=with_set(schedule="faded"), told=HISTORY[4])
    model = model_of(STATES["rest"], before=told)
    kept = [rep.kept for rep in model.shown_reps]
    assert kept[4] is False  # the fifth was told before the rest
    assert kept[5] is True


def test_a_result_that_waits_for_the_estimate_is_not_in_the_history() -> None:
    view = STATES["work_estimate"]
    assert {item.verdict for item in coach_history(view, model_of(view)).items[:6]} == {"done"}


@pytest.mark.parametrize(("at", "shape", "tone"), [
    (0, "glutes_first", "ok"), (2, "together", "close"), (3, "back_first", "back"),
    (5, "unclear", "muted"),
])  # fmt: skip
def test_four_outcomes_each_with_shape_and_tone(at, shape, tone) -> None:
    view = work(told=HISTORY[at])
    band = coach_band(view, model_of(view))
    assert (band.verdict, band.tone) == (shape, tone)
    assert coach_ladder(view, model_of(view)).ladder is not None


def test_without_a_target_of_the_therapist_no_hue_is_used() -> None:
    view = STATES["work_neutral"]
    model = model_of(view)
    tones = {item.tone for item in coach_history(view, model).items}
    tones |= {coach_band(view, model).tone, coach_ladder(view, model).tone}
    assert tones == {"neutral", "muted"}
    assert neutrals(HISTORY)[3].coloured is False


def test_a_result_stands_until_the_next_lift() -> None:
    session, model = SyntheticSession(plain=True), LiveModel()
    view = work()
    session.status = replace(session.status, coach=STATES["ready"])
    model.apply(session.poll(), 0.0)
    for until_s, stands in ((31.4, True), (31.9, False)):  # the sixth lift begins at 31.65 s
        session.advance(until_s - session.now_s)
        session.status = replace(session.status, coach=view)
        model.apply(session.poll(), until_s)
        assert (coach_band(view, model).verdict is not None) is stands
        assert (coach_ladder(view, model).ladder is not None) is stands


def test_a_short_press_and_a_hold_are_told_apart() -> None:
    switch = TapOrHold()
    switch.press(0.0)
    switch.release(0.3)
    assert switch.take(0.35) == ""  # its other half might still come
    assert switch.take(0.41) == "tap"
    assert switch.take(0.5) == ""
    switch.press(1.0)
    assert switch.take(1.99) == ""
    assert switch.take(2.0) == "hold"
    switch.release(2.5)
    assert switch.take(3.0) == ""


def test_a_repeating_key_is_one_hold_and_two_quick_presses_are_two() -> None:
    switch = TapOrHold()
    switch.press(0.0)
    for k in range(1, 9):  # releases and presses in pairs, unmarked, a frame apart
        switch.release(0.1 * k)
        switch.press(0.1 * k + 0.03, repeated=True)
        assert switch.take(0.1 * k + 0.05) == ""
    assert switch.take(1.0) == "hold"
    switch.reset()
    switch.press(2.0)
    switch.release(2.02)
    switch.press(2.05)
    switch.release(2.07)
    assert [switch.take(2.3), switch.take(2.3), switch.take(2.3)] == ["tap", "tap", ""]


def test_a_hold_that_ends_while_the_window_is_busy_still_counts() -> None:
    switch = TapOrHold()
    switch.press(0.0)
    switch.release(1.2)
    assert switch.take(5.0) == "hold"


def test_a_notice_waits_to_be_read_and_a_choice_that_rests_is_given() -> None:
    answering = Answering()
    answering.follow(ask("n", "safety.power", "choice", (("ok", "option.ok"),)))
    assert (answering.given(), answering.take(1e6)) == ("ok", None)
    answering.follow(ask("p", "question.pain_before", "scale"))
    answering.move(1, 10.0)
    assert answering.take(10.0 + DWELL_S - 0.1) is None
    assert answering.take(10.0 + DWELL_S) == "0"


@pytest.mark.parametrize("name", [n for n, v in STATES.items() if not n.startswith("work")])
def test_every_card_says_what_it_is_and_which_keys_there_are(name) -> None:
    view = STATES[name]
    card = coach_card(view, Answering(), 0.0)
    if view.state == "work":
        assert card is None
        return
    assert card is not None
    assert card.title
    assert card.foot
    asks = view.prompt is not None or view.blocked is not None or view.state == "summary"
    calm = card.kind not in ("stopped", "urgent")
    assert ("Not a diagnosis" in card.spoken) is (asks and calm)

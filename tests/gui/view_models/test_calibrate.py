"""The calibration in words: before, each instant, and what it came to."""

from dataclasses import replace

import pytest

from firingorder.calibration.plan import CalibrationFacts, WizardParams, make_plan
from firingorder.calibration.view import COMMANDS
from firingorder.calibration.wizard import Wizard
from firingorder.gui.view_models.calibrate import allowed, bar, ring, words
from firingorder.gui.view_models.calibrate_ends import NO_RECHECK, finish, start
from firingorder.gui.view_models.calibration_story import CalibrationStory, plan_keys
from firingorder.gui.view_models.cues import wizard_cue
from firingorder.montage import DEFAULT_EIGHT
from firingorder.session.feed import FeedUpdate, LiveStatus
from tests.gui.prepared import told, wizard

STATUS = LiveStatus(connection="streaming", channels=DEFAULT_EIGHT, has_imu=True)
DEAD = "The left glute did not change while the other side did: check its cable and pads."


def story_of(*views, events=(), status=STATUS) -> CalibrationStory:
    story = CalibrationStory()
    for k, view in enumerate(views):
        mine = tuple(events) if k == len(views) - 1 else ()
        story.apply(FeedUpdate(events=mine, status=replace(status, wizard=view)))
    return story


@pytest.mark.parametrize("own_clock", [False, True])
@pytest.mark.parametrize("plan", ["full", "recheck"])
@pytest.mark.parametrize("channels", [DEFAULT_EIGHT, DEFAULT_EIGHT[:1], DEFAULT_EIGHT[::6]])
def test_the_list_of_steps_is_that_of_the_real_wizard(channels, plan, own_clock) -> None:
    """The view names the present step only; the titles ahead are those of the same plan."""
    facts = CalibrationFacts(channels, 1000.0, 20, own_clock=own_clock)
    steps = make_plan(facts, WizardParams(), plan)
    real = Wizard(facts, plan=steps).view
    story = CalibrationStory()
    story.plan = plan
    status = replace(STATUS, channels=channels)
    story.apply(FeedUpdate(status=replace(status, wizard=real)))
    assert tuple(line.key for line in story.steps()) == tuple(step.key for step in steps)
    assert story.steps()[0].mark == "now"
    assert all(line.mark == "ahead" for line in story.steps()[1:])


def test_steps_wear_what_became_of_them() -> None:
    events = (told("rest"), told("montage", "accepted", "Two answered alike."),
              told("squeeze_glutes", "rejected", DEAD), told("bend_knee", "skipped"))  # fmt: skip
    story = story_of(wizard("rest", "go"), wizard("lift_back", "go"), events=events)
    assert [line.mark for line in story.steps()] == [
        "accepted", "noted", "open", "skipped", "now", "ahead", "ahead",
    ]  # fmt: skip
    again = story_of(wizard("squeeze_glutes", "go"), events=events[:3])
    assert again.steps()[2].mark == "redo"
    assert again.steps()[2].reasons == (DEAD,)


def test_one_instruction_at_a_time() -> None:
    story = story_of(wizard("squeeze_glutes", "get_ready"))
    ready = words(wizard("squeeze_glutes", "get_ready"), story)
    assert ready.kicker == "Get ready"
    assert ready.instruction.startswith("Squeeze both glutes comfortably firm")
    go = words(wizard("squeeze_glutes", "go"), story)
    assert (go.instruction, go.tone) == ("Squeeze.", "go")
    assert words(wizard("squeeze_glutes", "rest"), story).instruction == "Let go."


def test_the_muscle_that_was_asked_for_stays_on_the_screen_while_it_is_used() -> None:
    ask = wizard("montage", "get_ready", voice="Squeeze only your left glute.", trial=1)
    now = wizard("montage", "go", trial=1)
    assert now.voice_text == "Now."
    assert words(now, story_of(ask, now)).instruction == "Squeeze only your left glute."


def test_a_refusal_says_why_and_when_it_goes_on() -> None:
    view = wizard("squeeze_glutes", "rejected", reasons=(DEAD, "And more."), remaining_s=4.2)
    said = words(view, story_of(view))
    assert (said.kicker, said.instruction, said.more) == ("Once more", DEAD, ("And more.",))
    assert (ring(view).word, ring(view).number) == ("again in", "5")
    waiting = replace(view, remaining_s=None)
    assert words(waiting, story_of(waiting)).kicker == "How to go on?"
    assert ring(waiting).number == ""


def test_enter_does_what_is_nearest() -> None:
    assert allowed(wizard("rest", "waiting")).enter == "start"
    assert allowed(wizard("rest", "review")).enter == "keep"
    assert allowed(wizard("rest", "rejected")).enter == "redo"
    assert allowed(wizard("rest", "rejected", can_keep=True)).enter == "keep"
    assert allowed(wizard("montage", "rejected", can_swap=True)).enter == "swap"
    assert allowed(wizard("rest", "go")).enter == ""
    names = {allowed(wizard("rest", state)).enter for state in ("waiting", "review", "rejected")}
    assert names <= set(COMMANDS)


def test_lying_still_has_nothing_to_reach() -> None:
    still = bar(wizard("rest", "go"), STATUS)
    assert (still.level, still.target) == (None, None)
    assert all(row.level is None for row in still.rows)
    squeeze = bar(wizard("squeeze_glutes", "go"), STATUS)
    assert (squeeze.level, squeeze.target) == (0.62, 0.8)
    assert [row.letter for row in squeeze.rows] == ["L", "R"]
    assert bar(wizard("bridges", "go"), STATUS).title == "Hips"


def test_tries_are_dots() -> None:
    assert bar(wizard("squeeze_glutes", "go", trial=2), STATUS).dots == ("done", "now", "ahead")
    assert bar(wizard("squeeze_glutes", "rest", trial=2), STATUS).dots == ("done", "done", "ahead")
    assert bar(wizard("squeeze_glutes", "review"), STATUS).dots == ("done",) * 3
    assert bar(wizard("rest", "go", trial=0), STATUS).dots == ()


def test_amplitudes_have_microvolts_only_with_a_known_gain() -> None:
    view = wizard("squeeze_glutes", "review")
    assert bar(view, STATUS).rows[0].value == "60 µV"
    assert bar(view, replace(STATUS, calibrated=False)).rows[0].value == "60 a.u."


def test_before_it_begins_three_sentences_explain_it() -> None:
    view = start(STATUS, "submaximal", "full")
    assert len(view.sentences) == 3
    assert "comfortable" in view.sentences[1]
    assert "% of calibration" in view.sentences[1]
    assert view.why_not == ""
    assert "% MVC" in start(STATUS, "maximal", "full").sentences[1]


def test_a_recheck_needs_something_to_check() -> None:
    view = start(STATUS, "submaximal", "recheck")
    assert [one.chosen for one in view.plans] == [True, False]
    assert not view.plans[1].possible
    assert view.plans[1].note == NO_RECHECK
    known = start(replace(STATUS, calibration="Calibrated today."), "submaximal", "recheck")
    assert [one.chosen for one in known.plans] == [False, True]
    assert known.in_use == "Calibrated today."


@pytest.mark.parametrize(
    "changes", [{"source": "replay"}, {"connection": "lost"}, {"channels": ()}]
)
def test_what_cannot_be_calibrated_says_why(changes) -> None:
    assert start(replace(STATUS, **changes), "submaximal", "full").why_not


def finished(*events, notes=None):
    views = (wizard("squeeze_glutes", "review", notes=notes), wizard("bend_knee", "review"),
             wizard("bridges", "done"))  # fmt: skip
    return finish(STATUS, story_of(*views, events=events))


def test_a_recheck_says_of_what_it_does_not_ask_for_that_it_stays() -> None:
    story = story_of(wizard("squeeze_glutes", "review"), wizard("bridges", "done"),
                     events=(told("rest"), told("squeeze_glutes")))  # fmt: skip
    story.plan = "recheck"
    notes = {one.title: one.note for one in finish(STATUS, story).channels}
    assert notes["Glute max"] == ""
    assert notes["Lumbar"].startswith("as before")


def test_the_end_says_what_is_calibrated_and_what_is_not_and_why() -> None:
    view = finished(
        told("rest"), told("squeeze_glutes", "accepted", DEAD), told("bend_knee"),
        told("lift_back", "skipped"), told("push_knees_out", "rejected", "Too gentle."),
        notes={"gluteus_maximus_left": DEAD},
    )  # fmt: skip
    found = {f"{one.letter} {one.title}": (one.value, one.note) for one in view.channels}
    assert found["L Glute max"] == ("", DEAD)
    assert found["R Glute max"] == ("100 % = 73 µV", "")
    assert found["L Hamstring"][0].startswith("100 % = ")
    assert found["L Lumbar"] == ("", "the step was skipped")
    assert found["R Glute med"] == ("", "Too gentle.")
    assert view.title == "3 of 8 channels have a reference"
    assert view.can_apply


def test_a_reference_that_was_shown_and_then_refused_or_skipped_is_not_claimed() -> None:
    view = finished(told("rest"), told("squeeze_glutes", "rejected", DEAD),
                    told("bend_knee", "skipped"))  # fmt: skip
    assert not any(one.value for one in view.channels)


def test_nothing_measured_cannot_be_used() -> None:
    view = finished(told("rest", "skipped"), told("squeeze_glutes", "skipped"))
    assert not view.can_apply
    assert view.title == "Nothing was measured"


def test_a_second_calibration_begins_without_the_first() -> None:
    story = story_of(wizard("squeeze_glutes", "review"), events=(told("squeeze_glutes"),))
    assert story.accepted
    story.apply(FeedUpdate(status=STATUS))
    story.apply(FeedUpdate(status=replace(STATUS, wizard=wizard("rest", "waiting"))))
    assert story.accepted == ()
    assert story.references() == {}


@pytest.mark.parametrize(
    ("before", "now", "cue"),
    [
        (None, wizard("rest", "go"), None),
        (wizard("rest", "get_ready"), wizard("rest", "go"), "go"),
        (wizard("rest", "go"), wizard("rest", "review"), "accepted"),
        (wizard("rest", "go"), wizard("rest", "rejected"), "rejected"),
        (wizard("rest", "review"), wizard("montage", "get_ready"), "get_ready"),
        (wizard("bridges", "go"), wizard("bridges", "rest"), "rest"),
        (wizard("bridges", "go", voice_key="bridges.up"),
         wizard("bridges", "go", voice_key="bridges.down"), "go"),
        (wizard("rest", "get_ready", remaining_s=2.1),
         wizard("rest", "get_ready", remaining_s=2.0), "tick"),
        (wizard("rest", "get_ready", remaining_s=2.0),
         wizard("rest", "get_ready", remaining_s=1.6), None),
        (wizard("rest", "go", remaining_s=2.1), wizard("rest", "go", remaining_s=1.9), None),
        (wizard("bridges", "review"), wizard("bridges", "done"), "step_done"),
        (wizard("rest", "go"), None, None),
    ],
)  # fmt: skip
def test_sounds_follow_what_changed(before, now, cue) -> None:
    assert wizard_cue(before, now) == cue


def test_plans_differ_with_what_is_worn() -> None:
    assert plan_keys(STATUS, "full")[-1] == "bridges"
    assert "bridges" not in plan_keys(replace(STATUS, has_imu=False), "full")
    assert plan_keys(STATUS, "recheck") == ("rest", "squeeze_glutes")

"""The setup page in words: lights, one thing to do, going on or not, and who moves."""

from dataclasses import replace

import numpy as np
import pytest

from firingorder.gui.view_models.identify import moving_channels
from firingorder.gui.view_models.pages import HELD_REPLAY, NOT_SCORED, scored_words, task_words
from firingorder.gui.view_models.setup import (
    ANEW_S,
    PELVIS_ROW,
    SetupDesk,
    identified_words,
    override_words,
)
from firingorder.gui.view_models.setup_cards import guide, raw
from firingorder.gui.view_models.setup_words import placement
from firingorder.gui.view_models.strip_ring import StripRing
from firingorder.measures import SensorCheck
from firingorder.montage import DEFAULT_EIGHT, MUSCLES
from firingorder.samples import DisplayBlock
from firingorder.session.feed import LiveStatus
from tests.gui.prepared import BAD, HUM, WARN, check

STATUS = LiveStatus(connection="streaming", channels=DEFAULT_EIGHT, has_imu=True)
#: Words that judge a person or a muscle; they stand nowhere.
NEVER = ("weak", "lazy", "not firing", "amnesia", "dormant", "inhibited", "dysfunction",
         "abnormal", "normal", "diagnosis")  # fmt: skip


def page(found=None, **changes):
    status = replace(STATUS, check=found, **changes)
    return SetupDesk().view(status)


def contact(row) -> str:
    return row.contact.word


def test_everything_good_lets_go_on() -> None:
    view = page(check())
    assert view.can_continue
    assert not view.can_override
    assert {row.tone for row in view.rows} == {"good"}
    assert view.summary == "All good. Enter to continue"


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"gluteus_maximus_left": BAD}, "Fix 1 pad"),
        ({"gluteus_maximus_left": BAD, "hamstring_left": HUM}, "Fix 2 pads"),
    ],
)
def test_a_bad_light_keeps_from_going_on_and_says_how_to_go_on_all_the_same(changes, names) -> None:
    view = page(check(**changes))
    assert not view.can_continue
    assert view.can_override
    assert view.summary.startswith(names)
    assert "Shift+Enter" in view.summary


def test_a_bad_sensor_keeps_from_going_on_too_and_is_told_from_a_pad() -> None:
    sensor = SensorCheck("bad", "upside_down", "Turn the pelvis sensor around.")
    view = page(check(sensor=sensor))
    assert not view.can_continue
    assert view.summary.startswith("Fix the pelvis sensor")
    assert override_words(view) == ("Setup: went on although not good: pelvis sensor (upside down)")


def test_a_yellow_light_is_told_and_does_not_keep_from_going_on() -> None:
    view = page(check(hamstring_right=WARN))
    assert view.can_continue
    assert view.summary == "One pad could be better. Enter to continue"
    row = next(row for row in view.rows if row.channel == "hamstring_right")
    assert row.tone == "warn"
    assert contact(row) == "46 kΩ"


def test_what_was_not_checked_yet_is_not_called_good() -> None:
    view = page(None)
    assert not view.can_continue
    assert {row.tone for row in view.rows} == {"unknown"}
    assert "not yet checked: left glute" in override_words(view)


def test_a_recording_keeps_nobody_from_going_on() -> None:
    view = page(None, source="replay")
    assert view.can_continue
    assert not view.can_override
    assert "recording" in view.summary


def test_the_override_names_channels_and_causes() -> None:
    said = override_words(page(check(gluteus_maximus_left=BAD, hamstring_left=HUM)))
    assert said == (
        "Setup: went on although not good: left glute (contact open), "
        "left hamstring (signal mains hum)"
    )


def test_rows_keep_their_order_whatever_the_device_sends_first() -> None:
    turned = DEFAULT_EIGHT[::-1]
    view = SetupDesk().view(replace(STATUS, channels=turned, check=check(turned)))
    assert [row.channel for row in view.rows] == [*DEFAULT_EIGHT, PELVIS_ROW]
    assert [row.column for row in view.rows] == [7, 6, 5, 4, 3, 2, 1, 0, None]


def test_kilo_ohms_only_where_they_were_measured_and_microvolts_only_with_a_gain() -> None:
    with_ohm, without = page(check()), page(check(ohm=False))
    assert contact(with_ohm.rows[0]) == "5 kΩ"
    assert contact(without.rows[0]) == "good"
    bare = page(check(calibrated=False), calibrated=False)
    assert "µV" in with_ohm.rows[0].noise
    assert all("µV" not in row.noise for row in bare.rows)
    assert "µV" not in " ".join(raw(replace(STATUS, calibrated=False, check=check())).titles)


def test_no_sensor_no_row_and_no_sentence_about_it() -> None:
    view = page(check(sensor=None), has_imu=False)
    assert all(row.column is not None for row in view.rows)
    titles = [row.title for row in guide(replace(STATUS, has_imu=False)).rows]
    assert "Pelvis sensor" not in titles


def test_a_check_that_says_nothing_of_the_sensor_keeps_nobody_waiting() -> None:
    assert page(check(sensor=None)).can_continue


def test_check_again_forgets_what_was_seen_before() -> None:
    desk, status = SetupDesk(), replace(STATUS, check=check(at_s=10.0))
    desk.check_anew(status)
    assert desk.view(status).checking
    later = replace(STATUS, check=check(at_s=10.0 + ANEW_S - 1.0))
    assert not desk.view(later).can_continue
    assert desk.view(replace(STATUS, check=check(at_s=10.0 + ANEW_S))).can_continue


def test_check_again_does_not_wait_for_ever_when_the_device_counts_anew() -> None:
    desk = SetupDesk()
    desk.check_anew(replace(STATUS, check=check(at_s=500.0)))
    assert desk.view(replace(STATUS, check=check(at_s=2.0))).can_continue


def test_selection_moves_and_stops_at_the_ends() -> None:
    desk, status = SetupDesk(), replace(STATUS, check=check())
    assert desk.selected(status) == DEFAULT_EIGHT[0]
    desk.move(status, -1)
    assert desk.selected(status) == DEFAULT_EIGHT[0]
    for _ in range(20):
        desk.move(status, 1)
    assert desk.selected(status) == PELVIS_ROW
    assert desk.view(status).swap == ""


def test_sides_are_swapped_only_where_there_are_two() -> None:
    desk = SetupDesk()
    assert desk.view(replace(STATUS, check=check())).swap == "gluteus_maximus"
    one = ("gluteus_maximus_left", "erector_spinae_left")
    assert desk.view(replace(STATUS, channels=one, check=check(one))).swap == ""
    assert desk.view(replace(STATUS, source="replay", check=check())).swap == ""


@pytest.mark.parametrize(
    ("moving", "said"),
    [
        ((), ""),
        (("gluteus_maximus_left",), "Left glute max moves."),
        (("gluteus_maximus_right",),
         "Right glute max moves. If you used the left one, press X to swap."),
        (("hamstring_left",), "Left hamstring moves."),
        (("gluteus_maximus_left", "erector_spinae_left"),
         "Left glute max and left lumbar move."),
        (DEFAULT_EIGHT, "Several muscles move at once."),
    ],
)  # fmt: skip
def test_the_row_that_moves_is_named(moving, said) -> None:
    assert identified_words("gluteus_maximus_left", moving) == said


def squeezed(channels: dict[int, float], *, rest: float = 1.0) -> StripRing:
    """Ten seconds of rest, and in the last second some channels at so many times their rest."""
    rate, n = 1000.0, 10_000
    envelope = np.full((n, 4), rest)
    for channel, times in channels.items():
        envelope[-1000:, channel] = rest * times
    ring = StripRing(4, rate, 500, 10.0)
    ring.append(DisplayBlock(0, 0.0, rate, envelope, envelope, np.zeros(envelope.shape, bool)))
    return ring


@pytest.mark.parametrize(
    ("channels", "moving"),
    [
        ({}, ()),
        ({2: 3.0}, ()),  # less than 12 dB
        ({2: 8.0}, (2,)),
        ({2: 20.0, 3: 6.0}, (2,)),  # a neighbour picks up a part
        ({0: 20.0, 1: 18.0}, (0, 1)),
    ],
)
def test_the_channel_that_moves_most_is_found(channels, moving) -> None:
    assert moving_channels(squeezed(channels).window()) == moving


def test_a_loud_channel_at_rest_does_not_move_and_zeros_move_nothing() -> None:
    assert moving_channels(squeezed({}, rest=80.0).window()) == ()
    assert moving_channels(squeezed({1: 50.0}, rest=0.0).window()) == ()


def test_what_is_not_scored_and_what_was_tested_is_said() -> None:
    assert scored_words(replace(STATUS, recording="a.mcap")) == NOT_SCORED
    assert "recording" not in scored_words(STATUS)
    assert scored_words(replace(STATUS, source="replay")) == HELD_REPLAY
    told = replace(STATUS, task_name="Bridge", tested_on="simulation")
    assert task_words(told) == "Bridge  ·  tested on simulation only"
    assert task_words(replace(told, tested_on=None)) == "Bridge"


def test_the_guide_knows_a_place_for_every_muscle_or_says_that_it_does_not() -> None:
    for muscle in MUSCLES:
        one = placement(muscle)
        assert one.site
        assert one.direction
        assert one.trial
    assert "Not described" in placement("tensor_fasciae_latae").site
    rows = guide(STATUS).rows
    assert [row.title for row in rows] == [
        "Glute max", "Glute med", "Hamstring", "Lumbar", "Reference", "Pelvis sensor",
    ]  # fmt: skip


def test_raw_numbers_leave_out_what_no_channel_has() -> None:
    view = raw(replace(STATUS, check=check(ohm=False, gluteus_maximus_left=BAD)))
    assert "Contact kΩ" not in view.titles
    assert view.rows[0][0] == "L  Glute max"
    assert "bad, lead_off" in view.rows[0]
    assert "68.00" in view.rows[0]


def test_no_word_judges_the_person() -> None:
    views = [page(check(gluteus_maximus_left=BAD, hamstring_right=WARN)), page(None)]
    text = " ".join([*(view.spoken for view in views), guide(STATUS).spoken]).lower()
    assert not [word for word in NEVER if word in text]

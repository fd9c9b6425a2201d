"""The review without Qt: windows, rows, marks, words, playing, marking blind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from firingorder.corrections import Correction, standing
from firingorder.findings import OnsetEstimate, RepetitionFinding
from firingorder.gui.view_models.help_keys import help_keys
from firingorder.gui.view_models.review_marks import Pending, lanes
from firingorder.gui.view_models.review_player import Player
from firingorder.gui.view_models.review_rows import axis_end_ms, rep_rows
from firingorder.gui.view_models.review_scrub import placed
from firingorder.gui.view_models.review_traces import lane_scale_uv, lane_zero_uv
from firingorder.gui.view_models.review_window import (
    TimeWindow,
    axis_label,
    axis_step_ms,
    fine_clock,
    preset_window,
    zero_of,
)
from firingorder.gui.view_models.review_words import change_words, several_words, story
from firingorder.report.wording import Target
from firingorder.session.review import Columns
from tests.gui.synthetic import SyntheticSession

AT = "2026-11-22T13:32:00+00:00"


@pytest.fixture(scope="module")
def reps() -> tuple[RepetitionFinding, ...]:
    session = SyntheticSession(plain=True)
    return tuple(session.repetition(k) for k in range(8))


def entry(kind: str, rep: RepetitionFinding, **more: object) -> Correction:
    given: dict[str, object] = {"who": "J. Ortiz", "at": AT, **more}
    made = Correction(f"{kind}{rep.index}", "note", rep.index, rep.start_s, "", "")
    return replace(made, kind=kind, **given)  # pyright: ignore[reportArgumentType]


def _no_title(rep: RepetitionFinding) -> str:
    del rep
    return ""


@pytest.mark.parametrize("current", [-1, 0, 4, 10])
def test_outcomes_above_the_line_cover_no_number_of_their_neighbours(current: int) -> None:
    """Eleven repetitions of three minutes, some close together, read "1(?)2" and "4 5 = 6"."""
    at_s = (12.0, 17.0, 30.0, 60.0, 66.0, 70.0, 71.0, 100.0, 140.0, 143.5, 147.0)
    xs = [40.0 + 6.0 * one for one in at_s]
    size, numbers = 26.0, [8.0 + 9.0 * len(str(k + 1)) for k in range(len(xs))]
    shown = placed(xs, current, size, numbers)
    drawn = [one.at for one in shown]
    assert drawn == sorted(set(drawn))
    assert (current in drawn) or current < 0
    assert all(one.numbered for one in shown if one.at == current)
    assert {0, 2, 3, 7} <= set(drawn)  # those have room
    for one, after in pairwise(shown):
        end = xs[one.at] + size / 2 + (numbers[one.at] if one.numbered else 0.0)
        assert end <= xs[after.at] - size / 2
    assert not [one for one in placed(xs, current, size, ()) if one.numbered]


def test_a_recording_without_a_repetition_has_no_icons() -> None:
    """What raises while something is drawn ends the process without a word."""
    assert placed([], -1, 20.0, ()) == ()
    assert placed([], -1, 20.0, []) == ()


def test_the_onset_zoom_is_about_the_first_glute_and_presets_hold_what_they_say(reps) -> None:
    rep = reps[3]
    glutes = [o.onset_s for name, o in rep.onsets.items() if o and name.startswith("gluteus_max")]
    assert zero_of(rep) == min(glutes)
    window = preset_window("onset", rep, reps)
    assert window.first_s == pytest.approx(zero_of(rep) - 0.42)
    assert window.last_s == pytest.approx(zero_of(rep) + 0.78)
    assert preset_window("rep", rep, reps).holds(rep.end_s)
    whole = preset_window("set", rep, reps)
    assert all(whole.holds(one.start_s) and whole.holds(one.end_s) for one in reps)
    silent = replace(rep, onsets=dict.fromkeys(rep.onsets, None))
    assert zero_of(silent) == rep.movement_onset_s  # without glutes the movement
    assert zero_of(replace(silent, movement_onset_s=None)) == rep.start_s


def test_zoom_keeps_an_instant_where_it_is_and_stays_in_the_recording() -> None:
    window = TimeWindow(10.0, 12.0)
    near = window.zoomed(0.5, 10.5)
    assert (10.5 - near.first_s) / near.length_s == pytest.approx(0.25)
    assert window.zoomed(1e-9).length_s == pytest.approx(0.1)
    assert TimeWindow(-3.0, 1.0).within(0.0, 30.0) == TimeWindow(0.0, 4.0)
    assert TimeWindow(5.0, 90.0).within(0.0, 30.0) == TimeWindow(0.0, 30.0)


@pytest.mark.parametrize("length_ms", [100.0, 1200.0, 6000.0, 90_000.0, 3.6e6])
def test_labels_of_the_axis_have_room_and_there_are_some(length_ms: float) -> None:
    step = axis_step_ms(length_ms, 1000.0)
    assert 4 <= length_ms / step <= 14
    assert axis_label(0.0, step) in ("0 ms", "0 s")


def test_times_are_cut_never_rounded_up() -> None:
    assert fine_clock(25.79) == "0:25.7"
    assert fine_clock(59.99) == "0:59.9"
    assert fine_clock(3725.0) == "1:02:05.0"


def test_rows_have_one_axis_no_colour_without_a_target_and_say_who_is_left_out(reps) -> None:
    out = entry("exclude", reps[1], why="cable")
    moved = entry("onset", reps[0], channel="erector_spinae_left", onset_s=1.0, automatic_s=1.1)
    rows = rep_rows(reps, standing([out, moved]), {}, _no_title)
    assert {row.end_ms for row in rows} == {axis_end_ms(reps)}
    assert {row.tone for row in rows} == {"neutral", "muted"}
    assert (rows[0].state, rows[1].state, rows[1].note) == ("edited", "excluded", "cable")
    assert rows[5].lead_ms is None  # nothing is claimed where it cannot be told
    wanted = {one.task: Target() for one in reps}
    coloured = rep_rows(reps, standing([]), wanted, _no_title)
    assert {coloured[0].tone, coloured[3].tone} == {"ok", "back"}
    assert rep_rows(reps, standing([out]), wanted, _no_title)[1].tone == "muted"
    elsewhere = rep_rows(reps, standing([]), {"another_exercise": Target()}, _no_title)
    assert {row.tone for row in elsewhere} == {"neutral", "muted"}


def test_marks_show_what_moves_with_its_ghost_and_what_counts_for_nothing(reps) -> None:
    rep = reps[0]
    channels, name = tuple(rep.onsets), "erector_spinae_left"
    was = rep.onsets[name]
    assert was is not None
    now = replace(rep, onsets={**rep.onsets, name: OnsetEstimate(was.onset_s - 0.05, 1.0, 2.0)})
    made = lanes(channels, [now], {1: rep}, 1, pending=Pending(1, name, was.onset_s - 0.05))
    lane = next(one for one in made if one.channel == name)
    assert lane.mark is not None
    assert lane.mark.automatic == was
    assert lane.mark.pending
    assert lane.mark.label(was.onset_s) == "\N{MINUS SIGN}50 edited"
    others = [one.mark for one in made if one.channel != name]
    assert all(mark is not None and not mark.edited for mark in others)
    # Where the samples are refused the mark stands where it was put, and says that it decides
    # nothing; a start that a person took away leaves no mark.
    gone = replace(rep, onsets={**rep.onsets, name: None})
    refused = lanes(channels, [gone], {1: rep}, 1, edited={(1, name): 2.5})
    lane = next(one for one in refused if one.channel == name)
    assert lane.mark is not None
    assert (lane.mark.at_s, lane.mark.used) == (2.5, False)
    assert lane.note.startswith("not used")
    none = lanes(channels, [gone], {1: rep}, 1, edited={(1, name): None})
    lane = next(one for one in none if one.channel == name)
    assert (lane.mark, lane.note) == (None, "no start, edited")


def test_sentences_say_who_moved_what_when_and_that_two_edited(reps) -> None:
    now = datetime(2026, 11, 22, 14, 0, tzinfo=UTC).astimezone()
    at = datetime.fromisoformat(AT).astimezone()
    moved = entry("onset", reps[0], channel="erector_spinae_left", onset_s=1.092, automatic_s=1.1)
    said = change_words(moved, now)
    assert (
        said == f"Lumbar L moved \N{MINUS SIGN}8 ms by J. Ortiz, {at:%H:%M}. Automatic value kept."
    )
    assert "Nov 2026" in change_words(moved, now.replace(day=24))
    assert several_words([moved]) == ""
    other = replace(moved, id="b", who="Kim", channel="gluteus_maximus_left")
    assert several_words([moved, other]).startswith("Edited by J. Ortiz and Kim")
    lines = story(standing([moved, other]), 1, "gluteus_maximus_left")
    assert lines[0].startswith("Glute max L")  # the chosen channel first
    assert story(standing([moved]), 2) == ()


def test_a_lane_stands_on_its_own_offset_and_rest_is_not_blown_up() -> None:
    rest = np.sin(np.arange(400) * 0.7)[:, None] + 2000.0  # an electrode offset of 2 mV
    columns = Columns(("a",), np.arange(400) / 1e3, rest, rest, exact=True)
    assert lane_zero_uv(columns, 0) == pytest.approx(2000.0, abs=0.1)
    assert lane_scale_uv(columns, 0, rest_uv=1.0) == 5.0
    burst = rest.copy()
    burst[200:] += 80.0 * np.sin(np.arange(200) * 2.1)[:, None]
    loud = Columns(("a",), np.arange(400) / 1e3, burst, burst, exact=True)
    assert lane_scale_uv(loud, 0, rest_uv=1.0) == 100.0


def test_playing_follows_its_speed_stops_at_the_end_and_loops() -> None:
    window = TimeWindow(10.0, 12.0)
    slow = Player(speed=0.25).play(window, 10.0, now_s=100.0)
    assert slow.at(104.0) == pytest.approx(11.0)
    assert not slow.ended(107.9)
    assert slow.ended(108.0)
    loop = replace(Player(speed=1.0), loop=True).play(window, 10.0, now_s=0.0)
    assert loop.at(5.0) == pytest.approx(11.0)
    assert (loop.laps(5.0), loop.ended(50.0)) == (2, False)
    assert not slow.faster(1).playing  # sound that is playing cannot change its speed


def test_help_lists_a_key_once() -> None:
    keys = [key for line, _ in help_keys("review") for key in line.split("  ")]
    for key in ("L", "Ctrl+P", "Ctrl+S", "W", "B"):
        assert keys.count(key) == 1
    assert "L" in dict(help_keys("setup"))

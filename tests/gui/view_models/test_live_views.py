"""The state of the window, and what desk and floor view make of it."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from firingorder.findings import (
    OnsetFinding,
    PhaseFinding,
    QualityFinding,
    RepetitionVerdict,
)
from firingorder.gui.view_models.coach_strip import coach_strip
from firingorder.gui.view_models.desk import (
    lead_chart,
    set_numbers,
    strip_rows,
    strips_spoken,
    top_bar,
    undecided_words,
    verdict_card,
)
from firingorder.gui.view_models.floor import (
    PhaseView,
    band,
    contact,
    floor_ladder,
    history,
    phase_card,
)
from firingorder.gui.view_models.link_state import StateView, present_state
from firingorder.gui.view_models.live_model import KEPT_S, LiveModel
from firingorder.gui.view_models.pages import NOT_SCORED_UNRECORDED, scored_words
from firingorder.report.wording import Target
from firingorder.session.feed import FeedUpdate, LinkPhase, LiveStatus
from tests.gui import coached
from tests.gui.synthetic import SyntheticSession

PAIR = ("gluteus_maximus_left", "erector_spinae_left")


def played(seconds: float, *, target: Target | None = None, **options) -> LiveModel:
    session = SyntheticSession(**options, plain=True)
    model = LiveModel(target)
    while session.now_s < seconds:
        session.advance(0.1)
        model.apply(session.poll(), 1000.0 + session.now_s)
    return model


def stated(host_s: float = 0.0, **changes) -> LiveModel:
    model = LiveModel()
    model.apply(FeedUpdate(status=LiveStatus(**changes)), 500.0)
    model.apply(FeedUpdate(status=LiveStatus(**changes)), 500.0 + host_s)
    return model


def stating(model: LiveModel, *, demo_offered: bool = False) -> StateView:
    state = present_state(model, demo_offered=demo_offered)
    assert state is not None
    return state


def phasing(model: LiveModel) -> PhaseView:
    view = phase_card(model)
    assert view is not None
    return view


def numbers(model: LiveModel) -> dict[str, str]:
    return {reading.title: reading.value for reading in set_numbers(model)}


def test_before_the_first_repetition_every_view_says_so() -> None:
    model = played(0.5)
    card = verdict_card(model)
    assert (card.verdict, card.ladder, card.headline) == (None, None, "Ready")
    assert numbers(model)["Glutes first"] == "\N{EN DASH}"
    assert lead_chart(model).points == ()
    assert band(model).headline == "Set 1"
    assert floor_ladder(model).ladder is None
    assert [item.state for item in history(model).items] == ["next"] + ["ahead"] * 9


def test_the_verdict_comes_before_the_end_and_is_replaced_by_the_final() -> None:
    early = played(2.3)
    assert early.last_rep is not None
    assert early.last_rep.scored is None
    late = played(6.5)
    assert len(late.reps) == 1
    assert late.last_rep is not None
    assert late.last_rep.scored is True
    assert late.last_rep.movement_onset_s is not None


def test_live_onsets_are_replaced_by_those_of_the_verdict_and_forgotten() -> None:
    model = played(2.0)
    assert {o.channel for o in model.onsets} == set(model.status.channels)
    assert not played(2.3).onsets
    model.apply(FeedUpdate(events=(OnsetFinding(PAIR[0], 2.0, 2.05),), status=model.status), 0.0)
    assert model.onsets
    model.now_s = 2.0 + KEPT_S + 1.0
    model.apply(FeedUpdate(status=model.status), 0.0)
    assert not model.onsets


def test_numbers_of_the_set() -> None:
    model = played(60.0)
    shown = {r.title: r for r in set_numbers(model)}
    assert shown["Glutes first"].value == "6 of 9"
    assert shown["Glutes first"].note == "1 can't tell"
    assert shown["Median lead"].value.startswith("+1")  # one stray repetition of nine
    assert shown["Median lead"].note.startswith("95 %: +")
    assert " / " in shown["Left / right"].value
    assert shown["Last hold"].value == "1.6 s"


def test_no_middle_of_a_set_that_has_none() -> None:
    assert numbers(played(10.0))["Median lead"] == "\N{EN DASH}"
    assert numbers(played(14.0))["Left / right"] == "\N{EN DASH} / \N{EN DASH}"


def test_a_live_onset_is_withdrawn_where_the_verdict_finds_none() -> None:
    session = SyntheticSession(plain=True)
    model = LiveModel()
    while not model.reps:
        session.advance(0.1)
        model.apply(session.poll(), 1000.0)
    rep = model.reps[max(model.reps)]
    start = rep.first_onset_s
    assert start is not None
    withdrawn, other = (
        OnsetFinding("silent", start + 0.05, start + 0.1),
        OnsetFinding("silent", start + 3.0, start + 3.1),
    )
    model.onsets.extend((withdrawn, other))
    model._forget_live_onsets(replace(rep, onsets=(*rep.onsets, ("silent", None))))
    assert list(model.onsets) == [other]


def test_an_ended_session_shows_no_phase_and_a_replay_never_records() -> None:
    model = stated(connection="closed", has_imu=True, source="replay", recording="s.mcap")
    assert phasing(model).word == "ENDED"
    assert top_bar(model).recording == "played"


def test_what_is_not_measured_is_left_out() -> None:
    model = played(30.0, channels=PAIR, has_imu=False)
    assert set(numbers(model)) == {"Glutes first", "Median lead"}
    assert [row.muscle for row in strip_rows(model)] == ["gluteus_maximus", "erector_spinae"]
    assert floor_ladder(model).titles == ("gluteus_maximus", "erector_spinae")
    assert phase_card(model) is None


def test_strips_stand_in_the_order_of_muscles_left_above_right() -> None:
    shuffled = ("erector_spinae_right", "gluteus_maximus_right", "hamstring_left",
                "gluteus_maximus_left", "erector_spinae_left", "EMG9")  # fmt: skip
    model = stated(channels=shuffled)
    rows = strip_rows(model)
    assert [(r.muscle, r.letter) for r in rows] == [
        ("gluteus_maximus", "L"),
        ("gluteus_maximus", "R"),
        ("hamstring", "L"),
        ("erector_spinae", "L"),
        ("erector_spinae", "R"),
        ("EMG9", ""),
    ]
    assert [shuffled[row.column] for row in rows] == [row.channel for row in rows]
    assert strips_spoken(model).startswith("6 channels: Glute max, Hamstring, Lumbar")


def test_a_new_set_starts_empty_and_keeps_its_numbers_from_one() -> None:
    session, model = SyntheticSession(plain=True), LiveModel()
    while session.now_s < 40.0:
        session.advance(0.1)
        if 18.45 < session.now_s < 18.55:
            session.next_set()
        model.apply(session.poll(), session.now_s)
        if 18.55 < session.now_s < 19.0:
            assert model.last_rep is None
    assert [rep.number for rep in model.set_reps] == [1, 2, 3, 4]
    assert {rep.set_index for rep in model.set_reps} == {2}


def test_without_a_target_nothing_is_coloured_and_no_cue_is_given() -> None:
    for seconds in (10.5, 14.6, 20.2, 33.0):
        model = played(seconds)
        assert band(model).tone in ("neutral", "muted")
        assert verdict_card(model).tone in ("neutral", "muted")
        assert "queeze" not in band(model).sentence
        assert floor_ladder(model).tinted == ""
    assert lead_chart(model).target_ms is None


@pytest.mark.parametrize(
    ("seconds", "tone", "sentence", "tinted"),
    [
        (10.5, "ok", "111 ms ahead of the back", ""),
        (14.6, "close", "Squeeze a little earlier", "erector_spinae"),
        (20.2, "back", "Squeeze first, then lift", "erector_spinae"),
        (33.0, "muted", "Left back contact poor", ""),
    ],
)
def test_against_a_target_the_floor_view_is_coloured(
    seconds: float, tone: str, sentence: str, tinted: str
) -> None:
    model = played(seconds, target=Target())
    assert (band(model).tone, band(model).sentence) == (tone, sentence)
    assert floor_ladder(model).tinted == tinted


def test_unclear_is_never_given_a_cue_nor_counted_as_decided() -> None:
    model = played(36.0, target=Target())
    assert undecided_words(model) == ("left back contact poor",)
    assert numbers(model)["Glutes first"] == "3 of 5"


def test_bars_hold_until_the_next_repetition_starts() -> None:
    assert band(played(7.4)).headline == "Glutes first"
    assert floor_ladder(played(7.4)).ladder is not None
    started = played(7.8)
    assert (band(started).headline, band(started).verdict) == ("Rep 2", None)
    assert floor_ladder(started).ladder is None
    assert verdict_card(started).rep == "Rep 1"  # the desk keeps it


@pytest.mark.parametrize(
    ("seconds", "word", "arrow", "number"),
    [
        (1.2, "READY", "", ""),
        (2.0, "LIFT", "up", ""),
        (3.2, "HOLD", "", "1"),
        (4.4, "HOLD", "", "2"),
        (5.0, "LOWER", "down", ""),
        (6.0, "REST", "", "1"),
        (7.2, "REST", "", "2"),
    ],
)
def test_phases_of_a_repetition(seconds: float, word: str, arrow: str, number: str) -> None:
    view = phase_card(played(seconds))
    assert view is not None
    assert (view.word, view.arrow, view.number) == (word, arrow, number)
    assert view.hips is not None
    assert "hips" in view.spoken


def test_the_hip_gauge_is_marked_at_the_usual_height() -> None:
    assert phasing(played(2.0)).mark is None
    view = phasing(played(15.8))
    assert view.mark == 0.8
    assert view.fill == pytest.approx(0.8, abs=0.03)


def test_history_shows_done_next_and_ahead() -> None:
    items = history(played(20.2)).items
    assert [i.state for i in items] == ["done"] * 4 + ["next"] + ["ahead"] * 5
    assert [i.verdict for i in items[:4]] == [
        "glutes_first", "glutes_first", "together", "back_first",
    ]  # fmt: skip


def test_a_repetition_that_is_not_scored_stands_apart_and_is_not_counted() -> None:
    model = played(13.0)
    model.reps[2] = replace(model.reps[2], scored=False)
    assert [i.state for i in history(model).items[:3]] == ["done", "not_scored", "next"]
    assert band(model).count == 1
    assert lead_chart(model).points[1].scored is False
    model.reps[2] = replace(model.reps[2], reasons=("half_range",))
    line = verdict_card(model).cue
    assert line is not None
    assert line.shown == "Not scored: movement smaller than usual"
    assert "not scored: movement smaller than usual" in verdict_card(model).spoken
    assert band(model).sentence == "Not counted: movement smaller than usual"


def test_the_chart_withholds_the_lead_of_the_undecided() -> None:
    points = lead_chart(played(36.0)).points
    assert [p.lead_ms is None for p in points] == [False] * 5 + [True]
    assert lead_chart(played(36.0)).slots == 10


def test_the_chart_holds_every_interval() -> None:
    model = played(30.0)
    model.reps[1] = replace(model.reps[1], low_ms=-700.0, high_ms=900.0)
    view = lead_chart(model)
    assert view.end_ms >= 900.0


def test_the_top_bar_leaves_out_what_the_device_does_not_report() -> None:
    view = top_bar(stated(channels=PAIR, task_name="Bridge"))
    assert [r.title for r in view.readings] == ["Contact", "Loss"]
    assert (view.title, view.subtitle, view.tag) == ("Bridge", "Set 1", "")
    full = top_bar(played(1.0))
    assert [r.title for r in full.readings] == ["Contact", "Loss", "Delay", "Battery"]
    assert full.recording == "REC"
    assert top_bar(stated(connection="closed", recording="a.mcap")).recording == "recorded"


def test_the_header_says_no_rec_while_the_disk_takes_nothing() -> None:
    """A disk filled up 25 s after the start: the banner said "Not recording", the header REC."""
    recorded: dict[str, Any] = {"connection": "streaming", "recording": "a.mcap"}
    assert top_bar(stated(**recorded)).recording == "REC"
    full = stated(**recorded, alarm="Not recording: the disk of a.mcap is full.")
    assert top_bar(full).recording == "not recording"
    assert scored_words(full.status) == NOT_SCORED_UNRECORDED
    assert top_bar(stated(**recorded, paused=True)).recording == "REC"


def test_header_and_line_of_the_training_count_the_same_sets() -> None:
    """The header said "Set 2", the session's, over "set 1 of 2", the exercise's."""
    model = stated(channels=PAIR, set_index=5, coach=coached.STATES["work_ok"])
    assert top_bar(model).subtitle.split("  ·  ")[0] == "Set 2 of 3"
    assert "set 2 of 3" in coach_strip(coached.STATES["work_ok"]).place
    assert "Set" not in top_bar(stated(channels=PAIR, coach=coached.STATES["question"])).subtitle
    assert top_bar(stated(channels=PAIR, set_index=5)).subtitle == "Set 5"


@pytest.mark.parametrize(
    ("source", "tag"),
    [("simulated", "SIMULATED"), ("replay", "PLAYING A RECORDING"), ("device", "")],
)
def test_the_source_is_tagged(source: str, tag: str) -> None:
    assert top_bar(stated(source=source, person="P-0007")).tag == tag
    assert top_bar(stated(source=source, person="P-0007")).title == "P-0007"


def test_loose_pads_are_named_from_both_sources() -> None:
    model = stated(channels=PAIR, lead_off=(False, True), connection="streaming")
    assert model.poor_channels == ("erector_spinae_left",)
    found = QualityFinding(PAIR[0], "poor_contact", "Press it flat", 3.0)
    model.apply(FeedUpdate(events=(found,), status=model.status), 501.0)
    assert model.poor_channels == PAIR
    view = contact(model)
    assert view is not None
    assert view.title == "2 pads are loose"
    assert view.pads == (("Left glute", True), ("Left back", True))
    good = QualityFinding(PAIR[0], "good", "", 4.0)
    model.apply(FeedUpdate(events=(good,), status=replace(model.status, lead_off=())), 502.0)
    assert contact(model) is None
    assert {r.title: r.value for r in top_bar(model).readings}["Contact"] == "2 / 2"


STATES = [
    ({"connection": "idle"}, 0.0, "searching"),
    ({"connection": "connecting", "device": "belt"}, 4.2, "connecting"),
    ({"connection": "refused", "message": "Protocol 2."}, 0.0, "refused"),
    ({"connection": "closed", "recording": "a.mcap"}, 0.0, "closed"),
    ({"connection": "lost", "recording": "a.mcap"}, 12.0, "lost"),
    ({"connection": "waiting"}, 0.6, "waiting"),
    ({"connection": "streaming", "channels": PAIR, "lead_off": (True, False)}, 0.0, "contact"),
    ({"connection": "streaming", "battery_percent": 12.0}, 0.0, "battery"),
    ({"connection": "streaming", "alarm": "The disk is full."}, 0.0, "alarm"),
    ({"connection": "streaming", "unrecorded": "/x may not be written to."}, 0.0, "unrecorded"),
]


@pytest.mark.parametrize(("changes", "host_s", "kind"), STATES)
def test_every_state_has_an_icon_a_sentence_and_an_action(changes, host_s, kind) -> None:
    state = present_state(stated(host_s, **changes))
    assert state is not None
    assert state.kind == kind
    assert state.title
    assert state.sentence
    assert state.action


def test_nothing_is_said_when_all_is_well() -> None:
    assert present_state(stated(connection="streaming", battery_percent=15.0)) is None


def test_seconds_of_connecting_and_of_an_outage_are_counted() -> None:
    said = present_state(stated(4.2, connection="connecting", device="belt"))
    assert said is not None
    assert "belt  ·  4 s" in said.title
    lost = present_state(stated(12.9, connection="lost", recording="a.mcap"))
    assert lost is not None
    assert "12 s" in lost.title
    assert "Data kept on disk" in lost.sentence
    unkept = present_state(stated(12.9, connection="lost"))
    assert unkept is not None
    assert "disk" not in unkept.sentence


def test_the_end_is_offered_only_after_half_a_minute_of_outage() -> None:
    assert stating(stated(29.0, connection="lost")).action_id is None
    assert stating(stated(30.0, connection="lost")).action_id == "end"


def test_the_demo_is_offered_only_where_there_is_one() -> None:
    model = stated(connection="idle")
    assert stating(model).action_id is None
    assert stating(model, demo_offered=True).action_id == "demo"


def test_that_nothing_is_recorded_stays_readable_whatever_else_is_said() -> None:
    why = "/data may not be written to."
    alone = stating(stated(connection="streaming", unrecorded=why))
    assert why in alone.sentence
    assert "--record FILE" in alone.action
    assert alone.beside is None
    for connection in ("idle", "connecting", "lost", "refused"):
        assert stating(stated(connection=connection, unrecorded=why)).beside == alone
        assert stating(stated(connection=connection)).beside is None
    ended = stating(stated(connection="closed", unrecorded=why, message="The belt is at its end."))
    assert ended.sentence == f"The belt is at its end. Nothing was recorded: {why}"


def test_the_most_pressing_state_wins() -> None:
    both = stated(connection="lost", alarm="The disk is full.", battery_percent=3.0)
    assert stating(both).kind == "alarm"
    refused = stated(connection="refused", message="No.", alarm="The disk is full.")
    assert stating(refused).kind == "refused"


def test_a_link_that_came_back_says_so_for_a_while() -> None:
    model = LiveModel()
    course: tuple[tuple[float, LinkPhase], ...] = (
        (0.0, "streaming"),
        (10.0, "lost"),
        (22.0, "recovered"),
    )
    for at, connection in course:
        model.apply(FeedUpdate(status=LiveStatus(connection=connection)), at)
    state = stating(model)
    assert state.kind == "recovered"
    assert "12 s" in state.sentence
    model.apply(FeedUpdate(status=LiveStatus(connection="streaming")), 40.0)
    assert present_state(model) is None


def test_saturation_is_named_until_it_is_over() -> None:
    model = stated(connection="streaming", channels=PAIR)
    full = QualityFinding(PAIR[0], "saturated", "Lower the gain", 1.0)
    model.apply(FeedUpdate(events=(full,), status=model.status), 501.0)
    assert stating(model).title == "Left glute too strong"
    over = QualityFinding(PAIR[0], "good", "", 2.0)
    model.apply(FeedUpdate(events=(over,), status=model.status), 502.0)
    assert present_state(model) is None


@pytest.mark.parametrize("verdict", get_args(RepetitionVerdict))
def test_every_outcome_has_a_name_for_screen_readers(verdict: RepetitionVerdict) -> None:
    model = played(6.5, course=(verdict,))
    for said in (band(model).spoken, verdict_card(model).spoken, floor_ladder(model).spoken):
        assert said.startswith("Rep 1, ")
    assert lead_chart(model).spoken.startswith("Rep 1, ")


def test_samples_and_clocks_alone_do_not_make_a_revision() -> None:
    session, model = SyntheticSession(), LiveModel()
    session.advance(0.5)
    model.apply(session.poll(), 1.0)
    before = model.revision
    session.advance(0.2)
    model.apply(session.poll(), 1.2)
    assert model.revision == before
    session.extra.append(PhaseFinding("lift", 0.6, 1))
    model.apply(session.poll(), 1.3)
    assert model.revision == before + 1


def test_what_does_not_count_is_grey_even_against_a_target() -> None:
    model = played(6.5, target=Target())
    assert verdict_card(model).tone == "ok"
    last = model.last_rep
    assert last is not None
    model.reps[last.index] = replace(last, scored=False, reasons=("half_range",))
    assert verdict_card(model).tone == "muted"
    assert band(model).tone == "muted"


def test_the_end_of_a_replay_does_not_speak_of_what_was_recorded() -> None:
    ended = stated(connection="closed", source="replay", recording="s.mcap")
    assert stating(ended).sentence == "Played to its end."
    assert "s.mcap" in stating(stated(connection="closed", recording="s.mcap")).sentence


@pytest.mark.parametrize(
    ("off", "meanwhile"),
    [((0,), "Lifts still count."), ((4,), "Lifts still count."), ((0, 1), "We wait.")],
)
def test_a_loose_pad_stops_only_what_it_stops(off: tuple[int, ...], meanwhile: str) -> None:
    model = played(6.5)
    lead_off = tuple(k in off for k in range(8))
    model.apply(FeedUpdate(status=replace(model.status, lead_off=lead_off)), 2000.0)
    view = contact(model)
    assert view is not None
    assert view.sentence.endswith(meanwhile)


def test_a_withdrawn_answer_is_said_on_both_views_and_keeps_no_old_colour() -> None:
    """Repetition 4 is back first; glutes first was told of it while it began."""
    live = ((3, "glutes_first"),)
    model = played(20.0, live=live, target=Target())
    assert (verdict_card(model).verdict, verdict_card(model).tone) == ("glutes_first", "ok")
    assert "withdrawn" not in verdict_card(model).detail + band(model).sentence
    assert len(lead_chart(model).points) == 3  # its lead is not over
    model = played(20.4, live=live, target=Target())
    card, shown = verdict_card(model), band(model)
    assert (card.verdict, card.tone) == ("back_first", "back")
    assert card.detail.startswith("First answer withdrawn")
    assert (shown.verdict, shown.tone) == ("back_first", "back")
    assert shown.sentence.startswith("First answer withdrawn")
    model = played(25.0, live=live, target=Target())  # after its end
    assert verdict_card(model).detail.startswith("First answer withdrawn")

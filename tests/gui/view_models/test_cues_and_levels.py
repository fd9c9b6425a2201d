"""What is said of a repetition besides its order, levels against a reference, own baselines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from firingorder.findings import CalibrationFinding, Sides
from firingorder.gui.commands import Commands
from firingorder.gui.view_models.calibrate import distinct
from firingorder.gui.view_models.cue_line import cue_line
from firingorder.gui.view_models.desk import (
    StripRow,
    level_reading,
    strip_rows,
    strips_spoken,
    top_bar,
    verdict_card,
)
from firingorder.gui.view_models.floor import band
from firingorder.gui.view_models.help_keys import help_keys, help_note
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.gui.view_models.own_baseline import own_baseline
from firingorder.measures import Compensation
from firingorder.report.wording import Target
from firingorder.session.feed import FeedUpdate, LiveStatus
from firingorder.signal.reference import ChannelReference
from firingorder.training.faults import load_faults
from tests.gui.synthetic import SyntheticSession

USED = "Calibrated 2026-11-20 09:12 UTC."


class Faulty(SyntheticSession):
    """Repetitions with faults; the numbers of those that do not count are in ``unscored``."""

    codes: tuple[tuple[str, bool], ...] = ()
    unscored: tuple[int, ...] = ()

    def repetition(self, rep: int):
        faults = tuple(Compensation(c, 7.0, 5.0, "deg", 1.0, note) for c, note in self.codes)
        counts = rep not in self.unscored
        reasons = () if counts else ("no_quiet",)
        return replace(super().repetition(rep), faults=faults, scored=counts, reasons=reasons)


def played(
    seconds: float,
    *codes: tuple[str, bool],
    target: Target | None = None,
    unscored: tuple[int, ...] = (),
    **status,
) -> LiveModel:
    session = Faulty(plain=True)
    session.codes, session.unscored = codes, unscored
    session.status = replace(session.status, **status)
    model = LiveModel(target)
    while session.now_s < seconds:
        session.advance(0.1)
        model.apply(session.poll(), 1000.0 + session.now_s)
    return model


def said(model: LiveModel, side: Sides = "both") -> str:
    line = cue_line(model.last_rep, model.target, side)
    return "" if line is None else line.shown


class TestCues:
    def test_the_first_cue_goes_before_notes_and_no_code_is_shown(self) -> None:
        model = played(6.5, ("es_early", True), ("arch_late", False), ("twist", False))
        assert said(model) == "End the lift a little earlier and keep the ribs heavy"
        card, floor = verdict_card(model), band(model)
        assert card.cue == floor.cue
        assert "Next time: End the lift" in card.spoken
        assert card.headline == floor.headline == "Glutes first"
        assert "arch_late" not in card.spoken

    def test_a_note_is_a_note(self) -> None:
        assert said(played(6.5, ("es_early", True))) == "Note: Back earlier than usual"

    def test_before_its_end_and_without_faults_nothing_is_said(self) -> None:
        assert said(played(2.5, ("twist", False))) == ""
        assert said(played(6.5)) == ""
        assert cue_line(None, None, "both") is None

    def test_what_only_a_set_can_show_waits_for_it(self) -> None:
        assert said(played(6.5, ("inconsist", False))) == ""
        assert said(played(6.5, ("inconsist", False), ("twist", False))) != ""

    def test_what_needs_a_target_is_silent_without_one(self) -> None:
        assert said(played(6.5, ("sway", False))) == ""
        assert said(played(6.5, ("sway", False), target=Target())) == "Find the middle again"

    def test_the_side_is_the_working_one(self) -> None:
        model = played(6.5, ("cross", False))
        assert said(model, "left") == "Only the left one"
        assert said(model) == "Only the asked one"

    def test_every_cue_can_be_said(self) -> None:
        for code in load_faults():
            line = said(played(6.5, (code, False), target=Target()), "right")
            assert "{" not in line
            assert code not in line.split()

    def test_what_does_not_count_says_why_and_gives_no_cue(self) -> None:
        model = played(6.5, ("twist", False), unscored=(0,))
        line = verdict_card(model).cue
        assert line is not None
        assert (line.kind, line.text) == ("not_scored", "did not come to rest")
        assert said(model) == ""
        assert band(model).sentence == "Not counted: did not come to rest"
        assert band(model).cue is None

    def test_the_floor_gives_one_instruction_at_a_time(self) -> None:
        model = played(18.5, ("twist", False), target=Target())  # the third began together
        assert band(model).sentence == "Squeeze a little earlier"
        assert band(model).cue is None
        assert band(played(18.5, ("twist", False))).cue is not None


def referenced(**changes) -> LiveModel:
    model = played(1.0)
    names = model.status.channels
    known = tuple(ChannelReference(3.0, 50.0) if "maximus" in n else None for n in names)
    status = replace(model.status, references=known, reference_unit="% of calibration", **changes)
    model.apply(FeedUpdate(status=status), 1010.0)
    return model


class TestLevels:
    def test_a_percent_needs_a_reference_and_leaves_rest_out(self) -> None:
        rows = {row.channel: row for row in strip_rows(referenced())}
        one = level_reading(rows["gluteus_maximus_left"], 25.0)
        assert one.percent == pytest.approx(100.0 * (25.0**2 - 3.0**2) ** 0.5 / 50.0)
        assert level_reading(rows["gluteus_maximus_left"], 2.0).percent == 0.0
        other = level_reading(rows["hamstring_left"], 25.0)
        assert (other.level_uv, other.percent) == (25.0, None)
        assert level_reading(rows["gluteus_maximus_left"], None).level_uv is None

    def test_a_loose_pad_has_no_percent(self) -> None:
        model = referenced(lead_off=(True,) + (False,) * 7)
        row = strip_rows(model)[0]
        assert row.quality == "poor_contact"
        reading = level_reading(row, 25.0)
        assert (reading.level_uv, reading.percent) == (None, None)

    @pytest.mark.parametrize("full", [0.0, -1.0, None])
    def test_a_reference_of_nothing_gives_no_percent(self, full: float | None) -> None:
        row = StripRow("a_left", "a", "L", 0, "good", ChannelReference(1.0, full))
        assert level_reading(row, 10.0).percent is None

    def test_the_unit_is_said(self) -> None:
        assert strips_spoken(referenced()).endswith("Levels of 2 in % of calibration")
        assert "%" not in strips_spoken(played(1.0))

    def test_the_header_and_the_help_say_which_calibration_is_used(self) -> None:
        assert "calibrated" not in top_bar(played(1.0)).subtitle
        model = referenced(calibration=USED)
        assert "calibrated" in top_bar(model).subtitle.split("  ·  ")
        model = referenced(calibration=USED, calibration_notes=("It is of another person.",))
        assert "calibrated, with notes" in top_bar(model).subtitle
        model.status = replace(model.status, references=())
        assert "calibrated, without levels" in top_bar(model).subtitle
        assert help_note(model.status) == f"{USED} It is of another person."
        assert help_note(LiveStatus()) == ""


def sets(first: int, second: int, *, now: int = 3, **changes) -> LiveModel:
    model = played(60.0, calibration=USED, calibrated_from_s=0.5)
    reps = list(model.reps.values())[: first + second]
    model.reps = {r.index: replace(r, set_index=1 if k < first else 2) for k, r in enumerate(reps)}
    model.status = replace(model.status, set_index=now, **changes)
    return model


class TestOwnBaseline:
    def test_two_sets_that_are_done_are_offered(self) -> None:
        assert own_baseline(sets(5, 5)).sets == (1, 2)
        assert "sets 1 and 2" in own_baseline(sets(5, 5)).offer
        assert own_baseline(sets(5, 5, now=2)).sets == ()  # the second goes on
        assert own_baseline(sets(5, 5, now=2, reps_per_set=5)).sets == (1, 2)

    def test_what_is_missing_is_said(self) -> None:
        assert "none so far" in own_baseline(sets(4, 4)).why_not
        assert "1 so far" in own_baseline(sets(5, 4)).why_not
        assert "calibration: do it first" in own_baseline(sets(5, 5, calibration="")).why_not
        assert "recording" in own_baseline(sets(5, 5, source="replay")).why_not

    def test_sets_from_before_the_calibration_are_none_of_it(self) -> None:
        found = own_baseline(sets(5, 5, calibrated_from_s=20.0))
        assert found.sets == ()
        assert "1 so far" in found.why_not

    def test_the_key_asks_once_and_the_answer_is_a_note(self) -> None:
        session, time = SyntheticSession(), [0.0]
        commands = Commands(session, lambda: time[0])
        commands.own_baseline(sets(5, 4))
        assert session.calls == []
        assert "1 so far" in commands.note()
        assert commands.offer(sets(5, 5))
        commands.own_baseline(sets(5, 5))
        asked = session.calls[-1].removeprefix("calibrate own ")
        assert json.loads(asked) == {"sets": [1, 2]}
        assert commands.offer(sets(5, 5)) == ""
        refused = "Baseline set 2 has 4 good repetitions, 5 are needed: repeat it with 10."
        commands.heard([CalibrationFinding("own_variability", "rejected", (refused,), 1.0)])
        assert commands.note() == refused
        commands.own_baseline(sets(5, 5))
        commands.heard([CalibrationFinding("profile", "finished", (), 1.0)])
        assert commands.note() == "Sets 1 and 2 are the own baseline now."

    def test_other_answers_of_a_calibration_are_no_answer_to_it(self) -> None:
        commands = Commands(SyntheticSession(), lambda: 0.0)
        commands.heard([CalibrationFinding("profile", "finished", (), 1.0)])
        assert commands.note() == ""

    def test_the_key_stands_in_the_help(self) -> None:
        assert "B" in dict(help_keys("live"))
        assert "B" not in dict(help_keys("setup"))


def test_reasons_that_differ_in_a_number_are_told_once() -> None:
    hum = [f"There is mains hum of {uv} uV at the left glute." for uv in (95, 104)]
    assert distinct((hum[0], "You moved.", hum[1])) == (hum[0], "You moved.")
    assert distinct(()) == ()

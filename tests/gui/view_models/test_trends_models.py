"""Trends without Qt: flags, own bands, what is called a change, and the words for it."""

from dataclasses import replace
from datetime import UTC

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from firingorder.gui import trends_drawing
from firingorder.gui.view_models.trends_card import comparison_card, session_card
from firingorder.gui.view_models.trends_view import trend_view
from firingorder.gui.view_models.trends_words import (
    SPACE,
    band_words,
    gap_words,
    measure_words,
    pain_words,
)
from firingorder.library.records import NoteRow, TrendPoint
from firingorder.report.theme import THEMES
from firingorder.session.trends import (
    LEAD,
    LEFT_RIGHT,
    SHARE,
    bands,
    baseline,
    changes,
    compare,
    measures,
    trend_of,
)

DAY_S = 86_400.0
FIRST_S = 1_772_442_600.0


def point(number, lead_ms, days, **changes):
    """Return a session of ten repetitions, ``days`` after the first."""
    lead = None if lead_ms is None else float(lead_ms)
    made = TrendPoint(
        number, number, FIRST_S + days * DAY_S, "bridge", "both", 10, 10, 6, 1, 1, 2,
        0.6, 0.31, 0.83, lead, None if lead is None else lead - 15, None if lead is None
        else lead + 15, 0.0, 99.0, lead, None if lead is None else lead - 12, "cal-1", True,
        2, 3, False, "0.7.0",
    )  # fmt: skip
    return replace(made, **changes)


def five(**changes):
    """Return four days alike and a fifth that is far from them."""
    leads = (40, 60, 50, 46, 180)
    made = [point(k + 1, lead, 7 * k) for k, lead in enumerate(leads)]
    made[4] = replace(made[4], **changes)
    return trend_of(made)


def words(lines):
    """Return everything that is written on a card."""
    return " | ".join(f"{one.text} {one.value} {one.note}" for one in lines)


class TestComparing:
    def test_flags_tell_what_is_not_the_same_as_the_session_before(self) -> None:
        made = [
            point(1, 40, 0, pads_reapplied=None, settings_hash="a"),
            point(2, 40, 1, calibration="cal-2", version="0.8.0", corrected=2, pain_before=5,
                  settings_hash="a"),
            point(3, 40, 2, calibration="cal-2", version="0.8.0", pads_reapplied=False,
                  settings_hash="b"),
        ]  # fmt: skip
        trend = trend_of(made)
        assert trend.flags == (
            (), ("calibration", "version", "pads", "corrected", "pain"), ("settings",)
        )  # fmt: skip
        assert set(compare(trend, LEAD, 0, 2).flags) == {
            "calibration", "version", "pads", "settings"
        }  # fmt: skip

    def test_only_what_is_beyond_the_own_variation_is_called_a_change(self) -> None:
        trend = five()
        found = changes(trend, LEAD)
        assert [one.state for one in found] == ["within"] * 4 + ["beyond"]
        places, days = baseline(trend, LEAD)
        assert (sorted(places), days) == ([0, 1, 2, 3], 4)
        view = trend_view(trend, "P", LEAD, chosen=4)
        lane = next(one for one in view.lanes if one.key == LEAD)
        assert [one.shape if one else None for one in lane.marks] == ["plain"] * 4 + ["up"]
        assert [one.baseline for one in view.places] == [True] * 4 + [False]
        assert lane.band is not None
        assert lane.band[2] - lane.band[0] == pytest.approx(2 * 37.834, abs=0.01)
        assert "changed" in view.places[4].spoken

    def test_simulated_sessions_stand_in_no_comparison_with_recorded_ones(self) -> None:
        trend = five(simulated=True)
        assert trend.counted == (True,) * 4 + (False,)
        assert changes(trend, LEAD)[4].state == "not_known"
        assert compare(trend, LEAD, 0, 4).change.state == "not_known"
        view = trend_view(trend, "P", LEAD, chosen=4)
        mark = next(one for one in view.lanes if one.key == LEAD).marks[4]
        assert mark is not None
        assert mark.shape == "aside"
        all_simulated = trend_of([replace(one, simulated=True) for one in trend.points])
        assert all(all_simulated.counted)

    def test_two_days_are_provisional_and_one_says_nothing(self) -> None:
        trend = trend_of([point(1, 40, 0), point(2, 180, 7), point(3, 260, 14)])
        assert [one.state for one in changes(trend, LEAD)][:2] == ["within", "within"]
        view = trend_view(trend_of(trend.points[:2]), "P", LEAD, chosen=1)
        assert "provisional: 4 make it firm" in view.own
        one = trend_view(trend_of(trend.points[:1]), "P", LEAD, chosen=0)
        assert "not known yet" in one.own
        assert one.own.endswith("one has.")

    def test_sessions_of_one_day_with_the_pads_on_have_a_band_of_their_own(self) -> None:
        made = [point(1, 40, 0), point(2, 52, 0.1, pads_reapplied=False), point(3, 44, 7),
                point(4, 60, 14), point(5, 48, 21)]  # fmt: skip
        trend = trend_of(made)
        own = bands(trend, LEAD)
        assert own.within is not None
        assert own.across is not None
        assert own.within.mdc == pytest.approx(15 * 2**0.5)  # their errors: they differ by less
        assert own.across.sets == 4
        assert "Within one day" in band_words(measure_words(LEAD), own, 4)
        change = compare(trend, LEAD, 0, 1).change
        assert change.band == own.within
        assert compare(trend, LEAD, 0, 2).change.band == own.across

    def test_a_measure_without_intervals_needs_four_days(self) -> None:
        trend = trend_of([point(k, lead, 7 * k) for k, lead in enumerate((40, 44, 50), start=1)])
        assert bands(trend, LEFT_RIGHT).across is None
        view = trend_view(trend, "P", LEFT_RIGHT, chosen=2)
        assert "needs 4 days, 3 have" in view.own
        assert bands(five(), LEFT_RIGHT).across is not None

    def test_measures_are_those_that_some_session_has(self) -> None:
        named = point(1, 40, 0, metrics=(("hamstring_share:left", 0.4),))
        bare = point(2, None, 1, lead_left_ms=None, lead_right_ms=None)
        trend = trend_of([named, bare])
        assert measures(trend) == (SHARE, LEAD, LEFT_RIGHT, "hamstring_share:left")
        view = trend_view(trend, "P", "hamstring_share:left", chosen=1)
        lane = view.lanes[1]
        assert lane.title == "Hamstring share, left"
        assert lane.marks[1] is None
        card = words(session_card(trend, 1, "hamstring_share:left", "Bridge", (), UTC))
        assert "no value needs a reference of both muscles: calibrate" in card


class TestShowing:
    def test_places_lie_to_number_or_to_time(self) -> None:
        trend = trend_of([point(1, 40, 0), point(2, 40, 7), point(3, 40, 107)])
        by_number = [one.x for one in trend_view(trend, "P", LEAD, chosen=0).places]
        assert by_number == pytest.approx([1 / 6, 3 / 6, 5 / 6])
        view = trend_view(trend, "P", LEAD, chosen=0, spacing="time")
        xs = [one.x for one in view.places]
        assert (xs[1] - xs[0]) / (xs[2] - xs[0]) == pytest.approx(7 / 107)
        assert [one.gap for one in view.places] == ["", "", "3 months"]

    def test_the_card_names_task_count_and_interval_and_stands_pain_beside(self) -> None:
        note = NoteRow(1, "P", 5, FIRST_S, "Ortiz", "Pads replaced.")
        card = words(session_card(five(), 4, LEAD, "Glute bridge, both sides", [note], UTC))
        for said in ("Glute bridge, both sides", f"95 %: +165 to +195{SPACE}ms",
                     f"n{SPACE}={SPACE}10", "2 → 3 of 10", "Pads replaced.", "Ortiz",
                     "It is called a change."):  # fmt: skip
            assert said in card

    def test_a_comparison_tells_difference_interval_and_what_is_not_alike(self) -> None:
        trend = five(calibration="cal-2")
        card = words(comparison_card(trend, 0, 4, LEAD, UTC))
        # 180 - 40 = 140; 15 sqrt 2 = 21
        assert f"+140{SPACE}ms (95 %: +119 to +161{SPACE}ms): beyond own variation ±38" in card
        assert "other calibration" in card
        assert "+0" not in card
        near = words(comparison_card(trend, 0, 1, LEAD, UTC))
        assert "not called a change" in near

    def test_numbers_have_units_signs_and_words(self) -> None:
        assert measure_words(LEAD).value(-12.4) == f"\N{MINUS SIGN}12{SPACE}ms"
        assert measure_words(SHARE).value(0.6) == f"60{SPACE}%"
        assert measure_words(SHARE).of_difference.value(0.1) == f"+10{SPACE}points"
        assert measure_words("tilt_peak_top").value(4.2) == "4°"
        assert measure_words("never_heard_of").title == "Never heard of"
        assert measure_words("retention_lead_ms").title == "Retention of lead"
        assert pain_words(None, None) == "not asked"
        assert pain_words(1, None) == "1 → – of 10"
        assert (gap_words(20 * DAY_S), gap_words(49 * DAY_S)) == ("", "7 weeks")


def test_a_measure_without_any_value_has_no_axis(qapp) -> None:
    """One session without a lead drew an axis from 0 to +1 beside nothing."""
    trend = trend_of([point(1, None, 0)])
    lane = trend_view(trend, "P", LEAD, chosen=0).lanes[1]
    assert (lane.marks, lane.ticks) == ((None,), ())
    picture = QImage(640, 160, QImage.Format.Format_RGB32)
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trends_drawing, "draw_text", lambda p, rect, text, *_: told.append(text))
        painter = QPainter(picture)
        view = trend_view(trend, "P", LEAD, chosen=0)
        trends_drawing.draw_lane(
            painter, QRectF(0, 0, 640, 160), lane, view.places, [320.0], THEMES["dark"]
        )
        painter.end()
    assert trends_drawing.NO_VALUE in told
    assert not {"0", "+1"} & set(told)
    assert trend_view(trend_of([point(1, 30, 0)]), "P", LEAD, chosen=0).lanes[1].ticks

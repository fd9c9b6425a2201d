"""The page Practise under real Qt: rounds by key, an honest score, both sides, clean leaving."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from firingorder.findings import OnsetEstimate
from firingorder.gui.practise_page import PARTS, PractisePage
from firingorder.gui.practise_reading import Card
from firingorder.gui.practise_sound import round_sound
from firingorder.gui.view_models.help_keys import help_keys
from firingorder.gui.view_models.practise_score import (
    Answered,
    judged,
    right_answers,
    score_csv,
    score_of,
    truth_of,
)
from firingorder.gui.view_models.practise_words import (
    score_spoken,
    source_words,
    told,
    truth_words,
)
from firingorder.session.practice_rounds import plan_round
from firingorder.session.practising import Round
from firingorder.sound.out import NullSound, Recorder
from firingorder.training.education import load_debates
from tests.gui.pictures import staged
from tests.gui.synthetic import SyntheticSession
from tests.gui.test_window import assert_drawn

SMALL = (1280, 800)
ENTER, CONTROL = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(qtbot, tmp_path, monkeypatch):
    """Stage windows on the page; they have the keyboard, and a data folder of their own."""
    monkeypatch.setattr("firingorder.session.practice_keeping.data_folder", lambda: tmp_path)

    def make(size=SMALL, **options):
        session = SyntheticSession(plain=True)
        window = staged(session, 0.2, step=0.2, size=size, page="practise", **options)
        qtbot.addWidget(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
        window.setFocus()
        session.calls.clear()
        page = window.pages.around["practise"]
        assert isinstance(page, PractisePage)
        page.quiz.start.set_seed(17)
        return window, session, page

    return make


def wait_for(window, qtbot, state) -> None:
    def there() -> bool:
        window.tick()
        page = window.pages.around["practise"]
        assert isinstance(page, PractisePage)
        return page.quiz.state == state

    qtbot.waitUntil(there, timeout=60_000)


def planted(lead_ms, finding=None, number=1) -> Round:
    """Return a round by hand: what the score and the words go by."""
    t_s = np.arange(-420, 780) / 1000.0
    channels = ("gluteus_maximus_left", "erector_spinae_left")
    plan = replace(plan_round(17, number), side="left", kind="hard")
    found: dict[str, OnsetEstimate | None] = {
        "gluteus_maximus_left": OnsetEstimate(0.0, -0.02, 0.02),
        "erector_spinae_left": OnsetEstimate(0.1, 0.08, 0.12),
    }
    zeros = np.zeros((1200, 2))
    true_s = {channels[0]: 0.0, channels[1]: lead_ms / 1000.0}
    return Round(plan, channels, t_s, 1000.0, zeros, zeros + 1.0, true_s, lead_ms, 30.0, finding,
                 found)  # fmt: skip


class TestScore:
    @pytest.mark.parametrize(
        ("verdict", "lead_ms", "mark"),
        [("glutes_first", 25.0, "right"), ("together", 25.0, "right"),
         ("back_first", 25.0, "wrong"),
         ("glutes_first", 35.0, "right"), ("together", 35.0, "wrong"), ("together", -5.0, "right"),
         ("back_first", -5.0, "wrong"), ("glutes_first", 5.0, "wrong"),
         ("back_first", -120.0, "right"), ("glutes_first", -120.0, "wrong"),
         ("unclear", -120.0, "apart"), ("unclear", 0.0, "apart")],
    )  # fmt: skip
    def test_an_answer_is_right_wrong_or_apart(self, verdict, lead_ms, mark) -> None:
        assert judged(verdict, lead_ms, 30.0) == mark

    def test_shares_have_wilsons_interval_and_abstentions_are_never_wrong(self) -> None:
        answers = [Answered(planted(100.0), "glutes_first")] * 8
        answers += [Answered(planted(100.0), "back_first")] * 2
        answers += [Answered(planted(100.0), "unclear")] * 5
        share = score_of(answers).lines[0].person
        assert (share.right, share.of, share.apart) == (8, 10, 5)
        # Wilson 1927 by hand: (p + z2/2n ± z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), n = 10.
        assert (share.low, share.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
        product = score_of(answers).lines[0].product
        assert (product.of, product.apart) == (0, 15)  # it saw no repetition
        assert "none yet" in product.text

    def test_a_share_stands_beside_what_never_looking_would_have_reached(self) -> None:
        leads = (25.0, -22.0, 28.0, 4.0, -35.0, 90.0)  # four of them within the margin
        score = score_of([Answered(planted(one), "together") for one in leads])
        assert (score.lines[0].person.right, score.lines[0].person.of) == (4, 6)
        assert (score.same, score.same_right) == ("together", 4)
        assert "Always saying together: 4 of 6" in score_spoken(score)
        score = score_of([Answered(planted(one), "unclear") for one in (90.0, -90.0, 100.0)])
        assert (score.same, score.same_right) == ("glutes_first", 2)

    def test_truth_is_told_as_it_was_planted(self) -> None:
        assert truth_words(-33.6) == "Back first by 34 ms"
        assert truth_words(6.0) == "Together, 6 ms apart"
        assert (truth_of(8.1), truth_of(-8.1), truth_of(8.0)) == (
            "glutes_first", "back_first", "together",
        )  # fmt: skip
        assert "Two answers are right" in told(Answered(planted(-22.0), "together")).error
        assert right_answers(-22.0, 30.0) == ("together", "back_first")
        view = told(Answered(planted(-33.6), "glutes_first"))
        assert "Two answers" not in view.error
        assert view.headline == "Not right: you said glutes first"
        assert "saw no repetition" in view.product

    def test_the_table_repeats_every_round(self) -> None:
        table = score_csv([Answered(planted(-33.6, number=4), "back_first")])
        (row,) = csv.DictReader(table.splitlines())
        assert (row["seed"], row["round"], row["answer"], row["answer_is"]) == (
            "17", "4", "back_first", "right",
        )  # fmt: skip
        assert (row["true_lead_ms"], row["product_reason"]) == ("-33.6", "no_repetition")
        assert row["source"] == "simulated"

    def test_two_voices_are_heard_one_after_the_other(self) -> None:
        slow = round_sound(planted(100.0), 8.0, 8000.0)
        assert slow is not None
        assert len(slow) == pytest.approx(0.751 * 8.0 * 8000.0, rel=0.01)
        begins, joins = (round(8.0 * 8000.0 * (0.3 + low)) for low in (-0.02, 0.08))
        assert np.abs(slow[:begins]).max() < 1e-6 < 0.02 < np.abs(slow[begins:joins]).max()
        glute = {**planted(100.0).found_s, "erector_spinae_left": None}
        alone = round_sound(replace(planted(100.0), found_s=glute), 8.0, 8000.0)
        assert alone is not None
        np.testing.assert_array_equal(slow[:joins], alone[:joins])
        assert (
            np.abs(slow[joins:] - alone[joins:]).max() > 0.02
        )  # the back joins in, and not before
        silent = planted(100.0)
        assert round_sound(replace(silent, found_s={}), 8.0, 8000.0) is None


def test_a_series_by_keys_from_question_to_table(stage, qtbot, tmp_path) -> None:
    sound = Recorder(lambda: 0.0)
    window, session, page = stage(open_sound=lambda: sound)
    quiz = page.quiz
    qtbot.keyClick(window, ENTER)
    assert quiz.state == "making"
    assert "Making round 1" in quiz.making.accessibleDescription()
    wait_for(window, qtbot, "asking")
    assert quiz.plan == plan_round(17, 1)
    assert "Planted" not in quiz.strips.accessibleDescription()
    assert not page.go_on.isEnabled()
    qtbot.keyClick(window, ENTER)  # no way round an answer
    assert quiz.state == "asking"
    qtbot.keyClick(window, Qt.Key.Key_V)
    assert len(quiz.strips.model.channels) == 4
    qtbot.keyClick(window, Qt.Key.Key_8)
    qtbot.keyClick(window, Qt.Key.Key_1)
    heard = [what for _, kind, what in sound.events if kind == "samples"]
    assert heard[0] == pytest.approx(0.75 * 8 * 48_000, rel=0.01)
    assert heard[1] == pytest.approx(1.2 * 48_000, rel=0.01)
    qtbot.keyClick(window, Qt.Key.Key_T)  # another command of the window, but not here
    assert "align" not in session.calls
    assert [one.answer for one in quiz.answers] == ["together"]
    assert quiz.state == "told"
    truth = truth_words(quiz.round.true_lead_ms)
    assert truth in quiz.told.accessibleDescription()
    spoken = quiz.strips.accessibleDescription()
    assert f"erector spinae left {1000 * quiz.round.true_s['erector_spinae_left']:+.0f}" in spoken
    qtbot.keyClick(window, Qt.Key.Key_G)  # one answer for each round
    assert len(quiz.answers) == 1
    qtbot.keyClick(window, ENTER)
    wait_for(window, qtbot, "asking")
    assert quiz.plan == plan_round(17, 2)
    qtbot.keyClick(window, Qt.Key.Key_U)
    assert "can't tell: 1" in quiz.score.accessibleDescription()
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    rows = list(csv.DictReader((tmp_path / "practise" / "series_17.csv").read_text().splitlines()))
    assert [row["answer"] for row in rows] == ["together", "unclear"]
    assert "Saved" in quiz.note
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert (quiz.state, quiz.start.seed) == ("start", 18)
    assert session.calls == []
    window.close()
    assert page.quiz.player._out is None


def test_leaving_ends_the_round_under_way_and_coming_back_makes_the_same(stage, qtbot) -> None:
    window, _, page = stage()
    qtbot.keyClick(window, ENTER)
    job = page.quiz.maker._job
    window.show_page("setup")
    assert not page.quiz.maker.working
    job.thread.join(10.0)
    assert not job.thread.is_alive()
    assert (job.made, job.problem) == (None, "")
    window.show_page("practise")
    wait_for(window, qtbot, "asking")
    assert page.quiz.plan == plan_round(17, 1)
    window.tick()
    ahead = page.quiz.maker._job  # the next one is made while this one is looked at
    assert ahead.plan == plan_round(17, 2)
    window.close()
    ahead.thread.join(10.0)
    assert not ahead.thread.is_alive()


def test_without_a_loudspeaker_one_sentence_says_so(stage, qtbot) -> None:
    window, _, page = stage(open_sound=lambda: NullSound("Sound is off: none was found."))
    page.quiz._plan = plan_round(17, 1)
    page.quiz.round = planted(100.0)
    page.quiz._show_question(page.quiz.round)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    window.tick()
    assert page.buttons.accessibleDescription() == "Sound is off: none was found."
    qtbot.mouseClick(page.quiz.buttons["glutes_first"], Qt.MouseButton.LeftButton)
    assert page.quiz.answers[0].mark == "right"


def test_a_round_that_cannot_be_made_is_told_and_left_behind(stage, qtbot, monkeypatch) -> None:
    def fail(plan, **_):
        raise MemoryError("no room")

    monkeypatch.setattr("firingorder.gui.practise_maker.make_round", fail)
    window, _, page = stage()
    qtbot.keyClick(window, ENTER)
    page.quiz.maker._job.thread.join(10.0)
    window.tick()
    assert "could not be made (MemoryError: no room)" in page.quiz.note
    monkeypatch.setattr("firingorder.gui.practise_maker.make_round", lambda *_, **__: planted(9.0))
    qtbot.keyClick(window, ENTER)
    wait_for(window, qtbot, "asking")


def test_parts_by_key_and_mouse_with_both_sides_at_equal_width(stage, qtbot) -> None:
    window, _, page = stage()
    for part in ("debates", "not_known", "how_sure", "practise", "debates"):
        qtbot.keyClick(window, Qt.Key.Key_PageDown, CONTROL)
        assert page.part == part
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert page.debates.at == 10
    for k, debate in enumerate(load_debates()):
        page.debates.go_to(k)
        QApplication.processEvents()
        one, other, product = page.debates.findChildren(Card)[-3:]
        assert abs(one.width() - other.width()) <= 1
        assert one.y() == other.y() < product.y()
        words = " ".join(label.accessibleName() for label in one.findChildren(QLabel))
        for said in debate.one.said:
            assert source_words(said) in words
            assert (said.evidence == "A") == source_words(said).startswith("Opinion")
    page.debates.go_to(3)
    bar = page.debates.reading.verticalScrollBar()
    window.resize(1024, 640)
    QApplication.processEvents()
    qtbot.keyClick(window, Qt.Key.Key_Down)
    assert bar.value() > 0
    qtbot.mouseClick(page.nav.buttons["not_known"], Qt.MouseButton.LeftButton)
    assert page.part == "not_known"


@pytest.mark.parametrize("size", [(1024, 640), (3840, 2160)])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_everything_has_a_name_and_fits(stage, size, theme) -> None:
    window, _, page = stage(size, theme=theme)
    quiz = page.quiz
    for part in (*PARTS, "asking", "told"):
        if part in PARTS:
            page.show_part(part)
        elif part == "asking":
            page.show_part("practise")
            quiz._plan, quiz.round = plan_round(17, 1), planted(100.0)
            quiz._show_question(quiz.round)
        else:
            quiz.answer("glutes_first")
        window.tick()
        QApplication.processEvents()
        for widget in page.findChildren(QWidget):
            if not widget.isVisibleTo(window):
                continue
            if isinstance(widget, QPushButton) or widget.accessibleName():
                face = QAccessible.queryAccessibleInterface(widget)
                assert face.text(QAccessible.Text.Name), widget
            if isinstance(widget, QPushButton):
                assert widget.accessibleDescription() or widget.text(), widget
                inside = widget.mapTo(page, widget.rect().bottomRight())
                assert 0 < inside.x() <= page.width(), (part, widget.text())
        for panel in (quiz.strips, quiz.told, quiz.score, quiz.ask):
            assert panel.accessibleName()
            assert panel.accessibleDescription()
    assert_drawn(page)
    assert any("G  T  B  U" in keys for keys, _ in help_keys("practise"))

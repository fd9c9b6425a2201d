"""The part Practise: begin a series, see and hear a round, answer, be told, go on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.practise_cards import WordsView, make_score, make_told, make_words
from firingorder.gui.practise_maker import RoundMaker
from firingorder.gui.practise_sound import RoundPlayer
from firingorder.gui.practise_start import SeriesChoice, answers_in_order
from firingorder.gui.practise_strips import make_strips, strips_view
from firingorder.gui.view_models.practise_score import Answered, score_csv, score_of
from firingorder.gui.view_models.practise_words import question, round_title, task_name, told
from firingorder.session.practice_rounds import RoundPlan, plan_round

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.findings import RepetitionVerdict
    from firingorder.report.theme import Theme
    from firingorder.session.practising import Round
    from firingorder.sound.out import SoundOut

State = Literal["start", "making", "asking", "told"]
GAP_PX = 14
SIDE_PX = (300, 460)
LOOK = "Hear it with 8 or 1: a warm voice for the glutes, a rough one for the back. Then answer."
HEARD = "Each voice rises over the time in which the product thinks its muscle began."


class Quiz(QWidget):
    """Keeps the state of a series. ``changed`` whenever buttons or sentences may differ."""

    changed = Signal()

    def __init__(
        self, theme: Theme, seed: int, open_sound: Callable[[], SoundOut] | None = None
    ) -> None:
        super().__init__()
        self.state: State = "start"
        self.setAccessibleName("Practise on the simulator")
        self.maker, self.player = RoundMaker(), RoundPlayer(open_sound)
        self.answers: list[Answered] = []
        self.all_muscles = True
        self.note = ""
        self.round: Round | None = None
        self._plan: RoundPlan | None = None
        self.start = SeriesChoice(theme, seed)
        self.strips = make_strips(theme)
        self.ask = make_words(theme, "Question")
        self.told = make_told(theme)
        self.score = make_score(theme)
        self.making = make_words(theme, "Round under way")
        self.buttons: dict[RepetitionVerdict, KeyButton] = {
            verdict: KeyButton(words, key, theme) for verdict, key, words in answers_in_order()
        }
        self._lay_out()
        self.start.begun.connect(self.begin)
        for verdict, button in self.buttons.items():
            button.clicked.connect(partial(self.answer, verdict))
        self.score.show_model(score_of(()))

    @property
    def plan(self) -> RoundPlan | None:
        """The round of now."""
        return self._plan

    def begin(self) -> None:
        """Begin a series as it was chosen."""
        if self.state != "start":
            return
        self.answers.clear()
        self.score.show_model(score_of(()))
        self._go_to(plan_round(self.start.seed, 1, self.start.choice, self.start.exercise))

    def next(self) -> None:
        """Go on: begin, or the next round."""
        if self.state == "start":
            self.begin()
        elif self.state == "told" and self._plan is not None:
            self._go_to(_after(self._plan))
        elif self.state == "making" and self._plan is not None and self.note:
            self._go_to(_after(self._plan))  # this one could not be made

    def new_series(self) -> None:
        """End this series and choose another one."""
        self.maker.cancel()
        self.player.stop()
        if self.state != "start":
            self.start.set_seed((self.start.seed + 1) % 1_000_000)
        self.round = self._plan = None
        self.note = ""
        self._show("start")

    def answer(self, verdict: RepetitionVerdict, _checked: bool = False) -> None:
        """Take an answer; one for each round."""
        if self.state != "asking" or self.round is None:
            return
        self.player.stop()
        self.answers.append(Answered(self.round, verdict))
        self.told.show_model(told(self.answers[-1]))
        self.score.show_model(score_of(self.answers))
        self.note = ""
        self._show("told")

    def hear(self, factor: float) -> None:
        """Play the round, so many times slower."""
        if self.round is not None and self.state in ("asking", "told"):
            self.note = self.player.play(self.round, factor) or HEARD
            self.changed.emit()

    def turn_view(self) -> None:
        """Show all muscles, or glutes and back only."""
        self.all_muscles = not self.all_muscles
        self._show_strips()
        self.changed.emit()

    def table(self) -> str:
        """Return the answered rounds as a table."""
        return score_csv(self.answers)

    def follow(self) -> None:
        """Look whether the round is there; called with every frame."""
        if self.state in ("asking", "told") and self._plan is not None:
            self.maker.want(_after(self._plan))  # the next one is ready when this is answered
            return
        if self.state != "making" or self._plan is None:
            return
        made = self.maker.take(self._plan)
        if isinstance(made, str):
            self.note = made
            self.changed.emit()
        elif made is not None:
            self.round = made
            self._show_question(made)
        elif not self.note:
            self.maker.want(self._plan)
            self._show_progress(self._plan)

    def put_aside(self) -> None:
        """Stop making rounds and playing: nobody looks. What is shown stays for coming back."""
        self.maker.cancel()
        self.player.close()

    def _go_to(self, plan: RoundPlan) -> None:
        self._plan, self.round, self.note = plan, None, ""
        self.player.stop()
        self.maker.want(plan)
        self._show_progress(plan)
        self._show("making")

    def _show_progress(self, plan: RoundPlan) -> None:
        words = ("A simulated person does it, a virtual belt records it, the product judges it.",)
        title = f"Making round {plan.number}"
        self.making.show_model(WordsView(title, words, round(self.maker.share, 2)))

    def _show_question(self, made: Round) -> None:
        lines = (question(made), LOOK)
        self.ask.show_model(WordsView(f"Series {made.plan.seed}", lines))
        self.note = ""
        self._show("asking")

    def _show(self, state: State) -> None:
        self.state = state
        self._show_strips()
        page = {"start": self.start, "making": self._wait}.get(state, self._work)
        self._pages.setCurrentWidget(page)
        self._beside.setCurrentWidget(self.told if state == "told" else self._asking)
        self.changed.emit()

    def _show_strips(self) -> None:
        if self.round is not None:
            title, told_now = round_title(self.round.plan), self.state == "told"
            self.strips.show_model(
                strips_view(self.round, title, all_muscles=self.all_muscles, told=told_now)
            )

    def _lay_out(self) -> None:
        self._wait, self._work, self._asking = QWidget(), QWidget(), QWidget()
        waiting = QGridLayout(self._wait)
        self.making.setFixedHeight(150)
        waiting.addWidget(self.making, 1, 1)
        for k, share in ((0, 1), (1, 4), (2, 1)):
            waiting.setColumnStretch(k, share)
        waiting.setRowStretch(0, 1)
        waiting.setRowStretch(2, 1)
        asking = QVBoxLayout(self._asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(8)
        self.ask.setMinimumHeight(176)
        self.ask.setMaximumHeight(230)
        asking.addWidget(self.ask, 1)
        for button in self.buttons.values():
            asking.addWidget(button)
        asking.addStretch(1)
        beside = QWidget()
        beside.setMinimumWidth(SIDE_PX[0])
        beside.setMaximumWidth(SIDE_PX[1])
        self._beside = QStackedLayout(beside)
        self._beside.addWidget(self._asking)
        self._beside.addWidget(self.told)
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addWidget(self.strips, 66)
        row.addWidget(beside, 34)
        self._pages = QStackedLayout()
        around = QVBoxLayout(self)
        around.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        around.addLayout(self._pages)
        for page in (self.start, self._wait, self._work):
            self._pages.addWidget(page)


def series_words(plan: RoundPlan) -> str:
    """Return which series it is: ``Series 17, mixed, Glute bridge``."""
    return f"Series {plan.seed}, {plan.choice}, {task_name(plan.exercise)}"


def _after(plan: RoundPlan) -> RoundPlan:
    return plan_round(plan.seed, plan.number + 1, plan.choice, plan.exercise)

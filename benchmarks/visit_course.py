"""What the therapist of benchmarks.visit does, step by step, from the pads to the erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from benchmarks.visit_hands import VisitError
from benchmarks.visit_planting import PERSON, VISIT
from firingorder.gui.library_page import ERASE_S, LibraryPage
from firingorder.gui.programme_page import ProgrammePage

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.visit_hands import Doing, Hands
    from firingorder.findings import RepetitionFinding
    from firingorder.training.coaching.view import CoachView

#: A hold of one second, with what a frame takes.
HOLD_S = 1.3
#: How long somebody looks at one screen before the next key, seconds: a proposal, as there is no
#: text whose words could be counted.
LOOK_S = 5.0


class Course:
    """The visit.

    ``facts`` is what was found out on the way, ``numbers`` what the report has to tell: the lead of
    each repetition with its interval, ms.
    """

    def __init__(self, hands: Hands, report: Path) -> None:
        self.hands, self.window, self.report = hands, hands.window, report
        self.facts: dict[str, str] = {}
        self.numbers: list[str] = []

    def run(self) -> Doing:
        """Go through the visit."""
        yield from self._setup()
        yield from self._calibrate()
        yield from self._programme()
        yield from self._training()
        yield from self._end()
        yield from self._review()
        yield from self._correct()
        yield from self._report()
        yield from self._erase()
        self.hands.end_step()

    def _setup(self) -> Doing:
        hands, page = self.hands, self.window.pages.setup
        hands.step("Setup: signal check")
        yield from hands.wait(page.go_on.isEnabled, "the pads to be good")
        yield from hands.read(page.buttons.accessibleDescription())
        hands.picture("setup")
        yield from hands.press("Return")

    def _calibrate(self) -> Doing:
        hands, status = self.hands, lambda: self.window.model.status
        page = self.window.pages.calibrate
        hands.step("Calibrate: the kept one, held against now")
        yield from hands.wait(lambda: self.window.pages.current == "calibrate", "the page")
        yield
        hands.picture("calibrate_offer")
        yield from hands.read(page.start.canvas.accessibleDescription())
        yield from hands.press("U")
        yield from hands.wait(lambda: bool(status().calibration), "the kept calibration")
        yield
        hands.picture("calibrate_kept")
        yield from hands.read(status().calibration + " ".join(status().calibration_notes))
        yield from hands.press("Return")
        yield from hands.wait(lambda: status().wizard is not None, "the wizard")
        seen = ""
        while (view := status().wizard) is not None and view.state != "done":
            if view.step != seen:
                seen = view.step
                hands.picture(f"calibrate_{seen}")
            if view.state == "waiting":
                yield from hands.read(view.instruction)
                yield from hands.press("Return")
                yield from hands.wait(lambda: _state(status().wizard) != "waiting", "the step")
            yield
        yield
        hands.picture("calibrate_done")
        yield from hands.read(page.finish.accessibleDescription())
        yield from hands.press("Return")
        yield from hands.wait(lambda: self.window.pages.current == "live", "the page Live")
        hands.tell(" ".join((status().calibration, *status().calibration_notes)))

    def _programme(self) -> Doing:
        hands, page = self.hands, self.window.pages.around["programme"]
        assert isinstance(page, ProgrammePage)
        hands.step("Programme of the visit")
        yield from hands.press("Ctrl+7")
        yield from hands.wait(lambda: self.window.pages.current == "programme", "the page")
        yield from hands.press("Left")
        for _ in range(12):
            if page.desk.key == VISIT.id:
                break
            yield from hands.press("Down")
        yield
        hands.picture("programme")
        yield from hands.read(VISIT.name)
        yield from hands.press("Return")
        yield from hands.wait(lambda: self.window.pages.current == "live", "the page Live")

    def _training(self) -> Doing:
        """Answer, begin each set, read what came out."""
        hands, window = self.hands, self.window
        hands.step("Questions before")
        yield
        hands.picture("live_before")
        yield from hands.read("Begin training Enter")
        yield from hands.press("Return")
        yield from hands.wait(lambda: window.model.status.coach is not None, "the coach")
        shown: object = None
        while (view := window.model.status.coach) is not None:
            name = part_of(view)
            if name and name != hands.steps[-1].name:
                hands.step(name)
            what = (view.state, view.index, view.prompt.key if view.prompt else "", view.estimate)
            if what != shown:
                shown = what
                yield
                hands.picture(f"live_{view.state}{'_' + view.prompt.key if view.prompt else ''}")
                words, keys = asked_by(view)
                if keys:
                    yield from hands.read(words)
                    for key in keys:
                        yield from hands.press(key)
            yield
        yield
        hands.picture("live_after")

    def _end(self) -> Doing:
        hands, status = self.hands, lambda: self.window.model.status
        hands.step("End of the session")
        yield from hands.read("End the session: hold Ctrl+E for one second")
        yield from hands.press("Ctrl+E", hold_s=HOLD_S)
        yield from hands.wait(lambda: status().connection == "closed", "the end of the session")
        self.facts["recording"] = status().recording or ""
        hands.after_session()
        yield
        hands.picture("ended")

    def _review(self) -> Doing:
        hands, page = self.hands, self.window.pages.around.review()
        hands.step("Review opens on the recording")
        yield from hands.press("Ctrl+4")
        yield from hands.wait(lambda: not page.starting and page.settled(), "the review")
        desk = page.desk
        assert desk is not None
        self.facts["reviewed"] = str(desk.review.opened.path)
        hands.picture("review")
        hands.tell(f"{len(desk.reps)} repetitions; at first rep {desk.current}")

    def _correct(self) -> Doing:
        hands, page = self.hands, self.window.pages.around.review()
        desk = page.desk
        assert desk is not None
        hands.step("Next unsure repetition, one correction")
        yield from hands.press("E")
        yield
        hands.picture("review_unsure")
        hands.look_at(LOOK_S)
        yield from hands.press("Down")
        for _ in range(2):
            yield from hands.press(">")
        yield
        hands.picture("review_moved")
        hands.look_at(LOOK_S)
        yield from hands.press("Shift+Return")
        yield from hands.wait(lambda: page.card.open, "the question why")
        hands.look_at(LOOK_S)
        yield from hands.type("burst")
        hands.picture("review_why")
        yield from hands.press("Return")
        yield from hands.wait(lambda: bool(desk.standing.onsets), "the correction")
        yield
        hands.picture("review_corrected")
        entry = [one for one in desk.review.ledger.entries if one.kind == "onset"][-1]
        self.facts |= {"why": entry.why, "set": f"{entry.onset_s:.3f}"}
        if entry.automatic_s is not None:
            self.facts["found"] = f"{entry.automatic_s:.3f}"
        hands.tell(f"rep {entry.repetition}, {entry.channel}: {page.acts.said}")

    def _report(self) -> Doing:
        hands, page = self.hands, self.window.pages.around.review()
        desk = page.desk
        assert desk is not None
        hands.step("Report")
        yield from hands.press("Ctrl+P")
        yield from hands.wait(lambda: page.card.open, "which report")
        hands.picture("report_kind")
        hands.look_at(LOOK_S)
        yield from hands.press("Return")
        yield from hands.wait(lambda: QApplication.activeModalWidget() is not None, "the dialog")
        hands.picture("report_place")
        yield from hands.press("Ctrl+A")
        yield from hands.type(str(self.report))
        yield from hands.press("Return")
        yield from hands.wait(lambda: page.acts.said.startswith("Report:"), "the report")
        yield
        hands.picture("report_made")
        self.numbers = [_lead(one) for one in desk.review.corrected.repetitions if one.lead_ms]
        hands.tell(page.acts.said)

    def _erase(self) -> Doing:
        hands, page = self.hands, self.window.pages.around["library"]
        assert isinstance(page, LibraryPage)
        hands.step("Library: erase the person")
        yield from hands.press("Ctrl+6")
        yield from hands.wait(lambda: self.window.pages.current == "library", "the page")
        yield from hands.wait(lambda: page.desk.data is not None, "the library")
        yield
        hands.picture("library")
        yield from hands.press("Left")
        for _ in range(6):
            if page.desk.person == PERSON:
                break
            yield from hands.press("Down")
            yield
        if page.desk.person != PERSON:
            raise VisitError(f"{PERSON} is not in the library")
        hands.picture("library_person")
        yield from hands.press("Del")
        yield
        yield from hands.read(page.buttons.accessibleDescription())
        hands.picture("library_erase_asks")
        yield from hands.press("Del", hold_s=ERASE_S + 0.4)
        yield from hands.wait(lambda: "is erased" in page.buttons.accessibleDescription(), "it")
        yield
        hands.picture("library_erased")
        hands.tell(page.buttons.accessibleDescription())
        self.facts["erased"] = page.buttons.accessibleDescription()


def _lead(rep: RepetitionFinding) -> str:
    """Return a lead as the table of a report tells it: whole milliseconds, 95 % interval."""
    lead, low, high = (_signed(one) for one in (rep.lead_ms, rep.low_ms, rep.high_ms))
    return f"{lead} ({low} to {high})"


def _signed(value: float | None) -> str:
    if value is None:
        return ""
    whole = round(value)
    return f"{whole:+d}".replace("-", "\N{MINUS SIGN}") if whole else "0"


def _state(view: object) -> str:
    return getattr(view, "state", "")


def part_of(view: CoachView) -> str:
    """Return the step of the visit a set belongs to; empty: as before."""
    if view.state in ("questions", "blocked"):
        return "Questions before"
    if view.state in ("after", "summary"):
        return "Questions after, summary"
    planned = view.set
    if planned is None:
        return ""
    if planned.retention:
        before = planned.retention == "before"
        return "Pre-test, no feedback" if before else "Retention block, no feedback"
    return f"Set {planned.set_number} with the coach"


def asked_by(view: CoachView) -> tuple[str, tuple[str, ...]]:
    """Return the words that are read, and the keys of the answer; none: nothing is asked."""
    if view.prompt is not None:
        words = f"{view.prompt.text} {view.prompt.help}"
        match view.prompt.kind:
            case "yes_no":
                return words, ("N", "Return")
            case "scale":
                return words, ("2", "Return")
            case "choice":
                return words, ("1", "Return")
            case _:
                return words, ("Return",)
    if view.estimate:
        return "What did you feel first?", ("Left",)
    if view.state == "ready":
        return " ".join((view.title, view.instruction, *view.lines)), ("Return",)
    if view.state == "summary":
        return " ".join((view.title, *view.lines)), ("Return",)
    return "", ()

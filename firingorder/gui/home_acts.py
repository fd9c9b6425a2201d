"""Home packages on the page Library: packed and taken in, opened and answered.

Asked for over the page, done beside the window.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui import asked_files, home_work, library_files
from firingorder.gui.home_photos import PhotoCard
from firingorder.gui.home_work import Question
from firingorder.gui.library_door import open_shelf
from firingorder.gui.library_form import FormCard
from firingorder.gui.programme_card import AskCard, Pick
from firingorder.gui.view_models.home_forms import OpenForm, PackForm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from firingorder.gui.library_page import LibraryPage
    from firingorder.recording.sealed import Key
    from firingorder.report.theme import Theme
    from firingorder.session.home import OpenedPackage, Taken
    from firingorder.training.programmes.records import Programme

CHOOSE_WHO = "Choose the person first: a package is for one code."
OPENED = "{} for {} is open. Close firingorder and start it again: it begins with it."
_FILTER = "Sealed files (*.age);;All files (*)"


def ask_sealed(parent: QWidget, title: str) -> str:
    """Return a sealed file to read; empty: none was chosen."""
    return asked_files.ask_open(parent, title, _FILTER)


class HomeActs:
    """Asks over the page and has it done. The three ``*_path`` ask the system for files."""

    def __init__(self, theme: Theme, page: LibraryPage) -> None:
        self._page = page
        self.card, self.form = AskCard(theme, page), FormCard(theme, page)
        self.photos = PhotoCard(theme, page)
        for card in self._cards:
            card.closed.connect(lambda: page.quieten(asked=self.open))
        self.sealed_path: Callable[..., str] = ask_sealed
        self.target_path: Callable[..., str] = library_files.ask_target
        self.folder_path: Callable[..., str] = library_files.ask_folder

    @property
    def _cards(self) -> tuple[AskCard | FormCard | PhotoCard, ...]:
        return (self.card, self.form, self.photos)

    @property
    def open(self) -> bool:
        """Whether something asks or shows."""
        return any(one.open for one in self._cards)

    def close(self) -> bool:
        """Close what asks; return whether something did."""
        closed = [one.close_card() for one in self._cards]
        return any(closed)

    def place(self) -> None:
        """Keep the cards over the page."""
        for one in self._cards:
            one.place()

    def ask(self) -> None:
        """Ask what is to be done with home packages in the hat that is worn."""
        page = self._page
        there = home_work.current(page.office)
        acts: dict[str, Callable[[], None]] = {}
        picks: list[Pick] = []

        def pick(key: str, name: str, note: str, act: Callable[[], None]) -> None:
            picks.append(Pick(key, name, note))
            acts[key] = act

        if page.office.hat == "therapist":
            who = page.desk.of_session
            pick("take", "Take in what came back …", "recordings, answers, what was done",
                 self.take)  # fmt: skip
            pick("pack", f"Pack for {who} …" if who else "Pack for a person …",
                 "programme, calibration, pictures, in one sealed file", self.pack)  # fmt: skip
        else:
            if there is not None:
                pick("return", "Make the file for your therapist …",
                     f"what was done by {there.name}", self.give_back)  # fmt: skip
            pick("open", "Open a home package …", "your therapist sent it to you", self.bring)
        if there is not None and there.photos:
            photos = there.photos
            pick("photos", "Where the pads go", f"{len(photos)} pictures",
                 lambda: self._show(photos))  # fmt: skip

        def take(key: str) -> str:
            self.card.close_card()
            acts[key]()
            return ""

        page.quieten(asked=True)
        self.card.ask_pick("At home", "", picks, take)

    # The therapist's side

    def pack(self) -> None:
        """Ask for the programme, how it is sealed, and where to."""
        page, who = self._page, self._page.desk.of_session
        if page.refusal() or not who:
            page.tell(page.refusal() or CHOOSE_WHO, bad=True)
            return
        programmes = {one.id: one for one in page.office.programmes()}
        picks = [Pick(one.id, one.name, f"{len(one.items)} exercises") for one in
                 programmes.values()]  # fmt: skip

        def take(key: str) -> str:
            self.card.close_card()
            self._seal(who, programmes[key])
            return ""

        page.quieten(asked=True)
        self.card.ask_pick(f"Which programme for {who}?", "", picks, take)

    def _seal(self, who: str, programme: Programme) -> None:
        page, form = self._page, PackForm(f"Pack {programme.name} for {who}")

        def take() -> str:
            if said := form.wrong():
                return said
            photos = self.folder_path(page, "Pictures of the pads") if form.photos else ""
            if form.photos and not photos:
                return "Choose the folder of the pictures, or send none."
            path = self.target_path(page, form.title, f"home-{who}.age")
            if path:
                lock, folder = form.lock(), Path(photos) if photos else None
                page.jobs.ask("home", lambda _: home_work.pack(
                    page.office, who, programme, Path(path), lock, folder),
                    self._done, self._failed, "Sealing")  # fmt: skip
            return ""

        page.quieten(asked=True)
        self.form.ask(form, take)

    def take(self) -> None:
        """Ask for a file that came back, and take it in."""
        page = self._page
        if said := page.refusal():
            page.tell(said, bad=True)
            return
        path = self.sealed_path(page, "Take in what came back from home")
        if path:
            self._take(Path(path), anyway=False)

    def _take(self, path: Path, *, anyway: bool) -> None:
        page = self._page

        def took(got: Taken | Question) -> None:
            if isinstance(got, Question):
                self._sure(got, "Take it in", lambda: self._take(path, anyway=True))
                return
            page.desk.shelf = "*inbox"
            page.tell(home_work.taken_words(path, got), bad=bool(got.returned.flags))
            page.read(look=True)

        page.jobs.ask("home", lambda tell: home_work.take(page.office, path, tell, anyway=anyway),
                      took, self._failed, "Taking in")  # fmt: skip

    def show_package(self) -> None:
        """Open the sessions of who sent the chosen return, which is read then."""
        page, row = self._page, self._page.desk.package
        if row is None:
            return
        page.jobs.ask("read package", lambda _: open_shelf(page.office).mark_read(row.id),
                      lambda _: page.read(), self._failed)  # fmt: skip
        page.desk.shelf, page.desk.session_id = row.person, None
        page.read()

    # The person's side

    def bring(self) -> None:
        """Ask for a package and its passphrase, and open it."""
        page = self._page
        path = self.sealed_path(page, "Open a home package")
        if path:
            form = OpenForm(f"Open {Path(path).name}")

            def take() -> str:
                said = form.wrong()
                if not said:
                    self._open(Path(path), form.key(), another=False)
                return said

            page.quieten(asked=True)
            self.form.ask(form, take)

    def _open(self, path: Path, key: Key, *, another: bool) -> None:
        page = self._page

        def opened(got: OpenedPackage | Question) -> None:
            if isinstance(got, Question):
                self._sure(got, "Open it", lambda: self._open(path, key, another=True))
            else:
                self._opened(got)

        page.jobs.ask("home", lambda _: home_work.open_package(
            page.office, path, key, another=another), opened, self._failed, "Opening")  # fmt: skip

    def _opened(self, got: OpenedPackage) -> None:
        page, here = self._page, got.home
        page.office.chosen = page.office.programme_store.load(here.programme)
        words = OPENED.format(here.name, here.person)
        page.tell(" ".join((words, *got.notes)), bad=bool(got.notes))
        page.read()
        if here.photos:
            self._show(here.photos)

    def give_back(self) -> None:
        """Ask where the file for the therapist goes, and make it."""
        page, there = self._page, home_work.current(self._page.office)
        if there is None:
            return
        path = self.target_path(page, "The file for your therapist", f"from-{there.person}.age")
        if path:
            page.jobs.ask("home", lambda tell: home_work.make_return(
                page.office, Path(path), tell), self._done, self._failed, "Sealing")  # fmt: skip

    def _show(self, photos: Sequence[Path]) -> None:
        self._page.quieten(asked=True)
        self.photos.show_photos(photos)

    def _sure(self, asked: Question, name: str, act: Callable[[], None]) -> None:
        """Ask whether it is meant."""
        picks = [Pick("no", "Leave everything as it is"), Pick("yes", name)]

        def take(key: str) -> str:
            if key == "yes":
                act()
            return ""

        self._page.quieten(asked=True)
        self.card.ask_pick("Is it meant?", asked.text, picks, take)

    def _done(self, said: str) -> None:
        self._page.tell(said)
        self._page.read(look=True)

    def _failed(self, said: str) -> None:
        self._page.tell(said, bad=True)

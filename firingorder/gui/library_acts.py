"""What a person has done on the page Library: asked for over the page, done beside the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui import library_files, library_work
from firingorder.gui.home_acts import HomeActs
from firingorder.gui.library_form import FormCard
from firingorder.gui.library_import import ImportCard
from firingorder.gui.programme_card import AskCard, Pick
from firingorder.gui.view_models.library_card import PADS
from firingorder.gui.view_models.library_desk import CHOOSE, CHOOSE_PERSON
from firingorder.gui.view_models.library_export import ExportForm, ReportForm
from firingorder.gui.view_models.library_rows import EVERYBODY, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.gui.library_page import LibraryPage
    from firingorder.library.library import Library
    from firingorder.library.records import Erased, SessionRow
    from firingorder.report.theme import Theme
    from firingorder.session.archive.adopting import Adopted

#: After nobody said: they stayed, then they were put on again, then nobody said.
_NEXT_PADS: dict[bool | None, bool | None] = {None: False, False: True, True: None}
_BIRTH = 4
ASK_NAME = "Name, then a comma and the year of birth. It stays in this library."


class LibraryActs:
    """Asks over the page and has it done. The four ``*_path`` ask the system for files."""

    def __init__(self, theme: Theme, page: LibraryPage) -> None:
        self._page = page
        self.card, self.form = AskCard(theme, page), FormCard(theme, page)
        self.bring = ImportCard(theme, page, page.jobs)
        self.home = HomeActs(theme, page)
        for card in (self.card, self.form, self.bring):
            card.closed.connect(lambda: page.quieten(asked=self.open))
        self.bring.imported.connect(self._imported)
        self.folder_path: Callable[..., str] = library_files.ask_folder
        self.file_path: Callable[..., str] = library_files.ask_file
        self.backup_path: Callable[..., str] = library_files.ask_backup
        self.target_path: Callable[..., str] = library_files.ask_target

    @property
    def open(self) -> bool:
        """Whether something asks."""
        return self.card.open or self.form.open or self.bring.open or self.home.open

    def close(self) -> bool:
        """Close what asks; return whether something did."""
        mine = self.card.close_card() or self.form.close_card() or self.bring.close_card()
        return self.home.close() or mine

    def place(self) -> None:
        """Keep the cards over the page."""
        self.home.place()
        for card in (self.card, self.form, self.bring):
            card.place()

    # Copies

    def ask_report(self) -> None:
        """Ask what a report shows, and where it goes."""
        row = self._readable()
        if row is None:
            return
        form = ReportForm(f"Report of session {row.number}")

        def take() -> str:
            name = f"report-{row.person or 'session'}-{row.number:03d}.{form.kind}"
            path = self.target_path(self._page, form.title, name)
            if path:
                options = form.options()
                self._do("report", "Writing the report", lambda tell: library_work.report(
                    self._page.office, row, Path(path), options, tell))  # fmt: skip
            return ""

        self._ask_form(form, take)

    def ask_export(self) -> None:
        """Ask for the format and what goes along, then where to."""
        row = self._readable()
        if row is None:
            return
        form = ExportForm(f"Export session {row.number}")

        def take() -> str:
            said = form.wrong()
            if said:
                return said
            path = self.folder_path(self._page, form.title)
            if path:
                to, options = form.to, form.options()
                self._do("export", "Exporting", lambda tell: library_work.export(
                    self._page.office, row, to, Path(path), options, tell))  # fmt: skip
            return ""

        self._ask_form(form, take)

    def ask_backup(self) -> None:
        """Ask for a file and write everything into it."""
        if self._refused():
            return
        path = self.target_path(self._page, "Backup", library_work.backup_name())
        if path:
            self._do("backup", "Backing up", lambda tell: library_work.back_up(
                self._page.office, Path(path), tell))  # fmt: skip

    def ask_restore(self) -> None:
        """Ask for a backup, then whether it is to take the place of what is here."""
        if self._refused():
            return
        path = self.backup_path(self._page, "Restore a backup")
        if not path:
            return
        picks = [
            Pick("no", "Leave everything as it is", Path(path).name),
            Pick("yes", "Restore it", "what is here now is kept beside it, and not deleted"),
        ]

        def take(key: str) -> str:
            if key == "yes":
                self._do("restore", "Restoring", lambda tell: library_work.restore(
                    self._page.office, Path(path), tell))  # fmt: skip
            return ""

        self._ask_pick("Restore a backup?", "It takes the place of the library here.", picks, take)

    # Recordings

    def ask_adopt(self) -> None:
        """Take in the recordings that were found, or those of a folder."""
        page = self._page
        if self._refused():
            return
        found = page.desk.unknown
        if page.desk.shelf == UNKNOWN and found:
            self._adopt(found)
            return
        picks = [Pick("folder", "Recordings of a folder …", "they stay where they are")]
        if found:
            noun = "recording" if len(found) == 1 else "recordings"
            picks.insert(0, Pick("found", f"The {len(found)} {noun} that were found",
                                 "in the folder of the library"))  # fmt: skip

        def take(key: str) -> str:
            if key == "found":
                self._adopt(found)
            else:
                path = self.folder_path(page, "Adopt the recordings of a folder")
                if path:
                    self._adopt(Path(path))
            return ""

        self._ask_pick("Adopt recordings", "", picks, take)

    def ask_import(self) -> None:
        """Ask for a file of another program, show what is in it, and make a recording of it."""
        page = self._page
        path = self.file_path(page, "Import a file of another program")
        if path:
            page.quieten(asked=True)
            office = page.office
            own = office.hat == "person"
            person = office.person if own else page.desk.person
            folder = office.programme_store.folder.parent / "recordings"
            self.bring.ask(Path(path), folder, person, office.exercises, own=own)

    # People and sessions

    def ask_about(self) -> None:
        """Ask what to write down about a person."""
        page, row = self._page, self._page.desk.person_row
        if self._refused():
            return
        if row is None:
            page.tell(CHOOSE_PERSON)
            return
        picks = [
            Pick("name", "Name and year of birth", row.name or "not written down"),
            Pick("note", "A note about the person", "it stands beside the sessions"),
            Pick("forget", "Erase the name only", "sessions stay under the code"),
        ]
        shown = f"{row.name}, {row.birth_year}" if row.birth_year else row.name

        def take(key: str) -> str:
            if key == "name":
                self.card.ask_name(f"Who is {row.code}?", ASK_NAME, shown, self._describe)
            elif key == "note":
                self.card.ask_name(f"Note about {row.code}", "", "",
                                   lambda text: self._note(None, text))  # fmt: skip
                self.card.edit.setAccessibleName("Note")
            else:
                self._change("forget", "The name is erased.", lambda library:
                             library.forget_name(row.code, page.office.who))  # fmt: skip
            return ""

        self._ask_pick(f"About {row.code}", "", picks, take)

    def ask_note(self) -> None:
        """Ask for a note on the chosen session."""
        row = self._page.desk.session
        if self._refused() or row is None:
            return
        if not row.person:
            self._page.tell("Give the session a code first: C.")
            return
        self._page.quieten(asked=True)
        self.card.ask_name(f"Note on session {row.number}", "It stands on the time line.", "",
                           lambda text: self._note(row.id, text))  # fmt: skip
        self.card.edit.setAccessibleName("Note")

    def ask_code(self) -> None:
        """Ask whose session it is."""
        page, row = self._page, self._page.desk.session
        if self._refused():
            return
        if row is None:
            page.tell(CHOOSE)
            return

        def take(code: str) -> str:
            who = page.office.who
            self._change(
                "code",
                f"The session is of {code} now.",
                lambda library: library.change_session(row.id, person=code, who=who),
            )
            return ""

        page.quieten(asked=True)
        self.card.ask_name("Whose session is it?", "A code, never a name.", row.person, take)
        self.card.edit.setAccessibleName("Code")

    def turn_pads(self) -> None:
        """Say whether the pads stayed since the session before: each press says the next."""
        page, row = self._page, self._page.desk.session
        if self._refused():
            return
        if row is None:
            page.tell(CHOOSE)
            return
        said = _NEXT_PADS[row.pads_reapplied]
        who = page.office.who
        self._change(
            "pads",
            f"Pads: {PADS[said]}.",
            lambda library: library.change_session(row.id, pads_reapplied=said, who=who),
        )

    def erase(self) -> None:
        """Erase the chosen person, once the hold is complete."""
        page, row = self._page, self._page.desk.person_row
        if row is None or page.refusal():
            return
        code = row.code
        page.erasing.emit(code)
        page.jobs.ask("erase", lambda tell: library_work.erase(page.office, code, tell),
                      self._erased, self._failed, f"Erasing {code}")  # fmt: skip

    def _erased(self, done: Erased) -> None:
        page = self._page
        page.tell(library_work.erased_words(done), bad=bool(done.failed))
        if page.desk.shelf == done.person:
            page.desk.shelf = EVERYBODY
        page.read()

    def _describe(self, text: str) -> str:
        page, code = self._page, self._page.desk.person
        name, _, year = text.rpartition(",")
        year = year.strip()
        if not name or not (year.isdigit() and len(year) == _BIRTH):
            name, year = text, ""
        born = int(year) if year else None
        self._change("describe", "It is written down.", lambda library:
                     library.describe_person(code, name=name.strip(), birth_year=born,
                                             who=page.office.who))  # fmt: skip
        return ""

    def _note(self, session: int | None, text: str) -> str:
        page = self._page
        code = page.desk.of_session
        self._change("note", "The note is kept.", lambda library:
                     library.add_note(code, session, page.office.who, text))  # fmt: skip
        return ""

    def _adopt(self, what: Path | tuple[Path, ...]) -> None:
        page = self._page
        page.jobs.ask("adopt", lambda tell: library_work.adopt(page.office, what, tell),
                      self._adopted, self._failed, "Adopting")  # fmt: skip

    def _adopted(self, found: Adopted) -> None:
        why = self._page.analyse([one.id for one in found.sessions if not one.analysed])
        self._done(f"{library_work.adopted_words(found)} {why}".strip())

    def _imported(self, path: str) -> None:
        self._adopt((Path(path),))

    def _readable(self) -> SessionRow | None:
        """Return the chosen session, if its file can be read; else say why not."""
        row = self._page.desk.session
        if row is None:
            self._page.tell(CHOOSE)
            return None
        if row.recording.missing:
            self._page.tell(f"The file is not where it was: {row.recording.path}. Put it back, or "
                            "adopt the folder it is in: A.", bad=True)  # fmt: skip
            return None
        return row

    def _refused(self) -> bool:
        said = self._page.refusal()
        if said:
            self._page.tell(said, bad=True)
        return bool(said)

    def _ask_form(self, form: ReportForm | ExportForm, take: Callable[[], str]) -> None:
        self._page.quieten(asked=True)
        self.form.ask(form, take)

    def _ask_pick(
        self, title: str, hint: str, picks: list[Pick], take: Callable[[str], str]
    ) -> None:
        self._page.quieten(asked=True)
        self.card.ask_pick(title, hint, picks, take)

    def _do(self, key: str, words: str, work: Callable[[Callable[[float], None]], str]) -> None:
        """Have something long done, and say what came of it."""
        self._page.jobs.ask(key, work, self._done, self._failed, words)

    def _done(self, said: str) -> None:
        self._page.tell(said)
        self._page.read(look=True)

    def _change(self, key: str, said: str, write: Callable[[Library], object]) -> None:
        """Have a small change written, and say so."""
        page = self._page

        def then(told: str) -> None:
            page.tell(told)
            page.read()

        page.jobs.ask(f"{key} {said}", lambda _: library_work.written(page.office, write, said),
                      then, self._failed)  # fmt: skip

    def _failed(self, said: str) -> None:
        self._page.tell(said, bad=True)

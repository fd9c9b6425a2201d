"""The pages around the session. Each is built when it is first needed: few visits need all six."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from firingorder.gui.view_models.review_start import just_recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from firingorder.gui.commands import Commands
    from firingorder.gui.exercises_page import ExercisesPage
    from firingorder.gui.library_page import LibraryPage
    from firingorder.gui.page_around import PageAround
    from firingorder.gui.practise_page import PractisePage
    from firingorder.gui.programme_page import ProgrammePage
    from firingorder.gui.review_page import ReviewPage
    from firingorder.gui.trends_page import TrendsPage
    from firingorder.gui.view_models.pages import PageName
    from firingorder.report.theme import Theme
    from firingorder.session.feed import LiveStatus
    from firingorder.session.office import Office
    from firingorder.sound.out import SoundOut

P_co = TypeVar("P_co", bound="PageAround", covariant=True)


class LazyPage(Generic[P_co]):
    """A page that is built by the first call; every call returns it.

    ``then`` is called once with what ``build`` made.
    """

    def __init__(self, build: Callable[[], P_co], then: Callable[[PageAround], object]) -> None:
        self._build, self._then = build, then
        self._page: P_co | None = None

    def __call__(self) -> P_co:
        """Return the page."""
        if self._page is None:
            self._page = self._build()
            self._then(self._page)
        return self._page

    @property
    def built(self) -> P_co | None:
        """The page if it is there already: what is not has nothing to forget or to put aside."""
        return self._page


class PagesAround:
    """The pages by name, and what one of them asks of another.

    The modules of a page are read with it, too: they take several times as long as its widgets
    (``python -X importtime -c "import firingorder.gui.review_page"``). ``show`` is called with the
    name of the page that is to be shown.
    """

    def __init__(
        self,
        theme: Theme,
        commands: Commands,
        clock: Callable[[], float],
        office: Office,
        open_sound: Callable[[], SoundOut] | None,
        show: Callable[[PageName], object],
    ) -> None:
        self._theme, self._commands, self._clock = theme, commands, clock
        self._office, self._open_sound, self._show = office, open_sound, show
        self._acts: list[Callable[[PageAround], object]] = []
        self.review = LazyPage(self._build_review, self._introduce)
        self.trends = LazyPage(self._build_trends, self._introduce)
        self.library = LazyPage(self._build_library, self._introduce)
        self.programme = LazyPage(self._build_programme, self._introduce)
        self.exercises = LazyPage(self._build_exercises, self._introduce)
        self.practise = LazyPage(self._build_practise, self._introduce)
        self._pages: Mapping[PageName, LazyPage[PageAround]] = {
            "review": self.review,
            "trends": self.trends,
            "library": self.library,
            "programme": self.programme,
            "exercises": self.exercises,
            "practise": self.practise,
        }

    def __contains__(self, name: PageName) -> bool:
        """Return whether a page is one around the session."""
        return name in self._pages

    def __getitem__(self, name: PageName) -> PageAround:
        """Return a page by its name, built if it was not."""
        return self._pages[name]()

    @property
    def built(self) -> dict[PageName, PageAround]:
        """The pages that are there by now."""
        return {name: one.built for name, one in self._pages.items() if one.built is not None}

    def each(self, act: Callable[[PageAround], object]) -> None:
        """Do something with every page: now with those that are there, later with the others."""
        self._acts.append(act)
        for page in self.built.values():
            act(page)

    def follow(self, status: LiveStatus) -> None:
        """Tell the review of the session; one that has just been recorded is offered there."""
        if self.review.built is not None or just_recorded(status):
            self.review().follow(status)

    def _introduce(self, page: PageAround) -> None:
        for act in self._acts:
            act(page)

    def _open_review(self, path: str) -> None:
        self.review().open_path(Path(path))
        self._show("review")

    def _open_trends(self, person: str) -> None:
        self.trends().show_person(person)
        self._show("trends")

    def _add_exercise(self, exercise: str) -> None:
        self.programme().add_exercise(exercise)
        self._show("programme")

    def _forget(self, person: str) -> None:
        """Close what the review has open of a person; a review that is not there has nothing."""
        if self.review.built is not None:
            self.review.built.forget(person)

    def _build_review(self) -> ReviewPage:
        from firingorder.gui.review_page import ReviewPage

        page = ReviewPage(self._theme, self._commands, self._clock, self._office, self._open_sound)
        page.watched.connect(lambda: self._show("live"))
        return page

    def _build_trends(self) -> TrendsPage:
        from firingorder.gui.trends_page import TrendsPage

        page = TrendsPage(self._theme, self._commands, self._office)
        page.opened.connect(self._open_review)
        return page

    def _build_library(self) -> LibraryPage:
        from firingorder.gui.library_page import LibraryPage

        page = LibraryPage(self._theme, self._commands, self._office)
        page.opened.connect(self._open_review)
        page.trends_asked.connect(self._open_trends)
        page.erasing.connect(self._forget)
        return page

    def _build_programme(self) -> ProgrammePage:
        from firingorder.gui.programme_page import ProgrammePage

        page = ProgrammePage(self._theme, self._commands, self._office)
        page.used.connect(lambda: self._show("live"))
        return page

    def _build_exercises(self) -> ExercisesPage:
        from firingorder.gui.exercises_page import ExercisesPage

        page = ExercisesPage(self._theme, self._commands, self._office)
        page.used.connect(lambda: self._show("live"))
        page.added.connect(self._add_exercise)
        return page

    def _build_practise(self) -> PractisePage:
        from firingorder.gui.practise_page import PractisePage

        return PractisePage(self._theme, self._commands, self._clock, self._open_sound)

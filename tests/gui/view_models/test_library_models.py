"""The library's rows, cards and forms without Qt: what is shown, and to whom."""

from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firingorder.gui.view_models.library_card import session_lines_of
from firingorder.gui.view_models.library_desk import LibraryDesk, read_library
from firingorder.gui.view_models.library_export import ExportForm, ReportForm
from firingorder.gui.view_models.library_import import NEEDS_ONE, ImportDesk
from firingorder.gui.view_models.library_rows import EVERYBODY, INBOX, UNKNOWN
from firingorder.gui.view_models.sealing import NO_KEY, TOO_SHORT
from firingorder.gui.view_models.trends_desk import TrendsDesk, read_trend
from firingorder.session.exchange.importing_preview import Preview, PreviewSignal, PreviewStream
from tests.gui import planted_library


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    made = planted_library.plant(tmp_path_factory.mktemp("library"))
    planted_library.plant_inbox(made)
    yield made
    made.close()


def read(library, shelf=EVERYBODY, search="", limit=200, only=None) -> Any:
    """Return a desk that shows a shelf."""
    desk = LibraryDesk(UTC, lambda task: task.replace("_", " "))
    desk.shelf, desk.search = shelf, search
    data = read_library(library, shelf, search, limit, only, desk.exercise, UTC)
    desk.show(data, only)
    return desk


class TestDesk:
    def test_sessions_say_date_exercise_outcomes_lead_pain_and_flags(self, library) -> None:
        lines = read(library, "P-0007").sessions()
        assert [line.when[:6] for line in lines[:3]] == ["12 Aug", "28 Jul", "21 Jul"]
        flags = {line.when.partition(",")[0]: line.flags for line in lines}
        assert flags["12 Aug 2026"] == ("not_analysed",)
        assert flags["16 Mar 2026"] == ("missing",)
        assert flags["30 Mar 2026"] == ("recovered",)
        assert flags["21 Jul 2026"] == ("corrected",)
        newest = lines[1]
        assert newest.counts[0] == 10
        assert "ms  (+" in newest.lead
        assert newest.pain == "pain 0 → 1 of 10"
        assert "Glutes first 10" in newest.spoken
        two = next(line for line in lines if line.when.startswith("16 Mar"))
        assert two.task == "bridge and 1 more"
        assert two.repetitions == "10 scored"

    def test_the_person_hat_sees_its_own_code_and_nothing_of_others(self, library) -> None:
        desk = read(library, EVERYBODY, only="P-0011")
        assert [row.key for row in desk.shelves()] == ["P-0011"]
        assert {row.person for row in desk.data.sessions} == {"P-0011"}
        assert desk.names is False
        searched = read(library, EVERYBODY, "Morgan", only="P-0011")
        assert searched.sessions() == ()
        data = read_trend(library, "P-0007", "P-0011")
        assert data.person == "P-0011"
        assert [one.code for one in data.people] == ["P-0011"]
        named = read(library, "P-0007")
        assert "A. Morgan" in str(named.shelves())
        own = read(library, "P-0007", only="P-0007")
        assert "Morgan" not in f"{own.shelves()}{own.title()}"

    def test_boxes_stand_first_and_are_sorted_by_pain(self, library) -> None:
        desk = read(library, INBOX)
        assert [row.kind for row in desk.shelves()][:2] == ["inbox", "everybody"]
        assert desk.shelves()[0].note == "pain rose in 1"
        assert [one.strong for one in desk.boxes()] == ["pain rose by 2", "", "pain not asked"]
        desk.unknown = (Path("/x/lost.mcap"),)
        desk.shelf = UNKNOWN
        assert desk.boxes()[0].title == "lost.mcap"
        assert desk.empty == ""

    def test_pages_of_sessions_and_a_search(self, library) -> None:
        desk = read(library, "P-0007", limit=4)
        assert len(desk.sessions()) == 4
        assert desk.title()[1] == "the 4 newest"
        found = read(library, "P-0007", "P-0042")
        assert [line.who for line in found.sessions()] == ["P-0042"]
        assert "Type another word" in read(library, search="nothing like it").empty

    def test_what_an_erasure_takes_is_said_before(self, library) -> None:
        said = read(library, "P-0007").erase_words()
        assert "P-0007 is erased, with 10 sessions" in said
        assert "exported" not in said
        library.add_export("P-0042", "/home/x/sub-01", "bids", "Ortiz")
        assert "1 copy was exported before" in read(library, "P-0042").erase_words()
        assert "Choose a person" in read(library).erase_words()

    def test_the_card_says_what_flags_mean(self, library) -> None:
        desk = read(library, "P-0007")
        row = next(one for one in desk.data.sessions if one.recording.missing)
        card = session_lines_of(desk.data, row, desk.task_words(row), UTC)
        told = " ".join(line.spoken for line in card)
        assert "put it back" in told
        assert "Other exercises, 1" in told
        assert "Glutes first" in told


def test_the_trends_of_a_person_are_read_whole(library) -> None:
    desk: Any = TrendsDesk(UTC, str)
    desk.show(read_trend(library, "", None), names=True)
    assert desk.data.person == "P-0007"  # who came last
    desk.show(read_trend(library, "P-0007", None), names=True)
    assert desk.title == "P-0007  ·  A. Morgan  ·  bridge, both sides"


class TestForms:
    def test_an_export_keeps_words_and_dates_here_unless_asked_for(self) -> None:
        form = ExportForm("Export")
        options = form.options()
        assert (options.with_text, options.true_dates, options.lock) == (False, False, None)
        assert [one.key for one in form.fields()][-1] == "seal"
        form.change("seal", "passphrase")
        assert form.fields()[-1].key == "secret"
        assert form.change("secret", "short") == TOO_SHORT
        assert form.wrong() == TOO_SHORT
        assert form.change("secret", "long enough") == ""
        lock = form.options().lock
        assert lock is not None
        assert lock.passphrase == "long enough"
        form.change("seal", "key")
        assert form.change("secret", "ssh-rsa x") == NO_KEY
        assert form.change("label", "A. Morgan") == "Letters and figures only."

    def test_a_report_names_nobody_unless_asked_to(self) -> None:
        form = ReportForm("Report")
        assert form.options().names is False
        form.change("names", "yes")
        form.change("note", " Cue worked. ")
        assert (form.options().names, form.options().note) == (True, "Cue worked.")

    def test_a_montage_is_made_by_turning_through_free_muscles(self) -> None:
        def signal(label, muscle="", unit="uV"):
            return PreviewSignal(label, unit, muscle, 30.0, -100.0, 100.0, 0.0, 0.0, ())

        signals = (
            signal("GMAX L", "gluteus_maximus_left"),
            signal("A"),
            signal("Angle", "", "deg"),
        )
        stream = PreviewStream(1000.0, 5.0, 0.0, signals, np.zeros((10, 3)))
        preview = Preview(Path("x.csv"), "CSV", "0", "nominal", (stream,), (), None, ("A",), (), ())
        desk = ImportDesk([("bridge", "Bridge")], "P-1", own=False)
        desk.show(preview)
        assert desk.wrong() == NEEDS_ONE
        desk.chosen = 2
        assert "no voltage" in desk.turn(1)
        desk.chosen = 1
        desk.turn(1)
        assert desk.rows()[1].muscle == "gluteus_maximus_right"  # the left one is taken
        desk.turn(-1)
        assert desk.rows()[1].muscle == ""
        desk.turn(-1)
        assert desk.rows()[1].muscle == "tensor_fasciae_latae_right"
        assert desk.wrong() == ""
        assert dict(desk.montage().channels) == {
            "GMAX L": "gluteus_maximus_left", "A": "tensor_fasciae_latae_right"
        }  # fmt: skip
        desk.muscles["A"] = "gluteus_maximus_left"
        assert "chosen twice" in desk.wrong()
        assert "no rate" in desk.change("rate", "fast")
        assert desk.change("rate", "1 000".replace(" ", "")) == ""
        assert desk.rate_hz == 1000.0

"""What is put into the library comes out as it was, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from firingorder.corrections import standing
from firingorder.errors import LibraryError
from firingorder.library import models
from firingorder.library.records import CalibrationRow, InboxRow, ProgrammeRow
from firingorder.library.summarising import summary_of
from tests.library.made import DAY_S, KEY, T0, correction, leads, recording, result

if TYPE_CHECKING:
    from firingorder.library.library import Library
    from tests.library.conftest import Where


def test_sessions_are_counted_listed_searched_and_paged(library: Library) -> None:
    for number in (2, 0, 3, 1):
        library.add_recording(recording(number, "P01" if number != 3 else ""))
    again = library.add_recording(
        recording(2, path=str(library.folder / "recordings/elsewhere.mcap"))
    )
    library.describe_person("P01", name="Ada Königin", birth_year=1990, who="T")
    library.describe_person("P02", who="T")

    of_one = library.sessions("P01")
    assert [(row.recording.id, row.number) for row in of_one] == [
        ("rec-00002", 3), ("rec-00001", 2), ("rec-00000", 1),
    ]  # fmt: skip
    assert again.recording.path == str(library.folder / "recordings/elsewhere.mcap")
    assert again.recording.missing
    assert [row.recording.id for row in library.sessions("")] == ["rec-00003"]
    assert len(library.sessions()) == 4
    first, second = (
        library.sessions(limit=2),
        library.sessions(limit=9, before_utc_s=T0 + 2 * DAY_S),
    )
    assert [row.number for row in (*first, *second)] == [1, 3, 2, 1]
    people = {one.code: one for one in library.people()}
    assert people["P01"].sessions == 3
    assert people["P01"].last_utc_s == T0 + 2 * DAY_S
    assert people["P02"].sessions == 0
    assert library.person("P01") == people["P01"]
    assert library.person("") is None
    for search, count in (
        ("königin", 3), ("p01 BRIDGE", 3), ("elsewhere", 1), ("2026-09", 4), ("2026-09-21", 1),
        ("100%", 0), ("_ridge", 0), ("2026-99", 0),
    ):  # fmt: skip
        assert len(library.sessions(search=search)) == count, search
    assert library.session_of("rec-00001") == library.session(of_one[1].id)
    assert library.session_of("unheard") is None


def test_a_result_is_kept_exactly_and_never_overwritten(library: Library) -> None:
    library.add_recording(recording(1))
    found = result(leads(1, 12))
    kept = library.add_analysis("rec-00001", KEY, found)
    assert library.result(kept.id) == found
    assert repr(library.result(kept.id)) == repr(found)  # also -0.0, and each bit of a float
    assert library.add_analysis("rec-00001", KEY, result([1.0])) == kept
    other = library.add_analysis("rec-00001", replace(KEY, settings_hash="d" * 64), result([1.0]))
    assert [one.key for one in library.analyses("rec-00001")] == [kept.key, other.key]
    assert kept.key == KEY
    assert library.result(10_000) is None
    with library.reading() as session:
        of = models.Repetition
        asked = select(of.analysis_id, func.count()).group_by(of.analysis_id)
        counted = {row[0]: row[1] for row in session.execute(asked)}
        assert counted == {kept.id: 12, other.id: 1}
    with pytest.raises(LibraryError, match="not in the library"):
        library.add_analysis("unheard", KEY, found)


def test_a_trend_shows_what_was_planted_and_follows_what_is_said(library: Library) -> None:
    planted = {number: leads(number, 9) for number in (1, 2)}
    for number in (2, 1):
        library.add_recording(recording(number, pads_reapplied=number == 2, pain_before=number))
        library.add_analysis(f"rec-{number:05d}", KEY, result([*planted[number], None]))
    points = library.trend("P01", "bridge", "both")
    assert [(one.number, one.pads_reapplied, one.pain_before) for one in points] == [
        (1, False, 1), (2, True, 2),
    ]  # fmt: skip
    for one, values in zip(points, planted.values(), strict=True):
        assert one.lead_ms == pytest.approx(median(values))
        assert one.lead_q1_ms is not None
        assert one.lead_ms is not None
        assert one.lead_low_ms is not None
        assert one.lead_low_ms < one.lead_ms
        assert sum(low < one.lead_q1_ms for low in values) in (2, 3)
        assert (one.scored, one.leads, one.unclear) == (10, 9, 1)
        assert one.glutes_first == sum(lead > 20 for lead in values)
        assert one.share == one.glutes_first / 10
        assert one.lead_left_ms == one.lead_right_ms == one.lead_ms
        assert one.metrics == (("hold", 5.5),)  # the other one may not be used
    assert library.tasks_of("P01") == (("bridge", "both", 2),)
    assert library.trend("P01", "squat") == library.trend("P01", side="left") == ()

    # A new version of the software renews it; other settings do not, nor anything once corrected.
    library.add_analysis("rec-00001", replace(KEY, version="0.2.0"), result([7.0], "0.2.0"))
    assert library.trend("P01")[0].lead_ms == 7.0
    library.add_analysis("rec-00001", replace(KEY, montage_hash="e" * 64), result([8.0]))
    assert library.trend("P01")[0].lead_ms == 7.0
    assert library.trend("P01")[0].settings_hash == result([8.0])["software"]["settings_hash"]
    library.add_corrections("rec-00001", [correction(1)])
    library.add_analysis("rec-00001", replace(KEY, version="0.3.0"), result([9.0], "0.3.0"))
    assert library.trend("P01")[0].lead_ms == 7.0
    library.summarise("rec-00001", summary_of(result([10.0, 11.0]), corrected=[1]))
    point, row = library.trend("P01")[0], library.session_of("rec-00001")
    assert (point.lead_ms, point.corrected) == (10.5, 1)
    assert row is not None
    assert (row.scored, row.corrected) == (2, 1)

    # It goes with the session to somebody else.
    library.change_session(row.id, person="P09", pain_after=0, pads_reapplied=None, who="T")
    assert [one.number for one in library.trend("P01")] == [1]
    moved = library.trend("P09")[0]
    assert (moved.pain_before, moved.pain_after, moved.pads_reapplied) == (1, 0, None)
    with pytest.raises(LibraryError, match="0 to 10"):
        library.change_session(row.id, pain_after=11, who="T")
    with pytest.raises(LibraryError, match="no session"):
        library.change_session(10_000, note="x", who="T")
    assert library.waiting == 0


def test_two_therapists_correct_one_session_at_once(where: Where) -> None:
    """Each in a program of their own; everything both did stands, in one order for all."""
    with_one, with_other = where.open(), where.open()
    with_one.add_recording(recording(1))
    barrier = threading.Barrier(2)

    def work(library: Library, who: str) -> None:
        barrier.wait()
        library.add_recording(recording(5, "P05"))  # both find that nobody has this code yet
        for number in range(8):
            library.add_corrections("rec-00001", [correction(number, who)])

    threads = [
        threading.Thread(target=work, args=one) for one in ((with_one, "T"), (with_other, "U"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = with_one.corrections("rec-00001")
    assert sorted(one.id for one in found) == sorted(f"{w}-{n}" for w in "TU" for n in range(8))
    assert found == with_other.corrections("rec-00001")
    assert [row.number for row in with_one.sessions("P05")] == [1]
    for who in "TU":
        assert [one.id for one in found if one.who == who] == [f"{who}-{n}" for n in range(8)]
    with_one.add_corrections("rec-00001", [found[0], correction(9, kind="undo", undoes="T-0")])
    assert len(with_one.corrections("rec-00001")) == 17
    told = with_one.audit(about="P01")
    assert sum(row.act == "corrected" for row in told) == 17
    assert "from 4.2000 s to 4.1000 s; artefact" in told[1].detail
    assert standing(with_one.corrections("rec-00001")).onsets[1, "gluteus_maximus_left"] is not None
    with_one.close()
    with_other.close()


def test_names_notes_inbox_exports_programmes_and_calibrations(library: Library) -> None:
    library.describe_person("P01", name="Ada", who="T")
    library.describe_person("P01", birth_year=1990, who="T")
    row = library.add_recording(recording(1))
    library.add_note("P01", row.id, "T", "pads moved")
    library.add_note("P01", None, "T", "second")
    assert [(one.session, one.text) for one in library.notes("P01")] == [
        (row.id, "pads moved"), (None, "second"),
    ]  # fmt: skip
    for path, rise, came in (("a", None, 3.0), ("b", 1, 2.0), ("c", 4, 1.0), ("d", 1, 4.0)):
        library.add_inbox(InboxRow(0, "P01", came, f"inbox/{path}", 2, rise, "3 of 4", read=False))
    library.mark_read(library.inbox()[0].id)
    assert [one.path[-1] for one in library.inbox()] == ["d", "b", "a", "c"]
    library.add_export("P01", "/out/report.pdf", "report", "T")
    assert library.exports("P01")[0].path == "/out/report.pdf"
    library.add_programme(ProgrammeRow("prog", "P01", "First", "programmes/p.yaml", 5.0))
    library.add_programme(ProgrammeRow("prog", "P01", "Renamed", "programmes/q.yaml", 6.0))
    (programme,) = library.programmes("P01")
    assert (programme.name, programme.made_utc_s) == ("Renamed", 5.0)
    library.add_calibration(CalibrationRow("cal", "P01", 5.0, "", ""))
    file = str(library.folder / "calibrations/c.json")
    library.add_calibration(CalibrationRow("cal", "P01", 5.0, "", file))
    library.add_calibration(CalibrationRow("cal", "P01", 5.0, "", ""))
    (calibration,) = library.calibrations("P01")
    assert calibration.path == file

    one = library.person("P01")
    assert one is not None
    assert (one.name, one.birth_year) == ("Ada", 1990)
    library.forget_name("P01", "T")
    one = library.person("P01")
    assert one is not None
    assert (one.name, one.birth_year, one.sessions) == ("", None, 1)
    assert len(library.notes("P01")) == 2
    assert [row.act for row in library.audit(limit=2, about="P01")] == ["name erased", "exported"]
    with pytest.raises(LibraryError, match="'P77'"):
        library.forget_name("P77", "T")
    with pytest.raises(LibraryError, match="year"):
        library.describe_person("P01", birth_year=12, who="T")


def test_an_erased_person_leaves_nothing_but_what_was_done(library: Library) -> None:
    library.describe_person("P01", name="Ada", who="T")
    for number, person in ((1, "P01"), (2, "P01"), (3, "P010")):
        library.add_recording(recording(number, person))
        library.add_analysis(f"rec-{number:05d}", KEY, result(leads(number, 3)))
        library.add_corrections(f"rec-{number:05d}", [correction(number)])
    library.add_note("P01", None, "T", "words")
    library.add_audit("T", "looked", "", "compared P01 with P010")
    library.add_audit("T", "looked", "P010", "the same Adage")
    assert library.erase_person("P01", "T") == 2
    assert [one.code for one in library.people()] == ["P010"]
    assert library.notes("P01") == library.trend("P01") == ()
    assert len(library.trend("P010")) == 1
    assert library.corrections("rec-00001") == ()
    assert len(library.corrections("rec-00003")) == 1
    with library.reading() as session:
        left = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in (models.Recording, models.Session, models.Repetition, models.Summary)
        }
    assert left == {"recording": 1, "session": 1, "repetition": 3, "summary": 1}
    told = library.audit()
    words = {row.about for row in told if row.about.startswith("erased-")}
    assert len(words) == 1
    assert (
        sum(row.about in words for row in told) == 6
    )  # described, kept and corrected twice, erased
    assert not any("P01 " in row.detail for row in told)
    assert "the same Adage" in {row.detail for row in told}
    assert library.erase_person("P01", "T") == 0
    assert library.erase_person("", "T") == 0

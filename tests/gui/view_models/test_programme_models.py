"""The desks of programmes and exercises without a widget: what is kept, refused, and said."""

from datetime import UTC, datetime
from typing import Any

import pytest

from firingorder.cli.training import find_programme
from firingorder.gui.view_models.exercise_desk import ExerciseDesk
from firingorder.gui.view_models.exercise_fields import exercise_fields
from firingorder.gui.view_models.exercise_story import story
from firingorder.gui.view_models.programme_desk import COMES_WITH, ProgrammeDesk
from firingorder.gui.view_models.programme_fields import (
    FIRST_TARGETS,
    item_fields,
    programme_fields,
)
from firingorder.gui.view_models.programme_rows import item_rows, plan_of
from firingorder.montage import DEFAULT_EIGHT
from firingorder.session.office import Office
from firingorder.session.training_text import read_plan
from firingorder.training.programmes.ownership import holds_therapists
from firingorder.training.programmes.records import Target
from firingorder.training.programmes.templates import templates
from firingorder.training.safety.facts import SafetyFacts


def known(value: Any) -> Any:
    """Return what is there."""
    assert value is not None
    return value


FORBIDDEN = ("weak", "lazy", "not firing", "amnesia", "dormant", "inhibited", "dysfunction",
             "abnormal", "diagnos", "normal ")  # fmt: skip


@pytest.fixture
def office(tmp_path):
    """Return an office in a folder of its own, in the Therapist hat."""
    made = Office(folder=tmp_path / "kept", settings_file=tmp_path / "settings.json",
                  now=lambda: datetime(2026, 11, 21, 9, 0, tzinfo=UTC))  # fmt: skip
    made.hat = "therapist"
    return made


@pytest.fixture
def desk(office):
    """Return a desk on which a copy of the sessions is open, at its bridge."""
    made = ProgrammeDesk(office)
    made.select("sessions")
    assert made.new("For M") == ""
    made.select_item(1)
    return made


class TestProgrammeDesk:
    def test_what_is_kept_comes_back_from_the_disk_as_it_was(self, office, desk) -> None:
        for field, text in (("reps", "6-4-2"), ("hold_s", "2,5"), ("tempo_s", "3-1-3"),
                            ("rest_s", "45 s"), ("mode", "sequence"), ("measure", "lead_ms"),
                            ("low", "25"), ("schedule", "bandwidth"), ("follows", "follows"),
                            ("note", "Slowly.")):  # fmt: skip
            assert desk.change(field, text) == ""
        assert desk.move(1, 0) == ""
        assert desk.save() == ""
        again = ProgrammeDesk(office)
        again.select("for_m")
        item = known(again.present).items[0]
        assert again.present == desk.present
        assert not again.unsaved("for_m")
        assert (item.reps, item.hold_s, item.tempo_s) == ((6, 4, 2), 2.5, (3.0, 1.0, 3.0))
        assert (item.target, item.band) == (Target("lead_ms", 25.0, None), 10.0)
        assert item.adaptive is not None

    def test_a_change_that_is_not_saved_outlives_the_program(self, office, desk) -> None:
        assert desk.save() == ""
        desk.change("rest_s", "75")
        assert desk.keep_drafts() == ""
        again = ProgrammeDesk(office)
        again.select("for_m")
        assert again.unsaved("for_m")
        assert known(again.present).items[1].rest_s == 75.0
        assert again.undo() == ""  # what was saved is one step back
        assert known(again.present).items[1].rest_s == 60.0
        again.redo()
        assert again.save() == ""
        assert not list((office.programme_store.folder / "drafts").glob("*.yaml"))

    @pytest.mark.parametrize(
        ("field", "text", "said"),
        [
            ("reps", "0", "Repetitions are 0, below 1; type 1 to 20 sets"),
            ("reps", "many", "'many' is no count"),
            ("hold_s", "-2", "The hold is -2"),
            ("tempo_s", "2-1", "type way out, far, way back"),
            ("rest_s", "soon", "is no number"),
            ("low", "", "both open"),
        ],
    )
    def test_what_cannot_stand_there_is_one_sentence_and_changes_nothing(
        self, desk, field, text, said
    ) -> None:
        desk.change("measure", "level_percent")
        before = desk.present
        found = desk.change(field, text)
        assert said in found
        assert "exercise 2 (bridge)" not in found
        assert desk.present == before

    def test_every_measure_can_be_a_target(self, desk) -> None:
        for measure in FIRST_TARGETS:
            assert desk.change("measure", measure) == ""
            assert desk.present.items[1].target.measure == measure

    def test_undo_takes_back_every_step_and_redo_does_them_again(self, desk) -> None:
        start = desk.present
        desk.duplicate()
        desk.remove()
        desk.add("clam")
        desk.step("rest_s", 2)
        end = desk.present
        for _ in range(4):
            assert desk.undo() == ""
        assert desk.present == start
        assert "nothing" in desk.undo()
        for _ in range(4):
            assert desk.redo() == ""
        assert desk.present == end

    def test_what_comes_along_stays_and_a_broken_file_is_listed_with_its_sentence(
        self, office, desk
    ) -> None:
        folder = office.programme_store.folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "newer.yaml").write_text("schema: firingorder.programme/9\nid: newer\n")
        (folder / "torn.yaml").write_text("schema: [")
        desk.reload()
        broken = {one.name: one for one in desk.entries if one.kind == "broken"}
        assert set(broken) == {"newer", "torn"}
        assert "newer version" in broken["newer"].note
        desk.select(broken["torn"].key)
        assert desk.present is None
        assert "cannot be read" in desk.remove_programme()
        desk.select("sessions")
        assert desk.change("rest_s", "5") == COMES_WITH
        assert desk.remove_programme() == COMES_WITH
        assert desk.save() == COMES_WITH

    def test_the_person_changes_the_dose_and_not_what_the_therapist_sets(
        self, office, desk
    ) -> None:
        desk.change("rest_s", "75")
        office.hat = "person"
        assert desk.new("Mine") == ""
        desk.select_item(1)
        assert desk.change("rest_s", "90") == ""
        for field, text in (("mode", "sequence"), ("measure", "lead_ms"), ("schedule", "summary"),
                            ("follows", "follows")):  # fmt: skip
            said = desk.change(field, text)
            assert "therapist" in said
            assert "Ctrl+H" in said
        desk.select("for_m")  # made in the other hat
        assert "made by the therapist" in desk.change("rest_s", "30")
        assert "made by the therapist" in desk.undo()
        assert "made by the therapist" in desk.remove_programme()
        desk.select("mine")
        office.hat = "therapist"
        desk.select_item(1)
        assert desk.change("measure", "lead_ms") == desk.change("low", "35") == ""
        office.hat = "person"
        assert "made by the therapist" in desk.change("rest_s", "30")

    def test_a_number_nobody_chose_is_a_proposal_until_a_therapist_stands_for_it(
        self, desk
    ) -> None:
        def views():
            item = desk.present.items[1]
            known = desk.exercises(item.exercise)
            return {one.key: one for one in item_fields(item, known, lambda _: "")}

        desk.change("measure", "lead_ms")
        assert desk.present.items[1].target == Target("lead_ms", 20.0, None, "product")
        assert views()["set_by"].shown == "a proposal"
        assert "neutral" in views()["set_by"].hint
        desk.change("set_by", "therapist")
        assert desk.present.items[1].target == Target("lead_ms", 20.0, None, "therapist")
        desk.change("measure", "level_percent")
        desk.change("low", "45")
        assert desk.present.items[1].target.set_by == "therapist"
        desk.change("follows", "follows the person")
        assert "proposal" in views()["bound_low"].source
        desk.change("bound_low", "30")
        assert views()["bound_low"].source == ""
        assert "proposal" in views()["bound_high"].source

    def test_what_a_person_brings_waits_for_the_therapist(self, office, desk, tmp_path) -> None:
        exercises = ExerciseDesk(office)
        exercises.select("clam")
        exercises.copy("Clam, ours")
        desk.add(exercises.key)
        desk.select_item(1)
        desk.change("measure", "lead_ms")
        desk.change("low", "35")
        desk.select_item(-1)
        desk.change("pain_policy", "traffic_light")
        mine = office.problems(desk.present, DEFAULT_EIGHT, has_imu=True)
        assert not [one for one in mine if "not known" in one.text]  # though nothing is saved yet
        path = tmp_path / "sent.yaml"
        assert desk.export(path) == ""
        home = Office(folder=tmp_path / "home", settings_file=tmp_path / "home.json",
                      now=lambda: datetime(2026, 11, 21, 9, 0, tzinfo=UTC))  # fmt: skip
        home.hat = "person"
        there = ProgrammeDesk(home)
        assert find_programme(str(path), home).brought_by == "person"  # the command line too
        assert there.import_from(path) == ""
        assert known(there.present).brought_by == "person"
        assert known(there.entry).note == "brought here, not taken over"
        assert "therapist" in there.change("brought_by", "")
        told = home.problems(known(there.present), DEFAULT_EIGHT, has_imu=True)
        assert any("brought here in the Person hat" in one.text for one in told)
        for hat in ("person", "therapist"):  # also a therapist takes it over first
            home.hat, home.chosen = hat, there.present
            plan = read_plan(home.begin("bridge"))
            assert {one.target for one in plan.planned} == {None}
            assert plan.programme.pain_policy == "strict"
            assert {one.exercise for one in plan.planned} >= {"clam", "bridge"}
        there.select_item(-1)
        assert programme_fields(known(there.present), lambda _: "")[0].shown == "waits"
        assert there.change("brought_by", "") == ""
        assert programme_fields(known(there.present), lambda _: "")[0].key == "name"
        home.chosen = there.present
        plan = read_plan(home.begin("bridge"))
        assert Target("lead_ms", 35.0, None) in {one.target for one in plan.planned}
        assert plan.programme.pain_policy == "traffic_light"
        home.hat = "person"
        assert there.new("Mine") == ""  # a copy takes no target along
        assert not holds_therapists(known(there.present))
        assert there.change("pain_policy", "traffic_light") != ""
        assert there.import_from(path) == ""
        assert known(there.present).name == "For M (2)"
        assert there.remove_programme() == ""  # what a person brought, a person takes away

    def test_names_stand_in_the_order_in_which_people_look_for_them(self, desk) -> None:
        for name in ("Plan 10", "Zum Schluss", "Übung", "plan 9"):
            assert desk.new(name) == ""
        own = [one.name for one in desk.entries if one.kind == "own"]
        assert own == ["For M", "plan 9", "Plan 10", "Übung", "Zum Schluss"]

    def test_no_two_programmes_have_one_name(self, desk) -> None:
        for said in (desk.new("for m "), desk.save_as("Glute session"),
                     desk.rename("DAILY SQUEEZE")):  # fmt: skip
            assert "already" in said
        desk.select_item(-1)
        assert "already" in desk.change("name", "Find it")
        assert desk.rename("For K") == desk.rename("For M") == ""

    def test_saving_under_another_name_leaves_the_first_as_it_was_kept(self, desk, office) -> None:
        desk.save()
        desk.change("rest_s", "33")
        assert desk.save_as("For K") == ""
        assert desk.key == "for_k"
        assert desk.present.items[1].rest_s == 33.0
        assert office.programme_store.load("for_m").items[1].rest_s == 60.0
        assert not desk.any_unsaved

    def test_files_go_out_and_in_and_nothing_is_overwritten(self, desk, tmp_path) -> None:
        desk.save()
        path = tmp_path / "out.yaml"
        assert desk.export(path) == ""
        assert desk.import_from(path) == ""
        assert desk.key == "for_m_2"
        assert desk.present.items == desk.store.load("for_m").items
        assert "no file" in desk.import_from(tmp_path / "none.yaml")
        key = desk.key
        assert desk.remove_programme() == ""
        assert key not in [one.key for one in desk.entries]
        assert not desk.store.path_of(key).exists()

    def test_a_copy_inside_is_told_when_it_was_changed_since(self, office, desk) -> None:
        exercises = ExerciseDesk(office)
        exercises.select("clam")
        exercises.copy("Clam, ours")
        desk.add(exercises.key)
        desk.save()
        assert desk.outdated == ()
        exercises.change("setup", "Lie on your side.")
        assert desk.outdated == ("Clam, ours",)
        assert desk.take_over() == ""
        assert desk.outdated == ()


class TestWords:
    def test_rows_and_plan_say_what_will_happen(self, office, desk) -> None:
        found = office.problems(desk.present, DEFAULT_EIGHT, has_imu=True)
        rows = item_rows(desk.present, desk.exercises, found)
        assert [row.number for row in rows] == list(range(7))
        assert rows[1].side == "left, right or both"  # find it: each time another one is asked
        assert "2 × 10" in rows[2].spoken
        assert "tempo 2-1-2 s" in rows[2].spoken
        plan = plan_of(desk.present, desk.exercises, 1)
        ends = [one.start_s + one.length_s + one.rest_s for one in plan.blocks[:-1]]
        assert ends == pytest.approx([one.start_s for one in plan.blocks[1:]])
        assert {one.retention for one in plan.blocks} == {"", "before", "after"}
        assert all(one.silent for one in plan.blocks if one.retention)
        screen = next(one for one in templates() if one.id == "screen_battery")
        assert all(one.silent for one in plan_of(screen, office.exercises, 0).blocks)

    def test_a_missing_pad_and_a_missing_sensor_stop_and_name_their_exercise(
        self, office, desk
    ) -> None:
        found = office.problems(desk.present, ("erector_spinae_left",), has_imu=False)
        rows = item_rows(desk.present, desk.exercises, found)
        assert rows[1].severity == "stop"
        assert "place one" in rows[1].why
        assert rows[2].severity == "warn"

    def test_the_dose_says_whose_it_is(self, office) -> None:
        item = next(one for one in templates() if one.id == "sessions").items[1]
        fields = {
            one.key: one for one in item_fields(item, office.exercises("bridge"), lambda _: "")
        }
        assert fields["reps"].source == "article 004, its opinion: 2 × 10 to 15"
        assert "product default, a proposal: 2-1-2 s" in fields["tempo_s"].source
        assert [value for value, _ in fields["side"].options][:3] == ["both", "left", "right"]

    def test_every_exercise_can_be_read_in_neutral_words(self, office) -> None:
        facts = SafetyFacts("2026-11-21")
        for one in office.exercises.ids:
            exercise = office.exercises(one)
            sections = {s.title: s.lines for s in story(exercise, office.exercises, facts)}
            text = " ".join(f"{x.lead} {x.text}" for lines in sections.values() for x in lines)
            assert not [word for word in FORBIDDEN if word in text.lower()], one
            assert "tested on" in text
            assert len(sections["Cues"]) >= 1
            for view in exercise.debate:
                assert dict(view.text)["en"] in text
            for fact in exercise.reference.facts:
                assert fact.source in text
            assert exercise_fields(exercise, "")

    def test_steps_forward_have_ticks_that_say_what_is_missing(self, office) -> None:
        sections = story(office.exercises("bridge"), office.exercises, SafetyFacts("2026-11-21"))
        lines = next(s.lines for s in sections if s.title == "Steps forward")
        assert any("Glute bridge to Hip thrust: not open yet." in line.lead for line in lines)
        assert any(line.kind == "open" and "0 of 2" in line.text for line in lines)


class TestExerciseDesk:
    def test_a_copy_is_changed_kept_and_taken_back(self, office) -> None:
        desk = ExerciseDesk(office)
        desk.select("clam")
        assert "C makes a copy" in desk.change("setup", "x")
        assert desk.copy("Clam, ours") == ""
        key = desk.key
        for field, text in (("dose.0.reps", "8-12"), ("dose.0.hold_s", "2,5"), ("cues", "Up\nDown"),
                            ("together_margin_ms", "25"), ("fault.tempo", "no"),
                            ("variants", "Band, one leg"), ("notes", "Ask first.")):  # fmt: skip
            assert desk.change(field, text) == "", field
        kept = Office(folder=office.exercise_store.folder.parent,
                      settings_file=None).exercises(key)  # fmt: skip
        assert kept.doses[0].reps == (8, 12)
        assert kept.doses[0].provenance == "therapist"
        assert kept.doses[0].hold_s == (2.5, 2.5)
        assert kept.text().cues == ("Up", "Down")
        assert kept.task.together_margin_ms == 25.0
        assert "tempo" not in kept.faults
        assert kept.variants == ("band", "one_leg")
        assert "how repetitions" in desk.change("template", "HINGE").lower()
        assert "cannot be read" in desk.change("dose.0.reps", "few")
        assert "empty" in desk.change("cues", " ")
        assert desk.undo() == ""
        assert "therapist" not in dict(known(desk.present).provenance)
        assert desk.redo() == ""
        assert dict(known(desk.present).provenance)["therapist"] == "Ask first."

    def test_the_person_hat_is_refused_with_the_reason(self, office) -> None:
        desk = ExerciseDesk(office)
        desk.copy("Bridge, ours")
        office.hat = "person"
        for said in (desk.copy("x"), desk.change("setup", "x"), desk.remove(), desk.undo()):
            assert "changed by the therapist" in said

    def test_search_finds_by_any_word_and_broken_copies_are_told(self, office) -> None:
        desk = ExerciseDesk(office)
        folder = office.exercise_store.folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "torn.yaml").write_text("schema: [")
        desk.reload()
        desk.asked = "knees activate"
        assert "Glute bridge" in [row.name for row in desk.rows]
        desk.asked = "torn"
        assert [bool(row.broken) for row in desk.rows] == [True]
        desk.asked = "nothing like it"
        assert desk.rows == ()


def test_the_whole_programme_has_fields_of_its_own(desk) -> None:
    desk.select_item(-1)
    assert desk.rename("For N") == ""
    assert "type one" in desk.change("name", "  ")
    assert desk.change("per_week", "2 to 3") == ""
    assert "Times a week" in desk.change("per_week", "3-2")
    assert desk.change("retention_reps", "0") == ""
    assert desk.step("retention_reps", 3) == ""
    assert (desk.present.name, desk.present.per_week) == ("For N", (2, 3))
    assert desk.present.retention_reps == 3

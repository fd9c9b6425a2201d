"""What a report says: results, doubts, what is not known, and what must stay out."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC

import pytest

from firingorder.findings import TrainingFinding
from firingorder.report.content.build import build_report
from firingorder.report.content.model import Mark, Number, ReportContent
from firingorder.report.content.records import Facts, Found, Material, Person, ReportOptions
from firingorder.report.content.trend import amount_of, change_since
from firingorder.report.wording import Target
from firingorder.session.reporting_facts import pains_noted
from firingorder.session.trends import LEAD, compare, trend_of
from tests.report.told import (
    FILE,
    LEADS,
    NAME,
    SERIAL,
    STARTED,
    THERAPIST,
    WHY,
    WORDS,
    material,
    point,
    repetition,
    repetitions,
    sets_of,
    texts,
)

FORBIDDEN = re.compile(
    r"\b(weak\w*|lazy|not firing|amnesia|dormant|inhibited|dysfunction\w*|abnormal\w*|normal"
    r"|normally|imbalance|wrong|diagnos\w+)\b",
    re.IGNORECASE,
)
#: Where the word stands to say that it is none.
ALLOWED = (
    "Not a diagnostic result.", "Training record. Not a diagnosis.", "Order does not diagnose.",
    "this page is not a diagnosis",
)  # fmt: skip
EVERYTHING = ReportOptions(patient=True, names=True, free_text=True, note="Next: 2 × 8.")


def with_reps(reps, **facts) -> Material:
    made = material(reps, **facts)
    found = replace(made.found, repetitions=tuple(reps), sets=sets_of(reps), automatic=tuple(reps))
    return replace(made, found=found)


def first(leads, **changed):
    return build_report(with_reps([repetition(k, v, **changed) for k, v in enumerate(leads, 1)]))


def all_text(content: ReportContent) -> str:
    return "\n".join(texts(content))


@pytest.mark.parametrize(
    ("leads", "said"),
    [
        (LEADS, "Glutes fired first in 6 of 9 reps"),
        ((-90.0, -80.0, -70.0, 40.0), "Back fired first in 3 of 4 reps"),
        ((1.0, 2.0, -3.0, 90.0), "Glutes and back began together in 3 of 4 reps"),
        ((None, None), "The order could not be told in 2 reps"),
        ((50.0, -50.0), "Glutes fired first in 1 of 2 reps"),
        ((50.0,), "Glutes fired first in 1 of 1 rep"),
        ((), "No repetition was found"),
    ],
)
def test_the_headline_counts_what_was_measured(leads, said: str) -> None:
    assert first(leads).pages[0].headline == said


def test_the_line_below_names_task_number_and_interval() -> None:
    page = first(LEADS).pages[0]
    assert page.line.startswith("Glute bridge, n = 9.")
    lead = page.numbers[1].value.removesuffix(" ms")
    assert re.search(rf"{re.escape(lead)} ms \(95 % interval [^ ]+ to [^ ]+;", page.line)
    assert page.line.endswith("6 glutes first, 1 together, 1 back first, 1 could not be told.")
    assert [one.label for one in page.numbers] == [
        "Glutes first", "Median lead", "Left / right", "Pelvic tilt in the rep",
    ]  # fmt: skip
    assert page.numbers[0].value == "67 %"


def test_nothing_has_a_colour_unless_the_therapist_set_a_target() -> None:
    def tones(value: object) -> set[str]:
        if isinstance(value, Mark | Number):
            return {value.tone}
        if isinstance(value, tuple):
            return {tone for one in value for tone in tones(one)}
        slots = getattr(value, "__slots__", ())
        return {tone for name in slots for tone in tones(getattr(value, name))}

    assert tones(build_report(material(), EVERYTHING)) <= {"neutral", "muted"}
    aimed = replace(EVERYTHING, target=Target())
    assert {"ok", "back", "close"} <= tones(build_report(material(), aimed))


def test_names_serials_files_and_typed_words_stay_out_unless_asked_for() -> None:
    private = (NAME, *NAME.split(), THERAPIST, SERIAL, FILE, FILE[:-5], "1984")
    typed = (WORDS, WHY)
    plain = all_text(build_report(material(), ReportOptions(patient=True)))
    assert [word for word in (*private, *typed) if word in plain] == []
    assert "P-0042" in plain
    told = build_report(material(), EVERYTHING)
    assert [word for word in (NAME, THERAPIST, SERIAL, FILE, WHY, "1984")
            if word not in all_text(told)] == []  # fmt: skip
    assert NAME not in told.document_title
    assert build_report(material(), ReportOptions(free_text=True)).note == WORDS


def every_kind() -> list[Material]:
    half = [repetition(k, 50.0, scored=False, reasons=("half_range",)) for k in (1, 2)]
    left = [
        replace(r, onsets={k: v for k, v in r.onsets.items() if k.endswith("left")},
                pelvis=None, sides="left", movement_onset_s=None)
        for r in repetitions()
    ]  # fmt: skip
    clam = [repetition(k, None, task="clam", side="left", set_index=2, reason="not_asked")
            for k in range(20, 24)]  # fmt: skip
    own = [repetition(k, 60.0, task="something_new") for k in (1, 2)]
    bare = Material(Found("0.1.0", "ab" * 32, "bridge", (), (), ()), Facts())
    return [
        material(), with_reps([]), with_reps(half), with_reps(left), bare, with_reps(own),
        with_reps([*repetitions(), *clam]), with_reps(repetitions(LEADS * 5)),
        with_reps(repetitions(), simulated=True), with_reps(repetitions(), recovered=True),
        with_reps(repetitions(), origin="imported", device={}, montage={}),
    ]  # fmt: skip


def test_no_report_of_any_kind_says_a_forbidden_word() -> None:
    assert FORBIDDEN.search("Her glutes are weak.")
    assert FORBIDDEN.search("A diagnosis of it.")
    for kind in every_kind():
        text = all_text(build_report(kind, EVERYTHING))
        for allowed in ALLOWED:
            text = text.replace(allowed, "")
        assert FORBIDDEN.findall(text) == []


def test_every_kind_says_its_limits() -> None:
    kinds = every_kind()
    empty, rejected, left, bare, foreign = (
        build_report(kinds[k], EVERYTHING) for k in (1, 2, 3, 4, 10)
    )
    assert empty.pages[0].raster is None
    assert "Nothing is said about the order" in " ".join(empty.pages[0].why_nothing)
    assert rejected.pages[0].headline == "None of the 2 reps counted"
    assert "movement smaller than usual" in all_text(rejected)
    assert rejected.pages[0].signals is not None
    assert left.pages[0].raster is not None
    assert left.pages[0].raster.sides == "left side only"
    assert left.pages[0].raster.zero == "first"
    assert "No pelvis sensor" in " ".join(left.banners)
    assert "No person named" in bare.who
    assert "not recorded" in all_text(bare)
    assert "Imported" in " ".join(foreign.banners)
    assert "No calibration: levels are % of own repetitions" in " ".join(foreign.banners)
    assert [build_report(kinds[k]).tag for k in (0, 8)] == ["", "SIMULATED, NO PERSON"]
    assert "Recovered" in " ".join(build_report(kinds[9]).banners)


def test_many_repetitions_are_summed_up_and_all_listed() -> None:
    content = build_report(with_reps(repetitions(LEADS * 5)))
    page = content.pages[0]
    assert page.raster is None
    assert page.chart is not None
    assert len(page.chart.points) == 45
    table = next(s for s in content.annex if s.title == "Every repetition").tables[0]
    assert [row[0] for row in table.rows] == [str(k) for k in range(1, 46)]


def test_each_exercise_has_a_page_and_only_its_own_order() -> None:
    content = build_report(every_kind()[6])
    assert [page.title for page in content.pages] == ["Glute bridge", "Clam, left"]
    assert content.pages[1].headline == "4 reps counted"
    assert content.pages[1].line.endswith("This exercise asks for no order.")
    assert content.also == ("Clam, left: 4 reps counted (page 2).",)
    marks = content.pages[1].raster
    assert marks is not None
    assert {row.mark.shape for row in marks.rows} == {"done"}


def test_corrections_keep_the_automatic_value_and_what_was_taken_back() -> None:
    made = material()
    before = replace(made.found.repetitions[3], verdict="unclear", reason="low_snr")
    automatic = (*made.found.repetitions[:3], before, *made.found.repetitions[4:])
    found = replace(made.found, automatic=automatic)
    content = build_report(replace(made, found=found), ReportOptions(free_text=True))
    section = next(s for s in content.annex if s.title == "Corrected by hand")
    rows = section.tables[0].rows
    assert rows[0] == ("9", "Glute max L begins", "–", "76.123",
                       "therapist, 2026-11-15 10:12 UTC", WHY, "yes")  # fmt: skip
    assert [row[6] for row in rows] == ["yes", "no", ""]
    assert section.points == ("Rep 4: back first after the correction, can't tell as found.",)
    assert "1 of 70 onsets set by hand" in content.method


def test_the_trend_tells_only_what_is_beyond_the_own_error() -> None:
    content = build_report(material())
    page = content.pages[0]
    share, lead = page.trends
    assert lead.band is not None
    assert share.dots[-1].current
    assert share.dots[-1].value == pytest.approx(600 / 9)  # the page's number, not the old one
    assert "S7 67 %" in share.alt
    assert lead.dots[-1].value == pytest.approx(106.75, abs=2)
    assert "last session +38 ms" in page.line
    assert "More than last time, beyond the own measuring error" in page.trend_note
    assert share.dots[-1].flags == ("p", "e")
    near = [point(k, 100.0 + 9 * (k % 2), 0.6) for k in range(1, 8)]
    same = build_report(replace(material(), trend=tuple(near))).pages[0].trend_note
    assert "within the own measuring error" in same
    two = build_report(replace(material(), trend=tuple(near[-2:]))).pages[0]
    assert len(two.trends) == 2
    alone = build_report(replace(material(), trend=tuple(near[-1:]))).pages[0]
    assert alone.trends == ()
    assert "nothing to compare it with yet" in alone.trend_note
    assert build_report(replace(material(), trend=())).pages[0].trend_note == ""


def test_the_report_and_the_page_trends_call_the_same_differences_a_change() -> None:
    """Days, pads, pain and simulated sessions as they come: one verdict for each pair."""
    seed = 11
    print("seed", seed)
    rng = random.Random(seed)
    seen: set[str] = set()
    for _ in range(60):
        at_s, points = 1.7e9, []
        for k in range(1, 8):
            at_s += 3600.0 * rng.choice((1, 40))
            lead_ms = rng.gauss(60.0 * (k > 4), 25.0)
            points.append(point(
                k, lead_ms, 0.5, start_utc_s=at_s, pain_before=rng.choice((1, 2, 2, 5)),
                pads_reapplied=rng.choice((True, False, None)), simulated=rng.random() < 0.1,
            ))  # fmt: skip
        found = compare(trend_of(points), LEAD, 5, 6).change
        told = change_since(points, points[5], amount_of(points[6]), 7, UTC)
        assert told.state == found.state
        assert told.band == found.band
        seen.add(told.state)
    assert seen == {"beyond", "within", "not_known", "not_interpretable"}


def test_the_block_of_the_standards_is_filled_or_says_what_is_missing() -> None:
    content = build_report(material(person=Person("P-0042")))
    block = next(s for s in content.annex if s.title == "How it was measured")
    assert [table.caption for table in block.tables] == [
        "Electrodes", "Amplifier", "Sampling", "Filters", "Onset", "Movement", "Normalisation",
        "Trials", "Statistics", "Software",
    ]  # fmt: skip
    items = {row[0]: row[1] for table in block.tables for row in table.rows}
    assert items["Firmware"] == "0.4.2"
    assert items["Resolution"] == "24 bit; 0.0477 µV per step"
    assert items["EMG: rate"] == "1000 Hz nominal, 999.97 Hz measured (\N{MINUS SIGN}30 ppm)"
    assert items["EMG: samples, losses"].startswith("79880 received, 120 lost (0.15 %)")
    assert "1 gap, the longest 120 ms" in items["EMG: samples, losses"]
    assert items["Group delay of the front end"] == "16.25 ms, removed"
    assert items["High-pass"] == "Butterworth, order 4, 30 Hz, causal"
    assert items["Hamstring site (ham_site)"] == "lateral"
    assert items["Distance between electrodes"] == "not recorded"
    assert items["Re-applied since the last session"] == "yes"
    assert items["Pain 0 to 10, before and after"] == "3 and 2"
    assert items["Recording (SHA-256)"] == "7f3a91c2" * 8
    assert f"{STARTED:%Y-%m-%d}" in content.document_title


def test_unknown_things_are_said() -> None:
    content = build_report(material())
    said = next(s for s in content.annex if s.title.startswith("What is not known"))
    text = " ".join(said.points)
    assert "No study of the order of onsets in the bridge was found" in text
    assert "Gluteus medius right could not be used: poor contact." in text
    assert "tested on simulation only" in text


def test_what_a_coach_noted_is_told_without_the_name_of_the_programme() -> None:
    notes = (
        TrainingFinding("session_started", {"programme": "almas_plan", "hat": "person"}, None),
        TrainingFinding("question_answered", {"key": "pain_before", "answer": "3"}, None),
        TrainingFinding(
            "set_ended",
            {"exercise": "bridge", "side": "both", "mode": "sequence", "done": 9, "asked": 10,
             "tries": 11, "pain": 4, "stamp": ""},
            70.0,
        ),
        TrainingFinding("pain", {"when": "set", "pain": 4, "exercise": "bridge"}, 72.0),
        TrainingFinding("pain", {"when": "after", "pain": 2, "exercise": ""}, 90.0),
    )  # fmt: skip
    assert pains_noted(notes) == (3, 2)
    assert pains_noted(()) == (None, None)
    made = material()
    made = replace(made, found=replace(made.found, training=notes))
    block = next(s for s in build_report(made).annex if s.title == "How it was measured")
    rows = next(t for t in block.tables if t.caption == "Trials").rows
    trials = {row[0]: row[1] for row in rows}
    assert trials["Programme"] == "of the therapist's own"
    assert trials["Set 1"] == "Glute bridge, both, mode sequence, 9 of 10 done, 11 tries, pain 4"
    assert trials["Pain 0 to 10, before and after"] == (
        "3 and 2; all answers in their order: 3, 4, 2"
    )
    told = build_report(made, ReportOptions(names=True))
    assert "almas_plan" in all_text(told)


def test_a_lead_that_the_therapist_set_is_held_in_every_part_of_the_report() -> None:
    """The programme of the recording says it; what is typed for this report goes before it."""
    made = replace(material(), targets={"bridge": Target(lead_ms=40.0)})
    told = build_report(made, EVERYTHING)
    (number,) = [one for one in told.pages[0].numbers if one.label == "Lead at least +40 ms"]
    scored = [rep for rep in made.found.repetitions if rep.scored and rep.task == "bridge"]
    met = [rep for rep in scored if rep.low_ms is not None and rep.low_ms >= 40.0]
    assert number.value == f"{len(met)} of {len(scored)}"
    assert 0 < len(met) < len(scored)
    without = [rep for rep in scored if rep.low_ms is None]
    assert without  # "too close to call" was said of a repetition in which no start was found
    assert number.note.endswith(f", could not be told {len(without)}")
    assert all_text(told).count("target at least +40 ms: could not be told") == len(without)
    raster = told.pages[0].raster
    assert raster is not None
    green = [row.index for row in raster.rows if row.mark.tone == "ok"]
    assert green == [rep.index for rep in met]
    text = all_text(told)
    assert text.count("target at least +40 ms: reached") == len(met)
    assert "target at least +40 ms: not reached" in text
    typed = replace(EVERYTHING, target=Target(lead_ms=-1000.0))
    assert "1000 ms: not reached" not in all_text(build_report(made, typed))


def test_the_trust_in_gluteus_medius_is_told_once() -> None:
    """The annex printed the sentence twice, in two wordings."""
    text = all_text(build_report(material(), EVERYTHING))
    assert text.count("The start of gluteus medius has low trust") == 1
    assert "The start of gluteus medius decides nothing about the order." in text

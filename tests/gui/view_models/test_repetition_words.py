"""One repetition in words: what is said, what is withheld, and why."""

from dataclasses import replace
from typing import get_args

import pytest

from firingorder.findings import (
    OnsetEstimate,
    PairFinding,
    RepetitionFinding,
    RepetitionVerdict,
    SequenceFinding,
    SequenceGroup,
    UnclearReason,
    VerdictFinding,
)
from firingorder.gui.view_models.repetition import (
    cause,
    desk_sentence,
    floor_sentence,
    headline,
    interval_words,
    ladder_of,
    rep_view,
    sides_words,
    spoken,
    withdrawn_words,
)

FOUR = ("gluteus_maximus_left", "gluteus_maximus_right",
        "erector_spinae_left", "erector_spinae_right")  # fmt: skip
MINUS = "\N{MINUS SIGN}"


def finding(verdict: RepetitionVerdict = "glutes_first", **changes) -> VerdictFinding:
    onsets: dict[str, OnsetEstimate | None] = {c: OnsetEstimate(5.0, 4.99, 5.01) for c in FOUR}
    lead = {"glutes_first": 105.0, "back_first": -98.0, "together": 4.0}.get(verdict)
    made = VerdictFinding(
        index=7,
        onsets=onsets,
        pairs=(),
        verdict=verdict,
        reason=None if lead is not None else "interval_too_wide",
        sides="both",
        lead_ms=lead,
        low_ms=None if lead is None else lead - 24.0,
        high_ms=None if lead is None else lead + 24.0,
        decided_at_s=5.4,
    )
    return replace(made, **changes)


def later(first: RepetitionVerdict, second: RepetitionVerdict):
    """The view of a second verdict, where the first was told live."""
    live = finding(first, lead_ms=None, low_ms=None, high_ms=None, stage="live", reason=None)
    known = rep_view(live, number=7, set_index=1)
    return rep_view(finding(second), number=7, set_index=1, known=known)


def view(verdict: RepetitionVerdict = "glutes_first", poor=(), **changes):
    return rep_view(finding(verdict, **changes), number=7, set_index=1, poor=poor)


def test_glutes_first_on_desk_floor_and_to_the_ear() -> None:
    rep = view()
    assert headline(rep) == "Glutes first"
    assert desk_sentence(rep) == "Glutes 105 ms before the back  ±24"
    assert floor_sentence(rep) == "105 ms ahead of the back"
    assert spoken(rep) == "Rep 7, glutes first by 105 ms"
    assert interval_words(rep) == "95 %: +81 to +129 ms"


def test_back_first_gives_its_lead_without_a_sign() -> None:
    rep = view("back_first")
    assert desk_sentence(rep) == "Back 98 ms before the glutes  ±24"
    assert floor_sentence(rep) == "98 ms ahead of the glutes"
    assert spoken(rep) == "Rep 7, back first by 98 ms"
    assert interval_words(rep) == f"95 %: {MINUS}122 to {MINUS}74 ms"


def test_together_says_how_far_apart() -> None:
    rep = view("together")
    assert headline(rep) == "Together"
    assert floor_sentence(rep) == "Glutes and back 4 ms apart"
    assert spoken(rep) == "Rep 7, together"


@pytest.mark.parametrize("reason", get_args(UnclearReason))
def test_unclear_withholds_every_number_and_gives_its_cause(reason: UnclearReason) -> None:
    rep = view("unclear", reason=reason, lead_ms=40.0, low_ms=-20.0, high_ms=90.0)
    for said in (desk_sentence(rep), floor_sentence(rep), spoken(rep)):
        assert "40" not in said
        assert "±" not in said
        assert " ms" not in said
    assert interval_words(rep) == ""
    assert spoken(rep).startswith("Rep 7, can't tell: ")
    assert cause(rep)


def test_no_words_are_those_of_a_judge() -> None:
    banned = ("normal", "abnormal", "weak", "delayed", "wrong", "correct", "good")
    for verdict in get_args(RepetitionVerdict):
        rep = view(verdict)
        said = " ".join((headline(rep), desk_sentence(rep), floor_sentence(rep), spoken(rep)))
        assert not any(word in said.lower().split() for word in banned)


def test_one_side_alone_is_said() -> None:
    rep = view(sides="left")
    assert floor_sentence(rep) == "105 ms ahead of the back  ·  left only"
    assert spoken(rep) == "Rep 7, glutes first by 105 ms, left side only"


def test_a_missing_lead_is_not_invented() -> None:
    rep = view(lead_ms=None, low_ms=None, high_ms=None)
    assert floor_sentence(rep) == ""
    assert spoken(rep) == "Rep 7, glutes first"


def test_poor_contact_names_the_pad_that_is_loose() -> None:
    rep = view("unclear", reason="poor_contact", poor=("erector_spinae_left", "hamstring_left"))
    assert cause(rep) == "left back contact poor"


def test_a_silent_channel_is_named() -> None:
    onsets = dict(finding().onsets) | {"erector_spinae_right": None}
    rep = view("unclear", reason="no_onset", onsets=onsets)
    assert cause(rep) == "no clear start in right back"


def test_a_channel_whose_every_pair_failed_is_named() -> None:
    def pair(a: str, b: str, reason) -> PairFinding:
        return PairFinding(a, b, 10.0, -5.0, 25.0, 0.8, "unclear" if reason else "a_first", reason)

    pairs = (
        pair("gluteus_maximus_left", "erector_spinae_left", "low_snr"),
        pair("gluteus_maximus_right", "erector_spinae_right", None),
        pair("gluteus_maximus_left", "gluteus_maximus_right", None),
        pair("hamstring_left", "erector_spinae_left", "low_snr"),
    )
    rep = view("unclear", reason="low_snr", pairs=pairs)
    assert cause(rep) == "signal of left back too close to the noise"


def test_where_the_culprit_is_not_known_none_is_named() -> None:
    assert cause(view("unclear", reason="low_snr")) == (
        "signal of one of the muscles too close to the noise"
    )


def test_sides_that_differ_are_both_shown() -> None:
    pairs = (
        PairFinding(
            "gluteus_maximus_left", "erector_spinae_left", 80.0, 60, 99, 1, "a_first", None
        ),
        PairFinding(
            "gluteus_maximus_right", "erector_spinae_right", -75.0, -95, -55, 0, "b_first", None
        ),
    )
    rep = view("unclear", reason="sides_differ", pairs=pairs)
    assert sides_words(rep) == f"Left glutes first (+80 ms)  ·  right back first ({MINUS}75 ms)"
    assert sides_words(view(pairs=pairs)) == ""


def test_the_final_finding_adds_what_only_the_end_tells() -> None:
    early = finding()
    final = RepetitionFinding(
        7, 2, 4.8, 5.05, 6.1, 8.0, False, ("half_range",), early.onsets, (),
        "glutes_first", None, "both", 105.0, 81.0, 129.0, None, (), (), 8.2,
    )  # fmt: skip
    rep = rep_view(final, number=3, set_index=2)
    assert (rep.number, rep.set_index, rep.end_s, rep.scored) == (3, 2, 8.0, False)
    assert spoken(rep).endswith("not scored: movement smaller than usual")
    assert view().scored is None


def test_the_ladder_of_a_whole_repetition_ranks_by_its_sequence() -> None:
    pooled = SequenceFinding(
        "pooled",
        (SequenceGroup(("erector_spinae", "gluteus_maximus"), "together"),),
        1.0, (), (), {},
    )  # fmt: skip
    early = finding()
    final = RepetitionFinding(
        7, 2, 4.8, 5.05, 6.1, 8.0, True, (), early.onsets, (), "together", None, "both", 3.0, -9.0,
        15.0, None, (), (), 8.2, sequence=(pooled,),
    )  # fmt: skip
    rows = ladder_of(rep_view(final, number=3, set_index=2)).rows
    badges = {row.muscle: row.badge for row in rows}
    assert badges["gluteus_maximus"] == badges["erector_spinae"] == "="


def test_a_live_order_says_what_is_known_of_its_lead() -> None:
    silent = {"lead_ms": None, "high_ms": None, "stage": "live"}
    rep = view("glutes_first", low_ms=55.2, **silent)
    assert desk_sentence(rep) == "Glutes at least 55 ms before the back"
    assert floor_sentence(rep) == "At least 55 ms ahead of the back"
    rep = view("back_first", lead_ms=None, low_ms=None, high_ms=-61.0, stage="live")
    assert desk_sentence(rep) == "Back at least 61 ms before the glutes"
    rep = view("back_first", low_ms=None, **silent)
    assert desk_sentence(rep) == "Back before the glutes"
    assert floor_sentence(rep) == "Ahead of the glutes"
    assert interval_words(rep) == ""


@pytest.mark.parametrize("second", ["back_first", "unclear", "together"])
def test_an_answer_that_no_longer_holds_is_withdrawn_in_words(second: RepetitionVerdict) -> None:
    rep = later("glutes_first", second)
    assert rep.withdrawn
    assert withdrawn_words(rep) == "First answer withdrawn"
    assert spoken(rep).endswith("First answer withdrawn")


def test_nothing_is_withdrawn_where_the_answer_stands_or_none_was_given() -> None:
    assert withdrawn_words(later("glutes_first", "glutes_first")) == ""
    assert withdrawn_words(later("unclear", "glutes_first")) == ""
    assert withdrawn_words(view()) == ""

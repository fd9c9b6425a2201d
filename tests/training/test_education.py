"""Debates and pages: both sides are there, with sources, and no word judges a person."""

from __future__ import annotations

import re
from copy import deepcopy
from importlib.resources import files

import pytest
import yaml

from firingorder.errors import FileFormatError
from firingorder.training.education import load_debates, load_page
from firingorder.training.education.pages import parse_debates, parse_page

FOLDER = files("firingorder.training.education")
NEVER = re.compile(
    r"\b(weak|lazy|not firing|amnesia|dormant|inhibited|dysfunction|abnormal|normal|diagnosis|"
    r"imbalance)\b", re.IGNORECASE,
)  # fmt: skip


def data(name: str):
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def test_every_debate_has_two_sides_and_says_who_says_so() -> None:
    debates = load_debates()
    assert len(debates) == 11
    for debate in debates:
        for view in (debate.one, debate.other):
            assert view.said
            for said in view.said:
                assert said.sources or said.evidence in ("GK", "P"), debate.id
                if said.evidence == "A":  # opinions are of the articles, and of nobody else
                    assert all(re.fullmatch(r"00\d_[0-9a-f]{16}\.txt", s) for s in said.sources)
                else:
                    assert not any(s.endswith(".txt") for s in said.sources)


def test_sides_have_like_room() -> None:
    """Neither side is a line against a page."""
    for debate in load_debates():
        long = [sum(len(dict(s.text)["en"]) for s in v.said) for v in (debate.one, debate.other)]
        assert max(long) < 4.0 * min(long), debate.id


@pytest.mark.parametrize("name", ["debates.yaml", "not_known.yaml", "how_sure.yaml"])
def test_no_word_judges_a_person(name) -> None:
    assert NEVER.findall((FOLDER / name).read_text(encoding="utf-8")) == []
    assert NEVER.findall("a weak glute")


def test_what_must_be_printed_is_printed() -> None:
    text = " ".join(
        dict(said.text)["en"] for part in load_page("not_known").sections for said in part.said
    )
    for words in ("begins a bridge", "MDC", "small groups", "gluteus medius has low trust",
                  "does not see the lumbar spine", "Order does not diagnose",
                  "make bench-accuracy"):  # fmt: skip
        assert words in text
    sure = " ".join(dict(part.title)["en"] for part in load_page("how_sure").sections)
    assert "Together is not the same as can't tell" in sure


def test_damage_is_named() -> None:
    whole = data("debates.yaml")
    cases = {
        "schema is": lambda d: d.update(schema="firingorder.debates/2"),
        "unknown field": lambda d: d["debates"][0].update(winner="one"),
        "sources is empty": lambda d: d["debates"][0]["one"]["said"][0].update(sources=[]),
        "said is empty": lambda d: d["debates"][0]["other"].update(said=[]),
        "twice": lambda d: d["debates"].append(d["debates"][0]),
        "no English": lambda d: d["debates"][0].update(product={"de": "Nichts"}),
    }
    for words, damage in cases.items():
        broken = deepcopy(whole)
        damage(broken)
        with pytest.raises(FileFormatError, match=words):
            parse_debates(broken, "debates.yaml")
    with pytest.raises(FileFormatError, match="page of text"):
        parse_page([], "not_known.yaml")

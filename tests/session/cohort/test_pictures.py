"""The pictures tell what the table tells, name nobody, and need nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from firingorder.report.theme import LIGHT
from firingorder.session.cohort import svg
from firingorder.session.cohort.pictures import write_pictures
from firingorder.session.cohort.plots import forest, shares
from tests.session.cohort.many import NAME, PERSON

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.session.cohort.cohort import Cohort
    from firingorder.session.cohort.rows import Row

SVG = "{http://www.w3.org/2000/svg}"


def words(text: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(text).iter(f"{SVG}text")]


def test_every_recording_is_in_its_row_with_its_number_and_interval(alone: Cohort) -> None:
    rows = [line.row(file_names=False) for line in alone.lines]
    told = words(forest(rows))
    for row in rows:
        assert row["error"] or any(row["recording"] in word for word in told)
    leads = [word for word in told if "n = " in word]
    values = [float(word.split(" ms")[0].replace("\N{MINUS SIGN}", "-")) for word in leads]
    assert values == sorted(values, reverse=True)
    assert len(values) == sum(row["lead_ms"] is not None for row in rows)
    counts = sum(int(word) for word in words(shares(rows)) if word.isdecimal())
    assert counts == sum(row["scored"] or 0 for row in rows)


def test_the_dot_stands_where_the_axis_says(alone: Cohort) -> None:
    rows = [line.row(file_names=False) for line in alone.lines]
    tree = ElementTree.fromstring(forest(rows))
    axis = {
        float((one.text or "").replace("\N{MINUS SIGN}", "-")): float(one.get("x", "nan"))
        for one in tree.iter(f"{SVG}text")
        if re.fullmatch(r"[+\N{MINUS SIGN}]?\d+", one.text or "")
    }
    (zero, at_zero), (other, at_other) = (0.0, axis[0.0]), max(axis.items())
    per_ms = (at_other - at_zero) / (other - zero)
    dots = [(float(one.get("cx", "nan")) - at_zero) / per_ms for one in tree.iter(f"{SVG}circle")]
    leads = sorted((row["lead_ms"] for row in rows if row["lead_ms"] is not None), reverse=True)
    assert dots == pytest.approx(leads, abs=0.5)


def test_the_page_is_whole_by_itself_and_names_nobody(tmp_path: Path, alone: Cohort) -> None:
    page = write_pictures(tmp_path / "p", alone)
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") == 3
    assert re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?!#)", text) == []
    assert PERSON in text
    assert NAME not in text
    for name in ("leads", "verdicts", "quality"):
        ElementTree.parse(page.parent / f"{name}.svg")
    assert {one.stat().st_mode & 0o777 for one in page.parent.iterdir()} == {0o600}
    assert NAME in write_pictures(tmp_path / "n", alone, file_names=True).read_text(
        encoding="utf-8"
    )
    assert "not a diagnosis" in text


def test_a_thousand_recordings_and_none_are_drawn(alone: Cohort) -> None:
    row: Row = next(line.row(file_names=False) for line in alone.lines if not line.error)
    many = forest([row] * 1000)
    assert len(words(many)) < 40
    assert len(many) < 1_000_000
    assert words(forest([])) == words(shares([])) == []


def test_words_of_others_stay_words(tmp_path: Path, alone: Cohort) -> None:
    row = dict(next(line.row(file_names=False) for line in alone.lines if not line.error))
    row["person"] = '<script>"&'
    for picture in (forest([row]), shares([row])):
        assert any('<script>"&' in word for word in words(picture))
    del tmp_path


def test_colours_are_those_of_the_product() -> None:
    known = {
        svg.TEXT: LIGHT.text, svg.TEXT2: LIGHT.text2, svg.TEXT3: LIGHT.text3, svg.LINE: LIGHT.line,
        svg.STRONG_LINE: LIGHT.strong_line, svg.SURFACE: LIGHT.surface,
        svg.SURFACE2: LIGHT.surface2, svg.ACCENT: LIGHT.accent, svg.PELVIS: LIGHT.pelvis,
    }  # fmt: skip
    assert [name for name, colour in known.items() if colour.name().upper() != name] == []

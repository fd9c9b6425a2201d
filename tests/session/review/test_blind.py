"""Blind marking: nothing is given away, planted raters are found again, files come back whole."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.errors import FileFormatError, UsageError
from firingorder.session.review.agreement import Timed, between_raters, to_automatic, within_rater
from firingorder.session.review.blind import APART, HIDDEN, BlindSeries
from firingorder.session.review.labels import compare, mark_set, read_marks, write_marks
from firingorder.session.review.raters import keep_rater, keep_series, rater_sd_s, resume_series
from tests.session.review.conftest import CHANNELS, Clinic
from tests.shipped_schemas import schema_faults

if TYPE_CHECKING:
    from pathlib import Path

SEED = 41


def planted(
    n: int, bias_ms: float, sd_ms: float, rng: np.random.Generator, *, missed: int = 0
) -> list[Timed]:
    """Marks of ``n`` signals, four to a repetition, about onsets at whole seconds."""
    return [
        Timed(
            f"s{k}",
            f"r{k // 4}",
            None if k < missed else k + 1e-3 * float(rng.normal(bias_ms, sd_ms)),
        )
        for k in range(n)
    ]


def by_item(marks: list[Timed]) -> dict[str, Timed]:
    return {one.item: one for one in marks}


def test_planted_raters_are_found_again() -> None:
    """Bias, SD and coverage lie within their intervals; who marks at random does not agree."""
    rng = np.random.default_rng(SEED)
    print(f"seed {SEED}")
    first, second = planted(200, 0.0, 12.0, rng), planted(200, 0.0, 12.0, rng)
    within = within_rater(first, by_item(second))
    assert within.sd_ms is not None
    assert within.sd_ms.low is not None
    assert within.sd_ms.high is not None
    assert within.sd_ms.low < 12.0 < within.sd_ms.high < 15.0
    assert within.sd_ms.value == pytest.approx(12.0, abs=1.5)
    other = planted(200, 20.0, 5.0, rng, missed=7)
    found = between_raters(first, by_item(other))
    assert found.bias_ms is not None
    assert found.sd_ms is not None
    assert found.bias_ms.low is not None
    assert found.bias_ms.high is not None
    assert found.bias_ms.low < 20.0 < found.bias_ms.high
    assert found.sd_ms.value == pytest.approx(13.0, abs=1.5)
    assert found.limits_ms == pytest.approx((20.0 - 25.5, 20.0 + 25.5), abs=4.0)
    assert (found.n, found.only_first, found.only_second) == (193, 7, 0)
    turned = between_raters(other, by_item(first))
    assert turned.bias_ms is not None
    assert turned.bias_ms.value == pytest.approx(-found.bias_ms.value)
    half = 1e-3 * 1.96 * 12.0
    auto = {f"s{k}": (float(k), k - half, k + half) for k in range(200)}
    held = to_automatic(first, auto).coverage
    assert held is not None
    assert held.low is not None
    assert held.high is not None
    assert held.low <= 0.95 <= held.high
    narrow = to_automatic(
        first, {k: (a, a - half / 3, a + half / 3) for k, (a, _, _) in auto.items()}
    )
    assert narrow.coverage is not None
    assert narrow.coverage.value < 0.7
    assert within_rater(first, by_item(second)) == within


def test_intervals_of_the_bootstrap_hold_what_they_say() -> None:
    """Of 60 series with planted bias, 95 % intervals hold it in most; seed 42."""
    rng = np.random.default_rng(42)
    held = 0
    for _ in range(60):
        found = between_raters(planted(48, 0.0, 10.0, rng), by_item(planted(48, 15.0, 10.0, rng)))
        bias = found.bias_ms
        assert bias is not None
        assert bias.low is not None
        assert bias.high is not None
        held += bias.low <= 15.0 <= bias.high
    assert held >= 50


def test_a_series_gives_nothing_away(clinic: Clinic) -> None:
    review = clinic.review()
    series = BlindSeries.begin(review, "r1", seed=3)
    again = BlindSeries.begin(review, "r1", seed=3)
    assert again.items == series.items
    assert BlindSeries.begin(review, "r1", seed=4).items != series.items
    first = [one for one in series.items if one.repeat_of is None]
    repeats = [one for one in series.items if one.repeat_of is not None]
    scored = [one.index for one in review.analysis.repetitions if one.scored]
    assert {(one.repetition, one.channel) for one in first} == {
        (k, name) for k in scored for name in CHANNELS
    }
    assert len(repeats) == int(np.ceil(0.1 * len(first)))
    least = min(APART, len(first) // 3)
    for one in repeats:
        assert one.repeat_of is not None
        shown = series.items[one.repeat_of]
        assert (shown.key, shown.repeat_of) == (one.key, None)
        assert one.place - one.repeat_of >= least
        assert one.window_s != shown.window_s
    columns = series.signals(0, "filtered", 5000)
    assert columns.channels == (HIDDEN,)
    assert columns.low.shape[1] == 1
    assert columns.t_s[0] == pytest.approx(0.0, abs=0.002)
    raw = review.signals(*series.items[0].window_s, "filtered", 5000)
    k = raw.channels.index(series.items[0].channel)
    assert np.array_equal(columns.low[:, 0], raw.low[:, k], equal_nan=True)
    with pytest.raises(UsageError, match="nothing to mark"):
        BlindSeries.begin(review, "r1", channels=["nothing"])
    with pytest.raises(UsageError, match="outside"):
        series.mark(0, 99.0)


def marked(clinic: Clinic, rater: str, seed: int, bias_s: float) -> BlindSeries:
    """A rater who sees the automatic onset, late by a bias."""
    series = BlindSeries.begin(clinic.review(), rater, seed=seed)
    auto = series.automatic()
    for item in series.items:
        onset = auto[item.key]
        at_s = None if onset is None else onset[0] + bias_s - item.window_s[0]
        series.mark(item.place, at_s if at_s is not None and 0 < at_s < 3.0 else None)
    return series


def test_marks_come_back_and_two_raters_are_compared(clinic: Clinic, tmp_path: Path) -> None:
    one, other = marked(clinic, "r1", 3, 0.005), marked(clinic, "r2", 9, 0.025)
    report = one.report()
    assert report.within.sd_ms is not None
    assert report.within.sd_ms.value == pytest.approx(0.0, abs=1e-6)
    assert report.automatic.between.bias_ms is not None
    assert report.automatic.between.bias_ms.value == pytest.approx(5.0, abs=1e-6)
    sets = [mark_set(series, "ab" * 32) for series in (one, other)]
    whole, table = write_marks(sets[0], tmp_path / "r1")
    read = read_marks(whole)
    assert {k: v and round(v, 6) for k, v in sets[0].onsets_s.items()} == read.onsets_s
    assert [item.key for item in read.items] == [item.key for item in one.items]
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(one.items)
    assert {row["rater"] for row in rows} == {"r1"}
    told = json.loads(whole.read_text())
    assert told["statistics"]["bootstrap_seed"] == 20
    assert schema_faults("marks-1", told) == []
    told["marks"][0] |= {"answer": "onset", "onset_s": None}
    assert schema_faults("marks-1", told) != []
    found = compare(read, sets[1])
    assert found.bias_ms is not None
    assert found.bias_ms.value == pytest.approx(20.0, abs=0.01)
    with pytest.raises(UsageError, match="different recordings"):
        compare(read, replace(sets[1], recording_sha256="cd" * 32))
    far = tuple(replace(i, window_s=(i.window_s[0] + 9, i.window_s[1] + 9)) for i in read.items)
    with pytest.raises(UsageError, match="no signal both"):
        compare(replace(read, items=far), sets[1])
    for text in ("", "[]", '{"schema": "firingorder.marks/9"}', whole.read_text()[:500]):
        bad = tmp_path / "bad.json"
        bad.write_text(text)
        with pytest.raises(FileFormatError, match=r"bad\.json"):
            read_marks(bad)


def test_a_series_is_gone_on_with_and_widens_later_marks(clinic: Clinic, tmp_path: Path) -> None:
    series = marked(clinic, "Anna", 3, 0.0)
    series.marks.pop(5)
    keep_series(series, tmp_path, "ab" * 32)
    again = resume_series(clinic.review(), tmp_path, "Anna", 3)
    assert again is not None
    assert again.next_place == 5
    assert resume_series(clinic.review(), tmp_path, "Ben", 3) is None
    rng = np.random.default_rng(SEED)
    within = within_rater(planted(40, 0.0, 40.0, rng), by_item(planted(40, 0.0, 40.0, rng)))
    few = within_rater(planted(3, 0.0, 40.0, rng), by_item(planted(3, 0.0, 40.0, rng)))
    assert not keep_rater(clinic.folder, "Anna", few)
    assert keep_rater(clinic.folder, "Anna", within)
    kept = json.loads((clinic.folder / "raters.json").read_text())
    assert schema_faults("raters-1", kept) == []
    assert schema_faults("raters-1", {**kept, "raters": {"Anna": {"value": None}}}) != []
    assert rater_sd_s(clinic.folder, "Anna") == pytest.approx(0.040, abs=0.012)
    assert rater_sd_s(clinic.folder, "Ben") == 0.0
    wide, usual = clinic.review("Anna"), clinic.review("Ben")
    onset = usual.automatic(1).onsets[CHANNELS[0]]
    assert onset is not None
    spans = [
        one.preview(1, CHANNELS[0], onset.onset_s).onsets[CHANNELS[0]] for one in (wide, usual)
    ]
    (clinic.folder / "raters.json").unlink()
    assert spans[1] == onset
    assert spans[0] is not None
    assert spans[0].high_s - spans[0].low_s > 2 * 1.96 * 0.028

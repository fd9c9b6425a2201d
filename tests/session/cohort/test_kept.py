"""What is kept is found again by its key, and by nothing else; two runs do not mix."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow import parquet

from firingorder.errors import FiringOrderError
from firingorder.session.cohort.cohort import Cohort, run_cohort
from firingorder.session.cohort.kept import held_folder, targets
from firingorder.session.cohort.rows import rows_of
from firingorder.session.cohort.runners import InProcess
from firingorder.session.cohort.tables import check_table, is_table, write_tables
from firingorder.session.files import FileOptions, analyse_path
from firingorder.signal.settings import Settings
from tests.session.cohort.many import BROKEN, NAME, PERSON, write_csv
from tests.shipped_schemas import schema_faults

#: One repetition: what is kept and what is done again is the same for more.
SHORT_S = 9.0


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fresh(cohort: Cohort) -> list[str]:
    """Return the names of the files that were analysed in this run."""
    return [line.path.name for line in cohort.lines if not line.before]


def test_only_what_changed_is_done_again(tmp_path: Path, recordings: list[Path]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    mine = [folder / "a.csv", folder / "b.csv"]
    for seed, path in enumerate(mine, start=1):
        write_csv(path, seed, SHORT_S)
    mine += [Path(shutil.copy(path, folder)) for path in recordings if path.name == BROKEN]
    out = tmp_path / "out"

    def run(options: FileOptions | None = None, *, again: bool = False) -> Cohort:
        asked = options or FileOptions()
        return run_cohort(mine, asked, InProcess(), out=out, again=again)

    first = run()
    assert fresh(first) == ["a.csv", "b.csv", BROKEN]
    told = json.loads((out / "a.analysis.json").read_text("utf-8"))["cohort"]
    assert schema_faults("cohort-1", told) == []
    assert schema_faults("cohort-1", {**told, "key": {}}) != []
    second = run()
    assert fresh(second) == [BROKEN]
    assert [line.block for line in second.lines] == [line.block for line in first.lines]

    write_csv(folder / "a.csv", 8, SHORT_S)
    assert fresh(run()) == ["a.csv", BROKEN]
    (out / "b.analysis.json").write_bytes((out / "b.analysis.json").read_bytes()[:-9])
    assert fresh(run()) == ["b.csv", BROKEN]
    settings = replace(Settings(), sets=replace(Settings().sets, level=0.9))
    for other in (FileOptions(settings=settings), FileOptions(side="left", task="bridge")):
        assert len(fresh(run(other))) == 3
        assert fresh(run(other)) == [BROKEN]
    assert len(fresh(run(again=True))) == 3
    assert sorted(path.name for path in out.iterdir()) == ["a.analysis.json", "b.analysis.json"]


def test_a_second_run_into_the_folder_is_refused(tmp_path: Path, recordings: list[Path]) -> None:
    with (
        held_folder(tmp_path),
        pytest.raises(FiringOrderError, match="Another run is writing to"),
    ):
        run_cohort(recordings, FileOptions(), InProcess(), out=tmp_path)
    with held_folder(tmp_path):
        pass


def test_files_of_one_name_keep_their_places(tmp_path: Path) -> None:
    one, two = tmp_path / "x" / "a.csv", tmp_path / "y" / "a.csv"
    assert len({*targets(tmp_path, [one, two, tmp_path / "y" / "a.edf"])}) == 3
    assert targets(tmp_path, [one, two]) == targets(tmp_path, [two, one])[::-1]


def test_the_tables_say_what_the_results_say(
    tmp_path: Path, recordings: list[Path], alone: Cohort
) -> None:
    paths = write_tables(tmp_path / "t.csv", alone)
    read = [read_csv(path) for path in paths]
    rows, sets, repetitions = read
    assert len(rows) == len(recordings)
    for path, row in zip(recordings, rows, strict=True):
        if path.name == BROKEN:
            assert "the file" in row["error"]
            assert row["lead_ms"] == ""
            continue
        found = analyse_path(path)
        (one,) = found.sets
        assert float(row["lead_ms"]) == pytest.approx(one.lead_ms, abs=0.005)
        assert int(row["leads"]) == one.leads
        assert int(row["scored"]) == one.scored
        counts = [int(row[name]) for name in ("glutes_first", "together", "back_first", "unclear")]
        assert sum(counts) == one.scored
        mine = [rep for rep in repetitions if rep["recording"] == row["recording"]]
        assert [rep["verdict"] for rep in mine] == [rep.verdict for rep in found.repetitions]
        assert [one["lead_ms"] for one in sets if one["recording"] == row["recording"]] == [
            row["lead_ms"]
        ]
    assert [row["person"] for row in rows if row["person"]] == [PERSON]
    everything = "".join(path.read_text(encoding="utf-8") for path in paths)
    assert NAME not in everything
    assert ".csv" not in everything
    named = write_tables(tmp_path / "named.csv", alone, file_names=True)[0]
    assert NAME in named.read_text(encoding="utf-8")
    assert is_table(paths[1])
    assert is_table(named)
    assert not any(is_table(path) for path in recordings)
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


def test_parquet_holds_what_csv_holds(tmp_path: Path, alone: Cohort) -> None:
    for plain, packed in zip(
        write_tables(tmp_path / "t.csv", alone),
        write_tables(tmp_path / "t.parquet", alone),
        strict=True,
    ):
        rows = parquet.read_table(packed).to_pylist()
        texts = read_csv(plain)
        assert len(rows) == len(texts)
        for row, text in zip(rows, texts, strict=True):
            assert list(row) == list(text)
            for name, value in row.items():
                if isinstance(value, bool):
                    assert text[name] == json.dumps(value)
                elif isinstance(value, float):
                    assert float(text[name]) == value
                else:
                    assert text[name] == ("" if value is None else str(value))
    for wrong in (tmp_path / "t.xlsx", tmp_path / "no" / "t.csv"):
        with pytest.raises(FiringOrderError, match="--table"):
            check_table(wrong)


def test_sets_of_one_exercise_are_pooled_and_several_exercises_are_not(alone: Cohort) -> None:
    path = next(line.path for line in alone.lines if line.path.stem == "d")
    found = analyse_path(path)
    params = Settings().sets
    (only,) = found.sets
    half = replace(only, scored=1)
    pooled = rows_of(replace(found, sets=(half, half)), "f", "r", "", params)["row"]
    single = rows_of(found, "f", "r", "", params)["row"]
    for name in ("lead_ms", "low_ms", "high_ms", "spread_ms", "share", "leads"):
        assert pooled[name] == single[name]
    other = replace(found.repetitions[0], task="hip_hinge")
    mixed = replace(found, repetitions=(other, *found.repetitions[1:]))
    row = rows_of(mixed, "f", "r", "", params)["row"]
    assert row["task"] == "hip_hinge; bridge"
    assert row["lead_ms"] is None
    assert row["scored"] == single["scored"]

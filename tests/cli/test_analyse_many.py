"""``analyse`` of many files at the command line: stopped and gone on with, and wrong use."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.cli import main
from firingorder.session.cohort.kept import held_folder
from tests.programs import Program
from tests.session.cohort.many import write_csv

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 60.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five recordings, and one that is refused at once, the third in the order of sizes."""
    found = tmp_path / "in"
    found.mkdir()
    for k, seconds in enumerate((26.0, 25.0, 20.0, 19.0, 18.0)):
        write_csv(found / f"{k}.csv", seed=k + 1, seconds=seconds)
    size = ((found / "1.csv").stat().st_size + (found / "2.csv").stat().st_size) // 2
    (found / "refused.csv").write_text("time_s,GMAX L\n" + "0.0,words\n" * (size // 10))
    return found


@pytest.mark.skipif(os.name == "nt", reason="signals of another process need POSIX")
def test_a_run_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, table = tmp_path / "out", tmp_path / "table.csv"
    command = ["analyse", str(folder), "--out", str(out)]
    run = Program(*command, "--workers", "2")
    # A worker that is free takes the refused file third: one result is kept, three are not begun.
    assert "refused.csv" in run.stderr.readline()
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=LIMIT_S)  # ends when the workers have let go of the pipe
    kept = len(list(out.glob("*.analysis.json")))
    print(said)
    assert run.returncode == 1
    assert f"Stopped: the results of {kept} of 6 files are in {out}" in said
    assert "Traceback" not in said
    assert 1 <= kept < 5

    assert main([*command, "--table", str(table)]) == 1
    said = capsys.readouterr().err
    assert f"6 files: {5 - kept} analysed, {kept} unchanged since before, 1 failed" in said
    alone = tmp_path / "alone.csv"
    assert main(["analyse", str(folder), "--table", str(alone)]) == 1
    assert table.read_bytes() == alone.read_bytes()


def test_many_without_a_place_are_one_line_each(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(folder / "0.csv", folder / "nought.csv")
    files = [str(folder / name) for name in ("0.csv", "nought.csv")]
    assert main(["analyse", *files, files[0]]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 3  # a file named twice is analysed once
    assert "n = " in said.out
    assert "are not kept" in said.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--workers", "0"], "--workers takes a number"),
        (["--workers", "many"], "--workers takes a number"),
        (["--workers", "dask://nowhere"], "dask://HOST:PORT"),
        (["--table", "t.xlsx"], ".csv or .parquet"),
        (["--table", "nowhere/t.csv"], "no folder nowhere"),
        (["--out", "o", "--posteriors", "p.npz"], "one file at a time"),
        (["--out", "o", "--montage", "missing.json"], "missing.json"),
    ],
)
def test_wrong_use_is_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], words: str
) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).touch()
    assert main(["analyse", str(tmp_path), *more]) == 2
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert words in line


def test_a_folder_takes_every_kind_that_a_file_may_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables as .tsv and .txt, and .npz, were read by name and passed over in a folder."""
    write_csv(tmp_path / "a.csv", seed=1, seconds=18.0)
    text = (tmp_path / "a.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()]
    for name, delimiter in (("b.tsv", "\t"), ("c.txt", ";")):
        said = "\n".join(delimiter.join(row) for row in rows)
        (tmp_path / name).write_text(said, encoding="utf-8")
    columns = np.array(rows[1:], dtype=np.float64).T
    np.savez(tmp_path / "d.npz", **dict(zip(rows[0], columns, strict=True)))
    assert main(["analyse", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert [line.split()[0] for line in said.out.splitlines()[1:]] == [
        "a.csv", "b.tsv", "c.txt", "d.npz",
    ]  # fmt: skip
    assert len({line.split(maxsplit=1)[1] for line in said.out.splitlines()[1:]}) == 1
    assert "Left out" not in said.err


def test_what_lies_beside_recordings_fails_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "a.csv", seed=1, seconds=18.0)
    posteriors = str(tmp_path / "posteriors.npz")
    assert main(["analyse", str(tmp_path / "a.csv"), "--posteriors", posteriors]) == 0
    (tmp_path / "notes.txt").write_text("3 sets, slow.\nKnee felt well.\n\n12 June\n")
    (tmp_path / "README.txt").write_text("1\n2\n3\n4\n")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "participants.tsv").write_text("id\tage\n1\t30\n2\t31\n3\t32\n")
    (tmp_path / "bytes.txt").write_bytes(bytes(range(256)) * 20)
    capsys.readouterr()
    assert main(["analyse", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) > 5  # one recording is left: its whole table
    (told,) = [line for line in said.err.splitlines() if line.startswith("Left out")]
    assert "README.txt, bytes.txt, empty.txt and 3 more" in told
    (tmp_path / "a.csv").unlink()
    assert main(["analyse", str(tmp_path)]) == 2
    assert "holds no recording of" in capsys.readouterr().err


def test_a_folder_in_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").touch()
    with held_folder(tmp_path / "out"):
        assert main(["analyse", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "Another run is writing to" in capsys.readouterr().err


def test_what_a_run_writes_is_not_analysed_by_the_next(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("1", "2", "3", "4", "refused"):
        (folder / f"{name}.csv").unlink()
    more = ["--out", str(folder / "o"), "--table", str(folder / "t.csv"), "--plots", str(folder)]
    for _ in range(2):
        assert main(["analyse", str(folder), *more]) == 0
    assert "1 files: 0 analysed, 1 unchanged since before." in capsys.readouterr().err


@pytest.mark.parametrize("workers", ["0", "many", "dask://nowhere"])
def test_workers_of_one_file_are_looked_at_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], workers: str
) -> None:
    """They were not looked at where one file was analysed."""
    write_csv(tmp_path / "a.csv", seed=1, seconds=3.0)
    assert main(["analyse", str(tmp_path / "a.csv"), "--workers", workers]) == 2
    said = capsys.readouterr()
    assert "--workers" in said.err
    assert not said.out


def test_one_file_does_not_go_to_a_cluster(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "a.csv", seed=1, seconds=3.0)
    assert main(["analyse", str(tmp_path / "a.csv"), "--workers", "dask://localhost:1"]) == 0
    assert "is analysed here" in capsys.readouterr().err

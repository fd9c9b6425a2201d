"""A dataset of several people and runs stands up to the BIDS validator; a broken one does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.errors import FileFormatError
from firingorder.session.exchange.exporting import ExportOptions, write_export
from tests.recording.planted_export import planted

if TYPE_CHECKING:
    from firingorder.recording.writers import ExportData

_VALIDATOR = Path(sys.executable).with_name("bids-validator-deno")


def _of(subject: str, **how: Any) -> ExportData:
    data = planted(**how)
    return replace(data, facts=replace(data.facts, subject=subject))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people, the first with two runs, the second without a motion sensor and without dates."""
    out = tmp_path_factory.mktemp("bids") / "dataset"
    options = ExportOptions()
    write_export(_of("sub-01"), "bids", out, options)
    names = ("gluteus_maximus_right", "erector_spinae_left", "hamstring_left")
    write_export(_of("sub-01", names=names, unit="a.u."), "bids", out, options)
    write_export(_of("sub-02", imu_rate_hz=None, start=None), "bids", out, options)
    return out


def _validate(dataset: Path, cache: Path) -> tuple[int, list[dict[str, Any]]]:
    """Run the validator; it comes with its schema, and keeps a cache where it is told to."""
    if not _VALIDATOR.exists():
        pytest.skip("bids-validator-deno is not installed (requirements/validator.txt)")
    environment = {
        **os.environ, "DENO_DIR": str(cache), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1",
        "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9",
    }  # fmt: skip
    run = subprocess.run(
        [_VALIDATOR, str(dataset), "--format", "json", "--max-rows", "-1"],
        capture_output=True,
        env=environment,
        check=False,
    )
    found = json.loads(run.stdout)["issues"]["issues"]
    return run.returncode, [one for one in found if one["severity"] == "error"]


def test_the_validator_finds_no_error_and_notices_a_missing_sidecar(
    dataset: Path, tmp_path: Path
) -> None:
    status, errors = _validate(dataset, tmp_path / "cache")
    assert errors == []
    assert status == 0
    broken = tmp_path / "broken"
    shutil.copytree(dataset, broken)
    next(broken.rglob("*_emg.json")).unlink()
    status, errors = _validate(broken, tmp_path / "cache")
    assert status != 0
    assert {"SIDECAR_KEY_REQUIRED", "EMG_COORD_SYS_MISMATCH"} & {one["code"] for one in errors}


def test_people_and_runs_are_added_and_nothing_is_overwritten(dataset: Path) -> None:
    assert (dataset / "participants.tsv").read_text().splitlines() == [
        "participant_id\tspecies", "sub-01\thomo sapiens", "sub-02\thomo sapiens",
    ]  # fmt: skip
    scans = (dataset / "sub-01" / "sub-01_scans.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in scans[1:]] == [
        "emg/sub-01_task-proneRaise_run-01_emg.bdf",
        "motion/sub-01_task-proneRaise_tracksys-pelvisimu_run-01_motion.tsv",
        "emg/sub-01_task-proneRaise_run-02_emg.bdf",
        "motion/sub-01_task-proneRaise_tracksys-pelvisimu_run-02_motion.tsv",
    ]
    assert [line.split("\t")[1] for line in scans[1:3]] == [
        "2011-03-04T05:06:07.000000", "2011-03-04T05:06:07.003000",
    ]  # fmt: skip
    sensors = (dataset / "sub-01" / "emg" / "sub-01_electrodes.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in sensors[1:]] == [
        "GMAX_L", "ES_L", "TFL_R", "GMAX_R", "HAM_L",
    ]  # fmt: skip
    assert "1900-01-01T00:00:00" in (dataset / "sub-02" / "sub-02_scans.tsv").read_text()
    assert not (dataset / "sub-02" / "motion").exists()
    # Columns that somebody added to a list stay, as everything else that is there.
    people = dataset / "participants.tsv"
    kept = people.read_text()
    people.write_text("participant_id\tage\nsub-01\t33\n")
    write_export(_of("sub-03"), "bids", dataset, ExportOptions())
    assert people.read_text() == "participant_id\tage\nsub-01\t33\nsub-03\tn/a\n"
    people.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileFormatError, match=r"participants\.tsv is no table"):
        write_export(_of("sub-04"), "bids", dataset, ExportOptions())
    assert not (dataset / "sub-04").exists()
    people.write_text("name\n")
    with pytest.raises(FileFormatError, match="no column participant_id"):
        write_export(_of("sub-04"), "bids", dataset, ExportOptions())
    people.write_text(kept)
    shutil.rmtree(dataset / "sub-03")

"""What a preview says of a file, and a montage while a person makes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.errors import MontageError, UsageError
from firingorder.montage import muscle_of_label, parse_montage
from firingorder.session.exchange.importing_montage import IGNORED, MontageDraft
from firingorder.session.exchange.importing_preview import Preview, preview_file
from tests.recording import foreign_files
from tests.session.bodies import body

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ("GMAX_L", "EMG GMAX left", "ES_L", "Acc X", "Acc Y", "Acc Z", "Gyr X", "Gyr Y", "Gyr Z")


def _table(path: Path, rate_hz: float = 1000.0, labels: tuple[str, ...] = LABELS) -> Preview:
    x = body(11)
    columns = np.hstack([x, x, x, x, x])[:, : len(labels)]
    if len(labels) > 2:
        columns[:, 1] = np.clip(columns[:, 1], -20, 20)
        columns[100:300, 2] = np.nan
    rows = [",".join("" if np.isnan(v) else f"{v:.4f}" for v in row) for row in columns]
    path.write_text("\n".join([",".join(labels), *rows]) + "\n")
    return preview_file(path, rate_hz)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Preview:
    return _table(tmp_path_factory.mktemp("preview") / "a.csv")


def test_names_sizes_and_faults(seen: Preview) -> None:
    (stream,) = seen.streams
    first, clips, holes = stream.signals[:3]
    assert (first.muscle, holes.muscle) == ("", "erector_spinae_left")
    assert seen.doubled == ("GMAX_L", "EMG GMAX left"), "a person must choose"
    assert seen.montage is not None
    assert seen.montage.channels == (("ES_L", "erector_spinae_left"),)
    truth = body(11)[:, 0]
    assert first.rms == pytest.approx(np.std(truth), rel=1e-3)
    assert first.remarks == ()
    assert clips.clipped > 0.05
    assert "limit of the converter" in clips.remarks[0]
    assert holes.missing == pytest.approx(200 / len(truth))
    assert stream.first.shape == (5000, 9)
    assert json.loads(json.dumps(seen.to_dict()))["streams"][0]["signals"][0]["label"] == "GMAX_L"


@pytest.mark.parametrize(
    ("rate_hz", "says", "few"),
    [
        (100.0, "several times higher than 100 Hz", "too few for EMG"),
        (10_000.0, "several times lower than 10000 Hz", ""),
        (300.0, "", "too few to tell an order"),
        (1000.0, "", ""),
    ],
)
def test_a_rate_ten_times_wrong_is_seen(
    tmp_path: Path, rate_hz: float, says: str, few: str
) -> None:
    found = _table(tmp_path / "a.csv", rate_hz, ("GMAX_L", "GMAX_R"))
    remarks = " ".join(found.streams[0].signals[0].remarks)
    assert says in remarks
    assert bool(remarks) == bool(says)
    told = " ".join(found.warnings)
    assert few in told
    assert ("too few" in told) == bool(few)
    assert "a person gave the rate" in told


@pytest.mark.parametrize("name", sorted(foreign_files.MAKERS))
def test_every_kind_of_file_is_previewed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    foreign_files.MAKERS[name](path)
    found = preview_file(path, 200.0)
    assert found.streams
    assert "NaN" not in json.dumps(found.to_dict())


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        preview_file(tmp_path / "a.csv")


def test_a_montage_is_made_step_by_step(seen: Preview) -> None:
    draft = MontageDraft.of(seen)
    assert draft.is_("ES_L") == "erector_spinae_left"
    assert draft.problems() == ()
    draft = draft.saying("GMAX_L", "gluteus_maximus_left").saying("EMG GMAX left", IGNORED)
    assert "gluteus_maximus_left" not in draft.choices("EMG GMAX left")
    assert "gluteus_maximus_left" in draft.choices("GMAX_L")
    (sensor,) = draft.imu_choices()
    assert (sensor.acc[0], sensor.gyr[2]) == ("Acc X", "Gyr Z")
    draft = draft.with_imu(sensor).with_ham_site("lateral")
    assert draft.problems() == ()
    montage = draft.montage()
    assert dict(montage.channels) == {
        "GMAX_L": "gluteus_maximus_left",
        "ES_L": "erector_spinae_left",
    }
    assert montage.ignore == ("EMG GMAX left",)
    assert parse_montage(json.loads(json.dumps(draft.to_dict()))) == montage


def test_what_stands_against_a_montage_is_said(seen: Preview) -> None:
    draft = MontageDraft.of(seen)
    both = draft.saying("GMAX_L", "hamstring_left").saying("EMG GMAX left", "hamstring_left")
    assert both.problems() == ("GMAX_L, EMG GMAX left: only one of them can be hamstring_left.",)
    with pytest.raises(MontageError, match="only one of them"):
        both.montage()
    assert draft.saying("ES_L", "").problems() == ("No signal is a muscle yet.",)
    (sensor,) = draft.imu_choices()
    mixed = draft.saying("Acc X", "hamstring_left").with_imu(sensor)
    assert "cannot be a muscle and an axis" in mixed.problems()[0]
    apart = MontageDraft((("A",), ("B",)))
    apart = apart.saying("A", "hamstring_left").saying("B", "hamstring_right")
    assert "different rates" in apart.problems()[0]
    with pytest.raises(MontageError, match="no signal"):
        draft.saying("nothing", IGNORED)
    with pytest.raises(MontageError, match="no muscle"):
        draft.saying("ES_L", "biceps")


@pytest.mark.parametrize(
    ("label", "muscle"),
    [
        ("LT GLUTEUS MAX.", "gluteus_maximus_left"),
        ("Right Biceps Femoris Caput Longus", "hamstring_right"),
        ("GMAX L: EMG 1", "gluteus_maximus_left"),
        ("Semitendinosus_R", "hamstring_right"),
        ("RT LUMBAR ERECTOR SPINAE", "erector_spinae_right"),
        ("tensor fascia latae left", "tensor_fasciae_latae_left"),
        ("LGRF", None),  # one laboratory's word for a muscle: a person must say it
        ("LBIC", None),
        ("L Ischio", None),
        ("Left Rectus Femoris", None),
        ("EMG 1", None),
        ("Left Right GMAX", None),
    ],
)
def test_labels_of_other_programs(label: str, muscle: str | None) -> None:
    assert muscle_of_label(label) == muscle

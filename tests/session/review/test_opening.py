"""What is kept is what was found, to the last bit; signals are those of the recording."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder import __version__
from firingorder.errors import FiringOrderError, UsageError
from firingorder.recording.reader import open_recording
from firingorder.session.decoded import decode
from firingorder.session.files import FileOptions, analyse_recording
from firingorder.session.review import open_review
from firingorder.session.review.correcting import Corrector
from firingorder.session.review.kept import read_kept
from firingorder.session.review.tracks import BLOCKS, Track, TrackWriter
from firingorder.signal.corrected_sets import SetContext, sets_anew
from firingorder.signal.corrections import rejudged
from tests.session.review.conftest import CHANNELS, GLUTE, Clinic

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import FloatArray


def test_what_is_kept_is_what_was_found(clinic: Clinic) -> None:
    """The kept result equals a fresh analysis in every field; nothing was analysed to open it."""
    review = clinic.review()
    fresh = analyse_recording(open_recording(clinic.recording), FileOptions(keep_posteriors=True))
    assert len(fresh.repetitions) >= 3
    assert review.analysis == fresh
    assert review.analysis.accounts == fresh.accounts
    for index, channels in fresh.posteriors.items():
        for name, one in channels.items():
            kept = review.analysis.posteriors[index][name]
            assert (kept.t0_s, kept.step_s) == (one.t0_s, one.step_s)
            assert np.array_equal(kept.p, one.p)
    assert clinic.told[-1] == 1.0
    assert clinic.told == sorted(clinic.told)
    archive = clinic.archive()
    rows = archive.library.analyses(review.facts.id)
    assert [one.settings_hash for one in rows].count(fresh.settings_hash) == 1
    kept = archive.cache_folder(review.facts.id).rglob("*")
    modes = {path.stat().st_mode & 0o777 for path in kept}
    assert modes == {0o600, 0o700}


def test_judged_again_without_corrections_everything_is_what_it_was(clinic: Clinic) -> None:
    """Repetitions, forecasts and sets with all their metrics: the same code, the same numbers."""
    review = clinic.review()
    judged = review.judged
    corrector = Corrector(judged, {})
    again = [rejudged(one, corrector.judged_with(one)) for one in judged.analysis.repetitions]
    assert tuple(again) == judged.analysis.repetitions
    context = SetContext(judged.settings, judged.tasks, judged.analysis.accounts, judged.reference)
    assert sets_anew(again, context) == (judged.analysis.repetitions, judged.analysis.sets)


def test_columns_hold_every_extreme_of_the_recording(clinic: Clinic) -> None:
    review = clinic.review()
    whole = decode(open_recording(clinic.recording)).emg_uv
    found = review.signals(10.0, 12.0, "raw", 5000)
    assert found.exact
    assert found.channels == CHANNELS
    first = round(found.t_s[0] * 1000.0)
    assert np.array_equal(found.low, whole[first : first + len(found.t_s)].astype(np.float32))
    columns = review.signals(0.0, 28.0, "raw", 25)
    assert not columns.exact
    assert columns.low.shape == (25, 4)
    half, block = columns.t_s[0], BLOCKS[-1] / 1000.0
    for k, at_s in enumerate(columns.t_s):
        core, near = (
            whole[max(0, round(1e3 * (at_s - w))) : round(1e3 * (at_s + w))]
            for w in (half - block, half + block)
        )
        assert (columns.high[k] >= core.max(axis=0) - 0.01).all()
        assert (columns.high[k] <= near.max(axis=0) + 0.01).all()
        assert (columns.low[k] <= core.min(axis=0) + 0.01).all()
    filtered = review.signals(10.0, 10.5, "filtered", 1000)
    envelope = review.signals(10.0, 10.5, "envelope", 1000)
    assert len(filtered.t_s) == 5 * len(envelope.t_s) == 500
    rms = np.sqrt(np.mean(review.signals(10.1, 10.15, "filtered", 1000).low ** 2, axis=0))
    at = int(np.argmin(np.abs(envelope.t_s - 10.15)))
    assert envelope.low[at] == pytest.approx(rms, rel=0.05)
    lift = review.pelvis(0.0, 28.0, 400)
    assert lift is not None
    assert np.nanmax(lift.high[:, 0]) > 15.0
    assert len(review.signals(90.0, 95.0, "raw", 100).t_s) == 0
    overview = review.overview(200)
    assert np.nanmax(overview.glutes_uv) > 3 * np.nanmedian(overview.glutes_uv)


def test_a_track_with_jumps_is_read_where_its_samples_are(tmp_path: Path) -> None:
    """Lost samples are unknown, an outage and a jump of the clock part it; seed 5."""
    rng = np.random.default_rng(5)
    writer = TrackWriter(tmp_path, "x", ("a", "b"), 1000.0)
    pieces = [(0, 0.0, 1300), (1310, 1.31, 700), (30_000, 30.0, 5000), (35_000, 35.002, 5000)]
    known: list[tuple[float, FloatArray]] = []
    for index, t_s, n in pieces:
        values = rng.normal(size=(n, 2))
        known.append((t_s, values))
        for at in range(0, n, 333):
            writer.add(index + at, t_s + at / 1000.0, values[at : at + 333])
    track = Track(tmp_path, writer.close())
    assert [n for _, n, _ in track.info.segments] == [2010, 5000, 5000]
    found = track.columns(1.29, 1.32, 1000)
    assert np.isnan(found.low[10:20]).all()
    assert not np.isnan(found.low[[9, 20]]).any()
    times, values = known[3]
    t_s, x = track.samples(36.0, 37.0)
    first = round((t_s[0] - times) * 1000.0)
    assert np.allclose(x, values[first : first + len(x)], atol=1e-6)
    whole = track.columns(-10.0, 50.0, 60)
    empty = np.isnan(whole.low[:, 0])
    assert empty[:10].all()
    assert empty[13:39].all()
    assert empty[51:].all()
    assert not empty[[10, 40, 45, 49]].any()
    assert whole.high[41] == pytest.approx(known[2][1][1000:2000].max(axis=0), abs=0.4)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _of_another_version(path: Path) -> None:
    path.write_text(path.read_text().replace(__version__, "99.0"))


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        *(
            (name, _cut)
            for name in ("index.json", "result.json", "posteriors.f8", "metrics.f8", "raw.f4")
        ),
        ("filtered.16.f4", Path.unlink),
        ("index.json", _of_another_version),
    ],
)
def test_what_is_not_whole_is_not_read(
    clinic: Clinic, tmp_path: Path, name: str, spoil: Callable[[Path], None]
) -> None:
    kept = clinic.review().opened.kept
    copy = tmp_path / "copy"
    shutil.copytree(kept.folder, copy)
    assert read_kept(copy, kept.key) is not None
    assert read_kept(copy, "another key") is None
    spoil(copy / name)
    assert read_kept(copy, kept.key) is None


def test_a_recording_whose_file_is_gone_stays_open_and_is_not_opened(
    clinic: Clinic, tmp_path: Path
) -> None:
    review = clinic.review()
    moved = clinic.recording.rename(tmp_path / "away.mcap")
    try:
        assert len(review.signals(1.0, 2.0, "raw", 2000).t_s) == 1000
        for gone in (clinic.review, lambda: review.again(task="clam")):
            with pytest.raises(UsageError, match=r"one\.mcap does not exist"):
                gone()
    finally:
        moved.rename(clinic.recording)


def test_files_of_others_are_opened_and_leave_nothing_here(clinic: Clinic, tmp_path: Path) -> None:
    """A table without repetitions: nothing is scored, and everything answers."""
    rng = np.random.default_rng(3)
    path = tmp_path / "rest.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time_s", *CHANNELS])
        writer.writerows(
            [f"{k / 1000:.3f}", *(f"{v:.2f}" for v in rng.normal(0, 2, 4))] for k in range(6000)
        )
    archive = clinic.archive()
    before = sorted(clinic.folder.rglob("*"))
    review = open_review(path, archive)
    assert review.facts.foreign
    assert review.analysis.repetitions == ()
    assert len(review.signals(0.0, 6.0, "filtered", 10_000).t_s) >= 5900
    assert review.next_unsure() is None
    assert review.gallery().n == 0
    assert review.overview(100).repetitions == ()
    for wrong in (lambda: review.why(1), lambda: review.correct(1, GLUTE, 2.0)):
        with pytest.raises(UsageError, match=r"rest\.csv has no repetition 1; it has none"):
            wrong()
    review.close()
    assert sorted(one for one in clinic.folder.rglob("*") if "sqlite" not in one.name) == [
        one for one in before if "sqlite" not in one.name
    ]


@pytest.mark.parametrize("bytes_", [b"", b"not a recording at all", None])
def test_what_cannot_be_opened_is_told_in_a_sentence(
    clinic: Clinic, tmp_path: Path, bytes_: bytes | None
) -> None:
    path = tmp_path / "x.mcap"
    path.write_bytes(clinic.recording.read_bytes()[:300] if bytes_ is None else bytes_)
    with pytest.raises(FiringOrderError, match=r"x\.mcap") as caught:
        open_review(path, clinic.archive())
    assert "\n" not in str(caught.value)

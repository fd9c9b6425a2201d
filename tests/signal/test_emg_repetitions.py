"""Repetitions from muscles alone: any strength of burst, tone, twitches, loose pads, real EMG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.io import loadmat

from firingorder.findings import PhaseFinding, RepetitionFinding
from firingorder.samples import EmgChunk, EmgLayout
from firingorder.signal.emg_repetitions import EmgRepetitionParams, EmgRepetitions
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.repetitions import RepetitionEnd, RepetitionEvent, RepetitionStart
from firingorder.signal.settings import Settings
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from tests.conftest import DataFolder

BLOCK = 20
RATE_HZ = 1000.0


def levels(seconds: float, bursts: list[tuple[float, float, float]], rest_uv: float) -> np.ndarray:
    """RMS over time: (start, stop, level in dB above rest), 50 ms rise, 100 ms fall."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rms = np.full(len(t), rest_uv)
    for start, stop, db in bursts:
        up = np.clip((t - start) / 0.05, 0.0, 1.0) * np.clip((stop - t) / 0.1, 0.0, 1.0)
        rms = np.maximum(rms, rest_uv * 10.0 ** (db / 20.0) * up)
    return rms


def find(
    rms: np.ndarray,
    *,
    seed: int = 3,
    attached: np.ndarray | None = None,
    valid: np.ndarray | None = None,
) -> tuple[list[RepetitionEvent], EmgRepetitions]:
    """``rms`` is ``(n_samples, n_channels)``; ``attached`` and ``valid`` likewise."""
    x = rms * np.random.default_rng(seed).standard_normal(rms.shape)
    n = rms.shape[1]
    there = np.ones(rms.shape, dtype=np.bool_) if valid is None else valid
    on = np.ones(rms.shape, dtype=np.bool_) if attached is None else attached
    steps = EmgRepetitions(EmgRepetitionParams(), n, BLOCK / RATE_HZ)
    events: list[RepetitionEvent] = []
    for k in range(0, len(x) - BLOCK + 1, BLOCK):
        events += steps.step(k / RATE_HZ, x[k : k + BLOCK], there[k : k + BLOCK], on[k])
    return events, steps


def ends(events: list[RepetitionEvent]) -> list[RepetitionEnd]:
    return [one for one in events if isinstance(one, RepetitionEnd)]


@pytest.mark.parametrize("snr_db", [14.0, 25.0, 50.0, 60.0])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_bursts_of_any_strength_are_counted(snr_db: float, channels: int) -> None:
    starts = [3.0 + 4.0 * k for k in range(6)]
    rms = np.stack(
        [
            levels(28.0, [(s + 0.05 * c, s + 2.0, snr_db) for s in starts], 2.0)
            for c in range(channels)
        ],
        axis=1,
    )
    events, _ = find(rms)
    found = ends(events)
    assert len(found) == 6
    assert all(one.reasons == () for one in found)
    for one, start in zip(found, starts, strict=True):
        assert one.start_s == pytest.approx(start, abs=0.12)
        assert one.end_s == pytest.approx(start + 2.0, abs=0.15)
        assert (one.movement_onset_s, one.top_s, one.pelvis) == (None, None, None)
    phases = [one.phase for one in events if isinstance(one, PhaseFinding)]
    assert phases == ["lift", "rest"] * 6


def test_the_phases_are_known_afterwards() -> None:
    """The times themselves stay those of the thresholds; plateau and way back are added."""
    starts = [3.0, 7.0, 11.0]
    rms = np.stack([levels(15.0, [(s, s + 2.0, 30.0) for s in starts], 2.0)] * 3, axis=1)
    for one, start in zip(ends(find(rms)[0]), starts, strict=True):
        assert one.phases is not None
        assert (one.phases.away_s, one.phases.end_s) == (one.start_s, one.end_s)
        assert one.start_s == one.reference_s
        assert one.phases.far_from_s == pytest.approx(start + 0.05, abs=0.08)
        # 50 to 70 % of a straight fall of 0.1 s.
        assert one.phases.back_s == pytest.approx(start + 1.93, abs=0.04)
        assert one.phases.far_to_s == one.phases.back_s
        assert one.phases.movement_onset_s is None


def test_a_twitch_before_the_first_burst_does_not_start_it() -> None:
    bursts = [(3.0, 3.15, 25.0), (3.45, 6.0, 50.0)]
    events, _ = find(np.stack([levels(8.0, bursts, 1.0)] * 2, axis=1))
    (start,) = [one for one in events if isinstance(one, RepetitionStart)]
    assert start.reference_s == pytest.approx(3.45, abs=0.1)


def test_a_weaker_second_phase_belongs_to_the_same_repetition() -> None:
    bursts = [(s, s + 1.0, 50.0) for s in (3.0, 8.0)] + [
        (s + 0.9, s + 3.0, 38.0) for s in (3.0, 8.0)
    ]
    events, _ = find(np.stack([levels(13.0, bursts, 1.0)] * 3, axis=1))
    assert [one.reasons for one in ends(events)] == [(), ()]


def test_a_muscle_that_does_not_come_to_rest_does_not_hold_the_repetition() -> None:
    starts = [3.0, 7.0, 11.0]
    clean = levels(15.0, [(s, s + 2.0, 45.0) for s in starts], 1.0)
    uneasy = levels(15.0, [(s, s + 2.0, 42.0) for s in starts] + [(4.9, 15.0, 15.0)], 1.0)
    events, _ = find(np.stack([clean, clean, uneasy], axis=1))
    assert len(ends(events)) == 3


def test_rest_with_short_noise_bursts_is_no_repetition() -> None:
    bursts = [(s, s + 0.2, 25.0) for s in (4.0, 9.0, 15.0)]
    events, _ = find(np.stack([levels(20.0, bursts, 2.0)] * 4, axis=1))
    assert events == []


def test_one_noisy_channel_of_four_starts_nothing() -> None:
    quiet = levels(20.0, [], 2.0)
    events, _ = find(np.stack([quiet, quiet, quiet, levels(20.0, [(6.0, 9.0, 30.0)], 2.0)], axis=1))
    assert events == []


def test_a_pad_that_hangs_loose_neither_starts_nor_holds() -> None:
    starts = [3.0, 7.0, 11.0]
    good = levels(15.0, [(s, s + 2.0, 30.0) for s in starts], 2.0)
    loose = np.full(len(good), 500.0)
    attached = np.ones((len(good), 2), dtype=np.bool_)
    attached[:, 1] = False
    events, _ = find(np.stack([good, loose], axis=1), attached=attached)
    assert len(ends(events)) == 3


@pytest.mark.parametrize(("first", "last"), [(0.0, 15.0), (0.0, 2.5), (4.0, 15.0)])
def test_a_channel_without_samples_neither_hides_nor_holds(first: float, last: float) -> None:
    """Missing throughout, at the start, or from the middle of a burst on."""
    starts = [3.0, 7.0, 11.0]
    good = levels(15.0, [(s, s + 2.0, 30.0) for s in starts], 2.0)
    valid = np.ones((len(good), 2), dtype=np.bool_)
    valid[round(first * RATE_HZ) : round(last * RATE_HZ), 1] = False
    events, _ = find(np.stack([good, good], axis=1), valid=valid)
    assert len(ends(events)) == 3
    assert all(one.reasons == () for one in ends(events))


def test_a_channel_without_samples_is_told_to_be_of_no_use() -> None:
    starts = [3.0, 7.0, 11.0]
    rms = np.stack([levels(15.0, [(s, s + 2.0, 30.0) for s in starts], 2.0)] * 3, axis=1)
    x = rms * np.random.default_rng(3).standard_normal(rms.shape)
    x[:, 2] = np.nan
    names = ("gluteus_maximus_left", "erector_spinae_left", "gluteus_maximus_right")
    pipeline = Pipeline(Settings(), load_task("bridge"), EmgLayout(RATE_HZ, names), None)
    chunk = EmgChunk(0, 0.0, RATE_HZ, x, np.zeros(x.shape, dtype=np.bool_))
    findings = pipeline.step(chunk) + pipeline.finish()
    found = [one for one in findings if isinstance(one, RepetitionFinding)]
    assert [one.sides for one in found] == ["left"] * 3
    assert [one.usable for one in pipeline.channels()] == [True, True, False]
    assert "gap" in pipeline.channels()[2].reasons


def test_a_burst_under_half_a_second_long_is_too_short() -> None:
    events, _ = find(np.stack([levels(6.0, [(3.0, 3.7, 30.0)], 2.0)] * 2, axis=1))
    assert [one.reasons for one in ends(events)] == [("too_short",)]


def test_aborting_keeps_the_repetition_under_way() -> None:
    _, steps = find(np.stack([levels(5.0, [(3.0, 9.0, 30.0)], 2.0)] * 2, axis=1))
    (end,) = ends(steps.abort("outage"))
    assert end.reasons == ("outage",)
    assert ends(steps.abort("outage")) == []


def test_eleven_lifts_of_a_real_recording_are_found(data_folder: DataFolder) -> None:
    """Real EMG (Tang et al. 2022), two-phase bursts of 40 to 60 dB; 11 lifts by eye, no truth."""
    folder = data_folder("semgdetection_tang2022")
    x = 1000.0 * np.stack(
        [loadmat(folder / f"12_{k}.mat")["semg"].ravel() for k in (1, 3, 4)], axis=1
    )
    names = ("gluteus_maximus_left", "hamstring_left", "erector_spinae_left")  # stand-ins
    pipeline = Pipeline(Settings(), load_task("bridge"), EmgLayout(2000.0, names), None)
    chunk = EmgChunk(0, 0.0, 2000.0, x, np.zeros(x.shape, dtype=np.bool_))
    findings = pipeline.step(chunk) + pipeline.finish()
    found = [one for one in findings if isinstance(one, RepetitionFinding)]
    by_eye = [6.1, 10.2, 14.5, 18.6, 22.4, 26.5, 30.7, 34.5, 38.6, 42.5, 46.8]
    assert [one.index for one in found] == list(range(1, 12))
    for one, start in zip(found, by_eye, strict=True):
        assert one.start_s == pytest.approx(start, abs=0.4)
        assert one.movement_onset_s is None
    assert all(one.scored for one in found)


def test_tone_that_swings_is_no_repetition_before_the_first_real_one() -> None:
    """Muscle tone at rest fluctuates slowly by a factor of five; nothing is known of bursts yet."""
    t = np.arange(40_000) / RATE_HZ
    swing = 10.0 ** (0.35 * np.sin(2 * np.pi * 0.3 * t))
    events, _ = find(np.stack([8.0 * swing, 8.0 * swing], axis=1))
    assert events == []

"""Cues are told apart by contour and rhythm, as they come out, not as they were meant."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from firingorder.sound.cues import CUES, PEAK, CueName, Samples, render

RATE_HZ = 48_000.0


def pitch_hz(part: Samples) -> float:
    """The strongest frequency of a stretch."""
    size = 1 << 16
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), size))
    return float(np.argmax(spectrum)) * RATE_HZ / size


def events(cue: Samples) -> list[tuple[float, float]]:
    """Begin and end of what is heard, by the envelope over 10 ms."""
    n = round(0.010 * RATE_HZ)
    loud = np.abs(cue[: len(cue) // n * n]).reshape(-1, n).max(axis=1) > 0.1 * np.abs(cue).max()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
    return [(a * 0.010, b * 0.010) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def part(cue: Samples, from_s: float, to_s: float) -> Samples:
    return cue[round(from_s * RATE_HZ) : round(to_s * RATE_HZ)]


def test_glutes_first_rises_in_two_tones() -> None:
    cue = render("glutes_first", RATE_HZ)
    first, second = pitch_hz(part(cue, 0.01, 0.11)), pitch_hz(part(cue, 0.15, 0.32))
    assert first == pytest.approx(523.25, rel=0.01)
    assert second == pytest.approx(783.99, rel=0.01)


def test_together_is_two_knocks_of_one_pitch() -> None:
    cue = render("together", RATE_HZ)
    (a0, a1), (b0, b1) = events(cue)
    assert max(a1 - a0, b1 - b0) < 0.1 < b0 - a1 + 0.1
    assert pitch_hz(part(cue, a0, a1)) == pytest.approx(pitch_hz(part(cue, b0, b1)), rel=0.005)


def test_back_first_falls_in_one_tone() -> None:
    cue = render("back_first", RATE_HZ)
    assert len(events(cue)) == 1
    pitches = [pitch_hz(part(cue, t, t + 0.06)) for t in (0.01, 0.1, 0.2, 0.29)]
    assert all(a > 1.05 * b for a, b in itertools.pairwise(pitches))
    assert pitches[0] < 392.0 * 1.01
    assert pitches[-1] > 261.63 * 0.99


@pytest.mark.parametrize(("name", "count"), [("get_ready", 3), ("tick", 1), ("rejected", 2)])
def test_rhythms_of_the_calibration(name: CueName, count: int) -> None:
    found = events(render(name, RATE_HZ))
    assert len(found) == count
    gaps = np.diff([begin for begin, _ in found])
    assert len(gaps) < 2 or np.ptp(gaps) <= 0.011


def test_no_two_cues_share_rhythm_and_contour() -> None:
    shapes: set[tuple[tuple[float, int], ...]] = set()
    for name in CUES:
        cue = render(name, RATE_HZ)
        shape = tuple(
            (round(b - a, 1), round(12 * np.log2(pitch_hz(part(cue, a, b)) / 440.0)))
            for a, b in events(cue)
        )
        assert shape not in shapes, name
        shapes.add(shape)


@pytest.mark.parametrize("rate_hz", [22_050.0, 44_100.0, 48_000.0])
@pytest.mark.parametrize("name", CUES)
def test_a_cue_is_quiet_at_its_ends_and_never_loud(name: CueName, rate_hz: float) -> None:
    cue = render(name, rate_hz)
    assert cue.dtype == np.float32
    assert np.abs(cue).max() <= PEAK * 1.0001
    assert np.abs(cue).max() >= 0.5 * PEAK
    assert abs(float(cue[0])) < 0.01
    assert abs(float(cue[-1])) < 0.01
    assert len(cue) < 1.2 * rate_hz


def test_verdicts_are_over_before_the_next_thing_happens() -> None:
    names: tuple[CueName, ...] = ("glutes_first", "together", "back_first")
    for name in names:
        assert len(render(name, RATE_HZ)) <= 0.4 * RATE_HZ

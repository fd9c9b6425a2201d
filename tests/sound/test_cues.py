"""Cues are told apart by contour and rhythm, as they come out, not as they were meant."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from firingorder.sound.cues import CUES, PEAK, CueName, Samples, render

RATE_HZ = 48_000.0


def pitch_hz(part: Samples) -> float:
    """The strongest frequency of a stretch."""
    size = 1 << 15
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


#: Two cues differ in rhythm where in this part of the longer one's time only one is heard ...
RHYTHM = 0.25
#: ... and in contour where pitch, counted from each one's own beginning, is apart by so much.
CONTOUR_SEMITONES = 3.0
FRAME_S = 0.010


def shape(cue: Samples) -> tuple[np.ndarray, np.ndarray]:
    """When it is heard, and its pitch in semitones from its first, every 10 ms."""
    heard = np.zeros(math.ceil(len(cue) / RATE_HZ / FRAME_S) + 1, dtype=bool)
    for a, b in events(cue):
        heard[round(a / FRAME_S) : round(b / FRAME_S)] = True
    pitch = np.full(len(heard), np.nan)
    for k in np.flatnonzero(heard):
        around = part(cue, max(0.0, (k - 1.0) * FRAME_S), (k + 2.0) * FRAME_S)
        if len(around) > 2 * FRAME_S * RATE_HZ:
            pitch[k] = 12.0 * np.log2(pitch_hz(around))
    return heard, pitch - pitch[np.flatnonzero(np.isfinite(pitch))[0]]


Shape = tuple[np.ndarray, np.ndarray]


def differences(a: Shape, b: Shape) -> tuple[float, float]:
    """Share of time in which only one of two cues is heard, and the contours' largest distance."""
    (heard_a, pitch_a), (heard_b, pitch_b) = a, b
    n = max(len(heard_a), len(heard_b))
    first, second = (np.pad(one, (0, n - len(one))) for one in (heard_a, heard_b))
    k = min(len(pitch_a), len(pitch_b))
    apart = np.abs(pitch_a[:k] - pitch_b[:k])
    contour = float(np.nanmax(apart, initial=0.0)) if np.isfinite(apart).any() else 0.0
    return float(np.sum(first != second) / np.sum(first | second)), contour


def test_no_two_cues_share_rhythm_and_contour() -> None:
    cues = {name: shape(render(name, RATE_HZ)) for name in CUES}
    nearest = (9.0, "", "")
    for one, other in itertools.combinations(CUES, 2):
        rhythm, contour = differences(cues[one], cues[other])
        nearest = min(nearest, (max(rhythm / RHYTHM, contour / CONTOUR_SEMITONES), one, other))
    print(f"nearest pair: {nearest[1]} and {nearest[2]}, {nearest[0]:.2f} times what is asked")
    assert nearest[0] >= 1.0, nearest


def test_a_cue_at_another_pitch_is_no_other_cue() -> None:
    """The measure does not take height for contour."""
    cue = render("glutes_first", RATE_HZ)
    higher = np.interp(np.arange(0, len(cue), 1.05), np.arange(len(cue)), cue).astype(np.float32)
    rhythm, contour = differences(shape(cue), shape(higher))
    assert rhythm < RHYTHM
    assert contour < CONTOUR_SEMITONES


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

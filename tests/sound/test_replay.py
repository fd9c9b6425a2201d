"""The slow replay: each voice begins where its muscle did, as surely as that is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from firingorder.sound.mixer import KNEE
from firingorder.sound.replay import BEGUN, slow_start
from firingorder.sound.tones import BORDER_HZ, TONE_PEAK

RATE_HZ, OUT_HZ, FACTOR = 500.0, 48_000.0, 8.0
WINDOW_S = 0.5
N = round(WINDOW_S * RATE_HZ)


def rise(at_s: float) -> np.ndarray:
    """An envelope over noise that begins to rise at an instant."""
    t = np.arange(N) / RATE_HZ
    return 2.0 + 40.0 * np.clip((t - at_s) / 0.1, 0.0, 1.0)


def voices(samples: np.ndarray) -> dict[str, np.ndarray]:
    """Loudness of what lies below and above the border: the tone, the buzz."""
    out: dict[str, np.ndarray] = {}
    filters = {
        "glute": butter(6, BORDER_HZ, "lowpass", fs=OUT_HZ, output="sos"),
        "back": butter(6, BORDER_HZ, "highpass", fs=OUT_HZ, output="sos"),
    }
    for name, border in filters.items():
        part = sosfiltfilt(border, samples)
        smooth = butter(2, 25.0, "lowpass", fs=OUT_HZ, output="sos")
        out[name] = np.sqrt(np.maximum(sosfiltfilt(smooth, part**2), 0.0))
    return out


def begins_s(loud: np.ndarray, share: float) -> float:
    """Device time at which a voice passes a share of its loudest."""
    return float(np.argmax(loud > share * loud.max())) / OUT_HZ / FACTOR


def test_a_certain_order_is_heard_as_tone_then_buzz() -> None:
    out = slow_start(
        rise(0.15), rise(0.25), RATE_HZ, glute=(0.15, 0.145, 0.155), back=(0.25, 0.245, 0.255)
    )
    assert out.dtype == np.float32
    assert len(out) == round(WINDOW_S * FACTOR * OUT_HZ)
    heard = voices(out)
    lead_s = FACTOR * (begins_s(heard["back"], 0.2) - begins_s(heard["glute"], 0.2))
    print(f"100 ms are heard as {lead_s:.2f} s")
    assert lead_s == pytest.approx(0.8, abs=0.05)
    between = slice(round(0.16 * FACTOR * OUT_HZ), round(0.235 * FACTOR * OUT_HZ))
    assert np.abs(out[: round(0.1449 * FACTOR * OUT_HZ)]).max() == 0.0
    assert heard["glute"][between].min() > 20.0 * heard["back"][between].max(), "the tone alone"
    after = slice(round(0.3 * FACTOR * OUT_HZ), round(0.45 * FACTOR * OUT_HZ))
    assert min(heard[name][after].min() for name in heard) > 0.01, "then both"


def test_the_other_order_is_heard_the_other_way_round() -> None:
    out = slow_start(
        rise(0.25), rise(0.15), RATE_HZ, glute=(0.25, 0.24, 0.26), back=(0.15, 0.14, 0.16)
    )
    heard = voices(out)
    assert begins_s(heard["back"], 0.2) + 0.08 < begins_s(heard["glute"], 0.2)


def test_what_cannot_be_told_is_heard_as_two_voices_rising_into_each_other() -> None:
    glute, back = (0.20, 0.12, 0.30), (0.24, 0.14, 0.32)
    heard = voices(slow_start(rise(0.2), rise(0.24), RATE_HZ, glute=glute, back=back))
    for (_, low_s, high_s), loud in ((glute, heard["glute"]), (back, heard["back"])):
        begin, full = begins_s(loud, 0.02), begins_s(loud, 0.9)
        print(f"rises from {begin:.3f} to {full:.3f} s, interval {low_s} to {high_s}")
        assert low_s - 0.002 <= begin < low_s + 0.35 * (high_s - low_s)
        assert high_s - 0.35 * (high_s - low_s) < full <= high_s + 0.02
    overlap = slice(round(0.2 * FACTOR * OUT_HZ), round(0.26 * FACTOR * OUT_HZ))
    for loud in heard.values():
        assert 0.05 < loud[overlap].min() / loud.max() < 0.9, "neither alone, neither full"


def test_a_start_is_heard_when_it_happens_and_not_when_it_is_large() -> None:
    slow = 2.0 + 40.0 * np.clip((np.arange(N) / RATE_HZ - 0.1) / 0.4, 0.0, 1.0)
    out = slow_start(slow, slow, RATE_HZ, glute=(0.1, 0.098, 0.102), back=None)
    peak = np.abs(out[round(0.11 * FACTOR * OUT_HZ) : round(0.14 * FACTOR * OUT_HZ)]).max()
    assert peak > 0.9 * BEGUN * TONE_PEAK
    assert voices(out)["back"].max() < 1e-3, "no start was seen: not played"


def test_no_click_and_never_loud() -> None:
    rng = np.random.default_rng(5)
    print("seed 5")
    for _ in range(4):
        envelopes = rng.random((2, N))
        low = rng.uniform(-0.05, 0.4, 2)
        width = rng.choice([0.0, 0.001, 0.2], 2)
        out = slow_start(
            envelopes[0], envelopes[1], RATE_HZ,
            glute=(low[0], low[0], low[0] + width[0]), back=(low[1], low[1], low[1] + width[1]),
        )  # fmt: skip
        assert np.abs(out).max() < KNEE
        assert abs(float(out[0])) < 1e-3 > abs(float(out[-1]))
        assert np.abs(np.diff(np.concatenate([[0.0], out, [0.0]]))).max() < 0.5 * TONE_PEAK


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"envelope_back": rise(0.2)[:-1]}, "one length"),
        ({"envelope_glute": np.zeros(0), "envelope_back": np.zeros(0)}, "not empty"),
        ({"envelope_glute": np.full(N, np.nan)}, "samples are missing"),
        ({"glute": (0.2, 0.3, 0.4)}, "outside its interval"),
        ({"glute": (float("nan"), 0.3, 0.4)}, "outside its interval"),
        ({"factor": 0.0}, "must be positive"),
    ],
)
def test_bad_input_is_told_in_one_sentence(change: dict[str, object], sentence: str) -> None:
    good: dict[str, object] = {
        "envelope_glute": rise(0.2), "envelope_back": rise(0.2), "rate_hz": RATE_HZ,
        "glute": (0.2, 0.1, 0.3), "back": None,
    }  # fmt: skip
    with pytest.raises(ValueError, match=sentence):
        slow_start(**(good | change))  # type: ignore[arg-type]

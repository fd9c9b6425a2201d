"""The voice: everything the product says has a clip, numbers are composed, clips are whole."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.calibration import words
from firingorder.sound.codec import CLIP_RATE_HZ, decode, encode
from firingorder.sound.mixer import KNEE
from firingorder.sound.voice import (
    JOIN_S,
    SENTENCE_S,
    load_voice,
    normal,
    phrases_missing,
    say_number,
)
from tools.voice_texts import spoken_keys, spoken_texts

VOICE = load_voice()


def test_every_text_that_the_product_speaks_has_a_clip() -> None:
    """Mend: python -m tools.make_voice --collect."""
    texts = spoken_texts()
    print({origin: len(found) for origin, found in texts.items()})
    assert {origin: phrases_missing(found) for origin, found in texts.items()} == dict.fromkeys(
        texts, ()
    )
    assert len(texts["exercise names"]) == 31
    assert phrases_missing(VOICE.keys) == ()
    keys = spoken_keys()
    print(f"{len(keys)} keys")
    for key, text in keys.items():
        assert VOICE.names((key,)) == VOICE.names((text,)), key
        assert VOICE.names((key,))[1] == (), key


def test_a_text_without_a_clip_is_found_once() -> None:
    asked = ("hold", "Wobble the flamingo", "Glute bridge", "Wobble the flamingo", "")
    assert phrases_missing(asked) == ("Wobble the flamingo", "")


def test_sentences_of_the_wizard_with_blanks_are_put_together() -> None:
    for said in (
        "Good. The tries of the left glute differ by 34 %: as firmly each time as the time before.",
        "The lifts hardly differ from lying still (1.5 deg/s): a little faster, or higher.",
        "There is mains hum of 120 µV at the right lower back: move away from mains cables "
        "and press its pads down.",
        words.instruction("squeeze_glutes", "submaximal"),
        "Only the left one",
    ):
        assert VOICE.utterance((said,), 16_000.0) is not None, said


@pytest.mark.parametrize(
    ("value", "decimals", "keys"),
    [
        (0, 0, ("0",)),
        (60, 0, ("60",)),
        (61, 0, ("60", "1")),
        (70, 0, ("70",)),
        (99, 0, ("90", "9")),
        (100, 0, ("1", "hundred")),
        (105, 0, ("1", "hundred", "and", "5")),
        (999, 0, ("9", "hundred", "and", "90", "9")),
        (-34, 0, ("minus", "34")),
        (-0.2, 0, ("0",)),
        (1.5, 1, ("1", "point", "5")),
    ],
)
def test_numbers_are_said_in_words(value: float, decimals: int, keys: tuple[str, ...]) -> None:
    assert say_number(value, decimals=decimals) == keys
    assert VOICE.missing(keys) == ()
    assert VOICE.names((f"{value:.{decimals}f}".replace("-0", "0"),)) == VOICE.names(keys)


def test_every_whole_number_to_the_largest_can_be_said() -> None:
    assert phrases_missing(str(n) for n in range(-999, 1000)) == ()
    assert phrases_missing(["1000", "\N{MINUS SIGN}5"]) == ("1000",)
    with pytest.raises(ValueError, match="numbers end at 999"):
        say_number(1000)
    with pytest.raises(ValueError, match="cannot be said"):
        say_number(float("nan"))


@pytest.mark.parametrize("rate_hz", [16_000.0, 44_100.0, 48_000.0])
def test_clips_follow_each_other_with_short_pauses_to_the_sample(rate_hz: float) -> None:
    said = ("105", "paused", "Stopped. Rest. How is the pain now?", "hold", "3")
    names, _ = VOICE.names(said)
    heard = VOICE.utterance(said, rate_hz)
    assert heard is not None
    at = 0
    for k, name in enumerate(names):
        clip = VOICE.clip(name, rate_hz)
        assert np.array_equal(heard[at : at + len(clip)], clip), name
        at += len(clip)
        if k < len(names) - 1:
            pause = round((SENTENCE_S if name.endswith("pain now") else JOIN_S) * rate_hz)
            assert np.all(heard[at : at + pause] == 0.0)
            at += pause
    assert at == len(heard)
    assert VOICE.length_s(said) == pytest.approx(len(heard) / rate_hz, abs=0.002)


def test_clips_are_of_one_loudness_begin_at_once_and_never_click() -> None:
    for key in VOICE.keys:
        (name,), _ = VOICE.names((key,))
        clip = VOICE.clip(name, float(CLIP_RATE_HZ))
        heard = np.flatnonzero(np.abs(clip) > 0.05 * np.abs(clip).max())
        rms = float(np.sqrt(np.mean(clip**2)))
        print(
            f"{key}: {len(clip) / CLIP_RATE_HZ:.2f} s, RMS {rms:.3f}, begins {heard[0] / 16:.0f} ms"
        )
        assert 0.05 < rms < 0.12
        assert np.abs(VOICE.clip(name, 48_000.0)).max() < KNEE, "heard as it is"
        assert heard[0] < 0.05 * CLIP_RATE_HZ
        assert max(abs(float(clip[0])), abs(float(clip[-1]))) < 0.01


def test_what_is_packed_comes_out_as_it_went_in_but_for_the_rounding() -> None:
    rng = np.random.default_rng(3)
    print("seed 3")
    for n in (1, 319, 320, 16_123):
        t = np.arange(n) / CLIP_RATE_HZ
        vowel = np.zeros(n) + sum(
            0.1 / k * np.sin(2 * np.pi * 120 * k * t + rng.random()) for k in range(1, 20)
        )
        out = decode(packed := encode(vowel), n)
        error_db = 20 * np.log10(np.linalg.norm(out - vowel) / np.linalg.norm(vowel))
        print(f"{n} samples in {len(packed)} bytes, error {error_db:.1f} dB")
        assert len(out) == n
        assert error_db < -15.0 or n < 1000
    with pytest.raises(ValueError, match="damaged"):
        decode(packed[:40], 16_123)
    with pytest.raises(ValueError, match="damaged"):
        decode(packed, 32_000)


def test_texts_are_found_however_they_are_written() -> None:
    assert (
        normal("Stopped. Rest \N{EN DASH} how is the PAIN now?")
        == "stopped rest how is the pain now"
    )
    assert (
        normal("can\N{RIGHT SINGLE QUOTATION MARK}t tell: \N{MINUS SIGN}3.5 %")
        == "can't tell -3.5 percent"
    )
    assert normal("2-1-2, 10 to 15") == "2 1 2 10 to 15"

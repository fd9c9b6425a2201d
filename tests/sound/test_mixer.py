"""The mixer: never loud, silent at once, bounded, and the same however it is cut."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.sound.cues import CUES, Samples, render
from firingorder.sound.mixer import (
    CEILING,
    PARTS,
    TONES_UNDER_WORDS,
    VOICES,
    WAITING,
    Mixer,
)
from firingorder.sound.speech import BETWEEN_S, CUT_S, QUEUE
from firingorder.sound.tones import BORDER_HZ, TIMBRES, TONE_PEAK, ToneName, wave

RATE_HZ = 48_000.0


def played(mixer: Mixer, seconds: float, block: int = 480) -> np.ndarray:
    out = np.full((round(seconds * RATE_HZ), 2), 9.0, dtype=np.float32)
    for k in range(0, len(out), block):
        mixer.fill(out[k : k + block])
    assert np.array_equal(out[:, 0], out[:, 1])
    return out[:, 0]


def test_a_cue_alone_is_heard_as_it_was_made() -> None:
    for name in CUES:
        mixer = Mixer(RATE_HZ)
        mixer.play(name)
        cue = render(name, RATE_HZ)
        assert np.allclose(played(mixer, 2.0)[: len(cue)], cue, atol=1e-7)
        assert mixer.silent


def test_minus_six_decibels_are_never_reached() -> None:
    mixer = Mixer(RATE_HZ)
    mixer.levels(1.0, 1.0)
    mixer.say(np.float32(4.0) * words(1, 1.0))
    for _ in range(VOICES):
        mixer.play("go")
    loudest = float(np.abs(played(mixer, 1.0)).max())
    print(f"six cues, both voices and words: {20 * np.log10(loudest):.2f} dBFS")
    assert 0.35 < loudest < CEILING


def script(block: int) -> np.ndarray:
    """A session of commands at whole thirds of a second, in blocks of a size."""
    mixer = Mixer(RATE_HZ)
    commands = [
        lambda: mixer.play("glutes_first"),
        lambda: (mixer.levels(0.2, None), mixer.play("warning")),
        lambda: (mixer.levels(0.9, None), mixer.set_volume(0.4)),
        lambda: mixer.set_muted(True),
        lambda: (mixer.say(words(1, 0.4)), mixer.say(words(2, 0.1))),
        lambda: (mixer.say(words(3, 0.2), urgent=True), mixer.set_off(frozenset(("glute",)))),
        lambda: (mixer.set_muted(False), mixer.play("step_done"), mixer.play("go")),
        lambda: (mixer.stop(), mixer.play("back_first")),
        lambda: mixer.levels(0.5, None),
        lambda: mixer.levels(None, None),
        lambda: None,
    ]
    parts: list[np.ndarray] = []
    for command in commands:
        command()
        parts.append(played(mixer, 1.0 / 3.0, block))
    return np.concatenate(parts)


@pytest.mark.parametrize("block", [1, 37, 64, 441, 1024, 1500, 16_000])
def test_the_size_of_the_blocks_changes_no_sample(block: int) -> None:
    if block == 1:
        pieces = [script(16_000)[:16_000]]
        mixer = Mixer(RATE_HZ)
        mixer.play("glutes_first")
        assert np.array_equal(played(mixer, 0.05, 1), pieces[0][:2400])
        return
    assert np.array_equal(script(block), script(480))


@pytest.mark.parametrize("kind", ["stop", "mute"])
def test_silence_within_a_tenth_of_a_second(kind: str) -> None:
    mixer = Mixer(RATE_HZ)
    mixer.levels(0.7, None)
    mixer.play("warning")
    mixer.play("step_done")
    mixer.play("rest")
    played(mixer, 0.25)
    mixer.play("go")
    if kind == "stop":
        mixer.stop()
    else:
        mixer.set_muted(True)
    after = played(mixer, 1.0)
    heard = np.flatnonzero(np.abs(after) > 0.0)
    print(f"{kind}: silent after {1000 * (heard.max() + 1) / RATE_HZ:.1f} ms of samples")
    assert heard.max() < 0.1 * RATE_HZ
    assert np.abs(np.diff(after)).max() < 0.2, "no click"
    assert mixer.silent == (kind == "stop")


def test_after_a_stop_the_next_cue_is_heard_whole() -> None:
    mixer = Mixer(RATE_HZ)
    mixer.play("rest")
    played(mixer, 0.1)
    mixer.stop()
    mixer.play("go")
    after, cue = played(mixer, 0.5), render("go", RATE_HZ)
    begin = round(0.020 * RATE_HZ)
    assert np.allclose(after[begin : begin + len(cue)], cue, atol=1e-7)


def test_what_is_muted_goes_on_unheard() -> None:
    mixer = Mixer(RATE_HZ)
    mixer.set_muted(True)
    mixer.play("rest")
    assert np.abs(played(mixer, 0.1)[2400:]).max() == 0.0
    mixer.set_muted(False)
    rest = played(mixer, 0.2)
    assert np.allclose(rest[2400:], render("rest", RATE_HZ)[7200:14_400], atol=1e-7)


def test_the_queue_is_bounded_and_counts_what_it_refuses() -> None:
    mixer = Mixer(RATE_HZ)
    taken = [mixer.play("tick") for _ in range(WAITING + 5)]
    assert taken == [True] * WAITING + [False] * 5
    assert mixer.dropped == 5
    played(mixer, 0.02)
    assert mixer.play("tick")


@pytest.mark.parametrize("name", ["glute", "back"])
def test_a_muscles_voice_follows_in_pitch_and_loudness(name: ToneName) -> None:
    timbre = TIMBRES[name]
    found: list[float] = []
    for level in (0.0, 0.5, 1.0):
        mixer = Mixer(RATE_HZ)
        mixer.levels(*((level, None) if name == "glute" else (None, level)))
        tone = played(mixer, 0.5)[4800:]
        spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), 1 << 17))
        hz = np.arange(len(spectrum)) * RATE_HZ / (1 << 17)
        base = timbre.low_hz * 2.0 ** (timbre.octaves * level)
        for k, _ in timbre.partials[:3]:
            near = np.abs(hz - k * base) < base / 2
            assert hz[near][np.argmax(spectrum[near])] == pytest.approx(k * base, rel=0.005)
        beyond = hz > BORDER_HZ if name == "glute" else hz < BORDER_HZ
        strayed = float(np.sum(spectrum[beyond] ** 2) / np.sum(spectrum**2))
        assert strayed < 1e-3, "the other voice's place is left free"
        found.append(float(np.sqrt(np.mean(tone**2))))
    assert found[0] < found[1] < found[2]
    assert found[2] == pytest.approx(TONE_PEAK * np.sqrt(np.mean(wave(name) ** 2)), rel=0.02)


def test_where_quiet_is_the_reward_the_sound_fades_to_silence() -> None:
    mixer = Mixer(RATE_HZ)
    loud: list[float] = []
    for level in (1.0, 0.5, 0.1, 0.0):
        mixer.levels(level, level, quiet_is_reward=True)
        loud.append(float(np.abs(played(mixer, 0.3)[4800:]).max()))
    print(f"largest sample at levels 1, 0.5, 0.1, 0: {loud}")
    assert loud[0] > loud[1] > loud[2] > loud[3] == 0.0
    mixer.levels(0.0, 0.0)
    assert np.abs(played(mixer, 0.3)[4800:]).max() > 0.05, "else it is heard at 0, too"


def test_no_command_makes_a_click() -> None:
    """No step between samples is larger than the voices themselves can make at full level."""
    most = sum(float(np.abs(np.diff(TONE_PEAK * full_tone(name))).max()) for name in TIMBRES)
    rng = np.random.default_rng(11)
    print("seed 11")
    mixer = Mixer(RATE_HZ)
    parts: list[np.ndarray] = []
    for _ in range(200):
        glute, back = (None if rng.random() < 0.3 else float(rng.random()) for _ in range(2))
        mixer.levels(glute, back, quiet_is_reward=bool(rng.random() < 0.5))
        mixer.set_off(frozenset(n for n in ("glute", "back") if rng.random() < 0.2))
        mixer.set_muted(bool(rng.random() < 0.1))
        mixer.set_volume(float(rng.random()))
        if rng.random() < 0.1:
            mixer.stop()
        parts.append(played(mixer, float(rng.integers(1, 3000)) / RATE_HZ))
    largest = float(np.abs(np.diff(np.concatenate(parts))).max())
    # Five things may fade over one sample, the quickest in 20 ms.
    allowed = most + 5 * 2 * TONE_PEAK / (0.020 * RATE_HZ)
    print(f"largest step {largest:.4f}, allowed {allowed:.4f}")
    assert largest <= allowed
    assert allowed < 0.5 * TONE_PEAK, "a voice that begins at once would be found"


def full_tone(name: ToneName) -> np.ndarray:
    timbre = TIMBRES[name]
    hz = timbre.low_hz * 2.0**timbre.octaves
    turns = np.remainder(np.arange(round(RATE_HZ)) * hz / RATE_HZ, 1.0)
    return wave(name)[(turns * len(wave(name))).astype(int)]


def words(seed: int, seconds: float) -> Samples:
    """Something that is no cue."""
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal(round(seconds * RATE_HZ))).astype(np.float32)


@pytest.mark.parametrize("block", [37, 480, 4800])
def test_utterances_follow_one_another_to_the_sample(block: int) -> None:
    mixer = Mixer(RATE_HZ)
    first, second = words(1, 0.3), words(2, 0.2)
    mixer.say(first)
    mixer.say(second)
    heard = played(mixer, 1.0, block)
    begin = len(first) + round(BETWEEN_S * RATE_HZ)
    assert np.array_equal(heard[: len(first)], limited(first))
    assert np.abs(heard[len(first) : begin]).max() == 0.0
    assert np.array_equal(heard[begin : begin + len(second)], limited(second))
    assert mixer.silent


def limited(samples: np.ndarray) -> np.ndarray:
    mixer = Mixer(RATE_HZ)
    mixer.play_samples(samples)
    return played(mixer, len(samples) / RATE_HZ)


def test_an_urgent_word_cuts_in_and_what_waits_is_dropped() -> None:
    mixer = Mixer(RATE_HZ)
    mixer.say(words(1, 1.0))
    mixer.say(words(2, 1.0))
    played(mixer, 0.1)
    urgent = words(3, 0.2)
    mixer.say(urgent, urgent=True)
    heard = played(mixer, 2.0)
    begin = round(CUT_S * RATE_HZ)
    assert np.array_equal(heard[begin : begin + len(urgent)], limited(urgent))
    assert np.abs(heard[begin + len(urgent) :]).max() == 0.0
    assert np.abs(heard[begin - 5 : begin]).max() < 0.02, "faded, not cut"


def test_of_too_many_utterances_the_oldest_that_wait_are_dropped_and_late_ones_too() -> None:
    mixer = Mixer(RATE_HZ)
    lines = [words(k, 0.2) for k in range(QUEUE + 3)]
    mixer.say(lines[0])
    played(mixer, 0.01)
    for line in lines[1:]:
        mixer.say(line)
        played(mixer, 0.01)
    mixer.say(words(99, 0.2), within_s=0.1)
    heard = played(mixer, 3.0)
    told = [k for k, line in enumerate(lines) if found_in(heard, line)]
    print(f"of {len(lines)} said: {told} after the first; the late one is not")
    assert told == list(range(len(lines) - QUEUE + 1, len(lines))) or told == [
        *range(len(lines) - QUEUE, len(lines))
    ]
    assert not found_in(heard, words(99, 0.2))


def found_in(heard: np.ndarray, line: np.ndarray) -> bool:
    piece = limited(line)[1000:1040]
    near = np.flatnonzero(np.abs(heard - piece[0]) < 1e-7)
    return any(
        np.allclose(heard[k : k + 40], piece, atol=1e-7) for k in near if k + 40 < len(heard)
    )


def test_words_sink_the_tones_and_the_cues_under_them() -> None:
    quiet = np.zeros(round(0.6 * RATE_HZ), dtype=np.float32)
    mixer = Mixer(RATE_HZ)
    mixer.levels(1.0, None)
    before = np.abs(played(mixer, 0.4)[4800:]).max()
    mixer.say(quiet)
    during = np.abs(played(mixer, 0.4)[4800:]).max()
    after = np.abs(played(mixer, 0.8)[24_000:]).max()
    assert during == pytest.approx(TONES_UNDER_WORDS * before, rel=0.01)
    assert after == pytest.approx(before, rel=0.01)


def test_each_part_is_silenced_by_itself() -> None:
    for part in PARTS:
        loud: dict[str, float] = {}
        for other in PARTS:
            mixer = Mixer(RATE_HZ)
            mixer.set_off(frozenset((part,)))
            played(mixer, 0.1)
            give(mixer, other)
            loud[other] = float(np.abs(played(mixer, 0.3)).max())
        assert {name for name, peak in loud.items() if peak == 0.0} == {part}


def give(mixer: Mixer, part: str) -> None:
    match part:
        case "glute":
            mixer.levels(1.0, None)
        case "back":
            mixer.levels(None, 1.0)
        case "speech":
            mixer.say(words(1, 0.3))
        case _:
            mixer.play("go")


def test_stop_is_confirmed_even_where_cues_are_off() -> None:
    mixer = Mixer(RATE_HZ)
    mixer.set_off(frozenset(("cues",)))
    mixer.levels(0.9, 0.9)
    mixer.say(words(1, 2.0))
    mixer.play("warning")
    played(mixer, 0.3)
    mixer.stop()
    mixer.play("stop")
    heard, cue = played(mixer, 1.5), render("stop", RATE_HZ)
    begin = round(0.020 * RATE_HZ)
    assert np.allclose(heard[begin : begin + len(cue)], cue, atol=1e-7)
    assert np.abs(heard[begin + len(cue) :]).max() == 0.0
    assert mixer.silent


def test_a_level_out_of_range_or_no_number_is_no_surprise() -> None:
    loud, most = Mixer(RATE_HZ), Mixer(RATE_HZ)
    loud.levels(7.0, None)
    most.levels(1.0, None)
    assert np.array_equal(played(loud, 0.2), played(most, 0.2))
    loud.levels(float("nan"), None)
    assert np.abs(played(loud, 0.3)[4800:]).max() == 0.0


def test_volume_scales_and_is_checked() -> None:
    mixer = Mixer(RATE_HZ)
    mixer.set_volume(0.25)
    played(mixer, 0.1)
    mixer.play("go")
    cue = render("go", RATE_HZ)
    assert np.allclose(played(mixer, 0.4)[: len(cue)], 0.25 * cue, atol=1e-7)
    with pytest.raises(ValueError, match="between 0 and 1"):
        mixer.set_volume(1.5)


def test_an_empty_block_is_legal() -> None:
    mixer = Mixer(RATE_HZ)
    mixer.play("go")
    mixer.fill(np.zeros((0, 2), dtype=np.float32))
    assert np.abs(played(mixer, 0.1)).max() > 0.1

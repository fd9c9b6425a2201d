"""The mixer: never loud, silent at once, bounded, and the same however it is cut."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.sound.cues import CUES, render
from firingorder.sound.mixer import CEILING, TONE_LOW_HZ, VOICES, WAITING, Mixer

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
    mixer.level(1.0)
    for _ in range(VOICES):
        mixer.play("go")
    loudest = float(np.abs(played(mixer, 1.0)).max())
    print(f"six cues and the tone: {20 * np.log10(loudest):.2f} dBFS")
    assert 0.35 < loudest < CEILING


def script(block: int) -> np.ndarray:
    """A session of commands at whole thirds of a second, in blocks of a size."""
    mixer = Mixer(RATE_HZ)
    commands = [
        lambda: mixer.play("glutes_first"),
        lambda: (mixer.level(0.2), mixer.play("warning")),
        lambda: (mixer.level(0.9), mixer.set_volume(0.4)),
        lambda: mixer.set_muted(True),
        lambda: (mixer.set_muted(False), mixer.play("step_done"), mixer.play("go")),
        lambda: (mixer.stop(), mixer.play("back_first")),
        lambda: mixer.level(0.5),
        lambda: mixer.level(None),
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
    mixer.level(0.7)
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


def test_the_level_tone_follows_in_pitch_and_loudness() -> None:
    found: list[tuple[float, float]] = []
    for level in (0.0, 0.5, 1.0):
        mixer = Mixer(RATE_HZ)
        mixer.level(level)
        tone = played(mixer, 0.5)[4800:]
        spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), 1 << 17))
        found.append(
            (float(np.argmax(spectrum)) * RATE_HZ / (1 << 17), float(np.sqrt(np.mean(tone**2))))
        )
    for (hz, _), level in zip(found, (0.0, 0.5, 1.0), strict=True):
        assert hz == pytest.approx(TONE_LOW_HZ * 2.0**level, rel=0.005)
    assert found[0][1] < found[1][1] < found[2][1]


def test_a_level_out_of_range_or_no_number_is_no_surprise() -> None:
    loud, most = Mixer(RATE_HZ), Mixer(RATE_HZ)
    loud.level(7.0)
    most.level(1.0)
    assert np.array_equal(played(loud, 0.2), played(most, 0.2))
    loud.level(float("nan"))
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

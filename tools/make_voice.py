"""Make the clips of the voice: ``firingorder/sound/voice_en.npz`` from ``voice_en.json``.

python -m tools.make_voice [--collect]

The list names what is said by a key, and holds the texts that stand elsewhere in the program;
``--collect`` fetches those anew. Needs ``flite`` (Debian: ``apt install flite``), whose voice rms
makes the same samples from the same text each time. Texts whose clip exists already and whose
spelling did not change are kept, so that a new sentence changes nothing else; ``--all`` makes
every clip anew.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, minimum_filter1d

from firingorder.sound.codec import CLIP_RATE_HZ, encode
from firingorder.sound.voice import LIST_NAME, PACK_NAME, normal

FOLDER = Path(__file__).resolve().parents[1] / "firingorder" / "sound"
#: What is heard of a clip begins and ends where it passes this part of its largest sample.
AUDIBLE = 0.025
#: Left before and after what is heard, and faded: soft beginnings and ends live there.
EDGE_S = 0.015
#: Share of the sample before that is taken off each: lifts what tells words apart over a noise.
#: docs/decisions/0026-voice.md has what it does to words in noise.
EMPHASIS = 0.7
#: RMS of every clip and its largest sample, of full scale: speech with 9 dB of crest. Rounding
#: adds to peaks, and a clip has to stay below the knee of the limiter at 0.35 without being turned
#: down by much when it is played.
RMS, LARGEST = 0.10, 0.29
#: Limiting takes loudness away, which is given back and limited again.
ROUNDS = 4
#: The gain falls this long before a peak and rises as slowly after it.
LIMIT_S = 0.005

Values = NDArray[np.float64]


def main() -> None:
    """Make what is missing."""
    parser = argparse.ArgumentParser(description="Make the clips of the voice.")
    parser.add_argument("--collect", action="store_true", help="fetch the texts anew")
    parser.add_argument("--all", action="store_true", help="make every clip anew")
    parser.add_argument("--flite", default="flite", help="the program that speaks")
    args = parser.parse_args()
    path = FOLDER / LIST_NAME
    listed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if args.collect:
        listed["collected"], listed["texts"] = collected(listed["phrases"])
        path.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    texts = {normal(t): t for t in all_texts(listed)}
    old = {} if args.all else _packed(FOLDER / PACK_NAME)
    clips: dict[str, tuple[int, bytes]] = {}
    for name, text in sorted(texts.items()):
        clips[name] = old.get(name) or _clip(text, listed["voice"], args.flite)
    _pack(FOLDER / PACK_NAME, clips)
    seconds = sum(n for n, _ in clips.values()) / CLIP_RATE_HZ
    print(f"{len(clips)} clips ({len(clips.keys() - old.keys())} new), {seconds:.0f} s,", end=" ")
    print(f"{(FOLDER / PACK_NAME).stat().st_size / 1e6:.2f} MB")


def collected(phrases: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return what stands elsewhere: texts by key, and those without one.

    Raises
    ------
    ValueError
        A key of the list means something else there.
    """
    from tools.voice_texts import spoken_keys, spoken_texts  # only here: most of the program

    keys = spoken_keys()
    for key in keys.keys() & phrases.keys():
        if normal(keys[key]) != normal(phrases[key]):
            raise ValueError(f"{key} is {keys[key]!r}, but {phrases[key]!r} in the list")
    keyed = {normal(text) for text in (*phrases.values(), *keys.values())}
    texts = {normal(t): t for found in spoken_texts().values() for t in found}
    more = {key: text for key, text in sorted(keys.items()) if key not in phrases}
    return more, sorted(text for name, text in texts.items() if name not in keyed)


def all_texts(listed: dict[str, Any]) -> list[str]:
    """Return all that is spoken."""
    return [*listed["texts"], *listed["collected"].values(), *listed["phrases"].values()]


def prepared(samples: Values) -> Values:
    """Return a clip cut to what is heard, at the loudness of all, and without high peaks."""
    samples = samples - EMPHASIS * np.concatenate([[0.0], samples[:-1]])
    heard = np.flatnonzero(np.abs(samples) > AUDIBLE * np.abs(samples).max())
    edge = round(EDGE_S * CLIP_RATE_HZ)
    cut = samples[max(0, heard[0] - edge) : heard[-1] + 1 + edge]
    out = cut
    for _ in range(ROUNDS):
        out = _limited(out * (RMS / np.sqrt(np.mean(out**2))))
    fade = 0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)
    out[:edge] *= fade
    out[-edge:] *= fade[::-1]
    return out


def _limited(samples: Values) -> Values:
    reach = round(LIMIT_S * CLIP_RATE_HZ)
    gain = np.minimum(1.0, LARGEST / np.maximum(np.abs(samples), 1e-9))
    gain = gaussian_filter1d(minimum_filter1d(gain, 2 * reach + 1), reach / 3.0, truncate=3.0)
    return np.clip(samples * gain, -LARGEST, LARGEST)


def _clip(text: str, voice: str, flite: str) -> tuple[int, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        subprocess.run([flite, "-voice", voice, "-t", text, "-o", str(path)], check=True)
        with wave.open(str(path)) as file:
            if file.getframerate() != CLIP_RATE_HZ or file.getsampwidth() != 2:
                raise SystemExit(f"{flite} speaks at {file.getframerate()} Hz, not {CLIP_RATE_HZ}")
            spoken = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768.0
    samples = prepared(spoken)
    return len(samples), encode(samples)


def _packed(path: Path) -> dict[str, tuple[int, bytes]]:
    if not path.exists():
        return {}
    with np.load(path) as pack:
        names, lengths, ends = pack["names"], pack["lengths"], pack["ends"]
        body = pack["body"].tobytes()
    begins = [0, *ends[:-1].tolist()]
    return {
        str(name): (int(n), body[a:b])
        for name, n, a, b in zip(names, lengths, begins, ends.tolist(), strict=True)
    }


def _pack(path: Path, clips: dict[str, tuple[int, bytes]]) -> None:
    ordered = sorted(clips.items())
    np.savez_compressed(
        path,
        names=np.array([name for name, _ in ordered]),
        lengths=np.array([n for _, (n, _) in ordered], dtype=np.int64),
        ends=np.cumsum([len(one) for _, (_, one) in ordered], dtype=np.int64),
        body=np.frombuffer(b"".join(one for _, (_, one) in ordered), dtype=np.uint8),
    )


if __name__ == "__main__":
    main()

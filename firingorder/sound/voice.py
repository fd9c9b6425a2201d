"""What can be spoken: clips packed with the program, and how texts and numbers are made of them.

``voice_en.json`` lists what is said, ``voice_en.npz`` holds a clip of each (tools/make_voice.py).
A text is spoken whole where it has a clip; else it is put together from the longest pieces that
have one, and numbers from theirs. Nothing is left out: what cannot be said whole is not said.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.sound.codec import CLIP_RATE_HZ, decode
from firingorder.sound.cues import PEAK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from firingorder.sound.cues import Samples

#: Keys of clips ("glutes_first"), texts ("Lie on your back."), or numbers ("105", "-3", "1.5").
Utterance = tuple[str, ...]

LIST_NAME, PACK_NAME = "voice_en.json", "voice_en.npz"
SCHEMA = "firingorder.voice/1"
#: Between two clips: within one phrase words follow each other in some hundredths of a second.
JOIN_S = 0.040
#: After a clip whose text ends a sentence.
SENTENCE_S = 0.250
#: Clips kept ready: two minutes of speech at 48 kHz are 23 MB.
KEPT_S = 120.0
#: Largest number that is spoken; nothing that is counted comes near it.
LARGEST = 999

_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WORD = re.compile(rf"(?<![\w]){_NUMBER.pattern}|[^\W_]+(?:'[^\W_]+)*|%")
_SENTENCE_END = (".", "!", "?")


def normal(text: str) -> str:
    """Return a text as clips are found by: words in small letters, without punctuation."""
    words = _WORD.findall(text.translate(_SIGNS).lower())
    return " ".join("percent" if word == "%" else word for word in words)


def say_number(value: float, *, decimals: int = 0) -> tuple[str, ...]:
    """Return the keys that say a number: 105 is ``("1", "hundred", "and", "5")``.

    Raises
    ------
    ValueError
        It is no number, or beyond :data:`LARGEST`.
    """
    if not abs(value) < LARGEST + 0.5:
        raise ValueError(f"{value!r} cannot be said: numbers end at {LARGEST}")
    written = f"{value:.{decimals}f}"
    if float(written) == 0.0:
        written = written.lstrip("-")
    return _number_keys(written)


def _number_keys(written: str) -> tuple[str, ...]:
    whole, _, part = written.removeprefix("-").partition(".")
    keys: list[str] = ["minus"] if written.startswith("-") else []
    hundreds, rest = divmod(int(whole), 100)
    if hundreds:
        keys += [str(hundreds), "hundred", *(["and"] if rest else [])]
    if rest or not hundreds:
        keys += [str(rest)] if rest <= 60 or rest % 10 == 0 else [str(rest // 10 * 10)]
        if rest > 60 and rest % 10:
            keys.append(str(rest % 10))
    if part:
        keys += ["point", *part]
    return tuple(keys)


class Voice:
    """The clips of one language. Decodes a clip when it is first needed and keeps the newest.

    May be used from any thread: what two threads decode at once is decoded twice.
    """

    def __init__(
        self,
        phrases: Mapping[str, str],
        texts: Sequence[str],
        names: Sequence[str],
        pack: _Pack,
    ) -> None:
        self._keys = {key: normal(text) for key, text in phrases.items()}
        spoken = [*texts, *phrases.values()]
        self._ends = {normal(text) for text in spoken if text.endswith(_SENTENCE_END)}
        self._pack = pack
        self._index = {name: k for k, name in enumerate(names)}
        self._longest = max((name.count(" ") + 1 for name in names), default=0)
        self._ready: dict[tuple[str, int], Samples] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the list."""
        return tuple(self._keys)

    def names(self, said: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the clips of an utterance in order, and the parts that have none."""
        found: list[str] = []
        missing: list[str] = []
        for part in said:
            pieces = self._pieces(part)
            if pieces is None:
                missing.append(part)
            else:
                found += pieces
        return tuple(found), tuple(missing)

    def clip(self, name: str, rate_hz: float) -> Samples:
        """Return a clip, ``(n_samples,)`` of full scale 1, at a rate."""
        key = (name, round(rate_hz))
        ready = self._ready.get(key)
        if ready is None:
            ready = self._pack.clip(self._index[name])
            if key[1] != CLIP_RATE_HZ:
                from scipy.signal import resample_poly  # as in commands.py

                ready = resample_poly(ready, key[1], CLIP_RATE_HZ).astype(np.float32)
            # Rounding and the change of rate add to peaks; the limiter would bend them.
            ready = ready * np.float32(min(1.0, PEAK / float(np.abs(ready).max())))
            kept = dict(self._ready)  # a new one: others may be reading this
            kept[key] = ready
            room = round(KEPT_S * rate_hz)
            while sum(map(len, kept.values())) > room and len(kept) > 1:
                del kept[next(iter(kept))]
            self._ready = kept
        return ready

    def utterance(self, said: Iterable[str], rate_hz: float) -> Samples | None:
        """Return what is heard, pauses and all, ``(n_samples,)``; None where a part has no clip."""
        names, missing = self.names(said)
        if missing or not names:
            return None
        parts: list[Samples] = []
        for k, name in enumerate(names):
            if k:
                pause_s = SENTENCE_S if names[k - 1] in self._ends else JOIN_S
                parts.append(np.zeros(round(pause_s * rate_hz), dtype=np.float32))
            parts.append(self.clip(name, rate_hz))
        return np.concatenate(parts)

    def length_s(self, said: Iterable[str]) -> float:
        """Return how long an utterance takes; 0 where it cannot be said."""
        names, missing = self.names(said)
        if missing or not names:
            return 0.0
        pauses_s = sum(SENTENCE_S if name in self._ends else JOIN_S for name in names[:-1])
        clips = sum(int(self._pack.lengths[self._index[name]]) for name in names)
        return clips / CLIP_RATE_HZ + pauses_s

    def missing(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return which of the texts or keys cannot be said, each once."""
        return tuple(dict.fromkeys(t for t in texts if self._pieces(t) is None))

    def _pieces(self, part: str) -> list[str] | None:
        if part in self._keys:
            return [self._keys[part]]
        words = normal(part).split()
        if not words:
            return None
        found: list[str] = []
        at = 0
        while at < len(words):
            for n in range(min(self._longest, len(words) - at), 0, -1):
                name = " ".join(words[at : at + n])
                if name in self._index:
                    found.append(name)
                    at += n
                    break
            else:
                number = self._number(words[at])
                if number is None:
                    return None
                found += number
                at += 1
        return found

    def _number(self, word: str) -> list[str] | None:
        if not _NUMBER.fullmatch(word) or len(word.lstrip("-").partition(".")[0]) > 3:
            return None
        names = [self._keys.get(key, "") for key in _number_keys(word)]
        return names if all(name in self._index for name in names) else None


class _Pack:
    """The clips as they are stored."""

    def __init__(self, lengths: Any, ends: Any, body: bytes) -> None:
        self.lengths = lengths
        self._ends = ends
        self._body = body

    def clip(self, k: int) -> Samples:
        begin = int(self._ends[k - 1]) if k else 0
        return decode(self._body[begin : int(self._ends[k])], int(self.lengths[k]))


@cache
def load_voice() -> Voice:
    """Return the voice of the program, read once."""
    folder = files("firingorder.sound")
    listed = json.loads((folder / LIST_NAME).read_text(encoding="utf-8"))
    with np.load(BytesIO((folder / PACK_NAME).read_bytes())) as pack:
        names = [str(name) for name in pack["names"]]
        packed = _Pack(pack["lengths"], pack["ends"], pack["body"].tobytes())
    keyed = listed["collected"] | listed["phrases"]
    return Voice(keyed, listed["texts"], names, packed)


def phrases_missing(texts: Iterable[str]) -> tuple[str, ...]:
    """Return which texts or keys the program cannot say, each once, in order."""
    return load_voice().missing(texts)

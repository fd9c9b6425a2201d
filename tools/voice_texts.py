"""Every text that the product speaks, from where it stands; with blanks, the pieces around them.

What is spoken is shown as well, and is written where it is shown: in the exercise records, in the
fault dictionary, and among the words of the wizard and of the outcomes. ``make_voice.py`` puts a
clip of each into the package, and a test asks whether one is missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from firingorder.calibration import reasons, words
from firingorder.findings import QualityState
from firingorder.montage import NAMES
from firingorder.report import wording
from firingorder.signal.quality import advice, site
from firingorder.sound.voice import normal
from firingorder.training.coaching import words as coaching
from firingorder.training.exercises.loader import load_exercise, task_ids
from firingorder.training.faults import load_faults
from firingorder.training.goals import words as goals
from firingorder.training.programmes.templates import single
from firingorder.training.safety import texts as safety

if TYPE_CHECKING:
    from collections.abc import Iterable

_BLANK = re.compile(r"\{[^}]*\}")


def spoken_keys() -> dict[str, str]:
    """Return the text of every key by which the coach, the goals and the safety rules speak."""
    found: dict[str, str] = {}
    for words_of in (coaching.WORDS, goals.SPOKEN, safety.utterances()):
        for key, text in words_of.items():
            if normal(found.setdefault(key, text)) != normal(text):
                raise ValueError(f"{key} stands for two texts: {found[key]!r} and {text!r}")
    return found


def spoken_texts() -> dict[str, tuple[str, ...]]:
    """Return the texts by where they come from; blanks are cut out of them."""
    records = [load_exercise(one) for one in task_ids()]
    faults = load_faults().values()
    channels = [where for name in NAMES for where in (site(name), wording.plain_channel(name))]
    sides = [wording.plain_channels(pair) for pair in zip(NAMES[::2], NAMES[1::2], strict=True)]
    found: dict[str, Iterable[str]] = {
        "exercise names": (dict(one.names)["en"] for one in records),
        "exercise conditions": (dict(one.texts)["en"].only_if for one in records),
        "exercise limits": (one.note for record in records for one in single(record).items),
        "exercise setups": (dict(one.texts)["en"].setup for one in records),
        "exercise cues": (cue for one in records for cue in dict(one.texts)["en"].cues),
        "fault cues": (dict(one.cue)["en"] for one in faults),
        "wizard titles": map(words.title, words._TITLES),  # noqa: SLF001 - a listing of what is said
        "wizard instructions": (
            words.instruction(step, effort)
            for step in words._INSTRUCTIONS  # noqa: SLF001
            for effort in words._EFFORT  # noqa: SLF001
        ),
        "wizard words": words._SAID.values(),  # noqa: SLF001
        "wizard reasons": reasons._SENTENCES.values(),  # noqa: SLF001
        "channels": [*channels, *sides],
        "signal states": (advice("{channel}", state) for state in get_args(QualityState)),
        "outcomes": wording.VERDICT_WORDS.values(),
        "why not told": wording._REASONS.values(),  # noqa: SLF001
        "why not scored": wording._NOT_SCORED.values(),  # noqa: SLF001
    }
    return {origin: _pieces(texts) for origin, texts in found.items()}


def _pieces(texts: Iterable[str]) -> tuple[str, ...]:
    pieces = (piece.strip() for text in texts for piece in _BLANK.split(text))
    return tuple(dict.fromkeys(p for p in pieces if re.search(r"\w", p)))

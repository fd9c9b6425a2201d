"""What is said about safety, by key, from ``texts.yaml``. Docs: docs/reference/safety.md."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

from firingorder.training.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.training.fields import Words

SCHEMA = "firingorder.safety_texts/1"
#: Texts that are only read: footer, help beside a question, words on buttons.
_SILENT = ("safety.nodiag", "help.", "option.")


@cache
def load_texts() -> Mapping[str, Words]:
    """Return every text in every language, by key.

    Raises
    ------
    FileFormatError
        The file is damaged.
    """
    data = yaml.safe_load(
        (files("firingorder.training.safety") / "texts.yaml").read_text(encoding="utf-8")
    )
    record = Fields(data, "texts.yaml", frozenset({"schema", "texts"}), "a list of texts")
    record.choice("schema", (SCHEMA,))
    known = record.mapping("texts")
    texts = Fields(known, "texts.yaml", frozenset(known), "a list of texts")
    return MappingProxyType({key: texts.words(key) for key in known})


def text(key: str, language: str = "en") -> str:
    """Return a text, in English where there is none in that language.

    Raises
    ------
    KeyError
        There is no such key.
    """
    words = dict(load_texts()[key])
    return words.get(language, words["en"])


def utterances(language: str = "en") -> dict[str, str]:
    """Return what may be spoken, by key: everything that carries a set with the eyes closed."""
    return {
        key: text(key, language) for key in load_texts() if not key.startswith(_SILENT)
    }  # fmt: skip

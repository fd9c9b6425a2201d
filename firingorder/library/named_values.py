"""Names with numbers as two lines of JSON: a trend reads thousands, under names that repeat."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence


def to_text(named: Sequence[tuple[str, float]]) -> str:
    """Return the text that is kept."""
    names = json.dumps([name for name, _ in named])
    return f"{names}\n{json.dumps([value for _, value in named], allow_nan=False)}"


def from_text(text: str) -> tuple[tuple[str, float], ...]:
    """Return names and numbers."""
    names, _, values = text.partition("\n")
    return tuple(zip(_names(names), cast("list[float]", json.loads(values or "[]")), strict=True))


@lru_cache(maxsize=64)
def _names(text: str) -> tuple[str, ...]:
    return tuple(cast("list[str]", json.loads(text)))

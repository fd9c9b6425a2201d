"""What a person types into a field of a programme, as the value that a file would hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.training.programmes.items import MOST_SETS

if TYPE_CHECKING:
    from firingorder.training.programmes.records import Item

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_TIMES = re.compile(r"(\d+)\s*[x×*]\s*(\d+)")
_LIST = re.compile(r"[\s;/,>-]+|\s+then\s+")
_TEMPO_BREAK = re.compile(r"\s*[-–/;]\s*|\s+")
_OWN_PACE = ("", "-", "none", "null", "own pace")
_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
_NUMBERS = ("hold_s", "rest_s", "pause_s", "band", "low", "high", "step_percent")


def typed_value(field: str, text: str) -> object:
    """Return what was typed as the value of a field, for ``editing.change``.

    Repetitions as ``10``, ``3 x 10``, ``6-4-2`` or ``6, 4, 2``; tempo as ``2-1-2``; numbers with a
    point or a comma, with or without their unit. Nothing is None: the field's default.

    Raises
    ------
    UsageError
        It cannot be read: one sentence with an example.
    """
    said = text.strip().lower()
    if field == "reps":
        return _reps(said, text)
    if field in ("note", "name", "track", "exercise"):
        return text.strip() or None
    if said in _OWN_PACE:
        return None
    if field == "tempo_s":
        parts = [_number(one) for one in _TEMPO_BREAK.split(_bare(said))]
        if len(parts) != 3 or None in parts:
            raise UsageError(f"{text!r} is no tempo; type way out, far, way back, such as 2-1-2.")
        return parts
    if field in _NUMBERS:
        value = _number(_bare(said))
        if value is None:
            raise UsageError(f"{text!r} is no number; type one such as 10 or 2.5.")
        return value
    if field == "estimate_first":
        if said not in (*_YES, *_NO):
            raise UsageError(f"{text!r} is neither yes nor no; type one of them.")
        return said in _YES
    return said


def shown_value(item: Item, field: str) -> str:
    """Return a field of an item as it would be typed."""
    value = getattr(item, field)
    if value is None:
        return ""
    if field == "reps":
        same = set(item.reps)
        if len(same) == 1 and len(item.reps) > 1:
            return f"{len(item.reps)} x {same.pop()}"
        return "-".join(map(str, item.reps))
    if field == "tempo_s":
        return "-".join(f"{one:g}" for one in item.tempo_s or ())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _reps(said: str, text: str) -> list[int]:
    times = _TIMES.fullmatch(said)
    if times is not None:
        sets, reps = int(times[1]), int(times[2])
        if 1 <= sets <= MOST_SETS:
            return [reps] * sets
        raise UsageError(f"{text!r} has {sets} sets; type 1 to {MOST_SETS}, such as 3 x 10.")
    parts = [one for one in _LIST.split(said) if one]
    if not parts or not all(one.isascii() and one.isdigit() for one in parts):
        raise UsageError(f"{text!r} is no count; type repetitions such as 10, 3 x 10 or 6-4-2.")
    return [int(one) for one in parts]


def _bare(said: str) -> str:
    """Return a text without the unit at its end."""
    return re.sub(r"\s*(?:s|sec|seconds|ms|%)$", "", said)


def _number(said: str) -> float | None:
    return float(said.replace(",", ".")) if _NUMBER.fullmatch(said) else None

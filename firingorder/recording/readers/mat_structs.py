"""Finds the signals within structures of a MAT file: the one place where arrays of a length lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.errors import FileFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

#: Fewer values are a setting, not a signal.
LEAST_SAMPLES = 16
_MOST_DEPTH = 12
#: Rates stand in one number, or in one for each signal.
_RATE_FIELDS = ("Fs", "fs", "freq", "rate", "rate_hz")


def innermost(path: Path, variables: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the variables, or the fields of the structures in which there are signals.

    Structures that stand side by side are streams of one recording; each comes with its name.

    Raises
    ------
    FileFormatError
        Structures in different places hold recordings of their own; the message names them.
    """
    if any(_is_signal(value) for value in variables.values()):
        return [("", variables)]
    found = list(_places(variables, "", 0))
    if not found:
        return [("", variables)]
    if len({name.rpartition(".")[0] for name, _ in found}) == 1:
        return [(name.rpartition(".")[2], _with_one_rate(fields)) for name, fields in found]
    names = ", ".join(name for name, _ in found[:4])
    more = f" and {len(found) - 4} more" if len(found) > 4 else ""
    raise FileFormatError(
        f"{path} holds {len(found)} recordings ({names}{more}): save the one that is meant in a "
        "file of its own."
    )


def _places(fields: dict[str, Any], name: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every structure that holds an array and a rate, or arrays on its first level."""
    for key, value in fields.items():
        inside = _fields(value)
        if not inside or depth > _MOST_DEPTH:
            continue
        full = f"{name}.{key}" if name else key
        if any(_is_signal(one) for one in inside.values()) and _has_rate(inside):
            yield full, inside
        else:
            yield from _places(inside, full, depth + 1)


def _has_rate(fields: dict[str, Any]) -> bool:
    return any(name in fields for name in (*_RATE_FIELDS, "time", "time_s"))


def _with_one_rate(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields in which a structure of rates is one number, where all of them are equal."""
    for name in _RATE_FIELDS:
        each = _fields(fields.get(name))
        rates = {float(np.asarray(one).flat[0]) for one in each.values() if _is_number(one)}
        if len(rates) == 1:
            return {**fields, name: np.array([rates.pop()])}
    return fields


def _is_number(value: object) -> bool:
    array: NDArray[Any] = np.asarray(value)
    return array.size == 1 and array.dtype.kind in "iuf"


def _is_signal(value: object) -> bool:
    array: NDArray[Any] = np.asarray(value)
    return array.dtype.kind in "iuf" and array.size >= LEAST_SAMPLES


def _fields(value: object) -> dict[str, Any]:
    """Return the fields of a structure with one element, nothing for anything else."""
    if not isinstance(value, np.ndarray):
        return {}
    array = cast("NDArray[Any]", value)
    names = array.dtype.names
    if names is None or array.size != 1:
        return {}
    return {name: array[name].flat[0] for name in names}

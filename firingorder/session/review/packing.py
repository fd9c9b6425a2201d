"""Findings as JSON and back, to the last bit: frozen dataclasses as lists of their fields.

For what this version wrote itself: :func:`shapes` says of which fields, and what was written with
others is not read. Floats survive JSON, because their shortest text is exact.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from firingorder import findings, measures
from firingorder.session import results, training_result
from firingorder.signal import account, reference, task

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_ROOTS: tuple[type, ...] = (
    findings.RepetitionFinding,
    findings.SetFinding,
    findings.ChannelFinding,
    results.RecordingSummary,
    training_result.Training,
    account.RepetitionAccount,
    reference.PersonalReference,
    task.TaskSpec,
)
#: Names that modules use for types they only import for checking.
_NAMES: dict[str, Any] = {
    **{name: getattr(measures, name) for name in dir(measures) if name[0].isupper()},
    **{name: getattr(findings, name) for name in dir(findings) if name[0].isupper()},
}


def pack(value: Any) -> Any:
    """Return a value as what JSON has: dataclasses and tuples as lists."""
    if is_dataclass(value):
        return [pack(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, tuple | list):
        return [pack(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {str(key): pack(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value


def unpack(kind: type[T], data: Any) -> T:
    """Return what :func:`pack` was given.

    Raises
    ------
    ValueError, TypeError, KeyError
        It is not of this kind.
    """
    return _reader(kind)(data)


@cache
def shapes() -> str:
    """Return a hash of all fields that are written: another one, and nothing is read."""
    told = sorted(_shape(one) for one in _all_kinds())
    return hashlib.sha256("\n".join(told).encode("utf-8")).hexdigest()


def _shape(kind: type) -> str:
    return f"{kind.__name__}: " + ", ".join(f"{n} {h}" for n, h in _hints(kind).items())


def _all_kinds() -> set[type]:
    found: set[type] = set()
    waiting: list[Any] = list(_ROOTS)
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and is_dataclass(kind):
            if kind not in found:
                found.add(kind)
                waiting += _hints(kind).values()
        else:
            waiting += get_args(kind)
    return found


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind, localns=_NAMES)
    return {one.name: hints[one.name] for one in fields(kind)}  # pyright: ignore[reportArgumentType]


def _same(data: Any) -> Any:
    return data


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what makes a value of a type of its JSON."""
    origin = get_origin(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_reader(kind)
    if origin in (Union, UnionType):
        inner = [one for one in get_args(kind) if one is not NoneType]
        readers = [_reader(one) for one in inner]
        if all(one is _same for one in readers):
            return _same
        (only,) = readers  # a choice of two dataclasses could not be told apart
        return lambda data: None if data is None else only(data)
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    if origin is dict:
        read = _reader(get_args(kind)[1])
        return lambda data: {key: read(one) for key, one in data.items()}
    assert origin in (None, Literal), kind
    return _same


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    readers = [_reader(one) for one in _hints(kind).values()]
    if all(one is _same for one in readers):
        return lambda data: kind(*data)
    return lambda data: kind(*[read(one) for read, one in zip(readers, data, strict=True)])


def _tuple_reader(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        read = _reader(kinds[0])
        if read is _same:
            return tuple
        return lambda data: tuple([read(one) for one in data])
    readers = [_reader(one) for one in kinds]
    return lambda data: tuple([read(one) for read, one in zip(readers, data, strict=True)])

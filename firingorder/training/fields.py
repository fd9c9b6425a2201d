"""A decoded record whose every read is checked; a fault names the file, the field, the value."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any, Literal, cast

from firingorder.errors import FileFormatError

#: V: seen in the source that is named. A: an article's opinion. GK: general knowledge, unverified.
#: P: a default or proposal of this product.
Evidence = Literal["V", "A", "GK", "P"]
Words = tuple[tuple[str, str], ...]
"""A text in each language, English among them."""

_CODE = re.compile(r"[a-z][a-z0-9_]*")
#: Languages as in ``en`` or ``pt_BR``.
_LANGUAGE = re.compile(r"[a-z]{2}(_[A-Z]{2})?")


class Fields:
    """The fields of one mapping of a record. ``origin`` is the file and the place in it."""

    def __init__(self, data: object, origin: str, known: frozenset[str], what: str) -> None:
        self.origin = origin
        if not isinstance(data, dict):
            raise FileFormatError(f"{origin} is not {what}.")
        self._data = cast("dict[Any, Any]", data)
        unknown = sorted(set(map(str, self._data)) - known)
        if unknown:
            raise FileFormatError(
                f"{origin} has the unknown field {unknown[0]!r}; known: {', '.join(sorted(known))}."
            )

    def wrong(self, name: str, why: str) -> FileFormatError:
        """Return the error about one field."""
        return FileFormatError(f"{self.origin}: {name} {why}.")

    def has(self, name: str) -> bool:
        """Tell whether the field is there and not null."""
        return self._data.get(name) is not None

    def get(self, name: str) -> Any:
        """Return the value as it is; a field that must be there and is not is refused."""
        if name not in self._data:
            raise self.wrong(name, "is missing")
        return self._data[name]

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a mapping with text as its keys."""
        value = self.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, f"is {value!r}, not a mapping")
        return {str(key): one for key, one in cast("dict[Any, Any]", value).items()}

    def sequence(self, name: str) -> list[Any]:
        """Return a list."""
        value = self.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, f"is {value!r}, not a list")
        return cast("list[Any]", value)

    def text(self, name: str) -> str:
        """Return a text that is not empty."""
        return self.as_text(name, self.get(name))

    def code(self, name: str) -> str:
        """Return a word of lower-case letters, digits and underscores."""
        return self._code(name, self.get(name))

    def codes(self, name: str) -> tuple[str, ...]:
        """Return different words of lower case; there may be none."""
        return self._different(name, [self._code(name, value) for value in self.sequence(name)])

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed words."""
        return self.one_of(name, self.get(name), allowed)

    def choices(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Return different allowed words, at least one."""
        values = [self.one_of(name, value, allowed) for value in self.sequence(name)]
        if not values:
            raise self.wrong(name, "is empty")
        return self._different(name, values)

    def number(self, name: str, *, least: float | None = None) -> float:
        """Return a finite number that is not below ``least``."""
        return self.as_number(name, self.get(name), least=least)

    def numbers(self, name: str, count: int, *, least: float | None = None) -> tuple[float, ...]:
        """Return a list of so many numbers."""
        values = self.sequence(name)
        if len(values) != count:
            raise self.wrong(name, f"has {len(values)} values, not {count}")
        return tuple(self.as_number(name, value, least=least) for value in values)

    def whole(self, name: str, *, least: int) -> int:
        """Return a whole number that is not below ``least``."""
        return self.as_whole(name, self.get(name), least=least)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.get(name)
        if not isinstance(value, bool):
            raise self.wrong(name, f"is {value!r}, neither true nor false")
        return value

    def words(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return a text in each language; English must be among them."""
        texts = self.mapping(name)
        self.languages(name, texts)
        return tuple((key, self.as_text(f"{name}.{key}", one)) for key, one in texts.items())

    def languages(self, name: str, texts: dict[str, Any]) -> None:
        """Refuse keys that are no languages, and a text without English."""
        odd = [key for key in texts if not _LANGUAGE.fullmatch(key)]
        if odd:
            raise self.wrong(name, f"has {odd[0]!r}, which is no language such as en or de")
        if "en" not in texts:
            raise self.wrong(name, "has no English text (en)")

    def as_text(self, name: str, value: object) -> str:
        """Return a text that is not empty."""
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, f"is {value!r}, not a text")
        return value

    def as_number(self, name: str, value: object, *, least: float | None = None) -> float:
        """Return a finite number that is not below ``least``."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self.wrong(name, f"is {value!r}, not a number")
        if least is not None and value < least:
            raise self.wrong(name, f"is {value:g}, below {least:g}")
        return float(value)

    def as_whole(self, name: str, value: object, *, least: int) -> int:
        """Return a whole number that is not below ``least``."""
        number = self.as_number(name, value, least=least)
        if number != int(number):
            raise self.wrong(name, f"is {number:g}, not a whole number")
        return int(number)

    def one_of(self, name: str, value: object, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed words."""
        if value not in allowed:
            raise self.wrong(name, f"is {value!r}; known: {', '.join(allowed)}")
        return str(value)

    def _code(self, name: str, value: object) -> str:
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise self.wrong(name, f"is {value!r}, not a word in lower case")
        return value

    def _different(self, name: str, values: list[str]) -> tuple[str, ...]:
        twice = [value for value in values if values.count(value) > 1]
        if twice:
            raise self.wrong(name, f"holds {twice[0]!r} twice")
        return tuple(values)

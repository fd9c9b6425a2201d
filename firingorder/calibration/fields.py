"""A JSON object whose fields are taken one by one: each is of its kind, or the error says so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar, cast

from firingorder.errors import FileFormatError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class ProfileError(FileFormatError):
    """A calibration profile is damaged, or is none that this version understands."""


class Fields:
    """A JSON object whose fields are taken one by one, each checked."""

    def __init__(self, data: dict[str, Any], origin: str) -> None:
        self.data = data
        self.origin = origin

    def wrong(self, name: str, value: object, wanted: str) -> ProfileError:
        """Return the error about a field."""
        return ProfileError(
            f"{self.origin} is damaged: {name} is {value!r}, not {wanted}; calibrate again."
        )

    def take(self, name: str) -> Any:
        """Return a field that must be there."""
        if name not in self.data:
            raise ProfileError(f"{self.origin} is damaged: {name} is missing; calibrate again.")
        return self.data[name]

    def text(self, name: str) -> str:
        """Return a text."""
        value = self.take(name)
        if not isinstance(value, str):
            raise self.wrong(name, value, "a text")
        return value

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        """Return one of the words that are known."""
        value = self.text(name)
        if value not in known:
            raise self.wrong(name, value, "one of " + ", ".join(known))
        return value

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.take(name)
        if not isinstance(value, bool):
            raise self.wrong(name, value, "true or false")
        return value

    def count(self, name: str) -> int:
        """Return a whole number from 0 on."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.wrong(name, value, "a whole number from 0 on")
        return value

    def number(self, name: str) -> float:
        """Return a finite number."""
        return self.finite(name, self.take(name))

    def amount(self, name: str) -> float | None:
        """Return a finite number from 0 on, or None."""
        value = self.take(name)
        if value is None:
            return None
        number = self.finite(name, value)
        if number < 0.0:
            raise self.wrong(name, value, "a number from 0 on")
        return number

    def positive(self, name: str) -> float | None:
        """Return a finite number above 0, or None."""
        value = self.amount(name)
        if value == 0.0:
            raise self.wrong(name, value, "above 0")
        return value

    def share(self, name: str) -> float | None:
        """Return a number from 0 to 1, or None."""
        value = self.amount(name)
        if value is not None and value > 1.0:
            raise self.wrong(name, value, "a share from 0 to 1")
        return value

    def finite(self, name: str, value: object) -> float:
        """Return a value that must be a finite number."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self.wrong(name, value, "a finite number")
        return float(value)

    def vector(self, name: str, length: int) -> tuple[float, ...]:
        """Return so many finite numbers."""
        values = self.list(name)
        if len(values) != length:
            raise self.wrong(name, values, f"{length} numbers")
        return tuple(self.finite(name, one) for one in values)

    def list(self, name: str) -> list[Any]:
        """Return a list."""
        value = self.take(name)
        if not isinstance(value, list):
            raise self.wrong(name, value, "a list")
        return cast("list[Any]", value)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self.list(name)
        if not all(isinstance(one, str) for one in values):
            raise self.wrong(name, values, "a list of texts")
        return tuple(values)

    def objects(self, name: str) -> list[Fields]:
        """Return a list of objects."""
        return [self.child(name, one) for one in self.list(name)]

    def child(self, name: str, value: object) -> Fields:
        """Return a value that must be an object."""
        if not isinstance(value, dict):
            raise self.wrong(name, value, "an object")
        return Fields(cast("dict[str, Any]", value), f"{self.origin}, {name}")

    def optional(self, name: str, make: Callable[[Fields], T]) -> T | None:
        """Return what is made of an object, or None."""
        value = self.take(name)
        return None if value is None else make(self.child(name, value))

    def optional_vector(self, name: str) -> tuple[float, float, float] | None:
        """Return three finite numbers, or None."""
        if self.take(name) is None:
            return None
        x, y, z = self.vector(name, 3)
        return x, y, z

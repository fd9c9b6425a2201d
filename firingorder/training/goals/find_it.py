"""Find it: left, right and both, each started within 2 s of the word, five of five."""

from __future__ import annotations

from dataclasses import dataclass, field

from firingorder.signal.metrics.amount import median_of
from firingorder.training.goals import words

#: Tries of a side that are all to be found.
TRIES = 5
SIDES = ("left", "right", "both")


@dataclass(slots=True)
class _OneSide:
    found: list[bool] = field(default_factory=list[bool])
    reactions_ms: list[float] = field(default_factory=list[float])
    bounds_ms: list[float] = field(default_factory=list[float])


class FindIt:
    """Counts the tries of each side; what could not be judged is no try."""

    def __init__(self) -> None:
        self._sides = {side: _OneSide() for side in SIDES}

    def add(self, side: str, found: bool, value_ms: float | None, most_ms: float | None) -> None:
        """Take a try: found within 2 s, and how long it took (or at most took)."""
        one = self._sides[side]
        one.found.append(found)
        if found and value_ms is not None:
            one.reactions_ms.append(value_ms)
        elif found and most_ms is not None:
            one.bounds_ms.append(most_ms)

    def passed(self, side: str) -> bool | None:
        """Tell whether the last five tries of a side were all found; None before there are five."""
        tries = self._sides[side].found[-TRIES:]
        return None if len(tries) < TRIES else all(tries)

    @property
    def parts(self) -> tuple[tuple[str, bool], ...]:
        """Sides that have five tries, and whether all were found."""
        told = [(side, self.passed(side)) for side in SIDES]
        return tuple((side, passed) for side, passed in told if passed is not None)

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence for each side that was asked for."""
        return tuple(self._sentence(side, one) for side, one in self._sides.items() if one.found)

    def values(self) -> dict[str, float | int | str | None]:
        """Return counts and median reactions for the log."""
        kept: dict[str, float | int | str | None] = {}
        for side, one in self._sides.items():
            if not one.found:
                continue
            kept[f"found_{side}"] = sum(one.found)
            kept[f"tries_{side}"] = len(one.found)
            typical = median_of(one.reactions_ms)
            kept[f"reaction_{side}_ms"] = None if typical.gate is not None else typical.value
        return kept

    def _sentence(self, side: str, one: _OneSide) -> str:
        count = f"{side.capitalize()}: found {sum(one.found)} of {len(one.found)} within 2 s"
        passed = self.passed(side)
        if passed is not None:
            count += ", all of the last five" if passed else ", not all of the last five yet"
        typical = median_of(one.reactions_ms)
        if typical.gate is None:
            took = words.measured(typical.value, typical.low, typical.high, "ms", typical.n)
            count += f"; median time to the start {took}"
        elif one.bounds_ms:
            most = words.number(max(one.bounds_ms), "ms")
            count += (
                f"; each took no more than {most} (n = {len(one.bounds_ms)}), the delay of the "
            )
            count += "word included"
        return f"{count}."

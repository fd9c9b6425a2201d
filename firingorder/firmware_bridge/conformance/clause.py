"""One sentence of the specification, as something that can be looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of the specification.

    Attributes
    ----------
    id
        Name in reports; what stands before the dot is its group.
    section
        Where the specification says so.
    what
        What a device must do.
    advice
        What its maker should do when it does not.
    """

    id: str
    section: str
    what: str
    advice: str

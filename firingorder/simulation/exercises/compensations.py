"""Which deviations are planted where, and how large: well above what is told, or well below.

Sizes stand about the limits that people are told about (docs/reference/exercise_bridge.md and the
exercise records): 5 degrees aside, 8 in the sagittal plane, 20 % of a reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.simulation.noise import generator

if TYPE_CHECKING:
    from firingorder.simulation.person import Range


@dataclass(frozen=True, slots=True)
class Sizes:
    """Ranges of a deviation that must be seen and of one that must be let pass."""

    unit: str
    above: Range
    below: Range


_ASIDE = Sizes("deg", (8.0, 13.0), (1.2, 2.8))
_SAGITTAL = Sizes("deg", (12.0, 17.0), (2.0, 4.0))
SIZES: dict[str, Sizes] = {
    "arch_late": Sizes("deg", (8.0, 12.0), (1.2, 2.5)),
    "arch": _SAGITTAL,
    "open": _ASIDE,
    "hike": _ASIDE,
    "drop": _ASIDE,
    "twist": _ASIDE,
    "shift": _ASIDE,
    "sway": _ASIDE,
    "tilt": _SAGITTAL,
    "tuck": _SAGITTAL,
    "inconsist": Sizes("deg", (10.0, 14.0), (1.0, 2.0)),
    "ham_lead": Sizes("ratio", (2.2, 3.0), (1.03, 1.10)),
    "es_early": Sizes("s", (0.16, 0.25), (0.005, 0.02)),
    "es_loud": Sizes("share", (0.35, 0.55), (0.03, 0.07)),
    "tempo": Sizes("ratio", (1.7, 2.2), (1.05, 1.15)),
    "not_still": Sizes("deg_s", (8.0, 16.0), (0.02, 0.08)),
    "cross": Sizes("share", (0.40, 0.70), (0.03, 0.08)),
    "missed": Sizes("share", (1.0, 1.0), (0.0, 0.0)),
    "hold": Sizes("share", (0.35, 0.60), (0.04, 0.10)),
    "track": Sizes("share", (0.30, 0.50), (0.02, 0.05)),
    "rest_high": Sizes("share", (0.06, 0.12), (0.001, 0.002)),
    "no_quiet": Sizes("s", (4.2, 6.5), (0.8, 1.6)),
    "late_absorb": Sizes("ratio", (0.30, 0.60), (1.3, 1.6)),
    "uneven": Sizes("ratio", (1.45, 1.80), (1.02, 1.06)),
    "takeover": Sizes("ratio", (1.5, 3.0), (1.0, 1.1)),
}
#: In every ten attempts two deviations stand above the limit and one below: 30 %.
PLANTED_IN_TEN = 3
#: Every third set the neighbours take over little by little.
TAKEOVER_SETS = 3
TAKEOVER_FROM = 3
TAKEOVER_MORE = 0.18
TAKEOVER_LESS = 0.04


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be planted in one attempt."""

    code: str
    above: bool


def asked_of(codes: tuple[str, ...], seed: int, name: str, attempt: int) -> Asked | None:
    """Return what attempt number ``attempt`` (from 0) deviates in, None in seven of ten."""
    single = tuple(code for code in codes if code != "takeover")
    if not single:
        return None
    ten, place = divmod(attempt, 10)
    order = generator(seed, name, "compensations", ten).permutation(10)
    turn = int(order[place])
    if turn >= PLANTED_IN_TEN:
        return None
    code = single[(PLANTED_IN_TEN * ten + turn) % len(single)]
    # Which of the three stays below the limit changes, so that each code is met on both sides.
    return Asked(code, turn != ten % PLANTED_IN_TEN)


def takeover_factors(codes: tuple[str, ...], set_index: int, place: int) -> tuple[float, float]:
    """Return factors on the neighbours and on the glutes of attempt ``place`` of a set."""
    late = place - TAKEOVER_FROM + 1
    if "takeover" not in codes or set_index % TAKEOVER_SETS or late <= 0:
        return 1.0, 1.0
    return 1.0 + TAKEOVER_MORE * late, max(0.6, 1.0 - TAKEOVER_LESS * late)

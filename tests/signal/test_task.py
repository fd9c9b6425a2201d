"""The pairs of a repetition for any montage, in the order of the result."""

from __future__ import annotations

from firingorder.montage import DEFAULT_EIGHT
from firingorder.signal.task import result_pairs


def short(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    codes = {
        "gluteus_maximus": "GMAX",
        "gluteus_medius": "GMED",
        "hamstring": "HAM",
        "erector_spinae": "ES",
    }

    def code(name: str) -> str:
        muscle, _, side = name.rpartition("_")
        return f"{codes[muscle]}.{side[0]}"

    return [f"{code(a)}>{code(b)}" for a, b in pairs]


def test_eight_channels_give_the_pairs_of_each_side_then_left_against_right() -> None:
    assert short(result_pairs(DEFAULT_EIGHT)) == [
        "GMAX.l>ES.l",
        "GMED.l>ES.l",
        "HAM.l>ES.l",
        "GMAX.l>HAM.l",
        "GMAX.r>ES.r",
        "GMED.r>ES.r",
        "HAM.r>ES.r",
        "GMAX.r>HAM.r",
        "GMAX.l>GMAX.r",
        "GMED.l>GMED.r",
        "HAM.l>HAM.r",
        "ES.l>ES.r",
    ]


def test_absent_muscles_leave_no_trace() -> None:
    two = ("erector_spinae_left", "gluteus_maximus_left")
    assert short(result_pairs(two)) == ["GMAX.l>ES.l"]
    crossed = ("gluteus_maximus_left", "erector_spinae_right")
    assert result_pairs(crossed) == ()

"""How somebody does an exercise, as options behind the name: ``squat?pace=slow&side=left``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import parse_qsl

from firingorder.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

Pace = Literal["any", "slow", "usual", "fast"]
Side = Literal["both", "left", "right"]
Compensations = Literal["none", "some"]
Person = Literal["mixed", "clean"]
Imu = Literal["good", "loose", "upside_down", "saturated", "jitter", "frozen"]
Obeys = Literal["well", "late", "not"]
Pads = Literal[
    "good", "hum", "loose", "dead", "swapped", "wrong", "crosstalk", "weak", "moving", "clipped",
]  # fmt: skip

#: A sensor may hang this far from its nominal place and still be worth repairing by calibration.
MOST_MOUNT_DEG = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """How an exercise is done.

    Attributes
    ----------
    pace
        Factor on the asked tempo: slow 1.5-2, usual 0.87-1.15, fast 0.5-0.67, any 0.5-2.
    side
        Working side; None is the exercise's own (cued tasks then ask for all sides in turn).
    compensations
        ``some`` plants the exercise's own in three of ten repetitions.
    person
        ``clean`` neither talks, fidgets, hesitates nor stops half-way.
    imu
        What is wrong with the pelvis sensor.
    mount_deg
        How far it is turned from its nominal place; None draws up to ten degrees.
    pads
        What is wrong with the electrodes (or, in a calibration, with the person).
    pain, obeys
        Of somebody who listens to a coach: what is answered when asked about pain, 0 to 10, and
        whether cues are followed well, too late to count, or not at all.
    """

    pace: Pace = "any"
    side: Side | None = None
    compensations: Compensations = "none"
    person: Person = "mixed"
    imu: Imu = "good"
    mount_deg: float | None = None
    pads: Pads = "good"
    pain: int = 0
    obeys: Obeys = "well"


OPTION_NAMES = ("pace", "side", "compensations", "person", "imu", "mount", "pads")
#: Options of somebody who listens, besides.
LISTENER_OPTIONS = ("pain", "obeys")
MOST_PAIN = 10
_CHOICES: dict[str, tuple[str, ...]] = {
    "pace": get_args(Pace),
    "side": get_args(Side),
    "compensations": get_args(Compensations),
    "person": get_args(Person),
    "imu": get_args(Imu),
    "pads": get_args(Pads),
    "obeys": get_args(Obeys),
}


def parse_scenario(text: str) -> tuple[str, Options]:
    """Split ``NAME?option=value&...`` into the name and its options.

    Raises
    ------
    UsageError
        An option or its value is unknown.
    """
    name, _, query = text.partition("?")
    return name, parse_options(name, parse_qsl(query, keep_blank_values=True))


def parse_options(name: str, pairs: Iterable[tuple[str, str]]) -> Options:
    """Return the options that were written as (name, value).

    Raises
    ------
    UsageError
        An option or its value is unknown.
    """
    options = Options()
    for key, value in pairs:
        if key == "mount":
            options = replace(options, mount_deg=_mount(name, value))
            continue
        if key == "pain":
            options = replace(options, pain=_pain(name, value))
            continue
        choices = _CHOICES.get(key)
        if choices is None:
            raise UsageError(
                f"{name}: a scenario has no option {key!r}. It knows {', '.join(OPTION_NAMES)}."
            )
        if value not in choices:
            raise UsageError(f"{name}: {key} is one of {', '.join(choices)}, not {value!r}.")
        options = _with(options, key, value)
    return options


def _with(options: Options, key: str, value: str) -> Options:
    # One place in which a checked word becomes the type that it was checked against.
    changed: dict[str, object] = {key: value}
    return replace(options, **changed)  # pyright: ignore[reportArgumentType]


def _mount(name: str, value: str) -> float:
    try:
        mount_deg = float(value)
    except ValueError:
        mount_deg = -1.0
    if not 0.0 <= mount_deg <= MOST_MOUNT_DEG:
        raise UsageError(
            f"{name}: mount is 0 to {MOST_MOUNT_DEG:g} degrees, not {value!r}; a sensor that is "
            "upside down is imu=upside_down."
        )
    return mount_deg


def _pain(name: str, value: str) -> int:
    if not (value.isdecimal() and int(value) <= MOST_PAIN):
        raise UsageError(f"{name}: pain is 0 to {MOST_PAIN}, not {value!r}.")
    return int(value)

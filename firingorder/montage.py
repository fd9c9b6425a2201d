"""Which channel is which muscle: ``firingorder.montage/1`` and the names of muscles.

A montage maps labels of a device or file to muscle names. What cannot be matched is listed, and
nothing is guessed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import MontageError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "firingorder.montage/1"
MUSCLES = (
    "gluteus_maximus",
    "gluteus_medius",
    "hamstring",
    "erector_spinae",
    "tensor_fasciae_latae",
)
SIDES = ("left", "right")
NAMES = tuple(f"{muscle}_{side}" for muscle in MUSCLES for side in SIDES)
#: Order of the channels of a device with eight channels and no montage (reference placement).
DEFAULT_EIGHT = NAMES[:8]

_SHORT = {
    "gmax": "gluteus_maximus",
    "glutmax": "gluteus_maximus",
    "glutmaximus": "gluteus_maximus",
    "gluteusmax": "gluteus_maximus",
    "gluteusmaximus": "gluteus_maximus",
    "gmed": "gluteus_medius",
    "glutmed": "gluteus_medius",
    "glutmedius": "gluteus_medius",
    "gluteusmed": "gluteus_medius",
    "gluteusmedius": "gluteus_medius",
    "bf": "hamstring",
    "st": "hamstring",
    "ham": "hamstring",
    "hamstring": "hamstring",
    "hamstrings": "hamstring",
    "bicepsfemoris": "hamstring",
    "bicepsfem": "hamstring",
    "bicepsfemorislonghead": "hamstring",
    "bicepsfemoriscaputlongum": "hamstring",
    "bicepsfemoriscaputlongus": "hamstring",
    "semitendinosus": "hamstring",
    "semitend": "hamstring",
    "es": "erector_spinae",
    "erectorspinae": "erector_spinae",
    "lumbarerectorspinae": "erector_spinae",
    "tfl": "tensor_fasciae_latae",
    "tensorfasciaelatae": "tensor_fasciae_latae",
    "tensorfascialatae": "tensor_fasciae_latae",
}
#: Noraxon writes LT and RT.
_SIDE_WORDS = {
    "l": "left",
    "lt": "left",
    "left": "left",
    "r": "right",
    "rt": "right",
    "right": "right",
}


@dataclass(frozen=True, slots=True)
class ImuLabels:
    """Labels of the three accelerometer and three gyroscope signals of a file."""

    acc: tuple[str, str, str]
    gyr: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Montage:
    """Labels and the muscles they stand for.

    ``channels`` keeps the order of the file or device. ``ham_site`` is lateral, medial or unknown.
    """

    channels: tuple[tuple[str, str], ...]
    ham_site: str = "unknown"
    pelvis_imu: ImuLabels | None = None
    ignore: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the montage as the JSON object of its schema."""
        out: dict[str, Any] = {
            "schema": SCHEMA,
            "channels": dict(self.channels),
            "ham_site": self.ham_site,
            "ignore": list(self.ignore),
        }
        if self.pelvis_imu is not None:
            out["pelvis_imu"] = {
                "acc": list(self.pelvis_imu.acc),
                "gyr": list(self.pelvis_imu.gyr),
            }
        return out


def muscle_of_label(label: str) -> str | None:
    """Return the muscle name a label stands for, or None. Full names and common short forms."""
    words = [w for w in re.split(r"[^a-z]+", _split_camel(label).lower()) if w]
    words = [w for w in words if w != "emg"]  # "GMAX L: EMG 1" and "EMG GMAX L" alike
    sides = {_SIDE_WORDS[w] for w in words if w in _SIDE_WORDS}
    rest = "".join(w for w in words if w not in _SIDE_WORDS)
    if len(sides) == 1 and rest in _SHORT:
        return f"{_SHORT[rest]}_{sides.pop()}"
    joined = "".join(words)  # "LGMAX", "GMAXL": the side is glued to the short form
    for short, muscle in _SHORT.items():
        for letter in ("l", "r"):
            if joined in (letter + short, short + letter):
                return f"{muscle}_{_SIDE_WORDS[letter]}"
    return None


def parse_montage(data: object, origin: str = "the montage") -> Montage:
    """Read a montage from its decoded JSON object.

    Raises
    ------
    MontageError
        With the wrong label or field and what would be right.
    """
    if not isinstance(data, dict):
        raise MontageError(f"{origin} is not a JSON object. See the schema {SCHEMA}.")
    fields = cast("dict[str, Any]", data)
    if fields.get("schema", SCHEMA) != SCHEMA:
        raise MontageError(f"{origin} has schema {fields['schema']!r}; {SCHEMA} is known.")
    channels = fields.get("channels")
    if not isinstance(channels, dict) or not channels:
        raise MontageError(f'{origin} names no channels: give {{"channels": {{"EMG1": NAME}}}}.')
    pairs = tuple((str(k), str(v)) for k, v in cast("dict[Any, Any]", channels).items())
    for label, name in pairs:
        if name not in NAMES:
            raise MontageError(
                f"{origin}: {label} is given the unknown muscle {name!r}. "
                f"Known names: {', '.join(NAMES)}."
            )
    _refuse_twice(pairs, origin)
    ham_site = str(fields.get("ham_site", "unknown"))
    if ham_site not in ("lateral", "medial", "unknown"):
        raise MontageError(f"{origin}: ham_site is {ham_site!r}; use lateral, medial or unknown.")
    ignore = tuple(str(v) for v in cast("list[Any]", fields.get("ignore") or []))
    return Montage(pairs, ham_site, _parse_imu(fields.get("pelvis_imu"), origin), ignore)


def load_montage(path: Path) -> Montage:
    """Read a montage file (JSON).

    Raises
    ------
    MontageError
        The file is missing, is not JSON, or is not a montage.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MontageError(f"Montage {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise MontageError(f"Montage {path} is not valid JSON: {error}.") from error
    return parse_montage(data, f"Montage {path}")


def default_montage(n_channels: int) -> Montage:
    """Return the montage of a device that names no muscles: known for eight channels only."""
    if n_channels != len(DEFAULT_EIGHT):
        raise MontageError(
            f"The device has {n_channels} EMG channels and no montage was given. "
            f"Say which channel is which muscle with --montage FILE.json."
        )
    return Montage(tuple((f"EMG{k + 1}", name) for k, name in enumerate(DEFAULT_EIGHT)))


def montage_from_labels(labels: tuple[str, ...]) -> tuple[Montage, tuple[str, ...]]:
    """Match labels to muscles by name; return the montage and the labels that were not matched.

    Raises
    ------
    MontageError
        When no label names a muscle, or two labels name the same one.
    """
    pairs: list[tuple[str, str]] = []
    unmatched: list[str] = []
    for label in labels:
        name = muscle_of_label(label)
        if name is None:
            unmatched.append(label)
        else:
            pairs.append((label, name))
    if not pairs:
        raise MontageError(
            f"No label names a muscle (labels: {', '.join(labels)}). "
            "Say which is which with --montage FILE.json."
        )
    _refuse_twice(tuple(pairs), "The labels")
    return Montage(tuple(pairs)), tuple(unmatched)


def select_columns(montage: Montage, labels: tuple[str, ...]) -> tuple[tuple[str, ...], list[int]]:
    """Return muscle names and the columns of ``labels`` they are found in.

    Raises
    ------
    MontageError
        A label of the montage is not among ``labels``.
    """
    missing = [label for label, _ in montage.channels if label not in labels]
    if missing:
        raise MontageError(
            f"The montage names {', '.join(missing)}, which is not among the channels "
            f"{', '.join(labels)}. Mend the montage."
        )
    return (
        tuple(name for _, name in montage.channels),
        [labels.index(label) for label, _ in montage.channels],
    )


def _parse_imu(value: object, origin: str) -> ImuLabels | None:
    if value is None:
        return None
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        acc, gyr = fields.get("acc"), fields.get("gyr")
        if isinstance(acc, list) and isinstance(gyr, list):
            a = [str(v) for v in cast("list[Any]", acc)]
            g = [str(v) for v in cast("list[Any]", gyr)]
            if len(a) == 3 and len(g) == 3:
                return ImuLabels((a[0], a[1], a[2]), (g[0], g[1], g[2]))
    raise MontageError(f"{origin}: pelvis_imu needs three labels each for acc and gyr.")


def _refuse_twice(pairs: tuple[tuple[str, str], ...], origin: str) -> None:
    names = [name for _, name in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MontageError(f"{origin} give(s) {', '.join(twice)} more than one channel.")


def _split_camel(text: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)

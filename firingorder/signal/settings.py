"""All numbers of the signal chain in one frozen tree, with one hash.

A result is a function of (recording, montage, calibration, settings, version); the hash in the
result says which settings.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from firingorder.errors import UsageError
from firingorder.signal.balance_params import BalanceParams, WeightShiftParams
from firingorder.signal.conditioning import ConditioningParams
from firingorder.signal.cued_hold import CuedHoldParams
from firingorder.signal.desk_params import DeskParams
from firingorder.signal.emg_repetitions import EmgRepetitionParams
from firingorder.signal.hinge import HeightHingeParams, HingeParams
from firingorder.signal.impact import ImpactParams
from firingorder.signal.live import LiveParams
from firingorder.signal.live_verdicts import LiveVerdictParams
from firingorder.signal.measuring import MeasuringParams
from firingorder.signal.order import OrderParams
from firingorder.signal.orientation import OrientationParams
from firingorder.signal.pitch_lift import LiftParams
from firingorder.signal.pose_segmenter import PoseSegmenterParams
from firingorder.signal.prior import PriorParams
from firingorder.signal.quality import QualityParams
from firingorder.signal.refine import OnsetParams
from firingorder.signal.rise import RiseParams
from firingorder.signal.set_params import SetParams
from firingorder.signal.side_steps import SideStepParams
from firingorder.signal.signal_check_params import SensorCheckParams, SignalCheckParams
from firingorder.signal.steps import StepParams
from firingorder.signal.still_limb import StillLimbParams
from firingorder.signal.summary import SummaryParams

#: What older files may name, with its default: a twist is judged with all other faults now.
RETIRED: dict[str, dict[str, float]] = {"lift": {"twist_deg": 5.0, "twist_s": 0.2}}


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of every step, each with its own defaults and sources."""

    conditioning: ConditioningParams = field(default_factory=ConditioningParams)
    onset: OnsetParams = field(default_factory=OnsetParams)
    live: LiveParams = field(default_factory=LiveParams)
    live_verdicts: LiveVerdictParams = field(default_factory=LiveVerdictParams)
    order: OrderParams = field(default_factory=OrderParams)
    prior: PriorParams = field(default_factory=PriorParams)
    orientation: OrientationParams = field(default_factory=OrientationParams)
    lift: LiftParams = field(default_factory=LiftParams)
    hinge: HingeParams = field(default_factory=HingeParams)
    height_hinge: HeightHingeParams = field(default_factory=HeightHingeParams)
    rise: RiseParams = field(default_factory=RiseParams)
    step: StepParams = field(default_factory=StepParams)
    side_step: SideStepParams = field(default_factory=SideStepParams)
    impact: ImpactParams = field(default_factory=ImpactParams)
    balance: BalanceParams = field(default_factory=BalanceParams)
    weight_shift: WeightShiftParams = field(default_factory=WeightShiftParams)
    emg_repetitions: EmgRepetitionParams = field(default_factory=EmgRepetitionParams)
    still_limb: StillLimbParams = field(default_factory=StillLimbParams)
    cued_hold: CuedHoldParams = field(default_factory=CuedHoldParams)
    quality: QualityParams = field(default_factory=QualityParams)
    check: SignalCheckParams = field(default_factory=SignalCheckParams)
    check_sensor: SensorCheckParams = field(default_factory=SensorCheckParams)
    summary: SummaryParams = field(default_factory=SummaryParams)
    sets: SetParams = field(default_factory=SetParams)
    desk: DeskParams = field(default_factory=DeskParams)
    measuring: MeasuringParams = field(default_factory=MeasuringParams)

    def by_pose(self) -> PoseSegmenterParams:
        """Return the limits of everything that follows the pose of the pelvis."""
        names = [one.name for one in fields(PoseSegmenterParams)]
        return PoseSegmenterParams(**{name: getattr(self, name) for name in names})

    def hash(self) -> str:
        """Return the SHA-256 of the settings as canonical JSON, hexadecimal."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def to_toml(self) -> str:
        """Return the settings as TOML text, one table for each step."""
        return "\n".join(_table(name, value) for name, value in asdict(self).items())

    @classmethod
    def from_toml(cls, data: dict[str, Any]) -> Settings:
        """Return the defaults with the values of a decoded TOML file in their place.

        Raises
        ------
        UsageError
            A key is unknown or its value is of the wrong kind.
        """
        return cast("Settings", _build(cls, without_retired(data), ""))


def without_retired(data: dict[str, Any]) -> dict[str, Any]:
    """Return settings without what became part of another one, where it has its former default.

    With another value it stays, and is told as unknown: what it asked for is not done any more.
    """
    kept: dict[str, Any] = {}
    for table, values in data.items():
        kept[table] = values
        gone = RETIRED.get(table)
        if gone and isinstance(values, dict):
            inside = cast("dict[str, Any]", values)
            kept[table] = {k: v for k, v in inside.items() if k not in gone or v != gone[k]}
    return kept


def _build(kind: Any, data: dict[str, Any], path: str) -> Any:
    hints = get_type_hints(kind)
    known = {one.name for one in fields(kind)}
    unknown = sorted(set(data) - known)
    if unknown:
        where = f"in [{path.rstrip('.')}]" if path else "at the top"
        raise UsageError(
            f"Unknown setting {path}{unknown[0]}. Known {where}: {', '.join(sorted(known))}."
        )
    values: dict[str, Any] = {}
    for name, value in data.items():
        values[name] = _value(hints[name], value, f"{path}{name}")
    try:
        return kind(**values)
    except ValueError as error:
        raise UsageError(f"Settings [{path.rstrip('.')}]: {error}.") from error


def _value(kind: Any, value: Any, path: str) -> Any:
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise UsageError(f"Setting {path} is a table, not {value!r}.")
        return _build(kind, cast("dict[str, Any]", value), f"{path}.")
    if get_origin(kind) is tuple:
        return _sequence(kind, value, path)
    if get_origin(kind) is Literal:
        if value in get_args(kind):
            return value
        known = ", ".join(get_args(kind))
        raise UsageError(f"Setting {path} is {value!r}; it must be one of {known}.")
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind in (int, bool, str) and type(value) is kind:
        return value
    raise UsageError(f"Setting {path} is {value!r}; it must be a {_word(kind)}.")


def _sequence(kind: Any, value: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise UsageError(f"Setting {path} is {value!r}; it must be a list.")
    entries = list(cast("list[Any]", value))
    kinds = get_args(kind)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_value(kinds[0], entry, path) for entry in entries)
    if len(entries) != len(kinds):
        raise UsageError(f"Setting {path} has {len(entries)} values, not {len(kinds)}.")
    return tuple(_value(one, entry, path) for one, entry in zip(kinds, entries, strict=True))


def _word(kind: Any) -> str:
    words = {float: "number", int: "whole number", bool: "true or false", str: "text"}
    return words.get(kind, str(kind))


def _table(path: str, values: dict[str, Any]) -> str:
    plain = {k: v for k, v in values.items() if not isinstance(v, dict)}
    nested = {k: cast("dict[str, Any]", v) for k, v in values.items() if isinstance(v, dict)}
    lines = [f"[{path}]", *(f"{name} = {_literal(value)}" for name, value in plain.items()), ""]
    return "\n".join(lines + [_table(f"{path}.{name}", value) for name, value in nested.items()])


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_literal(one) for one in cast("list[Any]", value)) + "]"
    return repr(value)

"""The order of a calibration's steps, and what happens when within each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from firingorder.calibration.montage_check import MontageParams, Request, requests
from firingorder.calibration.reference import (
    POSITIONS,
    Effort,
    Position,
    ReferenceParams,
    targets,
)
from firingorder.calibration.rest import RestParams
from firingorder.calibration.threshold import ThresholdParams

if TYPE_CHECKING:
    from firingorder.signal.orientation import Quaternion

StepKind = Literal["rest", "montage", "reference", "bridges", "taps"]
PhaseKind = Literal["get_ready", "go", "rest"]
PlanName = Literal["full", "recheck"]
NO_MOUNT: Quaternion = (1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class CalibrationFacts:
    """What the wizard must know of the session.

    Attributes
    ----------
    channels
        Muscle names by column of the EMG stream.
    rate_hz, block_n
        Analysis rate and samples of one conditioned block (conditioning.py).
    calibrated
        The samples are microvolts.
    imu
        A pelvis sensor is worn. ``mount_wxyz`` is the mounting its poses are computed with.
    own_clock
        The sensor has a clock of its own: the tap step is needed.
    ham_site
        lateral, medial or unknown.
    """

    channels: tuple[str, ...]
    rate_hz: float
    block_n: int
    calibrated: bool = True
    imu: bool = True
    mount_wxyz: Quaternion = NO_MOUNT
    own_clock: bool = False
    ham_site: str = "unknown"


@dataclass(frozen=True, slots=True)
class WizardParams:
    """Times of the wizard, and the limits of its steps; proposals.

    Attributes
    ----------
    effort
        "submaximal" is the default: comfortable, and told as % of calibration.
    rest_s, try_s, pause_s
        Lying still; one try and the pause after it.
    ready_s, ready_again_s
        To read and hear what comes, before a step and before each request of the montage check.
    answer_s, answer_pause_s
        One request of the montage check and the pause after it.
    lift_s, lie_s
        One way of a slow bridge, and lying between two.
    tap_s
        For at least three taps, a second apart.
    settle_s
        After the last sample of a step; a sensor's samples arrive later than EMG, by less.
    review_s, reserved_s, rejected_s
        How long a result, a result with reservations, and a refusal are shown before going on.
    most_attempts
        A step that is refused begins again by itself so often in all; then a person decides.
    quiet_s
        An outage longer than this ends the step under way.
    most_mount_deg
        The sensor may sit this far from where the device says it is worn; a quarter turn is 90.
    level_s
        Level of the live bar: mean over this long.
    """

    effort: Effort = "submaximal"
    rest_s: float = 10.0
    ready_s: float = 3.0
    ready_again_s: float = 2.0
    try_s: float = 3.0
    pause_s: float = 3.0
    answer_s: float = 2.0
    answer_pause_s: float = 1.0
    lift_s: float = 2.5
    lie_s: float = 1.5
    tap_s: float = 6.0
    settle_s: float = 0.5
    review_s: float = 2.0
    reserved_s: float = 5.0
    rejected_s: float = 5.0
    most_attempts: int = 3
    quiet_s: float = 1.0
    most_mount_deg: float = 60.0
    level_s: float = 0.2
    rest: RestParams = field(default_factory=RestParams)
    montage: MontageParams = field(default_factory=MontageParams)
    reference: ReferenceParams = field(default_factory=ReferenceParams)
    threshold: ThresholdParams = field(default_factory=ThresholdParams)


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a step. ``say`` is the key of what is said at its beginning (words.py).

    ``take``: what is measured in it is one take of the step. ``trial`` counts from 1.
    """

    kind: PhaseKind
    seconds: float
    say: str
    trial: int = 0
    take: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``phases`` are those of its first attempt; more tries are added as needed."""

    key: str
    kind: StepKind
    phases: tuple[Phase, ...]
    trials: int = 0
    position: Position | None = None
    requests: tuple[Request, ...] = ()

    @property
    def seconds(self) -> float:
        """How long the phases last."""
        return sum(one.seconds for one in self.phases)


def make_plan(
    facts: CalibrationFacts, params: WizardParams, name: PlanName = "full"
) -> tuple[Step, ...]:
    """Return the steps for these channels and sensors.

    "full" is the whole calibration. "recheck" is lying still and one short squeeze, to compare
    with a profile whose pads are said to be on still.
    """
    steps = [_rest(params)]
    asked = requests(facts.channels)
    if name == "full" and len(facts.channels) > 1 and asked:
        steps.append(_montage(asked, params))
    wanted = POSITIONS if name == "full" else POSITIONS[:1]
    for position in wanted:
        if targets(position, facts.channels):
            steps.append(_reference(position, params, 1 if name == "recheck" else None))
    if name == "full" and facts.imu:
        steps.append(_bridges(params))
        if facts.own_clock:
            steps.append(_taps(params))
    return tuple(steps)


def planned_s(plan: tuple[Step, ...], params: WizardParams) -> float:
    """Return how long a plan takes when every step is accepted at once."""
    return sum(step.seconds + params.review_s for step in plan)


def one_more(step: Step, params: WizardParams, trial: int) -> tuple[Phase, ...]:
    """Return the phases of a further try of a reference."""
    return (
        Phase("rest", params.pause_s, "again"),
        Phase("go", params.try_s, f"{step.key}.go", trial, take=True),
        Phase("rest", params.settle_s, "let_go"),
    )


def _rest(p: WizardParams) -> Step:
    phases = (
        Phase("get_ready", p.ready_s, "rest.ready"),
        Phase("go", p.rest_s, "rest.go", take=True),
        Phase("rest", p.settle_s, ""),
    )
    return Step("rest", "rest", phases)


def _montage(asked: tuple[Request, ...], p: WizardParams) -> Step:
    phases: list[Phase] = []
    for trial, one in enumerate(asked, start=1):
        phases += [
            Phase("get_ready", p.ready_again_s, f"montage.{one.key}", trial),
            Phase("go", p.answer_s, "montage.go", trial, take=True),
            Phase("rest", p.answer_pause_s, "let_go", trial),
        ]
    return Step("montage", "montage", tuple(phases), trials=len(asked), requests=asked)


def _reference(position: Position, p: WizardParams, tries: int | None) -> Step:
    count = p.reference.tries if tries is None else tries
    phases = [Phase("get_ready", p.ready_s, f"{position.key}.ready")]
    for trial in range(1, count + 1):
        last = trial == count
        pause_s = p.settle_s if last else p.pause_s
        phases += [
            Phase("go", p.try_s, f"{position.key}.go", trial, take=True),
            Phase("rest", pause_s, "let_go", trial),
        ]
    return Step(position.key, "reference", tuple(phases), trials=count, position=position)


def _bridges(p: WizardParams) -> Step:
    """Return three slow bridges; the whole of it is one take, with lying still before it."""
    phases = [Phase("get_ready", p.ready_s, "bridges.ready", take=True)]
    for trial in (1, 2, 3):
        phases += [
            Phase("go", p.lift_s, "bridges.up", trial, take=True),
            Phase("go", p.lift_s, "bridges.down", trial, take=True),
            Phase("rest", p.lie_s, "bridges.lie", trial, take=True),
        ]
    return Step("bridges", "bridges", (*phases, Phase("rest", p.settle_s, "")), trials=3)


def _taps(p: WizardParams) -> Step:
    phases = (
        Phase("get_ready", p.ready_s, "taps.ready", take=True),
        Phase("go", p.tap_s, "taps.go", take=True),
        Phase("rest", p.settle_s, ""),
    )
    return Step("taps", "taps", phases)

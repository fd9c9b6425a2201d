"""What a calibration has come to so far, put together from what the wizard shows and tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from firingorder.calibration.plan import CalibrationFacts, WizardParams, make_plan, planned_s
from firingorder.calibration.reference import POSITIONS
from firingorder.calibration.words import title
from firingorder.findings import CalibrationFinding

if TYPE_CHECKING:
    from firingorder.calibration.plan import PlanName
    from firingorder.calibration.reference import Effort
    from firingorder.calibration.view import ChannelRow, WizardView
    from firingorder.session.feed import FeedUpdate, LiveStatus

StepMark = Literal["ahead", "now", "redo", "accepted", "noted", "skipped", "open"]
#: Rate and block of the plan's facts only matter to measuring, not to which steps there are.
_ANY_RATE_HZ, _ANY_BLOCK = 1000.0, 20
_REFERENCES = tuple(position.key for position in POSITIONS)


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the list at the side. ``open``: tried, and left without a result."""

    key: str
    title: str
    mark: StepMark
    reasons: tuple[str, ...] = ()


def plan_keys(status: LiveStatus, plan: PlanName, *, own_clock: bool = False) -> tuple[str, ...]:
    """Return the steps that these channels and sensors ask for."""
    facts = _facts(status.channels, imu=status.has_imu, own_clock=own_clock)
    return tuple(step.key for step in make_plan(facts, WizardParams(), plan))


def plan_s(status: LiveStatus, plan: PlanName, effort: Effort) -> float:
    """Return how long a plan takes when every step is accepted at once."""
    return _planned_s(status.channels, plan, effort, imu=status.has_imu)


@lru_cache(maxsize=32)
def _planned_s(channels: tuple[str, ...], plan: PlanName, effort: Effort, *, imu: bool) -> float:
    """Return the same for channels; it is asked for in every frame."""
    params = WizardParams(effort=effort)
    return planned_s(make_plan(_facts(channels, imu=imu), params, plan), params)


def _facts(channels: tuple[str, ...], *, imu: bool, own_clock: bool = False) -> CalibrationFacts:
    return CalibrationFacts(
        channels=channels,
        rate_hz=_ANY_RATE_HZ,
        block_n=_ANY_BLOCK,
        imu=imu,
        own_clock=own_clock,
    )


class CalibrationStory:
    """Follows one wizard after the other; ``apply`` takes every update."""

    def __init__(self) -> None:
        self.plan: PlanName = "full"
        self.asked = ""
        self._wizard: WizardView | None = None
        self._keys: list[str] = []
        self._told: dict[str, CalibrationFinding] = {}
        self._rows: dict[str, tuple[ChannelRow, ...]] = {}

    @property
    def wizard(self) -> WizardView | None:
        """The wizard as it is now."""
        return self._wizard

    @property
    def accepted(self) -> tuple[str, ...]:
        """Keys of the steps that count."""
        return tuple(key for key in self._keys if self._state(key) == "accepted")

    def apply(self, update: FeedUpdate) -> None:
        """Take what is new."""
        view, before = update.status.wizard, self._wizard
        self._wizard = view
        if view is None:
            return
        if before is None or before.total != view.total:
            self._begin(update.status, view)
        if view.state != "done":
            self._keys[view.number - 1] = view.step
        for event in update.events:
            if isinstance(event, CalibrationFinding) and event.step in self._keys:
                self._told[event.step] = event
        if view.state in ("review", "rejected"):
            self._rows[view.step] = tuple(row for row in view.rows if row.asked)
        if view.step == "montage" and view.state == "get_ready" and view.voice_text:
            self.asked = view.voice_text

    def steps(self) -> tuple[StepLine, ...]:
        """Return all steps with what became of them."""
        view = self._wizard
        if view is None:
            return ()
        here = view.number - 1 if view.state != "done" else -1
        return tuple(self._line(k, key, here=k == here) for k, key in enumerate(self._keys))

    def references(self) -> dict[str, ChannelRow]:
        """Return the reference of each channel that was asked for one in a step that counts."""
        out: dict[str, ChannelRow] = {}
        for key in self._keys:
            if key in _REFERENCES and self._state(key) == "accepted":
                out |= {row.name: row for row in self._rows.get(key, ())}
        return out

    def _begin(self, status: LiveStatus, view: WizardView) -> None:
        """Find the plan that has as many steps; the titles of what is ahead come from it."""
        self._told, self._rows, self.asked = {}, {}, ""
        plans = (
            plan_keys(status, self.plan),
            plan_keys(status, self.plan, own_clock=True),
            plan_keys(status, "full"),
            plan_keys(status, "recheck"),
        )
        found = next((keys for keys in plans if len(keys) == view.total), ())
        self._keys = [*found] or [""] * view.total

    def _state(self, key: str) -> str:
        return self._told[key].state if key in self._told else ""

    def _line(self, k: int, key: str, *, here: bool) -> StepLine:
        name = title(key) if key else f"Step {k + 1}"
        told = self._told.get(key)
        reasons = told.reasons if told is not None else ()
        if here:
            view = self._wizard
            again = told is not None and told.state == "rejected"
            if told is not None and told.state == "accepted" and view and view.state == "review":
                return StepLine(key, name, "noted" if reasons else "accepted", reasons)
            return StepLine(key, name, "redo" if again else "now", reasons if again else ())
        marks: dict[str, StepMark] = {
            "": "ahead",
            "accepted": "noted" if reasons else "accepted",
            "skipped": "skipped",
            "rejected": "open",
        }
        return StepLine(key, name, marks[self._state(key)], reasons)

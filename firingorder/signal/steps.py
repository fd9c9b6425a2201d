"""Repetitions that are steps: the template STEP for walking.

One repetition is one stride of the working side, from the contact of its foot to the next contact
of the same foot, with its stance as the far window; without a working side every step is one, from
contact to contact, alternately left and right (``side_of``). Needs a sensor on the pelvis: muscles
alone do not say when a foot lands.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.findings import PhaseFinding
from firingorder.signal.driven import UNKNOWN_ANGLES
from firingorder.signal.orientation import pelvis_angles_deg, vertical
from firingorder.signal.repetitions import RepetitionCounter, RepetitionStart
from firingorder.signal.start_position import off_position_deg
from firingorder.signal.step_contacts import Contact, ContactParams, Contacts
from firingorder.signal.watching import Spans, Watching, closed, seen_phases

if TYPE_CHECKING:
    from firingorder.findings import Side
    from firingorder.signal.orientation import Pose, Quaternion
    from firingorder.signal.repetitions import Angles, RepetitionEvent
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class StepParams:
    """Limits of walking; proposals, except where a source is named."""

    contact: ContactParams = field(default_factory=ContactParams)
    longest_step_s: float = 2.0
    """No contact for this long: the walk is over (the slowest cadence, 0.5 steps a second)."""
    turn_deg_s: float = 45.0
    """A step on a curve this sharp is kept but not counted: its sides differ by themselves."""
    memory: float = 0.5
    """Which foot is which is decided over the latest contacts; each counts this much less."""
    double_share: float = 0.16
    """The foot leaves the ground this share of the stride after the other one has landed (10 to
    12 % at usual speed, more when slow; 16 % in the walks of the mobgap example data)."""
    error_s: float = 0.10
    """95 % half-width of a contact: measured on the same walks, ``late_s`` taken off."""
    position_deg: float = 60.0
    """Walking is upright within this."""
    remembered: int = 256
    """Repetitions whose side can be asked for."""


@dataclass(slots=True)
class _Step:
    """The stride or step under way."""

    contact: Contact
    side: Side
    pose: Quaternion | None
    index: int
    other_s: float | None = None
    off_position: bool = False
    turning_deg_s: float = 0.0
    spans: Spans = field(default_factory=Spans)


class Steps(Watching):
    """Finds strides of a walk, causally."""

    def __init__(
        self,
        params: StepParams,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None = None,
    ) -> None:
        super().__init__(task, rate_hz, counter, params.remembered)
        self._params = params
        self._working = task.working_side
        # A first contact is opened when the second one is known.
        self._keep_s = params.longest_step_s + 2.0 * params.contact.half_window_s
        self._contacts = Contacts(params.contact, rate_hz)
        # Poses of the latest half second: a contact is known a while after it was.
        self._poses: deque[tuple[float, Quaternion]] = deque()
        self._forget()

    def _forget(self) -> None:
        self._contacts.forget()
        self._poses.clear()
        self._step: _Step | None = None
        self._first: Contact | None = None
        self._walking = False
        self._parity = 0
        self._score = 0.0
        self._last_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether a step is under way."""
        return self._step is not None

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End the step under way as it is, and forget the walk."""
        events = self._close(self._last_s, self._last_s, (reason,))
        self._forget()
        return events

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample; angles are relative to the pose at the contact."""
        events = self.abort("imu_gap") if pose.restarted else []
        self._last_s = t_s
        self._poses.append((t_s, pose.quat_wxyz))
        while self._poses[0][0] < t_s - self._keep_s:
            self._poses.popleft()
        contact = self._contacts.step(t_s, pose)
        angles = self._track(pose)
        if contact is not None:
            return [*events, *self._landed(contact)], angles
        newest_s = None
        if self._step is not None:
            newest_s = self._step.other_s or self._step.contact.at_s
        elif self._first is not None:
            newest_s = self._first.at_s
        if newest_s is not None and t_s - newest_s > self._params.longest_step_s:
            events += self._close(newest_s, t_s, ("stopped",))
            self._first, self._walking, self._score = None, False, 0.0
            self._contacts.pause()
        return events, angles

    def _landed(self, contact: Contact) -> list[RepetitionEvent]:
        """Take a contact: it ends a step, begins one, and says which foot it was."""
        side = self._foot(contact)
        if self._first is None:
            # A single shock may be anything; two in a row are a walk.
            self._first = contact
            return []
        events: list[RepetitionEvent] = []
        if not self._walking:
            self._walking = True
            began: Side = "left" if side == "right" else "right"
            if self._working in ("both", began):
                events += self._open(self._first, began, contact.decided_at_s)
        step = self._step
        if step is not None:
            step.turning_deg_s = max(step.turning_deg_s, abs(contact.turning_deg_s))
            if self._working == "both" or side == step.side:
                events += self._close(contact.at_s, contact.decided_at_s, ())
            else:
                step.other_s = contact.at_s
        if self._step is None and (self._working in ("both", side)):
            events += self._open(contact, side, contact.decided_at_s)
        return events

    def _foot(self, contact: Contact) -> Side:
        """Feet alternate, so all contacts together say which foot began; one may mislead."""
        self._parity ^= 1
        sign = 1.0 if self._parity else -1.0
        self._score = self._params.memory * self._score + sign * contact.to_left
        return "left" if sign * self._score > 0.0 else "right"

    def _open(self, contact: Contact, side: Side, decided_s: float) -> list[RepetitionEvent]:
        index = self._counter.next()
        self._sides.append((index, side))
        at = min(self._poses, key=lambda row: abs(row[0] - contact.at_s), default=None)
        step = _Step(contact, side, None if at is None else at[1], index)
        step.turning_deg_s = abs(contact.turning_deg_s)
        self._step = step
        if at is not None:
            off_deg = off_position_deg(self._position, vertical(at[1]))
            step.off_position = off_deg > self._params.position_deg
        return [
            PhaseFinding("lift", contact.at_s, index),
            RepetitionStart(index, contact.at_s, contact.at_s, decided_s),
        ]

    def _track(self, pose: Pose) -> Angles:
        step = self._step
        if step is None or step.pose is None:
            return UNKNOWN_ANGLES
        angles = pelvis_angles_deg(step.pose, pose.quat_wxyz)
        step.spans.add(angles)
        return (angles[1], *angles)

    def _close(
        self, end_s: float, decided_s: float, reasons: tuple[str, ...]
    ) -> list[RepetitionEvent]:
        step, p = self._step, self._params
        self._step = None
        if step is None:
            return []
        found = list(reasons)
        if not found:
            named = {
                "turn": step.turning_deg_s > p.turn_deg_s,
                "other_position": step.off_position,
                "step_missed": self._working != "both" and step.other_s is None,
            }
            found = [reason for reason, holds in named.items() if holds]
        start_s = step.contact.at_s
        end_s = max(end_s, start_s)
        off_s = end_s
        if step.other_s is not None:
            off_s = min(end_s, step.other_s + p.double_share * (end_s - start_s))
        return closed(
            step.index,
            seen_phases(start_s, start_s, off_s, end_s, p.error_s),
            tuple(found),
            start_s=start_s,
            top_s=off_s,
            decided_s=decided_s,
            spans=step.spans,
            pose=step.pose,
        )

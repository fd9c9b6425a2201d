"""What the window pulls, thirty times a second: new samples, new events, and how things stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from firingorder.calibration.profile import DeviceIdentity
from firingorder.session.health import LinkHealth

if TYPE_CHECKING:
    from firingorder.calibration.view import WizardView
    from firingorder.findings import Event, Sides
    from firingorder.measures import SignalCheck
    from firingorder.samples import DisplayBlock, PelvisBlock
    from firingorder.signal.reference import ChannelReference
    from firingorder.signal.task import TestedOn
    from firingorder.training.coaching.view import CoachView

Source = Literal["device", "simulated", "replay"]
LinkPhase = Literal[
    "idle", "connecting", "streaming", "waiting", "lost", "recovered", "closed", "refused"
]


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """How the session stands. ``waiting``: no frame for 0.5 s, nothing is lost yet.

    ``sending``: samples and findings leave this program over the network. ``serving``: programs on
    this computer can read the findings.
    """

    source: Source = "device"
    connection: LinkPhase = "idle"
    message: str | None = None
    device: str = ""
    channels: tuple[str, ...] = ()
    has_imu: bool = False
    lead_off: tuple[bool, ...] = ()
    battery_percent: float | None = None
    loss_percent: float = 0.0
    delay_ms: float | None = None
    elapsed_s: float = 0.0
    outage_s: float = 0.0
    recording: str | None = None
    unrecorded: str = ""
    """Why nothing is recorded although nobody wanted that, one sentence."""
    alarm: str | None = None
    paused: bool = False
    set_index: int = 1
    task_name: str = ""
    tested_on: TestedOn | None = None
    person: str | None = None
    reps_per_set: int = 10
    sending: bool = False
    serving: bool = False
    calibrated: bool = True
    health: LinkHealth = field(default_factory=LinkHealth)
    check: SignalCheck | None = None
    """Contact and signal of every channel, as of the last second."""
    wizard: WizardView | None = None
    """The calibration under way."""
    coach: CoachView | None = None
    """The training under way."""
    calibration: str = ""
    """Which calibration is in use, one sentence; empty for none."""
    calibration_notes: tuple[str, ...] = ()
    """What of it is not used, and why."""
    calibrated_from_s: float | None = None
    """Since when it is in use."""
    references: tuple[ChannelReference | None, ...] = ()
    """By channel, where a level may be told in percent."""
    reference_unit: str = ""
    """How such a level is told: "% of calibration"."""
    working_side: Sides = "both"
    wired: bool = False
    """A wire leads from the body to this computer."""
    task: str = ""
    """Id of the exercise of now."""
    identity: DeviceIdentity = field(default_factory=DeviceIdentity)
    """Which device it is, as a calibration knows it."""
    ham_site: str = "unknown"
    """Where the hamstring pads lie, by the montage."""
    coach: CoachView | None = None
    """The training under way; None: nobody leads."""
    sound: str = ""
    """Why nothing is heard; empty: sound plays, or nobody asked for any."""
    muted: bool = False
    soundless: bool = False
    """The session was begun without a loudspeaker: nothing can be heard until another begins."""
    over: bool = False
    """Device, recording and outlets are let go: another session may take them."""


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """Everything new since the last pull."""

    blocks: tuple[DisplayBlock, ...] = ()
    pelvis: tuple[PelvisBlock, ...] = ()
    events: tuple[Event, ...] = ()
    status: LiveStatus = field(default_factory=LiveStatus)

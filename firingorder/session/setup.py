"""What a session is made of, beside its inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.source import SourceSpec
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from firingorder.montage import Montage
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class SessionSetup:
    """What a session is made of, beside its inputs.

    ``montage`` None means the reference placement of a device with eight channels. The first
    source has the EMG; a second one is the pelvis sensor on a clock of its own. ``simulated`` is
    true where that is known of a device that cannot say so itself. ``person`` is a code.
    ``belt_taps``: two taps on the belt are STOP. ``fixed_task``: nothing but ``task`` is looked
    for, whatever a coach had done.
    """

    task: TaskSpec
    montage: Montage | None = None
    settings: Settings = field(default_factory=Settings)
    sources: tuple[SourceSpec, ...] = (SourceSpec(),)
    simulated: bool = False
    person: str = ""
    belt_taps: bool = False
    fixed_task: bool = False

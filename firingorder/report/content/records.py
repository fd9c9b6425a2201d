"""What goes into a report: findings, facts about their recording, what a library knows.

Whatever is not known stays empty; the report then says "not recorded" and invents nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from firingorder.signal.set_params import SetParams

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.corrections import Correction
    from firingorder.findings import (
        ChannelFinding,
        RepetitionFinding,
        RepetitionVerdict,
        SetFinding,
        TrainingFinding,
    )
    from firingorder.library.records import TrendPoint
    from firingorder.report.wording import Target

Origin = Literal["recording", "imported", "arrays"]


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What the report shows.

    Attributes
    ----------
    annex, patient
        Whether the annex, and the page in plain words, belong to it.
    names
        Names, year of birth, serial numbers and file names; without it a person is a code.
    free_text
        Words that somebody typed: notes, reasons of corrections, markers.
    note
        The therapist's note, typed for this report; shown as it is.
    target
        What the therapist asked for, in place of what the programme of the session says; without
        either no outcome has a colour.
    """

    annex: bool = True
    patient: bool = False
    names: bool = False
    free_text: bool = False
    note: str = ""
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """One stream: rates, what came, what did not. ``gaps`` are (start, end), device time."""

    kind: str
    rate_hz: float
    rate_measured_hz: float
    samples: int
    lost_samples: int
    outage_s: float
    gaps: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Who trained, and with whom. Names are shown only where they are asked for."""

    code: str = ""
    name: str = ""
    birth_year: int | None = None
    therapist: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about a recording that is no finding.

    Attributes
    ----------
    recording_id, sha256
        Of the file; empty where there is none.
    file
        Its name, shown with names only.
    started
        Begin, in the zone it is to be told in.
    number
        Of the session, counted within the person; None without a library.
    origin
        Our own recording, a file of another program that was imported or read directly.
    recovered, lost_s
        Not closed properly or damaged, and how much is missing.
    session, device, montage, settings, programme
        As the recording keeps them.
    age_ms
        Age of the data on arrival, 50th and 95th percentile; None: not recorded.
    pads_reapplied, pain_before, pain_after
        As the library has them.
    replay_equals_live
        None where nobody compared.
    digests
        Checksums of what was found live, in the recording.
    """

    recording_id: str = ""
    sha256: str = ""
    file: str = ""
    started: datetime | None = None
    duration_s: float = 0.0
    number: int | None = None
    origin: Origin = "recording"
    simulated: bool = False
    recovered: bool = False
    lost_s: float = 0.0
    person: Person = field(default_factory=Person)
    session: dict[str, Any] = field(default_factory=dict[str, Any])
    device: dict[str, Any] = field(default_factory=dict[str, Any])
    montage: dict[str, Any] = field(default_factory=dict[str, Any])
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    programme: dict[str, Any] = field(default_factory=dict[str, Any])
    calibration: CalibrationProfile | None = None
    streams: tuple[StreamFacts, ...] = ()
    age_ms: tuple[float, float] | None = None
    pads_reapplied: bool | None = None
    pain_before: int | None = None
    pain_after: int | None = None
    session_note: str = ""
    replay_equals_live: bool | None = None
    digests: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: as it stands after corrections, and as it was found by itself.

    ``automatic`` has the repetitions before any correction, equal where there was none.
    """

    version: str
    settings_hash: str
    task: str
    channels: tuple[ChannelFinding, ...]
    repetitions: tuple[RepetitionFinding, ...]
    sets: tuple[SetFinding, ...]
    warnings: tuple[str, ...] = ()
    training: tuple[TrainingFinding, ...] = ()
    corrections: tuple[Correction, ...] = ()
    automatic: tuple[RepetitionFinding, ...] = ()
    set_params: SetParams = field(default_factory=SetParams)
    """By which several sets of one exercise are put together."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that a report is made of. ``trend``: sessions of the person, this one among them."""

    found: Found
    facts: Facts
    trend: tuple[TrendPoint, ...] = ()
    session: int | None = None
    """Id of this session in the library, to find it in the trend."""
    told_live: Mapping[int, RepetitionVerdict] | None = None
    """What was told of each repetition while it went on; None: that was not kept."""
    targets: Mapping[str, Target] = field(default_factory=dict[str, "Target"])
    """Leads that a therapist set in the programme of the session, by exercise."""

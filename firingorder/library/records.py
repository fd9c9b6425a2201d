"""What the library tells: frozen rows, without anything of the database in them.

Times are seconds since 1970 in UTC (``_utc_s``); people are codes. A name stands in one table
only, from which it can be erased alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person. ``name`` and ``birth_year`` are empty unless somebody wrote them down here."""

    code: str
    name: str
    birth_year: int | None
    created_utc_s: float
    sessions: int
    last_utc_s: float | None


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording; ``missing`` says that its file is not where it was."""

    id: str
    path: str
    sha256: str
    bytes: int
    finished: bool
    simulated: bool
    imported: bool
    missing: bool = False
    further: tuple[str, ...] = ()
    """Files that continue it after a fault of the disk."""
    software: str = ""
    copies: tuple[str, ...] = ()
    """Where else the same recording lies, as far as it was shown to the library."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session: a recording with what is told of it in a list.

    Attributes
    ----------
    id
        Of the session in this library.
    person
        Code, empty where nobody was named.
    number
        Counted within the person, from 1, by time.
    task, side
        Of its first set.
    calibration
        Id of the calibration profile in use, empty for none.
    pads_reapplied
        None where nobody said.
    pain_before, pain_after
        0 to 10, None where nobody was asked.
    analysed
        Whether a result is kept.
    """

    id: int
    person: str
    number: int
    start_utc_s: float
    duration_s: float
    task: str
    side: str
    repetitions: int
    scored: int
    glutes_first: int
    together: int
    back_first: int
    unclear: int
    calibration: str
    pads_reapplied: bool | None
    pain_before: int | None
    pain_after: int | None
    analysed: bool
    recording: RecordingRow
    corrected: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewRecording:
    """A recording that came to be known: what its file says of itself."""

    id: str
    path: str
    sha256: str
    bytes: int
    person: str
    start_utc_s: float
    duration_s: float
    task: str
    side: str
    finished: bool
    simulated: bool
    imported: bool
    calibration: str = ""
    pads_reapplied: bool | None = None
    pain_before: int | None = None
    pain_after: int | None = None
    software: str = ""
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultKey:
    """What a result is a function of, beside the recording itself.

    ``sha256`` is that of the file, ``montage_hash`` that of channels and muscles in use,
    ``calibration`` the id of the profile in use, empty for none.
    """

    sha256: str
    montage_hash: str
    calibration: str
    settings_hash: str
    version: str


@dataclass(frozen=True, slots=True)
class AnalysisRow:
    """A kept result. The four parts of the key say what it is a function of, beside the version."""

    id: int
    recording: str
    montage_hash: str
    calibration: str
    settings_hash: str
    version: str
    made_utc_s: float
    sha256: str = ""

    @property
    def key(self) -> ResultKey:
        """What it is a function of."""
        return ResultKey(
            self.sha256, self.montage_hash, self.calibration, self.settings_hash, self.version
        )


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """What a trend shows of one session in one exercise on one side; fields as in TrendPoint."""

    task: str
    side: str
    repetitions: int
    scored: int
    leads: int
    glutes_first: int
    together: int
    back_first: int
    unclear: int
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    lead_ms: float | None = None
    lead_low_ms: float | None = None
    lead_high_ms: float | None = None
    lead_q1_ms: float | None = None
    lead_q3_ms: float | None = None
    lead_left_ms: float | None = None
    lead_right_ms: float | None = None
    corrected: int = 0
    metrics: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """What stands of a session: one part for each exercise and side.

    ``corrected`` counts repetitions that corrections touch. ``summary_of`` in
    ``library/summarising.py`` makes one of a result.
    """

    version: str
    parts: tuple[SummaryPart, ...]
    corrected: int = 0
    settings_hash: str = ""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One session of a person in one exercise: what a trend is drawn of.

    ``low`` and ``high`` are 95 % intervals, ``q1`` and ``q3`` quartiles of the repetitions' leads.
    Corrections are counted in; ``corrected`` says how many repetitions they touch.
    """

    session: int
    number: int
    start_utc_s: float
    task: str
    side: str
    scored: int
    leads: int
    glutes_first: int
    together: int
    back_first: int
    unclear: int
    share: float | None
    share_low: float | None
    share_high: float | None
    lead_ms: float | None
    lead_low_ms: float | None
    lead_high_ms: float | None
    lead_q1_ms: float | None
    lead_q3_ms: float | None
    lead_left_ms: float | None
    lead_right_ms: float | None
    calibration: str
    pads_reapplied: bool | None
    pain_before: int | None
    pain_after: int | None
    simulated: bool
    version: str
    corrected: int = 0
    settings_hash: str = ""
    """Of the result it was counted from; empty where that is not known."""
    metrics: tuple[tuple[str, float], ...] = ()
    """Names of clinical metrics (docs/reference/metrics.md) with the median of the session."""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What somebody wrote about a person or one of their sessions."""

    id: int
    person: str
    session: int | None
    at_utc_s: float
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Something that was done with data of people: adopted, corrected, exported, erased."""

    at_utc_s: float
    who: str
    act: str
    about: str
    detail: str


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A package that came back from home: what a therapist looks at, rises in pain first."""

    id: int
    person: str
    came_utc_s: float
    path: str
    sessions: int
    pain_rise: int | None
    adherence: str
    read: bool


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """A calibration profile of a person; ``path`` is empty where only the recording has it."""

    profile_id: str
    person: str
    made_utc_s: float
    montage_hash: str
    path: str

    def at(self, path: str) -> CalibrationRow:
        """Return the same with the place of its file."""
        return replace(self, path=path)


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme that was made for a person."""

    programme_id: str
    person: str
    name: str
    path: str
    made_utc_s: float


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A copy of somebody's data that left the library. ``kind``: bids, report, package..."""

    person: str
    path: str
    kind: str
    who: str
    at_utc_s: float


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took away, and the exports of which copies may be elsewhere."""

    person: str
    sessions: int
    files: tuple[str, ...]
    failed: tuple[str, ...]
    exports: tuple[str, ...]

"""The same recording analysed with other settings, beside what was found first.

A second analysis is kept under its own key; the first one is never overwritten.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from firingorder.corrections import renumbered, standing
from firingorder.errors import UsageError
from firingorder.session.files import FileOptions
from firingorder.session.review.correcting import Corrector
from firingorder.session.review.opening import opened
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from firingorder.corrections import Correction
    from firingorder.findings import RepetitionFinding, Sides
    from firingorder.session.results import Analysis
    from firingorder.session.review.kept import Judged
    from firingorder.session.review.keys import Source

#: Onsets that differ by less are the same: the grid of the analysis.
SAME_S = 0.0005


@dataclass(frozen=True, slots=True)
class Difference:
    """One repetition in both analyses; None where one of them has none there.

    ``onsets_moved_ms`` has the channels whose onset lies elsewhere, positive: later in the second;
    None where only one of them has an onset. ``lead_moved_ms`` is None where one has no lead.
    """

    first: RepetitionFinding | None
    second: RepetitionFinding | None
    verdict_changed: bool
    lead_moved_ms: float | None
    onsets_moved_ms: dict[str, float | None]

    @property
    def same(self) -> bool:
        """Whether nothing differs that a person would see."""
        both = self.first is not None and self.second is not None
        return both and not self.verdict_changed and not self.onsets_moved_ms


@dataclass(frozen=True, slots=True)
class Changed:
    """A setting that differs: its name with dots, as it was and as it is."""

    name: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Again:
    """Two analyses of one recording.

    Attributes
    ----------
    first, second
        As they were found, without corrections.
    corrected
        The second with the corrections that stand, found again by time.
    options
        How the second was asked for.
    unmatched
        Entries for which the second has no repetition.
    settings
        What differs between their settings; ``asked`` says what else was asked for.
    """

    first: Analysis
    second: Analysis
    corrected: Analysis
    judged: Judged
    options: FileOptions
    differences: tuple[Difference, ...]
    settings: tuple[Changed, ...]
    asked: tuple[str, ...]
    unmatched: tuple[Correction, ...]

    @property
    def verdicts_changed(self) -> int:
        """In how many repetitions of both the verdict differs."""
        return sum(one.verdict_changed for one in self.differences)


def read_settings(path: Path) -> Settings:
    """Return the settings of a TOML file.

    Raises
    ------
    UsageError
        It cannot be read, is no TOML, or names an unknown setting.
    """
    try:
        return Settings.from_toml(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"Settings {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"Settings {path} is no text file.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"Settings {path} is no valid TOML: {error}.") from error


def analysed_again(
    path: Path,
    first: Judged,
    entries: Iterable[Correction],
    settings: Settings | Path | None,
    *,
    task: str | None = None,
    side: Sides | None = None,
    options: FileOptions | None = None,
    folder: Callable[[Source], Path | None],
    progress: Callable[[float], None] | None = None,
) -> Again:
    """Analyse a recording once more, and hold both against each other.

    Parameters
    ----------
    settings
        Settings or a TOML file of some of them, the others as they were; None: as they were.
    task, side
        Another exercise or side to look for.
    options
        How the recording was opened.
    folder
        Where results are kept.

    Raises
    ------
    FiringOrderError
        The file or what is asked for makes no sense.
    """
    wanted = read_settings(settings) if isinstance(settings, Path) else settings
    before = options or FileOptions()
    asked = replace(
        before,
        settings=wanted or first.settings,
        task=task or before.task,
        side=side or before.side,
    )
    found, _ = opened(path, asked, folder, progress, with_tracks=False)
    judged = found.kept.judged
    found.close()
    spans = [(one.index, one.start_s, one.end_s) for one in judged.analysis.repetitions]
    matched, unmatched = renumbered(entries, spans)
    named = {"exercise": task, "side": side}
    return Again(
        first=first.analysis,
        second=judged.analysis,
        corrected=Corrector(judged, {}).corrected(standing(matched)),
        judged=judged,
        options=asked,
        differences=differences(first.analysis.repetitions, judged.analysis.repetitions),
        settings=settings_changed(first.settings, judged.settings),
        asked=tuple(f"{name} {value}" for name, value in named.items() if value is not None),
        unmatched=tuple(unmatched),
    )


def differences(
    first: Sequence[RepetitionFinding], second: Sequence[RepetitionFinding]
) -> tuple[Difference, ...]:
    """Return both lists as pairs that overlap in time, in the order of time.

    Each belongs to the one it overlaps most; what overlaps nothing stands alone.
    """
    rows: list[tuple[float, Difference]] = []
    taken: set[int] = set()
    for one in first:
        there = [other for other in second if other.index not in taken and _overlap(one, other) > 0]
        other = max(there, key=lambda found: _overlap(one, found), default=None)
        if other is not None:
            taken.add(other.index)
        rows.append((one.start_s, difference(one, other)))
    rows += [
        (other.start_s, difference(None, other)) for other in second if other.index not in taken
    ]
    return tuple(row for _, row in sorted(rows, key=lambda row: row[0]))


def difference(first: RepetitionFinding | None, second: RepetitionFinding | None) -> Difference:
    """Return what differs between two findings of one repetition."""
    if first is None or second is None:
        return Difference(first, second, False, None, {})
    moved: dict[str, float | None] = {}
    for name in dict.fromkeys((*first.onsets, *second.onsets)):
        a, b = first.onsets.get(name), second.onsets.get(name)
        if a is None and b is None:
            continue
        if a is None or b is None:
            moved[name] = None
        elif abs(b.onset_s - a.onset_s) > SAME_S:
            moved[name] = 1e3 * (b.onset_s - a.onset_s)
    lead = None
    if first.lead_ms is not None and second.lead_ms is not None:
        lead = second.lead_ms - first.lead_ms
    return Difference(first, second, first.verdict != second.verdict, lead, moved)


def settings_changed(first: Settings, second: Settings) -> tuple[Changed, ...]:
    """Return the settings that differ."""
    return tuple(_changed(asdict(first), asdict(second), ""))


def _changed(first: dict[str, Any], second: dict[str, Any], path: str) -> list[Changed]:
    found: list[Changed] = []
    for name in first:
        before, after = _table(first[name]), _table(second.get(name))
        if before is not None and after is not None:
            found += _changed(before, after, f"{path}{name}.")
        elif first[name] != second.get(name):
            found.append(Changed(f"{path}{name}", str(first[name]), str(second.get(name))))
    return found


def _table(value: object) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _overlap(one: RepetitionFinding, other: RepetitionFinding) -> float:
    return min(one.end_s, other.end_s) - max(one.start_s, other.start_s)

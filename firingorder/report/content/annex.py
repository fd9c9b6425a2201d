"""The annex: every repetition, what was corrected and rejected, how all of it was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.report.content import reporting_block, results, unknown
from firingorder.report.content.corrected import corrections_section

if TYPE_CHECKING:
    from firingorder.report.content.model import Section, TaskPage
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material, ReportOptions


def annex_of(
    material: Material,
    listed: tuple[Outcome, ...],
    pages: tuple[TaskPage, ...],
    options: ReportOptions,
) -> tuple[Section, ...]:
    """Return the sections of the annex in their order."""
    sections = [
        results.repetitions_section(material, listed, options),
        results.rejected_section(listed),
        corrections_section(material.found),
        unknown.unknown_section(material, listed),
        results.sessions_section(pages),
        results.sets_section(material.found),
        results.onsets_section(material.found),
        results.pairs_section(material.found),
        results.measures_section(material.found),
        *reporting_block.sections(material, listed),
        unknown.methods_section(),
        reporting_block.parameters(material, listed),
    ]
    return tuple(one for one in sections if one.text or one.points or one.tables)

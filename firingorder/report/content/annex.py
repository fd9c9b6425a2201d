"""The annex."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.report.content.model import Section
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material, ReportOptions


def annex_of(
    material: Material, listed: tuple[Outcome, ...], options: ReportOptions
) -> tuple[Section, ...]:
    """Return the sections of the annex."""
    del material, listed, options
    return ()

"""The page in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.report.content.model import PatientPage
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material, ReportOptions


def patient_page(material: Material, one: Outcome, options: ReportOptions) -> PatientPage | None:
    """Return the page for the person who trained."""
    del material, one, options
    return None

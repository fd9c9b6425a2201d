"""The clauses of frame v1 that can be looked at from outside, by the section that states them.

Sections are those of docs/reference/wire_protocol.md.
"""

from __future__ import annotations

from firingorder.firmware_bridge.conformance.clause import Clause
from firingorder.firmware_bridge.conformance.clauses_commands import COMMAND_CLAUSES
from firingorder.firmware_bridge.conformance.clauses_frames import FRAME_CLAUSES

__all__ = ["BY_ID", "CLAUSES", "Clause"]

CLAUSES: tuple[Clause, ...] = (*FRAME_CLAUSES, *COMMAND_CLAUSES)
BY_ID = {clause.id: clause for clause in CLAUSES}

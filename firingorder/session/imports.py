"""What a recording says of the file it was imported from: part ``import`` of its ``device``."""

from __future__ import annotations

from typing import Any, cast


def import_facts(device: dict[str, Any]) -> dict[str, Any]:
    """Return the part ``import`` of a recording's message ``device``; empty for any other."""
    found = device.get("import")
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def import_warnings(device: dict[str, Any]) -> list[str]:
    """Return what was said when a recording was imported; nothing of any other."""
    told = import_facts(device).get("warnings")
    return [str(one) for one in cast("list[object]", told)] if isinstance(told, list) else []

"""``firingorder doctor``: what the installation needs, what it has, and what to do about faults."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from firingorder import __version__
from firingorder.cli import checks
from firingorder.cli.link_checks import link_checks
from firingorder.session.paths import data_folder

if TYPE_CHECKING:
    import argparse

SCHEMA = "firingorder.doctor/1"

_MARKS = {"ok": "ok  ", "warning": "note", "fault": "FAIL", "not_used": "-   "}


def run(args: argparse.Namespace) -> int:
    """Print the report; 0 when nothing is at fault, else 1."""
    found = report()
    if args.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        print(_as_text(found))
    return 0 if found["ok"] else 1


def report() -> dict[str, Any]:
    """Return every check as the JSON object of schema ``firingorder.doctor/1``."""
    found = [
        checks.check_python(),
        checks.check_packages(),
        checks.check_package_data(),
        checks.check_qt(),
        checks.check_display(),
        checks.check_audio(),
        *link_checks(),
        *checks.check_data_folder(data_folder()),
    ]
    return {
        "schema": SCHEMA,
        "ok": all(check.state != "fault" for check in found),
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "checks": [asdict(check) for check in found],
    }


def _as_text(found: dict[str, Any]) -> str:
    lines = [f"firingorder {found['version']}, Python {found['python']}, {found['platform']}", ""]
    for check in found["checks"]:
        lines.append(f"{_MARKS[check['state']]}  {check['name']:<14}{check['detail']}")
        if check["advice"]:
            lines.append(f"{'':20}-> {check['advice']}")
    lines += ["", "Nothing is at fault." if found["ok"] else "Mend what is marked FAIL."]
    return "\n".join(lines)
